"""`safethird show`: a regime as a document, or a notion as each regime defines it."""

from __future__ import annotations

import json

import click

from safethird.cli.options import Day, language_option, today
from safethird.errors import Problem, UsageError
from safethird.facts.dates import parse_date
from safethird.regimes.catalogue import load_regime


@click.command()
@click.argument("regime", required=False)
@click.option(
    "--definition", "notion", help="A notion instead, as each regime defines it (unaccompanied ...)."
)
@click.option("--on", type=Day(), help="The day for which it is read (YYYY-MM-DD); today unless given.")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "html", "markdown", "json"]), default="text")
def command(regime: str | None, notion: str | None, on: str | None, language: str, form: str) -> int:
    """Read REGIME (an id, or a file of your own) as a document to be signed off."""
    if (regime is None) == (notion is None):
        raise UsageError(Problem("Name a regime, or a notion with --definition", hint=_known_notions()))
    text = _regime(regime, on, language, form) if regime is not None else _notion(str(notion), language, form)
    click.echo(text, nl=not text.endswith("\n"))
    return 0


def _known_notions() -> str:
    from safethird.regimes.notions import notions

    return f"Notions: {', '.join(notions())}."


def _regime(regime: str, on: str | None, language: str, form: str) -> str:
    from safethird.reports.document import document_data

    day = parse_date(on or today()).lo
    data = document_data(load_regime(regime), language, day, assumed_today=on is None)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=1)
    if form == "html":
        from safethird.reports.law_html import document_page

        return document_page(data, language)
    from safethird.reports.document_text import document_markdown, document_text

    return (document_markdown if form == "markdown" else document_text)(data, language)


def _notion(name: str, language: str, form: str) -> str:
    from safethird.regimes.notions import find_notion
    from safethird.reports.definitions import notion_data, notion_markdown, notion_page, notion_text

    data = notion_data(find_notion(name), language)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=1)
    if form == "html":
        return notion_page(data, language)
    return (notion_markdown if form == "markdown" else notion_text)(data, language)
