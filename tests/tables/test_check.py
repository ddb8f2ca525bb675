"""The report on files, as text, as data and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from safethird.cli.data import command
from safethird.cli.main import run
from safethird.errors import UsageError
from safethird.tables import check_files
from safethird.tables.check import BAD, LOOK, MISSING, OK, text
from tests.tables.made import write
from tests.tables.test_made_us import STATE

IRCC = "claim_office_type,province_territory,month,claimants\n"


def ircc(folder: Path, name: str = "ircc.csv", total: int = 30) -> Path:
    return write(folder, name, IRCC + (
        f"Airport,Quebec,2020-01,--\nAirport,Ontario,2020-01,25\nAirport,All,2020-01,30\nTotal,All,2020-01,"
        f"{total}\n"
        "Airport,Quebec,2020-03,10\nAirport,All,2020-03,10\nTotal,All,2020-03,10\n"
    ))  # fmt: skip


def state(folder: Path, name: str, who: str = "CUBA", count: int = 5, year: int = 2021) -> Path:
    return write(folder, name, STATE + f"{year},FYTD,DEC,Other,FL,Single Adults,{who},Title 8,{count}\n")


def shown(folder: Path, *paths: Path, prefer: tuple[str, ...] = ()) -> str:
    return text(check_files(paths, prefer=prefer)).replace(f"{folder}/", "")


def test_the_whole_text_of_a_good_file(tmp_path: Path) -> None:
    assert shown(tmp_path, ircc(tmp_path)) == (
        "ircc.csv\n"
        "  Immigration, Refugees and Citizenship Canada: asylum claimants by claim office and province, long "
        "copy "
        "(ircc-asylum-long, recognised by its columns)\n"
        "  7 rows, 7 cells, 2020-01 to 2020-03, vintage 2020-03\n"
        "  no data for 2020-02\n"
        "  claims: 36 to 44 persons by month, from 2020-01\n"
        "  cells: 85.7% rounded, 14.3% suppressed; they are kept as ranges\n"
        "  parts add up to printed totals: 6 totals compared\n"
        "\n"
        "Everything that could be checked agrees.\n"
    )


def test_exit_codes_grow_with_what_is_wrong(tmp_path: Path) -> None:
    good, off = ircc(tmp_path), ircc(tmp_path, "off.csv", total=90)
    unknown, bad = state(tmp_path, "s.csv", who="RURITANIA"), write(tmp_path, "bad.csv", "a,b\n1,2\n")
    missing = tmp_path / "none.csv"
    assert check_files([good]).exit_code == OK
    assert check_files([good, unknown]).exit_code == LOOK
    assert check_files([off]).exit_code == BAD
    assert check_files([good, unknown, bad]).exit_code == BAD
    assert check_files([good, unknown, bad, missing]).exit_code == MISSING


def test_what_stands_out_is_marked(tmp_path: Path) -> None:
    said = shown(
        tmp_path,
        state(tmp_path, "s.csv", who="RURITANIA"),
        write(tmp_path, "bad.csv", "<html>"),
        tmp_path / "none.csv",
    )
    assert "  ! names that are not known, kept under their label: 'RURITANIA' (1 rows)\n" in said
    assert "bad.csv\n  !! This is a web page, not a table. The download was blocked" in said
    assert "none.csv\n  !! There is no such file. Check the spelling.\n" in said
    assert said.endswith("A file is missing. See the lines marked with '!!'.\n")


def test_overlaps_conflicts_and_repeated_files(tmp_path: Path) -> None:
    old, same = state(tmp_path, "old.csv"), state(tmp_path, "same.csv")
    assert "  same.csv is the same file as old.csv\n" in shown(tmp_path, old, same)
    conflict = state(tmp_path, "conflict.csv", count=6)
    assert check_files([old, conflict]).exit_code == BAD
    assert "!! conflict.csv: Two files of one vintage (2020-12) differ in 1 cells" in shown(
        tmp_path, old, conflict
    )
    longer = write(tmp_path, "longer.csv", STATE + (
        "2021,FYTD,DEC,Other,FL,Single Adults,CUBA,Title 8,7\n2022,FYTD,DEC,Other,FL,Single "
        "Adults,CUBA,Title 8,1\n"
    ))  # fmt: skip
    assert (
        "All files together\n"
        "  cbp-nationwide-state, fiscal year 2021: longer.csv is used, old.csv is not; 1 cells in both, 1 "
        "differ, 5 "
        "became 7\n"
        "  us-border-encounters: no data for 2021-01 to 2021-11\n"
    ) in shown(tmp_path, old, longer)


def test_no_name_in_a_file_steers_the_terminal(tmp_path: Path) -> None:
    said = shown(tmp_path, state(tmp_path, "s.csv", who="\x1b[2JRURI\u202eTANIA"))
    assert "?[2JRURI?TANIA" in said
    assert "\x1b" not in said


def test_the_report_as_data(tmp_path: Path) -> None:
    found = json.loads(json.dumps(check_files([ircc(tmp_path), tmp_path / "none.csv"]).as_dict()))
    assert found["exit_code"] == MISSING
    layout = found["files"][0]["layouts"][0]
    assert layout["read"]["layout"] == "ircc-asylum-long"
    assert layout["first"] == "2020-01-01"
    assert layout["gaps"] == [{"universe": "ca-asylum-claims", "first": "2020-02-01", "last": "2020-02-01"}]
    assert layout["totals"][0]["low"] == 36
    assert found["files"][1]["missing"] is True


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = str(ircc(tmp_path))
    assert run(["data", "check", good]) == 0
    assert "Everything that could be checked agrees." in capsys.readouterr().out
    assert run(["data", "check", good, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["exit_code"] == 0
    assert run(["data", "check", str(tmp_path / "none.csv")]) == 66
    assert run(["data", "check"]) == 2
    assert run(["data", "check", good, "--layout", "ircc"]) == 2
    assert run(["data", "layouts"]) == 0
    assert "cbp-nationwide-aor: nationwide encounters by area of responsibility" in capsys.readouterr().out
    assert run(["data", "layouts", "--format", "json"]) == 0
    assert {"id", "publisher", "title", "url", "columns"} == set(json.loads(capsys.readouterr().out)[0])


def test_layout_and_preference_reach_the_readers(tmp_path: Path) -> None:
    text_ = "month,nationality_iso3,persons\n2022-05,VEN,9\n"
    path = str(write(tmp_path, "entries.csv", text_))
    runner = CliRunner()
    refused = runner.invoke(command, ["check", path], standalone_mode=False)
    assert refused.return_value == BAD
    assert "Expected: one of: iom-darien, iom-honduras, iom-mexico-irregular" in refused.output
    assert (
        runner.invoke(command, ["check", path, "--layout", "iom-darien"], standalone_mode=False).return_value
        == OK
    )
    with pytest.raises(UsageError):
        check_files([path, ircc(tmp_path)], prefer=["nothing"])
