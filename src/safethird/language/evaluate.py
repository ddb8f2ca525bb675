"""The definition of meaning: the value of a rule for one case, with every step kept.

Every other engine must agree with this one on everything. It is written to be read, not to be fast.

Values: truth is True, False or None (unknown). A date or number is an interval, exact when its ends
are equal. A code is text. None is an unknown value of any kind. `NOTHING` is what a fact of an element
is when there is certainly no such element: no comparison with it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from safethird.facts.dates import (
    LAST_DAY,
    DateRange,
    NumberRange,
    age_range,
    past_weekends,
    plus_days,
    plus_months,
)  # fmt: skip
from safethird.facts.truth import Truth, agreement, conjunction, disjunction, negation
from safethird.language.program import Program
from safethird.language.syntax import (
    Age,
    And,
    Codes,
    Compare,
    Count,
    Day,
    Either,
    Fact,
    Field,
    First,
    Flag,
    IsUnknown,
    Lookup,
    Member,
    NamedSet,
    Node,
    Not,
    Number,
    Or,
    Period,
    Quantifier,
    Shifted,
    Text,
    Unit,
    Use,
)  # fmt: skip


class _Nothing:
    """The one value `NOTHING`."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = _Nothing()
Value = Any
"""Truth, DateRange, NumberRange, str, a list or record of the case, None (unknown) or NOTHING."""
Record = Mapping[str, Value]
Bindings = Mapping[str, Value]
"""What the names of elements stand for."""
Chosen = tuple[tuple[str, int | None], ...]
"""Named elements and the index of the element that each stands for; None: nothing, or one not listed."""
Way = tuple[Bindings, Chosen]


class Step(NamedTuple):
    """One step of the reasoning: a condition, its truth, and the steps that it rests on."""

    value: Truth
    node: Node
    parts: tuple[Step, ...] = ()
    element: int | str | None = None
    """In a part of a quantifier: which element of the list, or which country's row, this part speaks of."""
    chosen: Chosen = ()
    """What the named elements stood for: index in their list; None: nothing, or one not listed."""


def _leaf(value: Truth, node: Node, _make: Any = tuple.__new__, _step: type[Step] = Step) -> Step:
    """A step that rests on no other, made without the detour through the class's own constructor."""
    made: Step = _make(_step, (value, node, (), None, ()))
    return made


class Rows(NamedTuple):
    """The rows of a look-up table, walked over as a list: the countries that the case puts in question."""

    items: tuple[Record, ...]
    complete: bool = True


class Candidate(NamedTuple):
    """An element that may be the one a `first ...` means."""

    value: Value
    place: int | None
    """Place in the list; None for `NOTHING` and for an element that an incomplete list does not show."""
    certain: bool
    """Whether it is certain that the element satisfies the condition."""


class Evaluator:
    """Evaluates rules of one program for one case (`facts`: the normalised form, see facts/case.py)."""

    def __init__(self, program: Program, facts: Record, seen: set[tuple[int, Truth]] | None = None) -> None:
        self.program = program
        self.facts = facts
        self.seen = seen
        """When given: gathers (identity of the node, truth) of every condition, for clause coverage."""
        self._settled: dict[tuple[str | int, ...], tuple[Step, tuple[Value, ...]]] = {}
        self._chosen: dict[str, list[Candidate]] = {}
        self._ways: dict[tuple[str, ...], Sequence[Way]] = {}

    # --- whole rules -----------------------------------------------------------------------------

    def rule(self, node: Node, bindings: Bindings | None = None) -> Step:
        """The truth of a condition. Where it rests on an element that may be one of several, it is
        evaluated for each, and holds (or fails) only if it does so for all."""
        ways = self.readings(node, bindings or {})
        if len(ways) == 1:
            inner, chosen = ways[0]
            step = self.step(node, inner)
            return step._replace(chosen=chosen) if chosen else step
        parts = tuple(self.step(node, inner)._replace(chosen=chosen) for inner, chosen in ways)
        return Step(agreement(step.value for step in parts), Either(node.at, node), parts)

    def readings(self, node: Node, bindings: Bindings) -> Sequence[Way]:
        """Every way to read the named elements on which a rule rests."""
        names = self.program.elements_in(node)
        if not names:
            return ((bindings, ()),)
        if bindings:
            return list(self._bind([name for name in names if name not in bindings], bindings, ()))
        ways = self._ways.get(names)
        if ways is None:
            ways = self._ways[names] = list(self._bind(list(names), bindings, ()))
        return ways

    def _bind(self, names: list[str], bindings: Bindings, chosen: Chosen) -> Iterator[Way]:
        if not names:
            yield bindings, chosen
            return
        name, *others = names
        for candidate in self.chosen(name, bindings):
            yield from self._bind(
                others, {**bindings, name: candidate.value}, (*chosen, (name, candidate.place))
            )

    def chosen(self, name: str, bindings: Bindings) -> list[Candidate]:
        """The elements that a named element may stand for."""
        node = self.program.definitions[name].rule.node
        assert isinstance(node, First)
        alone = not self.program.elements_in(node)
        if alone and name in self._chosen:
            return self._chosen[name]
        found = self.candidates(node, bindings)
        if alone:
            self._chosen[name] = found
        return found

    def candidates(self, node: First, bindings: Bindings) -> list[Candidate]:
        """The elements that may be the first: those that may satisfy the condition and that no element
        certain to satisfy it certainly precedes. `NOTHING` is among them unless one is certain."""
        listing = self.listing(node.collection, bindings)
        if listing is NOTHING:
            return [Candidate(NOTHING, None, True)]
        items, complete = listing if listing is not None else ((), False)
        possible: list[Candidate] = []
        keys: list[Value] = []
        for index, item in enumerate(items):
            inner = {**bindings, node.variable: item}
            holds = True if node.where is None else self.step(node.where, inner).value
            if holds is not False:
                possible.append(Candidate(item, index, holds is True))
                keys.append(None if node.key is None else self.term(node.key, inner))
        best = [
            candidate
            for candidate, key in zip(possible, keys, strict=True)
            if not any(
                rival.certain and rival is not candidate and _precedes(node.order, rival_key, key)
                for rival, rival_key in zip(possible, keys, strict=True)
            )
        ]
        if not complete:
            best.append(Candidate({}, None, False))
        if not any(candidate.certain for candidate in best):
            best.append(Candidate(NOTHING, None, complete and not best))
        return best

    # --- conditions ------------------------------------------------------------------------------

    def step(self, node: Node, bindings: Bindings) -> Step:
        """The truth of a condition in which every named element is bound."""
        step = _CONDITIONS[type(node)](self, node, bindings)
        if self.seen is not None:
            self.seen.add((id(node), step.value))
        return step

    def _not(self, node: Not, bindings: Bindings) -> Step:
        part = self.step(node.operand, bindings)
        return Step(negation(part.value), node, (part,))

    def _and(self, node: And, bindings: Bindings) -> Step:
        parts = tuple([self.step(part, bindings) for part in node.parts])
        return Step(conjunction([part.value for part in parts]), node, parts)

    def _or(self, node: Or, bindings: Bindings) -> Step:
        parts = tuple([self.step(part, bindings) for part in node.parts])
        return Step(disjunction([part.value for part in parts]), node, parts)

    def _flag(self, node: Flag, bindings: Bindings) -> Step:
        return _leaf(node.value, node)

    def _yes_no(self, node: Node, bindings: Bindings) -> Step:
        value = self.term(node, bindings)
        return _leaf(False if value is NOTHING else value, node)

    def _use(self, node: Use, bindings: Bindings) -> Step:
        definition = self.program.definitions[node.name]
        elements = self.program.elements_in(definition.rule.node)
        inner = {name: bindings[name] for name in elements}
        if definition.parameter is not None:
            assert node.argument is not None
            inner[definition.parameter] = bindings[node.argument]
        # A definition is evaluated once for each meaning of the elements that it speaks of. They are kept
        # beside the result, so that their identity stays theirs.
        key: tuple[str | int, ...] = (node.name, *map(id, inner.values()))
        settled = self._settled.get(key)
        if settled is None:
            settled = self._settled[key] = self.step(definition.rule.node, inner), tuple(inner.values())
        return Step(settled[0].value, node, (settled[0],))

    def _compare(self, node: Compare, bindings: Bindings) -> Step:
        left, right = self.term(node.left, bindings), self.term(node.right, bindings)
        if left is NOTHING or right is NOTHING:
            return _leaf(node.comparator == "!=", node)
        if left is None or right is None:
            return _leaf(None, node)
        return _leaf(_COMPARISONS[node.comparator](left, right), node)

    def _member(self, node: Member, bindings: Bindings) -> Step:
        item = self.term(node.item, bindings)
        if item is NOTHING:
            return _leaf(node.negated, node)
        inside = None if item is None else self._inside(item, node.collection, bindings)
        return _leaf(negation(inside) if node.negated else inside, node)

    def _inside(self, item: str, collection: Node, bindings: Bindings) -> Truth:
        if isinstance(collection, Codes):
            return any(item == code.value for code in collection.values)
        if isinstance(collection, NamedSet):
            on = None if collection.on is None else self.term(collection.on, bindings)
            return False if on is NOTHING else self.program.sets[collection.name].contains(item, on)
        listing = self.term(collection, bindings)
        if listing is None:
            return None
        if listing is NOTHING:
            return False
        items, complete = listing
        return True if item in items else (False if complete else None)

    def _period(self, node: Period, bindings: Bindings) -> Step:
        subject, anchor = self.term(node.subject, bindings), self.term(node.anchor, bindings)
        if subject is NOTHING or anchor is NOTHING:
            return _leaf(False, node)
        if subject is None or anchor is None:
            return _leaf(None, node)
        # "x within a month before y" says "y within a month after x": time always runs from the earlier event.
        event, later = (anchor, subject) if node.direction == "after" else (subject, anchor)
        limit = self.shift(event, node.amount, node.unit)
        if node.counting_that_day:
            limit = DateRange(limit.lo - 1, limit.hi - 1)
        if node.kind == "more than":
            return _leaf(_less(limit, later), node)
        if node.kind == "at least":
            return _leaf(negation(_less(later, limit)), node)
        in_time = _less(later, limit) if node.kind == "less than" else negation(_less(limit, later))
        return Step(conjunction((negation(_less(later, event)), in_time)), node)

    def _quantifier(self, node: Quantifier, bindings: Bindings) -> Step:
        listing = self.listing(node.collection, bindings)
        if listing is NOTHING:
            return _leaf(node.kind != "any", node)
        items, complete = listing if listing is not None else ((), False)
        parts = tuple([
            self._element(node, item, item["country"] if isinstance(listing, Rows) else index, bindings)
            for index, item in enumerate(items)
        ])  # fmt: skip
        values: list[Truth] = [part.value for part in parts]
        if node.kind == "all":
            return Step(conjunction(values if complete else [*values, None]), node, parts)
        found = disjunction(values if complete else [*values, None])
        return Step(found if node.kind == "any" else negation(found), node, parts)

    def _element(self, node: Quantifier, item: Value, index: int | str, bindings: Bindings) -> Step:
        inner = {**bindings, node.variable: item}
        where = None if node.where is None else self.step(node.where, inner)
        if node.satisfy is None:
            return Step(True, node, (), index) if where is None else where._replace(element=index)
        satisfy = self.step(node.satisfy, inner)
        if where is None:
            return satisfy._replace(element=index)
        return Step(disjunction((negation(where.value), satisfy.value)), node, (where, satisfy), index)

    def _is_unknown(self, node: IsUnknown, bindings: Bindings) -> Step:
        value = self.term(node.term, bindings)
        unknown = value is None or (isinstance(value, tuple) and len(value) == 2 and value[1] is False)
        return _leaf(unknown != node.negated, node)

    # --- terms -----------------------------------------------------------------------------------

    def listing(self, node: Node, bindings: Bindings) -> Value:
        """The elements to walk over: those of a list, or the rows of a look-up table. A table that is given
        names every country in question; one that is not given is unknown."""
        value = self.term(node, bindings)
        if not isinstance(value, Mapping):
            return value
        return Rows(tuple([{**row, "country": code} for code, row in value.items()]))

    def term(self, node: Node, bindings: Bindings) -> Value:
        """The value of a term."""
        return _TERMS[type(node)](self, node, bindings)

    def _fact(self, node: Fact, bindings: Bindings) -> Value:
        return inner_value(self.facts, node.names)

    def _field(self, node: Field, bindings: Bindings) -> Value:
        return inner_value(bindings[node.variable], node.steps)

    def _lookup(self, node: Lookup, bindings: Bindings) -> Value:
        key = self.term(node.key, bindings)
        if key is None or key is NOTHING:
            return key
        return inner_value(inner_value(self.facts, node.table), (key, *node.steps))

    def _number(self, node: Number, bindings: Bindings) -> Value:
        return NumberRange(node.value, node.value)

    def _day(self, node: Day, bindings: Bindings) -> Value:
        return DateRange(node.ordinal, node.ordinal)

    def _text(self, node: Text, bindings: Bindings) -> Value:
        return node.value

    def _shifted(self, node: Shifted, bindings: Bindings) -> Value:
        base = self.term(node.base, bindings)
        return base if base is None or base is NOTHING else self.shift(base, node.amount, node.unit)

    def _age(self, node: Age, bindings: Bindings) -> Value:
        birth, on = self.term(node.person, bindings), self.term(node.on, bindings)
        if birth is NOTHING or on is NOTHING:
            return NOTHING
        if birth is None or on is None:
            return None
        return age_range(birth, on, self.program.month_end)

    def _count(self, node: Count, bindings: Bindings) -> Value:
        listing = self.listing(node.collection, bindings)
        if listing is NOTHING:
            return NumberRange(0, 0)
        items, complete = listing if listing is not None else ((), False)
        values = [
            True if node.where is None else self.step(node.where, {**bindings, node.variable: item}).value
            for item in items
        ]
        certain = sum(value is True for value in values)
        possible = certain + sum(value is None for value in values)
        return NumberRange(certain, possible if complete else float("inf"))

    def shift(self, date: DateRange, amount: int, unit: Unit) -> DateRange:
        """A date an amount of time later, by the calendar rule of the program."""
        if unit == "days" or unit == "weeks":
            days = amount * 7 if unit == "weeks" else amount
            return DateRange(plus_days(date.lo, days), plus_days(date.hi, days))
        if unit == "past_weekends":
            return DateRange(past_weekends(date.lo), past_weekends(date.hi))
        months = amount * 12 if unit == "years" else amount
        end = self.program.month_end
        return DateRange(plus_months(date.lo, months, end), min(plus_months(date.hi, months, end), LAST_DAY))


def inner_value(value: Value, steps: tuple[str, ...]) -> Value:
    """A fact inside a record; unknown where any part on the way is, `NOTHING` inside nothing."""
    if value is NOTHING:
        return value
    for step in steps:
        if value is None:
            return None
        value = value.get(step)
    return value


def _less(left: tuple[float, float], right: tuple[float, float]) -> Truth:
    if left[1] < right[0]:
        return True
    return False if left[0] >= right[1] else None


def _equal(left: Value, right: Value) -> Truth:
    if isinstance(left, str):
        return bool(left == right)
    if left[1] < right[0] or right[1] < left[0]:
        return False
    return True if left[0] == left[1] == right[0] == right[1] else None


def _precedes(order: str | None, rival: Value, key: Value) -> bool:
    """Whether a rival certainly comes before: later for `latest`, smaller for `smallest`."""
    if order is None or rival is None or key is None or rival is NOTHING or key is NOTHING:
        return False
    later = order in ("latest", "largest")
    return (_less(key, rival) if later else _less(rival, key)) is True


_COMPARISONS: dict[str, Callable[[Value, Value], Truth]] = {
    "==": _equal,
    "!=": lambda left, right: negation(_equal(left, right)),
    "<": _less,
    "<=": lambda left, right: negation(_less(right, left)),
    ">": lambda left, right: _less(right, left),
    ">=": lambda left, right: negation(_less(left, right)),
    "before": _less,
    "on or before": lambda left, right: negation(_less(right, left)),
    "after": lambda left, right: _less(right, left),
    "on or after": lambda left, right: negation(_less(left, right)),
}

_CONDITIONS: dict[type[Node], Callable[[Evaluator, Any, Bindings], Step]] = {
    Not: Evaluator._not, And: Evaluator._and, Or: Evaluator._or, Flag: Evaluator._flag, Use: Evaluator._use,
    Fact: Evaluator._yes_no, Field: Evaluator._yes_no, Lookup: Evaluator._yes_no, Compare: Evaluator._compare,
    Member: Evaluator._member, Period: Evaluator._period, Quantifier: Evaluator._quantifier,
    IsUnknown: Evaluator._is_unknown,
}  # fmt: skip

_TERMS: dict[type[Node], Callable[[Evaluator, Any, Bindings], Value]] = {
    Fact: Evaluator._fact, Field: Evaluator._field, Lookup: Evaluator._lookup, Number: Evaluator._number,
    Day: Evaluator._day, Text: Evaluator._text, Shifted: Evaluator._shifted, Age: Evaluator._age,
    Count: Evaluator._count,
}  # fmt: skip
