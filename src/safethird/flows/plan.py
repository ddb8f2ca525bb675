"""What a run of the model is given: a scenario with its baseline and coverage, its luck, and the unknown numbers.

Nothing in the model is random. All chance comes in as `Noise` and as uniforms for the unknown numbers, made
beforehand; so both arms, every prior and every draft live through the same luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from safethird.flows import baseline
from safethird.flows.baseline import Baseline
from safethird.flows.distributions import Distribution, Normals
from safethird.flows.scenario import Scenario
from safethird.flows.series import Floats

Put = Callable[[str, Floats], None]
"""Keeps the numbers of a month under a name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a scenario that is not a draw."""

    scenario: Scenario
    base: Baseline
    shares: Floats
    """Of the cells, before the start; they add up to 1."""
    certain: Floats
    """Cells by months."""
    possible: Floats
    number: int
    """People on whom coverage rests, per cell."""
    deterrence: Distribution
    policy: bool = True
    """Without: nobody is assigned, nothing is announced."""

    @property
    def unknowns(self) -> dict[str, Distribution]:
        """All unknown numbers that the draws move, with deterrence and the unknown facts."""
        found = {name: one for name, one in self.scenario.unknowns.items() if one.moving()}
        if self.deterrence.moving():
            found["deterrence.eps"] = self.deterrence
        if float(np.max(self.possible - self.certain)) > 0:
            found["law.unknown_facts"] = Distribution(
                "uniform", (0.0, 1.0), "assumption", "any point between certain and possible coverage"
            )
        return found


@dataclass(frozen=True, slots=True)
class Noise:
    """The luck of some draws."""

    steps: Floats
    """Of the baseline: draws by months from the last month of data."""
    mix: Normals
    """Of the composition: draws by months by cells, normal."""
    cells: Normals
    """Of counts in cells: draws by months by cells by stages, normal."""
    sample: Normals
    """Of the synthetic population: draws by cells, normal."""
    counts: Normals
    """Of counts in all: draws by months by stages, normal."""


_CELL_STAGES = 4
_STAGES = 12


def make_noise(plan: Plan, draws: int, *key: int) -> Noise:
    """The luck of a block of draws; `key` is the seed and the number of the block. Each part has a stream of
    its own, so that a scenario with another horizon or other cells keeps what it shares with this one."""
    size, cells, ahead = plan.scenario.horizon, len(plan.shares), plan.scenario.ahead

    def stream(part: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence([*key, part]))

    single = np.float32
    return Noise(
        baseline.steps(stream(1), draws, ahead),
        stream(2).standard_normal((draws, size, cells), dtype=single),
        stream(3).standard_normal((size, _CELL_STAGES, draws, cells), dtype=single),
        stream(4).standard_normal((draws, cells), dtype=single),
        stream(5).standard_normal((size, _STAGES, draws), dtype=single),
    )


def make_units(plan: Plan, draws: int, *key: int) -> dict[str, Floats]:
    """Uniforms for the unknown numbers, one stream for each name."""
    found = {}
    for name in plan.unknowns:
        stream = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        found[name] = np.random.default_rng(np.random.SeedSequence([*key, 6, stream])).random(draws)
    return found


class Numbers:
    """The unknown numbers of the draws, made when first asked for."""

    def __init__(self, plan: Plan, units: Mapping[str, Floats], draws: int) -> None:
        self._known: dict[str, Floats] = {}
        self._plan, self._units, self._draws = plan, units, draws
        self._all = {**plan.scenario.unknowns, "deterrence.eps": plan.deterrence}

    def __call__(self, name: str) -> Floats:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._all[name].at(self.unit(name))
        return found

    def has(self, name: str) -> bool:
        """Whether the scenario speaks of it."""
        return name in self._all

    def unit(self, name: str) -> Floats:
        """The uniforms of a name; the middle for numbers that do not move."""
        given = self._units.get(name)
        return np.full(self._draws, 0.5) if given is None else given
