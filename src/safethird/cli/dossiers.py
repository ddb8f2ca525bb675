"""Dossiers beside a screening: general evidence for findings that are open, and never the finding itself."""

from __future__ import annotations

import datetime
from typing import Any

from safethird.language.syntax import Field, Lookup, walk
from safethird.protection.assess import Assessment, assess
from safethird.protection.dossier_files import load_dossier
from safethird.protection.link import FINDINGS, FindingEvidence, evidence_for_missing
from safethird.protection.loader import tests
from safethird.protection.model import Dossier
from safethird.screening.screen import Determination, Screening


def load(names: tuple[str, ...]) -> tuple[Dossier, ...]:
    """The dossiers named, each by its id in the library or as a file."""
    return tuple(load_dossier(name) for name in names)


def found(
    screening: Screening, dossiers: tuple[Dossier, ...]
) -> list[tuple[Assessment, tuple[FindingEvidence, ...]]]:
    """For each dossier, the evidence for findings about its country: those that some answer still lacks,
    and those that the case holds, which stand as they are.

    The tests are those of the state of the claim that are law on the day, or all where it has none. The
    country is assessed on the day of the answer where that is one day, else on the day of the dossier.
    """
    missing = [path for answer in screening for path in answer.open_paths]
    whole = [answer for answer in screening if "findings.countries" in answer.open_paths]
    facts = screening.case.facts
    here = facts["claim"]["country"]
    own = [
        name
        for name, test in tests().items()
        if here in test.applies_in and test.was_law_on(_last_day(screening))
    ]
    day = screening.answer_day
    pairs = []
    for dossier in dossiers:
        held = facts.get("findings", {}).get("countries", {}).get(dossier.country, {})
        asked = [*held, *(name for answer in whole for name in FINDINGS if name in _asked(answer))]
        paths = [*missing, *(f"findings.countries[{dossier.country}].{name}" for name in asked)]
        on = day.lo if day is not None and day.lo == day.hi else dossier.date.lo
        assessment = assess(dossier.country, on, own or ("all",), dossier=dossier)
        pairs.append((assessment, evidence_for_missing(assessment, paths)))
    return pairs


def _last_day(screening: Screening) -> int:
    day = screening.answer_day
    return datetime.date.today().toordinal() if day is None else day.hi


def _asked(answer: Determination) -> frozenset[str]:
    """Facts about a country that the rules of a regime speak of."""
    regime = answer.regime
    rules = [
        *(entry.rule for entry in regime.definitions.values()),
        *(entry.rule for entry in regime.provisions),
        *(version.rule for entry in regime.provisions for version in entry.versions),
    ]
    nodes = [node for rule in rules if rule is not None for node in walk(rule.node)]
    return frozenset(
        node.steps[-1]
        for node in nodes
        if isinstance(node, Lookup | Field) and node.steps and node.steps[-1] in FINDINGS
    )


def text(screening: Screening, dossiers: tuple[Dossier, ...], language: str) -> str:
    """The evidence as text."""
    from safethird.reports.protection_text import person_text

    return "\n\n".join(
        person_text(entries, assessment.country, language)
        for assessment, entries in found(screening, dossiers)
    )


def data(screening: Screening, dossiers: tuple[Dossier, ...], language: str) -> list[dict[str, Any]]:
    """The evidence as plain data. `is_a_finding` is always false."""
    from safethird.protection.answer_json import finding_data

    return [finding_data(entry, language) for _, entries in found(screening, dossiers) for entry in entries]
