"""The summary of a screening in words: plain data, from which text, HTML and JSON are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safethird.facts.truth import Truth
from safethird.messages import say
from safethird.regimes.model import Citation
from safethird.reports import phrases
from safethird.reports.phrases import cited_text, confidence_word, in_language
from safethird.reports.places import in_places
from safethird.reports.words import date_words, truth_word
from safethird.screening.procedure import AvenuePart, RegimePart, StagePart, Summary

Data = dict[str, Any]
_STATES = {True: "closed", False: "open", None: "undetermined"}


def words(name: str, language: str, **places: object) -> str:
    """A message of the summary."""
    return say(f"summary.{name}", language, **places)


def summary_data(summary: Summary, language: str) -> Data:
    """All that a reader needs to see of how the answers work together."""
    procedure = summary.procedure
    return {
        "procedure": None if procedure is None else procedure.id,
        "title": words("title", language) if procedure is None else in_language(procedure.title, language),
        "country": summary.country,
        "heard_here": summary.heard_here,
        "states": list(summary.states),
        "says": list(_sentences(summary, language)),
        "stages": [_stage(part, language) for part in summary.stages],
        "protection": [_avenue(part, language) for part in summary.avenues],
        "decides": [
            {
                "path": fact.path,
                "label": phrases.missing_line(fact.path, language),
                "regimes": list(fact.regimes),
            }
            for fact in summary.facts
        ],
        "ask": None
        if summary.question is None
        else {
            "path": summary.question,
            "question": phrases.question_of(summary.question, language),
            "why": phrases.why_of(summary.question, language),
        },
        "together": [
            {"id": entry.id, "text": in_language(entry.label, language), **_cite(entry.citation, language)}
            for entry in summary.handovers
        ]
        + [
            {
                "id": entry.regime,
                "text": in_language(entry.label, language),
                **_cite(entry.citation, language),
            }
            for entry in summary.programmes
        ],
        "left_out": list(summary.left_out),
    }


def _sentences(summary: Summary, language: str) -> Iterator[str]:
    place = in_places((summary.country,), language)
    if summary.heard_here is True:
        yield words("heard_here", language, place=place)
    elif summary.heard_here is None:
        yield words("heard_open", language, place=place)
    elif summary.states:
        yield words("heard_elsewhere", language, place=place, places=in_places(summary.states, language))
    else:
        yield words("heard_nowhere_named", language, place=place)
    if summary.procedure is None:
        yield words("no_procedure", language, place=place)
    if summary.left_out:
        yield words("only_some", language, what=", ".join(summary.left_out))


def _cite(citation: Citation, language: str) -> Data:
    return {
        "cite": citation.pinpoint_in(language),
        "url": citation.url,
        "confidence": citation.confidence,
        "note": citation.note_in(language),
        "note_language": citation.note_language(language),
    }


def _stage(part: StagePart, language: str) -> Data:
    says = []
    if part.stage.each and len(part.regimes) > 1:
        says.append(words("each", language))
    if part.reached is not True:
        says.append(words("not_reached" if part.reached is False else "perhaps_reached", language))
    return {
        "stage": part.stage.id,
        "label": in_language(part.stage.label, language),
        **_cite(part.stage.citation, language),
        "reached": part.reached,
        "closed": part.closed,
        "says": says,
        "regimes": [_regime(entry, language) for entry in part.regimes],
    }


def _regime(part: RegimePart, language: str) -> Data:
    answer = part.determination
    return {
        "regime": answer.regime.id,
        "title": in_language(answer.regime.title, language),
        "outcome": answer.outcome,
        "outcome_word": phrases.outcome_with_states(answer.outcome, answer.responsible, language),
        "barred": part.barred,
        "states": list(part.states),
        "transfers": part.transfers,
        "transfers_says": list(_transfers(part, language)),
        "limits": [
            {"id": entry.id, "text": in_language(entry.label, language), **_cite(entry.citation, language)}
            for entry in part.limits
        ],
        "transferred": part.transferred,
        "transferred_word": words("person_not_stated", language)
        if part.transferred is None
        else truth_word(part.transferred, language),
    }


def _transfers(part: RegimePart, language: str) -> Iterator[str]:
    if part.transfers is None:
        yield words("names_no_state", language)
    elif part.transfer_event is None:
        if not part.limits:
            yield say("law.transfers_not_recorded", language)
    else:
        event = part.transfer_event
        yield say(
            f"law.transfers_{part.transfers}",
            language,
            day=date_words(event.date, language),
            cite=event.citation.pinpoint_in(language),
        )
    for entry in part.limits:
        yield in_language(entry.label, language)


def _avenue(part: AvenuePart, language: str) -> Data:
    return {
        "avenue": part.avenue.id,
        "label": in_language(part.avenue.label, language),
        **_cite(part.avenue.citation, language),
        "state": _STATES[part.closed],
        "state_word": words(_STATES[part.closed], language),
        "because": list(_reasons(part, language)),
    }


def _reasons(part: AvenuePart, language: str) -> Iterator[Data]:
    """Why an avenue is shut or open: one entry for each rule, with the regimes to which it belongs."""
    grouped: dict[tuple[Truth, Citation], list[str]] = {}
    for closing in part.closings:
        grouped.setdefault((closing.value, closing.effect.citation), []).append(closing.regime)
    for (value, citation), regimes in grouped.items():
        name = "closed_by" if value is True else "may_be_closed_by"
        text = words(name, language, regime=", ".join(regimes))
        yield {
            "effect": "closes",
            "value": value,
            "regimes": regimes,
            "text": text,
            **_cite(citation, language),
        }
    if part.closed is True:
        return
    for effect in part.keeps:
        text = words("kept_by", language)
        yield {
            "effect": "keeps",
            "value": True,
            "regimes": [],
            "text": text,
            **_cite(effect.citation, language),
        }


def reason_line(entry: Data, language: str) -> str:
    """Why an avenue is open or closed, with its citation."""
    mark = confidence_word("recalled", language) if entry["confidence"] == "recalled" else None
    cite = cited_text(entry["cite"], entry["note"], entry["note_language"], language)
    return words("reason", language, why=entry["text"], cite=cite) + (f" ({mark})" if mark else "")


def barring(data: Data) -> list[Data]:
    """The regimes that bar or may bar: for the three questions of law, practice and person."""
    regimes = [entry for stage in data["stages"] for entry in stage["regimes"]]
    return [entry for entry in regimes if entry["barred"] is not False]
