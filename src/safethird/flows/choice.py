"""What the knowledge of the series is worth: the same baseline with settings chosen on its earlier part only.

The shipped settings were written by people who had seen the whole series. Here each of a grid of settings is
scored on months before a day, the best is taken, and is then scored on the months after, which had no part in
the choice. If the shipped ones do no better there than those, nothing rests on hindsight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from safethird.flows.baseline import SHIPPED, Settings, history_of
from safethird.flows.scores import Score, score
from safethird.flows.series import LEAST_MONTHS, Floats

SEASONS = ((0.7, 0.85, 1.0), (1.0,), (0.0, 0.5, 1.0))
WIDEN = ((0.8,), (1.0,), (1.0, 1.2), (0.8, 1.0, 1.2, 1.5))
LONG_SHARES = (0.0, 0.25, 0.5)
FREEDOMS = (3.0, 4.0, 30.0)
UNRESTS = (0.0, 0.4, 0.6)
PATIENCES = (3.0, 12.0, 48.0)


def candidates() -> Iterator[Settings]:
    """All settings that are tried, the shipped ones among them. They reach from narrow normal intervals to
    wide ones with heavy tails; nothing says beforehand that calm is to be distrusted."""
    for season, widen, long_share, freedom, unrest, patience in product(
        SEASONS, WIDEN, LONG_SHARES, FREEDOMS, UNRESTS, PATIENCES
    ):
        yield Settings(
            season_share=season,
            widen=widen,
            long_share=long_share,
            freedom=freedom,
            unrest=unrest,
            patience=patience,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """What came out."""

    tried: int
    chosen: Settings
    before: Score
    """The chosen ones where they were chosen."""
    after: Score
    """The chosen ones afterwards."""
    shipped_before: Score
    shipped_after: Score
    place_before: int
    """Place of the shipped settings among all, by CRPS; 1 is the best."""
    place_after: int
    best_after: float
    """The lowest CRPS that any of the settings has afterwards: what perfect hindsight would have won."""


def choose(logs: Floats, cut: int, horizon: int, start: int = LEAST_MONTHS) -> Choice:
    """Choose on targets before place `cut` of the series, score on forecasts made from `cut` on.

    What is forecast before `cut` but falls after it counts on neither side. The choice looks at CRPS alone,
    the measure by which models are compared in the backtest.
    """
    scores: list[tuple[float, float, Settings]] = []
    found: dict[Settings, tuple[Score, Score]] = {}
    for settings in candidates():
        quantiles = history_of(logs, horizon, start, settings=settings).quantiles()
        before = _scored(logs, quantiles, start, start, cut, cut)
        after = _scored(logs, quantiles, start, cut, len(logs), len(logs))
        scores.append((before.crps, after.crps, settings))
        found[settings] = before, after
    chosen = min(scores, key=lambda one: one[0])[2]
    mine = found[SHIPPED]
    return Choice(
        len(scores),
        chosen,
        *found[chosen],
        *mine,
        1 + sum(before < mine[0].crps for before, _, _ in scores),
        1 + sum(after < mine[1].crps for _, after, _ in scores),
        min(after for _, after, _ in scores),
    )


def _scored(logs: Floats, quantiles: Floats, start: int, first: int, last: int, end: int) -> Score:
    """Forecasts from origins `first` to `last` (not with it) whose month lies before `end`."""
    actual, made = [], []
    for step in range(quantiles.shape[1]):
        origins = np.arange(first, min(last, end - step))
        actual.append(logs[origins + step])
        made.append(quantiles[origins - start, step])
    return score(np.concatenate(actual), np.concatenate(made))
