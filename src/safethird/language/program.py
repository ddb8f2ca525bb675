"""What surrounds the rules of one file: its definitions, its sets of countries, its calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, MonthEnd
from safethird.facts.truth import Truth
from safethird.language.syntax import (
    Count,
    Field,
    First,
    IsUnknown,
    Node,
    Quantifier,
    Use,
    children,
    walk,
)
from safethird.language.types import Checked, Signature


@dataclass(frozen=True, slots=True)
class Membership:
    """A country belongs to a set from a day (included) until a day (not included)."""

    country: str
    since: int = FIRST_DAY
    until: int = LAST_DAY + 1


@dataclass(frozen=True, slots=True)
class CountrySet:
    """A named set of countries, dated or not."""

    name: str
    members: tuple[Membership, ...]
    label: Mapping[str, str] | None = field(default=None, compare=False)
    """What readers call it, by language."""
    cite: str | Mapping[str, str] | None = field(default=None, compare=False)
    """The pinpoint; by language where it is described in words."""
    url: str | None = field(default=None, compare=False)
    confidence: str | None = field(default=None, compare=False)

    @property
    def dated(self) -> bool:
        """Whether any membership begins or ends."""
        return any(entry.since > FIRST_DAY or entry.until <= LAST_DAY for entry in self.members)

    def contains(self, country: str, on: DateRange | None) -> Truth:
        """Whether a country is a member on every day of `on`, on none, or (unknown) on some.

        >>> union = CountrySet("union", (Membership("HR", since=10),))
        >>> union.contains("HR", DateRange(10, 12)), union.contains("HR", DateRange(5, 12))
        (True, None)
        """
        spans = [entry for entry in self.members if entry.country == country]
        if not spans:
            return False
        low, high = (FIRST_DAY, LAST_DAY) if on is None else on
        if any(entry.since <= low and high < entry.until for entry in spans):
            return True
        if all(high < entry.since or entry.until <= low for entry in spans):
            return False
        return None


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition, perhaps of one element (`family_member(f)`), or a named element (`entry`)."""

    name: str
    rule: Checked
    parameter: str | None = None

    @property
    def is_element(self) -> bool:
        """Whether the name stands for an element of a list rather than for a condition."""
        return isinstance(self.rule.node, First)


@dataclass(frozen=True, slots=True)
class Program:
    """Definitions in an order in which each uses only earlier ones, named sets, and the calendar."""

    definitions: Mapping[str, Definition] = field(default_factory=dict)
    sets: Mapping[str, CountrySet] = field(default_factory=dict)
    month_end: MonthEnd = "last_day"
    _elements: dict[int, tuple[Node, tuple[str, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Answers of `elements_in` by the identity of the node, which is kept beside them."""
    _names: dict[int, tuple[Node, frozenset[str]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The same for `names_in`."""
    _bound: dict[int, tuple[Node, tuple[str, ...] | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The same for `names_bound`."""

    def signatures(self) -> dict[str, Signature]:
        """The definitions as the checker sees them."""
        return {
            name: Signature(entry.rule.type, None, entry.rule.uses_unknown)
            for name, entry in self.definitions.items()
        }

    def elements_in(self, node: Node) -> tuple[str, ...]:
        """The named elements on which a rule rests, directly or through definitions, in order."""
        known = self._elements.get(id(node))
        if known is None:
            used = self.names_in(node)
            known = (
                node,
                tuple(name for name, entry in self.definitions.items() if name in used and entry.is_element),
            )
            self._elements[id(node)] = known
        return known[1]

    def names_in(self, node: Node) -> frozenset[str]:
        """All definitions on which a rule rests, directly or through others."""
        known = self._names.get(id(node))
        if known is None:
            found: set[str] = set()
            for inner in walk(node):
                used = (
                    (inner.name, inner.argument) if isinstance(inner, Use)
                    else (inner.variable,) if isinstance(inner, Field)
                    else ()
                )  # fmt: skip
                for name in used:
                    entry = self.definitions.get(name) if name else None
                    if entry is not None:
                        found |= {entry.name, *self.names_in(entry.rule.node)}
            known = self._names[id(node)] = node, frozenset(found)
        return known[1]

    def names_bound(self, node: Node) -> tuple[str, ...] | None:
        """The names of elements that must stand for something before a condition has a truth. None where it
        asks what is unknown: its truth may change as more becomes known, which no other's can."""
        known = self._bound.get(id(node))
        if known is None:
            known = self._bound[id(node)] = node, self._names_bound(node)
        return known[1]

    def _names_bound(self, node: Node) -> tuple[str, ...] | None:
        rules = [node, *(self.definitions[name].rule.node for name in self.names_in(node))]
        if any(isinstance(inner, IsUnknown) for rule in rules for inner in walk(rule)):
            return None
        return tuple(sorted({*self.elements_in(node), *_free(node)}))


def _free(node: Node) -> set[str]:
    """Names of elements used in a rule and not introduced in it."""
    found: set[str] = set()
    for inner in children(node):
        found |= _free(inner)
    if isinstance(node, Quantifier | First | Count):
        found.discard(node.variable)
    elif isinstance(node, Field):
        found.add(node.variable)
    elif isinstance(node, Use) and node.argument is not None:
        found.add(node.argument)
    return found
