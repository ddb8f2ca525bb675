"""Published tables: bounds that hold whatever the table does not tell, and the numbers of the README."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from safethird.caseload.published import (
    Looks,
    Wanted,
    by_days,
    cases_of,
    is_published,
    looks_of,
    read_cells,
    run_published,
)  # fmt: skip
from safethird.caseload.running import Report
from safethird.errors import BadData, UsageError
from safethird.regimes.catalogue import load_regime
from safethird.reports.caseload import caseload_data
from safethird.reports.caseload_text import caseload_text
from safethird.tables import read_table

from ..conftest import ROOT

AGREEMENT, DRAFT = "us-guatemala-2019", "us-guatemala-reported-2019-07"
FLOWN = 945
HEADER = ("Fiscal Year,Month Grouping,Month (abbv),Component,Demographic,Citizenship Grouping,"
          "Title of Authority,Encounter Type,Encounter Count")  # fmt: skip
PATROL = "U.S. Border Patrol"


def table(folder: Path, *rows: str) -> Path:
    """A small table in the publisher's own layout."""
    file = folder / "sbo.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return file


def cell(year: int, month: str, demographic: str, origin: str, count: str) -> str:
    return f"{year},FYTD,{month},{PATROL},{demographic},{origin},Title 8,Apprehensions,{count}"


def ran(file: Path, *regimes: str, **wanted: Any) -> Report:
    return run_published(file, [load_regime(name) for name in regimes], Wanted(**wanted))


@pytest.fixture(scope="module")
def iom(shared: Path) -> Path:
    return shared / "data" / "us_cbp_sw_encounters" / "cbp_sw_land_border_encounters_2017-10_2023-09.csv.gz"


def test_numbers_of_the_readme(iom: Path) -> None:
    report = ran(iom, AGREEMENT, DRAFT, first="2019-12", last="2020-02")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = caseload_text(caseload_data(report, "en"), "en")
    shown = re.search(r"\$ safethird run us-guatemala-2019 .*?\n\n(.*?)```", readme, re.S)
    assert shown is not None
    for line in shown[1].splitlines():
        if line and line != "...":
            assert line in text.splitlines()
    signed, drafted = (report.totals.whole(name) for name in (AGREEMENT, DRAFT))
    assert (signed.least, signed.most) == (drafted.least, drafted.most) == (0, 91_006)
    assert signed.least <= FLOWN <= (signed.most or 0)
    by = dict(report.totals.lines("nationality", AGREEMENT))
    children = dict(report.totals.lines("demographic", AGREEMENT))["unaccompanied_child"]
    assert by["GT"].not_reached.low == 15_955
    assert by["GT"].most == 0
    assert signed.not_reached.low - by["GT"].not_reached.low == 6_876
    assert children.most == 0


def test_totals_are_those_of_the_table(iom: Path) -> None:
    report = ran(iom, AGREEMENT, first="2019-12", last="2020-02")
    frame = read_table(iom).frame
    frame = frame.filter(pl.col("month").is_between(datetime.date(2019, 12, 1), datetime.date(2020, 2, 1)))
    assert report.everybody.low == report.everybody.high == frame["count_low"].sum()
    for dimension in ("month", "nationality", "demographic", "outcome"):
        lines = [line for _, line in report.totals.lines(dimension, AGREEMENT)]
        assert sum(line.everybody.low for line in lines) == report.everybody.low


def test_window_of_entry_is_seen_day_by_day(tmp_path: Path) -> None:
    """Nobody who came before 19 November 2019 is reached; of November itself only some may be."""
    rows = [cell(2020, month, "Single Adults", "Honduras", "10") for month in ("OCT", "NOV", "DEC")]
    months = dict(ran(table(tmp_path, *rows), AGREEMENT).totals.lines("month", AGREEMENT))
    assert months["2019-10"].most == 0
    assert months["2019-11"].most == months["2019-12"].most == 10


@pytest.mark.parametrize(
    ("demographic", "origin", "most"),
    [("Single Adults", "Honduras", 7), ("Single Adults", "Guatemala", 0), ("FMUA", "Mexico", 7),
     ("UC / Single Minors", "Honduras", 0), ("Single Adults", "Other", 7)],
)  # fmt: skip
def test_who_is_out_for_certain(tmp_path: Path, demographic: str, origin: str, most: int) -> None:
    file = table(tmp_path, cell(2020, "DEC", demographic, origin, "7"))
    line = ran(file, AGREEMENT).totals.whole(AGREEMENT)
    assert (line.least, line.most) == (0, most)


def test_a_later_instrument_reaches_nobody_then(tmp_path: Path) -> None:
    file = table(tmp_path, cell(2020, "DEC", "Single Adults", "Honduras", "7"))
    assert ran(file, "us-lawful-pathways-2023").totals.whole("us-lawful-pathways-2023").most == 0


def test_day_of_decision(tmp_path: Path) -> None:
    file = table(tmp_path, cell(2020, "DEC", "Single Adults", "Honduras", "7"))
    regimes = [load_regime(AGREEMENT)]
    report = run_published(file, regimes, on="2020-02-01")
    missing = dict(report.totals.lines("missing", AGREEMENT))
    assert "decision.date" not in missing
    assert "decision.date" in dict(run_published(file, regimes).totals.lines("missing", AGREEMENT))
    with pytest.raises(UsageError):
        run_published(file, regimes, on="2019-12-30")


def test_bounds_of_cells_are_carried_through(shared: Path) -> None:
    """IRCC rounds to five and prints `--` for small numbers."""
    folder = shared / "data" / "canada_ircc_asylum_monthly"
    files = [file for file in sorted(folder.iterdir()) if ".csv" in file.suffixes]
    assert files
    for file in files:
        assert is_published(file)
        cells = read_cells(file, Wanted())
        report = ran(file, "stca-canada")
        assert report.everybody.low == cells.frame["low"].sum()
        line = report.totals.whole("stca-canada")
        assert line.least <= (line.most if line.most is not None else line.least)
        assert line.everybody.most == report.everybody.most


def test_months_are_exploded_into_days_and_longer_periods_are_not() -> None:
    cells = pl.DataFrame(
        {"month": [datetime.date(2020, 2, 1), datetime.date(2020, 1, 1)], "months": [1, 3]},
        schema_overrides={"months": pl.UInt8},
    )
    days = by_days(cells)
    february = days.filter(pl.col("months") == 1)
    assert february["lo"].to_list() == [datetime.date(2020, 2, day) for day in range(1, 30)]
    assert days.filter(pl.col("months") == 3).select("lo", "hi").rows() == [
        (datetime.date(2020, 1, 1), datetime.date(2020, 3, 31))
    ]


def test_what_a_cell_says_and_what_it_leaves_open() -> None:
    day = datetime.date(2020, 1, 15)
    cells = pl.DataFrame(
        {
            "lo": [day], "hi": [day], "origin": ["HN"], "origin_label": [None], "destination": ["US"],
            "entry": ["land_between_ports"], "region": ["Southwest Land Border"],
            "demographic": ["unaccompanied_child"],
        },
        schema_overrides={"origin_label": pl.String},
    )  # fmt: skip
    (case,) = cases_of(cells, "encounters", None, Looks()).to_dicts()
    pair = {"lo": day, "hi": day}
    assert case["claim"] == {"country": "US", "date": pair, "setting": None}
    assert case["applicant"]["nationalities"] == ["HN"]
    assert case["applicant"]["nationalities_complete"] is False
    assert case["applicant"]["birth_date"] == {"lo": datetime.date(2002, 1, 16), "hi": day}
    assert case["applicant"]["has_lawful_status"] is False
    assert case["entries"][0]["from_country"] == "MX"
    assert case["entries_complete"] is False
    assert case["journey"] == [{"country": "MX", "to_date": pair}]
    assert case["journey_complete"] is False
    assert "family" not in case
    assert "documents" not in case


def test_shortcuts_are_taken_only_where_they_are_sound() -> None:
    assert looks_of(load_regime(AGREEMENT)) == Looks(only_carers=True, latest_entry=True)
    assert not looks_of(load_regime("stca-canada")).only_carers  # relatives of every kind
    assert not looks_of(load_regime("irpa-one-year")).latest_entry  # the first entry
    assert not looks_of(load_regime("us-transit-bar-2019")).latest_entry  # earlier attempts too


def test_what_cannot_be_counted(tmp_path: Path) -> None:
    file = table(tmp_path, cell(2020, "DEC", "Single Adults", "Honduras", "7"))
    with pytest.raises(UsageError, match="cannot be counted"):
        ran(file, AGREEMENT, measure="claims")
    with pytest.raises(BadData, match="counts nobody"):
        ran(file, AGREEMENT, first="2021-01")
    with pytest.raises(UsageError, match="no month"):
        ran(file, AGREEMENT, first="January 2020")
