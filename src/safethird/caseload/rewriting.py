"""Plans of regimes, rewritten together: what they share is computed once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from safethird.caseload.regime_parts import Verdict
from safethird.caseload.regime_plan import RegimePlan, plan_regime
from safethird.engines.columns.missing import Missing, Wanted
from safethird.engines.plan.nodes import PlanNode
from safethird.engines.plan.passes import PASSES, Pass, rewrite
from safethird.engines.plan.table import Table
from safethird.regimes.model import Regime

Change = Callable[[PlanNode], PlanNode]


def plan_regimes(regimes: Sequence[Regime], passes: Sequence[Pass] = PASSES) -> tuple[RegimePlan, ...]:
    """The plans of some regimes over one table of nodes, rewritten."""
    table = Table()
    plans = [plan_regime(regime, table) for regime in regimes]
    named = [node for plan in plans for node in (*plan.definitions.values(), *_states(plan))]
    became = rewrite(table, [*named, *(root for plan in plans for root in roots_of(plan))], passes)
    return tuple(_changed(plan, lambda node: became[node]) for plan in plans)


def roots_of(plan: RegimePlan, with_missing: bool = True) -> Iterator[PlanNode]:
    """Every node that a plan names itself."""
    for verdict in (plan.verdict, *(verdict for _, verdict in plan.readings)):
        yield from (verdict.operative, verdict.covered, verdict.excepted, verdict.named)
        if verdict.state is not None:
            yield verdict.state
    yield from (ground.guard for ground in plan.grounds)
    for nodes in (plan.provisions, plan.own):
        yield from nodes.values()
    for entry in plan.missing if with_missing else ():
        yield entry.guard
        for wanted in entry.wanted:
            yield from (wanted.guard, wanted.node)


def _states(plan: RegimePlan) -> Iterator[PlanNode]:
    for states in plan.states.values():
        yield from (state for _, state in states)


def _changed(plan: RegimePlan, change: Change) -> RegimePlan:
    return replace(
        plan,
        verdict=_verdict(plan.verdict, change),
        grounds=tuple(replace(ground, guard=change(ground.guard)) for ground in plan.grounds),
        missing=tuple(_missing(entry, change) for entry in plan.missing),
        readings=tuple((name, _verdict(verdict, change)) for name, verdict in plan.readings),
        provisions={name: change(node) for name, node in plan.provisions.items()},
        own={name: change(node) for name, node in plan.own.items()},
        definitions={name: change(node) for name, node in plan.definitions.items()},
        states={
            clock: tuple((event, change(state)) for event, state in states)
            for clock, states in plan.states.items()
        },
    )


def _verdict(verdict: Verdict, change: Change) -> Verdict:
    state = None if verdict.state is None else change(verdict.state)
    return Verdict(
        change(verdict.operative),
        change(verdict.covered),
        change(verdict.excepted),
        change(verdict.named),
        state,
    )


def _missing(entry: Missing, change: Change) -> Missing:
    wanted = tuple(Wanted(change(part.guard), change(part.node)) for part in entry.wanted)
    return Missing(change(entry.guard), wanted, entry.otherwise)
