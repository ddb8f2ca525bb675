"""The atlas: the map and its tables say the same, and the map stays small and honest."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import safethird.reports
from safethird.facts.countries import is_country
from safethird.regimes.catalogue import library
from safethird.reports.atlas import atlas_data, countries_on, entries_on
from safethird.reports.atlas_html import atlas_page
from safethird.reports.drawing import world
from safethird.screening.standing import standing

DAYS = [date(2019, 12, 1), date(2020, 12, 20), date(2026, 6, 20)]


def test_the_map_is_small_names_its_source_and_knows_only_countries() -> None:
    file = Path(safethird.reports.__file__).parent / "data" / "world.json"
    assert file.stat().st_size < 150_000
    data = world()
    assert "Natural Earth" in data["source"]
    assert "public domain" in data["licence"]
    assert all(is_country(code) for code in (*data["paths"], *data["points"]))
    assert not set(data["paths"]) & set(data["points"])
    assert set(data["centres"]) == set(data["paths"])
    for code, path in data["paths"].items():
        assert re.fullmatch(r"(M-?[\d.]+,-?[\d.]+l(-?[\d.]+,-?[\d.]+ ?)+z)+", path), code
    for x, y in (*data["centres"].values(), *data["points"].values()):
        assert 0 <= x <= data["width"]
        assert 0 <= y <= data["height"]


def test_every_country_of_the_library_has_its_place_on_the_map() -> None:
    known = set(world()["paths"]) | set(world()["points"])
    for day in DAYS:
        for country in countries_on(entries_on(list(library().values()), day.toordinal())):
            assert country.code in known, country.code


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_map_and_tables_say_the_same(day: date) -> None:
    data = atlas_data(library(), "en", day.toordinal())
    page = atlas_page(data, day.toordinal(), "en")
    drawn = dict(re.findall(r'class="p-(\w+)" fill="[^"]*"><title>([^<]*)</title>', page))
    assert set(drawn) == {entry["part"] for entry in data["countries"]}
    shapes = re.findall(r'class="p-(\w+)" fill="url\(#f-(\w+)\)"><title>([^<]*)</title>', page)
    assert all(part == fill for part, fill, _ in shapes)
    assert sorted(name.replace("&amp;", "&") for _, _, name in shapes) == sorted(
        entry["name"] for entry in data["countries"]
    )
    rows = page[page.index("<caption>By country") : page.index('id="regimes"')]
    for entry in data["countries"]:
        assert f"({entry['country']})" in rows


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_each_regime_stands_once_and_as_it_stands_on_the_day(day: date) -> None:
    data = atlas_data(library(), "es", day.toordinal())
    assert sorted(entry["regime"] for entry in data["regimes"]) == sorted(library())
    assert [entry["number"] for entry in data["regimes"]] == list(range(1, len(library()) + 1))
    for entry in data["regimes"]:
        assert entry["state"] == standing(library()[entry["regime"]], day.toordinal()).kind
    for country in data["countries"]:
        operating = {entry["regime"] for entry in data["regimes"] if entry["operating"]}
        assert {entry["regime"] for entry in country["reached_by"] + country["named_by"]} <= operating
        assert not {entry["regime"] for entry in country["idle"]} & operating


def test_what_is_kept_for_the_record_gives_no_country_a_part() -> None:
    data = atlas_data(library(), "en", date(2024, 6, 1).toordinal())
    numbered = {item["regime"] for entry in data["countries"] for part in ("reached_by", "named_by", "idle")
                for item in entry[part]}  # fmt: skip
    assert not numbered & {name for name, entry in library().items() if entry.documented_only or entry.draft}
    page = atlas_page(data, date(2024, 6, 1).toordinal(), "en")
    record = page[page.index('id="documented"') :]
    assert all(f"({name})" in record for name, entry in library().items() if entry.documented_only)


def test_arrows_lead_from_the_claim_to_the_state_named() -> None:
    day = date(2019, 12, 1).toordinal()
    page = atlas_page(atlas_data(library(), "en", day), day, "en")
    (x1, y1), (x2, y2) = world()["centres"]["US"], world()["centres"]["GT"]
    view = page[page.index('class="map map-world"') :]
    view = view[: view.index("</svg>")]
    assert f'd="M{x1},{y1}Q' in view
    assert f'{x2},{y2}"' in view
    later = date(2022, 6, 1).toordinal()
    gone = atlas_page(atlas_data(library(), "en", later), later, "en")
    assert f'{x2},{y2}"' not in gone


def test_bars_end_where_the_table_says() -> None:
    day = date(2026, 6, 20).toordinal()
    data = atlas_data(library(), "en", day)
    page = atlas_page(data, day, "en")
    counted = [entry for entry in data["regimes"] if entry["state"] not in ("never", "draft")]
    drawn = page[page.index('class="bars"') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert drawn.count("<rect ") == sum(len(entry["spans"]) for entry in counted)
    assert len(re.findall(r'<text class="row"', drawn)) == sum(bool(entry["spans"]) for entry in counted)
