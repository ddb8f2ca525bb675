"""A scenario file: the regime, when it starts, what is assumed, and on what each number rests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.errors import BadData, NoInput, Problem, SafethirdError, did_you_mean
from safethird.facts.documents import Document, read_document
from safethird.flows import distributions
from safethird.flows.distributions import Distribution
from safethird.flows.routes import Edge, Network, Place
from safethird.flows.series import Spec, specs
from safethird.regimes.catalogue import load_regime
from safethird.regimes.model import Regime
from safethird.regimes.shape import shape_problems
from safethird.screening.variants import with_reading
from safethird.tables.model import add_months
from safethird.tables.read import layouts

FOLDER = Path(__file__).parent / "scenarios"
MOST_MONTHS = 36
Words = Mapping[str, str]

SHARES = {
    "claim",
    "assigned",
    "excepted",
    "released",
    "apply",
    "home",
    "again",
    "detected",
    "announced",
    "memory",
    "displaced",
    "elsewhere",
    "postponed",
    "share",
    "no_show",
    "granted",
    "stayed",
    "left",
    "decided",
    "abandoned",
}
"""Distributions that must stay between 0 and 1; the others are numbers of people, or a spread."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A group of people that is counted apart. `share`: None when it is read from the data."""

    nationality: str
    family: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Stock:
    """The channel of pending court cases."""

    motions: tuple[float, ...]
    first: str
    """Whose people go first when there are too few places: border or stock."""


@dataclass(frozen=True, slots=True)
class Came:
    """A figure that became known afterwards. The model never sees it."""

    output: str
    since: date
    until: date
    value: float
    as_of: str
    source: str
    why_missed: Words | None


@dataclass(frozen=True, slots=True)
class Setting:
    """Numbers of a scenario that are no distributions: a ramp, shares by month, a number of months."""

    name: str
    words: str
    source: str | None
    hindsight: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario."""

    id: str
    title: Words
    note: Words | None
    regime: Regime
    sends: str
    receives: str
    start: date
    horizon: int
    known_until: date
    spec: Spec
    composition: Mapping[str, Any]
    cells: tuple[Cell, ...]
    others: Mapping[str, float]
    people: Mapping[str, Any]
    network: Network | None
    network_source: str | None
    unknowns: Mapping[str, Distribution]
    """Every unknown number by name: `shares.claim`, `capacity.people`, `receiving.decisions`."""
    settings: tuple[Setting, ...]
    ramp: tuple[float, ...]
    most: int | None
    apply_after: tuple[float, ...]
    again_after: tuple[float, ...]
    announced_months: int
    stock: Stock | None
    receiving_stops: tuple[int, ...] | None
    """Months without decisions; None when there is no queue in the scenario."""
    said: tuple[Mapping[str, Any], ...]
    came: tuple[Came, ...]
    sources: tuple[Mapping[str, str], ...]
    digest: str
    file: str

    @property
    def months(self) -> tuple[date, ...]:
        """The months of the horizon."""
        return tuple(add_months(self.start, at) for at in range(self.horizon))

    @property
    def lags(self) -> npt.NDArray[np.float64]:
        """Of the people of each cell who arrive in a month, the share that set out so many months before: cells by
        months. Without routes all set out in the month in which they arrive."""
        if self.network is None:
            return np.ones((len(self.cells), 1))
        delays = [self.network.delays(cell.nationality) for cell in self.cells]
        found = np.zeros((len(delays), max(len(one) for one in delays)))
        for at, one in enumerate(delays):
            found[at, : len(one)] = one
        return found

    @property
    def ahead(self) -> int:
        """Months from the last month of data to the end of the horizon."""
        last = self.months[-1]
        return (last.year - self.known_until.year) * 12 + last.month - self.known_until.month


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Path]:
    """The scenarios that ship with the package, by id."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    file = Path(__file__).parent / "scenario.schema.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def load_scenario(name: str | Path) -> Scenario:
    """A scenario that ships, by id, or one of the user's own by path.

    Raises NoInput for an unknown name, BadData for a file that is malformed or that cannot happen, with every
    problem and its line.
    """
    path = shipped().get(str(name)) or Path(name)
    if not path.exists() and "/" not in str(name) and "\\" not in str(name) and path.suffix == "":
        raise NoInput(
            Problem(
                f"There is no scenario '{name}'",
                code="unknown-scenario",
                hint=did_you_mean(str(name), list(shipped())),
            )
        )
    document = read_document(path)
    problems = shape_problems(document, _schema())
    if not problems:
        problems = list(_impossible(document, path))
    if problems:
        raise BadData(problems)
    return _build(document.data, path, document.text)


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def unknowns_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every distribution of a scenario: its group, its name, and what the file says."""
    yield "composition", "drift", data["composition"]["drift"]
    for group in ("shares", "capacity", "after_transfer", "deterrence", "stock", "receiving"):
        for name, entry in data.get(group, {}).items():
            if isinstance(entry, dict) and "flag" in entry:
                yield group, name, entry


_SETTINGS = (
    ("composition", "others"),
    ("capacity", "ramp"),
    ("capacity", "most"),
    ("after_transfer", "apply_after"),
    ("after_transfer", "again_after"),
    ("deterrence", "announced_months"),
    ("stock", "motions"),
    ("receiving", "stops"),
)


def _settings(data: Mapping[str, Any]) -> Iterator[Setting]:
    for group, name in _SETTINGS:
        given = data.get(group, {})
        if name not in given:
            continue
        value = given[name]
        if isinstance(value, dict):
            value = [f"{key} {share:g}" for key, share in value.items()]
        words = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
        yield Setting(f"{group}.{name}", words, given.get("source"), bool(given.get("hindsight")))


def _impossible(document: Document, path: Path) -> Iterator[Problem]:
    """What no scenario can be, though its shape is right."""
    data = document.data
    start = _month(data["start"])
    if not 1 <= data["horizon"] <= MOST_MONTHS:
        yield document.problem(
            "The horizon is too short or too long",
            ("horizon",),
            code="horizon",
            expected=f"1 to {MOST_MONTHS} months",
        )
    if "known_until" in data:
        gap = (
            (start.year - _month(data["known_until"]).year) * 12
            + start.month
            - _month(data["known_until"]).month
        )
        if not 1 <= gap <= 24:
            yield document.problem(
                "Data from the start on, or only from long before it",
                ("known_until",),
                code="hindsight",
                expected="a month before the start, at most two years",
            )
    if data["sends"] == data["receives"]:
        yield document.problem("A state cannot send people to itself", ("receives",), code="same-state")
    if data["series"] not in specs():
        yield document.problem(
            "There is no such series",
            ("series",),
            code="unknown-series",
            hint=did_you_mean(data["series"], list(specs())),
        )
    elif specs()[data["series"]].months == 12:
        known = _month(data["known_until"]) if "known_until" in data else add_months(start, -1)
        if known.month != 12:
            yield document.problem(
                "The series is yearly: in the middle of a year its number is not known",
                ("known_until",) if "known_until" in data else ("start",),
                code="hindsight",
                expected="known_until: the December of the last year that is known",
            )
    for group, name, entry in unknowns_of(data):
        low, high = (0.0, 1.0) if name in SHARES else (0.0, float("inf"))
        expected = distributions.wrong(entry, low, high)
        if expected:
            yield document.problem(
                "These numbers do not make a distribution of this quantity",
                (group, name),
                code="distribution",
                expected=expected,
            )
    yield from _impossible_capacity(document)
    yield from _impossible_cells(document)
    for group, name in (("after_transfer", "apply_after"), ("after_transfer", "again_after")):
        lags = data[group][name]
        if min(lags) < 0 or abs(sum(lags) - 1) > 1e-6:
            yield document.problem("These shares by month do not add up to 1", (group, name), code="sum")
    if data["after_transfer"]["again_after"][0]:
        yield document.problem(
            "Nobody can be sent and arrive again in the same month",
            ("after_transfer", "again_after"),
            code="again",
            expected="0 for the first month",
        )
    if not 20 <= data["people"]["number"] <= 20_000:
        yield document.problem(
            "So many people cannot be drawn", ("people", "number"), code="people", expected="20 to 20,000"
        )
    yield from _impossible_people(document)
    yield from _impossible_routes(document)
    for at, entry in enumerate(data.get("came", ())):
        if not start <= _month(entry["until"]) <= add_months(start, data["horizon"] - 1):
            yield document.problem("This lies outside the horizon", ("came", at, "until"), code="period")
    try:
        regime = _regime(data["regime"], path)
    except SafethirdError as error:
        yield from error.problems
    else:
        yield from _impossible_readings(document, regime)


def _impossible_readings(document: Document, regime: Regime) -> Iterator[Problem]:
    known = {name: list(readings.options) for name, readings in regime.conflicts()}
    for name, option in document.data.get("readings", {}).items():
        if name not in known:
            yield document.problem(
                f"No provision '{name}' of the regime has several readings",
                ("readings", name),
                code="unknown-reading",
                hint=did_you_mean(name, list(known)),
            )
        elif option not in known[name]:
            yield document.problem(
                f"There is no reading '{option}'",
                ("readings", name),
                code="unknown-reading",
                hint=did_you_mean(option, known[name]),
            )


def _impossible_capacity(document: Document) -> Iterator[Problem]:
    capacity = document.data["capacity"]
    ways = [way for way in ("people", "share", "flights") if way in capacity]
    if len(ways) != 1:
        yield document.problem(
            "Capacity is said in no way, or in two",
            ("capacity",),
            code="capacity",
            expected="people a month, or a share of those ordered, or flights with seats and no_show",
        )
    if ("flights" in capacity) != ("seats" in capacity and "no_show" in capacity):
        yield document.problem(
            "Flights need seats and no_show, and those need flights", ("capacity",), code="capacity"
        )
    ramp = capacity["ramp"]
    if min(ramp) < 0 or (max(ramp) > 1 and "share" in capacity):
        yield document.problem("A part of capacity is below 0 or above 1", ("capacity", "ramp"), code="ramp")
    if capacity.get("most", 0) < 0:
        yield document.problem("A limit below zero", ("capacity", "most"), code="capacity")


def _impossible_cells(document: Document) -> Iterator[Problem]:
    composition = document.data["composition"]
    cells = composition["cells"]
    named = [(cell["nationality"], cell["family"]) for cell in cells]
    for at, cell in enumerate(named):
        if cell in named[:at]:
            yield document.problem("This cell is there twice", ("composition", "cells", at), code="twice")
    given = [cell["share"] for cell in cells if "share" in cell]
    if given and len(given) < len(cells):
        yield document.problem(
            "Some cells have a share and others do not", ("composition", "cells"), code="shares"
        )
    if given and (min(given) < 0 or abs(sum(given) - 1) > 1e-6):
        yield document.problem(
            "The shares of the cells do not add up to 1", ("composition", "cells"), code="sum"
        )
    if not given and "from" not in composition:
        yield document.problem(
            "The cells have no shares, and no file to read them from",
            ("composition",),
            code="shares",
            expected="a share for each cell, or 'from'",
        )
    known = {one.id for one in layouts()}
    for at, layout in enumerate(composition.get("from", {}).get("layouts", ())):
        if layout not in known:
            yield document.problem(
                "There is no such layout",
                ("composition", "from", "layouts", at),
                code="unknown-layout",
                hint=did_you_mean(layout, sorted(known)),
            )
    others = composition.get("others", {})
    if any(nation == "other" for nation, _ in named) and not others:
        yield document.problem(
            "Nobody says which nationalities the others have",
            ("composition",),
            code="others",
            expected="'others': shares by country code",
        )
    if others and (min(others.values()) < 0 or abs(sum(others.values()) - 1) > 1e-6):
        yield document.problem(
            "The shares of the others do not add up to 1", ("composition", "others"), code="sum"
        )


def _impossible_people(document: Document) -> Iterator[Problem]:
    for at, entry in enumerate(document.data["people"].get("vary", ())):
        shares = [value["share"] for value in entry["values"]]
        numbers = [share for share in shares if not isinstance(share, str)]
        open_ended = len(numbers) < len(shares)
        if (
            any(share < 0 for share in numbers)
            or sum(numbers) > 1 + 1e-6
            or (not open_ended and abs(sum(numbers) - 1) > 1e-6)
        ):
            yield document.problem(
                "The shares of these values do not add up to 1", ("people", "vary", at), code="sum"
            )
        if any(str(share).startswith("route") for share in shares) and "routes" not in document.data:
            yield document.problem(
                "There are no routes to read a share from", ("people", "vary", at), code="routes"
            )


def _impossible_routes(document: Document) -> Iterator[Problem]:
    data = document.data
    if "routes" not in data:
        return
    routes = data["routes"]
    for at, way in enumerate(routes["ways"]):
        for end in ("from", "to"):
            if way[end] not in routes["places"]:
                yield document.problem(
                    f"There is no place '{way[end]}'",
                    ("routes", "ways", at, end),
                    code="place",
                    hint=did_you_mean(way[end], list(routes["places"])),
                )
        months = way.get("months", [1.0])
        if min(months) < 0 or abs(sum(months) - 1) > 1e-6:
            yield document.problem(
                "These shares by month do not add up to 1", ("routes", "ways", at), code="sum"
            )
    for nation in {cell["nationality"] for cell in data["composition"]["cells"]}:
        if routes["origins"].get(nation) not in routes["places"]:
            yield document.problem(
                f"No place is given where people of '{nation}' start", ("routes", "origins"), code="place"
            )
    try:
        _network(routes).order()
    except ValueError as error:
        yield document.problem(f"The ways go in a circle at '{error}'", ("routes", "ways"), code="circle")


def _network(routes: Mapping[str, Any]) -> Network:
    return Network(
        tuple(
            Place(
                name,
                place["label"],
                place["at"][0],
                place["at"][1],
                place.get("country"),
                place.get("exit", False),
            )
            for name, place in routes["places"].items()
        ),
        tuple(
            Edge(way["from"], way["to"], way["cost"], tuple(way.get("months", (1.0,))))
            for way in routes["ways"]
        ),
        routes["origins"],
    )


def _regime(name: str, path: Path) -> Regime:
    beside = path.parent / name
    if name.endswith((".yaml", ".yml")) and beside.exists():
        return load_regime(beside)
    return load_regime(name)


def _read_as(regime: Regime, readings: Mapping[str, str]) -> Regime:
    for name, option in readings.items():
        regime = with_reading(regime, name, option)
    return regime


def _build(data: Mapping[str, Any], path: Path, text: str) -> Scenario:
    start = _month(data["start"])
    capacity, after, stock = data["capacity"], data["after_transfer"], data.get("stock")
    return Scenario(
        id=data["scenario"],
        title=data["title"],
        note=data.get("note"),
        regime=_read_as(_regime(data["regime"], path), data.get("readings", {})),
        sends=data["sends"],
        receives=data["receives"],
        start=start,
        horizon=data["horizon"],
        known_until=_month(data["known_until"]) if "known_until" in data else add_months(start, -1),
        spec=specs()[data["series"]],
        composition=data["composition"],
        cells=tuple(
            Cell(cell["nationality"], cell["family"], cell.get("share"))
            for cell in data["composition"]["cells"]
        ),
        others=data["composition"].get("others", {}),
        people=data["people"],
        network=_network(data["routes"]) if "routes" in data else None,
        network_source=data["routes"]["source"] if "routes" in data else None,
        unknowns={f"{group}.{name}": distributions.read(entry) for group, name, entry in unknowns_of(data)},
        settings=tuple(_settings(data)),
        ramp=tuple(capacity["ramp"]),
        most=capacity.get("most"),
        apply_after=tuple(after["apply_after"]),
        again_after=tuple(after["again_after"]),
        announced_months=data["deterrence"].get("announced_months", 1),
        stock=Stock(tuple(stock["motions"]), stock["first"]) if stock else None,
        receiving_stops=tuple(data["receiving"].get("stops", ())) if "receiving" in data else None,
        said=tuple(data.get("said", ())),
        came=tuple(
            Came(
                entry["output"],
                _month(entry.get("since", data["start"])),
                _month(entry["until"]),
                float(entry["value"]),
                entry["as_of"],
                entry["source"],
                entry.get("why_missed"),
            )
            for entry in data.get("came", ())
        ),
        sources=tuple(data["sources"]),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        file=path.name,
    )
