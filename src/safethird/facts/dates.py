"""Dates as the law meets them: often known only to the month or the year.

A date is an interval of days, both ends included, counted as proleptic ordinals
(`datetime.date.toordinal`). An exact date is an interval of one day. Calendar arithmetic maps ends
to ends, which is exact because every operation here is monotone.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from functools import lru_cache
from typing import Literal, NamedTuple

FIRST_DAY = datetime.date.min.toordinal()
LAST_DAY = datetime.date.max.toordinal()

MonthEnd = Literal["last_day", "next_day"]
"""What a period of months that would end on a date that does not exist (31 April, 29 February) does:
end on the last day of that month, or on the first day of the next."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


class DateRange(NamedTuple):
    """Some day from `lo` to `hi`, both included (ordinals). Exact when they are equal."""

    lo: int
    hi: int


class NumberRange(NamedTuple):
    """Some number from `lo` to `hi`, both included. Exact when they are equal."""

    lo: float
    hi: float


ANY_DAY = DateRange(FIRST_DAY, LAST_DAY)
ANY_NUMBER = NumberRange(float("-inf"), float("inf"))


@lru_cache(maxsize=65536)
def parse_date(text: str) -> DateRange:
    """The interval meant by `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.

    Raises ValueError with a reason that does not repeat the text.

    >>> parse_date("2019-11-20") == parse_date("2019-11-20")
    True
    >>> format_date(parse_date("2019-11"))
    '2019-11'
    >>> parse_date("2023-02-30")
    Traceback (most recent call last):
    ...
    ValueError: no such day: that month has 28 days
    """
    match = _DATE.match(text)
    if match is None or not text.isascii():
        raise ValueError("not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
    year = int(match[1])
    if year < 1:
        raise ValueError("no such year")
    if match[2] is None:
        return DateRange(datetime.date(year, 1, 1).toordinal(), datetime.date(year, 12, 31).toordinal())
    month = int(match[2])
    if not 1 <= month <= 12:
        raise ValueError("no such month")
    length = monthrange(year, month)[1]
    if match[3] is None:
        first = datetime.date(year, month, 1).toordinal()
        return DateRange(first, first + length - 1)
    day = int(match[3])
    if not 1 <= day <= length:
        raise ValueError(f"no such day: that month has {length} days")
    exact = datetime.date(year, month, day).toordinal()
    return DateRange(exact, exact)


def format_day(ordinal: int) -> str:
    """One day as YYYY-MM-DD."""
    return datetime.date.fromordinal(ordinal).isoformat()


def format_date(value: DateRange) -> str:
    """The shortest way to write the interval: a day, a month, a year, or `from/to`."""
    low = datetime.date.fromordinal(value.lo)
    if value.lo == value.hi:
        return low.isoformat()
    high = datetime.date.fromordinal(value.hi)
    if low.day == 1 and (high + datetime.timedelta(days=1) if high.year < 9999 else high).day == 1:
        if (low.year, low.month) == (high.year, high.month):
            return f"{low.year:04d}-{low.month:02d}"
        if low.year == high.year and low.month == 1 and high.month == 12:
            return f"{low.year:04d}"
    return f"{low.isoformat()}/{high.isoformat()}"


@lru_cache(maxsize=65536)
def plus_months(ordinal: int, months: int, month_end: MonthEnd) -> int:
    """The day that many calendar months later (or earlier), on the same date of the month.

    >>> day = datetime.date(2019, 8, 31).toordinal()
    >>> format_day(plus_months(day, 6, "last_day")), format_day(plus_months(day, 6, "next_day"))
    ('2020-02-29', '2020-03-01')
    """
    date = datetime.date.fromordinal(ordinal)
    index = date.year * 12 + date.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year < 1:
        return FIRST_DAY
    if year > 9999:
        return LAST_DAY
    length = monthrange(year, month)[1]
    if date.day <= length:
        return datetime.date(year, month, date.day).toordinal()
    last = datetime.date(year, month, length).toordinal()
    return last if month_end == "last_day" else min(last + 1, LAST_DAY)


def plus_days(ordinal: int, days: int) -> int:
    """The day that many days later (or earlier), kept inside the calendar."""
    return max(FIRST_DAY, min(LAST_DAY, ordinal + days))


def past_weekends(ordinal: int) -> int:
    """The day itself, or the Monday after it when it is a Saturday or Sunday.

    >>> saturday = datetime.date(2024, 6, 1).toordinal()
    >>> [format_day(past_weekends(saturday + days)) for days in (-1, 0, 1, 2)]
    ['2024-05-31', '2024-06-03', '2024-06-03', '2024-06-03']
    """
    return min(LAST_DAY, ordinal + {6: 2, 0: 1}.get(ordinal % 7, 0))


def age_on(birth: int, day: int, month_end: MonthEnd) -> int:
    """Completed years of life on a day; the birthday itself counts as reached.

    >>> birth = datetime.date(2004, 2, 29).toordinal()
    >>> eve = datetime.date(2022, 2, 28).toordinal()
    >>> age_on(birth, eve, "last_day"), age_on(birth, eve, "next_day")
    (18, 17)
    """
    years = datetime.date.fromordinal(day).year - datetime.date.fromordinal(birth).year
    return years if plus_months(birth, 12 * years, month_end) <= day else years - 1


def age_range(birth: DateRange, day: DateRange, month_end: MonthEnd) -> NumberRange:
    """Every age that the two intervals allow."""
    if birth.lo == FIRST_DAY and birth.hi == LAST_DAY:
        return ANY_NUMBER
    return NumberRange(age_on(birth.hi, day.lo, month_end), age_on(birth.lo, day.hi, month_end))
