"""Conjunctions inside conjunctions become one, and so do disjunctions. A part that stands twice stands once."""

from __future__ import annotations

from safethird.engines.plan.nodes import And, Or, PlanNode
from safethird.engines.plan.table import Table


def flatten(table: Table, node: PlanNode) -> PlanNode:
    """`a and (b and c) and a` is `a and b and c`."""
    if not isinstance(node, And | Or):
        return node
    kind = type(node)
    parts: list[PlanNode] = []
    for part in node.parts:
        parts.extend(part.parts if isinstance(part, kind) else (part,))
    distinct = tuple(dict.fromkeys(parts))
    if distinct == node.parts:
        return node
    return distinct[0] if len(distinct) == 1 else table.make(kind, distinct)
