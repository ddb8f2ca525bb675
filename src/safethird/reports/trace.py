"""The whole reasoning of one answer as told lines: status first, then every provision in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from safethird.messages import say
from safethird.reports import phrases
from safethird.reports.narrate import Narrator, Told
from safethird.reports.places import with_article
from safethird.reports.words import date_words
from safethird.screening.determine import EventStep, ProvisionStep
from safethird.screening.screen import Determination


def told_reasoning(answer: Determination, language: str) -> list[Told]:
    """One line for the status of the instrument and one for each provision, each with its citation."""
    narrator = Narrator(answer.regime, answer.reasoning.evaluator, language)
    told = []
    if answer.reasoning.events:
        events = tuple(_event(narrator, step, language) for step in answer.reasoning.events)
        told.append(Told(say("screen.status_heading", language), answer.reasoning.operative, events,
                         citation=answer.regime.citation, id="status"))  # fmt: skip
    told.extend(_provision(narrator, step, language) for step in answer.reasoning.provisions.values())
    return told


def _event(narrator: Narrator, step: EventStep, language: str) -> Told:
    event = step.event
    label = (
        phrases.in_language(event.label, language)
        if event.label
        else phrases.event_word(event.event, language)
    )
    text = say("screen.event_reached", language, event=label, day=date_words(event.date, language))
    parts = () if step.here is None else (narrator.tell(step.here),)
    return Told(text, step.happened, parts, citation=event.citation, id=event.event)


def _provision(narrator: Narrator, step: ProvisionStep, language: str) -> Told:
    entry = step.provision
    parts: list[Told] = []
    if step.step is not None:
        parts.append(narrator.tell(step.step))
    for version in step.versions:
        since, until = version.version.since, version.version.until
        days = " – ".join("…" if day is None else date_words(day, language) for day in (since, until))
        label = phrases.in_language(version.version.label or entry.label, language)
        inner = () if version.step is None else (narrator.tell(version.step),)
        parts.append(Told(f"{label} ({days})", version.within, inner, citation=version.version.citation))
    parts.extend(_states(narrator, step, language))
    label = phrases.in_language(entry.label, language)
    if not step.reached:
        return Told(
            label,
            None,
            (Told(say("screen.not_looked_at", language), None),),
            citation=entry.citation,
            id=entry.id,
        )
    return replace(Told(label, step.value, tuple(parts)), citation=entry.citation, id=entry.id)


def _states(narrator: Narrator, step: ProvisionStep, language: str) -> Iterator[Told]:
    for state in step.states:
        if state.country is None:
            yield Told(say("screen.names_unknown", language), None)
            continue
        name = "passed_over" if state.passed_over else "names_state"
        text = say(f"screen.{name}", language, states=with_article((state.country,), language))
        parts = () if state.barred is None else (narrator.tell(state.barred, candidate=state.country),)
        yield Told(text, True if state.certain else None, parts)
