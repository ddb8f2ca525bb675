"""Comparisons, proofs and checklists as pages and as Word files that a counterparty can open."""

from __future__ import annotations

from typing import Any

from safethird.messages import say
from safethird.reports.law_html import render_page
from safethird.reports.lines import case_lines
from safethird.reports.word_document import clean, docx_bytes, new_docx

Data = dict[str, Any]


def comparison_page(data: Data) -> str:
    """A comparison as one self-contained page."""
    return _page("comparison", data)


def checklist_page(data: Data) -> str:
    """A checklist, or one proof, as one self-contained page."""
    return _page("checklist", data)


def _page(name: str, data: Data) -> str:
    return render_page(
        name, data["language"], data["title"], data["disclaimer"], data=data, case_lines=case_lines
    )


def _redline(document: Any, pieces: list[dict[str, str]]) -> None:
    from docx.shared import RGBColor

    paragraph = document.add_paragraph()
    for piece in pieces:
        run = paragraph.add_run(clean(piece["text"]))
        if piece["kind"] == "out":
            run.font.strike = True
            run.font.color.rgb = RGBColor(0xA0, 0, 0)
        elif piece["kind"] == "in":
            run.font.underline = True
            run.font.color.rgb = RGBColor(0, 0x60, 0)


def _case(document: Any, entry: Data, language: str) -> None:
    """A case in words, and as a file."""
    from docx.shared import Pt

    for line in entry["case_in_words"]:
        document.add_paragraph(clean(line), style="List Bullet")
    document.add_paragraph(say("compare.case_file", language))
    paragraph = document.add_paragraph()
    run = paragraph.add_run("\n".join(case_lines(entry["case"], "")))
    run.font.name = "Courier New"
    run.font.size = Pt(8)


def comparison_docx(data: Data) -> bytes:
    """A comparison as a Word file. Raises UsageError without the extra `docx`."""
    language = data["language"]
    document = new_docx(data["title"], data["disclaimer"])
    for line in data["subtitle"]:
        document.add_paragraph(clean(line))
    document.add_heading(say("compare.people", language), 1)
    for entry in data["people"]:
        document.add_heading(entry["sentence"], 2)
        for ground in entry["because"]:
            document.add_paragraph(clean(ground["sentence"]), style="List Bullet")
        document.add_paragraph(say("compare.one_such", language))
        _case(document, entry, language)
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
            document.add_paragraph(clean(sentence), style="List Bullet")
    for part in ("definitions", "events"):
        if data[part]:
            document.add_heading(say(f"compare.{part}", language), 1)
        for entry in data[part]:
            document.add_paragraph(clean(entry["sentence"]), style="List Bullet")
            if entry.get("rule"):
                _redline(document, entry["rule"])
    return docx_bytes(document)


def checklist_docx(data: Data) -> bytes:
    """A checklist, or one proof, as a Word file. Raises UsageError without the extra `docx`."""
    document = new_docx(data["title"], data["disclaimer"])
    for entry in data["entries"]:
        document.add_heading(f"{entry['mark']} {clean(entry['heading'])}", 2)
        for line in entry["lines"]:
            document.add_paragraph(clean(line))
        if entry["case"]:
            _case(document, entry, data["language"])
    for line in data["notes"]:
        document.add_paragraph(clean(line))
    return docx_bytes(document)
