"""OHSS Key Homeland Security Metrics, Border Patrol encounters: the workbook, or one of its sheets as CSV.

Each sheet is one cut of the same encounters: by region, citizenship, sector or family status. Numbers are
rounded to 10. A row that is absent stands for fewer than five.
"""

from __future__ import annotations

import polars as pl

from safethird.tables.cells import Counting
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import cbp
from safethird.tables.reading import Reading, finish

ROUNDED = Counting({}, rounded_to=10)


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """One sheet; its columns say which cut it is."""
    frame = sheet.frame
    if "month" in frame.columns:
        frame = reading.fiscal_months(sheet, frame, "fiscal_year", "month")
    else:
        frame = reading.fiscal_months(
            sheet, frame.with_columns(_october=pl.lit("October")), "fiscal_year", "_october"
        )
        frame = frame.with_columns(months=pl.lit(12, dtype=SCHEMA["months"]))
    frame = reading.counts(sheet, frame, "quantity", ROUNDED)
    if "citizenship" in frame.columns:
        frame = reading.places(sheet, frame, "citizenship", "origin")
    if "family_status" in frame.columns:
        frame = reading.words(sheet, frame, "family_status", "demographic", cbp.DEMOGRAPHIC)
        _note_when_counted(reading, frame)
    if "sector" in frame.columns:
        frame = frame.with_columns(cbp.sector_name("sector"))
    if "region" in frame.columns:
        frame = frame.with_columns(cbp.between_ports())
    frame = frame.with_columns(
        pl.lit("encounters").cast(SCHEMA["measure"]).alias("measure"), destination=pl.lit("US")
    )
    return finish(reading, frame, cbp.ENTRY_WITH_REGION if "region" in frame.columns else {})


def _note_when_counted(reading: Reading, frame: pl.DataFrame) -> None:
    """Families and children were not always told apart; the first year of the file shows it."""
    first = dict(frame.group_by("demographic").agg(pl.col("month").min()).iter_rows())
    start = min(first.values())
    later = sorted((month, name) for name, month in first.items() if month > start)
    if later:
        told = ", ".join(f"{name} from {month:%Y-%m}" for month, name in later)
        reading.note(f"counted apart: {told}; before, these people are within single_adult")


LAYOUT = Layout(
    id="ohss-khsm-usbp",
    title="Border Patrol encounters (Key Homeland Security Metrics)",
    publisher="US Office of Homeland Security Statistics",
    url="https://ohss.dhs.gov/khsm/cbp-encounters",
    universe="us-border-encounters",
    required=frozenset({"fiscal_year", "quantity"}),
    optional=frozenset({"month_start", "month", "region", "citizenship", "family_status", "sector"}),
    renames={
        "border_region": "region", "rgn": "region", "citp": "citizenship",
        "country_of_citizenship": "citizenship",
        "usbp_sector": "sector", "border_patrol_sector": "sector", "fam_status": "family_status",
    },
    read=read,
    absent_high=5,
    every_sheet=True,
)  # fmt: skip

LAYOUTS = (LAYOUT,)
