"""Terms of checked rules to plan nodes: facts, rows of look-up tables, dates, ages, counts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from safethird.engines.plan.nodes import (
    Age,
    Amount,
    Axis,
    Code,
    Count,
    Days,
    Element,
    Fact,
    Kind,
    Listing,
    PlanNode,
    Shift,
    Space,
    Uncounted,
    Unsaid,
    space_of,
)
from safethird.engines.plan.table import Table
from safethird.facts.vocabulary import Fact as VocabularyFact
from safethird.facts.vocabulary import vocabulary
from safethird.language import syntax as L
from safethird.language.program import Program


@dataclass(frozen=True, slots=True)
class AtElement:
    """A name that stands for the elements along an axis."""

    axis: Axis


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A name that stands for an element which an incomplete list does not show."""

    path: str


@dataclass(frozen=True, slots=True)
class AsTerm:
    """A name that stands for a code."""

    term: PlanNode


class Nothing:
    """A name that stands for no element; the value of its facts."""


NOTHING: Final = Nothing()
Binding = AtElement | Unlisted | AsTerm | Nothing


@dataclass(frozen=True, slots=True)
class Env:
    """What names stand for, and the axes that are being walked over."""

    names: Mapping[str, Binding] = field(default_factory=dict)
    open: frozenset[Axis] = frozenset()

    def bound(self, name: str, binding: Binding) -> Env:
        """With one more name."""
        return replace(self, names={**self.names, name: binding})

    def along(self, axis: Axis) -> Env:
        """With one more axis."""
        return replace(self, open=self.open | {axis})


_KINDS: dict[str, Kind] = {
    "yes_no": "truth",
    "date": "date",
    "number": "number",
    "country": "code",
    "choice": "code",
    "label": "code",
    "countries": "listing",
    "choices": "listing",
    "list": "listing",
    "table": "listing",
}
_SPACES: dict[str, Space] = {
    "country": "country",
    "countries": "country",
    "choice": "choice",
    "choices": "choice",
    "label": "label",
}

Term = PlanNode | Nothing


class Terms:
    """Terms of the rules of one program, as nodes of a table."""

    def __init__(self, table: Table, program: Program) -> None:
        self.table = table
        self.program = program

    @abstractmethod
    def condition(self, node: L.Node, env: Env) -> PlanNode:
        """A condition in which every named element is bound."""

    def collection(self, node: L.Node, env: Env) -> Term:
        """A list to walk over. In a row that is not known, the list itself is what is missing."""
        found = self.term(node, env)
        if isinstance(node, L.Lookup) and isinstance(found, Unsaid):
            return self.table.make(Unsaid, found.kind, found.space, (_path_in(node),))
        return found

    def pair(self, left: L.Node, right: L.Node, env: Env) -> tuple[Term, Term]:
        """Two terms that are compared: a code in quotes is of the kind of the other."""
        if isinstance(left, L.Text):
            second = self.term(right, env)
            space = "country" if isinstance(second, Nothing) else space_of(second)
            return self.term(left, env, space), second
        first = self.term(left, env)
        space = "country" if isinstance(first, Nothing) else space_of(first)
        return first, self.term(right, env, space)

    def term(self, node: L.Node, env: Env, space: Space = "country") -> Term:
        """The value of a term; `space` is that of a code in quotes."""
        make = self.table.make
        match node:
            case L.Fact():
                return self.fact(".".join(node.names), None, None)
            case L.Field():
                return self.field(node, env)
            case L.Lookup():
                key = self.term(node.key, env, "country")
                path = _path_in(node)
                if isinstance(key, Nothing):
                    return key
                if isinstance(key, Unsaid):
                    return self.unsaid(path, key.paths)
                return self.fact(path, None, key)
            case L.Number():
                return make(Amount, node.value)
            case L.Day():
                return make(Days, node.ordinal, node.ordinal)
            case L.Text():
                return make(Code, node.value, space)
            case L.Shifted():
                base = self.term(node.base, env)
                return (
                    base if isinstance(base, Nothing | Unsaid) else self.shifted(base, node.amount, node.unit)
                )
            case L.Age():
                return self.age(node, env)
            case L.Count():
                return self.count(node, env)
        raise AssertionError(f"a checked rule has no {type(node).__name__} here")

    def shifted(self, base: PlanNode, amount: int, unit: L.Unit) -> PlanNode:
        """A date that much later."""
        end = self.program.month_end
        if unit == "past_weekends":
            return self.table.make(Shift, base, 0, unit, end)
        if unit in ("days", "weeks"):
            return self.table.make(Shift, base, amount * (7 if unit == "weeks" else 1), "days", end)
        return self.table.make(Shift, base, amount * (12 if unit == "years" else 1), "months", end)

    def age(self, node: L.Age, env: Env) -> Term:
        birth, on = self.term(node.person, env), self.term(node.on, env)
        if isinstance(birth, Nothing) or isinstance(on, Nothing):
            return NOTHING
        if isinstance(birth, Unsaid) or isinstance(on, Unsaid):
            unsaid = [term for term in (birth, on) if isinstance(term, Unsaid)]
            if len(unsaid) == 2:
                return self.table.make(
                    Unsaid, "number", "", tuple(path for term in unsaid for path in term.paths)
                )
        return self.table.make(Age, birth, on, self.program.month_end)

    def count(self, node: L.Count, env: Env) -> Term:
        listing = self.collection(node.collection, env)
        if isinstance(listing, Nothing):
            return self.table.make(Amount, 0)
        if isinstance(listing, Unsaid):
            return self.table.make(Uncounted, listing.paths)
        assert isinstance(listing, Listing)
        axis = self.axis(listing, env)
        inner = env.along(axis).bound(node.variable, AtElement(axis))
        where = self.table.true() if node.where is None else self.condition(node.where, inner)
        return self.table.make(Count, axis, where)

    def fact(self, path: str, inside: Axis | None, key: PlanNode | None) -> PlanNode:
        """A fact by its generic path."""
        entry = vocabulary().fact(path)
        kind, space = _KINDS[entry.type], _SPACES.get(entry.type, "")
        if kind == "listing":
            return self.table.make(Listing, path, space, inside, key)
        return self.table.make(Fact, path, kind, space, inside, key)

    def field(self, node: L.Field, env: Env) -> Term:
        binding = env.names[node.variable]
        if isinstance(binding, Nothing):
            return NOTHING
        if isinstance(binding, AsTerm):
            return binding.term
        if isinstance(binding, Unlisted):
            path = ".".join((f"{binding.path}[]", *node.steps))
            return self.unsaid(path, (binding.path,))
        if not node.steps:
            return self.table.make(Element, binding.axis)
        return self.fact(".".join((f"{binding.axis.listing.path}[]", *node.steps)), binding.axis, None)

    def unsaid(self, path: str, missing: tuple[str, ...]) -> PlanNode:
        """An unknown value of the kind of the fact at a path."""
        entry: VocabularyFact = vocabulary().fact(path.removesuffix("[]"))
        element_of_codes = path.endswith("[]")
        kind: Kind = "code" if element_of_codes else _KINDS[entry.type]
        return self.table.make(Unsaid, kind, _SPACES.get(entry.type, ""), missing)

    def axis(self, listing: Listing, env: Env) -> Axis:
        """The first axis of a list that is not being walked over."""
        level = 0
        while self.table.axis(listing, level) in env.open:
            level += 1
        return self.table.axis(listing, level)


def _path_in(node: L.Lookup) -> str:
    """The generic path of a fact in a row of a look-up table."""
    return f"{'.'.join(node.table)}[].{'.'.join(node.steps)}"
