"""Can the model learn what it says it can, and no more?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from safethird.flows.inference import posterior_of_eps, simulate_steps
from safethird.flows.model import simulate
from safethird.flows.plan import Plan, make_noise, make_units
from safethird.flows.priors import DETERRENCE
from safethird.flows.sensitivity import contraction
from tests.flows.conftest import with_unknowns

SCALE = 0.22
"""Monthly step of the south-west border series in 2019."""
ACA = np.diff(np.array([0.0, 0.0, 0.002, 0.004, 0.008, 0.012]))
"""Share of people sent, month by month, November 2019 to March 2020: up to 390 of 30,000."""
AEGEAN = np.diff(np.array([0.0, 0.55, 0.6, 0.6, 0.6, 0.6]))
"""A perceived chance of 0.6 at once."""


def _draws(perceived: np.ndarray, prior: str, repeats: int, scale: float = SCALE):  # type: ignore[no-untyped-def]
    generator = np.random.default_rng(11)
    truths = DETERRENCE[prior].at(generator.random(repeats))
    return [
        (
            truth,
            posterior_of_eps(
                simulate_steps(generator, float(truth), perceived, scale), perceived, scale, DETERRENCE[prior]
            ),
        )
        for truth in truths
    ]


@pytest.mark.parametrize("perceived", [ACA, AEGEAN], ids=["aca", "aegean"])
def test_intervals_hold_the_truth_as_often_as_they_say(perceived: np.ndarray) -> None:
    made = _draws(perceived, "reference", 200)
    inside = np.mean([one.quantile(0.05) <= truth <= one.quantile(0.95) for truth, one in made])
    assert 0.85 <= inside <= 0.95


@pytest.mark.parametrize("perceived", [ACA, AEGEAN], ids=["aca", "aegean"])
def test_ranks_are_uniform(perceived: np.ndarray) -> None:
    """Simulation-based calibration: the rank of the truth in its posterior is uniform."""
    ranks = [one.below(float(truth)) for truth, one in _draws(perceived, "reference", 200)]
    assert stats.kstest(ranks, "uniform").pvalue > 0.01


def test_deterrence_is_not_recovered_at_the_scale_of_2019() -> None:
    for prior in ("weak", "reference", "strong"):
        contractions = [one.contraction() for _, one in _draws(ACA, prior, 60)]
        assert np.mean(contractions) < 0.1, prior


def test_deterrence_is_recovered_at_the_scale_of_the_aegean() -> None:
    assert np.mean([one.contraction() for _, one in _draws(AEGEAN, "strong", 60)]) > 0.5


def test_the_share_that_applies_is_recovered_from_what_the_model_makes(plan: Plan) -> None:
    """Of people whom the model sends, those who apply are counted; the known posterior of a share must hold the
    share that the model was given."""
    plan = replace(plan, scenario=replace(plan.scenario, apply_after=(1.0,)))
    units = make_units(plan, 300, 4, 0)
    made = simulate(plan, units, make_noise(plan, 300, 4, 0)).monthly
    truths = plan.scenario.unknowns["after_transfer.apply"].at(units["after_transfer.apply"])
    sent, counts = made["transferred"].sum(axis=1), made["applied"].sum(axis=1)
    assert sent.min() >= 0
    assert np.median(sent) > 100
    a, b = plan.scenario.unknowns["after_transfer.apply"].numbers
    low, high = (stats.beta.ppf(level, a + counts, b + sent - counts) for level in (0.05, 0.95))
    assert 0.85 <= np.mean((truths >= low) & (truths <= high)) <= 0.95
    ranks = stats.beta.cdf(truths, a + counts, b + sent - counts)
    assert stats.kstest(ranks, "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    ("announced", "capacity", "low", "high"), [(0.02, 400.0, 0.0, 0.1), (0.6, 400.0, 0.2, 1.0)]
)
def test_what_the_model_itself_could_teach_about_deterrence(
    plan: Plan, announced: float, capacity: float, low: float, high: float
) -> None:
    """Arrivals, transfers, applications and the queue of the full model: at the scale of 2019 they say nothing
    about eps, with a perceived chance of 0.6 they do."""
    plan = with_unknowns(plan, deterrence_announced=announced, capacity_people=capacity)
    plan = replace(
        plan,
        deterrence=DETERRENCE["strong"],
        scenario=replace(plan.scenario, announced_months=6, network=None),
    )
    units = make_units(plan, 4000, 4, 0)
    made = simulate(plan, units, make_noise(plan, 4000, 4, 0)).monthly
    assert low <= contraction(units, made)["deterrence.eps"] <= high
