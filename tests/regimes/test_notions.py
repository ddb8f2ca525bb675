"""Notions that regimes share by name: every file that speaks of one is sorted, and the page is up to date."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from safethird.errors import BadData, UsageError
from safethird.facts.documents import read_yaml
from safethird.facts.vocabulary import vocabulary
from safethird.regimes.catalogue import library
from safethird.regimes.notions import build_notions, find_entry, find_notion, notions, unsorted
from safethird.reports.definitions import notion_data, notion_markdown, notion_text
from tests.regimes.helpers import provision, regime

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("definitions_tool", ROOT / "tools" / "definitions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_four_notions_that_differ_are_explained() -> None:
    assert set(notions()) == {"unaccompanied", "family_member", "habitual_residence", "transit"}
    assert all(len(notion.meanings) > 1 and notion.differ for notion in notions().values())


@pytest.mark.parametrize("name", sorted(library()))
def test_no_file_speaks_of_a_notion_unsorted(name: str) -> None:
    lost = {notion.id: ids for notion in notions().values() if (ids := unsorted(notion, library()[name]))}
    assert lost == {}, "put these entries under a meaning, or aside, in library/notions.yaml"


@pytest.mark.parametrize("name", sorted(notions()))
def test_every_entry_named_is_there(name: str) -> None:
    notion = notions()[name]
    for entries in (*(meaning.entries for meaning in notion.meanings), notion.aside):
        for regime_id, ids in entries.items():
            assert [entry for entry in ids if find_entry(library()[regime_id], entry) is None] == []
    assert all(path in vocabulary() for path in notion.reads)


def test_a_new_file_cannot_slip_by() -> None:
    built = regime(
        provisions=[
            provision("unaccompanied-child", "findings.discretion_used"),
            provision("lived-there", 'applicant.habitual_residence == "GT"'),
            provision("other", 'claim.country == "US"'),
        ]
    )
    found = {name: unsorted(notion, built) for name, notion in notions().items()}
    assert found == {
        "unaccompanied": ["unaccompanied-child"],
        "family_member": [],
        "habitual_residence": ["lived-there"],
        "transit": [],
    }


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    assert page == tool().page(), "run: python tools/definitions.py"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("name", sorted(notions()))
def test_every_meaning_is_in_every_form(name: str, language: str) -> None:
    notion = notions()[name]
    data = notion_data(notion, language)
    text = " ".join(notion_text(data, language).split())
    markdown = " ".join(notion_markdown(data, language).replace("\\", "").split())
    for meaning in notion.meanings:
        said = " ".join(meaning.label[language].split())  # type: ignore[index]
        assert said in text
        assert said in markdown
    assert sum(len(meaning["entries"]) for meaning in data["meanings"]) == sum(
        len(ids) for meaning in notion.meanings for ids in meaning.entries.values()
    )


def test_names_are_found_as_people_write_them() -> None:
    assert find_notion("Family-Member").id == "family_member"
    with pytest.raises(UsageError, match="Did you mean 'transit'"):
        find_notion("transits")


def test_a_bad_file_says_where() -> None:
    text = "format: 1\nnotions:\n  a:\n    label: {en: A, es: A}\n    why: {en: A, es: A, fr: A}\n"
    with pytest.raises(BadData) as caught:
        build_notions(read_yaml(text, "notions.yaml"))
    said = str(caught.value)
    assert "notions.yaml:4" in said
    assert "'fr' is missing" in said
    assert "'meanings' is missing" in said
