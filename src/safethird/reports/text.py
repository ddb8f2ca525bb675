"""Answers as plain text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safethird.facts.truth import Truth
from safethird.messages import say
from safethird.reports import phrases
from safethird.reports.lines import bullet, wrapped
from safethird.reports.narrate import Told
from safethird.reports.summary import barring, reason_line, summary_data, words
from safethird.reports.trace import told_reasoning
from safethird.reports.words import truth_word
from safethird.screening.screen import Determination, Screening

_MARKS = {True: "+", False: "-", None: "?"}
_TRUTH = {True: "true", False: "false", None: "unknown"}


def screening_text(screening: Screening, language: str, *, trace: bool = False) -> str:
    """One case with all its answers."""
    heading = (
        say("screen.case_heading", language, id=screening.id)
        if screening.id
        else say("screen.case_plain", language)
    )
    lines = [heading, *(f"  {line}" for line in phrases.case_lines(screening, language)), ""]
    if not screening.determinations:
        lines += [say("screen.no_regime", language), ""]
    else:
        lines += [*summary_lines(summary_data(screening.summary, language), language), ""]
    for answer in screening.determinations:
        lines += [*determination_lines(answer, language, trace=trace), ""]
    lines += wrapped(say("screen.disclaimer", language), "")
    return "\n".join(lines)


def summary_lines(data: dict[str, Any], language: str) -> Iterator[str]:
    """What the answers mean together."""
    yield words("title", language).upper()
    for sentence in data["says"]:
        yield from wrapped(sentence, "  ")
    if data["protection"]:
        yield "  " + words("protection", language)
    for entry in data["protection"]:
        yield from bullet(words("avenue_state", language, label=entry["label"], state=entry["state_word"]))
        for reason in entry["because"]:
            yield from bullet(reason_line(reason, language), "      ")
    if data["decides"]:
        yield "  " + words("decides", language)
        for entry in data["decides"]:
            yield from bullet(f"{entry['label']} [{', '.join(entry['regimes'])}]")
    if data["ask"]:
        yield from wrapped(say("screen.ask_first", language, question=data["ask"]["question"]), "    ")
    barred = [entry for entry in barring(data) if entry["barred"] or entry["transfers"] is not None]
    if barred:
        yield "  " + words("barred", language)
    for entry in barred:
        legally = words(f"legally_{_TRUTH[entry['barred']]}", language)
        yield from bullet(f"{entry['title']} ({entry['regime']}). {legally}")
        for sentence in entry["transfers_says"]:
            yield from bullet(sentence, "      ")
        if entry["transfers"] is not None:
            yield from bullet(words(f"person_{_TRUTH[entry['transferred']]}", language), "      ")
    if data["together"]:
        yield "  " + words("together", language)
    for entry in data["together"]:
        yield from bullet(f"{entry['text']} {entry['cite']}")


def determination_lines(answer: Determination, language: str, *, trace: bool = False) -> Iterator[str]:
    """One answer: outcome, grounds, what is missing, what to take care of."""
    title = phrases.in_language(answer.regime.title, language)
    yield f"{phrases.outcome_word(answer.outcome, language).upper()}  {title} ({answer.regime.id})"
    yield from wrapped(phrases.outcome_sentence(answer, language), "  ")
    for sentence in phrases.further_sentences(answer, language):
        yield from wrapped(sentence, "  ")
    if answer.grounds:
        open_ = answer.outcome == "undetermined"
        yield "  " + say("screen.open_because" if open_ else "screen.because", language)
        for ground in answer.grounds:
            said = phrases.ground_sentence(ground, answer.outcome, language)
            yield from bullet(f"{said}. {phrases.citation_text(ground.citation, language)}")
    if answer.missing:
        yield "  " + say("screen.missing", language)
        for path in answer.missing:
            yield from bullet(phrases.missing_line(path, language))
        if answer.question is not None:
            question = phrases.question_of(answer.question, language) or answer.question
            yield from wrapped(say("screen.ask_first", language, question=question), "    ")
    warnings = [*(phrases.reading_text(reading, language) for reading in answer.readings),
                *(phrases.warning_text(warning, language) for warning in answer.warnings)]  # fmt: skip
    if warnings:
        yield "  " + say("screen.warnings", language)
        for warning in dict.fromkeys(warnings):
            yield from bullet(warning)
    if trace:
        yield "  " + say("screen.trace", language)
        yield from trace_lines(answer, language, indent="    ")


def trace_lines(
    answer: Determination, language: str, *, deciding_only: bool = False, indent: str = ""
) -> Iterator[str]:
    """The reasoning as an outline: + holds, - does not, ? not known. With `deciding_only`, what bears on
    the outcome."""
    deciding = {ground.id for ground in answer.grounds}
    for told in told_reasoning(answer, language):
        if (
            not deciding_only
            or told.id in deciding
            or (told.id == "status" and answer.outcome == "not_in_force")
        ):
            yield from _told(told, language, indent)


def _told(told: Told, language: str, indent: str) -> Iterator[str]:
    cite = f"  [{told.citation.pinpoint_in(language)}]" if told.citation else ""
    facts = "; ".join(
        say("screen.fact_value", language, label=label, value=value) for _, label, value in told.facts
    )
    facts = f"  ({facts})" if facts else ""
    yield from wrapped(f"{_mark(told.value)} {told.text}{cite}{facts}", indent, hang="  ")
    for part in told.parts:
        yield from _told(part, language, indent + "  ")


def _mark(value: Truth) -> str:
    return _MARKS[value]


def legend(language: str) -> str:
    """What the marks of an outline mean."""
    return "   ".join(f"{_MARKS[value]} {truth_word(value, language)}" for value in (True, False, None))
