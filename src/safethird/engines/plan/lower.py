"""Checked rules to plan nodes.

Follows `language/evaluate.py` step by step. Whatever `evaluate` decides by looking at a `NOTHING` or at an
element that a list does not show is decided here, once, because which of them is meant is known beforehand:
a rule about a named element is written out for the listed elements, for one not listed, and for none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from safethird.engines.plan.nodes import (
    Agree,
    Among,
    And,
    Axis,
    Choice,
    Code,
    Equal,
    Every,
    InListing,
    InSet,
    Less,
    Listing,
    Open,
    Or,
    Pick,
    PlanNode,
    Reading,
    Same,
    Several,
    Shift,
    Some,
    Space,
    Unknown,
    Unsaid,
    Which,
    kind_of,
    space_of,
)
from safethird.engines.plan.table import Table
from safethird.engines.plan.terms import NOTHING, AtElement, Binding, Env, Nothing, Terms, Unlisted
from safethird.language import syntax as L
from safethird.language.program import Program


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read the named elements of a rule: it counts where all guards hold."""

    env: Env
    guards: tuple[PlanNode, ...] = ()
    axes: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceAt:
    """A choice in one way to read the names before it; None: there is certainly no list to choose from."""

    way: Way
    choice: Choice | Unlisted | None


class Lowering(Terms):
    """Turns the rules of one program into nodes of a table. Programs may share the table."""

    def __init__(self, table: Table, program: Program) -> None:
        super().__init__(table, program)
        self._settled: dict[str, PlanNode] = {}

    # --- whole rules -------------------------------------------------------------------------------

    def rule(self, node: L.Node, env: Env | None = None) -> PlanNode:
        """A condition as `Evaluator.rule` reads it."""
        env = env or Env()
        ways, choices = self.ways(self.program.elements_in(node), env)
        part = self.agreed(ways, lambda inner: self.condition(node, inner))
        if not choices:
            return part
        return self.table.make(Reading, part, tuple(self.open_choices(choices)))

    def agreed(self, ways: Sequence[Way], build: Callable[[Env], PlanNode]) -> PlanNode:
        """What all ways to read some names agree on."""
        built = [build(way.env) for way in ways]
        if len(ways) == 1 and not ways[0].guards:
            return built[0]
        axes = {axis for way in ways for axis in way.axes}
        if all(other is built[0] for other in built) and not axes & set(built[0].axes):
            return built[0]  # no way of reading makes a difference, and at least one always counts
        over = tuple(sorted(axes, key=lambda axis: axis.index))
        alternatives = [(self.table.every(*way.guards), node) for way, node in zip(ways, built, strict=True)]
        return self.table.make(Agree, over, tuple(alternatives))

    def ways(self, names: Sequence[str], env: Env) -> tuple[list[Way], list[ChoiceAt]]:
        """Every way to read the named elements, and the choices that lie behind."""
        ways = [Way(env)]
        choices: list[ChoiceAt] = []
        for name in names:
            if name in env.names:
                continue
            node = self.program.definitions[name].rule.node
            assert isinstance(node, L.First)
            at = [ChoiceAt(way, self.choice(node, way.env)) for way in ways]
            choices.extend(at)
            axes = {entry.choice.over for entry in at if isinstance(entry.choice, Choice)}
            ways = [
                replace(wider, env=replace(wider.env, open=wider.env.open | axes))
                for entry in at
                for wider in self._choose(entry, name)
            ]
        return ways, choices

    def _choose(self, entry: ChoiceAt, name: str) -> list[Way]:
        way, choice = entry.way, entry.choice
        if choice is None:
            return [replace(way, env=way.env.bound(name, NOTHING))]
        if isinstance(choice, Unlisted):
            # Nobody has given the list: one that it does not show, or none. Both always count.
            return [
                replace(way, env=way.env.bound(name, choice)),
                replace(way, env=way.env.bound(name, NOTHING)),
            ]
        readings: list[tuple[Binding, Which, tuple[Axis, ...]]] = [
            (AtElement(choice.over), "slot", (choice.over,)),
            (Unlisted(choice.over.listing.path), "unlisted", ()),
            (NOTHING, "nothing", ()),
        ]
        return [
            Way(
                way.env.bound(name, binding),
                (*way.guards, self.table.make(Pick, choice, which)),
                (*way.axes, *axes),
            )
            for binding, which, axes in readings
        ]

    def choice(self, node: L.First, env: Env) -> Choice | Unlisted | None:
        """The choice that `first ...` makes; Unlisted when its list is unknown in every case, None when
        there is certainly no such list."""
        listing = self.collection(node.collection, env)
        if isinstance(listing, Nothing):
            return None
        if isinstance(listing, Unsaid):
            return Unlisted(listing.paths[0])
        assert isinstance(listing, Listing)
        axis = self.axis(listing, env)
        inner = env.along(axis).bound(node.variable, AtElement(axis))
        where = self.table.true() if node.where is None else self.condition(node.where, inner)
        key = None if node.key is None else self.term(node.key, inner)
        if not isinstance(key, Nothing):
            return self.table.make(Choice, axis, where, key, node.order)
        # A key about no element orders nothing. An age has two sides, and the other one may still be missing.
        sides = (node.key.person, node.key.on) if isinstance(node.key, L.Age) else ()
        others = [
            side for side in (self.term(side, inner) for side in sides) if not isinstance(side, Nothing)
        ]
        return self.table.make(Choice, axis, where, others[0] if others else None, None)

    def open_choices(self, choices: Sequence[ChoiceAt]) -> list[tuple[PlanNode, PlanNode]]:
        """Choices between more than one candidate, an unlisted element and none counting as two: where there
        are, and what leaves them open."""
        found: dict[tuple[PlanNode, PlanNode], None] = {}
        for entry in choices:
            if isinstance(entry.choice, Choice):
                guard = self.table.every(*entry.way.guards, self.several(entry.choice))
                found[guard, entry.choice] = None
            elif isinstance(entry.choice, Unlisted):
                found[
                    self.table.every(*entry.way.guards), self.table.make(Open, (entry.choice.path,), ())
                ] = None
        return list(found)

    def several(self, choice: Choice) -> PlanNode:
        """Whether a choice has more than one candidate."""
        picks: tuple[Which, ...] = ("slot", "unlisted", "nothing")
        return self.table.make(
            Several, (choice.over,), tuple(self.table.make(Pick, choice, which) for which in picks)
        )

    # --- conditions --------------------------------------------------------------------------------

    def condition(self, node: L.Node, env: Env) -> PlanNode:
        """A condition in which every named element is bound, as `Evaluator.step` reads it."""
        make = self.table.make
        match node:
            case L.Flag():
                return self._truth(node.value)
            case L.Not():
                return self.table.no(self.condition(node.operand, env))
            case L.And():
                return make(And, tuple(self.condition(part, env) for part in node.parts))
            case L.Or():
                return make(Or, tuple(self.condition(part, env) for part in node.parts))
            case L.Use():
                return self.use(node, env)
            case L.Compare():
                return self.compare(node, env)
            case L.Member():
                return self.member(node, env)
            case L.Period():
                return self.period(node, env)
            case L.Quantifier():
                return self.quantifier(node, env)
            case L.IsUnknown():
                term = self.term(node.term, env)
                if isinstance(term, Nothing | Unsaid):
                    return self._truth(isinstance(term, Unsaid) != node.negated)
                return make(Unknown, term, node.negated)
        value = self.term(node, env)
        if isinstance(value, Nothing):
            return self.table.false()
        return make(Open, value.paths, ()) if isinstance(value, Unsaid) else value

    def _truth(self, value: bool) -> PlanNode:
        return self.table.true() if value else self.table.false()

    def use(self, node: L.Use, env: Env) -> PlanNode:
        definition = self.program.definitions[node.name]
        rule = definition.rule.node
        if definition.parameter is not None:
            assert node.argument is not None
            return self.condition(rule, env.bound(definition.parameter, env.names[node.argument]))
        if self.program.elements_in(rule):
            return self.condition(rule, env)
        if node.name not in self._settled:
            self._settled[node.name] = self.condition(rule, Env())
        return self._settled[node.name]

    def compare(self, node: L.Compare, env: Env) -> PlanNode:
        left, right = self.pair(node.left, node.right, env)
        if isinstance(left, Nothing) or isinstance(right, Nothing):
            return self._truth(node.comparator == "!=")
        if isinstance(left, Unsaid) or isinstance(right, Unsaid):
            return self.open(left, right)
        make, no = self.table.make, self.table.no
        match node.comparator:
            case "==":
                return self.equal(left, right)
            case "!=":
                return no(self.equal(left, right))
            case "<" | "before":
                return make(Less, left, right)
            case ">" | "after":
                return make(Less, right, left)
            case "<=" | "on or before":
                return no(make(Less, right, left))
            case ">=" | "on or after":
                return no(make(Less, left, right))

    def equal(self, left: PlanNode, right: PlanNode) -> PlanNode:
        """Equality; a code that the law writes down stands on the right."""
        if kind_of(left) != "code":
            return self.table.make(Equal, left, right)
        if isinstance(left, Code):
            left, right = right, left
        if isinstance(right, Code):
            return self.table.make(Among, left, (right.text,))
        return self.table.make(Same, left, right)

    def open(self, *terms: PlanNode) -> PlanNode:
        """Unknown for want of some of these terms."""
        paths = [path for term in terms if isinstance(term, Unsaid) for path in term.paths]
        others = tuple(term for term in terms if not isinstance(term, Unsaid))
        return self.table.make(Open, tuple(dict.fromkeys(paths)), others)

    def member(self, node: L.Member, env: Env) -> PlanNode:
        collection = node.collection
        if isinstance(collection, L.Codes):
            item = self.term(node.item, env)
            if isinstance(item, Nothing):
                return self._truth(node.negated)
            if isinstance(item, Unsaid):
                return self.open(item)
            codes = tuple(sorted(code.value for code in collection.values))
            return self._negated(self.table.make(Among, item, codes), node.negated)
        if isinstance(collection, L.NamedSet):
            return self.in_set(node, collection, env)
        listing = self.term(collection, env)
        space: Space = "country" if isinstance(listing, Nothing) else space_of(listing)
        item = self.term(node.item, env, space)
        if isinstance(item, Nothing):
            return self._truth(node.negated)
        if isinstance(item, Unsaid):
            return self.open(item, *(() if isinstance(listing, Nothing) else (listing,)))
        if isinstance(listing, Nothing):
            # Not in it, once it is known what is asked for.
            return self._unless_open(item, self._truth(node.negated))
        if isinstance(listing, Unsaid):
            return self.open(item, listing)
        assert isinstance(listing, Listing)
        return self._negated(self.table.make(InListing, item, listing), node.negated)

    def in_set(self, node: L.Member, collection: L.NamedSet, env: Env) -> PlanNode:
        item = self.term(node.item, env, "country")
        on = None if collection.on is None else self.term(collection.on, env)
        if isinstance(item, Nothing):
            return self._truth(node.negated)
        if isinstance(item, Unsaid):
            return self.open(item, *(() if on is None or isinstance(on, Nothing) else (on,)))
        if isinstance(on, Nothing):
            return self._unless_open(item, self._truth(node.negated))
        countries = self.program.sets[collection.name]
        return self._negated(self.table.make(InSet, item, countries, on), node.negated)

    def _unless_open(self, item: PlanNode, decided: PlanNode) -> PlanNode:
        """A decided value where a code is known; unknown where it is not."""
        if isinstance(item, Code):
            return decided
        never = self.table.make(Among, item, ())  # false of every code, unknown of an unknown one
        return never if decided is self.table.false() else self.table.no(never)

    def _negated(self, node: PlanNode, negated: bool) -> PlanNode:
        return self.table.no(node) if negated else node

    def period(self, node: L.Period, env: Env) -> PlanNode:
        subject, anchor = self.term(node.subject, env), self.term(node.anchor, env)
        if isinstance(subject, Nothing) or isinstance(anchor, Nothing):
            return self.table.false()
        if isinstance(subject, Unsaid) or isinstance(anchor, Unsaid):
            return self.open(subject, anchor)
        make, no = self.table.make, self.table.no
        event, later = (anchor, subject) if node.direction == "after" else (subject, anchor)
        limit = self.shifted(event, node.amount, node.unit)
        if node.counting_that_day:
            limit = make(Shift, limit, -1, "days_beyond", self.program.month_end)
        if node.kind == "more than":
            return make(Less, limit, later)
        if node.kind == "at least":
            return no(make(Less, later, limit))
        in_time = make(Less, later, limit) if node.kind == "less than" else no(make(Less, limit, later))
        return make(And, (no(make(Less, later, event)), in_time))

    def quantifier(self, node: L.Quantifier, env: Env) -> PlanNode:
        listing = self.collection(node.collection, env)
        if isinstance(listing, Nothing):
            return self._truth(node.kind != "any")
        if isinstance(listing, Unsaid):
            return self.open(listing)
        assert isinstance(listing, Listing)
        axis = self.axis(listing, env)
        inner = env.along(axis).bound(node.variable, AtElement(axis))
        where = self.table.true() if node.where is None else self.condition(node.where, inner)
        part = where
        if node.satisfy is not None:
            satisfy = self.condition(node.satisfy, inner)
            part = satisfy if node.where is None else self.table.make(Or, (self.table.no(where), satisfy))
        if node.kind == "all":
            return self.table.make(Every, axis, part)
        return self._negated(self.table.make(Some, axis, part), node.kind == "no")
