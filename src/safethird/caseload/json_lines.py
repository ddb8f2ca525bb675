"""JSON Lines: one case in each line, held against the case format by the reader of single cases."""

from __future__ import annotations

import json
from typing import Any

from safethird.caseload.sizes import MOST_ELEMENTS
from safethird.caseload.whole import TOO_LONG
from safethird.facts.normalise import read_case

MOST_ID = 200


class NotACase(ValueError):
    """A line that is no case: the path of its first fault and the reason, without what stands there."""

    def __init__(self, path: str | None, why: str) -> None:
        super().__init__(why)
        self.path = path
        self.why = why


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_constant(_: str) -> Any:
    raise ValueError("no JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def read_line(line: bytes) -> tuple[str | None, dict[str, Any], bool]:
    """The id and the data of the case in a line, and whether the line is nothing but the case and perhaps an
    id that is a text. An object with `id` and `case` is a case too. Raises NotACase."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise NotACase(None, "is not UTF-8 text") from None
    try:
        data = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        raise NotACase(None, "is no JSON object, or has a field twice") from None
    if not isinstance(data, dict):
        raise NotACase(None, "is no JSON object")
    name = data.pop("id", None)
    wrapped = "case" in data and "version" not in data
    if wrapped:
        data = data["case"]
    try:
        read_case(data)
    except (KeyError, TypeError, ValueError):
        raise _what_is_wrong(data) from None
    if len(line) > MOST_ELEMENTS and (path := _too_long(data, "")) is not None:
        raise NotACase(path, TOO_LONG)
    return _id(name), data, not wrapped and (name is None or isinstance(name, str))


def _too_long(data: Any, path: str) -> str | None:
    """The path of a list beyond all measure, or None."""
    if isinstance(data, list):
        if len(data) > MOST_ELEMENTS:
            return path
        return next((found for part in data if (found := _too_long(part, path + "[]"))), None)
    if isinstance(data, dict):
        below = ((f"{path}.{name}" if path else name, part) for name, part in data.items())
        return next((found for at, part in below if (found := _too_long(part, at))), None)
    return None


def _id(name: Any) -> str | None:
    if name is None:
        return None
    if isinstance(name, str) and 0 < len(name) <= MOST_ID and name.isprintable():
        return name
    if isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**18:
        return str(name)
    raise NotACase("id", f"is no id: a text of at most {MOST_ID} characters, or a whole number")


def _what_is_wrong(data: Any) -> NotACase:
    from safethird.facts.problems import find_problems

    problems = find_problems(data)
    if not problems:
        return NotACase(None, "is no case")
    what = problems[0].what
    return NotACase(problems[0].path, what[:1].lower() + what[1:])
