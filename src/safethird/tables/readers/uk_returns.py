"""UK Home Office: returns, Dublin requests and transfers, inadmissibility on third-country grounds
(Asy_D10)."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import uk
from safethird.tables.reading import Reading, detail, finish

_DUBLIN = MappingProxyType({
    ("Out", "Request"): "requests_out", ("In", "Request"): "requests_in",
    ("Out", "Transfer"): "transfers_out", ("In", "Transfer"): "transfers_in",
})  # fmt: skip

_STAGE = MappingProxyType({
    "Total identified for consideration on inadmissibility grounds": "inadmissibility_considered",
    "Identified for consideration on inadmissibility grounds": "inadmissibility_considered",
    "Notices of intent issued": "inadmissibility_notices",
    "Notice of intent issued": "inadmissibility_notices",
    "Total issued with a notice of intent": "inadmissibility_notices",
    "Inadmissibility decisions served": "inadmissibility_decisions",
    "Inadmissibility decision served": "inadmissibility_decisions",
    "Total served with inadmissibility decisions": "inadmissibility_decisions",
    "Removals": "inadmissibility_removals", "Total removals": "inadmissibility_removals",
    "Subsequently admitted to UK process": "inadmissibility_admitted",
    "Subsequently admitted into UK asylum process": "inadmissibility_admitted",
    "Total subsequently admitted into the UK asylum process": "inadmissibility_admitted",
})  # fmt: skip


def read_returns(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Returns by kind and by nationality or destination, as the file has it."""
    frame = uk.quarters(sheet, reading, sheet.frame)
    if "nationality" in frame.columns:
        frame = reading.places(sheet, frame, "nationality", "origin")
    if "return_destination" in frame.columns:
        frame = reading.places(sheet, frame, "return_destination", "destination")
    frame = reading.counts(sheet, frame, "number_of_returns", uk.COUNTING)
    names = {
        "return_type_group": "group",
        "return_type": "kind",
        "sex": "sex",
        "age": "age",
        "age_group": "age",
    }
    parts = {to: uk.unless_total(name) for name, to in names.items() if name in frame.columns}
    return finish(reading, frame.with_columns(
        detail(**parts), pl.lit("returns").cast(SCHEMA["measure"]).alias("measure"), sender=pl.lit("GB"),
    ))  # fmt: skip


def read_dublin(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Dublin requests and transfers, out of and into the UK, by article of the regulation."""
    frame = uk.quarters(sheet, reading, sheet.frame)
    frame = frame.with_columns(_kind=pl.format("{} {}", "in_out", "request_transfer"))
    known = {f"{way} {what}": measure for (way, what), measure in _DUBLIN.items()}
    frame = reading.words(sheet, frame, "_kind", "measure", known)
    frame = reading.places(sheet, frame, "member_state", "destination")
    out = pl.col("in_out").str.to_lowercase() == "out"
    frame = frame.with_columns(
        pl.when(out).then(pl.lit("GB")).otherwise(pl.col("destination")).alias("sender"),
        pl.when(out).then(None).otherwise(pl.col("destination_label")).alias("sender_label"),
        pl.when(out).then(pl.col("destination")).otherwise(pl.lit("GB")).alias("destination"),
        pl.when(out).then(pl.col("destination_label")).otherwise(None).alias("destination_label"),
        detail(article=uk.unless_total("article")),
    )
    return finish(reading, reading.counts(sheet, frame, "count", uk.COUNTING))


def read_inadmissibility(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The stages of the third-country procedure. Each person may pass several stages in different
    quarters."""
    frame = uk.quarters(sheet, reading, sheet.frame)
    frame = reading.words(sheet, frame, "stage", "measure", _STAGE)
    return finish(
        reading, reading.counts(sheet, frame, "cases", uk.COUNTING).with_columns(destination=pl.lit("GB"))
    )


_TIME = frozenset({"date", "quarter"})

RETURNS = Layout(
    id="uk-returns",
    title="returns from the UK (Ret_D01, Ret_D02)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-returns",
    required=frozenset({"year", "return_type_group", "return_type", "number_of_returns"}),
    optional=_TIME | {
        "nationality", "region", "sex", "age", "age_group", "return_destination", "return_destination_region",
        "return_destination_group",
    },
    read=read_returns,
)  # fmt: skip

DUBLIN = Layout(
    id="uk-dublin",
    title="Dublin regulation, requests and transfers (Asy_D08)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-dublin",
    required=frozenset({"year", "member_state", "in_out", "request_transfer", "article", "count"}),
    optional=_TIME,
    read=read_dublin,
)

INADMISSIBILITY = Layout(
    id="uk-inadmissibility",
    title="cases considered on inadmissibility grounds (Asy_D10)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-inadmissibility",
    required=frozenset({"stage", "cases", "year"}),
    optional=_TIME,
    read=read_inadmissibility,
)

LAYOUTS = (RETURNS, DUBLIN, INADMISSIBILITY)
