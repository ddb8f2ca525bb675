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
from safethird.screening.alternatives import Facts, alternatives, filled, landmarks, value_at
from safethird.screening.determine import NOTHING_BEFORE, Before, Reasoning, reason_with
from safethird.screening.missing import OpenParts, open_parts


class Try(NamedTuple):
    """What one value of a fact leads to."""

    value: Any
    further: State | None
    """Another undecided state; None: an answer."""


@dataclass(slots=True, eq=False)
class State:
    """An undecided case, as its evaluation left it."""

    reasoning: Reasoning
    evaluator: ContinuedEvaluator
    known: Mapping[str, Any]
    """What has been filled in on the way here, by path."""
    seen: set[tuple[int, Truth]]
    """What its conditions came to; see Evaluator."""
    tried: dict[str, list[Try]] = field(default_factory=dict)
    """For paths that have been gone through: what each value led to."""
    _values: dict[str, list[Any]] = field(default_factory=dict)
    _parts: OpenParts | None = None
    _before: tuple[Settled, Before] | None = None

    @classmethod
    def of(cls, regime: Regime, facts: Facts) -> State:
        """The state in which a case is before anything is filled in."""
        evaluator = ContinuedEvaluator(regime.program, facts)
        return cls(reason_with(regime, evaluator), evaluator, {}, set())

    @property
    def facts(self) -> Facts:
        """What is known of the case."""
        return self.evaluator.facts

    @property
    def parts(self) -> OpenParts:
        """The facts that leave the answer open, by what they leave open."""
        if self._parts is None:
            self._parts = open_parts(self.reasoning)
        return self._parts

    @property
    def open_paths(self) -> tuple[str, ...]:
        """The facts that leave the answer open."""
        return self.parts.paths

    @property
    def kind(self) -> object:
        """All that the rules say of the case, so that cases of which they say the same count as one."""
        steps = self.reasoning.provisions.values()
        days = tuple([step.happened for step in self.reasoning.events])
        wordings = tuple([step.within for entry in steps for step in entry.versions])
        named = self.reasoning.possible, self.reasoning.somewhere
        return frozenset(self.seen), days, wordings, named, self.open_paths

    def values(self, path: str) -> list[Any]:
        """What the fact at a path may turn out to be."""
        found = self._values.get(path)
        if found is None:
            found = self._values[path] = alternatives(self.reasoning.regime, self.facts, path)
        return found

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
        if self._before is None:
            lasting = landmarks(self.reasoning.regime).lasting
            steps = self.reasoning.provisions.items()
            self._before = (
                self.evaluator.settled,
                {name: step for name, step in steps if name in lasting and step.is_settled},
            )
        settled, before = self._before
        row, bracket, _ = path.rpartition("].")
        if bracket and value_at(self.facts, f"{row}]") is None:
            settled, before = settled.without_conditions(), NOTHING_BEFORE
        facts = filled(self.facts, path, value)
        return ContinuedEvaluator(self.evaluator.program, facts, seen, settled), before
