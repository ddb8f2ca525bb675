"""Treaty membership as evidence: the package's own table of facts, and what the lists of users say.

What a list does not say it does not decide: a state that is missing from a list of March 2015 was not
party then, and may be now.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, parse_date
from safethird.facts.documents import read_yaml
from safethird.messages import LANGUAGES, say
from safethird.protection.indicators.figures import DataFile
from safethird.protection.model import Evidence, SourceDocument
from safethird.regimes.sets import library_sets

Treaty = Literal["refugee_convention", "refugee_protocol", "torture_convention", "iccpr", "crc", "cedaw"]

PUBLISHER = "United Nations Treaty Collection"

_CRITERION: Mapping[Treaty, str] = {
    "refugee_convention": "refugee_treaties",
    "refugee_protocol": "refugee_treaties",
    "torture_convention": "torture_treaties",
}
"""Treaties that answer a criterion. Lists of other treaties are read, and answer none."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What one list says of one state and treaty."""

    country: str
    treaty: Treaty
    since: DateRange | None
    """Day of entry into force for the state, as exactly as the list tells; None when it is not party."""
    as_of: DateRange
    """The day for which the list holds."""
    source: DataFile


def own_evidence(country: str) -> tuple[Evidence, ...]:
    """Membership by the package's own table of treaty facts, and declarations that limit it."""
    found: list[Evidence] = []
    sets: tuple[tuple[Treaty, str], ...] = (
        ("refugee_convention", "refugee_convention_parties"),
        ("refugee_protocol", "refugee_protocol_parties"),
        ("torture_convention", "convention_against_torture_parties"),
    )
    for treaty, name in sets:
        entry = library_sets()[name]
        source = SourceDocument(
            f"own-{name}",
            f"Own table of parties: {say(f'assess.treaty_{treaty}', 'en')}",
            PUBLISHER,
            2015,
            "recalled",
            entry.url,
            file="regimes/library/sets/treaties.yaml",
        )
        for member in entry.members:
            if member.country == country:
                since = None if member.since == FIRST_DAY else member.since
                until = None if member.until > LAST_DAY else DateRange(member.until, member.until)
                found.append(
                    _party(
                        f"own-{treaty}",
                        treaty,
                        DateRange(since or FIRST_DAY, since or FIRST_DAY),
                        until,
                        source,
                    )
                )
    found.extend(_declarations().get(country, ()))
    return tuple(found)


def listed_evidence(memberships: Sequence[Membership], country: str) -> tuple[Evidence, ...]:
    """Membership by the lists that the user has downloaded. A list that leaves a state out says that it
    was not party on the days before the list, and nothing of later ones."""
    found: list[Evidence] = []
    by_treaty: dict[Treaty, Membership | None] = {}
    lists = {(entry.treaty, entry.source.file): entry for entry in memberships}
    for entry in memberships:
        if entry.country == country:
            by_treaty[entry.treaty] = entry
            if entry.treaty in _CRITERION and entry.since is not None:
                found.append(
                    _party(
                        f"list-{entry.treaty}-{entry.source.file}",
                        entry.treaty,
                        entry.since,
                        None,
                        _document(entry.source, entry.as_of),
                    )
                )
    refugee = [
        entry for (treaty, _), entry in lists.items() if treaty in ("refugee_convention", "refugee_protocol")
    ]
    treaties = {entry.treaty for entry in refugee}
    party_to_refugee = any(entry and entry.since for treaty, entry in by_treaty.items() if treaty in treaties)
    if treaties == {"refugee_convention", "refugee_protocol"} and not party_to_refugee:
        found.append(
            _not_party(
                "list-no-refugee-treaty", "refugee_convention", min(refugee, key=lambda one: one.as_of.lo)
            )
        )
    for (treaty, _), entry in lists.items():
        own = by_treaty.get(treaty)
        if treaty == "torture_convention" and (own is None or own.since is None):
            found.append(_not_party(f"list-not-{treaty}-{entry.source.file}", treaty, entry))
    return tuple(found)


def _document(file: DataFile, as_of: DateRange) -> SourceDocument:
    year = datetime.date.fromordinal(as_of.lo).year
    return SourceDocument(
        f"file-{file.digest[:12]}",
        file.title,
        file.publisher,
        year,
        "verified",
        file.url,
        licence=file.licence,
        file=file.file,
    )


def _party(
    name: str, treaty: Treaty, since: DateRange, until: DateRange | None, source: SourceDocument
) -> Evidence:
    day = None if since.lo == FIRST_DAY else datetime.date.fromordinal(since.hi).isoformat()
    message = "assess.claim_party" if day is None else "assess.claim_party_since"
    claim = {
        language: say(message, language, treaty=say(f"assess.treaty_{treaty}", language), day=day)
        for language in LANGUAGES
    }
    return Evidence(name, claim, "treaty_status", "high", (_CRITERION[treaty],), (), source, since, until)


def _not_party(name: str, treaty: Treaty, entry: Membership) -> Evidence:
    day = datetime.date.fromordinal(entry.as_of.lo).isoformat()
    message = f"assess.claim_not_party_{'torture' if treaty == 'torture_convention' else 'refugee'}"
    claim = {language: say(message, language, day=day) for language in LANGUAGES}
    always, after = DateRange(FIRST_DAY, FIRST_DAY), DateRange(entry.as_of.lo + 1, entry.as_of.lo + 1)
    source = _document(entry.source, entry.as_of)
    return Evidence(name, claim, "treaty_status", "high", (), (_CRITERION[treaty],), source, always, after)


@lru_cache(maxsize=1)
def _declarations() -> Mapping[str, tuple[Evidence, ...]]:
    """Declarations that limit the refugee treaties, from `declarations.yaml`."""
    folder = resources.files("safethird.protection.indicators")
    data: dict[str, Any] = read_yaml(
        folder.joinpath("declarations.yaml").read_text(encoding="utf-8"),
        "protection/indicators/declarations.yaml",
    ).data
    found: dict[str, list[Evidence]] = {}
    for entry in data["declarations"]:
        source = SourceDocument(
            f"declaration-{entry['country'].lower()}",
            entry["source"],
            entry["publisher"],
            entry["year"],
            entry["confidence"],
            entry["url"],
            entry.get("read"),
            file="protection/indicators/declarations.yaml",
        )
        since = parse_date(entry["from"])
        until = parse_date(entry["until"]) if "until" in entry else None
        found.setdefault(entry["country"], []).append(
            Evidence(
                f"declaration-{entry['country'].lower()}-{entry['from']}",
                entry["claim"],
                "treaty_status",
                "high",
                tuple(entry.get("for", ())),
                tuple(entry.get("against", ())),
                source,
                since,
                until,
                confidence=entry["confidence"],
            )
        )
    return {country: tuple(entries) for country, entries in found.items()}
