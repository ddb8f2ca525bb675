"""A case that is still undecided, in a search that fills in one of its unknown facts after another.

What has been decided is not evaluated again: it cannot become undecided by knowing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from safethird.facts.truth import Truth
from safethird.language.continued import ContinuedEvaluator, Settled
from safethird.regimes.model import Regime
from safethird.screening.alternatives import Facts, filled, landmarks, value_at
from safethird.screening.determine import NOTHING_BEFORE, Before, Reasoning, reason_with
from safethird.screening.missing import OpenParts, open_parts


class Try(NamedTuple):
    """What one value of a fact leads to."""

    value: Any
    kind: object
    """Equal for values of which the rules say the same."""
    further: State | None
    """Another undecided state; None: an answer."""


@dataclass(slots=True, eq=False)
class State:
    """An undecided case: its facts, those that leave its answer open, and what is settled all the same."""

    regime: Regime
    facts: Facts
    parts: OpenParts
    settled: Settled
    before: Before
    known: Mapping[str, Any]
    """What has been filled in on the way here, by path."""
    tried: dict[str, list[Try]] = field(default_factory=dict)
    """For paths that have been gone through: what each value led to."""

    @classmethod
    def of(cls, regime: Regime, facts: Facts) -> State:
        """The state in which a case is before anything is filled in."""
        return cls.left_by(reason_with(regime, ContinuedEvaluator(regime.program, facts)), {})

    @classmethod
    def left_by(cls, reasoning: Reasoning, known: Mapping[str, Any]) -> State:
        """The state in which an evaluation leaves its case."""
        regime, evaluator = reasoning.regime, reasoning.evaluator
        assert isinstance(evaluator, ContinuedEvaluator)
        lasting = landmarks(regime).lasting
        before = {
            name: step for name, step in reasoning.provisions.items() if name in lasting and step.is_settled
        }
        return cls(regime, evaluator.facts, open_parts(reasoning), evaluator.settled, before, known)

    @property
    def open_paths(self) -> tuple[str, ...]:
        """The facts that leave the answer open."""
        return self.parts.paths

    def idle(self, left_open: frozenset[str]) -> frozenset[str]:
        """Facts that cannot matter as long as others stay unknown: those of exceptions, where it stays open
        whether the instrument reaches the case at all."""
        if all(any(path not in left_open for path in part) for part in self.parts.coverage):
            return frozenset()
        return self.parts.only_in_exceptions()

    def with_fact(
        self, path: str, value: Any, seen: set[tuple[int, Truth]] | None = None
    ) -> tuple[ContinuedEvaluator, Before]:
        """Evaluates the case with one more fact known. A row that a look-up table does not have is not only
        more knowledge: it makes one more country a country in question, so nothing counts as settled then."""
        row, bracket, _ = path.rpartition("].")
        facts = filled(self.facts, path, value)
        if bracket and value_at(self.facts, f"{row}]") is None:
            return ContinuedEvaluator(self.regime.program, facts, seen), NOTHING_BEFORE
        return ContinuedEvaluator(self.regime.program, facts, seen, self.settled), self.before
