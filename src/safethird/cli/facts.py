"""`safethird facts`: the vocabulary, for people and for editors."""

from __future__ import annotations

import json

import click

from safethird.cli.options import language_option
from safethird.facts.vocabulary import Fact, vocabulary


@click.command()
@click.argument("part", required=False)
@language_option()
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a case file instead.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(part: str | None, language: str, schema: bool, form: str) -> int:
    """Every fact that a case can hold, or those of one PART (claim, entries, family ...)."""
    if schema:
        from safethird.facts.schema import case_schema

        click.echo(json.dumps(case_schema(), indent=1))
        return 0
    wanted = vocabulary()
    if part is not None:
        wanted.fact(part)
    chosen = [
        fact
        for fact in wanted
        if part is None or fact.path == part or fact.path.startswith((f"{part}.", f"{part}["))
    ]
    if form == "json":
        click.echo(json.dumps([_data(fact, language) for fact in chosen], ensure_ascii=False, indent=1))
        return 0
    for fact in chosen:
        click.echo(f"{fact.path}  ({fact.type}{', finding' if fact.finding else ''})  {fact.label(language)}")
        if fact.asked and not fact.completes:
            click.echo(f"    {fact.question(language)}")
        for value in fact.values:
            click.echo(f"      {value}: {fact.value_label(value, language)}")
    return 0


def _data(fact: Fact, language: str) -> dict[str, object]:
    asked = fact.asked and not fact.is_group
    return {
        "path": fact.path, "type": fact.type, "label": fact.label(language), "meaning": fact.meaning(language),
        "question": fact.question(language) if asked else None, "why": fact.why(language) if asked else None,
        "values": {value: fact.value_label(value, language) for value in fact.values}, "finding": fact.finding,
        "used_by": list(fact.used_by),
    }  # fmt: skip
