"""What an episode can teach about deterrence: the posterior of `eps`, given arrivals and the perceived
chance.

It is here to show the limit, not to estimate: at the scale of the agreement of 2019 the posterior is the
prior, at the scale of the Aegean in 2016 it is not. The tests hold it to both
(`tests/flows/test_recovery.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safethird.flows.baseline import FREEDOM, UNREST
from safethird.flows.distributions import Distribution
from safethird.flows.series import Floats

_GRID = 400
_FACTORS = 21


@dataclass(frozen=True, slots=True)
class Posterior:
    """A posterior on a grid of equal prior weight."""

    points: Floats
    weights: Floats

    def quantile(self, level: float) -> float:
        """The quantile at a level."""
        return float(
            self.points[min(int(np.searchsorted(np.cumsum(self.weights), level)), len(self.points) - 1)]
        )

    def below(self, value: float) -> float:
        """The posterior chance of a smaller value."""
        return float(self.weights[self.points < value].sum())

    def variance(self) -> float:
        """The posterior variance."""
        mean = float(np.sum(self.weights * self.points))
        return float(np.sum(self.weights * (self.points - mean) ** 2))

    def contraction(self) -> float:
        """1 - posterior variance over prior variance; 0 when nothing was learnt."""
        return 1 - self.variance() / float(np.var(self.points))


def posterior_of_eps(steps: Floats, perceived: Floats, scale: float, prior: Distribution) -> Posterior:
    """The posterior from the monthly steps of log arrivals (season taken out), the steps of the perceived
    chance, and the scale of a month's step. The factor of the path (`UNREST`) is summed over."""
    from scipy.special import ndtri

    points = prior.at((np.arange(_GRID) + 0.5) / _GRID)
    factors = np.exp(UNREST * ndtri((np.arange(_FACTORS) + 0.5) / _FACTORS))
    left = steps[None, :] + points[:, None] * perceived[None, :]
    unit = scale / np.sqrt(FREEDOM / (FREEDOM - 2))
    spread = unit * factors[:, None, None]
    logs = -0.5 * (FREEDOM + 1) * np.log1p((left[None] / spread) ** 2 / FREEDOM) - np.log(spread)
    likelihood = logs.sum(axis=2)
    top = likelihood.max()
    weights = np.exp(likelihood - top).mean(axis=0)
    return Posterior(points, weights / weights.sum())


def simulate_steps(generator: np.random.Generator, eps: float, perceived: Floats, scale: float) -> Floats:
    """Monthly steps of log arrivals as the model makes them, for a known eps."""
    unit = scale / np.sqrt(FREEDOM / (FREEDOM - 2))
    factor = float(np.exp(UNREST * generator.standard_normal()))
    noise = generator.standard_t(FREEDOM, len(perceived)) * unit * factor
    return np.asarray(noise - eps * perceived)
