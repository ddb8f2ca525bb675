"""Which unknown facts leave an answer open, read off the reasoning."""

from __future__ import annotations

from safethird.facts.truth import conjunction
from safethird.language.evaluate import Evaluator, Step
from safethird.language.syntax import Fact, First
from safethird.language.unknowns import Places, places_of, unknown_choice, unknown_facts, unknown_term
from safethird.regimes.model import Clock, Rule
from safethird.screening.determine import CandidateState, EventStep, ProvisionStep, Reasoning

LAW_UNKNOWN = "regime.status"
"""The path that names an unknown of the law, not of the person."""



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


def _first_places(evaluator: Evaluator, rule: Rule) -> Places:
    for _, chosen in evaluator.readings(rule.node, {}):
        return places_of(evaluator, Step(None, rule.node, (), None, chosen))
    return {}


def _ambiguous(evaluator: Evaluator, rule: Rule) -> dict[str, None]:
    found: dict[str, None] = {}
    for name in evaluator.program.elements_in(rule.node):
        node = evaluator.program.definitions[name].rule.node
        assert isinstance(node, First)
        if len(evaluator.chosen(name, {})) > 1:
            found |= unknown_choice(evaluator, node)
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
    collection = responsible.element.collection
    assert isinstance(collection, Fact)
    path = ".".join(collection.names)
    place = state.candidate.place
    whole = place is None
    assert responsible.variable is not None
    return unknown_term(evaluator, responsible.rule.node, {
        responsible.variable: (state.candidate.value, path if whole else f"{path}[{place}]", whole)
    })  # fmt: skip
