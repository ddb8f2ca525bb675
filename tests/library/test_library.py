"""The law library holds against its own tests, and against the shared cases."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from safethird.facts.case import Case
from safethird.regimes.catalogue import LIBRARY, library_files, load_regime
from safethird.screening.casetests import Coverage, Result, read_test_file, read_tests, run_tests, uncovered

REGIMES = list(library_files())
RULED = [name for name in REGIMES if not load_regime(name).documented_only]


def said(results: list[Result]) -> list[str]:
    return [
        f"{result.test.id} {result.expected.regime}: {result.why}, got {result.got!r}" for result in results
    ]


@lru_cache(maxsize=128)
def ran(regime: str) -> tuple[tuple[Result, ...], Coverage]:
    files = sorted(library_files()[regime].parent.glob(f"{regime}.cases.yaml"))
    coverage = Coverage()
    return tuple(run_tests((test for file in files for test in read_test_file(file)), coverage)), coverage


@pytest.mark.parametrize("regime", RULED)
def test_every_case_beside_a_regime_gets_its_answer(regime: str) -> None:
    results, _ = ran(regime)
    assert results, "a regime without tests beside it"
    assert said([result for result in results if not result.passed]) == []


@pytest.mark.parametrize("regime", RULED)
def test_every_clause_is_seen_true_false_and_unknown(regime: str) -> None:
    _, coverage = ran(regime)
    lacking = uncovered(coverage, load_regime(regime))
    assert [f"{clause.rule}: {clause.text} never {values}" for clause, values in lacking] == []


def test_every_shared_case_gets_its_answer(shared: Path) -> None:
    results = list(run_tests(read_tests([shared / "cases"])))
    assert len(results) >= 84
    assert said([result for result in results if not result.passed]) == []


def test_case_ids_are_unique_over_the_whole_library() -> None:
    ids = [test.id for test in read_tests([LIBRARY])]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("regime", REGIMES)
def test_a_regime_is_named_like_its_file_and_rests_on_sources(regime: str) -> None:
    loaded = load_regime(regime)
    assert loaded.id == regime
    for entry in (*loaded.provisions, *loaded.definitions.values(), *loaded.events):
        assert entry.citation.pinpoint
        assert entry.citation.url, f"{regime}: no address for {entry.citation.pinpoint}"


def test_every_regime_id_of_the_case_format_is_there(shared: Path) -> None:
    page = (shared / "design" / "case-format.md").read_text(encoding="utf-8")
    table = page.partition("## 3. Regime ids")[2].partition("## 4.")[0]
    named = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    reserved = set(table.partition("Reserved")[2].split("`")[1::2])
    assert len(named) > 30
    assert named <= set(REGIMES)
    assert reserved <= set(REGIMES)
    assert all(load_regime(name).documented_only for name in reserved)


def test_filling_in_facts_never_changes_a_decided_answer_of_the_shared_cases(shared: Path) -> None:
    """The first law, on real cases: blank out any one fact; what is still decided is what it was."""
    from safethird.screening.determine import reason
    from safethird.screening.screen import facts_for_rules

    checked = 0
    for file in sorted((shared / "cases").glob("*.json")):
        entry = json.loads(file.read_text(encoding="utf-8"))
        for part in entry["expect"]:
            regime = load_regime(part["regime"])
            whole = reason(regime, facts_for_rules(Case.from_data(entry["case"])))
            for blanked in blankings(entry["case"]):
                less = reason(regime, facts_for_rules(Case.from_data(blanked)))
                checked += 1
                if less.outcome != "undetermined":
                    assert (less.outcome, less.responsible) == (whole.outcome, whole.responsible), file.name
                if less.bars is not None:
                    assert less.bars == whole.bars, file.name
    assert checked > 1500


def blankings(case: dict[str, object]) -> list[dict[str, object]]:
    """The case with one fact, one element's fact, or one list made unknown at a time."""
    found = []

    def without(path: tuple[str | int, ...]) -> dict[str, object]:
        copy = json.loads(json.dumps(case))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return copy

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                here = (*path, key)
                # The day of the decision stands in for nothing else: without it the day of the answer counts.
                if here in (
                    ("version",),
                    ("claim",),
                    ("claim", "country"),
                    ("as_of",),
                    ("decision", "date"),
                    ("decision",),
                ):
                    if key in ("claim", "decision"):
                        walk(inner, here)
                    continue
                if key in ("id", "holder") or (
                    key == "country" and path and path[-2:-1] in (("countries",), ("visa_rules",))
                ):
                    continue
                if key.endswith("_complete"):
                    continue
                if key == "family" and any(document.get("holder", "applicant") != "applicant"
                                           for document in case.get("documents", [])):  # type: ignore[attr-defined]  # fmt: skip
                    continue
                found.append(without(here))
                walk(inner, here)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, (*path, index))

    walk(case, ())
    return found
