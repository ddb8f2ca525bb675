"""Each file in bad/ is the specification of an error message: what is printed stands in <file>.expected.

To write the expectations anew after a change of words, then to read them before committing:
`python -m tests.facts.test_bad_cases`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from safethird.facts.case import BadCase, read_cases

BAD = Path(__file__).with_name("bad")
FILES = sorted(file.name for file in BAD.iterdir() if file.suffix != ".expected")


def outcome(name: str) -> str:
    """What reading a file of the corpus says, one case after the other."""
    said = []
    for result in read_cases([name]):
        if isinstance(result, BadCase):
            said.append(f"bad case, line {result.line}, id {result.id}\n{result.error}\n")
            assert result.file == name
        else:
            said.append(f"good case, id {result.id}\n")
    return "\n".join(said)


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_of_a_bad_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    said = outcome(name)
    assert said == (BAD / f"{name}.expected").read_text(encoding="utf-8")
    assert "bad case" in said
    assert "not to be repeated" not in said


def test_every_expectation_has_its_file() -> None:
    assert {file.stem for file in BAD.glob("*.expected")} == set(FILES)


if __name__ == "__main__":
    os.chdir(BAD)
    for each in FILES:
        Path(f"{each}.expected").write_text(outcome(each), encoding="utf-8")
