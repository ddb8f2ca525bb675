"""Results and rejected rows written to files that appear whole or not at all.

Everything goes to a file of another name in the same folder, for the owner alone, which takes its place
when all is done. In CSV a cell that a spreadsheet would take for a formula begins with a single quote.
"""

from __future__ import annotations

import errno
import os
import queue
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import polars as pl

from safethird.caseload.rejects import Reject
from safethird.errors import Problem, SafethirdError, UsageError

RESULT_ENDINGS = (".parquet", ".csv", ".jsonl")
REJECT_ENDINGS = (".csv", ".jsonl")
FORMULA = r"^[=+\-@\t\r\n\x00]"
"""How a cell begins that a spreadsheet may run (OWASP ASVS 1.2.10)."""


class CannotWrite(SafethirdError):
    """An output could not be written; what was there before is untouched (exit code 70)."""

    exit_code = 70


class Whole:
    """A file that takes its name only when the block ends well; else nothing is left of it."""

    def __init__(self, path: str | Path, endings: tuple[str, ...], inputs: Iterable[Path] = ()) -> None:
        """Raises UsageError for a name that does not say how to write, a folder that is not there, or the
        name of an input."""
        self.path = Path(path)
        self.ending = self.path.suffix.lower()
        if self.ending not in endings:
            raise UsageError(
                Problem("The name does not say how to write this", file=str(path),
                        expected="a name that ends in " + ", ".join(endings))
            )  # fmt: skip
        if not self.path.parent.is_dir():
            raise UsageError(Problem("There is no such folder", file=str(self.path.parent)))
        if self.path.is_dir() or any(self.path.resolve() == entry.resolve() for entry in inputs):
            raise UsageError(Problem("This name is taken by the input or by a folder", file=str(path)))
        self._part: Path | None = None

    def __enter__(self) -> Path:
        try:
            handle, name = tempfile.mkstemp(
                prefix=f".{self.path.name}.", suffix=f".part{self.ending}", dir=self.path.parent
            )
        except OSError as error:
            raise _cannot_write(self.path, error) from None
        os.close(handle)
        self._part = Path(name)
        return self._part

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._part is None:
            return
        try:
            if kind is None:
                self._part.replace(self.path)
            else:
                self._part.unlink(missing_ok=True)
        except OSError as problem:
            self._part.unlink(missing_ok=True)
            raise _cannot_write(self.path, problem) from None
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _cannot_write(self.path, error) from None


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    what = "The disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "This cannot be written"
    reason = error.strerror or "no reason given"
    return CannotWrite(
        Problem(f"{what} ({reason}); nothing is left of it", file=str(path), code="cannot-write")
    )


# --- results -------------------------------------------------------------------------------------------


def open_writer(part: Path, ending: str, schema: pl.Schema) -> TableWriter:
    """A writer of tables of results to a file."""
    return _ParquetWriter(part, schema) if ending == ".parquet" else _TextWriter(part, ending, schema)


class TableWriter:
    """Takes tables, and `close` when all are given."""

    def write(self, table: pl.DataFrame) -> None:
        """Take a further table."""
        raise NotImplementedError

    def close(self) -> None:
        """All tables are given. Raises OSError where they could not be written."""
        raise NotImplementedError

    def abandon(self) -> None:
        """No more tables will come, and what was written does not matter."""
        raise NotImplementedError


class _TextWriter(TableWriter):
    def __init__(self, part: Path, ending: str, schema: pl.Schema) -> None:
        self._stream: IO[bytes] = part.open("wb")
        self._csv = ending == ".csv"
        if self._csv:
            self._stream.write((",".join(schema.names()) + "\n").encode())

    def write(self, table: pl.DataFrame) -> None:
        if self._csv:
            cells = table.select(_cell(name, kind) for name, kind in table.schema.items())
            text = cells.write_csv(include_header=False)
        else:
            text = table.write_ndjson()
        self._stream.write(text.encode())

    def close(self) -> None:
        self._stream.close()

    def abandon(self) -> None:
        try:
            self._stream.close()
        except OSError:
            # The disk is full: the buffer cannot be emptied, and is not wanted.
            return


def _cell(name: str, kind: Any) -> pl.Expr:
    """A column as cells of a CSV file: lists joined by semicolons, formulas made harmless."""
    if isinstance(kind, pl.List):
        joined = pl.col(name).cast(pl.List(pl.String)).list.join(";")
        return pl.when(joined != "").then(joined).alias(name)
    if kind == pl.String:
        return escaped(pl.col(name)).alias(name)
    return pl.col(name)


def escaped(texts: pl.Expr) -> pl.Expr:
    """Texts with a single quote before those that a spreadsheet may run as a formula."""
    return pl.when(texts.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), texts)).otherwise(texts)


class _ParquetWriter(TableWriter):
    """Hands tables to Polars' own streaming writer, which runs beside and takes one at a time."""

    def __init__(self, part: Path, schema: pl.Schema) -> None:
        self._tables: queue.Queue[pl.DataFrame | None] = queue.Queue(maxsize=1)
        self._error: Exception | None = None
        self._stopped = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(part, schema), daemon=True)
        self._thread.start()

    def _run(self, part: Path, schema: pl.Schema) -> None:
        from polars.io.plugins import register_io_source

        def tables(*_: object) -> Iterator[pl.DataFrame]:
            while (table := self._tables.get()) is not None:
                yield table

        try:
            register_io_source(tables, schema=schema).sink_parquet(part, maintain_order=True)
        except Exception as error:
            self._error = error
        self._done.set()

    def write(self, table: pl.DataFrame) -> None:
        self._put(table)

    def close(self) -> None:
        self._put(None)
        self._thread.join()
        self._raise()

    def abandon(self) -> None:
        while not self._done.is_set():
            try:
                self._tables.put(None, timeout=0.1)
            except queue.Full:
                try:
                    self._tables.get_nowait()
                except queue.Empty:
                    continue
        self._thread.join()

    def _put(self, table: pl.DataFrame | None) -> None:
        while True:
            self._raise()
            try:
                self._tables.put(table, timeout=0.2)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if self._error is None:
            return
        if isinstance(self._error, OSError):
            raise self._error
        # Polars wraps what the system says in a text of its own.
        number = errno.ENOSPC if "No space left" in str(self._error) else errno.EIO
        raise OSError(number, os.strerror(number)) from None


# --- rejects -------------------------------------------------------------------------------------------


class RejectWriter:
    """Rejected rows as CSV or JSON Lines: file, row, line, path, why."""

    def __init__(self, part: Path, ending: str) -> None:
        self._writer = _TextWriter(part, ending, _REJECTS)
        self.close: Callable[[], None] = self._writer.close
        self.abandon: Callable[[], None] = self._writer.abandon

    def write(self, rejects: list[Reject]) -> None:
        """Take further rows."""
        if rejects:
            self._writer.write(pl.DataFrame(rejects, schema=_REJECTS, orient="row"))


_REJECTS = pl.Schema(
    {"file": pl.String, "row": pl.Int64, "line": pl.Int64, "path": pl.String, "why": pl.String}
)
