"""What a reader of monthly totals could see at all, and what arithmetic allows."""

from __future__ import annotations

import numpy as np

from safethird.flows.series import Floats

EPS = (0.5, 1.0, 5.0)
"""Strengths of deterrence for which the bound is printed: weak, reference, strong."""


def smallest_effect(totals: Floats, power: float = 0.8, level: float = 0.05) -> float:
    """The smallest fall of the total over the horizon (a share) that a before/after reading would find.

    A total is called low when it lies below the lower quantile at `level` of what was forecast without the
    agreement. The fall must be so large that this happens with chance `power`. 1 means: none could be found.
    """
    low, high = np.quantile(totals, [level, power])
    return float(min(1.0, max(0.0, 1 - low / high))) if high > 0 else 1.0


def largest_effect(eps: float, chance: float) -> float:
    """The arithmetic bound: with a perceived chance of transfer of at most `chance`, arrivals cannot fall by
    more than this share, 1 - exp(-eps q).

    >>> round(largest_effect(5, 0.008), 3)
    0.039
    """
    return float(1 - np.exp(-eps * chance))
