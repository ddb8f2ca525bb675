"""An evaluator that goes on from where another left off: with more facts filled in, what was decided stays.

It says what `Evaluator` says (tests/screening/test_laws.py). Searches that fill in one unknown fact after
another look at a thousand such cases, and evaluate only what is still open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safethird.facts.truth import Truth
from safethird.language.evaluate import Bindings, Evaluator, Record, Rows, Step, Value
from safethird.language.program import Program
from safethird.language.syntax import Node

Key = tuple[int, ...]
"""Identity of a condition, and of the elements that its names stand for."""
_WHOLE = 0
"""No object's identity: marks a whole rule, whose elements the evaluator finds itself."""


@dataclass(slots=True)
class Settled:
    """What is known of a case and stays so however much more becomes known of it."""

    conditions: dict[Key, tuple[Step, tuple[Value, ...]]] = field(default_factory=dict)
    """Decided conditions. The elements stand beside them, so that their identity stays theirs."""
    rows: dict[int, tuple[Record, Record]] = field(default_factory=dict)
    """Rows of look-up tables by their identity, each with the element that it is when walked over."""

    def without_conditions(self) -> Settled:
        """For a case that is not only better known than this one."""
        return Settled(rows=self.rows)


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
        self._before = before or Settled()
        self._new: dict[Key, tuple[Step, tuple[Value, ...]]] = {}
        self.work = 0
        """How many conditions have been evaluated."""

    @property
    def settled(self) -> Settled:
        """All that is decided of this case, for one of which more is known."""
        return Settled({**self._before.conditions, **self._new}, self._before.rows)

    def rule(self, node: Node, bindings: Bindings | None = None) -> Step:
        """As `Evaluator.rule`."""
        if self.program.names_bound(node) is None:
            return super().rule(node, bindings)
        elements = tuple((bindings or {}).values())
        key = (id(node), _WHOLE, *map(id, elements))
        known = self._before.conditions.get(key) or self._new.get(key)
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
            self.work += 1
            return super().step(node, bindings)
        elements = tuple([bindings[name] for name in names])
        key = (id(node), *map(id, elements))
        known = self._before.conditions.get(key) or self._new.get(key)
        if known is not None:
            return known[0]
        self.work += 1
        step = super().step(node, bindings)
        if step.value is not None:
            self._new[key] = step, elements
        return step

    def listing(self, node: Node, bindings: Bindings) -> Value:
        """As `Evaluator.listing`; a row that has not changed is the same element as before."""
        value = self.term(node, bindings)
        if not isinstance(value, dict):
            return value
        rows = self._before.rows
        found: list[Record] = []
        for code, row in value.items():
            known = rows.get(id(row))
            if known is None:
                known = rows[id(row)] = row, {**row, "country": code}
            found.append(known[1])
        return Rows(tuple(found))
