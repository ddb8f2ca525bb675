"""Reading the lists of parties to a treaty that users download.

Two kinds are read. The UN Treaty Collection's gives days of deposit (Participant, Signature, Accession);
the list of the human rights treaties gives years.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from safethird.errors import BadData
from safethird.facts.dates import DateRange, parse_date, plus_days
from safethird.protection.indicators.figures import DataFile
from safethird.protection.indicators.membership import PUBLISHER, Membership, Treaty
from safethird.protection.indicators.rows import Trouble, header_of, records, year_of
from safethird.tables.names import by_code_or_name, by_name
from safethird.tables.sources import Grid, Source

_WORDS: tuple[tuple[str, Treaty], ...] = (
    ("refugee_protocol", "refugee_protocol"),
    ("protocol_1967", "refugee_protocol"),
    ("refugee_convention", "refugee_convention"),
    ("convention_1951", "refugee_convention"),
    ("torture", "torture_convention"),
    ("iccpr_op", "iccpr"),
    ("opcat", "iccpr"),
    ("cat", "torture_convention"),
    ("iccpr", "iccpr"),
    ("crc", "crc"),
    ("cedaw", "cedaw"),
)
_OTHERS = ("opcat", "iccpr_op", "cped", "icmw", "stateless")
_AFTER_DEPOSIT: Mapping[Treaty, int] = {
    # Convention Art. 43; Protocol Art. VIII; CAT Art. 27; ICCPR Art. 49; CRC Art. 49; CEDAW Art. 27.
    "refugee_convention": 90,
    "refugee_protocol": 0,
    "torture_convention": 30,
    "iccpr": 90,
    "crc": 30,
    "cedaw": 30,
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DEPOSIT = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4})(?: ?[adAcP]+)?\Z")
_DEPOSITED = ("accession", "succession", "ratification")


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
    return (
        bool(header)
        and header[0] == "participant"
        and any(word in column for column in header[1:] for word in _DEPOSITED)
    )


def _is_unhr(header: tuple[str, ...]) -> bool:
    return {"iso2", "member", "state_party", "year_ratification_or_accession"} <= set(header)


def read_status_list(source: Source, treaty: Treaty) -> tuple[list[Membership], tuple[str, ...]]:
    """All memberships of a list, and the names that nobody knows. Raises BadData with places for a date
    that is none, or that is later than the list."""
    grid = next(grid for grid in source.grids if is_status_list(header_of(grid)))
    trouble = Trouble(source.file)
    as_of = _as_of(source.file)
    if as_of is None:
        trouble.add(
            "The file's name does not say of which year the list is",
            1,
            expected="a year or day in the name, such as untc_2015_refugee_convention.csv",
            code="no-as-of",
        )
        raise BadData(trouble.problems)
    rows = sum(1 for _ in grid.rows()) - 1
    file = DataFile(
        source.file,
        f"Status of the treaty ({treaty}), list of {_said(as_of)}",
        PUBLISHER,
        "facts; cite the depositary",
        "https://treaties.un.org/",
        source.digest,
        rows,
    )
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
            trouble.add(
                "This day is later than the list itself",
                line,
                expected=f"at the latest {_said(as_of)}",
                code="wrong-date",
            )
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
            # Only the year of deposit is known: in force at some time from then until the delay after its
            # end.
            last = plus_days(datetime.date(year, 12, 31).toordinal(), _AFTER_DEPOSIT[treaty])
            since = DateRange(datetime.date(year, 1, 1).toordinal(), last)
        if place.code is None:
            unknown.add(cells["member"])
            continue
        found.append(Membership(place.code, treaty, since, as_of, file))
    return found, tuple(sorted(unknown))
