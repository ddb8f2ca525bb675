"""The mapping file: which column of a flat table is which fact. One line for each column, decided once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safethird.caseload.text_values import FORMS, reader
from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.facts.documents import Document, read_text, read_yaml
from safethird.facts.paths import Steps, known_steps
from safethird.facts.vocabulary import Fact, vocabulary

ID = "id"
MOST_MAPPING = 2_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a flat table is."""

    name: str
    fact: str | None
    """Path of a fact (`entries[0].date`), `id`, or None: left out."""
    form: str | None = None
    """How dates are written, one of `FORMS`."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """Texts of the file, and the codes that they stand for."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A whole mapping."""

    columns: tuple[Column, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Facts that are the same for every row: path and value as in a case file."""
    complete: tuple[str, ...] = ()
    """Lists of which the columns tell every member. Others may have more members than the file tells."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts that the table tells, constants included."""
        return (*(column.fact for column in self.columns if column.fact), *self.constants)


def fact_at(path: str) -> tuple[Steps, Fact]:
    """Where a path leads: to one fact, or to a whole list of codes. Raises UsageError otherwise."""
    steps, fact = known_steps(path)
    if fact.is_group:
        raise UsageError(
            Problem("This is a group of facts, not one fact", path=path, code="bad-path",
                    hint=did_you_mean("", vocabulary().children(fact.path), most=12))
        )  # fmt: skip
    return steps, fact


def by_paths(names: Sequence[str]) -> ColumnMap | None:
    """The mapping of a table whose headers are paths of facts themselves, and `id`; None where they are
    not."""
    for name in names:
        if name != ID:
            try:
                fact_at(name)
            except UsageError:
                return None
    whole = tuple(name for name in names if name != ID and fact_at(name)[1].type in ("countries", "choices"))
    return ColumnMap(tuple(Column(name, name) for name in names), complete=whole)


def read_mapping(path: str | Path) -> ColumnMap:
    """A mapping from its YAML file. Raises NoInput, or BadData with every problem and its line."""
    return mapping_of(read_text(path, MOST_MAPPING), str(path))


def mapping_of(text: str, file: str) -> ColumnMap:
    """A mapping from the text of its file. Raises BadData."""
    return _Reading(read_yaml(text, file)).mapping()


class _Reading:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems: list[Problem] = []

    def say(self, what: str, *path: str, expected: str | None = None, hint: str | None = None) -> None:
        self._problems.append(
            self._document.problem(what, path, expected=expected, hint=hint, code="bad-mapping")
        )

    def mapping(self) -> ColumnMap:
        data = self._document.data
        if not isinstance(data, dict) or data.get("format") != 1:
            raise BadData(
                self._document.problem("This is no mapping file", (), expected="format: 1 and columns",
                                       code="bad-mapping")
            )  # fmt: skip
        for key in set(data) - {"format", "columns", "constants", "complete"}:
            self.say(
                "A mapping has no such part",
                key,
                hint=did_you_mean(key, ["columns", "constants", "complete"]),
            )
        columns = self._columns(data.get("columns"))
        constants = self._constants(data.get("constants") or {})
        complete = self._complete(data.get("complete") or [])
        if self._problems:
            raise BadData(self._problems)
        return ColumnMap(columns, constants, complete)

    def _columns(self, data: Any) -> tuple[Column, ...]:
        if not isinstance(data, dict):
            self.say("The columns are missing", expected="columns: with one line for each column")
            return ()
        found, taken = [], dict[str, str]()
        for name, entry in data.items():
            column = self._column(str(name), entry)
            if column is None:
                continue
            found.append(column)
            if column.fact is not None and taken.setdefault(column.fact, column.name) != column.name:
                self.say("Another column is this fact already", "columns", str(name))
        return tuple(found)

    def _column(self, name: str, entry: Any) -> Column | None:
        if entry is None:
            return Column(name, None)
        if isinstance(entry, str):
            entry = {"fact": entry}
        if not isinstance(entry, dict) or not isinstance(entry.get("fact"), str):
            self.say(
                "A column is a fact, or null to leave it out", "columns", name, expected="fact: and its path"
            )
            return None
        for key in set(entry) - {"fact", "form", "words"}:
            self.say("A column has no such part", "columns", name, key, hint="Known: fact, form, words.")
        path, form, words = entry["fact"], entry.get("form"), entry.get("words") or {}
        if path == ID:
            return Column(name, ID)
        fact = self._fact(path, "columns", name)
        if form is not None and form not in FORMS:
            self.say("There is no such form of dates", "columns", name, "form", expected=" or ".join(FORMS))
        if not isinstance(words, dict):
            self.say("Words are texts with their codes", "columns", name, "words")
            words = {}
        if fact is not None:
            for text, code in words.items():
                if not _is_value(fact, code):
                    self.say("This is no value of the fact", "columns", name, "words", str(text),
                             expected=", ".join(fact.values[:20]) or fact.type)  # fmt: skip
        return Column(name, path, form, words)

    def _fact(self, path: str, *place: str) -> Fact | None:
        try:
            return fact_at(path)[1]
        except UsageError as error:
            problem = error.problems[0]
            self.say(problem.what, *place, expected=problem.expected, hint=problem.hint)
            return None

    def _constants(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.say("Constants are paths with their values", "constants")
            return {}
        for path, value in data.items():
            fact = self._fact(str(path), "constants", str(path))
            if fact is not None and not _is_value(fact, value):
                self.say("This is no value of the fact", "constants", str(path))
        return data

    def _complete(self, data: Any) -> tuple[str, ...]:
        lists = [fact.path for fact in vocabulary() if fact.flag is not None and "[]" not in fact.path]
        if not isinstance(data, list):
            self.say("Complete lists are named in brackets", "complete")
            return ()
        for name in data:
            if name not in lists:
                self.say("There is no such list", "complete", hint=did_you_mean(str(name), lists, most=12))
        return tuple(str(name) for name in data)


def _is_value(fact: Fact, value: Any) -> bool:
    """Whether a value of the YAML file is one of the fact: null is unknown."""
    if value is None:
        return True
    if fact.type == "yes_no":
        return isinstance(value, bool)
    if fact.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if fact.type in ("countries", "choices"):
        codes = value if isinstance(value, list) else None
        return codes is not None and all(isinstance(code, str) and _reads(fact, code) for code in codes)
    return isinstance(value, str) and _reads(fact, value)


def _reads(fact: Fact, text: str) -> bool:
    try:
        reader(fact)(text)
    except ValueError:
        return False
    return True
