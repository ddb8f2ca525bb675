"""`safethird run`: a whole caseload, or a published table, under one regime or many."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from safethird.cli.options import Day, language_option

if TYPE_CHECKING:
    from safethird.caseload.running import Progress, Report
    from safethird.regimes.model import Regime

EXIT_REJECTED = 3
EXIT_UNDETERMINED = 4


@click.command()
@click.argument("regimes", nargs=-1, metavar="[REGIME]...")
@click.option(
    "--on",
    "source",
    required=True,
    metavar="FILE",
    help="The caseload: Parquet, CSV or JSON Lines, a folder of them, or a published table.",
)
@click.option("--library", "whole_library", is_flag=True, help="Under every regime of the library.")
@click.option("--out", help="Write one row for each person and regime (.parquet, .csv or .jsonl).")
@click.option("--rejects", help="Write the rows that cannot be read: where and why (.csv or .jsonl).")
@click.option("--by", metavar="COLUMN", help="Count by a further fact or column too.")
@click.option("--map", "mapping", metavar="MAPPING", help="Which column is which fact (see 'safethird map').")
@click.option("--as-of", "day", type=Day(), help="The day of the answer, in place of the file's own.")
@click.option("--from", "first", metavar="YYYY-MM", help="Published tables: from this month on.")
@click.option("--to", "last", metavar="YYYY-MM", help="Published tables: up to this month.")
@click.option("--measure", help="Published tables: what to count, where the table counts several things.")
@click.option("--explain", "explained", metavar="ID", help="The full reasoning for the person with this id.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True
)
@language_option()
def command(  # noqa: PLR0913, PLR0917 - one for each option
    regimes: tuple[str, ...], source: str, whole_library: bool, out: str | None, rejects: str | None,
    by: str | None, mapping: str | None, day: str | None, first: str | None, last: str | None,
    measure: str | None, explained: str | None, form: str, language: str,
) -> int:  # fmt: skip
    """How many people each REGIME reaches in a caseload, at least and at most, and on which provision.

    In results that are written as CSV, a text that a spreadsheet would take for a formula begins with a
    single quote. Exit code 3 when rows could not be read, 65 when no row could.
    """
    from safethird.caseload.mapping import read_mapping
    from safethird.caseload.published import Wanted, is_published, run_published
    from safethird.caseload.running import run_caseload

    chosen = _regimes(regimes, whole_library)
    columns = read_mapping(mapping) if mapping is not None else None
    published = columns is None and is_published(source)
    if not published and (first or last or measure):
        raise click.UsageError("--from, --to and --measure are for published tables.")
    if explained is not None:
        from safethird.caseload.explaining import find_case, find_published_case

        if published:
            case = find_published_case(source, Wanted(first, last, measure), explained, day)
        else:
            case = find_case(source, explained, columns)
        return _explain(case, chosen, day, form, language)
    if published and by is not None:
        raise click.UsageError("--by is for caseloads; a table is counted by all that it tells.")
    progress = _progress() if sys.stderr.isatty() else None
    with _ended_in_order():
        if published:
            wanted = Wanted(first, last, measure)
            report = run_published(source, chosen, wanted, out=out, on=day, progress=progress)
        else:
            report = run_caseload(
                source, chosen, mapping=columns, by=by, out=out, rejects=rejects, progress=progress, on=day
            )
    if progress is not None:
        click.echo(err=True)
    _show(report, form, language)
    _say_rejects(report, rejects)
    if report.rejected.count:
        return EXIT_REJECTED if report.people else 65
    return 0


def _regimes(names: tuple[str, ...], whole_library: bool) -> list[Regime]:
    from safethird.regimes.catalogue import library, load_regime

    if whole_library == bool(names):
        raise click.UsageError("Name one regime or more, or take all of them with --library.")
    if whole_library:
        return [regime for regime in library().values() if not regime.documented_only]
    return [load_regime(name) for name in dict.fromkeys(names)]


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """A request to end is taken as an interrupt from the keyboard: what is half written is taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _show(report: Report, form: str, language: str) -> None:
    from safethird.reports.caseload import caseload_data

    data = caseload_data(report, language)
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False))
    elif form == "html":
        from safethird.reports.caseload_html import caseload_page

        click.echo(caseload_page(data, language))
    else:
        from safethird.reports.caseload_text import caseload_text

        click.echo(caseload_text(data, language))


def _say_rejects(report: Report, rejects: str | None) -> None:
    from safethird.cli.main import plain

    for reject in report.rejected.first:
        click.echo(f"safethird: {plain(str(reject))}", err=True)
    more = report.rejected.count - len(report.rejected.first)
    if more > 0:
        where = f"see {rejects}" if rejects else "name a file with --rejects to see them all"
        click.echo(f"safethird: {more:,} more rows could not be read; {where}.", err=True)


def _progress() -> Progress:
    def show(rows: int, share: float, seconds: float) -> None:
        rate = rows / seconds if seconds else 0.0
        left = seconds / share - seconds if share > 0 else 0.0
        text = f"\r{rows:,} rows, {rate:,.0f} a second, {share:4.0%}, {_time(left)} left   "
        click.echo(text, err=True, nl=False)

    return show


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _explain(case: object, regimes: list[Regime], day: str | None, form: str, language: str) -> int:
    from safethird.cli.screen import emit
    from safethird.facts.case import Case
    from safethird.screening.screen import screen

    assert isinstance(case, Case)
    undetermined, _ = emit(iter([screen(case, regimes, on=day)]), language, form, trace=True)
    return EXIT_UNDETERMINED if undetermined else 0
