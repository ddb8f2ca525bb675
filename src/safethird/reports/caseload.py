"""The totals of a caseload as plain data: the same for text, JSON and the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safethird.caseload.rejects import MOST_SHOWN
from safethird.caseload.running import STATELESS, Report
from safethird.caseload.totals import DIMENSIONS, OTHERS, REACHES, Count, Line
from safethird.facts.countries import country_name, historic_codes, is_country
from safethird.facts.vocabulary import vocabulary
from safethird.messages import say
from safethird.regimes.model import Regime
from safethird.reports import phrases
from safethird.reports.words import day_words
from safethird.tables import MEASURES
from safethird.tables.vocabulary import DEMOGRAPHICS


def caseload_data(report: Report, language: str) -> dict[str, Any]:
    """Everything that a reader of the totals is told. Counts are numbers; `most` is None where there is no
    bound."""

    def speak(name: str, **places: Any) -> str:
        return say(f"caseload.{name}", language, **places)

    return {
        "source": report.source,
        "title": speak("title", file=report.source),
        "people": _count(report.everybody),
        "rejected": report.rejected.count,
        "rejects": [str(reject) for reject in report.rejected.first[:MOST_SHOWN]],
        "measure": _measure(report, language),
        "assumptions": list(_assumptions(report, language)),
        "how_to_read": speak("how_to_read"),
        "disclaimer": speak("disclaimer"),
        "regimes": [_regime(report, regime, language) for regime in report.regimes],
    }


def _measure(report: Report, language: str) -> dict[str, Any] | None:
    found = report.published
    if found is None:
        return None
    return {
        "id": found.measure, "meaning": MEASURES[found.measure].meaning, "cells": found.cells,
        "first": found.first, "last": found.last, "publisher": found.publisher, "layout": found.layout,
        "text": say("caseload.measure", language, measure=found.measure, source=found.publisher,
                    first=found.first, last=found.last),
    }  # fmt: skip


def _assumptions(report: Report, language: str) -> Iterator[str]:
    found = report.published
    if found is None:
        return
    yield say("caseload.assumes_claim", language)
    if report.on is None:
        yield say("caseload.assumes_decision", language)
    else:
        from safethird.facts.dates import parse_date

        yield say("caseload.assumes_decision_on", language, day=day_words(parse_date(report.on).hi, language))
    if found.nationality:
        yield say("caseload.assumes_nationality", language)
    if found.children:
        yield say("caseload.assumes_child", language)
    if found.unit == "events":
        yield say("caseload.assumes_events", language)


def _regime(report: Report, regime: Regime, language: str) -> dict[str, Any]:
    totals = report.totals
    whole = totals.whole(regime.id)
    sections = []
    for dimension in DIMENSIONS:
        if dimension in ("by", "demographic") and not totals.has(dimension):
            continue
        lines = totals.lines(dimension, regime.id)
        if lines:
            sections.append({
                "id": dimension,
                "title": say(f"caseload.by_{dimension}", language, column=report.by or ""),
                "column": report.by if dimension == "by" else say(f"caseload.{dimension}", language),
                "lines": [
                    {"value": value, "label": _label(dimension, value, regime, language), **_line(line)}
                    for value, line in lines
                ],
            })  # fmt: skip
    return {
        "regime": regime.id, "title": phrases.in_language(regime.title, language), "draft": regime.draft,
        "digest": regime.digest, **_line(whole),
        "text": say("caseload.bounds", language, least=number(whole.least, language),
                    most=number(whole.most, language)),
        "sections": sections,
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "least": line.least, "most": line.most, "everybody": _count(line.everybody),
        **{name: _count(getattr(line, name)) for name in REACHES},
    }  # fmt: skip


def _count(count: Count) -> list[int | None]:
    return [count.low, count.most]


def number(value: int | None, language: str) -> str:
    """A number with its thousands marked as the language marks them; words where there is no bound."""
    if value is None:
        return say("caseload.no_bound", language)
    mark = {"en": ",", "es": "\u202f", "fr": "\u202f"}[language]
    return f"{value:,}".replace(",", mark)


def range_text(count: list[int | None], language: str) -> str:
    """A count: one number, or the least and the greatest."""
    low, high = count
    if low == high:
        return number(low, language)
    return f"{number(low, language)}-{number(high, language)}"


def _label(dimension: str, value: str | None, regime: Regime, language: str) -> str:
    if value is None:
        return say("caseload.unknown", language)
    if value == OTHERS:
        return say("caseload.others", language)
    match dimension:
        case "outcome":
            return phrases.outcome_word(value, language)
        case "provision":
            return _provision(value, regime, language)
        case "nationality":
            return _nationality(value, language)
        case "demographic" if value in DEMOGRAPHICS:
            return say(f"caseload.{value}", language)
        case "missing":
            fact = vocabulary().get(value)
            return value if fact is None else f"{fact.label(language)} ({value})"
    return value


def _provision(value: str, regime: Regime, language: str) -> str:
    for provision in regime.provisions:
        if provision.id == value:
            label = phrases.in_language(provision.label, language)
            return f"{label} ({value})" if label else value
    if any(event.event == value for event in regime.events):
        return phrases.event_word(value, language)
    return value


def _nationality(value: str, language: str) -> str:
    if value == STATELESS:
        return say("caseload.stateless", language)
    parts = value.split("+")
    if all(is_country(code) or code in historic_codes() for code in parts):
        return " + ".join(country_name(code, language) for code in parts)
    return value
