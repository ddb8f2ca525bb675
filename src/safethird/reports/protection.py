"""What an assessment says, in the order in which a reader meets it, for text and HTML alike."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from safethird._version import __version__
from safethird.facts.countries import country_name
from safethird.facts.dates import FIRST_DAY, DateRange
from safethird.messages import say
from safethird.protection.answer_json import CAPACITY_PARTS
from safethird.protection.assess import Assessment, Compared
from safethird.protection.capacity import Rate, year_of
from safethird.protection.evaluate import Cell, Considered, TestResult
from safethird.protection.indicators.figures import Figure
from safethird.protection.loader import criteria
from safethird.protection.model import Evidence, SourceDocument, Status
from safethird.reports.words import date_words, day_words

_LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}

Data = dict[str, Any]


def words(name: str, language: str, **places: Any) -> str:
    """One message about assessments."""
    return say(f"assess.{name}", language, **places)


def status_word(status: Status | None, language: str) -> str:
    """met, not met, unknown or disputed; the word for factors where there is no result."""
    return words(f"status_{status or 'weighed'}", language)


def number_words(value: float, language: str) -> str:
    """A number as the reader's language writes it, with at most two decimals."""
    from babel.numbers import format_decimal

    return str(format_decimal(round(value, 2), locale=_LOCALES[language]))


def range_words(low: float, high: float | None, language: str) -> str:
    """A number or a range; without an end in sight where it is infinite."""
    if math.isinf(low):
        return words("endless", language)
    if high is None or round(high, 2) == round(low, 2):
        return number_words(low, language)
    end = words("endless", language) if math.isinf(high) else number_words(high, language)
    return words("range", language, low=number_words(low, language), high=end)


class Numbered:
    """Sources in the order in which they are met, with the numbers by which the text refers to them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None], tuple[int, SourceDocument]] = {}

    def __call__(self, source: SourceDocument) -> int:
        key = (source.id, source.url)
        if key not in self._found:
            self._found[key] = (len(self._found) + 1, source)
        return self._found[key][0]

    def listed(self) -> tuple[tuple[int, SourceDocument], ...]:
        """Number and source, in order."""
        return tuple(self._found.values())


@dataclass(frozen=True, slots=True)
class TracedNumber:
    """One number of the report and where it comes from."""

    value: str
    what: str
    year: int
    publisher: str
    file: str
    licence: str


def outline(assessment: Assessment, language: str) -> Data:
    """Everything that a report of one assessment says."""
    sources = Numbered()
    return {
        "heading": heading(assessment, language),
        "notes": list(_notes(assessment, language)),
        "tests": [_test(result, index, language) for index, result in enumerate(assessment.results, 1)],
        "matrix": _matrix(assessment, language),
        "criteria": [_criterion(name, assessment, sources, language) for name in assessment.criteria],
        "courts": [_court(entry, sources, language) for entry in assessment.compared],
        "figures": [_figure(figure, language) for figure in assessment.figures],
        "capacity": [line for name in CAPACITY_PARTS if (line := _capacity_line(name, assessment, language))],
        "numbers": list(traced_numbers(assessment, language)),
        "open_questions": [text[language] for text in assessment.dossier.open_questions]
        if assessment.dossier
        else [],
        "sources": [_source(number, source, language) for number, source in sources.listed()],
        "version": words(
            "version_line",
            language,
            version=__version__,
            dossier=f"{assessment.dossier.id} {assessment.dossier.digest[:16]}"
            if assessment.dossier
            else "-",
        ),
    }


def heading(assessment: Assessment, language: str) -> str:
    """Country, day and group."""
    places = {
        "country": country_name(assessment.country, language),
        "day": day_words(assessment.day, language),
    }
    if assessment.group is None or assessment.dossier is None:
        return words("heading", language, **places)
    return words(
        "heading_for", language, group=assessment.dossier.groups[assessment.group][language], **places
    )


def _notes(assessment: Assessment, language: str) -> Iterator[str]:
    if assessment.assumed_today:
        yield words("assumed_today", language)
    dossier = assessment.dossier
    if dossier is None:
        yield words("alone", language)
        return
    yield words("dossier_line", language, title=dossier.title[language], id=dossier.id)
    yield dossier.summary[language]
    if dossier.date.hi < assessment.day:
        yield words("older_dossier", language, day=date_words(dossier.date, language))
    used = {group for item in assessment.evidence for group in item.group}
    names = [
        text[language]
        for group, text in dossier.groups.items()
        if group in used and group != assessment.group
    ]
    if names:
        yield words("groups_on_file", language, groups="; ".join(names))


def _test(result: TestResult, number: int, language: str) -> Data:
    test = result.test
    says = []
    if result.was_law is False:
        says.append(words("test_not_law", language))
    if result.result is None:
        says.append(words("factors_note", language))
    if result.failed:
        limbs = "; ".join(limb.condition.label[language] for limb in result.failed)
        says.append(words("failed", language, limbs=limbs))
    if result.result in ("unknown", "disputed"):
        names = "; ".join(named(name, language) for name in result.open_criteria)
        says.append(words("result_open", language, criteria=names))
    if test.decided_by:
        says.append(words("decided_by", language, who=test.decided_by[language]))
    says += [words("determined", language, claim=item.claim[language]) for item in result.determinations]
    return {
        "number": number,
        "id": test.id,
        "title": test.title[language],
        "summary": test.summary[language],
        "citation": test.citation,
        "status": result.result or "weighed",
        "word": status_word(result.result, language),
        "says": says,
        "limbs": [
            {
                "role": words(f"limb_{limb.condition.role}", language),
                "label": limb.condition.label[language],
                "status": limb.status,
                "word": status_word(limb.status, language),
                "citation": limb.condition.citation,
                "criteria": ", ".join(criteria()[name].id for name in limb.condition.criteria),
                "decided_by": limb.condition.decided_by[language] if limb.condition.decided_by else None,
            }
            for limb in result.limbs
        ],
        "open_questions": [text[language] for text in test.open_questions],
    }


def named(criterion: str, language: str) -> str:
    """Id and label of a criterion."""
    entry = criteria()[criterion]
    return f"{entry.id} {entry.label[language]}"


def _matrix(assessment: Assessment, language: str) -> list[Data]:
    return [
        {
            "id": criteria()[name].id,
            "label": criteria()[name].label[language],
            "cells": [cell_word(result.cells.get(name), language) for result in assessment.results],
        }
        for name in assessment.criteria
    ]


def cell_word(cell: Cell | None, language: str) -> tuple[str, str]:
    """The status (for style) and the word."""
    return (
        ("none", words("not_asked", language))
        if cell is None
        else (cell.status, status_word(cell.status, language))
    )


def _criterion(name: str, assessment: Assessment, sources: Numbered, language: str) -> Data:
    """One criterion with its evidence. Where tests weigh an item differently, each weight names its tests."""
    entry = criteria()[name]
    cells = [
        (number, result.cells[name])
        for number, result in enumerate(assessment.results, 1)
        if name in result.cells
    ]
    by_status: dict[Status, list[int]] = {}
    for number, cell in cells:
        by_status.setdefault(cell.status, []).append(number)
    items: dict[tuple[str, str], tuple[Considered, dict[str, list[int]]]] = {}
    for number, cell in cells:
        for item in cell.items:
            known = items.setdefault((item.evidence.id, item.side), (item, {}))
            known[1].setdefault(item.weight, []).append(number)
    bound = {cell.bound_by.label[language] for _, cell in cells if cell.bound_by}
    open_ = any(cell.status in ("unknown", "disputed") for _, cell in cells)
    return {
        "id": entry.id,
        "label": entry.label[language],
        "question": entry.question[language],
        "nature": words(
            "level_individual" if entry.level == "individual" else f"nature_{entry.nature}", language
        ),
        "decided_by": words("decided_by", language, who="; ".join(who[language] for who in entry.decided_by)),
        "statuses": [
            {
                "status": status,
                "word": status_word(status, language),
                "tests": _test_numbers(numbers, len(cells) == len(numbers)),
            }
            for status, numbers in by_status.items()
        ],
        "bound": sorted(bound),
        "items": [_item(item, weights, len(cells), sources, language) for item, weights in items.values()],
        "settle": words("would_settle", language, what=entry.settle[language]) if open_ else None,
    }


def _test_numbers(numbers: Sequence[int], everywhere: bool) -> str:
    return "" if everywhere else ", ".join(str(number) for number in numbers)


def _item(
    item: Considered, weights: dict[str, list[int]], cells: int, sources: Numbered, language: str
) -> Data:
    evidence = item.evidence
    notes = [
        words(f"weight_{weight}", language)
        + ("" if len(numbers) == cells else f" ({_test_numbers(numbers, False)})")
        for weight, numbers in weights.items()
    ]
    notes.append(
        f"{words(f'kind_{evidence.kind}', language)}, "
        f"{words(f'reliability_{evidence.reliability}', language)}"
    )
    if evidence.published is not None:
        notes.append(words("published_later", language, day=date_words(evidence.published, language)))
    if not evidence.is_verified:
        notes.append(words("recalled", language))
    ended = evidence.ended_by[language] if evidence.ended_by and "ended" in weights else None
    return {
        "side": item.side,
        "side_word": words(f"side_{item.side}", language),
        "claim": evidence.claim[language],
        "counts": bool(weights.keys() & {"decides", "binds", "agrees"}),
        "notes": notes,
        "ended": ended,
        "number": sources(evidence.source),
        "cite": evidence.cite,
        "since": _since(evidence.since, language),
    }


def _since(since: DateRange, language: str) -> str | None:
    return None if since.lo <= FIRST_DAY else date_words(since, language)


def _court(entry: Compared, sources: Numbered, language: str) -> Data:
    differs = entry.finding.differs.get(entry.criterion)
    places = {
        "by": entry.finding.by[language],
        "day": date_words(entry.finding.date, language),
        "criterion": named(entry.criterion, language),
        "found": status_word(entry.found, language),
        "test": entry.test,
    }
    text = (
        words("court_same", language, **places)
        if entry.same
        else words(
            "court_differs",
            language,
            assessed=status_word(entry.assessed, language),
            why=differs[language] if differs else "",
            **places,
        )
    )
    return {
        "text": text,
        "same": entry.same,
        "number": sources(entry.finding.source),
        "cite": entry.finding.cite,
    }


def _figure(figure: Figure, language: str) -> Data:
    return {
        "label": words(f"figure_{figure.name}", language),
        "value": range_words(figure.value, figure.high, language),
        "year": figure.year,
        "publisher": figure.source.publisher,
    }


def _capacity_line(name: str, assessment: Assessment, language: str) -> Data | None:
    rate: Rate | None = getattr(assessment.capacity, name)
    if rate is None:
        return None
    basis = ", ".join(dict.fromkeys(f"{entry.source.publisher} ({year_of(entry)})" for entry in rate.basis))
    return {
        "label": words(f"capacity_{name}", language),
        "value": range_words(rate.value.lo, rate.value.hi, language),
        "basis": words("from_basis", language, basis=basis),
    }


def traced_numbers(assessment: Assessment, language: str) -> Iterator[TracedNumber]:
    """Every number of the report, with file, year and publisher: figures of the dossier, then of the data
    files. What is worked out from them names what it is worked out from."""
    seen: set[str] = set()
    for item in assessment.evidence:
        if item.value is not None and item.id not in seen and _is_shown(item, assessment):
            seen.add(item.id)
            yield _traced(item, item.value, language)
    for figure in assessment.figures:
        yield TracedNumber(
            range_words(figure.value, figure.high, language),
            words(f"figure_{figure.name}", language),
            figure.year,
            figure.source.publisher,
            figure.source.file,
            figure.source.licence,
        )


def _is_shown(item: Evidence, assessment: Assessment) -> bool:
    asked = set(assessment.criteria)
    return bool(asked & {*item.speaks_for, *item.speaks_against}) or item.measure is not None


def _traced(item: Evidence, value: float, language: str) -> TracedNumber:
    year = datetime.date.fromordinal(item.since.hi).year
    return TracedNumber(
        range_words(value, item.value_high, language),
        item.claim[language],
        year,
        item.source.publisher,
        item.source.file or "-",
        item.source.licence or words("licence_unknown", language),
    )


def _source(number: int, source: SourceDocument, language: str) -> Data:
    notes = [str(source.year)] if source.year else []
    if source.read:
        notes.append(words("source_read", language, day=source.read))
    if source.confidence == "recalled":
        notes.append(words("recalled", language))
    if source.licence:
        notes.append(source.licence)
    if source.file:
        notes.append(source.file)
    return {
        "number": number,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "notes": notes,
    }
