"""CBP nationwide encounters: the CSV by area of responsibility and the CSV by state.

Counts are events. The fiscal year starts on 1 October. The group `FYTD` / `Remaining` only serves
year-to-date comparisons: both halves are the data. Cells that are not in the file are zero.
"""

from __future__ import annotations

import polars as pl

from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import cbp
from safethird.tables.reading import Reading, detail, finish

URL = "https://www.cbp.gov/document/stats/nationwide-encounters"
_COMMON = frozenset({
    "fiscal_year", "month_abbv", "land_border_region", "demographic", "citizenship", "title_of_authority",
    "encounter_count",
})  # fmt: skip


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Both forms. The form by state has no component, and in most vintages no kind of encounter."""
    frame = reading.fiscal_months(sheet, sheet.frame, "fiscal_year", "month_abbv")
    frame = cbp.counts(reading, sheet, frame, "encounter_count")
    frame = cbp.without_months_to_come(reading, frame)
    frame = reading.places(sheet, frame, "citizenship", "origin")
    frame = reading.words(sheet, frame, "demographic", "demographic", cbp.DEMOGRAPHIC)
    frame = reading.words(sheet, frame, "title_of_authority", "authority", cbp.AUTHORITY)
    frame = frame.with_columns(region=pl.col("land_border_region"), destination=pl.lit("US"))
    if "encounter_type" in frame.columns:
        frame = reading.words(sheet, frame, "encounter_type", "measure", cbp.MEASURE)
    else:
        frame = frame.with_columns(pl.lit("encounters").cast(SCHEMA["measure"]).alias("measure"))
    if "area_of_responsibility" in frame.columns:
        frame = reading.words(sheet, frame, "component", "component", cbp.COMPONENT)
        frame = frame.with_columns(
            cbp.sector_name("area_of_responsibility"),
            cbp.way_of_entry("component"),
            detail(component=pl.col("component")),
        )
        return finish(reading, frame, cbp.ENTRY_WITH_REGION)
    return finish(reading, frame.with_columns(sector=pl.when(pl.col("state") != "").then(pl.col("state"))))


AOR = Layout(
    id="cbp-nationwide-aor",
    title="nationwide encounters by area of responsibility",
    publisher="US Customs and Border Protection",
    url=URL,
    universe="us-border-encounters",
    required=_COMMON | {"component", "area_of_responsibility", "encounter_type"},
    optional=frozenset({"month_grouping", "aor_abbv"}),
    read=read,
    by_fiscal_year=True,
)

STATE = Layout(
    id="cbp-nationwide-state",
    title="nationwide encounters by state",
    publisher="US Customs and Border Protection",
    url=URL,
    universe="us-border-encounters",
    required=_COMMON | {"state"},
    optional=frozenset({"month_grouping", "encounter_type"}),
    forbidden=frozenset({"area_of_responsibility"}),
    read=read,
    by_fiscal_year=True,
)

LAYOUTS = (AOR, STATE)
