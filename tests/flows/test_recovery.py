"""Can the model learn what it says it can, and no more?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from safethird.flows.inference import posterior_of_eps, simulate_steps
from safethird.flows.priors import DETERRENCE

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


def test_the_share_that_applies_is_recovered() -> None:
    """Beta prior, binomial count: the posterior is known, and its intervals must hold."""
    generator = np.random.default_rng(3)
    truths = generator.beta(2, 30, 400)
    counts = generator.binomial(945, truths)
    low, high = (stats.beta.ppf(level, 2 + counts, 30 + 945 - counts) for level in (0.05, 0.95))
    assert 0.85 <= np.mean((truths >= low) & (truths <= high)) <= 0.95
