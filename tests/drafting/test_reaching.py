"""Proofs and comparisons held against the columnar engine on cases that reach every answer.

The whole, a million cases under every regime, is `benchmarks/proofs.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("z3")
pytest.importorskip("polars")

from benchmarks import proofs
from benchmarks.reaching import Reaching, pairs_reached, within
from safethird.drafting.compare.comparison import compare
from safethird.drafting.named import find_draft
from safethird.regimes.catalogue import library, load_regime
from tests.drafting.small import THOROUGH

SOME = ["us-guatemala-2019", "apr-59", "uk-rwanda-2022"]
CASES = 20_000 if THOROUGH else 1_500


@pytest.mark.parametrize("name", list(library()) if THOROUGH else SOME)
def test_proofs_agree_with_the_columnar_engine(name: str) -> None:
    report = proofs.held_against(load_regime(name), CASES, 20, pool=1000 if THOROUGH else 250)
    assert report.contradictions == []
    assert report.cases == CASES
    if name in SOME:
        assert min(report.outcomes.values()) > CASES // 50, "some answer is hardly reached"
        assert report.tested > CASES // 2
        assert report.shown >= 3
        assert report.failing > 0


def test_a_false_proof_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = proofs.decide
    monkeypatch.setattr(
        proofs, "decide", lambda *given: replace(honest(*given), verdict="proved", witness=None)
    )
    report = proofs.held_against(load_regime("uk-rwanda-2022"), 1_000, 20, pool=200)
    assert any("proved, and fails" in one for one in report.contradictions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("us-guatemala-reported-2019-07", "us-guatemala-2019"),
        ("us-honduras-2019", "us-honduras-2025"),
        ("stca-canada@2023-03-24", "stca-canada@2023-03-25"),
    ],
)
def test_every_pair_of_answers_that_cases_reach_is_found(before: str, after: str) -> None:
    one, other = find_draft(before), find_draft(after)
    found = compare(one, other)
    claimed = {(entry.before, entry.after) for entry in found.people.crossings}
    assert not found.people.undecided
    shown = [entry.witness.case for entry in found.people.crossings]
    base = load_regime(other.regime.id)
    made = within(Reaching(base, 2, shown, size=300).many(CASES), found.people.bounds)
    reached = pairs_reached(one.regime, other.regime, made)
    assert reached
    assert set(reached) <= claimed
