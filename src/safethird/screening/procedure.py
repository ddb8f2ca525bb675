"""Several regimes at once: what their answers mean together for one claim.

The procedure (law) says in which stages the authority meets the regimes, and what each stage closes and keeps
open. From the determinations follows, with the same three-valued truth: whether the claim is heard here,
which protection stays open, and which unknown facts decide that. To be barred by law, to be sent in fact
under such a rule, and to have been sent oneself are three questions and stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safethird.facts.dates import DateRange
from safethird.facts.normalise import Listing
from safethird.facts.truth import Truth, conjunction, disjunction, negation
from safethird.regimes.catalogue import regimes_for
from safethird.regimes.model import Event, Provision
from safethird.regimes.procedures import (
    Avenue,
    Effect,
    Fit,
    Handover,
    Procedure,
    Programme,
    Stage,
    procedure_for,
)
from safethird.screening.screen import Determination, Screening, facts_for_rules
from safethird.screening.standing import Transfers, transfers_on


@dataclass(frozen=True, slots=True)
class RegimePart:
    """One regime's part in the whole."""

    determination: Determination
    barred: Truth
    """Whether, in law, it keeps the claim from being heard here (or asylum from being given)."""
    states: tuple[str, ...]
    """The states that it makes responsible, where it bars."""
    transfers: Transfers | None
    """Whether people are sent under it in fact; None: it names no state, so nobody is sent under it."""
    transfer_event: Event | None
    limits: tuple[Provision, ...]
    """What else the file says about whom it is used for in fact."""
    transferred: Truth
    """Whether this person was sent to such a state, as the case says."""


@dataclass(frozen=True, slots=True)
class StagePart:
    """A stage as it bears on this claim."""

    stage: Stage
    regimes: tuple[RegimePart, ...]
    reached: Truth
    """Whether the authority comes as far: no earlier stage has closed the hearing."""
    closed: Truth
    """Whether one of its regimes bars."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What shuts an avenue, or may."""

    stage: Stage
    regime: str
    effect: Effect
    value: Truth


@dataclass(frozen=True, slots=True)
class AvenuePart:
    """Something that can be asked for, and whether it is shut."""

    avenue: Avenue
    closed: Truth
    closings: tuple[Closing, ...]
    """What shuts it or may shut it; those that surely do not are left out."""
    keeps: tuple[Effect, ...]
    """Rules that say expressly that it stays open, of regimes that bar or may bar."""


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact that can decide what is open, and the regimes that ask for it."""

    path: str
    regimes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What all answers mean together."""

    country: str
    procedure: Procedure | None
    heard_here: Truth
    states: tuple[str, ...]
    """States in which the claim is to be made, by the regimes that surely bar it here."""
    stages: tuple[StagePart, ...]
    avenues: tuple[AvenuePart, ...]
    facts: tuple[OpenFact, ...]
    question: str | None
    """Path, with index, of the fact to ask for first."""
    handovers: tuple[Handover, ...]
    programmes: tuple[Programme, ...]
    unplaced: tuple[RegimePart, ...]
    """Regimes that no stage names: a user's own files, drafts."""
    left_out: tuple[str, ...]
    """Regimes that concern such a claim and were not asked about."""


def summarise(screening: Screening) -> Summary:
    """The one answer behind the answers."""
    facts = facts_for_rules(screening.case, screening.asked_on)
    country: str = facts["claim"]["country"]
    procedure = procedure_for(country)
    limits = {} if procedure is None else procedure.transfer_limits
    parts = {
        entry.regime.id: _part(entry, country, facts, limits.get(entry.regime.id, ()))
        for entry in screening.determinations
    }
    stages = () if procedure is None else tuple(_stages(procedure, parts))
    placed = {part.determination.regime.id for stage in stages for part in stage.regimes}
    unplaced = tuple(part for name, part in parts.items() if name not in placed)
    avenues = () if procedure is None else tuple(_avenues(procedure, stages))
    # A draft was never law, and a regime without a place can only be read as closing the hearing.
    others = [part.barred for part in unplaced if not part.determination.regime.draft]
    hearing = [entry.closed for entry in avenues if procedure and entry.avenue.id == procedure.hearing]
    heard_here = negation(disjunction([*hearing, *others]))
    open_facts, question = _decisive(stages, avenues, unplaced if procedure is None else ())
    considered = {regime.id for regime in regimes_for(country)}
    return Summary(
        country,
        procedure,
        heard_here,
        _states(stages, unplaced),
        stages,
        avenues,
        open_facts,
        question,
        tuple(_handovers(procedure, parts)),
        tuple(_programmes(procedure, facts)),
        unplaced,
        tuple(sorted(considered - set(parts))),
    )


# --- regimes and stages --------------------------------------------------------------------------


def _part(
    answer: Determination, country: str, facts: Mapping[str, Any], limits: tuple[str, ...]
) -> RegimePart:
    regime = answer.regime
    barred = _barred(answer, country)
    states = answer.responsible or () if barred is True else ()
    transfers: Transfers | None = None
    event: Event | None = None
    if regime.responsible is not None or regime.kind == "allocation":
        day = facts.get("decision", {}).get("date")
        transfers = "not_recorded"
        if isinstance(day, DateRange):
            transfers, event = transfers_on(regime, day.hi)
    return RegimePart(
        answer,
        barred,
        states,
        transfers,
        event,
        tuple(entry for entry in regime.provisions if entry.id in limits),
        _transferred(facts, states),
    )


def _barred(answer: Determination, country: str) -> Truth:
    """In law: a bar bars; an allocation does when another state is the one that remains."""
    if answer.regime.kind == "bar":
        return answer.bars
    if answer.outcome in ("not_in_force", "not_covered"):
        return False
    if answer.outcome == "applies":
        return answer.responsible != (country,)
    reasoning = answer.reasoning
    elsewhere = reasoning.somewhere and country not in answer.possible
    return conjunction((reasoning.operative, reasoning.covered, True if elsewhere else None))


def _exempt(answer: Determination) -> Truth:
    reasoning = answer.reasoning
    return conjunction((reasoning.operative, reasoning.covered, reasoning.excepted))


def _transferred(facts: Mapping[str, Any], states: tuple[str, ...]) -> Truth:
    """Whether the case says that the person was sent to one of the states."""
    requests = facts.get("procedure", {}).get("requests")
    if not isinstance(requests, Listing) or not states:
        return None
    fitting = [entry for entry in requests.items if entry.get("requested_country") in (*states, None)]
    found = disjunction(
        conjunction((entry.get("transferred"), entry.get("requested_country") in states or None))
        for entry in fitting
    )
    return found if found is True or requests.complete else None


def _stages(procedure: Procedure, parts: Mapping[str, RegimePart]) -> Iterator[StagePart]:
    reached: Truth = True
    for stage in procedure.stages:
        found = tuple(parts[name] for name in stage.regimes if name in parts)
        if not found:
            continue
        closed = disjunction(part.barred for part in found)
        yield StagePart(stage, found, reached, closed)
        ends = any(effect.kind == "closes" and effect.avenue == procedure.hearing for effect in stage.effects)
        if ends:
            reached = conjunction((reached, negation(closed)))


# --- avenues -------------------------------------------------------------------------------------


def _avenues(procedure: Procedure, stages: tuple[StagePart, ...]) -> Iterator[AvenuePart]:
    for avenue in procedure.avenues:
        closings = [closing for closing in _closings(avenue, stages) if closing.value is not False]
        yield AvenuePart(
            avenue,
            disjunction(closing.value for closing in closings),
            tuple(closings),
            tuple(_keeps(avenue, stages)),
        )


def _closings(avenue: Avenue, stages: tuple[StagePart, ...]) -> Iterator[Closing]:
    for stage in stages:
        for effect in stage.stage.effects:
            if effect.kind != "closes" or effect.avenue != avenue.id:
                continue
            for part in _subject_to(effect, stage):
                yield Closing(stage.stage, part.determination.regime.id, effect, _happens(effect, part))


def _keeps(avenue: Avenue, stages: tuple[StagePart, ...]) -> Iterator[Effect]:
    for stage in stages:
        for effect in stage.stage.effects:
            happens = (_happens(effect, part) for part in _subject_to(effect, stage))
            if effect.kind == "keeps" and effect.avenue == avenue.id and any(v is not False for v in happens):
                yield effect


def _subject_to(effect: Effect, stage: StagePart) -> Iterable[RegimePart]:
    return (
        part for part in stage.regimes if not effect.regimes or part.determination.regime.id in effect.regimes
    )


def _happens(effect: Effect, part: RegimePart) -> Truth:
    return part.barred if effect.on == "applies" else _exempt(part.determination)


def _states(stages: tuple[StagePart, ...], unplaced: tuple[RegimePart, ...]) -> tuple[str, ...]:
    parts = [part for stage in stages if stage.reached is not False for part in stage.regimes]
    parts += [part for part in unplaced if not part.determination.regime.draft]
    return tuple(dict.fromkeys(state for part in parts if part.barred is True for state in part.states))


# --- what decides --------------------------------------------------------------------------------


def _decisive(
    stages: tuple[StagePart, ...], avenues: tuple[AvenuePart, ...], unplaced: tuple[RegimePart, ...]
) -> tuple[tuple[OpenFact, ...], str | None]:
    """The unknown facts of the regimes on which something open turns, in the order of the stages."""
    turning = {
        closing.regime
        for avenue in avenues
        if avenue.closed is None
        for closing in avenue.closings
        if closing.value is None
    }
    parts = [part for stage in stages for part in stage.regimes if part.determination.regime.id in turning]
    parts += [part for part in unplaced if part.barred is None]
    found: dict[str, list[str]] = {}
    question: str | None = None
    for part in parts:
        answer = part.determination
        question = question or answer.question
        for path in answer.missing:
            found.setdefault(path, []).append(answer.regime.id)
    return tuple(OpenFact(path, tuple(regimes)) for path, regimes in found.items()), question


# --- how regimes work together -------------------------------------------------------------------


def _handovers(procedure: Procedure | None, parts: Mapping[str, RegimePart]) -> Iterator[Handover]:
    for entry in () if procedure is None else procedure.handovers:
        if all(_fits(fit, parts) for fit in entry.where):
            yield entry


def _fits(fit: Fit, parts: Mapping[str, RegimePart]) -> bool:
    return any(parts[name].determination.outcome in fit.outcomes for name in fit.regimes if name in parts)


def _programmes(procedure: Procedure | None, facts: Mapping[str, Any]) -> Iterator[Programme]:
    """Documented programmes that ran on the day of the decision, or may have."""
    day = facts.get("decision", {}).get("date")
    for entry in () if procedure is None else procedure.programmes:
        if isinstance(day, DateRange) and entry.runs(day) is not False:
            yield entry
