"""A regime as a document that a lawyer can sign off: plain data in one language, from which text, Markdown
and HTML are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safethird._version import __version__
from safethird.facts.dates import DateRange, format_date
from safethird.facts.vocabulary import vocabulary
from safethird.messages import say
from safethird.regimes.model import RULED_ROLES, TEXT_ROLES, Definition, Provision, Readings, Regime, Role
from safethird.regimes.timeline import changes, members_on, sets_used, versions_on
from safethird.reports.law import (
    Data,
    change_data,
    citation_data,
    law,
    names_words,
    said_data,
    set_citation_data,
    standing_data,
    version_data,
)
from safethird.reports.phrases import confidence_word, in_language, outcome_with_states, standard_words
from safethird.reports.rule_words import RuleWords
from safethird.reports.words import country_words, date_words
from safethird.screening.casetests import CaseTest, read_test_file
from safethird.screening.standing import standing

GROUPS: tuple[Role, ...] = (*RULED_ROLES, *TEXT_ROLES)
"""Roles of provisions, as the document names them; provisions themselves keep the order of the file."""


def words(name: str, language: str, **places: object) -> str:
    """A message of the document."""
    return say(f"document.{name}", language, **places)


def case_file(regime: Regime) -> Path | None:
    """The file of cases beside a regime, if there is one."""
    if regime.file is None:
        return None
    path = Path(regime.file)
    beside = path.with_name(f"{path.stem}.cases.yaml")
    return beside if beside.is_file() else None


def document_data(regime: Regime, language: str, day: int, *, assumed_today: bool = False) -> Data:
    """Everything that a reader of the regime must see, for a day (ordinal)."""
    said = RuleWords(regime, language)
    on = DateRange(day, day)
    counts = Counter(citation.confidence for _, _, citation in regime.citations())
    note = "draft_note" if regime.draft else "documented_note" if regime.documented_only else None
    return {
        "regime": regime.id,
        "language": language,
        "on": format_date(on),
        "on_says": words(
            "today_assumed" if assumed_today else "on_day", language, day=date_words(on, language)
        ),
        "title": in_language(regime.title, language),
        "summary": in_language(regime.summary, language),
        "note": None if note is None else words(note, language),
        "draft": regime.draft,
        "documented_only": regime.documented_only,
        "kind": regime.kind,
        "instrument": {
            "type": regime.instrument_type,
            "type_word": words(f"type_{regime.instrument_type}", language),
            "parties": list(regime.parties),
            "parties_words": [country_words((code,), language) for code in regime.parties],
            **citation_data(regime.citation, language),
        },
        "rows": [
            {"name": words(name, language), "value": value}
            for name, value in _rows(regime, said, language, day)
        ],
        "clocks": [
            {"clock": clock, "clock_word": law(f"clock_{clock}", language), "reads": said.term(rule)}
            for clock, rule in regime.clocks.items()
        ],
        "calendar": words(f"calendar_{regime.program.month_end}", language),
        "standing": standing_data(standing(regime, day), language),
        "timeline": [change_data(change, language) for change in changes(regime)],
        "definitions": [_definition(regime, said, entry, language) for entry in regime.definitions.values()],
        "provisions": [_provision(regime, said, entry, language, day) for entry in regime.provisions],
        "barred_state": None if regime.barred_state is None else said_data(said.rule(regime.barred_state)),
        "sets": [
            {
                "set": entry.name,
                "label": said.clauses.set_label(entry.name),
                "members": list(members_on(entry, day)),
                "members_words": [country_words((code,), language) for code in members_on(entry, day)],
                **set_citation_data(entry, language),
            }
            for entry in sets_used(regime)
        ],
        "open_questions": [in_language(entry, language) for entry in regime.open_questions],
        "follows": list(regime.follows),
        "sources": [
            {
                "id": source.id,
                "title": source.title,
                "url": source.url,
                "read": source.read,
                "read_day": None if source.read is None else date_words(_day(source.read), language),
            }
            for source in regime.sources
        ],
        "confidence": {name: counts[name] for name in ("verified", "recalled")},
        "tests": tests_data(regime, language),
        "law": {"version": __version__, "digest": regime.digest},
    }


def _day(text: str) -> DateRange:
    from safethird.facts.dates import parse_date

    return parse_date(text)


def _rows(regime: Regime, said: RuleWords, language: str, day: int) -> list[tuple[str, str]]:
    rows = [
        ("kind", words(f"kind_{regime.kind}", language)),
        (
            "instrument",
            f"{words(f'type_{regime.instrument_type}', language)}; {regime.citation.pinpoint_in(language)}",
        ),
    ]
    if regime.parties:
        rows.append(("parties", ", ".join(country_words((code,), language) for code in regime.parties)))
    considered = regime.considered_for
    if considered.country_set is None:
        claim_in = ", ".join(country_words((code,), language) for code in considered.countries)
    else:
        members = members_on(regime.program.sets[considered.country_set], day)
        names = [country_words((code,), language) for code in members]
        label = said.clauses.set_label(considered.country_set)
        claim_in = words("members_on", language, set=label, states=", ".join(names) or "-")
    return [*rows, ("claim_in", claim_in), ("names", names_words(regime, language))]


def _definition(regime: Regime, said: RuleWords, entry: Definition, language: str) -> Data:
    about = None
    if entry.collection is not None:
        label = vocabulary().fact(entry.collection).label(language)
        about = words("definition_of", language, list=label)
    return {
        "id": entry.id,
        "label": in_language(entry.label, language),
        "about": about,
        "rule": said_data(said.rule(entry.rule, entry)),
        "rule_text": entry.rule.text,
        "readings": _readings(regime, said, entry.readings, language, entry),
        **citation_data(entry.citation, language),
    }


def _readings(
    regime: Regime,
    said: RuleWords,
    readings: Readings | None,
    language: str,
    definition: Definition | None = None,
) -> list[Data]:
    if readings is None:
        return []
    return [
        {
            "id": option.id,
            "label": in_language(option.label, language),
            "default": option.id == readings.default,
            "rule": said_data(said.rule(option.rule, definition)),
            "rule_text": option.rule.text,
            **citation_data(option.citation, language),
        }
        for option in readings.options.values()
    ]


def _provision(regime: Regime, said: RuleWords, entry: Provision, language: str, day: int) -> Data:
    named = {other.id: in_language(other.label, language) for other in regime.provisions}
    against = [other for other in regime.provisions if entry.id in other.exception_to]
    holding = versions_on(entry, day)
    return {
        "id": entry.id,
        "role": entry.role,
        "role_word": say(f"screen.role_{entry.role}", language),
        "label": in_language(entry.label, language),
        "explanation": None if entry.explanation is None else in_language(entry.explanation, language),
        "rule": None if entry.rule is None else said_data(said.rule(entry.rule)),
        "rule_text": None if entry.rule is None else entry.rule.text,
        "versions": [
            {**version_data(regime, entry, version, language), "holds": version in holding}
            for version in entry.versions
        ],
        "readings": _readings(regime, said, entry.readings, language),
        "exception_to": [
            {
                "id": None if target == "effect" else target,
                "label": words("the_effect", language) if target == "effect" else named[target],
            }
            for target in entry.exception_to
        ],
        "excepted_by": [{"id": other.id, "label": named[other.id]} for other in against],
        "before": [{"id": target, "label": named[target]} for target in entry.before],
        "outcome": entry.outcome,
        "responsible": None if entry.responsible is None else said_data(said.responsible(entry.responsible)),
        "burden": entry.burden,
        "standard": entry.standard,
        "discretion": entry.discretion,
        "rebuttal": entry.rebuttal,
        "says": _provision_sentences(entry, named, against, language),
        **citation_data(entry.citation, language),
    }


def _provision_sentences(
    entry: Provision, named: Mapping[str, str], against: list[Provision], language: str
) -> list[str]:
    found = [
        words(
            "exception_to",
            language,
            what=words("the_effect", language) if target == "effect" else named[target],
        )
        for target in entry.exception_to
    ]
    found += [words("excepted_by", language, what=named[other.id]) for other in against]
    found += [words("comes_before", language, what=named[target]) for target in entry.before]
    if "effect" in entry.exception_to and entry.outcome is not None:
        found.append(words(f"outcome_{entry.outcome}", language))
    elif entry.exception_to:
        found.append(words("defeats", language))
    if entry.burden is not None:
        known = entry.burden in ("applicant", "authority")
        who = say(f"screen.burden_{entry.burden}", language) if known else entry.burden
        found.append(words("burden", language, who=who))
    if entry.standard is not None:
        found.append(words("standard", language, standard=standard_words(entry.standard, language)))
    found += [words(name, language) for name in ("discretion", "rebuttal") if getattr(entry, name)]
    return found


def tests_data(regime: Regime, language: str) -> Data:
    """How many cases with expected answers stand beside a regime, and those after real decisions."""
    path = case_file(regime)
    tests = [] if path is None else read_test_file(path)
    decided = [test for test in tests if test.basis == "decided case"]
    return {
        "count": len(tests),
        "decided": len(decided),
        "decided_cases": [_decided(regime, test, language) for test in decided],
    }


def _decided(regime: Regime, test: CaseTest, language: str) -> Data:
    expected: list[str] = []
    for entry in test.expect:
        outcome = outcome_with_states(entry.outcome, entry.responsible, language)
        expected.append(outcome if entry.regime == regime.id else f"{entry.regime}: {outcome}")
    return {
        "id": test.id,
        "title": test.title,
        "expected": "; ".join(expected),
        "rule": test.rule,
        "source": test.source,
        "confidence": test.confidence,
    }


def confidence_note(data: Mapping[str, Any], language: str) -> str | None:
    """The mark that a citation carries: only what is recalled is marked."""
    return confidence_word("recalled", language) if data.get("confidence") == "recalled" else None
