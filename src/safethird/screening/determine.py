"""One regime, one case: the outcome, the responsible state, and every provision's part in it.

This is the algebra that turns truth values of provisions into an outcome. Nothing here knows a
particular regime, and nothing here phrases anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from safethird.facts.truth import Truth, conjunction, disjunction, negation
from safethird.language.evaluate import NOTHING, Bindings, Candidate, Evaluator, Record, Step
from safethird.language.unknowns import places_of, unknown_choice, unknown_facts, unknown_term
from safethird.regimes.model import Clock, Event, Provision, Regime, Rule, Version
from safethird.regimes.status import after_event, reached

Outcome = Literal["applies", "exempt", "not_covered", "not_in_force", "undetermined"]
OUTCOMES: tuple[Outcome, ...] = ("applies", "exempt", "not_covered", "not_in_force", "undetermined")

LAW_UNKNOWN = "regime.status"
"""The path that names an unknown of the law, not of the person."""


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
    extra: dict[str, None] = field(default_factory=dict)


def reason(regime: Regime, facts: Record) -> Reasoning:
    """Evaluate a regime for a case (`facts`: normalised, see facts/case.py)."""
    evaluator = Evaluator(regime.program, facts)
    events, operative, reach = _status(regime, evaluator)
    steps = {entry.id: _provision_step(regime, entry, evaluator) for entry in regime.ruled()}
    _hear_exceptions(steps)
    covered = conjunction(_coverage(steps.values(), reach))
    excepted = disjunction(
        step.value for step in steps.values()
        if "effect" in step.provision.exception_to and step.provision.outcome == "exempt"
    )  # fmt: skip
    if regime.kind == "allocation":
        return _allocation(regime, evaluator, events, operative, covered, steps)
    bars = conjunction((operative, covered, negation(excepted)))
    outcome = _bar_outcome(operative, covered, excepted)
    responsible: tuple[str, ...] | None = None
    if outcome == "applies" and regime.responsible is not None:
        state = _country(evaluator, regime.responsible, {})
        responsible = None if state is None else (state,)
    if outcome == "applies" and regime.responsible is not None and responsible is None:
        outcome = "undetermined"
    return Reasoning(regime, evaluator, outcome, bars, responsible, responsible or (), operative, covered, excepted,
                     events, steps)  # fmt: skip


def _bar_outcome(operative: Truth, covered: Truth, excepted: Truth) -> Outcome:
    if operative is False:
        return "not_in_force"
    if operative is True and covered is False:
        return "not_covered"
    if operative is True and covered is True and excepted is not None:
        return "exempt" if excepted else "applies"
    return "undetermined"


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
    values = set()
    for bindings, _ in evaluator.readings(rule.node, {}):
        value = evaluator.term(rule.node, bindings)
        values.add(False if value is NOTHING else reached(event.date, value))
    return values.pop() if len(values) == 1 else None


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
    values = set()
    for bindings, _ in evaluator.readings(rule.node, {}):
        value = evaluator.term(rule.node, bindings)
        if value is NOTHING:
            values.add(False)
            continue
        since = True if version.since is None else reached(version.since, value)
        until = False if version.until is None else reached(version.until, value)
        values.add(conjunction((since, negation(until))))
    within = values.pop() if len(values) == 1 else None
    return VersionStep(version, within, None if version.rule is None else evaluator.rule(version.rule.node))


def _hear_exceptions(steps: dict[str, ProvisionStep]) -> None:
    """Give every provision its value once exceptions to it, and exceptions that outrank it, are heard."""
    against: dict[str, list[str]] = {}
    for step in steps.values():
        for target in (*step.provision.exception_to, *step.provision.before):
            if target != "effect":
                against.setdefault(target, []).append(step.provision.id)
    heard: set[str] = set()

    def hear(name: str) -> Truth:
        step = steps[name]
        if name not in heard:
            heard.add(name)
            objections = disjunction([hear(other) for other in against.get(name, ())])
            step.value = conjunction((step.own, negation(objections)))
        return step.value

    for name in steps:
        if name in against:
            hear(name)


def _coverage(steps: Iterator[ProvisionStep] | object, reach: Truth) -> Iterator[Truth]:
    yield reach
    for step in steps:  # type: ignore[attr-defined]
        provision = step.provision
        if provision.role in ("scope", "power"):
            yield step.value
        elif provision.role == "exclusion" or (
            "effect" in provision.exception_to and provision.outcome == "not_covered"
        ):
            yield negation(step.value)


def _country(evaluator: Evaluator, rule: Rule, bindings: Bindings) -> str | None:
    values = {evaluator.term(rule.node, inner) for inner, _ in evaluator.readings(rule.node, bindings)}
    value = values.pop() if len(values) == 1 else None
    return value if isinstance(value, str) else None


# --- allocation ----------------------------------------------------------------------------------


def _allocation(
    regime: Regime, evaluator: Evaluator, events: tuple[EventStep, ...], operative: Truth, covered: Truth,
    steps: dict[str, ProvisionStep],
) -> Reasoning:  # fmt: skip
    possible: dict[str, None] = {}
    somewhere, settled = True, False
    for step in steps.values():
        provision = step.provision
        if provision.responsible is None or provision.role not in ("shift", "criterion"):
            continue
        step.reached = not settled
        if settled or step.value is False:
            continue
        states, passes_on = _states(regime, evaluator, step)
        step.states = states
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
                     covered, False, events, steps, somewhere)  # fmt: skip


def _states(
    regime: Regime, evaluator: Evaluator, step: ProvisionStep
) -> tuple[tuple[CandidateState, ...], bool]:
    """The states that a criterion may name, and whether a later criterion may still decide."""
    responsible = step.provision.responsible
    assert responsible is not None
    found: list[CandidateState] = []
    passes_on = step.value is not True
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
                    passes_on = True
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
    return tuple(found), passes_on


# --- what is missing -----------------------------------------------------------------------------


def open_facts(reasoning: Reasoning) -> tuple[str, ...]:
    """Paths of the unknown facts that leave the outcome (or the state) open, in the order of the file."""
    found: dict[str, None] = {}
    if reasoning.outcome != "undetermined":
        return ()
    if reasoning.operative is None:
        found |= _open_status(reasoning, ("decision", "transfer"))
    if reasoning.covered is None:
        found |= _open_status(reasoning, ("entry", "claim"))
    for step in reasoning.provisions.values():
        provision = step.provision
        is_coverage = provision.role in ("scope", "power", "exclusion") or provision.outcome == "not_covered"
        is_exception = "effect" in provision.exception_to and provision.outcome == "exempt"
        if is_coverage and reasoning.covered is None:
            found |= _open_provision(reasoning, step)
        elif is_exception and reasoning.covered is not False and reasoning.excepted is None:
            found |= _open_provision(reasoning, step)
    if reasoning.covered is not False and reasoning.regime.kind == "allocation":
        found |= _open_allocation(reasoning)
    regime = reasoning.regime
    if regime.kind == "bar" and regime.responsible is not None and reasoning.covered is not False:
        found |= unknown_term(reasoning.evaluator, regime.responsible.node)
    return tuple(found)


def _open_status(reasoning: Reasoning, clocks: tuple[Clock, ...]) -> dict[str, None]:
    found: dict[str, None] = {}
    evaluator = reasoning.evaluator
    for step in _last_open_events(reasoning, clocks):
        rule = reasoning.regime.clocks[step.event.clock]
        if step.happened is None:
            paths = unknown_term(evaluator, rule.node, _first_places(evaluator, rule))
            paths = paths or _ambiguous(evaluator, rule)
            found |= paths or {LAW_UNKNOWN: None}
        if step.here is not None and step.here.value is None and step.happened is not False:
            found |= unknown_facts(evaluator, step.here)
    return found


def _last_open_events(reasoning: Reasoning, clocks: tuple[Clock, ...]) -> list[EventStep]:
    """The events that bear on the final state: those since the last one that settles it."""
    found: list[EventStep] = []
    for clock in clocks:
        current: list[EventStep] = []
        for step in reasoning.events:
            if step.event.clock != clock:
                continue
            here = True if step.here is None else step.here.value
            if conjunction((step.happened, here)) is True:
                current = []
            current.append(step)
        if current and current[-1].state is None:
            found.extend(current)
    return found


def _first_places(evaluator: Evaluator, rule: Rule) -> Mapping[str, tuple[object, str, bool]]:
    for _, chosen in evaluator.readings(rule.node, {}):
        return places_of(evaluator, Step(None, rule.node, (), None, chosen))
    return {}


def _ambiguous(evaluator: Evaluator, rule: Rule) -> dict[str, None]:
    found: dict[str, None] = {}
    for name in evaluator.program.elements_in(rule.node):
        node = evaluator.program.definitions[name].rule.node
        if len(evaluator.chosen(name, {})) > 1:
            found |= unknown_choice(evaluator, node)  # type: ignore[arg-type]
    return found


def _open_provision(reasoning: Reasoning, step: ProvisionStep) -> dict[str, None]:
    found: dict[str, None] = {}
    if step.value is not None:
        return found
    evaluator = reasoning.evaluator
    if step.own is None:
        if step.step is not None:
            found |= unknown_facts(evaluator, step.step)
        for version in step.versions:
            truth = False if version.step is None else version.step.value
            if version.within is None and truth is not False:
                rule = reasoning.regime.clocks[version.version.clock]
                paths = unknown_term(evaluator, rule.node, _first_places(evaluator, rule))
                found |= paths or _ambiguous(evaluator, rule) or {LAW_UNKNOWN: None}
            if version.step is not None and version.within is not False:
                found |= unknown_facts(evaluator, version.step)
    for other in reasoning.provisions.values():
        targets = (*other.provision.exception_to, *other.provision.before)
        if step.provision.id in targets and other.value is None:
            found |= _open_provision(reasoning, other)
    return found


def _open_allocation(reasoning: Reasoning) -> dict[str, None]:
    found: dict[str, None] = {}
    if reasoning.somewhere and len(reasoning.possible) == 1:
        return found
    evaluator = reasoning.evaluator
    for step in reasoning.provisions.values():
        responsible = step.provision.responsible
        if responsible is None or not step.reached or step.value is False:
            continue
        found |= _open_provision(reasoning, step)
        if responsible.element is not None and len(step.states) != 1:
            found |= unknown_choice(evaluator, responsible.element)
        elif responsible.element is not None and step.states[0].candidate is not None:
            if not step.states[0].candidate.certain:
                found |= unknown_choice(evaluator, responsible.element)
        for state in step.states:
            if state.barred is not None and state.barred.value is None:
                found |= unknown_facts(evaluator, state.barred, {"candidate": (state.country, "candidate", False)})
            if state.country is None:
                found |= _open_state(evaluator, step, state)
    return found


def _open_state(evaluator: Evaluator, step: ProvisionStep, state: CandidateState) -> dict[str, None]:
    responsible = step.provision.responsible
    assert responsible is not None
    if responsible.element is None or state.candidate is None:
        return unknown_term(evaluator, responsible.rule.node, _first_places(evaluator, responsible.rule))
    path = ".".join(responsible.element.collection.names)  # type: ignore[attr-defined]
    place = state.candidate.place
    whole = place is None
    assert responsible.variable is not None
    return unknown_term(evaluator, responsible.rule.node, {
        responsible.variable: (state.candidate.value, path if whole else f"{path}[{place}]", whole)
    })  # fmt: skip
