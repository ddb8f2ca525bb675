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
from safethird.screening.alternatives import Facts, alternatives, filled, landmarks
from safethird.screening.determine import Outcome, answer, decided_if_operative
from safethird.screening.missing import LAW_UNKNOWN

MOST_FILLINGS = 400
"""Up to so many fillings of the open facts are gone through one by one; only then can a fact be dropped.
Fewer for a regime with many rules, so that the search stays a fraction of a second."""
MOST_WORK = 60_000
"""Fillings times nodes in the rules of the regime."""


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

    law_open = LAW_UNKNOWN in paths

    def decided(state: Facts) -> bool:
        # Where the law itself is not known, the other facts are judged as if it operated: the reader can
        # then find them out while the law is being looked up.
        reasoning = answer(regime, state)
        return decided_if_operative(reasoning) if law_open else reasoning.outcome != "undetermined"

    options = {path: alternatives(regime, facts, path) for path in paths}
    shares: dict[str, float] = {}
    for path, values in options.items():
        tried = [decided(filled(facts, path, value)) for value in _sample(values)]
        shares[path] = sum(tried) / len(tried) if tried else 0.0
    most = max(8, min(MOST_FILLINGS, MOST_WORK // landmarks(regime).nodes))
    matter = tuple(
        path for path in paths
        if shares[path] or not options[path] or len(paths) == 1 or _may_matter(facts, path, options, decided, most)
    )  # fmt: skip
    askable = [path for path in matter if options[path]]
    return matter, max(askable, key=lambda path: shares[path], default=None)


def _may_matter(
    facts: Facts, path: str, options: dict[str, list[Any]], decided: Callable[[Facts], bool], most: int
) -> bool:
    """Whether some filling of the other facts lets this one decide; also true where the fillings are too
    many to go through, for then nothing is proved and the fact stays."""
    others = [other for other in options if other != path]
    choices: list[list[Any]] = [[_LEFT_OPEN, *options[other]] for other in others]
    fillings = len(options[path])
    for choice in choices:
        fillings *= len(choice)
    if fillings > most:
        return True
    for combination in product(*choices):
        state = facts
        for other, value in zip(others, combination, strict=True):
            if value is not _LEFT_OPEN:
                state = filled(state, other, value)
        if not decided(state) and any(decided(filled(state, path, value)) for value in options[path]):
            return True
    return False


_LEFT_OPEN = object()


def _sample(values: list[Any]) -> list[Any]:
    """All of a few values; some, evenly spaced, of many."""
    if len(values) <= 6:
        return values
    step = max(1, len(values) // 6)
    return [*values[::step], values[-1]]
