"""Other ways to forecast a series, in the same table as the default: simple ones here, others from
statsforecast.

Each gives, for one origin, the quantiles of log(1 + count) at `LEVELS`, months by levels, from the past
alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from safethird.errors import Problem, UsageError
from safethird.flows.baseline import LEVELS, history_of
from safethird.flows.scores import crps
from safethird.flows.series import Floats

Forecast = Callable[[Floats, int], Floats]
"""From logs of the past and a horizon to quantiles."""

_WIDTHS = [round(abs(200 * float(level) - 100), 6) for level in LEVELS]
"""Of each level, the width in per cent of the central interval that ends there; 0 for the middle."""

EXTRA = ("auto-arima", "auto-ets", "auto-theta")
"""Challengers that need the extra `forecast`."""


def random_walk(logs: Floats, horizon: int) -> Floats:
    """The last value, with the same heavy tails and no season."""
    return np.asarray(history_of(logs, horizon, start=len(logs), season=False).quantiles()[-1])


def seasonal_naive(logs: Floats, horizon: int) -> Floats:
    """The same month a year ago; errors are those that this rule made so far."""
    ahead = np.array([logs[len(logs) - 12 + step % 12] for step in range(horizon)])
    spread = float(np.std(logs[12:] - logs[:-12]))
    years = np.sqrt(1 + np.arange(horizon) // 12)
    return np.asarray(ahead[:, None] + spread * years[:, None] * _normal())


def ewma_drift(logs: Floats, horizon: int) -> Floats:
    """A random walk that drifts as the last two years did on average, the latest months counting most."""
    changes = np.diff(logs)
    weight = 0.9 ** np.arange(len(changes))[::-1]
    drift = float(np.sum(weight * changes) / np.sum(weight))
    spread = float(np.std(changes))
    ahead = np.arange(1, horizon + 1)
    return np.asarray((logs[-1] + drift * ahead)[:, None] + spread * np.sqrt(ahead)[:, None] * _normal())


def in_order(quantiles: Floats) -> Floats:
    """Quantiles sorted by level: simulated ones, and means of models, cross by a hair here and there."""
    order = np.argsort(LEVELS, kind="stable")
    found = np.empty_like(quantiles)
    found[..., order] = np.sort(quantiles[..., order], axis=-1)
    return found


def _normal() -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(LEVELS))


def _statsforecast(name: str) -> Forecast:
    """A model of statsforecast with its own intervals at every level. A fresh object for each call: they keep
    settings from one call to the next."""

    def forecast(logs: Floats, horizon: int) -> Floats:
        from statsforecast import models

        kinds = {"auto-arima": "AutoARIMA", "auto-ets": "AutoETS", "auto-theta": "AutoTheta"}
        model = getattr(models, kinds[name])(season_length=12)
        widths = sorted(set(_WIDTHS) - {0.0})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numerical remarks of the optimiser, one for each origin
            found = model.forecast(y=np.ascontiguousarray(logs), h=horizon, level=widths)
        columns = [
            np.asarray(found["mean"] if width == 0 else found[f"{'lo' if level < 0.5 else 'hi'}-{width}"])
            for level, width in zip(LEVELS, _WIDTHS, strict=True)
        ]
        return in_order(np.stack(columns, axis=-1))

    return forecast


SIMPLE: Mapping[str, Forecast] = {
    "random-walk": random_walk,
    "seasonal-naive": seasonal_naive,
    "ewma-drift": ewma_drift,
}


def challengers(which: str) -> dict[str, Forecast]:
    """`simple`, or `all` with those from statsforecast. Raises UsageError when the extra is not installed."""
    if which == "simple":
        return dict(SIMPLE)
    import importlib.util

    if importlib.util.find_spec("statsforecast") is None:
        raise UsageError(
            Problem(
                "The challengers from statsforecast are not installed",
                code="extra",
                hint="pip install 'safethird[forecast]', or --challengers simple.",
            )
        )
    return {**SIMPLE, **{name: _statsforecast(name) for name in EXTRA}}


COMBINATIONS: Mapping[str, tuple[str, ...]] = {
    "mean of ARIMA, ETS and Theta": EXTRA,
    "mean of ETS and Theta": ("auto-ets", "auto-theta"),
    "mean of ARIMA, ETS, Theta and the default": (*EXTRA, "default"),
}
"""Combinations: quantiles averaged level by level."""

WIDENED = ", widened"
"""What is added to the name of a challenger whose intervals are corrected by its own past errors."""
FACTORS = (0.8, 1.0, 1.25, 1.6, 2.0, 2.5)


def widened(quantiles: Floats, logs: Floats, origins: list[int], patience: float = 12.0) -> Floats:
    """The forecasts with intervals stretched about their middle by the factor that would have served best in
    the months before: the chance that the default gives itself, given to a challenger.

    `quantiles`: origins by months ahead by levels. The factor of an origin is a mean of `FACTORS`, weighted by
    the loss (CRPS of logs) of forecasts whose month had come by then. Origins follow one another.
    """
    middle = quantiles[..., _WIDTHS.index(0.0), None]
    first = origins[0]
    lost = np.zeros((len(FACTORS), len(origins) + 1))
    for at, factor in enumerate(FACTORS):
        stretched = middle + factor * (quantiles - middle)
        for step in range(quantiles.shape[1]):
            judged = np.arange(0, len(origins) - step)
            if not len(judged):
                continue
            found = crps(logs[first + judged + step], stretched[judged, step])
            lost[at, judged + step + 1] += found  # the first origin that knows it
    so_far = np.cumsum(lost, axis=1)[:, : len(origins)]
    weight = np.exp(-(so_far - so_far.min(axis=0)) / patience)
    factors = (np.array(FACTORS) @ (weight / weight.sum(axis=0)))[:, None, None]
    return np.asarray(middle + factors * (quantiles - middle))
