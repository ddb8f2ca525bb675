"""Caseloads that live in Spark. Needs the extra `spark` (pyspark, with a Java 17 runtime).

    from safethird.caseload.spark import answers

    answers(spark.read.parquet("people/"), ["us-guatemala-2019"]).write.parquet("answers/")

Every worker needs safethird. The answers are those of one machine, row for row.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from safethird.caseload.arrow import columns_needed, over_batches, regime_texts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = (
    "id string, regime string, outcome string, bars boolean, provision string, responsible string, "
    "missing array<string>, readings array<string>, problem string"
)
"""The columns of the answers; see `caseload/arrow.py`."""


def answers(people: DataFrame, regimes: Sequence[str | Path]) -> DataFrame:
    """The answers of regimes of the library (by id) or of files (by path) for a Spark table of cases.

    Raises UsageError for an unknown id, BadData or NoInput for a bad file.
    """
    texts = regime_texts(regimes)
    needed = [name for name in columns_needed(texts) if name in people.columns]
    return people.select(*needed).mapInArrow(over_batches(texts), SCHEMA)
