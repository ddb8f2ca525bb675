"""CBP south-west land border encounters: the publisher's CSV in all vintages, and IOM's tidied copy.

The publisher groups citizenships in this file (El Salvador, Guatemala, Honduras, Mexico, Other). IOM's copy
names 21 citizenships from fiscal year 2020 on and none before.
"""

from __future__ import annotations

import polars as pl

from safethird.tables.cells import EXACT, month
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.names import ALL, Place, by_code
from safethird.tables.readers import cbp
from safethird.tables.reading import Reading, detail, finish

URL = "https://www.cbp.gov/document/stats/southwest-land-border-encounters"


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The publisher's own file."""
    frame = reading.fiscal_months(sheet, sheet.frame, "fiscal_year", "month_abbv")
    frame = cbp.counts(reading, sheet, frame, "encounter_count")
    frame = cbp.without_months_to_come(reading, frame)
    frame = reading.places(sheet, frame, "citizenship_grouping", "origin")
    return _finish(sheet, reading, frame)


def read_iom(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The tidied copy: calendar months, ISO codes, sectors from fiscal year 2020 on."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "encounters", EXACT)
    frame = reading.places(sheet, frame, "citizenship_iso3", "origin", _code_or_all)
    return _finish(sheet, reading, frame)


def _code_or_all(text: str) -> Place:
    return by_code(text) if text else ALL


def _finish(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    frame = reading.words(sheet, frame, "demographic", "demographic", cbp.DEMOGRAPHIC)
    frame = reading.words(sheet, frame, "encounter_type", "measure", cbp.MEASURE)
    frame = reading.words(sheet, frame, "title_of_authority", "authority", cbp.AUTHORITY)
    frame = reading.words(sheet, frame, "component", "component", cbp.COMPONENT)
    frame = frame.with_columns(region=pl.lit(cbp.SOUTHWEST), destination=pl.lit("US"))
    if "area_of_responsibility" in frame.columns:
        frame = frame.with_columns(cbp.sector_name("area_of_responsibility"))
    frame = frame.with_columns(cbp.way_of_entry("component"), detail(component=pl.col("component")))
    return finish(reading, frame)


OFFICIAL = Layout(
    id="cbp-southwest",
    title="south-west land border encounters",
    publisher="US Customs and Border Protection",
    url=URL,
    universe="us-border-encounters",
    required=frozenset({
        "fiscal_year", "month_abbv", "component", "demographic", "citizenship_grouping", "title_of_authority",
        "encounter_type", "encounter_count",
    }),
    optional=frozenset({"month_grouping", "area_of_responsibility", "aor_abbv"}),
    renames={"citizenship": "citizenship_grouping"},
    forbidden=frozenset({"land_border_region"}),
    read=read,
    by_fiscal_year=True,
)  # fmt: skip

IOM = Layout(
    id="cbp-southwest-iom",
    title="south-west land border encounters, tidied by IOM",
    publisher="US Customs and Border Protection",
    url=URL,
    universe="us-border-encounters",
    required=frozenset({
        "fiscal_year", "month", "component", "area_of_responsibility", "title_of_authority", "encounter_type",
        "demographic", "citizenship_iso3", "encounters",
    }),
    read=read_iom,
    by_fiscal_year=True,
)  # fmt: skip

LAYOUTS = (OFFICIAL, IOM)
