"""Checks the shape of a document against a JSON Schema and says all that is wrong, with places.

Only the keywords that our own schemas use. A general validator would name the failing keyword; this
one names the mend.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from typing import Any

from safethird.errors import Problem, did_you_mean
from safethird.facts.countries import country_hint
from safethird.facts.documents import Document, DocumentPath

_SAID = {"object": "a group of keys", "array": "a list", "string": "text", "boolean": "true or false",
         "integer": "a whole number", "number": "a number", "null": "nothing"}  # fmt: skip
_IS: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float),
                       "null": type(None)}  # fmt: skip


MOST_PROBLEMS = 100
"""More than that nobody reads: it is another kind of file, or one mistake made many times."""


@lru_cache(maxsize=8)
def schema(name: str) -> dict[str, Any]:
    """A schema that ships with the package, by file name inside `safethird.regimes`."""
    text = resources.files("safethird.regimes").joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def shape_problems(document: Document, root: dict[str, Any]) -> list[Problem]:
    """Everything in which a document differs from its schema; empty when it fits."""
    found: list[Problem] = []
    _check(document, root, root, document.data, (), found)
    if len(found) > MOST_PROBLEMS:
        more = Problem("There are more problems than are shown here", file=document.file, code="more-problems",
                       hint="Is it the right file?")  # fmt: skip
        return [*found[:MOST_PROBLEMS], more]
    return found


def _resolve(root: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    if reference is None:
        return part
    target: Any = root
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return {**target, **{key: value for key, value in part.items() if key != "$ref"}}


def _fits_type(value: Any, name: str) -> bool:
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number" and isinstance(value, bool):
        return False
    return isinstance(value, _IS[name])


def _check(
    document: Document, root: dict[str, Any], part: dict[str, Any], value: Any, path: DocumentPath,
    found: list[Problem],
) -> None:  # fmt: skip
    part = _resolve(root, part)
    options = part.get("anyOf")
    if options is not None:
        _check_options(document, root, part, value, path, found)
        return
    if "const" in part and value != part["const"]:
        found.append(
            document.problem("This value is not known here", path, expected=str(part["const"]), code="value")
        )
        return
    if "enum" in part and value not in part["enum"]:
        known = [str(option) for option in part["enum"]]
        hint = did_you_mean(value, known) if isinstance(value, str) else None
        found.append(document.problem("This value is not known here", path, expected=" or ".join(known[:12]),
                                      hint=hint if hint and hint.startswith("Did") else None, code="value"))  # fmt: skip
        return
    kind = part.get("type")
    if kind is not None and not _fits_type(value, kind):
        what = "There is nothing here" if value is None else "This has the wrong form"
        found.append(document.problem(what, path, expected=_SAID[kind], code="wrong-type"))
        return
    if isinstance(value, str):
        _check_text(document, part, value, path, found)
    elif isinstance(value, list):
        if len(value) < part.get("minItems", 0):
            found.append(
                document.problem("This list is empty", path, expected="at least one entry", code="empty-list")
            )
        for index, item in enumerate(value):
            if len(found) > MOST_PROBLEMS:
                return
            _check(document, root, part.get("items", {}), item, (*path, index), found)
    elif isinstance(value, dict):
        _check_keys(document, root, part, value, path, found)


def _check_text(
    document: Document, part: dict[str, Any], value: str, path: DocumentPath, found: list[Problem]
) -> None:
    if len(value.strip()) < part.get("minLength", 0):
        found.append(
            document.problem(
                "This text is empty", path, code="empty-text", hint="Write it, or remove the key."
            )
        )
    elif "pattern" in part and not re.search(part["pattern"], value):
        expected = part.get("description", f"text like {part['pattern']}")
        hint = country_hint(value) if "alpha-2" in expected else None
        found.append(document.problem("This text does not have the right form", path, code="form",
                                      expected=expected, hint=hint))  # fmt: skip


def _check_keys(
    document: Document, root: dict[str, Any], part: dict[str, Any], value: dict[str, Any], path: DocumentPath,
    found: list[Problem],
) -> None:  # fmt: skip
    known = part.get("properties", {})
    extra = part.get("additionalProperties", True)
    name_pattern = part.get("propertyNames", {}).get("pattern")
    for key, inner in value.items():
        if len(found) > MOST_PROBLEMS:
            return
        inside = (*path, key)
        if key in known:
            _check(document, root, known[key], inner, inside, found)
        elif extra is False:
            found.append(document.problem(f"There is no key '{key}' here", inside, hint=did_you_mean(key, list(known)),
                                          code="unknown-key"))  # fmt: skip
        else:
            if name_pattern and not re.search(name_pattern, key):
                found.append(document.problem(f"'{key}' is no good name", inside, code="form",
                                              expected="small letters, digits and underscores"))  # fmt: skip
            if isinstance(extra, dict):
                _check(document, root, extra, inner, inside, found)
    for key in part.get("required", ()):
        if key not in value:
            described = _described(root, known.get(key))
            found.append(document.problem(f"The key '{key}' is missing", path, code=f"missing-{key}",
                                          hint=f"Add it. {described}" if described else "Add it."))  # fmt: skip


def _described(root: dict[str, Any], part: dict[str, Any] | None) -> str | None:
    return None if part is None else _resolve(root, part).get("description")


def _check_options(
    document: Document, root: dict[str, Any], part: dict[str, Any], value: Any, path: DocumentPath,
    found: list[Problem],
) -> None:  # fmt: skip
    """One of several forms: report the problems of the form whose type the value has."""
    outer = {"description": part["description"]} if "description" in part else {}
    options = [{**outer, **_resolve(root, option)} for option in part["anyOf"]]
    fitting = [option for option in options if "type" not in option or _fits_type(value, option["type"])]
    if not fitting:
        said = " or ".join(dict.fromkeys(_SAID[option["type"]] for option in options))
        what = "There is nothing here" if value is None else "This has the wrong form"
        found.append(document.problem(what, path, expected=said, code="wrong-type"))
        return
    best: list[Problem] | None = None
    for option in fitting:
        attempt: list[Problem] = []
        _check(document, root, option, value, path, attempt)
        if best is None or len(attempt) < len(best):
            best = attempt
    found.extend(best or ())
