"""What no scenario can be, though its shape is right: refused with its line, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from safethird.errors import Problem, SafethirdError, did_you_mean
from safethird.facts.documents import Document
from safethird.flows import distributions
from safethird.flows.routes import Edge, Network, Place
from safethird.flows.series import specs
from safethird.regimes.catalogue import load_regime
from safethird.regimes.model import Regime
from safethird.tables.model import add_months
from safethird.tables.read import layouts

MOST_MONTHS = 36
COURT = ("ended", "motions", "granted", "stock_transferred")
"""Figures that only the channel of pending court cases makes."""

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


def month_of(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def unknowns_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every distribution of a scenario: its group, its name, and what the file says."""
    yield "composition", "drift", data["composition"]["drift"]
    for group in ("shares", "capacity", "after_transfer", "deterrence", "stock", "receiving"):
        for name, entry in data.get(group, {}).items():
            if isinstance(entry, dict) and "flag" in entry:
                yield group, name, entry


def regime_of(name: str, path: Path) -> Regime:
    beside = path.parent / name
    if name.endswith((".yaml", ".yml")) and beside.exists():
        return load_regime(beside)
    return load_regime(name)


def network_of(routes: Mapping[str, Any]) -> Network:
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


def impossible(document: Document, path: Path) -> Iterator[Problem]:
    """What no scenario can be, though its shape is right."""
    data = document.data
    start = month_of(data["start"])
    if not 1 <= data["horizon"] <= MOST_MONTHS:
        yield document.problem(
            "The horizon is too short or too long",
            ("horizon",),
            code="horizon",
            expected=f"1 to {MOST_MONTHS} months",
        )
    if "known_until" in data:
        gap = (
            (start.year - month_of(data["known_until"]).year) * 12
            + start.month
            - month_of(data["known_until"]).month
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
        known = month_of(data["known_until"]) if "known_until" in data else add_months(start, -1)
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
        if not start <= month_of(entry["until"]) <= add_months(start, data["horizon"] - 1):
            yield document.problem("This lies outside the horizon", ("came", at, "until"), code="period")
        elif "since" in entry and not start <= month_of(entry["since"]) <= month_of(entry["until"]):
            yield document.problem(
                "This begins before the start, or after its end", ("came", at, "since"), code="period"
            )
    yield from _impossible_numbers(document)
    try:
        regime = regime_of(data["regime"], path)
    except SafethirdError as error:
        yield from error.problems
    else:
        yield from _impossible_readings(document, regime)


def _impossible_numbers(document: Document) -> Iterator[Problem]:
    data = document.data
    if min(data.get("stock", {}).get("motions", [0])) < 0:
        yield document.problem("A number of motions below zero", ("stock", "motions"), code="number")
    if data["deterrence"].get("announced_months", 0) < 0:
        yield document.problem(
            "A number of months below zero", ("deterrence", "announced_months"), code="number"
        )
    if data["composition"].get("from", {}).get("months", 1) < 1:
        yield document.problem(
            "Shares need a month at least", ("composition", "from", "months"), code="number"
        )
    for at, entry in enumerate(data.get("came", ())):
        needs = "receiving" if entry["output"] == "backlog" else "stock" if entry["output"] in COURT else None
        if needs and needs not in data:
            yield document.problem(
                f"Nothing here makes this figure: the scenario has no '{needs}'",
                ("came", at, "output"),
                code="output",
            )
    for at, month in enumerate(data.get("receiving", {}).get("stops", ())):
        if not 0 <= month < data["horizon"]:
            yield document.problem(
                "This month lies outside the horizon",
                ("receiving", "stops", at),
                code="period",
                expected=f"0 to {data['horizon'] - 1}",
            )


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
        network_of(routes).order()
    except ValueError as error:
        yield document.problem(f"The ways go in a circle at '{error}'", ("routes", "ways"), code="circle")
