"""`safethird assess`: the table, the page, the data, side by side, and all countries."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from .helpers import Run, call

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def done(capsys: Capsys, monkeypatch: Patch, *args: str, code: int = 0) -> Run:
    found = call(capsys, monkeypatch, "assess", *args)
    assert found.code == code, found.err
    assert "Traceback" not in found.err
    return found


def test_text_shows_the_table_the_evidence_the_numbers_and_the_sources(
    capsys: Capsys, monkeypatch: Patch
) -> None:
    out = done(capsys, monkeypatch, "Guatemala", "--on", "2019-11-15", "--test", "us-ina-208").out
    assert re.search(r"P3 Capacity to decide +not met", out)
    assert re.search(r"N1 No persecution there +unknown", out)
    for said in (
        "100 to 150",
        "Would settle it:",
        "Every number and where it comes from",
        "[1] US Department of State",
        "no evidence of the",
    ):
        assert said in out


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("met", "not met", "unknown")),
        ("es", ("cumplido", "no cumplido", "desconocido")),
        ("fr", ("rempli", "non rempli", "inconnu")),
    ],
)
def test_pages_in_three_languages_hold_themselves_and_are_printable(
    capsys: Capsys, monkeypatch: Patch, language: str, words: tuple[str, ...]
) -> None:
    page = done(capsys, monkeypatch, "RW", "--on", "2023-11-16", "--format", "html", "--lang", language).out
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(page)
    tags = {tag for tag, _ in seen}
    assert "script" not in tags
    assert not tags & {"img", "iframe", "link", "object"}
    assert f'<html lang="{language}">' in page
    assert "@page" in page
    ids = [attrs["id"] for _, attrs in seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {
        str(attrs["href"])[1:]
        for tag, attrs in seen
        if tag == "a" and str(attrs.get("href", "")).startswith("#")
    }
    assert targets <= set(ids)
    for word in words:
        assert f">{word}<" in page
    assert all(attrs.get("scope") for tag, attrs in seen if tag == "th")


def test_every_citation_of_evidence_on_a_page_leads_to_its_source(capsys: Capsys, monkeypatch: Patch) -> None:
    page = done(capsys, monkeypatch, "GT", "--on", "2019-11-15", "--format", "html").out
    evidence = page.split("<h3>Evidence</h3>")[1].split("<h3>What courts")[0]
    items = re.findall(r"<li[^>]*><strong>(?:For|Against)</strong>.*?</li>", evidence, re.DOTALL)
    assert len(items) > 20
    assert all(re.search(r'href="#a1-s\d+"', item) for item in items)


def test_json_has_each_criterion_under_each_test(capsys: Capsys, monkeypatch: Patch) -> None:
    data = json.loads(done(capsys, monkeypatch, "GT", "--on", "2019-11-15", "--format", "json").out)
    assert data["tests"]["us-ina-208"]["criteria"]["capacity"]["status"] == "not_met"
    assert data["tests"]["unhcr-2002"]["criteria"]["refugee_treaties"]["status"] == "met"
    assert data["tests"]["us-ina-208"]["result"] == "not_met"
    assert data["capacity"]["transferred"] == {
        "low": 0.0,
        "high": 0.0,
        "endless": False,
        "from": [{"evidence": "capacity-estimate", "year": 2019}, {"evidence": "claims-2019", "year": 2019}],
    }
    assert data["capacity"]["months_at_pace"]["endless"] is True


def test_a_group_is_asked_for_by_name(capsys: Capsys, monkeypatch: Patch) -> None:
    out = done(
        capsys,
        monkeypatch,
        "IT",
        "--on",
        "2014-11-05",
        "--for",
        "families_with_children",
        "--test",
        "eu-dublin-flaws",
    ).out
    assert "for: Families with children" in out
    assert re.search(r"R5 Families and people with special needs +not met", out)
    assert "--for" in done(capsys, monkeypatch, "IT", "--on", "2014-11-05").out
    wrong = done(capsys, monkeypatch, "IT", "--on", "2014-11-05", "--for", "families", code=2)
    assert "families_with_children" in wrong.err


def test_countries_and_days_side_by_side(capsys: Capsys, monkeypatch: Patch) -> None:
    out = done(
        capsys,
        monkeypatch,
        "RW",
        "--on",
        "2023-11-16",
        "--test",
        "uk-rules-345b",
        "--compare",
        "2024-04-25",
        "--compare",
        "GT@2019-11-15",
        "--compare",
        "gr-2011-01-21",
    ).out
    assert re.search(r"N2 No return to danger, direct or in a chain +not met +met +unknown +not met", out)
    data = json.loads(
        done(capsys, monkeypatch, "RW", "--on", "2023-11-16", "--compare", "HN", "--format", "json").out
    )
    assert [entry["country"] for entry in data["assessments"]] == ["RW", "HN"]
    assert data["assessments"][1]["treaties_and_statistics_alone"] is True
    page = done(
        capsys, monkeypatch, "RW", "--on", "2023-11-16", "--compare", "2024-04-25", "--format", "html"
    ).out
    assert page.count("<caption>") >= 6


def test_all_countries_say_that_most_is_unknown(capsys: Capsys, monkeypatch: Patch) -> None:
    out = done(capsys, monkeypatch, "--all", "--on", "2019-11-15").out
    assert "From treaties and published statistics alone." in out
    assert re.search(r"GT Guatemala +met +unknown +met", out)
    assert re.search(r"TR T.rkiye +met +not met +met", out)
    lines = [
        json.loads(line)
        for line in done(
            capsys, monkeypatch, "--all", "--on", "2019-11-15", "--format", "json"
        ).out.splitlines()
    ]
    assert len(lines) > 240
    assert all(line["treaties_and_statistics_alone"] for line in lines)
    assert (
        "<table>"
        in done(
            capsys, monkeypatch, "--all", "--on", "2019-11-15", "--format", "html", "--test", "unhcr-2002"
        ).out
    )


def test_figures_come_from_the_folder_with_file_year_and_licence(
    capsys: Capsys, monkeypatch: Patch, tmp_path: Path
) -> None:
    (tmp_path / "homicide.csv").write_text(
        "country,iso3,year,homicides_per_100k\nHonduras,HND,2018,38.9\n", encoding="utf-8"
    )
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    found = done(
        capsys, monkeypatch, "HN", "--on", "2019-11-15", "--data", str(tmp_path), "--test", "us-ina-208"
    )
    assert "Homicides per 100,000 people: 38.9 (2018, UN Office on Drugs and Crime" in " ".join(
        found.out.split()
    )
    assert str(tmp_path / "homicide.csv") in found.out
    assert "CC BY 4.0" in found.out
    assert "Files that were not used: 1." in found.err
    assert "No dossier is on file" in found.out


def test_a_malformed_file_stops_the_assessment(capsys: Capsys, monkeypatch: Patch, tmp_path: Path) -> None:
    (tmp_path / "homicide.csv").write_text(
        "country,iso3,year,homicides_per_100k\nHonduras,HND,2199,38.9\n", encoding="utf-8"
    )
    found = done(capsys, monkeypatch, "HN", "--on", "2019-11-15", "--data", str(tmp_path), code=65)
    assert "homicide.csv:2: The year lies in the future" in found.err
    assert found.out == ""


def test_without_a_day_today_is_taken_and_said(capsys: Capsys, monkeypatch: Patch) -> None:
    out = done(capsys, monkeypatch, "GT", "--test", "us-ina-208").out
    assert "today was taken" in out
    assert "have grown too old" in out
    assert re.search(r"P3 Capacity to decide +unknown", out)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "Name one country, or give --all."),
        (("GT", "--all"), "Name one country, or give --all."),
        (("--all", "--compare", "HN"), "--all takes neither"),
        (("Gautemala",), "Guatemala"),
        (("GT", "--on", "2019-02-30"), "no day"),
        (("GT", "--test", "us-ina-28"), "us-ina-208"),
        (("GT", "--dossier", "rw-2023-11-14"), "is on Rwanda, not on Guatemala"),
        (("GT", "--compare", "2019-02-30"), "no country, day or dossier"),
        (("GT", "--compare", "HN@soon"), "no day of the form"),
    ],
)
def test_requests_that_make_no_sense(
    capsys: Capsys, monkeypatch: Patch, args: tuple[str, ...], said: str
) -> None:
    assert said in " ".join(done(capsys, monkeypatch, *args, code=2).err.split())


def test_a_file_of_ones_own_is_a_test_or_a_dossier(
    capsys: Capsys, monkeypatch: Patch, tmp_path: Path
) -> None:
    test = tmp_path / "mine.yaml"
    test.write_text(
        "test: mine\nkind: conditions\ntitle: {en: Mine, es: Mía, fr: Moi}\nsummary: {en: a, es: a, fr: a}\n"
        "instrument: {citation: Draft, confidence: recalled}\nconditions:\n  - {id: one, role: condition, "
        "label: {en: a, es: a, fr: a}, when: capacity, cite: Art. 1, confidence: recalled}\n",
        encoding="utf-8",
    )
    out = done(capsys, monkeypatch, "GT", "--on", "2019-11-15", "--test", str(test)).out
    assert "Mine (mine): NOT MET" in out
    missing = done(capsys, monkeypatch, "GT", "--test", str(tmp_path / "none.yaml"), code=66)
    assert "There is no such file" in missing.err


def test_the_tests_and_dossiers_can_be_listed(capsys: Capsys, monkeypatch: Patch) -> None:
    out = done(capsys, monkeypatch, "--list").out
    assert "us-ina-208" in out
    assert "rw-2025-12-02" in out
