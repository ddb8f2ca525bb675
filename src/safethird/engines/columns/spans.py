"""Dates moved, and the time between two of them, over columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from safethird.engines.columns.calendar import anniversaries, birthdays
from safethird.engines.columns.values import Array, Range, range_aligned
from safethird.engines.plan.nodes import Age, Fact, PlanNode

if TYPE_CHECKING:
    from safethird.engines.columns.evaluate import Evaluator


def moved(run: Evaluator, node: PlanNode, how: tuple[Any, ...], move: Callable[[Array], Array]) -> Range:
    """A date moved: where it is a fact, once for the whole table."""
    if isinstance(node, Fact) and node.key is None:
        return run.block.moved(node.path, how, move)
    low, high = run.value(node)
    first = move(low)
    return Range(first, first if low is high else move(high))


def time_lived(run: Evaluator, node: Age) -> Range:
    """An age, a year being `YEAR`; beyond `MOST_YEARS` either way where it is unknown."""
    birth = range_aligned(moved(run, node.birth, ("birthday",), birthdays), node.birth.axes, node.axes)
    how = ("anniversary", node.month_end)
    day = range_aligned(
        moved(run, node.on, how, lambda days: anniversaries(days, node.month_end)), node.on.axes, node.axes
    )
    least = day.low - birth.high
    exact = birth.low is birth.high and day.low is day.high
    return Range(least, least if exact else day.high - birth.low)
