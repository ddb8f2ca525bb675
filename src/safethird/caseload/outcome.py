"""The answers of a plan, as arrays: outcome, deciding provision, state, readings that differ, missing facts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.caseload.regime_parts import Verdict
from safethird.caseload.regime_plan import RegimePlan
from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.missing import missing_facts
from safethird.screening.determine import OUTCOMES

Array = npt.NDArray[Any]

NUMBER: dict[str, int] = {outcome: number for number, outcome in enumerate(OUTCOMES)}
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
    readings: dict[str, Array]
    """By reading: the cases in which it leads to another answer."""


def answers(plan: RegimePlan, evaluator: Evaluator) -> Answers:
    """What a regime answers for the cases that an evaluator reads, without what is missing."""
    size = evaluator.block.size
    outcome, state = _outcome(plan.verdict, evaluator)
    operative, covered, excepted = _truths(plan.verdict, evaluator)
    if plan.kind == "allocation":
        bars: Array = np.zeros(size, np.int8)
    else:
        bars = _full(np.minimum(np.minimum(operative, covered), np.negative(excepted)), size)
    readings = {}
    for name, other in plan.readings:
        other_outcome, other_state = _outcome(other, evaluator)
        readings[name] = (other_outcome != outcome) | (other_state != state)
    return Answers(outcome, bars, _ground(plan, evaluator, outcome, excepted), state, readings)


def missing(plan: RegimePlan, evaluator: Evaluator) -> dict[str, Array]:
    """By path: the cases in which that fact is missing. Each case that the evaluator reads is undetermined."""
    return missing_facts(evaluator, plan.missing, np.ones(evaluator.block.size, bool))


def _full(values: Array, size: int) -> Array:
    return np.ascontiguousarray(np.broadcast_to(values, (size,)))


def _truths(verdict: Verdict, evaluator: Evaluator) -> tuple[Array, Array, Array]:
    operative, covered, excepted = (
        evaluator.truth(node, ()) for node in (verdict.operative, verdict.covered, verdict.excepted)
    )
    return operative, covered, excepted


def _outcome(verdict: Verdict, evaluator: Evaluator) -> tuple[Array, Array]:
    """Outcome and state, by the table in docs/regimes.md."""
    size = evaluator.block.size
    operative, covered, excepted = _truths(verdict, evaluator)
    named = evaluator.truth(verdict.named, ())
    row = (operative * np.int8(27) + covered * np.int8(9) + excepted * np.int8(3) + named).astype(np.intp)
    outcome = _full(np.take(_OUTCOME, row + 40), size)
    if verdict.state is None:
        return outcome, np.zeros(size, np.uint16)
    state: Array = evaluator.value(verdict.state)
    return outcome, np.where(outcome == NUMBER["applies"], state, state.dtype.type(0))


def _outcome_table() -> Array:
    """The outcome by operative, covered, excepted and named, each from -1 to 1, the last one fastest."""
    table = np.full(81, _OPEN)
    for place, (operative, covered, excepted, named) in enumerate(product((-1, 0, 1), repeat=4)):
        if operative == -1:
            table[place] = NUMBER["not_in_force"]
        elif operative == 1 and covered == -1:
            table[place] = NUMBER["not_covered"]
        elif operative == covered == excepted == 1:
            table[place] = NUMBER["exempt"]
        elif operative == covered == named == 1 and excepted == -1:
            table[place] = NUMBER["applies"]
    return table


_OUTCOME = _outcome_table()


def _ground(plan: RegimePlan, evaluator: Evaluator, outcome: Array, excepted: Array) -> Array:
    found = np.zeros(len(outcome), np.uint16)
    left: dict[str, Array] = {
        name: outcome == NUMBER[name] for name in {ground.outcome for ground in plan.grounds}
    }
    if "exempt" in left:
        # A certain exception decides the bottom line even while the outcome is open.
        left["exempt"] = left["exempt"] | ((outcome == _OPEN) & (excepted == 1))
    for place, ground in enumerate(plan.grounds, 1):
        concerned = left[ground.outcome]
        if concerned.any():
            holds = concerned & (evaluator.truth(ground.guard, ()) == 1)
            found += holds * np.uint16(place)
            left[ground.outcome] = concerned & ~holds
    return found
