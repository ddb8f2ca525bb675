"""Reading a plain table: header, country, year, number. Every cell that cannot be read is named with its
line."""

from __future__ import annotations

import datetime
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from safethird.errors import BadData, Problem
from safethird.protection.indicators.figures import FIRST_YEAR
from safethird.tables.layouts import fold_column
from safethird.tables.names import by_code_or_name
from safethird.tables.sources import Grid

MOST_PROBLEMS = 10


@dataclass(slots=True)
class Trouble:
    """Problems of one file, the first ten of them; `stop` raises them."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, what: str, line: int, *, expected: str | None = None, code: str = "bad-cell") -> None:
        """Remember a problem. The cell itself is not repeated: it may hold anything."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(what, file=self.file, line=line, expected=expected, code=code))
        else:
            self.more += 1

    def stop(self) -> None:
        """Raise BadData when there was any problem."""
        if self.more:
            self.problems.append(
                Problem(f"{self.more:,} more problems of this kind", file=self.file, code="more")
            )
        if self.problems:
            raise BadData(self.problems)


def header_of(grid: Grid) -> tuple[str, ...]:
    """The column names of a grid's first row, folded."""
    return tuple(fold_column(cell) for cell in grid.head[0]) if grid.head else ()


def sniff(path: Path) -> tuple[str, ...] | None:
    """The column names in the first line of a text file (plain or gzip), folded, without reading the rest.
    None for a file that is not text: a workbook, a zip file."""
    try:
        with path.open("rb") as stream:
            start = stream.read(1 << 16)
        if start[:2] == b"\x1f\x8b":
            start = zlib.decompressobj(wbits=47).decompress(start, 1 << 16)
    except (OSError, zlib.error, gzip.BadGzipFile):
        return None
    if start[:2] == b"PK" or b"\0" in start[:1024]:
        return None
    first = start.decode("utf-8-sig", "replace").split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    return tuple(fold_column(cell.strip().strip('"')) for cell in first.split(separator))


def records(grid: Grid, trouble: Trouble) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows below the header as line number and cells by column."""
    header = header_of(grid)
    rows = grid.rows()
    next(rows, None)
    for line, cells in rows:
        if len(cells) != len(header):
            trouble.add(
                "The row has another number of cells than the header",
                line,
                expected=str(len(header)),
                code="ragged",
            )
            continue
        yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def year_of(text: str, line: int, trouble: Trouble, shift: int = 0) -> int | None:
    """A year, refused when it lies in the future or before 1945."""
    cut = text.removesuffix(".0")
    if not (cut.isascii() and cut.isdigit() and len(cut) == 4):
        trouble.add("This is no year", line, expected="four digits", code="bad-year")
        return None
    year = int(cut) + shift
    this_year = datetime.date.today().year
    if not FIRST_YEAR <= year <= this_year:
        trouble.add(
            "The year lies in the future" if year > this_year else "The year lies before any such series",
            line,
            expected=f"{FIRST_YEAR} to {this_year}",
            code="wrong-year",
        )
        return None
    return year


def number_of(
    text: str, line: int, trouble: Trouble, missing: Sequence[str], bounds: tuple[float, float]
) -> float | None:
    """A number within its bounds; None where the file says that there is none."""
    if text in missing:
        return None
    try:
        value = float(text)
    except ValueError:
        trouble.add("This is no number", line, code="bad-number")
        return None
    if not bounds[0] <= value <= bounds[1]:
        trouble.add(
            "The number is outside what is possible",
            line,
            expected=f"{bounds[0]:g} to {bounds[1]:g}",
            code="out-of-range",
        )
        return None
    return value


_place = lru_cache(maxsize=4096)(by_code_or_name)


def country_of(cells: Mapping[str, str], columns: Sequence[str], unknown: set[str]) -> str | None:
    """The country of a row, by the first column that names one. Groups and former states give None; a name
    that nobody knows is remembered in `unknown`."""
    for column in columns:
        text = cells.get(column, "")
        if not text or text == "NA":
            continue
        place = _place(text)
        if place.code is not None:
            return place.code
        if place.known:
            return None
    named = next((cells[column] for column in columns if cells.get(column)), "")
    if named:
        unknown.add(named)
    return None
