"""Every page: one file, no request to anywhere, in the language asked for, in order also when heard."""

from __future__ import annotations

from datetime import date

import pytest

from safethird.facts.case import Case
from safethird.regimes.catalogue import library, library_files, load_regime
from safethird.regimes.notions import notions
from safethird.reports.atlas import atlas_data
from safethird.reports.atlas_html import atlas_page
from safethird.reports.audit import audit_data, audit_page
from safethird.reports.definitions import notion_data, notion_page
from safethird.reports.document import document_data
from safethird.reports.html import screening_page
from safethird.reports.law_html import document_page
from safethird.screening.audit import audit
from safethird.screening.screen import screen
from tests.reports.html_checks import problems_of

LANGUAGES = ("en", "es", "fr")
DAY = date(2026, 11, 24).toordinal()


@pytest.mark.parametrize("name", sorted(library_files()))
def test_the_document_of_a_regime(name: str) -> None:
    # Each regime in one of the languages; together all of them.
    language = LANGUAGES[sorted(library_files()).index(name) % 3]
    page = document_page(document_data(load_regime(name), language, DAY), language)
    assert problems_of(page, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_in_each_language(language: str) -> None:
    page = document_page(document_data(load_regime("stca-canada"), language, DAY), language)
    assert problems_of(page, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_atlas(language: str) -> None:
    assert problems_of(atlas_page(atlas_data(library(), language, DAY), DAY, language), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(notions()))
def test_a_notion(name: str, language: str) -> None:
    assert problems_of(notion_page(notion_data(notions()[name], language), language), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit(language: str) -> None:
    found = audit(["us-guatemala-2019", "apd-38"], run_cases=False)
    assert problems_of(audit_page(audit_data(found, language, ran=False), language), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", ["US", "CA", "DE", "GR", "GB", "AU", "MX"])
def test_answers_with_their_summary(country: str, language: str) -> None:
    case = Case.from_data(
        {"version": 1, "as_of": "2026-11-24", "claim": {"country": country, "date": "2026-10-01"}}
    )
    assert problems_of(screening_page([screen(case)], language), language) == []


def test_the_check_itself_finds_what_is_wrong() -> None:
    bad = (
        '<!DOCTYPE html><html><body><h1>A</h1><h3 id="x">B</h3><p id="x"><table><tr><th>1</th></tr></table>'
        '<script src="https://example.org/x.js"></script><a href="#nowhere">n</a></p></body></html>'
    )
    said = " ".join(problems_of(bad, "en"))
    for part in (
        "language",
        "follows one",
        "ids twice",
        "scope",
        "script",
        "asks for",
        "nowhere",
        "caption",
        "policy",
    ):
        assert part in said
