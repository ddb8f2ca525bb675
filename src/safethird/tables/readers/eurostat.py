"""What the Eurostat readers share: TSV and SDMX-CSV brought to one long frame, flags, and the dimensions.

TSV: the first header cell joins the dimensions with commas and ends in `geo\\TIME_PERIOD` (older files
`geo\\time`); then one column for each period. A cell is a number, perhaps a blank and flags; `:` is not
reported, `: c` confidential. SDMX-CSV: one row for each observation; `CONF_STATUS` C marks a confidential
one; it says its data set and its date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem
from safethird.tables.cells import CellError, Count, Counting, day, period, shown
from safethird.tables.layouts import Header, Sheet, fold_column
from safethird.tables.reading import Reading
from safethird.tables.sources import Grid

BROWSER = "https://ec.europa.eu/eurostat/databrowser/view/"

MOST_CELLS = 20_000_000
_BLOCK = 500_000

WITHHELD = Count(0, None, "withheld")
EXACT = Counting({"": None, ":": None, ": c": WITHHELD})
ROUNDED = Counting({"": None, ":": None, ": c": WITHHELD}, rounded_to=5, zero_is_zero=False)
"""Asylum statistics are rounded to the nearest 5; a printed 0 may be 1 or 2."""

_FLAGGED = re.compile(r"(\d+(?:\.0+)?) ?[a-z]{1,4}")
_CONFIDENTIAL = re.compile(r": ?[a-z]*c[a-z]*")
_MISSING = re.compile(r":( ?[a-z]+)?")

SEX = MappingProxyType({"T": None, "TOTAL": None, "F": "female", "M": "male", "UNK": "unknown"})

# Dimensions that say nothing about the people.
_FORMAL = frozenset({"freq", "dataflow", "last_update", "structure", "structure_id", "structure_name",
"obs_flag",
                     "conf_status", "obs_value", "time_period", "line", "_value"})  # fmt: skip


def finder(wanted: Callable[[frozenset[str], str], bool]) -> Callable[[Grid], Header | None]:
    """A finder of headers for data sets: `wanted` gets the dimensions and the data set's code (empty in
    TSV)."""

    def find(grid: Grid) -> Header | None:
        for place, row in enumerate(grid.head[:3]):
            if grid.separator == "\t" and (dims := _tsv_dimensions(row[0])):
                return Header(place) if wanted(frozenset(dims), "") else None
            columns = tuple(fold_column(cell) for cell in row)
            if "obs_value" in columns and "time_period" in columns and len(grid.head) > place + 1:
                flow = grid.head[place + 1][0] + " " + grid.head[place + 1][min(1, len(columns) - 1)]
                return Header(place, columns) if wanted(frozenset(columns), flow.lower()) else None
        return None

    return find


def _tsv_dimensions(cell: str) -> tuple[str, ...]:
    joined, mark, time = cell.strip().partition("\\")
    if mark and time.lower() in ("time_period", "time") and "," in joined:
        return tuple(fold_column(name) for name in joined.split(","))
    return ()


def long_frame(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """One row for each reported observation: the dimensions, `_period`, `_value` (flags taken off) and
    `line`."""
    if sheet.grid.separator == "\t":
        return _from_tsv(sheet, reading)
    frame = sheet.frame
    if any(":" in written for written in sheet.header.values()):
        raise BadData(Problem(
            "The columns hold labels beside the codes", file=reading.file,
            hint="Download again with codes only.",
            code="labels",
        ))  # fmt: skip
    if "last_update" in frame.columns and reading.revision is None:
        reading.revision = _stated(frame.get_column("last_update")[0])
    value = pl.col("obs_value").fill_null("")
    if "conf_status" in frame.columns:
        value = pl.when((value == "") & (pl.col("conf_status") == "C")).then(pl.lit(": c")).otherwise(value)
    return frame.with_columns(value.alias("_value"), pl.col("time_period").alias("_period"))


def _stated(text: str) -> str | None:
    """The date of `22/05/26 11:00:00` (day, month, year) or of an ISO date."""
    found = re.match(r"(\d\d)/(\d\d)/(\d\d)(?: |$)", text)
    if found:
        return f"20{found[3]}-{found[2]}-{found[1]}"
    try:
        return day(text[:10]).isoformat()
    except CellError:
        return None


def _from_tsv(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Only reported cells are kept while reading; most cells of these files are not."""
    rows = sheet.grid.rows()
    dims, periods = _tsv_header(rows, reading)
    blocks: list[pl.DataFrame] = []
    lines: list[int] = []
    keys: list[str] = []
    times: list[str] = []
    values: list[str] = []
    missing = kept = 0

    def block() -> pl.DataFrame:
        return pl.DataFrame({
            "line": pl.Series(lines, dtype=pl.UInt32), "_key": pl.Series(keys, dtype=pl.String),
            "_period": pl.Series(times, dtype=pl.String), "_value": pl.Series(values, dtype=pl.String),
        })  # fmt: skip

    for line, row in rows:
        reading.rows += 1
        if len(row) != len(periods) + 1 or row[0].count(",") != len(dims) - 1:
            raise BadData(Problem(
                f"The row has {len(row)} cells, the first with {row[0].count(',') + 1} dimensions",
                file=reading.file,
                line=line, expected=f"{len(periods) + 1} cells, {len(dims)} dimensions", code="ragged",
            ))  # fmt: skip
        for time, cell in zip(periods, row[1:], strict=True):
            text = cell.strip()
            if _MISSING.fullmatch(text) and not _CONFIDENTIAL.fullmatch(text):
                missing += 1
                continue
            lines.append(line)
            keys.append(row[0])
            times.append(time)
            values.append(text)
        if len(lines) >= _BLOCK:
            kept += len(lines)
            if kept > MOST_CELLS:
                raise BadData(Problem(
                    f"The file reports more than {MOST_CELLS:,} numbers", file=reading.file, code="too-large",
                    hint="Download an extract: sex and age only in total, or fewer years.",
                ))  # fmt: skip
            blocks.append(block())
            lines, keys, times, values = [], [], [], []
    if missing:
        reading.note(f"{missing:,} cells say that nothing was reported; they are left out")
    frame = pl.concat([*blocks, block()])
    parts = frame.select("_key").unique()
    parts = parts.with_columns(
        pl.col("_key").str.split_exact(",", len(dims) - 1).struct.rename_fields(list(dims)).alias("_dims")
    ).unnest("_dims")
    return frame.join(parts, on="_key", how="left", maintain_order="left").drop("_key")


def _tsv_header(
    rows: Iterator[tuple[int, list[str]]], reading: Reading
) -> tuple[tuple[str, ...], Sequence[str]]:
    for line, row in rows:
        dims = _tsv_dimensions(row[0])
        if dims:
            try:
                for cell in row[1:]:
                    period(cell)
            except CellError as error:
                raise BadData(
                    Problem(error.what, file=reading.file, line=line, expected=error.expected)
                ) from None
            return dims, [cell.strip() for cell in row[1:]]
    raise BadData(Problem("The header has gone", file=reading.file))  # the finder has seen it


def counts(sheet: Sheet, reading: Reading, frame: pl.DataFrame, how: Counting) -> pl.DataFrame:
    """Counts with flags taken off: `120 p`, `35b`; confidential cells have no upper bound."""

    def plain(text: str) -> Sequence[object]:
        if found := _FLAGGED.fullmatch(text):
            return (found[1],)
        return (": c" if _CONFIDENTIAL.fullmatch(text) else ":" if _MISSING.fullmatch(text) else text,)

    frame = reading.translate(sheet, frame, "_value", plain, {"_number": pl.String()})
    return reading.counts(sheet, frame, "_number", how)


def people_only(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    """Refuse files in per cent or per million; counts of persons or applications pass."""
    if "unit" not in frame.columns:
        return frame

    def check(text: str) -> Sequence[object]:
        if text not in ("PER", "NR", "APP", "PERS"):
            raise CellError(f"The unit is {shown(text)}", "PER (persons)")
        return ("persons",)

    return reading.translate(sheet, frame, "unit", check, {"unit": pl.String()})


def other_details(frame: pl.DataFrame, used: Sequence[str]) -> dict[str, pl.Expr]:
    """The remaining dimensions as parts of `detail`; totals are left out."""
    names = [
        name for name in frame.columns
        if name not in used and name not in _FORMAL and not name.startswith("_") and name != "unit"
    ]  # fmt: skip
    return {
        name: pl.when(~pl.col(name).is_in(["TOTAL", "T", ""])).then(pl.col(name))
        for name in names
        if frame.schema[name] == pl.String
    }
