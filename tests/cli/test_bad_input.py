"""Bad files, given to every verb that reads files: one clear message, the right exit code, and nothing of what they hold.

Every bad file with some verbs, and every verb with some files; with SAFETHIRD_THOROUGH=1 every file with every verb.
`benchmarks/bad_input.py` measures time and memory, also of files that are large.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safethird.facts import documents
from tests.cli.helpers import call
from tests.cli.hostile import USES, Bad, Use, faults, files_for

THOROUGH = os.environ.get("SAFETHIRD_THOROUGH") == "1"
SHARE = 1 if THOROUGH else 29
"""One pair of so many is tried."""
CASE = '{"version": 1, "claim": {"country": "US", "date": "2019-12-01"}, "applicant": {"nationalities": ["HN"]}}\n'
TABLE = "id,claim.country,claim.date,applicant.nationalities\n1,US,2019-12-01,HN\n"
NEEDS = {"compare": "z3", "prove": "z3", "check": "z3", "align": "docx"}


def pairs() -> Iterator[Any]:
    for index, use in enumerate(USES):
        for ending in use.endings:
            for number, bad in enumerate(files_for(ending)):
                if (index + number) % SHARE == 0 or (use.name == "screen" and ending != ".jsonl"):
                    yield pytest.param(use, ending, bad, id=f"{use.name} {bad.name}{ending}")


BAD_CASES = Path(__file__).parents[1] / "facts/bad"
BAD_REGIMES = Path(__file__).parents[1] / "regimes/bad"


@pytest.mark.parametrize(
    "name", sorted(file.name for file in BAD_CASES.iterdir() if file.suffix != ".expected")
)
def test_what_is_wrong_with_a_case_is_told_on_the_command_line(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole corpus of bad cases: impossible dates, unknown countries, wrong types, wrong order ..."""
    monkeypatch.chdir(BAD_CASES)
    result = call(capsys, monkeypatch, "screen", name, "--regime", "us-guatemala-2019")
    expected = (BAD_CASES / f"{name}.expected").read_text(encoding="utf-8")
    told = [line for line in expected.splitlines() if line.startswith(name)]
    assert result.code == (3 if "good case" in expected else 65)
    assert [line.partition(name)[2] for line in result.err.splitlines()] == [
        line.partition(name)[2] for line in told
    ]
    assert "not to be repeated" not in result.err + result.out


@pytest.mark.parametrize("name", sorted(file.name for file in BAD_REGIMES.glob("*.yaml"))[::5])
def test_what_is_wrong_with_a_regime_is_told_on_the_command_line(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expressions that are not ours, constant parts, gaps, missing citations ...: a fifth of the corpus of bad regimes."""
    monkeypatch.chdir(BAD_REGIMES)
    result = call(capsys, monkeypatch, "lint", name)
    expected = (BAD_REGIMES / f"{name}.expected").read_text(encoding="utf-8").splitlines()
    assert set(expected) <= set(result.out.splitlines())
    assert result.code == (65 if any(": error" in line for line in expected) else 0)


def test_a_name_cannot_steer_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a\x1b[31m\u202eb\n.json"
    (folder / name).write_text("{", encoding="utf-8")
    result = call(capsys, monkeypatch, "screen", name)
    assert result.code == 65
    assert "not valid JSON" in result.err
    assert "\x1b" not in result.err
    assert "\u202e" not in result.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "case.json").write_text(CASE, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "text.txt").write_text("Articulo 1\n\nLas Partes.\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAFETHIRD_DEBUG", raising=False)
    monkeypatch.setattr(documents, "PIPE_SECONDS", 0.01)
    return tmp_path


@pytest.mark.parametrize(("use", "ending", "bad"), list(pairs()))
def test_a_bad_file_is_met_by_one_clear_message(
    use: Use,
    ending: str,
    bad: Bad,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed = NEEDS.get(use.args[0])
    if needed:
        pytest.importorskip(needed)
    file = f"{bad.name}{ending}"
    bad.make(folder / file)
    places = {"{}": file, "{case}": "case.json", "{table}": "table.csv", "{text}": "text.txt", "{data}": "data",
              "{out}": "draft.yaml"}  # fmt: skip
    result = call(capsys, monkeypatch, *(places.get(arg, arg) for arg in use.args))
    assert faults(result.code, result.out + result.err, bad, use, bad.name) == []
    assert not (folder / "PWNED").exists()
    assert not (folder / "draft.yaml").exists()


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("screen", "x" * 50_000), 66), (("show", "y" * 50_000), 2), (("z" * 50_000,), 2), (("a\x1b[31m",), 2),
        (("draft", "status", "x" * 50_000), 66), (("assess", "GT", "--data", "x" * 50_000), 66),
        (("compare", "us-guatemala-2019", "us-guatemala-2019", "--limit", "nan"), 2),
        (("prove", "us-guatemala-2019", "bars", "--limit", "1e999"), 2),
        (("prove", "us-guatemala-2019", "(" * 20_000), 65), (("prove", "us-guatemala-2019", "not " * 20_000 + "bars"), 65),
        (("status", "--at", "w" * 50_000), 2), (("regimes", "--claim-in", "v" * 50_000), 2),
    ],
)  # fmt: skip
def test_a_request_beyond_all_measure_is_told_shortly(
    args: tuple[str, ...],
    code: int,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if args[0] in NEEDS:
        pytest.importorskip(NEEDS[args[0]])
    result = call(capsys, monkeypatch, *args)
    assert result.code == code
    assert 0 < len(result.err) < 3000
    assert "fault of ours" not in result.err
    assert "\x1b" not in result.err
