"""Checklists and proofs as plain data, told in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safethird.drafting.check.checklist import Checklist, Finding
from safethird.drafting.prove.bounds import Bounds
from safethird.drafting.prove.prover import Proof
from safethird.drafting.prove.witness import Answer
from safethird.facts.vocabulary import vocabulary
from safethird.messages import say
from safethird.reports.case_words import case_words
from safethird.reports.comparison import because_words, lists_words
from safethird.reports.lines import bullet, case_lines, wrapped
from safethird.reports.phrases import in_language
from safethird.reports.words import country_words

Data = dict[str, Any]
_MARKS = {
    "holds": "[+]",
    "idle": "[+]",
    "fails": "[-]",
    "undecided": "[?]",
    "stated": "[~]",
    "text": "[~]",
    "missing": "[-]",
    "documented": "[~]",
}


def checklist_data(found: Checklist, language: str) -> Data:
    """A checklist with the sentences that say it."""
    regime = found.draft.regime
    return {
        "draft": found.draft.name, "language": language,
        "title": say("check.title", language, draft=found.draft.name),
        "disclaimer": say("check.disclaimer", language),
        "entries": [_entry(regime.id, entry, found.bounds, language) for entry in found.findings],
        "notes": list(_notes(found.bounds, False, language)),
        "lists": dict(found.bounds.elements), "lists_of_any_length": found.bounds.exact,
        "seconds": round(found.seconds, 3),
    }  # fmt: skip


def _entry(regime: str, found: Finding, bounds: Bounds, language: str) -> Data:
    status = "holds_to" if found.status == "holds" and not bounds.exact else found.status
    lines = [f"{say(f'check.{status}', language)}."]
    if found.standard.detail:
        names = (name.strip() for name in found.standard.detail.split(","))
        labels = [vocabulary().fact(f"findings.countries[].{name}").label(language) for name in names]
        lines.append(say("check.detail", language, detail="; ".join(labels)))
    carried = "carried_by" if found.status == "holds" else "named"
    if found.overlap is not None:
        lines.append(say("check.meet", language, one=found.overlap[0], other=found.overlap[1]))
    else:
        lines += [
            say(f"check.{carried}", language, id=one.id, cite=one.citation.pinpoint_in(language),
                label=in_language(one.label, language))
            for one in found.carried_by
        ]  # fmt: skip
    if found.passed_over:
        lines.append(say("check.passed_over", language))
    elif found.status == "holds" and found.standard.property and not found.carried_by:
        lines.append(say("check.carried_elsewhere", language))
    for one in found.about:
        label = in_language(one.label, language)
        lines.append(
            say("check.about", language, id=one.id, cite=one.citation.pinpoint_in(language), label=label)
        )
    case, told = None, []
    if found.witness is not None:
        lines += [answer_words(regime, answer, language) for answer in found.witness.answers]
        lines += [
            because_words(answer.outcome, ground, language)
            for answer in found.witness.answers
            for ground in found.grounds
            if answer.outcome != "applies"
        ]
        lines.append(say("compare.one_such", language))
        case = dict(found.witness.case.data)
        told = case_words(found.witness.case, language)
    return {
        "name": found.standard.name, "detail": found.standard.detail, "status": found.status,
        "mark": _MARKS[found.status], "heading": say(f"check.{found.standard.name}", language),
        "lines": lines,
        "property": found.standard.property, "carried_by": [one.id for one in found.carried_by], "case": case,
        "case_in_words": told,
    }  # fmt: skip


def answer_words(regime: str, answer: Answer, language: str) -> str:
    """What a regime answers, in a line."""
    outcome = say(f"prove.{answer.outcome}", language)
    if answer.responsible:
        state = country_words(answer.responsible, language)
        return say("prove.regime_to", language, regime=regime, outcome=outcome, state=state)
    return say("prove.regime", language, regime=regime, outcome=outcome)


def _notes(bounds: Bounds, unknowns: bool, language: str) -> Iterator[str]:
    yield say("prove.unknown_cases" if unknowns else "prove.known_cases", language)
    yield say("prove.dates", language)
    if bounds.elements:
        yield say("prove.lists", language, lists=lists_words(bounds.elements))


def proof_data(proof: Proof, names: tuple[str, ...], language: str, limit: float) -> Data:
    """One proof with the sentences that say it."""
    name = proof.verdict if proof.verdict != "proved" or proof.complete else "proved_to"
    verdict = say(f"prove.{name}", language, seconds=f"{limit:g}", lists=lists_words(proof.bounds.elements))
    lines = [say("prove.property", language, property=proof.wanted.text)]
    case, told = None, []
    if proof.witness is not None:
        lines += [
            answer_words(name, answer, language)
            for name, answer in zip(names, proof.witness.answers, strict=True)
        ]
        if all(answer.outcome != "undetermined" for answer in proof.witness.answers):
            lines.append(say("prove.facts_only", language))
        lines.append(say("compare.one_such", language))
        case = dict(proof.witness.case.data)
        told = case_words(proof.witness.case, language)
    return {
        "drafts": list(names), "language": language, "property": proof.wanted.text, "verdict": proof.verdict,
        "title": say("check.title_proof", language, draft=", ".join(names)),
        "disclaimer": say("check.disclaimer", language),
        "entries": [{
            "name": "property", "detail": None, "status": proof.verdict,
            "mark": {"proved": "[+]", "refuted": "[-]", "undecided": "[?]"}[proof.verdict],
            "heading": verdict,
            "lines": lines, "property": proof.wanted.text, "carried_by": [], "case": case,
            "case_in_words": told,
        }],
        "answers": None if proof.witness is None else [
            {"outcome": answer.outcome, "responsible": answer.responsible} for answer in proof.witness.answers
        ],
        "case": case,
        "notes": list(_notes(proof.bounds, proof.unknowns, language)),
        "unknowns": proof.unknowns, "lists": dict(proof.bounds.elements),
        "lists_of_any_length": proof.bounds.exact, "seconds": round(proof.seconds, 3),
    }  # fmt: skip


def checklist_text(data: Data) -> str:
    """A checklist or a proof for a terminal."""
    lines = [data["title"], ""]
    for entry in data["entries"]:
        lines += wrapped(f"{entry['mark']} {entry['heading']}", "", "    ")
        for line in entry["lines"]:
            lines += wrapped(line, "    ", "  ")
        if entry["case"]:
            lines += [line for fact in entry["case_in_words"] for line in bullet(fact, "      ")]
            lines.append(f"    {say('compare.case_file', data['language'])}")
            lines += case_lines(entry["case"], "      ")
        lines.append("")
    for line in (*data["notes"], data["disclaimer"]):
        lines += wrapped(line)
    return "\n".join(lines) + "\n"
