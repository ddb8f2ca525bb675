"""What a rule claims when it is true or false, as statements that `possible` understands.

A claim is only ever weaker than the rule: what cannot be said is left out, never added. Named elements and
definitions are written out where they are used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.facts.normalise import COUNTRIES
from safethird.facts.vocabulary import Fact as VocabularyFact
from safethird.facts.vocabulary import vocabulary
from safethird.language.program import Membership, Program
from safethird.language.syntax import (
    And,
    Codes,
    Compare,
    Count,
    Day,
    Fact,
    Field,
    First,
    Flag,
    Lookup,
    Member,
    NamedSet,
    Node,
    Not,
    Number,
    Or,
    Period,
    Quantifier,
    Shifted,
    Text,
    Use,
    walk,
)
from safethird.language.write import write
from safethird.regimes.lint.possible import (
    ALWAYS,
    NEVER,
    ORIGIN,
    All,
    Formula,
    Gap,
    Holds,
    OneOf,
    Same,
    Some,
    possible,
)

Value = tuple[str, tuple[float, float]]
"""A date or number: its name, and what is added to it, at least and at most."""
_TINY = 1e-6
"""How much less than a limit a number must at least be that is less than it."""


@dataclass(frozen=True, slots=True)
class Element:
    """What the name of an element stands for: its own name in claims, and its place in the vocabulary."""

    name: str
    path: str
    is_named: bool = False
    """Whether it is an element that the file defines (`first e in ...`), so that there may be none."""


Elements = Mapping[str, Element]


@dataclass(slots=True)
class Claims:
    """Makes claims of the rules of one program. `opaque`: definitions that are not looked into."""

    program: Program
    opaque: frozenset[str] = frozenset()
    chosen: bool = True
    """Whether the definitions of named elements are taken into account."""
    _made: int = 0
    _where: dict[str, Formula] = field(default_factory=dict)
    _uses: dict[tuple[str, Element | None, bool], Formula] = field(default_factory=dict)
    """What the definitions claim. Two uses share the names of the elements inside: what one of them finds
    is what the other may find."""

    def of(self, node: Node, elements: Elements, value: bool = True) -> Formula:
        """What is claimed when a condition is true (or, with `value=False`, when it is false)."""
        match node:
            case Flag():
                return ALWAYS if node.value is value else NEVER
            case Not():
                return self.of(node.operand, elements, not value)
            case And() | Or():
                parts = tuple(self.of(part, elements, value) for part in node.parts)
                return All(parts) if isinstance(node, And) is value else Some(parts)
            case Use():
                return self._use(node, elements, value)
            case Quantifier():
                return self._quantifier(node, elements, value)
            case Compare() | Period() | Member():
                return self._about_elements(node, elements, value)
            case Fact() | Field() | Lookup():
                return self._about_elements(node, elements, value)
        return Holds(self.name(node, elements), value)

    def inside(self, variable: str, collection: Node, elements: Elements) -> Elements:
        """The names that are known inside a quantifier, with a fresh one for its element."""
        self._made += 1
        return {**elements, variable: Element(f"{variable}#{self._made}", self.path(collection, elements))}

    def path(self, collection: Node, elements: Elements) -> str:
        """Where the elements of a list stand in the vocabulary: `family[]`, or a list of codes itself."""
        place = self._place(collection, elements)
        fact = vocabulary().get(place)
        return f"{place}[]" if fact is not None and fact.type == "list" else place

    # --- conditions ------------------------------------------------------------------------------

    def _use(self, node: Use, elements: Elements, value: bool) -> Formula:
        definition = self.program.definitions[node.name]
        if node.name in self.opaque:
            return Holds(self.name(node, elements), value)
        element = None if node.argument is None else self._element(node.argument, elements)
        key = (node.name, element, value)
        if key not in self._uses:
            inner: Elements = {}
            if definition.parameter is not None and element is not None:
                inner = {definition.parameter: element}
            self._uses[key] = self.of(definition.rule.node, inner, value)
        return self._uses[key]

    def _quantifier(self, node: Quantifier, elements: Elements, value: bool) -> Formula:
        exists = value if node.kind == "any" else not value
        # `any` and `no` over the same elements speak of the same thing, with opposite signs.
        is_all = node.kind == "all"
        name = self.name(node if is_all else replace(node, kind="any"), elements)
        named = Holds(name, value if is_all else exists)
        filled = f"nonempty {self.name(node.collection, elements)}"
        if not exists:
            return All((named, Holds(filled, False))) if node.where is None and node.kind != "all" else named
        inner = self.inside(node.variable, node.collection, elements)
        parts: list[Formula] = [named, Holds(filled, True)]
        if node.where is not None:
            parts.append(self.of(node.where, inner))
        if node.satisfy is not None:
            parts.append(self.of(node.satisfy, inner, False))
        return All(tuple(parts))

    def _about_elements(self, node: Node, elements: Elements, value: bool) -> Formula:
        """A comparison with the facts of a named element claims that there is such an element, unless it
        says what is not so (`!=`, `not in`): that holds also where there is none."""
        # Names that neither the rule around nor the file knows belong to a count inside.
        known = (name for name in _variables(node) if name in elements or name in self.program.definitions)
        found = dict.fromkeys(self._element(name, elements) for name in known)
        names = [element.name for element in found if element.is_named]
        negative = (isinstance(node, Compare) and node.comparator == "!=") or (
            isinstance(node, Member) and node.negated
        )
        plain = self._plain(node, elements, value)
        if not names:
            return plain
        exists = All(tuple(All((Holds(f"exists {name}", True), self._chosen(name))) for name in names))
        if value is not negative:
            return All((exists, plain))
        return Some((*(Holds(f"exists {name}", False) for name in names), All((exists, plain))))

    def _chosen(self, name: str) -> Formula:
        """What is true of a named element when there is one."""
        if not self.chosen:
            return ALWAYS
        if name not in self._where:
            node = self.program.definitions[name].rule.node
            assert isinstance(node, First)
            inner = {node.variable: replace(self._element(name, {}), is_named=False)}
            self._where[name] = ALWAYS if node.where is None else self.of(node.where, inner)
        return self._where[name]

    def _element(self, name: str, elements: Elements) -> Element:
        if name in elements:
            return elements[name]
        node = self.program.definitions[name].rule.node
        assert isinstance(node, First)
        return Element(name, self.path(node.collection, {}), True)

    def _plain(self, node: Node, elements: Elements, value: bool) -> Formula:
        if isinstance(node, Compare):
            return self._compare(node, elements, value)
        if isinstance(node, Period):
            return self._period(node, elements, value)
        if isinstance(node, Member):
            return self._member(node, elements, value)
        return Holds(self.name(node, elements), value)

    def _compare(self, node: Compare, elements: Elements, value: bool) -> Formula:
        if self._is_code(node.left, elements):
            return self._same(node.left, node.right, elements, value is (node.comparator == "=="))
        left, right = self._value(node.left, elements), self._value(node.right, elements)
        whole = self._is_whole(node.left, elements) and self._is_whole(node.right, elements)
        step = 1.0 if whole else _TINY
        sign = _SIGNS[node.comparator] if value else _OPPOSITE[_SIGNS[node.comparator]]
        claims: dict[str, Formula] = {
            "<": _less(left, right, step),
            "<=": _less(left, right, 0),
            ">": _less(right, left, step),
            ">=": _less(right, left, 0),
        }
        claims["=="] = All((claims["<="], claims[">="]))
        claims["!="] = Some((claims["<"], claims[">"]))
        return All((claims[sign], *self._bounds(node.left, elements), *self._bounds(node.right, elements)))

    def _period(self, node: Period, elements: Elements, value: bool) -> Formula:
        subject, anchor = self._value(node.subject, elements), self._value(node.anchor, elements)
        event, later = (anchor, subject) if node.direction == "after" else (subject, anchor)
        least, most = _length(node.amount, node.unit)
        counted = 1 if node.counting_that_day else 0
        limit = (event[0], (event[1][0] + least - counted, event[1][1] + most - counted))
        open_end = node.kind in ("less than", "at least")
        in_time, late = _less(later, limit, 1 if open_end else 0), _less(limit, later, 0 if open_end else 1)
        bounds = (*self._bounds(node.subject, elements), *self._bounds(node.anchor, elements))
        if node.kind in ("more than", "at least"):
            return All((late if value else in_time, *bounds))
        if value:
            return All((_less(event, later, 0), in_time, *bounds))
        return All((Some((_less(later, event, 1), late)), *bounds))

    def _member(self, node: Member, elements: Elements, value: bool) -> Formula:
        inside = value is not node.negated
        collection = node.collection
        if isinstance(collection, Codes):
            listed = frozenset(code.value for code in collection.values)
            return self._one_of(node.item, elements, listed, inside)
        if isinstance(collection, NamedSet):
            return self._in_set(node.item, collection, elements, inside)
        named = f"{self.name(node.item, elements)} in {self.name(collection, elements)}"
        if not inside:
            return Holds(named, False)
        return All((Holds(named, True), Holds(f"nonempty {self.name(collection, elements)}", True)))

    def _in_set(self, item: Node, collection: NamedSet, elements: Elements, inside: bool) -> Formula:
        members = self.program.sets[collection.name].members
        if not inside:
            always = frozenset(entry.country for entry in members if _always(entry))
            return self._one_of(item, elements, always, False)
        if isinstance(item, Text):
            members = tuple(entry for entry in members if entry.country == item.value)
        claim = self._one_of(item, elements, frozenset(entry.country for entry in members), True)
        if collection.on is None or not members:
            return claim
        on = self._value(collection.on, elements)
        first, last = min(entry.since for entry in members), max(entry.until for entry in members) - 1
        in_time = (_less((ORIGIN, (first, first)), on, 0), _less(on, (ORIGIN, (last, last)), 0))
        return All((claim, *in_time, *self._bounds(collection.on, elements)))

    # --- codes -----------------------------------------------------------------------------------

    def _fact(self, node: Node, elements: Elements) -> VocabularyFact | None:
        if not isinstance(node, Fact | Field | Lookup):
            return None
        return vocabulary().get(self._place(node, elements))

    def _is_code(self, node: Node, elements: Elements) -> bool:
        fact = self._fact(node, elements)
        return isinstance(node, Text) or (fact is not None and fact.type in _CODES)

    def _domain(self, node: Node, elements: Elements) -> Formula:
        """The codes that a term can have; nothing for a label, which may be anything of its form."""
        name = self.name(node, elements)
        if isinstance(node, Text):
            return OneOf(name, frozenset((node.value,)))
        fact = self._fact(node, elements)
        if fact is None or fact.type == "label":
            return ALWAYS
        is_country = fact.type in ("country", "countries")
        return OneOf(name, frozenset(COUNTRIES) if is_country else frozenset(fact.values))

    def _one_of(self, node: Node, elements: Elements, codes: frozenset[str], value: bool) -> Formula:
        domain, name = self._domain(node, elements), self.name(node, elements)
        if value:
            return All((domain, OneOf(name, codes)))
        if isinstance(domain, OneOf):
            return OneOf(name, domain.codes - codes)
        texts = [Text(0, code) for code in sorted(codes)]
        return All(tuple(self._same(node, text, elements, False) for text in texts))

    def _same(self, left: Node, right: Node, elements: Elements, value: bool) -> Formula:
        same = Same(self.name(left, elements), self.name(right, elements), value)
        return All((same, self._domain(left, elements), self._domain(right, elements)))

    # --- dates and numbers -----------------------------------------------------------------------

    def _value(self, node: Node, elements: Elements) -> Value:
        """A date or number as a name and what is added to it, at least and at most."""
        if isinstance(node, Day):
            return ORIGIN, (node.ordinal, node.ordinal)
        if isinstance(node, Number):
            return ORIGIN, (node.value, node.value)
        if isinstance(node, Shifted):
            name, (low, high) = self._value(node.base, elements)
            least, most = _length(node.amount, node.unit)
            return name, (low + least, high + most)
        return self.name(node, elements), (0, 0)

    def _bounds(self, node: Node, elements: Elements) -> tuple[Formula, ...]:
        """What a value is whatever the case: a count never below nought, a later stage never earlier."""
        if isinstance(node, Shifted):
            return self._bounds(node.base, elements)
        name = self.name(node, elements)
        if isinstance(node, Count):
            floor = Gap(ORIGIN, name, 0)
            inner = self.inside(node.variable, node.collection, elements)
            if node.where is not None and not possible(self.of(node.where, inner)):
                return floor, Gap(name, ORIGIN, 0)
            return (floor,)
        fact = self._fact(node, elements)
        if fact is not None and fact.type == "number":
            return (Gap(ORIGIN, name, 0),)
        if fact is not None and fact.not_before is not None:
            earlier = _sibling(node, fact.not_before.rpartition(".")[2])
            return (Gap(self.name(earlier, elements), name, 0),)
        return ()

    def _is_whole(self, node: Node, elements: Elements) -> bool:
        fact = self._fact(node, elements)
        return fact is None or fact.type != "number"

    # --- names -----------------------------------------------------------------------------------

    def name(self, node: Node, elements: Elements) -> str:
        """A term or condition as text in which every element has its own name."""
        return write(_renamed(node, elements))

    def _place(self, node: Node, elements: Elements) -> str:
        """The path of a fact in the vocabulary."""
        if isinstance(node, Fact):
            return ".".join(node.names)
        if isinstance(node, Lookup):
            return ".".join((f"{'.'.join(node.table)}[]", *node.steps))
        assert isinstance(node, Field)
        return ".".join((self._element(node.variable, elements).path, *node.steps))


_CODES = ("country", "countries", "choice", "choices", "label")
_SIGNS = {"before": "<", "after": ">", "on or before": "<=", "on or after": ">="}
_SIGNS |= {sign: sign for sign in ("==", "!=", "<", "<=", ">", ">=")}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MONTH = 30.436875
"""Mean length of a month in days. A period of n months is never further from n times this than 3.5 days:
a February has 2.4 fewer, and a period that ends on a date that does not exist may end a day later."""


def _length(amount: int, unit: str) -> tuple[float, float]:
    """How many days a period has, at least and at most."""
    if unit == "past_weekends":
        return 0, 2
    if unit in ("days", "weeks"):
        days = amount * (7 if unit == "weeks" else 1)
        return days, days
    months = amount * (12 if unit == "years" else 1)
    return (months * _MONTH - 3.5, months * _MONTH + 3.5) if months else (0, 0)


def _less(left: Value, right: Value, step: float) -> Gap:
    """left + step <= right, for some of the values that the two may have."""
    return Gap(left[0], right[0], right[1][1] - left[1][0] - step)


def _always(entry: Membership) -> bool:
    return entry.since <= FIRST_DAY and entry.until > LAST_DAY


def _variables(node: Node) -> Iterator[str]:
    for inner in walk(node):
        if isinstance(inner, Field):
            yield inner.variable


def _sibling(node: Node, name: str) -> Node:
    if isinstance(node, Fact):
        return replace(node, names=(*node.names[:-1], name))
    assert isinstance(node, Field | Lookup)
    return replace(node, steps=(*node.steps[:-1], name))


def _renamed(node: Node, elements: Elements) -> Node:
    if isinstance(node, Field):
        known = elements.get(node.variable)
        return node if known is None else replace(node, variable=known.name)
    changes: dict[str, Any] = {}
    for entry in fields(node):
        value = getattr(node, entry.name)
        if isinstance(value, Node):
            changes[entry.name] = _renamed(value, elements)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changes[entry.name] = tuple(_renamed(part, elements) for part in value)
    if isinstance(node, Use) and node.argument is not None and node.argument in elements:
        changes["argument"] = elements[node.argument].name
    return replace(node, **changes) if changes else node
