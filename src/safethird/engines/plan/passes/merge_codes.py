"""Tests of the same code are put together: one look at it instead of several."""

from __future__ import annotations

from safethird.engines.plan.nodes import Among, And, Not, Or, PlanNode
from safethird.engines.plan.table import Table


def merge_codes(table: Table, node: PlanNode) -> PlanNode:
    """`x == "a" or x == "b"` is `x in ["a", "b"]`; `x != "a" and x != "b"` is `x not in ["a", "b"]`.

    A conjunction of tests keeps the codes that pass them all, even where none does: it is then false of every
    known code, and unknown of an unknown one.
    """
    if not isinstance(node, And | Or):
        return node
    conjunction = isinstance(node, And)
    places: dict[tuple[PlanNode, bool], int] = {}
    parts: list[PlanNode] = []
    for part in node.parts:
        negated = isinstance(part, Not)
        test = part.part if isinstance(part, Not) else part
        key = (test.item, negated) if isinstance(test, Among) else None
        if key is None or key not in places:
            if key is not None:
                places[key] = len(parts)
            parts.append(part)
            continue
        before = parts[places[key]]
        other = before.part if isinstance(before, Not) else before
        assert isinstance(test, Among)
        assert isinstance(other, Among)
        both = (
            set(test.codes) & set(other.codes)
            if conjunction != negated
            else set(test.codes) | set(other.codes)
        )
        merged = table.make(Among, test.item, tuple(sorted(both)))
        parts[places[key]] = table.no(merged) if negated else merged
    if tuple(parts) == node.parts:
        return node
    return parts[0] if len(parts) == 1 else table.make(type(node), tuple(parts))
