"""US Border Patrol monthly encounters by sector, fiscal years 2000 to 2020: one column for each sector.

The publisher prints the sums too: a column for each border and one for the month. They are kept as cuts of
their own and must agree with the sectors.
"""

from __future__ import annotations

import polars as pl

from safethird.tables.cells import EXACT, month
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import cbp
from safethird.tables.reading import Reading, finish

COASTAL = "Coastal Border"
_SECTORS = {name.lower().replace(" ", "_"): name for name in cbp.SECTORS}
_COAST = ("livermore", "miami", "new_orleans", "ramey")
_NORTH = ("blaine", "buffalo", "detroit", "grand_forks", "havre", "houlton", "spokane", "swanton")
_BORDERS = {"coastal_border": COASTAL, "northern_border": cbp.NORTHERN, "southwest_border": cbp.SOUTHWEST}


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """All sectors, the three borders and the month's total."""
    frame = sheet.frame
    if "month_start" in frame.columns:
        frame = reading.periods(sheet, frame, "month_start", month)
    else:
        frame = _from_calendar(sheet, reading, frame)
    columns = [*_SECTORS, *_BORDERS, "monthly_total"]
    long = frame.unpivot(
        columns, index=["line", "month", "months"], variable_name="_column", value_name="_count"
    )
    long = reading.counts(sheet, long, "_count", EXACT)
    regions = {
        **{
            name: COASTAL if name in _COAST else cbp.NORTHERN if name in _NORTH else cbp.SOUTHWEST
            for name in _SECTORS
        },
        **_BORDERS,
    }
    long = long.with_columns(
        pl.col("_column").replace_strict(_SECTORS, default=None, return_dtype=pl.String).alias("sector"),
        pl.col("_column").replace_strict(regions, default=None, return_dtype=pl.String).alias("region"),
        pl.lit("encounters").cast(SCHEMA["measure"]).alias("measure"),
        destination=pl.lit("US"),
    )
    long = long.with_columns(cbp.between_ports())
    reading.note("fiscal year 2020 includes expulsions under Title 42")
    return finish(reading, long, cbp.ENTRY_WITH_REGION)


def _from_calendar(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    """Months from the calendar year and the number of the month, where the file has no date."""
    text = frame.select(
        pl.format("{}-{}", pl.col("cy"), pl.col("month").str.pad_start(2, "0")).alias("_period")
    ).get_column("_period")
    return reading.periods(sheet, frame.with_columns(text).drop("month"), "_period", month)


LAYOUT = Layout(
    id="usbp-monthly-sector",
    title="Border Patrol monthly encounters by sector, FY2000-2020",
    publisher="US Border Patrol",
    url="https://www.cbp.gov/document/stats/us-border-patrol-monthly-encounters-fy-2000-fy-2020",
    universe="us-border-encounters",
    required=frozenset({"month", *_SECTORS, *_BORDERS, "monthly_total", "fy", "cy"}),
    optional=frozenset({"month_start"}),
    read=read,
)

LAYOUTS = (LAYOUT,)
