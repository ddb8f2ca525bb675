"""`safethird assess`: is a country safe for the people sent there, criterion by criterion, under each
legal test."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safethird.cli.options import Country, Day, language_option, today

if TYPE_CHECKING:
    from safethird.protection.assess import Assessment
    from safethird.protection.indicators.data import IndicatorData


@click.command()
@click.argument("country", type=Country(), required=False)
@click.option(
    "--test",
    "test_ids",
    multiple=True,
    help="A test's id, a file of your own, or 'all' (may be repeated). Without: the dossier's, or all.",
)
@click.option("--on", type=Day(), help="The day (YYYY-MM-DD). Without: today.")
@click.option("--for", "group", help="The group of people sent there, as the dossier names it.")
@click.option("--dossier", help="A dossier's id, or a file of your own. Without: the latest before the day.")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder with published files that you downloaded.",
)
@click.option(
    "--compare",
    "others",
    multiple=True,
    help="Another country, day, COUNTRY@DAY or dossier to set beside (may be repeated).",
)
@click.option("--all", "everywhere", is_flag=True, help="Every country, from treaties and statistics alone.")
@click.option("--list", "listing", is_flag=True, help="List the tests and the worked dossiers.")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    country: str | None,
    test_ids: tuple[str, ...],
    on: str | None,
    group: str | None,
    dossier: str | None,
    folder: Path | None,
    others: tuple[str, ...],
    everywhere: bool,
    listing: bool,
    language: str,
    form: str,
) -> int:
    """Assess the protection that COUNTRY gave on a day, by the tests of law.

    Each criterion is met, not met, unknown or disputed. Unknown means that nobody has shown it.
    """
    from safethird.protection.assess import assess, assess_all

    if listing:
        _list(language)
        return 0
    if everywhere == (country is not None):
        raise click.UsageError("Name one country, or give --all.")
    if country is None and (others or dossier or group):
        raise click.UsageError("--all takes neither --compare nor --dossier nor --for.")
    day = datetime.date.fromisoformat(on or today()).toordinal()
    data = _data(folder, language)
    if country is None:
        _print_all(assess_all(day, test_ids, data), language, form)
        return 0
    first = assess(country, day, test_ids, group=group, dossier=dossier, data=data, assumed_today=on is None)
    if not others:
        _print(first, language, form)
        return 0
    asked = test_ids or tuple(result.test.id for result in first.results)
    found = [first, *(_other(entry, first, asked, data) for entry in others)]
    _print_compared(found, language, form)
    return 0


def _data(folder: Path | None, language: str) -> IndicatorData:
    from safethird.protection.indicators.data import NO_DATA
    from safethird.reports.protection import words

    if folder is None:
        return NO_DATA
    from safethird.protection.indicators.folder import load_folder

    data = load_folder(folder)
    if data.unused:
        click.echo(words("unused_files", language, count=len(data.unused)), err=True)
    if data.unknown_names:
        click.echo(words("unknown_names", language, names="; ".join(data.unknown_names[:12])), err=True)
    return data


def _other(spec: str, first: Assessment, asked: Sequence[str], data: IndicatorData) -> Assessment:
    """Another assessment to set beside: a country on the same day, the same country on another day, both,
    or a dossier of the library on its own day."""
    from safethird.facts.countries import country_hint, find_country
    from safethird.protection.assess import assess
    from safethird.protection.dossier_files import dossier_ids, load_dossier

    if spec in dossier_ids():
        dossier = load_dossier(spec)
        return assess(dossier.country, dossier.date.lo, asked, dossier=dossier, data=data)
    place, _, when = spec.rpartition("@")
    country, day = first.country, first.day
    if place or not _is_day(when):
        name = place or when
        found = find_country(name)
        if found is None:
            raise click.UsageError(f"'{name}' is no country, day or dossier. {country_hint(name)}")
        country = found
        when = when if place else ""
    if when:
        if not _is_day(when):
            raise click.UsageError(f"'{when}' is no day of the form YYYY-MM-DD.")
        day = datetime.date.fromisoformat(when).toordinal()
    return assess(country, day, asked, data=data)


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _print(assessment: Assessment, language: str, form: str) -> None:
    if form == "json":
        click.echo(json.dumps(assessment.as_dict(language), ensure_ascii=False))
    elif form == "html":
        from safethird.reports.protection_html import assessment_page

        click.echo(assessment_page(assessment, language))
    else:
        from safethird.reports.protection_text import assessment_text

        click.echo(assessment_text(assessment, language))


def _print_compared(found: Sequence[Assessment], language: str, form: str) -> None:
    if form == "json":
        click.echo(
            json.dumps({"assessments": [entry.as_dict(language) for entry in found]}, ensure_ascii=False)
        )
    elif form == "html":
        from safethird.reports.protection_html import comparison_page

        click.echo(comparison_page(found, language))
    else:
        from safethird.reports.protection_text import comparison_text

        click.echo(comparison_text(found, language))


def _print_all(found: Sequence[Assessment], language: str, form: str) -> None:
    if form == "json":
        for entry in found:
            click.echo(json.dumps(entry.as_dict(language), ensure_ascii=False))
    elif form == "html":
        from safethird.reports.protection_html import all_page

        click.echo(all_page(found, language))
    else:
        from safethird.reports.protection_text import all_text

        click.echo(all_text(found, language))


def _list(language: str) -> None:
    from safethird.protection.dossier_files import dossier_ids, load_dossier
    from safethird.protection.loader import tests

    for test in tests().values():
        click.echo(f"{test.id:18} {test.title[language]}")
    click.echo("")
    for name in dossier_ids():
        click.echo(f"{name:18} {load_dossier(name).title[language]}")
