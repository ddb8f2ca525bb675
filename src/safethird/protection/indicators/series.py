"""Series about countries (freedom, political terror, homicide, ...), as `series.yaml` describes their
files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from safethird.facts.documents import read_yaml
from safethird.protection.indicators.figures import DataFile, Figure
from safethird.protection.indicators.rows import Trouble, country_of, header_of, number_of, records, year_of
from safethird.tables.sources import Source


@dataclass(frozen=True, slots=True)
class Series:
    """The layout of one publisher's file."""

    id: str
    title: str
    publisher: str
    licence: str
    url: str
    columns: frozenset[str]
    country: tuple[str, ...]
    year: str
    shift: int
    values: Mapping[str, str]
    only: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    bounds: Mapping[str, tuple[float, float]]


@lru_cache(maxsize=1)
def all_series() -> tuple[Series, ...]:
    """Every layout that is known, the one with the most columns first."""
    folder = resources.files("safethird.protection.indicators")
    data: dict[str, Any] = read_yaml(
        folder.joinpath("series.yaml").read_text(encoding="utf-8"), "series.yaml"
    ).data
    found = [
        Series(
            name,
            entry["title"],
            entry["publisher"],
            entry["licence"],
            entry["url"],
            frozenset(entry["columns"]),
            tuple(entry["country"]),
            entry.get("year", "year"),
            entry.get("shift", 0),
            entry["values"],
            {key: tuple(value) for key, value in entry.get("only", {}).items()},
            tuple(entry["missing"]),
            {key: (entry["least"][key], entry["most"][key]) for key in entry["least"]},
        )
        for name, entry in data.items()
    ]
    return tuple(sorted(found, key=lambda series: -len(series.columns)))


def series_of(header: tuple[str, ...]) -> Series | None:
    """The series whose columns a header has."""
    return next((series for series in all_series() if series.columns <= set(header)), None)


def read_series(source: Source, series: Series) -> tuple[list[Figure], tuple[str, ...]]:
    """All figures of a file, and the names of countries that nobody knows. Raises BadData with places when a
    row cannot be read."""
    grid = next(grid for grid in source.grids if series_of(header_of(grid)) is series)
    trouble = Trouble(source.file)
    unknown: set[str] = set()
    found: dict[tuple[str, str, int], tuple[float, int]] = {}
    rows = 0
    for line, cells in records(grid, trouble):
        rows += 1
        if any(
            cells.get(column) not in allowed for column, allowed in series.only.items() if column in cells
        ):
            continue
        year = year_of(cells[series.year], line, trouble, series.shift)
        country = country_of(cells, series.country, unknown)
        if year is None or country is None:
            continue
        for column, name in series.values.items():
            value = number_of(cells.get(column, ""), line, trouble, series.missing, series.bounds[name])
            if value is None:
                continue
            other = found.get((country, name, year))
            if other is not None and other[0] != value:
                trouble.add(
                    f"Line {other[1]} gives another number for this country and year", line, code="double-row"
                )
            found[country, name, year] = (value, line)
    trouble.stop()
    file = DataFile(
        source.file, series.title, series.publisher, series.licence, series.url, source.digest, rows
    )
    figures = [
        Figure(country, name, year, value, file) for (country, name, year), (value, _) in found.items()
    ]
    return figures, tuple(sorted(unknown))
