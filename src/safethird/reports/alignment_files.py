"""Language versions side by side as a page and as a Word file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from safethird.messages import say
from safethird.reports.law_html import render_page
from safethird.reports.word_document import clean, docx_bytes, new_docx

Data = dict[str, Any]


MOST_ROWS = 3_000
"""A Word table of more rows opens slowly; beyond, only rows with something to say are written."""
_WIDTHS = (2.7, 8.9, 8.9, 5.2)
"""Centimetres of the columns, on A4 laid sideways."""


def alignment_page(data: Data) -> str:
    """Both versions as one self-contained page."""
    keyed = {**data, "rows": [{**row, "key": at} for at, row in enumerate(data["rows"])]}
    colon = " :" if data["language"] == "fr" else ":"
    return render_page(
        "alignment", data["language"], data["title"], data["disclaimer"], data=keyed, colon=colon
    )


def alignment_docx(data: Data) -> bytes:
    """Both versions as a Word table. Raises UsageError without the extra `docx`."""
    language = data["language"]
    document: Any = new_docx(clean(data["title"]), data["disclaimer"])
    _lay_sideways(document.sections[0])
    document.add_paragraph(data["counts"])
    if data["notices"]:
        document.add_heading(say("align.notices", language), 1)
        for entry in data["notices"]:
            document.add_paragraph(clean(entry["sentence"]), style="List Bullet")
    document.add_heading(say("align.flags", language), 1)
    flagged = [(row["place"], flag["sentence"]) for row in data["rows"] for flag in row["flags"]]
    for place, sentence in flagged:
        document.add_paragraph(clean(f"{place} - {sentence}"), style="List Bullet")
    if not flagged:
        document.add_paragraph(say("align.no_flags", language))
    document.add_heading(say("align.side_by_side", language), 1)
    rows = data["rows"]
    if len(rows) > MOST_ROWS:
        document.add_paragraph(say("align.only_flagged", language, rows=len(rows)))
        rows = [row for row in rows if row["flags"] or any(_changes(row))]
    _table(document, data, rows)
    return docx_bytes(document)


def _lay_sideways(section: Any) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)


def _changes(row: Data) -> Iterator[str]:
    for side in ("left", "right"):
        for entry in row[side]:
            for change in entry["changes"]:
                yield change["sentence"]


def _table(document: Any, data: Data, rows: Sequence[Data]) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Cm

    language = data["language"]
    table = document.add_table(rows=len(rows) + 1, cols=len(_WIDTHS))
    table.style = "Table Grid"
    table.autofit = False
    # Cells one by one through `rows` cost a walk of the whole table each: take the grid once.
    cells = table._cells
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Cm(width)
    for at, cell in enumerate(cells):
        cell.width = Cm(_WIDTHS[at % len(_WIDTHS)])
    for line, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if line == 0:
            properties.append(OxmlElement("w:tblHeader"))  # said again on every page
    heads = (
        say("align.place", language),
        data["left"]["name"],
        data["right"]["name"],
        say("align.flags", language),
    )
    for at, text in enumerate(heads):
        cells[at].text = clean(text)
        cells[at].paragraphs[0].runs[0].bold = True
    article = None
    for line, row in enumerate(rows, 1):
        first = line * len(_WIDTHS)
        place = row["number"] or ""
        if row["article"] != article:
            article = row["article"]
            place = f"{article} ({place})" if place else article
        cells[first].text = clean(place)
        for column, side in enumerate(("left", "right"), 1):
            cells[first + column].text = clean("\n".join(entry["text"] for entry in row[side]))
            mark = OxmlElement("w:lang")
            mark.set(qn("w:val"), data[side]["language"])
            for run in cells[first + column].paragraphs[0].runs:
                run._r.get_or_add_rPr().append(mark)
        cells[first + 3].text = clean(
            "\n".join([*(flag["sentence"] for flag in row["flags"]), *_changes(row)])
        )
        if row["flags"]:
            for run in cells[first + 3].paragraphs[0].runs:
                run.bold = True
