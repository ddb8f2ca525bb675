"""Where a regime draws a line on the calendar: for each date of a case, the days around which answers turn.

A line is drawn by another date: one written in a rule, one of the instrument's own, or another fact of the
case, a period away. Which date is compared with which is read off the rules once for each regime.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, plus_days, plus_months
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import generic_path
from safethird.language.program import CountrySet
from safethird.language.syntax import (
    Age,
    Compare,
    Day,
    Fact,
    Field,
    First,
    Lookup,
    Member,
    NamedSet,
    Node,
    Number,
    Period,
    Shifted,
    Text,
    walk,
)
from safethird.regimes.model import Regime

Key = str
"""A date of the case: its path, or `*.date` for a date with this name in any list."""
Shift = tuple[int, str]
"""An amount of time with its unit; negative: earlier."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is drawn from another date (`origin`: its key, or a day), shifted."""

    origin: Key | int
    shifts: tuple[Shift, ...] = ()


@dataclass(slots=True)
class Lines:
    """For each date that rules compare: the lines drawn for it, and the sets on which it asks membership."""

    lines: dict[Key, set[Line]] = field(default_factory=dict)
    members: dict[Key, set[tuple[str, str | None]]] = field(default_factory=dict)
    """Names of sets, each with the country asked about where the rule names it."""

    def add(self, key: Key | int, line: Line) -> None:
        """A line for one date; nothing for a day written out, which cannot be otherwise."""
        if isinstance(key, str):
            self.lines.setdefault(key, set()).add(line)


def lines_of(regime: Regime, rules: Iterator[Node]) -> Lines:
    """All lines that the rules, the wordings and the events of a regime draw."""
    found = Lines()
    for rule in rules:
        for node in walk(rule):
            if isinstance(node, Compare):
                _compare(found, node)
            elif isinstance(node, Period):
                _period(found, node)
            elif isinstance(node, Member) and isinstance(node.collection, NamedSet):
                _member(found, node, node.collection)
            elif isinstance(node, First) and node.key is not None:
                key, _ = _date(node.key)
                if key is not None:
                    found.add(key, Line(key))
    days: dict[str, set[int]] = {}
    for event in regime.events:
        days.setdefault(event.clock, set()).update(event.date)
    for provision in regime.provisions:
        for version in provision.versions:
            for limit in (version.since, version.until):
                if limit is not None:
                    days.setdefault(version.clock, set()).update(limit)
    for clock, rule_of_clock in regime.clocks.items():
        key, shifts = _date(rule_of_clock.node)
        for day in days.get(clock, ()):
            if key is not None:
                found.add(key, Line(day, _backwards(shifts)))
    return found


def _date(node: Node) -> tuple[Key | int | None, tuple[Shift, ...]]:
    """The date of a term: its key or day, and what is added to it. None for what is no date."""
    if isinstance(node, Day):
        return node.ordinal, ()
    if isinstance(node, Shifted):
        key, shifts = _date(node.base)
        # A weekend moves a limit by two days at most; the days beside a limit are looked at in any case.
        own = () if node.unit == "past_weekends" else ((node.amount, node.unit),)
        return key, (*shifts, *own)
    if isinstance(node, Fact):
        return ".".join(node.names), ()
    if isinstance(node, Field | Lookup) and node.steps:
        return f"*.{node.steps[-1]}", ()
    return None, ()


def _backwards(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    return tuple((-amount, unit) for amount, unit in reversed(shifts))


def _joined(found: Lines, one: Node, other: Node, between: tuple[Shift, ...] = ()) -> None:
    """`other` plus what is between draws a line for `one`, and the other way round."""
    (left, left_shifts), (right, right_shifts) = _date(one), _date(other)
    if left is None or right is None:
        return
    found.add(left, Line(right, (*right_shifts, *between, *_backwards(left_shifts))))
    found.add(right, Line(left, (*left_shifts, *_backwards(between), *_backwards(right_shifts))))


def _compare(found: Lines, node: Compare) -> None:
    ages = [side for side in (node.left, node.right) if isinstance(side, Age)]
    if not ages:
        _joined(found, node.left, node.right)
        return
    numbers = [side.value for side in (node.left, node.right) if isinstance(side, Number)]
    for age in ages:
        for years in {number + step for number in numbers or (0,) for step in (0, 1)}:
            _joined(found, age.on, age.person, ((years, "years"),))
    if len(ages) == 2:
        _joined(found, ages[0].person, ages[1].person)
        _joined(found, ages[0].on, ages[1].on)


def _period(found: Lines, node: Period) -> None:
    event, later = (node.anchor, node.subject) if node.direction == "after" else (node.subject, node.anchor)
    _joined(found, later, event)
    _joined(found, later, event, ((node.amount, node.unit),))


def _member(found: Lines, node: Member, collection: NamedSet) -> None:
    if collection.on is None:
        return
    key, _ = _date(collection.on)
    if isinstance(key, str):
        country = node.item.value if isinstance(node.item, Text) else None
        found.members.setdefault(key, set()).add((collection.name, country))


def days_near(
    lines: Lines, facts: Mapping[str, Any], path: str, sets: Mapping[str, CountrySet], codes: Set[str]
) -> set[int]:
    """Days on, before and after every line that is drawn for the date at `path`.

    `codes`: the countries whose membership of a set may matter.
    """
    keys = [f"*.{path.rpartition('.')[2]}"] if "[" in path else [generic_path(path)]
    found: set[int] = set()
    for key in keys:
        for line in lines.lines.get(key, ()):
            origins = (line.origin,) if isinstance(line.origin, int) else _known(facts, line.origin)
            # Months counted back from a day may end up to three days beside the day from which they lead there.
            back = any(amount < 0 and unit in ("months", "years") for amount, unit in line.shifts)
            slack = 3 if back else 1
            for origin in origins:
                day = origin
                for amount, unit in line.shifts:
                    day = _shifted(day, amount, unit)
                found.update(range(day - slack, day + slack + 1))
        for name, country in lines.members.get(key, ()):
            wanted = codes if country is None else {country}
            for entry in sets[name].members:
                if entry.country in wanted:
                    found.update((entry.since - 1, entry.since, entry.until - 1, entry.until))
    return found


def _known(facts: Mapping[str, Any], key: Key) -> Iterator[int]:
    if not key.startswith("*."):
        value: Any = facts
        for step in key.split("."):
            value = None if value is None else value.get(step)
        if isinstance(value, DateRange):
            yield from value
        return
    name = key[2:]
    for item in _elements(facts):
        value = item.get(name)
        if isinstance(value, DateRange):
            yield from value


def _elements(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every element of every list, and every row of every table."""
    if isinstance(value, Listing):
        for item in value.items:
            if isinstance(item, Mapping):
                yield item
                yield from _elements(item)
    elif isinstance(value, Mapping):
        for inner in value.values():
            if isinstance(inner, Mapping):
                yield inner
            yield from _elements(inner)


@lru_cache(maxsize=65536)
def _shifted(day: int, amount: int, unit: str) -> int:
    if unit in ("days", "weeks"):
        return plus_days(day, amount * (7 if unit == "weeks" else 1))
    return plus_months(day, amount * (12 if unit == "years" else 1), "last_day")


def between(days: Set[int], low: int, high: int) -> list[int]:
    """Those days that lie from `low` to `high`, both ends, and a day in the middle of each wide gap: it
    leaves room on both sides for other dates that are not known yet."""
    inside = sorted({low, high, *(day for day in days if low <= day <= high)})
    known = [day for day in inside if FIRST_DAY < day < LAST_DAY]
    middles = [(first + then) // 2 for first, then in pairwise(known) if then - first > 2]
    if low == FIRST_DAY and known:
        middles.append(max(FIRST_DAY, known[0] - _FAR))
    if high == LAST_DAY and known:
        middles.append(min(LAST_DAY, known[-1] + _FAR))
    return sorted({*inside, *middles})


_FAR = 40 * 366
"""Further from every line than any period or age in a rule."""
