"""Answers as plain data, for machines: the shape is published as `answer.schema.json` beside this file."""

from __future__ import annotations

from typing import Any

from safethird.facts.dates import DateRange, format_date
from safethird.reports import phrases
from safethird.reports.narrate import Told
from safethird.reports.summary import summary_data
from safethird.reports.trace import told_reasoning
from safethird.screening.screen import Determination, Screening


def screening_data(screening: Screening, language: str, *, trace: bool = False) -> dict[str, Any]:
    """One case: its id, the day of the answer, its determinations, and what they mean together."""
    day = screening.answer_day
    return {
        "id": screening.id,
        "as_of": format_date(day) if isinstance(day, DateRange) else None,
        "as_of_assumed": screening.assumed_today,
        "determinations": [
            determination_data(entry, language, trace=trace) for entry in screening.determinations
        ],
        "summary": summary_data(screening.summary, language),
    }


def determination_data(answer: Determination, language: str, *, trace: bool = False) -> dict[str, Any]:
    """One determination. The first four keys are the contract of case-format section 4."""
    data: dict[str, Any] = {
        "regime": answer.regime.id,
        "outcome": answer.outcome,
        "responsible": None if answer.responsible is None else list(answer.responsible),
        "missing": list(answer.missing),
        "bars": answer.bars,
        "possible": list(answer.possible),
        "title": phrases.in_language(answer.regime.title, language),
        "says": [phrases.outcome_sentence(answer, language), *phrases.further_sentences(answer, language)],
        "grounds": [
            {
                "id": ground.id, "role": ground.role, "label": phrases.ground_label(ground, language),
                "cite": ground.citation.pinpoint_in(language), "url": ground.citation.url,
                "confidence": ground.citation.confidence, "note": ground.citation.note_in(language),
                "note_language": ground.citation.note_language(language), "value": ground.value,
                "burden": ground.burden, "standard": ground.standard,
            }
            for ground in answer.grounds
        ],
        "readings": [
            {
                "of": reading.conflict, "reading": reading.option, "outcome": reading.outcome,
                "responsible": None if reading.responsible is None else list(reading.responsible),
                "cite": reading.citation.pinpoint_in(language), "url": reading.citation.url,
                "text": phrases.reading_text(reading, language),
            }
            for reading in answer.readings
        ],
        "warnings": [
            {"kind": warning.kind, "text": phrases.warning_text(warning, language),
             "cite": warning.citation.pinpoint_in(language) if warning.citation else None}
            for warning in answer.warnings
        ],
        "ask": None if answer.question is None else {
            "path": answer.question, "question": phrases.question_of(answer.question, language),
            "why": phrases.why_of(answer.question, language),
        },
        "language": language,
        "law": {"digest": answer.regime.digest, "draft": answer.regime.draft},
    }  # fmt: skip
    if trace:
        data["trace"] = [told_data(told, language) for told in told_reasoning(answer, language)]
    return data


def told_data(told: Told, language: str) -> dict[str, Any]:
    """One line of the reasoning and what is under it."""
    data: dict[str, Any] = {"text": told.text, "value": told.value}
    if told.id:
        data["id"] = told.id
    if told.citation:
        data |= {
            "cite": told.citation.pinpoint_in(language),
            "url": told.citation.url,
            "confidence": told.citation.confidence,
        }
    if told.facts:
        data["facts"] = [{"path": path, "label": label, "value": value} for path, label, value in told.facts]
    if told.parts:
        data["parts"] = [told_data(part, language) for part in told.parts]
    return data
