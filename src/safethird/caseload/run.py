"""Regimes over tables of cases: a table is read once, decided in blocks that fit the processor's cache, and the
cases that stay undetermined are gathered and asked what they miss."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.caseload.masks import Mask, paths_of
from safethird.caseload.outcome import NUMBER, Answers, answers, missing, roots_of_settled, settled
from safethird.caseload.plain import OPEN, SOUND, Plain, plain
from safethird.caseload.rewriting import plan_regimes, roots_of
from safethird.caseload.sizes import faults, longest_list, parts, weights
from safethird.engines.columns import codes
from safethird.engines.columns.decode import Flat, Labels, decode
from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.load import Block
from safethird.engines.columns.needs import needs_of
from safethird.engines.plan.nodes import PlanNode
from safethird.engines.plan.passes import PASSES, Pass
from safethird.regimes.model import Regime
from safethird.screening.determine import OUTCOMES

Array = npt.NDArray[Any]

INSTEAD = {"decision.date": "as_of"}
"""A decision that is not dated is taken on the day of the answer (case format, `decision.date`)."""
BLOCK = 1 << 16
"""Cases that are decided at a time, at most."""
BATCH = 1 << 17
"""Cases that are read at a time."""
MOST_AT_ONCE = 1 << 20
"""Cases whose answers are held at a time."""

_OPEN = NUMBER["undetermined"]


class Answered(NamedTuple):
    """The answers for the cases of a table."""

    results: pl.DataFrame
    """One row for each case that could be read and each regime; columns: see `Compiled.schema`."""
    rejects: pl.DataFrame
    """One row for each case that could not: its row in the table, its id, the path of the first fact that
    cannot be read, and why."""


@dataclass(slots=True)
class _Columns:
    """The answers of one regime for a whole table."""

    outcome: Array
    bars: Array
    ground: Array
    state: Array
    missing: Array
    readings: Array


class Compiled:
    """Regimes ready to be run over tables: planned together, so that what they share is computed once.

    A table has the sections of the case format as columns, and `id`. The answers do not depend on the order of
    its rows, on how it is cut into parts, or on the number of threads.
    """

    def __init__(
        self, regimes: Sequence[Regime], threads: int | None = None, passes: Sequence[Pass] = PASSES
    ) -> None:
        """`threads`: how many to use; as many as there are processors. `passes`: the rewrites of the plan."""
        self.regimes = tuple(regimes)
        self.plans = plan_regimes(regimes, passes)
        roots = [root for plan in self.plans for root in roots_of(plan)]
        self.needs = needs_of(roots, INSTEAD.items())
        self.masks = tuple(Mask(paths_of(plan)) for plan in self.plans)
        self.readings = tuple(Mask(name for name, _ in plan.readings) for plan in self.plans)
        self.threads = threads or os.cpu_count() or 1
        self._sections = {column.path.partition(".")[0] for column in self.needs.columns}
        self._weights = weights(roots)
        self._settled_weights = weights(root for plan in self.plans for root in roots_of_settled(plan))
        self._costs = np.array([sum(weights(roots_of(plan, with_missing=False))) for plan in self.plans])
        self._orders: dict[tuple[PlanNode, ...], list[PlanNode]] = {}
        self._plain: dict[tuple[Any, ...], list[Plain] | None] = {}
        grounds = dict.fromkeys(ground.id for plan in self.plans for ground in plan.grounds)
        self._grounds = {name: place for place, name in enumerate(grounds)}
        self._kinds: dict[str, Any] = {
            "regime": pl.Enum([plan.id for plan in self.plans]),
            "outcome": pl.Enum(OUTCOMES),
            "provision": pl.Enum(list(grounds)),
            "responsible": codes.enumeration("country"),
            "missing": pl.Enum(_names(self.masks)),
            "readings": pl.Enum(_names(self.readings)),
        }
        self._no_names = {
            name: pl.lit([], dtype=pl.List(self._kinds[name])) for name in ("missing", "readings")
        }

    def schema(self, id_type: Any = pl.String) -> pl.Schema:
        """The columns of results.

        `bars`: whether the regime keeps the claim from being examined here, null where that is open.
        `provision`: the provision or event that decides. `missing`: the unknown facts that the outcome rests on.
        `readings`: readings of the law under which the answer would be another, as `conflict=option`.
        """
        kinds = self._kinds
        return pl.Schema(
            {
                "id": id_type,
                "regime": kinds["regime"],
                "outcome": kinds["outcome"],
                "bars": pl.Boolean,
                "provision": kinds["provision"],
                "responsible": kinds["responsible"],
                "missing": pl.List(kinds["missing"]),
                "readings": pl.List(kinds["readings"]),
            }
        )

    def answer(self, table: pl.DataFrame, first_row: int = 0) -> Answered:
        """The answers for the cases of a table. `first_row`: the number of its first row, for the rejects.

        Raises BadData where a column has a type that it cannot have.
        """
        ids = (
            table["id"]
            if "id" in table.columns
            else pl.Series("id", range(first_row, first_row + table.height))
        )
        plainly = self._by_expressions(table, ids)
        if plainly is not None:
            return Answered(plainly, _rejects([], {}, ids, first_row)[0])
        frames: list[list[pl.DataFrame]] = [[] for _ in self.plans]
        rejects = [_rejects([], {}, ids, first_row)[0]]
        for first, (flat, labels) in self._decoded(table):
            part = ids.slice(first, flat.size)
            longest, too_long = longest_list(flat)
            refused, good = _rejects([*faults(flat)], too_long, part, first_row + first)
            columns = self.decide(flat, labels, longest if good is None else np.where(good, longest, 0))
            for number, found in enumerate(columns):
                frame = self._frame(number, part, found)
                frames[number].append(frame if good is None else frame.filter(pl.Series(good)))
            rejects.append(refused)
        return Answered(pl.concat(frame for of_one in frames for frame in of_one), pl.concat(rejects))

    def _decoded(self, table: pl.DataFrame) -> Iterator[tuple[int, tuple[Flat, Labels]]]:
        """What is read of a table, part by part: while one part is decided, the next is read."""
        starts = range(0, max(table.height, 1), BATCH)
        if self.threads == 1 or len(starts) == 1:
            yield from ((first, self.decode(table.slice(first, BATCH))) for first in starts)
            return
        with ThreadPoolExecutor(1) as reader:
            ahead = reader.submit(self.decode, table.slice(0, BATCH))
            for first in starts:
                ready = ahead.result()
                if first + BATCH < table.height:
                    ahead = reader.submit(self.decode, table.slice(first + BATCH, BATCH))
                yield first, ready

    def batches(self, tables: Iterable[pl.DataFrame]) -> Iterator[Answered]:
        """The answers for table after table, in bounded memory; a table that is large is cut into parts."""
        row = 0
        for table in tables:
            for first in range(0, max(table.height, 1), MOST_AT_ONCE):
                part = table.slice(first, MOST_AT_ONCE)
                yield self.answer(part, row)
                row += part.height

    # --- steps -------------------------------------------------------------------------------------

    def decode(self, table: pl.DataFrame) -> tuple[Flat, Labels]:
        """What the regimes read of a table."""
        labels = Labels()
        return decode(table, self.needs, labels), labels

    def decide(self, flat: Flat, labels: Labels, longest: Array) -> list[_Columns]:
        """The answers for what was read of a table; `longest`: see `sizes.longest_list`."""
        size = flat.size
        columns = [
            _Columns(
                np.full(size, _OPEN, np.uint8),
                np.zeros(size, np.int8),
                np.zeros(size, np.uint16),
                np.zeros(size, np.uint16),
                np.zeros((mask.words, size), np.uint64),
                np.zeros((readings.words, size), np.uint64),
            )
            for mask, readings in zip(self.masks, self.readings, strict=True)
        ]

        rest = np.zeros((len(self.plans), size), bool)

        def settle(rows: slice | Array) -> None:
            evaluator = Evaluator(Block(flat, labels, rows, INSTEAD), self._orders)
            for number, plan in enumerate(self.plans):
                given, rest[number, rows] = settled(plan, evaluator)
                _store(columns[number], rows, given, self.readings[number])

        self._each(settle, parts(longest, self._settled_weights, BLOCK))
        for numbers, cases in self._together(rest):

            def decide(rows: slice | Array, numbers: Sequence[int] = numbers, cases: Array = cases) -> None:
                these = cases[rows]
                evaluator = Evaluator(Block(flat, labels, these, INSTEAD), self._orders)
                for number in numbers:
                    given = answers(self.plans[number], evaluator)
                    _store(columns[number], these, given, self.readings[number])

            self._each(decide, parts(longest[cases], self._weights, BLOCK))
        for number, found in enumerate(columns):
            undetermined = np.flatnonzero(found.outcome == _OPEN)
            found.missing[:, undetermined] = self._missing(number, flat, labels, undetermined, longest)
        return columns

    def _together(self, rest: Array) -> Iterator[tuple[Sequence[int], Array]]:
        """Which regimes to decide together, and for which cases. Together they share what they have in common,
        apart each looks at fewer cases."""
        anywhere = rest.any(axis=0)
        apart = (rest.sum(axis=1) * self._costs).sum()
        if anywhere.sum() * sum(self._weights) <= apart:
            yield range(len(self.plans)), np.flatnonzero(anywhere)
            return
        for number, mine in enumerate(rest):
            yield [number], np.flatnonzero(mine)

    def _missing(self, number: int, flat: Flat, labels: Labels, cases: Array, longest: Array) -> Array:
        """What is missing under one regime in some cases that it leaves undetermined."""
        plan, mask = self.plans[number], self.masks[number]
        words = np.zeros((mask.words, len(cases)), np.uint64)

        def ask(rows: slice | Array) -> None:
            evaluator = Evaluator(Block(flat, labels, cases[rows], INSTEAD), self._orders)
            words[:, rows] = mask.encode(missing(plan, evaluator), evaluator.block.size)

        self._each(ask, parts(longest[cases], self._weights, BLOCK))
        return words

    # --- regimes of plain facts --------------------------------------------------------------------

    def _plainly(self, schema: pl.Schema) -> list[Plain] | None:
        """Every regime as expressions, where all of them and the table are of that kind."""
        key = tuple(schema.items())
        if key not in self._plain:
            written = [plain(plan, schema, INSTEAD, self._kinds) for plan in self.plans]
            known = [one for one in written if one is not None]
            self._plain = {key: known if len(known) == len(written) else None}
        return self._plain[key]

    def _by_expressions(self, table: pl.DataFrame, ids: pl.Series) -> pl.DataFrame | None:
        """The answers by expressions; None where regimes or table are not of that kind."""
        written = self._plainly(table.schema)
        if written is None or table.height == 0:
            return None
        frames = []
        for number, one in enumerate(written):
            found = one.answers(table.with_columns(ids.alias("id")))
            if not found.item(0, SOUND):
                return None
            missing = self._no_names["missing"]
            if found.item(0, OPEN):
                rows = (found["outcome"] == "undetermined").arg_true()
                undetermined = table.select(name for name in table.columns if name in self._sections)[rows]
                place = np.zeros(table.height, np.uint32)
                place[rows.to_numpy()] = one.missing(undetermined, partial(self._names_of, number))
                missing = pl.lit(one.names.gather(pl.Series(place)))
            frames.append(self._with_names(number, found, missing, self._no_names["readings"]))
        return pl.concat(frames)

    def _names_of(self, number: int, cases: pl.DataFrame) -> list[list[str]]:
        """What is missing under one regime in some cases that it leaves undetermined."""
        flat, labels = self.decode(cases)
        words = self._missing(number, flat, labels, np.arange(flat.size), longest_list(flat)[0])
        return [list(self.masks[number].decode(*map(int, column))) for column in words.T]

    # --- results -----------------------------------------------------------------------------------

    def _each(self, work: Callable[[slice | Array], None], rows: Iterator[slice | Array]) -> None:
        # One thread reads ahead; two that decide hinder each other more than they help.
        if self.threads <= 2:
            for part in rows:
                work(part)
            return
        with ThreadPoolExecutor(self.threads - 1) as pool:
            for done in [pool.submit(work, part) for part in rows]:
                done.result()

    def _frame(self, number: int, ids: pl.Series, found: _Columns) -> pl.DataFrame:
        plan, kinds = self.plans[number], self._kinds
        provisions = np.array([0, *(self._grounds[ground.id] + 1 for ground in plan.grounds)], np.uint32)
        frame = pl.DataFrame(
            {
                "id": ids,
                "outcome": found.outcome,
                "bars": found.bars,
                "provision": np.take(provisions, found.ground),
                "responsible": found.state.astype(np.uint32),
            }
        )
        bars = pl.col("bars")
        decided = frame.select(
            "id",
            pl.col("outcome").cat.to(kinds["outcome"]),
            pl.when(bars != 0).then(bars == 1).alias("bars"),
            _from_one("provision", kinds["provision"]),
            _from_one("responsible", kinds["responsible"]),
        )
        return self._with_names(
            number,
            decided,
            self.masks[number].lists(found.missing, kinds["missing"]),
            self.readings[number].lists(found.readings, kinds["readings"]),
        )

    def _with_names(
        self, number: int, decided: pl.DataFrame, missing: pl.Expr, readings: pl.Expr
    ) -> pl.DataFrame:
        """Answers with the name of the regime, of what is missing, and of readings that differ."""
        kinds = self._kinds
        return decided.select(
            "id",
            pl.lit(self.plans[number].id, dtype=kinds["regime"]).alias("regime"),
            "outcome",
            "bars",
            "provision",
            "responsible",
            missing.alias("missing"),
            readings.alias("readings"),
        )


def _names(masks: Iterable[Mask]) -> list[str]:
    return list(dict.fromkeys(name for mask in masks for name in mask.names))


def _store(found: _Columns, rows: slice | Array, given: Answers, readings: Mask) -> None:
    found.outcome[rows] = given.outcome
    found.bars[rows] = given.bars
    found.ground[rows] = given.ground
    found.state[rows] = given.state
    if given.readings:
        found.readings[:, rows] = readings.encode(given.readings, len(given.outcome))


def _from_one(name: str, kind: Any) -> pl.Expr:
    """Places from one as values of an Enum; null for nought."""
    return pl.when(pl.col(name) > 0).then(pl.col(name) - 1).cat.to(kind).alias(name)


def _rejects(
    unreadable: list[tuple[str, Array]], too_long: dict[str, Array], ids: pl.Series, first_row: int
) -> tuple[pl.DataFrame, Array | None]:
    """The cases that cannot be decided, with the first reason for each; and which can, if not all."""
    schema: dict[str, Any] = {"row": pl.Int64, "id": ids.dtype, "path": pl.String, "why": pl.String}
    reasons = [(path, rows, "cannot be read") for path, rows in unreadable]
    reasons += [(path, rows, "is too long") for path, rows in too_long.items()]
    if not reasons:
        return pl.DataFrame(schema=schema), None
    first: dict[int, tuple[str, str]] = {}
    for path, rows, why in reasons:
        for row in rows.tolist():
            first.setdefault(row, (path, why))
    places = sorted(first)
    good = np.ones(len(ids), bool)
    good[places] = False
    rejects = pl.DataFrame(
        {
            "row": [first_row + place for place in places],
            "id": ids.gather(places),
            "path": [first[place][0] for place in places],
            "why": [first[place][1] for place in places],
        },
        schema=schema,
    )
    return rejects, good
