"""Some cases of a table that has been decoded, with the elements of lists in rows of their own.

`entries[].date` of n cases with up to three entries is an array of 3 x n, unknown where a case has fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.calendar import BEFORE
from safethird.engines.columns.decode import Flat, Labels
from safethird.engines.columns.needs import holder
from safethird.engines.columns.values import Range

Array = npt.NDArray[Any]


class Members(NamedTuple):
    """What is known of a list in each case (or element): arrays of `outer x n`, places of `outer x most x n`."""

    there: Array
    """1 where an element stands, -1 where a list is shorter."""
    complete: Array
    """1 where every element is listed, 0 where some may be missing or the list is unknown."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where the elements of a list come to stand: their places in the flat arrays, that of the one more where
    there is no element."""

    elements: Flat
    place: Array
    complete: Array


class Block:
    """Some cases of a decoded table."""

    def __init__(
        self, flat: Flat, labels: Labels, rows: slice | Array, instead: Mapping[str, str] | None = None
    ) -> None:
        """`rows`: which cases. `instead`: for a date that is unknown, the path of the date that holds in its
        place."""
        self.size = len(range(*rows.indices(flat.size))) if isinstance(rows, slice) else len(rows)
        self._flat = flat
        self._labels = labels
        self._rows = rows
        self._instead = instead or {}
        self._placed: dict[str, _Placed] = {}
        self._facts: dict[str, Any] = {}
        self._moved: dict[tuple[str, tuple[Any, ...]], Range] = {}

    def value(self, path: str) -> Any:
        """The fact at a path in every case, or (path ending in `[]`) the codes in a list."""
        found = self._facts.get(path)
        if found is None:
            found = self._facts[path] = self._with_instead(path, self._value(path))
        return found

    def moved(self, path: str, how: tuple[Any, ...], move: Callable[[Array], Array]) -> Range:
        """The dates at a path, each moved in the same way. It is done once for all cases of the table, before
        the places of elements that are not there are filled; `how` names the way."""
        key = (path, how)
        found = self._moved.get(key)
        if found is not None:
            return found
        if path in self._instead:
            low, high = self.value(path)
            first = move(low)
            found = Range(first, first if low is high else move(high))
        else:
            level = holder(path)
            flat = self._place(level).elements if level else self._flat
            if key not in flat.moved:
                low, high = flat.values[path]
                first = move(low)
                flat.moved[key] = Range(first, first if low is high else move(high))
            found = self._placed_value(flat.moved[key], level)
        self._moved[key] = found
        return found

    def label(self, text: str) -> int:
        """The number of a label."""
        return self._labels.number(text)

    def members(self, path: str) -> Members:
        """Which elements of a list there are, and whether there may be more."""
        placed = self._place(path)
        there = (placed.place < placed.elements.size).view(np.int8)
        return Members(there * np.int8(2) - np.int8(1), placed.complete)

    def _with_instead(self, path: str, found: Any) -> Any:
        other = self._instead.get(path)
        if other is None or found.low is found.high:
            return found
        missing = found.low == BEFORE
        low, high = self.value(other)
        return Range(np.where(missing, low, found.low), np.where(missing, high, found.high))

    def _value(self, path: str) -> Any:
        level = holder(path)
        flat = self._place(level).elements if level else self._flat
        return self._placed_value(flat.values[path], level)

    def _placed_value(self, value: Any, level: str) -> Any:
        """Values of cases, or of the elements of a list, where they stand in this block."""
        if not level:
            return _each(value, lambda part: part if len(part) == 1 else part[self._rows])
        placed = self._place(level)
        ones = (1,) * placed.place.ndim
        return _each(
            value, lambda part: part.reshape(ones) if len(part) == 1 else np.take(part, placed.place)
        )

    # --- lists -------------------------------------------------------------------------------------

    def _place(self, path: str) -> _Placed:
        found = self._placed.get(path)
        if found is None:
            above = holder(path)
            if above:
                outer = self._place(above)
                listed = outer.elements.lists[path]
                records: Array | slice = outer.place
            else:
                listed, records = self._flat.lists[path], self._rows
            place = _places(listed.starts[records], listed.counts[records], listed.elements.size)
            found = self._placed[path] = _Placed(listed.elements, place, listed.complete[records])
        return found


def _places(starts: Array, counts: Array, end: int) -> Array:
    """The place of every element, with a dimension for them before the cases; `end` where there is none."""
    most = max(1, int(counts.max(initial=0)))
    place = np.empty((*counts.shape[:-1], most, counts.shape[-1]), np.intp)
    for turn in range(most):
        here = place[..., turn, :]
        np.add(starts, turn, out=here)
        np.copyto(here, end, where=counts <= turn)
    return place


def _each(value: Any, change: Callable[[Array], Array]) -> Any:
    """A value, or both ends of a Range, changed; one array twice stays so."""
    if not isinstance(value, Range):
        return change(value)
    low = change(value.low)
    return Range(low, low if value.low is value.high else change(value.high))
