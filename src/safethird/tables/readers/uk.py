"""What the readers of the UK Home Office share: quarters, marks, sex and age."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.cells import CellError, Count, Counting, Period, period, quarter_of_day, shown, year
from safethird.tables.layouts import Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.reading import Reading

PUBLISHER = "UK Home Office"
URL = "https://www.gov.uk/government/statistical-data-sets/immigration-system-statistics-data-tables"

# Marks of UK official statistics: [c] confidential, [x] not available, [z] does not apply, [low] rounds to
# zero.
COUNTING = Counting({
    "": None, "[x]": None, "x": None, "[z]": None, "z": None, ":": None, "-": Count(0, 0), "[c]": Count(0,
    None, "withheld"),
    "c": Count(0, None, "withheld"), "*": Count(0, None, "withheld"),
})  # fmt: skip

CHILD = "unaccompanied_child"


def quarters(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    """Periods from `Date` (last day of the quarter), else from `Quarter` (`2023 Q3`), else from the year
    alone."""
    if "date" in frame.columns:
        return reading.periods(sheet, frame, "date", quarter_of_day)
    if "quarter" in frame.columns:
        frame = frame.with_columns(
            pl.when(pl.col("quarter").str.contains(r"(19|20)\d\d")).then(pl.col("quarter"))
            .otherwise(pl.format("{} Q{}", "year", pl.col("quarter").str.replace("^Q", ""))).alias("_quarter")
        )  # fmt: skip
        return reading.periods(sheet, frame, "_quarter", _quarter)
    return reading.periods(sheet, frame, "year", lambda text: period(str(year(text))))


def _quarter(text: str) -> Period:
    found = period(text)
    if found.months != 3:
        raise CellError(f"{shown(text)} is not a quarter", "a quarter such as 2023 Q3")
    return found


def unless_total(column: str) -> pl.Expr:
    """The value, or nothing where the file says that the row is a total (`Total (pre-2009)`)."""
    value = pl.col(column)
    return pl.when(~value.str.starts_with("Total") & (value != "All")).then(value)


def with_children(frame: pl.DataFrame) -> pl.DataFrame:
    """The demographic from the column `UASC` (unaccompanied asylum-seeking child)."""
    return frame.with_columns(
        pl.when(pl.col("uasc") == "UASC").then(pl.lit(CHILD)).cast(SCHEMA["demographic"]).alias("demographic")
    )


CHILDREN_TOLD = MappingProxyType({"demographic": pl.col("detail").str.contains("uasc=")})
"""The demographic belongs to the view wherever the file says who is an unaccompanied child and who is not."""
