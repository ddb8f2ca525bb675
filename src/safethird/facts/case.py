"""One person's case: the JSON object as given, and the facts in it as rules read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from safethird.errors import BadData, Problem
from safethird.facts.dates import DateRange, NumberRange
from safethird.facts.normalise import Facts, Listing, read_case
from safethird.facts.paths import Place, known_steps, parse_path, value_at, with_value
from safethird.facts.vocabulary import generic_path

if TYPE_CHECKING:
    from safethird.facts.case_files import Piece

__all__ = [
    "BadCase", "Case", "DateRange", "Listing", "NumberRange", "generic_path", "parse_path", "read_cases",
]  # fmt: skip


MOST_BAD_AT_START = 100
"""So many bad entries at the start of a file, and no good one among them, show that it holds no cases."""


@dataclass(frozen=True, slots=True)
class Case:
    """A valid case. Make it with `from_data`; its parts are shared, so never change them."""

    data: Mapping[str, Any]
    """The JSON object as given, without the `id` of a file."""
    facts: Facts
    """What is known, for the engine. A record is a mapping of known facts only: yes/no as bool, codes and
    labels as str, a date as DateRange, a number as NumberRange, a list as Listing, a look-up table as a
    mapping from country to record. What is unknown is not there."""
    id: str | None = None
    """What the file calls this case; no part of the facts."""

    @classmethod
    def from_data(
        cls, data: Any, file: str | None = None, id: str | None = None, place: Place | None = None
    ) -> Case:
        """Check an object and make it a case.

        `file` and `place` (a function from a path to line and column, as `Document.place`) only serve
        error messages. Raises BadData with every problem found; no message repeats a value of the case.
        """
        try:
            return cls(data, read_case(data), id)
        except (KeyError, TypeError, ValueError):
            from safethird.facts.problems import find_problems

            problems = find_problems(data, place, file)
        if problems:
            raise BadData(problems)
        # Nothing is wrong but the Python types: mappings and texts of other classes than JSON gives.
        plain = _plain(data)
        return cls(plain, read_case(plain), id)

    def raw(self, path: str) -> Any:
        """The value at a path as given (`entries[0].date`), or None when it is unknown.

        Raises UsageError when there is no such fact.
        """
        return value_at(self.data, known_steps(path)[0])

    def with_fact(self, path: str, value: Any) -> Case:
        """The same case with one more fact, or with None one fewer; checked anew.

        Sections and the next element of a list are made when they are missing; a list made in this way
        is marked as incomplete. Raises UsageError when there is no such fact, BadData when the value or
        what it does to the case is not valid.

        >>> case = Case.from_data({"version": 1, "claim": {"country": "CA"}})
        >>> case.with_fact("entries[0].date", "2025-10").data["entries_complete"]
        False
        """
        return Case.from_data(with_value(dict(self.data), path, value), id=self.id)

    def to_json(self, indent: int | None = None) -> str:
        """The case as JSON text (without the id)."""
        return json.dumps(self.data, ensure_ascii=False, allow_nan=False, indent=indent)


@dataclass(frozen=True, slots=True)
class BadCase:
    """A case that could not be read. Those around it are not affected."""

    error: BadData
    file: str | None = None
    line: int | None = None
    """Line of the file on which it begins, where that is known."""
    id: str | None = None


def read_cases(paths: Sequence[str | Path], stdin: IO[bytes] | None = None) -> Iterator[Case | BadCase]:
    """The cases in files, one after the other, each line of a JSON Lines file on its own.

    A path is a file of JSON, YAML or JSON Lines, or `-` for standard input. A document is a case, a list
    of cases, or a test case (an object with `id` and `case`); a case may carry an `id`. A case that is
    not valid is given as a BadCase, in its place, and reading goes on; but a file is left when its first
    hundred entries hold no case at all. Raises NoInput, before anything is read, when a file is missing, is
    a folder or cannot be opened.
    """
    from safethird.facts.case_files import files

    for file in files(paths, stdin):
        good = bad = 0
        for piece in file:
            if bad == MOST_BAD_AT_START and not good:
                problem = Problem(f"None of the first {bad} entries is a case, so the rest is not read",
                                  file=piece.file, code="no-cases", hint="Is it the right file?")  # fmt: skip
                yield BadCase(BadData(problem), piece.file)
                break
            case = _case_of(piece)
            good, bad = good + isinstance(case, Case), bad + isinstance(case, BadCase)
            yield case


def _case_of(piece: Piece) -> Case | BadCase:
    if piece.error is not None:
        return BadCase(piece.error, piece.file, piece.line, piece.id)
    try:
        return Case.from_data(piece.data, piece.file, piece.id, piece.place)
    except BadData as error:
        line = piece.line or (piece.place(())[0] if piece.place else None)
        return BadCase(error, piece.file, line, piece.id)


def _plain(data: Any) -> Any:
    """A copy in JSON's own Python types. Only for data without problems, so neither deep nor strange."""
    if isinstance(data, dict):
        return {str(name): _plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_plain(element) for element in data]
    if isinstance(data, str):
        return str.__str__(data)
    return data
