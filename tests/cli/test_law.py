"""The verbs about the law itself: regimes, show, status, changes, audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from safethird.regimes.catalogue import library
from tests.cli.helpers import Run, call
from tests.reports.html_checks import problems_of

LANGUAGES = ("en", "es", "fr")
ALL = sorted(library())
LIVE = [name for name in ALL if not library()[name].draft and not library()[name].documented_only]


@pytest.fixture
def safethird(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(*args: str) -> Run:
        return call(capsys, monkeypatch, *args)

    return run


def listed(result: Run) -> list[dict[str, Any]]:
    assert (result.code, result.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


# --- regimes -------------------------------------------------------------------------------------


def test_regimes_lists_what_can_bar(safethird: Any) -> None:
    found = listed(safethird("regimes", "--on", "2026-06-20", "--format", "json"))
    assert [entry["regime"] for entry in found] == LIVE
    whole = listed(safethird("regimes", "--drafts", "--documented", "--format", "json"))
    assert [entry["regime"] for entry in whole] == ALL


def test_regimes_can_be_narrowed(safethird: Any) -> None:
    canada = listed(safethird("regimes", "--claim-in", "Canada", "--format", "json"))
    assert [entry["regime"] for entry in canada] == ["irpa-after-14-days", "irpa-one-year", "stca-canada"]
    guatemala = listed(safethird("regimes", "--party", "GT", "--format", "json"))
    assert {entry["regime"] for entry in guatemala} == {"us-guatemala-2019", "us-guatemala-2025"}
    both = listed(safethird("regimes", "--party", "CA", "--claim-in", "US", "--format", "json"))
    assert [entry["regime"] for entry in both] == ["stca-united-states"]


def test_regimes_says_how_each_stands_on_the_day(safethird: Any) -> None:
    for day, state in (("2019-11-10", "not_yet"), ("2019-12-10", "operates"), ("2021-03-01", "stopped")):
        found = listed(safethird("regimes", "--on", day, "--party", "GT", "--format", "json"))
        assert {entry["regime"]: entry["state"] for entry in found}["us-guatemala-2019"] == state


@pytest.mark.parametrize("language", LANGUAGES)
def test_regimes_as_text(safethird: Any, language: str) -> None:
    result = safethird("regimes", "--claim-in", "CA", "--lang", language, "--on", "2026-06-20")
    assert result.code == 0
    assert all(name in result.out for name in ("irpa-after-14-days", "irpa-one-year", "stca-canada"))


def test_an_unknown_country_is_refused_with_a_hint(safethird: Any) -> None:
    result = safethird("regimes", "--claim-in", "Absurdistan")
    assert result.code == 2
    assert "no country that we know" in result.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_atlas_is_one_page(safethird: Any, tmp_path: Path, language: str) -> None:
    file = tmp_path / "atlas.html"
    result = safethird("regimes", "--atlas", str(file), "--on", "2026-06-20", "--lang", language)
    assert (result.code, result.out.strip()) == (0, str(file))
    assert problems_of(file.read_text(encoding="utf-8"), language) == []
    assert list(tmp_path.iterdir()) == [file], "nothing half-written is left"


def test_an_atlas_that_cannot_be_written_says_so(safethird: Any, tmp_path: Path) -> None:
    result = safethird("regimes", "--atlas", str(tmp_path / "no" / "atlas.html"))
    assert result.code == 66
    assert "cannot be written" in result.err


# --- show ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_show_in_every_form(safethird: Any, language: str) -> None:
    title = library()["stca-canada"].title[language]  # type: ignore[index]
    for form in ("text", "markdown", "html", "json"):
        result = safethird("show", "stca-canada", "--lang", language, "--format", form, "--on", "2026-06-20")
        assert (result.code, result.err) == (0, "")
        assert title in " ".join(result.out.split()).replace("&#39;", "'")
    data = json.loads(safethird("show", "stca-canada", "--format", "json", "--on", "2026-06-20").out)
    assert [entry["id"] for entry in data["provisions"]] == [
        entry.id for entry in library()["stca-canada"].provisions
    ]


def test_show_says_that_it_took_today(safethird: Any) -> None:
    assert "today is assumed" in safethird("show", "apd-35").out
    assert "today is assumed" not in safethird("show", "apd-35", "--on", "2026-01-01").out


def test_show_reads_a_file_of_the_user(safethird: Any, tmp_path: Path) -> None:
    source = Path(str(library()["apd-35"].file)).read_text(encoding="utf-8")
    draft = tmp_path / "mine.yaml"
    draft.write_text(source.replace("regime: apd-35", "regime: mine"), encoding="utf-8")
    result = safethird("show", str(draft), "--on", "2026-01-01")
    assert result.code == 0
    assert "No cases stand beside it" in result.out


def test_show_needs_one_thing_to_show(safethird: Any) -> None:
    for args in ((), ("apd-35", "--definition", "transit")):
        result = safethird("show", *args)
        assert result.code == 2
        assert "Notions: unaccompanied" in result.err
    result = safethird("show", "apd-36")
    assert result.code == 2
    assert "Did you mean" in result.err


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_show_a_notion(safethird: Any, form: str) -> None:
    result = safethird("show", "--definition", "unaccompanied", "--format", form)
    assert result.code == 0
    assert "stca-canada" in result.out
    assert "us-guatemala-2019" in result.out


# --- status and changes --------------------------------------------------------------------------


def test_status_of_the_library(safethird: Any) -> None:
    data = json.loads(safethird("status", "--on", "2020-02-01", "--format", "json").out)
    assert (data["on"], data["assumed_today"]) == ("2020-02-01", False)
    states = {entry["regime"]: entry["state"] for entry in data["regimes"]}
    assert sorted(states) == ALL
    assert states["us-guatemala-2019"] == states["stca-canada"] == "operates"
    assert states["apr-59"] == "not_yet"


def test_status_at_a_place(safethird: Any) -> None:
    for place, state in (("9", "stopped"), ("US-AZ", "stopped"), ("Texas", "operates"), ("DC", "operates")):
        result = safethird("status", "--on", "2019-08-20", "--at", place, "--format", "json")
        data = json.loads(result.out)
        states = {entry["regime"]: entry["state"] for entry in data["regimes"]}
        assert states["us-transit-bar-2019"] == state
        assert "stca-canada" not in states, "the place lies in the United States"
    result = safethird("status", "--at", "CA")
    assert (result.code, result.out) == (2, "")
    assert "write US-CA" in result.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_of_a_regime_tells_every_event_with_its_source(safethird: Any, language: str) -> None:
    built = library()["us-transit-bar-2019"]
    text = " ".join(safethird("status", built.id, "--on", "2020-02-01", "--lang", language).out.split())
    for event in built.events:
        assert " ".join(event.citation.pinpoint_in(language).split()) in text
        assert event.citation.url in text
        if event.label:
            assert event.label[language] in text  # type: ignore[index]


def test_an_uncertain_day_is_said_to_be_so(safethird: Any) -> None:
    assert "exact day is not known" in safethird("status", "us-honduras-2019", "--on", "2020-03-15").out
    data = json.loads(safethird("status", "us-honduras-2019", "--on", "2020-03-15", "--format", "json").out)
    assert data["regimes"][0]["state"] == "not_known"
    assert [entry["exact"] for entry in data["timeline"] if entry["event"] == "in_force"] == [False]


def test_changes_between_two_days(safethird: Any) -> None:
    result = safethird("changes", "--from", "2023-03-24", "--to", "2023-03-25", "--format", "json")
    data = json.loads(result.out)
    canada = next(entry for entry in data["regimes"] if entry["regime"] == "stca-canada")
    kinds = {entry["kind"] for entry in canada["changes"]}
    assert kinds == {"event", "wording"}
    wording = next(entry for entry in canada["changes"] if entry["kind"] == "wording")
    assert wording["provision"] == "place-of-entry"
    assert wording["begins"]
    nothing = json.loads(
        safethird(
            "changes",
            "--from",
            "2023-03-25",
            "--to",
            "2023-03-26",
            "--regime",
            "stca-canada",
            "--format",
            "json",
        ).out
    )
    assert nothing["regimes"] == []


def test_changes_say_how_it_stood_before_and_after(safethird: Any) -> None:
    result = safethird(
        "changes", "--from", "2021-02-01", "--to", "2021-02-10", "--regime", "us-guatemala-2019"
    )
    assert "Before: Operates. After: Does not operate." in result.out


def test_changes_the_wrong_way_round_are_refused(safethird: Any) -> None:
    result = safethird("changes", "--from", "2023-03-25", "--to", "2023-03-24")
    assert result.code == 2
    assert "Exchange" in result.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_and_changes_as_pages(safethird: Any, language: str) -> None:
    for args in (
        ("status", "--on", "2019-08-20"),
        ("status", "--on", "2019-08-20", "--at", "9"),
        ("status", "us-transit-bar-2019", "--on", "2019-08-20"),
        ("changes", "--from", "2019-01-01", "--to", "2026-11-01"),
        ("changes", "--from", "2019-01-01", "--to", "2019-01-02"),
    ):
        result = safethird(*args, "--format", "html", "--lang", language)
        assert result.code == 0
        assert problems_of(result.out, language) == []


# --- audit ---------------------------------------------------------------------------------------


def test_audit_in_every_form(safethird: Any) -> None:
    args = ("audit", "--regime", "apd-35", "--no-cases")
    assert "apd-35" in safethird(*args).out
    data = json.loads(safethird(*args, "--format", "json").out)
    assert data["totals"]["regimes"] == 1
    assert data["totals"]["cases"] is None
    assert problems_of(safethird(*args, "--format", "html", "--lang", "es").out, "es") == []


def test_audit_fails_when_a_case_does(
    safethird: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "apd-35.cases.yaml").write_text(
        "bases:\n  a: {version: 1, as_of: 2020-01-01, claim: {country: DE, date: 2019-12-01}}\n"
        "cases:\n  - {id: wrong, title: It does not apply., base: a, expect: applies}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("safethird.screening.audit.LIBRARY", tmp_path)
    result = safethird("audit", "--regime", "apd-35")
    assert result.code == 1
    assert "wrong" in result.out
