"""Rows that cannot be read: where they stand and why, and never what stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MOST_SHOWN = 10
"""Rejected rows that are shown one by one; the others are counted."""


class Reject(NamedTuple):
    """One row that could not be read."""

    file: str
    row: int
    """Row of the table, from 1; the header does not count. In JSON Lines: the line."""
    line: int | None
    """Line of a text file on which the row begins."""
    path: str | None
    """The fact or column that cannot be read, where it is one."""
    why: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}: row {self.row}"
        return f"{place}{f' ({self.path})' if self.path else ''}: {self.why}."


class Rejected:
    """All rejected rows of a run: counted, with the first ones and with the reasons."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Reject] = []
        self.reasons: dict[tuple[str | None, str], int] = {}

    def add(self, rejects: Iterable[Reject]) -> None:
        """Take note of further rows."""
        for reject in rejects:
            self.count += 1
            if len(self.first) < MOST_SHOWN:
                self.first.append(reject)
            key = (reject.path, reject.why)
            if key in self.reasons or len(self.reasons) < 1000:
                self.reasons[key] = self.reasons.get(key, 0) + 1
