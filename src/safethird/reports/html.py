"""Answers as one self-contained page: printable, readable by screen readers, no script, no outside request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from safethird._version import __version__
from safethird.messages import say
from safethird.regimes.model import Provision
from safethird.reports import phrases
from safethird.reports.summary import barring, summary_data
from safethird.reports.trace import told_reasoning
from safethird.reports.words import truth_word
from safethird.screening.screen import Determination, Screening

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates with every value escaped."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=False, lstrip_blocks=False)  # fmt: skip


def page_css() -> Markup:
    """The style sheet that every page carries inside itself."""
    return Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def screening_page(cases: Sequence[Screening], language: str) -> str:
    """One page for one case or several, with the reasoning as an outline that opens without script."""
    entries = [
        {
            "heading": say("screen.case_heading", language, id=entry.id) if entry.id else say("screen.case_plain", language),
            "lines": list(phrases.case_lines(entry, language)),
            "summary": summary_data(entry.summary, language) if entry.determinations else None,
            "key": at,
            "answers": [_answer(answer, language, f"{at}-{index}") for index, answer in enumerate(entry.determinations)],
        }
        for at, entry in enumerate(cases)
    ]  # fmt: skip
    return _render(language, cases=entries, fragment=None)


def determination_fragment(answer: Determination, language: str) -> str:
    """One answer, for a notebook."""
    return _render(language, cases=[], fragment=_answer(answer, language, "0"))


def _render(language: str, **values: Any) -> str:
    template = environment().get_template("screening.html.j2")
    return template.render(
        language=language, css=page_css(), say=lambda name: say(f"screen.{name}", language),
        truth=lambda value: truth_word(value, language), speak=lambda name: say(name, language), barring=barring,
        **values,
    )  # fmt: skip


def _answer(answer: Determination, language: str, key: str) -> dict[str, Any]:
    question = phrases.question_of(answer.question, language) if answer.question else None
    warnings = [*(phrases.reading_text(reading, language) for reading in answer.readings),
                *(phrases.warning_text(warning, language) for warning in answer.warnings)]  # fmt: skip
    return {
        "key": key, "regime": answer.regime.id, "title": phrases.in_language(answer.regime.title, language),
        "outcome": answer.outcome, "outcome_word": phrases.outcome_word(answer.outcome, language),
        "says": [phrases.outcome_sentence(answer, language), *phrases.further_sentences(answer, language)],
        "grounds": [
            {"text": phrases.ground_sentence(ground, answer.outcome, language), "citation": ground.citation,
             "burden": phrases.burden_text(ground.burden, ground.standard, language)}
            for ground in answer.grounds
        ],
        "missing": [phrases.missing_line(path, language) for path in answer.missing],
        "ask": say("screen.ask_first", language, question=question) if question else None,
        "warnings": list(dict.fromkeys(warnings)),
        "texts": list(_texts(answer, language)) if answer.outcome == "applies" else [],
        "told": told_reasoning(answer, language),
        "version": say("screen.version_line", language, version=__version__, digest=answer.regime.digest[:16]),
    }  # fmt: skip


def _texts(answer: Determination, language: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for role, heading in (
        ("consequence", "consequences"),
        ("safeguard", "safeguards"),
        ("procedure", "procedure"),
    ):
        entries = [entry for entry in answer.regime.provisions if entry.role == role]
        if entries:
            yield say(f"screen.{heading}", language), [_text(entry, language) for entry in entries]


def _text(entry: Provision, language: str) -> dict[str, Any]:
    return {"text": phrases.in_language(entry.label, language), "citation": entry.citation}
