"""`safethird screen` and the loop that `explain` shares with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from safethird.cli.options import Day, language_option, today
from safethird.facts.case import BadCase, read_cases
from safethird.regimes.catalogue import load_regime
from safethird.screening.screen import Screening, screen

if TYPE_CHECKING:
    from safethird.protection.model import Dossier

EXIT_REJECTED = 3
EXIT_UNDETERMINED = 4


def screenings(
    paths: tuple[str, ...], regimes: tuple[str, ...], on: str | None, reject: Callable[[BadCase], None]
) -> Iterator[Screening]:
    """The answers for every case in the inputs, one after the other; cases that cannot be read are handed
    to `reject` and passed over. A case without a day is answered for today, and says so."""
    chosen = [load_regime(name) for name in regimes] or None
    for case in read_cases(list(paths), sys.stdin.buffer):
        if isinstance(case, BadCase):
            reject(case)
            continue
        assumed = on is None and "as_of" not in case.facts and "date" not in case.facts.get("decision", {})
        yield screen(case, chosen, on=today() if assumed else on, assumed_today=assumed)


def print_rejected(bad: BadCase) -> None:
    """Say what is wrong with a case, without a word of what stands in it."""
    from safethird.cli.main import plain

    where = f"case '{bad.id}': " if bad.id else ""
    for problem in bad.error.problems:
        click.echo(plain(f"safethird: {where}{problem}"), err=True)


@click.command()
@click.argument("cases", nargs=-1, required=True)
@click.option(
    "--regime", "regimes", multiple=True, help="A regime's id, or a file of your own (may be repeated)."
)
@click.option("--on", type=Day(), help="The day on which the question is asked (YYYY-MM-DD).")
@language_option()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="json: one object for each case, a line each.",
)
@click.option("--trace", is_flag=True, help="With the full reasoning.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also when facts are missing.")
@click.option(
    "--dossier",
    "dossiers",
    multiple=True,
    help="A dossier on a country, as general evidence for open findings (may be repeated).",
)
def command(
    cases: tuple[str, ...],
    regimes: tuple[str, ...],
    on: str | None,
    language: str,
    form: str,
    trace: bool,
    exit_zero: bool,
    dossiers: tuple[str, ...],
) -> int:
    """Which regimes reach the people in CASES (JSON, YAML or JSON Lines files, or - for standard input).

    Exit code 4 when an answer lacks facts, 3 when a case could not be read.
    """
    rejected: list[BadCase] = []

    def reject(bad: BadCase) -> None:
        rejected.append(bad)
        print_rejected(bad)

    undetermined, count = emit(screenings(cases, regimes, on, reject), language, form, trace, dossiers)
    if rejected:
        return EXIT_REJECTED if count else 65
    return EXIT_UNDETERMINED if undetermined and not exit_zero else 0


def emit(
    found: Iterator[Screening], language: str, form: str, trace: bool, dossiers: tuple[str, ...] = ()
) -> tuple[bool, int]:
    """Print answers as they come. Returns whether any lacks facts, and how many cases were answered.

    `dossiers`: general evidence on countries, shown beside the answers. It never changes one.
    """
    if dossiers and form == "html":
        raise click.UsageError(
            "--dossier goes with text and json. 'safethird assess' makes the page of a dossier."
        )
    loaded = _dossiers(dossiers)
    open_, count = False, 0
    pages: list[Screening] = []
    for screening in found:
        count += 1
        open_ = open_ or any(entry.outcome == "undetermined" for entry in screening.determinations)
        if form == "html":
            pages.append(screening)
        elif form == "text":
            from safethird.reports.text import screening_text

            click.echo(screening_text(screening, language, trace=trace) + "\n")
            if loaded:
                from safethird.cli.dossiers import text

                click.echo(text(screening, loaded, language) + "\n")
        else:
            from safethird.reports.answers import screening_data

            data = screening_data(screening, language, trace=trace)
            if loaded:
                from safethird.cli.dossiers import data as general_evidence

                data["general_evidence"] = general_evidence(screening, loaded, language)
            click.echo(json.dumps(data, ensure_ascii=False))
    if form == "html":
        from safethird.reports.html import screening_page

        click.echo(screening_page(pages, language))
    return open_, count


def _dossiers(names: tuple[str, ...]) -> tuple[Dossier, ...]:
    if not names:
        return ()
    from safethird.cli.dossiers import load

    return load(names)
