"""Several regimes at once: what their answers mean together, and that more facts never undo it."""

from __future__ import annotations

import json
from copy import deepcopy
from importlib import resources
from typing import Any

import jsonschema
import pytest

from safethird.facts.case import Case
from safethird.regimes.catalogue import LIBRARY
from safethird.reports.answers import screening_data
from safethird.screening.casetests import read_tests
from safethird.screening.procedure import Summary
from safethird.screening.screen import Screening, screen

ADULT: dict[str, Any] = {
    "version": 1,
    "applicant": {
        "birth_date": "1990-01-01",
        "nationalities": ["SV"],
        "has_lawful_status": False,
        "habitual_residence": "SV",
        "criminal_record": False,
        "capital_charge_countries": [],
        "visa_rules": [{"country": "US", "required": True}, {"country": "CA", "required": True}],
    },
    "family": [],
    "documents": [],
    "prior_claims": [],
    "findings": {
        "discretion_used": False,
        "severe_trafficking_victim": False,
        "exceptionally_compelling_circumstances": False,
    },
}


def flown(**changes: Any) -> dict[str, Any]:
    """A person whom the agreement with Guatemala reached in December 2019."""
    case = deepcopy(ADULT) | {
        "as_of": "2019-12-10",
        "claim": {"country": "US", "date": "2019-12-01", "lodged_date": "2019-12-05"},
        "decision": {"date": "2019-12-10", "circuit": "5"},
        "entries": [
            {
                "country": "US",
                "date": "2019-12-01",
                "from_country": "MX",
                "manner": "land_between_ports",
                "turned_back": False,
            }
        ],
        "journey": [
            {"country": "GT", "permanent_stay_offered": False, "airside_only": False},
            {"country": "MX", "permanent_stay_offered": False, "airside_only": False},
        ],
    }
    case["findings"]["countries"] = [{"country": "GT", "fear_stated": False, "harm_standard_met": "none"}]
    return case | changes


def canada(days: int, manner: str = "land_between_ports", **changes: Any) -> dict[str, Any]:
    """A person who crossed into Canada in May 2026 and claims so many days later."""
    return (
        deepcopy(ADULT)
        | {
            "as_of": "2026-07-01",
            "claim": {
                "country": "CA",
                "date": f"2026-05-{1 + days:02}",
                "setting": "land_port" if manner == "land_port" else "inland",
            },
            "decision": {"date": "2026-07-01"},
            "entries": [
                {
                    "country": "CA",
                    "date": "2026-05-01",
                    "from_country": "US",
                    "manner": manner,
                    "turned_back": False,
                    "under_removal": False,
                }
            ],
            "journey": [{"country": "US"}],
        }
        | changes
    )


def asked(case: dict[str, Any], *regimes: str) -> Screening:
    return screen(Case.from_data(case), list(regimes) or None)


def states(summary: Summary) -> dict[str, bool | None]:
    """For each avenue whether it is closed."""
    return {part.avenue.id: part.closed for part in summary.avenues}


def test_an_agreement_shuts_the_claim_and_the_protection_beside_it() -> None:
    summary = asked(flown()).summary
    assert (summary.heard_here, summary.states) == (False, ("GT",))
    assert states(summary) == {"claim": True, "grant": True, "withholding": True, "cat": True}
    assert summary.facts == ()
    reached = {part.stage.id: part.reached for part in summary.stages}
    assert reached["cooperative_agreements"] is True
    assert reached["conditions_on_the_grant"] is False


def test_a_bar_on_the_grant_leaves_withholding_open() -> None:
    case = flown()
    case["findings"]["countries"][0] |= {"fear_stated": True, "harm_standard_met": "more_likely_than_not"}
    answers = asked(case)
    assert answers["us-guatemala-2019"].outcome == "exempt"
    assert answers["us-transit-bar-2019"].outcome == "applies"
    summary = answers.summary
    assert (summary.heard_here, summary.states) == (True, ())
    assert states(summary) == {"claim": False, "grant": True, "withholding": False, "cat": False}
    told = {entry.id for entry in summary.handovers}
    assert {"each_agreement", "grant_only"} <= told
    kept = {part.avenue.id: [effect.citation.pinpoint for effect in part.keeps] for part in summary.avenues}
    assert any("241(b)(3)" in cite for cite in kept["withholding"])


def test_where_the_bar_was_enjoined_everything_is_open() -> None:
    case = flown(
        as_of="2019-08-20",
        decision={"date": "2019-08-20", "circuit": "9"},
        claim={"country": "US", "date": "2019-08-01", "lodged_date": "2019-08-05"},
    )
    case["entries"][0]["date"] = "2019-08-01"
    assert states(asked(case).summary) == {"claim": False, "grant": False, "withholding": False, "cat": False}
    case["decision"]["circuit"] = "5"
    assert states(asked(case).summary)["grant"] is True
    del case["decision"]["circuit"]
    summary = asked(case).summary
    assert states(summary) == {"claim": False, "grant": None, "withholding": False, "cat": False}
    assert [(fact.path, fact.regimes) for fact in summary.facts] == [
        ("decision.circuit", ("us-transit-bar-2019",))
    ]


def test_what_is_missing_for_one_regime_decides_the_whole() -> None:
    case = flown()
    del case["findings"]["countries"]
    summary = asked(case).summary
    assert summary.heard_here is None
    assert states(summary)["withholding"] is None
    paths = [fact.path for fact in summary.facts]
    assert "findings.countries[].fear_stated" in paths
    assert summary.question in {
        "findings.countries[GT].fear_stated",
        "findings.countries[GT].harm_standard_met",
    }


def test_facts_of_a_bar_that_can_change_nothing_any_more_are_not_asked_for() -> None:
    case = flown()
    del case["decision"]["circuit"]  # the transit bar of August; the agreement shuts everything anyway
    case["findings"].pop("severe_trafficking_victim")
    assert asked(case).summary.facts == ()


@pytest.mark.parametrize(
    ("days", "hearing", "assessment", "by"),
    [
        (13, True, True, "stca-canada"),
        (14, True, False, "irpa-after-14-days"),
        (25, True, False, "irpa-after-14-days"),
    ],
)
def test_canada_hands_over_from_the_agreement_to_the_later_bar(
    days: int, hearing: bool, assessment: bool, by: str
) -> None:
    summary = asked(canada(days)).summary
    found = states(summary)
    assert (found["hearing"], found["risk_assessment"]) == (hearing, assessment)
    closing = {
        closing.regime for part in summary.avenues if part.avenue.id == "hearing" for closing in part.closings
    }
    assert closing == {by}
    assert summary.states == (("US",) if by == "stca-canada" else ())
    assert ("after_the_limit" in {entry.id for entry in summary.handovers}) is (by != "stca-canada")


def test_an_exception_in_canada_costs_the_appeal() -> None:
    brother = {
        "relation": "sibling",
        "country": "CA",
        "birth_date": "1985-01-01",
        "relationship_proved": True,
        "status": "citizen",
        "status_country": "CA",
        "accompanying": False,
    }
    answers = asked(canada(0, "land_port", family=[brother]))
    assert answers["stca-canada"].outcome == "exempt"
    found = states(answers.summary)
    assert found == {"hearing": False, "appeal": True, "risk_assessment": False, "relief": False}


def test_an_airport_arrival_in_canada_is_heard_with_everything_open() -> None:
    assert set(states(asked(canada(0, "airport")).summary).values()) == {False}


def european(country: str, responsible: str) -> dict[str, Any]:
    """A person who came irregularly through one state and applied in another."""
    case = deepcopy(ADULT)
    case["applicant"]["visa_rules"] = [{"country": country, "required": True}]
    return case | {
        "as_of": "2024-05-01",
        "claim": {
            "country": country,
            "date": "2024-03-01",
            "lodged_date": "2024-03-01",
            "registered_date": "2024-03-01",
            "setting": "inland",
        },
        "decision": {"date": "2024-05-01", "removal_country": "TR"},
        "entries": [
            {
                "country": responsible,
                "date": "2024-02-01",
                "from_country": "TR",
                "manner": "land_between_ports",
                "entry_conditions_met": False,
                "turned_back": False,
            }
        ],
        "journey": [],
        "procedure": {"requests": [], "eurodac_hit": False},
        "findings": {
            "discretion_used": False,
            "inadmissibility_power_used": False,
            "countries": [
                {"country": code, "transfer_risk": False, "guarantees_required": False}
                for code in sorted({country, responsible})
            ],
        },
    }


def test_an_allocation_closes_the_examination_only_where_another_state_is_responsible() -> None:
    away = asked(european("DE", "IT"), "dublin-iii")
    assert away["dublin-iii"].responsible == ("IT",)
    assert (away.summary.heard_here, away.summary.states) == (False, ("IT",))
    assert states(away.summary) == {"examination": True, "remedy": False, "non_removal": False}
    here = asked(european("GR", "GR"), "dublin-iii")
    assert here["dublin-iii"].responsible == ("GR",)
    assert (here.summary.heard_here, here.summary.states) == (True, ())


def test_left_out_regimes_are_named() -> None:
    summary = asked(flown(), "us-guatemala-2019").summary
    assert "us-transit-bar-2019" in summary.left_out
    assert asked(flown()).summary.left_out == ()


def test_a_country_without_a_procedure_is_said_to_be_so() -> None:
    summary = asked({"version": 1, "as_of": "2026-01-01", "claim": {"country": "MX"}}).summary
    assert (summary.procedure, summary.heard_here, summary.avenues) == (None, True, ())


def test_a_draft_counts_for_nothing() -> None:
    summary = asked(flown(), "us-guatemala-reported-2019-07").summary
    assert summary.heard_here is True
    assert [part.determination.regime.id for part in summary.unplaced] == ["us-guatemala-reported-2019-07"]


def test_barred_sent_and_sent_oneself_are_three_answers() -> None:
    def part(case: dict[str, Any]) -> Any:
        stages = asked(case).summary.stages
        return next(
            part
            for stage in stages
            for part in stage.regimes
            if part.determination.regime.id == "us-guatemala-2019"
        )

    running = part(flown())
    assert (running.barred, running.transfers, running.transferred) == (True, "running", None)
    # In December 2020 the law still barred, and nobody was sent any more.
    late = flown(as_of="2020-12-01", decision={"date": "2020-12-01", "circuit": "5"})
    stopped = part(late)
    assert (stopped.barred, stopped.transfers, stopped.transferred) == (True, "stopped", None)
    request = {
        "kind": "readmission",
        "requesting_country": "US",
        "requested_country": "GT",
        "date": "2019-12-11",
        "transferred": True,
        "transfer_date": "2019-12-15",
    }
    sent = flown(as_of="2019-12-20", procedure={"requests": [request]})
    assert part(sent).transferred is True
    assert part(flown(procedure={"requests": []})).transferred is False


def test_limits_of_use_are_facts_beside_the_law() -> None:
    case = flown(
        as_of="2026-02-01",
        decision={"date": "2026-02-01", "circuit": "5"},
        claim={"country": "US", "date": "2025-12-01", "lodged_date": "2025-12-05"},
    )
    case["entries"][0]["date"] = "2025-12-01"
    case["applicant"]["nationalities"] = ["VE"]
    parts = {
        part.determination.regime.id: part for stage in asked(case).summary.stages for part in stage.regimes
    }
    assert [entry.id for entry in parts["us-honduras-2025"].limits][:1] == ["monthly-cap"]
    assert parts["us-transit-bar-2019"].transfers is None, "it names no state, so nobody is sent under it"


def test_programmes_are_mentioned_while_they_ran() -> None:
    def running(day: str) -> set[str]:
        return {
            entry.regime
            for entry in asked(flown(as_of=day, decision={"date": day, "circuit": "5"})).summary.programmes
        }

    assert running("2019-12-10") == {"us-mpp"}
    assert running("2020-04-01") == {"us-mpp", "us-title-42"}
    assert running("2022-08-15") == {"us-mpp", "us-title-42"}, "the end is known to the month only"
    assert running("2023-06-01") == set()


SAMPLE = list(read_tests([LIBRARY]))[::60]


@pytest.mark.parametrize("test", SAMPLE, ids=[test.id for test in SAMPLE])
def test_the_summary_fits_its_schema(test: Any) -> None:
    text = resources.files("safethird.reports").joinpath("answer.schema.json").read_text(encoding="utf-8")
    language = ("en", "es", "fr")[len(test.id) % 3]
    jsonschema.validate(screening_data(screen(test.case), language), json.loads(text))


@pytest.mark.parametrize("test", SAMPLE, ids=[test.id for test in SAMPLE])
def test_more_facts_never_undo_what_is_decided(test: Any) -> None:
    """The first law, for the whole: what is decided with a part of the facts stays so with all of them."""
    full = screen(test.case).summary
    data = test.case.data
    for section in ("findings", "family", "documents", "journey", "prior_claims", "entries", "applicant"):
        if section not in data:
            continue
        part = Case.from_data({name: value for name, value in data.items() if name != section})
        less = screen(part).summary
        assert less.heard_here in (None, full.heard_here), section
        for before, after in zip(less.avenues, full.avenues, strict=True):
            assert before.closed in (None, after.closed), (section, before.avenue.id)
