"""How much room cases need: those with long lists are decided apart from the others, a few at a time, and those
with far too long ones are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.decode import Flat
from safethird.engines.plan.nodes import PlanNode, in_order, kind_of

Array = npt.NDArray[Any]

SHORT = 8
"""Lists up to this length are padded to the longest of them without a second thought."""
ROOM = 96 << 20
"""Bytes that the values of a plan may take at a time."""
MOST_ELEMENTS = 1000
"""No person has more entries, relatives or documents. Beyond it something was misread, or means harm."""

_BYTES = {"truth": 1, "code": 2, "date": 8, "number": 8, "listing": 9, "choice": 4}


def weights(roots: Iterable[PlanNode]) -> tuple[int, ...]:
    """The bytes that the values of a plan take for one case, by the number of lists along which they vary."""
    found: list[int] = []
    for node in in_order(tuple(roots)):
        depth = len(node.axes) + (kind_of(node) in ("listing", "choice"))
        found += [0] * (depth + 1 - len(found))
        found[depth] += _BYTES[kind_of(node)]
    return tuple(found)


def parts(longest: Array, weight: Sequence[int], block: int) -> Iterator[slice | Array]:
    """The cases in parts that can be decided together, given the longest list of each, and the weights of the
    plan. Every part is bounded in room; most are simply the next `block` cases."""

    def step(most: int) -> int:
        room: int = sum(bytes_ * most**depth for depth, bytes_ in enumerate(weight))
        return max(1, min(block, ROOM // max(1, room)))

    most = int(longest.max(initial=1))
    if most <= SHORT:
        size = step(most)
        yield from (slice(first, min(first + size, len(longest))) for first in range(0, len(longest), size))
        return
    lower, upper = -1, SHORT
    while lower < most:
        rows = np.flatnonzero((longest > lower) & (longest <= upper))
        size = step(upper)
        yield from (rows[first : first + size] for first in range(0, len(rows), size))
        lower, upper = upper, upper * 2


def longest_list(flat: Flat) -> tuple[Array, dict[str, Array]]:
    """The length of the longest list of each case, those inside elements included; and the cases that have a
    list which is too long, by the path of the list."""
    longest = np.zeros(flat.size, np.int32)
    too_long: dict[str, Array] = {}
    for path, counts, case in _lists(flat, None):
        if case is None:
            np.maximum(longest, counts, out=longest)
            over = np.flatnonzero(counts > MOST_ELEMENTS)
        else:
            np.maximum.at(longest, case, counts)
            over = np.unique(case[counts > MOST_ELEMENTS])
        if over.size:
            too_long[path] = over
    return longest, too_long


def faults(flat: Flat, case: Array | None = None) -> Iterator[tuple[str, Array]]:
    """The facts that cannot be read, by path, and the cases in which."""
    for path, places in flat.faults.items():
        yield path, places if case is None else case[places]
    for listed in flat.lists.values():
        if _has_faults(listed.elements):
            yield from faults(listed.elements, _cases(listed.counts[: flat.size], case))


def _has_faults(flat: Flat) -> bool:
    return bool(flat.faults) or any(_has_faults(listed.elements) for listed in flat.lists.values())


def _lists(flat: Flat, case: Array | None) -> Iterator[tuple[str, Array, Array | None]]:
    """Every list: its path, its length in each record, and the case of each record (None: one each)."""
    for path, listed in flat.lists.items():
        counts = listed.counts[: flat.size]
        yield path, counts, case
        if listed.elements.lists:
            yield from _lists(listed.elements, _cases(counts, case))


def _cases(counts: Array, case: Array | None) -> Array:
    """The case of every element of lists of these lengths."""
    return np.repeat(np.arange(len(counts), dtype=np.intp) if case is None else case, counts)
