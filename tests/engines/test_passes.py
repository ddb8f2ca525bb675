"""Rewrites: what each makes of a rule, and that none changes an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from safethird.caseload.run import Compiled
from safethird.engines.plan.lower import Lowering
from safethird.engines.plan.nodes import PlanNode, Some, in_order
from safethird.engines.plan.passes import PASSES, Pass, rewrite
from safethird.engines.plan.show import show
from safethird.engines.plan.table import Table
from safethird.regimes.catalogue import load_regime
from safethird.screening.screen import facts_for_rules
from tests.engines.conformance import Cases, by_interpreter, differences, made_regime
from tests.strategies import random_case, random_regime

FIXTURES = Path(__file__).with_name("fixtures")
BY_NAME = {one.__name__: one for one in PASSES}


def _pairs() -> Iterator[tuple[str, dict[str, str], str, str]]:
    for file in sorted(FIXTURES.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in block.strip().splitlines() if not line.startswith("--")]
            parts = [part.strip() for part in "\n".join(lines).split(";\n")]
            parts[-1] = parts[-1].removesuffix(";")
            elements = dict(
                found.groups() for part in parts if (found := re.match(r"define (\w+): (.*)", part, re.S))
            )
            *_, given, expected = parts
            yield file.stem, elements, given, expected


def _lowered(table: Table, elements: dict[str, str], text: str) -> PlanNode:
    regime = made_regime(text, **elements)
    rule = regime.provisions[0].rule
    assert rule is not None
    return Lowering(table, regime.program).rule(rule.node)


def test_every_pass_has_fixtures() -> None:
    """And every file of fixtures is about a pass."""
    assert {file.stem for file in FIXTURES.glob("*.txt")} == set(BY_NAME)


@pytest.mark.parametrize(("name", "elements", "given", "expected"), list(_pairs()))
def test_fixture(name: str, elements: dict[str, str], given: str, expected: str) -> None:
    """`input; expected`, the pass alone."""
    table = Table()
    node = _lowered(table, elements, given)
    assert show(rewrite(table, [node], [BY_NAME[name]])[node]) == expected


def _named(passes: tuple[Pass, ...]) -> str:
    return "+".join(one.__name__ for one in passes) or "none"


@pytest.mark.parametrize("passes", [(), *((one,) for one in PASSES), tuple(reversed(PASSES))], ids=_named)
def test_no_pass_changes_an_answer(passes: tuple[Pass, ...]) -> None:
    """Each pass alone, none, and all in the other order: the interpreter's answers, missing facts included."""
    rng = Random(1)
    pool = Cases.of([random_case(rng) for _ in range(120)])
    for seed in range(500, 515):
        regime = random_regime(Random(seed))
        assert not list(differences(regime, pool, passes))


def test_rewriting_settles() -> None:
    """What has been rewritten is not rewritten any further."""
    for seed in range(40):
        compiled = Compiled([random_regime(Random(seed))])
        table = Table()
        (plan,) = compiled.plans
        roots = [plan.verdict.operative, plan.verdict.covered, plan.verdict.excepted]
        became = rewrite(table, roots)
        assert [show(became[root]) for root in roots] == [show(root) for root in roots]


def test_regimes_share_what_they_have_in_common() -> None:
    """Three agreements with the same exceptions: together they take less than half of the nodes."""
    regimes = [load_regime(f"us-{country}-2019") for country in ("guatemala", "honduras", "el-salvador")]

    def nodes(compiled: Compiled) -> int:
        roots = [node for plan in compiled.plans for node in plan.provisions.values()]
        return len(in_order(tuple(roots)))

    together = nodes(Compiled(regimes))
    apart = sum(nodes(Compiled([regime])) for regime in regimes)
    assert together < 0.6 * apart


def test_a_definition_is_one_node() -> None:
    """However often it is used."""
    regime = made_regime(
        "settled and (settled or not settled)",
        settled="any e in entries where e.turned_back",
    )
    table = Table()
    lowering = Lowering(table, regime.program)
    rule = regime.provisions[0].rule
    assert rule is not None
    nodes = in_order((lowering.rule(rule.node),))
    assert sum(isinstance(node, Some) for node in nodes) == 1


def test_the_interpreter_agrees_with_itself() -> None:
    """The reference that everything is held against says the same twice."""
    regime, facts = random_regime(Random(3)), facts_for_rules(random_case(Random(3)))
    assert by_interpreter(regime, facts) == by_interpreter(regime, facts)
