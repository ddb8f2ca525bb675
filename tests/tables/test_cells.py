"""Cells: what a printed number or period stands for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.tables.cells import (
    EXACT,
    CellError,
    Count,
    Counting,
    Period,
    count,
    day,
    fiscal_month,
    fiscal_year,
    month,
    month_number,
    period,
    quarter_of_day,
    shown,
)

MARKS = Counting({"--": Count(1, 5, "suppressed"), ":": None}, rounded_to=5)


@given(st.integers(0, 10_000_000_000))
def test_thousands_separators_do_not_change_a_number(number: int) -> None:
    expected = Count(number, number)
    assert count(str(number), EXACT) == expected
    assert count(f"{number:,}", EXACT) == expected
    assert count(f"{number:,}".replace(",", "\u202f"), EXACT) == expected
    assert count(f" {number}.0 ", EXACT) == expected


@given(st.integers(0, 1_000_000), st.sampled_from([5, 10]))
def test_a_rounded_cell_holds_every_number_that_rounds_to_it(number: int, to: int) -> None:
    how = Counting({}, rounded_to=to, zero_is_zero=False)
    for printed in {number // to * to, -(-number // to) * to}:
        found = count(str(printed), how)
        assert found is not None
        assert found.high is not None
        inside = found.low <= number <= found.high
        assert inside == (abs(number - printed) <= to // 2)


def test_marks() -> None:
    assert count("--", MARKS) == Count(1, 5, "suppressed")
    assert count(":", MARKS) is None
    assert count("0", MARKS) == Count(0, 0)
    assert count("5", MARKS) == Count(3, 7, "rounded")


@pytest.mark.parametrize(
    "text", ["", "1,23", "12,3456", "1.5", "-3", "(3)", "−3", "1e5", "five", "3 4", "0x1", "NaN", "१२a"]
)
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(CellError):
        count(text, EXACT)


@given(st.text(max_size=12))
def test_a_text_is_a_count_or_an_error(text: str) -> None:
    try:
        found = count(text, MARKS)
    except CellError:
        return
    assert found is None or found.high is None or 0 <= found.low <= found.high


@given(st.text())
def test_a_cell_in_a_message_is_short_and_on_one_line(text: str) -> None:
    said = shown(text)
    assert len(said) <= 43
    assert said.isprintable()


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_periods_start_on_the_first_and_hold_their_days(some: date) -> None:
    first = some.replace(day=1)
    assert period(f"{some:%Y-%m}") == period(f"{some:%YM%m}") == Period(first, 1)
    assert month(f"{some:%b%Y}".upper()) == first
    assert period(f"{some.year}") == Period(date(some.year, 1, 1), 12)
    quarter = quarter_of_day(some.isoformat())
    assert quarter == period(f"{some.year} Q{(some.month + 2) // 3}")
    assert quarter.month <= some
    assert day(f"{some.day} {some:%B} {some.year}") == day(f"{some:%d/%m/%Y}") == some


@given(st.integers(1950, 2090), st.integers(1, 12))
def test_a_fiscal_year_is_twelve_months_from_october(year: int, number: int) -> None:
    found = fiscal_month(year, number)
    assert found.month == number
    assert date(year - 1, 10, 1) <= found <= date(year, 9, 1)


def test_fiscal_years_and_months_as_written() -> None:
    assert [fiscal_year(text) for text in ("2024", "FY2024", "FY 2024", "2025 (FYTD)")] == [
        2024,
        2024,
        2024,
        2025,
    ]
    assert [month_number(text) for text in ("SEP", "Sept.", "01 October", "février", "déc")] == [
        9,
        9,
        10,
        2,
        12,
    ]


@pytest.mark.parametrize(
    "text", ["2019-13", "2019-00", "19-01", "2019-1-1", "Q5 2019", "JANUARY", "2019-02-02", ""]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(CellError):
        month(text)


@pytest.mark.parametrize("text", ["31/02/2020", "2019-02-30", "02/13/2020", "31 Foo 2020", "2020"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(CellError):
        day(text)
