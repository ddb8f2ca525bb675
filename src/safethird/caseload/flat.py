"""Flat tables, one row for each person and one cell for each fact, made into tables of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from safethird.caseload.mapping import ID, Column, ColumnMap, fact_at
from safethird.caseload.text_values import reader
from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.paths import Step, is_element
from safethird.facts.vocabulary import Fact, vocabulary


@dataclass(slots=True)
class _Node:
    """A record, a list, or (with `values`) one fact."""

    parts: dict[Step, _Node] = field(default_factory=dict)
    values: pl.Series | None = None


class Flat:
    """Makes cases of the rows of one flat table."""

    def __init__(self, mapping: ColumnMap, headers: Sequence[str], file: str) -> None:
        """Raises BadData where the table and the mapping do not fit."""
        self._mapping = mapping
        self.used = [column for column in mapping.columns if column.fact is not None]
        problems = [
            Problem("The mapping has a column that the file lacks", file, path=column.name, code="mapping",
                    hint=did_you_mean(column.name, list(headers), most=8))
            for column in self.used if column.name not in headers
        ]  # fmt: skip
        named = {column.fact for column in self.used} | set(mapping.constants)
        if "claim.country" not in named:
            problems.append(
                Problem("Nothing says in which country protection is claimed", file, path="claim.country",
                        code="mapping",
                        hint="Write it under 'constants' of the mapping, or map a column to it.")
            )  # fmt: skip
        if problems:
            raise BadData(problems)
        self._read = {column.name: _reader(column) for column in self.used if column.fact != ID}

    def cases(self, table: pl.DataFrame) -> tuple[pl.DataFrame, dict[int, tuple[str, str]]]:
        """The cases of a table of texts, all its rows; and the rows that cannot be read, each with the column
        of the first fault and the reason. What cannot be read is unknown in the case."""
        wrong: dict[int, tuple[str, str]] = {}
        root = _Node()
        columns: list[pl.Series] = []
        for column in self.used:
            if column.fact == ID:
                columns.append(_ids(table.get_column(column.name)))
                continue
            read, dtype = self._read[column.name]
            values, faults = _typed(table.get_column(column.name), read, dtype)
            for row, why in faults.items():
                wrong.setdefault(row, (str(column.fact), why))
            _put(root, str(column.fact), values)
        for path, value in self._mapping.constants.items():
            dtype = _dtype(fact_at(path)[1])
            _put(root, path, pl.Series([value], dtype=dtype).new_from_index(0, table.height))
        for name, node in root.parts.items():
            columns += _columns(str(name), str(name), node, table.height, self._mapping.complete)
        return pl.DataFrame(columns), wrong


def _reader(column: Column) -> tuple[Any, Any]:
    fact = fact_at(str(column.fact))[1]
    return reader(fact, column.form, column.words), _dtype(fact)


def _dtype(fact: Fact) -> Any:
    if fact.type in ("countries", "choices"):
        return pl.List(pl.String)
    kinds: Mapping[str, Any] = {"yes_no": pl.Boolean, "number": pl.Float64}
    return kinds.get(fact.type, pl.String)


def _ids(texts: pl.Series) -> pl.Series:
    stripped = texts.str.strip_chars()
    return stripped.replace({"": None}).alias(ID)


def _typed(texts: pl.Series, read: Any, dtype: Any) -> tuple[pl.Series, dict[int, str]]:
    """The values of a column, each different text read once; and the rows with a text that has none."""
    different = texts.unique()
    values: list[Any] = []
    bad: dict[int, str] = {}
    for place, text in enumerate(different):
        stripped = text.strip() if text is not None else ""
        try:
            values.append(read(stripped) if stripped else None)
        except ValueError as error:
            values.append(None)
            bad[place] = f"cannot be read: {error}"
    which = texts.replace_strict(
        different, pl.Series(range(len(different)), dtype=pl.UInt32), return_dtype=pl.UInt32
    )
    typed = pl.Series(values, dtype=dtype).gather(which)
    if not bad:
        return typed, {}
    rows = which.is_in(list(bad)).arg_true()
    return typed, {int(row): bad[int(which[int(row)])] for row in rows}


def _put(root: _Node, path: str, values: pl.Series) -> None:
    node = root
    for step in fact_at(path)[0]:
        node = node.parts.setdefault(step, _Node())
    node.values = values


def _columns(name: str, path: str, node: _Node, size: int, complete: Sequence[str]) -> list[pl.Series]:
    """The column of a part of the case, and the flag beside it where it is a list."""
    fact = vocabulary().fact(path)
    if node.values is not None:
        column = node.values.alias(name)
        listed = fact.type in ("countries", "choices")
    elif any(is_element(step) for step in node.parts):
        column = _list(name, path, node, size, complete)
        listed = True
    else:
        return [_struct(name, path, node, size, complete)]
    if listed and fact.flag is not None and path not in complete:
        flag = fact.flag.rpartition(".")[2]
        return [column, pl.Series(flag, [False]).new_from_index(0, size)]
    return [column]


def _struct(name: str, path: str, node: _Node, size: int, complete: Sequence[str]) -> pl.Series:
    fields: dict[str, pl.Series] = {}
    for step, part in node.parts.items():
        below = f"{path}.{step}"
        for column in _columns(str(step), below, part, size, complete):
            if column.name not in fields or str(step) == column.name:
                fields[column.name] = column
    return pl.DataFrame(list(fields.values())).to_struct(name)


def _list(name: str, path: str, node: _Node, size: int, complete: Sequence[str]) -> pl.Series:
    """A list whose members are told by columns: a member of which nothing is known is not there, and a list
    without members is unknown, for an empty cell does not say that there is nothing."""
    members: list[pl.DataFrame] = []
    for step in sorted(node.parts, key=str):
        part = _struct("", path + "[]", node.parts[step], size, complete).struct.unnest()
        known = part.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if isinstance(step, str):
            part = part.with_columns(pl.lit(step).alias("country"))
        members.append(part.with_columns(known.alias("_known")))
    fields = dict.fromkeys(field for part in members for field in part.columns if field != "_known")
    wide = pl.DataFrame(
        [
            part.select(
                pl.when("_known").then(pl.struct(_field(part, name) for name in fields)).alias(str(index))
            ).to_series()
            for index, part in enumerate(members)
        ]
    )  # fmt: skip
    joined = wide.select(pl.concat_list(pl.all()).list.drop_nulls().alias(name))
    return joined.select(pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).alias(name)).to_series()


def _field(part: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in part.columns else pl.lit(None).alias(name)
