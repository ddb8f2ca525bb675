"""Of the unknown facts that a rule rests on: which can still change the answer, and which to ask first.

A fact can still change an answer when, with some of the other unknown facts filled in or not, filling it
in turns an undetermined answer into a decided one. The search first looks for such a filling; it drops a
fact only when it has gone through every filling there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

from safethird.regimes.model import Regime
from safethird.screening.alternatives import Facts, alternatives, filled
from safethird.screening.determine import Outcome, reason

MOST_FILLINGS = 400
"""Up to so many fillings of the open facts are gone through one by one; only then can a fact be dropped."""
MOST_TRIES = 60
"""Fillings tried where there are more."""

class Effect(NamedTuple):
    """What one possible value of a fact would lead to, all else as it is."""

    value: Any
    outcome: Outcome
    responsible: tuple[str, ...] | None


def effects(regime: Regime, facts: Facts, path: str) -> list[Effect]:
    """What each possible value of the fact at `path` would lead to."""
    found: list[Effect] = []
    for value in alternatives(regime, facts, path):
        reasoning = reason(regime, filled(facts, path, value))
        found.append(Effect(value, reasoning.outcome, reasoning.responsible))
    return found


def decisiveness(found: Sequence[Effect]) -> float:
    """The share of a fact's possible values that would decide the answer."""
    return sum(effect.outcome != "undetermined" for effect in found) / len(found) if found else 0.0


def weigh(regime: Regime, facts: Facts, paths: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The paths whose facts can still change the answer, and the one whose answer would most likely decide
    it: the largest share of deciding values, then the order of the file."""

    def decided(state: Facts) -> bool:
        return reason(regime, state).outcome != "undetermined"

    options = {path: alternatives(regime, facts, path) for path in paths}
    shares: dict[str, float] = {}
    for path, values in options.items():
        tried = [decided(filled(facts, path, value)) for value in _ends(values)]
        shares[path] = sum(tried) / len(tried) if tried else 0.0
    matter = tuple(
        path for path in paths
        if shares[path] or not options[path] or len(paths) == 1 or _matters(facts, path, options, decided)
    )  # fmt: skip
    askable = [path for path in matter if options[path]]
    return matter, max(askable, key=lambda path: shares[path], default=None)


def _matters(
    facts: Facts, path: str, options: dict[str, list[Any]], decided: Callable[[Facts], bool]
) -> bool:
    others = [other for other in options if other != path]
    choices: list[list[Any]] = [[_LEFT_OPEN, *options[other]] for other in others]
    size = 1
    for choice in choices:
        size *= len(choice)
    exhaustive = size * len(options[path]) <= MOST_FILLINGS
    tries = 0
    for combination in product(*(choice if exhaustive else _short(choice) for choice in choices)):
        tries += 1
        if tries > MOST_TRIES and not exhaustive:
            return True
        state = facts
        for other, value in zip(others, combination, strict=True):
            if value is not _LEFT_OPEN:
                state = filled(state, other, value)
        if decided(state):
            continue
        values = options[path] if exhaustive else _ends(options[path])
        if any(decided(filled(state, path, value)) for value in values):
            return True
    # A search that did not go through everything has proved nothing: the fact stays.
    return not exhaustive


_LEFT_OPEN = object()


def _short(choice: list[Any]) -> list[Any]:
    """Left open, and the first, middle and last value."""
    return [choice[0], *_ends(choice[1:])]


def _ends(values: list[Any]) -> list[Any]:
    """All of a few values; first, middle and last of many."""
    if len(values) <= 6:
        return values
    step = max(1, len(values) // 6)
    return [*values[::step], values[-1]]
