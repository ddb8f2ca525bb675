"""Tables retyped from Canadian government pages: police interceptions, claims by way of entry, yearly
intake."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.cells import EXACT, month, period
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.reading import Reading, finish

PUBLISHER = "Government of Canada"

_MODE = MappingProxyType({
    "Airport": "air", "Inland": "inland", "Irregular": "land_between_ports", "Marine": "sea",
    "Land border (port of entry)": "land_port", "Land border": "land_port", "Total": None,
})  # fmt: skip


def read_interceptions(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """People intercepted between ports, by province; `Total` is the page's own sum."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "rcmp_interceptions", EXACT)
    if "source_kind" in frame.columns:
        for kind, rows in frame.group_by("source_kind").len().sort("source_kind").iter_rows():
            if kind != "official page":
                reading.note(f"{rows} rows come from another source than the official page: {kind}")
    return finish(reading, frame.with_columns(
        pl.lit("interceptions").cast(SCHEMA["measure"]).alias("measure"),
        pl.lit("land_between_ports").cast(SCHEMA["entry"]).alias("entry"),
        pl.when(pl.col("province") != "Total").then(pl.col("province")).alias("region"),
        destination=pl.lit("CA"),
    ))  # fmt: skip


def read_modes(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Claims by year and way of entry."""
    frame = reading.periods(sheet, sheet.frame, "year", period)
    frame = reading.counts(sheet, frame, "asylum_claims", EXACT)
    frame = reading.words(sheet, frame, "mode_of_entry", "entry", _MODE)
    return finish(reading, frame.with_columns(
        pl.lit("claims").cast(SCHEMA["measure"]).alias("measure"), destination=pl.lit("CA")
    ))  # fmt: skip


def read_intake(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Claims by year."""
    frame = reading.periods(sheet, sheet.frame, "year", period)
    return finish(reading, reading.counts(sheet, frame, "asylum_intake", EXACT).with_columns(
        pl.lit("claims").cast(SCHEMA["measure"]).alias("measure"), destination=pl.lit("CA")
    ))  # fmt: skip


INTERCEPTIONS = Layout(
    id="canada-interceptions",
    title="RCMP interceptions by month and province",
    publisher=PUBLISHER,
    url="https://www.canada.ca/en/immigration-refugees-citizenship/services/refugees/asylum-claims.html",
    universe="ca-interceptions",
    required=frozenset({"month", "province", "rcmp_interceptions"}),
    optional=frozenset({"source_kind", "source_url"}),
    read=read_interceptions,
    absent_high=None,
)

MODES = Layout(
    id="canada-claims-by-entry",
    title="asylum claims by year and way of entry",
    publisher=PUBLISHER,
    url="https://www.canada.ca/en/immigration-refugees-citizenship/corporate/transparency/transition-binders.html",
    universe="ca-asylum-claims-annual",
    required=frozenset({"year", "mode_of_entry", "asylum_claims"}),
    optional=frozenset({"source_url"}),
    read=read_modes,
)

INTAKE = Layout(
    id="canada-intake",
    title="asylum intake by year",
    publisher=PUBLISHER,
    url="https://www.canada.ca/en/immigration-refugees-citizenship/corporate/transparency/committees.html",
    universe="ca-asylum-claims-annual",
    required=frozenset({"year", "asylum_intake"}),
    optional=frozenset({"source_url"}),
    read=read_intake,
)

LAYOUTS = (INTERCEPTIONS, MODES, INTAKE)
