"""From files to checked criteria and tests. Everything that is wrong in a file is said at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.facts.dates import DateRange, parse_date
from safethird.facts.documents import Document, DocumentPath, read_document, read_yaml
from safethird.language.errors import RuleError, Source
from safethird.language.parser import parse
from safethird.language.syntax import And, Fact, Or, walk
from safethird.language.types import Checked, check_condition
from safethird.protection.model import (
    BindingRule,
    Condition,
    Criterion,
    LegalTest,
)
from safethird.protection.names import CriteriaNames
from safethird.regimes.model import Citation, Texts
from safethird.regimes.shape import shape_problems

_PACKAGE = "safethird.protection"


@lru_cache(maxsize=4)
def _schema(name: str) -> dict[str, Any]:
    text = resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def shaped(document: Document, schema: str, what: str) -> dict[str, Any]:
    """The data of a document that fits its schema. Raises BadData with every problem found."""
    if not isinstance(document.data, dict):
        raise BadData(Problem(f"{what} is a group of keys", file=document.file, code="wrong-type"))
    problems = shape_problems(document, _schema(schema))
    if problems:
        raise BadData(problems)
    found: dict[str, Any] = document.data
    return found


def own_files(folder: str) -> dict[str, str]:
    """The texts of the YAML files that ship in a folder, by name, in order."""
    entries = resources.files(_PACKAGE).joinpath(folder).iterdir()
    found = {entry.name.removesuffix(".yaml"): entry for entry in entries if entry.name.endswith(".yaml")}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


# --- criteria ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def criteria() -> Mapping[str, Criterion]:
    """The vocabulary of criteria, by name, in order."""
    text = resources.files(_PACKAGE).joinpath("criteria.yaml").read_text(encoding="utf-8")
    return read_criteria(read_yaml(text, "protection/criteria.yaml"))


def read_criteria(document: Document) -> Mapping[str, Criterion]:
    """A vocabulary from its file. Raises BadData with every problem found."""
    data = shaped(document, "criteria.schema.json", "A vocabulary of criteria")
    deciders = data["deciders"]
    problems: list[Problem] = []
    found: dict[str, Criterion] = {}
    ids: dict[str, str] = {}
    for name, entry in data["criteria"].items():
        path: DocumentPath = ("criteria", name)
        for index, decider in enumerate(entry["decided_by"]):
            if decider not in deciders:
                problems.append(
                    document.problem(
                        f"There is no decider '{decider}'",
                        (*path, "decided_by", index),
                        hint=did_you_mean(decider, list(deciders)),
                        code="unknown-decider",
                    )
                )
        if entry["id"] in ids:
            problems.append(
                document.problem(
                    f"The id {entry['id']} is taken by '{ids[entry['id']]}'", (*path, "id"), code="double-id"
                )
            )
        ids[entry["id"]] = name
        if entry["nature"] == "practice" and entry["level"] == "general" and "fresh_for" not in entry:
            problems.append(
                document.problem(
                    "A criterion about practice needs 'fresh_for'",
                    path,
                    code="missing-fresh_for",
                    expected="the months for which a figure or report counts",
                )
            )
        found[name] = Criterion(
            name=name,
            id=entry["id"],
            nature=entry["nature"],
            level=entry["level"],
            decided_by=tuple(deciders[key] for key in entry["decided_by"] if key in deciders),
            evidence=tuple(entry["evidence"]),
            fresh_for=entry.get("fresh_for"),
            label=entry["label"],
            question=entry["question"],
            settle=entry["settle"],
            law=tuple(entry["law"]),
            indicators=tuple(entry["indicators"]),
        )
    if problems:
        raise BadData(problems)
    return found


# --- tests ---------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def tests() -> Mapping[str, LegalTest]:
    """The legal tests of the library, by id."""
    return {
        name: read_test(read_yaml(text, f"protection/tests/{name}.yaml"))
        for name, text in own_files("tests").items()
    }


def load_test(name: str) -> LegalTest:
    """A test of the library by its id, or one of the user's by its file. Raises UsageError for an unknown
    id."""
    known = tests()
    if name in known:
        return known[name]
    if name.endswith((".yaml", ".yml", ".json")):
        return read_test(read_document(name))
    raise UsageError(
        Problem(
            f"There is no test '{name}'", hint=did_you_mean(name, sorted(known), most=20), code="unknown-test"
        )
    )


def read_test(document: Document) -> LegalTest:
    """A test from its file. Raises BadData with every problem found."""
    data = shaped(document, "test.schema.json", "A test")
    problems: list[Problem] = []
    named_as_its_file(document, "test", data["test"], problems)
    conditions = tuple(
        _condition(document, data, entry, index, problems) for index, entry in enumerate(data["conditions"])
    )
    since = day_of(document, data, "from", (), problems)
    until = day_of(document, data, "until", (), problems)
    test = LegalTest(
        id=data["test"],
        kind=data["kind"],
        title=data["title"],
        summary=data["summary"],
        citation=_citation(data["instrument"], "citation"),
        conditions=tuple(entry for entry in conditions if entry is not None),
        applies_in=tuple(data.get("applies_in", ())),
        since=since,
        until=until,
        promises_suffice=data.get("promises_suffice", False),
        fresh_for=data.get("fresh_for"),
        decided_by=data.get("decided_by"),
        determined_by=tuple(data.get("determined_by", ())),
        binding=tuple(
            BindingRule(
                entry["id"],
                tuple(entry["kinds"]),
                tuple(entry["by"]),
                entry["label"],
                _citation(entry, "cite"),
            )
            for entry in data.get("binding", ())
        ),
        open_questions=tuple(data.get("open_questions", ())),
        digest=hashlib.sha256(document.text.encode()).hexdigest(),
    )
    if problems:
        raise BadData(problems)
    return test


def _condition(
    document: Document, data: Mapping[str, Any], entry: Mapping[str, Any], index: int, problems: list[Problem]
) -> Condition | None:
    path: DocumentPath = ("conditions", index)
    role = entry["role"]
    if data["kind"] == "factors" and role == "condition":
        problems.append(
            document.problem(
                "A test of factors has no conditions",
                (*path, "role"),
                code="role",
                expected="factor or duty",
                hint="Make it 'kind: conditions' if one limb must be met.",
            )
        )
    rule = _rule(document, (*path, "when"), entry["when"], problems)
    if rule is None:
        return None
    named = {node.names[0] for node in walk(rule.node) if isinstance(node, Fact)}
    return Condition(
        entry["id"],
        role,
        entry["label"],
        rule,
        _citation(entry, "cite"),
        tuple(name for name in criteria() if name in named),
        entry.get("decided_by"),
    )


def _rule(document: Document, path: DocumentPath, text: str, problems: list[Problem]) -> Checked | None:
    """A rule over criteria. Only 'and' and 'or': a test asks for criteria, it never asks for their
    absence, so more evidence for a country can never make a test fail."""
    placed = document.source_of(path)
    raw, line, column = placed if placed else (text, 0, 0)
    source = Source(raw, document.file, line, column, ".".join(str(part) for part in path))
    try:
        checked = check_condition(source, parse(source), CriteriaNames(criteria()))
    except RuleError as error:
        problems.append(error.problem)
        return None
    for node in walk(checked.node):
        if not isinstance(node, And | Or | Fact):
            problems.append(
                source.problem("A test joins criteria by 'and' and 'or' only", node.at, code="not-monotone")
            )
            return None
    return checked


def _citation(entry: Mapping[str, Any], key: str) -> Citation:
    note = entry.get("cite_note")
    notes: Texts | None = {"en": note} if isinstance(note, str) else note
    return Citation(entry[key], entry.get("url"), entry["confidence"], notes)


def named_as_its_file(document: Document, key: str, name: str, problems: list[Problem]) -> None:
    """Note a problem where a file does not bear the name of what is in it."""
    if document.file and Path(document.file).stem != name:
        problems.append(
            document.problem(
                "The id is not the name of the file",
                (key,),
                expected=Path(document.file).stem,
                code="file-name",
            )
        )


def day_of(
    document: Document, entry: Mapping[str, Any], key: str, path: DocumentPath, problems: list[Problem]
) -> DateRange | None:
    """A date of a file, as exactly as it is written; a date that cannot be read is a problem."""
    if key not in entry:
        return None
    try:
        return parse_date(entry[key])
    except ValueError as error:
        problems.append(
            document.problem(f"This date cannot be read ({error})", (*path, key), code="bad-date")
        )
        return None
