"""How good a probabilistic forecast was: CRPS (twice the mean pinball loss), WAPE and coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safethird.flows.baseline import LEVELS
from safethird.flows.series import Floats

SCORED = 99
"""The first of `LEVELS` are 1 % to 99 %; the score is a mean over them."""
_AT = {round(float(level), 3): place for place, level in enumerate(LEVELS)}
INTERVALS = {50: (0.25, 0.75), 80: (0.1, 0.9), 90: (0.05, 0.95), 95: (0.025, 0.975)}


def at_level(level: float) -> int:
    """The place of a level in `LEVELS`."""
    return _AT[round(level, 3)]


def crps(actual: Floats, quantiles: Floats) -> Floats:
    """Of each forecast, in the unit of the actual: twice the mean pinball loss over 99 levels."""
    levels = LEVELS[:SCORED]
    gap = actual[..., None] - quantiles[..., :SCORED]
    return np.asarray(2 * np.mean(np.maximum(levels * gap, (levels - 1) * gap), axis=-1))


def pinball(actual: Floats, quantiles: Floats, level: float) -> Floats:
    """Pinball loss at one level."""
    gap = actual - quantiles[..., at_level(level)]
    return np.asarray(np.maximum(level * gap, (level - 1) * gap))


def inside(actual: Floats, quantiles: Floats, percent: int) -> npt.NDArray[np.bool_]:
    """Whether each actual lies in the central interval of a percentage."""
    low, high = (quantiles[..., at_level(level)] for level in INTERVALS[percent])
    return np.asarray((actual >= low) & (actual <= high))


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one way to forecast over some forecasts."""

    count: int
    crps: float
    """Sum of CRPS over the sum of what happened: a share, as WAPE is."""
    log_crps: float
    """Mean CRPS of the logs: every month counts the same, whatever its size."""
    wape: float
    """Absolute errors of the medians over the sum of what happened."""
    pinball_10: float
    pinball_90: float
    cover_50: float
    cover_80: float
    cover_95: float


def score(actual: Floats, quantiles: Floats) -> Score:
    """Score forecasts. Both are logs of one more than the count: forecasts, and forecasts by levels."""
    counts, spread = np.expm1(actual), np.maximum(np.expm1(quantiles), 0.0)
    total = float(np.sum(counts))
    return Score(
        count=len(actual),
        crps=float(np.sum(crps(counts, spread))) / total,
        log_crps=float(np.mean(crps(actual, quantiles))),
        wape=float(np.sum(np.abs(counts - spread[:, at_level(0.5)]))) / total,
        pinball_10=float(np.sum(pinball(counts, spread, 0.1))) / total,
        pinball_90=float(np.sum(pinball(counts, spread, 0.9))) / total,
        cover_50=float(np.mean(inside(actual, quantiles, 50))),
        cover_80=float(np.mean(inside(actual, quantiles, 80))),
        cover_95=float(np.mean(inside(actual, quantiles, 95))),
    )
