"""How a regime stands on a day: tested day by day where the law turned on the day and the place."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.regimes.catalogue import library, load_regime
from safethird.regimes.places import CIRCUITS
from safethird.screening.standing import Standing, spans, standing, transfers_on
from tests.regimes.helpers import event, provision, regime


def on(name: str, day: str, circuit: str | None = None, claim_in: str | None = None) -> Standing:
    return standing(load_regime(name), date.fromisoformat(day).toordinal(), circuit, claim_in)


# Circuit 9 and the others, from the day (included): the injunctions of 2019 to 2021 against the transit bar.
TRANSIT_BAR = [
    ("2019-07-15", "not_yet", "not_yet"),
    ("2019-07-16", "operates", "operates"),
    ("2019-07-24", "stopped", "stopped"),
    ("2019-08-16", "stopped", "operates"),
    ("2019-09-09", "stopped", "stopped"),
    ("2019-09-11", "operates", "operates"),
    ("2020-06-30", "stopped", "stopped"),
    ("2021-01-19", "operates", "operates"),
    ("2021-02-16", "stopped", "stopped"),
    ("2021-03-01", "stopped", "stopped"),
]


def test_the_transit_bar_day_by_day_in_every_circuit() -> None:
    built = load_regime("us-transit-bar-2019")
    for (start, ninth, others), (end, _, _) in pairwise(TRANSIT_BAR):
        day, last = date.fromisoformat(start), date.fromisoformat(end)
        while day < last:
            # Every day at the edges, one in nine between them.
            if (
                (day - date.fromisoformat(start)).days in (0, 1)
                or (last - day).days in (1, 2)
                or day.day % 9 == 0
            ):
                for circuit in ("9", "5", "DC"):
                    expected = ninth if circuit == "9" else others
                    assert standing(built, day.toordinal(), circuit).kind == expected, (day, circuit)
            day += timedelta(days=1)


def test_without_a_place_the_answer_is_given_for_each_circuit() -> None:
    found = on("us-transit-bar-2019", "2019-08-20")
    assert found.kind == "in_part"
    assert set(found.by_circuit) == set(CIRCUITS)
    assert {name for name, kind in found.by_circuit.items() if kind == "stopped"} == {"9"}
    assert [entry.event for entry in found.depends] == ["injunction_narrowed"]
    assert on("us-transit-bar-2019", "2019-07-20").by_circuit == {}


def test_since_when_and_on_which_authority() -> None:
    found = on("us-guatemala-2019", "2020-02-01")
    assert (found.kind, found.since and found.since.event) == ("operates", "in_force")
    stopped = on("us-guatemala-2019", "2021-03-01")
    assert (stopped.kind, stopped.since and stopped.since.event) == ("stopped", "suspended")
    assert stopped.since is not None
    assert stopped.since.citation.url
    assert stopped.coming is not None
    assert stopped.coming.event == "expired"


def test_in_force_is_not_yet_reaching_anybody() -> None:
    found = on("us-guatemala-2019", "2019-11-16")
    assert found.kind == "reaches_nobody_yet"
    assert [getattr(entry, "event", None) for entry in found.outside] == ["applies"]
    assert on("us-guatemala-2019", "2019-11-19").kind == "operates"


def test_an_instrument_that_lives_on_for_old_claims_takes_no_new_ones() -> None:
    assert on("apd-38", "2026-06-11").kind == "operates"
    found = on("apd-38", "2026-06-12")
    assert found.kind == "no_new_cases"
    assert found.operating
    assert [getattr(entry, "id", None) for entry in found.outside] == ["lodged-while-applicable"]


def test_a_window_of_arrivals_that_has_closed_takes_no_new_ones() -> None:
    assert on("us-lawful-pathways-2023", "2025-05-10").kind == "operates"
    assert on("us-lawful-pathways-2023", "2025-06-01").kind == "no_new_cases"


def test_a_date_that_the_law_leaves_open_is_not_known() -> None:
    found = on("us-honduras-2019", "2020-03-15")
    assert found.kind == "not_known"
    assert "in_force" in [entry.event for entry in found.uncertain]
    assert on("us-honduras-2019", "2020-03-31").kind != "not_known"
    assert on("us-honduras-2019", "2020-02-29").kind == "not_yet"


@pytest.mark.parametrize("name", [name for name, entry in library().items() if entry.documented_only])
def test_what_is_kept_for_the_record_never_operates(name: str) -> None:
    assert on(name, "2024-01-01").kind == "never"
    assert spans(load_regime(name)) == []


def test_a_draft_was_never_law() -> None:
    assert on("us-guatemala-reported-2019-07", "2019-08-01").kind == "draft"


def test_a_country_that_left_is_seen_when_it_is_asked_about() -> None:
    assert on("dublin-iii", "2021-02-01", claim_in="GB").kind in ("stopped", "no_new_cases")
    assert on("dublin-iii", "2021-02-01", claim_in="DE").kind == "operates"


def test_transfers_are_a_question_of_their_own() -> None:
    built = load_regime("us-guatemala-2019")
    days = {day: transfers_on(built, date.fromisoformat(day).toordinal())[0]
            for day in ("2019-11-20", "2019-11-21", "2020-03-15", "2020-03-16", "2020-12-01")}  # fmt: skip
    assert days == {
        "2019-11-20": "not_recorded",
        "2019-11-21": "running",
        "2020-03-15": "running",
        "2020-03-16": "stopped",
        "2020-12-01": "stopped",
    }
    # Nobody was sent any more, and the law went on.
    assert on("us-guatemala-2019", "2020-12-01").kind == "operates"


def test_a_window_by_a_scope_provision_on_the_day_of_arrival() -> None:
    built = regime(provisions=[provision("arrived-in-time", "entry.date before 2021-01-01")])
    days = [
        standing(built, date(2020, 6, 1).toordinal()).kind,
        standing(built, date(2022, 6, 1).toordinal()).kind,
    ]
    assert days == ["operates", "no_new_cases"]


def test_time_between_claim_and_arrival_is_no_window() -> None:
    built = regime(provisions=[provision("late", "claim.date more than 1 years after entry.date")])
    assert standing(built, date(2021, 6, 1).toordinal()).kind == "operates"


@given(day=st.dates(date(2003, 1, 1), date(2027, 1, 1)), name=st.sampled_from(sorted(library())))
def test_times_of_operation_agree_with_the_standing_of_each_day(day: date, name: str) -> None:
    built = load_regime(name)
    ordinal = day.toordinal()
    inside = any(
        span.since <= ordinal and (span.until is None or ordinal < span.until) for span in spans(built)
    )
    found = standing(built, ordinal)
    assert inside is (found.operating or found.kind == "not_known")


def test_an_event_on_the_day_already_counts() -> None:
    built = regime(status=[event("in_force", "2020-01-01"), event("repealed", "2021-01-01")])
    kinds = [standing(built, date.fromisoformat(day).toordinal()).kind
             for day in ("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01")]  # fmt: skip
    assert kinds == ["not_yet", "operates", "operates", "stopped"]
