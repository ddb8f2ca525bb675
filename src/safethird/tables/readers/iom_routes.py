"""IOM's copies of monthly route statistics in the Americas: Darien, Honduras, Mexico, Guatemala, and the
Lighthouse series.

The files for three countries share their columns, so the file's name must say `darien`, `honduras` or
`mexico`.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import polars as pl

from safethird.tables.cells import Counting, month
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.names import ALL, Place, by_code
from safethird.tables.reading import Reading, detail, finish

PUBLISHER = "IOM, from national authorities"
URL = "https://github.com/iom/gdidata"
COUNTING = Counting({"": None})

_SEX_AGE = MappingProxyType({"men": "male", "women": "female", "boys": "male", "girls": "female"})
_ADULTS = ("men", "women")

_COUNTRY = MappingProxyType({"iom-darien": "PA", "iom-honduras": "HN", "iom-mexico-irregular": "MX"})
_RETURN = MappingProxyType({
    "deportation": "deportations", "assisted return": "assisted_returns",
    "assisted return of children": "assisted_returns",
})  # fmt: skip
_LIGHTHOUSE = MappingProxyType({
    "iom-lighthouse-irregular": "irregular_entries", "iom-lighthouse-entries": "regular_entries",
    "iom-lighthouse-exits": "regular_exits",
})  # fmt: skip
_CHILD = MappingProxyType({
    "unaccompanied child": "unaccompanied_child", "accompanied child": "accompanied_child", "adult": None,
})  # fmt: skip


def read_entries(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Irregular entries of one country: by nationality, by sex and age, or in all."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "persons", COUNTING)
    parts: dict[str, pl.Expr] = {}
    if "nationality_iso3" in frame.columns:
        frame = reading.places(sheet, frame, "nationality_iso3", "origin", _code_or_unknown)
    if "demographic" in frame.columns:
        frame = frame.rename({"demographic": "_who"})
        frame = reading.words(sheet, frame, "_who", "_sex", _SEX_AGE)
        parts = {"sex": pl.col("_sex"),
        "age": pl.when(pl.col("_who").is_in(list(_ADULTS))).then(pl.lit("adult"))
                 .otherwise(pl.lit("child"))}  # fmt: skip
    else:
        parts = {name: pl.col(name) for name in ("sex", "age") if name in frame.columns}
    frame = frame.with_columns(
        pl.lit("irregular_entries").cast(SCHEMA["measure"]).alias("measure"),
        detail(**parts),
        destination=pl.lit(_COUNTRY[reading.layout.id]),
    )
    if reading.layout is DARIEN:
        # Before 2020 the authority published years; the copy puts them on January.
        yearly = pl.col("month") < date(2020, 1, 1)
        frame = frame.with_columns(
            pl.when(yearly).then(12).otherwise(1).cast(SCHEMA["months"]).alias("months")
        )
    return finish(reading, frame)


def read_mexican_returns(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Deportations and assisted returns from Mexico."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "persons", COUNTING)
    frame = reading.places(sheet, frame, "nationality_iso3", "origin", _code_or_unknown)
    frame = reading.words(sheet, frame, "type", "measure", _RETURN)
    return finish(reading, frame.with_columns(detail(kind=pl.col("type")), sender=pl.lit("MX")))


def read_guatemalan_returns(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Own nationals received back by Guatemala, from Mexico or the United States."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "persons", COUNTING).rename({"origin": "_from"})
    frame = reading.places(sheet, frame, "_from", "sender", _code_or_unknown)
    frame = reading.words(sheet, frame, "age", "demographic", _CHILD)
    return finish(reading, frame.with_columns(
        detail(sex=pl.col("sex"), age=pl.col("age")),
        pl.lit("returns_received").cast(SCHEMA["measure"]).alias("measure"),
        origin=pl.lit("GT"), destination=pl.lit("GT"),
    ), MappingProxyType({"demographic": pl.lit(value=True)}))  # fmt: skip


def read_lighthouse(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Entries and exits of several countries by nationality."""
    measure = _LIGHTHOUSE[reading.layout.id]
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = reading.counts(sheet, frame, "persons", COUNTING)
    frame = reading.places(sheet, frame, "nationality_iso3", "origin", _code_or_unknown)
    to = "sender" if measure == "regular_exits" else "destination"
    frame = reading.places(sheet, frame, "reporting_country_iso3", to, by_code)
    return finish(reading, frame.with_columns(pl.lit(measure).cast(SCHEMA["measure"]).alias("measure")))


def _code_or_unknown(text: str) -> Place:
    """An empty code in these copies is a nationality that was not recorded."""
    return by_code(text or "UNK") if text != "TOTAL" else ALL


_ENTRY_COLUMNS = frozenset({"month", "persons"})
_CUTS = frozenset({"nationality_iso3", "demographic", "sex", "age"})
_LIGHT_COLUMNS = frozenset({"month", "reporting_country_iso3", "nationality_iso3", "persons"})
_LIGHT_URL = "https://github.com/iom/amerdigest"

DARIEN = Layout(
    id="iom-darien", title="irregular transits of the Darien, Panama", publisher=PUBLISHER, url=URL,
    universe="americas-irregular-entries", required=_ENTRY_COLUMNS, optional=_CUTS, read=read_entries,
    name_words=(("darien",), ("panama",)),
)  # fmt: skip

HONDURAS = Layout(
    id="iom-honduras", title="irregular entries, Honduras", publisher=PUBLISHER, url=URL,
    universe="americas-irregular-entries", required=_ENTRY_COLUMNS, optional=_CUTS, read=read_entries,
    name_words=(("honduras",),),
)  # fmt: skip

MEXICO = Layout(
    id="iom-mexico-irregular", title="irregular migration procedures, Mexico", publisher=PUBLISHER, url=URL,
    universe="americas-irregular-entries", required=_ENTRY_COLUMNS, optional=_CUTS, read=read_entries,
    name_words=(("mexico",),),
)  # fmt: skip

MEXICO_RETURNS = Layout(
    id="iom-mexico-returns", title="deportations and assisted returns, Mexico", publisher=PUBLISHER, url=URL,
    universe="mx-returns", required=frozenset({"month", "nationality_iso3", "type", "persons"}),
    read=read_mexican_returns,
)  # fmt: skip

GUATEMALA = Layout(
    id="iom-guatemala-returns", title="nationals returned to Guatemala", publisher=PUBLISHER, url=URL,
    universe="gt-returns-received", required=frozenset({"month", "sex", "age", "origin", "persons"}),
    read=read_guatemalan_returns,
)  # fmt: skip

LIGHT_IRREGULAR = Layout(
    id="iom-lighthouse-irregular", title="irregular entries in the Americas (Lighthouse)",
    publisher=PUBLISHER,
    url=_LIGHT_URL, universe="americas-irregular-entries", required=_LIGHT_COLUMNS, read=read_lighthouse,
    name_words=(("irregular", "entries"),), absent_high=None,
)  # fmt: skip

LIGHT_ENTRIES = Layout(
    id="iom-lighthouse-entries", title="regular entries in the Americas (Lighthouse)", publisher=PUBLISHER,
    url=_LIGHT_URL, universe="americas-regular-entries", required=_LIGHT_COLUMNS, read=read_lighthouse,
    name_words=(("regular", "entries"),), absent_high=None,
)  # fmt: skip

LIGHT_EXITS = Layout(
    id="iom-lighthouse-exits", title="regular exits in the Americas (Lighthouse)", publisher=PUBLISHER,
    url=_LIGHT_URL, universe="americas-regular-exits", required=_LIGHT_COLUMNS, read=read_lighthouse,
    name_words=(("regular", "exits"),), absent_high=None,
)  # fmt: skip

LAYOUTS = (
    DARIEN, HONDURAS, MEXICO, MEXICO_RETURNS, GUATEMALA, LIGHT_IRREGULAR, LIGHT_ENTRIES, LIGHT_EXITS,
)  # fmt: skip
