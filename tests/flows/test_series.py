"""Bad data are refused with a sentence, before anything is computed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from safethird.errors import BadData, NoInput, UsageError
from safethird.flows.series import find_files, load_series, series_in, spec_of


def boats(folder: Path, months: list[str], name: str = "monthly.csv", extra: str = "") -> Path:
    path = folder / name
    rows = [f"{month}-01,some month,{100 + at},5" for at, month in enumerate(months)]
    path.write_text("\n".join([SMALL_BOATS_HEAD, *rows]) + extra + "\n", encoding="utf-8")
    return path


SMALL_BOATS_HEAD = "date_month,date_label,migrants_arrived,boats_arrived"


def months(first: int, last: int) -> list[str]:
    return [f"{year}-{month:02d}" for year in range(first, last + 1) for month in range(1, 13)]


def load(path: Path):  # type: ignore[no-untyped-def]
    return load_series(spec_of("uk-small-boats"), find_files([path]))


def test_read(tmp_path: Path) -> None:
    found = load(boats(tmp_path, months(2018, 2021)))
    assert len(found.values) == 48
    assert found.values[0] == 100
    assert found.until(date(2020, 12, 1)).last == date(2020, 12, 1)
    assert series_in(find_files([tmp_path])) == [spec_of("uk-small-boats")]


def test_gaps_are_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="2019-05"):
        load(boats(tmp_path, [month for month in months(2018, 2021) if month != "2019-05"]))


def test_two_files_that_differ_are_refused(tmp_path: Path) -> None:
    boats(tmp_path, months(2018, 2021))
    path = boats(tmp_path, months(2018, 2021), "again.csv")
    path.write_text(path.read_text().replace(",100,", ",777,"), encoding="utf-8")
    with pytest.raises(BadData, match="differ"):
        load(tmp_path)


def test_overlapping_files_count_nobody_twice(tmp_path: Path) -> None:
    path = boats(tmp_path, months(2018, 2021))
    (tmp_path / "copy.csv").write_bytes(path.read_bytes())
    assert load(tmp_path).values.tolist() == load(path).values.tolist()


def test_a_later_vintage_wins(tmp_path: Path) -> None:
    boats(tmp_path, months(2018, 2020))
    later = boats(tmp_path, months(2018, 2021), "later.csv")
    later.write_text(later.read_text().replace(",100,", ",777,"), encoding="utf-8")
    assert load(tmp_path).values[0] == 777


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    path = boats(tmp_path, months(2018, 2021))
    path.write_text(path.read_text().replace(",103,", ",many,"), encoding="utf-8")
    with pytest.raises(BadData):
        load(path)


def test_too_short_and_outside(tmp_path: Path) -> None:
    found = load(boats(tmp_path, months(2018, 2021)))
    with pytest.raises(BadData, match="24 months"):
        found.until(date(2019, 12, 1))
    with pytest.raises(BadData, match="reach from 2018-01 to 2021-12"):
        found.until(date(2022, 6, 1))


def test_no_file_and_no_table(tmp_path: Path) -> None:
    with pytest.raises(NoInput):
        find_files([tmp_path / "nowhere"])
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoInput):
        find_files([tmp_path])
    with pytest.raises(BadData):
        find_files([tmp_path / "notes.csv"])
    with pytest.raises(UsageError, match="us-southwest"):
        spec_of("us-southwst")


def test_files_of_another_series(tmp_path: Path) -> None:
    boats(tmp_path, months(2018, 2021))
    with pytest.raises(NoInput, match="usbp-monthly-sector"):
        load_series(spec_of("us-southwest"), find_files([tmp_path]))
