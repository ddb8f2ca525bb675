"""Caseloads from files: Parquet, CSV, TSV and JSON Lines, packed or not, one file or a folder, larger than
memory.

A table comes in batches of cases in the case format (see `schema`). Nested tables have its sections as
columns, and `id`; in text tables those columns hold JSON. A flat table has one fact in each column: its
headers are paths of facts, or a mapping says which facts they are. Rows that cannot be read are given
apart, and the others go on.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from safethird.caseload.flat import Flat
from safethird.caseload.identity import Seen
from safethird.caseload.inputs import Input, Position, byte_lines, check_text, find_inputs
from safethird.caseload.json_lines import NotACase, read_line
from safethird.caseload.mapping import ID, ColumnMap, by_paths
from safethird.caseload.rejects import Reject
from safethird.caseload.text_tables import MOST_COLUMNS, Row, check_header, header_and_rows
from safethird.caseload.whole import check_columns, wrong_rows
from safethird.errors import BadData, Problem, UsageError
from safethird.facts.vocabulary import vocabulary

ROWS = 1 << 14
"""Rows that are answered at a time."""
WINDOW = 3 * ROWS
"""Rows of a Parquet file that are read at a time."""
FIRST_LINES = 4_096
"""Of the first part: a file that holds no cases shows it soon."""
LINES = 1 << 14
"""Lines of JSON that are held at a time; each takes far more room than a row."""
MOST_BATCH_BYTES = 64 << 20
"""Bytes of text that are held at a time."""
BY = "by"
"""The column of a batch with the values to count by."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases of a caseload."""

    cases: pl.DataFrame
    """Sections of the case format, `id` (text), and `by` where a column to count by was asked for."""
    rejects: list[Reject]
    """The rows between these cases that cannot be read."""
    share: float
    """How much of the caseload has been read so far, from 0 to 1."""
    file: str
    rows: Sequence[int]
    """The row of each case in its file."""
    lines: Sequence[int] | None
    """The line of each case, in a file of text."""

    def parts(self, most: int) -> Iterator[Batch]:
        """The same cases in batches of at most so many, none of them empty."""
        if 0 < self.cases.height <= most:
            yield self
            return
        for first in range(0, self.cases.height, most):
            some = slice(first, first + most)
            lines = None if self.lines is None else self.lines[some]
            yield Batch(self.cases[some], [], self.share, self.file, self.rows[some], lines)

    def reject(self, place: int, path: str | None, why: str) -> Reject:
        """Words for a case of this batch that cannot be read after all."""
        line = None if self.lines is None else self.lines[place]
        return Reject(self.file, self.rows[place], line, path, why)


@dataclass(slots=True)
class _Part:
    """Cases that have been read and not yet been checked against the others."""

    cases: pl.DataFrame
    rows: Sequence[int]
    lines: Sequence[int] | None = None
    wrong: dict[int, tuple[str | None, str]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    numbered: bool = False
    """Whether the ids are numbers of ours."""


class Caseload:
    """The cases in a file or folder, in batches."""

    def __init__(self, path: str | Path, mapping: ColumnMap | None = None, by: str | None = None) -> None:
        """`by`: a fact of the case outside lists, or a header of the table. Raises NoInput or BadData where
        there is nothing to read, UsageError for a fact that cannot be counted by."""
        self.inputs = find_inputs(path)
        self._mapping = mapping
        self._by = by
        self._total = sum(source.size for source in self.inputs) or 1

    def batches(self) -> Iterator[Batch]:
        """All cases, batch after batch. An id that stands twice is rejected where it stands the second time;
        a caseload without ids is numbered from 1."""
        with closing(Seen()) as seen:
            yield from self._batches(seen)

    def _batches(self, seen: Seen) -> Iterator[Batch]:
        before = number = 0
        for source in self.inputs:
            position = Position()
            for part in self._parts(source, position):
                if ID not in part.cases.columns:
                    numbers = pl.Series(ID, range(number + 1, number + part.cases.height + 1))
                    part.cases = part.cases.with_columns(numbers.cast(pl.String))
                    part.numbered = True
                number += part.cases.height
                share = (before + source.size * min(position.share, 1.0)) / self._total
                yield _checked(part, source.file, seen, share)
            before += source.size

    def _parts(self, source: Input, position: Position) -> Iterator[_Part]:
        match source.kind:
            case "jsonl":
                yield from self._json_lines(source, position)
            case "csv":
                yield from self._text_table(source, position)
            case "parquet":
                yield from self._parquet(source, position)

    # --- JSON Lines --------------------------------------------------------------------------------

    def _json_lines(self, source: Input, position: Position) -> Iterator[_Part]:
        if self._mapping is not None:
            raise UsageError(
                Problem("A mapping is for tables with columns, not for JSON Lines", file=source.file)
            )
        expression = by_fact(self._by)
        for lines in _batched(_numbered(source, position)):
            part = _cases_of_lines(lines, source.file)
            if expression is not None and part.cases.height:
                part.cases = _with_by(part.cases, expression)
            yield part

    # --- text tables -------------------------------------------------------------------------------

    def _text_table(self, source: Input, position: Position) -> Iterator[_Part]:
        header, rows = header_and_rows(source, position)
        flat = self._flat(header, source.file)
        plain = self._by in header and (flat is not None or vocabulary().get(str(self._by)) is None)
        expression = None if plain else by_fact(self._by, header)
        for some in _row_batches(rows):
            good = [row for row in some if row.why is None]
            rejects = [Reject(source.file, row.number, row.line, None, row.why) for row in some if row.why]
            if not good:
                yield _Part(_frame_of([]), [], [], rejects=rejects)
                continue
            columns = list(zip(*(row.cells for row in good), strict=True))
            table = pl.DataFrame(
                [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(header, columns, strict=True)]
            )
            if flat is None:
                part = _sections_of_text(table, good, source.file)
                table = table.filter(pl.Series([row.number for row in good]).is_in(list(part.rows)))
            else:
                cases, wrong = flat.cases(table)
                part = _Part(cases, [row.number for row in good], [row.line for row in good], {**wrong})
                _hold_against_format(part, source.file)
            part.rejects = rejects + part.rejects
            part.cases = self._add_by(part.cases, table, expression)
            yield part

    def _flat(self, header: Sequence[str], file: str) -> Flat | None:
        """How the rows of a flat table become cases; None for a table with the sections as columns."""
        if self._mapping is not None:
            return Flat(self._mapping, header, file)
        sections = {vocabulary().fact(path).name for path in vocabulary().children("")}
        facts = [name for name in header if name != self._by or name in sections]
        if "claim" in facts and all(name in sections or name == ID for name in facts):
            return None
        known = by_paths(facts)
        if known is not None and facts != [ID]:
            return Flat(known, header, file)
        raise BadData(
            Problem("The headers are neither sections of the case format nor paths of facts", file=file,
                    code="unknown-columns",
                    hint="Say which they are: 'safethird map FILE --out m.yaml', then --map m.yaml.")
        )  # fmt: skip

    def _add_by(self, cases: pl.DataFrame, table: pl.DataFrame, expression: pl.Expr | None) -> pl.DataFrame:
        if self._by is None or cases.height == 0:
            return cases
        if expression is not None:
            return _with_by(cases, expression)
        return cases.with_columns(table.get_column(self._by).cast(pl.String).alias(BY))

    # --- Parquet -----------------------------------------------------------------------------------

    def _parquet(self, source: Input, position: Position) -> Iterator[_Part]:
        try:
            scan = pl.scan_parquet(source.path, glob=False)
            schema = scan.collect_schema()
            total = scan.select(pl.len()).collect().item() or 1
        except (pl.exceptions.PolarsError, OSError):
            raise _damaged(source.file) from None
        names = schema.names()
        if len(names) > MOST_COLUMNS:
            check_header(names, source.file)
        nested = self._mapping is None and isinstance(schema.get("claim"), pl.Struct)
        flat = None if nested else self._flat_parquet(names, source.file)
        if nested:
            facts = {name: kind for name, kind in schema.items() if name != self._by or name == "claim"}
            check_columns(facts, source.file)
        plain = self._by in names and not schema[str(self._by)].is_nested()
        expression = None if plain else by_fact(self._by, names)
        row = 0
        for table in _frames(scan, total, source.file):
            rows = range(row + 1, row + table.height + 1)
            row += table.height
            position.share = row / total
            if flat is None:
                cases = table if self._by is None else table.drop(self._by, strict=False)
                part = _Part(_ids_as_text(cases, source.file), rows)
            else:
                texts = _as_text(table, [column.name for column in flat.used], source.file)
                cases, wrong = flat.cases(texts)
                part = _Part(cases, rows, wrong={**wrong})
            _hold_against_format(part, source.file)
            part.cases = self._add_by(part.cases, table, expression)
            yield part

    def _flat_parquet(self, names: Sequence[str], file: str) -> Flat:
        flat = self._flat(names, file)
        if flat is None:
            raise BadData(
                Problem("The column 'claim' is no group of facts", file=file, path="claim",
                        code="column-type", expected="a struct, as in the case format")
            )  # fmt: skip
        return flat


# --- checks --------------------------------------------------------------------------------------------


def _hold_against_format(part: _Part, file: str) -> None:
    if part.cases.height:
        for row, fault in wrong_rows(part.cases.drop(ID, strict=False), file).items():
            part.wrong.setdefault(row, fault)


def _checked(part: _Part, file: str, seen: Seen, share: float) -> Batch:
    """The good cases of a part, once ids that are missing or stand twice have been found too."""
    cases, wrong = part.cases, part.wrong
    for row in cases.get_column(ID).is_null().arg_true():
        wrong.setdefault(int(row), (ID, "has no id, and others have one"))
    rejects = part.rejects
    good = np.ones(cases.height, bool)
    good[list(wrong)] = False
    places = np.flatnonzero(good)
    if not part.numbered:
        again = seen.repeated(cases.get_column(ID).gather(places))
        for place in places[again].tolist():
            wrong[place] = (ID, "has the id of a row before it")
    good[list(wrong)] = False
    lines = part.lines
    rejects = rejects + [
        Reject(file, part.rows[row], lines[row] if lines is not None else None, path, why)
        for row, (path, why) in wrong.items()
    ]
    rejects.sort(key=lambda reject: reject.row)
    if good.all():
        return Batch(cases, rejects, share, file, part.rows, lines)
    kept = np.flatnonzero(good)
    rows = np.asarray(part.rows)[kept].tolist()
    return Batch(
        cases[kept], rejects, share, file, rows, None if lines is None else np.asarray(lines)[kept].tolist()
    )


# --- pieces --------------------------------------------------------------------------------------------


def _numbered(source: Input, position: Position) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(byte_lines(source, position), start=1):
        if number == 1:
            check_text(line, source.file)
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.isspace():
            yield number, text


def _batched(lines: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    some: list[tuple[int, bytes]] = []
    size = 0
    most = FIRST_LINES
    for entry in lines:
        some.append(entry)
        size += len(entry[1])
        if len(some) >= most or size >= MOST_BATCH_BYTES:
            yield some
            some, size, most = [], 0, LINES
    if some:
        yield some


def _row_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += sum(map(len, row.cells))
        if len(some) >= ROWS or size >= MOST_BATCH_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def _cases_of_lines(lines: list[tuple[int, bytes]], file: str) -> _Part:
    ids: list[str | None] = []
    rows: list[int] = []
    texts: list[bytes] = []
    rejects: list[Reject] = []
    for number, line in lines:
        try:
            name, data, as_it_stands = read_line(line)
        except NotACase as error:
            rejects.append(Reject(file, number, number, error.path, error.why))
            continue
        ids.append(name)
        rows.append(number)
        texts.append(line.strip() if as_it_stands else json.dumps(data, ensure_ascii=False).encode())
    frame = _frame_of(texts).drop(ID, strict=False)
    if any(name is not None for name in ids):
        frame = frame.with_columns(pl.Series(ID, ids, dtype=pl.String))
    return _Part(frame, rows, rows, rejects=rejects)


def _frame_of(texts: list[bytes]) -> pl.DataFrame:
    """Cases that have been held against the format, as a table: Polars finds nothing more to refuse."""
    if not texts:
        return pl.DataFrame({"claim": []}, schema={"claim": pl.Struct({"country": pl.String})})
    return pl.read_ndjson(io.BytesIO(b"\n".join(texts)), infer_schema_length=None)


def _sections_of_text(table: pl.DataFrame, rows: Sequence[Row], file: str) -> _Part:
    """A text table with the sections as columns: their cells hold JSON, those of plain facts the fact."""
    plain = {
        fact.name
        for fact in map(vocabulary().fact, vocabulary().children(""))
        if fact.type in ("date", "label")
    }
    names = [name for name in table.columns if name != ID and (name in plain or vocabulary().get(name))]
    lines = []
    for row, cells in zip(rows, table.select(names).iter_rows(), strict=True):
        parts = [
            f"{json.dumps(name)}: {json.dumps(text) if name in plain else text}"
            for name, text in zip(names, cells, strict=True)
            if text.strip()
        ]
        lines.append((row.number, ("{" + ", ".join(parts) + "}").encode()))
    part = _cases_of_lines(lines, file)
    line_of = {row.number: row.line for row in rows}
    part.rejects = [reject._replace(line=line_of[reject.row]) for reject in part.rejects]
    part.lines = [line_of[row] for row in part.rows]
    if ID in table.columns:
        id_of = dict(zip((row.number for row in rows), table.get_column(ID), strict=True))
        ids = pl.Series(ID, [id_of[row].strip() or None for row in part.rows], dtype=pl.String)
        part.cases = part.cases.with_columns(ids)
    return part


def _frames(scan: pl.LazyFrame, total: int, file: str) -> Iterator[pl.DataFrame]:
    """The rows of a Parquet file, some at a time. Asking for slices takes half the room of letting Polars
    stream, which reads ahead."""
    for first in range(0, total, WINDOW):
        try:
            # In one piece: lists that lie in several pieces take ten times as long to gather.
            window = scan.slice(first, WINDOW).collect().rechunk()
        except (pl.exceptions.PolarsError, OSError):
            raise _damaged(file) from None
        for start in range(0, window.height, ROWS):
            yield window.slice(start, ROWS)


def _damaged(file: str) -> BadData:
    return BadData(
        Problem("The Parquet file is damaged or cut short", file=file, code="damaged",
                hint="Make or download it again.")
    )  # fmt: skip


def _ids_as_text(table: pl.DataFrame, file: str) -> pl.DataFrame:
    if ID not in table.columns:
        return table
    kind = table.schema[ID]
    if not (kind.is_integer() or kind in (pl.String, pl.Categorical, pl.Enum)):
        raise BadData(
            Problem("The column 'id' has another type", file=file, path=ID, expected="text or whole numbers",
                    code="column-type")
        )  # fmt: skip
    return table.with_columns(pl.col(ID).cast(pl.String))


def _as_text(table: pl.DataFrame, names: Sequence[str], file: str) -> pl.DataFrame:
    """The columns of a flat Parquet file as texts, to be read by the same rules as those of a CSV file."""
    columns = []
    for name in names:
        column = table.get_column(name)
        kind = column.dtype
        if isinstance(kind, pl.Datetime):
            column = column.dt.date()
        elif kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration, pl.Time):
            raise BadData(
                Problem("This column holds no plain values", file=file, path=name[:60], code="column-type",
                        expected="texts, numbers, days or yes/no values")
            )  # fmt: skip
        columns.append(column.cast(pl.String))
    return pl.DataFrame(columns)


# --- what to count by ----------------------------------------------------------------------------------


def by_fact(path: str | None, headers: Sequence[str] = ()) -> pl.Expr | None:
    """The fact to count by, from a table of cases. Raises UsageError for one that a person has several times
    or not at all."""
    if path is None:
        return None
    fact = vocabulary().get(path)
    if fact is None:
        known = f" The table has: {', '.join(headers[:12])}." if headers else ""
        raise UsageError(
            Problem(
                f"There is no column or fact '{path}' to count by",
                hint=vocabulary().nearest_hint(path) + known,
            )
        )
    if fact.is_group or "[]" in fact.path or fact.type in ("countries", "choices"):
        raise UsageError(
            Problem("A person may have this several times, so nobody can be counted by it", path=path,
                    expected="a single fact, such as claim.setting")
        )  # fmt: skip
    name, *steps = fact.path.split(".")
    expression = pl.col(name)
    for step in steps:
        expression = expression.struct.field(step)
    return expression


def _with_by(cases: pl.DataFrame, expression: pl.Expr) -> pl.DataFrame:
    try:
        return cases.with_columns(expression.cast(pl.String).alias(BY))
    except pl.exceptions.PolarsError:
        # No case of this batch says anything of the fact.
        return cases.with_columns(pl.lit(None, dtype=pl.String).alias(BY))
