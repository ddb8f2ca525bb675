"""The answers of a plan, as arrays: outcome, deciding provision, state, readings that differ, missing facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.caseload.regime_parts import Verdict
from safethird.caseload.regime_plan import RegimePlan
from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.missing import missing_facts
from safethird.engines.plan.nodes import PlanNode
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


def settled(plan: RegimePlan, evaluator: Evaluator) -> tuple[Answers, Array]:
    """What a regime answers as far as its status and its cover decide, without a look at exceptions, criteria or
    states; and the cases in which they do not, of which these answers say nothing."""
    size = evaluator.block.size
    zero = np.zeros(1, np.int8)
    operative, covered = _inside(plan.verdict, evaluator)
    outcome = _outcome(operative, covered, zero, zero, size)
    others = {name: _outcome(*_inside(other, evaluator), zero, zero, size) for name, other in plan.readings}
    rest: Array = outcome == _OPEN
    for other in others.values():
        rest = rest | (other == _OPEN)
    outcome = np.where(rest, _OPEN, outcome)
    bars = np.full(size, 0 if plan.kind == "allocation" else -1, np.int8)
    ground = _ground(plan, evaluator, outcome, zero)
    readings = {name: other != outcome for name, other in others.items()}
    return Answers(outcome, bars, ground, np.zeros(size, np.uint16), readings), rest


def answers(plan: RegimePlan, evaluator: Evaluator) -> Answers:
    """What a regime answers for the cases that an evaluator reads, without what is missing."""
    size = evaluator.block.size
    outcome, state = _named(plan.verdict, evaluator)
    operative, covered = _inside(plan.verdict, evaluator)
    excepted = evaluator.truth(plan.verdict.excepted, ())
    if plan.kind == "allocation":
        bars: Array = np.zeros(size, np.int8)
    else:
        bars = _full(np.minimum(np.minimum(operative, covered), np.negative(excepted)), size)
    readings = {}
    for name, other in plan.readings:
        other_outcome, other_state = _named(other, evaluator)
        readings[name] = (other_outcome != outcome) | (other_state != state)
    return Answers(outcome, bars, _ground(plan, evaluator, outcome, excepted), state, readings)


def roots_of_settled(plan: RegimePlan) -> Iterator[PlanNode]:
    """The nodes that `settled` evaluates."""
    for verdict in (plan.verdict, *(verdict for _, verdict in plan.readings)):
        yield from (verdict.operative, verdict.covered)
    yield from (ground.guard for ground in plan.grounds if ground.outcome in ("not_in_force", "not_covered"))


def missing(plan: RegimePlan, evaluator: Evaluator) -> dict[str, Array]:
    """By path: the cases in which that fact is missing. Each case that the evaluator reads is undetermined."""
    return missing_facts(evaluator, plan.missing, np.ones(evaluator.block.size, bool))


def _full(values: Array, size: int) -> Array:
    return np.ascontiguousarray(np.broadcast_to(values, (size,)))


def _inside(verdict: Verdict, evaluator: Evaluator) -> tuple[Array, Array]:
    return evaluator.truth(verdict.operative, ()), evaluator.truth(verdict.covered, ())


def _named(verdict: Verdict, evaluator: Evaluator) -> tuple[Array, Array]:
    """Outcome and state."""
    size = evaluator.block.size
    excepted, named = evaluator.truth(verdict.excepted, ()), evaluator.truth(verdict.named, ())
    outcome = _outcome(*_inside(verdict, evaluator), excepted, named, size)
    if verdict.state is None:
        return outcome, np.zeros(size, np.uint16)
    state: Array = evaluator.value(verdict.state)
    return outcome, np.where(outcome == NUMBER["applies"], state, state.dtype.type(0))


def _outcome(operative: Array, covered: Array, excepted: Array, named: Array, size: int) -> Array:
    """The outcome by the table in docs/regimes.md."""
    row = operative * np.int8(27) + covered * np.int8(9) + excepted * np.int8(3) + named
    return _full(np.take(_OUTCOME, row.astype(np.intp) + 40), size)


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
