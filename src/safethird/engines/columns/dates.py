"""Dates from the columns of a table: text read by the strict rules of a case, days, or pairs of days."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.facts.dates import FIRST_DAY, LAST_DAY, format_day, parse_date
from safethird.engines.columns.calendar import BEFORE, BEYOND

Array = npt.NDArray[Any]

_EPOCH = 719163  # the ordinal of 1970-01-01
_FIRST_YEAR, _LAST_YEAR = 1880, 2048
"""Dates whose texts are kept in a table, days, months and years; others are parsed one by one."""


class ReadDates(NamedTuple):
    """First and last day that each value may mean; the same array twice where every date is an exact day.

    `wrong`: the positions of values that mean nothing; None when there are none.
    """

    low: Array
    high: Array
    wrong: Array | None = None


@lru_cache(maxsize=1)
def _known() -> tuple[pl.Enum, Array, Array]:
    first, last = parse_date(str(_FIRST_YEAR)).lo, parse_date(str(_LAST_YEAR)).hi
    texts = [format_day(day) for day in range(first, last + 1)]
    texts += sorted({text[:7] for text in texts}) + sorted({text[:4] for text in texts})
    ranges = [parse_date.__wrapped__(text) for text in texts]
    low = np.array([date.lo for date in ranges] + [BEFORE], dtype=np.int32)
    high = np.array([date.hi for date in ranges] + [BEYOND], dtype=np.int32)
    return pl.Enum(texts), low, high


def is_date_column(dtype: pl.DataType) -> bool:
    """Whether dates can be read from a column of this type."""
    if isinstance(dtype, pl.Struct):
        kinds = {field.name: field.dtype for field in dtype.fields}
        return set(kinds) == {"lo", "hi"} and all(
            kind == pl.Date or kind.is_integer() for kind in (kinds["lo"], kinds["hi"])
        )
    return dtype in (pl.String, pl.Date, pl.Null)


def read_dates(column: pl.Series) -> ReadDates:
    """The dates of a column of texts (`2019`, `2019-11`, `2019-11-20`), of Polars dates, or of structs of `lo`
    and `hi` (Polars dates or ordinals). The type must satisfy `is_date_column`."""
    if column.dtype == pl.String:
        return _from_text(column)
    if column.dtype == pl.Date:
        days = _ordinals(column)
        if column.null_count() == 0:
            return ReadDates(days, days)
        unknown = column.is_null().to_numpy()
        return ReadDates(_where(unknown, BEFORE, days), _where(unknown, BEYOND, days))
    if isinstance(column.dtype, pl.Struct):
        return _from_pairs(column)
    return ReadDates(np.full(len(column), BEFORE, np.int32), np.full(len(column), BEYOND, np.int32))


def _where(condition: Array, yes: np.int32, no: Array) -> Array:
    return np.where(condition, yes, no).astype(np.int32, copy=False)


def _from_pairs(column: pl.Series) -> ReadDates:
    ends = [column.struct.field(name) for name in ("lo", "hi")]
    low, high = (_ordinals(end) for end in ends)
    if ends[0].null_count() or ends[1].null_count():
        unknown = (ends[0].is_null() | ends[1].is_null()).to_numpy()
        low, high = _where(unknown, BEFORE, low), _where(unknown, BEYOND, high)
    outside = (high < low) | ((low != BEFORE) & ((low < FIRST_DAY) | (high > LAST_DAY)))
    wrong = np.flatnonzero(outside)
    if wrong.size:
        return ReadDates(_where(outside, BEFORE, low), _where(outside, BEYOND, high), wrong)
    return ReadDates(low, low) if np.array_equal(low, high) else ReadDates(low, high)


def _ordinals(column: pl.Series) -> Array:
    if column.dtype == pl.Date:
        days: Array = column.to_physical().fill_null(0).to_numpy()
        return days + np.int32(_EPOCH)
    numbers: Array = column.cast(pl.Int32, strict=False).fill_null(-1).to_numpy()
    return numbers


def _from_text(column: pl.Series) -> ReadDates:
    kind, low_of, high_of = _known()
    found = column.cast(kind, strict=False)
    place = found.to_physical().fill_null(len(low_of) - 1).to_numpy()
    low, high = low_of[place], high_of[place]
    wrong = None
    if found.null_count() != column.null_count():
        wrong = _parse_others(column, found, low, high)
    return ReadDates(low, low, wrong) if np.array_equal(low, high) else ReadDates(low, high, wrong)


def _parse_others(column: pl.Series, found: pl.Series, low: Array, high: Array) -> Array | None:
    """Texts outside the table, each parsed once; the places of those that are no date."""
    places = np.flatnonzero((found.is_null() & column.is_not_null()).to_numpy())
    rest = column.gather(places)
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
