"""Whatever is typed as a rule is either refused with a message or has a value for every case."""

from __future__ import annotations

import re

from hypothesis import event, given, settings
from hypothesis import strategies as st

from safethird.errors import Problem
from safethird.language.errors import RuleError, Source
from safethird.language.evaluate import Evaluator
from safethird.language.lexer import KEYWORDS
from safethird.language.parser import parse
from safethird.language.program import Program
from safethird.language.types import TRUTH, Checked, check
from safethird.language.write import write
from tests.language.test_corpus import COUNTRY_SETS, DEFINITIONS, NAMES, SIGNATURES
from tests.strategies_regimes import Facts, cases, conditions

PROGRAM = Program(DEFINITIONS, COUNTRY_SETS)
PIECES = st.sampled_from([
    *sorted(KEYWORDS), "==", "!=", "<", ">=", "(", ")", "[", "]", ",", "2020-03-01", "14", '"US"', '"parent"', "x",
    "claim.date", "claim.country", "minor", "kin(f)", "kin(entry)", "kin(x0)", "entry.date", "entry", "entries", "family",
    "applicant.nationalities", "applicant", "claim", 'findings.countries["GT"].fear_stated', "findings.countries",
    'findings.countries["GT"]', "findings.countries[claim.country].will_admit", "x0.date", "x0", "pair", "f.relation",
    "union on claim.date", "is unknown", "age of applicant on claim.date", "age of kin(f) on claim.date",
    "count f in family", "first e in entries", "any f in family where", "all f in family where", '["US"]', "documents",
    "moved past weekends", "plus 3 months", "within 3 days after", "true", 'minor["US"]', "entry[claim.country]",
])  # fmt: skip
TOKEN = re.compile(r'[a-z_0-9]+(?:\.[a-z_]+)+|"[^"]*"|[\w-]+|==|!=|<=|>=|\S')


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good rule in which pieces are exchanged, added or lost."""
    pieces = TOKEN.findall(draw(conditions(2, (("entry", "entries"),), ("minor",))))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(pieces) - 1))
        how = draw(st.integers(0, 3))
        if how == 0:
            pieces[at] = draw(PIECES)
        elif how == 1:
            pieces.insert(at, draw(PIECES))
        elif how == 2 and len(pieces) > 1:
            del pieces[at]
        else:
            other = draw(st.integers(0, len(pieces) - 1))
            pieces[at], pieces[other] = pieces[other], pieces[at]
    return " ".join(pieces)


anything = st.text(max_size=60) | st.lists(PIECES, max_size=10).map(" ".join)


def read(text: str) -> Checked | Problem:
    """A rule that is accepted, or why it is not."""
    source = Source(text, "rule")
    try:
        return check(source, parse(source), NAMES, SIGNATURES)
    except RuleError as error:
        return error.problem


@settings(max_examples=400)
@given(spoilt() | anything, cases())
def test_a_rule_is_refused_or_has_a_value(text: str, facts: Facts) -> None:
    checked = read(text)
    if isinstance(checked, Problem):
        event(f"refused: {checked.code}")
        assert checked.line
        assert checked.column
        assert checked.expected or checked.hint
        return
    event(f"read: {checked.type.kind}")
    written = write(checked.node)
    again = read(written)
    assert isinstance(again, Checked)
    assert write(again.node) == written
    evaluator = Evaluator(PROGRAM, facts)
    if checked.type == TRUTH:
        assert evaluator.rule(checked.node).value in (True, False, None)
    elif checked.type.kind in ("date", "number", "country", "choice"):
        for bindings, _ in evaluator.readings(checked.node, {}):
            evaluator.term(checked.node, bindings)


@given(
    st.sampled_from(("(", "not ", "any f in family where ", 'findings.countries["US"', "age of x on ")),
    st.integers(1, 5000),
)
def test_no_nesting_breaks_anything(piece: str, times: int) -> None:
    problem = read(piece * times)
    assert isinstance(problem, Problem)
    assert problem.expected or problem.hint
