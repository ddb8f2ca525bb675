"""Monthly series out of published tables: which files, which rows, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.errors import BadData, NoInput, Problem, SafethirdError, UsageError, did_you_mean
from safethird.facts.documents import read_yaml
from safethird.tables import Table, combine, read_table
from safethird.tables.layouts import recognise
from safethird.tables.model import FileRead, add_months
from safethird.tables.read import layouts
from safethird.tables.sources import open_source

Floats = npt.NDArray[np.float64]

LEAST_MONTHS = 36
"""Months that a baseline needs: two years of seasons, and a year to see how wrong it was."""
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".rda", ".gz", ".zip")


@dataclass(frozen=True, slots=True)
class Spec:
    """Which rows of which files make a series."""

    id: str
    title: Mapping[str, str]
    layouts: tuple[str, ...]
    """Layouts that can serve, the preferred one first."""
    measures: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    """Column of the tidy table: the values that it may have."""
    months: int = 1
    """Length of the published period; 12 is spread evenly over the year."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series without gaps. `values` are the middles of the printed ranges, in events or persons a month."""

    spec: Spec
    first: date
    values: Floats
    low: Floats
    high: Floats
    files: tuple[FileRead, ...]
    notes: tuple[str, ...] = ()

    @property
    def last(self) -> date:
        """The last month."""
        return add_months(self.first, len(self.values) - 1)

    def month(self, index: int) -> date:
        """The month at a place, also beyond the end."""
        return add_months(self.first, index)

    def place(self, month: date) -> int:
        """The place of a month, also outside."""
        return (month.year - self.first.year) * 12 + month.month - self.first.month

    def until(self, month: date) -> Series:
        """The series up to and with a month. Raises BadData when too little is left."""
        return self.between(self.first, month)

    def between(self, first: date, last: date) -> Series:
        """The part from one month to another. Raises BadData when it is not all there, or too short."""
        start, stop = self.place(first), self.place(last) + 1
        if start < 0 or stop > len(self.values):
            raise BadData(
                Problem(
                    f"The data reach from {self.first:%Y-%m} to {self.last:%Y-%m}",
                    code="period",
                    expected=f"months from {first:%Y-%m} to {last:%Y-%m}",
                    hint="Download a file that holds them, or change the scenario.",
                )
            )
        if stop - start < LEAST_MONTHS:
            raise BadData(
                Problem(
                    f"The series '{self.spec.id}' has {stop - start} months up to {last:%Y-%m}",
                    code="too-short",
                    expected=f"at least {LEAST_MONTHS}",
                )
            )
        cut = slice(start, stop)
        return Series(
            self.spec,
            self.month(start),
            self.values[cut],
            self.low[cut],
            self.high[cut],
            self.files,
            self.notes,
        )


@lru_cache(maxsize=1)
def specs() -> Mapping[str, Spec]:
    """The series that are known by name, from `series.yaml`."""
    file = Path(__file__).parent / "series.yaml"
    found: dict[str, Any] = read_yaml(file.read_text(encoding="utf-8"), file.name).data
    return {
        name: Spec(
            name,
            entry["title"],
            tuple(entry["layouts"]),
            tuple(entry["measures"]),
            allowed(entry["where"]),
            entry.get("months", 1),
        )
        for name, entry in found.items()
    }


def allowed(where: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Conditions of a series file or a scenario: one value, or several of which any will do."""
    return {
        column: (value,) if isinstance(value, str) else tuple(str(one) for one in value)
        for column, value in where.items()
    }


def only(frame: pl.DataFrame, where: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """The rows that meet all conditions."""
    for column, values in where.items():
        frame = frame.filter(pl.col(column).cast(pl.String).is_in(list(values)))
    return frame


def spec_of(name: str) -> Spec:
    """A series by name; raises UsageError, naming the nearest."""
    if name not in specs():
        raise UsageError(
            Problem(
                f"There is no series '{name}'", code="unknown-series", hint=did_you_mean(name, list(specs()))
            )
        )
    return specs()[name]


def find_files(data: Sequence[str | Path]) -> dict[Path, tuple[str, ...]]:
    """The tables among files and folders, with the layouts that fit each. A file that is named must be one;
    in a folder, others are passed over. Raises NoInput and BadData."""
    found: dict[Path, tuple[str, ...]] = {}
    for entry in data:
        path = Path(entry)
        if not path.exists():
            raise NoInput(Problem("There is no such file or folder", file=str(entry), code="no-input"))
        if path.is_file():
            found[path] = _layouts_of(path)
            continue
        for inside in sorted(path.rglob("*")):
            if inside.is_file() and not inside.is_symlink() and inside.suffix.lower() in _TABLES:
                try:
                    found[inside] = _layouts_of(inside)
                except SafethirdError:
                    continue  # a folder may hold anything; what is missing is said later
    if not found:
        raise NoInput(
            Problem(
                "There is no published table here that we know",
                file=str(data[0]),
                code="no-input",
                hint="See 'safethird data layouts'.",
            )
        )
    return found


def _layouts_of(path: Path) -> tuple[str, ...]:
    return tuple(group[0].layout.id for group in recognise(open_source(path), layouts(), None))


def series_in(files: Mapping[Path, tuple[str, ...]]) -> list[Spec]:
    """The named series that some of the files can serve, in the order of `series.yaml`."""
    held = {layout for ids in files.values() for layout in ids}
    return [spec for spec in specs().values() if held & set(spec.layouts)]


def load_table(spec: Spec, files: Mapping[Path, tuple[str, ...]]) -> Table:
    """The rows of all files that can serve a series, each person counted once. Raises BadData for files that
    conflict, NoInput when none serves."""
    fitting = [(path, layout) for path, ids in files.items() for layout in ids if layout in spec.layouts]
    if not fitting:
        wanted = {one.id: f"{one.id} ({one.url})" for one in layouts()}
        raise NoInput(
            Problem(
                f"No file here holds the series '{spec.id}'",
                code="no-series",
                expected="one of: " + "; ".join(wanted[name] for name in spec.layouts if name in wanted),
            )
        )
    tables = [read_table(path, layout=layout) for path, layout in fitting]
    return combine(tables, prefer=spec.layouts).table


def load_series(spec: Spec, files: Mapping[Path, tuple[str, ...]]) -> Series:
    """The series out of the files. Raises BadData when a month is missing, withheld, or nothing is left."""
    table = load_table(spec, files)
    frame = only(table.sum_by(*spec.where, measure=spec.measures, months=spec.months), spec.where)
    frame = (
        frame.group_by("month")
        .agg(
            pl.col("count_low").sum(),
            pl.when(pl.col("count_high").is_null().any())
            .then(None)
            .otherwise(pl.col("count_high").sum())
            .alias("count_high"),
        )
        .sort("month")
    )
    if frame.is_empty():
        said = ", ".join(f"{column} = {' or '.join(values)}" for column, values in spec.where.items())
        raise BadData(
            Problem(f"No row of the files is of the series '{spec.id}'", code="no-rows", expected=said)
        )
    frame, filled = _fill_absent(table, frame)
    months = frame["month"].to_list()
    _refuse_gaps(spec, months)
    if frame["count_high"].null_count():
        month = frame.filter(pl.col("count_high").is_null())["month"][0]
        raise BadData(
            Problem(
                f"The publisher withholds the number for {month:%Y-%m}",
                code="withheld",
                hint="A series with withheld months cannot be forecast.",
            )
        )
    low = frame["count_low"].to_numpy().astype(float)
    high = frame["count_high"].to_numpy().astype(float)
    notes = [f"no row, so nobody, for {', '.join(filled)}"] if filled else []
    if spec.months == 12:
        low, high = np.repeat(low / 12, 12), np.repeat(high / 12, 12)
        notes.append("yearly numbers, spread evenly over the months")
    return Series(spec, months[0], (low + high) / 2, low, high, table.files, tuple(notes))


def _fill_absent(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Months that the files hold, but without a row of the series: nobody, or few, where the publisher says
    that an absent row means that. Elsewhere they stay a gap."""
    bounds = [file.absent_high for file in table.files]
    if any(bound is None for bound in bounds) or table.frame["months"].max() != 1:
        return frame, []
    first, last = frame["month"].min(), frame["month"].max()
    have = set(frame["month"].to_list())
    months = [month for month in table.months_covered() if first <= month <= last and month not in have]  # type: ignore[operator]
    if not months:
        return frame, []
    most = max(bound or 0 for bound in bounds)
    more = pl.DataFrame(
        {"month": months, "count_low": [0] * len(months), "count_high": [most] * len(months)},
        schema=frame.schema,
    )
    return pl.concat([frame, more]).sort("month"), [f"{month:%Y-%m}" for month in months]


def _refuse_gaps(spec: Spec, months: Sequence[date]) -> None:
    step = spec.months
    missing = [
        add_months(before, step) for before, after in pairwise(months) if add_months(before, step) != after
    ]
    if missing:
        named = ", ".join(f"{month:%Y-%m}" for month in missing[:5])
        raise BadData(
            Problem(
                f"The series '{spec.id}' has gaps; months are missing from {named}",
                code="gap",
                expected="every month between the first and the last",
                hint="Add the file that holds them. A gap is not filled by a guess.",
            )
        )
