"""The audit of the library in words: plain data, text and a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from safethird.facts.truth import Truth
from safethird.messages import say
from safethird.reports.law import citation_data
from safethird.reports.lines import bullet, wrapped
from safethird.reports.phrases import in_language
from safethird.reports.words import truth_word
from safethird.screening.audit import RegimeAudit, totals

Data = dict[str, Any]

MEASURES = (
    "regimes", "provisions", "provisions_verified", "provisions_recalled", "citations_verified",
    "citations_recalled", "cases", "decided_cases", "failing", "untested", "uncovered", "conflicts",
    "open_questions", "sources", "unread",
)  # fmt: skip
FROM_CASES = ("cases", "decided_cases", "failing", "untested", "uncovered")
"""Measures that only the cases can show."""
_SEEN: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


def audit_data(entries: Sequence[RegimeAudit], language: str, *, ran: bool) -> Data:
    """The audit; what the cases would show is null when they were not run."""
    return {
        "ran_cases": ran,
        "totals": _measures(entries, ran),
        "regimes": [_regime(entry, language, ran) for entry in entries],
    }


def _measures(entries: Sequence[RegimeAudit], ran: bool) -> Data:
    found = totals(entries)
    return {name: found[name] if ran or name not in FROM_CASES else None for name in MEASURES}


def _regime(entry: RegimeAudit, language: str, ran: bool) -> Data:
    regime = entry.regime
    return {
        "regime": regime.id,
        "title": in_language(regime.title, language),
        "draft": regime.draft,
        "documented_only": regime.documented_only,
        **{name: value for name, value in _measures([entry], ran).items() if name != "regimes"},
        "failing_cases": list(entry.failing),
        "provision_list": [
            {
                "id": audit.provision.id,
                "role": audit.provision.role,
                "label": in_language(audit.provision.label, language),
                "decides": audit.decides if ran else None,
                "seen": {name: audit.seen[value] for value, name in _SEEN.items()}
                if ran and audit.provision.is_ruled
                else None,
                **citation_data(audit.provision.citation, language),
            }
            for audit in entry.provisions.values()
        ],
        "uncovered_clauses": [
            {
                "rule": clause.rule,
                "text": clause.text,
                "line": clause.line,
                "never": [_SEEN[value] for value in lacking],
            }
            for clause, lacking in entry.uncovered
        ],
        "conflict_list": [
            {
                "of": name,
                "default": readings.default,
                "options": [
                    {
                        "reading": option.id,
                        "label": in_language(option.label, language),
                        **citation_data(option.citation, language),
                    }
                    for option in readings.options.values()
                ],
            }
            for name, readings in entry.conflicts
        ],
        "questions": [in_language(question, language) for question in regime.open_questions],
        "source_list": [
            {"id": source.id, "title": source.title, "url": source.url, "read": source.read}
            for source in regime.sources
        ],
    }


def words(name: str, language: str, **places: object) -> str:
    """A message of the audit."""
    return say(f"audit.{name}", language, **places)


def audit_lines(data: Data, language: str) -> Iterator[str]:
    """The audit as text."""
    yield words("title", language).upper()
    yield from wrapped(words("disclaimer", language))
    if not data["ran_cases"]:
        yield words("not_run", language)
    yield ""
    for name, value in data["totals"].items():
        if value is not None:
            yield f"{value:>7}  {words(name, language)}"
    for entry in data["regimes"]:
        yield ""
        yield from _regime_lines(entry, language)


def _regime_lines(entry: Data, language: str) -> Iterator[str]:
    yield from wrapped(f"{entry['regime']}  {entry['title']}", "", hang="    ")
    counted = (name for name in MEASURES if name != "regimes" and entry[name] is not None)
    yield from wrapped("; ".join(f"{words(name, language)}: {entry[name]}" for name in counted), "  ")
    for name in entry["failing_cases"]:
        yield from bullet(f"{words('failing', language)}: {name}", "  ")
    for clause in entry["uncovered_clauses"]:
        never = words("never", language, values=", ".join(_word(name, language) for name in clause["never"]))
        yield from bullet(f"{clause['rule']}: {clause['text']} ({never})", "  ")
    for conflict in entry["conflict_list"]:
        options = " / ".join(option["label"] for option in conflict["options"])
        yield from bullet(f"{words('conflicts', language)}: {conflict['of']}: {options}", "  ")
    for question in entry["questions"]:
        yield from bullet(f"{words('open_questions', language)}: {question}", "  ")
    for source in entry["source_list"]:
        if source["read"] is None:
            yield from bullet(f"{words('not_read', language)}: {source['title']}", "  ")


def _word(name: str, language: str) -> str:
    values: dict[str, Truth] = {"true": True, "false": False, "unknown": None}
    return truth_word(values[name], language)


def audit_page(data: Data, language: str) -> str:
    """The audit as a page."""
    from safethird.regimes.model import TEXT_ROLES
    from safethird.reports.law_html import render_page

    return render_page(
        "audit",
        language,
        words("title", language),
        words("disclaimer", language),
        data=data,
        measures=MEASURES,
        text_roles=TEXT_ROLES,
        never_words=lambda names: ", ".join(_word(name, language) for name in names),
    )
