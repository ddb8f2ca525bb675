"""One regime, one case: the outcome, the responsible state, and every provision's part in it.

This is the algebra that turns truth values of provisions into an outcome. Nothing here knows a
particular regime, and nothing here phrases anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple

from safethird.facts.truth import Truth, agreement, conjunction, disjunction, negation
from safethird.language.evaluate import NOTHING, Bindings, Candidate, Evaluator, Record, Step
from safethird.regimes.model import Clock, Event, Provision, Regime, Role, Rule, Version
from safethird.regimes.status import after_event, reached

Outcome = Literal["applies", "exempt", "not_covered", "not_in_force", "undetermined"]
OUTCOMES: tuple[Outcome, ...] = ("applies", "exempt", "not_covered", "not_in_force", "undetermined")


class EventStep(NamedTuple):
    """One event of the instrument as it bears on this case."""

    event: Event
    happened: Truth
    """Whether the clock's date is on or after the event."""
    here: Step | None
    """Whether it has its effect at this place and for this person; None: everywhere."""
    state: Truth
    """Operative or not once this event has been looked at."""


class VersionStep(NamedTuple):
    """One dated wording: whether it is the one that counts, and whether it holds."""

    version: Version
    within: Truth
    step: Step | None


class CandidateState(NamedTuple):
    """A state that a criterion may name."""

    country: str | None
    """None: some state, not known which."""
    certain: bool
    passed_over: Truth
    barred: Step | None
    candidate: Candidate | None


@dataclass(slots=True)
class ProvisionStep:
    """A provision as it bears on this case."""

    provision: Provision
    own: Truth
    """Its own condition."""
    step: Step | None
    versions: tuple[VersionStep, ...] = ()
    value: Truth = None
    """Its condition once exceptions to it have been heard."""
    states: tuple[CandidateState, ...] = ()
    reached: bool = True
    """Allocation: whether the order of criteria came as far as this one."""

    @property
    def is_settled(self) -> bool:
        """Whether it is decided in every respect: of a criterion that holds, which state it names may be open."""
        return self.value is False or (self.value is True and self.provision.responsible is None)


Before = Mapping[str, ProvisionStep]
"""Provisions of which a case in which less was known already settled what they come to."""
NOTHING_BEFORE: Before = MappingProxyType({})
_ORDERED: tuple[Role, ...] = ("shift", "criterion")
"""Roles of provisions that are looked at in the order of the file until one settles the answer."""


@dataclass(slots=True)
class Reasoning:
    """The whole of it: what `explain` shows and what everything else is read from."""

    regime: Regime
    evaluator: Evaluator
    outcome: Outcome
    bars: Truth
    """The bottom line: whether the regime keeps the claim from being examined here. It may be decided
    (an exception is certain) while the ground is not."""
    responsible: tuple[str, ...] | None
    possible: tuple[str, ...]
    """Allocation: every state that may turn out to be responsible."""
    operative: Truth
    covered: Truth
    excepted: Truth
    events: tuple[EventStep, ...]
    provisions: dict[str, ProvisionStep]
    somewhere: bool = True
    """Allocation: False when the criteria may leave nobody responsible, or a state not known."""


def reason(regime: Regime, facts: Record, seen: set[tuple[int, Truth]] | None = None) -> Reasoning:
    """Evaluate a regime for a case, every provision of it (`facts`: normalised, see facts/case.py; `seen`:
    see Evaluator). Of an allocation, criteria are looked at in order until the answer is settled; with
    `seen`, all of them."""
    return reason_with(regime, Evaluator(regime.program, facts, seen))


def reason_with(regime: Regime, evaluator: Evaluator, before: Before = NOTHING_BEFORE) -> Reasoning:
    """As `reason`, with the evaluator given, and with what was settled when less was known."""
    steps = _Steps(regime, evaluator, before)
    for provision in regime.ruled():
        if evaluator.seen is not None or provision.role not in _ORDERED:
            steps(provision)
    reasoning = _decide(regime, evaluator, steps)
    for provision in regime.ruled():
        if provision.id not in steps.heard:
            steps.heard[provision.id] = ProvisionStep(provision, None, None, reached=False)
    reasoning.provisions = steps.in_order()
    return reasoning


def answer(regime: Regime, facts: Record) -> Reasoning:
    """As `reason`, but only as far as the answer needs: for searches that ask for the outcome a hundred
    times. Provisions that cannot change it any more are not looked at."""
    return answer_with(regime, Evaluator(regime.program, facts))


def answer_with(regime: Regime, evaluator: Evaluator, before: Before = NOTHING_BEFORE) -> Reasoning:
    """As `answer`, with the evaluator given, and with what was settled when less was known."""
    return _decide(regime, evaluator, _Steps(regime, evaluator, before))


def _decide(regime: Regime, evaluator: Evaluator, steps: _Steps) -> Reasoning:
    events, operative, reach = _status(regime, evaluator)
    covered = None if operative is False and not steps.heard else conjunction(_coverage(regime, steps, reach))
    settled = operative is False or covered is False
    if regime.kind == "allocation":
        return _allocation(regime, evaluator, events, operative, covered, steps)
    excepted = None if settled and not steps.heard_all else disjunction(
        steps(entry).value for entry in regime.ruled()
        if "effect" in entry.exception_to and entry.outcome == "exempt"
    )  # fmt: skip
    bars = conjunction((operative, covered, negation(excepted)))
    outcome = _bar_outcome(operative, covered, excepted)
    responsible: tuple[str, ...] | None = None
    if outcome == "applies" and regime.responsible is not None:
        state = _country(evaluator, regime.responsible, {})
        responsible = None if state is None else (state,)
    if outcome == "applies" and regime.responsible is not None and responsible is None:
        outcome = "undetermined"
    return Reasoning(regime, evaluator, outcome, bars, responsible, responsible or (), operative, covered, excepted,
                     events, steps.in_order())  # fmt: skip


def _bar_outcome(operative: Truth, covered: Truth, excepted: Truth) -> Outcome:
    if operative is False:
        return "not_in_force"
    if operative is True and covered is False:
        return "not_covered"
    if operative is True and covered is True and excepted is not None:
        return "exempt" if excepted else "applies"
    return "undetermined"


def decided_if_operative(reasoning: Reasoning) -> bool:
    """Whether the answer is decided, or would be if the instrument were known to operate."""
    if reasoning.outcome != "undetermined" or reasoning.operative is not None:
        return reasoning.outcome != "undetermined"
    outcome = _bar_outcome(True, reasoning.covered, reasoning.excepted)
    if outcome == "applies" and reasoning.regime.kind == "allocation":
        return reasoning.somewhere and len(reasoning.possible) == 1
    return outcome != "undetermined"


# --- status --------------------------------------------------------------------------------------


def _status(regime: Regime, evaluator: Evaluator) -> tuple[tuple[EventStep, ...], Truth, Truth]:
    """Every event's part; whether the instrument is operative on the day of the decision (and the
    transfer); and whether the claim's other dates fall into the windows that it reaches."""
    states: dict[Clock, Truth] = {}
    found: list[EventStep] = []
    for event in regime.events:
        if event.operative is None:
            continue
        rule = regime.clocks[event.clock]
        here = None if event.rule is None else evaluator.rule(event.rule.node)
        happened = _clock_reached(evaluator, rule, event)
        # Before its first event a clock is in the state that this event ends.
        before = states.get(event.clock, not event.operative)
        state = after_event(before, happened, True if here is None else here.value, event.operative)
        states[event.clock] = state
        found.append(EventStep(event, happened, here, state))
    operative = conjunction(states.get(clock, True) for clock in ("decision", "transfer"))
    reach = conjunction(states.get(clock, True) for clock in ("entry", "claim"))
    if regime.documented_only:
        operative = False
    return tuple(found), operative, reach


def _clock_reached(evaluator: Evaluator, rule: Rule, event: Event) -> Truth:
    values: list[Truth] = []
    for bindings, _ in evaluator.readings(rule.node, {}):
        value = evaluator.term(rule.node, bindings)
        values.append(False if value is NOTHING else reached(event.date, value))
    return agreement(values)


# --- provisions ----------------------------------------------------------------------------------


def _provision_step(regime: Regime, entry: Provision, evaluator: Evaluator) -> ProvisionStep:
    if entry.versions:
        versions = tuple(_version_step(regime, version, evaluator) for version in entry.versions)
        own = disjunction(
            conjunction((step.within, False if step.step is None else step.step.value)) for step in versions
        )
        return ProvisionStep(entry, own, None, versions, own)
    if entry.rule is None:
        return ProvisionStep(entry, True, None, (), True)
    step = evaluator.rule(entry.rule.node)
    return ProvisionStep(entry, step.value, step, (), step.value)


def _version_step(regime: Regime, version: Version, evaluator: Evaluator) -> VersionStep:
    rule = regime.clocks[version.clock]
    values: list[Truth] = []
    for bindings, _ in evaluator.readings(rule.node, {}):
        value = evaluator.term(rule.node, bindings)
        if value is NOTHING:
            values.append(False)
            continue
        since = True if version.since is None else reached(version.since, value)
        until = False if version.until is None else reached(version.until, value)
        values.append(conjunction((since, negation(until))))
    return VersionStep(
        version, agreement(values), None if version.rule is None else evaluator.rule(version.rule.node)
    )


class _Steps:
    """The provisions as they bear on a case, each evaluated when it is first asked for, with exceptions to
    it, and exceptions that outrank it, heard."""

    def __init__(self, regime: Regime, evaluator: Evaluator, before: Before) -> None:
        self.regime = regime
        self.evaluator = evaluator
        self.before = before
        self.heard: dict[str, ProvisionStep] = {}

    @property
    def heard_all(self) -> bool:
        """Whether every provision has been evaluated."""
        return len(self.heard) == len(self.regime.ruled())

    def in_order(self) -> dict[str, ProvisionStep]:
        """Those that have been evaluated, in the order of the file."""
        return {entry.id: self.heard[entry.id] for entry in self.regime.ruled() if entry.id in self.heard}

    def __call__(self, provision: Provision) -> ProvisionStep:
        step = self.heard.get(provision.id)
        if step is None and provision.id in self.before:
            step = self.heard[provision.id] = replace(self.before[provision.id])
        if step is None:
            step = self.heard[provision.id] = _provision_step(self.regime, provision, self.evaluator)
            against = self.regime.against.get(provision.id)
            if against:
                objections = disjunction([self(other).value for other in against])
                step.value = conjunction((step.own, negation(objections)))
        return step


def _coverage(regime: Regime, steps: _Steps, reach: Truth) -> Iterator[Truth]:
    yield reach
    for provision in regime.ruled():
        if provision.role in ("scope", "power"):
            yield steps(provision).value
        elif provision.role == "exclusion" or (
            "effect" in provision.exception_to and provision.outcome == "not_covered"
        ):
            yield negation(steps(provision).value)


def _country(evaluator: Evaluator, rule: Rule, bindings: Bindings) -> str | None:
    values = {evaluator.term(rule.node, inner) for inner, _ in evaluator.readings(rule.node, bindings)}
    value = values.pop() if len(values) == 1 else None
    return value if isinstance(value, str) else None


# --- allocation ----------------------------------------------------------------------------------


def _allocation(
    regime: Regime, evaluator: Evaluator, events: tuple[EventStep, ...], operative: Truth, covered: Truth,
    steps: _Steps,
) -> Reasoning:  # fmt: skip
    possible: dict[str, None] = {}
    somewhere, settled = True, False
    everything = steps.heard_all
    for provision in regime.ruled():
        if provision.responsible is None or provision.role not in _ORDERED:
            continue
        if not everything and (settled or operative is False or covered is False):
            break
        step = steps(provision)
        step.reached = not settled
        if settled or step.value is False:
            continue
        states, exists, passes_on = _states(regime, evaluator, step)
        step.states = states
        step.value = conjunction((step.value, exists))
        for state in states:
            if state.country is None:
                somewhere = False
            elif state.passed_over is not True:
                possible[state.country] = None
        settled = not passes_on
    somewhere = somewhere and settled
    outcome = _bar_outcome(operative, covered, False)
    named = tuple(possible)
    if outcome == "applies" and not (somewhere and len(named) == 1):
        outcome = "undetermined"
    return Reasoning(regime, evaluator, outcome, None, named if outcome == "applies" else None, named, operative,
                     covered, False, events, steps.in_order(), somewhere)  # fmt: skip


def _states(
    regime: Regime, evaluator: Evaluator, step: ProvisionStep
) -> tuple[tuple[CandidateState, ...], Truth, bool]:
    """The states that a criterion may name, whether there is an element of which it speaks, and whether a
    later criterion may still decide."""
    responsible = step.provision.responsible
    assert responsible is not None
    found: list[CandidateState] = []
    passes_on = step.value is not True
    nobody = False
    root = responsible.element if responsible.element is not None else responsible.rule.node
    ways = list(evaluator.readings(root, {}))
    for bindings, _ in ways:
        candidates: list[Candidate | None] = [None]
        if responsible.element is not None:
            candidates = [*evaluator.candidates(responsible.element, bindings)]
        for candidate in candidates:
            inner = dict(bindings)
            if candidate is not None:
                if candidate.value is NOTHING:
                    passes_on = nobody = True
                    continue
                assert responsible.variable is not None
                inner[responsible.variable] = candidate.value
            country = _country(evaluator, responsible.rule, inner)
            certain = step.value is True and len(candidates) == 1 and len(ways) == 1
            barred = None
            passed_over: Truth = False
            if regime.barred_state is not None:
                passed_over = None
                if country is not None:
                    barred = evaluator.rule(regime.barred_state.node, {"candidate": country})
                    passed_over = barred.value
            passes_on = passes_on or passed_over is not False
            found.append(CandidateState(country, certain, passed_over, barred, candidate))
    exists = (None if found else False) if nobody else True
    return tuple(found), exists, passes_on
