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

from safethird.errors import BadData, NoInput, Problem, did_you_mean
from safethird.facts.documents import read_document
from safethird.flows import distributions
from safethird.flows.distributions import Distribution
from safethird.flows.possible import impossible, month_of, network_of, regime_of, unknowns_of
from safethird.flows.routes import Network
from safethird.flows.series import Spec, specs
from safethird.regimes.model import Regime
from safethird.regimes.shape import shape_problems
from safethird.screening.variants import with_reading
from safethird.tables.model import add_months

FOLDER = Path(__file__).parent / "scenarios"
Words = Mapping[str, str]


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
        problems = list(impossible(document, path))
    if problems:
        raise BadData(problems)
    return _build(document.data, path, document.text)


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


def _read_as(regime: Regime, readings: Mapping[str, str]) -> Regime:
    for name, option in readings.items():
        regime = with_reading(regime, name, option)
    return regime


def _build(data: Mapping[str, Any], path: Path, text: str) -> Scenario:
    start = month_of(data["start"])
    capacity, after, stock = data["capacity"], data["after_transfer"], data.get("stock")
    return Scenario(
        id=data["scenario"],
        title=data["title"],
        note=data.get("note"),
        regime=_read_as(regime_of(data["regime"], path), data.get("readings", {})),
        sends=data["sends"],
        receives=data["receives"],
        start=start,
        horizon=data["horizon"],
        known_until=month_of(data["known_until"]) if "known_until" in data else add_months(start, -1),
        spec=specs()[data["series"]],
        composition=data["composition"],
        cells=tuple(
            Cell(cell["nationality"], cell["family"], cell.get("share"))
            for cell in data["composition"]["cells"]
        ),
        others=data["composition"].get("others", {}),
        people=data["people"],
        network=network_of(data["routes"]) if "routes" in data else None,
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
                month_of(entry.get("since", data["start"])),
                month_of(entry["until"]),
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
