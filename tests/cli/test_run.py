"""`safethird run` and `safethird map` as a user meets them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.caseload.made import REGIME, case, json_lines, parquet
from tests.reports.html_checks import problems_of

from .helpers import Run, call


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def go(*args: object) -> Run:
        return call(capsys, monkeypatch, *map(str, args))

    return go


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return parquet(tmp_path / "people.parquet", case("a"), case("b", "GT"), case("c", "NA"))


def test_summary(run, file: Path) -> None:  # type: ignore[no-untyped-def]
    ended = run("run", REGIME, "--on", file)
    assert ended.code == 0
    assert "3 people read" in ended.out
    assert "At least 0 and at most 2 reached" in ended.out
    assert "Namibia" in ended.out
    assert ended.err == ""  # no progress where nobody watches


def test_progress_is_told_to_a_terminal(run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Rows, rows a second, the share that is done and the time left, on one line; nothing of it on stdout."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ended = run("run", REGIME, "--on", file)
    told = re.fullmatch(r"(\r3 rows, [0-9,]+ a second, 100%, 0:00 left {3})+\n", ended.err)
    assert told, ended.err
    assert "a second" not in ended.out


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_page(run, file: Path, language: str) -> None:  # type: ignore[no-untyped-def]
    by = ("--by", "claim.country", "--lang", language)
    ended = run("run", REGIME, "us-transit-bar-2019", "--on", file, *by, "--format", "html")
    assert problems_of(ended.out, language) == []
    assert ended.out.count("<svg role") == 6  # month, nationality and the chosen fact, under two regimes
    assert "http://" not in ended.out


def test_a_page_escapes_what_the_table_says(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.csv").write_text("id,claim.country,office\na,US,<b onclick=x>\n")
    ended = run("run", REGIME, "--on", tmp_path / "x.csv", "--by", "office", "--format", "html")
    assert "<b onclick" not in ended.out
    assert "&lt;b onclick" in ended.out


def test_json_holds_the_same_numbers(run, file: Path) -> None:  # type: ignore[no-untyped-def]
    data = json.loads(run("run", REGIME, "--on", file, "--format", "json").out)
    assert data["people"] == [3, 3]
    (regime,) = data["regimes"]
    assert (regime["least"], regime["most"]) == (0, 2)
    sections = {section["id"]: section["lines"] for section in regime["sections"]}
    assert {line["value"]: line["not_reached"] for line in sections["nationality"]} == {
        "HN": [0, 0], "GT": [1, 1], "NA": [0, 0],
    }  # fmt: skip
    assert [line["value"] for line in sections["provision"]] == ["own-national"]


def test_explain(run, file: Path) -> None:  # type: ignore[no-untyped-def]
    ended = run("run", REGIME, "--on", file, "--explain", "b")
    assert ended.code == 0
    assert "own-national" in ended.out or "national of Guatemala" in ended.out
    assert run("run", REGIME, "--on", file, "--explain", "a").code == 4
    nobody = run("run", REGIME, "--on", file, "--explain", "zz")
    assert nobody.code == 65
    assert "zz" not in nobody.err


def test_requests_that_make_no_sense(run, file: Path) -> None:  # type: ignore[no-untyped-def]
    for args in ([], [REGIME, "--library"], ["us-guatemala-2091"], [REGIME, "--measure", "claims"],
                 [REGIME, "--by", "nonsense"], [REGIME, "--out", "r.xlsx"]):  # fmt: skip
        assert run("run", *args, "--on", file).code == 2


def test_the_whole_library(run, file: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import polars as pl

    from safethird.regimes.catalogue import library

    ended = run("run", "--library", "--on", file, "--out", tmp_path / "r.parquet", "--format", "json")
    regimes = {regime.id for regime in library().values() if not regime.documented_only}
    assert ended.code == 0
    assert {entry["regime"] for entry in json.loads(ended.out)["regimes"]} == regimes
    assert pl.read_parquet(tmp_path / "r.parquet").height == 3 * len(regimes)


# --- map -----------------------------------------------------------------------------------------------

HEADERS = (
    "Nº de expediente,Fecha de nacimiento,Nationalité,Arrival date,Manner of entry,Claim date,Shoe size\n"
)


def test_a_mapping_is_proposed_and_kept(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table, mapping = tmp_path / "t.csv", tmp_path / "m.yaml"
    table.write_text(HEADERS + "1,1990-01-01,HN,2019-12-05,land_port,2019-12-05,42\n", encoding="utf-8")
    first = run("map", table, REGIME, "--out", mapping)
    assert first.code == 0
    assert "1 columns without a proposal: Shoe size" in first.err
    text = mapping.read_text(encoding="utf-8")
    for line in ('"Fecha de nacimiento": {fact: "applicant.birth_date", form: year-month-day}',
                 '"Nationalité": {fact: "applicant.nationalities"}', '"Shoe size": null',
                 '"Arrival date": {fact: "entries[0].date", form: year-month-day}',
                 'constants: {claim.country: "US"}'):  # fmt: skip
        assert line in text
    decided = text.replace("form: year-month-day", "form: day/month/year") + "# mine\n"
    mapping.write_text(decided, encoding="utf-8")
    again = run("map", table, REGIME, "--out", mapping)
    assert mapping.read_text(encoding="utf-8") == decided  # nothing is asked twice
    assert "7 columns decided before, kept" in again.err
    table.write_text("DOB,Passed through," + HEADERS, encoding="utf-8")
    run("map", table, REGIME, "--out", mapping)
    further = mapping.read_text(encoding="utf-8")
    assert '  "DOB": null\n  "Passed through": {fact: "journey[0].country"}\n' in further
    assert further.replace('  "DOB": null\n  "Passed through": {fact: "journey[0].country"}\n', "") == decided


def test_coverage_names_what_is_lacking(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "t.csv").write_text("claim.country,claim.date\n")
    data = json.loads(run("map", tmp_path / "t.csv", REGIME, "--format", "json").out)
    (covered,) = data["coverage"]
    assert covered["have"] == ["claim.date", "claim.country"]
    assert "applicant.nationalities" in covered["lack"]
    assert run("map", json_lines(tmp_path / "a.jsonl", case())).code == 65
