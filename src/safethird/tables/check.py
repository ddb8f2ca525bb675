"""What is in these files, and can it be trusted? One report on any number of published tables.

The report is plain data (`as_dict`), and `text` says the same in sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from safethird.errors import BadData, NoInput, Problem
from safethird.tables.combine import Gap, Overlap, check_preference, combine, gaps
from safethird.tables.model import FileRead, Table
from safethird.tables.published import PublishedCheck, check_published
from safethird.tables.read import read_table
from safethird.tables.sums import SumCheck, check_sums

OK, LOOK, BAD, MISSING = 0, 3, 65, 66
"""Exit codes: all clear; read, but there is something to look at; bad data; no such file."""

_MOST_NAMES = 10
_SAME_PEOPLE = "same-people"


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one measure over its coarsest view."""

    measure: str
    unit: str
    months: int
    first: date
    last: date
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """One layout of one file that was read."""

    read: FileRead
    cells: int
    """Rows of the tidy table."""
    first: date
    last: date
    gaps: tuple[Gap, ...]
    suppressed: float
    """Share of cells that are printed as a mark for a small number, 0 to 1."""
    withheld: float
    """Share of cells that are held back without an upper bound, 0 to 1."""
    rounded: float
    """Share of cells that are rounded, 0 to 1."""
    totals: tuple[Total, ...]
    sums: tuple[SumCheck, ...]
    published: tuple[PublishedCheck, ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: what was read, or why it was not."""

    file: str
    layouts: tuple[LayoutReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: bool = False
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A report on some files, each alone and all together."""

    files: tuple[FileReport, ...]
    overlaps: tuple[Overlap, ...] = ()
    repeated: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Months that no file holds, when there are several files."""
    problems: tuple[Problem, ...] = ()
    """Why the files cannot be used together as they are."""

    @property
    def exit_code(self) -> int:
        """66 a file is missing, 65 bad data, 3 something to look at, 0 all clear; the gravest one."""
        if any(file.missing for file in self.files):
            return MISSING
        reports = [layout for file in self.files for layout in file.layouts]
        if any(file.problems for file in self.files):
            return BAD
        if any(problem.code != _SAME_PEOPLE for problem in self.problems):
            return BAD
        if any(check.off for report in reports for check in report.sums):
            return BAD
        doubtful = any(
            not check.agrees and check.reason is None for report in reports for check in report.published
        )
        unknown = any(report.read.unknown_names for report in reports)
        return LOOK if doubtful or unknown or self.problems else OK

    def as_dict(self) -> dict[str, object]:
        """The report as plain data for JSON: dates as ISO text, nothing left out."""
        found = _plain(asdict(self))
        assert isinstance(found, dict)
        return {**found, "exit_code": self.exit_code}


def check_files(
    paths: Iterable[str | Path], *, layout: str | None = None, prefer: Sequence[str] = ()
) -> CheckReport:
    """Read each file, check it alone, then all together.

    Files that cannot be read are reported, not raised. `layout` names the layout of all files where the
    header does not tell; `prefer` as in `combine`. Raises UsageError for a layout that does not exist.
    """
    check_preference(prefer)
    reports: list[FileReport] = []
    tables: list[Table] = []
    for path in paths:
        try:
            table = read_table(path, layout=layout)
        except (BadData, NoInput) as error:
            reports.append(FileReport(str(path), problems=error.problems, missing=isinstance(error, NoInput)))
            continue
        tables.append(table)
        reports.append(FileReport(str(path), tuple(_layout_reports(table))))
    if len(tables) < 2:
        return CheckReport(tuple(reports))
    try:
        together = combine(tables, prefer=prefer)
    except BadData as error:
        return CheckReport(tuple(reports), problems=error.problems)
    return CheckReport(tuple(reports), together.overlaps, together.repeated, together.gaps)


def _layout_reports(table: Table) -> Iterator[LayoutReport]:
    for file in table.files:
        frame = table.frame.filter(pl.col("layout") == file.layout)
        alone = Table(frame, (file,))
        months = alone.months_covered()
        cells = dict(frame.get_column("cell").cast(pl.String).value_counts().iter_rows())
        yield LayoutReport(
            file, frame.height, months[0], months[-1], gaps(alone), cells.get("suppressed", 0) / frame.height,
            cells.get("withheld", 0) / frame.height, cells.get("rounded", 0) / frame.height,
            tuple(_totals(alone)), check_sums(alone), check_published(alone),
        )  # fmt: skip


def _totals(table: Table) -> Iterator[Total]:
    for months in sorted(table.frame.get_column("months").unique()):
        rows = Table(table.frame.filter(pl.col("months") == months), table.files).sum_by(months=months)
        found = rows.group_by("measure", "unit").agg(
            pl.col("month").min().alias("first"), pl.col("month").max().alias("last"),
            pl.col("count_low").sum().alias("low"), pl.col("count_high").sum().alias("high"),
            pl.col("count_high").is_null().any().alias("open"),
        )  # fmt: skip
        if months == 0:
            # Stocks of different years do not add up; the last one says most.
            last = rows.filter(pl.col("month") == pl.col("month").max().over("measure", "unit"))
            found = found.drop("low", "high").join(
                last.select("measure", "unit", low="count_low", high="count_high"), on=["measure", "unit"]
            )
        for row in found.sort("measure", "unit").iter_rows(named=True):
            yield Total(
                row["measure"], row["unit"], months, row["first"], row["last"], row["low"],
                None if row["open"] else row["high"],
            )  # fmt: skip


def _plain(value: object) -> object:
    match value:
        case dict():
            return {str(name): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case date():
            return value.isoformat()
    return value


# --- Text ---------------------------------------------------------------------------------------------------


def text(report: CheckReport) -> str:
    """The report in sentences, one paragraph for each file."""
    blocks = ["\n".join(_file_lines(file)) for file in report.files]
    together = list(_together_lines(report))
    if together:
        blocks.append("\n".join(["All files together", *(f"  {line}" for line in together)]))
    blocks.append(_VERDICT[report.exit_code])
    joined = "\n\n".join(blocks)
    # Names come from the files; none of them may steer a terminal.
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in joined) + "\n"


_VERDICT = {
    OK: "Everything that could be checked agrees.",
    LOOK: "All files were read. Look at the lines marked with '!'.",
    BAD: "Some of this cannot be used as it is. See the lines marked with '!!'.",
    MISSING: "A file is missing. See the lines marked with '!!'.",
}


def _file_lines(file: FileReport) -> Iterator[str]:
    yield file.file
    for problem in file.problems:
        yield f"  !! {_without_file(problem)}"
    for report in file.layouts:
        yield from (f"  {line}" for line in _layout_lines(report))


def _without_file(problem: Problem) -> str:
    place = f"line {problem.line}" if problem.line is not None else ""
    if problem.path:
        place = f"{place}, {problem.path}" if place else problem.path
    said = str(Problem(problem.what, expected=problem.expected, hint=problem.hint))
    return f"{place}: {said}" if place else said


def _layout_lines(report: LayoutReport) -> Iterator[str]:
    read = report.read
    yield f"{read.publisher}: {read.title} ({read.layout}, recognised {read.how})"
    yield (
        f"{read.rows:,} rows, {report.cells:,} cells, {report.first:%Y-%m} to {report.last:%Y-%m}, vintage "
        f"{read.revision}"
    )
    for gap in report.gaps:
        yield f"no data for {_span(gap)}"
    for total in report.totals:
        yield _total_line(total)
    shares = [
        f"{share:.1%} {what}"
        for share, what in (
            (report.rounded, "rounded"), (report.suppressed, "suppressed"), (report.withheld, "withheld"),
        )
        if share
    ]  # fmt: skip
    if shares:
        yield "cells: " + ", ".join(shares) + "; they are kept as ranges"
    for note in read.notes:
        yield f"note: {note}"
    if read.unknown_names:
        shown = ", ".join(f"'{name.name}' ({name.rows:,} rows)" for name in read.unknown_names[:_MOST_NAMES])
        more = len(read.unknown_names) - _MOST_NAMES
        yield f"! names that are not known, kept under their label: {shown}" + (
            f" and {more} more" if more > 0 else ""
        )
    yield from _sum_lines(report.sums)
    yield from _published_lines(report.published)


def _total_line(total: Total) -> str:
    number = _range(total.low, total.high)
    if total.months == 0:
        return f"{total.measure}: {number} {total.unit} at the end of {total.last:%Y-%m}"
    period = {1: "month", 3: "quarter", 12: "year"}[total.months]
    return f"{total.measure}: {number} {total.unit} by {period}, from {total.first:%Y-%m}"


def _sum_lines(sums: Sequence[SumCheck]) -> Iterator[str]:
    if not sums:
        return
    bad = [check for check in sums if check.off]
    if not bad:
        yield f"parts add up to printed totals: {sum(check.compared for check in sums):,} totals compared"
    for check in bad:
        yield (
            f"!! parts do not add up: {check.measure} by {check.parts_view} against {check.total_view}, "
            f"{check.off:,} of {check.compared:,} totals are off"
        )
        for one in check.worst[:2]:
            place = f", {one.where}" if one.where else ""
            yield (f"   {one.month:%Y-%m}{place}: total {_range(*one.total)}, parts {_range(*one.parts)}")


def _published_lines(checks: Sequence[PublishedCheck]) -> Iterator[str]:
    agreeing = [check for check in checks if check.agrees]
    if agreeing:
        yield f"agrees with {len(agreeing)} totals published elsewhere"
    for check in checks:
        if check.agrees:
            continue
        total = check.published
        said = f"{total.what}: published {total.value:,}, file {_range(check.low, check.high)}"
        yield (
            f"note: {said} ({check.reason})"
            if check.reason
            else f"! {said}. See {total.read_at or total.url}"
        )


def _together_lines(report: CheckReport) -> Iterator[str]:
    for problem in report.problems:
        yield f"{'!' if problem.code == _SAME_PEOPLE else '!!'} {problem}"
    yield from report.repeated
    for overlap in report.overlaps:
        changed = (
            f"{overlap.changed:,} differ, {overlap.dropped_total:,} became {overlap.kept_total:,}"
            if overlap.changed
            else "all equal"
        )
        yield (
            f"{overlap.layout}, {overlap.what}: {overlap.kept} is used, {overlap.dropped} is not; "
            f"{overlap.cells:,} cells in both, {changed}"
        )
    for gap in report.gaps:
        yield f"{gap.universe}: no data for {_span(gap)}"


def _span(gap: Gap) -> str:
    return f"{gap.first:%Y-%m}" if gap.first == gap.last else f"{gap.first:%Y-%m} to {gap.last:%Y-%m}"


def _range(low: int, high: int | None) -> str:
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
