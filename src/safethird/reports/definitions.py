"""A notion as each regime defines it: plain data, text, Markdown and a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from safethird.errors import BadData, Problem
from safethird.messages import say
from safethird.regimes.catalogue import load_regime
from safethird.regimes.model import Definition, Provision, Readings, Regime
from safethird.regimes.notions import Entries, Notion, find_entry
from safethird.reports.document import confidence_note
from safethird.reports.law import Data, citation_data, said_data
from safethird.reports.outline import MarkdownPage, Page, PlainPage
from safethird.reports.phrases import in_language
from safethird.reports.rule_words import RuleWords


def words(name: str, language: str, **places: object) -> str:
    """A message about notions."""
    return say(f"definitions.{name}", language, **places)


def notion_data(notion: Notion, language: str) -> Data:
    """What a notion means in which regime, and where the meanings part."""
    return {
        "notion": notion.id,
        "label": in_language(notion.label, language),
        "title": words("title", language, notion=in_language(notion.label, language)),
        "why": in_language(notion.why, language),
        "meanings": [
            {
                "id": meaning.id,
                "label": in_language(meaning.label, language),
                "entries": list(_entries(meaning.entries, language)),
            }
            for meaning in notion.meanings
        ],
        "differ": [in_language(entry, language) for entry in notion.differ],
        "aside": list(_entries(notion.aside, language)),
    }


def _entries(entries: Entries, language: str) -> Iterator[Data]:
    for name, ids in entries.items():
        regime = load_regime(name)
        for entry_id in ids:
            entry = find_entry(regime, entry_id)
            if entry is None:
                raise BadData(Problem(f"The regime '{name}' has no entry '{entry_id}'", file="notions.yaml"))
            yield _entry(regime, entry, language)


def _entry(regime: Regime, entry: Definition | Provision, language: str) -> Data:
    said = RuleWords(regime, language)
    definition = entry if isinstance(entry, Definition) else None
    return {
        "regime": regime.id,
        "title": in_language(regime.title, language),
        "entry": entry.id,
        "label": in_language(entry.label, language),
        "rule": None if entry.rule is None else said_data(said.rule(entry.rule, definition)),
        "readings": [] if entry.readings is None else list(_readings(entry.readings, language)),
        **citation_data(entry.citation, language),
    }


def _readings(readings: Readings, language: str) -> Iterator[Data]:
    for option in readings.options.values():
        yield {
            "id": option.id,
            "label": in_language(option.label, language),
            "default": option.id == readings.default,
            **citation_data(option.citation, language),
        }


# --- text and Markdown ---------------------------------------------------------------------------


def notion_text(data: Data, language: str) -> str:
    """One notion as plain text."""
    page = PlainPage()
    write_notion(page, data, language, level=1)
    return page.text


def notion_markdown(data: Data, language: str) -> str:
    """One notion as Markdown."""
    page = MarkdownPage()
    write_notion(page, data, language, level=1)
    return page.text


def definitions_markdown(notions: Iterable[Notion], language: str) -> str:
    """All notions on one page of Markdown."""
    page = MarkdownPage()
    page.heading(1, words("page_title", language))
    page.paragraph(words("page_intro", language))
    for notion in notions:
        write_notion(page, notion_data(notion, language), language, level=2)
    return page.text


def write_notion(page: Page, data: Data, language: str, *, level: int) -> None:
    """Write a notion on a page."""
    page.heading(level, data["title"], data["notion"].replace("_", "-"))
    page.paragraph(page.plain(data["why"]))
    for number, meaning in enumerate(data["meanings"], 1):
        page.heading(level + 1, words("meaning", language, number=number))
        page.paragraph(page.plain(meaning["label"]))
        for entry in meaning["entries"]:
            _write_entry(page, entry, language)
    page.heading(level + 1, words("differ", language))
    for text in data["differ"]:
        page.item(page.plain(text))
    if data["aside"]:
        page.heading(level + 1, words("aside", language))
        for entry in data["aside"]:
            _write_entry(page, entry, language)


def _write_entry(page: Page, entry: Data, language: str) -> None:
    page.item(page.plain(f"{entry['regime']} ({entry['entry']}): {entry['label']}"))
    page.item(_cite(page, entry, language), 1)
    for reading in entry["readings"]:
        default = f" [{say('document.default_reading', language)}]" if reading["default"] else ""
        page.item(
            page.plain(f"{say('document.reading', language)} {reading['id']}: {reading['label']}{default}"), 1
        )
        page.item(_cite(page, reading, language), 2)


def _cite(page: Page, entry: dict[str, Any], language: str) -> str:
    mark = confidence_note(entry, language)
    return page.link(entry["cite"], entry["url"]) + (f" ({page.plain(mark)})" if mark else "")


def notion_page(data: Data, language: str) -> str:
    """One notion as a page with a table for comparison."""
    from safethird.reports.law_html import render_page

    disclaimer = say("document.disclaimer", language)
    return render_page("definitions", language, data["title"], disclaimer, data=data)
