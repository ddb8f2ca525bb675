"""Of the unknown facts that a rule rests on: which can still change the answer, and which to ask first.

A fact can still change an answer when, with some of the other unknown facts filled in or not, filling it
in turns an undetermined answer into a decided one. The search goes through what the facts may turn out to
be, one value for each way in which the rules can tell values apart, and notes the facts that decide on the
way. Those that never do, once everything has been gone through, are dropped; a search that is broken off
because there is too much drops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from safethird.facts.truth import Truth
from safethird.regimes.model import Regime
from safethird.screening.alternatives import Facts, alternatives, filled, is_mingled, landmarks
from safethird.screening.determine import Outcome, Reasoning, answer, decided_if_operative, reason
from safethird.screening.missing import LAW_UNKNOWN, open_facts

MOST_WORK = 100_000
"""How much is gone through before the search is broken off: evaluations times nodes in the regime's rules.
A fraction of a second."""


MOST_CODES = 24
"""Codes of one fact that are all gone through where it is compared with another fact of the case."""


class Effect(NamedTuple):
    """What one possible value of a fact would lead to, all else as it is."""

    value: Any
    outcome: Outcome
    responsible: tuple[str, ...] | None


def effects(regime: Regime, facts: Facts, path: str) -> list[Effect]:
    """What each possible value of the fact at `path` would lead to."""
    found: list[Effect] = []
    for value in alternatives(regime, facts, path):
        reasoning = answer(regime, filled(facts, path, value))
        found.append(Effect(value, reasoning.outcome, reasoning.responsible))
    return found


def decisiveness(found: Sequence[Effect]) -> float:
    """The share of a fact's possible values that would decide the answer."""
    return sum(effect.outcome != "undetermined" for effect in found) / len(found) if found else 0.0


def weigh(regime: Regime, facts: Facts, paths: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The paths whose facts can still change the answer, and the one whose answer would most likely decide
    it: the largest share of deciding values, then the order of the file."""
    search = _Search(regime, LAW_UNKNOWN in paths, set(), MOST_WORK // landmarks(regime).nodes)
    options = {path: alternatives(regime, facts, path) for path in paths}
    shares: dict[str, float] = {}
    # A regime of a thousand conditions is tried with two values of each fact, a short one with seven.
    most = max(2, min(7, 6_000 // landmarks(regime).nodes))
    for path, values in options.items():
        tried = [
            search.decided(answer(regime, filled(facts, path, value))) for value in _sample(values, most)
        ]
        shares[path] = sum(tried) / len(tried) if tried else 0.0
        if values and not shares[path]:
            search.unproven.add(path)
    idle: set[str] = set()
    if search.unproven:
        try:
            search.look(_State(facts, tuple(paths)), frozenset())
            idle = search.unproven
        except _TooMuchError:
            pass  # nothing is proved, so nothing is dropped
    matter = tuple(path for path in paths if path not in idle)
    askable = [path for path in matter if options[path]]
    return matter, max(askable, key=lambda path: shares[path], default=None)


class _TooMuchError(Exception):
    """There is more to go through than is worth the wait."""


class _State(NamedTuple):
    """A case in which more is known, and the facts that leave its answer open."""

    facts: Facts
    open_paths: tuple[str, ...]


@dataclass(slots=True)
class _Search:
    """Goes through what unknown facts may turn out to be, and strikes off `unproven` what decides."""

    regime: Regime
    law_open: bool
    unproven: set[str]
    left: int
    """Evaluations that may still be made."""

    def decided(self, reasoning: Reasoning) -> bool:
        """Whether there is an answer. Where the law itself is not known, the other facts are judged as if it
        operated: the reader can then find them out while the law is being looked up."""
        return decided_if_operative(reasoning) if self.law_open else reasoning.outcome != "undetermined"

    def look(self, state: _State, left_open: frozenset[str]) -> None:
        """Look at an undecided state: which facts decide it, and which do once one of the others is known."""
        live = self.unproven.intersection(state.open_paths)
        for path in sorted(live):
            if self.decides(state, path):
                self.unproven.discard(path)
        live &= self.unproven
        for path in state.open_paths:
            # Filling in the only fact that is still in question would show nothing about it.
            if not live or path in left_open or live == {path}:
                continue
            for further in self.undecided(state.facts, path):
                self.look(further, left_open)
                live &= self.unproven
                if not live:
                    return
            self.look(state, left_open | {path})
            return

    def decides(self, state: _State, path: str) -> bool:
        """Whether some value of a fact decides a state, alone or with the facts that it brings up: those of
        an element that was not listed, or of the row of a look-up table that it names."""
        return self.decides_alone(state.facts, path) or any(
            self.decides_with_new(further, state.open_paths) for further in self.undecided(state.facts, path)
        )

    def decides_alone(self, facts: Facts, path: str) -> bool:
        """Whether some value of a fact decides a state, and nothing else needs to be known."""
        for value in alternatives(self.regime, facts, path):
            self._count()
            if self.decided(answer(self.regime, filled(facts, path, value))):
                return True
        return False

    def decides_with_new(self, state: _State, before: Sequence[str]) -> bool:
        """Whether the facts that were not in question before, all of them together, decide a state."""
        new = next((entry for entry in state.open_paths if entry not in before), None)
        if new is None:
            return False
        return self.decides_alone(state.facts, new) or any(
            self.decides_with_new(further, before) for further in self.undecided(state.facts, new)
        )

    def undecided(self, facts: Facts, path: str) -> Iterator[_State]:
        """The undecided states to which values of a fact lead, a few for each way in which the rules can
        tell the values apart: the others would show nothing new, save where a date that is still unknown
        needs room on one side."""
        kinds: dict[object, list[_State]] = {}
        for value in alternatives(self.regime, facts, path):
            state = filled(facts, path, value)
            seen: set[tuple[int, Truth]] = set()
            self._count()
            reasoning = reason(self.regime, state, seen)
            if not self.decided(reasoning):
                undecided = _State(state, open_facts(reasoning))
                kinds.setdefault(_kind(reasoning, seen, undecided), []).append(undecided)
        mingled = is_mingled(self.regime, path)
        for states in kinds.values():
            last = len(states) - 1
            some = sorted({0, last // 2, last}) if last > 2 else (0,)
            yield from states if mingled and last < MOST_CODES else (states[index] for index in some)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _TooMuchError


def _kind(reasoning: Reasoning, seen: set[tuple[int, Truth]], state: _State) -> object:
    """All that the rules say of a case, so that cases of which they say the same count as one."""
    days = [step.happened for step in reasoning.events]
    wordings = [step.within for entry in reasoning.provisions.values() for step in entry.versions]
    named = reasoning.possible, reasoning.somewhere
    return frozenset(seen), tuple(days), tuple(wordings), named, state.open_paths


def _sample(values: list[Any], most: int) -> list[Any]:
    """All of a few values; that many, evenly spaced with the last among them, of more."""
    if len(values) <= most:
        return values
    return [values[index * (len(values) - 1) // (most - 1)] for index in range(most)]
