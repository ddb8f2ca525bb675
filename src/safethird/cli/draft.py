"""`safethird draft new|status`: a draft from questions; rounds of negotiation at a glance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from safethird.cli.options import Day, language_option, today


@click.group()
def command() -> None:
    """Write a new draft from questions, or see where a negotiation stands."""


@command.command()
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file (default: <id>.yaml here).")
@click.option("--answers", type=click.Path(), help="Answers from a YAML file, without asking.")
@language_option()
def new(out: str | None, answers: str | None, language: str) -> None:
    """A valid draft regime from questions. No code is needed."""
    from safethird.drafting.rounds.new import draft_id, new_draft, read_answers
    from safethird.errors import Problem, UsageError
    from safethird.facts.documents import Document, read_document
    from safethird.messages import say

    document = read_document(answers) if answers else Document(_ask(language), None)
    given = read_answers(document)
    path = Path(out) if out else Path(f"{draft_id(given)}.yaml")
    if path.exists():
        raise UsageError(
            Problem(
                "This file exists already",
                file=str(path),
                hint="Choose another with --out FILE.",
                code="exists",
            )
        )
    from safethird.cli.proving import write

    write(new_draft(given), str(path))
    named = f"{given['date']}_{given['claim_country']}.yaml"
    click.echo(say("draft.written", language, file=path, round=named))


def _ask(language: str) -> dict[str, Any]:
    """Every question on the terminal, again until the answer fits."""
    from safethird.drafting.rounds.new import option_text, parsed, questions
    from safethird.messages import say

    found: dict[str, Any] = {}
    for question in questions():
        click.echo(f"\n{question.texts[language]}")
        for at, option in enumerate(question.options, 1):
            click.echo(f"  {at}. {option_text(option, language)}")
        hint = {"date": "YYYY-MM-DD", "yes_no": say("draft.yes_no", language)}.get(question.kind, "")
        if question.kind in ("countries", "choices"):
            hint = say("draft.several", language)
        elif question.kind == "choice":
            hint = say("draft.one_of", language)
        elif question.kind == "number":
            hint = say("draft.from_to", language, least=question.least, most=question.most)
        while True:
            raw = click.prompt(f"  {hint}".rstrip(), default="", show_default=False, prompt_suffix="> ")
            try:
                answer = parsed(question, raw.strip())
                if question.id == "receiving_country" and answer == found["claim_country"]:
                    raise ValueError(say("draft.same_country", language))
                found[question.id] = answer
                break
            except ValueError as error:
                click.echo(say("draft.again", language, why=error))
    return found


@command.command()
@click.argument("folder", type=click.Path())
@click.option("--as-of", type=Day(), help="Day of the dashboard (default: today).")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "docx"]), default="text")
@click.option("--output", type=click.Path(dir_okay=False), help="Write to this file (needed for docx).")
def status(folder: str, as_of: str | None, language: str, form: str, output: str | None) -> None:
    """What is agreed, open, changed since the last round, and which deadlines lie ahead.

    FOLDER holds dated versions (2019-07-12_GT.yaml) and, if there are any, deadlines.yaml.
    """
    from safethird.cli.proving import need_output, write
    from safethird.drafting.rounds.status import negotiation_status
    from safethird.reports.negotiation import status_data, status_docx, status_page, status_text

    need_output(form, output)
    data = status_data(negotiation_status(folder, as_of or today()), language)
    if form == "html":
        write(status_page(data), output)
    elif form == "docx":
        write(status_docx(data), output)
    elif form == "json":
        write(json.dumps(data, ensure_ascii=False, indent=1) + "\n", output)
    else:
        write(status_text(data), output)
