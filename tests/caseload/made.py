"""Small caseloads, written in every form that can be read."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import polars as pl

from safethird.caseload.running import Report, run_caseload
from safethird.caseload.schema import case_schema
from safethird.regimes.catalogue import load_regime

REGIME = "us-guatemala-2019"
SECRET = "Zaragoza-4711"  # noqa: S105 - no password: a name that a row could hold
"""A text that no message may repeat."""


def case(id: str | int | None = "a", nationality: str = "HN", **sections: Any) -> dict[str, Any]:
    """A person who came by land in December 2019."""
    data: dict[str, Any] = {
        "version": 1,
        "as_of": "2020-02-12",
        "claim": {"country": "US", "date": "2019-12-05"},
        "applicant": {"nationalities": [nationality], "birth_date": "1990-05-01"},
        "entries": [{"country": "US", "date": "2019-12-05", "manner": "land_port", "turned_back": False}],
    }
    return {**({} if id is None else {"id": id}), **data, **sections}


def json_lines(file: Path, *cases: Any) -> Path:
    """Cases as JSON Lines; texts stand as they are."""
    lines = [line if isinstance(line, str) else json.dumps(line) for line in cases]
    content = ("\n".join(lines) + "\n").encode()
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    return file


def parquet(file: Path, *cases: dict[str, Any], **options: Any) -> Path:
    """Cases as a Parquet file."""
    table(*cases).write_parquet(file, **options)
    return file


def table(*cases: dict[str, Any]) -> pl.DataFrame:
    """Cases as a table with the sections as columns."""
    text = "\n".join(json.dumps(one) for one in cases)
    frame = pl.read_ndjson(io.BytesIO(text.encode()), schema={**case_schema(), "id": pl.String})
    return frame.select(
        "id", *(name for name in frame.columns if any(name in one for one in cases) and name != "id")
    )


def section_csv(file: Path, *cases: dict[str, Any]) -> Path:
    """Cases as a text table with JSON in its cells."""
    names = list(dict.fromkeys(name for one in cases for name in one))
    rows = [{name: _cell(one.get(name)) for name in names} for one in cases]
    pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)).write_csv(file)
    return file


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else json.dumps(value)


def ran(file: Path, *regimes: str, **options: Any) -> Report:
    """A run under the regimes, or the one of this module."""
    return run_caseload(file, [load_regime(name) for name in regimes or (REGIME,)], **options)


def results(file: Path, folder: Path, *regimes: str, **options: Any) -> pl.DataFrame:
    """The results of a run, read back, in the order of ids and regimes."""
    out = folder / "results.parquet"
    ran(file, *regimes, out=out, **options)
    frame = pl.read_parquet(out)
    return frame.with_columns(pl.col("regime").cast(pl.String)).sort("id", "regime")
