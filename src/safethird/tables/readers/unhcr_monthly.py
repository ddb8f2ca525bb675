"""UNHCR popstats, monthly asylum applications 1999 to 2017 (withdrawn from the web): with or without a
header.

`*` stands for 1 to 4. The United States are two rows, the courts (EOIR) and the immigration service
(INS/DHS).
"""

from __future__ import annotations

import re

import polars as pl

from safethird.tables.cells import CellError, Count, Counting, month, month_number
from safethird.tables.cells import year as year_number
from safethird.tables.layouts import Header, Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.reading import Reading, detail, finish
from safethird.tables.sources import Grid

COUNTING = Counting({"*": Count(1, 4, "suppressed"), "": None})
_YEAR = re.compile(r"(19|20)\d\d")
_VALUE = re.compile(r"\d+|\*|")
_MOST_WORDS = 5


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The form with a header and ISO months."""
    return _finish(sheet, reading, reading.periods(sheet, sheet.frame, "month", month))


def read_headerless(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The publisher's own export: country of asylum, origin, year, month's name, number."""
    frame = sheet.frame
    frame = reading.translate(
        sheet, frame, "year", lambda text: (str(year_number(text)),), {"_year": pl.String()}
    )
    frame = reading.translate(
        sheet, frame, "month_name", lambda text: (f"{month_number(text):02}",), {"_number": pl.String()}
    )
    frame = frame.with_columns(_period=pl.format("{}-{}", "_year", "_number"))
    return _finish(sheet, reading, reading.periods(sheet, frame, "_period", month))


def _finish(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    frame = reading.counts(sheet, frame, "applications", COUNTING)
    frame = reading.places(sheet, frame, "origin", "origin")
    frame = reading.places(sheet, frame, "country_of_asylum", "destination")
    # Only the United States are two rows; the others get a word too, so that all rows are one cut.
    office = pl.coalesce(pl.col("country_of_asylum").str.extract(r"^USA \((.*)\)$", 1), pl.lit("national"))
    return finish(reading, frame.with_columns(
        detail(office=office), pl.lit("claims").cast(SCHEMA["measure"]).alias("measure"),
        pl.lit("mixed").cast(SCHEMA["unit"]).alias("unit"),
    ))  # fmt: skip


def _no_header(grid: Grid) -> Header | None:
    """Data from the first row on, or after some rows of words: five cells, with a year, a month's name and a
    number."""
    fits = [_is_data(row) for row in grid.head]
    start = next((place for place, fit in enumerate(fits) if fit), None)
    if start is None or not all(fits[start:]) or start > _MOST_WORDS:
        return None
    return Header(start - 1, ("country_of_asylum", "origin", "year", "month_name", "applications"))


def _is_data(row: tuple[str, ...]) -> bool:
    if len(row) != 5 or not _YEAR.fullmatch(row[2].strip()) or not _VALUE.fullmatch(row[4].strip()):
        return False
    try:
        month_number(row[3])
    except CellError:
        return False
    return True


LAYOUT = Layout(
    id="unhcr-monthly",
    title="monthly asylum applications (popstats)",
    publisher="UNHCR",
    url="http://popstats.unhcr.org",
    universe="unhcr-monthly",
    required=frozenset({"country_of_asylum", "origin", "month", "applications"}),
    read=read,
    absent_high=None,
)

HEADERLESS = Layout(
    id="unhcr-monthly-export",
    title="monthly asylum applications (popstats export)",
    publisher="UNHCR",
    url="http://popstats.unhcr.org",
    universe="unhcr-monthly",
    required=frozenset({"country of asylum", "origin", "year", "month", "value"}),
    read=read_headerless,
    find=_no_header,
    absent_high=None,
)

LAYOUTS = (LAYOUT, HEADERLESS)
