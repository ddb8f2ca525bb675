"""One concrete case held against the formulas of all: every variable is given the value of the case."""

from __future__ import annotations

from typing import Any

import z3

from safethird.drafting.prove.bounds import Bounds
from safethird.drafting.prove.calendar import BASE
from safethird.drafting.prove.logic import WIDTH, Formula, Truth3
from safethird.drafting.prove.session import Session
from safethird.drafting.prove.values import SCALE, CodeList, CodeValue, Span
from safethird.facts.case import Case
from safethird.facts.normalise import Listing
from safethird.facts.truth import Truth
from safethird.regimes.model import Regime
from safethird.screening.alternatives import value_at


def session(regimes: list[Regime], most: int = 3, unknowns: bool = True) -> Session:
    """All cases with so many elements in each list."""
    return Session(regimes, unknowns=unknowns, bounds=Bounds({}, True, most))


def pinned(made: Session, case: Case) -> Any:
    """The model in which the variables have the values of this case; None when the case is outside of what is
    looked at. The session's own solver is asked, which has what makes a case valid already."""
    world = made.world
    demands: list[Any] = []
    for path, listing in world.lists.items():
        given = value_at(case.facts, path)
        items, complete = given if isinstance(given, Listing) else ((), False)
        if len(items) > len(listing.items):
            return None
        demands += [
            there if index < len(items) else z3.Not(there) for index, there in enumerate(listing.present)
        ]
        demands.append(_is(listing.complete, complete))
    for table, rows in world.tables.items():
        if any(code not in world.countries.places for code in value_at(case.facts, table) or ()):
            return None  # some other country, which stands for it here, is looked at instead
        demands.append(_is(rows.complete, value_at(case.facts, table) is not None))
    for path, there in world.presence.items():
        if path.endswith("]") and not path[:-1].rpartition("[")[2].isdigit():
            demands.append(_is(there, value_at(case.facts, path) is not None))
    for path, known in world.facts.items():
        given = value_at(case.facts, path)
        variable = known.variable
        if known.fact.type == "yes_no":
            is_known, value = variable
            demands.append(_is(is_known, given is not None))
            if given is not None:
                demands.append(value if given else z3.Not(value))
        elif isinstance(variable, Span):
            demands.append(_is(variable.known, given is not None))
            if given is not None:
                scale = (
                    (lambda day: day - BASE)
                    if known.fact.type == "date"
                    else (lambda many: int(many * SCALE))
                )
                demands += [variable.lo == scale(given.lo), variable.hi == scale(given.hi)]
        elif isinstance(variable, CodeValue):
            demands.append(_is(variable.known, given is not None))
            if given is not None:
                if given not in variable.space.places:
                    return None
                demands.append(variable.place == z3.BitVecVal(variable.space.places[given], WIDTH))
        elif isinstance(variable, CodeList):
            items, complete = given if given is not None else ((), False)
            if any(code not in variable.members for code in items):
                return None
            demands.append(_is(variable.complete, complete))
            demands += [_is(member, code in items) for code, member in variable.members.items()]
    found, model = made.find([demand for demand in demands if demand is not True], 60, small=False)
    assert found != "undecided"
    return model


def _is(formula: Formula, value: bool) -> Any:
    if formula is True or formula is False:
        return z3.BoolVal(formula is value)
    return formula if value else z3.Not(formula)


def truth_in(model: Any, value: Truth3) -> Truth:
    """What a truth comes to in a model."""
    if holds(model, value.t):
        return True
    return False if holds(model, value.f) else None


def holds(model: Any, formula: Formula) -> bool:
    """Whether a formula holds in a model."""
    if formula is True or formula is False:
        return bool(formula)
    return bool(z3.is_true(model.eval(formula, model_completion=True)))
