"""Which unknown facts leave an answer open, read off the reasoning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from safethird.facts.truth import Truth, conjunction, negation
from safethird.language.evaluate import NOTHING, Evaluator, Value
from safethird.language.syntax import Fact, Node
from safethird.language.unknowns import (
    Places,
    places_of,
    unknown_choice,
    unknown_choices,
    unknown_facts,
    unknown_term,
)  # fmt: skip
from safethird.regimes.model import Clock, Event, Version
from safethird.regimes.status import reached
from safethird.screening.determine import CandidateState, EventStep, ProvisionStep, Reasoning

LAW_UNKNOWN = "regime.status"
"""The path that names an unknown of the law, not of the person."""


class OpenParts(NamedTuple):
    """Paths of the unknown facts that leave an outcome open, by the part of the answer that they leave open."""

    paths: tuple[str, ...]
    """All of them, in the order of the file."""
    status: dict[str, None]
    """Whether the instrument operates."""
    coverage: tuple[dict[str, None], ...]
    """Whether it reaches the case: for each condition of it that is open. Empty where no fact settles it."""
    exceptions: dict[str, None]
    """Whether an exception takes the case out again."""
    state: dict[str, None]
    """Which state is responsible."""

    def only_in_exceptions(self) -> frozenset[str]:
        """Facts that matter for nothing but exceptions, and so only to those whom the instrument may reach."""
        elsewhere = (self.status, *self.coverage, self.state)
        return frozenset(self.exceptions).difference(*elsewhere)


def open_facts(reasoning: Reasoning) -> tuple[str, ...]:
    """Paths of the unknown facts that leave the outcome (or the state) open, in the order of the file."""
    return open_parts(reasoning).paths


def open_parts(reasoning: Reasoning) -> OpenParts:
    """The same, by the part of the answer that they leave open."""
    if reasoning.outcome != "undetermined":
        return OpenParts((), {}, (), {}, {})
    status: dict[str, None] = {}
    coverage: list[dict[str, None]] = []
    exceptions: dict[str, None] = {}
    state: dict[str, None] = {}
    order: dict[str, None] = {}
    if reasoning.operative is None:
        status = _open_status(reasoning, ("decision", "transfer"))
        order |= status
    if reasoning.covered is None and _last_open_events(reasoning, ("entry", "claim")):
        coverage.append(_open_status(reasoning, ("entry", "claim")))
        order |= coverage[-1]
    for step in reasoning.provisions.values():
        provision = step.provision
        if step.value is not None:
            continue
        is_coverage = provision.role in ("scope", "power", "exclusion") or provision.outcome == "not_covered"
        is_exception = "effect" in provision.exception_to and provision.outcome == "exempt"
        if is_coverage and reasoning.covered is None:
            coverage.append(_open_provision(reasoning, step))
            order |= coverage[-1]
        elif is_exception and reasoning.covered is not False and reasoning.excepted is None:
            found = _open_provision(reasoning, step)
            exceptions |= found
            order |= found
    regime = reasoning.regime
    if reasoning.covered is not False and regime.kind == "allocation":
        state |= _open_allocation(reasoning)
    if regime.kind == "bar" and regime.responsible is not None and reasoning.covered is not False:
        state |= _open_term(reasoning.evaluator, regime.responsible.node, _known, {})
    return OpenParts(
        (*order, *(path for path in state if path not in order)), status, tuple(coverage), exceptions, state
    )


def _open_status(reasoning: Reasoning, clocks: tuple[Clock, ...]) -> dict[str, None]:
    found: dict[str, None] = {}
    evaluator = reasoning.evaluator
    for step in _last_open_events(reasoning, clocks):
        rule = reasoning.regime.clocks[step.event.clock]
        if step.happened is None:
            paths = _open_term(evaluator, rule.node, partial(_after, step.event), {})
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


def _after(event: Event, day: Value) -> Truth:
    return False if day is NOTHING else reached(event.date, day)


def _within(version: Version, day: Value) -> Truth:
    if day is NOTHING:
        return False
    since = True if version.since is None else reached(version.since, day)
    until = False if version.until is None else reached(version.until, day)
    return conjunction((since, negation(until)))


def _known(value: Value) -> Truth:
    return None if value is None else True


def _open_term(
    evaluator: Evaluator, node: Node, truth: Callable[[Value], Truth], known: Places
) -> dict[str, None]:
    """The unknown facts of a term, in every way to read the elements in it that leaves `truth` open; and those
    that leave open which element is meant, where there is more than one way."""
    found: dict[str, None] = {}
    ways = list(evaluator.readings(node, {name: place[0] for name, place in known.items()}))
    for bindings, chosen in ways:
        if truth(evaluator.term(node, bindings)) is None:
            found |= unknown_term(evaluator, node, places_of(evaluator, chosen, known))
    if len(ways) > 1:
        found |= unknown_choices(evaluator, node, known)
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
                paths = _open_term(evaluator, rule.node, partial(_within, version.version), {})
                found |= paths or {LAW_UNKNOWN: None}
            if version.step is not None and version.within is not False:
                found |= unknown_facts(evaluator, version.step)
    for objection in reasoning.regime.against.get(step.provision.id, ()):
        other = reasoning.provisions[objection.id]
        if other.value is None:
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
        element = responsible.element
        if element is not None and not _is_settled(step):
            for _, chosen in evaluator.readings(element, {}):
                found |= unknown_choice(evaluator, element, places_of(evaluator, chosen, {}))
            found |= unknown_choices(evaluator, element, {})
        for state in step.states:
            if state.barred is not None and state.barred.value is None:
                found |= unknown_facts(
                    evaluator, state.barred, {"candidate": (state.country, "candidate", False)}
                )
            if state.country is None:
                found |= _open_state(evaluator, step, state)
    return found


def _is_settled(step: ProvisionStep) -> bool:
    """Whether it is certain of which element a criterion speaks."""
    if len(step.states) != 1:
        return False
    candidate = step.states[0].candidate
    return candidate is None or candidate.certain


def _open_state(evaluator: Evaluator, step: ProvisionStep, state: CandidateState) -> dict[str, None]:
    responsible = step.provision.responsible
    assert responsible is not None
    node = responsible.rule.node
    if responsible.element is None or state.candidate is None:
        return _open_term(evaluator, node, _known, {})
    collection = responsible.element.collection
    assert isinstance(collection, Fact)
    path = ".".join(collection.names)
    place = state.candidate.place
    whole = place is None
    assert responsible.variable is not None
    spoken_of = (state.candidate.value, path if whole else f"{path}[{place}]", whole)
    return _open_term(evaluator, node, _known, {responsible.variable: spoken_of})
