"""Frontex monthly detections of illegal border-crossing: the workbook (one column a month) and IOM's long
copy.

Counts are detections, not persons: one person who tries twice counts twice. The heads of the first columns
changed over time (`BorderLocation`, `Border type or inland`; `NationalityLong`, `Nationality`).
"""

from __future__ import annotations

import re
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem
from safethird.tables.cells import EXACT, CellError, month
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.names import by_code, by_name
from safethird.tables.reading import Reading, finish

URL = "https://www.frontex.europa.eu/what-we-do/monitoring-and-risk-analysis/migratory-map/"
BORDER = "External border of the EU and Schengen area"

_ENTRY = MappingProxyType({
    "Land": "land_between_ports", "Sea": "sea", "Air": "air", "Inland": "inland", "Not specified": None,
    "": None,
})  # fmt: skip
_MONTH = re.compile(r"[a-z]{3}_?(19|20)\d\d")


def read_workbook(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The publisher's wide table."""
    frame = sheet.frame
    named = ("line", "route", "border", "nationality")
    months = [name for name in frame.columns if _MONTH.fullmatch(name)]
    others = [name for name in frame.columns if name not in named and name not in months]
    if others:
        reading.note(
            "columns that are not used: " + ", ".join(sheet.header[name] or "(no name)" for name in others)
        )
    if not months:
        raise BadData(
            Problem("There is no column for a month", file=reading.file, expected="heads such as JAN2009")
        )
    _in_order(months, reading)
    long = frame.filter(pl.col("route") != "").unpivot(
        months, index=list(named), variable_name="_month", value_name="detections"
    )
    reported = long.filter(~pl.col("detections").is_in(["", "0"]))
    reading.note(f"{long.height - reported.height:,} empty or zero cells are left out")
    reported = reported.with_columns(pl.col("_month").str.replace("_", ""))
    frame = reading.periods(sheet, reported, "_month", month)
    frame = reading.places(sheet, frame, "nationality", "origin", by_name)
    return _finish(sheet, reading, reading.words(sheet, frame, "border", "entry", _ENTRY))


def read_long(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The long copy with ISO alpha-3 codes."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.places(sheet, frame, "nationality_iso3", "origin", by_code)
    return _finish(sheet, reading, reading.words(sheet, frame, "type", "entry", _ENTRY))


def _finish(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    frame = reading.counts(sheet, frame, "detections", EXACT).with_columns(
        pl.lit("detections").cast(SCHEMA["measure"]).alias("measure"),
        region=pl.col("route"), destination_label=pl.lit(BORDER),
    )  # fmt: skip
    return finish(reading, frame, MappingProxyType({"entry": pl.lit(value=True)}))


def _in_order(months: list[str], reading: Reading) -> None:
    """Columns of a wide table must be months without a gap; a moved column would give numbers to a wrong
    month."""
    try:
        dates = [month(name.replace("_", "")) for name in months]
    except CellError as error:
        raise BadData(Problem(error.what, file=reading.file, expected=error.expected)) from None
    numbers = [date.year * 12 + date.month for date in dates]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise BadData(Problem("The columns are not months in order without a gap", file=reading.file))


WORKBOOK = Layout(
    id="frontex-detections",
    title="monthly detections of illegal border-crossing",
    publisher="Frontex",
    url=URL,
    universe="eu-detections",
    required=frozenset({"route", "border", "nationality"}),
    renames={
        "borderlocation": "border", "border_location": "border", "border_type_or_inland": "border",
        "border_type": "border", "nationalitylong": "nationality", "nationality_long": "nationality",
    },
    open_ended=True,
    read=read_workbook,
)  # fmt: skip

LONG = Layout(
    id="frontex-detections-long",
    title="monthly detections of illegal border-crossing, tidied by IOM",
    publisher="Frontex",
    url=URL,
    universe="eu-detections",
    required=frozenset({"route", "type", "nationality_iso3", "month", "detections"}),
    read=read_long,
)

LAYOUTS = (WORKBOOK, LONG)
