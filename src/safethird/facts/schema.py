"""The case format as JSON Schema (2020-12), made from the vocabulary, for editors and other programs.

The schema knows shapes and codes. It cannot know that 30 February does not exist, that a country code is
in use, or that a date lies after `as_of`: `Case.from_data` refuses more than the schema does, never less.
"""

from __future__ import annotations

from typing import Any

from safethird.facts.vocabulary import Fact, vocabulary

SCHEMA_ID = "https://safethird.example/schema/case-1.json"
_COUNTRY = "^[A-Z]{2}$"
_DATE = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


def case_schema(lang: str = "en") -> dict[str, Any]:
    """The schema of a case, with meanings and questions in the given language.

    Raises UsageError for a language other than en, es and fr.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "safethird case, version 1",
        "description": "One asylum-seeker. null or absent means unknown, never no. A list that is present is "
        "complete unless its sibling <list>_complete is false.",
        **_object("", lang),
        "$defs": {
            "date": {
                "description": "ISO 8601 date; YYYY and YYYY-MM mean some day in that year or month.",
                **_nullable({"type": "string", "pattern": _DATE}),
            },
            "country": {
                "description": "ISO 3166-1 alpha-2; XA to XZ are free for fictitious countries.",
                **_nullable({"type": "string", "pattern": _COUNTRY}),
            },
        },
    }


def _object(record: str, lang: str) -> dict[str, Any]:
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    required = [fact.name for fact in facts if fact.required]
    return {
        "type": "object",
        "properties": {fact.name: {**_words(fact, lang), **_form(fact, lang)} for fact in facts},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _words(fact: Fact, lang: str) -> dict[str, Any]:
    said: dict[str, Any] = {"title": fact.label(lang), "description": fact.meaning(lang)}
    if fact.asked:
        said["x-question"] = fact.question(lang)
    if fact.used_by:
        said["x-used-by"] = list(fact.used_by)
    if fact.finding:
        said["x-finding"] = True
    if fact.values:
        said["x-value-labels"] = {value: fact.value_label(value, lang) for value in fact.values}
    return said


def _form(fact: Fact, lang: str) -> dict[str, Any]:
    """What JSON may stand for a fact."""
    match fact.type:
        case "date":
            return {"$ref": "#/$defs/date"}
        case "country":
            return {"type": "string", "pattern": _COUNTRY} if fact.required else {"$ref": "#/$defs/country"}
        case "yes_no":
            return {"type": "boolean"} if fact.completes else _nullable({"type": "boolean"})
        case "choice":
            return {"enum": [*fact.values, None]}
        case "number":
            return {"const": 1} if fact.path == "version" else _nullable({"type": "number", "minimum": 0})
        case "label":
            return _nullable({"type": "string", "pattern": f"^{fact.pattern}$"})
        case "countries":
            return _list({"type": "string", "pattern": _COUNTRY}, unique=True)
        case "choices":
            return _list({"enum": list(fact.values)}, unique=True)
        case "record":
            return _object(fact.path, lang) if fact.required else _nullable(_object(fact.path, lang))
        case "list" | "table":
            return _list(_object(fact.path + "[]", lang), unique=False)


def _nullable(form: dict[str, Any]) -> dict[str, Any]:
    return {**form, "type": [form["type"], "null"]}


def _list(items: dict[str, Any], *, unique: bool) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items, **({"uniqueItems": True} if unique else {})}
