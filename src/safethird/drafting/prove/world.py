"""Every case at once: a variable for each fact that a rule asks about, and what makes a case valid.

Facts come into being when they are first asked about. A case that the solver finds is read back as the JSON
object of the case format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3

from safethird.drafting.prove.calendar import BASE, FIRST, LAST, Calendar
from safethird.drafting.prove.logic import (
    WIDTH,
    Bits,
    Formula,
    Truth3,
    at_most,
    both,
    choose,
    either,
    implied,
    less,
    opposite,
    same,
)  # fmt: skip
from safethird.drafting.prove.values import (
    SCALE,
    CodeList,
    CodeValue,
    Element,
    ElementList,
    Space,
    Span,
    Value,
    code_equal,
    merged,
)  # fmt: skip
from safethird.drafting.prove.witness import FAMILIAR
from safethird.facts.countries import all_codes
from safethird.facts.dates import DateRange, format_date
from safethird.facts.vocabulary import Fact, vocabulary
from safethird.language.program import CountrySet

MOST_NUMBER = 30_000
"""Numbers of a case go that far here; none in the vocabulary is larger in earnest."""
OTHER_LABEL = "US-XX"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the cases are that are looked at."""

    elements: Mapping[str, int]
    """By list, how many elements."""
    default: int = 3
    unknowns: bool = False
    """Whether facts may be unknown, lists incomplete and dates partial."""

    def of(self, path: str) -> int:
        """How many elements a list may have."""
        return self.elements.get(path, self.default)


@dataclass(slots=True)
class _Known:
    """A fact that has been asked about."""

    fact: Fact
    value: Value
    variable: Any
    element: str | None = None
    """The element that it stands in: `entries[0]`."""


@dataclass(slots=True)
class World:
    """The facts of all cases within some limits, as variables."""

    limits: Limits
    countries: Space
    choices: Space
    labels: Space
    demands: list[Formula] = field(default_factory=list)
    facts: dict[str, _Known] = field(default_factory=dict)
    lists: dict[str, ElementList] = field(default_factory=dict)
    walked: frozenset[str] = frozenset()
    """Look-up tables whose rows some rule walks over: there it matters which rows there are."""
    tables: dict[str, ElementList] = field(default_factory=dict)
    presence: dict[str, Formula] = field(default_factory=dict)
    """Whether an element or a row is there, by its path."""
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.calendar = Calendar(self.demands.append)

    # --- facts -------------------------------------------------------------------------------------

    def fact(self, path: str) -> Value:
        """The value of a fact at a path of the case; elements by index, rows of tables by country."""
        value = self._fact(path).value
        if path == "decision.date" and self.limits.unknowns:
            # A decision that is not dated is taken on the day of the answer.
            as_of = self._fact("as_of").value
            return Span(
                either((value.known, as_of.known)), choose(value.known, value.lo, as_of.lo),
                choose(value.known, value.hi, as_of.hi),
            )  # fmt: skip
        return value

    def _fact(self, path: str) -> _Known:
        if path not in self.facts:
            fact = vocabulary().fact(path)
            element = path.rpartition(".")[0]
            self.facts[path] = self._made(path, fact, element if element.endswith("]") else None)
        return self.facts[path]

    def _made(self, path: str, fact: Fact, element: str | None) -> _Known:
        known: Formula = True
        if self.limits.unknowns and not fact.required and path != "as_of":  # without a day there is no answer
            known = z3.Bool(f"{path}?")
            if element is not None and element in self.presence:
                self.demands.append(implied(known, self.presence[element]))
        match fact.type:
            case "yes_no":
                variable = z3.Bool(path)
                value: Value = (
                    Truth3(variable, z3.Not(variable), True)
                    if known is True
                    else Truth3(both((known, variable)), both((known, z3.Not(variable))))
                )
                return _Known(fact, value, (known, variable), element)
            case "date":
                value = self._date(path, known)
                return _Known(fact, value, value, element)
            case "number":
                place = z3.BitVec(path, WIDTH)
                self.demands.append(both((at_most(0, place), at_most(place, MOST_NUMBER * SCALE))))
                value = Span(known, place, place)
                return _Known(fact, value, value, element)
            case "countries" | "choices":
                space = self.countries if fact.type == "countries" else self.choices
                codes = space.codes if fact.type == "countries" else fact.values
                members = {code: z3.Bool(f"{path}~{code}") for code in codes}
                complete: Formula = True
                if self.limits.unknowns:
                    complete = z3.Bool(f"{path}.complete")
                    if fact.flag is None:  # a list that is given is complete
                        self.demands.extend(implied(one, complete) for one in members.values())
                    if element is not None and element in self.presence:
                        there = self.presence[element]
                        self.demands.extend(implied(one, there) for one in (*members.values(), complete))
                value = CodeList(members, complete)
                return _Known(fact, value, value, element)
        return self._code(path, fact, known, element)

    def _code(self, path: str, fact: Fact, known: Formula, element: str | None) -> _Known:
        place = z3.BitVec(path, WIDTH)
        if fact.type == "country":
            space, codes = self.countries, self.countries.codes
        elif fact.type == "choice":
            space, codes = self.choices, fact.values
        else:
            space, codes = self.labels, tuple(self._labels_for(path, fact))
        value = CodeValue(known, None, place, space)
        low_high = sorted(space.places[code] for code in codes)
        whole = low_high == list(range(low_high[0], low_high[-1] + 1))
        self.demands.append(
            both((at_most(low_high[0], place), at_most(place, low_high[-1])))
            if whole
            else either(same(place, one) for one in low_high)
        )
        if fact.path == "documents[].holder":
            self._only_relatives(value)
        return _Known(fact, value, value, element)

    def _labels_for(self, path: str, fact: Fact) -> Sequence[str]:
        if fact.path == "family[].id":
            return (f"f{int(path[len('family[') :].partition(']')[0]) + 1}",)
        if fact.path == "documents[].holder":
            return ("applicant", *(f"f{index + 1}" for index in range(self.limits.of("family"))))
        return [label for label in self.labels.codes if "-" in label]

    def _only_relatives(self, holder: CodeValue) -> None:
        """A document is the applicant's or that of a relative whose label is known."""
        family = self.listing("family")
        for index, there in enumerate(family.present):
            label = self.fact(f"family[{index}].id")
            mine = code_equal(holder, CodeValue(True, f"f{index + 1}"))
            self.demands.append(implied(both((holder.known, mine)), both((there, label.known))))

    def _date(self, path: str, known: Formula) -> Span:
        low = z3.BitVec(path, WIDTH)
        self.demands.append(both((at_most(FIRST, low), at_most(low, LAST))))
        if not self.limits.unknowns:
            return Span(known, low, low)
        high = z3.BitVec(f"{path}.last", WIDTH)
        month, month_end = self.calendar.span_end(low, "month")
        year, year_end = self.calendar.span_end(low, "year")
        self.demands.append(
            either(
                (same(low, high), both((month, same(high, month_end))), both((year, same(high, year_end))))
            )
        )
        return Span(known, low, high)

    # --- lists and tables --------------------------------------------------------------------------

    def listing(self, path: str) -> ElementList:
        """A list of records."""
        if path not in self.lists:
            size = self.limits.of(path)
            items = tuple(Element(f"{path}[{index}]", f"{path}[]") for index in range(size))
            present = tuple(z3.Bool(f"{item.path}!") for item in items)
            for index, item in enumerate(items):
                self.presence[item.path] = present[index]
                if index:
                    self.demands.append(implied(present[index], present[index - 1]))
            complete: Formula = z3.Bool(f"{path}.complete") if self.limits.unknowns else True
            self.lists[path] = ElementList(items, present, complete)
        return self.lists[path]

    def row(self, table: str, key: CodeValue, steps: tuple[str, ...]) -> Value:
        """A fact of the row of a look-up table that a country names."""
        if key.text is not None:
            self._asked(table, key.text, True)
            return self._row(table, key.text, steps)
        assert key.space is not None
        codes = list(key.space.codes)
        for code in codes:
            self._asked(table, code, both((key.known, code_equal(key, CodeValue(True, code)))))
        value = merged([
            (both((key.known, code_equal(key, CodeValue(True, code)))), self._row(table, code, steps))
            for code in codes
        ])  # fmt: skip
        if isinstance(value, Truth3) and key.known is True and not self.limits.unknowns:
            return Truth3(value.t, opposite(value.t), True)
        if isinstance(value, Span | CodeValue) and key.known is True and not self.limits.unknowns:
            return (
                Span(True, value.lo, value.hi)
                if isinstance(value, Span)
                else CodeValue(True, None, value.place, value.space)
            )
        if isinstance(value, CodeList) and key.known is True and not self.limits.unknowns:
            return CodeList(value.members, True)
        return value

    def _asked(self, table: str, country: str, where: Formula) -> None:
        """Where all is known, a row that a rule asks for is there."""
        if not self.limits.unknowns and table in self.walked:
            self.demands.append(implied(where, self._row_there(table, country)))

    def _row_there(self, table: str, country: str) -> Formula:
        row = f"{table}[{country}]"
        if row not in self.presence:
            free = self.limits.unknowns or table in self.walked
            self.presence[row] = z3.Bool(f"{row}!") if free else True
        return self.presence[row]

    def _row(self, table: str, country: str, steps: tuple[str, ...]) -> Value:
        there = self._row_there(table, country)
        if steps == ("country",):
            return CodeValue(there if self.limits.unknowns else True, country)
        return self.fact(".".join((f"{table}[{country}]", *steps)))

    def rows(self, table: str) -> ElementList:
        """The rows of a look-up table, walked over as a list. A table that is given names every country in
        question."""
        if table not in self.tables:
            codes = self.countries.codes
            present = tuple(self._row_there(table, code) for code in codes)
            complete: Formula = True
            if self.limits.unknowns:
                complete = z3.Bool(f"{table}.given")
                self.demands.extend(implied(there, complete) for there in present)
            items = tuple(Element(f"{table}[{code}]", f"{table}[]", code) for code in codes)
            self.tables[table] = ElementList(items, present, complete)
        return self.tables[table]

    # --- what makes a case valid -------------------------------------------------------------------

    def validity(self) -> list[Formula]:
        """What holds of every valid case, for the facts that have been asked about."""
        found = list(self.demands)
        as_of = self.facts.get("as_of")
        for path, known in list(self.facts.items()):
            if known.fact.type != "date":
                continue
            there = self._there(known)
            if as_of is not None and path != "as_of" and not known.fact.may_be_future:
                found.append(
                    implied(both((there, as_of.value.known, known.value.known)),
                            at_most(known.value.lo, as_of.value.hi))
                )  # fmt: skip
            if known.fact.not_before:
                name = known.fact.not_before.rpartition(".")[2]
                first = self.facts.get(f"{path.rpartition('.')[0]}.{name}")
                if first is not None:
                    found.append(
                        implied(both((there, first.value.known, known.value.known)),
                                at_most(first.value.lo, known.value.hi))
                    )  # fmt: skip
        return [one for one in found if one is not True]

    def _there(self, known: _Known) -> Formula:
        return True if known.element is None else self.presence.get(known.element, True)

    def likely(self, low_high: tuple[int, int]) -> Iterator[Formula]:
        """What holds of most people, between two days: asked for where a case can be had so, so that it reads
        like one."""
        for path, known in self.facts.items():
            if known.fact.type != "date":
                continue
            low, high = low_high
            if path.endswith("birth_date"):
                low -= 60 * 365
            if known.fact.may_be_future:
                high += 2000
            yield both((at_most(low, known.value.lo), at_most(known.value.lo, high)))
        yield from self._in_order("applicant.birth_date", ("claim.date", "decision.date", "as_of"))
        yield from self._in_order("claim.date", ("claim.lodged_date", "decision.date", "as_of"))
        for path, listing in self.lists.items():
            for item in listing.items:
                yield from self._in_order(f"{item.path}.from_date", (f"{item.path}.to_date",))
                yield from self._in_order(f"{item.path}.valid_from", (f"{item.path}.valid_until",))
                if path in ("entries", "journey"):
                    yield from self._in_order(f"{item.path}.date", ("claim.date",))
                    yield from self._in_order(f"{item.path}.to_date", ("claim.date",))
                    yield from self._in_order("applicant.birth_date", (f"{item.path}.date",))
        codes = self.facts.get("applicant.nationalities")
        if codes is not None:
            yield either(codes.value.members.values())

    def _in_order(self, first: str, others: Iterable[str]) -> Iterator[Formula]:
        one = self.facts.get(first)
        for other in others:
            then = self.facts.get(other)
            if one is not None and then is not None:
                yield at_most(one.value.lo, then.value.lo)

    def elements(self) -> list[Formula]:
        """Whether each element is there, in all lists."""
        found = [
            there for listing in (*self.lists.values(), *self.tables.values()) for there in listing.present
        ]
        for known in self.facts.values():
            if isinstance(known.value, CodeList) and "[" not in (known.element or ""):
                found.extend(known.value.members.values())
        return [there for there in found if there is not True and there is not False]

    # --- back to a case ----------------------------------------------------------------------------

    def case(self, model: Any) -> dict[str, Any]:
        """The case that a model describes, as the case format writes it."""
        data: dict[str, Any] = {"version": 1, "claim": {"country": self.countries.codes[0]}}
        holds = _Reader(model)
        for path, listing in self.lists.items():
            there = sum(holds.truth(one) for one in listing.present)
            complete = holds.truth(listing.complete)
            if there or complete:
                _put(data, path, [{} for _ in range(there)])
                if not complete:
                    _put(data, vocabulary().fact(path).flag or "", False)
        for table, rows in self.tables.items():
            codes = [
                row.country for row, there in zip(rows.items, rows.present, strict=True) if holds.truth(there)
            ]
            if codes or holds.truth(rows.complete):
                _put(data, table, [{"country": code} for code in codes])
        latest = 0
        for path, known in self.facts.items():
            if known.element is not None and not self._listed(known.element, holds):
                continue
            written = self._written(known, holds)
            if written is None:
                continue
            if known.fact.type == "date" and not known.fact.may_be_future:
                latest = max(latest, holds.bits(known.value.hi))
            flag = known.fact.flag
            if isinstance(written, tuple):
                written, complete = written
                if not complete and flag is not None:
                    _put(data, f"{path.rpartition('.')[0]}.{flag.rpartition('.')[2]}", False)
            _put(data, path, written)
        if "as_of" not in data and latest:
            data["as_of"] = format_date(DateRange(latest + BASE, latest + BASE))
        return _in_order_of_format(data)

    def _listed(self, element: str, holds: _Reader) -> bool:
        return holds.truth(self.presence.get(element, True))

    def _written(self, known: _Known, holds: _Reader) -> Any:
        value = known.value
        match known.fact.type:
            case "yes_no":
                is_known, variable = known.variable
                return holds.truth(variable) if holds.truth(is_known) else None
            case "countries" | "choices":
                codes = [code for code, member in value.members.items() if holds.truth(member)]
                complete = holds.truth(value.complete)
                if known.fact.flag is None:
                    return codes if complete else None
                return (codes, complete) if codes or complete else None
        if not holds.truth(value.known):
            return None
        if known.fact.type == "date":
            return format_date(DateRange(holds.bits(value.lo) + BASE, holds.bits(value.hi) + BASE))
        if known.fact.type == "number":
            amount = holds.bits(value.lo) / SCALE
            return int(amount) if amount == int(amount) else amount
        return value.space.codes[holds.bits(value.place)]


class _Reader:
    def __init__(self, model: Any) -> None:
        self._model = model

    def truth(self, formula: Formula) -> bool:
        if formula is True or formula is False:
            return bool(formula)
        return bool(z3.is_true(self._model.eval(formula, model_completion=True)))

    def bits(self, value: Bits) -> int:
        if isinstance(value, int):
            return value
        found: int = self._model.eval(value, model_completion=True).as_signed_long()
        return found


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set a value; rows of tables are found, or made, by their country."""
    *groups, name = path.split(".")
    where: Any = data
    for group in groups:
        plain, bracket, inside = group.partition("[")
        if not bracket:
            where = where.setdefault(plain, {})
            continue
        inside = inside.removesuffix("]")
        rows = where.setdefault(plain, [])
        if inside.isdigit():
            while len(rows) <= int(inside):
                rows.append({})
            where = rows[int(inside)]
        else:
            found = next((row for row in rows if row.get("country") == inside), None)
            if found is None:
                found = {"country": inside}
                rows.append(found)
            where = found
    where[name] = value


def _in_order_of_format(data: dict[str, Any]) -> dict[str, Any]:
    order = {path: index for index, path in enumerate(vocabulary().children(""))}
    return dict(sorted(data.items(), key=lambda pair: order.get(pair[0], 99)))


# --- which countries there are ---------------------------------------------------------------------------


def countries_for(named: Iterable[str], sets: Iterable[CountrySet], alike: int) -> Space:
    """The countries that a proof looks at: those named, and of those that no rule can tell apart so many as
    a case could name at once."""
    by_name = dict.fromkeys(sorted(code for code in named if code in all_codes()))
    used = list(sets)
    groups: dict[tuple[Any, ...], list[str]] = {}
    ordered = [*FAMILIAR, *sorted(all_codes())]
    for code in dict.fromkeys(ordered):
        if code in by_name or (code.startswith("X") and code != "XK"):
            continue
        mark = tuple(
            tuple((entry.since, entry.until) for entry in one.members if entry.country == code)
            for one in used
        )
        groups.setdefault(mark, []).append(code)
    chosen = [code for group in groups.values() for code in group[:alike]]
    return Space.of([*by_name, *chosen])


def spaces(countries: Space, labels: Iterable[str], relatives: int) -> tuple[Space, Space, Space]:
    """The spaces of countries, of choices and of labels."""
    choices = [value for fact in vocabulary() for value in fact.values]
    people = ["applicant", *(f"f{index + 1}" for index in range(max(relatives, 9)))]
    places = [label for label in labels if "-" in label]
    return countries, Space.of(choices), Space.of([*people, *places, OTHER_LABEL])


__all__ = ["Limits", "World", "countries_for", "less", "spaces"]
