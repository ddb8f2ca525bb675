"""`safethird explain`: the full reasoning for a case, clause by clause."""

from __future__ import annotations

import click

from safethird.cli.options import Day, language_option
from safethird.cli.screen import EXIT_REJECTED, emit, print_rejected, screenings
from safethird.facts.case import BadCase


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
def command(
    cases: tuple[str, ...], regimes: tuple[str, ...], on: str | None, language: str, form: str
) -> int:
    """Every provision and clause that was looked at for CASES, with its truth and the facts read."""
    rejected: list[BadCase] = []

    def reject(bad: BadCase) -> None:
        rejected.append(bad)
        print_rejected(bad)

    if form == "text":
        from safethird.reports.text import legend

        click.echo(legend(language) + "\n")
    _, count = emit(screenings(cases, regimes, on, reject), language, form, trace=True)
    if rejected:
        return EXIT_REJECTED if count else 65
    return 0
