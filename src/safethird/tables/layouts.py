"""What a layout is, and how the layout of a file is recognised from its header.

A layout is recognised by the names of its columns, compared without case, blanks and punctuation, so that
`Month (abbv)` and `month_abbv` are the same column. Where several layouts share one header (IOM writes the
same three columns for three countries), words in the file's name decide among those that fit; they never
decide alone.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from safethird.errors import BadData, Problem, nearest
from safethird.tables.sources import PREVIEW, Grid, Source

if TYPE_CHECKING:
    from safethird.tables.reading import Reading

_BLOCK = 1 << 16
_MOST_PROBLEMS = 10
_TOO_FAR = 0.3
"""Share of common columns below which naming a nearest layout would mislead."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a header is, found by a layout of its own making."""

    row: int
    """Index in the grid's head; -1 when the first row is already data."""
    names: tuple[str, ...] = ()
    """Names of the columns. Empty when the reader cuts the grid itself."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of one publisher."""

    id: str
    title: str
    publisher: str
    url: str
    """Page where users find the file."""
    universe: str
    """What is counted. Layouts of one universe count the same people and are never added together."""
    required: frozenset[str]
    """Columns, folded, that must be there."""
    read: Callable[[Sheet, Reading], pl.DataFrame]
    """From the cut text to a frame with (some of) the columns of the tidy table."""
    optional: frozenset[str] = frozenset()
    """Columns that are used when they are there, or that are known and not needed."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Other spellings of columns in other vintages, folded, to the spelling in `required`."""
    open_ended: bool = False
    """True when further columns belong to the layout: one for each month, or dimensions that vary by data
    set."""
    forbidden: frozenset[str] = frozenset()
    """Columns that show that it is another layout."""
    find: Callable[[Grid], Header | None] | None = None
    """Finds the header where it takes more than column names."""
    name_words: tuple[tuple[str, ...], ...] = ()
    """Words of the file's or sheet's name that point to this layout among those with the same header;
    alternatives."""
    absent_high: int | None = 0
    """What a cell that is not in the file can stand for: 0 to this; None when unknown."""
    by_fiscal_year: bool = False
    """Overlapping files replace each other by US fiscal year, not cell by cell."""
    every_sheet: bool = False
    """All fitting sheets of a workbook are read, each as a cut of the same counts."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recognised grid."""

    file: str
    name: str | None
    header: Mapping[str, str]
    """Folded column name to the name as written."""
    frame: pl.DataFrame
    """All cells as text under the folded names, and `line`: the number of the row in the file."""
    above: tuple[tuple[str, ...], ...]
    """Rows above the header."""
    grid: Grid
    extra: tuple[str, ...]
    """Columns that the layout does not know, as written."""


@dataclass(frozen=True, slots=True)
class Match:
    """A layout that fits a grid."""

    layout: Layout
    grid: Grid
    header_row: int
    columns: tuple[str, ...]
    """Folded and renamed names, in the order of the file; empty for a header that is not one row of names."""
    extra: tuple[str, ...] = ()
    how: str = "by its columns"

    @property
    def rank(self) -> tuple[int, int]:
        """Fewer unknown columns first, then more known ones."""
        return len(self.extra), -len(self.layout.required)


@dataclass(slots=True)
class _Near:
    """The best of the layouts that did not fit."""

    score: float = 0.0
    layout: Layout | None = None
    missing: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=())


@lru_cache(maxsize=4096)
def fold_column(name: str) -> str:
    """A column name without case, accents and punctuation.

    >>> fold_column("Month (abbv)"), fold_column("Fiscal\\nYear"), fold_column("FR_ANNEÉ")
    ('month_abbv', 'fiscal_year', 'fr_annee')
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"\[note[^\]]*\]", "", name, flags=re.IGNORECASE))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def recognise(
    source: Source, layouts: Sequence[Layout], wanted: str | None = None
) -> tuple[tuple[Match, ...], ...]:
    """The matches to read, grouped by layout: one for a text, one or several for a workbook.

    Raises BadData when nothing fits (naming the nearest layout and what it lacks) or when several fit
    equally.
    """
    candidates = [layout for layout in layouts if wanted is None or layout.id == wanted]
    near = _Near()
    by_grid = [
        [match for layout in candidates if (match := _fit(layout, grid, near))] for grid in source.grids
    ]
    if source.kind == "text":
        # The grids are one text cut by several separators.
        by_grid = [[match for matches in by_grid for match in matches]]
    chosen = [_choose(source, matches) for matches in by_grid if matches]
    if not chosen:
        raise _nothing_fits(source, candidates, near)
    groups: dict[str, list[Match]] = {}
    for match in chosen:
        groups.setdefault(match.layout.id, []).append(match)
    return tuple(tuple(_sheets_to_read(source, matches)) for matches in groups.values())


def _sheets_to_read(source: Source, matches: Sequence[Match]) -> list[Match]:
    """Sheets of one layout: all of them where each is a cut of the same counts, else there must be one."""
    fewest = min(len(match.extra) for match in matches)
    fitting = [match for match in matches if len(match.extra) == fewest]
    if len(fitting) > 1 and not fitting[0].layout.every_sheet:
        raise BadData(Problem(
            f"Several sheets hold the table '{fitting[0].layout.title}'", file=source.file,
            expected="one sheet, not: " + ", ".join(str(match.grid.name) for match in fitting),
            hint="Keep one of them in the workbook.", code="several-sheets",
        ))  # fmt: skip
    return fitting


def cut(match: Match, file: str) -> Sheet:
    """All rows below the header as text columns. Raises BadData for rows with too few or too many cells.

    Where the reader cuts the grid itself, the frame is empty.
    """
    if not match.columns:
        return Sheet(file, match.grid.name, {}, pl.DataFrame(), (), match.grid, match.extra)
    rows = match.grid.rows()
    above: list[tuple[str, ...]] = []
    written: tuple[str, ...] = ()
    width = len(match.columns)
    strict = match.grid.separator is not None
    chunks: list[pl.DataFrame] = []
    block = _Block(match.columns)
    ragged: list[Problem] = []
    try:
        for place, (line, row) in enumerate(rows):
            if place < match.header_row:
                above.append(tuple(row))
            elif place == match.header_row:
                written = tuple(" ".join(cell.split()) for cell in row[:width])
            elif len(row) == width:
                block.add(line, row)
            elif len(row) > width and not any(cell.strip() for cell in row[width:]):
                # Some programs end every line with a separator.
                block.add(line, row[:width])
            elif strict or len(row) > width:
                ragged.append(_ragged(file, line, len(row), width))
            else:
                block.add(line, [*row, *[""] * (width - len(row))])
            if len(ragged) >= _MOST_PROBLEMS:
                break
            if len(block.lines) >= _BLOCK:
                chunks.append(block.frame())
                block = _Block(match.columns)
    except csv.Error:
        raise BadData(Problem(
            "A quoted cell does not end where it should, or a quote stands inside a cell", file=file,
            hint="The file may be cut short. Download it again.", code="quotes",
        )) from None  # fmt: skip
    if ragged:
        raise BadData(ragged)
    frame = pl.concat([*chunks, block.frame()])
    header = dict(zip(match.columns, written or match.columns, strict=True))
    return Sheet(file, match.grid.name, header, frame, tuple(above), match.grid, match.extra)


class _Block:
    """Some rows on their way into a frame, so that a long file is never held as Python text at once."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.lines: list[int] = []
        self.columns: list[list[str]] = [[] for _ in names]

    def add(self, line: int, row: Sequence[str]) -> None:
        self.lines.append(line)
        for column, cell in zip(self.columns, row, strict=True):
            column.append(cell.strip())

    def frame(self) -> pl.DataFrame:
        cells = {
            name: pl.Series(column, dtype=pl.String)
            for name, column in zip(self.names, self.columns, strict=True)
        }
        return pl.DataFrame({"line": pl.Series(self.lines, dtype=pl.UInt32), **cells})


def _ragged(file: str, line: int, found: int, width: int) -> Problem:
    return Problem(
        f"The row has {found} cells", file=file, line=line, expected=f"{width}, as in the header",
        code="ragged",
        hint="The file may be cut short." if found < width else "A comma inside a cell may lack its quotes.",
    )  # fmt: skip


def _fit(layout: Layout, grid: Grid, near: _Near) -> Match | None:
    if layout.find is not None:
        header = layout.find(grid)
        return None if header is None else Match(layout, grid, header.row, header.names)
    for place, cells in enumerate(grid.head[:PREVIEW]):
        columns = tuple(layout.renames.get(folded, folded) for folded in map(fold_column, cells))
        found = frozenset(columns)
        missing = layout.required - found
        if not missing and not layout.forbidden & found:
            columns = _without_tail(columns)
            if len(set(columns)) < len(columns):
                continue
            known = layout.required | layout.optional
            extra = tuple(
                cells[at].strip()
                for at, name in enumerate(columns)
                if name not in known and not layout.open_ended
            )
            return Match(layout, grid, place, columns, extra)
        score = (len(layout.required) - len(missing)) / len(layout.required | found)
        if score > near.score:
            near.score, near.layout = score, layout
            near.missing = tuple(sorted(missing)) or tuple(sorted(layout.forbidden & found))
            # Only the first row is surely a header; cells of other rows are not repeated in a message.
            near.columns = tuple(cell.strip() for cell in cells if cell.strip()) if place == 0 else ()
    return None


def _without_tail(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty columns that spreadsheet programs leave at the right; other empty names get a
    number."""
    end = len(columns)
    while end and not columns[end - 1]:
        end -= 1
    return tuple(name or f"column_{place}" for place, name in enumerate(columns[:end], start=1))


def _choose(source: Source, matches: Sequence[Match]) -> Match:
    """The best match of one grid.

    Between layouts that fit equally well, words of the name decide, and without any the one that needs none.
    """
    best = min(match.rank for match in matches)
    fitting = [match for match in matches if match.rank == best]
    layouts = list(dict.fromkeys(match.layout.id for match in fitting))
    if len(layouts) == 1:
        return max(fitting, key=lambda match: len(match.columns))
    names = f"{PurePath(source.file).name} {fitting[0].grid.name or ''}".lower()
    words = set(re.split(r"[^a-z0-9]+", names))
    told = [
        (len(needed), match)
        for match in fitting
        for needed in match.layout.name_words
        if words >= set(needed)
    ]
    most = max((count for count, _ in told), default=0)
    pointed = {match.layout.id: match for count, match in told if count == most}
    if len(pointed) == 1:
        match = next(iter(pointed.values()))
        how = f"by its columns, and by its name among {len(layouts)} layouts with these columns"
        return Match(match.layout, match.grid, match.header_row, match.columns, match.extra, how)
    plain = [match for match in fitting if not match.layout.name_words]
    if not told and len({match.layout.id for match in plain}) == 1:
        return plain[0]
    raise BadData(Problem(
        f"{len(layouts)} layouts have these columns, and the file does not say which it is", file=source.file,
        expected="one of: " + ", ".join(sorted(layouts)), hint="Name the layout.", code="ambiguous-layout",
    ))  # fmt: skip


def _nothing_fits(source: Source, candidates: Sequence[Layout], near: _Near) -> BadData:
    if not candidates:
        raise BadData(Problem("There is no such layout", file=source.file, code="unknown-layout"))
    if near.layout is None or near.score < _TOO_FAR:
        what = "is not that layout" if len(candidates) == 1 else "fits no known layout"
        return BadData(Problem(
            f"The file {what}", file=source.file, code="unknown-layout",
            expected="a table of " + ", ".join(sorted({layout.publisher for layout in candidates})),
        ))  # fmt: skip
    missing = []
    for name in near.missing:
        known = near.layout.required | near.layout.optional
        close = nearest(name, [folded for folded in map(fold_column, near.columns) if folded not in known])
        missing.append(f"'{name}'" + (f" (is '{close}' that column?)" if close and close != name else ""))
    return BadData(Problem(
        f"The file fits no known layout. The nearest is '{near.layout.title}' ({near.layout.id})",
        file=source.file,
        expected="also the column " + ", ".join(missing), code="unknown-layout",
        hint=f"See {near.layout.url}",
    ))  # fmt: skip
