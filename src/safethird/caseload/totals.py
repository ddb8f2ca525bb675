"""What a caseload comes to: how many are reached, at least and at most, and what decides or leaves it open.

A row of a caseload stands for one person; a row of a published table for a number of people that may
itself be a range. Both are counted in the same way: each answer puts its low and its high number under one
of three words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Reach = Literal["reached", "possibly", "not_reached"]
REACHES: tuple[Reach, ...] = ("reached", "possibly", "not_reached")
DIMENSIONS = ("outcome", "provision", "month", "nationality", "demographic", "by", "missing")
MOST_VALUES = 10_000
"""Different values of one dimension; beyond it nobody reads the table."""
OTHERS = "..."
"""Stands for all values beyond `MOST_VALUES`."""


@dataclass(slots=True)
class Count:
    """How many people: at least and at most."""

    low: int = 0
    high: int = 0
    unbounded: int = 0
    """Cells without an upper bound."""

    def add(self, low: int, high: int, unbounded: int) -> None:
        """Add further people."""
        self.low += low
        self.high += high
        self.unbounded += unbounded

    @property
    def most(self) -> int | None:
        """The upper bound, or None where there is none."""
        return None if self.unbounded else self.high


@dataclass(slots=True)
class Line:
    """One value of one dimension under one regime: people by reach."""

    reached: Count = field(default_factory=Count)
    possibly: Count = field(default_factory=Count)
    not_reached: Count = field(default_factory=Count)

    @property
    def least(self) -> int:
        """People who are reached for certain, at least."""
        return self.reached.low

    @property
    def most(self) -> int | None:
        """People who are reached, at most; None where the numbers have no bound."""
        counts = (self.reached, self.possibly)
        return None if any(count.unbounded for count in counts) else sum(count.high for count in counts)

    @property
    def everybody(self) -> Count:
        """All people of the line."""
        total = Count()
        for count in (self.reached, self.possibly, self.not_reached):
            total.add(count.low, count.high, count.unbounded)
        return total


def reach() -> pl.Expr:
    """How sure it is that a regime reaches a person: it bars the claim or names a state, or it does not.

    Where the bottom line is known it counts, even if the outcome is not: a person who is either outside or
    exempt is not reached.
    """
    outcome, bars = pl.col("outcome"), pl.col("bars")
    return (
        pl.when((outcome == "applies") | bars.fill_null(value=False))
        .then(pl.lit("reached"))
        .when((outcome != "undetermined") | (~bars).fill_null(value=False))
        .then(pl.lit("not_reached"))
        .otherwise(pl.lit("possibly"))
        .cast(pl.Enum(list(REACHES)))
        .alias("reach")
    )


class Totals:
    """Counts that grow with every table of answers."""

    def __init__(self) -> None:
        self._lines: dict[str, dict[tuple[str, str | None], Line]] = {name: {} for name in DIMENSIONS}
        self._all: dict[str, Line] = {}

    def add(self, answers: pl.DataFrame) -> None:
        """Count answers. Columns: regime, outcome, bars, provision, missing; low and high; and any of month,
        nationality, demographic and by."""
        table = answers.with_columns(reach())
        for regime, value, which, low, high, open_ in _counted(table, None):
            _count(self._all.setdefault(regime, Line()), which).add(low, high, open_)
            del value
        for name in ("outcome", "month", "nationality", "demographic", "by"):
            if name in table.columns:
                self._add(name, table)
        self._add("provision", table.filter(pl.col("provision").is_not_null()))
        self._add(
            "missing", table.filter(pl.col("reach") == "possibly").explode("missing", empty_as_null=False)
        )

    def _add(self, name: str, table: pl.DataFrame) -> None:
        lines = self._lines[name]
        for regime, value, which, low, high, open_ in _counted(table, name):
            key = (regime, value)
            if key not in lines and len(lines) >= MOST_VALUES:
                key = (regime, OTHERS)
            _count(lines.setdefault(key, Line()), which).add(low, high, open_)

    @property
    def regimes(self) -> tuple[str, ...]:
        """The regimes that were asked."""
        return tuple(self._all)

    def whole(self, regime: str) -> Line:
        """All people under a regime."""
        return self._all.get(regime, Line())

    def lines(self, dimension: str, regime: str) -> list[tuple[str | None, Line]]:
        """The values of a dimension under a regime: months in order, the others the largest first. None: not
        known."""
        found = [(value, line) for (name, value), line in self._lines[dimension].items() if name == regime]
        if dimension == "month":
            return sorted(found, key=lambda entry: (entry[0] is None, entry[0] or ""))
        return sorted(found, key=lambda entry: (-entry[1].everybody.high, entry[0] is None, entry[0] or ""))

    def has(self, dimension: str) -> bool:
        """Whether anything was counted along a dimension."""
        return bool(self._lines[dimension])


def _count(line: Line, which: str) -> Count:
    found: Count = getattr(line, which)
    return found


def _counted(table: pl.DataFrame, name: str | None) -> Iterator[tuple[str, str | None, str, int, int, int]]:
    keys = ["regime", "reach"] if name is None else ["regime", name, "reach"]
    grouped = table.group_by(keys).agg(
        pl.col("low").sum(), pl.col("high").sum(), pl.col("high").null_count().alias("open")
    )
    for row in grouped.iter_rows(named=True):
        yield (
            row["regime"],
            None if name is None else row[name],
            row["reach"],
            row["low"],
            row["high"],
            row["open"],
        )
