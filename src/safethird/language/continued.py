"""An evaluator that goes on from where another left off: with more facts filled in, what was decided stays.

It says what `Evaluator` says (tests/screening/test_laws.py). Searches that fill in one unknown fact after
another look at a thousand such cases, and evaluate only what is still open.
"""

from __future__ import annotations

from collections.abc import Mapping

from safethird.facts.truth import Truth
from safethird.language.evaluate import Bindings, Evaluator, Record, Step, Value
from safethird.language.program import Program
from safethird.language.syntax import Node

Key = tuple[int, ...]
"""Identity of a condition, and of the elements that its names stand for."""
_WHOLE = 0
"""No object's identity: marks a whole rule, whose elements the evaluator finds itself."""
Settled = Mapping[Key, tuple[Step, tuple[Value, ...]]]
"""Decided conditions; the elements stand beside them, so that their identity stays theirs."""


class ContinuedEvaluator(Evaluator):
    """Evaluates rules of one program for one case. `before`: what another evaluator settled for a case of
    which this one only knows more: no known fact is another, no list has lost an element."""

    def __init__(
        self,
        program: Program,
        facts: Record,
        seen: set[tuple[int, Truth]] | None = None,
        before: Settled | None = None,
    ) -> None:
        super().__init__(program, facts, seen)
        self._before: Settled = before or {}
        self._new: dict[Key, tuple[Step, tuple[Value, ...]]] = {}

    @property
    def settled(self) -> Settled:
        """All that is decided of this case, for one of which more is known."""
        return {**self._before, **self._new}

    def rule(self, node: Node, bindings: Bindings | None = None) -> Step:
        """As `Evaluator.rule`."""
        if self.program.names_bound(node) is None:
            return super().rule(node, bindings)
        elements = tuple((bindings or {}).values())
        key = (id(node), _WHOLE, *map(id, elements))
        known = self._before.get(key) or self._new.get(key)
        if known is not None:
            return known[0]
        step = super().rule(node, bindings)
        if step.value is not None:
            self._new[key] = step, elements
        return step

    def step(self, node: Node, bindings: Bindings) -> Step:
        """As `Evaluator.step`. What is settled is not looked at again, nor noted in `seen`."""
        names = self.program.names_bound(node)
        if names is None:
            return super().step(node, bindings)
        elements = tuple([bindings[name] for name in names])
        key = (id(node), *map(id, elements))
        known = self._before.get(key) or self._new.get(key)
        if known is not None:
            return known[0]
        step = super().step(node, bindings)
        if step.value is not None:
            self._new[key] = step, elements
        return step
