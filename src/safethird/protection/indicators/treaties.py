"""Treaty membership on a day: the package's own table of facts, and the status lists that users download.

Two kinds of list are read. The UN Treaty Collection's gives days of deposit (Participant, Signature, Accession);
the list of the human rights treaties gives years. What a list does not say it does not decide: a state that is
missing from a list of March 2015 was not party then, and may be now.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange, parse_date, plus_days
from safethird.facts.documents import read_yaml
from safethird.protection.indicators.figures import DataFile
from safethird.protection.indicators.rows import Trouble, header_of, records, year_of
from safethird.protection.model import Evidence, SourceDocument
from safethird.regimes.sets import library_sets
from safethird.tables.names import by_code_or_name, by_name
from safethird.tables.sources import Grid, Source

Treaty = Literal["refugee_convention", "refugee_protocol", "torture_convention", "iccpr", "crc", "cedaw"]

_CRITERION: Mapping[Treaty, str | None] = {
    "refugee_convention": "refugee_treaties", "refugee_protocol": "refugee_treaties",
    "torture_convention": "torture_treaties", "iccpr": None, "crc": None, "cedaw": None,
}  # fmt: skip
_WORDS: tuple[tuple[str, Treaty], ...] = (
    ("refugee_protocol", "refugee_protocol"), ("protocol_1967", "refugee_protocol"),
    ("refugee_convention", "refugee_convention"), ("convention_1951", "refugee_convention"),
    ("torture", "torture_convention"), ("iccpr_op", "iccpr"), ("opcat", "iccpr"), ("cat", "torture_convention"),
    ("iccpr", "iccpr"), ("crc", "crc"), ("cedaw", "cedaw"),
)  # fmt: skip
_OTHERS = ("opcat", "iccpr_op", "cped", "icmw", "stateless")
_AFTER_DEPOSIT: Mapping[Treaty, int] = {
    # Convention Art. 43; Protocol Art. VIII; CAT Art. 27; ICCPR Art. 49; CRC Art. 49; CEDAW Art. 27.
    "refugee_convention": 90, "refugee_protocol": 0, "torture_convention": 30, "iccpr": 90, "crc": 30, "cedaw": 30,
}  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_DEPOSIT = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4})(?: ?[adAcP]+)?\Z")
_DEPOSITED = ("accession", "succession", "ratification")
_PUBLISHER = "United Nations Treaty Collection"


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


def treaty_of(file: str) -> Treaty | None:
    """The treaty that a file's name speaks of; the lists themselves do not say."""
    name = re.sub(r"[^a-z0-9]+", "_", re.split(r"[/\\]", file)[-1].lower())
    if any(word in name for word in _OTHERS):
        return None
    return next((treaty for word, treaty in _WORDS if word in name), None)


def is_status_list(header: tuple[str, ...]) -> bool:
    """Whether a header is that of a list of parties to a treaty."""
    return _is_untc(header) or _is_unhr(header)


def _is_untc(header: tuple[str, ...]) -> bool:
    return bool(header) and header[0] == "participant" and any(
        word in column for column in header[1:] for word in _DEPOSITED
    )  # fmt: skip


def _is_unhr(header: tuple[str, ...]) -> bool:
    return {"iso2", "member", "state_party", "year_ratification_or_accession"} <= set(header)


def read_status_list(source: Source, treaty: Treaty) -> tuple[list[Membership], tuple[str, ...]]:
    """All memberships of a list, and the names that nobody knows. Raises BadData with places for a date that is
    none, or that is later than the list."""
    grid = next(grid for grid in source.grids if is_status_list(header_of(grid)))
    trouble = Trouble(source.file)
    as_of = _as_of(source.file)
    if as_of is None:
        trouble.add("The file's name does not say of which year the list is", 1,
                    expected="a year or day in the name, such as untc_2015_refugee_convention.csv", code="no-as-of")  # fmt: skip
        trouble.stop()
    assert as_of is not None
    rows = sum(1 for _ in grid.rows()) - 1
    file = DataFile(source.file, f"Status of the treaty ({treaty}), list of {_said(as_of)}", _PUBLISHER,
                    "facts; cite the depositary", "https://treaties.un.org/", source.digest, rows)  # fmt: skip
    read = _read_untc if _is_untc(header_of(grid)) else _read_unhr
    found, unknown = read(grid, treaty, as_of, file, trouble)
    trouble.stop()
    return found, unknown


def _as_of(file: str) -> DateRange | None:
    match = re.search(r"(?<!\d)((?:19|20)\d\d(?:-\d\d-\d\d)?)(?!\d)", re.split(r"[/\\]", file)[-1])
    try:
        return parse_date(match[1]) if match else None
    except ValueError:
        return None


def _said(day: DateRange) -> str:
    low, high = (datetime.date.fromordinal(end).isoformat() for end in day)
    return low if low == high else low[:4]


_Found = tuple[list[Membership], tuple[str, ...]]


def _read_untc(grid: Grid, treaty: Treaty, as_of: DateRange, file: DataFile, trouble: Trouble) -> _Found:
    header = header_of(grid)
    column = next(name for name in header[1:] if any(word in name for word in _DEPOSITED))
    found, unknown = [], set()
    for line, cells in records(grid, trouble):
        # Names carry the numbers of footnotes: China 3.
        place = by_name(re.sub(r"[\s\d,]+$", "", cells["participant"]))
        deposited = _deposit(cells[column], line, trouble)
        if deposited is not None and deposited > as_of.hi:
            trouble.add("This day is later than the list itself", line, expected=f"at the latest {_said(as_of)}",
                        code="wrong-date")  # fmt: skip
        if place.code is None:
            if not place.known:
                unknown.add(cells["participant"])
            continue
        since = None
        if deposited is not None:
            day = plus_days(deposited, _AFTER_DEPOSIT[treaty])
            since = DateRange(day, day)
        found.append(Membership(place.code, treaty, since, as_of, file))
    return found, tuple(sorted(unknown))


def _deposit(text: str, line: int, trouble: Trouble) -> int | None:
    if not text:
        return None
    match = _DEPOSIT.match(" ".join(text.split()))
    month = _MONTHS.get(match[2].lower()) if match else None
    try:
        if match and month:
            return datetime.date(int(match[3]), month, int(match[1])).toordinal()
    except ValueError:
        pass
    trouble.add("This is no day of deposit", line, expected="such as 22 Sep 1983 a", code="bad-date")
    return None


def _read_unhr(grid: Grid, treaty: Treaty, as_of: DateRange, file: DataFile, trouble: Trouble) -> _Found:
    found, unknown = [], set()
    for line, cells in records(grid, trouble):
        place = by_code_or_name(cells["iso2"] or cells["member"])
        party = cells["state_party"]
        if party not in ("0", "1"):
            trouble.add("It is not said whether the state is party", line, expected="0 or 1", code="bad-cell")
            continue
        since = None
        if party == "1":
            year = year_of(cells["year_ratification_or_accession"], line, trouble)
            if year is None:
                continue
            if datetime.date(year, 1, 1).toordinal() > as_of.hi:
                trouble.add("This year is later than the list itself", line, code="wrong-date")
            # Only the year of deposit is known: in force at some time from then until the delay after its end.
            last = plus_days(datetime.date(year, 12, 31).toordinal(), _AFTER_DEPOSIT[treaty])
            since = DateRange(datetime.date(year, 1, 1).toordinal(), last)
        if place.code is None:
            unknown.add(cells["member"])
            continue
        found.append(Membership(place.code, treaty, since, as_of, file))
    return found, tuple(sorted(unknown))


# --- as evidence ---------------------------------------------------------------------------------

_NAMES: Mapping[Treaty, Mapping[str, str]] = {
    "refugee_convention": {"en": "Refugee Convention of 1951", "es": "Convención sobre los Refugiados de 1951",
                           "fr": "Convention de 1951 relative au statut des réfugiés"},
    "refugee_protocol": {"en": "Refugee Protocol of 1967", "es": "Protocolo sobre los Refugiados de 1967",
                         "fr": "Protocole de 1967 relatif au statut des réfugiés"},
    "torture_convention": {"en": "Convention against Torture", "es": "Convención contra la Tortura",
                           "fr": "Convention contre la torture"},
}  # fmt: skip


def own_evidence(country: str) -> tuple[Evidence, ...]:
    """Membership by the package's own table of treaty facts, and declarations that limit it."""
    found: list[Evidence] = []
    sets: tuple[tuple[Treaty, str], ...] = (
        ("refugee_convention", "refugee_convention_parties"), ("refugee_protocol", "refugee_protocol_parties"),
        ("torture_convention", "convention_against_torture_parties"),
    )  # fmt: skip
    for treaty, name in sets:
        entry = library_sets()[name]
        source = SourceDocument(f"own-{name}", f"Own table of parties: {_NAMES[treaty]['en']}", _PUBLISHER, 2015,
                                "recalled", entry.url, file="regimes/library/sets/treaties.yaml")  # fmt: skip
        for member in entry.members:
            if member.country == country:
                since = None if member.since == FIRST_DAY else member.since
                until = None if member.until > LAST_DAY else DateRange(member.until, member.until)
                found.append(_party(f"own-{treaty}", treaty, DateRange(since or FIRST_DAY, since or FIRST_DAY), until,
                                    source))  # fmt: skip
    found.extend(_declarations().get(country, ()))
    return tuple(found)


def listed_evidence(memberships: list[Membership], country: str) -> tuple[Evidence, ...]:
    """Membership by the lists that the user has downloaded. A list that leaves a state out says that it was not
    party on the days before the list, and nothing of later ones."""
    found: list[Evidence] = []
    by_treaty: dict[Treaty, Membership | None] = {}
    lists = {(entry.treaty, entry.source.file): entry for entry in memberships}
    for entry in memberships:
        if entry.country == country:
            by_treaty[entry.treaty] = entry
            if _CRITERION[entry.treaty] and entry.since is not None:
                found.append(_party(f"list-{entry.treaty}-{entry.source.file}", entry.treaty, entry.since, None,
                                    _document(entry.source, entry.as_of)))  # fmt: skip
    refugee = [entry for (treaty, _), entry in lists.items() if treaty in ("refugee_convention", "refugee_protocol")]
    treaties = {entry.treaty for entry in refugee}
    party_to_refugee = any(entry and entry.since for treaty, entry in by_treaty.items() if treaty in treaties)
    if treaties == {"refugee_convention", "refugee_protocol"} and not party_to_refugee:
        found.append(_not_party("list-no-refugee-treaty", "refugee_convention", min(refugee, key=lambda one: one.as_of.lo)))
    for (treaty, _), entry in lists.items():
        own = by_treaty.get(treaty)
        if treaty == "torture_convention" and (own is None or own.since is None):
            found.append(_not_party(f"list-not-{treaty}-{entry.source.file}", treaty, entry))
    return tuple(found)


def _document(file: DataFile, as_of: DateRange) -> SourceDocument:
    year = datetime.date.fromordinal(as_of.lo).year
    return SourceDocument(f"file-{file.digest[:12]}", file.title, file.publisher, year, "verified", file.url,
                          licence=file.licence, file=file.file)  # fmt: skip


def _party(
    name: str, treaty: Treaty, since: DateRange, until: DateRange | None, source: SourceDocument
) -> Evidence:  # fmt: skip
    said = _NAMES[treaty]
    day = "" if since.lo == FIRST_DAY else datetime.date.fromordinal(since.hi).isoformat()
    criterion = _CRITERION[treaty]
    assert criterion is not None
    claim = {
        "en": f"Party to the {said['en']}" + (f", in force there on {day} at the latest." if day else "."),
        "es": f"Es parte en: {said['es']}" + (f", en vigor a más tardar el {day}." if day else "."),
        "fr": f"Partie à : {said['fr']}" + (f", en vigueur au plus tard le {day}." if day else "."),
    }
    return Evidence(name, claim, "treaty_status", "high", (criterion,), (), source, since, until)


def _not_party(name: str, treaty: Treaty, entry: Membership) -> Evidence:
    day = datetime.date.fromordinal(entry.as_of.lo).isoformat()
    what = ("any refugee treaty", "ningún tratado sobre refugiados", "aucun traité sur les réfugiés")
    if treaty == "torture_convention":
        what = ("the Convention against Torture", "la Convención contra la Tortura", "la Convention contre la torture")
    criterion = _CRITERION[treaty]
    assert criterion is not None
    claim = {
        "en": f"Not listed as party to {what[0]} on {day}.",
        "es": f"No figura como parte en {what[1]} el {day}." if treaty == "torture_convention"
        else f"No figura como parte en {what[1]} el {day}.",
        "fr": f"N'est pas inscrit comme partie à {what[2]} le {day}." if treaty == "torture_convention"
        else f"N'est inscrit comme partie à {what[2]} le {day}.",
    }  # fmt: skip
    return Evidence(name, claim, "treaty_status", "high", (), (criterion,), _document(entry.source, entry.as_of),
                    DateRange(FIRST_DAY, FIRST_DAY), DateRange(entry.as_of.lo + 1, entry.as_of.lo + 1))  # fmt: skip


@lru_cache(maxsize=1)
def _declarations() -> Mapping[str, tuple[Evidence, ...]]:
    """Declarations that limit the refugee treaties, from `declarations.yaml`."""
    folder = resources.files("safethird.protection.indicators")
    data: dict[str, Any] = read_yaml(folder.joinpath("declarations.yaml").read_text(encoding="utf-8"),
                                     "protection/indicators/declarations.yaml").data  # fmt: skip
    found: dict[str, list[Evidence]] = {}
    for entry in data["declarations"]:
        source = SourceDocument(f"declaration-{entry['country'].lower()}", entry["source"], entry["publisher"],
                                entry["year"], entry["confidence"], entry["url"], entry.get("read"),
                                file="protection/indicators/declarations.yaml")  # fmt: skip
        since = parse_date(entry["from"])
        until = parse_date(entry["until"]) if "until" in entry else None
        found.setdefault(entry["country"], []).append(
            Evidence(f"declaration-{entry['country'].lower()}-{entry['from']}", entry["claim"], "treaty_status", "high",
                     tuple(entry.get("for", ())), tuple(entry.get("against", ())), source, since, until,
                     confidence=entry["confidence"])
        )  # fmt: skip
    return {country: tuple(entries) for country, entries in found.items()}
