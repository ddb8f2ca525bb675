"""What happened to the law: events and what they changed, wordings, countries that join and leave."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.facts.dates import format_date
from safethird.regimes.catalogue import library, load_regime
from safethird.regimes.timeline import Joining, Moment, Wording, changes, members_on, moments, sets_used
from tests.regimes.helpers import event, provision, regime

DAYS = st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(date.toordinal)


def effects(*status: dict[str, object], circuit: str | None = None) -> list[str]:
    return [moment.effect for moment in moments(regime(status=list(status)), circuit)]


def test_events_start_stop_and_mark() -> None:
    assert effects(
        event("signed", "2019-01-01"), event("in_force", "2020-01-01"), event("in_force", "2020-02-01"),
        event("suspended", "2021-01-01"), event("resumed", "2021-06-01"), event("terminated", "2022-01-01"),
    ) == ["marks", "starts", "unchanged", "stops", "starts", "stops"]  # fmt: skip


def test_an_end_after_a_stop_is_told_as_an_end() -> None:
    assert effects(
        event("in_force", "2020-01-01"), event("suspended", "2021-01-01"), event("expired", "2022-01-01")
    ) == ["starts", "stops", "final"]  # fmt: skip


def test_windows_open_and_close() -> None:
    assert effects(
        event("in_force", "2020-01-01"), event("applies", "2020-01-05", clock="entry"),
        event("closed", "2020-03-01", clock="claim"),
    ) == ["starts", "opens", "closes"]  # fmt: skip


def test_an_event_of_one_place_does_nothing_elsewhere() -> None:
    status = (
        event("in_force", "2020-01-01"),
        event("enjoined", "2020-02-01", when='decision.circuit == "9"'),
    )
    assert effects(*status) == ["starts", "stops"]
    assert effects(*status, circuit="9") == ["starts", "stops"]
    assert effects(*status, circuit="5") == ["starts", "elsewhere"]
    assert moments(regime(status=list(status)))[1].state is None, "open until the place is known"


def test_new_wordings_say_what_begins_ends_and_stays() -> None:
    versions = [
        {"clock": "claim", "when": "true", "label": {"en": "a", "es": "a", "fr": "a"}},
        {
            "clock": "claim",
            "until": "2022-01-01",
            "when": "false",
            "label": {"en": "b", "es": "b", "fr": "b"},
        },
        {"clock": "claim", "from": "2022-01-01", "when": "true", "label": {"en": "c", "es": "c", "fr": "c"}},
    ]
    entry = provision("worded", None, versions=versions)
    found = [change.what for change in changes(regime(provisions=[entry]))]
    (wording,) = [what for what in found if isinstance(what, Wording)]
    labels = [[version.label["en"] for version in part if version.label]
              for part in (wording.ends, wording.begins, wording.stays)]  # fmt: skip
    assert (format_date(wording.date), labels) == ("2022-01-01", [["b"], ["c"], ["a"]])


def test_countries_that_join_on_one_day_stand_together_and_a_handover_is_no_change() -> None:
    sets = {
        "old": {"members": [{"country": "HR", "until": "2021-01-01"}], "cite": "x", "confidence": "verified",
                "url": "https://example.org"},
        "club": {"includes": ["old"], "members": [
            {"country": "HR", "from": "2021-01-01"}, {"country": "AT", "from": "2021-05-01"},
            {"country": "BE", "from": "2021-05-01", "until": "2022-01-01"},
            {"country": "DE", "from": "1999-01-01"}], "cite": "x", "confidence": "verified",
            "url": "https://example.org"},
    }  # fmt: skip
    built = regime(sets=sets, provisions=[provision("member", "claim.country in club on claim.date")])
    found = [change.what for change in changes(built)]
    joined = [
        (what.countries, format_date(what.date), what.joins) for what in found if isinstance(what, Joining)
    ]
    # Germany joined before the instrument was born; Croatia never left.
    assert joined == [(("AT", "BE"), "2021-05-01", True), (("BE",), "2022-01-01", False)]
    (club,) = sets_used(built)
    assert members_on(club, date(2021, 6, 1).toordinal()) == ("AT", "BE", "DE", "HR")
    assert members_on(club, date(2022, 6, 1).toordinal()) == ("AT", "DE", "HR")


def test_the_first_day_is_left_out_and_the_last_is_not() -> None:
    built = regime(status=[event("in_force", "2020-01-01")])
    day = date(2020, 1, 1).toordinal()
    assert [bool(changes(built, *span)) for span in ((day - 1, day), (day, day + 1), (day - 2, day - 1))] == [
        True, False, False,
    ]  # fmt: skip


def test_a_month_counts_on_every_one_of_its_days_as_perhaps() -> None:
    built = regime(status=[event("in_force", "2020-03")])
    inside = changes(built, date(2020, 3, 10).toordinal(), date(2020, 3, 12).toordinal())
    whole = changes(built, date(2020, 2, 28).toordinal(), date(2020, 4, 1).toordinal())
    assert [change.certain for change in inside + whole] == [False, True]


@given(first=DAYS, middle=DAYS, last=DAYS)
def test_what_changed_over_two_spans_is_what_changed_over_both(first: int, middle: int, last: int) -> None:
    first, middle, last = sorted((first, middle, last))
    for name in ("us-transit-bar-2019", "stca-canada", "us-guatemala-2019"):
        built = load_regime(name)
        both = [change.what for change in changes(built, first, last)]
        parts = [change.what for change in changes(built, first, middle) + changes(built, middle, last)]
        exact = [what for what in parts if not isinstance(what, Moment) or what.exact]
        assert [what for what in both if not isinstance(what, Moment) or what.exact] == exact


@pytest.mark.parametrize("name", sorted(library()))
def test_every_regime_has_a_timeline_in_order(name: str) -> None:
    found = changes(load_regime(name))
    assert [change.date.lo for change in found] == sorted(change.date.lo for change in found)
    assert sum(isinstance(change.what, Moment) for change in found) == len(load_regime(name).events)
