"""What surrounds the rules of one file: its definitions, its sets of countries, its calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, MonthEnd
from safethird.facts.truth import Truth
from safethird.language.syntax import Field, First, Node, Use, walk
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
    cite: str | None = field(default=None, compare=False)
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
            found: set[str] = set()
            self._gather(node, found)
            known = node, tuple(name for name in self.definitions if name in found)
            self._elements[id(node)] = known
        return known[1]

    def _gather(self, node: Node, found: set[str]) -> None:
        for inner in walk(node):
            name = (
                inner.variable if isinstance(inner, Field) else inner.name if isinstance(inner, Use) else None
            )
            names = (name, inner.argument) if isinstance(inner, Use) else (name,)
            for used in names:
                entry = self.definitions.get(used) if used else None
                if entry is None or entry.name in found:
                    continue
                if entry.is_element:
                    found.add(entry.name)
                self._gather(entry.rule.node, found)
