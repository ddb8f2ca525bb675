"""A file held against totals that were published elsewhere.

The figures stand in `published.yaml`, each with its source and with how far a file may be from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import polars as pl

from safethird.errors import BadData
from safethird.tables.model import Table, add_months


@dataclass(frozen=True, slots=True)
class Published:
    """One published total."""

    id: str
    what: str
    layouts: tuple[str, ...]
    """Layouts whose files hold all that the total counts."""
    measures: tuple[str, ...]
    first: date
    months: int
    """Length of the period; 0 for a number at the end of the month `first`."""
    where: tuple[tuple[str, str], ...]
    """Columns and values that the total is restricted to."""
    value: int
    tolerance: float
    """Share of the value by which a file may differ."""
    url: str
    """Page of the publisher."""
    read_at: str | None
    """The page on which the figure was read; None when it is recalled."""
    known: tuple[tuple[str, str], ...] = ()
    """Layouts that are known to differ, with the reason."""

    @property
    def mark(self) -> str:
        """`verified` when a page that states the figure was read, else `recalled`."""
        return "verified" if self.read_at else "recalled"


@dataclass(frozen=True, slots=True)
class PublishedCheck:
    """A published total and what a file says."""

    published: Published
    layout: str
    low: int
    high: int | None
    agrees: bool
    reason: str | None = None
    """Why the file is known to differ, when it is."""


@lru_cache(maxsize=1)
def published_totals() -> tuple[Published, ...]:
    """All published totals, by id and period."""
    import yaml

    text = files("safethird.tables").joinpath("published.yaml").read_text(encoding="utf-8")
    found = [total for entry in yaml.safe_load(text) for total in _totals(entry)]
    return tuple(sorted(found, key=lambda total: (total.id, total.first)))


def _totals(entry: dict[str, object]) -> list[Published]:
    match entry:
        case {
            "id": str(name), "what": str(what), "layouts": list(layouts), "measures": list(measures),
            "year": ("fiscal" | "calendar" | "month" | "end") as kind, "where": dict(where), "url": str(url),
            "tolerance": int() | float() as tolerance, "figures": dict(figures),
        }:  # fmt: skip
            known = entry.get("known", [])
            read_at = entry.get("read_at")
            return [
                Published(
                    f"{name}-{'fy' if kind == 'fiscal' else ''}{period}", f"{what}, {_NAMES[kind]}{period}",
                    tuple(layouts), tuple(measures), _first(kind, str(period)), _MONTHS[kind],
                    tuple(where.items()), value, float(tolerance), url, str(read_at) if read_at else None,
                    tuple((one["layout"], one["reason"]) for one in _dicts(known) if period in one["years"]),
                )
                for period, value in figures.items()
            ]  # fmt: skip
    raise BadData("published.yaml has an entry that is not complete")


_NAMES = {"fiscal": "fiscal year ", "calendar": "", "month": "", "end": "end of "}
_MONTHS = {"fiscal": 12, "calendar": 12, "month": 1, "end": 0}


def _first(kind: str, period: str) -> date:
    year, _, month = period.partition("-")
    number = {"fiscal": 10, "calendar": 1, "end": 12}.get(kind) or int(month)
    return date(int(year) - 1 if kind == "fiscal" else int(year), number, 1)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def check_published(table: Table) -> tuple[PublishedCheck, ...]:
    """Compare each layout of the table with the published totals whose period it covers whole."""
    return tuple(
        check
        for file in {file.layout: file for file in table.files}.values()
        for total in published_totals()
        if file.layout in total.layouts
        if (check := _check(Table(table.frame.filter(pl.col("layout") == file.layout), (file,)), total))
    )


def _check(table: Table, total: Published) -> PublishedCheck | None:
    last = add_months(total.first, max(total.months, 1) - 1)
    inside = (pl.col("month") >= total.first) & (pl.col("month") <= last)
    frame = table.frame.filter(inside & pl.col("measure").cast(pl.String).is_in(list(total.measures)))
    if (total.months == 0) != (frame.get_column("months").unique().to_list() == [0]):
        return None
    try:
        sums = Table(frame, table.files).sum_by(*(name for name, _ in total.where))
    except BadData:
        # The file is not broken down by what the total is restricted to.
        return None
    for name, value in total.where:
        sums = sums.filter(pl.col(name).cast(pl.String) == value)
    if not _covers(sums, total):
        return None
    low = int(sums.get_column("count_low").sum())
    highs = sums.get_column("count_high")
    high = None if highs.null_count() else int(highs.sum())
    slack = total.value * total.tolerance
    agrees = low <= total.value + slack and (high is None or high >= total.value - slack)
    layout = table.files[0].layout
    return PublishedCheck(total, layout, low, high, agrees, None if agrees else dict(total.known).get(layout))


def _covers(sums: pl.DataFrame, total: Published) -> bool:
    """Whether the periods of the sums fill the published period exactly."""
    periods = sums.select("month", "months").unique()
    covered = {
        add_months(month, step) for month, months in periods.iter_rows() for step in range(max(months, 1))
    }
    wanted = {add_months(total.first, step) for step in range(max(total.months, 1))}
    return covered == wanted and int(periods.get_column("months").sum()) == total.months
