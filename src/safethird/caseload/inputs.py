"""The files of a caseload: found, told apart by the endings of their names, and opened within limits."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import polars as pl

from safethird.errors import BadData, NoInput, Problem
from safethird.facts.documents import no_input, open_input

Kind = Literal["parquet", "csv", "jsonl"]
KINDS: dict[str, Kind] = {
    ".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
PACKED = (".gz", ".zst")
MOST_RATIO = 200
"""Unpacked size over packed size. Tables of people stay below 60; a bomb is near 1000."""
SMALL = 16 << 20
"""Below this size a high ratio of compression does no harm."""
MOST_BLANK = 1_000_000
"""Blank lines, one after the other."""
MOST_LINE = 2_000_000
"""Bytes of one line."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a caseload."""

    path: Path
    kind: Kind
    packed: str
    """`.gz`, `.zst`, or empty."""
    size: int
    """Bytes on disk."""

    @property
    def file(self) -> str:
        """The file, as messages name it."""
        return str(self.path)

    @property
    def separator(self) -> str:
        """What parts the cells of a text table."""
        return "\t" if ".tsv" in self.path.suffixes else ","


def find_inputs(path: str | Path) -> tuple[Input, ...]:
    """The file at a path, or the tables in a folder and in the folders below it, in the order of their names.

    Links inside a folder are not followed. Raises NoInput when there is nothing to read.
    """
    top = Path(path)
    try:
        if not top.exists():
            raise NoInput(Problem("There is no such file or folder", file=str(path), code="no-input"))
        if not top.is_dir():
            return (_input(top),)
        inside = [
            entry for entry in sorted(top.rglob("*"))
            if not entry.is_symlink() and entry.is_file() and kind_of(entry) is not None
            and not any(part.startswith((".", "_")) for part in entry.relative_to(top).parts)
        ]  # fmt: skip
    except OSError as error:
        raise NoInput(_cannot_open(str(path), error)) from None
    if not inside:
        raise NoInput(
            Problem("This folder holds no caseload", file=str(path), code="no-input", expected=_expected())
        )
    return tuple(_input(entry) for entry in inside)


def kind_of(path: Path) -> Kind | None:
    """What the ending of a file's name says, `.gz` and `.zst` set aside."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return KINDS.get(suffixes[-1]) if suffixes else None


def _input(path: Path) -> Input:
    kind = kind_of(path)
    if kind is None:
        raise BadData(
            Problem("The name does not say what kind of table this is", file=str(path), expected=_expected(),
                    code="kind")
        )  # fmt: skip
    last = path.suffix.lower()
    if kind == "parquet" and last in PACKED:
        raise BadData(
            Problem("A Parquet file is packed inside already", file=str(path), code="kind", hint="Unpack it.")
        )
    problem = no_input(path, regular=kind == "parquet" or last == ".zst")
    if problem is not None:
        raise NoInput(problem)
    return Input(path, kind, last if last in PACKED else "", path.stat().st_size)


def _expected() -> str:
    return "a name that ends in " + ", ".join([*KINDS]) + ", text tables also with .gz or .zst behind it"


def _cannot_open(file: str, error: OSError) -> Problem:
    return Problem(
        f"The file cannot be opened ({error.strerror or 'no reason given'})", file=file, code="no-input"
    )


@dataclass(slots=True)
class Position:
    """How far a file has been read, for telling the time left."""

    share: float = 0.0


def byte_lines(source: Input, position: Position) -> Iterator[bytes]:
    """The lines of a text table with their ends, unpacked within limits.

    Raises BadData where the file is damaged, unpacks to far more than its size, or has a line beyond all
    measure.
    """
    lines = _zst_lines(source) if source.packed == ".zst" else _stream_lines(source, position)
    size = blank = 0
    for line in lines:
        size += len(line)
        blank = blank + 1 if len(line) <= 2 and not line.strip() else 0
        if blank > MOST_BLANK:
            raise BadData(
                Problem("There are nothing but blank lines from here on", file=source.file, code="blank",
                        hint="Is it the right file?")
            )  # fmt: skip
        if len(line) > MOST_LINE:
            raise BadData(
                Problem(f"A line is longer than {MOST_LINE:,} bytes", file=source.file, code="too-large",
                        hint="Each line holds one person.")
            )  # fmt: skip
        if source.packed and size > SMALL and size > source.size * MOST_RATIO:
            raise BadData(
                Problem(f"The file unpacks to more than {MOST_RATIO} times its size; no table of people does",
                        file=source.file, code="unpacking-ratio")
            )  # fmt: skip
        yield line


def _stream_lines(source: Input, position: Position) -> Iterator[bytes]:
    try:
        with open_input(source.path) as raw:
            stream: IO[bytes] = (
                io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 20) if source.packed == ".gz" else raw
            )
            count = 0
            while line := stream.readline(MOST_LINE + 1):
                count += 1
                if count % 4096 == 0:
                    position.share = raw.tell() / max(1, source.size)
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadData(
            Problem("The gzip file is damaged or cut short", file=source.file, code="damaged",
                    hint="Make or download it again.")
        ) from None  # fmt: skip


def _zst_lines(source: Input) -> Iterator[bytes]:
    # Python unpacks Zstandard from 3.14 on only; Polars does it always, and cuts lines as it goes.
    try:
        scan = pl.scan_lines(source.path)
        for part in scan.collect_batches(maintain_order=True, chunk_size=1 << 14):
            for text in part.get_column(part.columns[0]):
                yield (text or "").encode() + b"\n"
    except (pl.exceptions.PolarsError, OSError):
        # The error's own text may repeat what stands in the file.
        raise BadData(
            Problem("The Zstandard file is damaged, cut short or not UTF-8", file=source.file, code="damaged",
                    hint="Make or download it again.")
        ) from None  # fmt: skip


def check_text(head: bytes, file: str) -> None:
    """Raise BadData where the first bytes show that this is no UTF-8 text."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadData(
            Problem("The file is UTF-16", file=file, expected="UTF-8", code="encoding",
                    hint="Save it again as 'CSV UTF-8'.")
        )  # fmt: skip
    for magic, what in ((b"PAR1", "a Parquet file"), (b"PK\x03\x04", "a workbook or zip file"),
                        (b"\x1f\x8b", "a gzip file"), (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
                        (b"%PDF", "a PDF")):  # fmt: skip
        if head.startswith(magic):
            raise BadData(Problem(f"This is {what}, whatever its name says", file=file, code="kind"))
