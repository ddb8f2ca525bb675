"""The totals of a caseload for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from safethird.caseload.totals import REACHES
from safethird.messages import say
from safethird.reports.caseload import number, range_text
from safethird.reports.lines import wrapped

MOST_LINES = 15
WIDEST_LABEL = 46


def caseload_text(data: dict[str, Any], language: str) -> str:
    """All totals as lines of text; of long tables the first lines, and how many more there are."""
    return "\n".join(_text(data, language))


def _text(data: dict[str, Any], language: str) -> Iterator[str]:
    def speak(name: str, **places: Any) -> str:
        return say(f"caseload.{name}", language, **places)

    people = range_text(data["people"], language)
    if data["measure"]:
        yield data["measure"]["text"]
        yield speak("read_published", people=people, cells=number(data["measure"]["cells"], language))
    else:
        yield speak("read", people=people)
    if data["rejected"]:
        yield speak("rejected", count=number(data["rejected"], language))
    for regime in data["regimes"]:
        yield ""
        yield f"{regime['title']} ({regime['regime']})"
        yield "  " + regime["text"]
        for section in regime["sections"]:
            yield ""
            yield "  " + section["title"]
            yield from _table(section, language)
    yield ""
    if data["assumptions"]:
        yield speak("assumptions")
        for sentence in data["assumptions"]:
            yield from (f"  {line}" for line in wrapped(sentence))
    yield from wrapped(data["how_to_read"])
    yield from wrapped(data["disclaimer"])


def _table(section: dict[str, Any], language: str) -> Iterator[str]:
    heads = [section["column"], *(say(f"caseload.{name}", language) for name in REACHES)]
    reaches: Sequence[str] = REACHES
    if section["id"] == "missing":
        reaches, heads = ["possibly"], [heads[0], heads[2]]
    rows = [
        [_cut(line["label"]), *(range_text(line[name], language) for name in reaches)]
        for line in section["lines"][:MOST_LINES]
    ]
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    for row in (heads, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "    " + "  ".join(cells).rstrip()
    more = len(section["lines"]) - MOST_LINES
    if more > 0:
        yield "    " + say("caseload.more", language, count=number(more, language))


def _cut(text: str) -> str:
    plain = "".join("?" if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return plain if len(plain) <= WIDEST_LABEL else plain[: WIDEST_LABEL - 3] + "..."
