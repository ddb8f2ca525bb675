"""A regime as a document: nothing that the file says is lost, in any form or language."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from safethird.regimes.catalogue import library, load_regime
from safethird.regimes.model import LANGUAGES
from safethird.reports.document import document_data
from safethird.reports.document_text import document_markdown, document_text
from safethird.reports.law_html import document_page
from tests.regimes.helpers import CITED, event, provision, regime, texts

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2021, 6, 1).toordinal()


def small() -> Any:
    """A regime that has one of everything."""
    return regime(
        status=[
            event("signed", "2019-05-01"),
            event("in_force", "2020-03", cite_note="The month was read."),
            event(
                "enjoined",
                "2021-01-01",
                when='decision.circuit == "9"',
                label=texts("A court stops it there"),
            ),
        ],
        define={
            "entry": {"is": "first e in entries latest e.date", "label": texts("The entry"), **CITED},
            "relative": {
                "of": "f in family",
                "label": texts("A relative"),
                **CITED,
                "readings": {
                    "default": "wide",
                    "options": {
                        "wide": {
                            "when": 'f.relation in ["parent", "sibling"]',
                            "label": texts("Wide"),
                            **CITED,
                        },
                        "narrow": {
                            "when": 'f.relation == "parent"',
                            "label": texts("Narrow"),
                            **CITED,
                            "confidence": "recalled",
                        },
                    },
                },
            },
        },
        provisions=[
            provision("arrived", 'entry.manner == "land_port"', burden="authority"),
            provision(
                "worded",
                None,
                versions=[
                    {
                        "clock": "claim",
                        "until": "2021-01-01",
                        "when": "applicant.has_lawful_status",
                        "label": texts("Old wording"),
                    },
                    {
                        "clock": "claim",
                        "from": "2021-01-01",
                        "when": "not applicant.has_lawful_status",
                        "label": texts("New wording"),
                        **CITED,
                    },
                ],
            ),
            provision(
                "own",
                '"GT" in applicant.nationalities',
                "exclusion",
                explanation=texts("Everyone else is not."),
            ),
            provision(
                "family",
                "any f in family where relative(f)",
                "exception",
                burden="applicant",
                standard="balance of probabilities",
                cite_note=texts("Read in a copy."),
                confidence="recalled",
            ),
            provision("unless", "findings.security_threat", "exception", exception_to="family"),
            provision("chosen", "findings.discretion_used", "exception", discretion=True, before="unless"),
            {"id": "sent", "role": "consequence", "label": texts("The person is sent"), **CITED},
        ],
        sources=[
            {"id": "a", "title": "The source", "url": "https://example.org/a", "read": "2026-11-24"},
            {"id": "b", "title": "Another", "url": "https://example.org/b"},
        ],
        open_questions=[texts("What if?")],
        follows=["us-one-year"],
    )


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("safethird.reports.document.__version__", "0")

    def build(language: str) -> Any:
        data = document_data(small(), language, DAY)
        data["law"]["digest"] = "0" * 64
        return data

    return build


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("form", "write"), [("md", document_markdown), ("txt", document_text)])
def test_the_whole_document(document: Any, language: str, form: str, write: Any) -> None:
    file = GOLDEN / f"document.{language}.{form}"
    assert write(document(language), language) == file.read_text(encoding="utf-8")


def test_every_exception_says_to_what(document: Any) -> None:
    entries = {entry["id"]: entry for entry in document("en")["provisions"]}
    assert entries["family"]["exception_to"] == [{"id": None, "label": "the effect of this instrument"}]
    assert entries["family"]["excepted_by"] == [{"id": "unless", "label": "unless"}]
    assert entries["unless"]["exception_to"] == [{"id": "family", "label": "family"}]
    assert entries["chosen"]["before"] == [{"id": "unless", "label": "unless"}]
    assert entries["family"]["says"] == [
        "Exception to: the effect of this instrument",
        "Subject to: unless",
        "Where it holds, the claim stays here.",
        "Burden: the person",
        "Standard: balance of probabilities",
    ]


def test_the_wording_of_the_day_is_marked(document: Any) -> None:
    versions = {entry["id"]: entry for entry in document("en")["provisions"]}["worded"]["versions"]
    assert [entry["holds"] for entry in versions] == [False, True]
    before = document_data(small(), "en", date(2020, 6, 1).toordinal())["provisions"][1]["versions"]
    assert [entry["holds"] for entry in before] == [True, False]


def test_counts_of_confidence_add_up(document: Any) -> None:
    built = small()
    counts = document("en")["confidence"]
    assert counts["recalled"] == 2  # one provision, one reading
    assert sum(counts.values()) == len(list(built.citations()))


@pytest.mark.parametrize("name", sorted(library()))
def test_nothing_of_a_file_is_lost(name: str) -> None:
    built = load_regime(name)
    language = LANGUAGES[len(name) % 3]
    data = document_data(built, language, date(2026, 11, 24).toordinal())
    page = re.sub(r"\s+", " ", unescape(document_page(data, language)))
    markdown = re.sub(r"\s+", " ", document_markdown(data, language).replace("\\", ""))
    labels = [entry.label for entry in (*built.provisions, *built.definitions.values())]
    labels += [entry.label for entry in built.events if entry.label] + [*built.open_questions, built.summary]
    labels += [option.label for _, readings in built.conflicts() for option in readings.options.values()]
    for label in labels:
        said = re.sub(r"\s+", " ", label[language]).strip()
        assert said in page
        assert said in markdown
    for _, _, citation in built.citations():
        for said in (citation.pinpoint_in(language), citation.note_in(language) or ""):
            assert re.sub(r"\s+", " ", said) in page
            assert re.sub(r"\s+", " ", said) in markdown
        assert citation.url is None or citation.url in page
    for source in built.sources:
        assert source.title in page
    ids = [entry["id"] for entry in data["provisions"]]
    assert ids == [entry.id for entry in built.provisions]
    assert data["tests"]["count"] > 0
