"""Which unknown facts leave conditions open, for all cases at once.

What `language/unknowns.py` gathers by walking down from an undecided condition is gathered here by carrying,
from each node to its parts, in which cases (and elements) somebody asked. Each fact ends up with the cases in
which it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.evaluate import Evaluator
from safethird.engines.columns.values import aligned
from safethird.engines.plan.nodes import (
    Age,
    Agree,
    Among,
    And,
    Axis,
    Choice,
    Count,
    Equal,
    Every,
    Fact,
    InListing,
    InSet,
    Less,
    Listing,
    Not,
    Open,
    Or,
    PlanNode,
    Reading,
    Same,
    Shift,
    Some,
    Uncounted,
    Unsaid,
    kind_of,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where `guard` holds, whatever leaves `node` open is missing.

    `node` may be a condition (missing where it is unknown), a term, or a choice.
    """

    guard: PlanNode
    node: PlanNode


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing where `guard` holds; `otherwise` where nothing else is."""

    guard: PlanNode
    wanted: tuple[Wanted, ...]
    otherwise: str | None = None


def missing_facts(evaluator: Evaluator, wanted: Iterable[Missing], among: Array) -> dict[str, Array]:
    """By path: in which of the cases `among` (one truth value for each) the fact is missing."""
    found: dict[str, Array] = {}
    simple: list[tuple[Wanted, Array]] = []
    for entry in wanted:
        asked = among & (evaluator.truth(entry.guard, ()) == 1)
        if not asked.any():
            continue
        if entry.otherwise is None:
            simple.extend((part, asked) for part in entry.wanted)
            continue
        for path, cases in _gather(evaluator, [(part, asked) for part in entry.wanted]).items():
            _join(found, path, cases)
            asked = asked & ~cases
        if asked.any():
            _join(found, entry.otherwise, asked)
    for path, cases in _gather(evaluator, simple).items():
        _join(found, path, cases)
    return found


def _join(found: dict[str, Array], path: str, cases: Array) -> None:
    found[path] = cases if path not in found else found[path] | cases


def _gather(evaluator: Evaluator, wanted: list[tuple[Wanted, Array]]) -> dict[str, Array]:
    gathering = _Gathering(evaluator)
    for part, asked in wanted:
        guard = part.guard
        gathering.ask(part.node, asked & (evaluator.value(guard) == 1), guard.axes)
    gathering.run(evaluator.order(tuple(part.node for part, _ in wanted)))
    return gathering.found


@dataclass(slots=True)
class _Gathering:
    evaluator: Evaluator
    found: dict[str, Array] = field(default_factory=dict)
    asked: dict[PlanNode, Array] = field(default_factory=dict)

    def ask(self, node: PlanNode, asked: Array, axes: tuple[Axis, ...]) -> None:
        """Note that a node is asked about, in some cases and elements."""
        inner = tuple(sorted({*axes, *node.axes}, key=lambda axis: axis.index))
        asked = aligned(asked, axes, inner)
        if kind_of(node) == "truth":
            asked = asked & (self.evaluator.truth(node, inner) == 0)
        surplus = tuple(index for index, axis in enumerate(inner) if axis not in node.axes)
        if surplus:
            asked = np.asarray(asked.any(axis=surplus))
        before = self.asked.get(node)
        self.asked[node] = asked if before is None else before | asked

    def add(self, path: str, cases: Array) -> None:
        """Note that a fact is missing, in some cases and elements."""
        anywhere: Array = np.asarray(cases.any(axis=tuple(range(cases.ndim - 1))))
        if anywhere.any():
            _join(self.found, path, np.broadcast_to(anywhere, (self.evaluator.block.size,)))

    def run(self, order: Sequence[PlanNode]) -> None:
        """Carry what was asked down to the facts. `order`: parts first."""
        for node in reversed(order):
            asked = self.asked.pop(node, None)
            carry = _CARRY.get(type(node))
            if asked is not None and carry is not None and asked.any():
                carry(self, node, asked)

    # --- conditions --------------------------------------------------------------------------------

    def parts(self, node: Not | And | Or | Reading, asked: Array) -> None:
        for part in node.parts if isinstance(node, And | Or) else (node.part,):
            self.ask(part, asked, node.axes)
        if isinstance(node, Reading):
            for guard, choice in node.choices:
                axes = tuple(sorted({*node.axes, *guard.axes}, key=lambda axis: axis.index))
                holds = self.evaluator.truth(guard, axes) == 1
                self.ask(choice, aligned(asked, node.axes, axes) & holds, axes)

    def agree(self, node: Agree, asked: Array) -> None:
        for guard, part in node.alternatives:
            axes = tuple(sorted({*node.axes, *guard.axes, *part.axes}, key=lambda axis: axis.index))
            holds = self.evaluator.truth(guard, axes) == 1
            self.ask(part, aligned(asked, node.axes, axes) & holds, axes)

    def walk(self, node: Some | Every | Count, asked: Array) -> None:
        axes = tuple(sorted({*node.axes, node.over}, key=lambda axis: axis.index))
        there = self.evaluator.there(node.over, axes) == 1
        self.ask(node.part, aligned(asked, node.axes, axes) & there, axes)
        self.listing(node.over.listing, asked, node.axes)

    def listing(self, listing: Listing, asked: Array, axes: tuple[Axis, ...]) -> None:
        """Note that a list is walked over: it is missing itself where elements of it may be."""
        incomplete = aligned(self.evaluator.listed(listing).complete, listing.axes, axes) == 0
        self.add(listing.path, asked & incomplete)

    def open(self, node: Open, asked: Array) -> None:
        for path in node.paths:
            self.add(path, asked)
        for term in node.terms:
            self.ask(term, asked, node.axes)

    def sides(self, node: Less | Equal | Same, asked: Array) -> None:
        self.ask(node.left, asked, node.axes)
        self.ask(node.right, asked, node.axes)

    def item(self, node: Among | InListing | InSet, asked: Array) -> None:
        self.ask(node.item, asked, node.axes)
        if isinstance(node, InListing):
            self.ask(node.listing, asked, node.axes)
        elif isinstance(node, InSet) and node.on is not None:
            self.ask(node.on, asked, node.axes)

    def choice(self, node: Choice, asked: Array) -> None:
        axes = tuple(sorted({*node.axes, node.over}, key=lambda axis: axis.index))
        self.listing(node.over.listing, asked, node.axes)
        where = np.minimum(self.evaluator.truth(node.where, axes), self.evaluator.there(node.over, axes))
        possible = aligned(asked, node.axes, axes) & (where > -1)
        self.ask(node.where, possible, axes)
        if node.key is not None:
            rivals = (where > -1).sum(axis=axes.index(node.over), keepdims=True) > 1
            self.ask(node.key, possible & rivals, axes)

    # --- terms -------------------------------------------------------------------------------------

    def fact(self, node: Fact, asked: Array) -> None:
        value = self.evaluator.value(node)
        is_open = value[0] != value[1] if node.kind in ("date", "number") else value == 0
        self.of_row(node, asked, is_open)

    def list_(self, node: Listing, asked: Array) -> None:
        self.of_row(node, asked, self.evaluator.listed(node).complete == 0)

    def of_row(self, node: Fact | Listing, asked: Array, is_open: Array) -> None:
        if node.key is not None:
            known = aligned(self.evaluator.value(node.key), node.key.axes, node.axes) != 0
            self.ask(node.key, asked & ~known, node.axes)
            asked = asked & known
        self.add(node.path, asked & is_open)

    def unsaid(self, node: Unsaid | Uncounted, asked: Array) -> None:
        for path in node.paths:
            self.add(path, asked)

    def shift(self, node: Shift, asked: Array) -> None:
        self.ask(node.base, asked, node.axes)

    def age(self, node: Age, asked: Array) -> None:
        self.ask(node.birth, asked, node.axes)
        self.ask(node.on, asked, node.axes)


_CARRY: dict[type[PlanNode], Callable[[_Gathering, Any, Array], None]] = {
    Not: _Gathering.parts,
    And: _Gathering.parts,
    Or: _Gathering.parts,
    Reading: _Gathering.parts,
    Agree: _Gathering.agree,
    Some: _Gathering.walk,
    Every: _Gathering.walk,
    Count: _Gathering.walk,
    Open: _Gathering.open,
    Less: _Gathering.sides,
    Equal: _Gathering.sides,
    Same: _Gathering.sides,
    Among: _Gathering.item,
    InListing: _Gathering.item,
    InSet: _Gathering.item,
    Choice: _Gathering.choice,
    Fact: _Gathering.fact,
    Listing: _Gathering.list_,
    Unsaid: _Gathering.unsaid,
    Uncounted: _Gathering.unsaid,
    Shift: _Gathering.shift,
    Age: _Gathering.age,
}
