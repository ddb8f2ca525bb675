"""Where a negotiation stands, as plain data told in one language, as text, page and Word file."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from safethird.drafting.rounds.status import Point, Status
from safethird.facts.countries import country_name, is_country
from safethird.messages import say
from safethird.reports.law_html import render_page
from safethird.reports.lines import bullet, wrapped
from safethird.reports.phrases import in_language
from safethird.reports.word_document import clean, docx_bytes, new_docx
from safethird.reports.words import day_words

Data = dict[str, Any]
PARTS = ("agreed", "open", "changes", "deadlines")


def words(message: str, language: str, /, **places: object) -> str:
    """A message about drafts."""
    return say(f"draft.{message}", language, **places)


def status_data(found: Status, language: str) -> Data:
    """The dashboard: agreed, open, changed, due."""
    parties = {entry.by for entry in found.rounds}
    return {
        "language": language,
        "as_of": found.as_of,
        "title": words("title", language, day=_day(found.as_of, language)),
        "disclaimer": words("disclaimer", language),
        "rounds": [
            {
                "day": entry.day,
                "by": entry.by,
                "regime": entry.regime.id,
                "sentence": words(
                    "round", language, day=_day(entry.day, language), by=_who(entry.by, language)
                ),
            }
            for entry in found.rounds
        ],
        "agreed": [_point(entry, language, parties) for entry in found.points if entry.agreed],
        "open": [
            _point(entry, language, parties)
            for entry in found.points
            if not entry.agreed and not (entry.change == "dropped" and not entry.against)
        ],
        "changes": [
            {
                "id": entry.id,
                "change": entry.change,
                "sentence": words(
                    f"change_{entry.change}", language, id=entry.id, label=_label(entry, language)
                ),
            }
            for entry in found.points
            if entry.change != "same"
        ],
        "deadlines": [
            {
                "day": entry.day,
                "what": entry.what,
                "source": entry.source,
                "url": entry.url,
                "sure": entry.sure,
                "days_left": entry.days_left,
                "sentence": words(
                    "deadline",
                    language,
                    day=_day(entry.day, language),
                    left=_left(entry.days_left, language),
                    what=entry.what.rstrip("."),
                    source=entry.source,
                    sure=words(f"sure_{entry.sure}", language),
                ),
            }
            for entry in found.deadlines
        ],
        "past": words("past", language, number=found.past) if found.past else None,
    }


def _day(text: str, language: str) -> str:
    return day_words(datetime.date.fromisoformat(text).toordinal(), language)


def _who(by: str, language: str) -> str:
    """A party by its name, where what tables versions is a country."""
    return country_name(by, language) if is_country(by) else by


def _left(days: int, language: str) -> str:
    if days == 0:
        return words("left_today", language)
    return words("left_one", language) if days == 1 else words("left", language, days=days)


def _label(entry: Point, language: str) -> str:
    return in_language(entry.label, language).rstrip(".")


def _point(entry: Point, language: str, parties: set[str]) -> Data:
    notes = []
    if entry.brackets:
        notes.append(words("in_brackets", language, list="; ".join(entry.brackets)))
        told = [name for name in entry.label if name not in entry.bracketed]
        if told:
            shown = ", ".join(say(f"draft.language_{name}", language) for name in told)
            notes.append(words("not_in_brackets", language, list=shown))
    if entry.against:
        notes.append(words("against", language, list=", ".join(_who(by, language) for by in entry.against)))
    if len(parties) == 1:
        notes.append(words("one_side", language))
    return {
        "id": entry.id,
        "brackets": list(entry.brackets),
        "bracketed": list(entry.bracketed),
        "since": entry.since,
        "by": entry.by,
        "against": list(entry.against),
        "notes": notes,
        "sentence": words(
            "point",
            language,
            id=entry.id,
            label=_label(entry, language),
            day=_day(entry.since, language),
            by=_who(entry.by, language),
        ),
    }


def status_text(data: Data) -> str:
    """The dashboard for a terminal."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: Data) -> Iterator[str]:
    language = data["language"]
    yield data["title"]
    yield ""
    yield words("rounds", language).upper()
    for entry in data["rounds"]:
        yield from bullet(entry["sentence"], "  ")
    for part in PARTS:
        yield ""
        yield f"{words(part, language).upper()} ({len(data[part])})"
        for entry in data[part]:
            yield from bullet(entry["sentence"], "  ")
            for note in entry.get("notes", ()):
                yield from wrapped(note, "      ")
        if not data[part]:
            yield f"  {words('nothing', language)}"
    yield ""
    if data["past"]:
        yield data["past"]
    yield from wrapped(data["disclaimer"])


def status_page(data: Data) -> str:
    """The dashboard as one self-contained page."""
    return render_page(
        "negotiation", data["language"], data["title"], data["disclaimer"], data=data, parts=PARTS
    )


def status_docx(data: Data) -> bytes:
    """The dashboard as a Word file. Raises UsageError without the extra `docx`."""
    language = data["language"]
    document = new_docx(clean(data["title"]), data["disclaimer"])
    for part in ("rounds", *PARTS):
        document.add_heading(words(part, language), 1)
        for entry in data[part]:
            document.add_paragraph(
                clean(" - ".join([entry["sentence"], *entry.get("notes", ())])), style="List Bullet"
            )
        if not data[part]:
            document.add_paragraph(words("nothing", language))
    return docx_bytes(document)
