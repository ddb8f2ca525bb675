"""`safethird demo`: real cases, decided or documented, in a minute of reading."""

from __future__ import annotations

import click

from safethird.cli.options import language_option
from safethird.messages import say
from safethird.reports import phrases
from safethird.reports.lines import wrapped
from safethird.reports.text import determination_lines
from safethird.reports.words import date_words
from safethird.screening.demo import demo_stories


@click.command()
@language_option()
@click.option("--trace", is_flag=True, help="With the full reasoning.")
def command(language: str, trace: bool) -> int:
    """Real people, real instruments: who was sent, who was not, and why."""
    for line in wrapped(say("demo.opening", language)):
        click.echo(line)
    for number, story in enumerate(demo_stories(), 1):
        click.echo("")
        day = story.answers[0].reasoning.evaluator.facts["decision"]["date"]
        heading = say("demo.heading", language, number=number, day=date_words(day, language))
        click.echo(heading)
        for line in wrapped(phrases.in_language(story.text, language)):
            click.echo(line)
        for answer in story.answers:
            for line in determination_lines(answer, language, trace=trace):
                click.echo(line)
        name = "source" if story.url else "source_in_print"
        click.echo("  " + say(f"demo.{name}", language, title=story.source, url=story.url))
    click.echo("")
    for line in wrapped(say("demo.closing", language)):
        click.echo(line)
    return 0
