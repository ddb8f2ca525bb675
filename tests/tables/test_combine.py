"""Several files: nobody counted twice, later vintages win, conflicts are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safethird.errors import BadData, UsageError
from safethird.tables import Table, combine, read_table
from safethird.tables.combine import Gap
from tests.tables.made import rows, write
from tests.tables.test_made_us import SOUTHWEST, STATE

FRONTEX = "route,type,nationality_iso3,month,detections\n"


def state(
    folder: Path, name: str, counts: dict[tuple[int, str, str], int], revision: str | None = None
) -> Table:
    """A file by state from fiscal year, month and citizenship to a count."""
    text = STATE + "".join(
        f"{year},FYTD,{month},Other,FL,Single Adults,{who},Title 8,{number}\n"
        for (year, month, who), number in counts.items()
    )
    return read_table(write(folder, name, text), revision=revision)


def test_the_later_vintage_wins_whole_fiscal_years(tmp_path: Path) -> None:
    old = state(
        tmp_path,
        "fy20-fy21.csv",
        {(2020, "DEC", "CUBA"): 5, (2021, "DEC", "CUBA"): 6, (2021, "MAR", "PERU"): 1},
    )
    new = state(tmp_path, "fy21-fy22.csv", {(2021, "DEC", "CUBA"): 7, (2022, "APR", "CUBA"): 8})
    for order in ([old, new], [new, old]):
        joined = combine(order)
        # The row of Peru has gone: the year 2021 was published anew without it.
        assert rows(joined.table, "month", "origin", "count_low") == [
            (date(2019, 12, 1), "CU", 5), (date(2020, 12, 1), "CU", 7), (date(2022, 4, 1), "CU", 8),
        ]  # fmt: skip
        (overlap,) = joined.overlaps
        assert (overlap.what, overlap.changed, overlap.kept_total, overlap.dropped_total) == (
            "fiscal year 2021",
            2,
            7,
            7,
        )
        assert overlap.kept.endswith("fy21-fy22.csv")


def test_later_cells_win_in_other_layouts(tmp_path: Path) -> None:
    old = read_table(write(tmp_path, "a.csv", FRONTEX + "Other,Sea,IRQ,2020-01,5\nOther,Sea,SYR,2020-01,9\n"))
    new = read_table(write(tmp_path, "b.csv", FRONTEX + "Other,Sea,IRQ,2020-01,6\nOther,Sea,IRQ,2020-03,1\n"))
    joined = combine([new, old])
    assert rows(joined.table, "month", "origin", "count_low", "revision") == [
        (date(2020, 1, 1), "IQ", 6, "2020-03"), (date(2020, 1, 1), "SY", 9, "2020-01"),
        (date(2020, 3, 1), "IQ", 1, "2020-03"),
    ]  # fmt: skip
    assert joined.gaps == (Gap("eu-detections", date(2020, 2, 1), date(2020, 2, 1)),)


def test_two_files_of_one_vintage_that_differ_are_named(tmp_path: Path) -> None:
    one = state(tmp_path, "one.csv", {(2021, "DEC", "CUBA"): 5})
    other = state(tmp_path, "other.csv", {(2021, "DEC", "CUBA"): 6})
    with pytest.raises(BadData) as caught:
        combine([one, other])
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        "other.csv: Two files of one vintage (2020-12) differ in 1 cells of fiscal year 2021. First "
        "2020-12-01, CU, "
        "encounters: 5 in one.csv, 6 in other.csv. Leave one of them out, or say which vintage each one is."
    )
    later = state(tmp_path, "other.csv", {(2021, "DEC", "CUBA"): 6}, revision="2024-01-31")
    assert combine([later, one]).table.frame["count_low"].to_list() == [6]


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    table = state(tmp_path, "a.csv", {(2021, "DEC", "CUBA"): 5})
    copy = state(tmp_path, "b.csv", {(2021, "DEC", "CUBA"): 5})
    joined = combine([table, copy])
    assert joined.table.frame.height == 1
    assert len(joined.repeated) == 1


def test_suppressed_cells_stay_ranges(tmp_path: Path) -> None:
    header = "claim_office_type,province_territory,month,claimants\n"
    old = read_table(write(tmp_path, "a.csv", header + "Airport,Quebec,2020-01,--\nTotal,All,2020-01,10\n"))
    new = read_table(
        write(tmp_path, "b.csv", header + "Airport,Quebec,2020-02,--\nAirport,Quebec,2020-01,5\n")
    )
    assert rows(combine([old, new]).table, "month", "region", "count_low", "count_high") == [
        (date(2020, 1, 1), "Quebec", 3, 7), (date(2020, 1, 1), None, 8, 12), (date(2020, 2, 1), "Quebec", 1,
        5),
    ]  # fmt: skip


def test_layouts_that_count_the_same_people(tmp_path: Path) -> None:
    by_state = state(tmp_path, "state.csv", {(2021, "DEC", "CUBA"): 5, (2021, "JAN", "CUBA"): 4})
    southwest = read_table(write(tmp_path, "sw.csv", SOUTHWEST + (
        "2021,FYTD,DEC,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,10\n"
        "2020,FYTD,DEC,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,20\n"
    )))  # fmt: skip
    with pytest.raises(BadData, match="count the same people, 2020-12 to 2020-12") as caught:
        combine([by_state, southwest])
    assert caught.value.problems[0].code == "same-people"
    joined = combine([southwest, by_state], prefer=["cbp-nationwide-state"])
    assert rows(joined.table, "month", "layout", "count_low") == [
        (date(2019, 12, 1), "cbp-southwest", 20), (date(2020, 12, 1), "cbp-nationwide-state", 5),
        (date(2021, 1, 1), "cbp-nationwide-state", 4),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="Did you mean 'cbp-southwest'"):
        combine([by_state], prefer=["cbp-southwst"])


def test_other_countries_are_other_people(tmp_path: Path) -> None:
    text = "month,nationality_iso3,persons\n2022-05,VEN,9\n"
    tables = [read_table(write(tmp_path, f"{name}.csv", text)) for name in ("darien", "honduras")]
    assert combine(tables).table.sum_by("destination")["destination"].to_list() == ["HN", "PA"]


def test_years_and_months_of_one_universe_overlap(tmp_path: Path) -> None:
    monthly = read_table(
        write(tmp_path, "m.csv", "date_month,migrants_arrived,boats_arrived\n2020-05-01,4,1\n")
    )
    yearly = read_table(
        write(tmp_path, "y.csv", "n_year,migrants_arrived,boats_arrived\n2020,40,10\n2021,50,11\n")
    )
    joined = combine([monthly, yearly], prefer=["uk-small-boats-monthly"])
    arrivals = joined.table.frame.filter(pl.col("measure") == "arrivals")
    assert arrivals.select("month", "months", "count_low").sort("month").rows() == [
        (date(2020, 5, 1), 1, 4), (date(2021, 1, 1), 12, 50),
    ]  # fmt: skip


CELLS = st.dictionaries(
    st.tuples(st.sampled_from([2020, 2021, 2022]), st.sampled_from(["OCT", "MAR"]), st.sampled_from(["CUBA",
    "PERU"])),
    st.integers(1, 50), min_size=1,
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_years_come_from_one_file(
    tmp_path_factory: pytest.TempPathFactory, files: list[dict[tuple[int, str, str], int]], random: Random
) -> None:
    folder = tmp_path_factory.mktemp("combine")
    tables = [
        state(folder, f"{place}.csv", cells, revision=f"2024-{place + 1:02}")
        for place, cells in enumerate(files)
    ]
    joined = combine(tables).table.frame
    shuffled = list(tables)
    random.shuffle(shuffled)
    again = combine(shuffled).table.frame
    assert again.sort(again.columns).equals(joined.sort(joined.columns))
    year = pl.col("month").dt.offset_by("3mo").dt.year().alias("year")
    for number, revisions in joined.group_by(year).agg(pl.col("revision").unique()).iter_rows():
        last = max(place for place, cells in enumerate(files) if any(key[0] == number for key in cells))
        assert revisions == [f"2024-{last + 1:02}"]
