"""The closed lists of words of a published table: what was counted, in which unit, of whom, where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Measure:
    """What one count is a count of."""

    id: str
    unit: str
    """`events` (one person may be counted more than once), `persons`, `cases`, or `either` where the file
    says."""
    meaning: str
    stock: bool = False
    """True when it is a number at one date (people still waiting), not a number over a period."""


def _measures(*rows: tuple[str, str, str] | tuple[str, str, str, bool]) -> Mapping[str, Measure]:
    return MappingProxyType({row[0]: Measure(*row) for row in rows})


MEASURES: Mapping[str, Measure] = _measures(
    # Border authorities
    ("encounters", "events",
    "meetings of a border authority with a person; the file does not say of which kind"),
    ("apprehensions", "events", "arrests between ports of entry by the US Border Patrol under Title 8"),
    ("inadmissibles", "events", "people found inadmissible at a US port of entry under Title 8"),
    ("expulsions", "events", "expulsions from the US under Title 42 (public health)"),
    ("detections", "events", "detected crossings of an external border without the right to enter"),
    ("arrivals", "persons", "people who arrived without the right to enter, as counted on arrival"),
    ("arrival_boats", "events", "boats in which people arrived"),
    ("interceptions", "persons", "people stopped between ports of entry by the Canadian federal police"),
    ("irregular_entries", "persons", "people registered after an entry outside the regular channels"),
    ("regular_entries", "events", "entries through the regular channels, all purposes"),
    ("regular_exits", "events", "exits through the regular channels, all purposes"),
    ("no_claim", "persons", "people who arrived and made no asylum claim"),
    # Asylum claims and decisions
    ("claims", "either", "asylum claims lodged, first and repeated together or not told apart"),
    ("claims_first", "either", "first asylum claims"),
    ("claims_repeat", "either", "repeated or reopened asylum claims"),
    ("claims_appeal", "either", "appeals and reviews lodged"),
    ("decisions", "either", "decisions on asylum claims, all outcomes"),
    ("decisions_recognised", "either",
    "decisions that grant refugee status, or protection where the file has one column"),
    ("decisions_other_protection", "either", "decisions that grant another kind of protection or leave"),
    ("decisions_positive", "either",
    "decisions that grant protection of any kind, where the file has one number"),
    ("decisions_refused", "either", "decisions that refuse"),
    ("decisions_closed", "either",
    "claims closed without a decision on substance: withdrawn, void, administrative"),
    ("decisions_third_country", "either", "decisions that refuse because a third country is held to be safe"),
    ("decisions_waiting", "either", "claims of the group that await a first decision", True),
    ("appeals_allowed", "persons", "appeals decided for the person"),
    ("appeals_dismissed", "persons", "appeals decided against the person"),
    ("appeals_withdrawn", "persons", "appeals withdrawn"),
    # Screening (US credible fear)
    ("screenings", "cases", "credible-fear screenings completed, all results"),
    ("screenings_passed", "cases", "screenings in which a credible fear was found"),
    ("screenings_failed", "cases", "screenings in which a credible fear was not found"),
    ("screenings_closed", "cases", "screenings closed without a finding"),
    # Third-country procedures
    ("inadmissibility_considered", "persons",
    "claims looked at for inadmissibility on third-country grounds"),
    ("inadmissibility_notices", "persons", "notices that removal to a third country is intended"),
    ("inadmissibility_decisions", "persons",
    "decisions that a claim is inadmissible on third-country grounds"),
    ("inadmissibility_removals", "persons", "removals after a third-country decision"),
    ("inadmissibility_admitted", "persons", "claims taken into the ordinary procedure after all"),
    ("requests_out", "persons", "requests to take a person over, counted by the state that asks"),
    ("requests_in", "persons", "requests to take a person over, counted by the state that is asked"),
    ("requests_out_eurodac", "persons",
    "requests that rest on a fingerprint match, counted by the state that asks"),
    ("requests_out_decided", "persons", "answers to requests, counted by the state that asked"),
    ("requests_out_accepted", "persons", "requests accepted, counted by the state that asked"),
    ("requests_out_refused", "persons", "requests refused, counted by the state that asked"),
    ("requests_in_decided", "persons", "answers to requests, counted by the state that was asked"),
    ("requests_in_accepted", "persons", "requests accepted, counted by the state that was asked"),
    ("requests_in_refused", "persons", "requests refused, counted by the state that was asked"),
    ("transfers_out", "persons", "people handed over to another state, counted by the state that sends"),
    ("transfers_in", "persons", "people handed over by another state, counted by the state that receives"),
    # Returns
    ("returns", "persons", "people returned to a country, enforced or voluntary"),
    ("deportations", "persons", "enforced removals"),
    ("assisted_returns", "persons", "returns with help of the sending authority"),
    ("returns_received", "persons", "own nationals received back"),
    ("resettlements", "persons", "refugees resettled"),
    ("naturalisations", "persons", "refugees naturalised"),
    ("returned_refugees", "persons", "refugees who went home"),
    ("returned_displaced", "persons", "internally displaced people who went home"),
    ("refugees_new", "persons", "people newly recognised or registered as refugees in the year"),
    ("asylum_seekers_new", "persons", "people newly registered as asylum seekers in the year"),
    ("refugee_like_new", "persons", "people newly in a refugee-like situation in the year"),
    ("other_protection_new", "persons", "other people newly in need of international protection in the year"),
    # Stocks
    ("refugees", "persons", "refugees at the end of the year", True),
    ("asylum_seekers", "persons", "people who await a decision at the end of the year", True),
    ("other_protection", "persons", "other people in need of international protection, end of year", True),
    ("displaced", "persons", "internally displaced people at the end of the year", True),
    ("stateless", "persons", "stateless people at the end of the year", True),
    ("others_of_concern", "persons", "others of concern to UNHCR at the end of the year", True),
    ("host_community", "persons", "people of the host community at the end of the year", True),
)  # fmt: skip

UNITS = ("events", "persons", "cases", "mixed")
"""`mixed`: persons and cases together, where the file does not tell them apart."""

ENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "land_port": "at a land port of entry",
        "land_between_ports": "across a land border between ports of entry",
        "air": "at an airport or by air",
        "sea": "by sea",
        "inland": "already in the country",
    }
)

DEMOGRAPHICS: Mapping[str, str] = MappingProxyType(
    {
        "single_adult": "adult travelling without own children",
        "family_member": "person in a family unit, adult or child",
        "unaccompanied_child": "child without a parent or guardian",
        "accompanied_child": "child with a parent or guardian, counted apart from family units",
    }
)

CELLS: Mapping[str, str] = MappingProxyType(
    {
        "exact": "the number as printed",
        "rounded": "the publisher rounds; the range is every number that rounds to the printed one",
        "suppressed": "the publisher prints a mark for a small number; the range is what the mark stands for",
        "withheld": "the publisher holds the number back; there is no upper bound",
    }
)
