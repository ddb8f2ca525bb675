"""Plans that walk over no list, as Polars expressions.

Where every fact is a plain column of a type that holds nothing but sound values (booleans, days, an Enum of
codes), Polars' own three-valued logic on packed bits says the same as ours on bytes, several times as fast. So
much so that only such plans are written this way; one node of another kind, and the arrays take over.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, NoReturn

import polars as pl

from safethird.engines.columns import codes
from safethird.engines.plan.nodes import (
    Always,
    Among,
    And,
    Days,
    Equal,
    Fact,
    InSet,
    Is,
    Less,
    Not,
    Open,
    Or,
    PlanNode,
    Reading,
    Unknown,
)
from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.facts.vocabulary import vocabulary

_EPOCH = 719163  # the ordinal of 1970-01-01


class NotPlain(Exception):
    """Something about a plan or a table is not of the kind that is written as expressions."""


class Expressions:
    """Writes nodes for a table of one schema."""

    def __init__(self, schema: pl.Schema, instead: Mapping[str, str]) -> None:
        """`instead`: for a date that is unknown, the path of the date that holds in its place."""
        self._schema: dict[str, Any] = dict(schema)
        self._instead = instead
        self.dates: dict[str, pl.Expr] = {}
        """Columns of days that were read: they may lie outside the calendar of a case."""
        self._known: dict[PlanNode, pl.Expr] = {}

    def of(self, node: PlanNode) -> pl.Expr:
        """A node as an expression. Raises NotPlain."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = self._written(node)
        return found

    def _written(self, node: PlanNode) -> pl.Expr:
        match node:
            case Always():
                return pl.lit(node.value)
            case Open():
                return pl.lit(None, dtype=pl.Boolean)
            case Not():
                return ~self.of(node.part)
            case And() | Or():
                parts = [self.of(part) for part in node.parts]
                joined = (lambda a, b: a & b) if isinstance(node, And) else (lambda a, b: a | b)
                return reduce(joined, parts) if parts else pl.lit(isinstance(node, And))
            case Reading():
                return self.of(node.part)
            case Is():
                part = self.of(node.part)
                if node.value is None:
                    return part.is_null()
                return (part if node.value else ~part).fill_null(False)
            case Unknown():
                term = self.of(node.term)
                return term.is_not_null() if node.negated else term.is_null()
            case Less() | Equal():
                return self._compared(node)
            case Among():
                item, known = self.of(node.item), self._categories(node.item)
                tests = [item == code for code in node.codes if code in known]
                return reduce(lambda a, b: a | b, tests) if tests else _false_of_known(item)
            case InSet():
                return self._in_set(node)
            case Fact():
                return self._fact(node)
        _not()

    def _compared(self, node: Less | Equal) -> pl.Expr:
        """Two days; the law's own may be known to the month only."""
        (low, high), (other_low, other_high) = self._ends(node.left), self._ends(node.right)
        exact = low is high and other_low is other_high
        if isinstance(node, Less):
            if exact:
                return low < other_low
            return pl.when(high < other_low).then(True).when(low >= other_high).then(False)
        if exact:
            return low == other_low
        return pl.when((high < other_low) | (other_high < low)).then(False)

    def _ends(self, node: PlanNode) -> tuple[pl.Expr, pl.Expr]:
        if isinstance(node, Days):
            low = _day(node.lo)
            return low, low if node.lo == node.hi else _day(node.hi)
        if isinstance(node, Fact) and node.kind == "date":
            found = self.of(node)
            return found, found
        _not()

    def _in_set(self, node: InSet) -> pl.Expr:
        if node.on is not None and node.countries.dated:
            _not()
        item, known = self.of(node.item), self._categories(node.item)
        members = sorted({entry.country for entry in node.countries.members} & set(known))
        if not members:
            return _false_of_known(item)
        return pl.when(item.is_not_null()).then(item.is_in(pl.Series(members, dtype=pl.Enum(known))))

    def _categories(self, node: PlanNode) -> list[str]:
        """The codes that a column of codes may hold."""
        if not isinstance(node, Fact):
            _not()
        found = self._source(node.path)
        return [] if found is None else list(found[1].categories)

    def _fact(self, node: Fact) -> pl.Expr:
        if node.key is not None or node.inside is not None:
            _not()
        found = self._column(node.path, node)
        other = self._instead.get(node.path)
        return found if other is None else pl.coalesce(found, self._column(other, node))

    def _column(self, path: str, node: Fact) -> pl.Expr:
        found = self._source(path)
        if found is None:
            types: dict[str, Any] = {"truth": pl.Boolean, "date": pl.Date, "code": pl.Enum([])}
            if node.kind not in types:
                _not()
            return pl.lit(None, dtype=types[node.kind])
        source, dtype = found
        if node.kind == "code":
            sound = isinstance(dtype, pl.Enum) and set(dtype.categories) <= _codes(path, node)
        else:
            sound = dtype == {"truth": pl.Boolean, "date": pl.Date}.get(node.kind)
        if not sound:
            _not()
        if node.kind == "date":
            self.dates[path] = source
        return source

    def _source(self, path: str) -> tuple[pl.Expr, Any] | None:
        name, *steps = path.split(".")
        dtype: Any = self._schema.get(name)
        source = pl.col(name)
        for step in steps:
            if not isinstance(dtype, pl.Struct):
                if dtype is None:
                    return None
                _not()
            dtype = {entry.name: entry.dtype for entry in dtype.fields}.get(step)
            source = source.struct.field(step)
        return None if dtype is None or dtype == pl.Null else (source, dtype)


def _codes(path: str, node: Fact) -> set[str]:
    """The codes that a fact may have; none for labels, which are not written this way."""
    if node.space == "country":
        return set(codes.texts("country"))
    return set(vocabulary().fact(path).values)


def _false_of_known(item: pl.Expr) -> pl.Expr:
    return pl.when(item.is_not_null()).then(False)


def in_calendar(table: pl.DataFrame, dates: Mapping[str, pl.Expr]) -> bool:
    """Whether no day of some columns lies outside the calendar."""
    if not dates:
        return True
    first, last = (pl.lit(day - _EPOCH, dtype=pl.Int32).cast(pl.Date) for day in (FIRST_DAY, LAST_DAY))
    inside = [(source.min() >= first) & (source.max() <= last) for source in dates.values()]
    return bool(table.select(pl.all_horizontal(test.fill_null(True) for test in inside)).item())


def _not() -> NoReturn:
    raise NotPlain


def _day(ordinal: int) -> pl.Expr:
    return pl.lit(ordinal - _EPOCH, dtype=pl.Int32).cast(pl.Date)
