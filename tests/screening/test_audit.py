"""The audit counts what is there: against counts made another way, and on a library with faults."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from safethird.errors import UsageError
from safethird.regimes.catalogue import LIBRARY, library, load_regime
from safethird.reports.audit import FROM_CASES, MEASURES, audit_data, audit_lines
from safethird.screening.audit import audit, totals
from safethird.screening.casetests import read_tests, run_tests

NAMES = ["apd-35", "us-guatemala-2019"]


@pytest.fixture(scope="module")
def found() -> list:
    return audit(NAMES)


def test_cases_are_those_of_the_test_runner(found: list) -> None:
    results = list(run_tests(read_tests([LIBRARY]), only=NAMES))
    by_regime = Counter(result.expected.regime for result in results)
    assert {entry.regime.id: entry.cases for entry in found} == by_regime
    failing = sorted(result.test.id for result in results if not result.passed)
    assert sorted(name for entry in found for name in entry.failing) == failing
    decided = sum(result.test.basis == "decided case" for result in results)
    assert sum(entry.decided_cases for entry in found) == decided


def test_every_case_shows_each_condition_in_one_way(found: list) -> None:
    for entry in found:
        for audited in entry.provisions.values():
            if audited.provision.is_ruled:
                assert sum(audited.seen.values()) == entry.cases
                assert audited.decides <= entry.cases
            else:
                assert not audited.seen
                assert audited.decides == 0


def test_a_ground_of_answers_is_counted(found: list) -> None:
    by_id = {entry.regime.id: entry for entry in found}
    national = by_id["us-guatemala-2019"].provisions["own-national"]
    assert national.decides > 0
    assert national.seen[True] >= national.decides


def test_totals_are_the_sums(found: list) -> None:
    summed = totals(found)
    assert summed["regimes"] == len(NAMES)
    assert summed["provisions"] == summed["provisions_verified"] + summed["provisions_recalled"]
    assert summed["citations_verified"] + summed["citations_recalled"] == sum(
        len(list(load_regime(name).citations())) for name in NAMES
    )
    assert summed["sources"] == sum(len(load_regime(name).sources) for name in NAMES)


def test_without_the_cases_what_they_show_is_not_known() -> None:
    data = audit_data(audit(NAMES, run_cases=False), "en", ran=False)
    for name in MEASURES:
        assert (data["totals"][name] is None) is (name in FROM_CASES)
    assert all(entry["decides"] is None and entry["seen"] is None
               for regime in data["regimes"] for entry in regime["provision_list"])  # fmt: skip
    assert "not run" in "\n".join(audit_lines(data, "en"))


def test_the_whole_library_is_looked_at_and_no_test_case_fails() -> None:
    data = audit_data(audit(run_cases=False), "fr", ran=False)
    assert [entry["regime"] for entry in data["regimes"]] == list(library())


def test_an_unknown_regime_is_refused() -> None:
    with pytest.raises(UsageError, match="Did you mean 'apd-3"):
        audit(["apd-36"])


def test_faults_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # One case that expects what it does not get, and no other: most provisions are then never seen to hold.
    (tmp_path / "apd-35.cases.yaml").write_text(
        """
bases:
  bare: {version: 1, as_of: 2020-01-01, claim: {country: DE, date: 2019-12-01}}
cases:
  - {id: wrong, title: It does not apply., base: bare, expect: applies}
""",
        encoding="utf-8",
    )
    monkeypatch.setattr("safethird.screening.audit.LIBRARY", tmp_path)
    (entry,) = audit(["apd-35"])
    assert (entry.cases, entry.failing) == (1, ["wrong"])
    assert entry.untested
    assert entry.uncovered
