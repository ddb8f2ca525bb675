"""`safethird changes`: what changed in the law between two days, provision by provision."""

from __future__ import annotations

import json
from typing import Any

import click

from safethird.cli.options import Country, Day, language_option, today
from safethird.errors import Problem, UsageError
from safethird.facts.dates import parse_date
from safethird.regimes.catalogue import concerns, library, load_regime
from safethird.regimes.timeline import changes
from safethird.reports.law import law, regime_changes_data, standing_data
from safethird.reports.law_text import moment_lines
from safethird.reports.lines import wrapped
from safethird.reports.words import date_words
from safethird.screening.standing import standing


@click.command()
@click.option("--from", "first", type=Day(), required=True, help="The earlier day (not included).")
@click.option("--to", "last", type=Day(), help="The later day (included); today unless given.")
@click.option("--regime", "regimes", multiple=True, help="Only this regime (may be repeated).")
@click.option(
    "--claim-in",
    "claim_in",
    type=Country(),
    help="Only regimes that concern claims in this country (code or name).",
)
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def command(
    first: str, last: str | None, regimes: tuple[str, ...], claim_in: str | None, language: str, form: str
) -> int:
    """What changed in the law after one day and until another: events, wordings, sets of countries."""
    after, until = parse_date(first), parse_date(last or today())
    if after.lo > until.lo:
        raise UsageError(Problem("The first day lies after the last", hint="Exchange --from and --to."))
    chosen = [load_regime(name) for name in regimes] if regimes else list(library().values())
    found: list[dict[str, Any]] = []
    for regime in chosen:
        if claim_in is not None and not concerns(regime, claim_in):
            continue
        listed = changes(regime, after.lo, until.lo)
        if listed:
            entry = regime_changes_data(regime, listed, language)
            for name, day in (("before", after.lo), ("after", until.lo)):
                entry[name] = standing_data(standing(regime, day, None, claim_in), language)["state_word"]
            found.append(entry)
    data = {"from": first, "to": last or today(), "regimes": found}
    heading = law(
        "changes_heading", language, first=date_words(after, language), last=date_words(until, language)
    )
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    elif form == "html":
        from safethird.reports.law_html import changes_page

        click.echo(changes_page(heading, found, language))
    else:
        click.echo("\n".join(_text(heading, found, language)))
    return 0


def _text(heading: str, found: list[dict[str, Any]], language: str) -> list[str]:
    lines = [heading, ""]
    for entry in found:
        lines += wrapped(f"{entry['title']} ({entry['regime']})", "", hang="  ")
        lines += wrapped(
            law("before_after", language, before=entry["before"], after=entry["after"]), "  ", hang="  "
        )
        lines += moment_lines(entry["changes"], language)
        lines.append("")
    if not found:
        lines += [law("no_changes", language), ""]
    return lines + wrapped(law("not_advice", language))
