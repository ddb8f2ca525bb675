"""Language versions side by side as a page and as a Word file."""

from __future__ import annotations

from typing import Any

from safethird.messages import say
from safethird.reports.law_html import render_page
from safethird.reports.word_document import clean, docx_bytes, new_docx

Data = dict[str, Any]


def alignment_page(data: Data) -> str:
    """Both versions as one self-contained page."""
    keyed = {**data, "rows": [{**row, "key": at} for at, row in enumerate(data["rows"])]}
    return render_page("alignment", data["language"], data["title"], data["disclaimer"], data=keyed)


def alignment_docx(data: Data) -> bytes:
    """Both versions as a Word table. Raises UsageError without the extra `docx`."""
    language = data["language"]
    document: Any = new_docx(clean(data["title"]), data["disclaimer"])
    document.add_paragraph(data["counts"])
    if data["notices"]:
        document.add_heading(say("align.notices", language), 1)
        for entry in data["notices"]:
            document.add_paragraph(clean(entry["sentence"]), style="List Bullet")
    document.add_heading(say("align.side_by_side", language), 1)
    rows = data["rows"]
    table = document.add_table(rows=len(rows) + 1, cols=3)
    table.style = "Table Grid"
    # Cells one by one through `rows` cost a walk of the whole table each: take the grid once.
    cells = table._cells
    heads = (data["left"]["name"], data["right"]["name"], say("align.flags", language))
    for at, text in enumerate(heads):
        cells[at].text = clean(text)
    for at, row in enumerate(rows, 1):
        for column, side in enumerate(("left", "right")):
            cells[at * 3 + column].text = clean("\n".join(entry["text"] for entry in row[side]))
        changes = [
            change["sentence"]
            for side in ("left", "right")
            for entry in row[side]
            for change in entry["changes"]
        ]
        told = [row["place"], *(f"! {flag['sentence']}" for flag in row["flags"]), *changes]
        cells[at * 3 + 2].text = clean("\n".join(told))
    return docx_bytes(document)
