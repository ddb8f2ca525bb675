"""Text tables (CSV, TSV) cut into rows strictly: what is ragged, badly quoted or not UTF-8 is told, not
mended."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from safethird.caseload.inputs import Input, Position, byte_lines, check_text
from safethird.errors import BadData, Problem

MOST_COLUMNS = 2000
MOST_CELL = 131_072
"""Characters of one cell; the quote that opened it was not meant to go on for so long."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, or why it cannot be read."""

    number: int
    """From 1; the header does not count."""
    line: int
    cells: list[str]
    why: str | None = None


def header_and_rows(source: Input, position: Position) -> tuple[list[str], Iterator[Row]]:
    """The headers of a text table, and its rows as they come. Raises BadData where it cannot be a table, also
    while the rows are read: a quote that is never closed leaves nothing that can be trusted."""
    cut = csv.reader(_texts(source, position), delimiter=source.separator, strict=True)
    try:
        header = next(cut, [])
    except csv.Error:
        raise _quote(source, 1) from None
    if not any(cell.strip() for cell in header):
        raise BadData(Problem("The file is empty", file=source.file, code="empty"))
    check_header(header, source.file)
    return [name.strip() for name in header], _rows(source, cut, len(header))


def check_header(header: list[str], file: str) -> None:
    """Raise BadData for headers that name no columns."""
    if len(header) > MOST_COLUMNS:
        raise BadData(
            Problem(f"The file has {len(header):,} columns", file=file, expected=f"at most {MOST_COLUMNS:,}",
                    code="too-large")
        )  # fmt: skip
    if any(_undecoded(name) for name in header):
        raise BadData(_encoding(file, 1))
    seen: set[str] = set()
    for place, name in enumerate(header, start=1):
        if not name.strip():
            raise BadData(Problem(f"Column {place} has no header", file=file, line=1, code="header"))
        if name.strip() in seen:
            raise BadData(
                Problem(f"Column {place} has the header of another column", file=file, line=1, code="header",
                        hint="Give each column a name of its own.")
            )  # fmt: skip
        seen.add(name.strip())


def _texts(source: Input, position: Position) -> Iterator[str]:
    first = True
    for line in byte_lines(source, position):
        if first:
            check_text(line, source.file)
        text = line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False
        yield text.decode("utf-8", "surrogateescape")


def _rows(source: Input, cut: Any, width: int) -> Iterator[Row]:
    number = 0
    while True:
        start = cut.line_num + 1
        try:
            cells = next(cut)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            text = str(error)
            if "unexpected end" in text or "larger than field limit" in text:
                raise _quote(source, start) from None
            yield Row(number, start, [], "has a quote in the wrong place")
            continue
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        number += 1
        why = None
        if len(cells) != width:
            why = f"has {len(cells):,} cells, but the header has {width:,}"
        elif any(_undecoded(cell) for cell in cells):
            why = "is not UTF-8 text"
        yield Row(number, start, cells, why)


def _undecoded(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text)


def _encoding(file: str, line: int) -> Problem:
    return Problem("The header is not UTF-8", file=file, line=line, code="encoding",
                   hint="Save the file again as 'CSV UTF-8'.")  # fmt: skip


def _quote(source: Input, line: int) -> BadData:
    return BadData(
        Problem("A quote that opens here is not closed", file=source.file, line=line, code="quote",
                hint="Nothing after it can be trusted, so nothing was read. Mend this row.")
    )  # fmt: skip
