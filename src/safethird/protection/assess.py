"""An assessment: a country, a day, a group of people, under the tests that are asked."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from safethird.errors import Problem, UsageError, did_you_mean
from safethird.facts.countries import all_codes, country_name, is_fictitious
from safethird.facts.dates import DateRange
from safethird.messages import LANGUAGES, say
from safethird.protection.capacity import Capacity, capacity_of
from safethird.protection.dossier_files import dossiers_on, load_dossier
from safethird.protection.evaluate import TestResult, assess_test
from safethird.protection.indicators.data import NO_DATA, IndicatorData
from safethird.protection.indicators.figures import Figure
from safethird.protection.indicators.membership import listed_evidence, own_evidence
from safethird.protection.loader import load_test, tests
from safethird.protection.model import Dossier, Evidence, Finding, LegalTest, SourceDocument, Status


@dataclass(frozen=True, slots=True)
class Compared:
    """What a court or body found on a criterion, beside what the evidence on file shows."""

    finding: Finding
    test: str
    criterion: str
    found: Status
    assessed: Status

    @property
    def same(self) -> bool:
        """Whether they agree."""
        return self.found == self.assessed


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answers for one country, day and group. `dossier` is None where only treaties and statistics are
    known."""

    country: str
    day: int
    group: str | None
    dossier: Dossier | None
    results: tuple[TestResult, ...]
    figures: tuple[Figure, ...]
    """The latest published figure of each kind on that day."""
    capacity: Capacity
    evidence: tuple[Evidence, ...]
    compared: tuple[Compared, ...]
    assumed_today: bool = False

    def __getitem__(self, test: str) -> TestResult:
        for result in self.results:
            if result.test.id == test:
                return result
        raise KeyError(test)

    @property
    def criteria(self) -> tuple[str, ...]:
        """Every criterion that some test asks about, in the order of the vocabulary."""
        from safethird.protection.loader import criteria

        asked = {name for result in self.results for name in result.cells}
        return tuple(name for name in criteria() if name in asked)

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """The assessment as plain data."""
        from safethird.protection.answer_json import assessment_data

        return assessment_data(self, language)


def assess(
    country: str,
    day: int,
    test_ids: Sequence[str] = (),
    *,
    group: str | None = None,
    dossier: Dossier | str | None = None,
    data: IndicatorData = NO_DATA,
    alone: bool = False,
    assumed_today: bool = False,
) -> Assessment:
    """Assess a country on a day (ordinal).

    `test_ids` are ids or files of tests; none: those that the dossier names first, or all. `dossier` is
    one of the library's by its id, a file, or a dossier; without it the latest of the library that is not
    later than the day is taken. `alone` leaves every dossier out: treaties and statistics only. Raises
    UsageError for a dossier on another country, or a group that the dossier does not know.
    """
    chosen = None if alone else _dossier(country, day, dossier)
    if group is not None and (chosen is None or group not in chosen.groups):
        known = sorted(chosen.groups) if chosen else []
        hint = did_you_mean(group, known) if known else "This dossier tells no groups apart."
        raise UsageError(
            Problem(f"Nothing is on file for a group '{group}'", hint=hint, code="unknown-group")
        )
    figures = data.latest(country, day)
    evidence = (
        *(chosen.evidence if chosen else ()),
        *own_evidence(country),
        *listed_evidence(data.memberships, country),
        *_statistical(figures),
    )
    asked = _tests(test_ids, chosen)
    results = tuple(assess_test(test, evidence, day, group) for test in asked)
    return Assessment(
        country,
        day,
        group,
        chosen,
        results,
        figures,
        capacity_of(chosen.evidence if chosen else (), figures, day),
        evidence,
        tuple(_compared(chosen, evidence, day, asked)) if chosen else (),
        assumed_today,
    )


def assess_all(
    day: int, test_ids: Sequence[str] = (), data: IndicatorData = NO_DATA
) -> tuple[Assessment, ...]:
    """Every country from treaties and statistics alone, in the order of their codes."""
    codes = [code for code in all_codes() if not is_fictitious(code)]
    return tuple(assess(code, day, test_ids, data=data, alone=True) for code in codes)


def _dossier(country: str, day: int, given: Dossier | str | None) -> Dossier | None:
    if given is None:
        fitting = [name for name in dossiers_on(country) if load_dossier(name).date.hi <= day]
        return load_dossier(fitting[-1]) if fitting else None
    chosen = load_dossier(given) if isinstance(given, str) else given
    if chosen.country != country:
        raise UsageError(
            Problem(
                f"The dossier {chosen.id} is on {country_name(chosen.country)}, "
                f"not on {country_name(country)}",
                code="other-country",
            )
        )
    return chosen


def _tests(test_ids: Sequence[str], dossier: Dossier | None) -> tuple[LegalTest, ...]:
    if not test_ids:
        named = dossier.tests if dossier and dossier.tests else tuple(tests())
        return tuple(load_test(name) for name in named)
    wanted: dict[str, LegalTest] = {}
    for name in test_ids:
        for test in tests().values() if name == "all" else (load_test(name),):
            wanted[test.id] = test
    return tuple(wanted.values())


def _statistical(figures: Sequence[Figure]) -> list[Evidence]:
    """Statistics that answer a criterion by themselves: that decisions were made says that somebody
    decides. That none were reported says nothing, and no other figure answers a criterion."""
    found = []
    for figure in figures:
        if figure.name == "decisions" and figure.value > 0:
            number = f"{figure.value:,.0f}"
            source = SourceDocument(
                f"file-{figure.source.digest[:12]}",
                figure.source.title,
                figure.source.publisher,
                figure.year,
                "verified",
                figure.source.url,
                licence=figure.source.licence,
                file=figure.source.file,
            )
            last = datetime.date(figure.year, 12, 31).toordinal()
            found.append(
                Evidence(
                    "figure-decisions",
                    {
                        language: say("assess.claim_decisions", language, number=number, year=figure.year)
                        for language in LANGUAGES
                    },
                    "statistic",
                    "medium",
                    ("functioning_authority",),
                    (),
                    source,
                    DateRange(last, last),
                    value=figure.value,
                    value_high=figure.high,
                    unit="decisions",
                )
            )
    return found


def _compared(
    dossier: Dossier, evidence: Sequence[Evidence], day: int, asked: Sequence[LegalTest]
) -> list[Compared]:
    """What courts and bodies found by that day or on its evidence, beside the assessment, for the tests
    asked."""
    found: list[Compared] = []
    for finding in dossier.findings:
        for test in asked:
            if test.id in finding.tests:
                result = assess_test(test, evidence, day, finding.group)
                found.extend(
                    Compared(finding, test.id, name, status, result.cells[name].status)
                    for name, status in finding.criteria.items()
                    if name in result.cells
                )
    return found
