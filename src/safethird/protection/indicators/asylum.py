"""Claims, decisions, recognition and backlog of a country by year, from the files of UNHCR and Eurostat.

First instance only: appeals and reviews are stages of the same claims. UNHCR prints 1 to 4 as 5, so sums
of small numbers have an upper and a lower end. The age of pending claims is not published in these files,
and is not made up.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from safethird.protection.indicators.figures import DataFile, Figure
from safethird.tables.layouts import Layout
from safethird.tables.model import FileRead, Table, detail_value
from safethird.tables.read import layouts

LAYOUTS = frozenset(
    {
        "unhcr-asylum-applications",
        "unhcr-asylum-decisions",
        "unhcr-population",
        "eurostat-asylum-annual",
        "eurostat-dubto",
        "eurostat-dubto-copy",
    }
)
"""Layouts of the table readers that figures are made from."""

FIRST_INSTANCE = ("FI", "FA", "IN", "EO", "TA")
"""UNHCR's levels of first decision: FI; FA, where first instance and appeal are published together; IN and
EO, the two separate streams of the United States; TA, temporary asylum."""

_LICENCES = {"UNHCR": "CC BY 4.0", "Eurostat": "reuse with source (Decision 2011/833/EU)"}
_OUTCOMES = ("decisions_recognised", "decisions_other_protection", "decisions_refused")


def known_layout(header: tuple[str, ...], file_name: str) -> Layout | None:
    """The layout, among those that figures are made from, whose columns a header has. Where several tables
    share one header, words of the file's name must say which it is."""
    for layout in layouts():
        named = {layout.renames.get(column, column) for column in header}
        if layout.id not in LAYOUTS or not layout.required <= named or layout.forbidden & named:
            continue
        if not layout.name_words or any(
            all(word in file_name.lower() for word in words) for words in layout.name_words
        ):
            return layout
    return None


def figures_of(table: Table) -> list[Figure]:
    """All figures that a table of UNHCR or Eurostat gives, by country and year."""
    found: list[Figure] = []
    for read in table.files:
        frame = table.frame.filter((pl.col("layout") == read.layout) & pl.col("destination").is_not_null())
        frame = frame.with_columns(pl.col("month").dt.year().alias("year"))
        found.extend(_BY_LAYOUT[read.layout](frame, _file(read)))
    return found


def _file(read: FileRead) -> DataFile:
    return DataFile(
        read.file,
        read.title,
        read.publisher,
        _LICENCES.get(read.publisher, "see the publisher"),
        next(layout.url for layout in layouts() if layout.id == read.layout),
        read.digest,
        read.rows,
    )


def _totals(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums by country and year. A sum of cells of which one has no upper end has none."""
    return frame.group_by("destination", "year").agg(
        pl.col("count_low").sum().alias("low"),
        pl.when(pl.col("count_high").is_null().any())
        .then(None)
        .otherwise(pl.col("count_high").sum())
        .alias("high"),
    )


def _rows(frame: pl.DataFrame, name: str, file: DataFile) -> Iterable[Figure]:
    for country, year, low, high in frame.select("destination", "year", "low", "high").iter_rows():
        yield Figure(country, name, year, float(low), file, None if high == low else high)


def _first_instance(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(detail_value("level").is_in(list(FIRST_INSTANCE)))


def _applications(frame: pl.DataFrame, file: DataFile) -> list[Figure]:
    new = _first_instance(frame.filter(pl.col("measure") == "claims_first"))
    return list(_rows(_totals(new), "claims", file))


def _decisions(frame: pl.DataFrame, file: DataFile) -> list[Figure]:
    first = _first_instance(frame)
    found = list(_rows(_totals(first.filter(pl.col("measure") == "decisions")), "decisions", file))
    named = first.filter(pl.col("measure").cast(pl.String).is_in(list(_OUTCOMES)))
    by_outcome = named.group_by("destination", "year").agg(
        *(pl.col("count_low").filter(pl.col("measure") == name).sum().alias(name) for name in _OUTCOMES)
    )
    rates = by_outcome.with_columns(pl.sum_horizontal(_OUTCOMES).alias("all")).filter(pl.col("all") > 0)
    for country, year, recognised, other, _, all_ in rates.iter_rows():
        found.append(Figure(country, "recognition_rate", year, 100 * recognised / all_, file))
        found.append(Figure(country, "protection_rate", year, 100 * (recognised + other) / all_, file))
    return found


def _population(frame: pl.DataFrame, file: DataFile) -> list[Figure]:
    found: list[Figure] = []
    for measure, name in (
        ("asylum_seekers", "pending"),
        ("refugees", "refugees"),
        ("returned_refugees", "returned"),
    ):
        rows = frame.filter(pl.col("measure") == measure)
        if measure == "returned_refugees":
            # The returning are counted by the country that they leave.
            rows = rows.with_columns(pl.col("sender").alias("destination")).filter(
                pl.col("destination").is_not_null()
            )
        found.extend(_rows(_totals(rows), name, file))
    return found


def _eurostat(frame: pl.DataFrame, file: DataFile) -> list[Figure]:
    rows = frame.filter((pl.col("measure") == "claims") & pl.col("origin").is_not_null())
    return list(_rows(_totals(rows), "claims_eurostat", file))


def _dublin(frame: pl.DataFrame, file: DataFile) -> list[Figure]:
    # Only rows between two states: totals and unions are printed beside them.
    rows = frame.filter(pl.col("sender").is_not_null() & (pl.col("sender") != pl.col("destination")))
    # Nobody reported: Eurostat prints 0 for it.
    return list(_rows(_totals(rows).filter(pl.col("high") > 0), "dublin_transfers", file))


_BY_LAYOUT = {
    "unhcr-asylum-applications": _applications,
    "unhcr-asylum-decisions": _decisions,
    "unhcr-population": _population,
    "eurostat-asylum-annual": _eurostat,
    "eurostat-dubto": _dublin,
    "eurostat-dubto-copy": _dublin,
}
