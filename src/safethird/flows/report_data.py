"""A forecast as plain data, and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from safethird.flows.forecast import LEVELS, Comparison, Forecast, Group, Range
from safethird.flows.run import MAIN_PRIOR

_DIGITS = 6


def _rounded(value: float) -> float:
    """Six digits: more would be noise, and differ between machines."""
    return float(f"{value:.{_DIGITS}g}")


def _data(one: Range) -> dict[str, float]:
    found = {
        f"q{round(level * 100):02d}": _rounded(value)
        for level, value in zip(LEVELS, one.quantiles, strict=True)
    }
    return {**found, "mean": _rounded(one.mean)}


def as_dict(done: Forecast, compared: Comparison | None = None) -> dict[str, Any]:
    """The forecast as plain data."""
    scenario = done.prepared.scenario
    months = [f"{month:%Y-%m}" for month in scenario.months]
    found: dict[str, Any] = {
        "scenario": scenario.id,
        "title": dict(scenario.title),
        "regime": scenario.regime.id,
        "months": months,
        "draws": done.draws,
        "smallest_detectable_effect": _rounded(done.smallest),
        "chance_of_transfer": _data(done.chance),
        "largest_possible_fall": [
            {"eps": eps, "at_chance_of_transfer": _rounded(sent), "at_perceived_chance": _rounded(seen)}
            for eps, sent, seen in done.bounds
        ],
        "share_of_draws_with_fewer_arrivals": _rounded(done.fewer),
        "by_prior": {
            name: {"arrivals_difference": _data(one), "share": _rounded(share)}
            for name, (one, share) in done.by_prior.items()
        },
        "monthly": {name: [_data(one) for one in values] for name, values in done.monthly.items()},
        "totals": {name: _data(one) for name, one in done.totals.items()},
        "paired_difference": {
            name: [_data(one) for one in values] for name, values in done.differences.items()
        },
        "paired_difference_total": {name: _data(one) for name, one in done.difference_totals.items()},
        "by_nationality": _groups(done.by_nationality),
        "by_family": _groups(done.by_family),
        "coverage": coverage_rows(done),
        "unknown_numbers": unknown_rows(done),
        "variance_shares": [
            {
                "name": one.name,
                "output": one.output,
                "first": _rounded(one.first),
                "total": _rounded(one.total),
                "first_95": _rounded(one.spread[0]) if one.spread else None,
                "total_95": _rounded(one.spread[1]) if one.spread else None,
            }
            for one in done.shares
        ],
        "what_came": [
            {
                "output": check.came.output,
                "since": f"{check.came.since:%Y-%m}",
                "until": f"{check.came.until:%Y-%m}",
                "value": check.came.value,
                "as_of": check.came.as_of,
                "source": check.came.source,
                "forecast": _data(check.forecast),
                "inside_90": check.inside,
                "why_missed": dict(check.came.why_missed)
                if check.came.why_missed and not check.inside
                else None,
            }
            for check in done.checks
        ],
        "said": [dict(entry) for entry in scenario.said],
        "sources": [dict(entry) for entry in scenario.sources],
        "manifest": dict(done.manifest),
    }
    if done.wait is not None and done.load is not None:
        found["queue"] = {
            "months_of_work_without": _data(done.wait[0]),
            "months_of_work": _data(done.wait[1]),
            "load": _data(done.load),
            "grows_without_bound": done.load.low > 1,
        }
    if compared is not None:
        found["comparison"] = {
            "other": compared.other,
            "less": {name: _rounded(value) for name, value in compared.less.items()},
            "difference": {name: _data(one) for name, one in compared.totals.items()},
        }
    return found


def _groups(by_prior: Mapping[str, Mapping[str, Group]]) -> dict[str, Any]:
    return {
        prior: {
            name: {field.name: _data(getattr(one, field.name)) for field in fields(one)}
            for name, one in groups.items()
        }
        for prior, groups in by_prior.items()
    }


def coverage_rows(done: Forecast) -> list[dict[str, Any]]:
    """Of each cell: share before the start, certain and possible coverage in the first and last month."""
    plan = done.prepared.plan
    return [
        {
            "nationality": cell.nationality,
            "family": cell.family,
            "share": _rounded(float(plan.shares[at])),
            "certain_first": _rounded(float(plan.certain[at, 0])),
            "possible_first": _rounded(float(plan.possible[at, 0])),
            "certain_last": _rounded(float(plan.certain[at, -1])),
            "possible_last": _rounded(float(plan.possible[at, -1])),
        }
        for at, cell in enumerate(done.prepared.scenario.cells)
    ]


def unknown_rows(done: Forecast) -> list[dict[str, Any]]:
    """Every unknown number: its prior, its flag, its source, whether it was chosen knowing the outcome, and what
    the episode could teach about it. Then the numbers that are taken as fixed."""
    scenario = done.prepared.scenario
    return [
        *(
            {
                "name": name,
                "prior": one.words(),
                "flag": one.flag,
                "source": one.source,
                "hindsight": one.hindsight,
                "contraction": _rounded(done.contractions[name]) if name in done.contractions else None,
            }
            for name, one in {**scenario.unknowns, **done.prepared.plan.unknowns}.items()
        ),
        *(
            {
                "name": one.name,
                "prior": one.words,
                "flag": "assumption",
                "source": one.source or "",
                "hindsight": one.hindsight,
                "contraction": None,
            }
            for one in scenario.settings
        ),
    ]


def frame(done: Forecast) -> pl.DataFrame:
    """The twin for Parquet: a row for each month and number under the reference prior, and for each group and prior
    over the horizon (no month), with its quantiles."""
    months = done.prepared.scenario.months
    name = done.prepared.scenario.id
    rows: list[dict[str, Any]] = [
        {"month": month, "output": output, "kind": kind, "prior": MAIN_PRIOR, **_data(one)}
        for kind, group in (("level", done.monthly), ("paired_difference", done.differences))
        for output, values in group.items()
        for month, one in zip(months, values, strict=True)
    ]
    for column, by_prior in (("nationality", done.by_nationality), ("family", done.by_family)):
        rows += [
            {
                "output": field.name,
                "kind": "total",
                "prior": prior,
                column: key,
                **_data(getattr(group, field.name)),
            }
            for prior, groups in by_prior.items()
            for key, group in groups.items()
            for field in fields(group)
        ]
    quantiles = [f"q{round(level * 100):02d}" for level in LEVELS]
    schema = {
        "scenario": pl.String,
        "month": pl.Date,
        "output": pl.String,
        "kind": pl.String,
        "prior": pl.String,
        "nationality": pl.String,
        "family": pl.String,
        **dict.fromkeys([*quantiles, "mean"], pl.Float64),
    }
    return pl.DataFrame([{"scenario": name, **row} for row in rows], schema=schema)
