"""Time limits that roll over weekends: the interpreter and the engines move the same days."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from safethird.engines.columns.calendar import BEFORE, BEYOND, beyond_weekends
from safethird.facts.case import Case
from safethird.facts.dates import LAST_DAY, past_weekends
from safethird.regimes.catalogue import load_regime
from safethird.screening.determine import reason
from safethird.screening.screen import facts_for_rules

FIRST = datetime.date(2023, 1, 1).toordinal()


def test_saturday_and_sunday_become_monday_and_no_other_day_moves() -> None:
    for day in range(FIRST, FIRST + 400):
        date = datetime.date.fromordinal(day)
        moved = datetime.date.fromordinal(past_weekends(day))
        assert moved == date + datetime.timedelta(days={5: 2, 6: 1}.get(date.weekday(), 0))
    assert past_weekends(LAST_DAY) <= LAST_DAY


def test_whole_columns_are_moved_alike_and_unknown_days_stay_unknown() -> None:
    days = np.array([*range(FIRST, FIRST + 400), BEFORE, BEYOND], np.int32)
    moved = beyond_weekends(days)
    assert list(moved[:-2]) == [past_weekends(int(day)) for day in days[:-2]]
    assert (moved[-2], moved[-1]) == (BEFORE, BEYOND)


@pytest.mark.parametrize("year", range(1999, 2026))
def test_the_one_year_limit_ends_on_a_working_day_of_every_year(year: int) -> None:
    arrival = datetime.date(year - 1, 6, 10)
    last = datetime.date.fromordinal(past_weekends(datetime.date(year, 6, 10).toordinal()))
    regime = load_regime("us-one-year")
    for late, outcome in ((0, "not_covered"), (1, "applies")):
        filed = (last + datetime.timedelta(days=late)).isoformat()
        case = Case.from_data({
            "version": 1, "as_of": "2026-01-01", "claim": {"country": "US", "date": filed, "lodged_date": filed},
            "decision": {"date": "2026-01-01"}, "applicant": {"birth_date": "1960", "nationalities": ["UG"], "has_lawful_status": False},
            "entries": [{"country": "US", "date": arrival.isoformat(), "manner": "airport", "turned_back": False}],
            "family": [], "findings": {"late_filing_excused": False, "discretion_used": False},
        })  # fmt: skip
        assert reason(regime, facts_for_rules(case)).outcome == outcome
