"""Laws of the rule language, over generated rules and cases."""

from __future__ import annotations

import datetime
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safethird.facts.dates import DateRange, NumberRange, age_range, plus_months
from safethird.facts.documents import Document
from safethird.facts.normalise import Listing
from safethird.facts.truth import Truth, agreement, conjunction, disjunction, negation
from safethird.language.errors import Source
from safethird.language.evaluate import Evaluator
from safethird.language.parser import parse
from safethird.language.program import Program
from safethird.language.types import Checked, check_condition
from safethird.language.write import write
from safethird.regimes.names import CaseNames
from safethird.regimes.sets import parse_sets
from tests.strategies_regimes import SETS, Facts, cases, conditions, copied, get, nearly_known, put, refined

SETS_OF_TESTS = parse_sets(Document({"sets": SETS}, None), ("sets",), SETS, {})
NAMES = CaseNames(SETS_OF_TESTS)
TRUTHS: tuple[Truth, ...] = (True, False, None)


def checked(text: str) -> Checked:
    source = Source(text)
    return check_condition(source, parse(source), NAMES, may_ask_unknown=True)


def value(rule: Checked, facts: Facts, month_end: Any = "last_day") -> Truth:
    return Evaluator(Program({}, SETS_OF_TESTS, month_end), facts).rule(rule.node).value


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


# --- truth ---------------------------------------------------------------------------------------


def completions(*values: Truth) -> list[tuple[bool, ...]]:
    """Every way to make unknown truths known."""
    return list(product(*[(True, False) if given is None else (given,) for given in values]))


@pytest.mark.parametrize(("a", "b"), list(product(TRUTHS, TRUTHS)))
def test_the_tables_of_truth_are_what_all_completions_share(a: Truth, b: Truth) -> None:
    facts: Facts = {"claim": {"country": "CA"}}
    for path, known in (("findings.discretion_used", a), ("applicant.has_lawful_status", b)):
        if known is not None:
            put(facts, path, known)
    left, right = "findings.discretion_used", "applicant.has_lawful_status"
    assert (
        value(checked(f"not {left}"), facts) is negation(a) is agreement({not x for (x,) in completions(a)})
    )
    both = agreement({x and y for x, y in completions(a, b)})
    assert value(checked(f"{left} and {right}"), facts) is conjunction((a, b)) is both
    either = agreement({x or y for x, y in completions(a, b)})
    assert value(checked(f"{left} or {right}"), facts) is disjunction((a, b)) is either


@pytest.mark.parametrize("values", list(product(TRUTHS, repeat=3)))
def test_three_parts_are_read_as_two_and_one(values: tuple[Truth, Truth, Truth]) -> None:
    a, b, c = values
    assert conjunction(values) is conjunction((conjunction((a, b)), c))
    assert disjunction(values) is disjunction((disjunction((a, b)), c))
    assert negation(conjunction(values)) is disjunction(negation(part) for part in values)


# --- more facts ----------------------------------------------------------------------------------


@settings(max_examples=250)
@given(conditions(3), cases() | nearly_known(6), st.data())
def test_more_facts_never_undo_a_truth(text: str, facts: Facts, data: st.DataObject) -> None:
    """The first law: also when lists are finished, dates narrowed, the facts of elements filled in."""
    rule = checked(text)
    before = value(rule, facts)
    for _ in range(2):
        facts = data.draw(refined(facts))
        after = value(rule, facts)
        assert before is None or after is before
        before = after


@settings(max_examples=150)
@given(conditions(3), nearly_known(6), st.data())
def test_a_rule_is_decided_when_everything_is_known(text: str, facts: Facts, data: st.DataObject) -> None:
    assert value(checked(text), data.draw(refined(facts, fully=True))) is not None


# --- order ---------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(conditions(3), cases())
def test_the_order_of_a_list_means_nothing(text: str, facts: Facts) -> None:
    rule = checked(text)
    expected = value(rule, facts)
    for name in ("entries", "family", "applicant.nationalities"):
        listing = get(facts, name)
        for items in permutations(listing.items) if listing is not None else ():
            other = copied(facts)
            put(other, name, Listing(items, listing.complete))
            assert value(rule, other) is expected


@settings(max_examples=100)
@given(conditions(2), conditions(2), cases())
def test_the_order_of_parts_means_nothing(one: str, other: str, facts: Facts) -> None:
    for word in ("and", "or"):
        there, back = checked(f"({one}) {word} ({other})"), checked(f"({other}) {word} ({one})")
        assert value(there, facts) is value(back, facts)


# --- written and read again ----------------------------------------------------------------------


@settings(max_examples=250)
@given(conditions(3))
def test_what_is_written_is_read_as_the_same_rule(text: str) -> None:
    for node in (parse(Source(text)), checked(text).node):
        written = write(node)
        assert write(parse(Source(written))) == written
        again = parse(Source(written)) if node == parse(Source(text)) else checked(written).node
        assert _placeless(again) == _placeless(node)


def _placeless(node: Any) -> Any:
    """A tree without the places of its nodes."""
    if isinstance(node, tuple):
        return tuple(_placeless(part) for part in node)
    if not hasattr(node, "at"):
        return node
    return (type(node), *(_placeless(getattr(node, name)) for name in node.__match_args__ if name != "at"))


# --- dates ---------------------------------------------------------------------------------------

NEAR_MONTH_ENDS = st.sampled_from(
    [
        day(text) + step
        for text in ("2020-01-30", "2020-02-28", "2020-12-31", "2019-02-27")
        for step in range(4)
    ]
)
SHORT_INTERVALS = st.tuples(NEAR_MONTH_ENDS, st.integers(0, 4)).map(
    lambda pair: DateRange(pair[0], sum(pair))
)
COMPARISONS = ("before", "after", "on or before", "on or after", "==", "!=")
PERIODS = ("within", "at most", "less than", "more than", "at least")
AMOUNTS = ("1 day", "14 days", "1 week", "1 month", "11 months", "1 year")


def both_dates(one: DateRange, other: DateRange) -> Facts:
    return {"claim": {"country": "CA", "date": one}, "decision": {"date": other}}


def by_days(rule: Checked, one: DateRange, other: DateRange, month_end: Any) -> Truth:
    """The truth that all pairs of days share."""
    pairs = product(range(one.lo, one.hi + 1), range(other.lo, other.hi + 1))
    return agreement(value(rule, both_dates(DateRange(x, x), DateRange(y, y)), month_end) for x, y in pairs)


@settings(max_examples=150)
@given(SHORT_INTERVALS, SHORT_INTERVALS, st.sampled_from(COMPARISONS), st.sampled_from(AMOUNTS),
       st.sampled_from(("last_day", "next_day")))  # fmt: skip
def test_intervals_compare_as_all_their_days(
    one: DateRange, other: DateRange, word: str, amount: str, month_end: str
) -> None:
    for shifted in ("", f" minus {amount}", f" plus {amount} moved past weekends"):
        rule = checked(f"claim.date{shifted} {word} decision.date")
        assert value(rule, both_dates(one, other), month_end) is by_days(rule, one, other, month_end)


@settings(max_examples=200)
@given(SHORT_INTERVALS, SHORT_INTERVALS, st.sampled_from(PERIODS), st.sampled_from(AMOUNTS),
       st.sampled_from(("after", "before")), st.sampled_from(("", " counting that day")),
       st.sampled_from(("last_day", "next_day")))  # fmt: skip
def test_periods_hold_as_for_all_their_days(
    one: DateRange, other: DateRange, kind: str, amount: str, way: str, counting: str, month_end: str
) -> None:
    rule = checked(f"claim.date {kind} {amount} {way} decision.date{counting}")
    whole, days = value(rule, both_dates(one, other), month_end), by_days(rule, one, other, month_end)
    # "less than one day, that day counted" holds on no day; intervals of two days do not see it.
    empty = kind == "less than" and amount == "1 day" and counting
    assert whole is days or (whole is None and empty)


def meaning(kind: str, later: int, event: int, limit: int) -> bool:
    """The table in docs/language.md, for single days."""
    return {
        "within": event <= later <= limit,
        "at most": event <= later <= limit,
        "less than": event <= later < limit,
        "more than": later > limit,
        "at least": later >= limit,
    }[kind]


@pytest.mark.parametrize(("kind", "amount"), list(product(PERIODS, AMOUNTS)))
@pytest.mark.parametrize("counting", [False, True])
def test_the_kinds_of_period_are_those_of_the_table(kind: str, amount: str, counting: bool) -> None:
    number, unit = int(amount.split(maxsplit=1)[0]), amount.split()[1].removesuffix("s")
    words = " counting that day" if counting else ""
    after, before = (
        checked(f"claim.date {kind} {amount} {way} decision.date{words}") for way in ("after", "before")
    )
    for event in (day("2020-01-31"), day("2020-02-29"), day("2020-03-15")):
        months = number * {"month": 1, "year": 12}.get(unit, 0)
        days = number * {"day": 1, "week": 7}.get(unit, 0)
        limit = plus_months(event, months, "last_day") + days - counting
        for later in (*range(event - 2, event + 3), *range(limit - 2, limit + 3)):
            one, other = DateRange(later, later), DateRange(event, event)
            expected = meaning(kind, later, event, limit)
            assert value(after, both_dates(one, other)) is expected
            # Time runs from the earlier event: "x before y" is "y after x".
            assert value(before, both_dates(other, one)) is expected


def test_the_limits_of_fourteen_days() -> None:
    """A crossing on 1 October: which claims are within 14 days after it, less than 14 days after it, ..."""
    entry = day("2025-10-01")
    claims = {number: both_dates(DateRange(entry + number, entry + number), DateRange(entry, entry)) for number in
              (-1, 0, 13, 14, 15)}  # fmt: skip
    held = {
        "within 14 days after": [0, 13, 14],
        "at most 14 days after": [0, 13, 14],
        "within 14 days after counting": [0, 13],
        "less than 14 days after": [0, 13],
        "more than 14 days after": [15],
        "at least 14 days after": [14, 15],
    }
    for text, expected in held.items():
        words, counting = text.removesuffix(" counting"), " counting that day" * text.endswith("counting")
        rule = checked(f"claim.date {words} decision.date{counting}")
        assert [number for number, facts in claims.items() if value(rule, facts)] == expected, text


@settings(max_examples=200)
@given(SHORT_INTERVALS, SHORT_INTERVALS, st.sampled_from(("last_day", "next_day")))
def test_ages_are_those_of_all_the_days(birth: DateRange, on: DateRange, month_end: Any) -> None:
    on = DateRange(on.lo + 18 * 365, on.hi + 18 * 365)
    ages = {
        age_range(DateRange(born, born), DateRange(when, when), month_end)
        for born, when in product(range(birth.lo, birth.hi + 1), range(on.lo, on.hi + 1))
    }
    lowest, highest = min(age.lo for age in ages), max(age.hi for age in ages)
    assert age_range(birth, on, month_end) == NumberRange(lowest, highest)


@settings(max_examples=150)
@given(
    st.integers(-8, 8).map(lambda step: day("2020-02-29") + step),
    st.integers(0, 20),
    st.sampled_from(("CA", "US", "GT")),
)
def test_membership_in_time_is_what_all_days_share(first: int, length: int, country: str) -> None:
    rule = checked("applicant.habitual_residence in union on claim.date")

    def on(interval: DateRange) -> Truth:
        return value(rule, {"applicant": {"habitual_residence": country}, "claim": {"date": interval}})

    whole = DateRange(first, first + length)
    assert on(whole) is agreement(on(DateRange(each, each)) for each in range(whole.lo, whole.hi + 1))


# --- elements ------------------------------------------------------------------------------------


def test_unknown_is_asked_in_warnings_only_and_is_undone_by_facts() -> None:
    rule = checked("claim.date is unknown")
    assert value(rule, {"claim": {"country": "CA"}}) is True
    assert value(rule, {"claim": {"country": "CA", "date": DateRange(5, 5)}}) is False
