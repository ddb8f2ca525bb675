"""The routes: where people go next at each place, as shares, and how long it takes.

At each place a person chooses among the ways on by their cost and by what lies behind them (a recursive
logit, which is a nested logit on a network without cycles). Counts move through it as a whole: the cost does
not depend on how many people there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from safethird.flows.series import Floats


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one place to the next. `cost` is in units of the logit; `months` are shares of people by the
    months that it takes."""

    start: str
    end: str
    cost: float
    months: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: a country, a border sector, or an exit (staying, another destination)."""

    id: str
    label: Mapping[str, str]
    across: float
    down: float
    country: str | None = None
    exit: bool = False
    """Whether people who end here have not arrived in the sending state."""


@dataclass(frozen=True, slots=True)
class Network:
    """Places and ways without cycles."""

    places: tuple[Place, ...]
    edges: tuple[Edge, ...]
    origins: Mapping[str, str]
    """Nationality: the place where its people start."""

    def order(self) -> list[str]:
        """The places, each after those that lead to it. Raises ValueError naming a place on a cycle."""
        before = {
            place.id: {edge.start for edge in self.edges if edge.end == place.id} for place in self.places
        }
        found: list[str] = []
        while before:
            ready = sorted(name for name, needs in before.items() if not needs - set(found))
            if not ready:
                raise ValueError(min(before))
            found += ready
            for name in ready:
                del before[name]
        return found

    def choices(self) -> dict[str, dict[str, float]]:
        """Of the people at each place, the share that takes each way on."""
        value: dict[str, float] = {}
        shares: dict[str, dict[str, float]] = {}
        for name in reversed(self.order()):
            ways = [(edge.end, value[edge.end] - edge.cost) for edge in self.edges if edge.start == name]
            if not ways:
                value[name] = 0.0
                continue
            top = max(worth for _, worth in ways)
            total = sum(exp(worth - top) for _, worth in ways)
            value[name] = top + log(total)
            shares[name] = {end: exp(worth - value[name]) for end, worth in ways}
        return shares

    def visits(self, origin: str) -> dict[str, float]:
        """The share of an origin's people that comes through each place."""
        shares = self.choices()
        found = {place.id: 0.0 for place in self.places}
        found[origin] = 1.0
        for name in self.order():
            for end, share in shares.get(name, {}).items():
                found[end] += found[name] * share
        return found

    def arriving_through(self, nationality: str, country: str) -> float:
        """Of a nationality's people who arrive (and do not end at an exit), the share that came through a
        country. This is what rules that ask for transit read."""
        shares = self.choices()
        origin = self.origins[nationality]
        there = {place.id for place in self.places if place.country == country}
        exits = {place.id for place in self.places if place.exit}
        ends = {place.id for place in self.places if place.id not in shares} - exits
        # Two layers of the same network: not yet through the country, and through it.
        layer: dict[tuple[str, bool], float] = {(origin, origin in there): 1.0}
        arrived = {True: 0.0, False: 0.0}
        for name in self.order():
            for through in (False, True):
                weight = layer.get((name, through), 0.0)
                if name in ends:
                    arrived[through] += weight
                for end, share in shares.get(name, {}).items():
                    key = (end, through or end in there)
                    layer[key] = layer.get(key, 0.0) + weight * share
        total = arrived[True] + arrived[False]
        return arrived[True] / total if total else 0.0

    def delays(self, nationality: str) -> list[float]:
        """Of a nationality's people who arrive, the shares by the months from setting out to arriving."""
        shares = self.choices()
        exits = {place.id for place in self.places if place.exit}
        ends = {place.id for place in self.places if place.id not in shares} - exits
        weight: dict[str, dict[int, float]] = {self.origins[nationality]: {0: 1.0}}
        arrived: dict[int, float] = {}
        for name in self.order():
            here = weight.get(name, {})
            for months, share in here.items() if name in ends else ():
                arrived[months] = arrived.get(months, 0.0) + share
            for edge in self.edges:
                if edge.start != name:
                    continue
                there = weight.setdefault(edge.end, {})
                for months, share in here.items():
                    for lag, part in enumerate(edge.months):
                        moved = share * shares[name][edge.end] * part
                        there[months + lag] = there.get(months + lag, 0.0) + moved
        total = sum(arrived.values())
        if not total:
            return [1.0]
        return [arrived.get(months, 0.0) / total for months in range(max(arrived) + 1)]

    def exits_of(self, origin: str) -> dict[str, float]:
        """Of an origin's people who do not arrive, the share at each exit: where displaced people go."""
        seen = self.visits(origin)
        exits = {place.id: seen[place.id] for place in self.places if place.exit}
        total = sum(exits.values())
        return {name: share / total for name, share in exits.items()} if total else exits

    def flow(self, starting: Mapping[str, Sequence[float]], months: int) -> dict[str, Floats]:
        """People who reach each place in each month, from people who set out at places month by month."""
        shares = self.choices()
        found = {place.id: np.zeros(months) for place in self.places}
        for name, people in starting.items():
            given = np.asarray(people, dtype=float)[:months]
            found[name][: len(given)] += given
        for name in self.order():
            for edge in self.edges:
                if edge.start != name:
                    continue
                moving = found[name] * shares[name][edge.end]
                for lag, part in enumerate(edge.months):
                    if lag < months:
                        found[edge.end][lag:] += part * moving[: months - lag]
        return found
