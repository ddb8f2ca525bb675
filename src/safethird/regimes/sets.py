"""Named sets of countries: those of the library (`library/sets/`) and those of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.countries import is_country
from safethird.facts.dates import FIRST_DAY, LAST_DAY, parse_date
from safethird.facts.documents import Document, DocumentPath, read_yaml
from safethird.language.program import CountrySet, Membership


@lru_cache(maxsize=1)
def library_sets() -> Mapping[str, CountrySet]:
    """The sets that every regime may use: all of `library/sets/*.yaml`, in the order of their names."""
    found: dict[str, CountrySet] = {}
    folder = resources.files("safethird.regimes").joinpath("library/sets")
    for resource in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if resource.name.endswith(".yaml"):
            document = read_yaml(resource.read_text(encoding="utf-8"), f"library/sets/{resource.name}")
            found |= parse_sets(document, ("sets",), document.data["sets"], found)
    return found


def parse_sets(
    document: Document, path: DocumentPath, given: Mapping[str, Any], known: Mapping[str, CountrySet]
) -> dict[str, CountrySet]:
    """Sets as written to sets as used. Raises BadData with every problem found."""
    found: dict[str, CountrySet] = {}
    problems: list[Problem] = []
    for name, entry in given.items():
        members: list[Membership] = []
        for other in entry.get("includes", ()):
            included = found.get(other) or known.get(other)
            if included is None:
                problems.append(
                    document.problem(f"There is no set '{other}'", (*path, name, "includes"), code="unknown-set",
                                     hint=did_you_mean(other, sorted({*found, *known})))
                )  # fmt: skip
                continue
            members.extend(included.members)
        for index, member in enumerate(entry.get("members", ())):
            place = (*path, name, "members", index)
            try:
                members.append(membership(member))
            except ValueError as error:
                problems.append(
                    document.problem(
                        f"This membership cannot be read: {error}",
                        place,
                        code="bad-set",
                        hint="Write a code, or {country: HR, from: 2013-07-01, until: ...}.",
                    )
                )
        found[name] = CountrySet(name, joined(members), entry.get("label"), entry.get("cite"), entry.get("url"),
                                 entry.get("confidence"))  # fmt: skip
    if problems:
        raise BadData(problems)
    return found


def joined(members: Iterable[Membership]) -> tuple[Membership, ...]:
    """Memberships of one country that touch or overlap as one, so that a date known only roughly is inside
    when each of its days is.

    >>> joined([Membership("HR", 10, 20), Membership("HR", 20, 30), Membership("HR", 40)])[0]
    Membership(country='HR', since=10, until=30)
    """
    by_country: dict[str, list[Membership]] = {}
    for entry in sorted(members, key=lambda entry: entry.since):
        spans = by_country.setdefault(entry.country, [])
        last = spans[-1] if spans else None
        if last is not None and entry.since <= last.until and last.since < last.until:
            spans[-1] = Membership(entry.country, last.since, max(last.until, entry.until))
        else:
            spans.append(entry)
    return tuple(entry for spans in by_country.values() for entry in spans)


def membership(member: Any) -> Membership:
    entry = {"country": member} if isinstance(member, str) else member
    if not is_country(entry["country"]):
        raise ValueError("unknown country code")
    since = parse_date(str(entry["from"])) if "from" in entry else None
    until = parse_date(str(entry["until"])) if "until" in entry else None
    if any(day is not None and day.lo != day.hi for day in (since, until)):
        raise ValueError("a membership needs exact days")
    return Membership(entry["country"], since.lo if since else FIRST_DAY, until.lo if until else LAST_DAY + 1)
