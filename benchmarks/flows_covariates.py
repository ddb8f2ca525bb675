"""Does anything help the baseline of the south-west border? Covariates out of sample, and groups.

    python benchmarks/flows_covariates.py --data FOLDER

FOLDER holds the monthly apprehensions by sector, the tables of OHSS, and the route data of IOM. At each month, what
is left of past forecasts is regressed (ridge) on the covariate as it was known then; the middle of the forecast is
moved by what that says, the intervals stay. A covariate is kept only if it wins. Both sides are scored on the same
forecasts. Then: are the nationalities better forecast each for itself, or as shares of the whole?
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from safethird.flows.baseline import history_of
from safethird.flows.scores import at_level, crps, score
from safethird.flows.series import Floats, Spec, find_files, load_series, load_table, only, spec_of
from safethird.tables.model import add_months

HORIZON, LEAST, RIDGE = 12, 36, 10.0
FIRST = date(2002, 10, 1)
SOUTHWEST = ("Southwest Land Border",)


def monthly(
    files: object, layouts: Sequence[str], measure: str, where: dict[str, tuple[str, ...]]
) -> pl.DataFrame:
    """Month and count of the rows that meet the conditions, monthly rows only."""
    spec = Spec("covariate", {}, tuple(layouts), (measure,), where)
    table = load_table(spec, files)  # type: ignore[arg-type]
    frame = only(table.sum_by(*where, measure=(measure,)), where)
    middle = (pl.col("count_low") + pl.col("count_high").fill_null(pl.col("count_low"))) / 2
    return frame.group_by("month").agg(middle.sum().alias("count")).sort("month")


def aligned(frame: pl.DataFrame, first: date, size: int) -> Floats:
    """Logs of a covariate on the months of the series; not a number where there is none."""
    found = np.full(size, np.nan)
    for month, count in frame.iter_rows():
        place = (month.year - first.year) * 12 + month.month - first.month
        if 0 <= place < size:
            found[place] = np.log1p(count)
    return found


def features(logs: Floats, covariate: Floats) -> Floats:
    """Of each month: the change of the covariate over one and three months, and its distance from the series against
    its own mean of a year."""
    size = len(covariate)
    columns = np.full((size, 3), np.nan)
    columns[1:, 0] = covariate[1:] - covariate[:-1]
    columns[3:, 1] = covariate[3:] - covariate[:-3]
    gap = covariate - logs[:size]
    for at in range(12, size):
        columns[at, 2] = gap[at] - gap[at - 12 : at].mean()
    return columns


def trial(logs: Floats, known: Floats, start: int, lag: int) -> dict[str, float | str] | None:
    """Scores with and without a covariate, on the same forecasts. `known[at]`: features of month `at`, known `lag`
    months later."""
    history = history_of(logs, HORIZON, LEAST)
    quantiles = history.quantiles()
    plain, moved, actual, year = [], [], [], []
    for origin in range(max(start, LEAST), len(logs)):
        latest = origin - 1 - lag
        if latest < 0 or not np.isfinite(known[latest]).all():
            continue
        for step in range(HORIZON):
            if origin + step >= len(logs):
                break
            # What earlier forecasts of this step missed, whose month has come.
            past = np.arange(LEAST, origin - step)
            past = past[[np.isfinite(known[at - 1 - lag]).all() for at in past]] if len(past) else past
            if len(past) < 24:
                continue
            left = logs[past + step] - history.centre[past - LEAST, step]
            there = known[past - 1 - lag]
            mean, spread = there.mean(axis=0), there.std(axis=0) + 1e-9
            scaled = (there - mean) / spread
            weights = np.linalg.solve(scaled.T @ scaled + RIDGE * np.eye(scaled.shape[1]), scaled.T @ left)
            shift = float(((known[latest] - mean) / spread) @ weights)
            mine = quantiles[origin - LEAST, step]
            plain.append(mine)
            moved.append(mine + np.clip(shift, -1, 1))
            actual.append(logs[origin + step])
            year.append(origin // 12)
    if len(actual) < 120:
        return None
    one, other = score(np.array(actual), np.array(plain)), score(np.array(actual), np.array(moved))
    counts, groups_of = np.expm1(np.array(actual)), np.array(year)
    gain = crps(counts, np.expm1(np.array(plain))) - crps(counts, np.expm1(np.array(moved)))
    by_year = [float(gain[groups_of == at].sum()) for at in sorted(set(year))]
    return {
        "forecasts": one.count,
        "better_in": f"{sum(one > 0 for one in by_year)} of {len(by_year)} fiscal years",
        "crps_without": round(one.crps, 4),
        "crps_with": round(other.crps, 4),
        "log_crps_without": round(one.log_crps, 4),
        "log_crps_with": round(other.log_crps, 4),
        "better_by": round(1 - other.crps / one.crps, 4),
    }


def groups(files: object, first: date, size: int) -> dict[str, dict[str, float]]:
    """Errors of the median (WAPE), six months ahead: each nationality for itself, and as its share of the whole in
    the last six months."""
    names = {"MX": "Mexico", "GT": "Guatemala", "HN": "Honduras", "SV": "El Salvador"}
    parts = {
        code: np.nan_to_num(
            aligned(
                monthly(files, ["ohss-khsm-usbp"], "encounters", {"region": SOUTHWEST, "origin": (code,)}),
                first,
                size,
            )
        )
        for code in names
    }
    whole = load_series(spec_of("us-southwest"), files)  # type: ignore[arg-type]
    counts = {code: np.expm1(values) for code, values in parts.items()}
    counts["other"] = np.maximum(whole.values - sum(counts.values()), 0.0)
    total = history_of(np.log1p(whole.values), HORIZON, LEAST)
    middle = at_level(0.5)
    at_once = np.expm1(total.quantiles()[:, 5, middle])
    found, sums = {}, np.zeros(size - 5 - LEAST)
    for code, values in counts.items():
        own = np.expm1(history_of(np.log1p(values), HORIZON, LEAST).quantiles()[:, 5, middle])
        origins = np.arange(LEAST, size - 5)
        shares = np.array([values[at - 6 : at].sum() / whole.values[at - 6 : at].sum() for at in origins])
        came = values[origins + 5]
        down = at_once[origins - LEAST] * shares
        up = own[origins - LEAST]
        sums += up
        found[code] = {
            "for_itself": round(float(np.abs(came - up).sum() / came.sum()), 3),
            "as_a_share": round(float(np.abs(came - down).sum() / came.sum()), 3),
        }
    origins = np.arange(LEAST, size - 5)
    came = whole.values[origins + 5]
    found["whole"] = {
        "for_itself": round(float(np.abs(came - sums).sum() / came.sum()), 3),
        "as_a_share": round(float(np.abs(came - at_once[origins - LEAST]).sum() / came.sum()), 3),
    }
    return found


def main() -> None:
    """Run all trials and print JSON."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", action="append", required=True)
    files = find_files(options.parse_args().data)
    series = load_series(spec_of("us-southwest"), files)
    logs, size, first = np.log1p(series.values), len(series.values), series.first
    start = series.place(FIRST)
    border = {"northern": ("Northern Land Border",), "coastal": ("Coastal Border",)}
    tried: dict[str, tuple[Floats, int]] = {}
    for name, region in border.items():
        frame = monthly(files, ["ohss-khsm-usbp"], "encounters", {"region": region})
        tried[f"{name} border, last month"] = aligned(frame, first, size), 0
    for code in ("MX", "GT", "HN", "SV"):
        frame = monthly(files, ["ohss-khsm-usbp"], "encounters", {"region": SOUTHWEST, "origin": (code,)})
        tried[f"encounters of {code}, last month"] = aligned(frame, first, size), 0
    for name, layout in (
        ("Mexico, irregular migration procedures", "iom-mexico-irregular"),
        ("Honduras, irregular entries", "iom-honduras"),
        ("Darien, crossings", "iom-darien"),
    ):
        frame = monthly(files, [layout], "irregular_entries", {"destination": (_COUNTRY[layout],)})
        if layout == "iom-darien":
            frame = frame.filter(pl.col("month") >= date(2020, 1, 1))  # yearly before
        tried[f"{name}, last month"] = aligned(frame, first, size), 0
        tried[f"{name}, month before last"] = aligned(frame, first, size), 1
    found: dict[str, object] = {
        name: trial(logs, features(logs, values), start, lag) or "too few months to judge"
        for name, (values, lag) in tried.items()
    }
    months = np.array([add_months(first, at + 1).month for at in range(size)])
    dummies = (months[:, None] == np.arange(1, 13)).astype(float)
    found["month of the year, on top of the season"] = trial(logs, dummies, start, 0)
    print(json.dumps({"covariates": found, "groups_six_months_ahead": groups(files, first, size)}, indent=1))


_COUNTRY = {"iom-mexico-irregular": "MX", "iom-honduras": "HN", "iom-darien": "PA"}


if __name__ == "__main__":
    main()
