"""Bad files: refused, or their rows rejected, with a message that says where and why, no more."""

from __future__ import annotations

import contextlib
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.caseload import inputs, text_tables
from safethird.caseload.mapping import read_mapping
from safethird.caseload.running import Report
from safethird.errors import BadData, SafethirdError

from ..cli.helpers import call
from .made import REGIME, SECRET, case, json_lines, parquet, ran, table

HEADER = "id,claim.country,claim.date,applicant.nationalities,applicant.birth_date"
GOOD = "a,US,2019-12-05,HN,1990-05-01"


def csv(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    file = folder / "bad.csv"
    file.write_bytes("\n".join((header, *rows, "")).encode(encoding))
    return file


def told(report: Report, file: Path) -> list[str]:
    """What is said of rejected rows, without the folder."""
    return [str(reject).replace(str(file), file.name) for reject in report.rejected.first]


# --- rows that are rejected, and the good ones go on --------------------------------------------------------

ROWS = [
    (f"b,US,2019-12-05,HN,{SECRET}", "bad.csv:3 (applicant.birth_date): cannot be read: not a date of the "
    "form YYYY, "
     "YYYY-MM or YYYY-MM-DD."),
    ("b,US,2019-02-30,HN,1990", "bad.csv:3 (claim.date): cannot be read: no such day: that month has 28 "
    "days."),
    ("b,US,19900-4-12,HN,1990", "bad.csv:3 (claim.date): cannot be read: not a date of the form YYYY, "
    "YYYY-MM or "
     "YYYY-MM-DD."),
    (f"b,{SECRET},2019-12-05,HN,1990", "bad.csv:3 (claim.country): cannot be read: no country."),
    ("b,,2019-12-05,HN,1990", "bad.csv:3 (claim.country): must be known."),
    ("b,US,2019-12-05,Congo,1990", "bad.csv:3 (applicant.nationalities): cannot be read: could be several "
    "countries."),
    ("b,US,2019-12-05,HN;HN,1990", "bad.csv:3 (applicant.nationalities): cannot be read: the same code "
    "twice."),
    (f"b,US,2019-12-05,HN,1990,{SECRET}", "bad.csv:3: has 6 cells, but the header has 5."),
    (f"b,US,{SECRET}", "bad.csv:3: has 3 cells, but the header has 5."),
    ("a,US,2019-12-05,HN,1990", "bad.csv:3 (id): has the id of a row before it."),
    (",US,2019-12-05,HN,1990", "bad.csv:3 (id): has no id, and others have one."),
    (f'b,US,"2019-12-05"{SECRET},HN,1990', "bad.csv:3: has a quote in the wrong place."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "message"), ROWS)
def test_a_row_that_cannot_be_read(tmp_path: Path, row: str, message: str) -> None:
    file = csv(tmp_path, GOOD, row, "z,US,2019-12-05,HN,1990")
    report = ran(file, rejects=tmp_path / "rejects.csv")
    assert told(report, file) == [message]
    assert report.people == 2
    written = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert SECRET not in written
    assert written.splitlines()[1].startswith(f"{file},2,3,")


def test_a_row_of_another_encoding(tmp_path: Path) -> None:
    file = csv(tmp_path, GOOD, "b,US,2019-12-05,Haïti,1990", encoding="latin-1")
    report = ran(file)
    assert told(report, file) == ["bad.csv:3: is not UTF-8 text."]
    assert report.people == 1


LINES: list[tuple[Any, str]] = [
    (SECRET, "bad.jsonl:2: is no JSON object, or has a field twice."),
    (f'["{SECRET}"]', "bad.jsonl:2: is no JSON object."),
    (f'{{"version": 1, "version": 1, "x": "{SECRET}"}}', "bad.jsonl:2: is no JSON object, or has a field "
    "twice."),
    ("[" * 100_000, "bad.jsonl:2: is no JSON object, or has a field twice."),
    (case("b", name=SECRET), "bad.jsonl:2 (name): there is no such field here."),
    (case("b", claim={"country": "US", "date": "2019-02-30"}),
     "bad.jsonl:2 (claim.date): this is no date (no such day: that month has 28 days)."),
    (case("b", claim={"country": "US", "date": "2020-03-01"}),
     "bad.jsonl:2 (claim.date): this date is later than as_of."),
    (case("b", entries=[{"country": SECRET}]), "bad.jsonl:2 (entries[0].country): this is no country code."),
    (case("b", entries=[{}] * 1001), "bad.jsonl:2 (entries): has more than 1,000 elements."),
    (case("a"), "bad.jsonl:2 (id): has the id of a row before it."),
    (case(None), "bad.jsonl:2 (id): has no id, and others have one."),
    (case("x" * 201), "bad.jsonl:2 (id): is no id: a text of at most 200 characters, or a whole number."),
    (case("b", version=2), "bad.jsonl:2 (version): this version of the case format is not known."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), LINES)
def test_a_line_that_cannot_be_read(tmp_path: Path, line: Any, message: str) -> None:
    file = json_lines(tmp_path / "bad.jsonl", case("a"), line, case("z"))
    report = ran(file, rejects=tmp_path / "rejects.jsonl")
    assert told(report, file) == [message]
    assert report.people == 2
    (reject,) = map(json.loads, (tmp_path / "rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert reject["row"] == reject["line"] == 2
    assert SECRET not in str(reject)


PARQUET_ROWS: list[tuple[dict[str, Any], str]] = [
    (case("b", claim={"country": "US", "date": "2019-02-30"}), "(claim.date): is no value of this fact."),
    (case("b", claim={"country": "ZZ", "date": "2019-12-01"}), "(claim.country): is no value of this fact."),
    (case("b", claim={"date": "2019-12-01"}), "(claim.country): must be known."),
    (case("b", claim={"country": "US", "date": "2020-03-01"}), "(claim.date): is later than as_of."),
    (case("b", claim={"country": "US", "date": "2019-12-05", "lodged_date": "2019-12-01"}),
     "(claim.lodged_date): is earlier than 'date'."),
    (case("b", entries=[{"country": "US", "date": "2020-03-01"}]), "(entries[].date): is later than as_of."),
    (case("b", entries=[{"manner": SECRET}]), "(entries[].manner): is no value of this fact."),
    (case("b", entries=[{"country": "US"}] * 1001), "(entries): has more than 1,000 elements."),
    (case("a"), "(id): has the id of a row before it."),
    (case("b", version=2), "(version): is not version 1 of the case format."),
    (case("b", family=[{"id": "f1"}], documents=[{"holder": "f1"}, {"holder": "f2"}]),
     "(documents[].holder): is the label of no relative in 'family'."),
    (case("b", family=[], documents=[{"holder": "f1"}]),
     "(documents[].holder): is the label of no relative in 'family'."),
    (case("b", family=[{"id": "f1"}, {"id": "f2"}, {"id": "f1"}]),
     "(family[].id): is the label of another relative."),
    (case("b", family=[{"id": SECRET}]), "(family[].id): is no value of this fact."),
    (case("b", documents=[{"holder": SECRET}]), "(documents[].holder): is no value of this fact."),
    (case("b", findings={"countries": [{"country": "GT"}, {"country": "US"}, {"country": "GT"}]}),
     "(findings.countries[].country): has a row already."),
    (case("b", findings={"countries": [{"country": "GT"}, {}]}),
     "(findings.countries[].country): must be known."),
]  # fmt: skip


def test_labels_of_people_who_are_there(tmp_path: Path) -> None:
    """The same labels in many cases, holders of whom no family is told: all are read."""
    some = [
        case("a", family=[{"id": "f1"}, {"id": "f2"}, {}], documents=[{"holder": "f2"}, {"holder": "applicant"}, {}]),
        case("b", family=[{"id": "f1"}], documents=[{"holder": "f1"}]),
        case("c", documents=[{"holder": "f7"}]),
        case("d", findings={"countries": [{"country": "GT"}, {"country": "US"}]}),
    ]  # fmt: skip
    report = ran(parquet(tmp_path / "good.parquet", *some))
    assert (report.people, report.rejected.count) == (4, 0)


def test_fields_that_are_no_facts(tmp_path: Path) -> None:
    """A column of Parquet with a slip in a name would be unknown in every case; so it is refused."""
    frame = pl.DataFrame(
        {
            "claim": [{"country": "US", "dat": "2020-01-01"}],
            "entries": [[{"country": "US", "maner": SECRET}]],
            "findings": [{"countries": [{"country": "GT", "fear": True}]}],
        }
    )
    frame.write_parquet(tmp_path / "slip.parquet")
    with pytest.raises(BadData) as caught:
        ran(tmp_path / "slip.parquet")
    found = {problem.path: problem.hint for problem in caught.value.problems}
    assert set(found) == {"claim.dat", "entries[].maner", "findings.countries[].fear"}
    assert "'date'" in str(found["claim.dat"])
    assert "'manner'" in str(found["entries[].maner"])
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("bad", "message"), PARQUET_ROWS)
def test_a_row_of_parquet_that_cannot_be_read(tmp_path: Path, bad: dict[str, Any], message: str) -> None:
    file = parquet(tmp_path / "bad.parquet", case("a"), bad, case("z"), row_group_size=1)
    report = ran(file)
    assert told(report, file) == [f"bad.parquet: row 2 {message}"]
    assert report.people == 2


# --- files that are refused ---------------------------------------------------------------------------------


def wide(folder: Path) -> Path:
    return csv(folder, ",".join("x" * 10_000), header=",".join(f"c{place}" for place in range(10_000)))


def wide_parquet(folder: Path) -> Path:
    pl.DataFrame({f"c{place}": [1] for place in range(10_000)}).write_parquet(folder / "bad.parquet")
    return folder / "bad.parquet"


def cut_parquet(folder: Path) -> Path:
    file = parquet(folder / "bad.parquet", *(case(str(number)) for number in range(100)))
    file.write_bytes(file.read_bytes()[:-100])
    return file


def damaged_parquet(folder: Path) -> Path:
    file = parquet(folder / "bad.parquet", *(case(str(number)) for number in range(1000)))
    raw = bytearray(file.read_bytes())
    raw[100:600] = b"\xff" * 500
    file.write_bytes(raw)
    return file


def flat_claim(folder: Path) -> Path:
    pl.DataFrame({"id": ["a"], "claim": ["US"]}).write_parquet(folder / "bad.parquet")
    return folder / "bad.parquet"


def numbers_for_dates(folder: Path) -> Path:
    table(case("a")).with_columns(pl.lit(5).alias("as_of")).write_parquet(folder / "bad.parquet")
    return folder / "bad.parquet"


def strange_section(folder: Path) -> Path:
    table(case("a")).with_columns(pl.lit(SECRET).alias("names")).write_parquet(folder / "bad.parquet")
    return folder / "bad.parquet"


def packed(content: bytes, name: str = "bad.jsonl.gz") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


LINE = json.dumps(case("a")).encode() + b"\n"
REFUSED: list[tuple[Callable[[Path], Path], str]] = [
    (lambda folder: csv(folder, GOOD, f'b,US,"{SECRET},HN,1990', "c,US,2019,HN,1990"),
     "bad.csv:3: A quote that opens here is not closed. Nothing after it can be trusted, so nothing was "
     "read. "
     "Mend this row."),
    (lambda folder: csv(folder, GOOD, f'b,US,"{SECRET}' + 40_000 * "a,US,2019,HN,1990\n"),
     "bad.csv:3: A quote that opens here is not closed. Nothing after it can be trusted, so nothing was "
     "read. "
     "Mend this row."),
    (lambda folder: csv(folder, GOOD, encoding="utf-16"),
     "bad.csv: The file is UTF-16. Expected: UTF-8. Save it again as 'CSV UTF-8'."),
    (lambda folder: csv(folder, "a", header="id,País".encode().decode("utf-8"), encoding="latin-1"),
     "bad.csv:1: The header is not UTF-8. Save the file again as 'CSV UTF-8'."),
    (lambda folder: csv(folder, GOOD, header=HEADER + ",id"),
     "bad.csv:1: Column 6 has the header of another column. Give each column a name of its own."),
    (lambda folder: csv(folder, GOOD, header=HEADER + ","), "bad.csv:1: Column 6 has no header."),
    (wide, "bad.csv: The file has 10,000 columns. Expected: at most 2,000."),
    (wide_parquet, "bad.parquet: The file has 10,000 columns. Expected: at most 2,000."),
    (cut_parquet, "bad.parquet: The Parquet file is damaged or cut short. Make or download it again."),
    (damaged_parquet, "bad.parquet: The Parquet file is damaged or cut short. Make or download it again."),
    (packed(b"PAR1", "bad.parquet"), "bad.parquet: The Parquet file is damaged or cut short. Make or "
    "download it again."),
    (flat_claim, "bad.parquet (claim): The column 'claim' is no group of facts. Expected: a struct, as in "
    "the case "
     "format."),
    (numbers_for_dates, "bad.parquet (as_of): This column has another type. Expected: dates: text, days, "
    "or pairs of "
     "days 'lo' and 'hi'."),
    (strange_section, "bad.parquet (names): A column is no section of the case format. Known: version, "
    "as_of, claim, "
     "decision, applicant, entries, entries_complete, journey, journey_complete, family, family_complete, "
     "documents, "
     "documents_complete, prior_claims, prior_claims_complete, procedure, findings."),
    (packed(gzip.compress(LINE * 50)[:-40]), "bad.jsonl.gz: The gzip file is damaged or cut short. Make "
    "or download it "
     "again."),
    (packed(LINE), "bad.jsonl.gz: The gzip file is damaged or cut short. Make or download it again."),
    (packed(b"\n" * 1_000_002, "bad.jsonl"),
     "bad.jsonl: There are nothing but blank lines from here on. Is it the right file?"),
    (packed(gzip.compress((b" " * 99 + b"\n") * (1 << 19))),
     "bad.jsonl.gz: The file unpacks to more than 200 times its size; no table of people does."),
    (packed(b"\x28\xb5\x2f\xfd\x00\x00", "bad.jsonl.zst"),
     "bad.jsonl.zst: The Zstandard file is damaged, cut short or not UTF-8. Make or download it again."),
    (packed(b'{"x": "' + b"y" * 3_000_000, "bad.jsonl"),
     "bad.jsonl: A line is longer than 2,000,000 bytes. Each line holds one person."),
    (packed(gzip.compress(LINE), "bad.jsonl"), "bad.jsonl: This is a gzip file, whatever its name says."),
    (packed(b"", "bad.csv"), "bad.csv: The file is empty."),
    (packed(b"\n\n", "bad.csv"), "bad.csv: The file is empty."),
    (packed(b"\n\n", "bad.jsonl"), "bad.jsonl: The caseload has no rows."),
    (csv, "bad.csv: The caseload has no rows."),
    (packed(b"", "bad.pkl"), "bad.pkl: The name does not say what kind of table this is. Expected: a name "
    "that ends in "
     ".parquet, .csv, .tsv, .jsonl, .ndjson, text tables also with .gz or .zst behind it."),
    (lambda folder: csv(folder, "x", header="Born"),
     "bad.csv: The headers are neither sections of the case format nor paths of facts. Say which they are: "
     "'safethird map FILE --out m.yaml', then --map m.yaml."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=range(len(REFUSED)))
def test_a_file_that_is_refused(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    file = make(tmp_path)
    out = tmp_path / "results.csv"
    started = time.monotonic()
    with pytest.raises(SafethirdError) as error:
        ran(file, out=out, rejects=tmp_path / "rejects.csv")
    assert str(error.value).replace(str(file), file.name) == message
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [file.name]
    assert time.monotonic() - started < 20


def test_messages_of_refusals_are_the_commands_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = call(capsys, monkeypatch, "run", REGIME, "--on", str(cut_parquet(tmp_path)))
    assert ended.code == 65
    assert ended.err.startswith("safethird: ")
    assert "Traceback" not in ended.err
    rejected = call(capsys, monkeypatch, "run", REGIME, "--on", str(csv(tmp_path, GOOD, f"b,{SECRET}")))
    assert rejected.code == 3
    assert SECRET not in rejected.err + rejected.out
    nobody = call(capsys, monkeypatch, "run", REGIME, "--on", str(csv(tmp_path, f"b,{SECRET}")))
    assert nobody.code == 65
    missing = call(capsys, monkeypatch, "run", REGIME, "--on", str(tmp_path / "none.csv"))
    assert missing.code == 66


BOMBS = {
    "gzip": packed(gzip.compress(b"[" * (200 << 20), 1)),
    "columns": wide,
    "quote": lambda folder: csv(folder, '"' + "a,US,2019,HN,1990\n" * 1_000_000),
    "list": lambda folder: json_lines(folder / "bad.jsonl", case("a", entries=[{}] * 400_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_take_little_time_and_memory(tmp_path: Path, name: str) -> None:
    file = BOMBS[name](tmp_path)
    limit = 3 << 30
    ended = subprocess.run(
        [sys.executable, "-m", "safethird", "run", REGIME, "--on", str(file)], check=False, timeout=60,
        capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert ended.returncode == 65, ended.stderr
    assert ended.stderr.startswith("safethird: ")


def test_limits_are_above_what_people_have() -> None:
    """A case with everything in it stays far below the limits."""
    many = case("a", entries=[{"country": "US", "date": "2019-12-05"}] * 100)
    assert len(json.dumps(many)) * 100 < inputs.MOST_LINE
    assert text_tables.MOST_COLUMNS > 1000


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_our_errors(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("a.csv", "a.jsonl", "a.jsonl.gz", "a.parquet"):
        (folder / name).write_bytes(raw)
        with contextlib.suppress(SafethirdError):
            ran(folder / name)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_cell_raises_anything(tmp_path_factory: pytest.TempPathFactory, one: str, other: str) -> None:
    folder = tmp_path_factory.mktemp("cells")
    cells = [text.replace('"', '""').encode("utf-8", "surrogatepass") for text in (one, other)]
    body = HEADER.encode() + b'\na,US,"' + cells[0] + b'","' + cells[1] + b'",1990\n'
    (folder / "a.csv").write_bytes(body)
    report = ran(folder / "a.csv")
    assert report.people + report.rejected.count == 1


MAPPINGS = [
    ("format: 1\ncolumns: {A: applicant.birth}", "There is no such fact"),
    ("format: 1\ncolumns: {A: entries}", "This is a group of facts, not one fact"),
    ("format: 1\ncolumns: {A: {fact: claim.date, form: DMY}}", "There is no such form of dates"),
    (
        "format: 1\ncolumns: {A: {fact: 'entries[0].manner', words: {x: swimming}}}",
        "This is no value of the fact",
    ),
    ("format: 1\ncolumns: {A: claim.date, B: claim.date}", "Another column is this fact already"),
    ("format: 1\ncolumns: {}\nconstants: {claim.country: Utopia}", "This is no value of the fact"),
    ("format: 1\ncolumns: {}\ncomplete: [stays]", "There is no such list"),
    ("format: 1\ncolumns: {}\nevery: 1", "A mapping has no such part"),
    ("columns: {}", "This is no mapping file"),
    ("format: 1", "The columns are missing"),
]


@pytest.mark.parametrize(("text", "what"), MAPPINGS)
def test_a_mapping_that_is_refused(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SafethirdError) as error:
        read_mapping(tmp_path / "m.yaml")
    assert [problem.what for problem in error.value.problems] == [what]
    assert error.value.problems[0].line is not None


def test_a_file_that_holds_no_cases_is_left_soon(tmp_path: Path) -> None:
    file = packed(b'{"note": "Quetzalcoatl"}\n' * 10_000, "bad.jsonl")(tmp_path)
    with pytest.raises(BadData, match=r"None of the first 4,096 rows is a case") as error:
        ran(file)
    assert "(note): there is no such field here" in str(error.value)
    assert "Quetzalcoatl" not in str(error.value)
    report = ran(file, rejects=tmp_path / "rejects.jsonl")
    assert report.rejected.count == 10_000
