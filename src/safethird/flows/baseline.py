"""What would come without the agreement: a log random walk with a moving season and heavy tails.

 log N(t+h) = log N(t) + s(t+h) - s(t) + scale * Z(h)

The season s is a mean of past deviations from a centred year, older years counting less, and drawn towards
zero. Z is a sum of Student t steps, times one factor for the whole path: a path lives in a calmer or a wilder
world than the past, and nobody knows which beforehand. The scale is read off the model's own one-month
errors, the latest counting most, and never forgets the long run.

How far the season is believed, how fast old seasons and old errors are forgotten and how wide the intervals
are stand in a small grid; every forecast is the mean of its members, weighted by how well each would have
forecast the months before, and those only. What stands in the grid, the tails and the patience are `Settings`.
The shipped ones were written by people who knew the series; `choice.py` tests what that knowledge is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from safethird.flows.series import LEAST_MONTHS, Floats

LEVELS: Floats = np.concatenate([np.arange(1, 100) / 100, [0.005, 0.025, 0.05, 0.95, 0.975, 0.995]])
"""Levels at which forecasts are compared: 99 for the score, and the ends of intervals behind them."""
_LEARN = 24
"""Months before the first one-month error: two years of seasons."""
_LEAST_VARIANCE = 1e-6
"""A step is never thought to be smaller than 0.1 %."""

CEILING = 3.0
"""No month is forecast above this multiple of the largest month that the series ever had."""
SCORED_AHEAD = 12
"""Months ahead over which members are judged."""
FREEDOM = 4.0
"""Degrees of freedom of the steps."""
UNREST = 0.4
"""Standard deviation of the log of a path's own factor."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a fit at a month does not choose by itself."""

    season_share: tuple[float, ...] = (0.7, 0.85, 1.0)
    """How much of the estimated season is believed."""
    season_memory: tuple[float, ...] = (0.5, 0.7, 0.9)
    """Weight of a season against that of the year after."""
    scale_memory: tuple[float, ...] = (0.85, 0.95)
    """Weight of a month's error against that of the month after, in the recent scale."""
    widen: tuple[float, ...] = (1.0, 1.2)
    """Factor on the scale; none below one, because a calm stretch promises nothing."""
    long_share: float = 0.25
    """Share of the long-run scale in the variance."""
    freedom: float = FREEDOM
    unrest: float = UNREST
    patience: float = 12.0
    """Loss (mean CRPS of logs, summed over origins and months) by which a member must lead to weigh e times
    more."""

    @property
    def members(self) -> list[tuple[float, float, float, float]]:
        """The grid: season share, season memory, scale memory, factor on the scale."""
        return list(product(self.season_share, self.season_memory, self.scale_memory, self.widen))


SHIPPED = Settings()


def season_of(logs: Floats, memory: float) -> Floats:
    """The season by place in the year of the series (twelve numbers, mean 0), from all values given."""
    size = len(logs)
    if size < _LEARN:
        return np.zeros(12)
    weights = np.array([0.5, *[1.0] * 11, 0.5]) / 12
    middle = np.convolve(logs, weights, mode="valid")
    deviations = logs[6 : size - 6] - middle
    places = np.arange(6, size - 6)
    weight = memory ** ((size - 1 - places) / 12)
    above = np.bincount(places % 12, weight * deviations, 12)
    below = np.bincount(places % 12, weight, 12)
    season = np.divide(above, below, out=np.zeros(12), where=below > 0)
    return np.asarray(season - season.mean())


def steps(
    generator: np.random.Generator, draws: int, horizon: int, freedom: float = FREEDOM, unrest: float = UNREST
) -> Floats:
    """Z: paths of summed steps, draws by months, to be multiplied by the scale."""
    unit = np.sqrt(freedom / (freedom - 2))
    each = generator.standard_t(freedom, (draws, horizon)) / unit
    factor = np.exp(unrest * generator.standard_normal(draws))
    return np.asarray(np.cumsum(each, axis=1) * factor[:, None])


@lru_cache(maxsize=64)
def step_quantiles(horizon: int, freedom: float = FREEDOM, unrest: float = UNREST) -> Floats:
    """The quantiles of Z at `LEVELS`, months by levels; from a fixed large sample and its mirror image."""
    half = steps(np.random.default_rng(20000101), 30_000, horizon, freedom, unrest)
    return np.asarray(np.quantile(np.concatenate([half, -half]), LEVELS, axis=0).T)


@lru_cache(maxsize=32)
def _loss_table(freedom: float, unrest: float) -> tuple[Floats, Floats]:
    """CRPS of Z as a function of what came, by months ahead: points, and values for each month ahead."""
    points = np.concatenate([-np.geomspace(60, 0.01, 300), [0.0], np.geomspace(0.01, 60, 300)])
    levels = LEVELS[:99]
    gap = points[None, :, None] - step_quantiles(SCORED_AHEAD, freedom, unrest)[:, None, :99]
    return points, np.asarray(2 * np.mean(np.maximum(levels * gap, (levels - 1) * gap), axis=-1))


@dataclass(frozen=True, slots=True)
class History:
    """The fit at every month of a series, each from the months before it alone.

    Arrays run over origins: place 0 is the fit that forecasts month `start` of the series, the last one the
    fit that forecasts the month after its end.
    """

    start: int
    centre: Floats
    """Origins by months ahead: the middle of the forecast, in logs."""
    scale: Floats
    """Origins: the size of a month's step."""
    weights: Floats
    """Origins by members."""
    ceiling: Floats
    """Origins: the log above which nothing is forecast."""
    settings: Settings = SHIPPED
    every: int = 1
    """Months between two steps: 12 where months were made out of years."""

    def quantiles(self) -> Floats:
        """Logs at `LEVELS`: origins by months ahead by levels."""
        months = self.centre.shape[1]
        table = step_quantiles(months, self.settings.freedom, self.settings.unrest)
        table = table[np.arange(months) // self.every]
        spread = self.scale[:, None, None] * table
        return np.asarray(np.minimum(self.centre[:, :, None] + spread, self.ceiling[:, None, None]))


def history_of(
    logs: Floats,
    horizon: int,
    start: int = LEAST_MONTHS,
    season: bool = True,
    settings: Settings = SHIPPED,
) -> History:
    """Fit at every month from `start` on. `season`: without it, every season is taken as zero."""
    size, most = len(logs), max(horizon, SCORED_AHEAD)
    first = _LEARN
    origins = np.arange(first, size + 1)
    ahead = (origins[:, None] + np.arange(most)) % 12
    moves = np.zeros((len(settings.season_memory), len(origins), most))
    if season:
        for at, memory in enumerate(settings.season_memory):
            table = np.array([season_of(logs[:origin], memory) for origin in origins])
            moves[at] = np.take_along_axis(table, ahead, 1) - np.take_along_axis(
                table, (origins[:, None] - 1) % 12, 1
            )
    centres, scales = [], []
    scale_cache: dict[tuple[float, float, float], Floats] = {}
    for share, memory, forget, widen in settings.members:
        centre = logs[origins - 1][:, None] + share * moves[settings.season_memory.index(memory)]
        key = (share, memory, forget)
        if key not in scale_cache:
            scale_cache[key] = _scales(logs[first:] - centre[:-1, 0], forget, settings.long_share)
        centres.append(centre)
        scales.append(widen * scale_cache[key])
    weights = _weights(logs, origins, centres, scales, start, settings)
    kept = slice(start - first, None)
    middle = sum(weight[:, None] * centre[kept] for weight, centre in zip(weights.T, centres, strict=True))
    scale = sum(weight * one[kept] for weight, one in zip(weights.T, scales, strict=True))
    ceiling = np.maximum.accumulate(logs)[start - 1 :] + np.log(CEILING)
    return History(start, np.asarray(middle)[:, :horizon], np.asarray(scale), weights, ceiling, settings)


def history_of_years(logs: Floats, horizon: int, start: int = LEAST_MONTHS) -> History:
    """As `history_of`, for months that were made out of years: a random walk from year to year, without a season.
    Its scale is that of all yearly changes so far, corrected for how few they are. Fits between two years are
    those of the last whole year."""
    years = logs[::12]
    origins = np.arange(start, len(logs) + 1)
    centre, scale, ceiling = [], [], []
    for origin in origins:
        known = years[: origin // 12]
        changes = np.diff(known)
        few = max(len(changes) - 1, 1)
        spread = np.sqrt(np.sum(changes**2) / few * (1 + 1 / max(len(changes), 1)))
        centre.append(np.full(horizon, known[-1]))
        scale.append(max(float(spread), float(np.sqrt(_LEAST_VARIANCE))))
        ceiling.append(known.max() + np.log(CEILING))
    return History(
        start, np.array(centre), np.array(scale), np.ones((len(origins), 1)), np.array(ceiling), every=12
    )


def _scales(errors: Floats, forget: float, long_share: float) -> Floats:
    """The scale at every origin from the errors before it. The first origins know no error yet: there, that
    of the first month is used, and they count for nothing but the choice of members."""
    recent = np.empty(len(errors) + 1)
    above = below = total = 0.0
    for at, error in enumerate(errors):
        above, below, total = forget * above + error**2, forget * below + 1, total + error**2
        recent[at + 1] = long_share * total / (at + 1) + (1 - long_share) * above / below
    recent[0] = recent[min(1, len(errors))] if len(errors) else 1.0
    return np.asarray(np.sqrt(np.maximum(recent, _LEAST_VARIANCE)))


def _weights(
    logs: Floats,
    origins: npt.NDArray[np.int64],
    centres: list[Floats],
    scales: list[Floats],
    start: int,
    settings: Settings,
) -> Floats:
    """Weights of the members at every origin from `start` on, from forecasts whose month has come by then."""
    points, table = _loss_table(settings.freedom, settings.unrest)
    size = len(logs)
    lost = np.zeros((len(settings.members), size + 1))
    for member, (centre, scale) in enumerate(zip(centres, scales, strict=True)):
        for step in range(SCORED_AHEAD):
            judged = origins[12 : len(origins) - 1 - step]  # a year of errors first
            if not len(judged):
                continue
            place = judged - origins[0]
            gap = (logs[judged + step] - centre[place, step]) / scale[place]
            # Known from the origin after the month that was forecast.
            lost[member, judged + step + 1] += scale[place] * np.interp(gap, points, table[step])
    so_far = np.cumsum(lost, axis=1)[:, start:]
    lead = so_far - so_far.min(axis=0)
    weight = np.exp(-lead / settings.patience)
    return np.asarray((weight / weight.sum(axis=0)).T)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A fitted baseline."""

    centre: Floats
    """Middle of the forecast, in logs of one more than the count."""
    scale: float
    ceiling: float = np.inf
    """The log above which nothing is forecast."""
    every: int = 1
    """Months between two steps."""

    def paths_of(self, noise: Floats) -> Floats:
        """Paths of counts from paths of summed steps."""
        if self.every > 1:
            noise = noise[:, np.arange(noise.shape[1]) // self.every]
        logs = np.minimum(self.centre + self.scale * noise, self.ceiling)
        return np.asarray(np.maximum(np.expm1(logs), 0.0))

    def quantiles(self) -> Floats:
        """Counts at `LEVELS`, months by levels."""
        return self.paths_of(step_quantiles(len(self.centre)).T).T

    def paths(self, generator: np.random.Generator, draws: int) -> Floats:
        """Paths of counts, draws by months."""
        return self.paths_of(steps(generator, draws, len(self.centre)))


def fit(values: Floats, horizon: int, every: int = 1) -> Baseline:
    """The baseline for the months after a series; `every`: 12 where months were made out of years. Raises
    ValueError for a series that is too short; series from `load_series` are checked before."""
    if len(values) < LEAST_MONTHS:
        raise ValueError(f"{len(values)} months are fewer than {LEAST_MONTHS}")
    logs = np.log1p(values)
    found = (history_of_years if every > 1 else history_of)(logs, horizon, len(values))
    return Baseline(found.centre[-1], float(found.scale[-1]), float(found.ceiling[-1]), every)
