"""Which assumption carries the result: Sobol shares, and contraction.

Shares come from Jansen's estimators on random pairs of draws, or from SALib (the extra `sensitivity`), which
draws a Sobol sequence and gives intervals too. Whoever asks for SALib gets SALib or an error; the manifest names
what was used.

Contraction is what the episode itself could teach about a number: the share of its variance that the
observable outcome (arrivals, transfers, applications there, the queue) explains. Near zero means that no data
of this kind can tell whether the assumption was right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from safethird.errors import Problem, UsageError
from safethird.flows.model import Result, simulate
from safethird.flows.plan import Noise, Plan, make_noise, make_units
from safethird.flows.series import Floats

LUCK = "data.baseline"
"""The name of everything that is no assumption of the scenario: the path of the baseline, and counting
luck."""
OUTPUTS = ("transferred", "applied", "arrivals_difference", "backlog_difference", "ended")
ESTIMATORS = ("jansen", "salib")


@dataclass(frozen=True, slots=True)
class Share:
    """Shares of the variance of one output that one number carries: alone, and with all that it acts
    through."""

    name: str
    output: str
    first: float
    total: float
    spread: tuple[float, float] | None = None
    """Half widths of the 95 % intervals of both, where the estimator gives them."""


def jansen(
    model: Callable[[Mapping[str, Floats]], Floats],
    names: list[str],
    a: Mapping[str, Floats],
    b: Mapping[str, Floats],
) -> dict[str, tuple[float, float]]:
    """First-order and total Sobol indices of a function of independent uniforms, from two sets of them."""
    at_a, at_b = model(a), model(b)
    return {name: _indices(at_a, at_b, model({**a, name: b[name]})) for name in names}


def _indices(at_a: Floats, at_b: Floats, mixed: Floats) -> tuple[float, float]:
    variance = float(np.var(np.concatenate([at_a, at_b])))
    if variance <= 0:
        return 0.0, 0.0
    first = 1 - float(np.mean((at_b - mixed) ** 2)) / (2 * variance)
    total = float(np.mean((at_a - mixed) ** 2)) / (2 * variance)
    return first, total


def sobol(plan: Plan, seed: int, estimator: str = "jansen", size: int = 1000) -> list[Share]:
    """Shares for `OUTPUTS`, largest total first. Counts of people are judged by their logs, so that a few
    wild draws do not decide; differences by their inverse hyperbolic sine, which is the log with a sign.

    `estimator`: `jansen`, or `salib` (`size` is then taken up to a power of two). Raises UsageError when SALib is
    asked for and not installed.
    """
    found = _with_salib(plan, seed, size) if estimator == "salib" else _with_jansen(plan, seed, size)
    return sorted(found, key=lambda one: (OUTPUTS.index(one.output), -one.total, one.name))


def estimator_name(estimator: str) -> str:
    """The estimator with its version, for the manifest. Raises UsageError when SALib is not installed."""
    if estimator != "salib":
        return estimator
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"SALib {version('SALib')}"
    except PackageNotFoundError:
        raise UsageError(
            Problem(
                "SALib is not installed",
                code="extra",
                hint="pip install 'safethird[sensitivity]', or --sobol jansen.",
            )
        ) from None


def _with_jansen(plan: Plan, seed: int, size: int) -> list[Share]:
    units = {arm: make_units(plan, size, seed, arm, 99) for arm in (0, 1)}
    luck = {arm: make_noise(plan, size, seed, arm, 99) for arm in (0, 1)}
    at_a, at_b = (_outputs(simulate(plan, units[arm], luck[arm])) for arm in (0, 1))
    found = []
    for name in [*plan.unknowns, LUCK]:
        mixed_units = units[0] if name == LUCK else {**units[0], name: units[1][name]}
        mixed_luck: Noise = luck[1] if name == LUCK else luck[0]
        mixed = _outputs(simulate(plan, mixed_units, mixed_luck))
        for output in OUTPUTS:
            first, total = _indices(at_a[output], at_b[output], mixed[output])
            found.append(Share(name, output, first, total))
    return found


def _with_salib(plan: Plan, seed: int, size: int) -> list[Share]:
    estimator_name("salib")
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    names = [*plan.unknowns, LUCK]
    wide = len(names)
    size = 1 << (size - 1).bit_length()
    problem = {"num_vars": wide, "names": names, "bounds": [[0.0, 1.0]] * wide}
    points = sample.sample(problem, size, calc_second_order=False, seed=seed)
    # Rows come in groups: a point of the first matrix, the same with one column of the second after another, a
    # point of the second. Luck is no number: its column says whose luck a row has.
    group = wide + 2
    luck = {arm: make_noise(plan, size, seed, arm, 99) for arm in (0, 1)}
    made = {output: np.empty(len(points)) for output in OUTPUTS}
    for place in range(group):
        rows = points[place::group]
        arm = 1 if place in (wide, group - 1) else 0  # the last column is that of luck
        units = {name: rows[:, at] for at, name in enumerate(names) if name != LUCK}
        for output, values in _outputs(simulate(plan, units, luck[arm])).items():
            made[output][place::group] = values
    found = []
    for output in OUTPUTS:
        if np.ptp(made[output]) == 0:
            found += [Share(name, output, 0.0, 0.0, (0.0, 0.0)) for name in names]
            continue
        one = analyze.analyze(problem, made[output], calc_second_order=False, seed=seed)
        found += [
            Share(
                name,
                output,
                float(one["S1"][at]),
                float(one["ST"][at]),
                (float(one["S1_conf"][at]), float(one["ST_conf"][at])),
            )
            for at, name in enumerate(names)
        ]
    return found


def _outputs(result: Result) -> dict[str, Floats]:
    monthly = result.monthly
    return {
        "transferred": np.log1p((monthly["transferred"] + monthly["stock_transferred"]).sum(axis=1)),
        "applied": np.log1p(monthly["applied"].sum(axis=1)),
        "arrivals_difference": np.arcsinh((monthly["arrivals"] - monthly["arrivals_without"]).sum(axis=1)),
        "backlog_difference": np.arcsinh(monthly["backlog"][:, -1] - monthly["backlog_without"][:, -1]),
        "ended": np.log1p(np.maximum(monthly["ended"].sum(axis=1), 0.0)),
    }


def contraction(units: Mapping[str, Floats], monthly: Mapping[str, Floats]) -> dict[str, float]:
    """Of each unknown number, the share of its variance that the observable outcome explains, 0 to 1.

    Numbers are taken by their normal scores; the outcome by logs of monthly arrivals, transfers, applications
    and the queue, and the squares of their sums. A least-squares fit on half of the draws is judged on the
    other half, so that chance does not look like knowledge.
    """
    from scipy.special import ndtri

    columns = [
        np.log1p(monthly[name].astype(float)) for name in ("arrivals", "transferred", "applied", "backlog")
    ]
    sums = np.stack(
        [
            np.log1p(monthly[name].sum(axis=1, dtype=float))
            for name in ("arrivals", "transferred", "applied", "ended")
        ],
        axis=1,
    )
    features = np.concatenate([*columns, sums, sums**2], axis=1)
    spread = features.std(axis=0)
    features = features[:, spread > 1e-9]
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    features = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    half = len(features) // 2
    found = {}
    for name, unit in units.items():
        score = ndtri(np.clip(unit, 1e-9, 1 - 1e-9))
        weights, *_ = np.linalg.lstsq(features[:half], score[:half], rcond=None)
        left = score[half:] - features[half:] @ weights
        found[name] = max(0.0, 1 - float(np.mean(left**2)) / float(np.var(score[half:])))
    return found
