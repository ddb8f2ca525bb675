"""What the model must always do: keep every person, do nothing when nothing is done, and grow where it
must."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from safethird.flows.distributions import Distribution
from safethird.flows.model import Result, simulate
from safethird.flows.plan import Plan, make_noise, make_units
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
    # Who puts it off arrives later or not within the horizon; who sets out again arrives once at most.
    assert np.all(np.cumsum(made["came_late"], axis=1) <= np.cumsum(made["postponed"], axis=1))
    assert np.all(np.cumsum(made["repeat"], axis=1) <= np.cumsum(made["again"], axis=1))
    for name in ("deterred", "transferred", "came_late", "repeat"):
        assert made[name].sum() > 0, name


def test_those_who_come_late_or_again_are_put_through_the_agreement(plan: Plan) -> None:
    """Everybody who arrives claims here, and all who claim are either ordered away or heard."""
    plan = replace(with_unknowns(plan, shares_claim=1.0, capacity_people=3000.0), deterrence=fixed(3.0))
    made = run(plan).monthly
    queue = np.diff(made["waiting"], axis=1, prepend=0.0)
    assert np.array_equal(made["claims"] + made["transferred"] + queue, made["arrivals"])
    assert np.all(made["covered"] <= made["arrivals"])


def test_groups_add_up_to_the_whole(plan: Plan) -> None:
    """Bottom-up: nationalities and family states sum to the monthly totals, in every draw."""
    result = run(replace(plan, deterrence=fixed(2.0)))
    for cells, monthly in (
        ("without", "arrivals_without"),
        ("arrivals", "arrivals"),
        ("transferred", "transferred"),
        ("deterred", "deterred"),
    ):
        assert np.array_equal(result.cells[cells].sum(axis=1), result.monthly[monthly].sum(axis=1)), cells


def test_only_those_whom_it_can_reach_are_deterred(plan: Plan) -> None:
    result = run(replace(plan, deterrence=fixed(4.0)))
    own = [at for at, cell in enumerate(plan.scenario.cells) if cell.nationality == "GT"]
    assert plan.possible[own].max() == 0
    assert result.cells["deterred"][:, own].max() == 0
    assert result.cells["deterred"].sum() > 0


def test_who_was_on_the_way_is_not_deterred(plan: Plan) -> None:
    """The times of the routes: an announcement reaches those who set out after it."""
    lags = plan.scenario.lags
    assert np.allclose(lags.sum(axis=1), 1)
    far = [at for at, cell in enumerate(plan.scenario.cells) if cell.nationality == "HN"]
    assert lags[far, 0].max() < 0.6  # two in three of them need a month or more
    near = replace(plan, scenario=replace(plan.scenario, network=None))
    with_lag, without = (run(replace(one, deterrence=fixed(4.0))) for one in (plan, near))
    first = with_lag.monthly["deterred"][:, 0]
    assert first.mean() < 0.7 * without.monthly["deterred"][:, 0].mean()
    # By the third month the two are alike but for what is learnt from transfers.
    later = with_lag.monthly["perceived"][:, 0]
    assert np.allclose(later, without.monthly["perceived"][:, 0])


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
    assert np.all(made["motions"] <= made["stock_covered"])
    assert np.all(made["stock_covered"] <= made["stock_pending"] + made["granted"])
    # What is ordered is stayed, sent, gone, or still there.
    there = made["granted"] - made["stock_held"] - made["stock_transferred"] - made["stock_left"]
    assert np.cumsum(there, axis=1).min() >= 0
    # What is pending grows by what is heard, and shrinks by what is ordered and decided.
    decided = -np.diff(made["stock_pending"], axis=1) + made["claims"][:, 1:] - made["granted"][:, 1:]
    assert decided.min() >= 0
    assert np.all(decided <= made["stock_pending"][:, :-1])
    first = replace(plan, scenario=replace(plan.scenario, stock=Stock((100.0, 400.0), "stock")))
    assert run(first).monthly["stock_transferred"].sum() >= made["stock_transferred"].sum()


def test_motions_reach_only_those_whom_the_regime_covers(plan: Plan) -> None:
    nobody = np.zeros_like(plan.certain)
    made = run(replace(with_stock(plan), certain=nobody, possible=nobody)).monthly
    assert made["motions"].sum() == 0
    assert made["stock_pending"].sum() > 0


def test_no_two_numbers_share_their_luck(plan: Plan) -> None:
    units = make_units(with_stock(plan), 50, 5, 0)
    values = [tuple(unit) for unit in units.values()]
    assert len(set(values)) == len(values)


def test_paired_differences_are_far_tighter_than_unpaired_ones(plan: Plan) -> None:
    one = run(plan).monthly["arrivals"].sum(axis=1) - run(plan).monthly["arrivals_without"].sum(axis=1)
    without = run(plan).monthly["arrivals_without"].sum(axis=1)
    assert np.std(one) < np.std(without - np.roll(without, 1)) / 10
