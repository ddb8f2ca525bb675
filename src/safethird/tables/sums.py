"""Do the parts add up to the totals that the publisher prints beside them?

Two views of one measure, one coarser than the other, are two statements about the same number. The sum of the
parts is a range, because parts may be rounded or suppressed or, where the publisher leaves out small rows,
absent; so is the total. They agree when the ranges meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from safethird.tables.model import PLACES, SCHEMA, Table, detail_value, dims_of, summed

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class SumCheck:
    """Two views of one measure compared."""

    layout: str
    measure: str
    unit: str
    months: int
    total_view: str
    parts_view: str
    compared: int
    """Cells of the coarser view that were compared."""
    off: int
    """Cells whose ranges do not meet."""
    worst: tuple[OffSum, ...]


@dataclass(frozen=True, slots=True)
class OffSum:
    """One total that its parts do not reach, or overshoot."""

    month: date
    where: str
    total: tuple[int, int | None]
    parts: tuple[int, int | None]
    gap: int
    """Distance between the ranges; positive when the parts are more than the total."""


def check_sums(table: Table) -> tuple[SumCheck, ...]:
    """Compare every pair of views of one measure of which one is coarser. Nothing is raised: the caller
    judges."""
    absent = {file.layout: file.absent_high for file in table.files}
    return tuple(
        _compare(frame, key, coarse, fine, absent.get(key[0]))
        for key, frame in _measures(table)
        for coarse, fine in _pairs(frame)
    )


_Key = tuple[str, str, str, int]


def _measures(table: Table) -> Iterator[tuple[_Key, pl.DataFrame]]:
    by = ("layout", "measure", "unit", "months")
    for key, frame in table.frame.group_by(*by, maintain_order=True):
        yield (str(key[0]), str(key[1]), str(key[2]), int(str(key[3]))), frame


def _pairs(frame: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Each coarser view with the finest views below it."""
    views = sorted(frame.get_column("view").unique().to_list(), key=lambda view: (len(dims_of(view)), view))
    for coarse in views:
        for fine in views:
            if set(dims_of(coarse)) < set(dims_of(fine)):
                yield coarse, fine


def _compare(frame: pl.DataFrame, key: _Key, coarse: str, fine: str, absent_high: int | None) -> SumCheck:
    dims = dims_of(coarse)
    plain = [name for name in dims if name in SCHEMA]
    inside = [name for name in dims if name not in SCHEMA and not name.endswith("_union")]
    unions = [name.removesuffix("_union") for name in dims if name.endswith("_union")]
    by = ["month", *plain, *inside]
    by += [f"{name}_label" for name in PLACES if name in plain or name in unions]
    frame = frame.with_columns(detail_value(name).alias(name) for name in inside)
    totals = frame.filter(pl.col("view") == coarse).group_by(by).agg(*summed())
    parts = frame.filter(pl.col("view") == fine).group_by(by).agg(*summed())
    months = parts.select("month").unique()
    both = totals.join(months, on="month", how="semi").join(
        parts, on=by, how="left", nulls_equal=True, suffix="_parts"
    )  # fmt: skip
    # Without any part, the parts are zero, or what absent rows can stand for.
    none = pl.col("count_low_parts").is_null()
    low = pl.col("count_low_parts").fill_null(0)
    high = pl.when(none).then(0).otherwise(pl.col("count_high_parts"))
    over = low - pl.col("count_high")
    under = pl.col("count_low") - high if absent_high == 0 else pl.lit(None, dtype=pl.Int64)
    off = both.with_columns(
        pl.when(over > 0).then(over).when(under > 0).then(-under).otherwise(0).alias("_gap")
    ).filter(pl.col("_gap") != 0)
    worst = off.sort(
        pl.col("_gap").abs(), "month", *by[1:], descending=[True, *[False] * len(by)], nulls_last=True
    )
    shown = tuple(
        OffSum(
            row["month"], ", ".join(str(row[name]) for name in by[1:] if row[name] is not None),
            (row["count_low"], row["count_high"]), (row["count_low_parts"] or 0, row["count_high_parts"]),
            row["_gap"],
        )
        for row in worst.head(_MOST_SHOWN).iter_rows(named=True)
    )  # fmt: skip
    return SumCheck(*key, coarse, fine, both.height, off.height, shown)
