"""From the text of a cell to a number range or a month. Nothing is guessed: what fits no rule is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

MOST = 10_000_000_000
"""A published count above this is a misread file."""

FIRST_YEAR, LAST_YEAR = 1900, 2100

_NUMBER = re.compile(r"\d+|\d{1,3}(?:[,\u00a0\u202f ]\d{3})+")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_NEGATIVE = re.compile(r"[-−(]\s*\d.*")
_GROUPING = re.compile(r"[,\u00a0\u202f ]")
_SHOWN = 40


class CellError(ValueError):
    """A cell that cannot be read: what is wrong and what would be right."""

    def __init__(self, what: str, expected: str) -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Count:
    """The range of numbers that a printed cell can stand for."""

    low: int
    high: int | None
    """None: the publisher gives no upper bound."""
    cell: str = "exact"


@dataclass(frozen=True, slots=True)
class Counting:
    """How a publisher prints numbers."""

    marks: Mapping[str, Count | None]
    """Marks in place of a number. None: the cell says nothing (not reported), and its row is left out."""
    rounded_to: int = 1
    """Numbers are rounded to the nearest multiple of this."""
    zero_is_zero: bool = True
    """A printed 0 is a true zero even where other numbers are rounded."""
    small: Mapping[int, Count] | None = None
    """Numbers that stand for a range: UNHCR prints 5 for 1 to 5."""


EXACT = Counting({})
"""Plain numbers, nothing rounded, nothing held back."""


def count(text: str, how: Counting) -> Count | None:
    """The range that a printed count stands for, or None when the cell says nothing.

    >>> count("1,234", Counting({}))
    Count(low=1234, high=1234, cell='exact')
    >>> count("--", Counting({"--": Count(0, 5, "suppressed")}))
    Count(low=0, high=5, cell='suppressed')
    >>> count("120", Counting({}, rounded_to=10))
    Count(low=115, high=125, cell='rounded')
    """
    text = text.strip()
    if text in how.marks:
        return how.marks[text]
    whole = _WHOLE_FLOAT.fullmatch(text)
    if whole:
        text = whole[1]
    if not _NUMBER.fullmatch(text):
        raise CellError(*_why_no_number(text, how))
    number = int(_GROUPING.sub("", text))
    if number > MOST:
        raise CellError("The number is too large for a count of people", f"at most {MOST:,}")
    if how.small and number in how.small:
        return how.small[number]
    if how.rounded_to > 1 and not (number == 0 and how.zero_is_zero):
        # Both halves are kept: nobody says whether 15 becomes 10 or 20.
        half = how.rounded_to // 2
        return Count(max(number - half, 0), number + half, "rounded")
    return Count(number, number)


def _why_no_number(text: str, how: Counting) -> tuple[str, str]:
    marks = " or ".join(f"'{mark}'" for mark in how.marks if mark)
    expected = "a whole number" + (f", or {marks}" if marks else "")
    if not text:
        return "The count is empty", expected
    if _NEGATIVE.fullmatch(text):
        return f"The count {shown(text)} is below zero", expected
    return f"{shown(text)} is not a count", expected


def shown(text: str) -> str:
    """A cell for a message: quoted, shortened, without control characters.

    >>> shown("a" * 50)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    clean = "".join(char if char.isprintable() else "?" for char in text[:_SHOWN])
    return f"'{clean}…'" if len(text) > _SHOWN else f"'{clean}'"


# --- Time ---------------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "janvier", "janv"), ("february", "feb", "février", "fevrier", "févr"),
            ("march", "mar", "mars"), ("april", "apr", "avril", "avr"), ("may", "mai"), ("june", "jun",
            "juin"),
            ("july", "jul", "juillet", "juil"), ("august", "aug", "août", "aout"),
            ("september", "sep", "sept", "septembre"), ("october", "oct", "octobre"),
            ("november", "nov", "novembre"), ("december", "dec", "décembre", "decembre", "déc"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip

_FISCAL_YEAR = re.compile(r"(?:FY ?)?((?:19|20)\d\d)(?: ?\((?:FYTD|TD)\))?", re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?")
_MONTH = re.compile(r"((?:19|20)\d\d)[-M](\d\d?)(?:-01(?:[T ]00:00(?::00)?)?)?")
_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?)?")
_QUARTER = re.compile(r"((?:19|20)\d\d)[- ]?Q([1-4])")
_WORDY_DAY = re.compile(r"(\d{1,2})[ /.-](\w+)[ /.-]((?:19|20)\d\d)")
_GLUED = re.compile(r"([A-Za-z]{3})[- ]?((?:19|20)\d\d)")


def month_number(text: str) -> int:
    """A month's number from its English or French name, short or long, or from `01 October`.

    >>> month_number("SEP"), month_number("01 October")
    (9, 10)
    """
    word = re.sub(r"^\d\d? ", "", text.strip()).rstrip(".").lower()
    if word in _MONTHS:
        return _MONTHS[word]
    raise CellError(f"{shown(text)} is not a month", "the English or French name of a month")


def fiscal_year(text: str) -> int:
    """The US fiscal year: `2025`, `FY2025` or `2025 (FYTD)`."""
    found = _FISCAL_YEAR.fullmatch(text.strip())
    if not found:
        raise CellError(f"{shown(text)} is not a fiscal year", "a year such as 2024 or 2025 (FYTD)")
    return int(found[1])


def fiscal_month(year: int, month: int) -> date:
    """The calendar month of a month of a US fiscal year, which starts on 1 October of the year before.

    >>> fiscal_month(2020, 10)
    datetime.date(2019, 10, 1)
    """
    return date(year - 1 if month >= 10 else year, month, 1)


def year(text: str) -> int:
    """A calendar year."""
    found = _YEAR.fullmatch(text.strip())
    if not found:
        raise CellError(f"{shown(text)} is not a year", "a year of four digits")
    return int(found[1])


@dataclass(frozen=True, slots=True)
class Period:
    """A run of months: the first, and how many."""

    month: date
    months: int


def period(text: str) -> Period:
    """A year, quarter or month in the forms that statistics offices use.

    >>> period("2015-03"), period("2015M03").months, period("2015").months, period("2015-Q3").month
    (Period(month=datetime.date(2015, 3, 1), months=1), 1, 12, datetime.date(2015, 7, 1))
    """
    text = text.strip()
    if found := _MONTH.fullmatch(text):
        return Period(_first_of(int(found[1]), int(found[2]), text), 1)
    if found := _GLUED.fullmatch(text):
        return Period(date(int(found[2]), month_number(found[1]), 1), 1)
    if found := _QUARTER.fullmatch(text):
        return Period(date(int(found[1]), int(found[2]) * 3 - 2, 1), 3)
    if found := _YEAR.fullmatch(text):
        return Period(date(int(found[1]), 1, 1), 12)
    raise CellError(
        f"{shown(text)} is not a period", "a month (2015-03), a quarter (2015-Q1) or a year (2015)"
    )


def month(text: str) -> date:
    """The first day of a month given as `2015-03`, `2015-03-01` or `JAN2009`."""
    found = period(text)
    if found.months != 1:
        raise CellError(f"{shown(text)} is not a month", "a month such as 2015-03")
    return found.month


def day(text: str) -> date:
    """A day: `2018-03-31`, `31/03/2018` (day first) or `31 March 2018`."""
    text = text.strip()
    if found := _DAY.fullmatch(text):
        return _real_day(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _WORDY_DAY.fullmatch(text):
        number = int(found[2]) if found[2].isdigit() else month_number(found[2])
        return _real_day(int(found[3]), number, int(found[1]), text)
    raise CellError(f"{shown(text)} is not a date", "a day such as 2018-03-31 or 31 March 2018")


def quarter_of_day(text: str) -> Period:
    """The quarter that a day (its last, as a rule) falls in."""
    found = day(text)
    return Period(date(found.year, (found.month - 1) // 3 * 3 + 1, 1), 3)


def _first_of(number_of_year: int, number: int, text: str) -> date:
    if not 1 <= number <= 12:
        raise CellError(f"{shown(text)} is not a month", "a month from 01 to 12")
    return date(number_of_year, number, 1)


def _real_day(number_of_year: int, number: int, of_month: int, text: str) -> date:
    try:
        return date(number_of_year, number, of_month)
    except ValueError:
        raise CellError(f"{shown(text)} is not a day of the calendar", "a day such as 2018-03-31") from None
