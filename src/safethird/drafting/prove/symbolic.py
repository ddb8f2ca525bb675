"""The rules of one program as formulas over every case.

Follows `language/evaluate.py` method by method: where the interpreter has a value, this has a symbolic one;
where it walks over the elements of a list, this walks over all that there may be. The conformance tests hold
the two against each other, program by program and case by case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from safethird.drafting.prove.calendar import day_number
from safethird.drafting.prove.logic import (
    FALSE,
    TRUE,
    UNKNOWN,
    Bits,
    Formula,
    Truth3,
    agreement,
    at_most,
    both,
    choose,
    conjunction,
    disjunction,
    either,
    implied,
    less,
    negation,
    opposite,
    plus,
    sure,
    truth,
    when_known,
)  # fmt: skip
from safethird.drafting.prove.values import (
    SCALE,
    UNLISTED,
    AgeSpan,
    CodeList,
    CodeValue,
    Element,
    ElementList,
    Span,
    Value,
    code_among,
    code_equal,
    span_equal,
    span_less,
)  # fmt: skip
from safethird.drafting.prove.world import World
from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.facts.vocabulary import vocabulary
from safethird.language.evaluate import NOTHING
from safethird.language.program import CountrySet, Program
from safethird.language.syntax import (
    Age,
    And,
    Codes,
    Compare,
    Count,
    Day,
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
    children,
)  # fmt: skip

Bindings = Mapping[str, Any]
"""What the names of elements stand for: an Element, UNLISTED, NOTHING, or a CodeValue."""
Way = tuple[Formula, Bindings]
"""One way to read the named elements: where it counts, and what they stand for."""


class Symbolic:
    """Rules of one program as formulas. Programs may share a world."""

    def __init__(self, world: World, program: Program, given: Mapping[str, Value] | None = None) -> None:
        self.world = world
        self.program = program
        self.given = given or {}
        """Values of names that are no facts of the case: what a property says of the answer."""
        self._truths: dict[tuple[Any, ...], tuple[Truth3, Bindings]] = {}
        self._names: dict[int, tuple[Node, tuple[str, ...]]] = {}
        self._codes: dict[str, CodeValue] = {}
        self._element_names = tuple(name for name, entry in program.definitions.items() if entry.is_element)

    # --- whole rules -------------------------------------------------------------------------------

    def rule(self, node: Node, bindings: Bindings | None = None) -> Truth3:
        """The truth of a condition: what all elements that its names may stand for share."""
        ways = self.readings(node, bindings or {})
        return agreement((guard, self.condition(node, inner)) for guard, inner in ways)

    def readings(self, node: Node, bindings: Bindings) -> Sequence[Way]:
        """Every way to read the named elements on which a rule rests."""
        names = [name for name in self._elements_in(node) if name not in bindings]
        return list(self._bind(names, bindings, True))

    def _bind(self, names: Sequence[str], bindings: Bindings, guard: Formula) -> Iterator[Way]:
        if not names:
            yield guard, bindings
            return
        name, *others = names
        node = self.program.definitions[name].rule.node
        assert isinstance(node, First)
        for counts, candidate, _ in self.candidates(node, bindings):
            inner = both((guard, counts))
            if inner is not False:
                yield from self._bind(others, {**bindings, name: candidate}, inner)

    def candidates(self, node: First, bindings: Bindings) -> list[tuple[Formula, Any, Formula]]:
        """The elements that may be the first: where each may be, what it is, where it is certain to satisfy
        the condition."""
        listing = self.term(node.collection, bindings)
        if listing is NOTHING:
            return [(True, NOTHING, True)]
        if listing is None:
            return [(True, UNLISTED, False), (True, NOTHING, False)]
        possible: list[Formula] = []
        certain: list[Formula] = []
        keys: list[Value] = []
        elements = list(self._elements(listing))
        for there, element in elements:
            inner = {**bindings, node.variable: element}
            holds = TRUE if node.where is None else self.condition(node.where, inner)
            possible.append(both((there, opposite(holds.f))))
            certain.append(both((there, holds.t)))
            keys.append(None if node.key is None else self.term(node.key, inner))
        found: list[tuple[Formula, Any, Formula]] = []
        for index, (_, element) in enumerate(elements):
            beaten = either(
                both((certain[other], self._precedes(node.order, keys[other], keys[index])))
                for other in range(len(elements)) if other != index
            )  # fmt: skip
            found.append((both((possible[index], opposite(beaten))), element, certain[index]))
        some_certain = either(both((counts, sure_)) for counts, _, sure_ in found)
        found.append((opposite(listing.complete), UNLISTED, False))
        found.append((opposite(some_certain), NOTHING, False))
        return [entry for entry in found if entry[0] is not False]

    def _elements(self, listing: ElementList | CodeList) -> Iterator[tuple[Formula, Any]]:
        """Every element that a list may have, with where it is there."""
        if isinstance(listing, ElementList):
            yield from zip(listing.present, listing.items, strict=True)
            return
        for code, member in listing.members.items():
            yield member, self._code(code)

    def _code(self, code: str) -> CodeValue:
        if code not in self._codes:
            self._codes[code] = CodeValue(True, code)
        return self._codes[code]

    def _precedes(self, order: str | None, rival: Value, key: Value) -> Formula:
        if order is None or rival is None or key is None or rival is NOTHING or key is NOTHING:
            return False
        later = order in ("latest", "largest")
        rival, key = self._span(rival), self._span(key)
        return (span_less(key, rival) if later else span_less(rival, key)).t

    # --- conditions --------------------------------------------------------------------------------

    def condition(self, node: Node, bindings: Bindings) -> Truth3:
        """The truth of a condition in which every named element is bound."""
        names = self._free(node)
        key = (id(node), *(id(bindings[name]) for name in names if name in bindings))
        known = self._truths.get(key)
        if known is None:
            kept = {name: bindings[name] for name in names if name in bindings}
            known = self._truths[key] = (_CONDITIONS[type(node)](self, node, bindings), kept)
        return known[0]

    def _free(self, node: Node) -> tuple[str, ...]:
        """The names that a part of a rule speaks of, those behind definitions included."""
        known = self._names.get(id(node))
        if known is None:
            found: dict[str, None] = {}
            for child in children(node):
                found.update(dict.fromkeys(self._free(child)))
            if isinstance(node, Field):
                found.update(dict.fromkeys(self._named(node.variable)))
            elif isinstance(node, Use):
                rule = self.program.definitions[node.name]
                inner = [name for name in self._free(rule.rule.node) if name != rule.parameter]
                found.update(dict.fromkeys(inner))
                if node.argument is not None:
                    found.update(dict.fromkeys(self._named(node.argument)))
            elif isinstance(node, Quantifier | Count | First):
                found.pop(node.variable, None)
            known = self._names[id(node)] = (node, tuple(found))
        return known[1]

    def _elements_in(self, node: Node) -> tuple[str, ...]:
        """The named elements on which a rule rests, in the order of their definitions."""
        if not self._element_names:
            return ()
        free = frozenset(self._free(node))
        return tuple(name for name in self._element_names if name in free)

    def _named(self, name: str) -> tuple[str, ...]:
        """A name, and those on which the choice of its element rests."""
        definition = self.program.definitions.get(name)
        if definition is None or not definition.is_element:
            return (name,)
        return (name, *self._free(definition.rule.node))

    def _not(self, node: Not, bindings: Bindings) -> Truth3:
        return negation(self.condition(node.operand, bindings))

    def _and(self, node: And, bindings: Bindings) -> Truth3:
        return conjunction([self.condition(part, bindings) for part in node.parts])

    def _or(self, node: Or, bindings: Bindings) -> Truth3:
        return disjunction([self.condition(part, bindings) for part in node.parts])

    def _flag(self, node: Flag, bindings: Bindings) -> Truth3:
        return TRUE if node.value else FALSE

    def _yes_no(self, node: Node, bindings: Bindings) -> Truth3:
        value = self.term(node, bindings)
        if value is NOTHING:
            return FALSE
        found: Truth3 = UNKNOWN if value is None else value
        return found

    def _use(self, node: Use, bindings: Bindings) -> Truth3:
        definition = self.program.definitions[node.name]
        rule = definition.rule.node
        if definition.parameter is not None:
            assert node.argument is not None
            return self.condition(rule, {**bindings, definition.parameter: bindings[node.argument]})
        return self.condition(rule, bindings if self._elements_in(rule) else {})

    def _compare(self, node: Compare, bindings: Bindings) -> Truth3:
        left, right = self.term(node.left, bindings), self.term(node.right, bindings)
        if left is NOTHING or right is NOTHING:
            return TRUE if node.comparator == "!=" else FALSE
        if left is None or right is None:
            return UNKNOWN
        if isinstance(left, CodeValue):
            return self._compare_codes(node.comparator, left, right)
        aged = self._compare_age(node.comparator, left, right)
        if aged is not None:
            return aged
        left, right = self._span(left), self._span(right)
        match node.comparator:
            case "==":
                return span_equal(left, right)
            case "!=":
                return negation(span_equal(left, right))
            case "<" | "before":
                return span_less(left, right)
            case ">" | "after":
                return span_less(right, left)
            case "<=" | "on or before":
                return negation(span_less(right, left))
            case ">=" | "on or after":
                return negation(span_less(left, right))

    def _compare_codes(self, comparator: str, left: CodeValue, right: CodeValue) -> Truth3:
        equal = when_known(both((left.known, right.known)), code_equal(left, right))
        if left.absent is not False or right.absent is not False:
            there = opposite(either((left.absent, right.absent)))
            equal = truth(both((there, equal.t)), either((opposite(there), equal.f)))
        return negation(equal) if comparator == "!=" else equal

    def _compare_age(self, comparator: str, left: Value, right: Value) -> Truth3 | None:
        """An age held against a number of the law, without counting years."""
        if not isinstance(left, AgeSpan):
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            if isinstance(right, AgeSpan):
                return self._compare_age(turned.get(comparator, comparator), right, left)
            return None
        if not (isinstance(right, Span) and right.exact and isinstance(right.lo, int)):
            return None
        years, rest = divmod(right.lo, SCALE)
        if rest or not 0 <= years <= 24:
            return None
        under = self._younger(left, years)
        match comparator:
            case "<":
                return under
            case ">=":
                return negation(under)
            case "<=":
                return self._younger(left, years + 1)
            case ">":
                return negation(self._younger(left, years + 1))
        equal = self._age_is(left, years)
        return negation(equal) if comparator == "!=" else equal

    def _younger(self, age: AgeSpan, years: int) -> Truth3:
        end = self.program.month_end
        latest = self.world.calendar.plus_months(age.birth.lo, 12 * years, end)
        soonest = (
            latest
            if age.birth.lo is age.birth.hi
            else self.world.calendar.plus_months(age.birth.hi, 12 * years, end)
        )
        certain = less(age.on.hi, latest)
        if age.known is True and age.birth.exact and age.on.exact:
            return sure(certain)
        return truth(both((age.known, certain)), both((age.known, at_most(soonest, age.on.lo))))

    def _age_is(self, age: AgeSpan, years: int) -> Truth3:
        below, above = self._younger(age, years), self._younger(age, years + 1)
        if below.sure and above.sure:
            return conjunction((negation(below), above))
        # Exactly so many years at both ends; certainly not, when all of it lies below or above.
        return truth(both((below.f, above.t)), either((below.t, above.f)))

    def _span(self, value: Value) -> Span:
        if not isinstance(value, AgeSpan):
            found: Span = value
            return found
        end, calendar = self.program.month_end, self.world.calendar
        low = calendar.age(value.birth.hi, value.on.lo, end)
        high = (
            low
            if value.birth.lo is value.birth.hi and value.on.lo is value.on.hi
            else calendar.age(value.birth.lo, value.on.hi, end)
        )
        if low is high:
            scaled = low * SCALE
            return Span(value.known, scaled, scaled)
        return Span(value.known, low * SCALE, high * SCALE)

    def _member(self, node: Member, bindings: Bindings) -> Truth3:
        item = self.term(node.item, bindings)
        if item is NOTHING:
            return TRUE if node.negated else FALSE
        if item is None:
            return UNKNOWN
        inside = self._inside(item, node.collection, bindings)
        if item.absent is not False:
            there = opposite(item.absent)
            inside = truth(both((there, inside.t)), either((item.absent, inside.f)))
        return negation(inside) if node.negated else inside

    def _inside(self, item: CodeValue, collection: Node, bindings: Bindings) -> Truth3:
        if isinstance(collection, Codes):
            return when_known(item.known, code_among(item, [code.value for code in collection.values]))
        if isinstance(collection, NamedSet):
            on = None if collection.on is None else self.term(collection.on, bindings)
            if on is NOTHING:
                return when_known(item.known, False)
            return self._in_set(item, self.program.sets[collection.name], on)
        listing = self.term(collection, bindings)
        if listing is None:
            return UNKNOWN
        if listing is NOTHING:
            return when_known(item.known, False)
        assert isinstance(listing, CodeList)
        found = either(
            both((member, code_equal(item, CodeValue(True, code))))
            for code, member in listing.members.items()
        )
        if listing.complete is True and item.known is True:
            return sure(found)
        return truth(both((item.known, found)), both((item.known, listing.complete, opposite(found))))

    def _in_set(self, item: CodeValue, countries: CountrySet, on: Span | None) -> Truth3:
        if not countries.dated:
            return when_known(item.known, code_among(item, [entry.country for entry in countries.members]))
        groups: dict[tuple[tuple[int, int], ...], list[str]] = {}
        for code in dict.fromkeys(entry.country for entry in countries.members):
            spans = tuple((entry.since, entry.until) for entry in countries.members if entry.country == code)
            groups.setdefault(spans, []).append(code)
        ins: list[Formula] = []
        outs: list[Formula] = []
        exact = on is not None and on.exact
        for spans, codes in groups.items():
            mine = code_among(item, codes)
            if mine is False:
                continue
            ins.append(both((mine, self._always(spans, on))))
            outs.append(both((mine, opposite(self._never(spans, on)))))
        inside, maybe = either(ins), either(outs)
        if exact and item.known is True:
            return sure(inside)
        return truth(both((item.known, inside)), both((item.known, opposite(maybe))))

    def _always(self, spans: Sequence[tuple[int, int]], on: Span | None) -> Formula:
        """A membership on every day that `on` may be."""
        parts = []
        for since, until in spans:
            if since <= FIRST_DAY and until > LAST_DAY:
                return True
            if on is None:
                continue
            within = both((at_most(day_number(since), on.lo), less(on.hi, day_number(until))))
            parts.append(both((on.known, within)))
        return either(parts)

    def _never(self, spans: Sequence[tuple[int, int]], on: Span | None) -> Formula:
        parts = []
        for since, until in spans:
            if on is None:
                return False
            outside = either((less(on.hi, day_number(since)), at_most(day_number(until), on.lo)))
            parts.append(both((on.known, outside)))
        return both(parts)

    def _period(self, node: Period, bindings: Bindings) -> Truth3:
        subject, anchor = self.term(node.subject, bindings), self.term(node.anchor, bindings)
        if subject is NOTHING or anchor is NOTHING:
            return FALSE
        if subject is None or anchor is None:
            return UNKNOWN
        event, later = (anchor, subject) if node.direction == "after" else (subject, anchor)
        limit = self.shift(event, node.amount, node.unit)
        if node.counting_that_day:
            limit = _moved(limit, -1)
        if node.kind == "more than":
            return span_less(limit, later)
        if node.kind == "at least":
            return negation(span_less(later, limit))
        in_time = span_less(later, limit) if node.kind == "less than" else negation(span_less(limit, later))
        return conjunction((negation(span_less(later, event)), in_time))

    def _quantifier(self, node: Quantifier, bindings: Bindings) -> Truth3:
        listing = self.term(node.collection, bindings)
        if listing is NOTHING:
            return TRUE if node.kind != "any" else FALSE
        if listing is None:
            return UNKNOWN
        parts = []
        for there, element in self._elements(listing):
            value = self._element(node, {**bindings, node.variable: element})
            if node.kind == "all":
                parts.append(_if_there(there, value))
            else:
                parts.append(negation(_if_there(there, negation(value))))
        if listing.complete is not True:
            # What may not be shown leaves it open.
            rest = truth(listing.complete, False) if node.kind == "all" else truth(False, listing.complete)
            parts.append(rest)
        if node.kind == "all":
            return conjunction(parts)
        found = disjunction(parts)
        return found if node.kind == "any" else negation(found)

    def _element(self, node: Quantifier, inner: Bindings) -> Truth3:
        where = None if node.where is None else self.condition(node.where, inner)
        if node.satisfy is None:
            return TRUE if where is None else where
        satisfy = self.condition(node.satisfy, inner)
        return satisfy if where is None else disjunction((negation(where), satisfy))

    def _is_unknown(self, node: IsUnknown, bindings: Bindings) -> Truth3:
        value = self.term(node.term, bindings)
        if value is NOTHING:
            unknown: Formula = False
        elif value is None:
            unknown = True
        elif isinstance(value, Truth3):
            unknown = value.open
        elif isinstance(value, CodeList | ElementList):
            unknown = opposite(value.complete)
        else:
            unknown = opposite(value.known)
        return sure(opposite(unknown) if node.negated else unknown)

    # --- terms -------------------------------------------------------------------------------------

    def term(self, node: Node, bindings: Bindings) -> Value:
        """The value of a term."""
        return _TERMS[type(node)](self, node, bindings)

    def _fact(self, node: Fact, bindings: Bindings) -> Value:
        path = ".".join(node.names)
        return self.given[path] if path in self.given else self._at(path)

    def _at(self, path: str) -> Value:
        match vocabulary().fact(path).type:
            case "list":
                return self.world.listing(path)
            case "table":
                return self.world.rows(path)
        return self.world.fact(path)

    def _field(self, node: Field, bindings: Bindings) -> Value:
        element = bindings[node.variable]
        if element is NOTHING:
            return NOTHING
        if element is UNLISTED:
            return None
        if isinstance(element, Element):
            if element.country is not None and node.steps == ("country",):
                return self._code(element.country)
            return self._at(".".join((element.path, *node.steps)))
        return element

    def _lookup(self, node: Lookup, bindings: Bindings) -> Value:
        key = self.term(node.key, bindings)
        if key is None or key is NOTHING:
            return key
        return self.world.row(".".join(node.table), key, node.steps)

    def _number(self, node: Number, bindings: Bindings) -> Value:
        value = node.value * SCALE
        return Span(True, value, value)

    def _day(self, node: Day, bindings: Bindings) -> Value:
        day = day_number(node.ordinal)
        return Span(True, day, day)

    def _text(self, node: Text, bindings: Bindings) -> Value:
        return self._code(node.value)

    def _shifted(self, node: Shifted, bindings: Bindings) -> Value:
        base = self.term(node.base, bindings)
        return base if base is None or base is NOTHING else self.shift(base, node.amount, node.unit)

    def shift(self, date: Span, amount: int, unit: Unit) -> Span:
        """A date an amount of time later."""
        if unit in ("days", "weeks"):
            return _moved(date, amount * 7 if unit == "weeks" else amount)
        if unit == "past_weekends":
            low = self.world.calendar.past_weekends(date.lo)
            high = low if date.lo is date.hi else self.world.calendar.past_weekends(date.hi)
            return Span(date.known, low, high)
        months, end = amount * 12 if unit == "years" else amount, self.program.month_end
        low = self.world.calendar.plus_months(date.lo, months, end)
        high = low if date.lo is date.hi else self.world.calendar.plus_months(date.hi, months, end)
        return Span(date.known, low, high)

    def _age(self, node: Age, bindings: Bindings) -> Value:
        birth, on = self.term(node.person, bindings), self.term(node.on, bindings)
        if birth is NOTHING or on is NOTHING:
            return NOTHING
        return None if birth is None or on is None else AgeSpan(birth, on)

    def _count(self, node: Count, bindings: Bindings) -> Value:
        listing = self.term(node.collection, bindings)
        if listing is NOTHING:
            return Span(True, 0, 0)
        if listing is None:
            return Span(True, 0, 0, True)
        certain: Bits = 0
        possible: Bits = 0
        exact = listing.complete is True
        for there, element in self._elements(listing):
            inner = {**bindings, node.variable: element}
            value = TRUE if node.where is None else self.condition(node.where, inner)
            exact = exact and value.sure
            certain = plus(certain, choose(both((there, value.t)), SCALE, 0))
            possible = plus(possible, choose(both((there, opposite(value.f))), SCALE, 0))
        return Span(True, certain, certain if exact else possible, opposite(listing.complete))


def _if_there(there: Formula, value: Truth3) -> Truth3:
    """A truth of an element; true where there is none."""
    if value.sure:
        return sure(implied(there, value.t))
    return truth(implied(there, value.t), both((there, value.f)))


def _moved(date: Span, days: int) -> Span:
    low = plus(date.lo, days)
    return Span(date.known, low, low if date.lo is date.hi else plus(date.hi, days))


_CONDITIONS: dict[type[Node], Callable[[Symbolic, Any, Bindings], Truth3]] = {
    Not: Symbolic._not, And: Symbolic._and, Or: Symbolic._or, Flag: Symbolic._flag, Use: Symbolic._use,
    Fact: Symbolic._yes_no, Field: Symbolic._yes_no, Lookup: Symbolic._yes_no, Compare: Symbolic._compare,
    Member: Symbolic._member, Period: Symbolic._period, Quantifier: Symbolic._quantifier,
    IsUnknown: Symbolic._is_unknown,
}  # fmt: skip

_TERMS: dict[type[Node], Callable[[Symbolic, Any, Bindings], Value]] = {
    Fact: Symbolic._fact, Field: Symbolic._field, Lookup: Symbolic._lookup, Number: Symbolic._number,
    Day: Symbolic._day, Text: Symbolic._text, Shifted: Symbolic._shifted, Age: Symbolic._age,
    Count: Symbolic._count,
}  # fmt: skip
