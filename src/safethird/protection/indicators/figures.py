"""A figure with all that is needed to trace it, and the files that figures come from."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_YEAR = 1945
"""No series here begins earlier; a year below is a slip of the file."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the user that figures were read from."""

    file: str
    title: str
    publisher: str
    licence: str
    url: str
    digest: str
    """SHA-256 of the file as it lies on disk."""
    rows: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number about a country.

    `name` is one of the figures of `messages/assess.yaml` (`figure_...`), which says what it counts and in
    which unit. `high` is the upper end where the publisher prints a small number as a range.
    """

    country: str
    name: str
    year: int
    value: float
    source: DataFile
    high: float | None = None
    origin: str | None = None
    """Nationality, where the figure is about people of one only."""
