"""Canadian and UK layouts, on small made-up files and workbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from safethird.errors import BadData
from safethird.tables import read_table
from safethird.tables.sums import check_sums
from tests.tables.made import Rows, ods, rows, write, xlsx

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def ircc_sheet() -> Rows:
    """Years over months with totals between; provinces above the total of their office."""
    top = [None, None, "2015", *[None] * 11, "2015 Total", "2016", *[None] * 2]
    heads = [None, None, *MONTHS, None, "Jan", "Feb", "2016 Total"]
    filler = [0] * 10

    def row(first: object, second: object, *cells: object) -> list[object]:
        jan, feb, jan16, feb16 = cells
        return [first, second, jan, feb, *filler, "999", jan16, feb16, "999"]

    return [
        ["Canada - Asylum Claimants by Claim Office Type and Province, January 2015 - February 2016"],
        [None], top, heads,
        row(None, "Ontario", "1,005", "--", 10, 0), row(None, "Quebec", 20, 5, "--", 0),
        row("Airport - Total", None, "1,025", 10, 10, 0),
        row("Other Offices - Total", None, 15, "--", 5, 0),
        row("Total", None, "1,040", 10, 15, 0),
        ["Notes: values between 0 and 5 are shown as --"], ["Source: IRCC, July 31, 2025"],
    ]  # fmt: skip


def test_ircc_workbook(tmp_path: Path) -> None:
    table = read_table(xlsx(tmp_path, "EN_ODP.xlsx", {"Asylum Claimants - Office Type": ircc_sheet()}))
    assert (table.files[0].layout, table.files[0].revision) == ("ircc-asylum-workbook", "2025-07-31")
    january = [
        row
        for row in rows(table, "month", "sector", "region", "entry", "count_low", "count_high")
        if row[0] == date(2015, 1, 1)
    ]
    assert january == [
        (date(2015, 1, 1), "Airport", "Ontario", "air", 1003, 1007),
        (date(2015, 1, 1), "Airport", "Quebec", "air", 18, 22),
        (date(2015, 1, 1), "Airport", None, "air", 1023, 1027),
        (date(2015, 1, 1), "Other Offices", "Province not given for this office", None, 13, 17),
        (date(2015, 1, 1), "Other Offices", None, None, 13, 17),
        (date(2015, 1, 1), None, None, None, 1038, 1042),
    ]
    assert table.months_covered()[-1] == date(2016, 2, 1)
    # -- is 1 to 5, 0 is 0.
    assert set(
        table.frame.filter(table.frame["cell"] == "suppressed").select("count_low", "count_high").rows()
    ) == {(1, 5)}
    assert all(check.off == 0 for check in check_sums(table))


def test_ircc_workbook_that_ends_early(tmp_path: Path) -> None:
    cut = list(ircc_sheet())[:6]
    with pytest.raises(BadData, match="Provinces stand at the end without the total of their office"):
        read_table(xlsx(tmp_path, "EN_ODP.xlsx", {"Asylum Claimants - Office Type": cut}))


def test_other_ircc_workbooks_are_not_taken_for_asylum(tmp_path: Path) -> None:
    sheet = [["Canada - Study permit holders by province"], *list(ircc_sheet())[1:9]]
    with pytest.raises(BadData, match="fits no known layout"):
        read_table(xlsx(tmp_path, "EN_ODP-TR-Study.xlsx", {"Study": sheet}))


TSV = (
    "EN_YEAR\tEN_QUARTER\tEN_MONTH\tFR_ANNEÉ\tFR_TRIMESTRE\tFR_MOIS\tEN_PROVINCE_TERRITORY\t"
    "FR_PROVINCE_TERRITOIRE\tEN_COUNTRY_RANK\tFR_CLASSEMENT_PAR_PAYS\tEN_COUNTRY_OF_CITIZENSHIP\t"
    "FR_PAYS_DE_CITOYENNETÉ\tTOTAL\n"
)


def test_ircc_tab_separated_file(tmp_path: Path) -> None:
    path = write(tmp_path, "ODP-Asylum-Top25CitzProv-LastMonth.csv", TSV + (
        "2023\tQ1\tMar\t2023\tT1\tMars\tQuebec\tQuébec\t1\t1\tCameroon, Federal Republic "
        "of\tCameroun\t1,230\n"
        "2023\tQ1\tMar\t2023\tT1\tMars\tQuebec\tQuébec\tOther\tAutres\tOther Countries\tAutres pays\t--\n"
    ), "utf-8-sig")  # fmt: skip
    table = read_table(path)
    assert rows(table, "month", "origin", "origin_label", "region", "count_low", "count_high") == [
        (date(2023, 3, 1), "CM", None, "Quebec", 1228, 1232), (date(2023, 3, 1), None, "Other", "Quebec", 1,
        5),
    ]  # fmt: skip


def test_other_ircc_tab_separated_files_are_not_taken_for_asylum(tmp_path: Path) -> None:
    text = "EN_YEAR\tEN_MONTH\tFR_ANNEÉ\tEN_COUNTRY_OF_CITIZENSHIP\tTOTAL\n2023\tMar\t2023\tIndia\t10\n"
    with pytest.raises(BadData, match="fits no known layout"):
        read_table(write(tmp_path, "ODP-TR-Study.csv", text))


def test_retyped_canadian_pages(tmp_path: Path) -> None:
    path = write(tmp_path, "c.csv", (
        "year,mode_of_entry,asylum_claims,source_url\n2023,Airport,10,u\n2023,Irregular,5,u\n2023,Total,15,"
        "u\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(table, "entry", "count_low") == [("land_between_ports", 5), ("air", 10), (None, 15)]
    assert [check.off for check in check_sums(table)] == [0]


# --- United Kingdom -----------------------------------------------------------------------------------------

ROUTES = [
    ["Irregular migration: detected arrivals"],
    [
        "Year",
        "Quarter",
        "Method of entry",
        "Nationality",
        "Region",
        "Sex",
        "Age Group",
        "Number of detections",
    ],
    [2023, "2023 Q3", "Small boat arrivals", "Ivory Coast", "Africa Sub-Saharan", "Male", "25 to 39", 847],
    [
        2023,
        "2023 Q3",
        "Recorded detections at UK ports",
        "Other and unknown",
        "Other",
        "Female",
        "Total",
        "[c]",
    ],
]
CLAIMS = [
    ["Asy_D01"],
    ["Year", "Quarter", "Nationality", "Region", "Age", "Sex", "UASC", "Location of claim", "Claims"],
    [2024, "2024 Q1", "Sudan (South)", "Africa", "Under 18", "Male", "UASC", "At Port", 3],
    [
        2005,
        "2005 Q1",
        "Sudan",
        "Africa",
        "Total (pre-2009)",
        "Total (pre-2009)",
        "Total (pre-2006)",
        "At Port",
        9,
    ],
]


@pytest.mark.parametrize("make", [xlsx, ods])
def test_uk_routes_in_both_kinds_of_workbook(tmp_path: Path, make: type) -> None:
    table = read_table(
        make(tmp_path, "illegal-entry-routes.book", {"Contents": [["x"]], "Data_IER_D01": ROUTES})
    )
    assert rows(
        table, "month", "months", "origin", "origin_label", "entry", "detail", "count_low", "count_high"
    ) == [
        (date(2023, 7, 1), 3, "CI", None, "sea", "age=25 to 39; sex=Male", 847, 847),
        (date(2023, 7, 1), 3, None, "Other or unknown", None, "sex=Female", 0, None),
    ]


def test_a_workbook_with_several_tables_gives_them_all(tmp_path: Path) -> None:
    decisions = [
        ["Year", "Quarter", "Nationality", "Region", "Case outcome group", "Case outcome", "Age", "Sex",
        "UASC", "Decisions"],
        [2024, "2024 Q1", "Iran", "Middle East", "Refused", "3rd Country Refusal", "18-29", "Male",
        "Non-UASC", 4],
        [2024, "2024 Q1", "Iran", "Middle East", "Grant of Protection", "Refugee Permission", "18-29", "Male",
        "Non-UASC", 6],
    ]  # fmt: skip
    table = read_table(xlsx(tmp_path, "asylum.xlsx", {"Data_Asy_D01": CLAIMS, "Data_Asy_D02": decisions}))
    assert [file.layout for file in table.files] == ["uk-asylum-claims", "uk-asylum-decisions"]
    assert rows(table, "month", "origin", "measure", "demographic", "count_low") == [
        (date(2005, 1, 1), "SD", "claims", None, 9), (date(2024, 1, 1), "IR", "decisions_recognised", None,
        6),
        (date(2024, 1, 1), "IR", "decisions_third_country", None, 4),
        (date(2024, 1, 1), "SS", "claims", "unaccompanied_child", 3),
    ]  # fmt: skip


def test_small_boats_by_day_without_the_month_that_runs(tmp_path: Path) -> None:
    sheet = [
        ["Date", "Migrants arrived", "Boats arrived", "Boats arrived - involved in uncontrolled landings",
        "Notes"],
        ["30 January 2026", 74, 1, 0, None], ["31 January 2026", 605, 10, 0, None], ["1 February 2026", 7, 1,
        0, None],
    ]  # fmt: skip
    table = read_table(ods(tmp_path, "time-series.ods", {"Cover": [["x"]], "SB_01": sheet}))
    assert rows(table, "month", "measure", "entry", "count_low") == [
        (date(2026, 1, 1), "arrivals", "sea", 679), (date(2026, 1, 1), "arrival_boats", "sea", 11),
    ]  # fmt: skip
    assert table.files[0].notes == ("2026-02 has 1 days only; it is left out",)
    assert table.files[0].revision == "2026-02-01"


def test_small_boats_by_week_are_refused(tmp_path: Path) -> None:
    text = "n_year,n_week,migrants_arrived,boats_arrived\n2018,1,3,1\n"
    with pytest.raises(BadData, match="weeks, which do not add up to months"):
        read_table(write(tmp_path, "w.csv", text))


def test_uk_dublin_turns_sender_and_receiver_round(tmp_path: Path) -> None:
    path = write(tmp_path, "d.csv", (
        "Date,Year,Quarter,Member State,In / Out,Request / Transfer,Article,Count\n"
        "2015-03-31,2015,1,Austria,In,Request,8.1,1\n2015-06-30,2015,2,Austria,Out,Transfer,8.1,2\n"
    ))  # fmt: skip
    assert rows(read_table(path), "month", "sender", "destination", "measure", "detail") == [
        (date(2015, 1, 1), "AT", "GB", "requests_in", "article=8.1"),
        (date(2015, 4, 1), "GB", "AT", "transfers_out", "article=8.1"),
    ]


def test_uk_inadmissibility_stages(tmp_path: Path) -> None:
    path = write(tmp_path, "i.csv", "Date,Quarter,Year,Stage,Cases\n2021-03-31,Q1,2021,Removals,2\n")
    assert rows(read_table(path), "month", "measure", "count_low") == [
        (date(2021, 1, 1), "inadmissibility_removals", 2)
    ]


def test_uk_returns_by_destination_have_no_origin(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", (
        "Year,Quarter,Return type group,Return type,Return destination,Return destination region,Number of "
        "returns\n"
        "2024,2024 Q2,Enforced return,Enforced removals,\"Gambia, The\",Africa,5\n"
    ))  # fmt: skip
    assert rows(read_table(path), "origin", "sender", "destination", "detail") == [
        (None, "GB", "GM", "group=Enforced return; kind=Enforced removals")
    ]


def test_uk_yearly_tables(tmp_path: Path) -> None:
    grants = read_table(
        write(
            tmp_path,
            "g.csv",
            "Year,Nationality,Region,Grant,Refused,Initial grant rate\n2001,Chad,Africa,5,6,0.45\n",
        )
    )
    assert rows(grants, "measure", "months", "count_low") == [
        ("decisions_positive", 12, 5), ("decisions_refused", 12, 6),
    ]  # fmt: skip
    appeals = read_table(write(tmp_path, "a.csv", (
        "Date,Year,Quarter,Nationality,Region,Outcome,Sex,Appeals "
        "determined\n2010-03-31,2010,1,Chad,Africa,Allowed,Female,5\n"
    )))  # fmt: skip
    assert rows(appeals, "measure", "months") == [("appeals_allowed", 3)]
