"""The interpreter and an engine side by side, for many cases under one regime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from safethird.caseload.outcome import answers
from safethird.caseload.rewriting import plan_regimes
from safethird.caseload.schema import case_schema
from safethird.engines.columns import codes
from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.load import Loader
from safethird.facts.case import Case
from safethird.facts.truth import Truth
from safethird.regimes.model import Regime
from safethird.screening.alternatives import generic
from safethird.screening.determine import OUTCOMES, reason
from safethird.screening.missing import open_facts
from safethird.screening.screen import determine, facts_for_rules


class Answer(NamedTuple):
    """What both sides say about one case."""

    outcome: str
    bars: Truth
    responsible: tuple[str, ...] | None
    missing: frozenset[str]
    provision: str | None
    readings: frozenset[str]


def table_of(cases: Sequence[Case]) -> pl.DataFrame:
    """Cases as a table in the case format's own columns."""
    # Not strict, so that a number may be whole; the cases are valid, so nothing else is made to fit.
    return pl.DataFrame([dict(case.data) for case in cases], schema=case_schema(), strict=False)


def by_interpreter(regime: Regime, case: Case) -> Answer:
    """The definition of meaning."""
    facts = facts_for_rules(case)
    reasoning = reason(regime, facts)
    found = determine(regime, facts, explain_missing=False)
    provision = found.grounds[0].id if found.grounds else None
    if reasoning.outcome == "undetermined":
        # Nothing is decided, unless an exception is certain: then the bottom line is.
        exceptions = (
            step.provision.id
            for step in reasoning.provisions.values()
            if "effect" in step.provision.exception_to and step.provision.outcome == "exempt" and step.value
        )
        provision = next(exceptions, None) if reasoning.excepted else None
    readings = frozenset(f"{other.conflict}={other.option}" for other in found.readings)
    missing = frozenset(generic(open_facts(reasoning)))
    return Answer(reasoning.outcome, reasoning.bars, reasoning.responsible, missing, provision, readings)


def by_columns(regime: Regime, cases: Sequence[Case]) -> list[Answer]:
    """The columnar engine."""
    (plan,) = plan_regimes([regime])
    evaluator = Evaluator(Loader(table_of(cases), {"decision.date": "as_of"}))
    found = answers(plan, evaluator)
    assert not evaluator.loader.faults.rows
    truths: dict[int, Truth] = {1: True, -1: False, 0: None}
    return [
        Answer(
            OUTCOMES[found.outcome[row]],
            truths[int(found.bars[row])],
            (codes.texts("country")[found.state[row] - 1],) if found.state[row] else None,
            frozenset(path for path, rows in found.missing.items() if rows[row]),
            plan.grounds[found.ground[row] - 1].id if found.ground[row] else None,
            frozenset(name for name, rows in found.readings.items() if rows[row]),
        )
        for row in range(len(cases))
    ]


def differences(regime: Regime, cases: Sequence[Case]) -> Iterator[tuple[Case, Answer, Answer]]:
    """The cases on which the two sides differ, with what each says."""
    for case, got in zip(cases, by_columns(regime, cases), strict=True):
        wanted = by_interpreter(regime, case)
        if got != wanted:
            yield case, wanted, got
