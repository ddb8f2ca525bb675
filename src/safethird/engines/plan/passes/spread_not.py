"""A negated disjunction inside a conjunction becomes negations, so that the two become one; and dually."""

from __future__ import annotations

from safethird.engines.plan.nodes import And, Not, Or, PlanNode
from safethird.engines.plan.table import Table


def spread_not(table: Table, node: PlanNode) -> PlanNode:
    """`a and not (b or c)` is `a and not b and not c`. Elsewhere a negation stays outside, where it is free and
    where the clause under it can be shared."""
    if isinstance(node, Not):
        return node.part.part if isinstance(node.part, Not) else node
    if not isinstance(node, And | Or):
        return node
    dual = Or if isinstance(node, And) else And
    parts: list[PlanNode] = []
    for part in node.parts:
        if isinstance(part, Not) and isinstance(part.part, dual):
            parts.extend(table.no(inner) for inner in part.part.parts)
        else:
            parts.append(part)
    return node if tuple(parts) == node.parts else table.make(type(node), tuple(parts))
