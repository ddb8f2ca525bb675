"""What does not speak of a named element is taken out of its readings."""

from __future__ import annotations

from safethird.engines.plan.nodes import Agree, Always, And, Or, PlanNode, kind_of
from safethird.engines.plan.table import Table


def narrow(table: Table, node: PlanNode) -> PlanNode:
    """`agree(a and x; a and y)` is `a and agree(x; y)`, and the same with *or*.

    The readings of `a and x` agree on what `a and` the agreement of the readings of `x` says, whatever is
    unknown: where `a` is unknown, both are false or unknown. This does not hold for two parts that both differ
    between the readings, so only what all readings share is taken out.
    """
    if not isinstance(node, Agree) or kind_of(node) != "truth":
        return node
    for kind, ending in ((And, False), (Or, True)):
        parts = [_parts(part, kind, ending) for _, part in node.alternatives]
        known = [set(some) for some in parts if some is not None]
        if not known or all(some is None for some in parts):
            continue
        common = set.intersection(*known)
        shared = tuple(
            part
            for part in next(some for some in parts if some is not None)
            if part in common and not set(part.axes) & set(node.over)
        )
        if not shared:
            continue
        rest = tuple(
            (guard, table.make(Always, ending) if some is None else _joined(table, kind, some, shared))
            for (guard, _), some in zip(node.alternatives, parts, strict=True)
        )
        return table.make(kind, (*shared, table.make(Agree, node.over, rest)))
    return node


def _parts(node: PlanNode, kind: type[And] | type[Or], ending: bool) -> tuple[PlanNode, ...] | None:
    """The parts of a conjunction (or disjunction); None for the constant that any part could join."""
    if isinstance(node, Always) and node.value is ending:
        return None
    return node.parts if isinstance(node, And | Or) and isinstance(node, kind) else (node,)


def _joined(
    table: Table, kind: type[And] | type[Or], parts: tuple[PlanNode, ...], shared: tuple[PlanNode, ...]
) -> PlanNode:
    left = tuple(part for part in parts if part not in shared)
    if not left:
        return table.make(Always, kind is And)
    return left[0] if len(left) == 1 else table.make(kind, left)
