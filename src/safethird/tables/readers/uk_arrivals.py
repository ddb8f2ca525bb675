"""UK Home Office: irregular arrivals by quarter (IER_D01, Irr_D01) and the small-boat series by day, month
and year."""

from __future__ import annotations

import calendar
from datetime import date
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem
from safethird.tables.cells import day, month, period
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import uk
from safethird.tables.reading import Reading, detail, finish

BOATS_URL = (
    "https://www.gov.uk/government/publications/migrants-detected-crossing-the-english-channel-in-small-boats"
)

_ENTRY = MappingProxyType({
    "Small boat arrivals": "sea", "Inadequately documented air arrivals": "air",
    "Recorded detections in the UK": "inland", "Recorded detections at UK ports": None,
})  # fmt: skip

_BOATS = MappingProxyType({"migrants_arrived": "arrivals", "boats_arrived": "arrival_boats"})
_EXTRA = frozenset({
    "date_label", "n_day", "migrants_per_boat", "cumulative_migrants_arrived", "cumulative_boats_arrived",
    "migrants_per_boat_round", "notes", "boats_arrived_involved_in_uncontrolled_landings",
})  # fmt: skip


def read_routes(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Detected arrivals by method of entry, nationality, sex and age."""
    frame = uk.quarters(sheet, reading, sheet.frame)
    frame = reading.places(sheet, frame, "nationality", "origin")
    frame = reading.words(sheet, frame, "method_of_entry", "entry", _ENTRY)
    frame = reading.counts(sheet, frame, "number_of_detections", uk.COUNTING).with_columns(
        pl.lit("arrivals").cast(SCHEMA["measure"]).alias("measure"), destination=pl.lit("GB"),
        region=pl.col("method_of_entry"),
    )  # fmt: skip
    frame = frame.with_columns(detail(sex=uk.unless_total("sex"), age=uk.unless_total("age_group")))
    return finish(reading, frame, MappingProxyType({"entry": pl.lit(value=True)}))


def read_daily(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """People and boats by day, added up to months. A last month that is not complete is left out."""
    frame = reading.translate(sheet, sheet.frame, "date", lambda text: (day(text),), {"_day": pl.Date()})
    days = frame.get_column("_day")
    last = days.max()
    if not isinstance(last, date) or days.is_duplicated().any():
        raise BadData(Problem("A day stands in the file more than once", file=reading.file, code="repeated"))
    if last.day < calendar.monthrange(last.year, last.month)[1]:
        reading.note(f"{last:%Y-%m} has {last.day} days only; it is left out")
        frame = frame.filter(pl.col("_day").dt.truncate("1mo") < last.replace(day=1))
    frame = frame.with_columns(
        pl.col("_day").dt.truncate("1mo").alias("month"), pl.lit(1, dtype=SCHEMA["months"]).alias("months")
    )
    reading.revision = reading.revision or last.isoformat()
    return _boats(sheet, reading, frame, by_day=True)


def read_monthly(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """People and boats by month, tidied; the running month may not be complete."""
    reading.note("the last month may not be complete: the file does not say on which day it was drawn")
    return _boats(sheet, reading, reading.periods(sheet, sheet.frame, "date_month", month))


def read_yearly(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """People and boats by year, tidied; the running year is not complete."""
    reading.note("the last year may not be complete: the file does not say on which day it was drawn")
    return _boats(sheet, reading, reading.periods(sheet, sheet.frame, "n_year", period))


def refuse_weekly(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Weeks cannot be put into months."""
    raise BadData(Problem(
        "These are weeks, which do not add up to months", file=reading.file,
        hint="Take the file by day, or by month.", code="weekly",
    ))  # fmt: skip


def _boats(sheet: Sheet, reading: Reading, frame: pl.DataFrame, *, by_day: bool = False) -> pl.DataFrame:
    long = frame.unpivot(
        list(_BOATS), index=["line", "month", "months"], variable_name="_column", value_name="_count"
    ).with_columns(
        pl.col("_column").replace_strict(dict(_BOATS)).cast(SCHEMA["measure"]).alias("measure"),
        # The tidied copies leave a day or month without arrivals empty.
        pl.when(pl.col("_count") == "").then(pl.lit("0")).otherwise(pl.col("_count")).alias("_count"),
    )  # fmt: skip
    long = reading.counts(sheet, long, "_count", uk.COUNTING).with_columns(
        pl.lit("sea").cast(SCHEMA["entry"]).alias("entry"), destination=pl.lit("GB")
    )
    if by_day:
        long = long.group_by("month", "months", "measure", "entry", "destination").agg(
            pl.col("count_low").sum(), pl.col("count_high").sum(), pl.col("cell").first()
        )
    return finish(reading, long)


ROUTES = Layout(
    id="uk-irregular-arrivals",
    title="detected irregular arrivals (IER_D01)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-irregular-arrivals",
    required=frozenset(
        {"year", "method_of_entry", "nationality", "sex", "age_group", "number_of_detections"}
    ),
    optional=frozenset({"date", "quarter", "region"}),
    read=read_routes,
)

DAILY = Layout(
    id="uk-small-boats-daily",
    title="small boats, by day",
    publisher=uk.PUBLISHER,
    url=BOATS_URL,
    universe="uk-small-boats",
    required=frozenset({"date", "migrants_arrived", "boats_arrived"}),
    optional=_EXTRA | {"n_year", "n_month"},
    renames={"full_date": "date"},
    read=read_daily,
)

MONTHLY = Layout(
    id="uk-small-boats-monthly",
    title="small boats, by month (tidied)",
    publisher=uk.PUBLISHER,
    url=BOATS_URL,
    universe="uk-small-boats",
    required=frozenset({"date_month", "migrants_arrived", "boats_arrived"}),
    optional=_EXTRA | {"n_year", "n_month"},
    read=read_monthly,
)

YEARLY = Layout(
    id="uk-small-boats-yearly",
    title="small boats, by year (tidied)",
    publisher=uk.PUBLISHER,
    url=BOATS_URL,
    universe="uk-small-boats",
    required=frozenset({"n_year", "migrants_arrived", "boats_arrived"}),
    optional=_EXTRA,
    forbidden=frozenset({"n_month", "n_week"}),
    read=read_yearly,
)

WEEKLY = Layout(
    id="uk-small-boats-weekly",
    title="small boats, by week",
    publisher=uk.PUBLISHER,
    url=BOATS_URL,
    universe="uk-small-boats",
    required=frozenset({"n_year", "n_week", "migrants_arrived", "boats_arrived"}),
    optional=_EXTRA,
    read=refuse_weekly,
)

LAYOUTS = (ROUTES, DAILY, MONTHLY, YEARLY, WEEKLY)
