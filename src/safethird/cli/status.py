"""`safethird status`: what is operative on a day and at a place, since when, on which authority."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from safethird.cli.options import Country, Day, language_option, today
from safethird.facts.dates import DateRange, format_date, parse_date
from safethird.regimes.catalogue import concerns, library, load_regime
from safethird.regimes.model import Regime
from safethird.regimes.places import Place, find_place
from safethird.regimes.timeline import changes
from safethird.reports.law import change_data, law, place_words, standing_data
from safethird.reports.law_text import moment_lines, one_standing_lines, standing_lines
from safethird.reports.lines import wrapped
from safethird.reports.words import date_words
from safethird.screening.standing import standing

PLACES_IN = "US"
"""The country whose places `--at` names."""


@click.command()
@click.argument("regime", required=False)
@click.option("--on", type=Day(), help="The day (YYYY-MM-DD); today unless given.")
@click.option("--at", "place", help="A US federal circuit (9, DC) or state (US-CA, California).")
@click.option(
    "--claim-in",
    "claim_in",
    type=Country(),
    help="Only regimes that concern claims in this country (code or name).",
)
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def command(
    regime: str | None, on: str | None, place: str | None, claim_in: str | None, language: str, form: str
) -> int:
    """What operates on a day: the whole library, or one REGIME with its timeline."""
    day = parse_date(on or today()).lo
    where = None if place is None else find_place(place)
    circuit = None if where is None else where.circuit
    chosen = list(_chosen(regime, where, claim_in))
    data: dict[str, Any] = {
        "on": format_date(DateRange(day, day)),
        "assumed_today": on is None,
        "place": None if where is None else place_words(where, language),
        "regimes": [standing_data(standing(entry, day, circuit, claim_in), language) for entry in chosen],
    }
    if regime is not None:
        data["timeline"] = [change_data(change, language) for change in changes(chosen[0], circuit=circuit)]
    if form == "html":
        from safethird.reports.law_html import status_page

        click.echo(status_page(data, language))
    elif form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_text(data, language)))
    return 0


def _chosen(regime: str | None, where: Place | None, claim_in: str | None) -> Iterator[Regime]:
    if regime is not None:
        yield load_regime(regime)
        return
    for entry in library().values():
        if where is not None and not concerns(entry, PLACES_IN):
            continue
        if claim_in is None or concerns(entry, claim_in):
            yield entry


def _text(data: dict[str, Any], language: str) -> Iterator[str]:
    yield law("heading_on", language, day=date_words(parse_date(data["on"]), language))
    if data["assumed_today"]:
        yield law("today_assumed", language)
    if data["place"]:
        yield law("heading_at", language, place=data["place"])
    yield ""
    if "timeline" in data:
        entry = data["regimes"][0]
        yield entry["state_word"].upper()
        yield from one_standing_lines(entry)
        yield ""
        yield law("timeline", language)
        yield from moment_lines(data["timeline"], language)
        yield ""
    else:
        yield from standing_lines(data["regimes"], language)
    yield from wrapped(law("not_advice", language))
