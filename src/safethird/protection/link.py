"""From an assessment of a country to what a decision-maker must find for one person: as evidence, never as
the finding.

Some regimes ask about the country: systemic flaws, fear of the receiving country, a full and fair
procedure. A dossier can say what is known in general. It cannot say what is so for the person, and nothing
here fills in a fact of a case: the answer of a screening is the same with a dossier and without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safethird.protection.assess import Assessment
from safethird.protection.evaluate import Considered
from safethird.protection.loader import criteria
from safethird.protection.model import Status

FINDINGS: Mapping[str, tuple[str, ...]] = {
    "fear_stated": (),
    "harm_standard_met": ("no_persecution", "no_serious_harm"),
    "individual_risk_shown": ("no_persecution", "no_serious_harm"),
    "onward_return_risk": ("no_refoulement",),
    "safe_for_applicant": (
        "no_persecution",
        "no_serious_harm",
        "no_refoulement",
        "access_to_apply",
        "fairness",
    ),
    "convention_respected": (
        "refugee_treaties",
        "no_refoulement",
        "access_to_apply",
        "fairness",
        "right_to_remain",
    ),
    "outside_geographical_limitation": ("no_limiting_reservation",),
    "effective_protection": ("right_to_remain", "subsistence", "health", "education"),
    "connection_grounds": ("connection",),
    "could_request_protection": ("access_to_apply", "transit_with_chance"),
    "reasonable_to_expect_claim": ("access_to_apply", "fairness"),
    "protection_available": ("right_to_remain",),
    "will_admit": ("admission",),
    "best_interests": ("vulnerable_persons",),
    "transfer_risk": ("no_serious_harm", "subsistence", "liberty", "fairness", "appeal", "no_refoulement"),
    "guarantees_required": ("vulnerable_persons",),
    "guarantees_given": ("vulnerable_persons",),
}
"""Facts of `findings.countries[X]`, and the criteria whose evidence bears on each. A fear that is stated
is a fact of the person alone."""


@dataclass(frozen=True, slots=True)
class General:
    """What an assessment says in general on one criterion behind a finding."""

    criterion: str
    by_test: tuple[tuple[str, Status], ...]
    """Each test that asks, and what it came to. They differ where a test is bound by its own law."""
    items: tuple[Considered, ...]
    """The evidence that decides or disputes it under some test."""

    @property
    def status(self) -> Status:
        """What all tests share; disputed where they differ."""
        found = {status for _, status in self.by_test}
        return found.pop() if len(found) == 1 else "disputed"


@dataclass(frozen=True, slots=True)
class FindingEvidence:
    """General evidence for one finding about one country. It is not the finding.

    `path` is the fact of the case that only a decision-maker can fill in, for the person.
    """

    path: str
    country: str
    day: int
    group: str | None
    dossier: str | None
    general: tuple[General, ...]

    @property
    def speaks(self) -> Status:
        """Where the general evidence points, as a whole: `not_met` when some criterion behind the finding
        is not met, `met` when all are, otherwise `disputed` or `unknown`."""
        states = {entry.status for entry in self.general}
        if "not_met" in states:
            return "not_met"
        if states == {"met"}:
            return "met"
        return "disputed" if "disputed" in states else "unknown"


def finding_evidence(
    assessment: Assessment, facts: Sequence[str] | None = None
) -> tuple[FindingEvidence, ...]:
    """The evidence that an assessment gives for the findings about its country.

    `facts` are names of facts in `findings.countries[X]` (`safe_for_applicant`), all of them when not
    given. Facts on which no dossier can bear are left out. Nothing is concluded about a person.
    """
    asked = set(assessment.criteria)
    found: list[FindingEvidence] = []
    for name in FINDINGS if facts is None else facts:
        general = tuple(
            _general(criterion, assessment)
            for criterion in FINDINGS.get(name, ())
            if criterion in asked and criteria()[criterion].level == "general"
        )
        if general:
            found.append(
                FindingEvidence(
                    f"findings.countries[{assessment.country}].{name}",
                    assessment.country,
                    assessment.day,
                    assessment.group,
                    assessment.dossier.id if assessment.dossier else None,
                    general,
                )
            )
    return tuple(found)


def evidence_for_missing(assessment: Assessment, missing: Sequence[str]) -> tuple[FindingEvidence, ...]:
    """The evidence for those of a screening's open facts (`findings.countries[GT].will_admit`, or with
    `[]` for any country) that are findings about the country assessed."""
    names: list[str] = []
    for path in missing:
        for key in (assessment.country, ""):
            start = f"findings.countries[{key}]."
            if path.startswith(start):
                names.append(path.removeprefix(start))
    return finding_evidence(assessment, tuple(dict.fromkeys(names)))


def _general(criterion: str, assessment: Assessment) -> General:
    cells = [
        (result.test.id, result.cells[criterion])
        for result in assessment.results
        if criterion in result.cells
    ]
    items: dict[tuple[str, str], Considered] = {}
    for _, cell in cells:
        for item in cell.deciding:
            items.setdefault((item.evidence.id, item.side), item)
    return General(criterion, tuple((test, cell.status) for test, cell in cells), tuple(items.values()))
