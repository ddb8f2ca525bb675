"""A forecast: draws under every prior, what can be seen, what carries the result, and what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from safethird.flows.detect import EPS, largest_effect, smallest_effect
from safethird.flows.model import MONTHLY
from safethird.flows.priors import DETERRENCE
from safethird.flows.run import MAIN_PRIOR, Draws, Prepared, actual, comparable, draw, manifest, with_prior
from safethird.flows.scenario import Came, Scenario
from safethird.flows.sensitivity import Share, contraction, estimator_name, sobol
from safethird.flows.series import Floats

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FUNNEL = ("covered", "ordered", "transferred", "applied")
COURT = ("stock_covered", "motions", "granted", "stock_transferred")
SHOWN = (
    "arrivals_without",
    "arrivals",
    "claims_without",
    "claims",
    *FUNNEL,
    "excepted",
    "released",
    "home",
    "again",
    "repeat",
    "displaced",
    "elsewhere",
    "postponed",
    "backlog_without",
    "backlog",
    "stock_covered",
    "motions",
    "granted",
    "stock_transferred",
    "ended",
)
"""Monthly numbers that are shown."""
LEAST_DRAWS, MOST_DRAWS = 200, 1_000_000
STOCKS = ("backlog", "backlog_without", "waiting", "perceived", "stock_pending", "stock_covered")
"""Numbers at the end of a month; their total over the horizon is that of the last month."""


@dataclass(frozen=True, slots=True)
class Range:
    """Quantiles at `LEVELS` and the mean of one number over the draws."""

    quantiles: tuple[float, ...]
    mean: float

    @property
    def low(self) -> float:
        """The 5 % quantile."""
        return self.quantiles[0]

    @property
    def middle(self) -> float:
        """The median."""
        return self.quantiles[2]

    @property
    def high(self) -> float:
        """The 95 % quantile."""
        return self.quantiles[4]


@dataclass(frozen=True, slots=True)
class Check:
    """A figure that became known afterwards, beside the forecast under the four priors together, each with
    the same weight: none of them was known to be right."""

    came: Came
    forecast: Range
    inside: bool
    """Whether it lies in the 90 % interval."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything that is reported of one scenario. Where no prior is named, it is the reference prior."""

    prepared: Prepared
    draws: int
    smallest: float
    chance: Range
    """People sent over people who arrive, within the horizon."""
    bounds: tuple[tuple[float, float, float], ...]
    """Strength of deterrence, and the largest fall of arrivals that arithmetic allows: at the chance of being
    sent (95 % quantile of the highest month), and at the perceived chance, which the announcement raises."""
    monthly: Mapping[str, tuple[Range, ...]]
    totals: Mapping[str, Range]
    differences: Mapping[str, tuple[Range, ...]]
    """Paired, by month: arrivals, claims, backlog."""
    difference_totals: Mapping[str, Range]
    fewer: float
    """Share of draws in which fewer people arrive in all."""
    by_prior: Mapping[str, tuple[Range, float]]
    """Of each prior: the paired difference of arrivals over the horizon, and as a share (median)."""
    by_nationality: Mapping[str, Mapping[str, Group]]
    """Of each prior, by nationality."""
    by_family: Mapping[str, Mapping[str, Group]]
    wait: tuple[Range, Range] | None
    """Months of work that wait at the end, without and with the agreement; None where there is no queue."""
    load: Range | None
    """New claims a month over decisions a month, with the agreement. Above one the queue grows without
    bound."""
    shares: tuple[Share, ...]
    contractions: Mapping[str, float]
    checks: tuple[Check, ...]
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """People of one nationality or family status over the horizon."""

    arrivals_without: Range
    arrivals: Range
    transferred: Range
    deterred: Range


def funnel_of(scenario: Scenario) -> tuple[str, ...]:
    """From covered to applied there, in the channels that the scenario has."""
    border = FUNNEL[:-1] if has_border(scenario) else ()
    return (*border, *(COURT if scenario.stock else ()), FUNNEL[-1])


def has_border(scenario: Scenario) -> bool:
    """Whether anybody who arrives is put through the agreement, or only people with pending court cases."""
    assigned = scenario.unknowns["shares.assigned"]
    return assigned.moving() or assigned.middle() > 0


def range_of(values: Floats) -> Range:
    """Quantiles and mean."""
    found = np.quantile(values.astype(np.float64), LEVELS)
    return Range(tuple(float(value) for value in found), float(np.mean(values, dtype=np.float64)))


def ranges(values: Floats) -> tuple[Range, ...]:
    """Month by month."""
    return tuple(range_of(values[:, at]) for at in range(values.shape[1]))


def run_forecast(
    prepared: Prepared,
    draws: int,
    workers: int = 1,
    *,
    shares: bool = True,
    estimator: str = "jansen",
    progress: Callable[[str, int, int], None] | None = None,
) -> Forecast:
    """Draw under all priors and gather. The reference prior is the one that is shown in full. `shares`: also
    what carries the result, by one of `ESTIMATORS`. Raises UsageError for an estimator that is not installed,
    before anything is drawn."""
    how = estimator_name(estimator) if shares else "none"
    by_prior: dict[str, tuple[Range, float]] = {}
    main: Draws | None = None
    pooled: dict[int, list[Floats]] = {}
    cells = prepared.scenario.cells
    by_nationality, by_family = {}, {}
    for prior in DETERRENCE:
        told = (lambda at, of, prior=prior: progress(prior, at, of)) if progress else None
        made = draw(with_prior(prepared.plan, prior), prepared.seed, draws, workers, told)
        fall = made.difference("arrivals").sum(axis=1, dtype=np.float64)
        share = float(np.median(fall / np.maximum(made.total("arrivals_without"), 1)))
        by_prior[prior] = (range_of(fall), share)
        by_nationality[prior] = _by([cell.nationality for cell in cells], made)
        by_family[prior] = _by([cell.family for cell in cells], made)
        for at, came in enumerate(prepared.scenario.came):
            pooled.setdefault(at, []).append(_at_check(came, made, prepared))
        if prior == MAIN_PRIOR:
            main = made
    assert main is not None
    plan = with_prior(prepared.plan, MAIN_PRIOR)
    totals = {name: range_of(_whole(main, name)) for name in MONTHLY}
    differences = {name: main.difference(name) for name in ("arrivals", "claims", "backlog")}
    whole = {
        name: (values[:, -1] if name in STOCKS else values.sum(axis=1, dtype=np.float64))
        for name, values in differences.items()
    }
    chance = main.total("transferred") / np.maximum(main.total("arrivals"), 1)
    sent = main.monthly["transferred"] / np.maximum(main.monthly["arrivals"], 1)
    highest = [
        float(np.quantile(values.max(axis=1), 0.95))
        for values in (np.minimum(sent, 1.0), main.monthly["perceived"])
    ]
    wait, load = _queue(prepared, main)
    return Forecast(
        prepared,
        draws,
        smallest_effect(main.total("arrivals_without")),
        range_of(chance),
        tuple((eps, largest_effect(eps, highest[0]), largest_effect(eps, highest[1])) for eps in EPS),
        {name: ranges(main.monthly[name]) for name in SHOWN},
        totals,
        {name: ranges(values) for name, values in differences.items()},
        {name: range_of(values) for name, values in whole.items()},
        float(np.mean(whole["arrivals"] < 0)),
        by_prior,
        by_nationality,
        by_family,
        wait,
        load,
        tuple(sobol(plan, prepared.seed, estimator)) if shares else (),
        contraction(main.units, main.monthly) if draws >= 2000 else {},
        tuple(_check(came, np.concatenate(pooled[at])) for at, came in enumerate(prepared.scenario.came)),
        {**manifest(prepared, draws), "sobol": how},
    )


def _whole(made: Draws, name: str) -> Floats:
    return made.monthly[name][:, -1] if name in STOCKS else made.total(name)


def _by(keys: list[str], made: Draws) -> dict[str, Group]:
    found = {}
    for key in dict.fromkeys(keys):
        columns = [at for at, other in enumerate(keys) if other == key]
        one = {
            name: range_of(values[:, columns].sum(axis=1, dtype=np.float64))
            for name, values in made.cells.items()
        }
        found[key] = Group(one["without"], one["arrivals"], one["transferred"], one["deterred"])
    return found


def _queue(prepared: Prepared, made: Draws) -> tuple[tuple[Range, Range] | None, Range | None]:
    scenario = prepared.scenario
    if scenario.receiving_stops is None:
        return None, None

    def numbers(name: str) -> Floats:
        unit = made.units.get(name)
        one = scenario.unknowns[name]
        return one.at(np.full(len(made.cells["deterred"]), 0.5) if unit is None else unit)

    able = np.maximum(numbers("receiving.decisions"), 1e-9)
    coming = numbers("receiving.own_claims") + made.total("applied") / scenario.horizon
    return (
        (
            range_of(made.monthly["backlog_without"][:, -1] / able),
            range_of(made.monthly["backlog"][:, -1] / able),
        ),
        range_of(coming / able),
    )


def _at_check(came: Came, made: Draws, prepared: Prepared) -> Floats:
    first = _months_from(prepared.scenario.start, came.since)
    last = _months_from(prepared.scenario.start, came.until)
    values = made.monthly[came.output][:, first : last + 1]
    return np.asarray(values[:, -1] if came.output in STOCKS else values.sum(axis=1, dtype=np.float64))


def _check(came: Came, values: Floats) -> Check:
    found = range_of(values)
    return Check(came, found, found.low <= came.value <= found.high)


def _months_from(start: date, month: date) -> int:
    return (month.year - start.year) * 12 + month.month - start.month


def came_later(done: Forecast) -> list[float | None]:
    """What the series showed in each month of the horizon, where the data hold it."""
    return [actual(done.prepared, month) for month in done.prepared.scenario.months]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two drafts, draw by draw."""

    one: str
    other: str
    totals: Mapping[str, Range]
    """The second less the first, over the horizon."""
    less: Mapping[str, float]
    """Share of draws in which the second gives less."""


def compare(one: Prepared, other: Prepared, draws: int, workers: int = 1) -> Comparison:
    """Two scenarios under the same luck. Raises UsageError when they count different people or months."""
    comparable(one.scenario, other.scenario)
    first, second = draw(one.plan, one.seed, draws, workers), draw(other.plan, one.seed, draws, workers)
    gaps = {
        name: _whole(second, name) - _whole(first, name)
        for name in ("arrivals", "claims", *funnel_of(one.scenario), "ended", "backlog")
    }
    return Comparison(
        one.scenario.id,
        other.scenario.id,
        {name: range_of(gap) for name, gap in gaps.items()},
        {name: float(np.mean(gap < 0)) for name, gap in gaps.items()},
    )
