"""What nodes are worth over columns, and how values of different axes meet."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.calendar import BEFORE, BEYOND
from safethird.engines.plan.nodes import Axis

Array = npt.NDArray[Any]
Value = Any
"""Truth: bytes (1, 0, -1). Dates and numbers: Range. Codes: numbers, nought unknown. Lists: ListValue.
Choices: ChoiceValue."""


class Range(NamedTuple):
    """Dates or numbers as intervals. Where all are exact and known, both are the same array."""

    low: Array
    high: Array


class ListValue(NamedTuple):
    """A list: `there` and `codes` (for a list of codes) have one dimension more, before the cases."""

    there: Array
    """1 where an element stands, -1 where a list is shorter."""
    codes: Array
    complete: Array
    """1 where every element is listed, 0 where some may be missing or the list is unknown."""


class ChoiceValue(NamedTuple):
    """Which elements may be meant, as truth that is never unknown."""

    slot: Array
    certain: Array
    unlisted: Array
    nothing: Array


def aligned(value: Array, axes: tuple[Any, ...], wanted: tuple[Any, ...]) -> Array:
    """A value with dimensions for the wanted axes, of which its own are some."""
    if axes == wanted:
        return value
    return value[(*(slice(None) if axis in axes else None for axis in wanted), slice(None))]


def range_aligned(value: Range, axes: tuple[Axis, ...], wanted: tuple[Axis, ...]) -> Range:
    """An interval with dimensions for the wanted axes; one array twice stays so."""
    low = aligned(value.low, axes, wanted)
    return Range(low, low if value.low is value.high else aligned(value.high, axes, wanted))


def with_axis(axes: tuple[Axis, ...], axis: Axis) -> tuple[Axis, ...]:
    """Axes, and one more among them."""
    return axes if axis in axes else tuple(sorted((*axes, axis), key=lambda one: one.index))


def place_of(axis: Axis, axes: tuple[Axis, ...]) -> int:
    """Where the dimension of an axis comes to stand among those of others."""
    return sum(other.index < axis.index for other in axes)


_SURE = np.int8(1)


def sign(holds: Array, known: Any = _SURE) -> Array:
    """1 where something holds, -1 where it does not, 0 where `known` is nought (nothing may hold there)."""
    found: Array = holds.view(np.int8) * np.int8(2) - known
    return found


def meet(join: Any, parts: list[Array], of_none: int) -> Array:
    """All parts joined (`np.minimum` for *and*, `np.maximum` for *or*), in place where that is possible."""
    if not parts:
        return np.full(1, of_none, np.int8)
    result = parts[0]
    for turn, part in enumerate(parts[1:]):
        shape = np.broadcast_shapes(result.shape, part.shape)
        in_place = turn > 0 and shape == result.shape
        result = join(result, part, out=result if in_place else None)
    return result


def lowest(values: Array) -> Any:
    """The lower end of an unknown interval of this kind of number."""
    return np.float64("-inf") if values.dtype.kind == "f" else BEFORE


def highest(values: Array) -> Any:
    """The upper end of an unknown interval of this kind of number."""
    return np.float64("inf") if values.dtype.kind == "f" else BEYOND
