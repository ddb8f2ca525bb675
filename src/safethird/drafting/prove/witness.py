"""A case that shows something, made as small as can be: every fact that it does not need is left out, and what
stays is made plain: days that begin a month, countries that a reader expects."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safethird.errors import BadData
from safethird.facts.case import Case
from safethird.facts.vocabulary import vocabulary
from safethird.regimes.model import Regime
from safethird.screening.determine import Outcome, Reasoning, answer, reason
from safethird.screening.missing import open_facts
from safethird.screening.screen import facts_for_rules

_KEPT = frozenset((("version",), ("claim", "country"), ("as_of",), ("claim",)))
Steps = tuple[str | int, ...]
FAMILIAR = ("HN", "SV", "GT", "VE", "CU", "HT", "SY", "AF", "ER", "IR", "IQ", "TR", "RS", "MX", "CO", "NG")
"""Countries taken first where any would do, so that a case reads like one."""
MOST_SECONDS = 3.0
"""So long a case is made smaller; the one reached by then is shown."""
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


def smallest_alike(
    regimes: tuple[Regime, ...], data: Mapping[str, Any], shows: Callable[[Case], bool] | None = None
) -> Witness:
    """The smallest case with the answers of a case (and for which `shows` holds). An answer that the law itself
    leaves open stays open for that reason alone: no fact is left out that would leave it open too.

    Raises BadData when the case is not valid, ValueError when `shows` does not hold for it.
    """
    first = _standings(regimes, Case.from_data(copy.deepcopy(dict(data))))

    def alike(case: Case) -> bool:
        return (shows is None or shows(case)) and all(
            answer == before and left_open <= open_before
            for (answer, left_open), (before, open_before) in zip(
                _standings(regimes, case), first, strict=True
            )
        )

    return Witness(smallest(data, alike), tuple(answer for answer, _ in first))


def _standings(regimes: tuple[Regime, ...], case: Case) -> list[tuple[Answer, frozenset[str]]]:
    """What each regime answers, with the unknown facts on which an open answer rests; the law itself is one of
    them where it is not known."""
    facts = facts_for_rules(case)
    found: list[tuple[Answer, frozenset[str]]] = []
    for regime in regimes:
        reasoning = reason(regime, facts)
        found.append((Answer.of(reasoning), frozenset(open_facts(reasoning))))
    return found


def smallest(data: Mapping[str, Any], shows: Callable[[Case], bool]) -> Case:
    """The case with every fact left out that it does not need to show the same, and plain values in what stays.

    Raises BadData when the case itself is not valid, ValueError when it does not show it.
    """
    best = Case.from_data(copy.deepcopy(dict(data)))
    if not shows(best):
        raise ValueError("the interpreter does not agree")
    until = time.monotonic() + MOST_SECONDS
    best = _fewer_elements(best, shows)
    changed = True
    while changed and time.monotonic() < until:
        changed = False
        for steps in list(_parts(best.data)):
            smaller = _tried(_without(best.data, steps), shows) if time.monotonic() < until else None
            if smaller is not None:
                best, changed = smaller, True
    return _plainer(best, shows)


def _tried(data: dict[str, Any] | None, shows: Callable[[Case], bool]) -> Case | None:
    """The case of some data, where it is valid and still shows it."""
    if data is None:
        return None
    try:
        case = Case.from_data(data)
    except BadData:
        return None
    return case if shows(case) else None


def _fewer_elements(best: Case, shows: Callable[[Case], bool]) -> Case:
    """The case with its long lists and tables cut down: halves of them, then quarters, and so on."""
    for steps in [steps for steps in _parts(best.data) if not isinstance(steps[-1], int)]:
        size = len(_list_at(best.data, steps)) // 2
        while size > 1:
            start = 0
            while start < len(elements := _list_at(best.data, steps)):
                kept = [*elements[:start], *elements[start + size :]]
                smaller = _tried(_with(best.data, steps, kept), shows)
                if smaller is None:
                    start += size
                else:
                    best = smaller
            size //= 2
    return best


def _list_at(data: Any, steps: Steps) -> list[Any]:
    """The elements of a list; none where there is no such list, or no longer."""
    for step in steps:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return []
            data = data[step]
        else:
            data = data.get(step)
    return data if isinstance(data, list) else []


def _plainer(best: Case, shows: Callable[[Case], bool]) -> Case:
    """The case with each day and country exchanged for a plainer one, where it shows the same."""
    for steps in list(_leaves(best.data)):
        for value in _plainer_values(best.data, steps):
            plainer = _tried(_with(best.data, steps, value), shows)
            if plainer is not None:
                best = plainer
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
