"""Errors inside a rule, with their true place in the file."""

from __future__ import annotations

from dataclasses import dataclass

from safethird.errors import Problem


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one rule and where it stands; `line` and `column` count from 0."""

    text: str
    file: str | None = None
    line: int = 0
    column: int = 0
    name: str | None = None
    """What the rule belongs to, for the reader: `provisions.own-nationals.when`."""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset in the text."""
        before = self.text[:offset]
        line = before.count("\n")
        if line == 0:
            return self.line + 1, self.column + offset + 1
        return self.line + line + 1, offset - before.rfind("\n")

    def problem(
        self, what: str, at: int, *, expected: str | None = None, hint: str | None = None,
        code: str | None = None,
    ) -> Problem:  # fmt: skip
        """A problem placed at an offset of the rule."""
        line, column = self.place(at)
        return Problem(what, file=self.file, line=line, column=column, path=self.name, expected=expected,
                       hint=hint, code=code)  # fmt: skip


class RuleError(Exception):
    """One problem in one rule; the loader gathers them so that all are shown at once."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
