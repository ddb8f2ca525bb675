"""What the tests of a regime leave untested: answers that differ, and clauses never seen each way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safethird.errors import SafethirdError
from safethird.regimes.lint.findings import Finding, finding_of
from safethird.regimes.model import Regime
from safethird.screening.casetests import (
    CaseTest,
    Coverage,
    Expectation,
    difference,
    gather,
    read_test_file,
    uncovered,
)
from safethird.screening.screen import determine, facts_for_rules

_SEEN = {True: "true", False: "false", None: "unknown"}


def test_findings(regime: Regime, more: Sequence[CaseTest] = ()) -> list[Finding]:  # noqa: PT028 - no test, for all its name
    """Failing tests (errors), and clauses that no test shows true, false and unknown (warnings).

    Runs the tests beside the regime's file, and those in `more` that expect something of this regime.
    """
    tests = list(more)
    if regime.file is not None:
        beside = Path(regime.file).with_name(f"{Path(regime.file).stem}.cases.yaml")
        if beside.exists():
            try:
                tests += read_test_file(beside)
            except SafethirdError as error:
                return [finding_of(problem) for problem in error.problems]
    coverage = Coverage()
    coverage.note(regime)
    found: list[Finding] = []
    for test in tests:
        for expected in test.expect:
            if expected.regime == regime.id:
                found.extend(_answer(regime, test, expected, coverage))
    for clause, lacking in uncovered(coverage, regime):
        found.append(
            Finding(
                "untested",
                "warning",
                f"No test shows '{clause.text}' {', '.join(_SEEN[value] for value in lacking)}",
                None,
                "Add a case in which it is so",
                regime.file,
                clause.line,
                None,
                None,
                clause.rule,
            )
        )
    return found


test_findings.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever pytest makes of its name


def _answer(regime: Regime, test: CaseTest, expected: Expectation, coverage: Coverage) -> list[Finding]:
    facts = facts_for_rules(test.case)
    gather(regime, facts, coverage)
    got = determine(regime, facts, explain_missing=bool(expected.missing))
    why = difference(expected, got)
    if why is None:
        return []
    return [
        Finding(
            "test-fails",
            "error",
            f"The test '{test.id}' expects '{expected.outcome}' and the answer is '{got.outcome}'",
            f"They differ in: {why}",
            f"Run 'safethird test {test.file}' to see the reasoning; correct the regime or the test",
            test.file,
        )
    ]
