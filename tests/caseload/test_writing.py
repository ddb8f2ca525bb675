"""What is written appears whole or not at all, and no cell of it is a formula."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.caseload import running
from safethird.caseload.identity import NoRoom, Seen
from safethird.caseload.rejects import Reject
from safethird.caseload.writing import CannotWrite, RejectWriter, Whole, escaped, open_writer
from safethird.errors import UsageError

from .made import REGIME, case, json_lines, parquet, ran

SCHEMA = pl.Schema({"id": pl.String, "missing": pl.List(pl.String)})
ENDINGS = (".parquet", ".csv", ".jsonl")


@given(st.text(max_size=5))
def test_no_cell_begins_as_a_formula(text: str) -> None:
    (cell,) = pl.DataFrame({"a": [text]}).select(escaped(pl.col("a"))).to_series()
    assert cell[:1] not in tuple("=+-@\t\r\n\0")
    assert cell in (text, "'" + text)


def test_formulas_in_ids_are_escaped_in_csv_alone(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "a.jsonl", case('=HYPERLINK("x")'), case("@b"), case("c-1"))
    ran(file, out=tmp_path / "r.csv")
    ran(file, out=tmp_path / "r.parquet")
    text = pl.read_csv(tmp_path / "r.csv", infer_schema=False)
    assert sorted(text["id"]) == ['\'=HYPERLINK("x")', "'@b", "c-1"]
    assert sorted(pl.read_parquet(tmp_path / "r.parquet")["id"]) == ['=HYPERLINK("x")', "@b", "c-1"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_many_tables_become_one_file(tmp_path: Path, ending: str) -> None:
    tables = [
        pl.DataFrame({"id": [str(number)], "missing": [["x", "y"][: number % 3]]}, schema=SCHEMA)
        for number in range(50)
    ]
    with (whole := Whole(tmp_path / f"r{ending}", ENDINGS)) as part:
        writer = open_writer(part, whole.ending, SCHEMA)
        for table in tables:
            writer.write(table)
        writer.close()
    read: dict[str, Any] = {".parquet": pl.read_parquet, ".csv": pl.read_csv, ".jsonl": pl.read_ndjson}
    found = read[ending](tmp_path / f"r{ending}")
    assert [str(one) for one in found["id"]] == [str(number) for number in range(50)]
    assert stat.S_IMODE((tmp_path / f"r{ending}").stat().st_mode) == 0o600


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
def test_nothing_is_left_of_a_run_that_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, error: Any
) -> None:
    file = json_lines(tmp_path / "a.jsonl", case("a"), case("b"))
    out = tmp_path / f"r{ending}"
    out.write_text("what was there before")

    def break_off(*_: object) -> Any:
        raise error

    monkeypatch.setattr(running, "nationality_of", break_off)
    expected = CannotWrite if isinstance(error, OSError) else error
    with pytest.raises(expected):
        ran(file, out=out, rejects=tmp_path / "rejects.csv")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.jsonl", out.name]
    assert out.read_text() == "what was there before"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk(tmp_path: Path, ending: str) -> None:
    """A limit on the size of files stands for a disk that is full."""
    file = parquet(tmp_path / "a.parquet", *(case(f"{os.urandom(40).hex()}") for _ in range(3000)))
    out = tmp_path / f"r{ending}"
    ended = subprocess.run(
        [sys.executable, "-m", "safethird", "run", REGIME, "--on", str(file), "--out", str(out)],
        check=False, capture_output=True, text=True, timeout=120, preexec_fn=_small_files,
    )  # fmt: skip
    assert ended.returncode == 70, ended.stderr
    assert "nothing is left of it" in ended.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: int) -> None:
    os.mkfifo(tmp_path / "slow.jsonl")  # a caseload that never ends
    process = subprocess.Popen(
        [sys.executable, "-m", "safethird", "run", REGIME, "--on", str(tmp_path / "slow.jsonl"), "--out",
         str(tmp_path / "r.csv")],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with (tmp_path / "slow.jsonl").open("w") as stream:  # opens when the command reads
        stream.write('{"version": 1, "claim": {"country": "US"}}\n')
        stream.flush()
        for _ in range(200):
            if any(entry.name.endswith(".part.csv") for entry in tmp_path.iterdir()):
                break
            time.sleep(0.05)
        assert any(entry.name.endswith(".part.csv") for entry in tmp_path.iterdir())
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "Stopped."
    assert [entry.name for entry in tmp_path.iterdir()] == ["slow.jsonl"]


def test_names_that_cannot_be_written(tmp_path: Path) -> None:
    file = json_lines(tmp_path / "a.jsonl", case("a"))
    for out in (tmp_path / "r.xlsx", tmp_path / "none" / "r.csv", file):
        with pytest.raises(UsageError):
            ran(file, out=out)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jsonl"]


def test_rejects_are_written_as_they_are_told(tmp_path: Path) -> None:
    writer = RejectWriter(tmp_path / "r.csv", ".csv")
    writer.write([Reject("=a.csv", 2, None, "claim.date", "is later")])
    writer.write([])
    writer.close()
    assert (tmp_path / "r.csv").read_text() == "file,row,line,path,why\n'=a.csv,2,,claim.date,is later\n"


@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=12), max_size=12))
def test_an_id_is_repeated_when_it_stood_before(batches: list[list[str]]) -> None:
    """Held in memory, and (a few at a time) on disk."""
    for held in (1 << 22, 1, 5):
        seen, before = Seen(held), set[str]()
        for ids in batches:
            expected = []
            for one in ids:
                expected.append(one in before)
                before.add(one)
            assert seen.repeated(pl.Series(ids, dtype=pl.String)).tolist() == expected
        seen.close()


def test_ids_of_many_pages_on_disk() -> None:
    """Runs of several pages, the last of them not full: each id is found again, and no other."""
    rng = Random(1)
    numbers = [str(number) for number in range(6000)]
    rng.shuffle(numbers)
    with closing(Seen(held=1500)) as seen:
        for first in range(0, 6000, 700):
            assert not seen.repeated(pl.Series(numbers[first : first + 700])).any()
        assert len(seen._stored) >= 3
        asked = pl.Series([str(number) for number in range(0, 12000, 2)])
        assert seen.repeated(asked).tolist() == [number < 6000 for number in range(0, 12000, 2)]


def test_no_room_for_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is said, with what to do."""

    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with closing(Seen(held=2)) as seen, pytest.raises(NoRoom, match="no room") as caught:
        seen.repeated(pl.Series(["p1", "p2", "p3"]))
    assert "TMPDIR" in str(caught.value.problems[0].hint)
