"""Laws of an answer, over generated regimes and cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safethird.facts.dates import DateRange
from safethird.facts.normalise import Listing
from safethird.regimes.model import Regime
from safethird.screening.alternatives import filled, generic, value_at
from safethird.screening.determine import answer, reason, reason_with
from safethird.screening.missing import LAW_UNKNOWN, open_facts
from safethird.screening.relevance import weigh
from safethird.screening.screen import Determination, determine
from safethird.screening.states import State
from tests.strategies_regimes import (
    CIRCUITS,
    CODES,
    COUNTRIES,
    DAYS,
    LISTS,
    PLAIN,
    RELATIONS,
    ROWS,
    Facts,
    built,
    cases,
    copied,
    get,
    nearly_known,
    put,
    refined,
    regime_data,
    regimes,
)

SMALL = st.sampled_from((0, 1)).flatmap(lambda depth: regimes(depth=depth))


def decided(regime: Regime, facts: Mapping[str, Any]) -> bool:
    return reason(regime, facts).outcome != "undetermined"


def missing(regime: Regime, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that an answer names, without the unknown of the law itself."""
    named, _ = weigh(regime, facts)
    return tuple(path for path in named if path != LAW_UNKNOWN)


# --- more facts ----------------------------------------------------------------------------------


@settings(max_examples=200)
@given(regimes(), cases() | nearly_known(6), st.data())
def test_a_decided_answer_never_changes(regime: Regime, facts: Facts, data: st.DataObject) -> None:
    """The first law, for the outcome with its state and for the bottom line."""
    before = reason(regime, facts)
    for _ in range(2):
        facts = data.draw(refined(facts))
        after = reason(regime, facts)
        event(f"{before.outcome} then {after.outcome}")
        if before.outcome != "undetermined":
            assert (after.outcome, after.responsible) == (before.outcome, before.responsible)
        assert before.bars is None or after.bars is before.bars
        if regime.kind == "allocation" and before.somewhere and before.operative and before.covered:
            assert set(after.possible) <= set(before.possible)
        before = after


@settings(max_examples=150)
@given(regimes(), cases() | nearly_known(6))
def test_the_short_way_to_an_answer_leads_to_the_same_answer(regime: Regime, facts: Facts) -> None:
    full, short = reason(regime, facts), answer(regime, facts)
    assert (short.outcome, short.responsible) == (full.outcome, full.responsible)


@settings(max_examples=100)
@given(regimes(), nearly_known(6) | cases(), st.randoms(use_true_random=False))
def test_going_on_from_what_was_settled_leads_to_the_same_answer(
    regime: Regime, facts: Facts, random: Random
) -> None:
    """Facts are filled in one after another; what was decided before each is not evaluated again."""
    state = State.of(regime, facts)
    for _ in range(6):
        paths = [path for path in state.open_paths if path != LAW_UNKNOWN]
        if not paths:
            return
        path = random.choice(paths)
        known = fill(random, state.facts, path, whole_elements=False)
        evaluator, before = state.with_fact(path, value_at(known, path))
        going_on, afresh = reason_with(regime, evaluator, before), reason(regime, known)
        assert all(
            getattr(going_on, name) == getattr(afresh, name)
            for name in ("outcome", "responsible", "possible", "bars", "somewhere")
        )
        assert open_facts(going_on) == open_facts(afresh)
        for name, step in afresh.provisions.items():
            continued = going_on.provisions[name]
            assert (continued.value, continued.own) == (step.value, step.own)
        if afresh.outcome != "undetermined":
            event("decided")
            return
        state = State(going_on, evaluator, {}, set())


# --- order ---------------------------------------------------------------------------------------


def said(found: Determination) -> tuple[Any, ...]:
    """What a reader is told, without the order in which it is said."""
    grounds = frozenset((ground.id, ground.value) for ground in found.grounds)
    return (
        found.outcome,
        found.responsible,
        frozenset(found.possible),
        found.bars,
        frozenset(found.missing),
        grounds,
    )


@settings(max_examples=40)
@given(SMALL, cases() | nearly_known(3), st.randoms(use_true_random=False))
def test_the_order_of_lists_and_keys_means_nothing(regime: Regime, facts: Facts, random: Random) -> None:
    expected = said(determine(regime, facts))
    other = copied(facts)
    for name in (*LISTS, CODES):
        listing = get(other, name)
        if listing is not None:
            put(
                other,
                name,
                Listing(tuple(random.sample(listing.items, len(listing.items))), listing.complete),
            )
    assert said(determine(regime, _shuffled(other, random))) == expected


def _shuffled(value: Any, random: Random) -> Any:
    """The same mappings with their keys in another order."""
    if not isinstance(value, dict):
        return value
    keys = random.sample(list(value), len(value))
    return {key: _shuffled(value[key], random) for key in keys}


@settings(max_examples=40)
@given(regime_data(), cases() | nearly_known(3), st.randoms(use_true_random=False))
def test_the_order_of_provisions_and_file_keys_means_nothing(
    data: dict[str, Any], facts: Facts, random: Random
) -> None:
    """Criteria keep theirs: the first that holds decides."""
    expected = said(determine(built(data), facts))
    provisions = data["provisions"]
    ordered = [entry for entry in provisions if entry["role"] in ("criterion", "shift")]
    others = random.sample(
        [entry for entry in provisions if entry not in ordered], len(provisions) - len(ordered)
    )
    mixed = list(ordered)
    for entry in others:
        mixed.insert(random.randint(0, len(mixed)), entry)
    other = _shuffled({**data, "provisions": mixed}, random)
    assert said(determine(built(other), facts)) == expected


# --- missing facts -------------------------------------------------------------------------------


def some_value(random: Random, kind: str) -> Any:
    day = random.choice(DAYS) + random.choice((-1, 0, 1))
    return {
        "yes_no": random.random() < 0.5,
        "country": random.choice((*COUNTRIES, "XZ")),
        "circuit": random.choice(CIRCUITS),
        "relation": random.choice(RELATIONS),
        "date": DateRange(day, day),
    }[kind]


def kind_of(path: str) -> str:
    name = path.rpartition(".")[2]
    return PLAIN.get(path) or {**ROWS, **LISTS["entries"], **LISTS["family"]}[name]


def fill(random: Random, facts: Mapping[str, Any], path: str, *, whole_elements: bool) -> Mapping[str, Any]:
    """The case with one missing fact answered in some way."""
    known = value_at(facts, path)
    if path in (*LISTS, CODES):
        items = known.items if known is not None else ()
        if path == CODES:
            more = [
                code for code in random.sample(COUNTRIES, random.choice((0, 0, 1, 2))) if code not in items
            ]
        else:
            more = [
                {
                    field: some_value(random, kind)
                    for field, kind in LISTS[path].items()
                    if whole_elements or random.random() < 0.7
                }
                for _ in range(random.choice((0, 0, 1, 2)))
            ]
        return filled(facts, path, Listing((*items, *more), True))
    if isinstance(known, DateRange):
        day = random.randint(known.lo, known.hi)
        return filled(facts, path, DateRange(day, day))
    return filled(facts, path, some_value(random, kind_of(path)))


def fully_known(random: Random, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Some completion of a case."""
    for path in (*PLAIN, *LISTS, CODES):
        known = get(facts, path)
        inexact = isinstance(known, DateRange) and known.lo < known.hi
        if known is None or inexact or (isinstance(known, Listing) and not known.complete):
            facts = fill(random, facts, path, whole_elements=True)
    for name, fields in LISTS.items():
        for index, item in enumerate(get(facts, name).items):
            for field in fields:
                known = item.get(field)
                if known is None or (isinstance(known, DateRange) and known.lo < known.hi):
                    facts = fill(random, facts, f"{name}[{index}].{field}", whole_elements=True)
    for country, field in product((*COUNTRIES, "XZ"), ROWS):
        if value_at(facts, f"findings.countries[{country}].{field}") is None:
            facts = fill(random, facts, f"findings.countries[{country}].{field}", whole_elements=True)
    return facts


@settings(max_examples=60)
@given(SMALL, nearly_known(4) | cases(), st.randoms(use_true_random=False))
def test_the_facts_named_are_enough(regime: Regime, facts: Facts, random: Random) -> None:
    """Answer what is named, then what those answers bring up, in any way: the answer is then decided. An
    answer that names nothing stays open whatever becomes known: the law leaves it open."""
    assume(not decided(regime, facts))
    state: Mapping[str, Any] = facts
    for _ in range(8):
        named = missing(regime, state)
        if not named:
            for _ in range(20):
                assert not decided(regime, fully_known(random, state))
            event("the law leaves it open")
            return
        for path in named:
            state = fill(random, state, path, whole_elements=False)
        if decided(regime, state):
            return
    raise AssertionError("the facts named never decide the answer")


# For the next law cases are gone through exhaustively, so they hold no dates, few unknown facts and short lists.


def options(facts: Mapping[str, Any], path: str) -> Iterator[Any]:
    """Every value that a fact can have, as far as these regimes can tell."""
    known = value_at(facts, path)
    if path == CODES:
        items = known.items if known is not None else ()
        rest = [code for code in (*COUNTRIES, "XZ") if code not in items]
        for size in range(3):
            for more in combinations(rest, size):
                yield Listing((*items, *more), True)
    elif path in LISTS:
        items = known.items if known is not None else ()
        yield Listing(items, True)
        fields = {field: kind for field, kind in LISTS[path].items() if kind != "date"}
        for values in product(*(list(_values(kind)) for kind in fields.values())):
            yield Listing((*items, dict(zip(fields, values, strict=True))), True)
    else:
        yield from _values(kind_of(path))


def _values(kind: str) -> tuple[Any, ...]:
    return {
        "yes_no": (True, False),
        "country": (*COUNTRIES, "XZ"),
        "circuit": (*CIRCUITS, "3"),
        "relation": (*RELATIONS, "cousin"),
    }[kind]


MOST_COMPLETIONS = 3000


class _TooManyError(Exception):
    pass


def pivotal(regime: Regime, facts: Mapping[str, Any], path: str, others: tuple[str, ...]) -> bool:
    """Whether filling in a fact decides the answer, the others filled in or not in some way. By brute force."""
    left = MOST_COMPLETIONS

    def search(state: Mapping[str, Any], rest: tuple[str, ...]) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooManyError
        if decided(regime, state):
            return False
        if any(decided(regime, filled(state, path, value)) for value in options(state, path)):
            return True
        return any(
            search(filled(state, other, value), rest[index + 1 :])
            for index, other in enumerate(rest)
            for value in options(state, other)
        )

    return search(facts, others)


def unknown_in(facts: Mapping[str, Any], regime: Regime) -> tuple[str, ...]:
    """Every unknown fact without a date that the rules of a regime speak of."""
    text = " ".join(
        rule.text
        for entry in regime.provisions
        for rule in (
            entry.rule,
            entry.responsible and entry.responsible.rule,
            entry.responsible and entry.responsible.each,
        )
        if rule
    )
    text += " ".join(given.rule.text for given in regime.events if given.rule)
    text += " ".join(rule.text for rule in (regime.responsible, regime.barred_state) if rule)
    found = [
        path for path, kind in PLAIN.items() if kind != "date" and path in text and get(facts, path) is None
    ]
    for name in (*LISTS, CODES):
        listing = get(facts, name)
        if name in text and (listing is None or not listing.complete):
            found.append(name)
        if name in LISTS and name in text and listing is not None:
            found += [
                f"{name}[{index}].{field}"
                for index, item in enumerate(listing.items)
                for field, kind in LISTS[name].items()
                if kind != "date" and field not in item and f".{field}" in text
            ]
    found += [
        f"findings.countries[{country}].{field}"
        for country, field in product((*COUNTRIES, "XZ"), ROWS)
        if f".{field}" in text and value_at(facts, f"findings.countries[{country}].{field}") is None
    ]
    return tuple(found)


@settings(max_examples=40)
@given(regime_data(dates=False), nearly_known(3) | cases())
def test_only_facts_that_can_still_change_the_answer_are_named(data: dict[str, Any], facts: Facts) -> None:
    """And all of them: what is not named cannot."""
    regime = built(data)
    put(facts, "decision.date", DateRange(DAYS[-1] + 1, DAYS[-1] + 1))
    assume(not decided(regime, facts))
    named = missing(regime, facts)
    unknown = unknown_in(facts, regime)
    assert set(named) <= set(unknown)
    for path in unknown:
        others = tuple(other for other in unknown if other != path)
        try:
            can = pivotal(regime, facts, path, others)
        except _TooManyError:
            event("too many completions to go through")
            continue
        event("can change the answer" if can else "cannot change the answer")
        if not can:
            assert path not in named
        elif path in open_facts(reason(regime, facts)):
            assert path in named


def test_what_is_missing_is_said_without_places() -> None:
    assert generic(["entries[0].date", "entries[1].date", "findings.countries[GT].will_admit"]) == (
        "entries[].date",
        "findings.countries[].will_admit",
    )
