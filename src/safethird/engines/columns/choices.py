"""Choices between elements, and what rules read for several elements agree on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from safethird.engines.columns.values import (
    Array,
    ChoiceValue,
    aligned,
    highest,
    lowest,
    place_of,
    sign,
    with_axis,
)
from safethird.engines.plan.nodes import (
    Agree,
    Axis,
    Choice,
    Exists,
    Only,
    Pick,
    PlanNode,
    Several,
    kind_of,
)

if TYPE_CHECKING:
    from safethird.engines.columns.evaluate import Evaluator


def _choice(run: Evaluator, node: Choice) -> ChoiceValue:
    axes = node.axes
    inner, place = with_axis(axes, node.over), place_of(node.over, axes)
    where = np.minimum(run.truth(node.where, inner), run.there(node.over, inner))
    slots, certain = where > -1, where == 1
    if node.order is not None and node.key is not None:
        low, high = run.range(node.key, inner)
        if node.order in ("latest", "largest"):
            surely = np.where(certain, low, lowest(low)).max(axis=place, keepdims=True)
            slots = slots & ~(high < surely)
        else:
            surely = np.where(certain, high, highest(high)).min(axis=place, keepdims=True)
            slots = slots & ~(surely < low)
    unlisted = run.complete(node.over, axes) == 0
    certain = slots & certain
    nothing = ~certain.any(axis=place)
    return ChoiceValue(sign(slots), sign(certain), sign(unlisted), sign(nothing))


def _pick(run: Evaluator, node: Pick) -> Array:
    choice: ChoiceValue = run.value(node.choice)
    return choice._asdict()[node.which]  # type: ignore[no-any-return]


def _agree(run: Evaluator, node: Agree) -> Array:
    if kind_of(node) == "code":
        return _agreed_codes(run, node.alternatives, node.axes)
    ones = (1,) * (len(node.axes) + 1)
    most: Array = np.full(ones, -1, np.int8)
    least: Array = np.full(ones, 1, np.int8)
    for guard, part in node.alternatives:
        inner, places = _inner(guard, part, node.axes)
        holds, truth = run.truth(guard, inner), run.truth(part, inner)
        most = np.maximum(most, np.minimum(truth, holds).max(axis=places, initial=-1))
        least = np.minimum(least, np.maximum(truth, np.negative(holds)).min(axis=places, initial=1))
    agreed: Array = np.maximum(least, np.int8(0)) + np.minimum(most, np.int8(0))
    return agreed


def _only(run: Evaluator, node: Only) -> Array:
    return _agreed_codes(run, node.alternatives, node.axes, known_only=True)


def _agreed_codes(
    run: Evaluator,
    alternatives: tuple[tuple[PlanNode, PlanNode], ...],
    axes: tuple[Axis, ...],
    known_only: bool = False,
) -> Array:
    """The code that all alternatives have, an unknown one (unless only known ones count) being another."""
    most: Array = np.zeros((1,) * (len(axes) + 1), np.uint8)
    least: Array | None = None
    for guard, part in alternatives:
        inner, places = _inner(guard, part, axes)
        code: Array = aligned(run.value(part), part.axes, inner)
        holds = run.truth(guard, inner) == 1
        if known_only:
            holds = holds & (code != 0)
        nought, top = code.dtype.type(0), np.iinfo(code.dtype).max
        most = np.maximum(most, np.where(holds, code, nought).max(axis=places, initial=nought))
        lower = np.where(holds, code, code.dtype.type(top)).min(axis=places, initial=top)
        least = lower if least is None else np.minimum(least, lower)
    return np.where(most == least, most, most.dtype.type(0))


def _inner(
    guard: PlanNode, part: PlanNode, axes: tuple[Axis, ...]
) -> tuple[tuple[Axis, ...], tuple[int, ...]]:
    """The axes of an alternative, and the places of those to be taken together."""
    inner = axes
    for axis in (*guard.axes, *part.axes):
        inner = with_axis(inner, axis)
    return inner, tuple(index for index, axis in enumerate(inner) if axis not in axes)


def _exists(run: Evaluator, node: Exists) -> Array:
    inner = node.axes
    for axis in node.over:
        inner = with_axis(inner, axis)
    holds = run.truth(node.part, inner)
    for axis in node.over:
        holds = np.minimum(holds, run.there(axis, inner))
    return holds.max(axis=tuple(inner.index(axis) for axis in node.over))  # type: ignore[no-any-return]


def _several(run: Evaluator, node: Several) -> Array:
    times: Array = np.zeros((1,) * (len(node.axes) + 1), np.int32)
    for part in node.parts:
        inner, over = node.axes, []
        for axis in part.axes:
            inner = with_axis(inner, axis)
        over = [index for index, axis in enumerate(inner) if axis not in node.axes]
        times = times + (run.truth(part, inner) == 1).sum(axis=tuple(over), dtype=np.int32)
    return sign(times > 1)


COMPUTE: dict[type[PlanNode], Callable[..., Any]] = {
    Choice: _choice,
    Pick: _pick,
    Agree: _agree,
    Only: _only,
    Exists: _exists,
    Several: _several,
}
