"""Shuffled files of many row groups: every answer belongs to its id.

SAFETHIRD_ROWS sets how many people: fifty thousand by default, ten million on request.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from safethird.caseload.run import Compiled
from safethird.regimes.catalogue import load_regime

pytest.importorskip("pyarrow")

ROWS = int(os.environ.get("SAFETHIRD_ROWS", "50000"))
CHUNK = min(ROWS, 1_000_000)


def test_shuffled_row_groups(tmp_path: Path) -> None:
    """Written in shuffled order and small row groups, read in windows that cut across them."""
    from benchmarks.people import people

    compiled = Compiled([load_regime(name) for name in ("us-guatemala-2019", "stca-canada")])
    answer = ["id", "regime", "outcome", "bars", "provision", "responsible", "missing", "readings"]
    for chunk in range(-(-ROWS // CHUNK)):
        table = people(CHUNK, seed=chunk).with_columns(pl.lit(f"c{chunk}-").add(pl.col("id")).alias("id"))
        wanted = compiled.answer(table).results.sort("id", "regime")
        path = tmp_path / f"{chunk}.parquet"
        table.sample(fraction=1.0, shuffle=True, seed=chunk).write_parquet(path, row_group_size=7_001)
        del table
        scan = pl.scan_parquet(path)
        windows = (scan.slice(first, 33_333).collect() for first in range(0, CHUNK, 33_333))
        found = pl.concat(part.results for part in compiled.batches(windows)).sort("id", "regime")
        assert_frame_equal(found.select(answer), wanted.select(answer))
        assert wanted["outcome"].n_unique() == 5
        path.unlink()
