"""Comparisons, proofs and checklists as pages and as Word files that a counterparty can open."""

from __future__ import annotations

import io
import json
from typing import Any

from safethird.errors import Problem, UsageError
from safethird.messages import say
from safethird.reports.law_html import render_page

Data = dict[str, Any]


def comparison_page(data: Data) -> str:
    """A comparison as one self-contained page."""
    return render_page("comparison", data["language"], data["title"], data["disclaimer"], data=data)


def checklist_page(data: Data) -> str:
    """A checklist, or one proof, as one self-contained page."""
    return render_page("checklist", data["language"], data["title"], data["disclaimer"], data=data)


def _document(title: str, disclaimer: str) -> Any:
    try:
        from docx import Document
    except ImportError:
        raise UsageError(
            Problem("Word files need the package python-docx", code="missing-extra",
                    hint="Install it with: pip install 'safethird[docx]'")
        ) from None  # fmt: skip
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = "safethird"
    document.add_heading(title, 0)
    document.add_paragraph(disclaimer)
    return document


def _bytes(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _redline(document: Any, pieces: list[dict[str, str]]) -> None:
    from docx.shared import RGBColor

    paragraph = document.add_paragraph()
    for piece in pieces:
        run = paragraph.add_run(_clean(piece["text"]))
        if piece["kind"] == "out":
            run.font.strike = True
            run.font.color.rgb = RGBColor(0xA0, 0, 0)
        elif piece["kind"] == "in":
            run.font.underline = True
            run.font.color.rgb = RGBColor(0, 0x60, 0)


def _clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return "".join(character for character in text if character in "\t\n" or character >= " ")


def comparison_docx(data: Data) -> bytes:
    """A comparison as a Word file. Raises UsageError without the extra `docx`."""
    language = data["language"]
    document = _document(data["title"], data["disclaimer"])
    document.add_heading(say("compare.people", language), 1)
    for entry in data["people"]:
        document.add_heading(entry["sentence"], 2)
        if entry["provisions"]:
            document.add_paragraph(say("compare.because_of", language, ids=", ".join(entry["provisions"])))
        document.add_paragraph(say("compare.one_such", language))
        document.add_paragraph(json.dumps(entry["case"], ensure_ascii=False, indent=1))
    for entry in data["undecided"]:
        document.add_paragraph(entry["sentence"])
    if data["closing"]:
        document.add_paragraph(data["closing"])
    if data["counts"]:
        document.add_heading(say("compare.counts", language), 1)
        for row in data["counts"]["rows"]:
            document.add_paragraph(row["sentence"], style="List Bullet")
    document.add_heading(say("compare.provisions", language), 1)
    for entry in data["provisions"]:
        if entry["kind"] == "same":
            continue
        document.add_heading(entry["id"], 2)
        for name in ("citation", "label", "rule"):
            if entry[name]:
                _redline(document, entry[name])
        for sentence in entry["sentences"]:
            document.add_paragraph(_clean(sentence), style="List Bullet")
    for part in ("definitions", "events"):
        if data[part]:
            document.add_heading(say(f"compare.{part}", language), 1)
        for entry in data[part]:
            document.add_paragraph(_clean(entry["sentence"]), style="List Bullet")
            if entry.get("rule"):
                _redline(document, entry["rule"])
    return _bytes(document)


def checklist_docx(data: Data) -> bytes:
    """A checklist, or one proof, as a Word file. Raises UsageError without the extra `docx`."""
    document = _document(data["title"], data["disclaimer"])
    for entry in data["entries"]:
        document.add_heading(f"{entry['mark']} {_clean(entry['heading'])}", 2)
        for line in entry["lines"]:
            document.add_paragraph(_clean(line))
        if entry["case"]:
            document.add_paragraph(json.dumps(entry["case"], ensure_ascii=False, indent=1))
    for line in data["notes"]:
        document.add_paragraph(_clean(line))
    return _bytes(document)
