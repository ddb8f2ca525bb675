"""The queue of the receiving state, against a simulation by events and against formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simpy

from safethird.flows.model import simulate
from safethird.flows.plan import Plan, make_noise, make_units
from tests.flows.conftest import with_unknowns


def _model(plan: Plan, months: int, pending: float, own: float, able: float, draws: int) -> np.ndarray:
    plan = with_unknowns(
        plan,
        receiving_pending=pending,
        receiving_own_claims=own,
        receiving_decisions=able,
        receiving_abandoned=0.0,
    )
    plan = replace(
        plan,
        shares=np.ones(1),
        policy=False,
        scenario=replace(plan.scenario, horizon=months, receiving_stops=(), cells=plan.scenario.cells[:1]),
        certain=np.zeros((1, months)),
        possible=np.zeros((1, months)),
        base=replace(plan.base, centre=np.full(months, 5.0)),
    )
    plan = replace(plan, scenario=replace(plan.scenario, known_until=_before(plan)))
    return simulate(plan, make_units(plan, draws, 3, 0), make_noise(plan, draws, 3, 0)).monthly["backlog"]


def _before(plan: Plan):  # type: ignore[no-untyped-def]
    from safethird.tables.model import add_months

    return add_months(plan.scenario.start, -1)


def _events(seed: int, months: int, pending: int, own: float, able: float) -> int:
    """One officer who decides at a rate, people who come at a rate, day by day: what waits at the end."""
    generator = np.random.default_rng(seed)
    env = simpy.Environment()
    waiting = simpy.Store(env)
    waiting.items.extend(range(pending))

    def come():  # type: ignore[no-untyped-def]
        while True:
            yield env.timeout(generator.exponential(1 / own))
            yield waiting.put(0)

    def decide():  # type: ignore[no-untyped-def]
        while True:
            yield env.timeout(generator.exponential(1 / able))
            if waiting.items:
                yield waiting.get()

    env.process(come())
    env.process(decide())
    env.run(until=months)
    return len(waiting.items)


def test_mean_of_a_busy_queue_is_that_of_simpy(plan: Plan) -> None:
    mine = _model(plan, 6, 500.0, 42.0, 10.0, 4000)[:, -1].mean()
    theirs = np.mean([_events(seed, 6, 500, 42.0, 10.0) for seed in range(400)])
    assert mine == pytest.approx(theirs, rel=0.02)


def test_a_queue_that_grows_follows_the_balance_of_rates(plan: Plan) -> None:
    mine = _model(plan, 12, 400.0, 42.0, 10.0, 4000)
    assert mine[:, -1].mean() == pytest.approx(400 + 12 * (42 - 10), rel=0.01)


def test_a_queue_below_capacity_settles_where_the_formula_says(plan: Plan) -> None:
    """Deciding by the month with Poisson numbers is a random walk with steps A - S that stops at zero. Its
    mean in the long run follows from the exact chain, which is computed here."""
    from scipy import stats

    own, able, most = 6.0, 8.0, 200
    # Backlog after decisions, then arrivals: B' = max(B - S, 0) + A.
    served, came = stats.poisson.pmf(np.arange(80), able), stats.poisson.pmf(np.arange(80), own)
    chain = np.zeros(most)
    chain[0] = 1.0
    for _ in range(60):
        left = np.zeros(most)
        for number, chance in enumerate(served):
            left[: most - number] += chance * chain[number:]
            left[0] += chance * chain[:number].sum()
        chain = np.convolve(left, came)[:most]
    exact = float(np.sum(np.arange(most) * chain))
    mine = _model(plan, 60, 0.0, own, able, 3000)[:, -1].mean()
    assert mine == pytest.approx(exact, rel=0.06)


def test_when_months_are_short_it_is_the_queue_of_the_textbook(plan: Plan) -> None:
    """With few people a month the queue is M/M/1: its mean length is rho / (1 - rho), and by Little's law the wait
    is that over the arrivals."""
    own, able = 0.1, 0.2
    made = _model(plan, 150, 1.0, own, able, 4000)
    length = made[:, -1].mean()
    rho = own / able
    assert length == pytest.approx(rho / (1 - rho), rel=0.1)
    assert length / own == pytest.approx(1 / (able - own), rel=0.1)
