"""The atlas: who has what with whom on a day, as plain data in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from safethird.facts.countries import country_name
from safethird.facts.dates import DateRange, format_date
from safethird.language.syntax import Text
from safethird.messages import say
from safethird.regimes.model import Regime
from safethird.regimes.timeline import members_on
from safethird.reports.law import STATE_ORDER, Data, standing_data
from safethird.reports.phrases import in_language
from safethird.reports.words import date_words
from safethird.screening.standing import Standing, spans, standing

Part = Literal["claims", "named", "both", "idle"]
"""What a country has: claims that are reached, a regime that names it, both, or nothing that operates."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One regime on the day."""

    number: int
    regime: Regime
    standing: Standing
    claim_in: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """What one country has on the day."""

    code: str
    reached_by: tuple[Entry, ...]
    named_by: tuple[Entry, ...]
    idle: tuple[Entry, ...]

    @property
    def part(self) -> Part:
        """Its part on the map."""
        if self.reached_by and self.named_by:
            return "both"
        return "claims" if self.reached_by else "named" if self.named_by else "idle"


def entries_on(regimes: Sequence[Regime], day: int) -> list[Entry]:
    """Every regime on a day, numbered: those that operate first."""
    found = [(standing(regime, day), regime) for regime in regimes]
    found.sort(key=lambda pair: (STATE_ORDER.index(pair[0].kind), pair[1].id))
    return [
        Entry(number, regime, stand, claim_countries(regime, day), named_states(regime, day))
        for number, (stand, regime) in enumerate(found, 1)
    ]


def claim_countries(regime: Regime, day: int) -> tuple[str, ...]:
    """Where a claim is made that the regime is looked at for, on a day."""
    considered = regime.considered_for
    if considered.country_set is None:
        return considered.countries
    return members_on(regime.program.sets[considered.country_set], day)


def named_states(regime: Regime, day: int) -> tuple[str, ...]:
    """The states that the regime can name, whatever the case: the one it is about, or all that take part."""
    if regime.kind == "allocation":
        return claim_countries(regime, day)
    if regime.responsible is not None and isinstance(regime.responsible.node, Text):
        return (regime.responsible.node.value,)
    return ()


def countries_on(entries: Sequence[Entry]) -> list[Country]:
    """Every country of the library with what it has on the day, in the order of codes. Entries that are kept
    for the record only, and drafts, give a country no part."""
    counted = [entry for entry in entries if entry.standing.kind not in ("never", "draft")]
    codes = sorted({code for entry in counted for code in (*entry.claim_in, *entry.named)})
    found: list[Country] = []
    for code in codes:
        operating = [entry for entry in counted if entry.standing.operating]
        found.append(
            Country(
                code,
                tuple(entry for entry in operating if code in entry.claim_in),
                tuple(entry for entry in operating if code in entry.named),
                tuple(
                    entry
                    for entry in counted
                    if not entry.standing.operating and code in (*entry.claim_in, *entry.named)
                ),
            )
        )
    return found


def atlas_data(regimes: Mapping[str, Regime], language: str, day: int) -> Data:
    """All that the page shows."""
    entries = entries_on(list(regimes.values()), day)
    countries = countries_on(entries)
    parts = [country.part for country in countries]
    return {
        "on": format_date(DateRange(day, day)),
        "day": date_words(DateRange(day, day), language),
        "regimes": [_entry_data(entry, language) for entry in entries],
        "countries": [_country_data(country, language) for country in countries],
        "counts": {
            "claims": sum(part in ("claims", "both") for part in parts),
            "named": sum(part in ("named", "both") for part in parts),
            "both": parts.count("both"),
        },
    }


def _entry_data(entry: Entry, language: str) -> Data:
    regime = entry.regime
    return {
        **standing_data(entry.standing, language),
        "number": entry.number,
        "claim_countries": list(entry.claim_in),
        "named_states": list(entry.named),
        "kind": regime.kind,
        "summary": in_language(regime.summary, language),
        "transfers_says": _transfers(entry.standing, language),
        "spans": [
            {
                "from": format_date(DateRange(span.since, span.since)),
                "from_day": date_words(DateRange(span.since, span.since), language),
                "until": None if span.until is None else format_date(DateRange(span.until, span.until)),
                "until_day": None
                if span.until is None
                else date_words(DateRange(span.until, span.until), language),
                "whole": span.whole,
                "lo": span.since,
                "hi": span.until,
            }
            for span in spans(regime)
        ],
    }


def _transfers(stand: Standing, language: str) -> str:
    event = stand.transfer_event
    if event is None:
        return say("law.transfers_not_recorded", language)
    day = date_words(event.date, language)
    return say(
        f"law.transfers_{stand.transfers}", language, day=day, cite=event.citation.pinpoint_in(language)
    )


def _country_data(country: Country, language: str) -> Data:
    def listed(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
        return [
            {
                "number": entry.number,
                "regime": entry.regime.id,
                "title": in_language(entry.regime.title, language),
            }
            for entry in entries
        ]

    return {
        "country": country.code,
        "name": country_name(country.code, language),
        "part": country.part,
        "reached_by": listed(country.reached_by),
        "named_by": listed(country.named_by),
        "idle": listed(country.idle),
    }
