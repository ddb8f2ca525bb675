"""DHS credible-fear screenings by nationality and fiscal year (the fifteen largest), long copy.

`D` means withheld so that nobody is recognised; there is no upper bound.
"""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.cells import Count, Counting
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.reading import Reading, finish

COUNTING = Counting({"D": Count(0, None, "withheld"), "-": Count(0, 0), "X": None, "": None})

_MEASURE = MappingProxyType({
    "completed": "screenings", "credible_fear_found": "screenings_passed",
    "credible_fear_not_found": "screenings_failed", "closed": "screenings_closed",
})  # fmt: skip


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """All results; `TOTAL` is the publisher's sum over nationalities."""
    frame = sheet.frame.with_columns(_october=pl.lit("October"))
    frame = reading.fiscal_months(sheet, frame, "fiscal_year", "_october")
    frame = reading.counts(sheet, frame, "cases", COUNTING)
    frame = reading.places(sheet, frame, "nationality", "origin")
    frame = reading.words(sheet, frame, "measure", "measure", _MEASURE)
    return finish(reading, frame.with_columns(
        pl.lit(12, dtype=SCHEMA["months"]).alias("months"), destination=pl.lit("US")
    ))  # fmt: skip


LAYOUT = Layout(
    id="dhs-credible-fear",
    title="credible-fear screenings, fifteen largest nationalities",
    publisher="US Office of Homeland Security Statistics",
    url="https://www.dhs.gov/immigration-statistics/readingroom/RFA/credible-fear-cases-interview",
    universe="us-credible-fear",
    required=frozenset({"nationality", "fiscal_year", "measure", "cases"}),
    read=read,
    absent_high=None,
)

LAYOUTS = (LAYOUT,)
