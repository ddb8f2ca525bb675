"""Coverage is the engine's own count."""

from __future__ import annotations

import calendar
import csv
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from safethird.cli.main import run
from safethird.flows.distributions import Distribution
from safethird.flows.model import simulate
from safethird.flows.plan import Plan, make_noise, make_units
from safethird.flows.population import DAYS, KINDS, case_on, coverage_of, people_of
from safethird.flows.routes import Edge, Network, Place
from safethird.flows.scenario import Scenario, load_scenario
from tests.flows.conftest import with_unknowns


def test_the_count_is_that_of_the_columnar_engine_on_the_same_people(
    scenario: Scenario, tmp_path: Path
) -> None:
    """Every person of two months is written to a file and counted by `safethird run`, which decides whole columns
    and shares no evaluator with the model's own count."""
    found = coverage_of(scenario, 1)
    cases, out = tmp_path / "people.jsonl", tmp_path / "answers.csv"
    where: dict[str, tuple[int, int, int]] = {}
    lines = []
    for at, cell in enumerate(scenario.cells):
        for place in (0, 3):
            month = scenario.months[place]
            for text, number in people_of(scenario, cell, 1):
                for turn, day in enumerate(DAYS):
                    part = number // len(DAYS) + (turn < number % len(DAYS))
                    last = calendar.monthrange(month.year, month.month)[1]
                    on = date(month.year, month.month, min(day, last))
                    name = f"p{len(lines)}"
                    where[name] = (at, place, part)
                    data = dict(case_on(scenario, text, on).data, id=name)
                    lines.append(json.dumps(data, default=str))
    cases.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(["run", "us-guatemala-2019", "--on", str(cases), "--out", str(out)]) == 0
    outcomes: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    with out.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at, place, part = where.pop(row["id"])
            outcomes[at, place][row["outcome"]] += part
    assert not where
    for (at, place), counted in outcomes.items():
        mine = dict(zip(KINDS, found.counts[at, place].tolist(), strict=True))
        assert mine["covered"] == counted["applies"]
        assert mine["excepted"] == counted["exempt"]
        assert mine["undetermined"] == counted["undetermined"]
        assert mine["not_covered"] == counted["not_covered"] + counted["not_in_force"]
    assert sum(counted["applies"] for counted in outcomes.values()) > 0
    assert sum(counted["undetermined"] for counted in outcomes.values()) > 0


def test_nationals_of_the_receiving_state_are_never_covered(scenario: Scenario) -> None:
    found = coverage_of(scenario, 1)
    own = [at for at, cell in enumerate(scenario.cells) if cell.nationality == "GT"]
    assert found.possible()[own].max() == 0


def test_the_model_covers_that_share_exactly_when_everybody_is_answered_alike(plan: Plan) -> None:
    from dataclasses import replace

    # Without deterrence: who can be covered sees a chance of being sent, who cannot sees none.
    nothing = Distribution("fixed", (0.0,), "assumption", "test")
    plan = replace(with_unknowns(plan, shares_claim=1.0), deterrence=nothing)
    shares = np.ones_like(plan.certain)
    shares[::2] = 0.0
    made = simulate(
        replace(plan, certain=shares, possible=shares), make_units(plan, 50, 1, 0), make_noise(plan, 50, 1, 0)
    )
    one = simulate(replace(plan, certain=1 - shares, possible=1 - shares), make_units(plan, 50, 1, 0),
                   make_noise(plan, 50, 1, 0))  # fmt: skip
    both = made.monthly["covered"] + one.monthly["covered"]
    assert np.array_equal(both[:, 0], made.monthly["direct"][:, 0])


def test_people_do_not_depend_on_the_other_cells(scenario: Scenario) -> None:
    from dataclasses import replace

    alone = replace(scenario, cells=scenario.cells[3:4])
    assert people_of(alone, alone.cells[0], 1) == people_of(scenario, scenario.cells[3], 1)


def _place(name: str, country: str | None = None, exit: bool = False) -> Place:
    return Place(name, {"en": name, "es": name, "fr": name}, 0, 0, country, exit)


def test_routes_keep_everybody_and_follow_costs() -> None:
    network = Network(
        (_place("o"), _place("g", "GT"), _place("m"), _place("us"), _place("home", exit=True)),
        (Edge("o", "g", 1.0), Edge("o", "m", 1.0), Edge("g", "m", 0.0), Edge("m", "us", 0.5, (0.5, 0.5)),
         Edge("m", "home", 2.0)),
        {"HN": "o"},
    )  # fmt: skip
    choices = network.choices()
    assert all(sum(shares.values()) == pytest.approx(1) for shares in choices.values())
    assert choices["o"]["g"] == pytest.approx(0.5)  # what lies behind both is worth the same
    seen = network.visits("o")
    assert seen["us"] + seen["home"] == pytest.approx(1)
    assert network.arriving_through("HN", "GT") == pytest.approx(0.5)
    assert network.exits_of("o") == {"home": pytest.approx(1)}
    flow = network.flow({"o": [100.0, 0.0, 0.0]}, 4)
    assert flow["us"].sum() + flow["home"].sum() == pytest.approx(100)
    assert flow["us"][0] == pytest.approx(flow["us"][1])
    dearer = Network(network.places, (Edge("o", "g", 3.0), *network.edges[1:]), network.origins)
    assert dearer.choices()["o"]["g"] < 0.5


@pytest.mark.parametrize("name", ["canada-us-2023", "dublin-2023", "eu-turkey-2016", "uk-france-2025"])
def test_the_regime_has_something_to_say_in_every_scenario(name: str) -> None:
    from dataclasses import replace

    found = load_scenario(name)
    few = coverage_of(replace(found, people={**found.people, "number": 40}, horizon=1), 1)
    assert few.possible().max() > 0.2
