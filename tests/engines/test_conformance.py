"""Every engine says what the interpreter says: outcome, bottom line, state, provision, missing facts, readings.

How many pairs of a generated regime and a generated case are compared is set by SAFETHIRD_PAIRS: 100,000 in CI,
a few thousand elsewhere, a million on request.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safethird.facts.case import Case
from safethird.regimes.catalogue import library
from tests.engines.conformance import Cases, differences, library_tests, made_regime
from tests.strategies import Land, cases, mutated_case, random_case, random_regime, regimes

PAIRS = int(os.environ.get("SAFETHIRD_PAIRS", "100000" if os.environ.get("CI") == "true" else "6000"))
CASES = 250
"""Cases for each generated regime."""
REGIMES_AT_A_TIME = 24
CHUNKS = max(1, PAIRS // (CASES * REGIMES_AT_A_TIME))


def _explain(regime: Any, different: Iterator[tuple[Case, Any, Any]]) -> None:
    for case, wanted, got in different:
        parts = [name for name in wanted._fields if getattr(wanted, name) != getattr(got, name)]
        pytest.fail(f"{regime.id}: they differ in {parts}\n{wanted}\n{got}\n{case.to_json()}")


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_generated_regimes_and_cases(chunk: int) -> None:
    """Many cases under many regimes, the same ones in every run."""
    rng = Random(chunk)
    pool = Cases.of([random_case(rng) for _ in range(4 * CASES)])
    for turn in range(REGIMES_AT_A_TIME):
        seed = chunk * REGIMES_AT_A_TIME + turn
        regime = random_regime(Random(seed))
        regime = replace(regime, id=f"made-{seed}")
        _explain(regime, differences(regime, pool.some(rng.sample(range(4 * CASES), CASES))))


@settings(max_examples=25)
@given(regimes(), st.lists(cases(), min_size=1, max_size=6))
def test_any_regime_and_any_cases(regime: Any, some: list[Case]) -> None:
    """The same, with examples that shrink."""
    _explain(regime, differences(regime, some))


@pytest.fixture(scope="session")
def library_cases(shared: Path) -> Cases:
    """Every case of the library, and the shared ones."""
    return Cases.of([test.case for test in library_tests(shared / "cases")])


@pytest.mark.parametrize("regime", sorted(library()))
def test_every_case_of_the_library(regime: str, library_cases: Cases) -> None:
    """All cases under each regime of the library."""
    _explain(library()[regime], differences(library()[regime], library_cases))


SLOW = {"dublin-ii", "dublin-iii", "ammr"}
"""The interpreter needs long for a case that leaves much open under these."""


@pytest.mark.parametrize("regime", sorted(library()))
def test_changed_cases_of_the_library(regime: str, library_cases: Cases) -> None:
    """Cases of the library with facts taken away or changed, lists cut short: near the edges of each rule."""
    found = library()[regime]
    rng = Random(regime)
    land = Land.of(found)
    mine = [test.case for test in library_tests() if any(one.regime == regime for one in test.expect)]
    some = [
        mutated_case(rng, rng.choice(mine or library_cases.cases), land)
        for _ in range(20 if regime in SLOW else 120)
    ]
    some += [random_case(rng, land) for _ in range(5 if regime in SLOW else 40)]
    _explain(found, differences(found, some))


# --- every assignment of small clauses -------------------------------------------------------------------

_YES_NO = ("discretion_used", "security_threat", "scheduling_impossible", "late_filing_excused")
_A, _B, _C, _D = (f"findings.{name}" for name in _YES_NO)

_CLAUSES = (
    _A,
    f"not {_A}",
    f"{_A} and {_B}",
    f"{_A} or {_B}",
    f"not ({_A} and {_B}) or {_C}",
    f"({_A} or {_B}) and ({_C} or not {_A})",
    f"{_A} and ({_B} or {_C} and not {_D})",
    f"not ({_A} or not ({_B} and ({_C} or {_D})))",
    f"{_A} and {_B} or not {_A} and {_C} or {_B} and {_C} and {_D}",
)


@pytest.mark.parametrize("clause", _CLAUSES)
def test_every_assignment_of_yes_no_facts(clause: str) -> None:
    """True, false and unknown for each of up to four facts."""
    names = [name for name in _YES_NO if f"findings.{name}" in clause]
    some = []
    for truths in product((True, False, None), repeat=len(names)):
        known = {name: truth for name, truth in zip(names, truths, strict=True) if truth is not None}
        some.append(Case.from_data({"version": 1, "claim": {"country": "US"}, "findings": known}))
    regime = made_regime(clause)
    _explain(regime, differences(regime, some))


_OF_ENTRIES = (
    "any e in entries where e.turned_back",
    "no e in entries where e.turned_back",
    "no e in entries",
    "all e in entries satisfy e.turned_back",
    "all e in entries where e.turned_back satisfy e.small_boat",
    "any e in entries where e.turned_back and e.small_boat",
    "any e in entries where e.turned_back and (any d in entries where not d.turned_back)",
    "any e in entries where e.turned_back or findings.discretion_used",
    "count e in entries where (e.turned_back) == 1",
    "count e in entries where (e.turned_back) >= 2",
    "count e in entries < 2",
)
_OF_ONE_ENTRY = (
    "entry.small_boat",
    "not entry.small_boat",
    'entry.country != "US"',
    'entry.country in ["US"]',
)


def _all_entries() -> Iterator[Case]:
    """Every list of up to two entries of which two yes/no facts are true, false or unknown; complete, not
    complete, or unknown; and one more fact beside."""
    kinds = [
        {name: truth for name, truth in zip(("turned_back", "small_boat"), truths, strict=True) if truth is not None}
        for truths in product((True, False, None), repeat=2)
    ]  # fmt: skip
    lists: list[Any] = [None, [], *([one] for one in kinds), *([one, two] for one in kinds for two in kinds)]
    for entries, complete, used in product(lists, (True, False), (True, None)):
        if entries is None and not complete:
            continue
        data: dict[str, Any] = {"version": 1, "claim": {"country": "US"}}
        if entries is not None:
            data |= {"entries": entries, "entries_complete": complete}
        if used is not None:
            data["findings"] = {"discretion_used": used}
        yield Case.from_data(data)


@pytest.mark.parametrize("clause", _OF_ENTRIES)
def test_every_list_of_two(clause: str) -> None:
    """Quantifiers and counts over every small list."""
    regime = made_regime(clause)
    _explain(regime, differences(regime, list(_all_entries())))


@pytest.mark.parametrize("clause", _OF_ONE_ENTRY)
@pytest.mark.parametrize("order", ["", " latest e.date", " earliest e.date"])
def test_every_element_that_may_be_meant(clause: str, order: str) -> None:
    """A named element over every list of two whose dates are apart, the same, overlapping or unknown."""
    dates = ("2020-01-01", "2020-01-02", "2020-01", None)
    some = []
    for case in _all_entries():
        if len(case.data.get("entries", ())) != 2 or "findings" in case.data:
            continue
        for pair in product(dates, repeat=2):
            entries = [
                entry | ({"date": date, "country": "US"} if date else {})
                for entry, date in zip(case.data["entries"], pair, strict=True)
            ]
            some.append(Case.from_data({**case.data, "entries": entries}))
    regime = made_regime(clause, entry=f"first e in entries where not e.turned_back{order}")
    _explain(regime, differences(regime, some))
