"""The facts that a plan reads, as columns of SQL: one for each fact of the case, one for each list.

Dates become intervals, unknown lists empty ones that are marked as incomplete; the elements of lists are numbered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from safethird.engines.columns.needs import Column, Level, inside
from safethird.engines.sql.expressions import column, name
from safethird.facts.vocabulary import vocabulary

_TYPES = {"truth": "BOOLEAN", "date": "STRUCT(lo DATE, hi DATE)", "number": "STRUCT(lo DOUBLE, hi DOUBLE)"}


def fact_columns(
    needs: Level, schema: pl.Schema, instead: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """The columns of facts and the expressions that make them of a table with this schema.

    `instead`: for a date that is unknown, the path of the date that holds in its place.
    """
    top: dict[str, Any] = dict(schema)
    for entry in needs.columns:
        text = _value(entry, top, "")
        other = (instead or {}).get(entry.path)
        if other is not None:
            text = f"coalesce({text}, {_value(Column(other, 'date', ''), top, '')})"
        yield column(entry.path), text
    for level in needs.lists:
        text, complete = _list(level, top, "")
        yield column(level.path), text
        yield f"{column(level.path)}_complete", complete


def _find(path: str, record: Mapping[str, Any], holder: str) -> tuple[str, Any] | None:
    """A field of a record as an expression, and its type; None where the table has no such column."""
    steps = inside(path).split(".")
    text = holder
    dtype: Any = pl.Struct(record)
    for step in steps:
        if not isinstance(dtype, pl.Struct):
            return None
        dtype = {field.name: field.dtype for field in dtype.fields}.get(step)
        text = f"{text}.{name(step)}" if text else name(step)
    return None if dtype is None or dtype == pl.Null else (text, dtype)


def _value(entry: Column, record: Mapping[str, Any], holder: str) -> str:
    found = _find(entry.path, record, holder)
    if found is None:
        return f"NULL::{_TYPES.get(entry.kind, 'VARCHAR')}"
    text, dtype = found
    if entry.kind == "date":
        return _date(text, dtype)
    if entry.kind == "number":
        return f"exact({text}::DOUBLE)"
    return text if dtype == pl.String or entry.kind == "truth" else f"{text}::VARCHAR"


def _date(text: str, dtype: Any) -> str:
    if dtype == pl.String:
        return f"day_of({text})"
    if dtype == pl.Date:
        return f"exact({text})"
    ends = {field.name: field.dtype for field in dtype.fields}
    low, high = (
        f"{text}.{end}"
        if ends[end] == pl.Date
        else f"CAST(DATE '0001-01-01' + to_days({text}.{end} - 1) AS DATE)"
        for end in ("lo", "hi")
    )
    return f"CASE WHEN {text}.lo IS NOT NULL AND {text}.hi IS NOT NULL THEN {{'lo': {low}, 'hi': {high}}} END"


def _list(level: Level, record: Mapping[str, Any], holder: str) -> tuple[str, str]:
    """A list, and whether it is complete."""
    found = _find(level.path, record, holder)
    codes = not level.lists and all(entry.path.endswith("[]") for entry in level.columns)
    plain = codes and vocabulary().fact(level.path).type in ("countries", "choices")
    if found is None or (isinstance(found[1], pl.List) and found[1].inner == pl.Null):
        kind = "VARCHAR" if plain else f"STRUCT({', '.join(_fields(level))})"
        known = "false" if found is None else f"{found[0]} IS NOT NULL"
        return f"[]::{kind}[]", known
    text, dtype = found
    flag = vocabulary().flag_of(level.path)
    shown = None if flag is None else _find(flag, record, holder)
    complete = f"{text} IS NOT NULL" + ("" if shown is None else f" AND coalesce({shown[0]}, true)")
    if plain:
        kind = "" if dtype.inner == pl.String else "::VARCHAR[]"
        return f"coalesce({text}{kind}, [])", complete
    inner = {field.name: field.dtype for field in dtype.inner.fields}
    parts = ["'no': i"]
    for entry in level.columns:
        parts.append(f"'{inside(entry.path)}': {_value(entry, inner, 'e')}")
    for nested in level.lists:
        items, all_there = _list(nested, inner, "e")
        parts.append(f"'{nested.name}': {items}")
        parts.append(f"'{nested.name}_complete': {all_there}")
    return f"coalesce(list_transform({text}, lambda e, i: {{{', '.join(parts)}}}), [])", complete


def _fields(level: Level) -> Iterator[str]:
    """The fields of the elements of a list, with their types."""
    yield "no BIGINT"
    for entry in level.columns:
        yield f"{name(inside(entry.path))} {_TYPES.get(entry.kind, 'VARCHAR')}"
    for nested in level.lists:
        yield f"{name(nested.name)} VARCHAR[]"
        yield f"{name(nested.name + '_complete')} BOOLEAN"
