"""A table of cases held against the whole case format, as `Case.from_data` holds one case: every code, number
and date, no date after `as_of`, no two dates in the wrong order, a country of the claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.caseload.same_person import told_wrongly
from safethird.caseload.sizes import MOST_ELEMENTS, faults, longest_list
from safethird.engines.columns.calendar import BEFORE
from safethird.engines.columns.decode import Flat, Labels, decode
from safethird.engines.columns.needs import Column, Level
from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.vocabulary import Fact, vocabulary

Array = npt.NDArray[Any]
TOO_LONG = f"has more than {MOST_ELEMENTS:,} elements"
BESIDE = frozenset(("id",))
"""Columns of a table of cases that are no facts."""


def check_columns(schema: Mapping[str, Any], file: str) -> None:
    """Raise BadData for a table whose columns are not the sections of the case format, or hold fields that are
    no facts."""
    names = list(schema)
    sections = [vocabulary().fact(path).name for path in vocabulary().children("")]
    strange = [name for name in names if name not in sections and name not in BESIDE]
    problems = [
        Problem("A column is no section of the case format", file, path=_shown(name), code="unknown-field",
                hint=did_you_mean(name, sections, most=20))
        for name in strange[:5]
    ]  # fmt: skip
    if "claim" not in names:
        problems.append(Problem("The column 'claim' is missing", file, code="missing-field"))
    if len(strange) > 5:
        problems.append(Problem(f"{len(strange) - 5} more columns are none", file, code="unknown-field"))
    problems += [
        Problem("There is no such field in the case format", file, path=_shown(path), code="unknown-field",
                hint=did_you_mean(path.rpartition(".")[2], near, most=20))
        for path, near in islice(_strange_fields(schema), 5)
    ]  # fmt: skip
    if problems:
        raise BadData(problems)


def _strange_fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Fields of structs that are no facts, each with the names of those that are."""
    todo = [(name, kind) for name, kind in schema.items() if vocabulary().get(name) is not None]
    while todo:
        path, kind = todo.pop(0)
        if isinstance(kind, pl.List):
            path, kind = f"{path}[]", kind.inner
        if not isinstance(kind, pl.Struct) or vocabulary().fact(path.removesuffix("[]")).type not in _GROUPS:
            continue
        known = [vocabulary().fact(one).name for one in vocabulary().children(path)]
        for field in kind.fields:
            if field.name in known:
                todo.append((f"{path}.{field.name}", field.dtype))
            else:
                yield f"{path}.{field.name}", known


_GROUPS = ("record", "list", "table")


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name[:60])


@lru_cache(maxsize=1)
def everything() -> Level:
    """All facts of the vocabulary, as columns to read."""
    top = Level("")
    levels = {"": top}
    for fact in vocabulary():
        holder, _, _ = fact.path.rpartition("[]")
        above = levels[holder]
        if fact.type in ("list", "table", "countries", "choices"):
            level = levels[fact.path] = Level(fact.path)
            above.lists.append(level)
            if fact.type in ("countries", "choices"):
                space: Any = "country" if fact.type == "countries" else "choice"
                level.columns.append(Column(f"{fact.path}[]", "code", space))
        elif fact.type != "record":
            above.columns.append(_column(fact))
    return top


def _column(fact: Fact) -> Column:
    match fact.type:
        case "date":
            return Column(fact.path, "date", "")
        case "yes_no":
            return Column(fact.path, "truth", "")
        case "number":
            return Column(fact.path, "number", "")
        case "country":
            return Column(fact.path, "code", "country")
        case "choice":
            return Column(fact.path, "code", "choice")
        case _:
            return Column(fact.path, "code", "label")


def wrong_rows(table: pl.DataFrame, file: str) -> dict[int, tuple[str, str]]:
    """The rows (from nought) that are no cases, each with the path of its first fault and the reason.

    Raises BadData where a column has a type that it cannot have.
    """
    labels = Labels()
    try:
        flat = decode(table, everything(), labels)
    except BadData as error:
        raise BadData([_in_file(problem, file) for problem in error.problems]) from None
    found: dict[int, tuple[str, str]] = {}
    for path, rows in faults(flat):
        for row in np.unique(rows).tolist():
            found.setdefault(row, (path.removesuffix("[]"), "is no value of this fact"))
    for path, rows in longest_list(flat)[1].items():
        for row in rows.tolist():
            found.setdefault(row, (path, TOO_LONG))
    for path, rows, why in _out_of_time(flat):
        for row in np.unique(rows).tolist():
            found.setdefault(row, (path, why))
    said = (
        table["family"].is_not_null().to_numpy() if "family" in table.columns else np.zeros(flat.size, bool)
    )
    for path, rows, why in told_wrongly(flat, labels, said):
        for row in np.unique(rows).tolist():
            found.setdefault(row, (path, why))
    for row in np.flatnonzero(np.broadcast_to(flat.values["claim.country"] == 0, (flat.size,))).tolist():
        found.setdefault(row, ("claim.country", "must be known"))
    version = flat.values["version"]
    strange = np.broadcast_to((version.low != 1) & (version.low >= 0), (flat.size,))
    for row in np.flatnonzero(strange).tolist():
        found.setdefault(row, ("version", "is not version 1 of the case format"))
    return found


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(problem.what, file, path=problem.path, expected=problem.expected, code=problem.code)


def _out_of_time(flat: Flat) -> Iterator[tuple[str, Array, str]]:
    last = flat.values["as_of"].high
    last = np.broadcast_to(last, (flat.size,))
    yield from _late(flat, np.arange(flat.size), last)


def _late(flat: Flat, case: Array, last: Array) -> Iterator[tuple[str, Array, str]]:
    size = flat.size
    for path, value in flat.values.items():
        fact = vocabulary().get(path)
        if fact is None or fact.type != "date" or path == "as_of" or len(value.low) == 1:
            continue
        low, high = value.low[:size], value.high[:size]
        if not fact.may_be_future:
            late = (low != BEFORE) & (low > last[case[:size]])
            if late.any():
                yield path, case[:size][late], "is later than as_of"
        if fact.not_before is not None:
            first = flat.values[fact.not_before]
            if len(first.low) > 1:
                early = (low != BEFORE) & (first.low[:size] != BEFORE) & (high < first.low[:size])
                if early.any():
                    name = fact.not_before.rpartition(".")[2]
                    yield path, case[:size][early], f"is earlier than '{name}'"
    for listed in flat.lists.values():
        if listed.elements.size:
            counts = listed.counts[:size]
            yield from _late(listed.elements, np.repeat(case[:size], counts), last)
