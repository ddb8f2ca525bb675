"""A case that shows something, made as small as can be: every fact that it does not need is left out, and what
stays is made plain: days that begin a month, countries that a reader expects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safethird.errors import BadData
from safethird.facts.case import Case
from safethird.facts.vocabulary import vocabulary
from safethird.regimes.model import Regime
from safethird.screening.determine import Outcome, Reasoning, answer
from safethird.screening.screen import facts_for_rules

_KEPT = frozenset((("version",), ("claim", "country"), ("as_of",), ("claim",)))
Steps = tuple[str | int, ...]
FAMILIAR = ("HN", "SV", "GT", "VE", "CU", "HT", "SY", "AF", "ER", "IR", "IQ", "TR", "RS", "MX", "CO", "NG")
"""Countries taken first where any would do, so that a case reads like one."""
HOSTS = ("US", "CA", "GB", "DE", "FR", "IT")
"""The same for the country of the claim."""


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
    """The case with every fact left out that it does not need to show the same, and plain values in what stays.

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
    return _plainer(best, shows)


def _plainer(best: Case, shows: Callable[[Case], bool]) -> Case:
    """The case with each day and country exchanged for a plainer one, where it shows the same."""
    for steps in list(_leaves(best.data)):
        for value in _plainer_values(best.data, steps):
            try:
                case = Case.from_data(_with(best.data, steps, value))
            except BadData:
                continue
            if shows(case):
                best = case
                break
    return best


def _plainer_values(data: Mapping[str, Any], steps: Steps) -> Iterator[str]:
    """Values to try in place of the one there, the best first; none where it is as plain as can be."""
    value = _value(data, steps)
    fact = vocabulary().get(_path(steps))
    if fact is None or not isinstance(value, str):
        return
    if fact.type == "date":
        if len(value) == 10 and not value.endswith("-01"):
            yield f"{value[:8]}01"
    elif fact.type in ("country", "countries"):
        wanted: tuple[str, ...] = FAMILIAR
        if steps[0] in ("claim", "entries"):
            wanted = HOSTS if steps[0] == "claim" else (data["claim"]["country"], *FAMILIAR)
        for code in wanted:
            if code == value:
                return
            yield code


def _leaves(data: Any, steps: Steps = ()) -> Iterator[Steps]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _leaves(value, (*steps, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*steps, index))
    else:
        yield steps


def _path(steps: Steps) -> str:
    """The path of a fact; of a code in a list of codes, that of the list."""
    inside = steps[:-1] if isinstance(steps[-1], int) else steps
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inside)[1:]


def _value(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data


def _with(data: Mapping[str, Any], steps: Steps, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(dict(data))
    _value(result, steps[:-1])[steps[-1]] = value
    return result


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
