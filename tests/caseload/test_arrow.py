"""Record batch to record batch, and the same inside Spark on two workers."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from safethird.caseload.arrow import (
    answer_batch,
    answer_table,
    columns_needed,
    over_batches,
    regime_texts,
    result_schema,
)
from safethird.caseload.run import Compiled
from safethird.errors import BadData, NoInput, UsageError
from safethird.regimes.catalogue import load_regime
from tests.engines.conformance import library_tests, table_of
from tests.strategies import Land, mutated_case

pa = pytest.importorskip("pyarrow")

NAMES = ("us-guatemala-2019", "stca-canada")


def people(size: int) -> pl.DataFrame:
    rng = Random(1)
    land = Land.of(load_regime(NAMES[0]))
    cases = [test.case for test in library_tests() if test.expect[0].regime in NAMES]
    some = [mutated_case(rng, rng.choice(cases), land) for _ in range(size)]
    return table_of(some).with_columns(id=pl.int_range(size).cast(pl.String))


def _here(table: pl.DataFrame) -> pl.DataFrame:
    texts: dict[str, Any] = dict.fromkeys(("regime", "outcome", "provision", "responsible"), pl.String)
    texts |= {name: pl.List(pl.String) for name in ("missing", "readings")}
    return (
        Compiled([load_regime(name) for name in NAMES]).answer(table).results.cast(texts).sort("id", "regime")
    )


def _there(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop("problem").sort("id", "regime")


def test_a_batch_to_a_batch() -> None:
    """The answers of one machine, with the columns that are promised."""
    table = people(400)
    texts = regime_texts(NAMES)
    batches = table.to_arrow().to_batches(max_chunksize=90)
    found = list(over_batches(texts)(iter(batches)))
    assert all(batch.schema == result_schema() for batch in found)
    assert [batch.num_rows for batch in found] == [2 * batch.num_rows for batch in batches]
    assert_frame_equal(_there(pl.DataFrame(pa.Table.from_batches(found))), _here(table))


def test_a_table_to_a_table() -> None:
    """The same, for those who hold tables of many batches, or of none."""
    table, texts = people(300), regime_texts(NAMES)
    chunked = pa.Table.from_batches(table.to_arrow().to_batches(max_chunksize=70))
    assert_frame_equal(_there(pl.DataFrame(answer_table(chunked, texts))), _here(table))
    assert answer_table(chunked.slice(0, 0), texts).num_rows == 0


def test_only_the_columns_that_are_read() -> None:
    """The others need not be sent, and change nothing."""
    table = people(100)
    texts = regime_texts(NAMES)
    needed = columns_needed(texts)
    assert "procedure" not in needed
    assert {"claim", "entries", "entries_complete", "as_of", "decision"} <= set(needed)
    (whole,) = table.to_arrow().combine_chunks().to_batches()
    (part,) = table.select(needed).to_arrow().combine_chunks().to_batches()
    assert answer_batch(whole, texts).equals(answer_batch(part, texts))


def test_a_case_that_cannot_be_read() -> None:
    """It has one row, without a regime, that says which fact and why, and not what."""
    table = pl.DataFrame({"id": ["a", "b"], "claim": [{"country": "US"}, {"country": "Narnia"}]})
    (batch,) = table.to_arrow().to_batches()
    found = pl.DataFrame(answer_batch(batch, regime_texts(NAMES)))
    assert found.filter(pl.col("id") == "b").select("regime", "outcome", "problem").rows() == [
        (None, None, "claim.country cannot be read")
    ]
    assert "Narnia" not in str(found.rows())


def test_an_empty_batch() -> None:
    """Gives an empty one."""
    batch = people(1).clear().to_arrow().to_batches()
    empty = batch[0] if batch else pa.RecordBatch.from_pylist([], people(1).to_arrow().schema)
    assert answer_batch(empty, regime_texts(NAMES)).num_rows == 0


def test_regimes_are_checked_before_anything_is_sent(tmp_path: Path) -> None:
    """An unknown id, a file that is not there, a file with mistakes."""
    with pytest.raises(UsageError):
        regime_texts(["us-guatemal-2019"])
    with pytest.raises(NoInput):
        regime_texts([tmp_path / "draft.yaml"])
    (tmp_path / "draft.yaml").write_text("format: 1\nregime: draft\n")
    with pytest.raises(BadData):
        regime_texts([tmp_path / "draft.yaml"])


def test_a_file_of_the_user(tmp_path: Path) -> None:
    """Its text is what is sent."""
    path = tmp_path / "draft.yaml"
    path.write_text(regime_texts(["us-guatemala-2019"])[0].text)
    (text,) = regime_texts([path])
    path.unlink()
    (batch,) = people(20).to_arrow().to_batches()
    assert answer_batch(batch, (text,)).num_rows == 20


# --- Spark ---------------------------------------------------------------------------------------------


_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A Java machine that lives for seconds starts with less thought."""


def _needed(there: bool, what: str) -> None:
    """What a cluster needs must be there in CI; elsewhere its test is left out where it is not."""
    if not there:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"Spark needs {what}")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A cluster of two workers on this machine, each with a Python of its own."""
    _needed(importlib.util.find_spec("pyspark") is not None, "pyspark")
    _needed(shutil.which("java") is not None, "Java 17 (Debian: openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": _QUICK,
        "spark.executor.extraJavaOptions": _QUICK,
        "spark.executor.memory": "512m",
        "spark.executorEnv.PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"),
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "70",
        "spark.sql.shuffle.partitions": "3",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local-cluster[2,1,512]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


def test_spark_answers_as_one_machine(spark: Any, tmp_path: Path) -> None:
    """Bit for bit, on three partitions and two workers, several batches each."""
    from safethird.caseload.spark import answers

    table = people(600)
    table.write_parquet(tmp_path / "people.parquet", row_group_size=100)
    there = spark.read.parquet(str(tmp_path / "people.parquet")).repartition(3)
    found = pl.DataFrame(answers(there, NAMES).toArrow())
    assert found["problem"].null_count() == found.height
    assert_frame_equal(_there(found), _here(table))
