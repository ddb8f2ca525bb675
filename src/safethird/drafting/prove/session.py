"""A question about all cases: the world, the regimes in it, and the solver."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import z3

from safethird.drafting.prove.bounds import Bounds
from safethird.drafting.prove.calendar import MOST_MONTHS, day_number
from safethird.drafting.prove.logic import Formula, Truth3, both, choose
from safethird.drafting.prove.property import Property
from safethird.drafting.prove.reasoning import SymbolicAnswer, reason_symbolically
from safethird.drafting.prove.symbolic import Symbolic
from safethird.drafting.prove.values import CodeValue, Space
from safethird.drafting.prove.world import Limits, World, countries_for, spaces
from safethird.errors import Problem, UsageError
from safethird.facts.vocabulary import vocabulary
from safethird.language.program import CountrySet
from safethird.language.syntax import (
    Codes,
    Compare,
    Count,
    Fact,
    Field,
    First,
    Lookup,
    Member,
    NamedSet,
    Node,
    Period,
    Quantifier,
    Shifted,
    Text,
    walk,
)  # fmt: skip
from safethird.regimes.model import Regime
from safethird.screening.alternatives import landmarks, rules_of
from safethird.screening.determine import OUTCOMES

Found = Literal["yes", "no", "undecided"]
LIMIT = 30.0
"""Seconds for one question, unless said otherwise."""
_RECENT = (
    day_number(datetime.date(2000, 1, 1).toordinal()),
    day_number(datetime.date(2030, 12, 31).toordinal()),
)
SMALLER = 2.0
"""Seconds at most to make a case smaller."""


class Session:
    """One or two regimes over all cases within the limits."""

    def __init__(
        self, regimes: Sequence[Regime], properties: Sequence[Property] = (), *, unknowns: bool = False,
        bounds: Bounds | None = None, day: int | None = None,
    ) -> None:  # fmt: skip
        """`day`: about which the dates of a case should lie, where they can."""
        self.regimes = tuple(regimes)
        self._day = day
        nodes = [node for regime in regimes for rule in _rules(regime) for node in walk(rule)]
        nodes += [node for wanted in properties for node in walk(wanted.node)]
        _refuse_long_periods(nodes)
        self.bounds = bounds or Bounds({}, True)
        limits = Limits(self.bounds.elements, self.bounds.default, unknowns)
        named = {code for regime in regimes for code in (*landmarks(regime).codes, *regime.parties)}
        named |= {node.value for node in nodes if isinstance(node, Text)}
        used = list(_sets(regimes, nodes))
        countries = countries_for(named, used, _alike(nodes, limits))
        labels = [node.value for node in nodes if isinstance(node, Text)]
        self.world = World(limits, *spaces(countries, labels, limits.of("family")), walked=_walked(nodes))
        self.answers: tuple[SymbolicAnswer, ...] = tuple(
            reason_symbolically(self.world, one) for one in regimes
        )
        self.properties = {wanted: self.property(wanted, self.answers) for wanted in properties}
        self._likely = (z3.Bool("likely.near"), z3.Bool("likely.recent"))
        self._solver = z3.SolverFor("QF_FD")
        self._elements: list[Any] = []
        self._ready = False
        self._valid: list[Formula] = []
        self._base: list[Formula] = []
        self._levels: list[list[Formula]] = []
        """What is asked at present, level by level."""

    def property(self, wanted: Property, answers: Sequence[SymbolicAnswer]) -> Truth3:
        """What a property comes to, given the answers of the regimes."""
        given: dict[str, Any] = {}
        for prefix, answer in zip(("", "other."), answers, strict=False):
            outcome = self._outcome(answer)
            given |= {
                f"{prefix}outcome": outcome, f"{prefix}responsible": answer.responsible,
                f"{prefix}bars": answer.bars, f"{prefix}operative": answer.operative,
                f"{prefix}covered": answer.covered, f"{prefix}excepted": answer.excepted,
            }  # fmt: skip
        return Symbolic(self.world, self.regimes[0].program, given).rule(wanted.node)

    def _outcome(self, answer: SymbolicAnswer) -> CodeValue:
        space = Space.of(OUTCOMES)
        place: Any = space.places["undetermined"]
        for outcome in ("applies", "exempt", "not_covered", "not_in_force"):
            place = choose(answer.outcomes[outcome], space.places[outcome], place)
        return CodeValue(True, None, place, space)

    # --- asking ------------------------------------------------------------------------------------

    def find(self, wanted: Iterable[Formula], limit: float, *, small: bool = True) -> tuple[Found, Any]:
        """Whether some valid case fulfils all that is wanted, and a model of one: with few elements, and
        likely where one can be had so."""
        self._prepare()
        deadline = time.monotonic() + limit
        formulas = list(wanted)
        if any(formula is False for formula in formulas):
            return "no", None
        self._push([formula for formula in formulas if formula is not True])
        try:
            found, assumed = self._first(deadline, small)
            if found != "yes":
                return found, None
            model = self._solver.model()
            if small and self._elements:
                model = self._smaller(model, assumed, min(deadline, time.monotonic() + SMALLER))
            # Never seen to be otherwise; a case that is not what was asked for must not be shown.
            return (found, model) if self._fulfils(model, formulas) else ("undecided", None)
        finally:
            self._pop()

    def _push(self, formulas: list[Formula]) -> None:
        self._levels.append(formulas)
        self._solver.push()
        self._solver.add(*formulas)

    def _pop(self) -> None:
        self._levels.pop()
        self._solver.pop()

    def _fulfils(self, model: Any, formulas: Iterable[Formula]) -> bool:
        """Whether a model is what was asked for: all of it, in a valid case."""
        return all(
            z3.is_true(model.eval(formula, model_completion=True))
            for formula in (*formulas, *self._valid)
            if formula is not True
        )

    def _first(self, deadline: float, small: bool) -> tuple[Found, list[Any]]:
        """Whether there is a case at all, and what was assumed of the one that was found: a likely one is looked
        for first, for most questions that have an answer have a likely one."""
        for likely in self._likely if small else ():
            found = self._check(min(deadline, time.monotonic() + SMALLER), likely)
            if found == "yes":
                return found, [likely]
        return self._check(deadline), []

    def _smaller(self, model: Any, assumed: list[Any], deadline: float) -> Any:
        """A model with as few elements as can be found in the time: from none upwards."""
        size = sum(z3.is_true(model.eval(there, model_completion=True)) for there in self._elements)
        for most in range(size):
            self._push([z3.PbLe([(there, 1) for there in self._elements], most)])
            try:
                found = self._check(deadline, *assumed)
                if found == "yes":
                    return self._solver.model()
                if found == "undecided":
                    break
            finally:
                self._pop()
        return model

    def _check(self, deadline: float, *assumed: Any) -> Found:
        left = deadline - time.monotonic()
        if left <= 0:
            return "undecided"
        self._solver.set("timeout", max(1, int(left * 1000)))
        answer = self._solver.check(*assumed)
        if answer == z3.unknown:
            # A solver that was stopped answers nothing any more: the next question goes to a new one.
            self._renew()
            return "undecided"
        return "yes" if answer == z3.sat else "no"

    def _renew(self) -> None:
        self._solver = z3.SolverFor("QF_FD")
        self._solver.add(*self._base)
        for formulas in self._levels:
            self._solver.push()
            self._solver.add(*formulas)

    def _prepare(self) -> None:
        if self._ready:
            return
        self._ready = True
        self._valid = self.world.validity()
        self._base = list(self._valid)
        centre = self._centre()
        for mark, span in zip(self._likely, ((centre - 900, centre + 500), _RECENT), strict=True):
            likely = both(self.world.likely(span))
            if likely is not True:
                self._base.append(z3.Implies(mark, likely))
        self._solver.add(*self._base)
        self._elements = self.world.elements()

    def _centre(self) -> int:
        """A day on which the law that is asked about does something."""
        if self._day is not None:
            return day_number(self._day)
        days = [
            day_number(event.date.lo)
            for regime in self.regimes
            for event in regime.events
            if event.operative or event.clock == "entry"
        ]
        days += [day_number(event.date.lo) for regime in self.regimes for event in regime.events]
        return days[0] + 100 if days else 43_500

    def case_data(self, model: Any) -> dict[str, Any]:
        """The case of a model, as the case format writes it."""
        return self.world.case(model)


def _rules(regime: Regime) -> Iterator[Node]:
    yield from rules_of(regime)
    yield from (rule.node for rule in regime.clocks.values())


def _refuse_long_periods(nodes: Iterable[Node]) -> None:
    for node in nodes:
        if isinstance(node, Period | Shifted):
            months = node.amount * {"years": 12, "months": 1}.get(node.unit, 0)
            days = node.amount * {"weeks": 7, "days": 1}.get(node.unit, 0)
            if abs(months) > MOST_MONTHS or abs(days) > MOST_MONTHS * 30:
                raise UsageError(
                    Problem("A rule has a period of more than 24 years; proofs do not reach so far",
                            code="period-too-long")
                )  # fmt: skip


def _sets(regimes: Sequence[Regime], nodes: Iterable[Node]) -> Iterator[CountrySet]:
    names = {node.name: None for node in nodes if isinstance(node, NamedSet)}
    for regime in regimes:
        yield from (regime.program.sets[name] for name in names if name in regime.program.sets)


def _alike(nodes: Sequence[Node], limits: Limits) -> int:
    """Of countries that no rule tells apart: how many a case can name so that it matters which is which."""
    places: dict[tuple[str, ...], int] = {}

    def place(term: Node) -> None:
        if isinstance(term, Fact):
            places[term.names] = 1
        elif isinstance(term, Field):
            # The list is not known here; any list of that field counts.
            sizes = [
                limits.of(fact.path.rpartition("[]")[0])
                for fact in vocabulary()
                if "[]" in fact.path
                and fact.type == "country"
                and fact.path.endswith("." + ".".join(term.steps))
            ]
            places[("[]", *term.steps)] = sum(sizes) or 1

    for node in nodes:
        if isinstance(node, Compare) and not isinstance(node.left, Text) and not isinstance(node.right, Text):
            place(node.left)
            place(node.right)
        elif isinstance(node, Member) and not isinstance(node.collection, Codes | NamedSet):
            place(node.item)
        elif isinstance(node, Lookup) and not isinstance(node.key, Text):
            place(node.key)
        elif (
            isinstance(node, Quantifier | Count)
            and isinstance(node.collection, Fact)
            and node.collection.names[-1] in ("nationalities", "capital_charge_countries", *_TABLES)
        ):
            places[(*node.collection.names, str(id(node)))] = 3 if isinstance(node, Count) else 1
    countries = [size for names, size in places.items() if names[-1] not in _DATES]
    return max(1, sum(countries))


_DATES = frozenset(fact.name for fact in vocabulary() if fact.type != "country") - {"country"}


_TABLES = tuple(fact.name for fact in vocabulary() if fact.type == "table")


def _walked(nodes: Iterable[Node]) -> frozenset[str]:
    """The look-up tables whose rows a rule walks over."""
    lists = (node.collection for node in nodes if isinstance(node, Quantifier | Count | First))
    paths = {".".join(node.names) for node in lists if isinstance(node, Fact)}
    return frozenset(path for path in paths if vocabulary().fact(path).type == "table")
