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
from safethird.flows.series import Floats

Forecast = Callable[[Floats, int], Floats]
"""From logs of the past and a horizon to quantiles."""

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


def _normal() -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(LEVELS))


def _statsforecast(name: str) -> Forecast:
    """A model of statsforecast. A fresh object for each call: they keep settings from one call to the
    next."""

    def forecast(logs: Floats, horizon: int) -> Floats:
        from scipy.special import ndtri
        from statsforecast import models

        kinds = {"auto-arima": "AutoARIMA", "auto-ets": "AutoETS", "auto-theta": "AutoTheta"}
        model = getattr(models, kinds[name])(season_length=12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numerical remarks of the optimiser, one for each origin
            found = model.forecast(y=np.ascontiguousarray(logs), h=horizon, level=[95])
        spread = (np.asarray(found["hi-95"]) - np.asarray(found["lo-95"])) / (2 * ndtri(0.975))
        return np.asarray(np.asarray(found["mean"])[:, None] + spread[:, None] * _normal())

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
    "mean of ARIMA, ETS, Theta and the default": (*EXTRA, "default"),
}
"""Combinations: quantiles averaged level by level."""
