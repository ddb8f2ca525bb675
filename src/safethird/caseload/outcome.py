"""The answers of a plan, as arrays: outcome, deciding provision, state, missing facts, readings that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.caseload.regime_plan import RegimePlan, Verdict
from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.missing import missing_facts
from safethird.screening.determine import OUTCOMES

Array = npt.NDArray[Any]

NUMBER = {outcome: number for number, outcome in enumerate(OUTCOMES)}
_OPEN = np.uint8(NUMBER["undetermined"])


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one regime for the cases of a table, in their order."""

    outcome: Array
    """Numbers of `OUTCOMES`."""
    bars: Array
    """Whether the regime keeps the claim from being examined here: 1, -1, or 0 where that is open (and for
    regimes that allocate)."""
    ground: Array
    """Place, from one, among the plan's grounds; nought where nothing is decided."""
    state: Array
    """Number of the country that `applies` names; nought where none is named."""
    missing: dict[str, Array]
    """By path: the cases in which that fact is missing."""
    readings: dict[str, Array]
    """By reading: the cases in which it leads to another answer."""


def answers(plan: RegimePlan, evaluator: Evaluator) -> Answers:
    """What a regime answers for the cases that an evaluator reads."""
    size = evaluator.loader.size
    outcome, state = _outcome(plan.verdict, evaluator)
    verdict = plan.verdict
    operative, covered, excepted = (
        evaluator.truth(node, ()) for node in (verdict.operative, verdict.covered, verdict.excepted)
    )
    bars = (
        np.zeros(size, np.int8)
        if plan.kind == "allocation"
        else _full(np.minimum(np.minimum(operative, covered), np.negative(excepted)), size)
    )
    readings = {}
    for name, other in plan.readings:
        other_outcome, other_state = _outcome(other, evaluator)
        readings[name] = (other_outcome != outcome) | (other_state != state)
    open_cases = outcome == _OPEN
    missing = missing_facts(evaluator, plan.missing, open_cases) if open_cases.any() else {}
    return Answers(outcome, bars, _ground(plan, evaluator, outcome, excepted), state, missing, readings)


def _full(values: Array, size: int) -> Array:
    return np.ascontiguousarray(np.broadcast_to(values, (size,)))


def _outcome(verdict: Verdict, evaluator: Evaluator) -> tuple[Array, Array]:
    """Outcome and state by the table in docs/regimes.md."""
    size = evaluator.loader.size
    operative, covered, excepted, named = (
        evaluator.truth(node, ())
        for node in (verdict.operative, verdict.covered, verdict.excepted, verdict.named)
    )
    inside = (operative == 1) & (covered == 1)
    outcome = np.full(size, _OPEN)
    outcome[_full(operative == -1, size)] = NUMBER["not_in_force"]
    outcome[_full((operative == 1) & (covered == -1), size)] = NUMBER["not_covered"]
    outcome[_full(inside & (excepted == 1), size)] = NUMBER["exempt"]
    applies = _full(inside & (excepted == -1) & (named == 1), size)
    outcome[applies] = NUMBER["applies"]
    if verdict.state is None:
        return outcome, np.zeros(size, np.uint16)
    state: Array = evaluator.value(verdict.state)
    return outcome, np.where(applies, state, state.dtype.type(0))


def _ground(plan: RegimePlan, evaluator: Evaluator, outcome: Array, excepted: Array) -> Array:
    found = np.zeros(len(outcome), np.uint16)
    for place, ground in enumerate(plan.grounds, 1):
        concerned = outcome == NUMBER[ground.outcome]
        if ground.outcome == "exempt":
            # A certain exception decides the bottom line even while the outcome is open.
            concerned = concerned | ((outcome == _OPEN) & (excepted == 1))
        holds = concerned & (found == 0) & (evaluator.truth(ground.guard, ()) == 1)
        found[holds] = place
    return found
