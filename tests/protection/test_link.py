"""A dossier beside a person's case: evidence for the finding, never the finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safethird.facts.vocabulary import vocabulary
from safethird.protection.assess import assess
from safethird.protection.link import FINDINGS, evidence_for_missing, finding_evidence
from safethird.protection.loader import criteria

from ..cli.helpers import call
from .made import day

CASE = {
    "version": 1,
    "as_of": "2024-05-01",
    "claim": {"country": "GB", "date": "2022-05-01"},
    "applicant": {"nationalities": ["SY"], "birth_date": "1990-01-01"},
    "decision": {"removal_country": "RW"},
}


def test_every_finding_and_criterion_named_here_exists() -> None:
    known = {path.rpartition(".")[2] for path in vocabulary().children("findings.countries[]")}
    assert set(FINDINGS) <= known
    assert {name for names in FINDINGS.values() for name in names} <= set(criteria())


def test_evidence_is_general_and_names_the_fact_that_only_a_decision_maker_can_find() -> None:
    found = finding_evidence(assess("GR", day("2011-01-21"), ("eu-dublin-flaws",)), ("transfer_risk",))
    assert [entry.path for entry in found] == ["findings.countries[GR].transfer_risk"]
    assert found[0].speaks == "not_met"
    assert {item.evidence.id for general in found[0].general for item in general.items} >= {
        "mss-conditions",
        "mss-procedure",
    }


def test_what_only_the_person_can_say_is_never_answered() -> None:
    assessment = assess("GT", day("2019-11-15"), ("all",))
    assert finding_evidence(assessment, ("fear_stated", "connection_grounds")) == ()
    assert not any(
        criteria()[general.criterion].level == "individual"
        for entry in finding_evidence(assessment)
        for general in entry.general
    )


def test_only_open_findings_about_the_country_are_met_with_evidence() -> None:
    assessment = assess("GT", day("2019-11-15"), ("all",))
    missing = [
        "findings.countries[HN].will_admit",
        "findings.countries[].will_admit",
        "entries",
        "findings.countries[GT].fear_stated",
    ]
    assert [entry.path for entry in evidence_for_missing(assessment, missing)] == [
        "findings.countries[GT].will_admit"
    ]


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return str(path)


def test_a_dossier_changes_no_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    plain = call(capsys, monkeypatch, "screen", case, "--format", "json", "--regime", "uk-rules-345")
    beside = call(
        capsys,
        monkeypatch,
        "screen",
        case,
        "--format",
        "json",
        "--regime",
        "uk-rules-345",
        "--dossier",
        "rw-2024-04-25",
    )
    assert plain.code == beside.code
    with_it = json.loads(beside.out)
    evidence = with_it.pop("general_evidence")
    assert with_it == json.loads(plain.out)
    assert evidence
    assert all(entry["is_a_finding"] is False for entry in evidence)
    assert any(entry["path"] == "findings.countries[RW].safe_for_applicant" for entry in evidence)


def test_the_text_says_that_it_is_no_finding_for_the_person(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    for language, said in (
        ("en", "no finding for this person"),
        ("es", "No son una conclusión para esta persona"),
        ("fr", "pas une constatation pour cette personne"),
    ):
        done = call(
            capsys,
            monkeypatch,
            "screen",
            case,
            "--regime",
            "uk-rules-345",
            "--dossier",
            "rw-2024-04-25",
            "--lang",
            language,
        )
        assert said in " ".join(done.out.split())


def test_a_dossier_on_another_country_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "us.json"
    arrival = {
        "version": 1,
        "as_of": "2019-11-26",
        "claim": {"country": "US", "date": "2019-11-20"},
        "applicant": {"nationalities": ["HN"]},
    }
    path.write_text(json.dumps(arrival), encoding="utf-8")
    wanted = ("screen", str(path), "--regime", "us-guatemala-2019")
    assert (
        "No open finding in this case is about Greece"
        in call(capsys, monkeypatch, *wanted, "--dossier", "gr-2011-01-21").out
    )
    assert "findings.countries[GT]" in call(capsys, monkeypatch, *wanted, "--dossier", "gt-2019-11-15").out


def test_where_tests_differ_each_is_named() -> None:
    found = finding_evidence(
        assess("RW", day("2024-05-01"), ("uk-rules-345b", "uk-aaa-2023")), ("onward_return_risk",)
    )
    assert dict(found[0].general[0].by_test) == {"uk-rules-345b": "met", "uk-aaa-2023": "not_met"}
    assert found[0].speaks == "disputed"


def test_an_unknown_dossier_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    done = call(capsys, monkeypatch, "screen", case, "--dossier", "rw-2024-04-26")
    assert done.code == 2
    assert "rw-2024-04-25" in done.err
