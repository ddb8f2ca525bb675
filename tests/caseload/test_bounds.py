"""Bounds are sound: whoever a person of a cell turns out to be, what the cell says for certain holds."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from safethird.caseload.published import Wanted, run_published
from safethird.facts.case import Case
from safethird.regimes.catalogue import load_regime
from safethird.screening.screen import screen

from .test_published import HEADER, PATROL

REGIMES = (
    "us-guatemala-2019", "us-honduras-2019", "us-el-salvador-2019", "us-guatemala-reported-2019-07",
    "us-transit-bar-2019", "us-lawful-pathways-2023", "stca-united-states", "us-one-year",
)  # fmt: skip
FIELD = "Office of Field Operations"
MONTHS = {"OCT": (2020, 10), "NOV": (2020, 11), "DEC": (2020, 12), "MAR": (2020, 3), "MAY": (2023, 5)}
ORIGINS = {"Guatemala": "GT", "Honduras": "HN", "Mexico": "MX", "Other": None}
VISA = {
    "kind": "visa", "visa_type": "short_stay", "issuer": "US", "fraud": "none", "holder": "applicant",
    "used_to_enter": True, "valid_until": "2029",
}  # fmt: skip
KINDS = {
    "Single Adults": "single_adult", "FMUA": "family_member", "UC / Single Minors": "unaccompanied_child",
    "Accompanied Minors": "accompanied_child",
}  # fmt: skip


@lru_cache(maxsize=1)
def answered(folder: Path) -> dict[tuple[str, str], bool | None]:
    """What each cell of a table with every kind of cell says: reached for certain (True), not (False), or
    open."""
    rows = [
        f"{year},FYTD,{month},{component},{kind},{origin},Title 8,Apprehensions,1"
        for month, (year, _) in MONTHS.items() for component in (PATROL, FIELD)
        for kind in KINDS for origin in ORIGINS
    ]  # fmt: skip
    file, out = folder / "sbo.csv", folder / "r.parquet"
    file.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    report = run_published(file, [load_regime(name) for name in REGIMES], Wanted(), out=out)
    assert report.everybody.low == len(rows)
    from safethird.caseload.totals import reach

    table = pl.read_parquet(out).with_columns(reach())
    words = {"reached": True, "not_reached": False, "possibly": None}
    return {(row["id"], row["regime"]): words[row["reach"]] for row in table.iter_rows(named=True)}


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def person(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A cell, and a person who may have been counted in it."""
    month, origin, kind = draw(_some(tuple(MONTHS))), draw(_some(tuple(ORIGINS))), draw(_some(tuple(KINDS)))
    port = draw(st.booleans())
    fiscal, number = MONTHS[month]
    first = datetime.date(fiscal - (number >= 10), number, 1)
    day = first + datetime.timedelta(days=draw(st.integers(0, 27)))
    own = ORIGINS[origin] or draw(_some(("CU", "BR", "NA")))
    data: dict[str, Any] = {
        "version": 1,
        "as_of": (day + datetime.timedelta(days=draw(_some((0, 5, 400, 900))))).isoformat(),
        "claim": {"country": "US", "date": day.isoformat(), "setting": "land_port" if port else "inland"},
        "applicant": {
            "nationalities": list(dict.fromkeys([own, *draw(_some(((), ("GT",), ("CA", "MX"))))])),
            "birth_date": _birth(draw, kind, day).isoformat(),
            "has_lawful_status": False if kind.startswith("UC") else draw(st.booleans()),
            "habitual_residence": draw(_some(("GT", "MX"))),
            "visa_rules": [{"country": country, "required": draw(st.booleans())} for country in ("US", "CA")],
        },
        "entries": [*draw(_some(_earlier(day))), {
            "country": "US", "date": day.isoformat(), "from_country": "MX", "turned_back": False,
            "manner": "land_port" if port else "land_between_ports", "under_removal": False,
            "appointment": draw(st.booleans()), "parole_authorised": draw(st.booleans()),
            "entry_conditions_met": False,
        }],
        "journey": _journey(draw, own, day),
        "family": _family(draw, kind),
        "documents": [VISA] if draw(st.booleans()) else [],
        "findings": {
            "discretion_used": draw(st.booleans()),
            "countries": [
                {"country": country, "fear_stated": draw(st.booleans()),
                 "harm_standard_met": draw(_some(("none", "more_likely_than_not")))}
                for country in ("GT", "HN", "SV", "CA")
            ],
        },
    }  # fmt: skip
    place = "land_port" if port else "land_between_ports"
    name = f"{first:%Y-%m}/{ORIGINS[origin] or origin}/{KINDS[kind]}/{place}/Southwest Land Border/US"
    return name, data


def _birth(draw: st.DrawFn, kind: str, day: datetime.date) -> datetime.date:
    eighteen = day.replace(year=day.year - 18)
    older = eighteen - datetime.timedelta(days=draw(_some((0, 1, 30, 9000))))
    younger = eighteen + datetime.timedelta(days=draw(_some((1, 2, 25, 3000))))
    if kind == "Single Adults":
        return older
    return draw(_some((older, younger))) if kind == "FMUA" else younger


def _earlier(day: datetime.date) -> tuple[list[dict[str, Any]], ...]:
    before = (day - datetime.timedelta(days=200)).isoformat()
    return [], [{"country": "US", "date": before, "turned_back": False}], [{"country": "CA", "date": before}]


def _journey(draw: st.DrawFn, own: str, day: datetime.date) -> list[dict[str, Any]]:
    through = draw(_some(((), ("GT",), ("CA",))))
    legs = [country for country in (*through, "MX") if country != own]
    dates = {"from_date": (day - datetime.timedelta(days=30)).isoformat(), "to_date": day.isoformat()}
    return [{"country": country, **dates, "airside_only": False} for country in legs]


def _family(draw: st.DrawFn, kind: str) -> list[dict[str, Any]]:
    parent = {"relation": "parent", "country": "US", "can_care": draw(st.booleans())}
    sibling = {
        "relation": "sibling",
        "country": "CA",
        "can_care": True,
        "status": "citizen",
        "status_country": "CA",
    }
    if kind.startswith("UC"):
        parent["can_care"] = False
    if kind == "Accompanied Minors":
        parent["can_care"] = True
    members = draw(_some(((), (parent,), (sibling,), (parent, sibling))))
    return [dict(member) for member in members]


@settings(max_examples=150)
@given(person())
def test_what_a_cell_says_holds_for_each_of_its_people(
    tmp_path_factory: Any, drawn: tuple[str, dict[str, Any]]
) -> None:
    name, data = drawn
    cells = answered(_folder(tmp_path_factory))
    found = screen(Case.from_data(data), [load_regime(regime) for regime in REGIMES])
    for regime in REGIMES:
        said = cells[name, regime]
        if said is not None and found[regime].bars is not None:
            assert found[regime].bars is said, (name, regime)


_MADE: list[Path] = []


def _folder(factory: Any) -> Path:
    if not _MADE:
        _MADE.append(factory.mktemp("bounds"))
    return _MADE[0]


def test_the_bounds_say_something(tmp_path_factory: Any) -> None:
    """Else the test above could not fail."""
    cells = answered(_folder(tmp_path_factory))
    closed = {
        regime: sum(said is not None for (_, its), said in cells.items() if its == regime)
        for regime in REGIMES
    }
    assert closed["us-guatemala-2019"] > 50
    assert closed["us-lawful-pathways-2023"] > 50
