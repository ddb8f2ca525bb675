"""How many people of a table change sides: counted by the columnar engine, block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from safethird.caseload.inputs import kind_of
from safethird.caseload.reading import Batch, Caseload
from safethird.caseload.rejects import Reject
from safethird.caseload.run import Compiled
from safethird.drafting.compare.counts import Counts
from safethird.drafting.named import Draft
from safethird.drafting.prove.witness import Answer
from safethird.errors import Problem, UsageError
from safethird.facts.vocabulary import Fact, vocabulary

SMALL = 4 << 20
"""Bytes of a file of JSON Lines up to which its cases are told one by one, with every fault of each."""
_AT_ONCE = 1 << 15
_SIDES = ("before", "after")


def is_table(path: str) -> bool:
    """Whether a file is counted as a table: a folder, CSV, Parquet, packed text, or many JSON Lines."""
    file = Path(path)
    if file.is_dir():
        return True
    kind = kind_of(file)
    if kind == "jsonl":
        return file.suffix in (".gz", ".zst") or (file.exists() and file.stat().st_size > SMALL)
    return kind is not None


def count_table(
    drafts: Sequence[Draft],
    path: str,
    by: str | None = None,
    rejected: Callable[[Reject], None] | None = None,
) -> Counts:
    """Count the cases of a table under two drafts. `rejected` is told of each row that cannot be read.

    Raises NoInput and BadData for the file, UsageError when `by` is no fact of the case itself.
    """
    group = None if by is None else _grouping(vocabulary().fact(by))
    before, after = (replace(draft.regime, id=side) for draft, side in zip(drafts, _SIDES, strict=True))
    compiled = Compiled([before, after])
    counts = Counts(by)
    for batch in Caseload(path).batches():
        _say(counts, batch.rejects, rejected)
        for part in batch.parts(_AT_ONCE):
            _say(counts, _counted(counts, compiled, part, group), rejected)
    return counts


def _say(counts: Counts, rejects: Sequence[Reject], rejected: Callable[[Reject], None] | None) -> None:
    counts.rejected += len(rejects)
    if rejected is not None:
        for reject in rejects:
            rejected(reject)


def _counted(counts: Counts, compiled: Compiled, part: Batch, group: pl.Expr | None) -> list[Reject]:
    """Count a part; the rows that the engine refuses after all."""
    cases = part.cases.drop("id").with_row_index("id")
    answered = compiled.answer(cases)
    told = answered.results.select(
        "id", "regime", pl.col("outcome").cast(pl.String), pl.col("responsible").cast(pl.String)
    )
    pairs = cases.select("id", _of(cases, group).alias("group"))
    for side in _SIDES:
        one = told.filter(pl.col("regime") == side).select(
            "id", pl.col("outcome").alias(f"{side} outcome"), pl.col("responsible").alias(f"{side} state")
        )
        pairs = pairs.join(one, on="id")
    columns = ["group", *(f"{side} {what}" for side in _SIDES for what in ("outcome", "state"))]
    for name, *answers, many in pairs.group_by(columns).len().iter_rows():
        first, second = (
            Answer(outcome, None if state is None else (state,))
            for outcome, state in (answers[:2], answers[2:])
        )
        counts.add(name, first, second, many)
    return [
        part.reject(row, path, why)
        for row, path, why in answered.rejects.select("row", "path", "why").iter_rows()
    ]


def _grouping(fact: Fact) -> pl.Expr:
    """The groups that one fact makes, as in counts of single cases: dates by month, lists joined."""
    if fact.is_group or "[]" in fact.path:
        raise UsageError(
            Problem("A person may have this several times, so nobody can be counted by it", path=fact.path,
                    expected="a single fact, such as claim.setting")
        )  # fmt: skip
    name, *steps = fact.path.split(".")
    value = pl.col(name)
    for step in steps:
        value = value.struct.field(step)
    if fact.type in ("countries", "choices"):
        joined = value.list.sort().list.join(", ")
        return pl.when(joined != "").then(joined)
    if fact.type == "yes_no":
        return pl.when(value).then(pl.lit("yes")).when(~value).then(pl.lit("no"))
    if fact.type == "number":
        whole = value == value.floor()
        return pl.when(whole).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))
    text = value.cast(pl.String)
    return text.str.slice(0, 7) if fact.type == "date" else text


def _of(cases: pl.DataFrame, group: pl.Expr | None) -> pl.Expr:
    """The group of each case; none where no case of the part says anything of the fact."""
    if group is not None:
        try:
            cases.lazy().select(group).collect_schema()
        except pl.exceptions.PolarsError:
            group = None
    return pl.lit(None, dtype=pl.String) if group is None else group
