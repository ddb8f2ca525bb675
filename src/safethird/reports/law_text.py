"""The law's standing and its changes as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safethird.reports.law import STATE_ORDER, Data, law
from safethird.reports.lines import bullet, wrapped
from safethird.reports.phrases import confidence_word, note_text

Outline = Mapping[str, Any]


def standing_lines(entries: Sequence[Data], language: str) -> Iterator[str]:
    """Regimes grouped by how they stand, each with since when and on which authority."""
    for state in STATE_ORDER:
        group = [entry for entry in entries if entry["state"] == state]
        if not group:
            continue
        yield f"{group[0]['state_word'].upper()} ({len(group)})"
        for entry in group:
            yield from one_standing_lines(entry)
        yield ""
    if not entries:
        yield law("nothing_found", language)


def one_standing_lines(entry: Data) -> Iterator[str]:
    """One regime: its title and what is said of it."""
    yield from wrapped(f"{entry['title']} ({entry['regime']})", "  ", hang="  ")
    for sentence in entry["says"]:
        yield from bullet(sentence)


def moment_lines(entries: Sequence[Data], language: str) -> Iterator[str]:
    """A timeline: every change with its day, its source and what it did."""
    for entry in entries:
        yield from wrapped(f"{entry['day']}  {_what(entry, language)}", "  ", hang="    ")
        if not entry["exact"]:
            yield from wrapped(law("inexact", language), "      ")
        if entry["kind"] == "wording":
            yield from _wording_lines(entry, language)
        if entry["where"]:
            yield from wrapped(law("only_where", language), "      ")
            yield from outline_lines(entry["where"], "        ")
        yield from wrapped(source_line(entry, language), "      ", hang="  ")


def _what(entry: Data, language: str) -> str:
    if entry["kind"] == "event":
        perhaps = "" if entry["certain"] else f" ({law('perhaps', language)})"
        return f"{entry['label']}: {entry['effect_word']}{perhaps}"
    if entry["kind"] == "wording":
        clock = law("wording_on_clock", language, clock=entry["clock_word"])
        return f"{law('wording_changes', language, label=entry['label'])} {clock}"
    label: str = entry["label"]
    return label


def _wording_lines(entry: Data, language: str) -> Iterator[str]:
    for name in ("ends", "begins", "stays"):
        for version in entry[name]:
            yield from bullet(law(f"wording_{name}", language, label=version["label"]), "      ")
            if name == "stays":
                continue
            if version["rule"] is None:
                yield from wrapped(law("wording_empty", language), "          ")
            else:
                yield from outline_lines(version["rule"], "          ")


def outline_lines(outline: Outline, indent: str) -> Iterator[str]:
    """A rule in words."""
    yield from bullet(outline["text"], indent)
    for part in outline["parts"]:
        yield from outline_lines(part, indent + "  ")


def source_line(entry: Mapping[str, Any], language: str) -> str:
    """Pinpoint, address, and whether it was read or recalled."""
    parts = [entry["cite"], entry["url"], confidence_word(entry["confidence"], language),
             note_text(entry.get("note"), entry.get("note_language"), language)]  # fmt: skip
    return "; ".join(part for part in parts if part)
