"""`safethird show`: a regime as a document, or a notion as each regime defines it."""

from __future__ import annotations

import json

import click

from safethird.cli.options import Day, language_option, today
from safethird.facts.dates import parse_date
from safethird.regimes.catalogue import load_regime


@click.command()
@click.argument("regime")
@click.option("--on", type=Day(), help="The day for which it is read (YYYY-MM-DD); today unless given.")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "html", "markdown", "json"]), default="text")
def command(regime: str, on: str | None, language: str, form: str) -> int:
    """Read REGIME (an id, or a file of your own) as a document to be signed off."""
    from safethird.reports.document import document_data

    day = parse_date(on or today()).lo
    data = document_data(load_regime(regime), language, day, assumed_today=on is None)
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    elif form == "html":
        from safethird.reports.law_html import document_page

        click.echo(document_page(data, language))
    else:
        from safethird.reports.document_text import document_markdown, document_text

        write = document_markdown if form == "markdown" else document_text
        click.echo(write(data, language), nl=False)
    return 0
