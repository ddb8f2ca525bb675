"""Tests of the law: cases with the answers expected of them, and the clauses that they reach.

Two forms: one JSON file for one case (case-format section 5), and `<regime>.cases.yaml` beside a regime:
complete base cases and small changes to them (docs/regimes.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safethird.errors import BadData, NoInput, Problem, SafethirdError, did_you_mean
from safethird.facts.case import Case
from safethird.facts.documents import Document, DocumentPath, read_document
from safethird.facts.paths import with_value
from safethird.facts.truth import Truth
from safethird.facts.vocabulary import vocabulary
from safethird.language.syntax import (
    Fact,
    Field,
    Flag,
    IsUnknown,
    Lookup,
    Node,
    Quantifier,
    Use,
    leaf_conditions,
    walk,
)  # fmt: skip
from safethird.regimes.catalogue import library_files, load_regime
from safethird.regimes.model import Regime
from safethird.regimes.shape import schema, shape_problems
from safethird.screening.alternatives import Facts
from safethird.screening.determine import OUTCOMES, reason
from safethird.screening.screen import Determination, determine, facts_for_rules
from safethird.screening.variants import with_reading


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one regime is expected to answer; an outcome in `also_acceptable` passes too."""

    regime: str
    outcome: str
    responsible: tuple[str, ...] | None
    check_responsible: bool
    missing: tuple[str, ...]
    also_acceptable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseTest:
    """A case, the answers expected, and where the expectation comes from."""

    id: str
    title: str
    case: Case
    expect: tuple[Expectation, ...]
    file: str
    rule: str | None = None
    source: str | None = None
    basis: str | None = None
    confidence: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One expectation held against the answer; `got` is None when the library has no such regime."""

    test: CaseTest
    expected: Expectation
    got: Determination | None
    passed: bool
    why: str | None


# --- reading -------------------------------------------------------------------------------------


def read_tests(paths: Sequence[str | Path]) -> Iterator[CaseTest]:
    """The tests in files and folders (searched for `*.cases.yaml` and `*.json`), in the order of names.

    Raises NoInput when a path holds none, BadData with every problem of a file.
    """
    for entry in paths:
        path = Path(entry)
        if path.is_dir():
            files = sorted([*path.rglob("*.cases.yaml"), *path.rglob("*.cases.yml"), *path.rglob("*.json")])
            if not files:
                raise NoInput(Problem("There are no case tests in this folder", file=str(path),
                                      expected="files named *.cases.yaml or *.json"))  # fmt: skip
            for file in files:
                yield from read_test_file(file)
        else:
            yield from read_test_file(path)


def read_test_file(path: Path) -> list[CaseTest]:
    """The tests of one file: a case test, a list of them, or bases with changes."""
    document = read_document(path)
    data = document.data
    shape = schema("cases.schema.json")
    if isinstance(data, dict) and "cases" in data:
        _fits(document, {**shape["$defs"]["changes"], "$defs": shape["$defs"]})
        return list(_from_changes(document, data, path))
    entries = data if isinstance(data, list) else [data]
    if not all(isinstance(entry, dict) and "case" in entry and "expect" in entry for entry in entries):
        raise BadData(
            Problem("This is no case test", file=str(path), code="no-test", expected="an object with 'case' and 'expect'",
                    hint="To screen a case, use 'safethird screen'.")
        )  # fmt: skip
    _fits(
        document, {**shape["$defs"]["list" if isinstance(data, list) else "object"], "$defs": shape["$defs"]}
    )
    return [_from_object(document, entry, path) for entry in entries]


def _fits(document: Document, shape: dict[str, Any]) -> None:
    problems = shape_problems(document, shape)
    if problems:
        raise BadData(problems)


def _from_object(document: Document, entry: Any, path: Path) -> CaseTest:
    case = Case.from_data(entry["case"], file=str(path), id=entry.get("id"))
    return _test(document, entry, case, path, None, ())


def _from_changes(document: Document, data: Mapping[str, Any], path: Path) -> Iterator[CaseTest]:
    default_regime = path.name.split(".cases.")[0]
    bases: Mapping[str, Any] = data.get("bases", {})
    problems: list[Problem] = []
    seen: set[str] = set()
    sound: set[str] = set()
    for name, base_data in bases.items():
        try:
            Case.from_data(_plain(base_data))
            sound.add(name)
        except BadData as error:
            problems.extend(
                _in_file(document, problem, f"Base '{name}'", ("bases", name)) for problem in error.problems
            )
    for index, entry in enumerate(data["cases"]):
        place: DocumentPath = ("cases", index)
        base = entry.get("base") or (next(iter(bases)) if len(bases) == 1 else None)
        if not isinstance(base, str) or base not in bases:
            problems.append(document.problem("This case names no base that there is", place, code="unknown-base",
                                             hint=did_you_mean(str(base), list(bases))))  # fmt: skip
            continue
        if base not in sound:
            continue
        if entry["id"] in seen:
            problems.append(
                document.problem(f"The id '{entry['id']}' stands twice", (*place, "id"), code="double-id")
            )
        seen.add(entry["id"])
        case_data = _plain(bases[base])
        try:
            for fact, value in entry.get("set", {}).items():
                case_data = with_value(case_data, fact, _year(fact.rpartition(".")[2], _plain(value)))
            case = Case.from_data(case_data, file=None, id=entry["id"])
            yield _test(document, entry, case, path, default_regime, place)
        except SafethirdError as error:
            problems.extend(
                _in_file(document, problem, f"Case '{entry['id']}'", (*place, "set"))
                for problem in error.problems
            )
    if problems:
        raise BadData(problems)


def _in_file(document: Document, problem: Problem, what: str, place: DocumentPath) -> Problem:
    """A problem of a case, said of the place in the file of tests from which the case was made."""
    line, column = document.place(place)
    return replace(problem, what=f"{what}: {problem.what}", file=document.file, line=line, column=column)


def _plain(value: Any) -> Any:
    """A copy in which whole years, which YAML reads as numbers, stay what they were written as."""
    if isinstance(value, dict):
        return {key: _year(key, _plain(inner)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _year(key: str, value: Any) -> Any:
    is_year = isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999
    return (
        str(value)
        if is_year and (key.endswith("date") or key in ("as_of", "valid_from", "valid_until"))
        else value
    )


def _test(
    document: Document,
    entry: Mapping[str, Any],
    case: Case,
    path: Path,
    regime: str | None,
    place: DocumentPath,
) -> CaseTest:
    given = entry["expect"]
    parts = given if isinstance(given, list) else [given]
    return CaseTest(
        str(entry.get("id", path.stem)), str(entry.get("title", "")), case,
        tuple(_expectation(document, part, regime, place) for part in parts), str(path), entry.get("rule"),
        entry.get("source"), entry.get("basis"), entry.get("confidence"), entry.get("note"),
    )  # fmt: skip


def _expectation(document: Document, part: Any, regime: str | None, place: DocumentPath) -> Expectation:
    entry: Mapping[str, Any] = {"outcome": part} if isinstance(part, str) else part
    name = entry.get("regime", regime)
    outcomes = (entry.get("outcome"), *entry.get("also_acceptable", ()))
    wrong = [outcome for outcome in outcomes if outcome not in OUTCOMES]
    if wrong or name is None:
        raise BadData(
            document.problem("This expectation names no regime" if name is None else "This is no outcome",
                             (*place, "expect"), expected=", ".join(OUTCOMES), code="bad-expectation")
        )  # fmt: skip
    responsible = entry.get("responsible")
    return Expectation(
        str(name), str(entry["outcome"]), None if responsible is None else tuple(responsible),
        "responsible" in entry, tuple(entry.get("missing", ())), tuple(entry.get("also_acceptable", ())),
    )  # fmt: skip


# --- running -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Coverage:
    """Which clauses of which regimes were seen with which truth."""

    seen: dict[str, set[tuple[int, Truth]]] = field(default_factory=dict)
    regimes: dict[str, Regime] = field(default_factory=dict)

    def note(self, regime: Regime) -> set[tuple[int, Truth]]:
        """The place to gather what is seen of a regime."""
        self.regimes[regime.id] = regime
        return self.seen.setdefault(regime.id, set())


def run_tests(
    tests: Iterable[CaseTest], coverage: Coverage | None = None, only: Sequence[str] = ()
) -> Iterator[Result]:
    """Hold every expectation (on one of the regimes in `only`, if any) against the answer, and gather the
    clauses seen on the way."""
    known = library_files()
    for test in tests:
        facts = facts_for_rules(test.case)
        for expected in test.expect:
            if only and expected.regime not in only:
                continue
            if expected.regime not in known:
                yield Result(test, expected, None, False, "the library has no such regime")
                continue
            regime = load_regime(expected.regime, places=True)
            got = determine(regime, facts)
            if coverage is not None:
                gather(regime, facts, coverage)
            why = difference(expected, got)
            yield Result(test, expected, got, why is None, why)


def gather(regime: Regime, facts: Facts, coverage: Coverage) -> None:
    """Note which clauses of a regime, in every reading, a case shows true, false or unknown."""
    seen = coverage.note(regime)
    reasoning = reason(regime, facts, seen)
    seen |= {(id(step.provision), step.own) for step in reasoning.provisions.values()}
    for conflict, readings in regime.conflicts():
        for option in readings.options:
            reason(with_reading(regime, conflict, option), facts, seen)


def difference(expected: Expectation, got: Determination) -> str | None:
    """In what an answer differs from what was expected; None when it passes."""
    if got.outcome != expected.outcome:
        return None if got.outcome in expected.also_acceptable else "outcome"
    if expected.check_responsible and got.outcome == "applies":
        if sorted(got.responsible or ()) != sorted(expected.responsible or ()):
            return "responsible"
    return "missing" if set(expected.missing) - set(got.missing) else None


# --- clauses -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition that cannot be taken apart, or a provision as a whole."""

    regime: str
    rule: str
    text: str
    key: int
    line: int | None
    attainable: frozenset[Truth]


def clauses(regime: Regime) -> Iterator[Clause]:
    """Every clause of a regime, and every provision, with the truth values that it can take."""
    for name, rule in _named_rules(regime):
        source = rule.checked.source
        for node in leaf_conditions(rule.node):
            text = " ".join(source.text[node.at : _end(source.text, node)].split())
            yield Clause(regime.id, name, text, id(node), source.place(node.at)[0], _attainable(node))
    for provision in regime.ruled():
        if provision.rule is not None and not isinstance(provision.rule.node, Flag):
            attainable = _attainable_in(regime, provision.rule.node)
            yield Clause(regime.id, provision.id, "(the provision)", id(provision), None, attainable)


def uncovered(coverage: Coverage, regime: Regime) -> list[tuple[Clause, tuple[Truth, ...]]]:
    """Clauses with the truth values that no test has shown."""
    seen = coverage.seen.get(regime.id, set())
    regime = coverage.regimes.get(regime.id, regime)
    found = []
    for clause in clauses(regime):
        lacking = tuple(value for value in (True, False, None)
                        if value in clause.attainable and (clause.key, value) not in seen)  # fmt: skip
        if lacking:
            found.append((clause, lacking))
    return found


def _named_rules(regime: Regime) -> Iterator[tuple[str, Any]]:
    for definition in regime.definitions.values():
        if definition.readings:
            yield from (
                (f"{definition.id}/{name}", option.rule)
                for name, option in definition.readings.options.items()
            )
        else:
            yield definition.id, definition.rule
    for provision in regime.provisions:
        if provision.responsible is not None and provision.responsible.each is not None:
            yield f"{provision.id}/for", provision.responsible.each
        if provision.readings:
            yield from (
                (f"{provision.id}/{name}", option.rule) for name, option in provision.readings.options.items()
            )
        elif provision.rule is not None:
            yield provision.id, provision.rule
        for index, version in enumerate(provision.versions):
            if version.rule is not None:
                yield f"{provision.id}/version {index + 1}", version.rule
    for event in regime.events:
        if event.rule is not None:
            yield f"status: {event.event}", event.rule
    if regime.barred_state is not None:
        yield "barred_state", regime.barred_state


def _attainable(node: Node) -> frozenset[Truth]:
    """Unknown is out of reach where every fact involved must be given, and in `is unknown` itself."""
    if isinstance(node, IsUnknown) or not any(_may_be_unknown(inner) for inner in walk(node)):
        return frozenset((True, False))
    return frozenset((True, False, None))


def _attainable_in(regime: Regime, node: Node) -> frozenset[Truth]:
    return _attainable(node) if not regime.program.elements_in(node) else frozenset((True, False, None))


def _may_be_unknown(node: Node) -> bool:
    if isinstance(node, Fact):
        fact = vocabulary().get(".".join(node.names))
        return fact is None or not fact.required
    if isinstance(node, Field) and not node.steps:
        # A code in a list of codes, or the candidate state: it is there, so it is known.
        return False
    return isinstance(node, Field | Lookup | Quantifier | Use)


def _end(text: str, node: Node) -> int:
    """Where the text of a clause ends: before the next joint word at its level."""
    last = max((inner.at for inner in walk(node)), default=node.at)
    depth = 0
    index = last
    while index < len(text):
        character = text[index]
        if character in "([":
            depth += 1
        elif character in ")]":
            if depth == 0 and character == ")":
                return index
            depth -= 1
        elif (depth <= 0 and text[index : index + 5] in (" and ", "\nand ")) or text[index : index + 4] in (
            " or ",
            "\nor ",
        ):
            return index
        index += 1
    return len(text)
