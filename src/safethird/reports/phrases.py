"""The sentences of an answer, in one place, so that text, HTML and JSON say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safethird.errors import UsageError
from safethird.facts.dates import DateRange
from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.messages import messages, say
from safethird.regimes import model
from safethird.regimes.model import Citation
from safethird.reports.places import in_places, with_article
from safethird.reports.words import country_words, date_words
from safethird.screening.missing import LAW_UNKNOWN
from safethird.screening.screen import Determination, Ground, OtherReading, Screening, Warning_

in_language = model.in_language
"""A label in the reader's language, or in the first language that the file has (a user's draft)."""


def outcome_word(outcome: str, language: str) -> str:
    """The outcome in a word or two."""
    return say(f"screen.outcome_{outcome}", language)


def outcome_sentence(answer: Determination, language: str) -> str:
    """What the outcome means for the claim, in one sentence."""
    if answer.outcome != "applies":
        return say(f"screen.{answer.outcome}", language)
    if not answer.responsible:
        return say("screen.applies_bar", language)
    here = answer.reasoning.evaluator.facts["claim"]["country"]
    name = "applies_here" if answer.responsible == (here,) else "applies_state"
    name_of = country_words if name == "applies_here" else with_article
    return say(f"screen.{name}", language, states=name_of(answer.responsible, language))


def outcome_with_states(outcome: str, states: tuple[str, ...] | None, language: str) -> str:
    """The outcome, with the state that it names."""
    word = outcome_word(outcome, language)
    if not states:
        return word
    return say("screen.outcome_with_states", language, outcome=word, states=country_words(states, language))


def further_sentences(answer: Determination, language: str) -> Iterator[str]:
    """The bottom line where it is known before the ground, and the states that are possible."""
    if answer.outcome == "undetermined" and answer.bars is False:
        yield say("screen.bottom_line_no", language)
    if answer.outcome == "undetermined" and answer.regime.kind == "allocation" and answer.possible:
        if answer.reasoning.somewhere:
            yield say("screen.possible_states", language, states=country_words(answer.possible, language))


def ground_label(ground: Ground, language: str) -> str:
    """What a ground says: the provision's own label, or what happened to the instrument and when."""
    if ground.role != "status":
        return in_language(ground.label, language)
    said = in_language(ground.label, language) if ground.label else event_word(ground.id, language)
    if ground.day is None:
        return said
    name = {True: "event_since", False: "event_not_before", None: "event_unclear"}[ground.happened]
    if ground.happened is not None and ground.day.lo < ground.day.hi:
        name = f"{name}_about"
    return say(f"screen.{name}", language, event=said, day=date_words(ground.day, language))


def ground_sentence(ground: Ground, outcome: str, language: str) -> str:
    """A ground as a reader meets it: a condition that fails, or that nobody can tell, is said to be so."""
    label = ground_label(ground, language)
    if ground.role in ("status", "note") or outcome == "applies":
        return label
    if ground.value is False:
        return say("screen.ground_fails", language, label=label)
    if ground.value is None:
        return say("screen.ground_open", language, label=label)
    return label


def event_word(event: str, language: str) -> str:
    """What happened, in words; the file's own name of the event where we have none."""
    known = messages("events").get(event)
    return known[language] if known else event.replace("_", " ")


def burden_text(burden: str | None, standard: str | None, language: str) -> str | None:
    """Who has to show it, and how surely."""
    if burden not in ("applicant", "authority"):
        return None
    said = say("screen.burden", language, who=say(f"screen.burden_{burden}", language))
    return f"{said} ({standard_words(standard, language)})" if standard else said


def standard_words(standard: str, language: str) -> str:
    """How surely something has to be shown; the words of the file where we have none in the language."""
    known = messages("standards").get(standard)
    return known[language] if known else standard


def missing_line(path: str, language: str) -> str:
    """An unknown fact as the reader knows it: its label, and the path for the file."""
    if path == LAW_UNKNOWN:
        return say("screen.missing_law", language)
    fact = vocabulary().get(generic_path(path))
    return f"{fact.label(language)} ({path})" if fact else path


def question_of(path: str, language: str) -> str | None:
    """The question that finds a fact out."""
    fact = vocabulary().get(generic_path(path))
    if fact is None:
        return None
    try:
        return fact.question(language)
    except (LookupError, UsageError):
        return fact.label(language)


def why_of(path: str, language: str) -> str | None:
    """Why the law needs a fact."""
    fact = vocabulary().get(generic_path(path))
    try:
        return None if fact is None else fact.why(language)
    except (LookupError, UsageError):
        return None


def warning_text(warning: Warning_, language: str) -> str:
    """What the reader must know beside the answer."""
    if warning.kind == "rule" and warning.label:
        return in_language(warning.label, language)
    if warning.kind == "recalled" and warning.citation:
        return say("screen.recalled", language, cite=warning.citation.pinpoint_in(language))
    return say(f"screen.{warning.kind}", language)


def reading_text(reading: OtherReading, language: str) -> str:
    """The other reading and what it leads to."""
    return say(
        "screen.other_reading", language, default=in_language(reading.default_label, language),
        other=in_language(reading.label, language), cite=reading.citation.pinpoint_in(language),
        outcome=outcome_with_states(reading.outcome, reading.responsible, language),
    )  # fmt: skip


def confidence_word(confidence: str | None, language: str) -> str | None:
    """Whether a citation was read for the file or is recalled."""
    if confidence is None:
        return None
    return say("screen.is_recalled" if confidence == "recalled" else "screen.verified", language)


def citation_text(citation: Citation, language: str) -> str:
    """The pinpoint, with its note."""
    return cited_text(
        citation.pinpoint_in(language), citation.note_in(language), citation.note_language(language), language
    )


def cited_text(pinpoint: str, note: str | None, note_language: str | None, language: str) -> str:
    """A pinpoint with its note, both in words that were chosen before."""
    said = note_text(note, note_language, language)
    return f"{pinpoint} [{said}]" if said else pinpoint


def note_text(note: str | None, note_language: str | None, language: str) -> str | None:
    """A note; where the file does not have it in the reader's language, the reader is told so."""
    if not note or note_language in (None, language):
        return note
    return say(f"screen.note_from_{note_language}", language, note=note)


def case_lines(screening: Screening, language: str) -> Iterator[str]:
    """What is answered: the country of the claim and the day of the answer, with what was assumed."""
    facts: Mapping[str, Any] = screening.case.facts
    yield say("screen.claim_line", language, place=in_places((facts["claim"]["country"],), language))
    if screening.assumed_today:
        yield say("screen.assumed_today", language)
    day = screening.answer_day
    if isinstance(day, DateRange):
        yield say("screen.answer_for_day", language, day=date_words(day, language))
