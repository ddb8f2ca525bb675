"""The text layer of a PDF, through the extra `pdf`. Pictures of text are not read."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from safethird.drafting.align.model import Notice
from safethird.errors import BadData, NoInput, Problem, UsageError

MOST_PAGES = 10_000
MOST_BYTES = 100_000_000
_SENTENCE_END = re.compile(r"[.;:!?»”\"]$")


def read_pdf(path: Path) -> tuple[list[str], list[Notice]]:
    """Lines of the text layer, with an empty line between paragraphs as far as they can be told."""
    try:
        import pypdf
    except ImportError:
        raise UsageError(
            Problem("PDF files need the package pypdf", code="missing-extra",
                    hint="Install it with: pip install 'safethird[pdf]'")
        ) from None  # fmt: skip
    name = str(path)
    if not path.is_file():
        raise NoInput(Problem("There is no such file", file=name, hint="Check the spelling."))
    if path.stat().st_size > MOST_BYTES:
        raise BadData(Problem(f"The file is larger than {MOST_BYTES:,} bytes", file=name, code="too-large"))
    try:
        reader: Any = pypdf.PdfReader(str(path))
        if reader.is_encrypted:
            raise BadData(Problem("The file is protected by a password", file=name, code="encrypted",
                                  hint="Save it without one."))  # fmt: skip
        if len(reader.pages) > MOST_PAGES:
            raise BadData(
                Problem(f"The file has more than {MOST_PAGES:,} pages", file=name, code="too-large")
            )
        pages = [page.extract_text() or "" for page in reader.pages]
    except BadData:
        raise
    except (
        Exception
    ):  # pypdf raises many kinds of error on a damaged file, also plain ValueError and KeyError
        raise BadData(Problem("This PDF cannot be read", file=name, code="not-pdf",
                              hint="Open it in a viewer and save it again.")) from None  # fmt: skip
    if not any(page.strip() for page in pages):
        raise BadData(
            Problem(
                "This PDF has no text layer: its pages are pictures",
                file=name,
                code="no-text-layer",
                hint="Run text recognition first, then check its result.",
            )
        )
    return _lines(pages), [Notice("pdf_text", None, "")]


def _lines(pages: list[str]) -> list[str]:
    split = [[line.strip() for line in page.split("\n")] for page in pages]
    edges = Counter(_edge(line) for lines in split for line in {*lines[:1], *lines[-1:]} if line)
    found: list[str] = []
    for lines in split:
        kept = [
            line
            for at, line in enumerate(lines)
            if not (
                at in (0, len(lines) - 1)
                and (edges[_edge(line)] >= max(3, len(pages) // 2) or line.isdigit())
            )
        ]
        longest = max((len(line) for line in kept), default=0)
        for line in kept:
            found.append(line)
            # A short line that ends a sentence ends its paragraph.
            if len(line) < 0.75 * longest and _SENTENCE_END.search(line):
                found.append("")
        if kept and _SENTENCE_END.search(kept[-1]):
            found.append("")
    return found


def _edge(line: str) -> str:
    """A header or footer without its page number."""
    return re.sub(r"\d+", "#", line)
