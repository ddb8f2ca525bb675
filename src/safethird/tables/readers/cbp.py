"""What the readers of US Customs and Border Protection share: words, the fiscal calendar, months still to
come."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem
from safethird.tables.cells import Count, Counting
from safethird.tables.layouts import Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.reading import Reading

SOUTHWEST, NORTHERN = "Southwest Land Border", "Northern Land Border"
PATROL, FIELD = "U.S. Border Patrol", "Office of Field Operations"

DEMOGRAPHIC = MappingProxyType(
    {
        "Single Adults": "single_adult",
        "FMUA": "family_member",
        "Family Unit Individuals": "family_member",
        "Individuals in a Family Unit": "family_member",
        "Family Units": "family_member",
        "UAC": "unaccompanied_child",
        "UC": "unaccompanied_child",
        "UC / Single Minors": "unaccompanied_child",
        "Unaccompanied Children": "unaccompanied_child",
        "Unaccompanied Alien Children": "unaccompanied_child",
        "Accompanied Minors": "accompanied_child",
    }
)

MEASURE = MappingProxyType(
    {
        "Apprehensions": "apprehensions",
        "Inadmissibles": "inadmissibles",
        "Expulsions": "expulsions",
    }
)

COMPONENT = MappingProxyType(
    {PATROL: PATROL, "US Border Patrol": PATROL, "USBP": PATROL, FIELD: FIELD, "OFO": FIELD}
)

AUTHORITY = MappingProxyType({"Title 8": "Title 8", "Title 42": "Title 42"})

# A month that is still to come is printed empty in some vintages; `months_to_come` decides whether it is one.
EMPTY_IS_NOTHING = Counting({"": Count(0, 0)})

ENTRY_WITH_REGION = MappingProxyType({"entry": pl.col("region").is_not_null()})
"""The way of entry follows from the region; on the coast and at airports it is not told."""

SECTORS = (
    "Big Bend", "Blaine", "Buffalo", "Del Rio", "Detroit", "El Centro", "El Paso", "Grand Forks", "Havre",
    "Houlton",
    "Laredo", "Livermore", "Miami", "New Orleans", "Ramey", "Rio Grande Valley", "San Diego", "Spokane",
    "Swanton",
    "Tucson", "Yuma",
)  # fmt: skip
"""Border Patrol sectors, as they are called here whatever the file calls them."""


def sector_name(column: str) -> pl.Expr:
    """`Tucson Sector`, `Tucson, AZ` and `Tucson` are one sector; field offices keep their name."""
    name = pl.col(column).str.strip_chars()
    return (
        pl.when(name != "").then(
            name.str.replace(r",? Sector$|, [A-Z]{2}$", "").str.replace("^Marfa$", "Big Bend")
        )
    ).alias("sector")


def way_of_entry(component: str) -> pl.Expr:
    """Port or between ports, for the land borders. Elsewhere (airports, coasts) the file does not tell."""
    at_land = pl.col("region").is_in([SOUTHWEST, NORTHERN])
    return (
        pl.when(at_land & (pl.col(component) == FIELD)).then(pl.lit("land_port"))
        .when(at_land & (pl.col(component) == PATROL)).then(pl.lit("land_between_ports"))
        .cast(SCHEMA["entry"]).alias("entry")
    )  # fmt: skip


def between_ports() -> pl.Expr:
    """The way of entry in files of the Border Patrol alone: between ports on the land borders, not told on
    the coast."""
    at_land = pl.col("region").is_in([SOUTHWEST, NORTHERN])
    return pl.when(at_land).then(pl.lit("land_between_ports")).cast(SCHEMA["entry"]).alias("entry")


def without_months_to_come(reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without the months of the running fiscal year that have not happened.

    Some vintages list all twelve months. Those still to come are in the group `Remaining` of the last year
    and 0 or empty in all rows. A 0 in the group `FYTD` is a true 0.
    """
    running = int(str(frame.get_column("_fy").max()))
    group = pl.col("month_grouping") if "month_grouping" in frame.columns else pl.lit("FYTD")
    months = frame.filter(pl.col("_fy") == running).group_by("month").agg(
        pl.col("count_low").sum(), (group.str.to_lowercase() == "remaining").all().alias("remaining")
    )  # fmt: skip
    to_come = months.filter(pl.col("remaining") & (pl.col("count_low") == 0)).get_column("month")
    if len(to_come):
        gone = frame.filter(pl.col("month").is_in(to_come.implode()))
        reading.note(
            f"{gone.height:,} rows are for {len(to_come)} months of fiscal year {running} that were still "
            "to come, all 0 or empty; they are left out"
        )
        frame = frame.filter(~pl.col("month").is_in(to_come.implode()))
    empty = frame.filter(pl.col("_text") == "").get_column("line")
    if len(empty):
        raise BadData(Problem(
            f"The count is empty on {len(empty):,} rows of months that have been reported", file=reading.file,
            line=int(empty[0]), code="cell",
        ))  # fmt: skip
    return frame


def counts(reading: Reading, sheet: Sheet, frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The frame with exact counts; empty ones stay for `without_months_to_come` to judge."""
    return reading.counts(sheet, frame, column, EMPTY_IS_NOTHING).rename({column: "_text"})
