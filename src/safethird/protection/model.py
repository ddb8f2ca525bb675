"""What an assessment is made of: criteria, legal tests, evidence and dossiers. No file is read here,
nothing is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from safethird.facts.dates import DateRange
from safethird.facts.truth import Truth
from safethird.language.types import Checked
from safethird.regimes.model import Citation, Confidence

Texts = Mapping[str, str]
"""The same sentence in English, Spanish and French."""

Status = Literal["met", "not_met", "unknown", "disputed"]
"""`unknown`: no evidence that counts. `disputed`: evidence of the same weight on both sides."""
STATUSES: tuple[Status, ...] = ("met", "not_met", "unknown", "disputed")

Side = Literal["for", "against"]

EvidenceKind = Literal[
    "treaty_status",
    "law",
    "deeming",
    "statistic",
    "court_finding",
    "body_finding",
    "determination",
    "report",
    "statement",
]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = (
    "treaty_status",
    "law",
    "deeming",
    "statistic",
    "court_finding",
    "body_finding",
    "determination",
    "report",
    "statement",
)

PROMISES: frozenset[EvidenceKind] = frozenset({"treaty_status", "law", "deeming", "statement"})
"""Kinds of evidence that say what is owed or promised, not what is done."""

AGEING: frozenset[EvidenceKind] = frozenset({"statistic", "report"})
"""Kinds that speak of a time and grow old. Findings and laws hold until something ends them."""

Reliability = Literal["high", "medium", "low"]
"""high: official figures, a depositary's record, a court after hearing evidence, UNHCR on what it saw itself;
medium: field research with a method, official estimates; low: the press, one voice, second hand."""

RANK: Mapping[Reliability, int] = {"low": 1, "medium": 2, "high": 3}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question that the law asks about a country, separately testable."""

    name: str
    """As rules name it: `functioning_authority`."""
    id: str
    """As the notes name it: `P4`."""
    nature: Literal["promise", "practice"]
    level: Literal["general", "individual"]
    decided_by: tuple[Texts, ...]
    evidence: tuple[EvidenceKind, ...]
    """Kinds of evidence that answer it, best first."""
    fresh_for: int | None
    """Months for which a figure or a report on practice counts."""
    label: Texts
    question: Texts
    settle: Texts
    """What would settle it."""
    law: tuple[str, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BindingRule:
    """Evidence that binds under a test by the test's own law: a statute deems, a supreme court has found."""

    id: str
    kinds: tuple[EvidenceKind, ...]
    by: tuple[str, ...]
    label: Texts
    citation: Citation


@dataclass(frozen=True, slots=True)
class Condition:
    """One limb of a test. `condition`: must be met. `factor`: is weighed. `duty`: binds the sending state,
    and says nothing about the country."""

    id: str
    role: Literal["condition", "factor", "duty"]
    label: Texts
    rule: Checked
    citation: Citation
    criteria: tuple[str, ...]
    """Criteria that the rule names, in the order of the vocabulary."""
    decided_by: Texts | None = None


@dataclass(frozen=True, slots=True)
class LegalTest:
    """A legal test of safety, as its file states it."""

    id: str
    kind: Literal["conditions", "factors"]
    title: Texts
    summary: Texts
    citation: Citation
    conditions: tuple[Condition, ...]
    applies_in: tuple[str, ...] = ()
    since: DateRange | None = None
    until: DateRange | None = None
    promises_suffice: bool = False
    fresh_for: int | None = None
    decided_by: Texts | None = None
    determined_by: tuple[str, ...] = ()
    """Authorities whose determination decides in law, without being evidence of the fact."""
    binding: tuple[BindingRule, ...] = ()
    """In order: an earlier rule goes before a later one."""
    open_questions: tuple[Texts, ...] = ()
    digest: str = ""

    @property
    def criteria(self) -> tuple[str, ...]:
        """All criteria that the test asks about, each once, in the order of its limbs."""
        return tuple(dict.fromkeys(name for entry in self.conditions for name in entry.criteria))

    def was_law_on(self, day: int) -> Truth:
        """Whether the test was in force on a day; unknown where its dates are not exact enough."""
        if self.since is not None and day < self.since.hi:
            return False if day < self.since.lo else None
        if self.until is not None and day >= self.until.lo:
            return False if day >= self.until.hi else None
        return True


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """Where evidence comes from. `file`: the dossier or the user's data file in which it stands."""

    id: str
    title: str
    publisher: str
    year: int | None
    confidence: Confidence
    url: str | None = None
    read: str | None = None
    licence: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated claim with its source, and the criteria for or against which it speaks."""

    id: str
    claim: Texts
    kind: EvidenceKind
    reliability: Reliability
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    source: SourceDocument
    since: DateRange
    """First day for which it speaks."""
    until: DateRange | None = None
    """First day for which it no longer speaks."""
    ended_by: Texts | None = None
    published: DateRange | None = None
    """When it became public, where that was later."""
    value: float | None = None
    value_high: float | None = None
    """With `value` as the lower end, where the source gives a range."""
    unit: str | None = None
    measure: str | None = None
    """What the figure measures, for the capacity of the authority."""
    months: float | None = None
    """How many months the figure covers."""
    by: str | None = None
    """The court, body or legislature, as tests name it when they are bound by it."""
    group: tuple[str, ...] = ()
    """The people of whom it speaks; empty: everyone sent there."""
    cite: str | None = None
    confidence: Confidence | None = None

    @property
    def is_verified(self) -> bool:
        """Whether the claim was read in its source, and not recalled."""
        return (self.confidence or self.source.confidence) == "verified"

    def side(self, criterion: str) -> tuple[Side, ...]:
        """The sides that it takes on a criterion."""
        taken: list[Side] = []
        if criterion in self.speaks_for:
            taken.append("for")
        if criterion in self.speaks_against:
            taken.append("against")
        return tuple(taken)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a court or body found on a day, criterion by criterion, to hold the assessment against."""

    by: Texts
    date: DateRange
    source: SourceDocument
    cite: str | None
    tests: tuple[str, ...]
    criteria: Mapping[str, Status]
    group: str | None
    differs: Mapping[str, Texts]
    """Criteria on which the assessment differs, with the reason."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The evidence on one country on one day."""

    id: str
    country: str
    date: DateRange
    title: Texts
    summary: Texts
    evidence: tuple[Evidence, ...]
    sources: tuple[SourceDocument, ...]
    sent_by: tuple[str, ...] = ()
    continues: str | None = None
    tests: tuple[str, ...] = ()
    groups: Mapping[str, Texts] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    open_questions: tuple[Texts, ...] = ()
    file: str | None = None
    digest: str = ""
