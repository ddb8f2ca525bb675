"""A case that shows something, made as small as can be: every fact that it does not need is left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safethird.errors import BadData
from safethird.facts.case import Case
from safethird.regimes.model import Regime
from safethird.screening.determine import Outcome, Reasoning, answer
from safethird.screening.screen import facts_for_rules

_KEPT = frozenset((("version",), ("claim", "country"), ("as_of",), ("claim",)))
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a regime answers for a case."""

    outcome: Outcome
    responsible: tuple[str, ...] | None

    @classmethod
    def of(cls, reasoning: Reasoning) -> Answer:
        """From the reasoning."""
        return cls(reasoning.outcome, reasoning.responsible)


@dataclass(frozen=True, slots=True)
class Witness:
    """A valid case, and what each regime answers for it (asked again of the interpreter)."""

    case: Case
    answers: tuple[Answer, ...]


def answers_for(regimes: tuple[Regime, ...], case: Case) -> tuple[Answer, ...]:
    """What each regime answers for a case, by the interpreter."""
    facts = facts_for_rules(case)
    return tuple(Answer.of(answer(regime, facts)) for regime in regimes)


def smallest(data: Mapping[str, Any], shows: Callable[[Case], bool]) -> Case:
    """The case with every fact left out that it does not need to show the same.

    Raises BadData when the case itself is not valid, ValueError when it does not show it.
    """
    best = Case.from_data(copy.deepcopy(dict(data)))
    if not shows(best):
        raise ValueError("the interpreter does not agree")
    changed = True
    while changed:
        changed = False
        for steps in list(_parts(best.data)):
            smaller = _without(best.data, steps)
            if smaller is None:
                continue
            try:
                case = Case.from_data(smaller)
            except BadData:
                continue
            if shows(case):
                best, changed = case, True
    return best


def _parts(data: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Everything that might be left out: large parts first, later ones of a list before earlier ones."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if not key.endswith("_complete") and (*steps, key) not in _KEPT:
                yield (*steps, key)
            yield from _parts(value, (*steps, key))
    elif isinstance(data, list):
        for index in reversed(range(len(data))):
            yield (*steps, index)
            yield from _parts(data[index], (*steps, index))


def _without(data: Mapping[str, Any], steps: Steps) -> dict[str, Any] | None:
    result: Any = copy.deepcopy(dict(data))
    where = result
    for step in steps[:-1]:
        if isinstance(where, list) and not (isinstance(step, int) and step < len(where)):
            return None
        if isinstance(where, dict) and step not in where:
            return None
        where = where[step]
    last = steps[-1]
    if isinstance(where, list):
        if not isinstance(last, int) or last >= len(where):
            return None
        del where[last]
    else:
        if last not in where:
            return None
        del where[last]
        where.pop(f"{last}_complete", None)
    made: dict[str, Any] = result
    return made
