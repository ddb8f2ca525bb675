"""Paths into one case: `entries[0].date`, `findings.countries[0].will_admit`.

A row of a look-up table can also be named by its country: `findings.countries[FR].will_admit`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from safethird.errors import Problem, UsageError
from safethird.facts.vocabulary import SEQUENCES, Fact, vocabulary

Step = str | int
"""A field name (lower case), an index, or a country code (upper case)."""
Steps = tuple[Step, ...]
Place = Callable[[Steps], tuple[int | None, int | None]]
"""Line and column, in a file, of a part of a case."""

_PART = re.compile(r"([a-z][a-z0-9_]*)(?:\[(?:(0|[1-9][0-9]{0,5})|([A-Z]{2}))\])?\Z", re.ASCII)


def parse_path(path: str) -> Steps:
    """The steps of a path. Raises UsageError when it is no path.

    >>> parse_path("procedure.requests[0].reply"), parse_path("findings.countries[FR].will_admit")
    (('procedure', 'requests', 0, 'reply'), ('findings', 'countries', 'FR', 'will_admit'))
    """
    steps: list[Step] = []
    for part in path.split("."):
        match = _PART.match(part)
        if match is None:
            raise UsageError(
                Problem("This is not the path of a fact", code="bad-path",
                        expected="names parted by dots, with an index in brackets, such as entries[0].date")
            )  # fmt: skip
        name, index, country = match.groups()
        steps.append(name)
        if index is not None:
            steps.append(int(index))
        elif country is not None:
            steps.append(country)
    return tuple(steps)


def known_steps(path: str) -> tuple[Steps, Fact]:
    """The steps of a path and the fact it leads to.

    Raises UsageError when there is no such fact, or when an index is missing or out of place.
    """
    steps = parse_path(path)
    fact = vocabulary().fact(str(steps[0]))
    inside = False
    """Whether the steps so far lead to an element of the list `fact`."""
    for step in steps[1:]:
        if is_element(step):
            if fact.type not in SEQUENCES or inside:
                raise _misplaced("There is no list at this place", path)
            if isinstance(step, str) and fact.type != "table":
                raise _misplaced("Only a row of a look-up table is named by its country", path)
            inside = True
        else:
            if fact.type in ("list", "table") and not inside:
                raise _misplaced(f"It is not said which element of '{fact.path}' is meant", path)
            fact = vocabulary().fact(f"{fact.path}{'[]' if inside else ''}.{step}")
            inside = False
    return steps, fact


def is_element(step: Step) -> bool:
    """Whether a step picks an element of a list: an index or a country."""
    return isinstance(step, int) or step.isupper()


def _misplaced(what: str, path: str) -> UsageError:
    return UsageError(
        Problem(
            what,
            path=path,
            code="bad-path",
            hint="Write an index after a list only, such as entries[0].date.",
        )
    )


def value_at(data: Any, steps: Steps) -> Any:
    """The value at a path of a case as given, or None where nothing is known."""
    for step in steps:
        if data is None:
            return None
        if isinstance(data, list):
            if isinstance(step, str):
                data = next((row for row in data if row.get("country") == step), None)
            else:
                data = data[step] if step < len(data) else None
        else:
            data = data.get(step)
    return data


def with_value(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a case with one value set (None: removed, so unknown). What is not on the path is shared.

    Sections, and the next element of a list, are made when they are missing. A list that comes into being
    in this way is marked as incomplete: one known member does not say that there are no others.
    Raises UsageError when there is no such fact or when the index leaves a gap.
    """
    steps, _ = known_steps(path)
    if value is None and value_at(data, steps) is None:
        return data
    result: dict[str, Any] = _set_in(data, steps, value, "", path)
    return result


def _set_in(data: Any, steps: Steps, value: Any, reached: str, path: str) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if is_element(step):
        return _set_in_list(list(data or ()), step, rest, value, reached, path)
    copy = dict(data or {})
    name = str(step)
    below = f"{reached}.{name}" if reached else name
    if rest:
        flag = vocabulary().flag_of(below)
        if is_element(rest[0]) and copy.get(name) is None and flag is not None:
            copy[flag.rpartition(".")[2]] = False
        copy[name] = _set_in(copy.get(name), rest, value, below + ("[]" if is_element(rest[0]) else ""), path)
    elif value is None:
        copy.pop(name, None)
    else:
        copy[name] = value
    return copy


def _set_in_list(
    elements: list[Any], step: Step, rest: Steps, value: Any, reached: str, path: str
) -> list[Any]:
    if isinstance(step, str):
        index = next((at for at, row in enumerate(elements) if row.get("country") == step), len(elements))
        if index == len(elements):
            elements.append({"country": step})
    else:
        index = step
        if index > len(elements):
            raise UsageError(
                Problem("The elements before this one are missing", path=path, code="bad-path",
                        hint=f"The next free index is {len(elements)}.")
            )  # fmt: skip
        if index == len(elements):
            elements.append(None)
    elements[index] = _set_in(elements[index], rest, value, reached, path)
    if elements[index] is None:
        del elements[index]
    return elements
