"""Rewrites of plans. Each is a pure function from a node, whose parts are already rewritten, to an equal one.

Equal means: the same truth value in every case, unknown included, and the same missing facts. So a rewrite that
would hold in two-valued logic only (`a or a and b` is `a`, but drops the facts of `b`) is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from safethird.engines.plan.nodes import PlanNode, in_order
from safethird.engines.plan.passes.flatten import flatten
from safethird.engines.plan.passes.fold import fold
from safethird.engines.plan.passes.merge_codes import merge_codes
from safethird.engines.plan.passes.narrow import narrow
from safethird.engines.plan.passes.spread_not import spread_not
from safethird.engines.plan.table import Table

Pass = Callable[[Table, PlanNode], PlanNode]

PASSES: tuple[Pass, ...] = (spread_not, flatten, merge_codes, narrow, fold)

_MOST_ROUNDS = 8


def rewrite(
    table: Table, roots: Sequence[PlanNode], passes: Sequence[Pass] = PASSES
) -> dict[PlanNode, PlanNode]:
    """Rewrites everything under some roots until nothing changes; every node and what became of it."""
    became: dict[PlanNode, PlanNode] = {}
    for node in in_order(tuple(roots)):
        new = table.rebuild(node, lambda part: became.get(part, part))
        for _ in range(_MOST_ROUNDS):
            before = new
            for one in passes:
                new = one(table, new)
            if new is before:
                break
            new = _settled(table, new, became, passes)
        became[node] = new
    return became


def _settled(
    table: Table, node: PlanNode, became: dict[PlanNode, PlanNode], passes: Sequence[Pass]
) -> PlanNode:
    """A node that a rewrite has made, with whatever is new inside it rewritten as well."""

    def inside(part: PlanNode) -> PlanNode:
        if part in became:
            return became[part]
        new = table.rebuild(part, inside)
        for one in passes:
            new = one(table, new)
        became[part] = new
        return new

    return table.rebuild(node, inside)
