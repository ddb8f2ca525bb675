"""One person of a caseload, or one cell of a published table, as a case for the interpreter."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl

from safethird.caseload.mapping import ColumnMap
from safethird.caseload.published import Wanted, facts_of_cell
from safethird.caseload.reading import BY, Caseload
from safethird.errors import BadData, Problem
from safethird.facts.case import Case
from safethird.facts.dates import DateRange
from safethird.facts.normalise import Listing
from safethird.facts.vocabulary import vocabulary


def find_case(path: str | Path, name: str, mapping: ColumnMap | None = None) -> Case:
    """The case with an id. Raises BadData when there is none that can be read."""
    for batch in Caseload(path, mapping).batches():
        found = batch.cases.filter(pl.col("id") == name)
        if found.height:
            data = _known(found.drop("id", BY, strict=False).to_dicts()[0])
            if "version" not in data:
                data["version"] = 1
            data["version"] = int(data["version"])
            return Case(data, _facts(data, ""), id=name)
    raise _nobody(path)


def find_published_case(path: str | Path, wanted: Wanted, name: str, on: str | None) -> Case:
    """What is known of the people of one cell, as one case. Raises BadData when no cell is so called."""
    data = facts_of_cell(path, wanted, name)
    if data is None:
        raise _nobody(path)
    known = _known(data)
    if on is not None:
        known["as_of"] = on
    return Case(known, _facts(known, ""), id=name)


def _nobody(path: str | Path) -> BadData:
    return BadData(
        Problem("No row has that id, or its row cannot be read", file=str(path), code="no-such-id",
                hint="Ids stand in the first column of the results that --out writes.")
    )  # fmt: skip


def _known(data: Any) -> Any:
    """A case without what is unknown in it."""
    if isinstance(data, dict):
        if set(data) == {"lo", "hi"}:
            return data if data["lo"] is not None and data["hi"] is not None else None
        parts = {name: _known(value) for name, value in data.items()}
        return {name: value for name, value in parts.items() if value is not None} or None
    if isinstance(data, list):
        return [known if (known := _known(part)) is not None else {} for part in data]
    return data.isoformat() if isinstance(data, datetime.date) else data


def _facts(data: dict[str, Any], record: str) -> dict[str, Any]:
    """The facts as rules read them; dates may be pairs of days, which a case file cannot write."""
    from safethird.facts.dates import NumberRange, parse_date

    facts: dict[str, Any] = {}
    for path in vocabulary().children(record):
        fact = vocabulary().fact(path)
        value = data.get(fact.name)
        if value is None or fact.completes is not None:
            continue
        complete = True if fact.flag is None else bool(data.get(fact.flag.rpartition(".")[2], True))
        match fact.type:
            case "date":
                facts[fact.name] = _days(value) if isinstance(value, dict) else parse_date(value)
            case "number":
                facts[fact.name] = NumberRange(value, value)
            case "record":
                facts[fact.name] = _facts(value, path)
            case "list":
                members = tuple(_facts(part, f"{path}[]") for part in value)
                facts[fact.name] = Listing(members, complete)
            case "table":
                rows = [_facts(part, f"{path}[]") for part in value]
                facts[fact.name] = {row["country"]: row for row in rows}
            case "countries" | "choices":
                codes = tuple(value)
                facts[fact.name] = Listing(codes, complete)
            case _:
                facts[fact.name] = value
    return facts


def _days(pair: dict[str, Any]) -> DateRange:
    low, high = (value if isinstance(value, int) else _ordinal(value) for value in (pair["lo"], pair["hi"]))
    return DateRange(low, high)


def _ordinal(day: Any) -> int:
    return (day if isinstance(day, datetime.date) else datetime.date.fromisoformat(day)).toordinal()
