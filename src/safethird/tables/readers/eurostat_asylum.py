"""Eurostat asylum applicants and decisions (migr_asyapp..., migr_asydcf..., tps00191), and IOM's yearly copy.

Numbers are rounded to the nearest 5. Totals of citizenship, sex and age stand beside their parts; they are
cuts of their own here. The dimension of the kind of applicant was called `asyl_app` before it was
`applicant`.
"""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.cells import period
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.names import by_code
from safethird.tables.readers import eurostat
from safethird.tables.reading import Reading, detail, finish

_APPLICANT = MappingProxyType({
    "ASY_APP": "claims", "TOTAL": "claims", "NASY_APP": "claims_first", "FRST": "claims_first",
    "SASY_APP": "claims_repeat", "SUBS": "claims_repeat", "SUBSEQ": "claims_repeat",
})  # fmt: skip

_DECISION = MappingProxyType({
    "TOTAL": "decisions", "TOTAL_POS": "decisions_positive", "REJECTED": "decisions_refused",
    "GENCONV": "decisions_recognised", "SUB_PROT": "decisions_other_protection",
    "SUBPROT": "decisions_other_protection", "HUMSTAT": "decisions_other_protection",
    "TEMP_PROT": "decisions_other_protection", "OTHER": "decisions_closed",
})  # fmt: skip


def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Applicants or decisions, in TSV or SDMX-CSV."""
    frame = eurostat.people_only(sheet, reading, eurostat.long_frame(sheet, reading))
    frame = frame.rename({"asyl_app": "applicant"}, strict=False)
    frame = eurostat.counts(sheet, reading, frame, eurostat.ROUNDED)
    frame = reading.periods(sheet, frame, "_period", period)
    frame = reading.places(sheet, frame, "citizen", "origin", by_code)
    frame = reading.places(sheet, frame, "geo", "destination", by_code)
    which = "applicant" if "applicant" in frame.columns else "decision"
    frame = reading.words(sheet, frame, which, "measure", _APPLICANT if which == "applicant" else _DECISION)
    parts = eurostat.other_details(frame, ("citizen", "geo", "applicant", "decision", "sex", *SCHEMA))
    if "sex" in frame.columns:
        frame = reading.words(sheet, frame, "sex", "_sex", eurostat.SEX)
        parts["sex"] = pl.col("_sex")
    if which == "decision":
        kind = pl.col("decision")
        parts["decision"] = pl.when(kind.is_in(["SUB_PROT", "SUBPROT", "HUMSTAT", "TEMP_PROT"])).then(kind)
    return finish(reading, frame.with_columns(detail(**parts)))


def read_copy(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The yearly copy with ISO alpha-3 codes; it has no totals of citizenship or sex, and the EU beside its
    states."""
    frame = reading.counts(sheet, sheet.frame, "asylum_applicants", eurostat.ROUNDED)
    frame = reading.periods(sheet, frame, "year", period)
    frame = reading.places(sheet, frame, "citizenship_iso3", "origin", by_code)
    frame = reading.places(sheet, frame, "country_of_application_iso3", "destination", by_code)
    return finish(reading, frame.with_columns(
        detail(sex=pl.col("sex")), pl.lit("claims").cast(SCHEMA["measure"]).alias("measure"),
    ))  # fmt: skip


def _is_asylum(columns: frozenset[str], flow: str) -> bool:
    kinds = {"applicant", "asyl_app", "decision"}
    return {"citizen", "geo"} <= columns and bool(kinds & columns) and "partner" not in columns


LAYOUT = Layout(
    id="eurostat-asylum",
    title="asylum applicants or decisions",
    publisher="Eurostat",
    url=eurostat.BROWSER + "migr_asyappctzm",
    universe="eurostat-asylum",
    required=frozenset({"freq", "unit", "citizen", "sex", "applicant", "age", "geo", "time_period"}),
    read=read,
    find=eurostat.finder(_is_asylum),
    open_ended=True,
    absent_high=None,
)

COPY = Layout(
    id="eurostat-asylum-annual",
    title="asylum applicants by citizenship and sex, by year (IOM)",
    publisher="Eurostat",
    url=eurostat.BROWSER + "migr_asyappctza",
    universe="eurostat-asylum",
    required=frozenset({
        "country_of_application_iso3", "year", "citizenship_iso3", "sex", "asylum_applicants",
    }),
    read=read_copy,
    absent_high=2,
)  # fmt: skip

LAYOUTS = (LAYOUT, COPY)
