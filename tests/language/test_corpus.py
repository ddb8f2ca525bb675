"""Rules that are refused, with the message that each must get, and rules that hold or not in given cases.

`bad/NAME.rule` holds one rule; what is said of it stands in `NAME.rule.expected`. Lines that begin with `#` say
what is wrong with it, and perhaps how it is read: `# as: element` (after `for:`), `# as: warning`. The file of the
rules defines three things, used in many of them (see DEFINED).

To write the expectations anew after a change of words, then to read them before committing:
`python -m tests.language.test_corpus`.
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

from safethird.errors import Problem
from safethird.facts.case import Case
from safethird.facts.documents import Document, read_document
from safethird.facts.truth import Truth
from safethird.language import lexer, parser, types
from safethird.language.errors import RuleError, Source
from safethird.language.evaluate import Evaluator
from safethird.language.parser import parse, parse_element
from safethird.language.program import Definition, Program
from safethird.language.types import Checked, Signature, Type, check, check_condition
from safethird.regimes.names import CaseNames
from safethird.regimes.sets import parse_sets
from safethird.screening.screen import facts_for_rules
from tests.strategies_regimes import SETS

HERE = Path(__file__).parent
BAD = HERE / "bad"
GOOD = HERE / "good"
BAD_FILES = sorted(file.name for file in BAD.glob("*.rule"))
GOOD_FILES = sorted(file.name for file in GOOD.glob("*.yaml"))
COUNTRY_SETS = parse_sets(Document({"sets": SETS}, None), ("sets",), SETS, {})
NAMES = CaseNames(COUNTRY_SETS)

DEFINED = {
    "minor": ("age of applicant on claim.date < 18", None),
    "kin": ('f.relation in ["parent", "sibling"]', "f"),
    "entry": ('first e in entries where e.country == "CA" latest e.date', None),
}
"""Name: the rule, and the name of the element of `family` that it speaks of."""


def defined() -> tuple[dict[str, Signature], dict[str, Definition]]:
    signatures: dict[str, Signature] = {}
    definitions: dict[str, Definition] = {}
    for name, (text, parameter) in DEFINED.items():
        type_ = Type("record", "family[]") if parameter else None
        variables = {parameter: type_} if parameter and type_ else {}
        checked = check(Source(text), parse(Source(text)), NAMES, signatures, variables)
        signatures[name] = Signature(checked.type, type_, checked.uses_unknown)
        definitions[name] = Definition(name, checked, parameter)
    return signatures, definitions


SIGNATURES, DEFINITIONS = defined()


def read_rule(file: Path) -> tuple[Source, str]:
    """The rule of a file and how it is read. Comment lines count, so that places are those of the file."""
    lines = file.read_text(encoding="utf-8").split("\n")
    comments = [line for line in lines if line.startswith("#")]
    kind = next((line.removeprefix("# as: ") for line in comments if line.startswith("# as: ")), "condition")
    text = "\n".join(lines[len(comments) :]).removesuffix("\n")
    return Source(text, file.name, line=len(comments)), kind


def checked(source: Source, kind: str = "condition") -> Checked:
    if kind == "element":
        return check(source, parse_element(source), NAMES, SIGNATURES)
    node = parse(source)
    return check_condition(source, node, NAMES, SIGNATURES, may_ask_unknown=kind == "warning")


def refusal(name: str) -> Problem | None:
    source, kind = read_rule(BAD / name)
    try:
        checked(source, kind)
    except RuleError as error:
        return error.problem
    return None


def said(name: str) -> str:
    problem = refusal(name)
    return "nothing\n" if problem is None else f"{problem}\ncode: {problem.code}\n"


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_said_of_a_bad_rule(name: str) -> None:
    assert said(name) == (BAD / f"{name}.expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BAD_FILES)
def test_every_message_says_where_and_what_to_do(name: str) -> None:
    problem = refusal(name)
    assert problem is not None
    assert problem.file == name
    assert problem.line
    assert problem.column
    assert problem.expected or problem.hint
    assert problem.code


def test_every_expectation_has_its_rule() -> None:
    assert {file.stem for file in BAD.glob("*.expected")} == set(BAD_FILES)


# --- is every way to fail in the corpus? ---------------------------------------------------------

SPEAKERS = ("fail", "problem", "need_words", "need_sign", "name", "deeper", "_wrong_character")
"""Methods by which lexer, parser and checker refuse a rule."""


def places_that_refuse() -> Iterator[tuple[str, int, int]]:
    """File and lines of every call by which a rule is refused."""
    for module in (lexer, parser, types):
        file = str(inspect.getsourcefile(module))
        for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in SPEAKERS:
                    yield file, node.lineno, node.end_lineno or node.lineno


def test_the_corpus_reaches_every_place_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    real = Source.problem

    def watched(self: Source, *args: Any, **parts: Any) -> Problem:
        frame = sys._getframe(1)
        while frame is not None:
            reached.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back  # type: ignore[assignment]
        return real(self, *args, **parts)

    monkeypatch.setattr(Source, "problem", watched)
    for name in BAD_FILES:
        refusal(name)
    missed = [
        f"{Path(file).name}:{first}"
        for file, first, last in places_that_refuse()
        if not any((file, line) in reached for line in range(first, last + 1))
    ]
    assert missed == []


# --- good rules ----------------------------------------------------------------------------------

TRUTHS: dict[str, Truth] = {"true": True, "false": False, "unknown": None}


def good_rules() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name in GOOD_FILES:
        data = read_document(GOOD / name).data
        for entry in data["rules"]:
            yield name, data["cases"], entry


@pytest.mark.parametrize(
    ("file", "cases", "entry"),
    [pytest.param(*rule, id=f"{rule[0]}: {rule[2]['rule']}") for rule in good_rules()],
)
def test_a_good_rule_holds_where_it_should(file: str, cases: dict[str, Any], entry: dict[str, Any]) -> None:
    source = Source(entry["rule"], file)
    rule = checked(source, entry.get("as", "condition"))
    for case, expected in entry["in"].items():
        facts = facts_for_rules(Case.from_data(cases[case]))
        program = Program(DEFINITIONS, COUNTRY_SETS, entry.get("month_end", "last_day"))
        got = Evaluator(program, facts).rule(rule.node).value
        assert got is TRUTHS[str(expected).lower()], f"{case}: expected {expected}, got {got}"


if __name__ == "__main__":
    os.chdir(BAD)
    for each in BAD_FILES:
        Path(f"{each}.expected").write_text(said(each), encoding="utf-8")
