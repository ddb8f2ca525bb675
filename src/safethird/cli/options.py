"""Options that several verbs share."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import click

from safethird.messages import LANGUAGES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def language_option() -> Decorator:
    """`--lang en|es|fr`, or the environment's SAFETHIRD_LANG."""
    return click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", envvar="SAFETHIRD_LANG",
                        show_default=True, help="Language of the answer.")  # fmt: skip


class Day(click.ParamType[str]):
    """A day written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> str:
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail("This is no day of the form YYYY-MM-DD.", param, context)


class Seconds(click.ParamType[float]):
    """A number of seconds, at most a day."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 86_400:  # nor is it, when this is no number
            self.fail("This is no number of seconds from 0 to 86400.", param, context)
        return seconds


class Country(click.ParamType[str]):
    """A country, by its ISO code or by its name in English, Spanish or French."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> str:
        from safethird.facts.countries import country_hint, find_country, is_country

        code = value.strip().upper()
        found = code if is_country(code) else find_country(value)
        if found is None:
            self.fail(f"'{value}' is no country that we know. {country_hint(value)}", param, context)
        return found


def today() -> str:
    """Today on this machine; every answer that uses it says that it was assumed."""
    return datetime.date.today().isoformat()
