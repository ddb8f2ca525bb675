"""The queue of the receiving state."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from safethird.flows.distributions import poisson
from safethird.flows.plan import Noise, Numbers, Plan
from safethird.flows.series import Floats


def receive(plan: Plan, at: Numbers, monthly: Mapping[str, Floats], noise: Noise) -> None:
    """Fill in the queue in both arms, with the same own claims and the same officers."""
    assert plan.scenario.receiving_stops is not None
    pending = np.floor(at("receiving.pending") + 0.5)
    backlog = {"": pending, "_without": pending}
    for month in range(plan.scenario.horizon):
        whole = noise.counts[month]
        own = poisson(at("receiving.own_claims"), whole[10])
        works = month not in plan.scenario.receiving_stops
        able = poisson(at("receiving.decisions"), whole[11]) if works else np.zeros_like(own)
        for arm, arriving in (("", monthly["applied"][:, month]), ("_without", 0.0)):
            decided = np.minimum(backlog[arm], able)
            # The same share gives up in both arms; whole people, without luck of its own.
            gave_up = np.floor((backlog[arm] - decided) * at("receiving.abandoned") + 0.5)
            backlog[arm] = backlog[arm] + own + arriving - decided - gave_up
            monthly[f"backlog{arm}"][:, month] = backlog[arm]
            monthly[f"decided{arm}"][:, month] = decided + gave_up
