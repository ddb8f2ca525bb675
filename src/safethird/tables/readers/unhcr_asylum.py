"""UNHCR asylum applications and decisions: JSON of the interface, CSV of the website, CSV of the R package.

The three have the same columns under three spellings. A row is for a year, an origin, a country of asylum,
and says by whom (`procedure_type`: G government, U UNHCR, J joint), at which level (`dec_level`) and whether
persons or cases are counted. Levels are different stages of the same claims: `detail` keeps them apart.

UNHCR never prints 1 to 4; they are printed as 5.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import polars as pl

from safethird.tables.cells import Count, Counting, Period, year
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.names import by_code_or_name
from safethird.tables.reading import Reading, detail, finish

URL = "https://www.unhcr.org/refugee-statistics/download"

COUNTING = Counting(
    {"": None, "-": None, "*": Count(1, 4, "suppressed")}, small={5: Count(1, 5, "suppressed")}
)

RENAMES = MappingProxyType({
    "country_of_origin": "coo_name", "country_of_origin_iso": "coo_iso",
    "country_of_asylum": "coa_name", "country_of_asylum_iso": "coa_iso",
    "authority": "procedure_type", "application_type": "app_type", "stage_of_procedure": "dec_level",
    "cases_persons": "app_pc",
})  # fmt: skip

KNOWN = frozenset({"coo", "coa", "coo_id", "coa_id", "coo_iso", "coa_iso"})

_UNIT = MappingProxyType({"P": "persons", "C": "cases", "": "mixed", "-": "mixed"})

# Kinds that join several stages (NA, FA, RA: with appeals; NR: with repeated claims; SP, V) stay `claims`,
# with the kind
# in `detail`.
_APPLICATION = MappingProxyType({
    "N": "claims_first", "R": "claims_repeat", "A": "claims_appeal", "J": "claims_appeal", "NR": "claims",
    "NA": "claims", "FA": "claims", "RA": "claims", "SP": "claims", "V": "claims", "": "claims",
    "-": "claims",
})  # fmt: skip

_OUTCOMES = MappingProxyType({
    "dec_recognized": "decisions_recognised", "dec_other": "decisions_other_protection",
    "dec_rejected": "decisions_refused", "dec_closed": "decisions_closed", "dec_total": "decisions",
})  # fmt: skip


def read_applications(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Applications by kind, level and unit."""
    frame = reading.counts(sheet, with_places(sheet, reading), "applied", COUNTING)
    frame = reading.words(sheet, frame, "app_type", "measure", _APPLICATION)
    frame = reading.words(sheet, frame, "app_pc", "unit", _UNIT)
    return finish(reading, frame.with_columns(
        detail(application=_code("app_type"), level=_code("dec_level"), procedure=_code("procedure_type"))
    ))  # fmt: skip


def read_decisions(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Decisions, one row for each outcome and one for the total."""
    frame = reading.words(sheet, with_places(sheet, reading), "dec_pc", "unit", _UNIT)
    frame = frame.with_columns(detail(level=_code("dec_level"), procedure=_code("procedure_type")))
    long = unpivot(frame, _OUTCOMES)
    return finish(reading, reading.counts(sheet, long, "_count", COUNTING))


def with_places(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The frame with year, origin and country of asylum."""
    frame = reading.periods(sheet, sheet.frame, "year", lambda text: Period(date(year(text), 1, 1), 12))
    for side, to in (("coo", "origin"), ("coa", "destination")):
        frame = frame.with_columns(_code_or_name(frame, side).alias(f"_{side}"))
        frame = reading.places(sheet, frame, f"_{side}", to, by_code_or_name)
    return frame


def unpivot(frame: pl.DataFrame, measures: MappingProxyType[str, str]) -> pl.DataFrame:
    """One row for each of the columns that count something; the column becomes the measure."""
    there = [name for name in measures if name in frame.columns]
    return frame.unpivot(
        there, index=[name for name in frame.columns if name not in there], variable_name="_column",
        value_name="_count",
    ).with_columns(
        pl.col("_column").replace_strict(dict(measures),
        return_dtype=pl.String).cast(SCHEMA["measure"]).alias("measure")
    )  # fmt: skip


def _code_or_name(frame: pl.DataFrame, side: str) -> pl.Expr:
    """The ISO code, or the name where there is no code or where the name joins two countries under the code
    of one."""
    name = pl.col(f"{side}_name")
    if f"{side}_iso" not in frame.columns:
        return name
    code = pl.col(f"{side}_iso")
    joined = name.str.starts_with("Serbia and Kosovo")
    return pl.when(joined | (code == "")).then(name).otherwise(code)


def _code(column: str) -> pl.Expr:
    value = pl.col(column)
    return pl.when(value != "-").then(value)


APPLICATIONS = Layout(
    id="unhcr-asylum-applications",
    title="asylum applications (Refugee Data Finder)",
    publisher="UNHCR",
    url=URL,
    universe="unhcr-asylum-applications",
    required=frozenset({
        "year", "coo_name", "coa_name", "procedure_type", "app_type", "dec_level", "app_pc", "applied",
    }),
    optional=KNOWN | {"app_size"},
    renames=RENAMES,
    read=read_applications,
    absent_high=None,
)  # fmt: skip

DECISIONS = Layout(
    id="unhcr-asylum-decisions",
    title="asylum decisions (Refugee Data Finder)",
    publisher="UNHCR",
    url=URL,
    universe="unhcr-asylum-decisions",
    required=frozenset({
        "year", "coo_name", "coa_name", "procedure_type", "dec_level", "dec_pc", "dec_recognized",
        "dec_other",
        "dec_rejected", "dec_closed", "dec_total",
    }),
    optional=KNOWN,
    renames={
        **RENAMES, "cases_persons": "dec_pc", "recognized_decisions": "dec_recognized",
        "complementary_protection": "dec_other", "rejected_decisions": "dec_rejected",
        "otherwise_closed": "dec_closed", "total_decisions": "dec_total",
    },
    read=read_decisions,
    absent_high=None,
)  # fmt: skip

LAYOUTS = (APPLICATIONS, DECISIONS)
