"""Regime files that are wrong, with all that is said of each, and good files of which nothing is said.

What lint prints for `bad/NAME.yaml` stands in `NAME.yaml.expected`. That there are no tests beside a file is left out,
save in `no-tests.yaml`.

To write the expectations anew after a change of words, then to read them before committing:
`python -m tests.regimes.test_corpus`.
"""

from __future__ import annotations

import ast
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safethird.errors import BadData, Problem
from safethird.facts.documents import Document, read_document
from safethird.language.errors import Source
from safethird.regimes import loader, sets, shape
from safethird.regimes.lint import Finding, constants, letters, lint_file, structure, timeline, wording
from safethird.regimes.lint.findings import Subject
from safethird.regimes.loader import load_regime_file
from safethird.screening.casetests import difference, read_test_file
from safethird.screening.screen import determine, facts_for_rules
from safethird.screening.untested import test_findings as findings_of_tests

HERE = Path(__file__).parent
BAD = HERE / "bad"
GOOD = HERE / "good"
BAD_FILES = sorted(file.name for file in BAD.glob("*.yaml"))
GOOD_FILES = sorted(file.name for file in GOOD.glob("*.yaml") if ".cases." not in file.name)


def findings(name: str) -> list[Finding]:
    """All that lint says of a file of the corpus."""
    return [
        finding for finding in lint_file(name) if finding.code != "no-tests" or name.startswith("no-tests")
    ]


def said(name: str) -> str:
    return "".join(f"{finding}\n" for finding in findings(name))


@pytest.fixture
def in_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)


@pytest.mark.usefixtures("in_bad")
@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_said_of_a_bad_file(name: str) -> None:
    assert said(name) == (BAD / f"{name}.expected").read_text(encoding="utf-8")


@pytest.mark.usefixtures("in_bad")
@pytest.mark.parametrize("name", BAD_FILES)
def test_something_is_said_and_it_says_what_to_do(name: str) -> None:
    found = findings(name)
    assert found
    for finding in found:
        assert finding.file == name
        assert finding.code
        assert finding.mend or finding.why, finding
        assert finding.line or finding.code in ("empty", "encoding", "yaml-syntax", "wrong-type"), finding


def test_every_expectation_has_its_file() -> None:
    assert {file.stem for file in BAD.glob("*.expected")} == {Path(name).name for name in BAD_FILES}


# --- is everything that can be said in the corpus? -----------------------------------------------

SPEAKERS = ("problem", "at", "in_rule", "finding", "constant_part")
"""Methods by which loader and lint say that something is wrong."""


def places_that_speak() -> Iterator[tuple[str, int, int]]:
    for module in (loader, sets, shape, constants, structure, timeline, wording, letters):
        file = str(inspect.getsourcefile(module))
        for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SPEAKERS:
                yield file, node.lineno, node.end_lineno or node.lineno


@pytest.mark.usefixtures("in_bad")
def test_the_corpus_reaches_every_place_that_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()

    def watch(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def watched(self: Any, *args: Any, **parts: Any) -> Any:
            frame = sys._getframe(1)
            while frame is not None:
                reached.add((frame.f_code.co_filename, frame.f_lineno))
                frame = frame.f_back  # type: ignore[assignment]
            return real(self, *args, **parts)

        monkeypatch.setattr(owner, name, watched)

    for owner, name in ((Document, "problem"), (Source, "problem"), (Subject, "at"), (Subject, "in_rule")):
        watch(owner, name)
    for each in BAD_FILES:
        lint_file(each)
    missed = [
        f"{Path(file).name}:{first}"
        for file, first, last in places_that_speak()
        if not any((file, line) in reached for line in range(first, last + 1))
    ]
    assert missed == []


# --- good files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD_FILES)
def test_nothing_is_said_of_a_good_file(name: str) -> None:
    assert [str(finding) for finding in lint_file(GOOD / name)] == []
    assert [str(finding) for finding in findings_of_tests(load_regime_file(GOOD / name))] == []


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_good_file_gives_the_answers_beside_it(name: str) -> None:
    regime = load_regime_file(GOOD / name)
    tests = read_test_file(GOOD / f"{Path(name).stem}.cases.yaml")
    assert tests
    for test in tests:
        for expected in test.expect:
            got = determine(regime, facts_for_rules(test.case))
            assert difference(expected, got) is None, f"{test.id}: {got!r}"


def test_failing_tests_and_clauses_not_seen_are_found() -> None:
    regime = load_regime_file(GOOD / "made-up-bar.yaml")
    first, *_ = read_test_file(GOOD / "made-up-bar.cases.yaml")
    wrong = type(first.expect[0])("made-up-bar", "exempt", None, False, (), ())
    changed = type(first)(first.id, first.title, first.case, (wrong,), first.file)
    codes = [finding.code for finding in findings_of_tests(regime, [changed])]
    assert codes.count("test-fails") == 1
    lonely = load_regime_file(BAD / "no-tests.yaml")
    assert {finding.code for finding in findings_of_tests(lonely)} == {"untested"}


def test_a_file_of_tests_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "made-up-bar.yaml").write_bytes((GOOD / "made-up-bar.yaml").read_bytes())
    (tmp_path / "made-up-bar.cases.yaml").write_text(
        "bases: {}\ncases: [{id: x, base: y, expect: applies}]\n"
    )
    found = findings_of_tests(load_regime_file(tmp_path / "made-up-bar.yaml"))
    assert [finding.code for finding in found] == ["unknown-base"]


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(BadData) as raised:
        load_regime_file(BAD / "several-at-once.yaml")
    assert len(raised.value.problems) >= 3
    assert all(isinstance(problem, Problem) for problem in raised.value.problems)


def test_no_file_of_the_corpus_is_left_unread() -> None:
    assert all(read_document(GOOD / name).data for name in GOOD_FILES)


if __name__ == "__main__":
    os.chdir(BAD)
    for each in BAD_FILES:
        Path(f"{each}.expected").write_text(said(each), encoding="utf-8")
