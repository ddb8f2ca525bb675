"""A small scenario of our own, so that most tests need no published data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from safethird.flows.baseline import Baseline
from safethird.flows.plan import Plan
from safethird.flows.population import coverage_of
from safethird.flows.priors import DETERRENCE
from safethird.flows.scenario import Scenario, load_scenario


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The scenario of 2019, with few people."""
    found = load_scenario("us-guatemala-2019")
    return replace(found, people={**found.people, "number": 60}, horizon=6)


@pytest.fixture(scope="session")
def plan(scenario: Scenario) -> Plan:
    """A plan on an invented baseline of some 30,000 a month."""
    coverage = coverage_of(scenario, 1)
    cells = len(scenario.cells)
    return Plan(
        scenario,
        Baseline(np.full(scenario.ahead, np.log(30_000.0)), 0.2),
        np.full(cells, 1 / cells),
        coverage.certain(),
        coverage.possible(),
        coverage.number,
        DETERRENCE["reference"],
    )


def with_unknowns(plan: Plan, **fixed: Any) -> Plan:
    """The plan with some unknown numbers set: `shares_assigned=0.3`."""
    from safethird.flows.distributions import Distribution

    unknowns = dict(plan.scenario.unknowns)
    for name, value in fixed.items():
        key = next(key for key in unknowns if key.replace(".", "_") == name)
        unknowns[key] = Distribution("fixed", (value,), "assumption", "test")
    return replace(plan, scenario=replace(plan.scenario, unknowns=unknowns))
