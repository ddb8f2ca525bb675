"""The real tables: layouts, sizes and totals that were published."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from safethird.tables import check_files, combine, read_table
from safethird.tables.check import LOOK, OK
from safethird.tables.model import check_frame
from safethird.tables.sums import check_sums

US = ("us_cbp_nationwide_state", "us_cbp_sw_encounters", "us_credible_fear", "us_ohss_khsm_usbp",
      "us_usbp_monthly_sector_fy2000_2020")  # fmt: skip
OTHERS = ("canada_ircc_asylum_monthly", "eurostat_asylum_annual", "eurostat_dublin_2008_2015",
"frontex_detections",
          "iom_gdidata_americas", "iom_lighthouse_americas", "uk_home_office", "uk_small_boats",
          "unhcr_asylum_monthly_2012_2017", "unhcr_refugee_data_finder")  # fmt: skip
CANADA = ("asylum_claims_by_mode_of_entry_2017_2023.csv", "asylum_intake_annual_2002_2021.csv",
          "rcmp_interceptions_monthly.csv")  # fmt: skip

# Not tables over time: a list of countries, a total without a date, and weeks.
NOT_READ = {"countries.csv", "notices_of_intent.csv", "uk_small_boats_weekly.csv"}


def tables(shared: Path, *folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((shared / "data" / folder).glob("*.csv*"))
        if path.name not in NOT_READ
    ]


def total(frame: pl.DataFrame, *where: pl.Expr) -> int:
    return int(frame.filter(*where)["count_low"].sum())


# For each folder: at least so many totals that the files print beside their parts, and published elsewhere.
CHECKED = {
    **dict.fromkeys([*US, *OTHERS, "canada_official_tables"], (0, 0)), "canada_ircc_asylum_monthly": (600, 2),
    "canada_official_tables": (35, 4), "eurostat_dublin_2008_2015": (1500, 0), "us_cbp_nationwide_state": (0,
    8),
    "us_cbp_sw_encounters": (0, 12), "us_credible_fear": (24, 0), "us_ohss_khsm_usbp": (0, 50),
    "us_usbp_monthly_sector_fy2000_2020": (1200, 8), "uk_home_office": (0, 6), "uk_small_boats": (0, 24),
    "frontex_detections": (0, 3), "iom_gdidata_americas": (0, 6), "unhcr_refugee_data_finder": (0, 2),
}  # fmt: skip


@pytest.mark.parametrize("folder", sorted(CHECKED))
def test_tables_are_read_and_agree_with_their_own_and_with_published_totals(
    shared: Path, folder: str
) -> None:
    paths = tables(shared, folder)
    if folder == "canada_official_tables":
        paths = [path for path in paths if path.name in CANADA]
    compared = agreeing = 0
    for path in paths:
        report = check_files([path])
        assert report.exit_code == OK, (path.name, report.files[0].problems)
        for layout in report.files[0].layouts:
            assert not layout.read.unknown_names, path.name
            assert all(check.off == 0 for check in layout.sums), (path.name, layout.sums)
            assert all(check.agrees or check.reason for check in layout.published), path.name
            compared += sum(check.compared for check in layout.sums)
            agreeing += sum(check.agrees for check in layout.published)
    own, published = CHECKED[folder]
    assert compared >= own
    assert agreeing >= published


def test_us_tables_are_read_within_seconds(shared: Path) -> None:
    start = time.perf_counter()
    for path in tables(shared, *US):
        check_frame(read_table(path).frame)
    assert time.perf_counter() - start < 10


def test_exact_fiscal_years_at_the_south_west_border(shared: Path) -> None:
    folder = shared / "data" / "us_cbp_sw_encounters"
    table = read_table(folder / "cbp_sw_land_border_encounters_2017-10_2023-09.csv.gz")
    sums = table.sum_by("entry", months=1)
    year = pl.col("month").dt.offset_by("3mo").dt.year()
    patrol = pl.col("entry") == "land_between_ports"
    assert [total(sums, year == y, patrol) for y in (2018, 2019, 2020, 2023)] == [
        396_579,
        851_508,
        400_651,
        2_045_838,
    ]
    assert [total(sums, year == y) for y in (2021, 2022, 2023)] == [1_734_686, 2_378_944, 2_475_669]


def test_the_agreement_window_by_nationality(shared: Path) -> None:
    """Who could have been sent to Guatemala from November 2019 to March 2020: the denominator, exactly."""
    folder = shared / "data" / "us_cbp_sw_encounters"
    table = read_table(folder / "cbp_sw_land_border_encounters_2017-10_2023-09.csv.gz")
    window = pl.col("month").is_between(date(2019, 11, 1), date(2020, 3, 1))
    by_origin = table.sum_by("origin", "demographic").filter(window)
    assert total(by_origin, pl.col("origin") == "HN") == 18_261
    assert total(by_origin) == total(table.sum_by().filter(window)) == 190_940


def test_rounded_cells_hold_the_exact_number(shared: Path) -> None:
    """The Border Patrol prints the exact number of each month and border, OHSS the same rounded to 10."""
    data = shared / "data"
    exact = read_table(
        data / "us_usbp_monthly_sector_fy2000_2020" / "usbp_monthly_apprehensions_by_sector.csv"
    )
    rounded = read_table(data / "us_ohss_khsm_usbp" / "usbp_monthly_region.csv.gz")
    both = exact.sum_by("region").join(rounded.sum_by("region"), on=["month", "region"], suffix="_rounded")
    later = both.filter(
        (pl.col("month") >= date(2010, 10, 1)) & (pl.col("region") == "Southwest Land Border")
    )
    inside = later.filter(
        pl.col("count_low").is_between(pl.col("count_low_rounded"), pl.col("count_high_rounded"))
    )
    assert later.height == 120
    assert inside.height / later.height > 0.9
    # Revisions, not rounding, explain the rest.
    off = later.select((pl.col("count_low") - pl.col("count_low_rounded") - 5).abs().max()).item()
    assert off < 100


def test_cuts_of_the_ohss_workbook_join_to_one_table(shared: Path) -> None:
    joined = combine([read_table(path) for path in tables(shared, "us_ohss_khsm_usbp")])
    assert not joined.overlaps
    assert {view.dims for view in joined.table.views()} == {
        ("origin", "destination", "entry", "region"), ("origin", "destination"), ("destination", "entry",
        "region"),
        ("destination", "entry", "region", "demographic"), ("destination", "entry", "region", "sector"),
    }  # fmt: skip
    by_border = joined.table.sum_by("origin", "region")
    guatemala = by_border.filter((pl.col("origin") == "GT") & (pl.col("region") == "Southwest Land Border"))
    year = guatemala.filter(pl.col("month").is_between(date(2018, 10, 1), date(2019, 9, 1)))
    assert year["count_low"].sum() <= 264_168 <= year["count_high"].sum()
    assert all(check.off == 0 for check in check_sums(joined.table))


def test_overlapping_sources_need_a_choice_and_then_fill_the_whole_time(shared: Path) -> None:
    data = shared / "data"
    parts = [
        read_table(data / "us_usbp_monthly_sector_fy2000_2020" / "usbp_monthly_apprehensions_by_sector.csv"),
        read_table(data / "us_cbp_sw_encounters" / "cbp_sw_land_border_encounters_2017-10_2023-09.csv.gz"),
    ]
    joined = combine(parts, prefer=["cbp-southwest-iom"])
    assert not joined.gaps
    sums = joined.table.sum_by("region", "entry").filter(
        (pl.col("region") == "Southwest Land Border") & (pl.col("entry") == "land_between_ports")
    )
    months = sums.group_by("month").agg(pl.col("count_low").sum()).sort("month")
    assert (months.height, months["month"][0], months["month"][-1]) == (
        288,
        date(1999, 10, 1),
        date(2023, 9, 1),
    )
    assert total(sums, pl.col("month").is_between(date(1999, 10, 1), date(2000, 9, 1))) == 1_643_679


def test_gaps_of_the_interceptions_are_found(shared: Path) -> None:
    report = check_files([shared / "data" / "canada_official_tables" / "rcmp_interceptions_monthly.csv"])
    (layout,) = report.files[0].layouts
    assert [(gap.first, gap.last) for gap in layout.gaps] == [
        (date(2017, 7, 1), date(2017, 12, 1)), (date(2019, 1, 1), date(2021, 12, 1)),
        (date(2022, 11, 1), date(2022, 12, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_files_that_are_no_series_are_refused(shared: Path, name: str) -> None:
    (path,) = (shared / "data").glob(f"*/{name}") if name != "countries.csv" else [
        shared / "data" / "unhcr_refugee_data_finder" / name
    ]  # fmt: skip
    report = check_files([path])
    assert report.exit_code == 65
    assert report.files[0].problems


def test_dublin_funnel_of_2014(shared: Path) -> None:
    folder = shared / "data" / "eurostat_dublin_2008_2015"
    sent = read_table(folder / "dublin_outgoing_requests.csv.gz").sum_by("sender")
    moved = read_table(folder / "dublin_outgoing_transfers.csv.gz").sum_by("sender")
    swiss = (pl.col("sender") == "CH") & (pl.col("month") == date(2014, 1, 1))
    assert (total(sent, swiss), total(moved, swiss)) == (14_900, 2_638)
    assert total(sent, pl.col("sender") == "DE", pl.col("month") == date(2015, 1, 1)) == 44_288


def test_uk_third_country_procedure(shared: Path) -> None:
    table = read_table(shared / "data" / "uk_home_office" / "inadmissibility_cases_considered.csv")
    sums = table.sum_by()
    stages = ("considered", "notices", "decisions", "removals", "admitted")
    found = [total(sums, pl.col("measure") == f"inadmissibility_{stage}") for stage in stages]
    assert found == [77_304, 34_113, 84, 25, 47_993]


def test_a_recalled_figure_is_marked(shared: Path) -> None:
    path = shared / "data" / "us_ohss_khsm_usbp" / "usbp_monthly_region.csv.gz"
    (layout,) = check_files([path]).files[0].layouts
    marks = {check.published.id: check.published.mark for check in layout.published}
    assert marks["us-patrol-fy2019"] == "verified"
    assert marks["us-southwest-patrol-fy2018"] == "recalled"
    early = next(check for check in layout.published if check.published.id == "us-southwest-patrol-fy2000")
    assert not early.agrees
    assert early.reason


def test_two_sources_of_one_count_are_something_to_look_at(shared: Path) -> None:
    report = check_files(tables(shared, "us_cbp_nationwide_state", "us_usbp_monthly_sector_fy2000_2020"))
    assert report.exit_code == LOOK
    assert report.problems[0].code == "same-people"
