"""Plans that walk over no list, as Polars expressions.

Where every fact is a plain column of a type that holds nothing but sound values (booleans, days, an Enum of
codes), Polars' own three-valued logic on packed bits says the same as ours on bytes, several times as fast. So
much so that only such plans are written this way; one node of another kind, and the arrays take over.

Every node that has a value of its own becomes a column, computed one stage after its parts. Written as one deep
expression it would be computed several times over: Polars turns a negated condition inside out before it looks
for what two expressions share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, NoReturn

import numpy.typing as npt
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
    children,
    in_order,
    kind_of,
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
        self._stages: list[list[pl.Expr]] = [[]]
        self._known: dict[PlanNode, tuple[pl.Expr, int]] = {}

    def of(self, node: PlanNode) -> pl.Expr:
        """A node as an expression over the columns of the stages. Raises NotPlain."""
        return self._placed(node)[0]

    def stages(self, table: pl.LazyFrame, *kept: str | pl.Expr) -> pl.LazyFrame:
        """A table with the columns that the expressions speak of, and those `kept`."""
        first, *others = self._stages
        table = table.select(*kept, *first)
        for stage in others:
            table = table.with_columns(stage)
        return table

    def _placed(self, node: PlanNode) -> tuple[pl.Expr, int]:
        """A node, and the first stage that may speak of it."""
        found = self._known.get(node)
        if found is None:
            written = self._written(node)
            stage = max((self._placed(part)[1] for part in _parts(node)), default=0)
            if isinstance(node, _INLINE):
                found = written, stage
            else:
                name = f"_node_{len(self._known)}"
                self._stages += [[] for _ in range(stage + 1 - len(self._stages))]
                self._stages[stage].append(written.alias(name))
                found = pl.col(name), stage + 1
            self._known[node] = found
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
                term = self._raw(node.term)
                return term.is_not_null() if node.negated else term.is_null()
            case Less() | Equal():
                return self._compared(node)
            case Among():
                item, known = self._raw(node.item), self._categories(node.item)
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
            found = self._raw(node)
            return found, found
        _not()

    def _raw(self, node: PlanNode) -> pl.Expr:
        """A fact, over the columns of the table."""
        if not isinstance(node, Fact):
            _not()
        return self._fact(node)

    def _in_set(self, node: InSet) -> pl.Expr:
        if node.on is not None and node.countries.dated:
            _not()
        item, known = self._raw(node.item), self._categories(node.item)
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


class Pattern:
    """Everything that nodes of a plan can tell cases apart by, as one number for each case: the truth of every
    condition that is made of no other, and whether each fact is known."""

    def __init__(self, schema: pl.Schema, instead: Mapping[str, str], roots: Iterable[PlanNode]) -> None:
        """Raises NotPlain."""
        write = Expressions(schema, instead)
        states: list[tuple[pl.Expr, int]] = []
        settled: set[PlanNode] = set()
        nodes = in_order(tuple(roots))
        for node in nodes:
            if kind_of(node) == "truth" and not isinstance(node, (*_JOINED, Always, Open)):
                states.append((write.of(node).cast(pl.UInt64).fill_null(2), 3))
                settled |= _settled(node)
        for node in nodes:
            if isinstance(node, Fact) and node not in settled:
                states.append((write.of(node).is_null().cast(pl.UInt64), 2))
        self.size = 1
        """Numbers lie below this."""
        self._number = pl.lit(0, dtype=pl.UInt64)
        for state, count in states:
            self._number = self._number + state * self.size
            self.size *= count
        if self.size > _MOST_PATTERNS:
            _not()
        self._stages = write

    def numbers(self, table: pl.DataFrame) -> npt.NDArray[Any]:
        """The number of each case of a table."""
        found = self._stages.stages(table.lazy()).select(self._number.alias(""))
        return found.collect(engine="in-memory")[""].to_numpy()


_MOST_PATTERNS = 1 << 62


def _settled(node: PlanNode) -> set[PlanNode]:
    """The fact that a condition of one fact leaves open, whenever it is unknown, and only then."""
    match node:
        case Fact():
            return {node}
        case Among(item=Fact() as item) | InSet(item=Fact() as item, on=None):
            return {item}
        case (
            Less(left=Fact() as item, right=Days() as day) | Less(left=Days() as day, right=Fact() as item)
            | Equal(left=Fact() as item, right=Days() as day) | Equal(left=Days() as day, right=Fact() as item)
        ) if day.lo == day.hi:  # fmt: skip
            return {item}
    return set()


_INLINE = (Always, Open, Not, Is, Reading)
"""Nodes that cost nothing, or no more than to write them down."""


def _parts(node: PlanNode) -> Iterator[PlanNode]:
    """The conditions that a node is made of."""
    return (
        (part for part in children(node) if kind_of(part) == "truth")
        if isinstance(node, _JOINED)
        else iter(())
    )


_JOINED = (Not, And, Or, Is, Reading)


def _codes(path: str, node: Fact) -> set[str]:
    """The codes that a fact may have; none for labels, which are not written this way."""
    if node.space == "country":
        return set(codes.texts("country"))
    return set(vocabulary().fact(path).values)


def _false_of_known(item: pl.Expr) -> pl.Expr:
    return pl.when(item.is_not_null()).then(False)


def in_calendar(dates: Mapping[str, pl.Expr]) -> pl.Expr:
    """Whether no day of some columns lies outside the calendar."""
    first, last = (pl.lit(day - _EPOCH, dtype=pl.Int32).cast(pl.Date) for day in (FIRST_DAY, LAST_DAY))
    inside = [(source.min() >= first) & (source.max() <= last) for source in dates.values()]
    return reduce(lambda a, b: a & b, (test.fill_null(True) for test in inside), pl.lit(True))


def _not() -> NoReturn:
    raise NotPlain


def _day(ordinal: int) -> pl.Expr:
    return pl.lit(ordinal - _EPOCH, dtype=pl.Int32).cast(pl.Date)
