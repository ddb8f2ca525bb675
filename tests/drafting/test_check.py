"""The checklist and the deep lint: what they find, on the library and on drafts with one fault each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("z3")

from safethird.drafting.check.checklist import Checklist, check
from safethird.drafting.deep import deep_findings
from safethird.drafting.named import Draft, find_draft
from safethird.facts.documents import read_document, read_json
from safethird.regimes.catalogue import library, library_files
from safethird.regimes.loader import build_regime
from safethird.screening.screen import screen
from tests.drafting.small import CITED, THOROUGH, built

EXPECTED: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("expected_checks.yaml").read_text(encoding="utf-8")
)


def told(found: Checklist) -> dict[str, dict[str, Any]]:
    return {
        entry.standard.name + (f" ({entry.standard.detail})" if entry.standard.detail else ""): {
            "status": entry.status,
            "provisions": [one.id for one in entry.carried_by],
        }
        for entry in found.findings
    }


@pytest.mark.parametrize(
    "name", [name for name, regime in library().items() if THOROUGH or regime.kind == "bar"]
)
def test_the_findings_of_every_regime_are_those_that_were_reviewed(name: str) -> None:
    assert name in EXPECTED, "read its findings (safethird check), then add them to expected_checks.yaml"
    found = check(find_draft(name), 60)
    reviewed = {
        entry: {part: value for part, value in finding.items() if part != "why"}
        for entry, finding in EXPECTED[name].items()
    }
    assert told(found) == reviewed
    for entry in found.findings:
        if entry.witness is not None:
            answer = screen(entry.witness.case, [library()[name]]).determinations[0]
            assert (answer.outcome, answer.responsible) == (
                entry.witness.answers[0].outcome,
                entry.witness.answers[0].responsible,
            )


def test_what_does_not_simply_hold_was_given_a_reason() -> None:
    for name, findings in EXPECTED.items():
        for entry, finding in findings.items():
            needs = finding["status"] in ("fails", "missing", "idle")
            assert not needs or finding.get("why"), (name, entry)


def test_a_failing_entry_names_what_is_about_it_and_what_the_answer_rests_on() -> None:
    found = {entry.standard.name: entry for entry in check(find_draft("us-guatemala-2025"), 60).findings}
    children = found["children"]
    assert [one.id for one in children.about] == ["unaccompanied-child"]
    assert "arrival" in [ground.id for ground in children.grounds]
    gap = next(
        entry for entry in check(find_draft("us-uganda-2025"), 60).findings if entry.standard.name == "no_gap"
    )
    # Only what leaves it open is shown: nothing about the person.
    assert [ground.id for ground in gap.grounds] == ["in_force"]
    assert gap.witness is not None
    assert not {"applicant", "family", "findings"} & set(gap.witness.case.data)


def test_a_regime_that_is_only_told_of_is_asked_nothing() -> None:
    found = check(find_draft("italy-albania"))
    assert {entry.status for entry in found.findings} == {"documented"}
    mpp = {entry.standard.name: entry.status for entry in check(find_draft("us-mpp")).findings}
    assert mpp == {
        "non_refoulement": "text", "access": "text", "children": "documented", "no_gap": "documented",
        "no_overlap": "documented",
    }  # fmt: skip


def test_when_the_time_is_up_the_entry_is_undecided() -> None:
    found = check(find_draft("us-lawful-pathways-2023"), 0.0)
    assert {entry.status for entry in found.findings} <= {"undecided", "text", "holds", "fails"}
    assert "undecided" in {entry.status for entry in found.findings}


def _without(name: str, provision: str) -> Draft:
    data = read_document(library_files()[name]).data
    data["provisions"] = [entry for entry in data["provisions"] if entry["id"] != provision]
    return Draft("draft", build_regime(read_json(json.dumps(data), "draft.yaml")))


@pytest.mark.parametrize(
    ("provision", "entry"),
    [
        ("own-national", "own_nationals"),
        ("unaccompanied-child", "children"),
        ("feared-harm", "non_refoulement"),
    ],
)
def test_striking_out_the_article_that_carries_an_entry_makes_it_fail(provision: str, entry: str) -> None:
    found = check(_without("us-guatemala-2019", provision), 60)
    states = {one.standard.name: one.status for one in found.findings}
    assert states[entry] in ("fails", "missing", "text")


def _draft(provisions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": 1, "regime": "made", "kind": "bar", "languages": ["en"], "title": "Made",
        "summary": "Made up.",
        "instrument": {"type": "rule", "parties": ["US"], **CITED}, "considered_for": {"claim_in": ["US"]},
        "status": [{"event": "in_force", "date": "2001-01-01", **CITED}],
        "provisions": [{"label": entry["id"], **CITED, **entry} for entry in provisions],
    }  # fmt: skip


def test_two_exceptions_with_different_effects_and_no_order_overlap() -> None:
    provisions = [
        {"id": "status", "role": "exception", "when": "applicant.has_lawful_status"},
        {"id": "choice", "role": "exception", "outcome": "not_covered", "when": "findings.discretion_used"},
    ]
    found = check(Draft("draft", built(_draft(provisions))), 60)
    overlap = next(entry for entry in found.findings if entry.standard.name == "no_overlap")
    assert (overlap.status, overlap.overlap) == ("fails", ("status", "choice"))
    provisions[0]["before"] = "choice"
    found = check(Draft("draft", built(_draft(provisions))), 60)
    assert next(entry for entry in found.findings if entry.standard.name == "no_overlap").status == "holds"


@pytest.mark.parametrize(
    ("provisions", "code", "about"),
    [
        ([{"id": "a", "role": "scope", "when": 'claim.country == "US"'},
          {"id": "b", "role": "scope", "when": 'claim.country in ["US", "CA"]'}], "implied", "b"),
        ([{"id": "a", "role": "scope", "when": "age of applicant on claim.date >= 18"},
          {"id": "b", "role": "exception", "when": "age of applicant on claim.date < 16"}],
         "never-decides", "b"),
        ([{"id": "a", "role": "exception", "when": "age of applicant on claim.date < 18"},
          {"id": "b", "role": "exception", "when": "age of applicant on claim.date < 16"}], "swallowed", "b"),
        ([{"id": "a", "role": "exception", "when": "findings.discretion_used"},
          {"id": "b", "role": "exception", "exception_to": "a", "when": "not findings.discretion_used"}],
         "never-decides", "b"),
        ([{"id": "a", "role": "warning",
          "when": "claim.date before 2001-01-01 and claim.date after 2002-01-01"}],
         "never-shown", "a"),
    ],
)  # fmt: skip
def test_deep_lint(provisions: list[dict[str, Any]], code: str, about: str) -> None:
    found = list(deep_findings(built(_draft(provisions))))
    assert [(entry.code, entry.provision) for entry in found] == [(code, about)]


def test_criteria_that_leave_a_choice_between_two_states() -> None:
    data = _draft([
        {"id": "family", "role": "criterion", "for": 'f in family where f.relation == "spouse"',
         "responsible": "f.country"},
        {"id": "last", "role": "criterion", "when": "true", "responsible": "claim.country"},
    ])  # fmt: skip
    data["kind"] = "allocation"
    found = list(deep_findings(built(data)))
    assert [(entry.code, "family" in entry.what) for entry in found] == [("overlap", True)]
    data["provisions"][0]["for"] += " latest f.birth_date"
    assert "overlap" in {
        entry.code for entry in deep_findings(built(data))
    }  # two on the same day are still two


def test_a_draft_without_fault_has_no_findings() -> None:
    provisions = [
        {"id": "a", "role": "scope", "when": 'claim.country == "US"'},
        {"id": "b", "role": "exception", "when": "findings.discretion_used"},
    ]
    assert list(deep_findings(built(_draft(provisions)))) == []
