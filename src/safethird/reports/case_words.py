"""A case in words: each fact with its label and value, an element of a list on one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safethird.facts.case import Case
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import vocabulary
from safethird.messages import say
from safethird.reports.words import code_words, value_words


def case_words(case: Case, language: str) -> list[str]:
    """The facts of a case, one line for each plain fact and for each element of a list."""
    return list(_lines(case.facts, "", language))


def _lines(facts: Mapping[str, Any], record: str, language: str) -> Iterator[str]:
    for path in vocabulary().children(record):
        fact = vocabulary().fact(path)
        if fact.name not in facts or fact.completes or path == "version":
            continue
        value = facts[fact.name]
        match fact.type:
            case "record":
                yield from _lines(value, path, language)
            case "list":
                yield from _elements(fact.label(language), path, value, language)
            case "table":
                for country, row in value.items():
                    name = code_words(f"{path}[].country", country, language)
                    own = {key: inner for key, inner in row.items() if key != "country"}
                    yield _said(f"{fact.label(language)} ({name})", _in_row(own, path, language), language)
            case _:
                yield _said(fact.label(language), value_words(path, value, language), language)


def _elements(label: str, path: str, value: Listing, language: str) -> Iterator[str]:
    if not value.items:
        # An empty list says that there is nothing of the kind; an incomplete one says nothing.
        yield _said(label, say("truth.none" if value.complete else "truth.unknown", language), language)
    for number, item in enumerate(value.items, 1):
        numbered = f"{label} {number}" if len(value.items) > 1 else label
        yield _said(numbered, _in_row(item, path, language), language)


def _in_row(item: Mapping[str, Any], path: str, language: str) -> str:
    told = "; ".join(_lines(item, f"{path}[]", language))
    return told or say("truth.unknown", language)


def _said(label: str, value: str, language: str) -> str:
    return say("compare.fact", language, label=label, value=value)
