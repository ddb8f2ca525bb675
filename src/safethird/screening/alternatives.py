"""What an unknown fact may turn out to be, as far as a regime can tell the difference.

For each path a short list of values that between them reach every branch that the regime's rules draw for
that fact: all codes of a choice, the countries that the rules name and one that they do not, days on both
sides of every limit that the rules and the other dates of the case draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, NumberRange
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.language.program import CountrySet
from safethird.language.syntax import (
    Codes,
    Compare,
    Fact,
    Field,
    Lookup,
    Member,
    NamedSet,
    Node,
    Number,
    Text,
    walk,
)
from safethird.regimes.model import Regime
from safethird.screening.limits import Lines, between, days_near, lines_of

Facts = Mapping[str, Any]
MOST_DAYS = 240
MOST_MEMBERS = 12
MOST_TOGETHER = 4
_FACTS = (Fact, Field, Lookup)
_STEP = re.compile(r"([a-z_]+)|\[([^\]]+)\]")


@dataclass(slots=True)
class Landmarks:
    """What the rules of a regime mention: codes, numbers, and the lines that they draw on the calendar."""

    codes: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    lines: Lines = field(default_factory=Lines)
    mingled: set[str] = field(default_factory=set)
    """Names of facts whose code is compared with another fact of the case, so that which code it is may
    matter though no rule names it."""
    lasting: frozenset[str] = frozenset()
    """Provisions of which neither the rules nor those of exceptions to them ask what is unknown: what they
    come to is not changed by knowing more."""
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
    marks = Landmarks(codes=set(regime.parties), lines=lines_of(regime, rules_of(regime)))
    for rule in rules_of(regime):
        for node in walk(rule):
            marks.nodes += 1
            if isinstance(node, Text):
                marks.codes.add(node.value)
            elif isinstance(node, Codes):
                marks.codes |= {code.value for code in node.values}
            elif isinstance(node, NamedSet):
                marks.codes |= _some_members(regime.program.sets[node.name])
            elif isinstance(node, Number):
                marks.numbers.add(node.value)
            if isinstance(node, Compare):
                _mingle(marks, node.left, node.right)
            elif isinstance(node, Member) and isinstance(node.collection, NamedSet):
                _mingle(marks, node.item, node.collection.on)
            elif isinstance(node, Member):
                _mingle(marks, node.item, node.collection)
    marks.lasting = _lasting(regime)
    return marks


def _lasting(regime: Regime) -> frozenset[str]:
    asking: set[str] = set()
    for entry in regime.ruled():
        rules = [entry.rule, *(version.rule for version in entry.versions)]
        if any(rule is not None and regime.program.names_bound(rule.node) is None for rule in rules):
            asking.add(entry.id)
    while True:
        more = {
            target for target, against in regime.against.items()
            if target not in asking and any(entry.id in asking for entry in against)
        }  # fmt: skip
        if not more:
            return frozenset(entry.id for entry in regime.ruled() if entry.id not in asking)
        asking |= more


def _mingle(marks: Landmarks, one: Node, other: Node | None) -> None:
    if isinstance(one, _FACTS) and isinstance(other, _FACTS):
        marks.mingled |= {_last_name(one), _last_name(other)}


def _last_name(node: Fact | Field | Lookup) -> str:
    """The name of a fact in its record; empty for a code in a list of codes, which may be of any list."""
    names = node.names if isinstance(node, Fact) else node.steps
    return names[-1] if names else ""


def is_mingled(regime: Regime, path: str) -> bool:
    """Whether rules compare the code, or the list of codes, at a path with another fact of the case."""
    mingled = landmarks(regime).mingled
    fact = vocabulary().get(path)
    codes = fact is not None and fact.type in ("countries", "choices")
    return path.rpartition(".")[2] in mingled or (codes and "" in mingled)


def _some_members(country_set: CountrySet) -> set[str]:
    """Of a set one member for each time of membership; where these are many, some of them, first and last
    included. Enough to be in the set, on either side of a day, where the rules name no country."""
    by_time = {(entry.since, entry.until): entry.country for entry in country_set.members}
    members = [by_time[time] for time in sorted(by_time)]
    step = max(1, len(members) // MOST_MEMBERS)
    return {*members[::step], *members[-1:]}


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
        return [DateRange(day, day) for day in _days(regime, marks, facts, path)]
    if fact.type == "number":
        near = {number + step for number in marks.numbers for step in (-1, 0, 1)}
        return [NumberRange(number, number) for number in sorted(near or {0, 1})]
    if fact.type == "label":
        return ["applicant"]
    if fact.type == "table":
        rows = value_at(facts, path) or {}
        others = (code for code in _countries(marks, facts) if code not in rows)
        return [dict(rows), *({**rows, code: {}} for code in others)]
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


def _days(regime: Regime, marks: Landmarks, facts: Facts, path: str) -> list[int]:
    """Days inside the fact's interval on both sides of every line that is drawn for it."""
    current = value_at(facts, path)
    low, high = current if isinstance(current, DateRange) else (FIRST_DAY, LAST_DAY)
    as_of = facts.get("as_of")
    if isinstance(as_of, DateRange) and not vocabulary().fact(path).may_be_future:
        high = min(high, as_of.hi)
    near = days_near(marks.lines, facts, path, regime.program.sets, frozenset(_countries(marks, facts)))
    inside = between(near, low, high)
    if len(inside) > MOST_DAYS:
        stride = len(inside) / MOST_DAYS
        inside = [inside[int(index * stride)] for index in range(MOST_DAYS)]
    return inside


def _lists(regime: Regime, facts: Facts, path: str, type_: str) -> list[Any]:
    """A list that is unknown or incomplete: complete as it is, or with more elements."""
    current = value_at(facts, path)
    items = current.items if isinstance(current, Listing) else ()
    more: Iterable[tuple[Any, ...]] = [()]
    if type_ == "list":
        more = [(), ({},)]
    elif type_ in ("countries", "choices"):
        known = (
            _countries(landmarks(regime), facts) if type_ == "countries" else vocabulary().fact(path).values
        )
        more = _subsets([code for code in known if code not in items])
    return [Listing((*items, *added), True) for added in more]


def _subsets(codes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of a few codes; of many: none, each alone, all together."""
    sizes = range(len(codes) + 1) if len(codes) <= MOST_TOGETHER else (0, 1, len(codes))
    for size in sizes:
        yield from combinations(codes, size)


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
