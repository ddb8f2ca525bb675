"""The tidy table: views, sums over them, and what the publisher's own sums must say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.errors import BadData, UsageError
from safethird.tables import MEANINGS, MEASURES, SCHEMA, Table, layouts, read_table
from safethird.tables.model import add_months, check_frame, empty_frame
from safethird.tables.published import published_totals
from safethird.tables.sums import check_sums
from tests.tables.made import write

OFFICES = ("Airport", "Border", "Inland")
PROVINCES = ("Ontario", "Quebec", "Yukon")


def rounded(number: int) -> str:
    """As IRCC prints it: to the nearest 5, small numbers as a mark."""
    return "0" if number == 0 else "--" if number <= 5 else str((number + 2) // 5 * 5)


def ircc(folder: Path, cells: dict[tuple[str, str], int], wrong: int = 0) -> Table:
    """A long file with all sums, from true numbers; `wrong` is added to the total in all."""
    lines = ["claim_office_type,province_territory,month,claimants"]
    for office in OFFICES:
        parts = {province: cells.get((office, province), 0) for province in PROVINCES}
        lines += [f"{office},{province},2020-01,{rounded(number)}" for province, number in parts.items()]
        lines.append(f"{office},All,2020-01,{rounded(sum(parts.values()))}")
    lines.append(f"Total,All,2020-01,{rounded(sum(cells.values()) + wrong)}")
    return read_table(write(folder, "ircc.csv", "\n".join(lines) + "\n"))


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(OFFICES), st.sampled_from(PROVINCES)), st.integers(0, 300), min_size=1
)


@given(CELLS)
def test_rounded_and_suppressed_parts_reach_the_printed_totals(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[str, str], int]
) -> None:
    table = ircc(tmp_path_factory.mktemp("ircc"), cells)
    assert all(check.off == 0 for check in check_sums(table))
    true = {
        (): {(): sum(cells.values())},
        ("sector",): {(office,): sum(cells.get((office, p), 0) for p in PROVINCES) for office in OFFICES},
        ("region",): {
            (province,): sum(cells.get((o, province), 0) for o in OFFICES) for province in PROVINCES
        },
        ("sector", "region"): {(o, p): cells.get((o, p), 0) for o in OFFICES for p in PROVINCES},
    }
    for by, numbers in true.items():
        for row in table.sum_by(*by).iter_rows(named=True):
            assert row["count_low"] <= numbers[tuple(row[name] for name in by)] <= row["count_high"]


@given(CELLS, st.sampled_from([-1, 1]))
def test_a_total_that_its_parts_cannot_reach_is_found(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[str, str], int], sign: int
) -> None:
    # Nine cells and three sums may each be two off, and a mark may be five: less than a hundred together.
    wrong = 100 if sign > 0 or sum(cells.values()) < 100 else -100
    table = ircc(tmp_path_factory.mktemp("ircc"), cells, wrong)
    off = [check for check in check_sums(table) if check.total_view == "destination" and check.off]
    assert off
    assert all(check.worst[0].gap * wrong < 0 for check in off)


def test_the_coarsest_view_is_used(tmp_path: Path) -> None:
    table = ircc(tmp_path, {(office, province): 12 for office in OFFICES for province in PROVINCES})
    assert table.sum_by().select("count_low", "count_high").row(0) == (108, 112)
    assert table.sum_by("sector").select("count_low", "count_high").row(0) == (33, 37)
    # Only the cut by office and province has provinces: the bounds of its cells add up.
    assert table.sum_by("region").select("count_low", "count_high").row(0) == (24, 36)
    assert table.sum_by("entry").columns == [
        "month",
        "months",
        "measure",
        "unit",
        "entry",
        "count_low",
        "count_high",
    ]


def test_questions_that_the_table_cannot_answer(tmp_path: Path) -> None:
    table = ircc(tmp_path, {("Border", "Quebec"): 9})
    with pytest.raises(
        BadData, match=r"No view of the table is broken down by origin and sector\. Expected: one of: "
    ):
        table.sum_by("origin", "sector")
    with pytest.raises(UsageError, match="no column 'province'"):
        table.sum_by("province")
    with pytest.raises(UsageError, match=r"no measure 'claim'\. Did you mean 'claims'"):
        table.sum_by(measure="claim")
    with pytest.raises(BadData):
        table.sum_by(measure="transfers_out")


def test_a_name_inside_detail_is_a_column(tmp_path: Path) -> None:
    path = write(tmp_path, "uk.csv", (
        "Year,Quarter,Method of entry,Nationality,Region,Sex,Age Group,Number of detections\n"
        "2023,2023 Q3,Small boat arrivals,Iran,x,Male,25 to 39,8\n2023,2023 Q3,Small boat "
        "arrivals,Iraq,x,Female,25 to 39,2\n"
    ))  # fmt: skip
    assert read_table(path).sum_by("sex").select("sex", "count_low").rows() == [("Female", 2), ("Male", 8)]


def test_quarters_years_and_stocks_are_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "eurostat.tsv", (
        "freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t2015\t2015-Q1\t2015-02\n"
        "A,PER,SY,T,FRST,TOTAL,AT\t100\t:\t:\nQ,PER,SY,T,FRST,TOTAL,AT\t:\t30\t:\nM,PER,SY,T,FRST,TOTAL,"
        "AT\t:\t:\t10\n"
    ))  # fmt: skip
    table = read_table(path)
    assert [table.sum_by(months=months)["count_low"].to_list() for months in (1, 3, 12)] == [[8], [28], [98]]
    assert table.sum_by()["months"].to_list() == [1]
    assert len(table.months_covered()) == 12


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(-600, 600))
def test_adding_months_goes_there_and_back(day: date, count: int) -> None:
    month = day.replace(day=1)
    there = add_months(month, count)
    assert add_months(there, -count) == month
    assert (there.year - month.year) * 12 + there.month - month.month == count


def test_unsound_frames_are_refused() -> None:
    check_frame(empty_frame())
    with pytest.raises(BadData, match="Column 'month' is missing"):
        check_frame(empty_frame().drop("month"))
    row = dict.fromkeys(SCHEMA) | {
        "month": date(2020, 1, 2), "months": 2, "measure": "claims", "unit": "persons", "count_low": 5,
        "count_high": 4,
        "cell": "exact",
    }  # fmt: skip
    with pytest.raises(BadData) as caught:
        check_frame(pl.DataFrame([row], schema=dict(SCHEMA), orient="row"))
    assert [problem.what for problem in caught.value.problems] == [
        "1 rows: the least number is above the greatest", "1 rows: an exact cell is not one number",
        "1 rows: a month is missing or not the first day", "1 rows: a period is not 0, 1, 3 or 12 months",
    ]  # fmt: skip


def test_every_column_and_measure_has_a_meaning() -> None:
    assert list(MEANINGS) == list(SCHEMA)
    assert all(
        measure.meaning and measure.unit in ("events", "persons", "cases", "either")
        for measure in MEASURES.values()
    )


def test_layouts_and_published_totals_fit_together() -> None:
    known = {layout.id: layout for layout in layouts()}
    assert len(known) == len(layouts())
    totals = published_totals()
    assert len({total.id for total in totals}) == len(totals)
    for total in totals:
        assert set(total.layouts) <= set(known), total.id
        assert set(total.measures) <= set(MEASURES), total.id
        assert {name for name, _ in total.where} <= set(SCHEMA), total.id
        assert total.url.startswith("https://"), total.id
        assert {layout for layout, _ in total.known} <= set(total.layouts), total.id
    for layout in known.values():
        assert layout.url.startswith("http"), layout.id
        assert layout.read.__doc__ or layout.id.startswith("eurostat-dub"), layout.id
