"""Whatever the form of a caseload, the answers are those for each person alone."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from safethird.caseload.explaining import find_case
from safethird.caseload.mapping import read_mapping
from safethird.errors import NoInput, UsageError
from safethird.facts.case import Case
from safethird.regimes.catalogue import load_regime
from safethird.screening.screen import screen

from .made import REGIME, case, json_lines, parquet, ran, results, section_csv, table

CASES = (
    case("b"),
    case("NA", "NA"),
    case("007", "GT"),
    case("e", as_of="2021-12-01"),
    case("f", applicant={"nationalities": [], "habitual_residence": "GT"}),
    case("g", claim={"country": "US", "date": "2019-11"}, entries=[]),
    case("h", entries=[{"country": "US", "date": "2019-11-01"}], entries_complete=False),
)


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, Path]:
    """The same people in every form."""
    made = {
        "jsonl": json_lines(tmp_path / "a.jsonl", *CASES),
        "jsonl.gz": json_lines(tmp_path / "a.jsonl.gz", *CASES),
        "parquet": parquet(tmp_path / "a.parquet", *CASES, row_group_size=2),
        "csv": section_csv(tmp_path / "a.csv", *CASES),
    }
    folder = tmp_path / "folder" / "2020"
    folder.mkdir(parents=True)
    json_lines(folder / "1.jsonl", *CASES[:3])
    parquet(folder / "2.parquet", *CASES[3:])
    (folder / "notes.txt").write_text("no caseload")
    (folder / ".hidden.jsonl").write_text("no caseload")
    return {**made, "folder": folder.parent}


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "parquet", "csv", "folder"])
def test_answers_are_those_of_the_interpreter(forms: dict[str, Path], form: str, tmp_path: Path) -> None:
    found = results(forms[form], tmp_path)
    assert found["id"].to_list() == sorted(str(one["id"]) for one in CASES)
    for one in CASES:
        data = {name: value for name, value in one.items() if name != "id"}
        alone = screen(Case.from_data(data), [load_regime(REGIME)])[REGIME]
        (row,) = found.filter(pl.col("id") == one["id"]).to_dicts()
        assert row["outcome"] == alone.outcome
        assert row["bars"] == alone.bars
        assert set(row["missing"]) == set(alone.missing)
        assert row["responsible"] == (alone.responsible[0] if alone.responsible else None)


def test_zstandard(forms: dict[str, Path], tmp_path: Path) -> None:
    packed = tmp_path / "a.jsonl.zst"
    try:
        subprocess.run(["zstd", "-q", str(forms["jsonl"]), "-o", str(packed)], check=True)
    except FileNotFoundError:
        pytest.skip("there is no zstd command to make the file with")
    assert_frame_equal(results(packed, tmp_path), results(forms["jsonl"], tmp_path))


def test_results_in_every_form_are_the_same(forms: dict[str, Path], tmp_path: Path) -> None:
    whole = results(forms["jsonl"], tmp_path)
    ran(forms["jsonl"], out=tmp_path / "r.csv")
    ran(forms["jsonl"], out=tmp_path / "r.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert sorted(lines, key=lambda row: row["id"]) == whole.to_dicts()
    text = pl.read_csv(tmp_path / "r.csv", infer_schema=False).sort("id")
    assert text["id"].to_list() == whole["id"].to_list()  # 007 and NA among them
    assert text["missing"].fill_null("").to_list() == [";".join(row) for row in whole["missing"]]
    assert text.columns == list(whole.columns)


def test_dates_of_polars_and_pairs_of_days(tmp_path: Path) -> None:
    days = table(*CASES[:3]).with_columns(
        pl.col("claim").struct.with_fields(pl.field("date").str.to_date()),
        pl.col("as_of").str.to_date(),
    )
    days.write_parquet(tmp_path / "days.parquet")
    texts = parquet(tmp_path / "x.parquet", *CASES[:3])
    report = ran(tmp_path / "days.parquet")
    assert [value for value, _ in report.totals.lines("month", REGIME)] == ["2019-12"]
    assert_frame_equal(results(tmp_path / "days.parquet", tmp_path), results(texts, tmp_path))


def test_ids_that_are_not_there_are_numbers(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "a.jsonl", case(None), case(None, "GT"))
    assert results(file, tmp_path)["id"].to_list() == ["1", "2"]


def test_summary_counts_everybody_once(forms: dict[str, Path]) -> None:
    report = ran(forms["folder"], REGIME, "us-transit-bar-2019", by="claim.country")
    assert report.people == len(CASES)
    for regime in (REGIME, "us-transit-bar-2019"):
        assert report.totals.whole(regime).everybody.low == len(CASES)
        for dimension in ("outcome", "month", "nationality", "by"):
            lines = report.totals.lines(dimension, regime)
            assert sum(line.everybody.low for _, line in lines) == len(CASES)
    nationalities = dict(report.totals.lines("nationality", REGIME))
    assert nationalities["stateless"].everybody.low == 1
    assert nationalities["NA"].everybody.low == 1


@pytest.mark.parametrize("by", ["entries[].manner", "applicant.nationalities", "claim", "office"])
def test_what_cannot_be_counted_by(forms: dict[str, Path], by: str) -> None:
    with pytest.raises(UsageError):
        ran(forms["parquet"], by=by)


def test_one_person_is_found_again(forms: dict[str, Path]) -> None:
    for form in ("jsonl", "parquet", "csv", "folder"):
        found = find_case(forms[form], "007")
        data = {name: value for name, value in CASES[2].items() if name != "id"}
        assert found.facts == Case.from_data(data).facts


# --- flat tables ---------------------------------------------------------------------------------------

MAPPING = """
format: 1
columns:
  Ref: id
  Born: {fact: applicant.birth_date, form: day/month/year}
  Citizen of: applicant.nationalities
  Came: {fact: "entries[0].date", form: day/month/year}
  How: {fact: "entries[0].manner", words: {Puente: land_port, Río: land_between_ports, "?": null}}
  Back: "entries[0].turned_back"
  Asked: {fact: claim.date, form: day/month/year}
  Name: null
constants: {claim.country: US, "entries[0].country": US, as_of: "2020-02-12"}
complete: [entries]
"""
FLAT = """Ref,Born,Citizen of,Came,How,Back,Asked,Name,Office
b,01/05/1990,Honduras,05/12/2019,Puente,no,5.12.2019,x,El Paso
NA,1/5/1990,Namibia,05/12/2019,Puente,non,05-12-2019,x,Yuma
007,05/1990,GT,12/2019,Río,NO,2019,x,Yuma
"""


def flat(folder: Path) -> tuple[Path, Any]:
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "flat.csv").write_text(FLAT, encoding="utf-8")
    return folder / "flat.csv", read_mapping(folder / "m.yaml")


def test_a_flat_table_by_its_mapping(tmp_path: Path) -> None:
    file, mapping = flat(tmp_path)
    found = find_case(file, "b", mapping)
    assert found.data == {
        "version": 1, "as_of": "2020-02-12", "claim": {"country": "US", "date": "2019-12-05"},
        "applicant": {"birth_date": "1990-05-01", "nationalities": ["HN"], "nationalities_complete": False},
        "entries": [{"date": "2019-12-05", "manner": "land_port", "turned_back": False, "country": "US"}],
    }  # fmt: skip
    assert find_case(file, "NA", mapping).data["applicant"]["nationalities"] == ["NA"]
    guatemalan = find_case(file, "007", mapping).data
    assert guatemalan["applicant"]["birth_date"] == "1990-05"
    assert guatemalan["claim"]["date"] == "2019"
    report = ran(file, mapping=mapping, by="Office")
    assert {value for value, _ in report.totals.lines("by", REGIME)} == {"El Paso", "Yuma"}
    assert report.rejected.count == 0


def test_a_flat_parquet_file_is_read_by_the_same_rules(tmp_path: Path) -> None:
    file, mapping = flat(tmp_path)
    texts = pl.read_csv(file, infer_schema=False)
    texts.with_columns(pl.col("Back") != "no").write_parquet(tmp_path / "flat.parquet")
    found = results(tmp_path / "flat.parquet", tmp_path, mapping=mapping)
    assert found["id"].to_list() == ["007", "NA", "b"]
    assert ran(tmp_path / "flat.parquet", mapping=mapping).rejected.count == 0


def test_headers_that_are_paths_need_no_mapping(tmp_path: Path) -> None:
    file = tmp_path / "paths.csv"
    file.write_text(
        "id,claim.country,claim.date,applicant.nationalities,entries[0].country,entries[0].date,family[0].relation\n"
        "a,US,2019-12-05,HN;NA,US,2019-12-05,parent\nb,US,2019-12-05,stateless,,,\n"
    )
    one, two = (find_case(file, name).data for name in "ab")
    assert one["applicant"] == {"nationalities": ["HN", "NA"]}  # a whole list is complete, as in a case file
    assert one["entries_complete"] is False
    assert one["family"] == [{"relation": "parent"}]
    assert two["applicant"] == {"nationalities": []}
    assert "entries" not in two  # empty cells do not say that there was no entry
    assert "family" not in two


def test_no_such_input(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match="no such file"):
        ran(tmp_path / "none.jsonl")
    with pytest.raises(NoInput, match="no caseload"):
        ran(tmp_path)


def test_packed_tables_of_text(tmp_path: Path) -> None:
    file, mapping = flat(tmp_path)
    (tmp_path / "flat.csv.gz").write_bytes(gzip.compress(file.read_bytes()))
    assert ran(tmp_path / "flat.csv.gz", mapping=mapping).people == 3
