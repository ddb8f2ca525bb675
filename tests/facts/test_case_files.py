"""Reading files of cases: every form, every limit, and nothing more in memory than must be."""

from __future__ import annotations

import io
import json
import os
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.errors import BadData, NoInput
from safethird.facts import case_files
from safethird.facts.case import BadCase, Case, read_cases

CASE = {"version": 1, "claim": {"country": "CA", "date": "2024-05-10"}}
TEXT = json.dumps(CASE)
YAML = "version: 1\nclaim:\n  country: CA\n  date: 2024-05-10\n"


def read(raw: bytes | str, name: str = "-", folder: Path | None = None) -> list[Case | BadCase]:
    raw = raw.encode() if isinstance(raw, str) else raw
    if folder is None:
        return list(read_cases([name], io.BytesIO(raw)))
    (folder / name).write_bytes(raw)
    return list(read_cases([folder / name]))


@pytest.mark.parametrize(
    "raw",
    [
        TEXT,
        TEXT + "\n",
        json.dumps(CASE, indent=2),
        "\n\n  " + json.dumps(CASE, indent="\t"),
        YAML,
        "# a comment\n" + YAML,
        "{version: 1, claim: {country: CA, date: 2024-05-10}}\n".replace("{version", "---\n{version"),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xef\xbb\xbf" + YAML.encode(),
        YAML.replace("\n", "\r\n"),
        json.dumps(CASE, indent=2).replace("\n", "\r\n"),
        json.dumps([CASE]),
    ],
)
def test_one_case_on_standard_input(raw: bytes | str) -> None:
    (case,) = read(raw)
    assert isinstance(case, Case)
    assert case.data == CASE
    assert case.id is None


@pytest.mark.parametrize("name", ["a.json", "a.JSON", "a.yaml", "a.yml", "a.jsonl", "a.ndjson", "a.txt", "a"])
def test_one_case_in_a_file_of_any_name(name: str, tmp_path: Path) -> None:
    (case,) = read(TEXT, name, tmp_path)
    assert isinstance(case, Case)
    assert case.data == CASE


@pytest.mark.parametrize("name", ["-", "a.json", "a.jsonl", "a.txt"])
def test_many_cases_one_a_line(name: str, tmp_path: Path) -> None:
    lines = "\n\r\n".join(json.dumps({"id": number, **CASE}) for number in range(5))
    cases = read(lines, name, tmp_path if name != "-" else None)
    assert [case.id for case in cases] == ["0", "1", "2", "3", "4"]
    assert all(isinstance(case, Case) and case.data == CASE for case in cases)


@pytest.mark.parametrize(
    "bad",
    [
        '{"version": 2}',
        '{"version": }',
        "[" * 5000 + "]" * 5000,
        '{"version": 1, "version": 1}',
        "x",
        '{"version": 1',
    ],
)
def test_a_bad_line_does_not_stop_the_others(bad: str) -> None:
    results = read(f"{TEXT}\n\n{bad}\n{TEXT}\n")
    assert [type(result) for result in results] == [Case, BadCase, Case]
    assert isinstance(results[1], BadCase)
    assert results[1].line == 3
    assert all(problem.line == 3 for problem in results[1].error.problems)
    assert results[1].file == "standard input"


def test_a_bad_first_line_is_a_bad_line() -> None:
    results = read(f'{{"version": }}\n{TEXT}\n')
    assert [type(result) for result in results] == [BadCase, Case]


def test_cases_of_the_shared_folder_keep_their_ids(shared: Path) -> None:
    files = sorted((shared / "cases").glob("*.json"))
    results = list(read_cases(files))
    assert [result.id for result in results] == [file.stem for file in files]
    assert all(isinstance(result, Case) for result in results)


def test_files_come_in_the_order_given(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("id: second\n" + YAML, encoding="utf-8")
    (tmp_path / "a.json").write_text(
        json.dumps([{"id": "third", **CASE}, {"id": 4, **CASE}]), encoding="utf-8"
    )
    first = io.BytesIO(json.dumps({"id": "first", "case": CASE, "expect": []}).encode())
    results = list(read_cases(["-", str(tmp_path / "b.yaml"), tmp_path / "a.json"], first))
    assert [result.id for result in results] == ["first", "second", "third", "4"]
    assert all(isinstance(result, Case) and result.data == CASE for result in results)


def test_files_that_are_not_there_are_all_named_before_anything_is_read(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(TEXT, encoding="utf-8")
    results = read_cases([good, tmp_path / "gone.json", tmp_path, "x" * 5000])
    with pytest.raises(NoInput) as caught:
        next(results)
    assert [problem.what for problem in caught.value.problems] == [
        "There is no such file",
        "This is a folder, not a file",
        "The file cannot be opened (File name too long)",
    ]
    assert caught.value.exit_code == 66


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read any file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.json").chmod(0)
    with pytest.raises(NoInput, match="permission"):
        list(read_cases([tmp_path / "a.json"]))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_opened_once(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(f"{TEXT}\n{TEXT}\n", encoding="utf-8"))
    writer.start()
    assert len([result for result in read_cases([pipe]) if isinstance(result, Case)]) == 2
    writer.join(timeout=10)
    assert not writer.is_alive()


def test_lines_are_read_as_they_come() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.taken += 1
            return TEXT.encode() + b"\n"

    stream = Endless()
    assert len(list(islice(read_cases(["-"], stream), 10))) == 10
    assert stream.taken < 20


@pytest.mark.parametrize("name", ["a.jsonl", "-"])
def test_a_line_that_is_too_long_is_skipped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "MOST_LINE_BYTES", 200)
    long = '{"version": 1, "claim": {"country": "CA"}' + " " * 1000 + "}"
    results = read(f"{TEXT}\n{TEXT}\n{long}\n{TEXT}\n{long}", name, tmp_path if name != "-" else None)
    assert [type(result) for result in results] == [Case, Case, BadCase, Case, BadCase]
    assert [result.line for result in results if isinstance(result, BadCase)] == [3, 5]
    assert isinstance(results[2], BadCase)
    assert "longer than 200 bytes" in str(results[2].error)


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "-"])
def test_a_document_that_is_too_long_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = " " * 30_000_000 + TEXT if name != "a.yaml" else "#" * 30_000_000 + "\n" + YAML
    (result,) = read(raw, name, tmp_path if name != "-" else None)
    assert isinstance(result, BadCase)
    assert "larger than 5,000,000 bytes" in str(result.error)


def test_a_list_of_no_cases_holds_none() -> None:
    assert read("[]") == []


@pytest.mark.parametrize("name", ["", " " * 3 + "\n", "x" * 201, "a\nb", "\u202e", True, 1.5, [], {}, 10**18])
def test_an_id_is_a_short_text_or_a_whole_number(name: object) -> None:
    (result,) = read(json.dumps({**CASE, "id": name}))
    assert isinstance(result, BadCase)
    assert result.error.problems[0].code == "bad-id"
    assert result.id is None


def test_a_null_id_is_none() -> None:
    (result,) = read(json.dumps({**CASE, "id": None}))
    assert isinstance(result, Case)
    assert result.id is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_cases_or_problems(raw: bytes) -> None:
    for result in read(raw):
        assert isinstance(result, Case | BadCase)
        if isinstance(result, BadCase):
            assert isinstance(result.error, BadData)


@given(
    st.lists(
        st.sampled_from([TEXT, "", "  ", "{}", "x", '{"id": 1', json.dumps({"id": "a", **CASE})]), min_size=1
    )
)
def test_a_file_of_lines_gives_one_result_for_each_written_line(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    file = tmp_path_factory.mktemp("lines") / "a.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    written = [number for number, line in enumerate(lines, start=1) if line.strip()]
    results = list(read_cases([file]))
    if not written:
        assert [str(result.error) for result in results if isinstance(result, BadCase)] == [
            f"{file}: The file is empty."
        ]
        return
    assert len(results) == len(written)
    for number, result in zip(written, results, strict=True):
        assert isinstance(result, Case) is (lines[number - 1] in (TEXT, json.dumps({"id": "a", **CASE})))
        if isinstance(result, BadCase):
            assert result.line == number
