"""Whether a property holds for every case: proved, refuted with a case that shows it, or not decided."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from safethird.drafting.prove.bounds import Bounds, bounds_for
from safethird.drafting.prove.property import Property, holds_for, read_property
from safethird.drafting.prove.session import LIMIT, Session
from safethird.drafting.prove.witness import Witness, smallest_alike
from safethird.facts.case import Case
from safethird.facts.truth import Truth
from safethird.regimes.model import Regime
from safethird.screening.determine import reason
from safethird.screening.screen import facts_for_rules

Verdict = Literal["proved", "refuted", "undecided"]


class Disagreement(Exception):
    """The solver found a case that the interpreter judges differently: a fault of ours, never a result."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the question."""

    wanted: Property
    regimes: tuple[Regime, ...]
    verdict: Verdict
    witness: Witness | None
    """For `refuted`: a case for which the property does not hold."""
    bounds: Bounds
    """How many elements of each list were looked at."""
    unknowns: bool
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether `proved` holds for lists of any length, not only up to the bounds."""
        return self.bounds.exact


def prove(
    regime: Regime, wanted: str | Property, other: Regime | None = None, *, limit: float = LIMIT,
    unknowns: bool = False, bounds: Bounds | None = None,
) -> Proof:  # fmt: skip
    """Whether a property holds for every case under a regime (and a second one, as `other`).

    `unknowns`: also for cases of which something is not known. `limit`: seconds. Raises BadData when the
    property has no meaning, Disagreement when the solver and the interpreter differ.
    """
    started = time.monotonic()
    regimes = (regime,) if other is None else (regime, other)
    checked = read_property(wanted, regime, two=other is not None) if isinstance(wanted, str) else wanted
    if bounds is None:
        bounds = bounds_for(regimes, checked, unknowns)
    session = Session(regimes, [checked], unknowns=unknowns, bounds=bounds)
    return decide(session, checked, limit, started)


def decide(session: Session, wanted: Property, limit: float, started: float | None = None) -> Proof:
    """The same, for one of the properties of a session."""
    started = time.monotonic() if started is None else started
    unknowns = session.world.limits.unknowns
    fails = session.properties[wanted].f
    found, model = session.find([fails], limit)
    verdict: Verdict = {"yes": "refuted", "no": "proved", "undecided": "undecided"}[found]  # type: ignore[assignment]
    witness = None
    if model is not None:
        witness = _witness(session, wanted, session.case_data(model))
    return Proof(
        wanted, session.regimes, verdict, witness, session.bounds, unknowns, time.monotonic() - started
    )


def value_for(wanted: Property, regimes: tuple[Regime, ...], case: Case) -> Truth:
    """What a property comes to for one case."""
    facts = facts_for_rules(case)
    answers = [reason(regime, facts) for regime in regimes]
    return holds_for(wanted, regimes[0].program, facts, answers[0], answers[1] if len(answers) > 1 else None)


def _witness(session: Session, wanted: Property, data: dict[str, object]) -> Witness:
    regimes = session.regimes
    try:
        return smallest_alike(regimes, data, lambda case: value_for(wanted, regimes, case) is False)
    except ValueError:
        raise Disagreement("the solver and the interpreter differ about a case") from None
