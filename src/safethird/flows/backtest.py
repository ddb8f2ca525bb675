"""Rolling origins over the whole history: every forecast that would have been made, held against what
came."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from safethird.errors import BadData, Problem, UsageError
from safethird.flows.baseline import LEVELS, history_of, history_of_years
from safethird.flows.challengers import COMBINATIONS, EXTRA, WIDENED, challengers, in_order, widened
from safethird.flows.choice import Choice, choose
from safethird.flows.scores import Score, score
from safethird.flows.series import LEAST_MONTHS, Floats, Series

HORIZON = 12
MOST_BEATEN = 0.02
"""The default may be worse than the best challenger by this share in CRPS, no more."""
COVER_80 = (0.75, 0.85)
CHOSEN = "default, settings chosen before"

ERAS: Mapping[str, tuple[date, date]] = {
    "before-2014": (date(1900, 1, 1), date(2013, 12, 1)),
    "2014-2018": (date(2014, 1, 1), date(2018, 12, 1)),
    "surge-2019": (date(2019, 1, 1), date(2020, 2, 1)),
    "pandemic": (date(2020, 3, 1), date(2021, 12, 1)),
    "after": (date(2022, 1, 1), date(9999, 1, 1)),
}
"""Regimes of the world, by the month that is forecast: the pandemic from the first Title 42 expulsions (March
2020) to the end of 2021, when numbers had settled on their new level."""


@dataclass(frozen=True, slots=True)
class Row:
    """One model in one era, or at one horizon."""

    model: str
    part: str
    score: Score


@dataclass(frozen=True, slots=True)
class Backtest:
    """The result of a backtest."""

    series: Series
    first: date
    """The first month that is forecast by the first origin."""
    last: date
    """The last month that is held against a forecast."""
    horizon: int
    origins: int
    rows: tuple[Row, ...]
    """Overall, then by era."""
    horizons: tuple[Row, ...]
    """The default and the best challenger, by months ahead."""
    ahead: tuple[tuple[date, float, float, float, float, float, float], ...]
    """Of the default, six months ahead, for the chart: month, what came, and quantiles at 5, 10, 50, 90, 95
    %."""
    skipped: tuple[str, ...]
    """Challengers that were not run because the caller asked for the simple ones."""
    cut: date | None = None
    """Before this month the settings of `choice` were chosen; from it on everything in `later` is scored."""
    choice: Choice | None = None
    later: tuple[Row, ...] = ()
    """Every model on forecasts made from `cut` on, and the default with the settings chosen before."""

    def overall(self, model: str) -> Score:
        """The score of a model over everything."""
        return next(row.score for row in self.rows if row.model == model and row.part == "all")

    @property
    def best_challenger(self) -> str:
        """The challenger with the lowest CRPS. A combination that holds the default is none."""
        names = {row.model for row in self.rows if row.part == "all"} - {"default"}
        own = {name for name, parts in COMBINATIONS.items() if "default" in parts}
        return min(sorted(names - own), key=lambda name: self.overall(name).crps)

    @property
    def behind(self) -> float:
        """By which share the default is worse than the best of all others, combinations with it included;
        below zero when it is better."""
        others = [row.score.crps for row in self.rows if row.part == "all" and row.model != "default"]
        return self.overall("default").crps / min(others) - 1

    @property
    def holds(self) -> bool:
        """Whether the default may stay the default: not beaten by more than 2 %, its 80 % intervals
        honest."""
        return self.behind <= MOST_BEATEN and COVER_80[0] <= self.overall("default").cover_80 <= COVER_80[1]


def run_backtest(
    series: Series,
    *,
    which: str = "simple",
    horizon: int = HORIZON,
    workers: int = 1,
    first: date | None = None,
    cut: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Forecast from every month on, `horizon` months ahead, and score what can be scored.

    The first origin is 36 months into the series, or `first` (the first month forecast) if that is later.
    With `cut`, settings are chosen on the months before it and scored from it on, beside all models.
    Raises BadData for a series that leaves fewer than a year of origins, on either side of the cut.
    """
    start = max(LEAST_MONTHS, series.place(first) if first else 0)
    origins = list(range(start, len(series.values)))
    if len(origins) < 12:
        raise BadData(
            Problem(
                f"The series '{series.spec.id}' leaves {max(len(origins), 0)} months to forecast",
                code="too-short",
                expected=f"at least 12 after the first {LEAST_MONTHS}",
            )
        )
    if cut is not None and series.spec.months > 1:
        raise UsageError(
            Problem(
                "Settings cannot be chosen on a yearly series", code="period", expected="a monthly series"
            )
        )
    if cut is not None and not start + 24 <= series.place(cut) <= len(series.values) - 12:
        raise BadData(
            Problem(
                f"Nothing can be chosen before {cut:%Y-%m} and scored after it",
                code="period",
                expected=f"a month from {series.month(start + 24):%Y-%m} "
                f"to {series.month(len(series.values) - 12):%Y-%m}",
            )
        )
    logs = np.log1p(series.values)
    # The fit at a month looks at earlier months only, so all of them can be made at once.
    history = (history_of_years if series.spec.months > 1 else history_of)(logs, horizon, start)
    made = {"default": history.quantiles()[: len(origins)]}
    made |= _forecasts(logs, list(challengers(which)), which, origins, horizon, workers, progress)
    for name, parts in COMBINATIONS.items():
        if all(part in made for part in parts):
            made[name] = in_order(np.mean([made[part] for part in parts], axis=0))
    for name in (*EXTRA, "seasonal-naive", *COMBINATIONS):
        if name in made and "default" not in COMBINATIONS.get(name, ()):
            made[name + WIDENED] = widened(made[name], logs, origins)
    places = [
        (at, step)
        for at in range(len(origins))
        for step in range(horizon)
        # Months made out of a year are known at its end: who forecasts in its middle would know the year.
        if origins[at] + step < len(logs) and origins[at] % series.spec.months == 0
    ]
    rows_at = np.array([at for at, _ in places])
    steps_at = np.array([step for _, step in places])
    targets = np.array([origins[at] + step for at, step in places])
    actual = logs[targets]
    months = [series.month(int(target)) for target in targets]
    era = np.array([_era(month) for month in months])
    rows, by_step = [], []
    for model, quantiles in made.items():
        mine = quantiles[rows_at, steps_at]
        rows.append(Row(model, "all", score(actual, mine)))
        rows += [
            Row(model, name, score(actual[era == name], mine[era == name]))
            for name in ERAS
            if (era == name).any()
        ]
    result = Backtest(
        series,
        series.month(origins[0]),
        series.last,
        horizon,
        sum(origin % series.spec.months == 0 for origin in origins),
        tuple(rows),
        (),
        (),
        () if which == "all" else EXTRA,
    )
    for model in ("default", result.best_challenger):
        mine = made[model][rows_at, steps_at]
        by_step += [
            Row(model, str(step), score(actual[steps_at == step - 1], mine[steps_at == step - 1]))
            for step in (1, 3, 6, 12)
            if step <= horizon
        ]
    result = replace(
        result, horizons=tuple(by_step), ahead=_ahead(series, origins, made["default"], min(6, horizon))
    )
    if cut is None:
        return result
    place = series.place(cut)
    choice = choose(logs, place, horizon, start)
    after = rows_at >= place - start
    later = [
        Row(model, "later", score(actual[after], quantiles[rows_at[after], steps_at[after]]))
        for model, quantiles in made.items()
    ]
    later.insert(1, Row(CHOSEN, "later", choice.after))
    return replace(result, cut=cut, choice=choice, later=tuple(later))


def _era(month: date) -> str:
    return next(name for name, (first, last) in ERAS.items() if first <= month <= last)


def _ahead(
    series: Series, origins: Sequence[int], quantiles: Floats, step: int
) -> tuple[tuple[date, float, float, float, float, float, float], ...]:
    found = []
    wanted = [int(np.flatnonzero(np.isclose(LEVELS, level))[0]) for level in (0.05, 0.1, 0.5, 0.9, 0.95)]
    for at, origin in enumerate(origins):
        target = origin + step - 1
        if target < len(series.values):
            low, ten, middle, ninety, high = np.maximum(np.expm1(quantiles[at, step - 1, wanted]), 0).tolist()
            found.append((series.month(target), float(series.values[target]), low, ten, middle, ninety, high))
    return tuple(found)


def _one(task: tuple[Floats, list[str], str, list[int], int]) -> dict[str, Floats]:
    logs, models, which, origins, horizon = task
    known = challengers(which)
    return {name: np.array([known[name](logs[:origin], horizon) for origin in origins]) for name in models}


def _forecasts(
    logs: Floats,
    models: list[str],
    which: str,
    origins: list[int],
    horizon: int,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Floats]:
    parts = [origins[at : at + 12] for at in range(0, len(origins), 12)]
    tasks = [(logs, models, which, part, horizon) for part in parts]
    found: list[dict[str, Floats]] = []
    for done in _mapped(tasks, min(workers, os.cpu_count() or 1)):
        found.append(done)
        if progress:
            progress(len(found), len(tasks))
    return {name: np.concatenate([part[name] for part in found]) for name in models}


def _mapped(
    tasks: list[tuple[Floats, list[str], str, list[int], int]], workers: int
) -> Iterable[dict[str, Floats]]:
    if workers <= 1:
        yield from map(_one, tasks)
        return
    import multiprocessing

    # Not fork: Polars has threads of its own by now.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_one, tasks)
