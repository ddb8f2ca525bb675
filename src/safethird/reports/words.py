"""Values in a reader's language: dates, countries, codes, truth."""

from __future__ import annotations

import datetime
from typing import Any

from safethird.facts.countries import country_name
from safethird.facts.dates import DateRange, NumberRange
from safethird.facts.normalise import Listing
from safethird.facts.truth import Truth
from safethird.facts.vocabulary import vocabulary
from safethird.messages import say

_JOINTS = {"en": " or ", "es": " o ", "fr": " ou "}


def truth_word(value: Truth, language: str) -> str:
    """yes, no or not known."""
    return say({True: "truth.true", False: "truth.false", None: "truth.unknown"}[value], language)


def day_words(ordinal: int, language: str) -> str:
    """A day written out: 19 November 2019. In French, the first of a month is `1er`."""
    from babel.dates import format_date

    day = datetime.date.fromordinal(ordinal)
    words = str(format_date(day, "long", locale=_LOCALES[language]))
    return f"1er{words[1:]}" if language == "fr" and day.day == 1 else words


def date_words(value: DateRange, language: str) -> str:
    """A date as exactly as it is known: a day, a month, a year, or from a day to a day."""
    from babel.dates import format_skeleton

    low, high = (datetime.date.fromordinal(day) for day in value)
    if low == high:
        return day_words(value.lo, language)
    next_day = high + datetime.timedelta(days=1) if high < datetime.date.max else None
    if low.day == 1 and (next_day is None or next_day.day == 1):
        if (low.year, low.month) == (high.year, high.month):
            return str(format_skeleton("yMMMM", low, locale=_LOCALES[language]))
        if low.year == high.year and (low.month, high.month) == (1, 12):
            return str(low.year)
    if high.year >= 9999:
        return say("clause.or_later", language, low=day_words(value.lo, language))
    return say(
        "clause.range", language, low=day_words(value.lo, language), high=day_words(value.hi, language)
    )


_LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}


def code_words(path: str, code: str, language: str) -> str:
    """A code of a choice, a country or a label, in words where there are any."""
    fact = vocabulary().get(path)
    if fact is not None and fact.type in ("choice", "choices") and code in fact.values:
        return fact.value_label(code, language)
    if fact is not None and fact.type in ("country", "countries"):
        return country_name(code, language)
    return code


def value_words(path: str, value: Any, language: str) -> str:
    """A normalised value of the fact at `path`, in words; unknown is said to be so."""
    if value is None:
        return say("truth.unknown", language)
    if isinstance(value, bool):
        return truth_word(value, language)
    if isinstance(value, DateRange):
        return date_words(value, language)
    if isinstance(value, NumberRange):
        return number_words(value, language)
    if isinstance(value, Listing):
        if any(isinstance(item, dict) for item in value.items):
            return str(len(value.items)) if value.complete else f"{len(value.items)}, ..."
        words = ", ".join(code_words(path, item, language) for item in value.items)
        words = words or say("truth.none", language)
        return words if value.complete else f"{words}, ..."
    return code_words(path, str(value), language)


def number_words(value: NumberRange, language: str) -> str:
    """A number, or the range in which it lies."""
    if value.lo == value.hi:
        return f"{value.lo:g}"
    if value.hi == float("inf"):
        return say("clause.or_more", language, low=f"{value.lo:g}")
    return f"{value.lo:g}-{value.hi:g}"


def alternatives_words(words: list[str], language: str) -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + _JOINTS[language] + words[-1]


def country_words(codes: tuple[str, ...], language: str) -> str:
    """Names of countries, joined by `or`."""
    return alternatives_words([country_name(code, language) for code in codes], language)
