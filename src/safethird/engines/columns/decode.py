"""The columns of a table of cases as flat arrays: one entry for each case, or for each element of a list.

The table has the sections of the case format as columns: structs, lists of structs, plain values. A column or a
field that is not there is unknown in every case. Polars does what is done value by value, all columns of a
level at once; what it hands over is turned into numbers here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.engines.columns import codes
from safethird.engines.columns.calendar import BEFORE, BEYOND
from safethird.engines.columns.dates import date_expressions, dates_from, is_date_column
from safethird.engines.columns.needs import Column, Level, inside
from safethird.engines.columns.values import Range
from safethird.engines.plan.nodes import Space
from safethird.errors import BadData, Problem
from safethird.facts.normalise import MOST_NUMBER
from safethird.facts.vocabulary import vocabulary

Array = npt.NDArray[Any]


@dataclass(slots=True)
class Flat:
    """The records of one list in all cases, one after the other; or the cases themselves.

    Behind the last element of a list stands one more, of which nothing is known: it fills the places of
    elements that are not there.
    """

    size: int
    """Cases or elements, without the one more."""
    values: dict[str, Any] = field(default_factory=dict)
    """By path: truth (1, -1, 0), codes (nought unknown), Ranges of dates and numbers. Arrays of one value where
    there is no such column."""
    lists: dict[str, FlatList] = field(default_factory=dict)
    faults: dict[str, Array] = field(default_factory=dict)
    """By path: the places of values that cannot be read."""
    moved: dict[tuple[str, tuple[Any, ...]], Range] = field(default_factory=dict)
    """Dates moved in some way, by path and way; made when first asked for (see `Block.moved`)."""


@dataclass(slots=True)
class FlatList:
    """A list in every record of the level above, the one more included."""

    starts: Array
    counts: Array
    complete: Array
    """1 where every element is listed, 0 where some may be missing or the list is unknown."""
    elements: Flat


class Labels:
    """Labels as numbers, from one, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a label."""
        return self._numbers.setdefault(text, len(self._numbers) + 1)

    def items(self) -> list[tuple[str, int]]:
        """Every label and its number."""
        return list(self._numbers.items())


def decode(table: pl.DataFrame, needs: Level, labels: Labels) -> Flat:
    """Reads the columns of a table that are needed. Raises BadData where one has a type that it cannot have."""
    return _level(table, needs, labels, of_elements=False)


@dataclass(slots=True)
class _Plan:
    """The expressions of one level, and what to make of their results."""

    expressions: list[pl.Expr] = field(default_factory=list)
    finish: list[tuple[Column, int, int]] = field(default_factory=list)

    def add(self, *expressions: pl.Expr) -> int:
        first = len(self.expressions)
        self.expressions += [part.alias(str(first + index)) for index, part in enumerate(expressions)]
        return first


def _level(table: pl.DataFrame, level: Level, labels: Labels, of_elements: bool) -> Flat:
    flat = Flat(table.height)
    plan = _Plan()
    for column in level.columns:
        if column.path.endswith("[]"):
            source, dtype = pl.col(""), table.schema[""]
        else:
            found = _source(table.schema, column.path)
            if found is None:
                flat.values[column.path] = _unknown(column)
                continue
            source, dtype = found
        expressions = _expressions(source, dtype, column)
        plan.finish.append((column, plan.add(*expressions, source), len(expressions)))
    lists = [(entry, _list_expressions(table.schema, entry, plan)) for entry in level.lists]
    done = table.select(plan.expressions) if plan.expressions else table
    for column, first, count in plan.finish:
        parts = [done[str(first + index)] for index in range(count)]
        value, wrong = _finished(parts, done[str(first + count)], column, labels)
        flat.values[column.path] = _one_more(value) if of_elements else value
        if wrong is not None:
            flat.faults[column.path] = wrong
    for entry, first_of_list in lists:
        flat.lists[entry.path] = _list(done, flat.size + of_elements, entry, first_of_list, labels)
    return flat


def _one_more(value: Any) -> Any:
    """Values of elements, and an unknown one behind them."""
    if isinstance(value, Range):
        low, high = (BEFORE, BEYOND) if value.low.dtype.kind == "i" else (-np.inf, np.inf)
        return Range(np.append(value.low, low), np.append(value.high, high))
    return np.append(value, value.dtype.type(0))


# --- lists ---------------------------------------------------------------------------------------------


def _list_expressions(schema: pl.Schema, level: Level, plan: _Plan) -> int | None:
    found = _source(schema, level.path)
    if found is None:
        return None
    source, dtype = found
    if not isinstance(dtype, pl.List):
        raise _wrong_type(level.path, "a list")
    known = source.is_not_null()
    flag = vocabulary().flag_of(level.path)
    shown = None if flag is None else _source(schema, flag)
    if shown is not None:
        if shown[1] != pl.Boolean:
            raise _wrong_type(str(flag), "yes/no values")
        known = known & shown[0].fill_null(True)
    return plan.add(source, source.list.len().fill_null(0).cast(pl.Int32), known.cast(pl.Int8))


def _list(done: pl.DataFrame, records: int, level: Level, first: int | None, labels: Labels) -> FlatList:
    if first is None:
        return _no_list(records, level)
    column, counts, complete = (done[str(first + index)] for index in range(3))
    elements = column.explode(empty_as_null=False, keep_nulls=False)
    if isinstance(elements.dtype, pl.Struct):
        inner = _level(elements.struct.unnest(), level, labels, of_elements=True)
    elif elements.dtype == pl.Null:
        inner = _no_elements(level, len(elements))
    elif any(not entry.path.endswith("[]") for entry in level.columns) or level.lists:
        raise _wrong_type(level.path, "a list of groups of facts (structs)")
    else:
        inner = _level(elements.alias("").to_frame(), level, labels, of_elements=True)
    if elements.null_count():
        inner.faults[level.path] = np.flatnonzero(elements.is_null().to_numpy())
    number: Array = np.zeros(records, np.int32)
    number[: len(counts)] = counts.to_numpy()
    whole: Array = np.zeros(records, np.int8)
    whole[: len(complete)] = complete.to_numpy()
    return FlatList(np.cumsum(number, dtype=np.intp) - number, number, whole, inner)


def _no_list(records: int, level: Level) -> FlatList:
    none = np.zeros(records, np.int32)
    return FlatList(none, none, none.astype(np.int8), _no_elements(level, 0))


def _no_elements(level: Level, size: int) -> Flat:
    flat = Flat(size, {column.path: _unknown(column) for column in level.columns})
    flat.lists = {entry.path: _no_list(size + 1, entry) for entry in level.lists}
    return flat


# --- values --------------------------------------------------------------------------------------------


def _source(schema: pl.Schema, path: str) -> tuple[pl.Expr, Any] | None:
    """Where a path leads among the columns of a level, and its type; None where there is no such column."""
    name, *steps = inside(path).split(".")
    dtype: Any = schema.get(name)
    source = pl.col(name)
    for step in steps:
        if dtype is None or dtype == pl.Null:
            return None
        if not isinstance(dtype, pl.Struct):
            raise _wrong_type(path.rpartition(".")[0], "a group of facts (a struct)")
        dtype = {entry.name: entry.dtype for entry in dtype.fields}.get(step)
        source = source.struct.field(step)
    return None if dtype is None or dtype == pl.Null else (source, dtype)


def _expressions(source: pl.Expr, dtype: Any, column: Column) -> list[pl.Expr]:
    if column.kind == "truth":
        if dtype != pl.Boolean:
            raise _wrong_type(column.path, "yes/no values")
        return [(source.cast(pl.Int8) * 2 - 1).fill_null(0)]
    if column.kind == "date":
        if not is_date_column(dtype):
            raise _wrong_type(column.path, "dates: text, days, or pairs of days 'lo' and 'hi'")
        return date_expressions(source, dtype)
    if column.kind == "number":
        if not dtype.is_numeric():
            raise _wrong_type(column.path, "numbers")
        return [source.cast(pl.Float64).fill_null(float("nan"))]
    if not isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        raise _wrong_type(column.path, "codes as text")
    return _code_expressions(source, dtype, column.space)


def _code_expressions(source: pl.Expr, dtype: Any, space: Space) -> list[pl.Expr]:
    if space == "label":
        return [source.cast(pl.String)]
    if isinstance(dtype, pl.Categorical):
        source, dtype = source.cast(pl.String), pl.String()
    if isinstance(dtype, pl.Enum):
        return [source.to_physical().cast(pl.Int32).fill_null(-1)]
    if space == "country":
        # A country has two letters: they are the number that it is looked up by.
        return [source.cast(pl.Binary).bin.reinterpret(dtype=pl.UInt16, endianness="little").fill_null(0)]
    return [source.cast(codes.enumeration(space), strict=False).to_physical().cast(pl.Int32).fill_null(-1)]


def _finished(
    parts: list[pl.Series], raw: pl.Series, column: Column, labels: Labels
) -> tuple[Any, Array | None]:
    """The values of a column, and the places of those that cannot be read."""
    if column.kind == "truth":
        return parts[0].to_numpy(), None
    if column.kind == "date":
        low, high, wrong = dates_from(parts, raw)
        return Range(low, high), wrong
    if column.kind == "number":
        return _amounts(parts[0].to_numpy(), raw)
    if column.space == "label":
        return _labelled(parts[0], labels), None
    return _coded(parts[0].to_numpy(), raw, column)


def _amounts(numbers: Array, raw: pl.Series) -> tuple[Range, Array | None]:
    unknown = np.isnan(numbers)
    outside = (numbers < 0) | (numbers > MOST_NUMBER)
    if int(unknown.sum()) != raw.null_count():
        outside = outside | (unknown & raw.is_not_null().to_numpy())
    unknown = unknown | outside
    low, high = np.where(unknown, -np.inf, numbers), np.where(unknown, np.inf, numbers)
    return Range(low, high), np.flatnonzero(outside) if outside.any() else None


def _coded(found: Array, raw: pl.Series, column: Column) -> tuple[Array, Array | None]:
    if isinstance(raw.dtype, pl.Enum):
        table = codes.numbers_of(tuple(raw.dtype.categories), column.space)
        flat = np.take(table, found, mode="wrap")  # the last entry is that of -1: unknown
    elif column.space == "country":
        flat = np.take(codes.by_letters(), found)
    else:
        flat = (found + 1).astype(np.uint8)
    if column.space == "choice":
        allowed = codes.allowed(column.path.removesuffix("[]"))
        flat = np.take(allowed, flat)
    unknown = flat == 0
    if int(np.count_nonzero(unknown)) == raw.null_count():
        return flat, None
    return flat, np.flatnonzero(unknown & raw.is_not_null().to_numpy())


def _labelled(column: pl.Series, labels: Labels) -> Array:
    numbers = {text: labels.number(text) for text in column.unique() if text is not None}
    flat = column.replace_strict(list(numbers), list(numbers.values()), default=0, return_dtype=pl.UInt32)
    return flat.fill_null(0).to_numpy()


def _unknown(column: Column) -> Any:
    """A single unknown value, for all."""
    if column.kind == "truth":
        return np.zeros(1, np.int8)
    if column.kind == "date":
        return Range(np.array([BEFORE]), np.array([BEYOND]))
    if column.kind == "number":
        return Range(np.array([-np.inf]), np.array([np.inf]))
    kind: Any = {"country": np.uint16, "choice": np.uint8}.get(column.space, np.uint32)
    return np.zeros(1, kind)


def _wrong_type(path: str, expected: str) -> BadData:
    return BadData(Problem("This column has another type", path=path, expected=expected, code="column-type"))
