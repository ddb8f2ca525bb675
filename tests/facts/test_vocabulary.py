"""The vocabulary holds every fact of the format, in three languages, and agrees with the published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safethird.errors import UsageError
from safethird.facts import vocabulary as module
from safethird.facts.countries import LANGUAGES
from safethird.facts.vocabulary import Fact, generic_path, vocabulary

FACTS = list(vocabulary())
TEXTS = ("label", "meaning", "question", "why", "explain", "per")


def texts(fact: Fact, lang: str) -> Iterator[tuple[str, str]]:
    """All that is said about a fact in one language."""
    entry = module._words_of(fact.section)[fact.path]
    for what in TEXTS:
        if what in entry:
            yield what, entry[what][lang]
    for value in fact.values:
        yield f"value {value}", fact.value_label(value, lang)


def published(shared: Path) -> Any:
    return json.loads((shared / "design" / "case.schema.json").read_text(encoding="utf-8"))


def properties(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property of the published schema, under its path in our notation."""
    for name, below in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, below
        yield from properties(below, here)
        yield from properties(below.get("items", {}), f"{here}[]")


def test_it_has_the_paths_of_the_published_schema_and_no_other(shared: Path) -> None:
    assert sorted(path for path, _ in properties(published(shared))) == sorted(vocabulary().paths)


def test_it_has_the_codes_of_the_published_schema_in_their_order(shared: Path) -> None:
    enums = {}
    for path, node in properties(published(shared)):
        codes = node.get("enum") or node.get("items", {}).get("enum")
        if codes:
            enums[path] = tuple(code for code in codes if code is not None)
    assert enums == {fact.path: fact.values for fact in FACTS if fact.values}


def test_it_names_the_regimes_and_the_findings_that_the_published_schema_names(shared: Path) -> None:
    said = {
        "several": "",
        "all (unaccompanied minors), us-lawful-pathways-2023": "all, us-lawful-pathways-2023",
        "eu-turkey-2016; US and Canada for information": "eu-turkey-2016",
    }
    for path, node in properties(published(shared)):
        fact = vocabulary().fact(path)
        if "x-regimes" in node:
            named = said.get(node["x-regimes"], node["x-regimes"]).replace("us-* agreements", "us-agreements")
            assert ", ".join(fact.used_by) == named, path
        if "x-question" in node:
            assert (node["x-question"] == "(not asked)") is not fact.asked, path
        in_findings = path.startswith("findings") and not fact.is_group and fact.name != "country"
        assert fact.finding is (in_findings or node.get("description", "").startswith("FINDING")), path


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.path)
def test_every_fact_is_put_into_words(fact: Fact, lang: str) -> None:
    assert fact.label(lang)
    assert fact.meaning(lang).endswith(".")
    if fact.asked:
        assert fact.question(lang).endswith("?")
        assert fact.why(lang).endswith(".")
        if lang == "es":
            assert "¿" in fact.question(lang)
    if fact.type in module.SEQUENCES:
        assert fact.per(lang)
    for value in fact.values:
        assert fact.value_label(value, lang)
    labels = [fact.value_label(value, lang) for value in fact.values]
    assert len(set(labels)) == len(labels), "two codes read the same"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.path)
def test_words_keep_the_rules_of_the_house(fact: Fact) -> None:
    entry = module._words_of(fact.section)[fact.path]
    assert set(entry) <= {*TEXTS, "values"}
    assert tuple(entry.get("values", ())) == fact.values
    for lang in LANGUAGES:
        for what, text in texts(fact, lang):
            assert text == text.strip()
            assert "  " not in text
            assert "/" not in text, "say 'or'"
            assert "_" not in text, "a code is not a word"
            first = text.lstrip("¿")[0]
            assert first.isupper() or what == "per" or lang == "fr", (what, text)
            if what == "label":
                assert not text.endswith(".")
                assert len(text) <= 75
            if what in ("meaning", "why", "explain"):
                assert all(len(sentence.split()) <= 40 for sentence in re.split(r"[.?] ", text)), text
            if what == "question":
                assert text.count("?") == 1, "one question at a time"
                assert len(text.split()) <= 36


# Words for people that would leave out half of them, and what to say instead.
GENDERED = {
    "en": r"\b(he|she|his|her|him|applicant)\b",  # the person, they
    "es": r"\b(el|los|del|al) (solicitantes?|interesados?|refugiados?|ciudadanos?|trabajador(es)?)\b|niños\b",
    "fr": r"\b(le|les|du|des|aux?) (demandeurs?|requérants?|réfugiés|ressortissants|intéressés?|étranger)",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_leave_no_one_out(lang: str) -> None:
    for fact in FACTS:
        for what, text in texts(fact, lang):
            if not text.startswith("Convention"):
                assert not re.search(GENDERED[lang], text, re.IGNORECASE), (fact.path, what, text)


def test_french_marks_are_not_torn_from_their_words() -> None:
    """In French a question mark stands after a space that does not break."""
    for fact in FACTS:
        for what, text in texts(fact, "fr"):
            assert not re.search(r"(?<![\u00a0\u202f])[?!;:»]", text), (fact.path, what, text)


def test_no_two_facts_side_by_side_have_the_same_label() -> None:
    for lang in LANGUAGES:
        for parent in {fact.parent for fact in FACTS}:
            labels = [vocabulary().fact(path).label(lang) for path in vocabulary().children(parent)]
            assert len(set(labels)) == len(labels), (parent, lang)


def test_words_are_not_read_to_decide_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    from safethird.facts.case import Case

    def refuse(section: str) -> None:
        pytest.fail(f"the words of '{section}' were read")

    monkeypatch.setattr(module, "_words_of", refuse)
    Case.from_data({"version": 1, "claim": {"country": "CA", "date": "2024-05-10"}, "family": []})


def test_paths() -> None:
    known = vocabulary()
    assert known.fact("entries[3].date").path == "entries[].date"
    assert "findings.countries[FR].will_admit" in known
    assert known.get("entries[].colour") is None
    assert known.children("")[:3] == ("version", "as_of", "claim")
    assert known.children("entries") == known.children("entries[]") == known.children("entries[0]")
    assert known.children("claim.date") == ()
    assert known.flag_of("procedure.requests") == "procedure.requests_complete"
    assert known.flag_of("family[].protection_refused_in") == "family[].protection_refused_in_complete"
    assert known.flag_of("findings.countries") is None
    assert known.fact("family_complete").completes == "family"
    assert known.value_label("entries[0].manner", "airport", "es") == "Por un aeropuerto"
    assert generic_path("a[12].b[FR].c[]") == "a[].b[].c[]"
    assert known.fact("as_of").section == "case"
    assert known.fact("family_complete").section == "family"
    assert known.fact("findings.countries[].country").section == "findings"
    assert known.fact("entries[].date").per("fr") == "entrée"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("applicant.birthdate", "'applicant.birth_date'"),
        ("birth_date", "'applicant.birth_date' or 'family[].birth_date'"),
        ("entries[0].mannr", "'entries[].manner'"),
    ],
)
def test_an_unknown_path_names_the_nearest(path: str, hint: str) -> None:
    with pytest.raises(UsageError, match=re.escape(hint)):
        vocabulary().fact(path)


def test_what_is_not_there_is_said() -> None:
    known = vocabulary()
    with pytest.raises(UsageError, match="airport"):
        known.value_label("entries[].manner", "airprt", "en")
    with pytest.raises(UsageError, match="en, es or fr"):
        known.fact("claim.date").label("de")
    with pytest.raises(LookupError):
        known.fact("claim").question()
    with pytest.raises(LookupError):
        known.fact("claim.date").per()
