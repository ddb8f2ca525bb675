"""Who changes sides between two drafts: every pair of answers that occurs, with a case that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from safethird.drafting.named import Draft
from safethird.drafting.prove.bounds import Bounds
from safethird.drafting.prove.logic import Formula, both, opposite
from safethird.drafting.prove.prover import Disagreement
from safethird.drafting.prove.session import LIMIT, Session
from safethird.drafting.prove.values import code_equal
from safethird.drafting.prove.witness import Answer, Witness, answers_for, smallest_alike
from safethird.regimes.model import Provision
from safethird.screening.determine import OUTCOMES, Outcome
from safethird.screening.screen import Ground, determine, facts_for_rules

Meaning = Literal["same", "wider", "narrower", "other", "undecided"]


@dataclass(frozen=True, slots=True)
class Crossing:
    """People who go from one answer to another; for two states, from one state to another."""

    before: Outcome
    after: Outcome
    other_state: bool
    witness: Witness
    grounds: tuple[tuple[Outcome, Ground], ...]
    """Grounds of the two answers that stand on one side only or come to something else on the other, each with
    the answer that it carries."""

    @property
    def provisions(self) -> tuple[str, ...]:
        """Their ids, of either draft."""
        return tuple(dict.fromkeys(ground.id for _, ground in self.grounds))


@dataclass(frozen=True, slots=True)
class People:
    """All crossings; `undecided`: pairs of which the time did not allow to say whether they occur."""

    crossings: tuple[Crossing, ...]
    undecided: tuple[tuple[Outcome, Outcome], ...]
    bounds: Bounds
    seconds: float

    @property
    def same(self) -> bool:
        """Whether both drafts answer alike for every case."""
        return not self.crossings and not self.undecided


def crossings(session: Session, drafts: Sequence[Draft], limit: float = LIMIT) -> People:
    """Who changes sides between the two drafts of a session."""
    import time

    started = time.monotonic()
    found: list[Crossing] = []
    undecided: list[tuple[Outcome, Outcome]] = []
    for before, after, formula, other_state in _pairs(session):
        left = limit - (time.monotonic() - started)
        answer, model = session.find([formula], max(left, 0.05))
        if answer == "undecided":
            undecided.append((before, after))
        elif answer == "yes":
            witness = _witness(session, session.case_data(model), before, after)
            found.append(Crossing(before, after, other_state, witness, _touched(session, witness)))
    found.sort(key=_weight)  # stable: pairs of the same weight stay in the order of outcomes
    return People(tuple(found), tuple(undecided), session.bounds, time.monotonic() - started)


def _weight(entry: Crossing) -> int:
    """Those whom the later draft reaches anew come first, then those whom it lets go; open answers last."""
    if "undetermined" in (entry.before, entry.after):
        return 4
    if entry.other_state:
        return 2
    return 0 if entry.after == "applies" else 1 if entry.before == "applies" else 3


def _pairs(session: Session) -> Iterator[tuple[Outcome, Outcome, Formula, bool]]:
    first, second = session.answers
    for before, after in product(OUTCOMES, OUTCOMES):
        where = both((first.outcomes[before], second.outcomes[after]))
        if before != after:
            yield before, after, where, False
        elif before == "applies":
            there = both((opposite(first.responsible.absent), opposite(second.responsible.absent)))
            if there is not False:
                apart = opposite(code_equal(first.responsible, second.responsible))
                yield before, after, both((where, there, apart)), True


def _witness(session: Session, data: dict[str, Any], before: Outcome, after: Outcome) -> Witness:
    witness = smallest_alike(session.regimes, data)
    if tuple(answer.outcome for answer in witness.answers) != (before, after):
        raise Disagreement("the solver and the interpreter differ about a case")
    return witness


def _touched(session: Session, witness: Witness) -> tuple[tuple[Outcome, Ground], ...]:
    """What decides the answers: the grounds of those that are not `applies`, as far as they stand on one side
    only or come to something else on the other."""
    facts = facts_for_rules(witness.case)
    answers = [determine(regime, facts, explain_missing=False) for regime in session.regimes]
    values = [{name: step.value for name, step in one.reasoning.provisions.items()} for one in answers]
    found: dict[str, tuple[Outcome, Ground]] = {}
    for index, one in enumerate(answers):
        other = answers[1 - index]
        if one.outcome == "applies" and other.outcome != "applies":
            continue
        beside = {ground.id for ground in other.grounds}
        for ground in one.grounds:
            if ground.role == "status":
                differs = ground.id not in beside
            else:
                differs = values[0].get(ground.id, "none") is not values[1].get(ground.id, "none")
            if differs:
                found.setdefault(ground.id, (one.outcome, ground))
    return tuple(found.values())


def check_witness(drafts: Sequence[Draft], crossing: Crossing) -> bool:
    """Whether the case gives the two answers that are claimed, by the interpreter."""
    answers = answers_for(tuple(draft.regime for draft in drafts), crossing.witness.case)
    return (answers[0].outcome, answers[1].outcome) == (crossing.before, crossing.after)


def meaning_of(session: Session, before: Provision, after: Provision, limit: float) -> Meaning:
    """How the condition of a provision changed, over all cases."""
    first, second = session.answers
    one, other = first.own[before.id], second.own[after.id]
    lost, _ = session.find([both((one.t, opposite(other.t)))], limit, small=False)
    won, _ = session.find([both((other.t, opposite(one.t)))], limit, small=False)
    if "undecided" in (lost, won):
        return "undecided"
    if lost == "no" and won == "no":
        return "same"
    if lost == "no":
        return "wider"
    return "narrower" if won == "no" else "other"


__all__ = ["Answer", "Crossing", "People", "check_witness", "crossings", "meaning_of"]
