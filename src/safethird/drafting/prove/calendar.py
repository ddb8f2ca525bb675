"""Dates as numbers, and the calendar as a table.

A day counts from 1 January 1901. Between 1 March 1900 and 28 February 2100 every fourth year is a leap year,
so that a day is `1461 * cycle + place`, and a period of months is a distance that depends on the place alone:
a short table, read off the calendar of `facts/dates.py` itself. Cases are searched with dates from FIRST to
LAST; rules whose periods reach further from there than the calendar's even stretch are refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import z3

from safethird.drafting.prove.logic import (
    WIDTH,
    Bits,
    Formula,
    at_most,
    both,
    choose,
    implied,
    less,
    number,
    opposite,
    plus,
    same,
)  # fmt: skip
from safethird.facts.dates import MonthEnd, past_weekends, plus_months

BASE = datetime.date(1901, 1, 1).toordinal()
CYCLE = 1461
FIRST = datetime.date(1925, 1, 1).toordinal() - BASE
LAST = datetime.date(2074, 12, 31).toordinal() - BASE
MOST_MONTHS = 24 * 12
"""No period of a rule may be longer, or its end could leave the even stretch."""
FAR = 120_000
"""Days of the law before or after it all."""


def day_number(ordinal: int) -> int:
    """A day of the law as a number; days far off stay far off."""
    return max(-FAR, min(FAR, ordinal - BASE))


@lru_cache(maxsize=256)
def distances(months: int, month_end: MonthEnd) -> tuple[tuple[int, int], ...]:
    """By place in the cycle: from which place on the end of a period lies how many days off."""
    start = BASE + 20 * CYCLE
    found: list[tuple[int, int]] = []
    for place in range(CYCLE):
        off = plus_months(start + place, months, month_end) - (start + place)
        if not found or found[-1][1] != off:
            found.append((place, off))
    return tuple(found)


@lru_cache(maxsize=4)
def spans(unit: str) -> tuple[tuple[int, int], ...]:
    """The places in a cycle at which a month or a year begins, and its length."""
    start = datetime.date.fromordinal(BASE + 20 * CYCLE)
    found = []
    for index in range(4 if unit == "year" else 48):
        step = 12 if unit == "year" else 1
        first = plus_months(start.toordinal(), step * index, "last_day")
        then = plus_months(start.toordinal(), step * (index + 1), "last_day")
        found.append((first - start.toordinal(), then - first))
    return tuple(found)


class Calendar:
    """Takes days apart, each once; `demand` receives what must hold of the parts."""

    def __init__(self, demand: Callable[[Formula], None]) -> None:
        self._demand = demand
        self._parts: dict[int, tuple[Any, Bits, Bits]] = {}
        self._shifted: dict[tuple[int, int, str], tuple[Any, Bits]] = {}
        self._weekdays: dict[int, tuple[Any, Bits]] = {}

    def parts(self, day: Any) -> tuple[Bits, Bits]:
        """Cycle and place of a day that is no constant."""
        known = self._parts.get(day.get_id())
        if known is None:
            name = f"day{len(self._parts)}"
            cycle, place = z3.BitVec(f"{name}.cycle", WIDTH), z3.BitVec(f"{name}.place", WIDTH)
            self._demand(both((
                at_most(-12, cycle), at_most(cycle, 60), at_most(0, place), less(place, CYCLE),
                same(day, CYCLE * cycle + place),
            )))  # fmt: skip
            known = self._parts[day.get_id()] = (day, cycle, place)
        return known[1], known[2]

    def past_weekends(self, day: Bits) -> Bits:
        """The day, or the Monday after it when it is a Saturday or Sunday. Days of the law are positive here;
        those far off may move by two days, which nothing can tell."""
        if isinstance(day, int):
            return day if abs(day) >= FAR else day_number(past_weekends(day + BASE))
        weekday = self._weekday(day)
        return choose(same(weekday, 6), plus(day, 2), choose(same(weekday, 0), plus(day, 1), day))

    def _weekday(self, day: Any) -> Bits:
        """The day of the week, Sunday being nought: taken apart as `parts` does, for a division would cost the
        solver more than everything else."""
        known = self._weekdays.get(day.get_id())
        if known is None:
            name = f"day{len(self._weekdays)}"
            week, weekday = z3.BitVec(f"{name}.week", WIDTH), z3.BitVec(f"{name}.weekday", WIDTH)
            self._demand(both((
                at_most(-15_000, week), at_most(week, 15_000), at_most(0, weekday), less(weekday, 7),
                same(plus(day, BASE % 7), 7 * week + weekday),
            )))  # fmt: skip
            # Follows from the above; said, for the solver would be long in finding it out.
            for other, other_weekday in self._weekdays.values():
                self._demand(implied(same(day, other), same(weekday, other_weekday)))
            known = self._weekdays[day.get_id()] = (day, weekday)
        return known[1]

    def plus_months(self, day: Bits, months: int, month_end: MonthEnd) -> Bits:
        """The day that many months later."""
        if months == 0:
            return day
        if isinstance(day, int):
            if abs(day) >= FAR:
                return day
            return day_number(plus_months(day + BASE, months, month_end))
        key = (day.get_id(), months, month_end)
        if key not in self._shifted:
            _, place = self.parts(day)
            table = distances(months, month_end)
            off: Bits = table[-1][1]
            for (_, distance), (until, _) in zip(reversed(table[:-1]), reversed(table[1:]), strict=True):
                off = choose(less(place, until), distance, off)
            self._shifted[key] = (day, plus(day, off))
        return self._shifted[key][1]

    def span_end(self, day: Any, unit: str) -> tuple[Formula, Bits]:
        """Whether a month (or year) begins on a day, and the last day of it."""
        _, place = self.parts(day)
        begins = z3.Or(*(same(place, at) for at, _ in spans(unit)))
        length: Bits = spans(unit)[-1][1]
        for at, days in spans(unit)[:-1]:
            length = choose(same(place, at), days, length)
        return begins, plus(plus(day, length), -1)

    def age(self, birth: Bits, on: Bits, month_end: MonthEnd) -> Bits:
        """Completed years from one day to another."""
        birth_year, birth_key, _ = self._year(birth)
        year, key, leap = self._year(on)
        if month_end == "last_day":
            # Born on 29 February: in other years the birthday is the 28th.
            birth_key = choose(both((same(birth_key, 59), opposite(leap))), 58, birth_key)
        return plus(plus(year, number(birth_year) * -1), choose(less(key, birth_key), -1, 0))

    def _year(self, day: Bits) -> tuple[Bits, Bits, Formula]:
        """Year, day of the year counted as in a leap year, and whether it is one."""
        if isinstance(day, int):
            date = datetime.date.fromordinal(day + BASE)
            key = (
                datetime.date(2000, date.month, date.day).toordinal() - datetime.date(2000, 1, 1).toordinal()
            )
            return date.year - 1901, key, date.year % 4 == 0
        cycle, place = self.parts(day)
        year: Bits = 3
        first: Bits = 1095
        for index in (2, 1, 0):
            year = choose(less(place, 365 * (index + 1)), index, year)
            first = choose(less(place, 365 * (index + 1)), 365 * index, first)
        leap = at_most(1095, place)
        doy = number(place) - number(first)
        key = choose(both((opposite(leap), at_most(59, doy))), doy + 1, doy)
        return plus(4 * number(cycle), year), key, leap
