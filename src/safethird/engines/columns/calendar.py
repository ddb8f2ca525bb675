"""Calendar arithmetic for whole columns of days.

Days are ordinals as in `facts/dates.py`. An unknown date runs from `BEFORE` to `BEYOND`, so that no comparison
with it is ever decided; every function here keeps it so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.facts.dates import FIRST_DAY, LAST_DAY, MonthEnd

Array = npt.NDArray[Any]

BEYOND = np.int32(2**30)
"""More than any day, age or count."""
BEFORE = np.int32(-(2**30))

_EPOCH = 719163  # the ordinal of 1970-01-01
_BLOCK = 1 << 14


def plus_days(days: Array, amount: int) -> Array:
    """That many days later, kept inside the calendar."""
    moved = np.clip(days + np.int32(amount), FIRST_DAY, LAST_DAY).astype(np.int32, copy=False)
    return _keep_unknown(days, moved)


def beyond_weekends(days: Array) -> Array:
    """Saturdays and Sundays moved to the Monday after them."""
    weekday = days % 7
    later = np.where(weekday == 6, 2, np.where(weekday == 0, 1, 0)).astype(np.int32)
    return _keep_unknown(days, np.minimum(days + later, np.int32(LAST_DAY)))


def plus_days_beyond(days: Array, amount: int) -> Array:
    """That many days later, even where that leaves the calendar."""
    return _keep_unknown(days, days + np.int32(amount))


def _keep_unknown(days: Array, moved: Array) -> Array:
    unknown = (days == BEFORE) | (days == BEYOND)
    if unknown.any():
        moved[unknown] = np.broadcast_to(days, moved.shape)[unknown]
    return moved


def add_months(days: Array, months: int, month_end: MonthEnd) -> Array:
    """That many calendar months later, as the calendar of the instrument ends them."""
    return _look_up(days, _months_table, months, month_end)


def ages(birth: Array, on: Array, month_end: MonthEnd) -> Array:
    """Completed years from each day of birth to each day; neither may be unknown."""
    return years_from(birthdays(birth), anniversaries(on, month_end))


def birthdays(days: Array) -> Array:
    """Days of birth as numbers that `years_from` counts from."""
    return _look_up(days, _date_table)


def anniversaries(days: Array, month_end: MonthEnd) -> Array:
    """Days as numbers that `years_from` counts to."""
    return _look_up(days, _anniversary_table, month_end)


YEAR = 10_000
"""A year in the numbers of `birthdays` and `anniversaries`: their difference is that of year, month and day."""
MOST_YEARS = 20_000
"""More than lie between any two days."""


def years_from(birthday: Array, day: Array) -> Array:
    """Completed years from a birthday to a day; of no meaning where one of them is unknown."""
    return (day - birthday) // np.int32(YEAR)


_USUAL = (42, 46)
"""The blocks of the years from 1889 to 2108."""


def _look_up(days: Array, table: Any, *parts: Any) -> Array:
    """Each day's entry in a table that is made for as many days as are needed."""
    first, last = _USUAL
    entries = table(first, last, *parts)
    place = _places(days, first, len(entries))
    if _all_found(days, place, len(entries)):
        return np.take(entries, place)
    known = days[(days > BEFORE) & (days < BEYOND)]
    first, last = int(known.min()) // _BLOCK, int(known.max()) // _BLOCK
    entries = table(first, last, *parts)
    return np.take(entries, _places(days, first, len(entries)))


def _places(days: Array, first: int, size: int) -> Array:
    return np.clip(days - np.int32(first * _BLOCK - 1), 0, size - 1)


def _all_found(days: Array, place: Array, size: int) -> bool:
    """Whether only unknown days fall on the ends of a table."""
    below, beyond = np.count_nonzero(place == 0), np.count_nonzero(place == size - 1)
    fits_below = below == 0 or below == np.count_nonzero(days == BEFORE)
    return bool(fits_below and (beyond == 0 or beyond == np.count_nonzero(days == BEYOND)))


def _days_of(first: int, last: int) -> Array:
    """The days of some blocks, those outside the calendar replaced by its ends."""
    days = np.arange(first * _BLOCK, (last + 1) * _BLOCK, dtype=np.int64)
    return np.clip(days, FIRST_DAY, LAST_DAY)


def _with_unknown(entries: Array, before: int = int(BEFORE), beyond: int = int(BEYOND)) -> Array:
    """A table with an entry for an unknown beginning before it, and for an unknown end behind it."""
    return np.concatenate(([before], entries.astype(np.int32), [beyond])).astype(np.int32)


_LONG_BEFORE, _LONG_BEYOND = -(5 * 10**8), 5 * 10**8
"""So far from any date that the difference to it, and between the two, is a number of years beyond any."""


def _calendar(days: Array) -> tuple[Array, Array, Array]:
    """Year, month and day of the month."""
    stamps = (days - _EPOCH).astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12 + 1, (stamps - months).astype(np.int64) + 1


@lru_cache(maxsize=64)
def _months_table(first: int, last: int, months: int, month_end: MonthEnd) -> Array:
    days = _days_of(first, last)
    year, month, day = _calendar(days)
    index = year * 12 + month - 1 + months
    start = (index - 1970 * 12).astype("datetime64[M]")
    begins = start.astype("datetime64[D]").astype(np.int64) + _EPOCH
    length = (start + 1).astype("datetime64[D]").astype(np.int64) + _EPOCH - begins
    moved = begins + np.minimum(day, length) - 1
    if month_end == "next_day":
        moved = np.where(day > length, np.minimum(moved + 1, LAST_DAY), moved)
    moved = np.where(index // 12 < 1, FIRST_DAY, np.where(index // 12 > 9999, LAST_DAY, moved))
    return _with_unknown(moved)


@lru_cache(maxsize=16)
def _date_table(first: int, last: int) -> Array:
    year, month, day = _calendar(_days_of(first, last))
    return _with_unknown(year * YEAR + month * 100 + day, _LONG_BEFORE, _LONG_BEYOND)


@lru_cache(maxsize=16)
def _anniversary_table(first: int, last: int, month_end: MonthEnd) -> Array:
    """As `_date_table`, but on the last day of a short February those born on the 29th are a year older,
    where a period ends on the last day of its month."""
    year, month, day = _calendar(_days_of(first, last))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    eve = (month == 2) & (day == 28) & ~leap & (month_end == "last_day")
    dates = year * YEAR + month * 100 + np.where(eve, 29, day)
    return _with_unknown(dates, _LONG_BEFORE, _LONG_BEYOND)
