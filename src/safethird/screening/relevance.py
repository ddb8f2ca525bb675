"""Of the unknown facts that a rule rests on: which can still change the answer, and which to ask first.

A fact can still change an answer when, with some of the other unknown facts filled in or not, filling it
in turns an undetermined answer into a decided one. The search goes through what the facts may turn out to
be, one value for each way in which the rules can tell values apart, and notes the facts that decide on the
way. Those that never do, once everything has been gone through, are dropped; a search that is broken off
because there is too much drops nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from safethird.facts.dates import DateRange
from safethird.facts.truth import Truth
from safethird.regimes.model import Regime
from safethird.screening.alternatives import Facts, alternatives, filled, is_mingled, landmarks
from safethird.screening.determine import (
    Outcome,
    Reasoning,
    answer,
    answer_with,
    decided_if_operative,
    reason_with,
)
from safethird.screening.missing import LAW_UNKNOWN
from safethird.screening.states import State, Try

MOST_WORK = 8_000
"""How much is gone through before the search is broken off: conditions evaluated, and provisions looked at. Some
hundredths of a second; for a short regime some hundred evaluations."""
MOST_CODES = 24
"""Codes of one fact that are all gone through where it is compared with another fact of the case."""


_DAYS_TOGETHER = 4
"""So many neighbouring days are looked at together, before each is."""


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


def weigh(regime: Regime, facts: Facts) -> tuple[tuple[str, ...], str | None]:
    """The paths whose facts can still change an undecided answer, and the one whose answer would most likely decide
    it: the largest share of deciding values, then the order of the file."""
    nodes = landmarks(regime).nodes
    # A regime of a thousand conditions is tried with two values of each fact, a short one with seven.
    most = max(2, min(7, 6_000 // nodes))
    start = State.of(regime, facts)
    paths = start.open_paths
    search = _Search(regime, LAW_UNKNOWN in paths)
    options = {path: start.values(path) for path in paths}
    shares: dict[str, float] = {}
    for path, values in options.items():
        if len(values) <= most:
            tried = [entry.further is None for entry in search.tries(start, path)]
        else:
            some = (start.with_fact(path, value) for value in _sample(values, most))
            tried = [search.decided(answer_with(regime, *filling)) for filling in some]
        shares[path] = sum(tried) / len(tried) if tried else 0.0
        if values and not shares[path]:
            search.unproven.add(path)
    idle: set[str] = set()
    if search.unproven:
        search.left = MOST_WORK
        try:
            search.prove(start)
            idle = search.unproven
        except _TooMuchError:
            pass  # nothing is proved, so nothing is dropped
    matter = tuple(path for path in paths if path not in idle)
    askable = [path for path in matter if options[path]]
    return matter, max(askable, key=lambda path: shares[path], default=None)


class _TooMuchError(Exception):
    """There is more to go through than is worth the wait."""


@dataclass(slots=True)
class _Search:
    """Goes through what unknown facts may turn out to be, and strikes off `unproven` what decides.

    Facts that are known to matter are filled in, or left open, in every way. In each state that this leads to
    the unproven ones are filled in together: where that decides nothing, leaving one of them open or knowing
    less of the others would not either.
    """

    regime: Regime
    law_open: bool
    unproven: set[str] = field(default_factory=set)
    left: float = math.inf
    """Conditions that may still be evaluated."""
    exhausted: list[Mapping[str, Any]] = field(default_factory=list)
    """What was known in states that the unproven facts cannot decide."""

    def decided(self, reasoning: Reasoning) -> bool:
        """Whether there is an answer. Where the law itself is not known, the other facts are judged as if it
        operated: the reader can then find them out while the law is being looked up."""
        return decided_if_operative(reasoning) if self.law_open else reasoning.outcome != "undetermined"

    def prove(self, start: State) -> None:
        """Strike off every fact that can decide something."""
        found = True
        while found and self.unproven:
            self.exhausted.clear()
            found = self.look(start, frozenset())

    def look(self, state: State, left_open: frozenset[str]) -> bool:
        """Look for facts that decide an undecided state or one in which more is known; strike them off."""
        live = frozenset(self.unproven.intersection(state.open_paths) - state.idle(left_open))
        if not live:
            return False
        deciding = {path for path in live if any(entry.further is None for entry in self.tries(state, path))}
        if deciding:
            self.unproven -= deciding
            return True
        path = next((path for path in state.open_paths if path not in live and path not in left_open), None)
        if path is None:
            return self.together(state, left_open)
        return any(self.look(further, left_open) for further in self.undecided(state, path)) or self.look(
            state, left_open | {path}
        )

    def together(self, state: State, left_open: frozenset[str]) -> bool:
        """Whether the unproven facts, some or all of them, decide a state. Those that it takes are struck off."""
        if any(state.known.items() <= known.items() for known in self.exhausted):
            return False
        chain = self.chain(state, left_open)
        if chain is None:
            self.exhausted.append(state.known)
            return False
        for path in self.unproven.intersection(chain):
            # Without a list there are no facts of its elements.
            fewer = {
                other: value for other, value in chain.items()
                if other != path and not other.startswith(f"{path}[")
            }  # fmt: skip
            facts = state.facts
            for other, value in fewer.items():
                facts = filled(facts, other, value)
            self._count(0)
            if self.decided(answer(self.regime, facts)):
                chain = fewer
        self.unproven.difference_update(chain)
        return True

    def chain(self, state: State, left_open: frozenset[str]) -> dict[str, Any] | None:
        """Values of facts that together decide a state: of all that are open, and of those that they bring up
        (of an element that was not listed, of the row of a look-up table that is now named)."""
        path = next((path for path in state.open_paths if path not in left_open), None)
        if path is None:
            return None
        for entry in self.tries(state, path):
            if entry.further is None:
                return {path: entry.value}
        for further in self.undecided(state, path):
            rest = self.chain(further, left_open)
            if rest is not None:
                return {path: further.known[path], **rest}
        return None

    def tries(self, state: State, path: str) -> Iterator[Try]:
        """What each value of a fact leads to; each is gone through once."""
        done = state.tried.setdefault(path, [])
        yield from done
        values = state.values(path)
        while len(done) < len(values):
            rest = values[len(done) : len(done) + _DAYS_TOGETHER]
            if len(rest) == _DAYS_TOGETHER and self.decided_throughout(state, path, rest):
                done += [Try(value, None) for value in rest]
            else:
                done += [self.trial(state, path, value) for value in rest]
            yield from done[-len(rest) :]

    def decided_throughout(self, state: State, path: str, values: Sequence[Any]) -> bool:
        """Whether a date that lies anywhere between some days decides a state: then each of them does."""
        if not isinstance(values[0], DateRange):
            return False
        evaluator, before = state.with_fact(path, DateRange(values[0].lo, values[-1].hi))
        decided = self.decided(answer_with(self.regime, evaluator, before))
        self._count(evaluator.work)
        return decided

    def trial(self, state: State, path: str, value: Any) -> Try:
        """What one value of a fact leads to."""
        seen: set[tuple[int, Truth]] = set()
        evaluator, before = state.with_fact(path, value, seen)
        further = None
        if not self.decided(answer_with(self.regime, evaluator, before)):
            # Its conditions are kept in the evaluator, so that this looks only at the others.
            reasoning = reason_with(self.regime, evaluator, before)
            further = State(reasoning, evaluator, {**state.known, path: value}, seen)
        self._count(evaluator.work)
        return Try(value, further)

    def undecided(self, state: State, path: str) -> Iterator[State]:
        """The undecided states to which values of a fact lead, a few for each way in which the rules can
        tell the values apart: the others would show nothing new, save where a date that is still unknown
        needs room on one side."""
        kinds: dict[object, list[State]] = {}
        for entry in self.tries(state, path):
            if entry.further is not None:
                before = entry.further.evaluator.work
                alike = kinds.setdefault(entry.further.kind, [])
                self._count(entry.further.evaluator.work - before)
                alike.append(entry.further)
                if len(alike) == 1:
                    yield entry.further
        mingled = is_mingled(self.regime, path)
        for alike in kinds.values():
            last = len(alike) - 1
            if mingled and last < MOST_CODES:
                yield from alike[1:]
            elif last > 2:
                yield from (alike[last // 2], alike[last])

    def _count(self, conditions: int) -> None:
        """Note an evaluation with so many conditions; all provisions are looked at in each."""
        self.left -= conditions + len(self.regime.ruled())
        if self.left < 0:
            raise _TooMuchError


def _sample(values: list[Any], most: int) -> list[Any]:
    """Of many values so many, evenly spaced, with the last among them."""
    return [values[index * (len(values) - 1) // (most - 1)] for index in range(most)]
