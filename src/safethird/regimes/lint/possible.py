"""Whether a set of conditions can be true together, as far as simple reasoning shows.

Three kinds of statement about named values are understood: a code is one of some codes (or the same as
another), a date or number lies at most so far from another, something holds or does not. Whatever is not
understood is taken as possible, so "impossible" is always a proof and "possible" never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_BRANCHES = 4000
"""Alternatives gone through before the search gives up and calls the whole possible."""
ORIGIN = ""
"""The name of day 0 and of the number 0: `Gap("x", ORIGIN, 5)` says x <= 5."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true. Without parts: nothing is claimed."""

    parts: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part is true. Without parts: never."""

    parts: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """A statement known by its name only: it holds, or it does not."""

    name: str
    value: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """The code with this name is one of these."""

    name: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Same:
    """Two codes are the same, or are not."""

    left: str
    right: str
    value: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """left - right <= most, in days or in whatever the number counts."""

    left: str
    right: str
    most: float


Formula = All | Some | Holds | OneOf | Same | Gap
ALWAYS = All()
NEVER = Some()


def possible(*formulas: Formula) -> bool:
    """Whether the formulas can all be true together. False is a proof; True may only mean "not refuted"."""
    return _Search().run(_Known({}, {}, (), ()), list(formulas), [])


@dataclass(slots=True)
class _Known:
    holds: dict[str, bool]
    codes: dict[str, frozenset[str]]
    same: tuple[Same, ...]
    gaps: tuple[Gap, ...]

    def copy(self) -> _Known:
        return _Known(dict(self.holds), dict(self.codes), self.same, self.gaps)

    def add(self, fact: Holds | OneOf | Same | Gap) -> bool:
        """Note a statement; False when it contradicts one already noted (gaps are looked at later)."""
        if isinstance(fact, Holds):
            return self.holds.setdefault(fact.name, fact.value) is fact.value
        if isinstance(fact, OneOf):
            left = self.codes.get(fact.name)
            self.codes[fact.name] = fact.codes if left is None else left & fact.codes
            return bool(self.codes[fact.name])
        if isinstance(fact, Same):
            self.same = (*self.same, fact)
        else:
            self.gaps = (*self.gaps, fact)
        return True

    def consistent(self) -> bool:
        return self._codes_consistent() and _no_negative_circle(self.gaps)

    def _codes_consistent(self) -> bool:
        if not self.same:
            return True
        leader: dict[str, str] = {}

        def find(name: str) -> str:
            while leader.get(name, name) != name:
                name = leader[name]
            return name

        for fact in self.same:
            if fact.value:
                leader[find(fact.left)] = find(fact.right)
        joint: dict[str, frozenset[str]] = {}
        for name, codes in self.codes.items():
            top = find(name)
            joint[top] = joint[top] & codes if top in joint else codes
            if not joint[top]:
                return False
        for fact in self.same:
            left, right = find(fact.left), find(fact.right)
            if not fact.value and (left == right or _one_and_the_same(joint.get(left), joint.get(right))):
                return False
        return True


def _one_and_the_same(left: frozenset[str] | None, right: frozenset[str] | None) -> bool:
    return left is not None and left == right and len(left) == 1


def _no_negative_circle(gaps: Iterable[Gap]) -> bool:
    """Bellman and Ford: distances that cannot all be kept make a circle of negative length."""
    edges = [(gap.right, gap.left, gap.most) for gap in gaps]
    reach: dict[str, float] = {}
    for start, end, _ in edges:
        reach[start] = reach[end] = 0.0
    for _ in range(len(reach) + 1):
        changed = False
        for start, end, most in edges:
            if reach[start] + most < reach[end]:
                reach[end] = reach[start] + most
                changed = True
        if not changed:
            return True
    return False


class _Search:
    def __init__(self) -> None:
        self.branches = 0

    def run(self, known: _Known, waiting: list[Formula], choices: list[Some]) -> bool:
        while waiting:
            formula = waiting.pop()
            if isinstance(formula, All):
                waiting.extend(formula.parts)
            elif isinstance(formula, Some):
                if not formula.parts:
                    return False
                if len(formula.parts) == 1:
                    waiting.append(formula.parts[0])
                elif ALWAYS not in formula.parts:
                    choices.append(formula)
            elif not known.add(formula):
                return False
        if not known.consistent():
            return False
        if not choices:
            return True
        choice, *others = sorted(choices, key=lambda entry: len(entry.parts))
        for part in choice.parts:
            self.branches += 1
            if self.branches > MOST_BRANCHES or self.run(known.copy(), [part], list(others)):
                return True
        return False
