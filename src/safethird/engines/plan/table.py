"""The table that makes nodes: the same parts give the same node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, cast

from safethird.engines.plan.nodes import (
    Agree,
    Always,
    And,
    Axis,
    Choice,
    Count,
    Element,
    Every,
    Exists,
    Fact,
    Listing,
    Not,
    Only,
    Or,
    Pick,
    PlanNode,
    Reading,
    Several,
    Some,
    nodes_in,
)

N = TypeVar("N", bound=PlanNode)


class Table:
    """Makes nodes, and gives the same one for the same parts."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], PlanNode] = {}
        self._axes: dict[tuple[Listing, int], Axis] = {}

    def make(self, kind: type[N], *parts: Any) -> N:
        """The node of a class with these parts (those after `axes`)."""
        key = (kind, *(part if type(part) is not bool else ("bool", part) for part in parts))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = kind(_axes(kind, parts), *parts)
        return cast(N, found)

    def axis(self, listing: Listing, level: int) -> Axis:
        """The axis of a list."""
        key = (listing, level)
        if key not in self._axes:
            self._axes[key] = Axis(listing, level, len(self._axes))
        return self._axes[key]

    def true(self) -> Always:
        """Always true."""
        return self.make(Always, True)

    def false(self) -> Always:
        """Always false."""
        return self.make(Always, False)

    def no(self, part: PlanNode) -> PlanNode:
        """Not, without double negation."""
        return part.part if isinstance(part, Not) else self.make(Not, part)

    def every(self, *parts: PlanNode) -> PlanNode:
        """And; of one part, that part; of none, true."""
        if not parts:
            return self.true()
        return parts[0] if len(parts) == 1 else self.make(And, parts)

    def some(self, *parts: PlanNode) -> PlanNode:
        """Or; of one part, that part; of none, false."""
        if not parts:
            return self.false()
        return parts[0] if len(parts) == 1 else self.make(Or, parts)

    def rebuild(self, node: N, change: Callable[[PlanNode], PlanNode]) -> N:
        """The same node with every node directly inside it changed."""
        before = [getattr(node, entry.name) for entry in fields(node)[1:]]
        after = [_changed(value, change) for value in before]
        if all(new is old for new, old in zip(after, before, strict=True)):
            return node
        return self.make(type(node), *after)


def _changed(value: Any, change: Callable[[PlanNode], PlanNode]) -> Any:
    if isinstance(value, Listing):
        return value  # an axis and those who speak of its list must go on to name the same one
    if isinstance(value, PlanNode):
        return change(value)
    if isinstance(value, tuple) and value and isinstance(value[0], PlanNode | tuple):
        changed = tuple(_changed(part, change) for part in value)
        return value if all(new is old for new, old in zip(changed, value, strict=True)) else changed
    return value


def _joined(parts: Any) -> set[Axis]:
    return {axis for node in nodes_in(parts) for axis in node.axes}


def around(axis: Axis) -> set[Axis]:
    """An axis and those along which its list varies."""
    return {axis, *axis.listing.axes}


def _axes(kind: type[PlanNode], parts: tuple[Any, ...]) -> tuple[Axis, ...]:
    found = _joined(parts)
    if kind in (Fact, Listing):
        inside: Axis | None = parts[3] if kind is Fact else parts[2]
        found |= around(inside) if inside is not None else set()
    elif kind is Element:
        found |= around(parts[0])
    elif kind in (Count, Some, Every, Choice):
        found = (found | set(parts[0].listing.axes)) - {parts[0]}
    elif kind is Pick:
        choice: Choice = parts[0]
        found |= {choice.over} if parts[1] in ("slot", "certain") else set()
    elif kind in (Agree, Exists, Several):
        found -= set(parts[0])
    elif kind is Only:
        found = set()
    elif kind is Reading:
        found = set(parts[0].axes)
    return tuple(sorted(found, key=lambda axis: axis.index))
