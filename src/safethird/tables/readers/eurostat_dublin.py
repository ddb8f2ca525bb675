"""Eurostat Dublin statistics: requests, decisions and transfers between pairs of states.

`sender` is the state that asks or hands over, `destination` the state that is asked or receives, in all of
them. Two states count the same request, so outgoing and incoming numbers are two measures. TSV files do not
say which of the tables they are, and neither do tidied copies: the file's name decides among them.

Take care: 0 for a state and year often means that it did not report.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import polars as pl

from safethird.tables.cells import period
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.names import by_code
from safethird.tables.readers import eurostat
from safethird.tables.reading import Reading, detail, finish

_ANSWER = MappingProxyType({
    "TOTAL": "decided", "ACC": "accepted", "ACCEPT": "accepted", "ACCEPTED": "accepted", "REF": "refused",
    "REJ": "refused", "REJECTED": "refused", "REFUSED": "refused",
})  # fmt: skip


def _reader(measure: str, *, outgoing: bool) -> Callable[[Sheet, Reading], pl.DataFrame]:
    def read(sheet: Sheet, reading: Reading) -> pl.DataFrame:
        if "reporting_country" not in sheet.frame.columns:
            frame = eurostat.people_only(sheet, reading, eurostat.long_frame(sheet, reading))
        else:
            frame = sheet.frame.rename({
                "reporting_country": "geo", "partner_country": "partner", "year": "_period",
                "persons": "_value",
            })  # fmt: skip
        frame = eurostat.counts(sheet, reading, frame, eurostat.EXACT)
        frame = reading.periods(sheet, frame, "_period", period)
        reporter, other = ("sender", "destination") if outgoing else ("destination", "sender")
        frame = reading.places(sheet, frame, "geo", reporter, by_code)
        frame = reading.places(sheet, frame, "partner", other, by_code)
        if "decision" in frame.columns:
            frame = reading.words(sheet, frame, "decision", "_answer", _ANSWER)
            said = pl.format("{}_{}", pl.lit(measure), pl.col("_answer"))
        else:
            said = pl.lit(measure)
        parts = eurostat.other_details(frame, ("geo", "partner", "decision", *SCHEMA))
        # All kinds of request, all legal bases and all delays together are the totals of their dimensions.
        parts.pop("request", None)
        if "request" in frame.columns:
            parts["request"] = pl.when(~pl.col("request").is_in(["TOTAL", "REQ"])).then(pl.col("request"))
        return finish(
            reading, frame.with_columns(said.cast(SCHEMA["measure"]).alias("measure"), detail(**parts))
        )

    return read


_TABLES: tuple[tuple[str, str, str, bool, tuple[str, ...]], ...] = (
    ("dubro", "outgoing requests", "requests_out", True, ("outgoing", "requests")),
    ("dubri", "incoming requests", "requests_in", False, ("incoming", "requests")),
    ("dubredaco", "outgoing requests on a fingerprint match", "requests_out_eurodac", True,
     ("outgoing", "requests", "eurodac")),
    ("dubdo", "decisions on outgoing requests", "requests_out", True, ("decisions", "outgoing")),
    ("dubdi", "decisions on incoming requests", "requests_in", False, ("decisions", "incoming")),
    ("dubto", "outgoing transfers", "transfers_out", True, ("outgoing", "transfers")),
    ("dubti", "incoming transfers", "transfers_in", False, ("incoming", "transfers")),
)  # fmt: skip


def _is_table(code: str) -> Callable[[frozenset[str], str], bool]:
    decides = code in ("dubdo", "dubdi")

    def wanted(columns: frozenset[str], flow: str) -> bool:
        fits = {"partner", "geo"} <= columns and ("decision" in columns) == decides
        return fits and (not flow or f"migr_{code}(" in flow or flow.strip().endswith(f"migr_{code}"))

    return wanted


def _layouts() -> tuple[Layout, ...]:
    made = []
    for code, title, measure, outgoing, words in _TABLES:
        decision = frozenset({"decision"}) if code in ("dubdo", "dubdi") else frozenset[str]()
        made.append(Layout(
            id=f"eurostat-{code}",
            title=f"Dublin: {title} (migr_{code})",
            publisher="Eurostat",
            url=f"{eurostat.BROWSER}migr_{code}",
            universe=f"dublin-{code}",
            required=frozenset({"freq", "unit", "partner", "geo", "time_period"}) | decision,
            read=_reader(measure, outgoing=outgoing),
            find=eurostat.finder(_is_table(code)),
            open_ended=True,
            name_words=((code,),),
            absent_high=None,
        ))  # fmt: skip
        made.append(Layout(
            id=f"eurostat-{code}-copy",
            title=f"Dublin: {title}, tidied",
            publisher="Eurostat",
            url=f"{eurostat.BROWSER}migr_{code}",
            universe=f"dublin-{code}",
            required=frozenset({"reporting_country", "partner_country", "year", "persons"}) | decision,
            forbidden=frozenset() if decision else frozenset({"decision"}),
            renames={
                "geo": "reporting_country", "partner": "partner_country", "time": "year", "date": "year",
                "values": "persons",
            },
            read=_reader(measure, outgoing=outgoing),
            name_words=(words,),
            absent_high=None,
        ))  # fmt: skip
    return tuple(made)


LAYOUTS = _layouts()
