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
        if reader.is_encrypted and not _opens(reader):
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


def _opens(reader: Any) -> bool:
    """Whether a file with restrictions opens without a password, as in any viewer."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # a cipher that needs a package more: pypdf names it by an error of its own
        return False


def _lines(pages: list[str]) -> list[str]:
    split = [[line.strip() for line in page.split("\n") if line.strip()] for page in pages]
    edges = Counter(_edge(line) for lines in split for line in {*lines[:_EDGES], *lines[-_EDGES:]})
    often = max(3, len(pages) // 2)
    found: list[str] = []
    for lines in split:
        kept = [
            line
            for at, line in enumerate(lines)
            if not (
                min(at, len(lines) - 1 - at) < _EDGES
                and (edges[_edge(line)] >= often or _NUMBER_OF_PAGE.match(line))
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
    return _unbroken(found)


_EDGES = 2
"""So many lines at the top and the bottom of a page may be its header and footer."""
_NUMBER_OF_PAGE = re.compile(
    r"^(?:[-\u2013\u2014]\s*)?(?:(?:page|página|p\.|pág\.)\s*)?\d{1,4}(?:\s*(?:/|of|de|sur)\s*\d{1,4})?"
    r"(?:\s*[-\u2013\u2014])?$",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"(\w+)-$")
_PREFIXES = frozenset(
    [
        "non",
        "no",
        "co",
        "self",
        "ex",
        "vice",
        "inter",
        "anti",
        "semi",
        "sub",
        "pre",
        "post",
        "well",
        "cross",
        "half",
        "multi",
        "quasi",
        "demi",
        "sous",
        "contre",
        "mi",
    ]
)


def _edge(line: str) -> str:
    """A header or footer without its page number."""
    return re.sub(r"\d+", "#", line)


def _unbroken(lines: list[str]) -> list[str]:
    """Lines with words that the end of a line cut put together again. A hyphen stays where the same word
    has one elsewhere in the text, and behind a beginning that takes one ('non-', 'co-')."""
    hyphened = {word.casefold() for line in lines for word in re.findall(r"\w+-\w+", line)}
    found: list[str] = []
    for line in lines:
        cut = _BROKEN.search(found[-1]) if found else None
        if cut is not None and (rest := re.match(r"[^\W\d_]+", line)) and rest.group()[0].islower():
            start = cut.group(1)
            whole = f"{start}-{rest.group()}".casefold()
            hyphen = "-" if whole in hyphened or start.casefold() in _PREFIXES else ""
            found[-1] = f"{found[-1][:-1]}{hyphen}{rest.group()}"
            if left := line[rest.end() :].strip():
                found.append(left)
        else:
            found.append(line)
    return found
