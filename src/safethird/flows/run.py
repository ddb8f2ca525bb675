"""From a scenario and data to draws: all checks first, then blocks of draws, the same whoever computes
them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from safethird._version import __version__
from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.flows.baseline import fit
from safethird.flows.model import CELLS, MONTHLY, simulate
from safethird.flows.plan import Plan, make_noise, make_units
from safethird.flows.population import Coverage, coverage_of
from safethird.flows.priors import DETERRENCE
from safethird.flows.scenario import Scenario
from safethird.flows.series import Floats, Series, Spec, allowed, find_files, load_series, load_table, only
from safethird.tables.model import FileRead, add_months

BLOCK = 2000
"""Draws that are made at a time. Part of what a seed means: another size gives other draws."""
MAIN_PRIOR = "reference"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario with its data, checked and ready to be drawn from."""

    scenario: Scenario
    series: Series
    """Up to the last month that may be used."""
    plan: Plan
    coverage: Coverage
    files: tuple[FileRead, ...]
    seed: int
    after: Series | None
    """The same series with what came later, where the data hold it; never used by the model."""


def prepare(scenario: Scenario, data: Sequence[str | Path], seed: int) -> Prepared:
    """Read the data, cut them where the scenario's knowledge ends, fit the baseline, run the regime.

    Raises NoInput and BadData, before anything is drawn.
    """
    files = find_files(data)
    whole = load_series(scenario.spec, files)
    series = whole.until(scenario.known_until)
    shares, more = _shares(scenario, files)
    coverage = coverage_of(scenario, seed)
    plan = Plan(
        scenario,
        fit(series.values, scenario.ahead, every=scenario.spec.months),
        shares,
        coverage.certain(),
        coverage.possible(),
        coverage.number,
        DETERRENCE[MAIN_PRIOR],
    )
    later = whole if whole.last > scenario.known_until else None
    return Prepared(scenario, series, plan, coverage, (*series.files, *more), seed, later)


def _shares(scenario: Scenario, files: Mapping[Path, tuple[str, ...]]) -> tuple[Floats, tuple[FileRead, ...]]:
    given = [cell.share for cell in scenario.cells]
    if all(share is not None for share in given):
        return np.array(given, dtype=float), ()
    source: Mapping[str, Any] = scenario.composition["from"]
    spec = Spec(
        f"composition of {scenario.id}",
        {},
        tuple(source["layouts"]),
        tuple(source["measures"]),
        allowed(source.get("where", {})),
    )
    table = load_table(spec, files)
    by_family = any(cell.family != "all" for cell in scenario.cells)
    by = ["origin", *(["demographic"] if by_family else []), *spec.where]
    frame = only(table.sum_by(*by, measure=spec.measures), spec.where)
    first = add_months(scenario.known_until, 1 - source["months"])
    frame = frame.filter((pl.col("month") >= first) & (pl.col("month") <= scenario.known_until))
    found = frame["month"].n_unique()
    if found < source["months"]:
        raise BadData(
            Problem(
                f"The composition needs {source['months']} months up to {scenario.known_until:%Y-%m}; "
                "the files hold "
                f"{found}",
                code="period",
                expected=", ".join(spec.layouts),
            )
        )
    named = {cell.nationality for cell in scenario.cells}
    count = (pl.col("count_low") + pl.col("count_high").fill_null(pl.col("count_low"))) / 2
    frame = frame.with_columns(
        count.alias("count"),
        pl.when(pl.col("origin").is_in(list(named)))
        .then(pl.col("origin"))
        .otherwise(pl.lit("other"))
        .alias("who"),
    )
    shares = []
    for cell in scenario.cells:
        rows = frame.filter(pl.col("who") == cell.nationality)
        if cell.family != "all":
            rows = rows.filter(pl.col("demographic").cast(pl.String) == cell.family)
        shares.append(float(rows["count"].sum()))
    if sum(shares) <= 0:
        raise BadData(Problem("Nobody in the files is in a cell of the scenario", code="no-rows"))
    return np.array(shares) / sum(shares), table.files


# --- draws ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draws:
    """All draws of one run: monthly numbers by name (draws by months), and totals by cell."""

    monthly: Mapping[str, Floats]
    cells: Mapping[str, Floats]
    """Totals over the horizon by the names of `CELLS`: draws by cells."""
    units: Mapping[str, Floats]

    def total(self, name: str) -> Floats:
        """Sums over the horizon, a number for each draw."""
        return np.asarray(self.monthly[name].sum(axis=1, dtype=np.float64))

    def difference(self, name: str) -> Floats:
        """With less without, draw by draw: draws by months."""
        return self.monthly[name] - self.monthly[f"{name}_without"]


def draw(
    plan: Plan, seed: int, draws: int, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> Draws:
    """Draw from a plan. The same seed gives the same draws, whatever the number of workers, and the first of
    them do not depend on how many there are."""
    tasks = [(plan, seed, at, min(BLOCK, draws - at * BLOCK)) for at in range(-(-draws // BLOCK))]
    months, cells = plan.scenario.horizon, len(plan.shares)
    # What the scenario does not speak of is one zero, seen everywhere.
    nothing = np.broadcast_to(np.float32(0), (draws, months))
    absent = _absent(plan.scenario)
    monthly = {
        name: nothing if name in absent else np.empty((draws, months), dtype=np.float32) for name in MONTHLY
    }
    by_cell = {name: np.empty((draws, cells), dtype=np.float32) for name in CELLS}
    units = {name: np.empty(draws) for name in plan.unknowns}
    for at, (block, of_cells, its) in enumerate(_mapped(tasks, workers)):
        rows = slice(at * BLOCK, at * BLOCK + len(of_cells["without"]))
        for name, values in block.items():
            if name not in absent:
                monthly[name][rows] = values
        for name, values in of_cells.items():
            by_cell[name][rows] = values
        for name, unit in its.items():
            units[name][rows] = unit
        if progress:
            progress(at + 1, len(tasks))
    return Draws(monthly, by_cell, units)  # type: ignore[arg-type]


def _absent(scenario: Scenario) -> frozenset[str]:
    """Outputs of the parts that a scenario does not have."""
    stock = (
        "motions",
        "granted",
        "stock_pending",
        "stock_covered",
        "stock_held",
        "stock_transferred",
        "stock_left",
        "ended",
    )
    queue = ("backlog", "backlog_without", "decided", "decided_without")
    return frozenset(
        (*(() if scenario.stock else stock), *(queue if scenario.receiving_stops is None else ()))
    )


_Block = tuple[dict[str, Any], dict[str, Any], dict[str, Floats]]


def _block(task: tuple[Plan, int, int, int]) -> _Block:
    plan, seed, at, size = task
    # A last block that is not full is cut from a full one, so that its draws are those of a longer run.
    units, noise = make_units(plan, BLOCK, seed, at), make_noise(plan, BLOCK, seed, at)
    result = simulate(plan, units, noise)
    return (
        {
            name: values[:size].astype(np.float32)
            for name, values in result.monthly.items()
            if name not in _absent(plan.scenario)
        },
        {name: values[:size].astype(np.float32) for name, values in result.cells.items()},
        {name: values[:size] for name, values in units.items()},
    )


def _mapped(tasks: list[tuple[Plan, int, int, int]], workers: int) -> Iterable[_Block]:
    if workers <= 1 or len(tasks) == 1:
        yield from map(_block, tasks)
        return
    import multiprocessing

    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_block, tasks)


def with_prior(plan: Plan, prior: str) -> Plan:
    """The plan under another prior on deterrence; raises UsageError for a name that is none."""
    if prior not in DETERRENCE:
        raise UsageError(Problem(f"There is no prior '{prior}'", hint=did_you_mean(prior, list(DETERRENCE))))
    return replace(plan, deterrence=DETERRENCE[prior])


def comparable(one: Scenario, other: Scenario) -> None:
    """Raise UsageError unless two scenarios can be drawn side by side."""
    for name in ("start", "horizon", "known_until"):
        if getattr(one, name) != getattr(other, name):
            raise UsageError(
                Problem(
                    f"The two scenarios differ in '{name}' and cannot be compared draw by draw",
                    code="compare",
                )
            )
    if one.spec.id != other.spec.id or [(cell.nationality, cell.family) for cell in one.cells] != [
        (cell.nationality, cell.family) for cell in other.cells
    ]:
        raise UsageError(
            Problem("The two scenarios count different people and cannot be compared", code="compare")
        )


# --- manifest ---------------------------------------------------------------------------------------------


def code_digest() -> str:
    """SHA-256 over the source of this room, so that a result names the code that made it."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def manifest(prepared: Prepared, draws: int) -> dict[str, Any]:
    """What one needs to make the same numbers again."""
    scenario = prepared.scenario
    priors = "\n".join(
        f"{name}={one.words()}"
        for name, one in sorted(
            {**scenario.unknowns, **{f"deterrence.{key}": one for key, one in DETERRENCE.items()}}.items()
        )
    )
    return {
        "scenario": scenario.id,
        "scenario_sha256": scenario.digest,
        "regime": scenario.regime.id,
        "regime_sha256": scenario.regime.digest,
        "priors_sha256": hashlib.sha256(priors.encode()).hexdigest(),
        "data": [
            list(one)
            for one in sorted({(file.layout, file.revision, file.digest) for file in prepared.files})
        ],
        "data_until": f"{scenario.known_until:%Y-%m}",
        "seed": prepared.seed,
        "draws": draws,
        "block": BLOCK,
        "version": __version__,
        "code_sha256": code_digest(),
        "numpy": np.__version__,
    }


def actual(prepared: Prepared, month: date) -> float | None:
    """What the series showed in a month after the start, where the data hold it."""
    if prepared.after is None:
        return None
    place = prepared.after.place(month)
    return float(prepared.after.values[place]) if 0 <= place < len(prepared.after.values) else None
