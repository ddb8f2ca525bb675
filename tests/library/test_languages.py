"""No words of ours stand in one language only: notes, described citations, texts of procedures, sets and tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from safethird.messages import messages
from safethird.regimes.catalogue import LIBRARY, library
from safethird.regimes.model import LANGUAGES, Citation
from safethird.regimes.procedures import procedures

TESTS_OF_SAFETY = Path(str(resources.files("safethird.protection").joinpath("tests")))
FILES = sorted(file for file in LIBRARY.rglob("*.yaml") if not file.name.endswith(".cases.yaml"))
FILES += sorted(TESTS_OF_SAFETY.glob("*.yaml"))

# A word that only a description has. Official titles and names of parties have "of", "and" and "the" as well.
DESCRIBES = re.compile(
    r"\b(?:signed|statements?|reports?|reported|transfers|notes? of|letter|announcement|between|guidance"
    r"|suspension|notice|state of|by what|as its|by its|as summarised|as amended|effective date|stopped|sent"
    r"|not found|known|first (?:sub-?)?paragraph|second sub-?paragraph|no new|restart|in force|stay)\b",
    re.IGNORECASE,
)  # fmt: skip


def entries(data: Any) -> Iterator[dict[str, Any]]:
    """Every group of keys of a file."""
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from entries(value)
    elif isinstance(data, list):
        for value in data:
            yield from entries(value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_own_words_stand_in_every_language(file: Path) -> None:
    for entry in entries(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)):
        note, cite = entry.get("cite_note"), entry.get("cite", "")
        for texts in (entry, note, cite):
            if isinstance(texts, dict) and set(texts) & set(LANGUAGES):
                assert set(texts) == set(LANGUAGES), texts
                assert all(texts.values()), texts
        assert not isinstance(note, str), note
        assert not (isinstance(cite, str) and DESCRIBES.search(cite)), cite


def test_a_note_and_a_described_citation_differ_by_language() -> None:
    told = [citation for regime in library().values() for _, _, citation in regime.citations()]
    told += [citation for procedure in procedures().values() for citation in procedure.citations()]
    notes = {tuple(citation.note_in(name) for name in LANGUAGES) for citation in told if citation.notes}
    assert len(notes) > 150
    assert all(len(set(note)) == 3 for note in notes)
    cites = {
        tuple(citation.pinpoint_in(name) for name in LANGUAGES) for citation in told if citation.pinpoints
    }
    assert len(cites) > 250
    assert all(one != other and one != third for one, other, third in cites)


def test_every_standard_of_proof_is_said_in_every_language() -> None:
    standards = {
        entry.standard for regime in library().values() for entry in regime.provisions if entry.standard
    }
    assert standards
    assert standards <= set(messages("standards"))


def test_only_what_joins_numbers_changes_in_a_plain_citation() -> None:
    for written, said in (
        ("Arts 16(2), 36(1)(b) and 37", "Arts 16(2), 36(1)(b) et 37"),
        ("Art. 59(1)(a) to (c), (2) and (4)", "Art. 59(1)(a) à (c), (2) et (4)"),
        ("INA 208(a)(2)(E) with 6 USC 279(g)(2)", "INA 208(a)(2)(E) avec 6 USC 279(g)(2)"),
        ("Nationality and Borders Act 2022, s 15", "Nationality and Borders Act 2022, s 15"),
        ("M.S.S. v Belgium and Greece", "M.S.S. v Belgium and Greece"),
        ("R (AAA and others) [2023] UKSC 42", "R (AAA and others) [2023] UKSC 42"),
    ):
        citation = Citation(written, None, "verified")
        assert (citation.pinpoint_in("en"), citation.pinpoint_in("fr")) == (written, said)
