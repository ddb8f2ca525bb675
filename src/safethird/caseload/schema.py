"""The case format as the columns of a table.

One column for each section (`claim`, `applicant`, `entries`, ...) and each plain fact at the top (`as_of`), the
flags of lists beside them (`entries_complete`), and `id`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from safethird.facts.vocabulary import Fact, vocabulary

DATE_PAIR = pl.Struct({"lo": pl.Date, "hi": pl.Date})
"""A date that may be partial: its first and last day."""


@lru_cache(maxsize=4)
def case_schema(dates: type[pl.DataType] | pl.DataType = pl.String, id: bool = False) -> pl.Schema:
    """The columns of a table of cases. `dates`: text as in a case file, `pl.Date` where all are known to the
    day, or `DATE_PAIR`."""
    columns = dict(_fields("", dates))
    return pl.Schema({"id": pl.String, **columns} if id else columns)


def _fields(record: str, dates: Any) -> list[tuple[str, Any]]:
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    return [(fact.name, _type(fact, dates)) for fact in facts]


def _type(fact: Fact, dates: Any) -> Any:
    match fact.type:
        case "date":
            return dates
        case "yes_no":
            return pl.Boolean
        case "number":
            return pl.Int64 if fact.path == "version" else pl.Float64
        case "country" | "choice" | "label":
            return pl.String
        case "countries" | "choices":
            return pl.List(pl.String)
        case "record":
            return pl.Struct(dict(_fields(fact.path, dates)))
        case "list" | "table":
            return pl.List(pl.Struct(dict(_fields(f"{fact.path}[]", dates))))
