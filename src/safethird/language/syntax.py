"""The nodes of the rule language: frozen, typed, with the place where each stands.

The parser makes the nodes of the first part. The checker (`language/types.py`) replaces `Path` and
`Call` by resolved nodes of the second part; every other pass sees only checked nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

Unit = Literal["days", "weeks", "months", "years", "past_weekends"]
"""Amounts of time; `past_weekends` moves a date that falls on a weekend to the Monday after it."""
Comparator = Literal["==", "!=", "<", "<=", ">", ">=", "before", "after", "on or before", "on or after"]
PeriodKind = Literal["within", "at most", "less than", "more than", "at least"]
QuantifierKind = Literal["any", "no", "all"]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands in a rule; `at` is the offset of its first character in the rule's text."""

    at: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A code in quotes: a country, or one of the values of a choice."""

    value: str


@dataclass(frozen=True, slots=True)
class Day(Node):
    """A date written out: 2019-11-19."""

    ordinal: int


@dataclass(frozen=True, slots=True)
class Flag(Node):
    """`true` or `false` written out."""

    value: bool


@dataclass(frozen=True, slots=True)
class Codes(Node):
    """A list of codes in brackets: ["parent", "guardian"]."""

    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A dotted name as written, not yet resolved; `key` is the row asked for in a look-up table."""

    names: tuple[str, ...]
    key: Node | None = None
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A definition used by name with an element: family_member(f)."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite; unknown stays unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """Two values compared. Words (`before`) compare dates, signs (`<`) numbers, `==` anything alike."""

    comparator: Comparator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Member(Node):
    """A value among listed codes, in a list of the case, or in a named set (on a date)."""

    item: Node
    collection: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Period(Node):
    """A date within, less than, more than ... an amount of time after or before another."""

    kind: PeriodKind
    subject: Node
    amount: int
    unit: Unit
    direction: Literal["after", "before"]
    anchor: Node
    counting_that_day: bool


@dataclass(frozen=True, slots=True)
class Shifted(Node):
    """The date an amount of time later or earlier: claim.date plus 3 months; or moved past weekends."""

    base: Node
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Age(Node):
    """Completed years of a person with a `birth_date` on a day: age of applicant on claim.date."""

    person: Node
    on: Node


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`any`, `no` or `all` elements of a list."""

    kind: QuantifierKind
    variable: str
    collection: Node
    where: Node | None
    satisfy: Node | None


@dataclass(frozen=True, slots=True)
class Count(Node):
    """How many elements of a list satisfy a condition."""

    variable: str
    collection: Node
    where: Node | None


@dataclass(frozen=True, slots=True)
class First(Node):
    """The element of a list that satisfies a condition and comes first by a date or number."""

    variable: str
    collection: Node
    where: Node | None
    order: Literal["latest", "earliest", "largest", "smallest"] | None
    key: Node | None


@dataclass(frozen=True, slots=True)
class IsUnknown(Node):
    """Whether nobody has said yet. Allowed in warnings only: it is the one thing that more facts undo."""

    term: Node
    negated: bool


# --- resolved by the checker ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """A fact of the case: ("claim", "date")."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A fact of an element: f.country; no steps mean the element itself (a code in a list of codes)."""

    variable: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup(Node):
    """A fact of one row of a look-up table: findings.countries["GT"].fear_stated."""

    table: tuple[str, ...]
    key: Node
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use(Node):
    """A named condition used in another; `argument` is the element it speaks of, if any."""

    name: str
    argument: str | None


@dataclass(frozen=True, slots=True)
class NamedSet(Node):
    """A named set of countries, with the date on which membership is asked, if the set is dated."""

    name: str
    on: Node | None


@dataclass(frozen=True, slots=True)
class Either(Node):
    """A rule read for every element that its named elements may stand for (made by the evaluator)."""

    rule: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order in which they stand."""
    for entry in fields(node):
        value = getattr(node, entry.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Node):
                    yield part


def walk(node: Node) -> Iterator[Node]:
    """A node and everything inside it, outside first."""
    yield node
    for child in children(node):
        yield from walk(child)


def leaf_conditions(node: Node) -> Iterator[Node]:
    """The conditions inside a rule that cannot be taken apart: comparisons, memberships, periods, yes/no
    facts, and quantifiers that ask only whether there is any element."""
    if isinstance(node, Not):
        yield from leaf_conditions(node.operand)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaf_conditions(part)
    elif isinstance(node, Quantifier):
        if node.where is None and node.satisfy is None:
            yield node
        for inside in (node.where, node.satisfy):
            if inside is not None:
                yield from leaf_conditions(inside)
    elif isinstance(node, First):
        if node.where is not None:
            yield from leaf_conditions(node.where)
    elif isinstance(node, Compare | Member | Period | IsUnknown | Fact | Field | Lookup):
        yield node
        for inner in walk(node):
            if isinstance(inner, Count) and inner.where is not None:
                yield from leaf_conditions(inner.where)
