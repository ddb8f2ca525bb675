"""Opening a file that a stranger made: what kind it is by its bytes, unpacked within limits, decoded
strictly.

A source gives one or more `Grid`s: a text file is one, a workbook has one for each sheet.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import io
import itertools
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safethird.errors import BadData, Problem
from safethird.facts.documents import open_input
from safethird.tables.workbooks import cell_text, read_sheets

PREVIEW = 40
"""Rows at the top of a grid in which a header is looked for."""

_CHUNK = 1 << 20
_SMALL = 4 << 20
"""Below this size a high ratio of compression does no harm."""


Rows = Callable[[], Iterator[tuple[int, list[str]]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost."""

    most_bytes: int = 96 << 20
    """Size after unpacking: decoding and splitting take three times that in memory."""
    most_ratio: int = 100
    """Unpacked size over packed size. Published tables stay below 40; a bomb is near 1000."""
    most_cells: int = 8_000_000
    """Cells of a workbook, counted as its width times its height."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of text cells. `separator` is None for a sheet of a workbook."""

    name: str | None
    """Name of the sheet, or of the member of a zip file."""
    head: tuple[tuple[str, ...], ...]
    """The first rows, for recognition."""
    rows: Rows
    """All rows with their line numbers, from 1. Blank lines are left out."""
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file."""

    file: str
    kind: str
    """text, workbook or json."""
    digest: str
    grids: tuple[Grid, ...]
    facts: tuple[str, ...] = ()
    """Things to tell the reader about the file itself: a member left out, a page of several."""


def open_source(path: str | Path, limits: Limits | None = None) -> Source:
    """Open a published table. Raises NoInput when there is no such file, BadData when it cannot be one."""
    limits = limits or Limits()
    file = str(path)
    with open_input(path) as stream:
        raw = stream.read(limits.most_bytes + 1)
    if len(raw) > limits.most_bytes:
        raise _too_large(file, limits)
    digest = hashlib.sha256(raw).hexdigest()
    facts: tuple[str, ...] = ()
    if raw[:2] == b"\x1f\x8b":
        raw = _gunzip(raw, file, limits)
    if raw[:4] == b"PK\x03\x04":
        inner = _open_zip(raw, file, limits)
        if isinstance(inner, _Workbook):
            sheets = read_sheets(raw, file, limits.most_cells)
            grids = tuple(_grid(name, _sheet_rows(rows)) for name, rows in sheets)
            return Source(file, "workbook", digest, grids)
        raw, facts = inner
    _refuse_other_kinds(raw, file)
    text = _decode(raw, file)
    if _begin(text) in ("{", "["):
        grid, more = _json_grid(text, file)
        return Source(file, "json", digest, (grid,), facts + more)
    return Source(file, "text", digest, _text_grids(text), facts)


def _begin(text: str) -> str:
    return text[:4096].lstrip()[:1]


def open_head(path: str | Path) -> Source:
    """As `open_source`, for a look at the header: of a text table, packed or not, only the beginning is read."""
    file = str(path)
    with open_input(path) as stream:
        raw = stream.read(_CHUNK)
    packed = raw[:2] == b"\x1f\x8b"
    try:
        text = zlib.decompressobj(wbits=31).decompress(raw, _CHUNK) if packed else raw
    except zlib.error:
        text = b""
    whole = text[:4] == b"PK\x03\x04" or text[:2] in (b"\xff\xfe", b"\xfe\xff")
    if whole or len(text) < _CHUNK:
        return open_source(path)
    _refuse_other_kinds(text, file)
    whole_lines = text[: text.rfind(b"\n") + 1]
    return Source(file, "text", hashlib.sha256(raw).hexdigest(), _text_grids(_decode(whole_lines, file)))


# --- Packed files -------------------------------------------------------------------------------------------


def _gunzip(raw: bytes, file: str, limits: Limits) -> bytes:
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += chunk
                _check_size(len(unpacked), len(raw), file, limits)
    except (OSError, EOFError, zlib.error):
        raise BadData(Problem(
            "The gzip file is damaged or cut short", file=file, hint="Download it again.", code="damaged",
        )) from None  # fmt: skip
    return bytes(unpacked)


@dataclass(frozen=True, slots=True)
class _Workbook:
    """Marks a zip file that is a workbook."""


def _open_zip(raw: bytes, file: str, limits: Limits) -> _Workbook | tuple[bytes, tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            members = [info for info in packed.infolist() if not info.is_dir()]
            _check_size(sum(info.file_size for info in members), len(raw), file, limits)
            names = {info.filename for info in members}
            if "xl/workbook.xml" in names or {"content.xml", "mimetype"} <= names:
                return _Workbook()
            tables = [
                info for info in members if info.filename.lower().endswith((".csv", ".tsv", ".txt", ".json"))
            ]
            # UNHCR packs its notes beside the table.
            data = [info for info in tables if "footnote" not in info.filename.lower()]
            if len(data) != 1:
                raise BadData(Problem(
                    f"The zip file holds {len(data)} tables", file=file, expected="one table",
                    hint="Unpack it and name the file that you want.", code="many-tables",
                ))  # fmt: skip
            left = tuple(
                f"left out '{info.filename}' of the zip file" for info in members if info not in data
            )
            with packed.open(data[0]) as stream:
                # The size in the directory of a zip file is only a claim.
                inner = stream.read(limits.most_bytes + 1)
            _check_size(len(inner), len(raw), file, limits)
            return inner, (f"read '{data[0].filename}' of the zip file", *left)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError):
        raise BadData(Problem(
            "The zip file or workbook is damaged, locked or cut short", file=file,
            hint="Download it again, or save it without a password.", code="damaged",
        )) from None  # fmt: skip


def _check_size(size: int, packed: int, file: str, limits: Limits) -> None:
    if size > limits.most_bytes:
        raise _too_large(file, limits)
    if size > _SMALL and size > packed * limits.most_ratio:
        raise BadData(Problem(
            f"The file unpacks to more than {limits.most_ratio} times its size; no published table does",
            file=file, code="unpacking-ratio",
        ))  # fmt: skip


def _too_large(file: str, limits: Limits) -> BadData:
    return BadData(Problem(
        f"The file is larger than {limits.most_bytes >> 20} MB", file=file,
        hint="Download an extract: fewer years, or only the totals of age and sex.", code="too-large",
    ))  # fmt: skip


_OTHER_KINDS = (
    (b"%PDF", "a PDF", "Publishers give the same table as CSV or XLSX."),
    (b"PAR1", "a Parquet file", "Give the publisher's own file."),
    (b"RDX", "an R data file", "Write it as CSV in R: write.csv(x, 'x.csv', row.names = FALSE, na = '')."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)", "Save it as .xlsx."),
    (b"SQLite format 3", "a database", "Give the publisher's own file."),
)


def _refuse_other_kinds(raw: bytes, file: str) -> None:
    for magic, what, hint in _OTHER_KINDS:
        if raw.startswith(magic):
            raise BadData(
                Problem(f"This is {what}, not a table of text", file=file, hint=hint, code="other-kind")
            )
    if raw[:4096].lstrip()[:1] == b"<":
        raise BadData(Problem(
            "This is a web page, not a table", file=file, code="web-page",
            hint="The download was blocked or has moved. Open the publisher's page and save the file itself.",
        ))  # fmt: skip
    if not raw.strip():
        raise BadData(Problem("The file is empty", file=file, code="empty"))


def _decode(raw: bytes, file: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding, name = "utf-16", "UTF-16"
    else:
        encoding, name = "utf-8-sig", "UTF-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadData(Problem(
            f"The file is not {name}", file=file, line=raw.count(b"\n", 0, error.start) + 1,
            hint="Save it again as 'CSV UTF-8'. Other encodings turn names with accents into other names.",
            code="encoding",
        )) from None  # fmt: skip
    if "\x00" in text:
        raise BadData(Problem("The file holds zero bytes and is not text", file=file, code="zero-bytes"))
    return text


# --- Text ---------------------------------------------------------------------------------------------------

MOST_LINE = 2_000_000
"""Characters. A table has rows."""
SEPARATORS = (",", "\t", ";", "|")


def _grid(name: str | None, rows: Rows, separator: str | None = None) -> Grid:
    head: list[tuple[str, ...]] = []
    # Recognition works with what can be cut; reading the whole reports the bad quote.
    with contextlib.suppress(csv.Error):
        head.extend(tuple(row) for _, row in itertools.islice(rows(), PREVIEW))
    return Grid(name, tuple(head), rows, separator)


def _text_grids(text: str) -> tuple[Grid, ...]:
    """The same text cut by each separator that occurs near the top; recognition chooses."""
    top = text[: 1 << 16]
    return tuple(_grid(None, _text_rows(text, mark), mark) for mark in SEPARATORS if mark in top) or (
        _grid(None, _text_rows(text, ","), ","),
    )


def reader_options(separator: str) -> dict[str, Any]:
    """Options of `csv.reader` for a separator. Tab-separated statistics never quote."""
    if separator == "\t":
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    return {"delimiter": separator, "quotechar": '"', "doublequote": True, "strict": True}


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, one by one; a copy of the whole text would cost four times its size."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if end - start > MOST_LINE:
            raise csv.Error("a line is too long")
        yield text[start:end]
        start = end


def _text_rows(text: str, separator: str) -> Rows:
    def rows() -> Iterator[tuple[int, list[str]]]:
        cut = csv.reader(_lines(text), **reader_options(separator))
        start = 1
        for row in cut:
            if row and any(cell.strip() for cell in row):
                yield start, row
            start = cut.line_num + 1

    return rows


def _sheet_rows(rows: list[list[str]]) -> Rows:
    def again() -> Iterator[tuple[int, list[str]]]:
        return ((number, row) for number, row in enumerate(rows, start=1) if any(row))

    return again


# --- JSON of the UNHCR interface ----------------------------------------------------------------------------


def _json_grid(text: str, file: str) -> tuple[Grid, tuple[str, ...]]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BadData(Problem(
            "The JSON text is damaged or cut short", file=file, line=line, hint="Download it again.",
            code="damaged",
        )) from None  # fmt: skip
    items = body.get("items") if isinstance(body, dict) else body
    if not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
        raise BadData(Problem(
            "This JSON is not the answer of a statistics interface that is known here", file=file,
            expected="an object with a list named 'items' (api.unhcr.org)", code="unknown-layout",
            hint="From Eurostat, take TSV or SDMX-CSV.",
        ))  # fmt: skip
    names = list(dict.fromkeys(name for item in items for name in item))
    rows = [names, *([_json_text(item.get(name)) for name in names] for item in items)]
    page, pages = (body.get("page"), body.get("maxPages")) if isinstance(body, dict) else (None, None)
    facts = (
        (f"page {page} of {pages}: the other pages are not in this file",)
        if pages not in (None, 0, 1)
        else ()
    )
    return _grid(None, _sheet_rows(rows)), facts


def _json_text(value: object) -> str:
    if isinstance(value, (dict, list, bool)):
        return "?"
    return cell_text(value)
