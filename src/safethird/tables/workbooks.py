"""Workbooks (.xlsx, .ods) to rows of text.

The library that reads them lays a sheet out as a full rectangle, so one cell in the last corner of a sheet of
two kilobytes would take all memory there is. The extent is therefore measured first, on the packed text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from safethird.errors import BadData, Problem

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d{1,9})\"")
_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,6})\d")
_TAG = re.compile(rb"<(/?)(?:\w+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*?)(/?)>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=\"(\d{1,12})\"")


def read_sheets(raw: bytes, file: str, most_cells: int) -> list[tuple[str, list[list[str]]]]:
    """Name and rows of each sheet. Raises BadData when the workbook is damaged, locked or too large."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise BadData(Problem(
            "Reading a workbook needs the package python-calamine", file=file,
            hint="Install it with: pip install 'safethird[tables]'", code="missing-extra",
        )) from None  # fmt: skip
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            cells = sum(_extents(packed))
        if cells > most_cells:
            raise BadData(Problem(
                f"The workbook spans {cells:,} cells", file=file, expected=f"at most {most_cells:,}",
                hint="Save the sheet that you need as CSV.", code="too-large",
            ))  # fmt: skip
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return [
            (name, [[cell_text(cell) for cell in row] for row in _cells(book, name)])
            for name in book.sheet_names
        ]
    except (CalamineError, zipfile.BadZipFile, EOFError, OSError):
        raise BadData(Problem(
            "The workbook is damaged, cut short or locked with a password", file=file, code="damaged",
            hint="Download it again.",
        )) from None  # fmt: skip


def _cells(book: CalamineWorkbook, name: str) -> Iterable[Iterable[object]]:
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _extents(packed: zipfile.ZipFile) -> Iterator[int]:
    """Width times height of each sheet."""
    for name in packed.namelist():
        if name == "content.xml":
            yield from _ods_extents(packed.read(name))
        elif name.startswith("xl/worksheets/") and name.endswith(".xml"):
            yield _xlsx_extent(packed.read(name))


def _xlsx_extent(sheet: bytes) -> int:
    rows = max((int(found[1]) for found in _ROW.finditer(sheet)), default=0)
    letters = {found[1] for found in _REFERENCE.finditer(sheet)}
    columns = max((_column_number(name) for name in letters), default=0)
    # Cells and rows may leave out where they are; then they stand side by side.
    return max(rows, sheet.count(b"<row")) * max(columns, 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _ods_extents(content: bytes) -> Iterator[int]:
    """Rows and cells of an .ods file may be repeated; blank ones at the end do not count."""
    rows = height = width = columns = filled = 0
    repeat = 1
    for found in _TAG.finditer(content):
        closing, tag, inside, empty = found.groups()
        times = _REPEATED.search(inside)
        count = int(times[1]) if times else 1
        match tag:
            case b"table":
                if closing:
                    yield height * width
                rows = height = width = 0
            case b"table-row" if not closing:
                repeat, columns, filled = count, 0, 0
                if empty:
                    rows += repeat
            case b"table-row":
                rows += repeat
                if filled:
                    height, width = rows, max(width, filled)
            case _ if not closing:
                columns += count
                if not empty:
                    filled = columns


def cell_text(cell: object) -> str:
    """A workbook cell as the text that it shows: whole numbers without `.0`, dates as ISO.

    >>> cell_text(1234.0), cell_text(date(2018, 3, 31)), cell_text(" Total ")
    ('1234', '2018-03-31', 'Total')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()
