"""Terms over columns: facts, rows of look-up tables, lists, calendar arithmetic, counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from safethird.engines.columns import codes
from safethird.engines.columns.calendar import (
    BEFORE,
    BEYOND,
    MOST_YEARS,
    YEAR,
    add_months,
    beyond_weekends,
    plus_days,
    plus_days_beyond,
)
from safethird.engines.columns.conditions import along
from safethird.engines.columns.spans import moved, time_lived
from safethird.engines.columns.values import (
    Array,
    ListValue,
    Range,
    Value,
    aligned,
    highest,
    lowest,
    place_of,
    sign,
)
from safethird.engines.plan.nodes import (
    Age,
    Amount,
    Code,
    Count,
    Days,
    Element,
    Fact,
    Listing,
    PlanNode,
    Shift,
    Uncounted,
    Unsaid,
)

if TYPE_CHECKING:
    from safethird.engines.columns.evaluate import Evaluator


def _fact(run: Evaluator, node: Fact) -> Value:
    value = run.block.value(node.path)
    return value if node.key is None else _of_row(run, node, value)


def _of_row(run: Evaluator, node: Fact, value: Value) -> Value:
    """The value in the row that is asked for; unknown where there is no such row."""
    assert node.key is not None
    asked = row(run, node.path, node.key)
    if isinstance(value, Range):
        low, high = (np.expand_dims(part, tuple(range(1, asked.ndim - 1))) for part in value)
        return Range(
            np.where(asked, low, lowest(low)).max(axis=0),
            np.where(asked, high, highest(high)).min(axis=0),
        )
    spread = np.expand_dims(value, tuple(range(1, asked.ndim - 1)))
    return (asked * spread).sum(axis=0, dtype=value.dtype)


def row(run: Evaluator, path: str, key: PlanNode) -> Array:
    """Which row of a look-up table is asked for: a dimension of rows before those of the key."""
    table = path.rpartition("[].")[0]
    found = run.rows.get((table, key))
    if found is None:
        rows = run.block.value(f"{table}[].country")
        wanted = run.value(key)
        spread = np.expand_dims(rows, tuple(range(1, wanted.ndim)))
        found = run.rows[(table, key)] = np.logical_and(spread == wanted, spread != 0)
    return found


def _listing(run: Evaluator, node: Listing) -> ListValue:
    there, complete = run.block.members(node.path)
    if not node.space:
        return ListValue(there, there, complete)
    listed = run.block.value(f"{node.path}[]")
    if node.key is None:
        return ListValue(there, listed, complete)
    asked = row(run, node.path, node.key)  # rows x key x n
    outer = tuple(range(1, asked.ndim - 1))
    complete = (asked & (np.expand_dims(complete, outer) == 1)).any(axis=0).view(np.int8)
    wanted = np.expand_dims(asked, -2)  # rows x key x 1 x n
    there = (wanted & (np.expand_dims(there, outer) == 1)).any(axis=0)
    listed = (wanted * np.expand_dims(listed, outer)).sum(axis=0, dtype=listed.dtype)
    return ListValue(sign(there), listed, complete)


def _element(run: Evaluator, node: Element) -> Array:
    listed: ListValue = run.value(node.of.listing)
    return aligned(listed.codes, (*node.of.listing.axes, node.of), node.axes)


def _days(run: Evaluator, node: Days) -> Range:
    low = np.array([node.lo], np.int32)
    return Range(low, low) if node.lo == node.hi else Range(low, np.array([node.hi], np.int32))


def _amount(run: Evaluator, node: Amount) -> Range:
    value = np.array([node.value], np.int32)
    return Range(value, value)


def _code(run: Evaluator, node: Code) -> Array:
    if node.space == "label":
        return np.array([run.block.label(node.text)], np.uint32)
    kind: Any = np.uint16 if node.space == "country" else np.uint8
    return np.array([codes.numbers(node.space)[node.text]], kind)


def _unsaid(run: Evaluator, node: Unsaid) -> Value:
    if node.kind in ("date", "number"):
        return Range(np.array([BEFORE]), np.array([BEYOND]))
    kind: Any = {"country": np.uint16, "choice": np.uint8, "label": np.uint32}.get(node.space, np.int8)
    return np.zeros(1, kind)


def _uncounted(run: Evaluator, node: Uncounted) -> Range:
    return Range(np.zeros(1, np.int32), np.array([BEYOND]))


def _shift(run: Evaluator, node: Shift) -> Range:
    def move(days: Array) -> Array:
        if node.unit == "months":
            return add_months(days, node.amount, node.month_end)
        if node.unit == "past_weekends":
            return beyond_weekends(days)
        return (plus_days if node.unit == "days" else plus_days_beyond)(days, node.amount)

    return moved(run, node.base, (node.unit, node.amount, node.month_end), move)


def _age(run: Evaluator, node: Age) -> Range:
    lived = time_lived(run, node)
    least = lived.low // np.int32(YEAR)
    if lived.low is lived.high:
        return Range(least, least)
    most = lived.high // np.int32(YEAR)
    unknown = lived.low < -MOST_YEARS * YEAR
    return Range(np.where(unknown, BEFORE, least), np.where(unknown | (most > MOST_YEARS), BEYOND, most))


def _count(run: Evaluator, node: Count) -> Range:
    truth = along(run, node.over, node.part, node.axes, np.minimum)
    place = place_of(node.over, node.axes)
    certain = (truth == 1).sum(axis=place, dtype=np.int32)
    possible = (truth > -1).sum(axis=place, dtype=np.int32)
    return Range(certain, np.where(run.complete(node.over, node.axes) == 1, possible, BEYOND))


COMPUTE: dict[type[PlanNode], Callable[..., Any]] = {
    Fact: _fact,
    Listing: _listing,
    Element: _element,
    Days: _days,
    Amount: _amount,
    Code: _code,
    Unsaid: _unsaid,
    Uncounted: _uncounted,
    Shift: _shift,
    Age: _age,
    Count: _count,
}
