"""What an undetermined answer names: facts in nests where the search once lost or kept the wrong ones."""

from __future__ import annotations

from typing import Any

from safethird.facts.dates import DateRange, parse_date
from safethird.facts.normalise import Listing
from safethird.regimes.model import Regime
from safethird.screening.determine import reason
from safethird.screening.missing import open_facts
from safethird.screening.screen import determine
from tests.strategies_regimes import SETS, Facts, built

CITED = {"cite": "x", "confidence": "recalled", "url": "https://example.org/"}


def regime(*provisions: dict[str, Any], **keys: Any) -> Regime:
    """A small regime: its provisions, each a scope unless it says otherwise."""
    return built({
        "format": 1, "regime": "made-up", "kind": "bar", "languages": ["en"], "title": "x", "summary": "x",
        "instrument": {"type": "agreement", **CITED}, "considered_for": {"claim_in": ["US"]},
        "clocks": {"entry": "entry.date"}, "sets": SETS,
        "define": {"entry": {"is": "first e in entries latest e.date", "label": "x", **CITED}},
        "status": [{"event": "in_force", "date": "2019-01-01", **CITED}],
        "provisions": [
            {"id": f"p{number}", "role": "scope", "label": "x", **CITED, **entry}
            for number, entry in enumerate(provisions)
        ],
        **keys,
    })  # fmt: skip


def case(**sections: Any) -> Facts:
    """A decision of 2021, and what else is known."""
    return {"claim": {"country": "US"}, "decision": {"date": day("2021-01-01")}, **sections}


def day(text: str) -> DateRange:
    return parse_date(text)


def missing(law: Regime, facts: Facts) -> set[str]:
    found = determine(law, facts)
    assert found.outcome == "undetermined"
    return set(found.open_paths)


def test_what_an_element_not_yet_listed_would_be_compared_with() -> None:
    law = regime({"when": "entry.country == applicant.habitual_residence"})
    nothing_listed = case(entries=Listing((), False))
    assert missing(law, nothing_listed) == {"entries", "applicant.habitual_residence"}


def test_the_row_of_a_table_and_the_country_that_names_it() -> None:
    law = regime({"when": "findings.countries[decision.removal_country].will_admit"})
    assert missing(law, case()) == {"decision.removal_country"}
    named = case(decision={"date": day("2021-01-01"), "removal_country": "GT"})
    assert missing(law, named) == {"findings.countries[GT].will_admit"}


def test_the_date_of_every_entry_that_may_be_meant() -> None:
    law = regime(
        {"when": "true"},
        define={"entry": {"is": "first e in entries", "label": "x", **CITED}},
        status=[{"event": "in_force", "date": "2019-01-01", **CITED},
                {"event": "closed", "clock": "entry", "date": "2020-03-01", **CITED}],
    )  # fmt: skip
    two = case(entries=Listing(({"country": "US"}, {"country": "CA"}, {"date": day("2020-04-01")}), True))
    assert missing(law, two) == {"entries[0].date", "entries[1].date"}


def test_a_state_named_by_an_entry_that_is_not_known() -> None:
    law = regime({"when": "true"}, responsible="entry.country")
    assert missing(law, case()) == {"entries"}
    assert missing(law, case(entries=Listing(({"date": day("2020-01-01")},), True))) == {"entries[0].country"}


def test_an_entry_that_rests_on_another_entry() -> None:
    law = regime(
        {"when": 'earlier.country == "US"'},
        define={
            "entry": {
                "is": 'first e in entries where e.country == "CA" latest e.date',
                "label": "x",
                **CITED,
            },
            "earlier": {
                "is": "first e in entries where e.date before entry.date latest e.date",
                "label": "x",
                **CITED,
            },
        },
    )
    entries = (
        {"country": "CA", "date": day("2020-05")},
        {"country": "US", "date": day("2020-05")},
        {"date": day("2020-02-01")},
    )
    assert missing(law, case(entries=Listing(entries, True))) == {
        "entries[0].date", "entries[1].date", "entries[2].country",
    }  # fmt: skip


def test_a_month_in_which_one_country_joins_a_set() -> None:
    law = regime({"role": "exclusion", "when": "entry.country not in union on claim.date"})
    facts = case(entries=None) | {
        "claim": {"country": "US", "date": DateRange(day("2020-02-01").lo, day("2020-02-12").lo)}
    }
    del facts["entries"]
    assert missing(law, facts) == {"entries", "claim.date"}


def test_a_limit_between_two_dates_that_are_both_unknown() -> None:
    """The second condition matters only for claims that come 15 to 29 days after the entry."""
    law = regime(
        {"role": "exception", "when": "claim.date within 14 days after entry.date"},
        {"when": "claim.date less than 30 days after entry.date"},
        {"role": "exception", "when": "findings.discretion_used"},
        {"when": "claim.date on or after entry.date"},
    )
    facts = case(entries=Listing(({"country": "US"},), True))
    assert missing(law, facts) == {"claim.date", "entries[0].date", "findings.discretion_used"}


def test_a_fact_that_cannot_matter_is_not_named() -> None:
    law = regime(
        {"when": 'applicant.habitual_residence == "GT"'},
        {"role": "exception", "when": 'findings.discretion_used and applicant.habitual_residence == "US"'},
    )
    assert open_facts(reason(law, case())) == ("applicant.habitual_residence", "findings.discretion_used")
    assert missing(law, case()) == {"applicant.habitual_residence"}


def test_with_dates_a_fact_that_cannot_matter_is_not_named_either() -> None:
    law = regime(
        {"when": "claim.date before 2020-01-01"},
        {"role": "exception", "when": "findings.discretion_used and claim.date after 2020-06-01"},
    )
    assert missing(law, case()) == {"claim.date"}


def test_where_the_law_leaves_it_open_no_fact_is_named() -> None:
    """Two entries on one day: which is the latest will never be known."""
    law = regime({"when": 'entry.country == "US"'})
    same_day = day("2020-01-01")
    twins = case(
        entries=Listing(({"country": "US", "date": same_day}, {"country": "CA", "date": same_day}), True)
    )
    assert missing(law, twins) == set()


def test_an_interval_is_narrowed_on_both_sides_of_a_limit() -> None:
    law = regime({"when": "claim.date before 2020-02-15"})
    february = {"claim": {"country": "US", "date": day("2020-02")}, "decision": {"date": day("2021-01-01")}}
    assert missing(law, february) == {"claim.date"}
    assert not determine(law, {**february, "claim": {"country": "US", "date": day("2020-03")}}).missing
