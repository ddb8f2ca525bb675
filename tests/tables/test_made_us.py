"""US layouts, on small made-up files: what each row of the publisher becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from safethird.tables import read_table
from tests.tables.made import rows, write, xlsx

AOR = (
    "Fiscal Year,Month Grouping,Month (abbv),Component,Land Border Region,Area of Responsibility,AOR (Abbv),"
    "Demographic,Citizenship,Title of Authority,Encounter Type,Encounter Count\n"
)
STATE = (
    "Fiscal Year,Month Grouping,Month (abbv),Land Border Region,State,Demographic,Citizenship,Title of "
    "Authority,"
    "Encounter Count\n"
)
SOUTHWEST = (
    "Fiscal Year,Month Grouping,Month (abbv),Component,Demographic,Citizenship Grouping,Title of Authority,"
    "Encounter Type,Encounter Count\n"
)


def test_area_of_responsibility_tells_port_from_between_ports(tmp_path: Path) -> None:
    path = write(tmp_path, "any-name.csv", AOR + (
        "2024,FYTD,OCT,U.S. Border Patrol,Southwest Land Border,Tucson Sector,TCA,FMUA,"
        '"CHINA, PEOPLES REPUBLIC OF",Title 8,Apprehensions,"1,234"\n'
        "2024,FYTD,NOV,Office of Field Operations,Southwest Land Border,Tucson Field Office,Tucson,UC / "
        "Single Minors,"
        "HONDURAS,Title 42,Expulsions,7\n"
        "2024,FYTD,JAN,Office of Field Operations,Other,Miami Field Office,Miami,Accompanied "
        "Minors,OTHER,Title 8,"
        "Inadmissibles,0\n"
    ))  # fmt: skip
    table = read_table(path)
    assert table.files[0].layout == "cbp-nationwide-aor"
    assert table.files[0].revision == "2024-01"
    assert rows(
        table, "month", "origin", "origin_label", "entry", "sector", "demographic", "measure", "count_low"
    ) == [
        (
            date(2023, 10, 1),
            "CN",
            None,
            "land_between_ports",
            "Tucson",
            "family_member",
            "apprehensions",
            1234,
        ),
        (
            date(2023, 11, 1),
            "HN",
            None,
            "land_port",
            "Tucson Field Office",
            "unaccompanied_child",
            "expulsions",
            7,
        ),
        (
            date(2024, 1, 1),
            None,
            "Other",
            None,
            "Miami Field Office",
            "accompanied_child",
            "inadmissibles",
            0,
        ),
    ]
    # The way of entry belongs to the view even where the file does not tell it.
    assert set(table.frame["view"]) == {
        "origin+destination+entry+region+sector+demographic+authority+component"
    }


def test_snake_case_copies_are_the_same_layout(tmp_path: Path) -> None:
    header = AOR.replace(" ", "_").replace("(", "").replace(")", "").lower()
    path = write(tmp_path, "cbp_resp.csv", header + (
        "2020,FYTD,SEP,U.S. Border Patrol,Northern Land Border,Swanton Sector,SWB,Single Adults,MEXICO,Title "
        "8,"
        "Apprehensions,3\n"
    ))  # fmt: skip
    assert read_table(path).files[0].layout == "cbp-nationwide-aor"


def test_both_halves_of_the_month_grouping_are_data(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", SOUTHWEST + (
        "2022,FYTD,AUG,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,10\n"
        "2022,Remaining,SEP,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,20\n"
        "2023 (FYTD),FYTD,OCT,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,30\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "month", "count_low") == [
        (date(2022, 8, 1), 10), (date(2022, 9, 1), 20), (date(2022, 10, 1), 30),
    ]  # fmt: skip


def test_months_to_come_are_no_zeros(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", SOUTHWEST + (
        "2026 (FYTD),FYTD,JUN,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,12901\n"
        "2026 (FYTD),FYTD,JUN,U.S. Border Patrol,UAC,Guatemala,Title 8,Apprehensions,0\n"
        "2026 (FYTD),Remaining,JUL,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,0\n"
        "2026 (FYTD),Remaining,AUG,U.S. Border Patrol,Single Adults,Mexico,Title 8,Apprehensions,\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "month", "origin", "count_low") == [
        (date(2026, 6, 1), "GT", 0), (date(2026, 6, 1), "MX", 12901),
    ]  # fmt: skip
    assert table.files[0].notes == (
        "2 rows are for 2 months of fiscal year 2026 that were still to come, all 0 or empty; they are left "
        "out",
    )
    assert table.files[0].revision == "2026-06"


def test_states_have_no_component(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv.gz", STATE + (
        "2021,FYTD,DEC,Southwest Land Border,TX,Single Adults,MYANMAR (BURMA),Title 8,5\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "month", "origin", "sector", "entry", "measure") == [
        (date(2020, 12, 1), "MM", "TX", None, "encounters")
    ]


def test_state_vintages_with_encounter_type(tmp_path: Path) -> None:
    header = STATE.replace("Title of Authority,", "Title of Authority,Encounter Type,")
    path = write(tmp_path, "s.csv", header + (
        "2025,FYTD,DEC,Other,FL,Single Adults,CUBA,Title 8,Inadmissibles,5\n"
    ))  # fmt: skip
    assert rows(read_table(path), "measure", "region") == [("inadmissibles", "Other")]


def test_unknown_columns_are_named_and_repeated_cells_added(tmp_path: Path) -> None:
    header = STATE.replace("State,", "State,Vessel,")
    path = write(tmp_path, "s.csv", header + (
        "2021,FYTD,DEC,Other,FL,a,Single Adults,CUBA,Title 8,5\n"
        "2021,FYTD,DEC,Other,FL,b,Single Adults,CUBA,Title 8,6\n"
        "2021,FYTD,DEC,Other,FL,b,Single Adults,HAITI,Title 8,1\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "origin", "count_low") == [("CU", 11), ("HT", 1)]
    assert table.files[0].notes == (
        "columns that are not used: Vessel",
        "1 cells stand on more than one row of the file; the rows are added together",
    )


def test_unknown_citizenship_is_kept_and_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", STATE + (
        "2021,FYTD,DEC,Other,FL,Single Adults,RURITANIA,Title 8,5\n"
        "2021,FYTD,NOV,Other,FL,Single Adults,RURITANIA,Title 8,6\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "origin", "origin_label", "count_low") == [
        (None, "RURITANIA", 5), (None, "RURITANIA", 6),
    ]  # fmt: skip
    assert [(name.name, name.rows) for name in table.files[0].unknown_names] == [("RURITANIA", 2)]


def test_tidied_southwest_copy_keeps_years_without_citizenship_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", (
        "fiscal_year,month,component,area_of_responsibility,title_of_authority,encounter_type,demographic,"
        "citizenship_iso3,encounters\n"
        "2018,2017-10,U.S. Border Patrol,,Title 8,Apprehensions,FMUA,,40\n"
        "2020,2019-10,U.S. Border Patrol,Tucson Sector,Title 8,Apprehensions,FMUA,GTM,30\n"
        "2020,2019-10,U.S. Border Patrol,Tucson Sector,Title 8,Apprehensions,FMUA,OOO,3\n"
    ))  # fmt: skip
    table = read_table(path)
    assert [view.dims for view in table.views()] == [
        ("origin", "destination", "entry", "region", "sector", "demographic", "authority", "component"),
        ("destination", "entry", "region", "demographic", "authority", "component"),
    ]
    assert table.sum_by("origin").select("month", "origin", "origin_label", "count_low").rows() == [
        (date(2019, 10, 1), None, "Other", 3), (date(2019, 10, 1), "GT", None, 30),
    ]  # fmt: skip
    assert table.sum_by("demographic")["count_low"].to_list() == [40, 33]


def ohss_sheets() -> dict[str, list[list[object]]]:
    head = ["Fiscal\nYear", "Month"]
    return {
        "Notes": [["Key Homeland Security Metrics"], ["Rounded to 10"]],
        "Monthly Region": [
            [*head, "Region", "Quantity"], [2024, "01 October", "Southwest Land Border", 110],
            [2024, "01 October", "Coastal Border", 20],
        ],
        "Monthly Rgn and Citp": [
            [*head, "Region", "Citizenship", "Quantity"],
            [2024, "01 October", "Southwest Land Border", "China, People's Republic", 60],
            [2024, "01 October", "Southwest Land Border", "Korea, South", 40],
            [2024, "01 October", "Coastal Border", "Cuba", 20],
        ],
        "Annual Region": [["Fiscal\nYear", "Region", "Quantity"], [2023, "Southwest Land Border", 1230]],
        "Monthly Rgn and Sex": [[*head, "Region", "Sex", "Quantity"], [2024, "01 October", "Coastal Border",
        "F", 10]],
    }  # fmt: skip


def test_all_known_sheets_of_the_ohss_workbook_are_cuts_of_one_count(tmp_path: Path) -> None:
    table = read_table(xlsx(tmp_path, "KHSM.xlsx", ohss_sheets()))
    assert rows(table, "months", "view", "origin", "count_low", "count_high", "cell") == [
        (1, "destination+entry+region", None, 15, 25, "rounded"),
        (1, "destination+entry+region", None, 105, 115, "rounded"),
        (1, "origin+destination+entry+region", "CN", 55, 65, "rounded"),
        (1, "origin+destination+entry+region", "CU", 15, 25, "rounded"),
        (1, "origin+destination+entry+region", "KR", 35, 45, "rounded"),
        (12, "destination+entry+region", None, 1225, 1235, "rounded"),
    ]
    assert table.files[0].absent_high == 5
    assert table.sum_by("region").select("region", "count_low").rows() == [
        ("Coastal Border", 15), ("Southwest Land Border", 105),
    ]  # fmt: skip


def test_border_patrol_sectors_and_their_sums(tmp_path: Path) -> None:
    names = [
        "livermore",
        "miami",
        "new_orleans",
        "ramey",
        "blaine",
        "buffalo",
        "detroit",
        "grand_forks",
        "havre",
        "houlton",
        "spokane",
        "swanton",
        "big_bend",
        "del_rio",
        "el_centro",
        "el_paso",
        "laredo",
        "rio_grande_valley",
        "san_diego",
        "tucson",
        "yuma",
    ]
    numbers = list(range(1, 22))
    sums = [sum(numbers[:4]), sum(numbers[4:12]), sum(numbers[12:]), sum(numbers)]
    text = "|".join(
        [
            "month",
            *names,
            "coastal_border",
            "northern_border",
            "southwest_border",
            "monthly_total",
            "fy",
            "cy",
        ]
    )
    text += "\n" + "|".join(str(value) for value in [10, *numbers, *sums, 2020, 2019]) + "\n"
    table = read_table(write(tmp_path, "usbp.csv", text))
    assert table.sum_by("sector").filter(pl.col("sector") == "Tucson").row(0)[:2] == (date(2019, 10, 1), 1)
    assert table.sum_by("region")["count_low"].to_list() == [sums[0], sums[1], sums[2]]
    assert table.sum_by()["count_low"].to_list() == [sums[3]]


def test_withheld_numbers_have_no_upper_bound(tmp_path: Path) -> None:
    path = write(tmp_path, "cf.csv", (
        "nationality,fiscal_year,measure,cases\nTOTAL,2021,completed,100\nGuatemala,2021,completed,60\n"
        "Venezuela,2021,completed,D\nAll Other Nationalities,2021,completed,30\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "origin", "origin_label", "count_low", "count_high", "cell") == [
        ("GT", None, 60, 60, "exact"), ("VE", None, 0, None, "withheld"), (None, "Other", 30, 30, "exact"),
        (None, None, 100, 100, "exact"),
    ]  # fmt: skip
    assert table.sum_by().select("count_low", "count_high").row(0) == (100, 100)
    assert table.sum_by("origin").select(pl.col("count_low").sum()).item() == 90


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends_do_not_change_the_table(
    tmp_path: Path, line_end: str, encoding: str
) -> None:
    text = STATE + "2021,FYTD,DEC,Other,FL,Single Adults,CUBA,Title 8,5\n"
    plain = read_table(write(tmp_path, "plain.csv", text)).frame
    other = read_table(write(tmp_path, "other.csv", text.replace("\n", line_end), encoding)).frame
    assert other.equals(plain)
