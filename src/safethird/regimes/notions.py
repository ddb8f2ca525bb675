"""Notions that regimes share by name and define each for itself: which mean the same, and where they part.

The definitions stay in the regime files. `library/notions.yaml` only says which entries of which files speak
of a notion; `unsorted` finds entries that speak of it and are in no group, so that a new file cannot slip by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.facts.documents import Document, read_document
from safethird.language.syntax import Fact, walk
from safethird.regimes.cache import read_cached
from safethird.regimes.model import Definition, Provision, Regime, Texts
from safethird.regimes.shape import schema, shape_problems

NOTIONS = Path(__file__).parent / "library" / "notions.yaml"

Entries = Mapping[str, tuple[str, ...]]
"""For a regime: ids of its definitions or provisions."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a notion and the entries that have it."""

    id: str
    label: Texts
    entries: Entries


@dataclass(frozen=True, slots=True)
class Notion:
    """A word that several regimes use."""

    id: str
    label: Texts
    why: Texts
    meanings: tuple[Meaning, ...]
    differ: tuple[Texts, ...]
    """Where the meanings part."""
    aside: Entries
    ids: str | None
    reads: tuple[str, ...]

    def speaks(self, entry: Definition | Provision) -> bool:
        """Whether an entry of a regime speaks of the notion: by its id, or by a fact that it reads itself."""
        if self.ids is not None and re.fullmatch(self.ids, entry.id):
            return True
        return bool(self.reads) and any(path in self.reads for path in _reads(entry))

    def sorted_ids(self, regime: str) -> set[str]:
        """Ids of a regime's entries that stand in a group or aside."""
        groups = [meaning.entries for meaning in self.meanings]
        return {name for entries in (*groups, self.aside) for name in entries.get(regime, ())}


def _reads(entry: Definition | Provision) -> Iterator[str]:
    rules = [entry.rule] if entry.rule is not None else []
    if entry.readings is not None:
        rules += [option.rule for option in entry.readings.options.values()]
    if isinstance(entry, Provision):
        rules += [version.rule for version in entry.versions if version.rule is not None]
    for rule in rules:
        for node in walk(rule.node):
            if isinstance(node, Fact):
                yield ".".join(node.names)


def find_entry(regime: Regime, name: str) -> Definition | Provision | None:
    """The definition or provision of that id."""
    if name in regime.definitions:
        return regime.definitions[name]
    return next((entry for entry in regime.provisions if entry.id == name), None)


def unsorted(notion: Notion, regime: Regime) -> list[str]:
    """Ids of a regime's entries that speak of a notion and stand in no group of it."""
    known = notion.sorted_ids(regime.id)
    entries: list[Definition | Provision] = [*regime.definitions.values(), *regime.provisions]
    return [entry.id for entry in entries if notion.speaks(entry) and entry.id not in known]


@lru_cache(maxsize=1)
def notions() -> Mapping[str, Notion]:
    """All notions, by id."""
    document, _ = read_cached(NOTIONS)
    try:
        return build_notions(document)
    except BadData:
        return build_notions(read_document(NOTIONS))


def find_notion(name: str) -> Notion:
    """A notion by its id (`family-member` will do). Raises UsageError that names the nearest."""
    found = notions().get(name.replace("-", "_").lower())
    if found is None:
        hint = did_you_mean(name, sorted(notions()))
        raise UsageError(Problem(f"There is no notion '{name}'", hint=hint, code="unknown-notion"))
    return found


def build_notions(document: Document) -> dict[str, Notion]:
    """Build notions from a document that has been read. Raises BadData with every problem found."""
    if not isinstance(document.data, dict):
        raise BadData(Problem("This file is a group of keys", file=document.file, code="wrong-type"))
    problems = shape_problems(document, schema("notions.schema.json"))
    if problems:
        raise BadData(problems)
    return {
        name: Notion(
            name,
            entry["label"],
            entry["why"],
            tuple(
                Meaning(meaning["id"], meaning["label"], _entries(meaning["entries"]))
                for meaning in entry["meanings"]
            ),
            tuple(entry["differ"]),
            _entries(entry.get("aside", {})),
            entry.get("ids"),
            tuple(entry.get("reads", ())),
        )
        for name, entry in document.data["notions"].items()
    }


def _entries(given: Mapping[str, list[str]]) -> Entries:
    return {regime: tuple(ids) for regime, ids in given.items()}
