"""`read_table`: one file, whatever its layout, to one tidy table."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.tables import readers
from safethird.tables.layouts import Layout, Match, cut, recognise
from safethird.tables.model import KEY, FileRead, Table
from safethird.tables.reading import Reading
from safethird.tables.sources import Limits, Source, open_source


def layouts() -> tuple[Layout, ...]:
    """All layouts that can be read, by publisher and id."""
    return tuple(sorted(readers.LAYOUTS, key=lambda layout: (layout.publisher, layout.id)))


def read_table(
    path: str | Path, *, layout: str | None = None, revision: str | None = None, limits: Limits | None = None
) -> Table:
    """Read one published file. A workbook may hold several tables; all that are known are read.

    The layout is recognised from the header; `layout` names it where several share one header. `revision` is
    the vintage (a date or month, ISO) when you know it better than the file does.

    Raises NoInput (no such file), BadData (no known layout, or a cell that cannot be read: all are named with
    their lines) and UsageError (there is no layout of that name).
    """
    known = layouts()
    if layout is not None and layout not in {one.id for one in known}:
        ids = [one.id for one in known]
        raise UsageError(Problem(f"There is no layout '{layout}'", hint=did_you_mean(layout, ids)))
    return table_of(open_source(path, limits), layout=layout, revision=revision)


def table_of(source: Source, *, layout: str | None = None, revision: str | None = None) -> Table:
    """Read an opened source. See `read_table`."""
    parts = [_read_layout(source, matches, revision) for matches in recognise(source, layouts(), layout)]
    return Table(pl.concat([frame for frame, _ in parts]), tuple(file for _, file in parts))


def _read_layout(
    source: Source, matches: tuple[Match, ...], revision: str | None
) -> tuple[pl.DataFrame, FileRead]:
    """All sheets of one layout."""
    found = matches[0].layout
    reading = Reading(source.file, found, notes=list(source.facts), revision=revision)
    frames = []
    for match in matches:
        sheet = cut(match, source.file)
        reading.rows += sheet.frame.height
        if match.columns and sheet.frame.is_empty():
            raise BadData(Problem("The table has a header and no rows", file=source.file, code="empty"))
        if sheet.extra:
            reading.note(f"columns that are not used: {', '.join(sheet.extra)}")
        frames.append(found.read(sheet, reading))
    frame = pl.concat(frames)
    if len(frames) > 1:
        # Two sheets may print the same cut.
        frame = frame.unique(subset=KEY, keep="first", maintain_order=True)
    if frame.is_empty():
        raise BadData(Problem("The table has no row that reports a number", file=source.file, code="empty"))
    latest = str(frame.get_column("revision").max())
    file = FileRead(
        file=source.file, layout=found.id, title=reading.kind or found.title, publisher=found.publisher,
        universe=found.universe, how=matches[0].how, revision=latest, rows=reading.rows,
        absent_high=found.absent_high, digest=source.digest, notes=tuple(reading.notes),
        unknown_names=reading.unknown_names(),
    )  # fmt: skip
    return frame.with_columns(pl.lit(latest).alias("revision")), file
