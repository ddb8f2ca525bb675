"""Cases that reach the answers of a regime, by the million: from cases with known answers, changed around the
limits that the rules draw.

A pool is grown from the regime's own tests and from cases that the solver finds, by changes to one fact or
list at a time; those with rarer answers are changed more often. Cases by the million then take their sections
(`claim`, `entries`, `family` ...) from different cases of the pool. What is no valid case is left out.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import polars as pl

from safethird.caseload.run import Compiled
from safethird.caseload.schema import case_schema
from safethird.caseload.whole import wrong_rows
from safethird.drafting.prove.bounds import Bounds
from safethird.errors import SafethirdError
from safethird.facts.case import Case
from safethird.facts.dates import DateRange, NumberRange, format_date, parse_date
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import vocabulary
from safethird.language.syntax import Fact, Field, Lookup, walk
from safethird.regimes.catalogue import library_files
from safethird.regimes.model import Regime
from safethird.screening.alternatives import alternatives, rules_of
from safethird.screening.casetests import read_test_file

SWAPPED = 0.2
"""How often a section of a made case comes from another case of the pool than the rest."""
FIRST, LAST = 1925, 2074
"""The years in which dates of a case lie, as in proofs."""
_SHIFTS = (-3650, -1461, -366, -31, -14, -1, 1, 14, 31, 366, 1461, 3650)
Data = dict[str, Any]
Steps = tuple[str | int, ...]


class Reaching:
    """Cases about one regime. The same seed makes the same cases."""

    def __init__(self, regime: Regime, seed: int = 1, found: Iterable[Case] = (), size: int = 1000) -> None:
        """`found`: further cases to start from. `size`: how many cases the pool has."""
        self.regime = regime
        self.rng = Random(repr((seed, regime.id)))
        self.draw = np.random.default_rng(self.rng.randrange(1 << 30))
        self.names = frozenset(_names_read(regime))
        self.engine = Compiled([regime], threads=1)
        self.pool: list[Case] = [*_own_tests(regime), *found]
        self.starts = len(self.pool)
        self.outcomes = self._answered(self.pool)
        self._grow(size)
        self.table = table_of(self.pool)

    def _answered(self, cases: list[Case]) -> list[str]:
        return self.engine.answer(table_of(cases)).results["outcome"].cast(pl.String).to_list()

    def _grow(self, size: int) -> None:
        while len(self.pool) < size:
            by_outcome: dict[str, list[Case]] = {}
            for case, outcome in zip(self.pool, self.outcomes, strict=True):
                by_outcome.setdefault(outcome, []).append(case)
            made: list[Case] = []
            for _ in range(max(50, size // 5)):
                parent = self.rng.choice(by_outcome[self.rng.choice(sorted(by_outcome))])
                child = self.changed(parent)
                if child is not None:
                    made.append(child)
            self.pool += made
            self.outcomes += self._answered(made)

    # --- one change --------------------------------------------------------------------------------

    def changed(self, case: Case) -> Case | None:
        """The case with something in it otherwise; None where that is no valid case."""
        data = copy.deepcopy(dict(case.data))
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            self._change(data, case)
        if not all(FIRST <= year <= LAST for year in _years(data)):
            return None  # proofs look at no such dates
        try:
            return Case.from_data(data)
        except SafethirdError:
            return None

    def _change(self, data: Data, case: Case) -> None:
        places = list(_places(data))
        lists = [place for place in places if isinstance(_at(data, place), list)]
        leaves = [place for place in places if place[-1] in self.names]
        how = self.rng.random()
        if how < 0.15 and lists:
            self._change_list(data, self.rng.choice(lists))
        elif how < 0.25:
            _shift(data, self.rng.choice(_SHIFTS))
        elif how < 0.3 and leaves:
            place = self.rng.choice(leaves)
            del _at(data, place[:-1])[place[-1]]
        elif leaves:
            self._set(data, case, self.rng.choice(leaves))

    def _set(self, data: Data, case: Case, place: Steps) -> None:
        path = _path(data, place)
        values = [
            value for value in map(_raw, alternatives(self.regime, case.facts, path)) if value is not None
        ]
        if values:
            _at(data, place[:-1])[place[-1]] = self.rng.choice(values)

    def _change_list(self, data: Data, place: Steps) -> None:
        elements: list[Any] = _at(data, place)
        if elements and self.rng.random() < 0.4:
            del elements[self.rng.randrange(len(elements))]
            return
        others = [_at(case.data, place) for case in self.rng.sample(self.pool, min(8, len(self.pool)))]
        more = [element for other in others if isinstance(other, list) for element in other]
        if not more:
            return
        new = copy.deepcopy(self.rng.choice(more))
        if isinstance(new, dict):
            new.pop("id", None)
            if "holder" in new:
                new["holder"] = "applicant"
        elements.insert(self.rng.randrange(len(elements) + 1), new)

    # --- many --------------------------------------------------------------------------------------

    def many(self, size: int) -> pl.DataFrame:
        """A table of that many valid cases, as the engine reads it."""
        frames: list[pl.DataFrame] = []
        missing = size
        while missing > 0:
            made = self._crossed(int(missing * 1.6) + 200)
            wrong = wrong_rows(made, "made")
            good = np.ones(made.height, bool)
            good[list(wrong)] = False
            frames.append(made.filter(pl.Series(good)).head(missing))
            missing -= frames[-1].height
        return pl.concat(frames).with_columns(id=pl.int_range(size))

    def _crossed(self, size: int) -> pl.DataFrame:
        by_outcome: dict[str, list[int]] = {}
        for index, outcome in enumerate(self.outcomes):
            by_outcome.setdefault(outcome, []).append(index)
        groups = [np.array(by_outcome[name]) for name in sorted(by_outcome)]
        chosen = self.draw.integers(0, len(groups), size)
        rows = np.zeros(size, np.int64)
        for number, group in enumerate(groups):
            mine = np.flatnonzero(chosen == number)
            rows[mine] = self.draw.choice(group, len(mine))
        columns = []
        flags = {fact.flag: fact.path for fact in vocabulary() if fact.flag and "." not in fact.path}
        places: dict[str, Any] = {}
        for name in self.table.columns:
            owner = flags.get(name, name)
            if owner not in places:
                other = self.draw.integers(0, self.table.height, size)
                places[owner] = np.where(self.draw.random(size) < SWAPPED, other, rows)
            columns.append(self.table[name].gather(pl.Series(places[owner])))
        return pl.DataFrame(columns)


def table_of(cases: Iterable[Case]) -> pl.DataFrame:
    """Cases as a table in the case format's own columns."""
    # Not strict, so that a number may be whole; the cases are valid, so nothing else is made to fit.
    return pl.DataFrame([dict(case.data) for case in cases], schema=case_schema(), strict=False)


def within(table: pl.DataFrame, bounds: Bounds) -> pl.DataFrame:
    """The cases whose lists are no longer than those that a proof looks at."""
    return table if bounds.exact else table.filter(~pl.Series(longer(table, bounds)))


def longer(table: pl.DataFrame, bounds: Bounds) -> Any:
    """Cases with a list that is longer than those that were looked at."""
    found = np.zeros(table.height, bool)
    for path, size in bounds.elements.items():
        name, *steps = path.split(".")
        column = pl.col(name)
        for step in steps:
            column = column.struct.field(step)
        found |= table.select(column.list.len().fill_null(0) > size).to_series().to_numpy()
    return found


def pairs_reached(before: Regime, after: Regime, table: pl.DataFrame) -> dict[tuple[str, str], int]:
    """By the columnar engine: how many cases have which two decided answers under two regimes, where these
    differ; ("applies", "applies") counts those sent to another state."""
    one, other = replace(before, id="before"), replace(after, id="after")
    results = Compiled([one, other], threads=1).answer(table).results
    told = pl.col("outcome").cast(pl.String), pl.col("responsible").cast(pl.String)
    left, right = (
        results.filter(pl.col("regime") == name).select("id", *told) for name in ("before", "after")
    )
    both = left.join(right, on="id", suffix="_after").filter(
        (pl.col("outcome") != "undetermined") & (pl.col("outcome_after") != "undetermined")
    )
    moved = both.filter(
        (pl.col("outcome") != pl.col("outcome_after"))
        | (pl.col("responsible") != pl.col("responsible_after")).fill_null(False)
    )
    counts = moved.group_by("outcome", "outcome_after").len()
    return {(row[0], row[1]): row[2] for row in counts.iter_rows()}


def case_at(table: pl.DataFrame, row: int) -> Case:
    """One case of a table."""
    data = _known(table.drop("id").row(row, named=True))
    return Case.from_data(data)


def _known(value: Any) -> Any:
    """Without what is not known."""
    if isinstance(value, dict):
        found = {key: _known(inner) for key, inner in value.items() if inner is not None}
        return {key: inner for key, inner in found.items() if inner is not None} or None
    if isinstance(value, list):
        return [{} if isinstance(inner, dict) and _known(inner) is None else _known(inner) for inner in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


def _years(value: Any) -> Iterator[int]:
    """The years of all dates in a case."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _years(inner)
    elif isinstance(value, str) and value[:4].isdigit():
        yield int(value[:4])


def _own_tests(regime: Regime) -> list[Case]:
    """The cases that stand beside the regime."""
    file = library_files()[regime.id]
    tests = read_test_file(file.with_name(f"{file.stem}.cases.yaml"))
    return [test.case for test in tests]


def _names_read(regime: Regime) -> Iterator[str]:
    for rule in [*rules_of(regime), *(clock.node for clock in regime.clocks.values())]:
        for node in walk(rule):
            if isinstance(node, Fact):
                yield node.names[-1]
            elif isinstance(node, Field | Lookup) and node.steps:
                yield node.steps[-1]
    yield from ("birth_date", "as_of")


def _places(data: Any, steps: Steps = ()) -> Iterator[Steps]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in ("version", "id", "holder"):
                yield (*steps, key)
                yield from _places(value, (*steps, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            if isinstance(value, dict):
                yield from _places(value, (*steps, index))


def _at(data: Any, steps: Steps) -> Any:
    for step in steps:
        if isinstance(data, Mapping):
            data = data.get(step)
        else:
            data = data[step] if isinstance(data, list) and int(step) < len(data) else None
    return data


def _path(data: Data, steps: Steps) -> str:
    """The path as `alternatives` reads it; rows of look-up tables by their country."""
    path, where = "", data
    for step in steps:
        if isinstance(step, int):
            fact = vocabulary().get(path)
            inside = where[step].get("country") if fact is not None and fact.type == "table" else step
            path += f"[{inside}]"
        else:
            path = f"{path}.{step}" if path else step
        where = where[step]
    return path


def _raw(value: Any) -> Any:
    """A normalised value as a case file writes it; None for what is no single value."""
    if isinstance(value, DateRange):
        return format_date(value)
    if isinstance(value, NumberRange):
        return int(value.lo) if value.lo == int(value.lo) else value.lo
    if isinstance(value, Listing):
        return list(value.items) if all(isinstance(item, str) for item in value.items) else None
    return value if isinstance(value, bool | str) else None


def _shift(data: Any, days: int) -> None:
    """All dates of a case that are known to the day, the same number of days later."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str) and len(value) == 10 and value[4] == "-":
                moved = max(1, parse_date(value).lo + days)
                data[key] = datetime.date.fromordinal(moved).isoformat()
            else:
                _shift(value, days)
    elif isinstance(data, list):
        for value in data:
            _shift(value, days)
