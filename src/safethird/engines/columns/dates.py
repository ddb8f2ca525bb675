"""Dates from the columns of a table: text read by the strict rules of a case, days, or pairs of days."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.engines.columns.calendar import BEFORE, BEYOND
from safethird.facts.dates import FIRST_DAY, LAST_DAY, parse_date

Array = npt.NDArray[Any]

_EPOCH = 719163  # the ordinal of 1970-01-01
_NO_DAY = int(BEFORE)
_FIRST_YEAR, _LAST_YEAR = 1600, 2399
"""Days in these years are found in a table; others, and what is no date, are parsed one by one."""


class ReadDates(NamedTuple):
    """First and last day that each value may mean; the same array twice where every date is an exact day.

    `wrong`: the positions of values that mean nothing; None when there are none.
    """

    low: Array
    high: Array
    wrong: Array | None = None


def is_date_column(dtype: pl.DataType) -> bool:
    """Whether dates can be read from a column of this type."""
    if isinstance(dtype, pl.Struct):
        kinds = {field.name: field.dtype for field in dtype.fields}
        return set(kinds) == {"lo", "hi"} and all(
            kind == pl.Date or kind.is_integer() for kind in (kinds["lo"], kinds["hi"])
        )
    return dtype in (pl.String, pl.Date, pl.Null)


def date_expressions(source: pl.Expr, dtype: Any) -> list[pl.Expr]:
    """What Polars makes of the dates at `source`, for `dates_from`: texts (`2019`, `2019-11`, `2019-11-20`),
    Polars dates, or structs of `lo` and `hi` (Polars dates or ordinals)."""
    if dtype == pl.String:
        # The ten characters of a day as five numbers of two characters each; null where there are not ten.
        kind = pl.Array(pl.UInt16, 5)
        pairs = source.cast(pl.Binary).bin.reinterpret(dtype=kind, endianness="little")
        return [pairs.fill_null(pl.lit([0] * 5, dtype=kind))]
    if dtype == pl.Date:
        return [_ordinals(source, dtype)]
    kinds = {entry.name: entry.dtype for entry in dtype.fields}
    return [_ordinals(source.struct.field(name), kinds[name]) for name in ("lo", "hi")]


def _ordinals(source: pl.Expr, dtype: Any) -> pl.Expr:
    if dtype == pl.Date:
        return (source.to_physical() + _EPOCH).fill_null(_NO_DAY)
    return source.cast(pl.Int32, strict=False).fill_null(_NO_DAY)


def dates_from(parts: list[pl.Series], raw: pl.Series) -> ReadDates:
    """The dates of a column, from what `date_expressions` made of it."""
    if raw.dtype == pl.String:
        return _from_text(parts[0].to_numpy(), raw)
    if raw.dtype == pl.Date:
        days: Array = parts[0].to_numpy()
        if days.size and (days.max() > LAST_DAY or days.min() < FIRST_DAY):
            return _from_pairs(days, days)
        return ReadDates(days, days)
    return _from_pairs(parts[0].to_numpy(), parts[1].to_numpy())


def _where(condition: Array, yes: np.int32, no: Array) -> Array:
    return np.where(condition, yes, no).astype(np.int32, copy=False)


def _from_pairs(low: Array, high: Array) -> ReadDates:
    unknown = (low == _NO_DAY) | (high == _NO_DAY)
    outside = ((high < low) | (low < FIRST_DAY) | (high > LAST_DAY)) & ~unknown
    nowhere = unknown | outside
    if nowhere.any():
        low, high = _where(nowhere, BEFORE, low), _where(nowhere, BEYOND, high)
    elif np.array_equal(low, high):
        high = low
    return ReadDates(low, high, np.flatnonzero(outside) if outside.any() else None)


# --- texts ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _days() -> Array:
    """The days of the years in the table, 32 places for each month; `BEFORE` where there is no such day, and
    once before and once behind them all."""
    days = np.full((_LAST_YEAR - _FIRST_YEAR + 1, 12, 32), BEFORE, np.int32)
    for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
        for month in range(1, 13):
            low, high = parse_date(f"{year:04d}-{month:02d}")
            days[year - _FIRST_YEAR, month - 1, 1 : high - low + 2] = np.arange(low, high + 1)
    return np.concatenate(([BEFORE], days.ravel(), [BEFORE])).astype(np.int32)


def _from_text(pairs: Array, raw: pl.Series) -> ReadDates:
    low = np.empty(len(pairs), np.int32)
    for first in range(0, len(pairs), _AT_A_TIME):
        part = slice(first, first + _AT_A_TIME)
        low[part] = _days_of(np.ascontiguousarray(pairs[part].T))
    unknown = low == BEFORE
    missed = np.count_nonzero(unknown)
    if missed == 0:
        return ReadDates(low, low)
    high = _where(unknown, BEYOND, low)
    wrong = _others(raw, low, high) if missed != raw.null_count() else None
    return ReadDates(low, high, wrong)


_AT_A_TIME = 1 << 14
_NOUGHT, _NINE, _DASH = np.uint16(48), np.uint16(9), np.uint16(45)


def _days_of(pairs: Array) -> Array:
    """The days that rows of five pairs of characters (`20` `19` `-1` `1-` `20`) write; `BEFORE` for no day.

    The first character of a pair is the lower byte. A character below `0` wraps around to a large number.
    """
    first, second = pairs & np.uint16(255), pairs >> np.uint16(8)
    dashes = (first[2] == _DASH) & (second[3] == _DASH)
    first, second = first - _NOUGHT, second - _NOUGHT
    digits = (first[[0, 1, 3, 4]] <= _NINE).all(axis=0) & (second[[0, 1, 2, 4]] <= _NINE).all(axis=0)
    month = second[2] * np.uint16(10) + first[3] - np.uint16(1)
    day = first[4] * np.uint16(10) + second[4]
    good = digits & dashes & (month < 12) & (day < 32)
    year = (
        first[0] * np.uint16(1000) + second[0] * np.uint16(100) + first[1] * np.uint16(10) + second[1]
    ).astype(np.int32)
    place = (year - _FIRST_YEAR) * np.int32(384) + month * np.int32(32) + day + np.int32(1)
    return np.take(_days(), np.where(good, place, 0), mode="clip")


@lru_cache(maxsize=1)
def _partial() -> tuple[pl.Enum, Array, Array]:
    """Texts of months and years as a Polars type, and the first and last day of each."""
    texts = [f"{year:04d}-{month:02d}" for year in range(1900, 2051) for month in range(1, 13)]
    texts += [f"{year:04d}" for year in range(1900, 2051)]
    ranges = [parse_date(text) for text in texts]
    low = np.array([date.lo for date in ranges] + [BEFORE], np.int32)
    return pl.Enum(texts), low, np.array([date.hi for date in ranges] + [BEYOND], np.int32)


def _others(raw: pl.Series, low: Array, high: Array) -> Array | None:
    """Reads texts that are no day in the table: months and years by one of their own, the rest one by one.
    Gives the places of those that are no date."""
    places = np.flatnonzero((low == BEFORE) & raw.is_not_null().to_numpy())
    rest = raw.gather(places)
    kind, low_of, high_of = _partial()
    found: Array = rest.cast(kind, strict=False).to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
    low[places], high[places] = low_of[found], high_of[found]
    odd = np.flatnonzero(found == -1)
    places, rest = places[odd], rest.gather(odd)
    ranges: dict[str, tuple[int, int]] = {}
    for text in rest.unique():
        with contextlib.suppress(ValueError):
            ranges[text] = parse_date(text)
    wrong = []
    for place, text in zip(places, rest, strict=True):
        if text in ranges:
            low[place], high[place] = ranges[text]
        else:
            wrong.append(place)
    return np.array(wrong) if wrong else None
