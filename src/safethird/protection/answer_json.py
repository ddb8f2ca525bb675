"""An assessment as plain data: each criterion under each test with met, not_met, unknown or disputed."""

from __future__ import annotations

import datetime
import math
from typing import Any

from safethird._version import __version__
from safethird.facts.dates import DateRange, format_date
from safethird.protection.assess import Assessment
from safethird.protection.capacity import Capacity, Rate, year_of
from safethird.protection.evaluate import Cell, Considered, TestResult, evidence_of
from safethird.protection.indicators.figures import Figure
from safethird.protection.link import FindingEvidence
from safethird.protection.loader import criteria
from safethird.protection.model import Evidence, SourceDocument
from safethird.regimes.model import Citation


def assessment_data(assessment: Assessment, language: str = "en") -> dict[str, Any]:
    """The whole assessment. Numbers carry year, publisher and file; sources stand once, by id."""
    sources: dict[str, SourceDocument] = {}
    evidence = [_evidence(item, language, sources) for item in _used(assessment)]
    return {
        "version": 1,
        "safethird": __version__,
        "country": assessment.country,
        "on": datetime.date.fromordinal(assessment.day).isoformat(),
        "on_assumed": assessment.assumed_today,
        "for": assessment.group,
        "dossier": assessment.dossier.id if assessment.dossier else None,
        "treaties_and_statistics_alone": assessment.dossier is None,
        "general_assessment": True,
        "tests": {result.test.id: _result(result, language) for result in assessment.results},
        "evidence": evidence,
        "findings_of_courts_and_bodies": [
            {
                "by": entry.finding.by[language],
                "date": format_date(entry.finding.date),
                "test": entry.test,
                "criterion": entry.criterion,
                "found": entry.found,
                "assessed": entry.assessed,
                "same": entry.same,
                "why_different": entry.finding.differs[entry.criterion][language]
                if entry.criterion in entry.finding.differs
                else None,
                "source": entry.finding.source.id,
            }
            for entry in assessment.compared
        ],
        "figures": [_figure(figure) for figure in assessment.figures],
        "capacity": capacity_data(assessment.capacity),
        "sources": [
            _source(entry)
            for entry in (
                sources | {entry.finding.source.id: entry.finding.source for entry in assessment.compared}
            ).values()
        ],
        "open_questions": [text[language] for text in assessment.dossier.open_questions]
        if assessment.dossier
        else [],
    }


def _used(assessment: Assessment) -> list[Evidence]:
    """Evidence in some cell, and figures of the dossier that only the capacity rests on."""
    found = {item.id: item for item in evidence_of(assessment.results)}
    for item in assessment.dossier.evidence if assessment.dossier else ():
        if item.measure is not None:
            found.setdefault(item.id, item)
    return list(found.values())


def _result(result: TestResult, language: str) -> dict[str, Any]:
    return {
        "title": result.test.title[language],
        "kind": result.test.kind,
        "citation": _citation(result.test.citation, language),
        "was_law": result.was_law,
        "result": result.result,
        "limbs": [
            {
                "id": limb.condition.id,
                "role": limb.condition.role,
                "label": limb.condition.label[language],
                "status": limb.status,
                "rule": limb.condition.rule.source.text,
                "citation": _citation(limb.condition.citation, language),
            }
            for limb in result.limbs
        ],
        "criteria": {name: _cell(cell, language) for name, cell in result.cells.items()},
        "open": list(result.open_criteria),
        "determinations": [item.id for item in result.determinations],
    }


def _cell(cell: Cell, language: str) -> dict[str, Any]:
    return {
        "id": cell.criterion.id,
        "label": cell.criterion.label[language],
        "status": cell.status,
        "level": cell.criterion.level,
        "nature": cell.criterion.nature,
        "bound_by": cell.bound_by.citation.pinpoint_in(language) if cell.bound_by else None,
        "evidence": [_considered(item) for item in cell.items],
        "would_settle": cell.criterion.settle[language] if cell.status in ("unknown", "disputed") else None,
    }


def _considered(item: Considered) -> dict[str, str]:
    return {"id": item.evidence.id, "side": item.side, "weight": item.weight}


def _citation(citation: Citation, language: str) -> dict[str, str | None]:
    return {
        "pinpoint": citation.pinpoint_in(language),
        "url": citation.url,
        "confidence": citation.confidence,
        "note": citation.note_in(language),
    }


def _evidence(item: Evidence, language: str, sources: dict[str, SourceDocument]) -> dict[str, Any]:
    sources.setdefault(item.source.id, item.source)
    return {
        "id": item.id,
        "claim": item.claim[language],
        "kind": item.kind,
        "reliability": item.reliability,
        "for": list(item.speaks_for),
        "against": list(item.speaks_against),
        "from": _date(item.since),
        "until": _date(item.until),
        "ended_by": item.ended_by[language] if item.ended_by else None,
        "published": _date(item.published),
        "value": item.value,
        "value_high": item.value_high,
        "unit": item.unit,
        "measure": item.measure,
        "by": item.by,
        "group": list(item.group),
        "source": item.source.id,
        "cite": item.cite,
        "confidence": item.confidence or item.source.confidence,
    }


def _date(value: DateRange | None) -> str | None:
    return None if value is None or value.lo <= 1 else format_date(value)


def _source(entry: SourceDocument) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "publisher": entry.publisher,
        "year": entry.year,
        "url": entry.url,
        "read": entry.read,
        "licence": entry.licence,
        "file": entry.file,
        "confidence": entry.confidence,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "year": figure.year,
        "value": figure.value,
        "value_high": figure.high,
        "publisher": figure.source.publisher,
        "title": figure.source.title,
        "file": figure.source.file,
        "sha256": figure.source.digest,
        "licence": figure.source.licence,
        "url": figure.source.url,
    }


CAPACITY_PARTS = (
    "able",
    "pace",
    "own_claims",
    "transferred",
    "transferred_first",
    "pending",
    "months_to_clear",
    "months_at_pace",
    "officers",
    "decisions_per_officer",
)


def capacity_data(capacity: Capacity) -> dict[str, Any]:
    """Rates a month, with what they rest on. A number that has no bound is null with `endless` true."""
    return {name: _rate(getattr(capacity, name)) for name in CAPACITY_PARTS}


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    low, high = (None if math.isinf(end) else round(end, 2) for end in rate.value)
    return {
        "low": low,
        "high": high,
        "endless": math.isinf(rate.value.hi),
        "from": [
            {"evidence": basis.id, "year": year_of(basis)}
            if isinstance(basis, Evidence)
            else {"figure": basis.name, "year": basis.year, "file": basis.source.file}
            for basis in rate.basis
        ],
    }


def criteria_data(language: str) -> list[dict[str, Any]]:
    """The vocabulary of criteria as plain data."""
    return [
        {
            "id": entry.id,
            "name": entry.name,
            "label": entry.label[language],
            "question": entry.question[language],
            "nature": entry.nature,
            "level": entry.level,
            "decided_by": [who[language] for who in entry.decided_by],
            "evidence": list(entry.evidence),
            "law": list(entry.law),
        }
        for entry in criteria().values()
    ]


def finding_data(entry: FindingEvidence, language: str) -> dict[str, Any]:
    """General evidence for a finding about one person, as plain data."""
    return {
        "path": entry.path,
        "country": entry.country,
        "on": datetime.date.fromordinal(entry.day).isoformat(),
        "dossier": entry.dossier,
        "is_a_finding": False,
        "speaks": entry.speaks,
        "general": [
            {
                "criterion": general.criterion,
                "status": general.status,
                "by_test": dict(general.by_test),
                "evidence": [
                    {
                        "id": item.evidence.id,
                        "side": item.side,
                        "claim": item.evidence.claim[language],
                        "publisher": item.evidence.source.publisher,
                        "url": item.evidence.source.url,
                    }
                    for item in general.items
                ],
            }
            for general in entry.general
        ],
    }
