"""What goes wrong, said so that the reader can mend it.

Every error that a user can cause is a `SafethirdError`: a list of `Problem`s and an exit code.
A problem names the place and the way out; it never repeats a fact of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

MOST_GUESSED = 80
"""Longer words are no misspelt names, and comparing them would take long."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and how to mend it.

    >>> print(Problem("Unknown fact", file="draft.yaml", line=3, column=7, hint="Did you mean 'age'?"))
    draft.yaml:3:7: Unknown fact. Did you mean 'age'?
    """

    what: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    """Dotted path inside the document (`entries[0].date`), or the id of a provision."""
    expected: str | None = None
    hint: str | None = None
    code: str | None = None
    """Stable name of this kind of problem, for tests and for machines (`unknown-fact`)."""

    def __str__(self) -> str:
        file = None if self.file is None else shortened(self.file)
        place = ":".join(str(part) for part in (file, self.line, self.column) if part is not None)
        if self.path:
            path = shortened(self.path)
            place = f"{place} ({path})" if place else path
        text = shortened(self.what.rstrip(".")) + "."
        if self.expected:
            text += f" Expected: {self.expected.rstrip('.')}."
        if self.hint:
            text += f" {self.hint}"
        return f"{place}: {text}" if place else text

    def as_dict(self) -> dict[str, str | int]:
        """The problem as plain data, without empty parts."""
        parts = (
            ("code", self.code), ("what", self.what), ("file", self.file), ("line", self.line),
            ("column", self.column), ("path", self.path), ("expected", self.expected), ("hint", self.hint),
        )  # fmt: skip
        return {key: value for key, value in parts if value is not None}


class SafethirdError(Exception):
    """Base of all errors that the user can mend. `exit_code` follows the table in docs/cli.md."""

    exit_code = 65

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BadData(SafethirdError):
    """A file was read and its content is not valid (exit code 65)."""

    exit_code = 65


class NoInput(SafethirdError):
    """A named input does not exist or cannot be opened (exit code 66)."""

    exit_code = 66


class UsageError(SafethirdError):
    """The request itself makes no sense: unknown regime, option or combination (exit code 2)."""

    exit_code = 2


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to a misspelt one, or None.

    >>> nearest("nationalites", ["nationalities", "birth_date"])
    'nationalities'
    """
    if len(name) > MOST_GUESSED:
        return None
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def shortened(text: str, most: int = 300) -> str:
    """A text cut to a length that can be read: what a file holds may be of any length."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def did_you_mean(name: str, known: Sequence[str], most: int = 12) -> str:
    """A hint for a misspelt name: the nearest known one, else a short list of what is known."""
    close = nearest(name, known)
    if close:
        return f"Did you mean '{close}'?"
    listed = ", ".join(list(known)[:most])
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return f"Known: {listed}{more}." if listed else ""
