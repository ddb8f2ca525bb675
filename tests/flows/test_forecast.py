"""Forecasts of published data: the same whoever computes them, and held against what came."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from safethird.cli.main import run
from safethird.errors import BadData, UsageError
from safethird.flows import run as room
from safethird.flows.detect import largest_effect, smallest_effect
from safethird.flows.forecast import compare, run_forecast
from safethird.flows.plan import Plan
from safethird.flows.priors import DETERRENCE
from safethird.flows.report import text
from safethird.flows.report_data import as_dict
from safethird.flows.report_page import page
from safethird.flows.run import Prepared, draw, prepare
from safethird.flows.scenario import load_scenario
from safethird.flows.sensitivity import jansen, sobol
from safethird.flows.series import Series
from safethird.tables import Table

DATA = {
    "us-guatemala-2019": ("us_ohss_khsm_usbp", "us_usbp_monthly_sector_fy2000_2020", "us_cbp_sw_encounters"),
    "canada-us-2023": ("canada_ircc_asylum_monthly",),
    "eu-turkey-2016": ("frontex_detections",),
    "dublin-2023": ("eurostat_asylum_annual",),
    "uk-france-2025": ("uk_small_boats",),
    "us-honduras-2025": ("unhcr_refugee_data_finder",),
    "us-uganda-2025": ("unhcr_refugee_data_finder",),
}


Published = Callable[[str], list[Path]]


@pytest.fixture(scope="session")
def published(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The published files of a scenario. The big one of UNHCR is cut to the United States once, so that each test
    need not read it all."""

    @cache
    def american(folder: Path) -> Path:
        path = tmp_path_factory.mktemp("unhcr") / "asylum_applications.csv"
        with gzip.open(folder / "asylum_applications.csv.gz", "rt", encoding="utf-8") as file:
            head, *rows = file
        path.write_text("".join([head, *(row for row in rows if ",USA," in row)]), encoding="utf-8")
        return path

    def files(name: str) -> list[Path]:
        folders = [shared / "data" / folder for folder in DATA[name]]
        return [american(folder) if "unhcr" in folder.name else folder for folder in folders]

    return files


def prepared(published: Published, name: str, people: int = 40) -> Prepared:
    found = load_scenario(name)
    found = replace(found, people={**found.people, "number": people})
    return prepare(found, published(name), 1)


@pytest.mark.parametrize("name", DATA)
def test_transfers_and_applications_that_came_lie_in_the_interval(published: Published, name: str) -> None:
    """Each run sees only data up to its start. What came lies in the 90 % interval, or the scenario says why
    not."""
    one = prepared(published, name, 200)
    assert one.series.last < one.scenario.start
    done = run_forecast(one, 1000, shares=False)
    for check in done.checks:
        if check.came.output in ("transferred", "applied", "stock_transferred"):
            assert check.inside, check
        else:
            assert check.inside or check.came.why_missed, check
    if one.scenario.stock:
        # Nobody at the border is put through it: the page speaks of the courts, and of no deterrence.
        shown = page(done, "es")
        assert shown.count("<svg") == 3  # funnel, history, queue
        assert "En los tribunales" in shown
        assert "Thielemann" not in shown


def test_the_same_bytes_whatever_the_number_of_workers(plan: Plan) -> None:
    alone, together = draw(plan, 9, 4400), draw(plan, 9, 4400, workers=2)
    for name, values in alone.monthly.items():
        assert values.tobytes() == together.monthly[name].tobytes(), name
    for name, values in alone.cells.items():
        assert values.tobytes() == together.cells[name].tobytes(), name


def test_more_draws_begin_with_the_same_ones(plan: Plan) -> None:
    few, many = draw(plan, 9, 300), draw(plan, 9, 2300)
    assert np.array_equal(few.monthly["arrivals"], many.monthly["arrivals"][:300])


def test_another_seed_gives_other_draws(plan: Plan) -> None:
    assert not np.array_equal(draw(plan, 1, 200).monthly["arrivals"], draw(plan, 2, 200).monthly["arrivals"])


def test_two_drafts_share_their_luck(published: Published) -> None:
    one = prepared(published, "us-guatemala-2019")
    same = compare(one, one, 400)
    assert all(gap.quantiles == (0.0,) * 5 for gap in same.totals.values())
    half = replace(one, plan=replace(one.plan, scenario=replace(one.plan.scenario, ramp=(0.0,))))
    less = compare(one, half, 400)
    assert less.totals["transferred"].high < 0
    assert less.less["transferred"] == 1
    with pytest.raises(UsageError, match="horizon"):
        compare(one, replace(one, scenario=replace(one.scenario, horizon=3)), 400)


@pytest.mark.parametrize("name", [name for name in DATA if name != "us-uganda-2025"])  # as us-honduras-2025
def test_nothing_that_came_later_is_seen(
    published: Published, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every number after the start made seven times as large, the plan is the same to the last bit."""
    scenario = load_scenario(name)
    scenario = replace(scenario, people={**scenario.people, "number": 20})
    data = published(name)
    plain = prepare(scenario, data, 1)
    real_series, real_table = room.load_series, room.load_table

    def series(*given: Any) -> Series:
        found = real_series(*given)
        values = found.values.copy()
        values[found.place(scenario.known_until) + 1 :] *= 7
        assert len(values) > found.place(scenario.known_until) + 1, "nothing came later"
        return replace(found, values=values)

    def table(*given: Any) -> Table:
        found = real_table(*given)
        later = pl.col("month") > scenario.known_until
        columns = [
            pl.when(later).then(pl.col(name) * 7).otherwise(pl.col(name)).alias(name)
            for name in ("count_low", "count_high")
        ]
        return replace(found, frame=found.frame.with_columns(columns))

    monkeypatch.setattr(room, "load_series", series)
    monkeypatch.setattr(room, "load_table", table)
    blind = prepare(scenario, data, 1)
    assert np.array_equal(blind.plan.base.centre, plain.plan.base.centre)
    assert (blind.plan.base.scale, blind.plan.base.ceiling) == (
        plain.plan.base.scale,
        plain.plan.base.ceiling,
    )
    assert np.array_equal(blind.plan.shares, plain.plan.shares)
    assert np.array_equal(blind.plan.possible, plain.plan.possible)


def test_reports_are_whole_in_every_language(published: Published) -> None:
    one = prepared(published, "us-guatemala-2019")
    done = run_forecast(one, 2000, shares=False)
    for language in ("en", "es", "fr"):
        written = text(done, language)
        assert written.splitlines()[0].count("%") == 1  # what can be seen at all comes first
        shown = page(done, language)
        assert shown.count("<svg") == 5  # funnel, history, difference, queue, routes
        assert "http-equiv" in shown
        assert "<script" not in shown
        assert shown.count("<table") >= shown.count("<svg")
        assert "flows." not in shown  # no name of a message left in place of its words
    data = as_dict(done)
    assert json.loads(json.dumps(data)) == data
    assert {"scenario_sha256", "regime_sha256", "priors_sha256", "code_sha256", "data", "seed"} <= set(
        data["manifest"]
    )
    # Groups under each prior, and they add up to the whole.
    assert set(data["by_nationality"]) == set(DETERRENCE) == set(data["by_family"])
    for groups in (data["by_nationality"], data["by_family"]):
        sent = sum(group["transferred"]["mean"] for group in groups["reference"].values())
        assert sent == pytest.approx(data["totals"]["transferred"]["mean"], rel=1e-4)
    assert data["by_nationality"]["none"]["HN"]["deterred"]["q95"] == 0
    assert data["by_nationality"]["strong"]["HN"]["deterred"]["q50"] > 0


def test_the_command_writes_the_same_bytes_twice_and_a_parquet_twin(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = [part for folder in DATA["uk-france-2025"] for part in ("--data", str(shared / "data" / folder))]
    call = ["forecast", "uk-france-2025", *where, "--draws", "600", "--format", "json"]
    one, table = tmp_path / "a.json", tmp_path / "c.parquet"
    assert run([*call, "--out", str(one)]) == 0
    assert capsys.readouterr().out == ""
    # Again, with two workers, the answer to standard output and the table to a file.
    assert run([*call, "--out", str(table), "--workers", "2"]) == 0
    assert capsys.readouterr().out == one.read_text(encoding="utf-8")
    twin = pl.read_parquet(table)
    row = twin.filter((pl.col("output") == "transferred") & (pl.col("kind") == "level")).sort("month")
    assert row["q50"][2] == json.loads(one.read_text())["monthly"]["transferred"][2]["q50"]
    groups = twin.filter((pl.col("kind") == "total") & (pl.col("output") == "transferred"))
    whole = json.loads(one.read_text())["by_nationality"]["weak"]["AF"]["transferred"]
    mine = groups.filter((pl.col("prior") == "weak") & (pl.col("nationality") == "AF"))
    assert mine["q95"].to_list() == [whole["q95"]]
    assert set(groups["prior"]) == set(DETERRENCE)


def test_a_file_of_another_series_is_refused_before_any_draw(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["forecast", "uk-france-2025", "--data", str(shared / "data" / "frontex_detections")]) == 66
    assert "uk-small-boats" in capsys.readouterr().err


def test_the_official_nationwide_file_gives_the_groups_too(published: Published, tmp_path: Path) -> None:
    """CBP's own file by area of responsibility serves as well as the tidied one."""
    head = (
        "Fiscal Year,Month Grouping,Month (abbv),Component,Land Border Region,Area of Responsibility,AOR (Abbv),"
        "Demographic,Citizenship,Title of Authority,Encounter Type,Encounter Count"
    )
    agents, border = "U.S. Border Patrol", "Southwest Land Border"
    rows = [
        (agents, border, "Single Adults", "HONDURAS", 300),
        (agents, border, "FMUA", "EL SALVADOR", 100),
        (agents, border, "Single Adults", "BRAZIL", 100),
        (agents, "Northern Land Border", "Single Adults", "HONDURAS", 900),
        ("Office of Field Operations", border, "Single Adults", "HONDURAS", 900),
    ]
    path = tmp_path / "nationwide-encounters-fy20-fy23-aor.csv"
    kind = {agents: "Apprehensions"}
    path.write_text(
        "\n".join(
            [head]
            + [
                f"2020,FYTD,OCT,{who},{where},El Paso Sector,ELP,{group},{nation},Title 8,"
                f"{kind.get(who, 'Inadmissibles')},{count}"
                for who, where, group, nation, count in rows
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    scenario = load_scenario("us-guatemala-2019")
    scenario = replace(scenario, people={**scenario.people, "number": 20}, horizon=1)
    series = [file for file in published("us-guatemala-2019") if "cbp" not in file.name]
    shares = prepare(scenario, [*series, path], 1).plan.shares
    found = {
        (cell.nationality, cell.family): share for cell, share in zip(scenario.cells, shares, strict=True)
    }
    assert found["HN", "single_adult"] == pytest.approx(0.6)
    assert found["SV", "family_member"] == pytest.approx(0.2)
    assert found["other", "single_adult"] == pytest.approx(0.2)


def test_data_that_end_too_early_are_refused(published: Published) -> None:
    found = load_scenario("us-guatemala-2019")
    with pytest.raises(BadData, match="reach from"):
        prepare(
            replace(found, known_until=found.start.replace(year=2030)),
            published("us-guatemala-2019"),
            1,
        )


def test_backtest_from_the_command_line(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["backtest", "--data", str(shared / "data" / "uk_small_boats"), "--horizon", "3"]
    assert run([*call, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["series"] == "uk-small-boats"
    assert {row["model"] for row in found["scores"]} >= {
        "default",
        "random-walk",
        "seasonal-naive",
        "ewma-drift",
    }
    assert run([*call, "--format", "html", "--lang", "fr"]) == 0
    assert "<svg" in capsys.readouterr().out
    assert run([*call, "--series", "us-southwest"]) == 66


def test_sobol_of_a_function_that_is_known() -> None:
    """Ishigami's function: the indices are known in closed form."""
    generator = np.random.default_rng(1)
    names = ["x1", "x2", "x3"]
    a, b = ({name: generator.random(60_000) for name in names} for _ in range(2))

    def ishigami(x):  # type: ignore[no-untyped-def]
        one, two, three = (2 * np.pi * x[name] - np.pi for name in names)
        return np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)

    found = jansen(ishigami, names, a, b)
    for name, (first, total) in {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}.items():
        assert found[name][0] == pytest.approx(first, abs=0.03)
        assert found[name][1] == pytest.approx(total, abs=0.02)


def test_both_estimators_find_the_same_shares(plan: Plan, needs: Callable[[str, str], None]) -> None:
    """SALib's Sobol sequence and our own pairs of draws, on the model itself."""
    needs("SALib", "sensitivity")
    own, theirs = (
        {(one.name, one.output): one for one in sobol(plan, 3, estimator, 500)}
        for estimator in ("jansen", "salib")
    )
    assert own.keys() == theirs.keys()
    for key, one in theirs.items():
        assert one.spread is not None
        assert own[key].total == pytest.approx(one.total, abs=0.15 + one.spread[1]), key
    sent = sorted((one for one in own.values() if one.output == "transferred"), key=lambda one: -one.total)
    assert {one.name for one in sent[:2]} == {"shares.assigned", "capacity.people"}


def test_salib_is_never_replaced_in_silence(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(UsageError, match=r"safethird\[sensitivity\]"):
        sobol(plan, 3, "salib", 64)


def test_smallest_effect_and_bound() -> None:
    generator = np.random.default_rng(1)
    totals = np.exp(generator.normal(10, 0.3, 100_000))
    assert smallest_effect(totals) == pytest.approx(1 - np.exp(-0.3 * (1.645 + 0.842)), abs=0.01)
    assert smallest_effect(np.full(10, 5.0)) == 0
    assert largest_effect(5.0, 0.0) == 0
    assert largest_effect(5.0, 0.6) == pytest.approx(0.95, abs=0.001)
