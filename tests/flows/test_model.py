"""What the model must always do: keep every person, do nothing when nothing is done, and grow where it
must."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from safethird.flows.distributions import Distribution
from safethird.flows.model import Plan, Result, make_noise, make_units, simulate
from safethird.flows.scenario import Stock
from tests.flows.conftest import with_unknowns

DRAWS = 400
Floats = npt.NDArray[np.float64]


def run(plan: Plan, units: Mapping[str, Floats] | None = None) -> Result:
    return simulate(
        plan, make_units(plan, DRAWS, 5, 0) if units is None else units, make_noise(plan, DRAWS, 5, 0)
    )


def fixed(value: float) -> Distribution:
    return Distribution("fixed", (value,), "assumption", "test")


def with_stock(plan: Plan) -> Plan:
    more = {
        "stock.pending": fixed(5000),
        "stock.decided": fixed(0.02),
        "stock.granted": fixed(0.6),
        "stock.stayed": fixed(0.2),
        "stock.left": fixed(0.05),
    }
    scenario = replace(
        plan.scenario, unknowns={**plan.scenario.unknowns, **more}, stock=Stock((100.0, 400.0), "border")
    )
    return replace(plan, scenario=scenario)


def test_nobody_is_lost_in_any_draw(plan: Plan) -> None:
    plan = replace(plan, deterrence=fixed(3.0))
    made = run(plan).monthly
    assert np.array_equal(made["arrivals_without"], made["direct"] + made["deterred"])
    parts = made["displaced"] + made["elsewhere"] + made["postponed"] + made["stayed"]
    assert np.array_equal(made["deterred"], parts)
    assert np.array_equal(made["assigned"], made["excepted"] + made["ordered"])
    queue = np.diff(made["waiting"], axis=1, prepend=0.0)
    assert np.array_equal(made["ordered"], made["transferred"] + made["released"] + queue)
    # Of those sent, everybody applies there sooner or later, goes home, sets out again, or does something
    # else.
    after = made["home"] + made["again"] + made["other"]
    applied = made["transferred"] - after
    assert applied.min() >= 0
    assert np.all(np.cumsum(made["applied"], axis=1) <= np.cumsum(applied, axis=1))
    assert np.array_equal(made["arrivals"], made["direct"] + made["came_late"] + made["repeat"])
    assert made["deterred"].sum() > 0
    assert made["transferred"].sum() > 0


def test_whole_people_only(plan: Plan) -> None:
    for name, values in run(plan).monthly.items():
        if name != "perceived":
            assert np.array_equal(values, np.floor(values)), name
            assert values.min() >= 0, name


def test_a_policy_of_nothing_is_the_baseline_bit_for_bit(plan: Plan) -> None:
    made = run(replace(plan, policy=False)).monthly
    assert np.array_equal(made["arrivals"], made["arrivals_without"])
    assert np.array_equal(made["claims"], made["claims_without"])
    assert np.array_equal(made["backlog"], made["backlog_without"])
    assert made["transferred"].sum() == 0


def test_without_deterrence_and_places_nothing_differs(plan: Plan) -> None:
    plan = replace(with_unknowns(plan, capacity_people=0.0), deterrence=fixed(0.0))
    made = run(plan).monthly
    assert np.array_equal(made["arrivals"], made["arrivals_without"])
    assert np.array_equal(made["backlog"], made["backlog_without"])
    assert made["ordered"].sum() > 0
    assert made["transferred"].sum() == 0


def test_the_baseline_does_not_know_of_the_policy(plan: Plan) -> None:
    one, other = run(plan).monthly, run(replace(plan, policy=False)).monthly
    assert np.array_equal(one["arrivals_without"], other["arrivals_without"])


def test_more_places_never_mean_fewer_transfers(plan: Plan) -> None:
    totals = [
        run(replace(with_unknowns(plan, capacity_people=places), deterrence=fixed(0.0)))
        .monthly["transferred"]
        .cumsum(1)
        for places in (10.0, 100.0, 400.0, 5000.0)
    ]
    for fewer, more in pairwise(totals):
        assert np.all(more >= fewer)
    assert totals[-1].sum() > totals[0].sum()


def test_stronger_deterrence_never_means_more_direct_arrivals(plan: Plan) -> None:
    made = [run(replace(plan, deterrence=fixed(eps))).monthly["direct"] for eps in (0.0, 0.5, 2.0, 6.0)]
    for weak, strong in pairwise(made):
        assert np.all(strong <= weak)
    assert made[-1].sum() < made[0].sum()


def test_wider_coverage_never_means_fewer_transfers(plan: Plan) -> None:
    plan = replace(with_unknowns(plan, capacity_people=1e6, shares_assigned=0.5), deterrence=fixed(0.0))
    sent = [
        run(
            replace(
                plan, certain=np.full_like(plan.certain, share), possible=np.full_like(plan.possible, share)
            )
        )
        .monthly["transferred"]
        .cumsum(1)
        for share in (0.0, 0.1, 0.4, 0.9)
    ]
    assert sent[0].sum() == 0
    for narrow, wide in pairwise(sent):
        assert np.all(wide >= narrow)


def test_a_limit_of_the_agreement_holds(plan: Plan) -> None:
    plan = replace(
        with_unknowns(plan, capacity_people=1000.0),
        scenario=replace(with_unknowns(plan, capacity_people=1000.0).scenario, most=250),
    )
    sent = run(plan).monthly["transferred"].sum(axis=1)
    assert sent.max() == 250


def test_court_cases_share_the_places_and_lose_nobody(plan: Plan) -> None:
    plan = with_unknowns(with_stock(plan), capacity_people=50.0)
    made = run(plan).monthly
    assert np.all(made["transferred"] + made["stock_transferred"] <= 50)
    assert np.array_equal(made["ended"], made["granted"] - made["stock_transferred"])
    assert made["ended"].sum() > made["stock_transferred"].sum()  # most claims end without a transfer
    assert np.all(made["motions"].sum(axis=1) <= 5000)
    first = replace(plan, scenario=replace(plan.scenario, stock=Stock((100.0, 400.0), "stock")))
    assert run(first).monthly["stock_transferred"].sum() >= made["stock_transferred"].sum()


def test_paired_differences_are_far_tighter_than_unpaired_ones(plan: Plan) -> None:
    one = run(plan).monthly["arrivals"].sum(axis=1) - run(plan).monthly["arrivals_without"].sum(axis=1)
    without = run(plan).monthly["arrivals_without"].sum(axis=1)
    assert np.std(one) < np.std(without - np.roll(without, 1)) / 10
