"""What the receiving authority can decide a month, from figures on file and from nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.facts.dates import DateRange, NumberRange
from safethird.protection.assess import assess
from safethird.protection.capacity import capacity_of
from safethird.protection.dossier_files import load_dossier
from safethird.protection.model import Evidence

from .made import DAY, SOURCE, TEXT, day


def figure(
    measure: str, value: float, high: float | None = None, *, months: float = 12, since: int = DAY - 9
) -> Evidence:
    return Evidence(
        f"{measure}-{since}-{value}",
        TEXT,
        "statistic",
        "high",
        (),
        (),
        SOURCE,
        DateRange(since, since),
        value=value,
        value_high=high,
        unit="x",
        measure=measure,
        months=months,
    )


def test_guatemala_in_november_2019_can_decide_nobody_beside_its_own_claims() -> None:
    found = assess("GT", day("2019-11-15")).capacity
    assert found.able is not None
    assert found.pace is not None
    assert found.own_claims is not None
    assert found.transferred is not None
    assert found.transferred_first is not None
    assert (round(found.able.value.lo, 1), found.able.value.hi) == (8.3, 12.5)
    assert found.pace.value == NumberRange(0, 0)
    assert round(found.own_claims.value.lo, 1) == 29.1
    assert found.transferred.value == NumberRange(0, 0)
    assert found.transferred_first.value == found.able.value
    assert found.months_to_clear is not None
    assert [round(end) for end in found.months_to_clear.value] == [34, 51]
    assert found.months_at_pace is not None
    assert math.isinf(found.months_at_pace.value.lo)
    assert found.decisions_per_officer is not None
    assert [round(end, 1) for end in found.decisions_per_officer.value] == [25.0, 37.5]


def test_every_rate_names_the_figures_that_it_rests_on() -> None:
    found = assess("GT", day("2019-11-15")).capacity
    assert found.transferred is not None
    assert {item.id for item in found.transferred.basis if isinstance(item, Evidence)} == {
        "capacity-estimate",
        "claims-2019",
    }


def test_nothing_on_file_is_unknown_and_no_default_is_taken() -> None:
    found = capacity_of((), (), DAY)
    assert [
        getattr(found, name)
        for name in ("able", "pace", "transferred", "months_to_clear", "decisions_per_officer")
    ] == [None] * 5
    half = capacity_of((figure("capacity_year", 120),), (), DAY)
    assert half.transferred is None, "own claims are not known"
    assert half.transferred_first is not None


def test_figures_of_a_later_day_do_not_count() -> None:
    assert capacity_of((figure("pending", 500, since=DAY + 1),), (), DAY).pending is None


def test_the_latest_figure_is_taken_and_two_of_one_day_make_a_range() -> None:
    items = (figure("pending", 400, since=DAY - 90), figure("pending", 423), figure("pending", 430))
    found = capacity_of(items, (), DAY).pending
    assert found is not None
    assert found.value == NumberRange(423, 430)


def test_nothing_pending_needs_no_time() -> None:
    found = capacity_of((figure("pending", 0), figure("decisions_year", 0)), (), DAY).months_at_pace
    assert found is not None
    assert found.value == NumberRange(0, 0)


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5))
def test_more_own_claims_never_leave_more_for_transfers(
    low: float, more: float, own: float, added: float
) -> None:
    able = figure("capacity_year", low, low + more)
    first = capacity_of((able, figure("claims_year", own)), (), DAY).transferred
    second = capacity_of((able, figure("claims_year", own + added)), (), DAY).transferred
    assert first is not None
    assert second is not None
    assert 0 <= second.value.lo <= first.value.lo <= first.value.hi
    assert second.value.hi <= first.value.hi


@pytest.mark.parametrize(
    "name",
    ["rw-2023-11-14", "us-2023-06-16", "ca-2023-03-25", "gr-2011-01-20", "it-2014-11-03", "tr-2016-06-01"],
)
def test_each_country_has_figures_for_the_queue(name: str) -> None:
    dossier = load_dossier(name)
    found = assess(dossier.country, dossier.date.lo, dossier=dossier).capacity
    assert found.transferred is not None
    assert found.months_at_pace is not None
