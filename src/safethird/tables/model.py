"""The tidy table: one row for each published cell, whatever the publisher's file looked like.

Two ideas carry it.

**A count is a range.** A publisher who prints `--` for a small number has told us something: a number from 0
to 5, not nothing and not zero. So every cell has `count_low` and `count_high`, equal when the number is
exact.

**Rows add up only within one view.** The same people are often published several times: by office, by office
and province, in all. A view is the set of things by which a row is broken down (`origin+region`). Rows of one
view and one measure add up; rows of two views are two cuts of the same count and must never be added.
`sum_by` picks the right one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.tables.vocabulary import CELLS, DEMOGRAPHICS, ENTRIES, MEASURES, UNITS

SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType({
    "month": pl.Date(),
    "months": pl.UInt8(),
    "origin": pl.String(),
    "origin_label": pl.String(),
    "sender": pl.String(),
    "sender_label": pl.String(),
    "destination": pl.String(),
    "destination_label": pl.String(),
    "entry": pl.Enum(list(ENTRIES)),
    "region": pl.String(),
    "sector": pl.String(),
    "demographic": pl.Enum(list(DEMOGRAPHICS)),
    "detail": pl.String(),
    "authority": pl.String(),
    "measure": pl.Enum(list(MEASURES)),
    "unit": pl.Enum(UNITS),
    "view": pl.String(),
    "count_low": pl.Int64(),
    "count_high": pl.Int64(),
    "cell": pl.Enum(list(CELLS)),
    "layout": pl.String(),
    "source": pl.String(),
    "revision": pl.String(),
})  # fmt: skip
"""Columns and types of `Table.frame`, in order. Meanings are in `MEANINGS`."""

MEANINGS: MappingProxyType[str, str] = MappingProxyType({
    "month": "First day of the first month that the count is for",
    "months": "Length of the period in months: 1, 3 or 12; 0 for a number at the end of `month` (a stock)",
    "origin": "Citizenship, or origin in the publisher's sense; ISO 3166-1 alpha-2. Empty with a label: a "
    "group, or a name that is not known. Empty without a label: all origins together",
    "origin_label": "What the publisher calls the group: Other, Stateless, Unknown, Northern Triangle",
    "sender": "State that sends or asks: Dublin requests, transfers, returns. Empty where nobody sends",
    "sender_label": "Name of the group when the sender is not one state: EU27_2020",
    "destination": "State of arrival, of the asylum claim, or to which people are sent",
    "destination_label": "Name of the group when the destination is not one state",
    "entry": "Way of entry, where the file tells: " + ", ".join(ENTRIES),
    "region": "Part of the border or of the country, or route, in the publisher's words",
    "sector": "Finer place or office in the region: Border Patrol sector, field office, state, claim office",
    "demographic": "Kind of traveller: " + ", ".join(DEMOGRAPHICS) + ". Empty: all, or not told",
    "detail": "Other breakdowns of the file as `name=value`, joined by `; `, in the order of the names",
    "authority": "Title of authority where given: Title 8, Title 42",
    "measure": "What is counted, one of `MEASURES`",
    "unit": "events (a person may be counted twice), persons, cases (a family may be one), or mixed",
    "view": "What the row is broken down by. Rows of one view, measure, unit and period add up; no others do",
    "count_low": "Least number that the printed cell can stand for",
    "count_high": "Greatest number that the printed cell can stand for; empty when there is no bound",
    "cell": "How the number was printed: " + ", ".join(CELLS),
    "layout": "Identifier of the layout that was found in the file",
    "source": "Publisher and kind of file",
    "revision": "Vintage: the date that the file gives for itself, else its last month (YYYY-MM-DD, YYYY-MM)",
})  # fmt: skip

PLACES = ("origin", "sender", "destination")
"""Columns that are a code with a label beside it."""

KEY = tuple(name for name in SCHEMA if name not in ("count_low", "count_high", "cell", "source", "revision"))
"""Columns that together name one cell of one layout."""

_PERIODS = (0, 1, 3, 12)
_SHORTEST_FIRST = (1, 3, 12, 0)


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A country name of the file that is not in the table of names. Its rows are kept, under the label."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class FileRead:
    """What was read from one file."""

    file: str
    """The file, as the caller named it."""
    layout: str
    title: str
    publisher: str
    universe: str
    """What is counted, shared by all layouts that count the same people."""
    how: str
    """How the layout was recognised."""
    revision: str
    rows: int
    """Rows of the file, not of the tidy table."""
    absent_high: int | None
    """What a cell that is not in the file can stand for: 0 to this number; None when the publisher does not
    say."""
    digest: str
    """SHA-256 of the file as it lies on disk."""
    notes: tuple[str, ...] = ()
    unknown_names: tuple[UnknownName, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """One way in which a measure is broken down in the table."""

    layout: str
    measure: str
    unit: str
    months: int
    dims: tuple[str, ...]
    rows: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Table:
    """A tidy table with the files that it came from. `frame` has exactly the columns of `SCHEMA`."""

    frame: pl.DataFrame
    files: tuple[FileRead, ...]

    def views(self) -> tuple[View, ...]:
        """All views, by layout, measure and period, the finest first."""
        found = self.frame.group_by("layout", "measure", "unit", "months", "view").agg(
            pl.len().alias("rows"), pl.col("month").min().alias("first"), pl.col("month").max().alias("last")
        )
        views = [
            View(row["layout"], row["measure"], row["unit"], row["months"], dims_of(row["view"]), row["rows"],
                 row["first"], row["last"])
            for row in found.iter_rows(named=True)
        ]  # fmt: skip
        return tuple(
            sorted(views, key=lambda v: (v.layout, v.measure, v.unit, v.months, -len(v.dims), v.dims))
        )

    def months_covered(self) -> tuple[date, ...]:
        """All months that some row falls in, sorted; a year counts as its twelve months, a stock as one."""
        starts = self.frame.select("month", "months").unique()
        covered = {
            add_months(month, step) for month, length in starts.iter_rows() for step in range(max(length, 1))
        }
        return tuple(sorted(covered))

    def sum_by(
        self, *by: str, measure: str | Sequence[str] | None = None, months: int | None = None
    ) -> pl.DataFrame:
        """Counts by month and by the named columns, with the bounds added up.

        `by` names columns of the table (`origin`, `demographic`, `sector`, ...) or a name inside `detail`
        (`sex`). For each measure and month the view with these columns and the fewest others is used, because
        the bounds of a coarse cell are tighter than the sum of the bounds of its parts. Months in which the
        file has no such view are left out. `months` chooses the length of period (1, 3, 12, or 0 for stocks)
        and is the shortest that there is when not given.

        Returns month, months, measure, unit, the columns of `by` (a place brings its label), count_low,
        count_high. Raises UsageError for an unknown column or measure, BadData when no view has the columns
        asked for.
        """
        wanted = _measures_of(measure)
        frame = self.frame if wanted is None else self.frame.filter(pl.col("measure").is_in(wanted))
        known = set(SCHEMA) | {dim for view in frame.get_column("view").unique() for dim in dims_of(view)}
        for name in by:
            if name not in known:
                raise UsageError(
                    Problem(f"The table has no column '{name}'", hint=did_you_mean(name, sorted(known)))
                )
        frame = _of_period(frame, months)
        chosen = _coarsest(frame, by)
        if chosen.is_empty():
            views = "; ".join(sorted(frame.get_column("view").unique()))
            raise BadData(Problem(
                f"No view of the table is broken down by {_listed(by)}", expected=f"one of: {views}",
                code="no-such-view",
            ))  # fmt: skip
        plain = [name for name in by if name in SCHEMA]
        inside = [name for name in by if name not in SCHEMA]
        groups = [*plain, *(f"{name}_label" for name in plain if name in PLACES), *inside]
        return (
            chosen.with_columns(detail_value(name).alias(name) for name in inside)
            .group_by("month", "months", "measure", "unit", *groups)
            .agg(*summed())
            .sort("month", "months", "measure", "unit", *groups)
        )


def dims_of(view: str) -> tuple[str, ...]:
    """The columns that a view is broken down by.

    >>> dims_of("origin+region")
    ('origin', 'region')
    """
    return tuple(view.split("+")) if view and view != "total" else ()


def detail_value(name: str) -> pl.Expr:
    """The value of one name inside the `detail` column."""
    return pl.col("detail").str.extract(rf"(?:^|; ){name}=([^;]*)", 1)


def summed() -> tuple[pl.Expr, pl.Expr]:
    """Sums of the bounds within a group. One cell without an upper bound leaves the sum without one."""
    high = pl.col("count_high")
    return pl.col("count_low").sum(), pl.when(high.is_null().any()).then(None).otherwise(high.sum()).alias(
        "count_high"
    )


def add_months(month: date, count: int) -> date:
    """The first of the month `count` months later.

    >>> add_months(date(2019, 11, 1), 3)
    datetime.date(2020, 2, 1)
    """
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def empty_frame() -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=dict(SCHEMA))


def check_frame(frame: pl.DataFrame) -> None:
    """Raise BadData unless a frame has the columns, types and order of bounds of the tidy table."""
    problems = [
        Problem(f"Column '{name}' is missing or has another type", expected=str(kind), path=name)
        for name, kind in SCHEMA.items()
        if frame.schema.get(name) != kind
    ]
    if not problems:
        low, high = pl.col("count_low"), pl.col("count_high")
        rules = (
            ("a count is missing or below zero", low.is_null() | (low < 0)),
            ("the least number is above the greatest", (low > high).fill_null(value=False)),
            ("an exact cell is not one number", (pl.col("cell") == "exact") & low.ne_missing(high)),
            (
                "a month is missing or not the first day",
                pl.col("month").is_null() | (pl.col("month").dt.day() != 1),
            ),
            (
                "a period is not 0, 1, 3 or 12 months",
                ~pl.col("months").is_in(list(_PERIODS)).fill_null(value=False),
            ),
            ("what is counted is not said", pl.col("measure").is_null() | pl.col("unit").is_null()),
        )
        for what, broken in rules:
            rows = frame.filter(broken).height
            if rows:
                problems.append(Problem(f"{rows} rows: {what}"))
    if problems:
        raise BadData(problems)


def _measures_of(measure: str | Sequence[str] | None) -> list[str] | None:
    if measure is None:
        return None
    wanted = [measure] if isinstance(measure, str) else list(measure)
    for name in wanted:
        if name not in MEASURES:
            raise UsageError(
                Problem(f"There is no measure '{name}'", hint=did_you_mean(name, list(MEASURES)))
            )
    return wanted


def _of_period(frame: pl.DataFrame, months: int | None) -> pl.DataFrame:
    if months is not None:
        return frame.filter(pl.col("months") == months)
    rank = pl.col("months").replace_strict(
        {m: i for i, m in enumerate(_SHORTEST_FIRST)}, return_dtype=pl.UInt8
    )
    return frame.filter(rank == rank.min().over("layout", "measure"))


def _coarsest(frame: pl.DataFrame, by: Iterable[str]) -> pl.DataFrame:
    """Rows of the views that have all columns of `by` and the fewest others, month by month."""
    need = {name for name in by if name != "detail"}
    views = frame.get_column("view").unique().sort().to_list()
    ranked = sorted((len(dims_of(view)), view) for view in views if need <= set(dims_of(view)))
    order = {view: place for place, (_, view) in enumerate(ranked)}
    if not order:
        return frame.clear()
    rank = pl.col("view").replace_strict(order, default=None, return_dtype=pl.Int32)
    return (
        frame.with_columns(rank.alias("_rank"))
        .filter(pl.col("_rank").is_not_null())
        .filter(pl.col("_rank") == pl.col("_rank").min().over("layout", "measure", "unit", "month", "months"))
        .drop("_rank")
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
