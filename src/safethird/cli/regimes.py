"""`safethird regimes`: the regimes of the library, as a list or as an atlas."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from safethird.cli.options import Country, Day, language_option, today
from safethird.facts.dates import parse_date
from safethird.regimes.catalogue import concerns, library
from safethird.regimes.model import Regime
from safethird.reports.lines import wrapped
from safethird.reports.words import date_words


@click.command()
@click.option(
    "--claim-in", "claim_in", type=Country(), help="Only those that concern claims in this country."
)
@click.option("--party", type=Country(), help="Only those to which this country is a party, or that name it.")
@click.option("--on", type=Day(), help="How each stands on this day (YYYY-MM-DD); today unless given.")
@click.option("--drafts", is_flag=True, help="Drafts too.")
@click.option("--documented", is_flag=True, help="Entries too that are kept for the record only.")
@click.option(
    "--atlas", type=click.Path(dir_okay=False), help="Write a page with map and tables to this file."
)
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(
    claim_in: str | None,
    party: str | None,
    on: str | None,
    drafts: bool,
    documented: bool,
    atlas: str | None,
    language: str,
    form: str,
) -> int:
    """List the regimes of the library: who has what with whom."""
    day = parse_date(on or today()).lo
    if atlas is not None:
        return _atlas(Path(atlas), day, language)
    from safethird.reports.law import law, standing_data
    from safethird.screening.standing import standing

    chosen = [
        regime
        for regime in library().values()
        if (drafts or not regime.draft)
        and (documented or not regime.documented_only)
        and (claim_in is None or concerns(regime, claim_in))
        and (party is None or _has_party(regime, party, day))
    ]
    found = [
        {
            **standing_data(standing(regime, day, None, claim_in), language),
            "kind": regime.kind,
            "jurisdiction": regime.jurisdiction,
            "parties": list(regime.parties),
            "cite": regime.citation.pinpoint_in(language),
            "provisions": len(regime.provisions),
            "draft": regime.draft,
            "documented_only": regime.documented_only,
        }
        for regime in chosen
    ]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    heading = law("heading_on", language, day=date_words(parse_date(on or today()), language))
    click.echo(f"{heading}. {law('count', language, count=len(found))}.\n")
    for entry in found:
        click.echo("\n".join(_lines(entry, language)))
    if not found:
        click.echo(law("nothing_found", language))
    return 0


def _has_party(regime: Regime, country: str, day: int) -> bool:
    from safethird.reports.atlas import named_states

    return country in regime.parties or country in named_states(regime, day)


def _lines(entry: dict[str, Any], language: str) -> list[str]:
    from safethird.reports.law import law

    where = f"{law('claim_in', language)}: {entry['claim_in']}. {law('names', language)}: {entry['names']}."
    return [
        *wrapped(f"{entry['regime']}  {entry['title']}", "", hang="    "),
        *wrapped(f"{where} {entry['state_word']}.", "    "),
    ]


def _atlas(file: Path, day: int, language: str) -> int:
    from safethird.reports.atlas import atlas_data
    from safethird.reports.atlas_html import atlas_page

    page = atlas_page(atlas_data(library(), language, day), day, language)
    write_whole(file, page)
    click.echo(str(file))
    return 0


def write_whole(file: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it. Raises NoInput when the place cannot be written."""
    from safethird.errors import NoInput, Problem

    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NoInput(
            Problem("The file cannot be written", file=str(file), hint=error.strerror or "")
        ) from error
