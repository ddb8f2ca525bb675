"""Regimes that look at plain facts only, over tables of sound types: by Polars expressions.

Such a regime speaks of no list, and the table's columns can hold nothing that would have to be refused. What is
missing is left to the arrays, which are asked about one case of each kind that the regime can tell apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.caseload.regime_plan import RegimePlan
from safethird.caseload.rewriting import roots_of
from safethird.engines.columns.expressions import Expressions, NotPlain, Pattern, in_calendar
from safethird.engines.plan.nodes import Always, Code, PlanNode, in_order

Array = npt.NDArray[Any]

MOST_COUNTED = 1 << 16
"""Kinds of cases up to which it is quicker to count than to sort."""
OPEN, SOUND = "_open", "_sound"
"""Further columns of answers, the same in every row: how many are undetermined, and whether every day that was
read is one of the calendar."""


class Plain:
    """A regime as expressions over the columns of a table."""

    def __init__(
        self, plan: RegimePlan, schema: pl.Schema, instead: Mapping[str, str], kinds: Mapping[str, Any]
    ) -> None:
        """Raises NotPlain where the plan or the table is not of that kind. `kinds`: the types of the columns of
        results."""
        self._decide = Expressions(schema, instead)
        self._columns = _written(plan, self._decide, kinds)
        self._sound = in_calendar(self._decide.dates).alias(SOUND)
        self._pattern = Pattern(schema, instead, roots_of(plan))
        self.names = pl.Series([[]], dtype=pl.List(kinds["missing"]))
        """What is missing in some case of each kind that was met; first, for cases that are determined, nothing."""
        self._places: Array = np.zeros(min(self._pattern.size, MOST_COUNTED), np.uint32)
        self._seen: dict[int, int] = {}

    def answers(self, table: pl.DataFrame) -> pl.DataFrame:
        """`id`, outcome, bottom line, provision and state of every case; and the two further columns."""
        found = self._decide.stages(table.lazy(), "id", self._sound)
        found = found.select("id", *self._columns, SOUND)
        is_open = pl.col("outcome") == "undetermined"
        return found.with_columns(is_open.sum().alias(OPEN)).collect(engine="in-memory")

    def missing(self, undetermined: pl.DataFrame, ask: Callable[[pl.DataFrame], list[list[str]]]) -> Array:
        """What is missing in undetermined cases, as places in `names`. `ask` is asked about one case of each kind
        that the regime can tell apart and that has not been met before."""
        numbers = self._pattern.numbers(undetermined)
        if self._pattern.size > MOST_COUNTED:
            distinct, which = np.unique(numbers, return_inverse=True)
            places = np.array([self._seen.get(number, 0) for number in distinct.tolist()], np.uint32)
        else:
            distinct, which, places = np.arange(self._pattern.size), numbers, self._places
        new = np.flatnonzero(places[which] == 0)
        if len(new):
            _, first = np.unique(numbers[new], return_index=True)
            some = new[first]
            places[which[some]] = np.arange(len(some), dtype=np.uint32) + len(self.names)
            more = pl.Series(ask(undetermined[some]), dtype=self.names.dtype)
            self.names = pl.concat((self.names, more), rechunk=True)
            if self._pattern.size > MOST_COUNTED:
                self._seen.update(zip(distinct.tolist(), places.tolist(), strict=True))
        return np.take(places, which)


def plain(
    plan: RegimePlan, schema: pl.Schema, instead: Mapping[str, str], kinds: Mapping[str, Any]
) -> Plain | None:
    """A regime for a table of one schema; None where the plan or the table is not of that kind."""
    if plan.readings or plan.kind == "allocation":
        return None
    if any(node.axes for node in in_order(tuple(roots_of(plan)))):
        return None
    if plan.verdict.state is not None and not isinstance(plan.verdict.state, Code):
        return None
    try:
        return Plain(plan, schema, instead, kinds)
    except NotPlain:
        return None


def _written(plan: RegimePlan, write: Expressions, kinds: Mapping[str, Any]) -> list[pl.Expr]:
    verdict = plan.verdict
    operative = None if _is(verdict.operative, True) else write.of(verdict.operative)
    covered = write.of(verdict.covered)
    excepted = None if _is(verdict.excepted, False) else write.of(verdict.excepted)
    inside = _all(operative, covered)
    bars = _all(inside, None if excepted is None else ~excepted)
    outcomes = {
        "not_in_force": None if operative is None else ~operative,
        "not_covered": _all(operative, ~covered),
        "exempt": None if excepted is None else _all(inside, excepted),
        "applies": bars,
    }
    holding = {name: holds for name, holds in outcomes.items() if holds is not None}
    grounds: list[tuple[str, pl.Expr]] = []
    for ground in plan.grounds:
        concerned = holding.get(ground.outcome)
        if concerned is None:
            continue
        if ground.outcome == "exempt" and excepted is not None:
            # A certain exception decides the bottom line even while the outcome is open.
            others = [holding[name] for name in ("not_in_force", "not_covered") if name in holding]
            concerned = _all(excepted, *(~holds.fill_null(False) for holds in others))
        guard = None if _is(ground.guard, True) else write.of(ground.guard)
        grounds.append((ground.id, _all(concerned, guard)))
    state = verdict.state.text if isinstance(verdict.state, Code) else None
    named = pl.lit(state, dtype=kinds["responsible"])
    return [
        _first(list(holding.items()), kinds["outcome"], "undetermined").alias("outcome"),
        bars.alias("bars"),
        _first(grounds, kinds["provision"], None).alias("provision"),
        (named if state is None else pl.when(bars).then(named)).alias("responsible"),
    ]


def _is(node: PlanNode, value: bool) -> bool:
    return isinstance(node, Always) and node.value is value


def _all(*parts: pl.Expr | None) -> pl.Expr:
    """All that is not certain anyway."""
    return reduce(lambda a, b: a & b, (part for part in parts if part is not None))


def _first(cases: list[tuple[str, pl.Expr]], kind: Any, otherwise: str | None) -> pl.Expr:
    """The name of the first case that holds."""
    chain: Any = None
    for name, holds in cases:
        chain = (pl if chain is None else chain).when(holds).then(pl.lit(name, dtype=kind))
    rest = pl.lit(otherwise, dtype=kind)
    found: pl.Expr = rest if chain is None else chain.otherwise(rest)
    return found
