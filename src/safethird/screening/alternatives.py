"""What an unknown fact may turn out to be, as far as a regime can tell the difference.

For each path a short list of values that between them reach every branch that the regime's rules draw for
that fact: all codes of a choice, the countries that the rules name and one that they do not, days on both
sides of every limit that the rules and the other dates of the case draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, NumberRange, plus_days, plus_months
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.language.syntax import Age, Codes, Compare, Day, NamedSet, Node, Number, Period, Shifted, Text, walk
from safethird.regimes.model import Regime

Facts = Mapping[str, Any]
MOST_DAYS = 160
_STEP = re.compile(r"([a-z_]+)|\[([^\]]+)\]")


@dataclass(slots=True)
class Landmarks:
    """What the rules of a regime mention: codes, days, numbers and lengths of time."""

    codes: set[str] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    lengths: set[tuple[int, str]] = field(default_factory=set)
    nodes: int = 1
    """How many nodes the rules have: what one evaluation costs."""


def rules_of(regime: Regime) -> Iterator[Node]:
    """Every rule of a regime: definitions, provisions, versions, readings, events, terms."""
    for definition in regime.definitions.values():
        yield definition.rule.node
        if definition.readings:
            yield from (option.rule.node for option in definition.readings.options.values())
    for provision in regime.provisions:
        if provision.rule:
            yield provision.rule.node
        yield from (version.rule.node for version in provision.versions if version.rule)
        if provision.readings:
            yield from (option.rule.node for option in provision.readings.options.values())
        if provision.responsible:
            yield provision.responsible.rule.node
            if provision.responsible.element:
                yield provision.responsible.element
    yield from (event.rule.node for event in regime.events if event.rule)
    yield from (rule.node for rule in (regime.responsible, regime.barred_state) if rule)


_MARKS: dict[int, tuple[Regime, Landmarks]] = {}


def landmarks(regime: Regime) -> Landmarks:
    """What the rules of a regime mention; computed once for each regime."""
    known = _MARKS.get(id(regime))
    if known is None:
        known = _MARKS[id(regime)] = (regime, _gather(regime))
    return known[1]


def _gather(regime: Regime) -> Landmarks:
    marks = Landmarks(codes=set(regime.parties))
    for rule in rules_of(regime):
        for node in walk(rule):
            marks.nodes += 1
            if isinstance(node, Text):
                marks.codes.add(node.value)
            elif isinstance(node, Codes):
                marks.codes |= {code.value for code in node.values}
            elif isinstance(node, NamedSet):
                members = regime.program.sets[node.name].members
                marks.days |= {day for entry in members for day in (entry.since, entry.until)}
            elif isinstance(node, Day):
                marks.days.add(node.ordinal)
            elif isinstance(node, Number):
                marks.numbers.add(node.value)
            elif isinstance(node, Period):
                marks.lengths.add((node.amount, node.unit))
            elif isinstance(node, Shifted):
                marks.lengths.add((abs(node.amount), node.unit))
            elif isinstance(node, Compare) and (isinstance(node.left, Age) or isinstance(node.right, Age)):
                years = node.right if isinstance(node.left, Age) else node.left
                if isinstance(years, Number):
                    marks.lengths.add((years.value, "years"))
    for event in regime.events:
        marks.days |= {event.date.lo, event.date.hi}
    for provision in regime.provisions:
        for version in provision.versions:
            for date in (version.since, version.until):
                if date is not None:
                    marks.days.add(date.lo)
    marks.days -= {FIRST_DAY, LAST_DAY, LAST_DAY + 1}
    return marks


def alternatives(regime: Regime, facts: Facts, path: str) -> list[Any]:
    """Normalised values that the fact at `path` may have; empty for a path that is no fact."""
    fact = vocabulary().get(path)
    if fact is None:
        return []
    marks = landmarks(regime)
    if fact.type == "yes_no":
        return [True, False]
    if fact.type == "choice":
        return list(fact.values)
    if fact.type == "country":
        return _countries(marks, facts)
    if fact.type == "date":
        return [DateRange(day, day) for day in _days(marks, facts, path)]
    if fact.type == "number":
        near = {number + step for number in marks.numbers for step in (-1, 0, 1)}
        return [NumberRange(number, number) for number in sorted(near or {0, 1})]
    if fact.type == "label":
        return ["applicant"]
    return _lists(regime, facts, path, fact.type)


def _countries(marks: Landmarks, facts: Facts) -> list[str]:
    named = {code for code in (*marks.codes, *_codes_in(facts)) if len(code) == 2 and code.isupper()}
    return [*sorted(named), "XZ"]


def _codes_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _codes_in(inner)
    elif isinstance(value, Listing):
        for inner in value.items:
            yield from _codes_in(inner)


def _dates_in(value: Any) -> Iterator[DateRange]:
    if isinstance(value, DateRange):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _dates_in(inner)
    elif isinstance(value, Listing):
        for inner in value.items:
            yield from _dates_in(inner)


def _days(marks: Landmarks, facts: Facts, path: str) -> list[int]:
    """Days inside the fact's interval on both sides of every limit."""
    current = value_at(facts, path)
    low, high = current if isinstance(current, DateRange) else (FIRST_DAY, LAST_DAY)
    fact = vocabulary().fact(path)
    as_of = facts.get("as_of")
    if isinstance(as_of, DateRange) and not fact.may_be_future:
        high = min(high, as_of.hi)
    anchors = set(marks.days)
    for date in _dates_in(facts):
        anchors |= {date.lo, date.hi}
    limits = set(anchors)
    for anchor in anchors:
        for amount, unit in marks.lengths:
            for sign in (1, -1):
                limits.add(_shifted(anchor, sign * amount, unit))
    days = {day + step for day in limits for step in (-1, 0, 1)} | {low, high}
    inside = sorted(day for day in days if low <= day <= high)
    if len(inside) > MOST_DAYS:
        stride = len(inside) / MOST_DAYS
        inside = [inside[int(index * stride)] for index in range(MOST_DAYS)]
    return inside


@lru_cache(maxsize=4096)
def _shifted(day: int, amount: int, unit: str) -> int:
    if unit in ("days", "weeks"):
        return plus_days(day, amount * (7 if unit == "weeks" else 1))
    return plus_months(day, amount * (12 if unit == "years" else 1), "last_day")


def _lists(regime: Regime, facts: Facts, path: str, type_: str) -> list[Any]:
    """A list that is unknown or incomplete: complete as it is, or with one more element of each kind."""
    current = value_at(facts, path)
    items = current.items if isinstance(current, Listing) else ()
    found: list[Any] = [Listing(items, True)]
    marks = landmarks(regime)
    if type_ == "countries":
        found += [Listing((*items, code), True) for code in _countries(marks, facts) if code not in items]
    elif type_ == "choices":
        known = vocabulary().fact(path).values
        found += [Listing((*items, code), True) for code in known if code not in items]
    elif type_ == "list":
        found += [Listing((*items, {}), True)]
    return found


def steps_of(path: str) -> list[str | int]:
    """`entries[0].date` as ["entries", 0, "date"]; a table row as its country."""
    found: list[str | int] = []
    for name, inside in _STEP.findall(path):
        found.append(name if name else int(inside) if inside.isdigit() else inside)
    return found


def value_at(facts: Any, path: str) -> Any:
    """The normalised value at a path, or None."""
    for step in steps_of(path):
        if facts is None:
            return None
        if isinstance(step, int):
            facts = facts.items[step] if isinstance(facts, Listing) and step < len(facts.items) else None
        else:
            facts = facts.get(step)
    return facts


def filled(facts: Facts, path: str, value: Any) -> Facts:
    """The facts with the value at one path replaced; what is not on the path is shared."""
    result: Facts = _filled(facts, steps_of(path), value)
    return result


def _filled(facts: Any, steps: list[str | int], value: Any) -> Any:
    if not steps:
        return value
    step, *rest = steps
    if isinstance(step, int):
        items = list(facts.items)
        items[step] = _filled(items[step], rest, value)
        return Listing(tuple(items), facts.complete)
    copy = dict(facts or {})
    copy[step] = _filled(copy.get(step), rest, value)
    return copy


def generic(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as the contract writes them (`entries[].date`), each once, in order."""
    return tuple(dict.fromkeys(generic_path(path) for path in paths))
