"""How far the library can be trusted: what was read and what is recalled, what cases show, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from safethird.facts.truth import Truth
from safethird.regimes.catalogue import LIBRARY, library_files, load_regime
from safethird.regimes.model import Confidence, Provision, Readings, Regime, Source
from safethird.screening.casetests import (
    CaseTest,
    Clause,
    Coverage,
    difference,
    gather,
    read_tests,
    uncovered,
)
from safethird.screening.screen import determine, facts_for_rules


@dataclass(slots=True)
class ProvisionAudit:
    """One provision: how it is cited, and what the cases show of it."""

    provision: Provision
    decides: int = 0
    """Cases in which it is a ground of a decided answer."""
    seen: Counter[Truth] = field(default_factory=Counter)
    """Cases by the truth of its condition."""


@dataclass(slots=True)
class RegimeAudit:
    """One regime."""

    regime: Regime
    citations: Counter[Confidence]
    provisions: dict[str, ProvisionAudit]
    cases: int = 0
    decided_cases: int = 0
    """Cases after a decided or documented one."""
    failing: list[str] = field(default_factory=list)
    """Ids of cases whose answer is not the one expected."""
    uncovered: list[tuple[Clause, tuple[Truth, ...]]] = field(default_factory=list)

    @property
    def provisions_by_confidence(self) -> Counter[Confidence]:
        """Provisions by how far their citation was checked."""
        return Counter(entry.provision.citation.confidence for entry in self.provisions.values())

    @property
    def conflicts(self) -> list[tuple[str, Readings]]:
        """Where several readings are kept."""
        return list(self.regime.conflicts())

    @property
    def untested(self) -> list[Provision]:
        """Provisions with a condition that no case shows to hold."""
        ruled = (entry for entry in self.provisions.values() if entry.provision.is_ruled)
        return [entry.provision for entry in ruled if not entry.seen[True]]

    @property
    def unread(self) -> list[Source]:
        """Sources for which no day is named on which they were read."""
        return [source for source in self.regime.sources if source.read is None]


def audit(names: Sequence[str] = (), *, run_cases: bool = True) -> list[RegimeAudit]:
    """Look at every regime of the library, or at some. Raises UsageError for an unknown one.

    `run_cases=False` leaves out what only the cases can show (quick).
    """
    chosen = [load_regime(name, places=True) for name in (names or library_files())]
    found = {regime.id: _empty(regime) for regime in chosen}
    if run_cases:
        coverage = Coverage()
        for test in read_tests([LIBRARY]):
            _run(test, found, coverage)
        for entry in found.values():
            entry.uncovered = uncovered(coverage, entry.regime)
    return list(found.values())


def _empty(regime: Regime) -> RegimeAudit:
    citations: Counter[Confidence] = Counter(citation.confidence for _, _, citation in regime.citations())
    return RegimeAudit(regime, citations, {entry.id: ProvisionAudit(entry) for entry in regime.provisions})


def _run(test: CaseTest, found: Mapping[str, RegimeAudit], coverage: Coverage) -> None:
    expected = [entry for entry in test.expect if entry.regime in found]
    facts = facts_for_rules(test.case) if expected else {}
    for entry in expected:
        audit_ = found[entry.regime]
        answer = determine(audit_.regime, facts, explain_missing=bool(entry.missing))
        gather(audit_.regime, facts, coverage)
        audit_.cases += 1
        audit_.decided_cases += test.basis == "decided case"
        if difference(entry, answer) is not None:
            audit_.failing.append(test.id)
        for name, step in answer.reasoning.provisions.items():
            audit_.provisions[name].seen[step.own] += 1
        if answer.outcome != "undetermined":
            for name in {ground.id for ground in answer.grounds if ground.id in audit_.provisions}:
                audit_.provisions[name].decides += 1


def totals(entries: Iterable[RegimeAudit]) -> Counter[str]:
    """The sums over regimes."""
    found: Counter[str] = Counter()
    for entry in entries:
        found["regimes"] += 1
        found["provisions"] += len(entry.provisions)
        for name, count in entry.provisions_by_confidence.items():
            found[f"provisions_{name}"] += count
        for name, count in entry.citations.items():
            found[f"citations_{name}"] += count
        found["cases"] += entry.cases
        found["decided_cases"] += entry.decided_cases
        found["failing"] += len(entry.failing)
        found["untested"] += len(entry.untested)
        found["uncovered"] += len(entry.uncovered)
        found["conflicts"] += len(entry.conflicts)
        found["open_questions"] += len(entry.regime.open_questions)
        found["sources"] += len(entry.regime.sources)
        found["unread"] += len(entry.unread)
    return found
