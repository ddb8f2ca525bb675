"""Finds what is wrong in a regime file before any case is run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from safethird.errors import BadData
from safethird.facts.documents import Document, read_document
from safethird.regimes.catalogue import library_files
from safethird.regimes.lint.constants import Logic, constant_findings
from safethird.regimes.lint.findings import Finding, Severity, Subject, finding_of
from safethird.regimes.lint.letters import letter_findings
from safethird.regimes.lint.structure import structure_findings
from safethird.regimes.lint.timeline import timeline_findings
from safethird.regimes.lint.wording import file_findings, wording_findings
from safethird.regimes.loader import build_regime

MOST_FINDINGS = 200

__all__ = ["Finding", "Severity", "lint_document", "lint_file"]


def lint_file(path: str | Path, known: Collection[str] | None = None) -> list[Finding]:
    """All findings about one regime file, in the order of its lines.

    `known`: ids of the regimes that `follows` may name; those of the library unless given. What the loader
    refuses is a finding too. Raises NoInput when the file cannot be opened.
    """
    try:
        document = read_document(path)
    except BadData as error:
        return [finding_of(problem) for problem in error.problems]
    return lint_document(document, known)


def lint_document(document: Document, known: Collection[str] | None = None) -> list[Finding]:
    """As `lint_file`, for a document that has been read."""
    try:
        regime = build_regime(document)
    except BadData as error:
        return [finding_of(problem, document.data) for problem in error.problems]
    subject = Subject(regime, document)
    found = list(islice(_findings(subject, library_files() if known is None else known), MOST_FINDINGS + 1))
    if len(found) > MOST_FINDINGS:
        what = "There are more findings than are shown here"
        more = Finding("more-findings", "warning", what, None, "Mend these first", document.file)
        return [*sorted(dict.fromkeys(found[:MOST_FINDINGS]), key=_place), more]
    return sorted(dict.fromkeys(found), key=_place)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def _findings(subject: Subject, known: Collection[str]) -> Iterator[Finding]:
    logic = Logic(subject)
    yield from constant_findings(subject, logic)
    yield from structure_findings(subject, logic)
    yield from timeline_findings(subject)
    yield from wording_findings(subject)
    yield from letter_findings(subject)
    yield from file_findings(subject, known)
