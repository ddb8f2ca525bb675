"""The baseline: honest about the past, and about how little it knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from safethird.flows.backtest import run_backtest
from safethird.flows.baseline import CEILING, LEVELS, fit, history_of, season_of
from safethird.flows.scores import at_level, crps, inside, score
from safethird.flows.series import Series, find_files, load_series, spec_of


def invented(months: int = 120, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    season = 0.4 * np.sin(2 * np.pi * np.arange(months) / 12)
    return np.exp(10 + season + np.cumsum(generator.normal(0, 0.1, months)))


def test_a_fit_looks_at_earlier_months_only() -> None:
    values = invented()
    whole = history_of(np.log1p(values), 12, 60)
    for month in (60, 77, 119):
        alone = fit(values[:month], 12)
        assert np.allclose(whole.centre[month - 60], alone.centre)
        assert whole.scale[month - 60] == pytest.approx(alone.scale)
    changed = values.copy()
    changed[90:] *= 7
    after = history_of(np.log1p(changed), 12, 60)
    assert np.array_equal(after.centre[:31], whole.centre[:31])
    assert not np.allclose(after.centre[32:], whole.centre[32:])


def test_the_season_is_found() -> None:
    season = season_of(np.log(invented(240)), 0.9)
    assert np.corrcoef(season, np.sin(2 * np.pi * np.arange(12) / 12))[0, 1] > 0.95
    assert season.sum() == pytest.approx(0)


def test_intervals_widen_and_paths_agree_with_quantiles() -> None:
    base = fit(invented(), 12)
    quantiles = base.quantiles()
    assert np.all(np.diff(quantiles[:, :99], axis=1) >= 0)
    width = np.log(quantiles[:, at_level(0.9)] / quantiles[:, at_level(0.1)])
    assert np.all(np.diff(width) > 0)
    paths = base.paths(np.random.default_rng(2), 40_000)
    for level in (0.1, 0.5, 0.9):
        assert np.allclose(np.quantile(paths, level, axis=0), quantiles[:, at_level(level)], rtol=0.03)


def test_nothing_is_forecast_beyond_the_ceiling() -> None:
    values = invented()
    assert fit(values, 24).quantiles().max() <= CEILING * (values.max() + 1)


def test_too_short() -> None:
    with pytest.raises(ValueError, match="fewer than 36"):
        fit(invented(35), 6)


def test_scores_of_a_known_forecast() -> None:
    """CRPS of a uniform forecast has a closed form: u^2 - u + 1/3 for an outcome u inside."""
    quantiles = np.tile(LEVELS, (3, 1))
    actual = np.array([0.1, 0.5, 0.9])
    assert np.allclose(crps(actual, quantiles), actual**2 - actual + 1 / 3, atol=0.01)
    assert inside(actual, quantiles, 50).tolist() == [False, True, False]
    assert inside(actual, quantiles, 80).tolist() == [True, True, True]
    made = score(np.log1p(np.array([100.0, 200.0])), np.log1p(np.tile(150.0, (2, len(LEVELS)))))
    assert made.wape == pytest.approx(100 / 300)
    assert made.cover_80 == 0


@pytest.fixture(scope="module")
def southwest(shared: Path) -> Series:
    data = shared / "data"
    files = find_files([data / "us_ohss_khsm_usbp", data / "us_usbp_monthly_sector_fy2000_2020"])
    return load_series(spec_of("us-southwest"), files)


def test_the_series_is_the_published_one(southwest: Series) -> None:
    assert (southwest.first, southwest.last) == (date(1999, 10, 1), date(2023, 9, 1))
    fiscal_2019 = southwest.values[228:240]
    assert fiscal_2019.sum() == 851_508
    assert southwest.values[southwest.place(date(2019, 5, 1))] == 132_856


def test_the_default_stands_on_the_whole_history(southwest: Series) -> None:
    done = run_backtest(southwest, first=date(2002, 10, 1))
    assert done.origins == 252
    assert done.behind <= 0.02
    assert 0.75 <= done.overall("default").cover_80 <= 0.85
    assert 0.9 <= done.overall("default").cover_95 <= 0.98
    assert {row.part for row in done.rows} == {
        "all",
        "before-2014",
        "2014-2018",
        "surge-2019",
        "pandemic",
        "after",
    }


def test_coverage_of_a_period_held_out(southwest: Series) -> None:
    """FY2013 to FY2023: nothing about the grid was chosen there, and every fit is made month by month."""
    done = run_backtest(southwest, first=date(2012, 10, 1))
    assert 0.70 <= done.overall("default").cover_80 <= 0.90
