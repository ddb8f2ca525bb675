"""A valid draft regime from answers to questions; whoever answers writes no code."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.countries import country_hint, country_name, find_country, is_country
from safethird.facts.documents import Document, read_yaml
from safethird.regimes.model import LANGUAGES, Language
from safethird.regimes.shape import MOST_PROBLEMS

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` are names that answers use; `optional`: may be left empty."""

    id: str
    kind: str
    texts: Mapping[str, str]
    options: tuple[str, ...] = ()
    optional: bool = False
    least: int = 0
    most: int = 0


@lru_cache(maxsize=2)
def _file(name: str) -> Mapping[str, Any]:
    path = Path(__file__).with_name(name)
    found: Mapping[str, Any] = read_yaml(path.read_text(encoding="utf-8"), path.name).data
    return found


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """All questions in order."""
    return tuple(
        Question(
            entry["id"],
            entry["kind"],
            {language: entry[language] for language in LANGUAGES},
            tuple(entry.get("options", ())),
            entry.get("optional", entry["kind"] in ("countries", "choices")),
            entry.get("least", 0),
            entry.get("most", 0),
        )
        for entry in _file("questions.yaml")["questions"]
    )


def option_text(name: str, language: str) -> str:
    """An option in words."""
    text: str = _file("questions.yaml")["options"][name][language]
    return text


def parsed(question: Question, value: Any) -> Any:
    """An answer as the draft needs it. Raises ValueError that says what is expected."""
    if value is None or value in ("", []):
        if question.optional:
            return [] if question.kind in ("countries", "choices") else None
        raise ValueError("an answer is needed")
    many = value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    match question.kind:
        case "country":
            return _country(value)
        case "countries":
            return [_country(part) for part in many]
        case "choices":
            return [_option(question, part) for part in many]
        case "choice":
            return _option(question, value)
        case "date":
            try:
                return datetime.date.fromisoformat(str(value)).isoformat()
            except ValueError:
                raise ValueError("a day of the form YYYY-MM-DD is expected") from None
        case "yes_no":
            known = {
                "yes": True,
                "no": False,
                "sí": True,
                "si": True,
                "oui": True,
                "non": False,
                "y": True,
                "n": False,
            }
            found = value if isinstance(value, bool) else known.get(str(value).lower())
            if found is None:
                raise ValueError("yes or no is expected")
            return found
        case _:
            text = str(value)
            if isinstance(value, bool) or not text.isdecimal():
                raise ValueError("a whole number is expected")
            if not question.least <= int(text) <= question.most:
                raise ValueError(f"a number from {question.least} to {question.most} is expected")
            return int(text)


def _country(value: Any) -> str:
    text = str(value).strip()
    code = text.upper()
    found = code if is_country(code) else find_country(text)
    if found is None:
        raise ValueError(f"a country is expected; '{text}' is none. {country_hint(text)}")
    return found


def _option(question: Question, value: Any) -> str:
    text = str(value).strip().lower().replace("-", "_")
    if text.isdecimal() and 1 <= int(text) <= len(question.options):
        return question.options[int(text) - 1]
    if text not in question.options:
        raise ValueError(f"'{text}' is not known here. {did_you_mean(text, question.options)}")
    return text


def read_answers(document: Document) -> dict[str, Any]:
    """Answers from a file: ids of questions with their answers. Raises BadData with everything that is
    wrong."""
    data = document.data
    if not isinstance(data, dict):
        raise BadData(Problem("Answers are a group of keys", file=document.file, code="wrong-type"))
    known = {question.id: question for question in questions()}
    strange = [key for key in data if key not in known]
    problems = [
        document.problem(
            f"There is no question '{key}'", (key,), code="unknown-key", hint=did_you_mean(key, list(known))
        )
        for key in strange[:MOST_PROBLEMS]
    ]
    if len(strange) > MOST_PROBLEMS:
        what = "There are more keys that are no question than are shown here"
        problems.append(Problem(what, file=document.file, code="more-problems", hint="Is it the right file?"))
    found: dict[str, Any] = {}
    for question in known.values():
        if question.id not in data and not question.optional:
            what = f"The question '{question.id}' is not answered"
            problems.append(document.problem(what, (), code="missing-answer", hint=question.texts["en"]))
            continue
        try:
            found[question.id] = parsed(question, data.get(question.id))
        except ValueError as error:
            problems.append(
                document.problem(f"This answer does not fit: {error}", (question.id,), code="value")
            )
    if not problems and found["claim_country"] == found["receiving_country"]:
        problems.append(
            document.problem("Both parties are the same country", ("receiving_country",), code="value")
        )
    if problems:
        raise BadData(problems)
    return found


def draft_id(answers: Answers) -> str:
    """The id of the draft: `draft-us-gt-2019-06-01`."""
    countries = f"{answers['claim_country']}-{answers['receiving_country']}".lower()
    return f"draft-{countries}-{answers['date']}"


def new_draft(answers: Answers) -> str:
    """The draft as the text of a regime file, in all three languages, ready for `lint` and `screen`."""
    return "\n".join(_lines(answers)) + "\n"


def _lines(answers: Answers) -> Iterator[str]:
    pieces = _file("pieces.yaml")
    places = {language: _places(answers, language) for language in LANGUAGES}
    source = f"Draft of {answers['date']}"
    yield "format: 1"
    yield f"regime: {draft_id(answers)}"
    yield "kind: bar"
    yield "draft: true"
    for part in ("title", "summary"):
        yield f"{part}:"
        yield from _texts(pieces[part], places, "  ")
    yield "instrument:"
    yield "  type: draft"
    yield f"  parties: [{_quoted(answers['claim_country'])}, {_quoted(answers['receiving_country'])}]"
    yield f"  cite: {_quoted(source)}"
    yield "  source: draft"
    yield "  confidence: recalled"
    yield f"considered_for: {{claim_in: [{_quoted(answers['claim_country'])}]}}"
    yield f"responsible: {_quoted(json.dumps(answers['receiving_country']))}"
    yield "calendar: {month_end: last_day}"
    yield "sources:"
    yield "  - id: draft"
    yield f"    title: {_quoted(source + ', this file')}"
    yield "status:"
    yield "  - event: announced"
    yield f"    date: {answers['date']}"
    yield f"    cite: {_quoted(source)}"
    yield "    source: draft"
    yield "    confidence: recalled"
    yield "    label:"
    yield from _texts(pieces["event"], places, "      ")
    yield "provisions:"
    for at, name in enumerate(chosen(answers), 1):
        piece = pieces["provisions"][
            "notice-none" if name == "notice" and not answers["notice_months"] else name
        ]
        yield f"  - id: {name}"
        yield f"    role: {piece['role']}"
        if piece.get("discretion"):
            yield "    discretion: true"
        if "when" in piece:
            yield f"    when: {_quoted(piece['when'].format(**places['en']))}"
        yield "    label:"
        yield from _texts(piece, places, "      ")
        yield f"    cite: {_quoted(f'{source}, article {at}')}"
        yield "    source: draft"
        yield "    confidence: recalled"
    yield "open_questions:"
    for index, language in enumerate(LANGUAGES):
        yield f"  {'- ' if index == 0 else '  '}{language}: {_quoted(pieces['open_question'][language])}"


def chosen(answers: Answers) -> list[str]:
    """Ids of the provisions that these answers ask for, in the order of the articles."""
    found = ["claim-there"]
    found += ["covered"] if answers["covered"] else []
    found += ["transit"] if answers["transit"] else []
    found += ["arrival"] if answers["arrivals_from"] else []
    found += ["own-national", "stateless-resident"]
    found += [name.replace("_", "-") for name in answers["exceptions"]]
    found += ["fear-stated"] if answers["screening"] == "fear_stated" else []
    found += ["sent-there"]
    found += [name.replace("_", "-") for name in answers["safeguards"]]
    found += ["term"] if answers["term_years"] else []
    return list(dict.fromkeys([*found, "notice"]))


def _places(answers: Answers, language: Language) -> dict[str, Any]:
    from safethird.reports.words import day_words

    def day(text: str | None) -> str:
        return day_words(datetime.date.fromisoformat(text).toordinal(), language) if text else ""

    def span(number: int, unit: str) -> str:
        return f"{number} {_file('pieces.yaml')['spans'][unit][language][number != 1]}"

    return {
        **answers,
        "c": answers["claim_country"],
        "r": answers["receiving_country"],
        "C": country_name(answers["claim_country"], language),
        "R": country_name(answers["receiving_country"], language),
        "day": day(answers["date"]),
        "arrived": day(answers["arrivals_from"]),
        "years": span(answers["term_years"], "year"),
        "months": span(answers["notice_months"], "month"),
        "codes": json.dumps(answers["covered"]),
        "names": ", ".join(country_name(code, language) for code in answers["covered"]),
    }


def _texts(
    texts: Mapping[str, str], places: Mapping[Language, Mapping[str, Any]], indent: str
) -> Iterator[str]:
    for language in LANGUAGES:
        yield f"{indent}{language}: {_quoted(texts[language].format(**places[language]))}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
