"""Several files to one table, without counting anybody twice.

Publishers bring out overlapping files: CBP's file for fiscal years 2020 to 2023 and the one for 2021 to 2024
hold the same people three years long. Within one layout the later vintage wins, by whole fiscal year where
the publisher revises whole years, else cell by cell. Two files of the same vintage that differ are an error.
Two layouts that count the same people are never mixed by accident: the caller says which one to prefer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.tables.model import KEY, FileRead, Table, add_months, empty_frame
from safethird.tables.read import layouts

_FISCAL = (pl.col("month").dt.year() + (pl.col("month").dt.month() >= 10).cast(pl.Int32)).alias("_fy")
_COUNTS = ("count_low", "count_high")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Cells that two files hold, and which file was used."""

    layout: str
    what: str
    """`fiscal year 2021`, or `cells`."""
    kept: str
    dropped: str
    cells: int
    """Cells that both hold."""
    changed: int
    """Cells whose numbers differ; the kept file is the later vintage."""
    kept_total: int
    dropped_total: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Months that no file holds, between the first and the last."""

    universe: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Combined:
    """One table of several files, and what was decided on the way."""

    table: Table
    overlaps: tuple[Overlap, ...]
    repeated: tuple[str, ...]
    """Files that are byte for byte the same as another one; read once."""
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    file: FileRead
    frame: pl.DataFrame


def combine(tables: Iterable[Table], *, prefer: Sequence[str] = ()) -> Combined:
    """Join tables into one.

    `prefer` names layouts, the best first: where two layouts count the same people in the same months, the
    one that comes first in it is used. Raises BadData when two files conflict (both are named), or when two
    layouts overlap and `prefer` does not decide; UsageError when `prefer` names no layout.
    """
    check_preference(prefer)
    known = {layout.id: layout for layout in layouts()}
    parts, repeated = _without_repeated(_parts(tables))
    overlaps: list[Overlap] = []
    joined = []
    for layout in dict.fromkeys(part.file.layout for part in parts):
        same = [part for part in parts if part.file.layout == layout]
        by_year = known[layout].by_fiscal_year
        frame = _by_fiscal_year(same, overlaps) if by_year else _by_cell(same, overlaps)
        joined.append((same[0].file, frame))
    frame = _between_layouts(joined, prefer)
    table = Table(frame, tuple(part.file for part in parts))
    return Combined(table, tuple(overlaps), repeated, gaps(table))


def check_preference(prefer: Sequence[str]) -> None:
    """Raise UsageError when a name is no layout."""
    known = [layout.id for layout in layouts()]
    for name in prefer:
        if name not in known:
            raise UsageError(Problem(f"There is no layout '{name}'", hint=did_you_mean(name, known)))


def gaps(table: Table) -> tuple[Gap, ...]:
    """Runs of months that are missing within each universe. Numbers at one date (stocks) have no gaps."""
    found = []
    universe_of = {file.layout: file.universe for file in table.files}
    for universe in sorted(set(universe_of.values())):
        names = [layout for layout, its in universe_of.items() if its == universe]
        rows = table.frame.filter(pl.col("layout").is_in(names) & (pl.col("months") > 0))
        covered = set(Table(rows, table.files).months_covered())
        if not covered:
            continue
        month, last = min(covered), max(covered)
        start: date | None = None
        while month <= last:
            if month not in covered and start is None:
                start = month
            if month in covered and start is not None:
                found.append(Gap(universe, start, add_months(month, -1)))
                start = None
            month = add_months(month, 1)
    return tuple(found)


def _parts(tables: Iterable[Table]) -> list[_Part]:
    return [
        _Part(file, table.frame.filter(pl.col("layout") == file.layout))
        for table in tables
        for file in table.files
    ]


def _without_repeated(parts: Sequence[_Part]) -> tuple[list[_Part], tuple[str, ...]]:
    kept: dict[tuple[str, str], _Part] = {}
    repeated = []
    for part in parts:
        name = (part.file.digest, part.file.layout)
        first = kept.setdefault(name, part)
        if first is part:
            continue
        repeated.append(f"{part.file.file} is the same file as {first.file.file}")
        if part.file.revision > first.file.revision:
            kept[name] = part
    return list(kept.values()), tuple(repeated)


def _by_fiscal_year(parts: Sequence[_Part], overlaps: list[Overlap]) -> pl.DataFrame:
    """The later vintage wins for each fiscal year as a whole."""
    used: dict[int, tuple[_Part, pl.DataFrame]] = {}
    for part in sorted(parts, key=lambda part: part.file.revision):
        for (year,), frame in part.frame.with_columns(_FISCAL).group_by("_fy", maintain_order=True):
            its = frame.drop("_fy")
            number = int(str(year))
            if number in used:
                _compare(used[number], (part, its), f"fiscal year {number}", overlaps)
            used[number] = (part, its)
    return pl.concat([frame for _, (_, frame) in sorted(used.items())])


def _by_cell(parts: Sequence[_Part], overlaps: list[Overlap]) -> pl.DataFrame:
    """The later vintage wins for each cell; cells that only an earlier file holds stay."""
    ordered = sorted(parts, key=lambda part: part.file.revision)
    frame = ordered[0].frame
    for place, part in enumerate(ordered[1:], start=1):
        for earlier in ordered[:place]:
            shared = earlier.frame.join(part.frame, on=KEY, how="semi", nulls_equal=True)
            if shared.height:
                its = part.frame.join(earlier.frame, on=KEY, how="semi", nulls_equal=True)
                _compare((earlier, shared), (part, its), "cells", overlaps)
        frame = pl.concat([frame.join(part.frame, on=KEY, how="anti", nulls_equal=True), part.frame])
    return frame


def _compare(
    earlier: tuple[_Part, pl.DataFrame], later: tuple[_Part, pl.DataFrame], what: str, overlaps: list[Overlap]
) -> None:
    """Note an overlap; raise BadData when two files of one vintage say different things."""
    (old, before), (new, after) = earlier, later
    both = before.join(after, on=KEY, how="full", nulls_equal=True, suffix="_new", coalesce=True)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in _COUNTS)
    changed = both.filter(differs)
    if changed.height and old.file.revision == new.file.revision:
        first = changed.sort(KEY).row(0, named=True)
        named = (first[name] for name in ("month", "origin", "origin_label", "measure"))
        cell = ", ".join(str(part) for part in named if part is not None)
        said = f"{_shown(first, '')} in {old.file.file}, {_shown(first, '_new')} in {new.file.file}"
        raise BadData(Problem(
            f"Two files of one vintage ({new.file.revision}) differ in {changed.height:,} cells of {what}. "
            f"First {cell}: {said}", file=new.file.file, code="conflict",
            hint="Leave one of them out, or say which vintage each one is.",
        ))  # fmt: skip
    overlaps.append(Overlap(
        new.file.layout, what, new.file.file, old.file.file, both.height - changed.filter(
            pl.col("count_low").is_null() | pl.col("count_low_new").is_null()
        ).height, changed.height, int(after.get_column("count_low").sum()),
        int(before.get_column("count_low").sum()),
    ))  # fmt: skip


def _shown(row: dict[str, object], suffix: str) -> str:
    low, high = row[f"count_low{suffix}"], row[f"count_high{suffix}"]
    if low is None:
        return "absent"
    return f"{low:,}" if low == high else f"{low:,} to {'any' if high is None else f'{high:,}'}"


# --- Layouts that count the same people ---------------------------------------------------------------------


def _between_layouts(joined: Sequence[tuple[FileRead, pl.DataFrame]], prefer: Sequence[str]) -> pl.DataFrame:
    """Rows of all layouts, without those that a preferred layout of the same universe covers."""
    order = {name: place for place, name in enumerate(prefer)}
    ranked = sorted(joined, key=lambda one: order.get(one[0].layout, len(order)))
    taken: dict[str, list[tuple[FileRead, pl.DataFrame]]] = {}
    frames = [empty_frame()]
    for file, frame in ranked:
        rest = frame
        for other, covered in taken.get(file.universe, []):
            clash = _periods(rest).join(covered, on=["_place", "_month"], how="semi", nulls_equal=True)
            if clash.is_empty():
                continue
            if other.layout not in order:
                raise _undecided(other, file, clash)
            rest = (
                rest.with_row_index("_row")
                .join(clash.select("_row").unique(), on="_row", how="anti")
                .drop("_row")
            )
        taken.setdefault(file.universe, []).append((file, _periods(frame).drop("_row").unique()))
        frames.append(rest)
    return pl.concat(frames)


def _periods(frame: pl.DataFrame) -> pl.DataFrame:
    """Each row's number, place and months, one line for each month."""
    place = pl.coalesce("destination", "destination_label", "sender", "sender_label")
    return (
        frame.with_row_index("_row").select(
            "_row", place.alias("_place"),
            pl.int_ranges(0, pl.col("months").cast(pl.Int64).clip(1)).alias("_step"), pl.col("month"),
        )
        .explode("_step")
        .select("_row", "_place", pl.col("month").dt.offset_by(pl.format("{}mo", "_step")).alias("_month"))
    )  # fmt: skip


def _undecided(one: FileRead, other: FileRead, clash: pl.DataFrame) -> BadData:
    months = clash.get_column("_month").dt.strftime("%Y-%m")
    return BadData(Problem(
        f"{one.file} ({one.layout}) and {other.file} ({other.layout}) count the same people, "
        f"{months.min()!s} to {months.max()!s}",
        file=other.file, expected="one layout for each month", code="same-people",
        hint=f"Leave one out, or prefer one: {one.layout} or {other.layout}.",
    ))  # fmt: skip
