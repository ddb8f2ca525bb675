"""A caseload from a file to answers and totals, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from safethird.caseload.mapping import ColumnMap
from safethird.caseload.reading import BY, Batch, Caseload
from safethird.caseload.rejects import Reject, Rejected
from safethird.caseload.run import Compiled
from safethird.caseload.totals import Count, Totals
from safethird.caseload.writing import REJECT_ENDINGS, RESULT_ENDINGS, RejectWriter, Whole, open_writer
from safethird.errors import BadData, Problem
from safethird.regimes.model import Regime

RESULTS = ("id", "regime", "outcome", "provision", "responsible", "missing", "bars", "readings")
"""Columns of results, in order."""
STATELESS = "stateless"
MOST_RESULTS = 1 << 19
"""Answers that are held at a time: people times regimes."""

Progress = Callable[[int, float, float], None]
"""Told after every batch: rows so far, the share of the caseload, seconds."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was counted in a published table."""

    measure: str
    unit: str
    publisher: str
    layout: str
    cells: int
    first: str
    """First month, YYYY-MM."""
    last: str
    nationality: bool
    """Whether the table tells citizenships."""
    children: bool
    """Whether it tells unaccompanied children."""


@dataclass(slots=True)
class Report:
    """What a run came to."""

    source: str
    regimes: tuple[Regime, ...]
    totals: Totals = field(default_factory=Totals)
    rejected: Rejected = field(default_factory=Rejected)
    people: int = 0
    """Cases that were answered; of a published table the cells."""
    count: Count = field(default_factory=Count)
    """People of a published table."""
    seconds: float = 0.0
    by: str | None = None
    on: str | None = None
    published: Published | None = None

    @property
    def everybody(self) -> Count:
        """All people that were counted."""
        return Count(self.people, self.people) if self.published is None else self.count


MOST_BAD_AT_START = 4_000
"""So many rows without a case among them show that a file holds none, unless the bad rows themselves are wanted."""


def run_caseload(
    path: str | Path, regimes: Sequence[Regime], *, mapping: ColumnMap | None = None, by: str | None = None,
    out: str | Path | None = None, rejects: str | Path | None = None, progress: Progress | None = None,
    on: str | None = None,
) -> Report:  # fmt: skip
    """Answer every case in a file or folder under each regime.

    `out` and `rejects` name files for the results and for the rows that could not be read. `by`: a further
    fact or column to count by. `on`: the day of the answer for every case (YYYY-MM-DD), in place of `as_of`.
    Raises NoInput, BadData and UsageError; then nothing is written.
    """
    caseload = Caseload(path, mapping, by)
    compiled = Compiled(regimes)
    report = Report(str(path), tuple(regimes), by=by, on=on)
    inputs = [source.path for source in caseload.inputs]
    started = time.monotonic()
    with ExitStack() as stack:
        writer = reject_writer = None
        if out is not None:
            whole = Whole(out, RESULT_ENDINGS, inputs)
            schema = compiled.schema()
            writer = open_writer(
                stack.enter_context(whole), whole.ending, pl.Schema({name: schema[name] for name in RESULTS})
            )
            stack.callback(writer.abandon)
        if rejects is not None:
            apart = Whole(rejects, REJECT_ENDINGS, inputs)
            reject_writer = RejectWriter(stack.enter_context(apart), apart.ending)
            stack.callback(reject_writer.abandon)
        for batch in caseload.batches():
            report.rejected.add(batch.rejects)
            if reject_writer is not None:
                reject_writer.write(batch.rejects)
            for part in batch.parts(max(1, MOST_RESULTS // len(regimes))):
                results, further = answer_batch(compiled, part, report, on)
                report.rejected.add(further)
                if reject_writer is not None:
                    reject_writer.write(further)
                if writer is not None:
                    writer.write(results.select(RESULTS))
            if reject_writer is None and not report.people and report.rejected.count >= MOST_BAD_AT_START:
                raise BadData(
                    Problem(f"None of the first {report.rejected.count:,} rows is a case, so the rest is not read",
                            file=str(path), code="no-cases",
                            hint=f"The first: {report.rejected.first[0]} To read on, name a file with --rejects.")
                )  # fmt: skip
            if progress is not None:
                progress(report.people + report.rejected.count, batch.share, time.monotonic() - started)
        if report.people + report.rejected.count == 0:
            raise BadData(Problem("The caseload has no rows", file=str(path), code="empty"))
        for each in (writer, reject_writer):
            if each is not None:
                each.close()
    report.seconds = time.monotonic() - started
    return report


_ROW = "_row"


def answer_batch(
    compiled: Compiled, batch: Batch, report: Report, on: str | None = None
) -> tuple[pl.DataFrame, list[Reject]]:
    """The results for a batch, counted in the report, and the rows that the engine refuses after all. Answers
    and cases are brought together by a number of their own, never by position."""
    cases = batch.cases
    if on is not None:
        cases = cases.with_columns(pl.lit(on).alias("as_of"))
    beside = cases.select(
        "id", month_of(cases), nationality_of(cases), *([BY] if BY in cases.columns else [])
    )
    beside = beside.with_row_index(_ROW)
    numbered = cases.drop("id", BY, strict=False).with_columns(beside.get_column(_ROW).alias("id"))
    answered = compiled.answer(numbered)
    rejects = [
        batch.reject(row, path, why)
        for row, path, why in answered.rejects.select("row", "path", "why").iter_rows()
    ]
    report.people += cases.height - len(rejects)
    results = answered.results.rename({"id": _ROW}).join(beside, on=_ROW, how="left")
    results = results.with_columns(
        pl.lit(1, dtype=pl.Int64).alias("low"), pl.lit(1, dtype=pl.Int64).alias("high")
    )
    report.totals.add(results)
    return results, rejects


def month_of(cases: pl.DataFrame) -> pl.Expr:
    """The month in which each claim was made (YYYY-MM); null where it is not known to the month."""
    claim = cases.schema.get("claim")
    kinds = {entry.name: entry.dtype for entry in claim.fields} if isinstance(claim, pl.Struct) else {}
    kind = kinds.get("date")
    unknown = pl.lit(None, dtype=pl.String)
    date = pl.col("claim").struct.field("date") if kind is not None else unknown
    if kind == pl.String:
        return pl.when(date.str.len_bytes() >= 7).then(date.str.slice(0, 7)).alias("month")
    if kind == pl.Date:
        return date.dt.strftime("%Y-%m").alias("month")
    if isinstance(kind, pl.Struct) and kind.fields[0].dtype == pl.Date:
        low, high = (date.struct.field(name).dt.strftime("%Y-%m") for name in ("lo", "hi"))
        return pl.when(low == high).then(low).alias("month")
    return unknown.alias("month")


def nationality_of(cases: pl.DataFrame) -> pl.Expr:
    """The nationalities of each person, joined by `+`; `stateless` for an empty list, null for an unknown
    one."""
    applicant = cases.schema.get("applicant")
    kinds = (
        {entry.name: entry.dtype for entry in applicant.fields} if isinstance(applicant, pl.Struct) else {}
    )
    if "nationalities" not in kinds:
        return pl.lit(None, dtype=pl.String).alias("nationality")
    codes = pl.col("applicant").struct.field("nationalities")
    joined = codes.cast(pl.List(pl.String)).list.sort().list.join("+")
    return pl.when(codes.list.len() == 0).then(pl.lit(STATELESS)).otherwise(joined).alias("nationality")
