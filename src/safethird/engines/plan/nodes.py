"""The nodes of a plan: frozen, shared, each with the axes along which its value varies.

An axis is the elements of one list, walked over once. A node without axes has one value for each case; a
node with the axis `family` has one for each relative of each case. Nodes are made by a `Table` only, which
gives the same node for the same parts, so that equal clauses are identical.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal

from safethird.facts.dates import MonthEnd
from safethird.language.program import CountrySet

Kind = Literal["truth", "date", "number", "code", "listing", "choice"]
Space = Literal["", "country", "choice", "label"]
"""Codes of different spaces are never compared."""
Shifting = Literal["days", "months", "days_beyond", "past_weekends"]
"""`days_beyond` may leave the calendar: the eve of its first day."""
Which = Literal["slot", "certain", "unlisted", "nothing"]
Order = Literal["latest", "earliest", "largest", "smallest"]


@dataclass(frozen=True, slots=True, eq=False)
class PlanNode:
    """Anything in a plan."""

    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The elements of a list. `level` tells apart two walks over the same list at the same time."""

    listing: Listing
    level: int
    index: int
    """Order of making; axes stand in this order wherever several meet."""

    @property
    def name(self) -> str:
        """`family`, and `family'` for the second walk."""
        return self.listing.path + "'" * self.level


# --- terms -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Listing(PlanNode):
    """A list of the case: of records, or of codes. `inside`: the element that holds it; `key`: the row."""

    path: str
    space: Space
    inside: Axis | None
    key: PlanNode | None


@dataclass(frozen=True, slots=True, eq=False)
class Fact(PlanNode):
    """A fact of the case, of an element (`inside`), or of the row `key` of a look-up table."""

    path: str
    kind: Kind
    space: Space
    inside: Axis | None
    key: PlanNode | None


@dataclass(frozen=True, slots=True, eq=False)
class Element(PlanNode):
    """The element itself, where a list holds codes."""

    of: Axis


@dataclass(frozen=True, slots=True, eq=False)
class Days(PlanNode):
    """Some day from `lo` to `hi`, written in the law."""

    lo: int
    hi: int


@dataclass(frozen=True, slots=True, eq=False)
class Amount(PlanNode):
    """A number written in the law."""

    value: int


@dataclass(frozen=True, slots=True, eq=False)
class Code(PlanNode):
    """A code written in the law."""

    text: str
    space: Space


@dataclass(frozen=True, slots=True, eq=False)
class Unsaid(PlanNode):
    """A value of any kind that is unknown in every case; `paths` are the facts that would say it."""

    kind: Kind
    space: Space
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shift(PlanNode):
    """A date an amount of time later."""

    base: PlanNode
    amount: int
    unit: Shifting
    month_end: MonthEnd


@dataclass(frozen=True, slots=True, eq=False)
class Age(PlanNode):
    """Completed years from one date to another."""

    birth: PlanNode
    on: PlanNode
    month_end: MonthEnd


@dataclass(frozen=True, slots=True, eq=False)
class Count(PlanNode):
    """How many elements satisfy a condition."""

    over: Axis
    part: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Uncounted(PlanNode):
    """How many elements there are in a list that nobody has given: any number from none."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Only(PlanNode):
    """The one country that all alternatives name between them; unknown when they name none or several.

    An alternative counts where its guard holds and its country is known.
    """

    alternatives: tuple[tuple[PlanNode, PlanNode], ...]


# --- conditions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Always(PlanNode):
    """True, or false, in every case."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Open(PlanNode):
    """Unknown in every case, for want of the facts at `paths` and of whatever is open in `terms`."""

    paths: tuple[str, ...]
    terms: tuple[PlanNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not(PlanNode):
    """The opposite."""

    part: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class And(PlanNode):
    """All parts hold."""

    parts: tuple[PlanNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(PlanNode):
    """At least one part holds."""

    parts: tuple[PlanNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Less(PlanNode):
    """One date before another, one number below another."""

    left: PlanNode
    right: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Equal(PlanNode):
    """The same date, the same number."""

    left: PlanNode
    right: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Same(PlanNode):
    """The same code."""

    left: PlanNode
    right: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Among(PlanNode):
    """A code among those written in the law."""

    item: PlanNode
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class InListing(PlanNode):
    """A code in a list of the case."""

    item: PlanNode
    listing: Listing


@dataclass(frozen=True, slots=True, eq=False)
class InSet(PlanNode):
    """A country in a named set, on every day that `on` may be."""

    item: PlanNode
    countries: CountrySet
    on: PlanNode | None


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(PlanNode):
    """Whether a term is unknown, or (`negated`) known. Never unknown itself."""

    term: PlanNode
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Some(PlanNode):
    """Some element satisfies it; unknown rather than false while elements may be missing."""

    over: Axis
    part: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Every(PlanNode):
    """Every element satisfies it; unknown rather than true while elements may be missing."""

    over: Axis
    part: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Choice(PlanNode):
    """The elements that `first ...` may mean. No value of its own: `Pick` asks about it."""

    over: Axis
    where: PlanNode
    key: PlanNode | None
    order: Order | None


@dataclass(frozen=True, slots=True, eq=False)
class Pick(PlanNode):
    """Whether a choice may mean this element (`slot`), and it is certain to satisfy the condition (`certain`);
    one not listed; or none (`nothing`). Never unknown."""

    choice: Choice
    which: Which


@dataclass(frozen=True, slots=True, eq=False)
class Agree(PlanNode):
    """What all alternatives whose guard holds agree on, along the axes `over` too; else unknown."""

    over: tuple[Axis, ...]
    alternatives: tuple[tuple[PlanNode, PlanNode], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reading(PlanNode):
    """A condition read for several elements. Its value is that of `part`. Where that is unknown, the facts
    that would settle a choice whose guard holds are missing too."""

    part: PlanNode
    choices: tuple[tuple[PlanNode, PlanNode], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Is(PlanNode):
    """Whether a condition is true, is false, or (None) is unknown. Never unknown itself."""

    part: PlanNode
    value: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Exists(PlanNode):
    """Whether a condition that is never unknown holds anywhere along some axes."""

    over: tuple[Axis, ...]
    part: PlanNode


@dataclass(frozen=True, slots=True, eq=False)
class Several(PlanNode):
    """Whether conditions that are never unknown hold more than once between them, along some axes."""

    over: tuple[Axis, ...]
    parts: tuple[PlanNode, ...]


CONDITIONS = (
    Always,
    Open,
    Not,
    And,
    Or,
    Less,
    Equal,
    Same,
    Among,
    InListing,
    InSet,
    Unknown,
    Some,
    Every,
    Pick,
    Reading,
    Is,
    Exists,
    Several,
)


def kind_of(node: PlanNode) -> Kind:
    """What kind of value a node has."""
    if isinstance(node, CONDITIONS):
        return "truth"
    if isinstance(node, Fact | Unsaid):
        return node.kind
    if isinstance(node, Days | Shift):
        return "date"
    if isinstance(node, Amount | Age | Count | Uncounted):
        return "number"
    if isinstance(node, Code | Element | Only):
        return "code"
    if isinstance(node, Agree):
        return kind_of(node.alternatives[0][1])
    return "listing" if isinstance(node, Listing) else "choice"


def space_of(node: PlanNode) -> Space:
    """The space of a code."""
    if isinstance(node, Fact | Code | Unsaid | Listing):
        return node.space
    if isinstance(node, Element):
        return node.of.listing.space
    if isinstance(node, Agree | Only):
        return space_of(node.alternatives[0][1])
    return ""


def nodes_in(value: Any) -> Iterator[PlanNode]:
    """The nodes that a part of a node is, or holds."""
    if isinstance(value, PlanNode):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from nodes_in(part)


def children(node: PlanNode) -> Iterator[PlanNode]:
    """The nodes directly inside a node; the list behind an axis is not among them."""
    for entry in fields(node)[1:]:
        yield from nodes_in(getattr(node, entry.name))


def axes_used(node: PlanNode) -> Iterator[Axis]:
    """The axes that a node walks over or stands on."""
    for entry in fields(node)[1:]:
        value = getattr(node, entry.name)
        if isinstance(value, Axis):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Axis))


def in_order(roots: Iterator[PlanNode] | tuple[PlanNode, ...]) -> list[PlanNode]:
    """Every node under some roots, parts first, lists behind axes included."""
    seen: set[PlanNode] = set()
    found: list[PlanNode] = []
    stack: list[tuple[PlanNode, bool]] = [(root, False) for root in reversed(tuple(roots))]
    while stack:
        node, done = stack.pop()
        if done:
            found.append(node)
            continue
        if node in seen:
            continue
        seen.add(node)
        stack.append((node, True))
        inner = [*children(node), *(axis.listing for axis in axes_used(node))]
        stack.extend((part, False) for part in reversed(inner) if part not in seen)
    return found
