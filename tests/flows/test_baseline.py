"""The baseline: honest about the past, and about how little it knows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from safethird.errors import BadData, UsageError
from safethird.flows import choice
from safethird.flows.backtest import Backtest, run_backtest
from safethird.flows.baseline import CEILING, LEVELS, Settings, fit, history_of, season_of
from safethird.flows.challengers import EXTRA, challengers, widened
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


CUT = date(2013, 1, 1)


@pytest.fixture(scope="module")
def whole(southwest: Series) -> Iterator[Backtest]:
    """All origins of FY2003 to FY2023, with settings chosen on the earlier half."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("SAFETHIRD_THOROUGH"):
            # The best of the full grid before 2013, and some around it; all 972 take half a minute.
            patch.setattr(choice, "SEASONS", choice.SEASONS[:1])
            patch.setattr(choice, "WIDEN", ((0.8,), (1.0, 1.2)))
            patch.setattr(choice, "FREEDOMS", (3.0, 4.0))
            patch.setattr(choice, "LONG_SHARES", (0.25,))
            patch.setattr(choice, "UNRESTS", (0.0, 0.4))
            patch.setattr(choice, "PATIENCES", (12.0, 48.0))
        yield run_backtest(southwest, first=date(2002, 10, 1), cut=CUT)


def test_the_default_stands_on_the_whole_history(whole: Backtest) -> None:
    assert whole.origins == 252
    assert whole.behind <= 0.02
    assert 0.75 <= whole.overall("default").cover_80 <= 0.85
    assert 0.9 <= whole.overall("default").cover_95 <= 0.98
    assert {row.part for row in whole.rows} == {
        "all",
        "before-2014",
        "2014-2018",
        "surge-2019",
        "pandemic",
        "after",
    }


def test_coverage_of_a_period_held_out(whole: Backtest) -> None:
    """2013 to FY2023: every fit is made month by month. The settings were not chosen without these months; the
    next test says what that is worth."""
    later = next(row.score for row in whole.later if row.model == "default")
    assert 0.70 <= later.cover_80 <= 0.90


def test_settings_chosen_on_the_earlier_half(whole: Backtest, southwest: Series) -> None:
    """The middle of the forecasts does not rest on hindsight; the width of the intervals does. So the docs say."""
    made = whole.choice
    assert made is not None
    assert made.tried == (972 if os.environ.get("SAFETHIRD_THOROUGH") else 16)
    assert made.chosen == Settings(widen=(0.8,), freedom=3.0, unrest=0.0, patience=48.0)
    assert made.before.crps < made.shipped_before.crps  # it was the best there
    assert made.after.crps < 1.03 * made.shipped_after.crps  # and is hardly worse later
    assert made.after.cover_80 < 0.6
    assert made.shipped_after.cover_80 > 0.7
    later = {row.model: row.score.crps for row in whole.later}
    assert later["default"] == pytest.approx(made.shipped_after.crps)
    assert min(later[name] for name in later if "default" not in name) > 0.98 * made.after.crps
    with pytest.raises(BadData, match="Nothing can be chosen"):
        run_backtest(southwest, first=date(2002, 10, 1), cut=date(2003, 1, 1))


def test_a_yearly_series_is_forecast_at_the_end_of_a_year_only(shared: Path) -> None:
    files = find_files([shared / "data" / "eurostat_asylum_annual"])
    series = load_series(spec_of("de-asylum-claims"), files)
    done = run_backtest(series)
    assert done.origins == 11  # 2014 to 2024
    own = done.overall("default")
    assert own.count == 11 * 12
    assert 0.7 <= own.cover_80 <= 0.95
    assert own.crps < done.overall("random-walk").crps  # which takes months of one year for steps
    paths = fit(series.values, 24, 12).paths(np.random.default_rng(1), 500)
    assert np.array_equal(paths[:, 0], paths[:, 11])  # one number a year
    assert not np.array_equal(paths[:, 11], paths[:, 12])
    spread = np.log(paths[:, 0]).std(), np.log(paths[:, 12]).std()
    assert spread[1] > 1.2 * spread[0]
    with pytest.raises(UsageError, match="yearly"):
        run_backtest(series, cut=date(2019, 1, 1))


def test_choosing_sees_nothing_of_what_comes_after() -> None:
    """Other numbers after the cut give the same choice."""
    logs = np.log(invented(140))
    changed = logs.copy()
    changed[100:] += np.linspace(0, 3, 40)
    few = [Settings(), Settings(widen=(0.8,)), Settings(long_share=0.0), Settings(unrest=0.0, freedom=30.0)]
    found = []
    for values in (logs, changed):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choice, "candidates", lambda: iter(few))
            found.append(choice.choose(values, 100, 6, 40))
    assert found[0].chosen == found[1].chosen
    assert found[0].before == found[1].before
    assert found[0].after != found[1].after


def test_widened_intervals_of_a_challenger_that_is_too_sure() -> None:
    """Its past errors widen them, those that it could know only."""
    generator = np.random.default_rng(3)
    logs = 5 + np.cumsum(generator.normal(0, 0.2, 160))
    origins = list(range(40, 160))
    steps = np.sqrt(np.arange(1, 4))
    from scipy.special import ndtri

    narrow = np.stack([logs[at - 1] + 0.12 * steps[:, None] * ndtri(LEVELS) for at in origins])
    wide = widened(narrow, logs, origins)
    actual = logs[41:]
    before, after = (
        np.mean(inside(actual[60:], one[61:, 0][: len(actual) - 60], 80)) for one in (narrow, wide)
    )
    assert before < 0.65
    assert after > 0.75
    changed = logs.copy()
    changed[100:] += 5
    assert np.array_equal(widened(narrow, changed, origins)[:61], wide[:61])


@pytest.mark.parametrize("name", EXTRA)
def test_challengers_of_statsforecast_give_ordered_quantiles(
    name: str, needs: Callable[[str, str], None]
) -> None:
    """Their own intervals at every level."""
    needs("statsforecast", "forecast")
    logs = np.log(invented(60))
    found = challengers("all")[name](logs, 3)
    order = np.argsort(LEVELS, kind="stable")
    assert found.shape == (3, len(LEVELS))
    assert np.all(np.diff(found[:, order], axis=1) >= 0)
    assert np.all(found[:, at_level(0.9)] > found[:, at_level(0.1)])
    assert abs(found[0, at_level(0.5)] - logs[-1]) < 1
