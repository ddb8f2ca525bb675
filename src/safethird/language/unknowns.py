"""Which unknown facts leave a condition open: read off the steps of its evaluation.

A path names one fact of the case (`entries[0].date`), one row of a look-up table
(`findings.countries[GT].will_admit`) or a whole list that is unknown or incomplete (`journey`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safethird.language.evaluate import NOTHING, Bindings, Evaluator, Rows, Step, Value
from safethird.language.syntax import (
    Age,
    And,
    Codes,
    Compare,
    Count,
    Either,
    Fact,
    Field,
    First,
    IsUnknown,
    Lookup,
    Member,
    NamedSet,
    Node,
    Not,
    Or,
    Period,
    Quantifier,
    Shifted,
    Use,
)  # fmt: skip

Place = tuple[Value, str, bool]
"""An element: its value, its path, and whether the path is the whole list (an element not listed)."""
Places = Mapping[str, Place]


def unknown_facts(evaluator: Evaluator, step: Step, places: Places | None = None) -> dict[str, None]:
    """Paths of the unknown facts on which an undecided step rests, in the order in which they are met."""
    walker = _Walker(evaluator)
    walker.step(step, dict(places or {}))
    return walker.found


def unknown_choice(evaluator: Evaluator, node: First, places: Places | None = None) -> dict[str, None]:
    """Paths of the unknown facts that leave open which element `first ...` means."""
    walker = _Walker(evaluator)
    walker.choice(node, dict(places or {}))
    return walker.found


def unknown_term(evaluator: Evaluator, node: Node, places: Places | None = None) -> dict[str, None]:
    """Paths of the unknown facts of a term."""
    walker = _Walker(evaluator)
    walker.term(node, dict(places or {}))
    return walker.found


Chosen = tuple[tuple[str, int | None], ...]
"""What the named elements stand for; see `Step.chosen`."""


def unknown_choices(evaluator: Evaluator, node: Node, places: Places) -> dict[str, None]:
    """Paths of the unknown facts that leave open for which elements a rule or term is read."""
    walker = _Walker(evaluator)
    walker.choices(evaluator.program.elements_in(node), places)
    return walker.found


def places_of(evaluator: Evaluator, chosen: Chosen, places: Places) -> Places:
    """The places of the named elements in one way to read them, beside those already known."""
    return _Walker(evaluator).with_chosen(chosen, places)


class _Walker:
    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.found: dict[str, None] = {}

    def add(self, path: str) -> None:
        self.found[path] = None

    def bindings(self, places: Places) -> Bindings:
        return {name: place[0] for name, place in places.items()}

    # --- conditions ------------------------------------------------------------------------------

    def step(self, step: Step, places: Places) -> None:
        if step.value is not None:
            return
        places = self.with_chosen(step.chosen, places)
        node = step.node
        if isinstance(node, Not | And | Or):
            for part in step.parts:
                self.step(part, places)
        elif isinstance(node, Either):
            self.either(step, node, places)
        elif isinstance(node, Use):
            self.use(step, node, places)
        elif isinstance(node, Quantifier):
            self.quantifier(step, node, places)
        else:
            self.leaf(node, places)

    def with_chosen(self, chosen: Chosen, places: Places) -> Places:
        inner = dict(places)
        for name, index in chosen:
            definition = self.evaluator.program.definitions[name].rule.node
            assert isinstance(definition, First)
            listing = self.evaluator.listing(definition.collection, self.bindings(inner))
            path = self.path(definition.collection, inner)
            if index is not None:
                inner[name] = (listing.items[index], _place(path, listing, index), False)
            else:
                shown_all = listing is NOTHING or (listing is not None and listing.complete)
                inner[name] = (NOTHING if shown_all else {}, path, True)
        return inner

    def either(self, step: Step, node: Either, places: Places) -> None:
        for part in step.parts:
            self.step(part, places)
        self.choices(self.evaluator.program.elements_in(node.rule), places)

    def choices(self, names: Sequence[str], places: Places) -> None:
        """For every named element that may be more than one: what leaves it open. An element may rest on
        another one, so it is looked at for everything that those before it may stand for."""
        if not names:
            return
        name, *others = names
        if name in places:
            self.choices(others, places)
            return
        definition = self.evaluator.program.definitions[name].rule.node
        assert isinstance(definition, First)
        candidates = self.evaluator.candidates(definition, self.bindings(places))
        if len(candidates) > 1:
            self.choice(definition, places)
        path = self.path(definition.collection, places)
        for value, index, _ in candidates:
            place = (value, path if index is None else f"{path}[{index}]", index is None)
            self.choices(others, {**places, name: place})

    def choice(self, node: First, places: Places) -> None:
        listing = self.evaluator.listing(node.collection, self.bindings(places))
        if listing is NOTHING:
            return
        path = self.path(node.collection, places)
        if listing is None or not listing.complete:
            self.add(path)
        items = () if listing is None else listing.items
        open_items = [
            (index, item)
            for index, item in enumerate(items)
            if node.where is None
            or self.evaluator.step(node.where, {**self.bindings(places), node.variable: item}).value
            is not False
        ]
        for index, item in open_items:
            inner = {**places, node.variable: (item, _place(path, listing, index), False)}
            if node.where is not None:
                self.step(self.evaluator.step(node.where, self.bindings(inner)), inner)
            if node.key is not None and len(open_items) > 1:
                self.term(node.key, inner)

    def use(self, step: Step, node: Use, places: Places) -> None:
        definition = self.evaluator.program.definitions[node.name]
        inner = dict(places)
        if definition.parameter is not None and node.argument is not None:
            inner[definition.parameter] = places[node.argument]
        for part in step.parts:
            self.step(part, inner)

    def quantifier(self, step: Step, node: Quantifier, places: Places) -> None:
        listing = self.evaluator.listing(node.collection, self.bindings(places))
        path = self.path(node.collection, places)
        if listing is None or not listing.complete:
            self.add(path)
        items = () if listing is None else listing.items
        for item, part in zip(items, step.parts, strict=True):
            inner = {**places, node.variable: (item, f"{path}[{part.element}]", False)}
            if part.node is node:
                for side in part.parts:
                    self.step(side, inner) if part.value is None else None
            else:
                self.step(part, inner)

    def leaf(self, node: Node, places: Places) -> None:
        if isinstance(node, Compare):
            self.term(node.left, places)
            self.term(node.right, places)
        elif isinstance(node, Period):
            self.term(node.subject, places)
            self.term(node.anchor, places)
        elif isinstance(node, Member):
            self.term(node.item, places)
            if isinstance(node.collection, NamedSet):
                if node.collection.on is not None:
                    self.term(node.collection.on, places)
            elif not isinstance(node.collection, Codes):
                self.term(node.collection, places)
        elif isinstance(node, IsUnknown):
            self.term(node.term, places)
        else:
            self.term(node, places)

    # --- terms -----------------------------------------------------------------------------------

    def term(self, node: Node, places: Places) -> None:
        if isinstance(node, Shifted):
            self.term(node.base, places)
        elif isinstance(node, Age):
            self.term(node.person, places)
            self.term(node.on, places)
        elif isinstance(node, Count):
            self.count(node, places)
        elif isinstance(node, Lookup):
            key = self.evaluator.term(node.key, self.bindings(places))
            if key is None:
                self.term(node.key, places)
            elif key is not NOTHING and _open(self.evaluator.term(node, self.bindings(places))):
                self.add(f"{'.'.join(node.table)}[{key}].{'.'.join(node.steps)}")
        elif isinstance(node, Fact | Field) and _open(self.evaluator.term(node, self.bindings(places))):
            self.add(self.path(node, places))

    def count(self, node: Count, places: Places) -> None:
        listing = self.evaluator.listing(node.collection, self.bindings(places))
        path = self.path(node.collection, places)
        if listing is None or (listing is not NOTHING and not listing.complete):
            self.add(path)
        if listing is None or listing is NOTHING or node.where is None:
            return
        for index, item in enumerate(listing.items):
            inner = {**places, node.variable: (item, _place(path, listing, index), False)}
            self.step(self.evaluator.step(node.where, self.bindings(inner)), inner)

    def path(self, node: Node, places: Places) -> str:
        if isinstance(node, Fact):
            return ".".join(node.names)
        if isinstance(node, Lookup):
            key = self.evaluator.term(node.key, self.bindings(places))
            return f"{'.'.join(node.table)}[{key}].{'.'.join(node.steps)}"
        assert isinstance(node, Field)
        _, path, whole_list = places[node.variable]
        return path if whole_list else ".".join((path, *node.steps))


def _place(path: str, listing: Value, index: int) -> str:
    """The path of an element: by its place in a list, by its country in a look-up table."""
    return f"{path}[{listing.items[index]['country'] if isinstance(listing, Rows) else index}]"


def _open(value: Value) -> bool:
    """Whether a value is unknown, inexact, or an incomplete list."""
    if value is None:
        return True
    if isinstance(value, tuple):
        return value.complete is False if hasattr(value, "complete") else value[0] != value[1]
    return False
