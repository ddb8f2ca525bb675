"""The parts of the columnar engine: dates, calendars, codes, columns of every type, lists of every length."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.engines.columns import calendar, codes
from safethird.engines.columns.calendar import BEFORE, BEYOND
from safethird.engines.columns.dates import date_expressions, dates_from, is_date_column
from safethird.engines.columns.decode import Labels, decode
from safethird.engines.columns.load import Block
from safethird.engines.columns.needs import Column, Level
from safethird.errors import BadData
from safethird.facts.dates import FIRST_DAY, LAST_DAY, age_on, parse_date, plus_days, plus_months
from safethird.facts.normalise import COUNTRIES
from safethird.facts.vocabulary import vocabulary

days = st.integers(FIRST_DAY, LAST_DAY) | st.integers(700_000, 760_000)
month_ends = st.sampled_from(("last_day", "next_day"))


# --- dates ---------------------------------------------------------------------------------------------


def _read(column: pl.Series) -> tuple[list[Any], set[int]]:
    assert is_date_column(column.dtype)
    expressions = date_expressions(pl.col("x"), column.dtype)
    done = column.to_frame("x").select(part.alias(str(turn)) for turn, part in enumerate(expressions))
    low, high, wrong = dates_from([done[str(turn)] for turn in range(len(expressions))], column)
    found = [
        None if first == BEFORE and last == BEYOND else (int(first), int(last))
        for first, last in zip(low, high, strict=True)
    ]
    return found, set() if wrong is None else set(wrong.tolist())


def _wanted(texts: list[str | None]) -> tuple[list[Any], set[int]]:
    found: list[Any] = []
    wrong = set()
    for place, text in enumerate(texts):
        try:
            found.append(None if text is None else tuple(parse_date(text)))
        except ValueError:
            found.append(None)
            wrong.add(place)
    return found, wrong


_NEARLY = st.text("0123456789-/ +é", max_size=11)
_DAYS = days.map(lambda day: datetime.date.fromordinal(day).isoformat())
_SHORT = st.builds(lambda text, length: text[:length], _DAYS, st.sampled_from((10, 7, 4)))


@given(st.lists(st.none() | _SHORT | _NEARLY, max_size=30))
def test_texts_of_dates(texts: list[str | None]) -> None:
    """Every text means what it means in a case, or is refused as it is there."""
    assert _read(pl.Series(texts, dtype=pl.String)) == _wanted(texts)


def test_every_way_to_miss_a_date() -> None:
    """Each character of a date replaced by each of many others; every month and day number."""
    signs = "0123456789-/x ٣é"
    texts = ["2019-11-20"[:place] + sign + "2019-11-20"[place + 1 :] for place in range(10) for sign in signs]
    texts += [f"2019-{month:02d}-{day:02d}" for month in range(20) for day in range(40)]
    texts += [f"{year:04d}-02-29" for year in range(0, 10000, 25)]
    assert _read(pl.Series(texts)) == _wanted(texts)


def test_columns_of_days_and_of_pairs() -> None:
    """Polars dates, pairs of them, and pairs of ordinals."""
    some = [datetime.date(2019, 11, 20), None, datetime.date(1, 1, 1), datetime.date(9999, 12, 31)]
    ordinals = [None if one is None else one.toordinal() for one in some]
    exact = [None if one is None else (one, one) for one in ordinals]
    assert _read(pl.Series(some)) == (exact, set())
    pairs = pl.Series(
        [{"lo": one, "hi": one} for one in some], dtype=pl.Struct({"lo": pl.Date, "hi": pl.Date})
    )
    assert _read(pairs) == (exact, set())
    numbers = pl.Series(
        [*({"lo": one, "hi": one} for one in ordinals), {"lo": 20, "hi": 10}, {"lo": 0, "hi": 5}, {"lo": 3, "hi": 9}],
        dtype=pl.Struct({"lo": pl.Int32, "hi": pl.Int32}),
    )  # fmt: skip
    assert _read(numbers) == ([*exact, None, None, (3, 9)], {4, 5})


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Boolean, pl.Datetime("us"), pl.Struct({"lo": pl.Date})])
def test_what_is_no_column_of_dates(dtype: Any) -> None:
    """Times of day and bare numbers are not taken for dates."""
    assert not is_date_column(dtype)


# --- calendar ------------------------------------------------------------------------------------------


@given(st.lists(days, min_size=1, max_size=20), st.integers(-40_000, 40_000), month_ends)
def test_months_later(some: list[int], months: int, month_end: Any) -> None:
    """As for one day."""
    moved = calendar.add_months(np.array([*some, BEFORE, BEYOND], np.int32), months, month_end)
    assert moved.tolist() == [*(plus_months(day, months, month_end) for day in some), BEFORE, BEYOND]


@given(st.lists(days, min_size=1, max_size=20), st.integers(-1_000_000, 1_000_000))
def test_days_later(some: list[int], amount: int) -> None:
    """As for one day."""
    moved = calendar.plus_days(np.array([*some, BEFORE, BEYOND], np.int32), amount)
    assert moved.tolist() == [*(plus_days(day, amount) for day in some), BEFORE, BEYOND]


@given(st.lists(st.tuples(days, days), min_size=1, max_size=20), month_ends)
def test_ages(pairs: list[tuple[int, int]], month_end: Any) -> None:
    """As for one person."""
    births, on = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    assert calendar.ages(births, on, month_end).tolist() == [age_on(*pair, month_end) for pair in pairs]


def test_ages_about_the_end_of_february() -> None:
    """Everyone born about 29 February, on every day about it, by both rules."""
    births = [datetime.date(2004, 2, 26).toordinal() + day for day in range(6)]
    births += [datetime.date(1900, 2, 26).toordinal() + day for day in range(6)]
    on = [
        datetime.date(year, 2, 25).toordinal() + day for year in (2020, 2021, 2022, 2100) for day in range(8)
    ]
    pairs = [(birth, day) for birth in births for day in on]
    left, right = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    for month_end in ("last_day", "next_day"):
        assert calendar.ages(left, right, month_end).tolist() == [age_on(*pair, month_end) for pair in pairs]


# --- columns -------------------------------------------------------------------------------------------


def _column(path: str, kind: Any, space: Any, series: pl.Series) -> Any:
    name = path.partition(".")[2]
    table = pl.DataFrame({path.partition(".")[0]: pl.DataFrame({name: series}).to_struct("s")})
    flat = decode(table, Level("", [Column(path, kind, space)]), Labels())
    return flat.values[path], {key: rows.tolist() for key, rows in flat.faults.items()}


def _codes(space: Any, values: Any) -> list[str | None]:
    return [None if number == 0 else codes.texts(space)[number - 1] for number in values.tolist()]


def test_every_country() -> None:
    """Namibia is no missing value, and what looks like a code is none."""
    texts = [*COUNTRIES, None, "ZZ", "us", "U", "USA", "", "Ñ", "NA"]
    values, faults = _column("claim.country", "code", "country", pl.Series(texts))
    assert _codes("country", values)[: len(COUNTRIES) + 1] == [*COUNTRIES, None]
    assert _codes("country", values)[-1] == "NA"
    wrong = [place for place, text in enumerate(texts) if text is not None and text not in COUNTRIES]
    assert faults == {"claim.country": wrong}


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["inland", "airport", "moon", "US"])])
def test_choices_of_every_type(dtype: Any) -> None:
    """A code of another choice, or of none, is refused."""
    texts = ["inland", None, "airport", "moon", "inland"]
    values, faults = _column("claim.setting", "code", "choice", pl.Series(texts, dtype=dtype))
    assert _codes("choice", values) == ["inland", None, "airport", None, "inland"]
    assert faults == {"claim.setting": [3]}
    texts = ["pending", "inland"]  # a status is no setting
    assert _column("claim.setting", "code", "choice", pl.Series(texts))[1] == {"claim.setting": [0]}


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["US", "GT", "ZZ"])])
def test_countries_of_other_types(dtype: Any) -> None:
    """Categories are read as their texts."""
    values, faults = _column(
        "claim.country", "code", "country", pl.Series(["US", None, "ZZ", "GT"], dtype=dtype)
    )
    assert _codes("country", values) == ["US", None, None, "GT"]
    assert faults == {"claim.country": [2]}


def test_numbers() -> None:
    """Whole and broken ones; not below nought, not beyond a million, not NaN."""
    table = pl.DataFrame(
        {"documents": [[{"study_years": one}] for one in (2.0, 2.5, None, -1.0, 2e6, float("nan"))]}
    )
    level = Level("documents", [Column("documents[].study_years", "number", "")])
    flat = decode(table, Level("", [], [level]), Labels()).lists["documents"].elements
    low, high = flat.values["documents[].study_years"]
    assert low[:3].tolist() == [2, 2.5, -np.inf]
    assert high[:3].tolist() == [2, 2.5, np.inf]
    assert flat.faults["documents[].study_years"].tolist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("path", "series"),
    [
        ("claim.date", pl.Series([1, 2])),
        ("claim.country", pl.Series([True, False])),
        ("findings.discretion_used", pl.Series(["yes", "no"])),
        ("findings.discretion_used", pl.Series([0, 1])),
    ],
)
def test_columns_of_wrong_types(path: str, series: pl.Series) -> None:
    """Refused, with the path, and without a value."""
    kinds: dict[str, Any] = {"date": "date", "country": "code", "yes_no": "truth"}
    with pytest.raises(BadData) as caught:
        _column(path, kinds[vocabulary().fact(path).type], "country", series)
    assert caught.value.problems[0].path == path
    assert caught.value.problems[0].code == "column-type"


def test_a_section_that_is_no_group() -> None:
    """A column with the name of a section must be one."""
    with pytest.raises(BadData, match="claim"):
        decode(pl.DataFrame({"claim": ["x"]}), Level("", [Column("claim.date", "date", "")]), Labels())
    with pytest.raises(BadData, match="entries"):
        decode(pl.DataFrame({"entries": ["x"]}), Level("", [], [Level("entries")]), Labels())


def test_lists_inside_lists() -> None:
    """Every element of every element in its place, whatever the block."""
    rng = Random(1)
    people = [
        [[rng.choice(("US", "CA", "FR")) for _ in range(rng.randint(0, 3))] for _ in range(rng.randint(0, 3))]
        for _ in range(50)
    ]
    kind = pl.List(pl.Struct({"protection_refused_in": pl.List(pl.String)}))
    rows = [{"family": [{"protection_refused_in": one} for one in person]} for person in people]
    table = pl.DataFrame(rows, schema={"family": kind})
    path = "family[].protection_refused_in"
    inner = Level(path, [Column(f"{path}[]", "code", "country")])
    labels = Labels()
    flat = decode(table, Level("", [], [Level("family", [], [inner])]), labels)
    blocks: list[Any] = [
        slice(0, 50),
        slice(7, 19),
        slice(3, 3),
        np.array([4, 40, 5, 4]),
        np.array([], np.int64),
    ]
    for places in blocks:
        block = Block(flat, labels, places)
        values, (there, complete) = block.value(f"{path}[]"), block.members(path)
        chosen = people[places] if isinstance(places, slice) else [people[row] for row in places]
        for place, person in enumerate(chosen):
            got = [
                [_codes("country", values[turn, inner_turn, [place]])[0] for inner_turn in range(values.shape[1])
                 if there[turn, inner_turn, place] == 1]
                for turn in range(values.shape[0])
            ]  # fmt: skip
            assert [one for one in got if one] == [one for one in person if one]
            assert complete[:, place].tolist()[: len(person)] == [1] * len(person)


def test_a_column_that_is_not_there() -> None:
    """Unknown in every case."""
    level = Level("entries", [Column("entries[].date", "date", "")])
    labels = Labels()
    flat = decode(
        pl.DataFrame({"id": ["a", "b"]}), Level("", [Column("claim.date", "date", "")], [level]), labels
    )
    block = Block(flat, labels, slice(0, 2))
    assert block.value("claim.date").low.tolist() == [BEFORE]
    assert block.members("entries").there.max() == -1
    assert block.members("entries").complete.max() == 0
