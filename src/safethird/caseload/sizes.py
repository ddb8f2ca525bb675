"""How much room cases need: those with long lists are decided apart from the others, a few at a time, and those
with far too long ones are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.decode import Flat
from safethird.engines.plan.nodes import PlanNode, axes_used, in_order

Array = npt.NDArray[Any]

SHORT = 8
"""Lists up to this length are padded to the longest of them without a second thought."""
MOST_CELLS = 1 << 22
"""Values of one condition that are held at a time."""
MOST_ELEMENTS = 1000
"""No person has more entries, relatives or documents. Beyond it something was misread, or means harm."""


def deepest(roots: Iterable[PlanNode]) -> int:
    """How many lists a plan walks over at the same time, at most."""
    nodes = in_order(tuple(roots))
    return max((len({*node.axes, *axes_used(node)}) for node in nodes), default=0)


def parts(longest: Array, depth: int, block: int) -> Iterator[slice | Array]:
    """The cases in parts that can be decided together, given the longest list of each, and how many lists are
    walked over at the same time. Every part is bounded in room; most are simply the next `block` cases."""
    if int(longest.max(initial=0)) <= SHORT:
        yield from (slice(first, min(first + block, len(longest))) for first in range(0, len(longest), block))
        return
    most = SHORT
    left = longest <= most
    while True:
        rows = np.flatnonzero(left)
        step = max(1, min(block, MOST_CELLS // most**depth)) if most > SHORT else block
        yield from (rows[first : first + step] for first in range(0, len(rows), step))
        if most >= int(longest.max()):
            return
        left = (longest > most) & (longest <= most * 2)
        most *= 2


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
