"""The columns of a table of cases as arrays, each read when a plan first asks for it.

The table has the sections of the case format as columns: structs, lists of structs, plain values. A column or
a field that is not there is unknown in every case. The elements of a list stand in rows of their own, padded to
the longest list: `entries[].date` of n cases with up to three entries is an array of 3 x n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.errors import BadData, Problem
from safethird.facts.normalise import MOST_NUMBER
from safethird.facts.vocabulary import vocabulary
from safethird.engines.columns import codes
from safethird.engines.columns.calendar import BEFORE, BEYOND
from safethird.engines.columns.dates import is_date_column, read_dates
from safethird.engines.plan.nodes import Space

Array = npt.NDArray[Any]


class Range(NamedTuple):
    """Dates or numbers as intervals. Where all are exact and known, both are the same array."""

    low: Array
    high: Array


class Members(NamedTuple):
    """What is known of a list in each case (or element): arrays of `outer x n`, places of `outer x most x n`."""

    most: int
    """Elements of the longest list, at least one."""
    there: Array
    """1 where an element stands, -1 where a list is shorter."""
    complete: Array
    """1 where every element is listed, 0 where some may be missing or the list is unknown."""


@dataclass(frozen=True, slots=True)
class _Level:
    """The elements of a list, one after the other, and where each stands among the padded ones."""

    elements: pl.Series
    place: Array
    shape: tuple[int, ...]
    rows: Array
    """The case of each element."""
    there: Array


class Faults:
    """Cases with values that cannot be read, by the path of the fact."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Array]] = {}

    def add(self, path: str, rows: Array) -> None:
        """Note the cases (positions) in which the fact at a path cannot be read."""
        self.rows.setdefault(path, []).append(rows)


class Loader:
    """Reads columns of one table, or of one part of it."""

    def __init__(self, table: pl.DataFrame, instead: Mapping[str, str] | None = None) -> None:
        """`instead`: for a date that is unknown, the path of the date that holds in its place."""
        self.size = table.height
        self.faults = Faults()
        self._table = table
        self._instead = instead or {}
        self._levels: dict[str, _Level | None] = {}
        self._facts: dict[str, Any] = {}
        self._labels: dict[str, int] = {}

    # --- facts -------------------------------------------------------------------------------------

    def truth(self, path: str) -> Array:
        """Yes/no facts: 1, -1, or 0 where unknown."""
        return self._once(path, self._truth)  # type: ignore[no-any-return]

    def dates(self, path: str) -> Range:
        """Dates."""
        return self._once(path, self._dates)  # type: ignore[no-any-return]

    def amounts(self, path: str) -> Range:
        """Numbers."""
        return self._once(path, self._amounts)  # type: ignore[no-any-return]

    def codes(self, path: str, space: Space) -> Array:
        """Codes as numbers; nought where unknown. Of a list of codes, those of its elements."""
        return self._once(path, lambda path: self._codes(path, space))  # type: ignore[no-any-return]

    def label(self, text: str) -> int:
        """The number of a label."""
        return self._labels.setdefault(text, len(self._labels) + 1)

    def members(self, path: str) -> Members:
        """Which elements of a list there are, and whether there may be more."""
        return self._once(f"members of {path}", lambda _: self._members(path))  # type: ignore[no-any-return]

    def _once(self, path: str, read: Any) -> Any:
        if path not in self._facts:
            self._facts[path] = read(path)
        return self._facts[path]

    def _truth(self, path: str) -> Array:
        column, level = self._column(path)
        if column is None:
            return self._unknown(path, np.int8(0))
        if column.dtype != pl.Boolean:
            raise _wrong_type(path, "yes/no values")
        flat: Array = (column.cast(pl.Int8) * 2 - 1).fill_null(0).to_numpy()
        return self._spread(flat, level, np.int8(0))

    def _dates(self, path: str) -> Range:
        column, level = self._column(path)
        if column is None:
            found = Range(self._unknown(path, BEFORE), self._unknown(path, BEYOND))
        else:
            if not is_date_column(column.dtype):
                raise _wrong_type(path, "dates: text, days, or pairs of days 'lo' and 'hi'")
            low, high, wrong = read_dates(column)
            if wrong is not None:
                self._fault(path, wrong, level)
            if level is not None:
                found = Range(self._spread(low, level, BEFORE), self._spread(high, level, BEYOND))
            else:
                found = Range(low, high)
        return self._with_instead(path, found)

    def _with_instead(self, path: str, found: Range) -> Range:
        other = self._instead.get(path)
        if other is None or found.low is found.high:
            return found
        missing = found.low == BEFORE
        low, high = self.dates(other)
        return Range(np.where(missing, low, found.low), np.where(missing, high, found.high))

    def _amounts(self, path: str) -> Range:
        column, level = self._column(path)
        least, most = np.float64("-inf"), np.float64("inf")
        if column is None:
            return Range(self._unknown(path, least), self._unknown(path, most))
        if not column.dtype.is_numeric():
            raise _wrong_type(path, "numbers")
        flat: Array = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        outside = (flat < 0) | (flat > MOST_NUMBER)
        if outside.any():
            self._fault(path, np.flatnonzero(outside), level)
            flat = np.where(outside, np.nan, flat)
        unknown = np.isnan(flat)
        return Range(
            self._spread(np.where(unknown, least, flat), level, least),
            self._spread(np.where(unknown, most, flat), level, most),
        )

    def _codes(self, path: str, space: Space) -> Array:
        column, level = self._column(path)
        dtype: Any = {"country": np.uint16, "choice": np.uint8}.get(space, np.uint32)
        if column is None:
            return self._unknown(path, dtype(0))
        if not isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum):
            raise _wrong_type(path, "codes as text")
        flat = self._labelled(column) if space == "label" else self._coded(column, path, space, level)
        return self._spread(flat.astype(dtype, copy=False), level, dtype(0))

    def _coded(self, column: pl.Series, path: str, space: Space, level: _Level | None) -> Array:
        kind = codes.enumeration(space)
        if column.dtype not in (pl.String, kind):
            column = column.cast(pl.String)
        found = column.cast(kind, strict=False) if column.dtype == pl.String else column
        flat: Array = (found.to_physical().cast(pl.UInt16) + 1).fill_null(0).to_numpy()
        wrong = np.zeros(0, np.int64)
        if found.null_count() != column.null_count():
            wrong = np.flatnonzero((found.is_null() & column.is_not_null()).to_numpy())
        if space == "choice":
            allowed = np.zeros(len(codes.texts(space)) + 1, bool)
            values = vocabulary().fact(path.removesuffix("[]")).values
            allowed[[0, *(codes.numbers(space)[value] for value in values)]] = True
            fits = allowed[flat]
            if not fits.all():
                wrong = np.concatenate((wrong, np.flatnonzero(~fits)))
                flat = np.where(fits, flat, 0)
        if wrong.size:
            self._fault(path, wrong, level)
        return flat

    def _labelled(self, column: pl.Series) -> Array:
        known = [text for text in column.cast(pl.String).unique() if text is not None]
        numbers = {text: self.label(text) for text in known}
        flat: Array = (
            column.cast(pl.String)
            .replace_strict(list(numbers), list(numbers.values()), default=0, return_dtype=pl.UInt32)
            .fill_null(0)
            .to_numpy()
        )
        return flat

    # --- lists -------------------------------------------------------------------------------------

    def _members(self, path: str) -> Members:
        level = self._level(path)
        outer = self._outer(path)
        if level is None:
            depth = path.count("[]") + 1
            return Members(1, np.full((1,) * (depth + 1), -1, np.int8), np.zeros((1,) * depth, np.int8))
        return Members(level.shape[-2], level.there, self._complete(path, outer))

    def _complete(self, path: str, outer: _Level | None) -> Array:
        column, _ = self._column(path)
        assert column is not None
        known: Array = column.is_not_null().to_numpy()
        flag = vocabulary().flag_of(path)
        if flag is not None:
            shown, _ = self._column(flag)
            if shown is not None:
                if shown.dtype not in (pl.Boolean, pl.Null):
                    raise _wrong_type(flag, "yes/no values")
                known = known & shown.cast(pl.Boolean).fill_null(True).to_numpy()
        return self._spread(known.astype(np.int8), outer, np.int8(0))

    def _outer(self, path: str) -> _Level | None:
        head, found, _ = path.rpartition("[].")
        return self._level(head) if found else None

    def _level(self, path: str) -> _Level | None:
        if path not in self._levels:
            self._levels[path] = self._make_level(path)
        return self._levels[path]

    def _make_level(self, path: str) -> _Level | None:
        column, outer = self._column(path)
        if column is None or column.dtype == pl.Null:
            return None
        if not isinstance(column.dtype, pl.List):
            raise _wrong_type(path, "a list")
        counts: Array = column.list.len().fill_null(0).cast(pl.Int64).to_numpy()
        elements = column.explode(empty_as_null=False, keep_nulls=False)
        holder = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        starts = np.cumsum(counts) - counts
        order = np.arange(len(holder), dtype=np.int64) - starts[holder]
        most = max(1, int(counts.max(initial=0)))
        if outer is None:
            shape: tuple[int, ...] = (most, self.size)
            rows, place = holder, order * self.size + holder
        else:
            shape = (*outer.shape[:-1], most, self.size)
            rows = outer.rows[holder]
            place = (outer.place[holder] - rows) * most + order * self.size + rows
        there = np.full(shape, -1, np.int8)
        there.ravel()[place] = 1
        if elements.null_count():
            self.faults.add(path, rows[elements.is_null().to_numpy()])
        return _Level(elements, place, shape, rows, there)

    # --- parts of the table ------------------------------------------------------------------------

    def _column(self, path: str) -> tuple[pl.Series | None, _Level | None]:
        """The values at a path, one for each case or each element of the list it stands in."""
        if path.endswith("[]"):
            level = self._level(path.removesuffix("[]"))
            return (None if level is None else level.elements), level or self._outer(path)
        head, inside, tail = path.rpartition("[].")
        if not inside:
            name, _, steps = path.partition(".")
            column = self._table.get_column(name) if name in self._table.columns else None
            return _field(column, steps, path), None
        level = self._level(head)
        return (None if level is None else _field(level.elements, tail, path)), level

    def _spread(self, flat: Array, level: _Level | None, unknown: Any) -> Array:
        if level is None:
            return flat
        spread = np.full(level.shape, unknown, dtype=flat.dtype)
        spread.ravel()[level.place] = flat
        return spread

    def _unknown(self, path: str, unknown: Any) -> Array:
        """One unknown value for all, with a place for every list that the path goes through."""
        return np.full((1,) * (path.count("[]") + 1), unknown)

    def _fault(self, path: str, places: Array, level: _Level | None) -> None:
        self.faults.add(path, places if level is None else level.rows[places])


def _field(column: pl.Series | None, steps: str, path: str) -> pl.Series | None:
    for step in steps.split(".") if steps else ():
        if column is None or column.dtype == pl.Null:
            return None
        if not isinstance(column.dtype, pl.Struct):
            raise _wrong_type(path.rpartition(".")[0] or path, "a group of facts (a struct)")
        names = [field.name for field in column.dtype.fields]
        column = column.struct.field(step) if step in names else None
    return None if column is None or column.dtype == pl.Null else column


def _wrong_type(path: str, expected: str) -> BadData:
    return BadData(Problem("This column has another type", path=path, expected=expected, code="column-type"))
