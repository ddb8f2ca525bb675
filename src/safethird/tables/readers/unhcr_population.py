"""UNHCR population, flows and solutions: JSON of the interface, CSV of the website, CSV of the R package.

Populations are numbers at the end of the year. Returned refugees are a flow during the year, from the country
of asylum (sender) to the country of origin (destination). Zeros are left out: the file prints one for almost
every pair.
"""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers.unhcr_asylum import COUNTING, KNOWN, RENAMES, URL, unpivot, with_places
from safethird.tables.reading import Reading, finish
from safethird.tables.vocabulary import MEASURES

_POPULATION = MappingProxyType({
    "refugees": "refugees", "asylum_seekers": "asylum_seekers", "returned_refugees": "returned_refugees",
    "idps": "displaced", "returned_idps": "returned_displaced", "stateless": "stateless",
    "ooc": "others_of_concern",
    "oip": "other_protection", "hst": "host_community",
})  # fmt: skip
_FLOWS = MappingProxyType({
    "refugees": "refugees_new", "asylum_seekers": "asylum_seekers_new", "refugee_like": "refugee_like_new",
    "oip": "other_protection_new",
})  # fmt: skip
_SOLUTIONS = MappingProxyType({
    "returned_refugees": "returned_refugees", "resettlement": "resettlements",
    "naturalisation": "naturalisations",
    "returned_idps": "returned_displaced",
})  # fmt: skip
_STOCKS = [name for name, measure in MEASURES.items() if measure.stock]


def read_population(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Populations at the end of the year."""
    return _read(sheet, reading, _POPULATION)


def read_flows(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """People newly counted during the year."""
    return _read(sheet, reading, _FLOWS)


def read_solutions(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Returns, resettlement and naturalisation during the year."""
    return _read(sheet, reading, _SOLUTIONS)


def _read(sheet: Sheet, reading: Reading, measures: MappingProxyType[str, str]) -> pl.DataFrame:
    long = unpivot(with_places(sheet, reading), measures)
    reported = long.filter(~pl.col("_count").is_in(["", "-", "0"]))
    if reported.height < long.height:
        reading.note(f"{long.height - reported.height:,} empty or zero cells are left out")
    frame = reading.counts(sheet, reported, "_count", COUNTING)
    stock = pl.col("measure").cast(pl.String).is_in(_STOCKS)
    frame = frame.with_columns(
        pl.when(stock).then(pl.col("month").dt.offset_by("11mo")).otherwise(pl.col("month")).alias("month"),
        pl.when(stock).then(0).otherwise(pl.col("months")).cast(SCHEMA["months"]).alias("months"),
    )
    home = pl.col("measure") == "returned_refugees"
    none = pl.lit(None, dtype=pl.String)
    return finish(reading, frame.with_columns(
        pl.when(home).then(pl.col("destination")).otherwise(none).alias("sender"),
        pl.when(home).then(pl.col("destination_label")).otherwise(none).alias("sender_label"),
        pl.when(home).then(pl.col("origin")).otherwise(pl.col("destination")).alias("destination"),
        pl.when(home).then(pl.col("origin_label")).otherwise(pl.col("destination_label")).alias("destination_label"),
    ))  # fmt: skip


_PLACES = frozenset({"year", "coo_name", "coa_name"})

POPULATION = Layout(
    id="unhcr-population",
    title="population figures (Refugee Data Finder)",
    publisher="UNHCR",
    url=URL,
    universe="unhcr-population",
    required=_PLACES | {"refugees", "asylum_seekers", "idps", "stateless", "ooc"},
    optional=KNOWN | set(_POPULATION),
    renames={
        **RENAMES, "refugees_under_unhcr_s_mandate": "refugees", "idps_of_concern_to_unhcr": "idps",
        "stateless_persons": "stateless", "others_of_concern": "ooc", "host_community": "hst",
        "other_people_in_need_of_international_protection": "oip",
    },
    read=read_population,
    absent_high=None,
)  # fmt: skip

FLOWS = Layout(
    id="unhcr-flows",
    title="forced displacement flows",
    publisher="UNHCR",
    url=URL,
    universe="unhcr-flows",
    required=_PLACES | {"refugees", "asylum_seekers", "refugee_like"},
    optional=KNOWN | {"oip"},
    renames=RENAMES,
    read=read_flows,
    absent_high=None,
)

SOLUTIONS = Layout(
    id="unhcr-solutions",
    title="solutions (Refugee Data Finder)",
    publisher="UNHCR",
    url=URL,
    universe="unhcr-solutions",
    required=_PLACES | {"returned_refugees", "resettlement", "naturalisation"},
    optional=KNOWN | {"returned_idps"},
    renames={**RENAMES, "resettlement_arrivals": "resettlement"},
    read=read_solutions,
    absent_high=None,
)

LAYOUTS = (POPULATION, FLOWS, SOLUTIONS)
