"""What all readers share: from text columns to typed ones with good errors, and the finishing of a frame.

Readers work on distinct values: a file of a hundred thousand rows has a few thousand different cells, so
every rule is plain Python and every message names its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem, nearest
from safethird.tables.cells import (
    CellError,
    Counting,
    Period,
    count,
    fiscal_month,
    fiscal_year,
    month_number,
    shown,
)
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import KEY, PLACES, SCHEMA, UnknownName, summed
from safethird.tables.names import UNION, Place, by_name
from safethird.tables.vocabulary import CELLS, MEASURES

_MOST_PROBLEMS = 10
_DIMENSIONS = ("origin", "sender", "destination", "entry", "region", "sector", "demographic", "authority")
_CELL_ORDER = {name: place for place, name in enumerate(CELLS)}

Parse = Callable[[str], Sequence[object] | None]
"""From a cell to the values of some columns; None leaves the row out."""


@dataclass(slots=True)
class Reading:
    """One file on its way to a table: what to remember besides the rows."""

    file: str
    layout: Layout
    notes: list[str] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    revision: str | None = None
    """Set by a reader when the file states its own date."""
    kind: str | None = None
    """Set by a reader when the file says more exactly what it is than its layout does."""
    rows: int = 0
    """Rows of the file that were read."""

    def note(self, text: str) -> None:
        """Remember something that the user should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def unknown_names(self) -> tuple[UnknownName, ...]:
        """Names that could not be placed, the most frequent first."""
        return tuple(
            UnknownName(*item) for item in sorted(self.unknown.items(), key=lambda kv: (-kv[1], kv[0]))
        )

    def translate(
        self, sheet: Sheet, frame: pl.DataFrame, column: str, parse: Parse, made: Mapping[str, pl.DataType]
    ) -> pl.DataFrame:
        """The frame with the columns of `made`, computed from the distinct texts of one column.

        Raises BadData naming the lines of cells that `parse` refuses.
        """
        said = f"_{column}_said" if column in made else column
        frame = frame.rename({column: said})
        texts = frame.get_column(said).unique().to_list()
        rows: list[tuple[object, ...]] = []
        bad: dict[str, CellError] = {}
        dropped: list[str] = []
        for text in texts:
            try:
                values = parse(text)
            except CellError as error:
                bad[text] = error
                continue
            if values is None:
                dropped.append(text)
            else:
                rows.append((text, *values))
        if bad:
            raise BadData(_cell_problems(sheet, frame.rename({said: column}), column, bad))
        if dropped:
            frame = frame.filter(~pl.col(said).is_in(dropped))
        table = pl.DataFrame(rows, schema={said: pl.String(), **made}, orient="row")
        return frame.drop(made.keys(), strict=False).join(table, on=said, how="left", maintain_order="left")

    def counts(self, sheet: Sheet, frame: pl.DataFrame, column: str, how: Counting) -> pl.DataFrame:
        """The frame with `count_low`, `count_high` and `cell`. Cells that say nothing leave their row out."""

        def parse(text: str) -> Sequence[object] | None:
            found = count(text, how)
            return None if found is None else (found.low, found.high, found.cell)

        before = frame.height
        made = {name: SCHEMA[name] for name in ("count_low", "count_high", "cell")}
        frame = self.translate(sheet, frame, column, parse, made)
        if frame.height < before:
            self.note(f"{before - frame.height:,} cells say that nothing was reported; they are left out")
        return frame

    def places(
        self,
        sheet: Sheet,
        frame: pl.DataFrame,
        column: str,
        to: str,
        resolve: Callable[[str], Place] = by_name,
    ) -> pl.DataFrame:
        """The frame with a place (`origin`, `sender` or `destination`) and its label. Unknown names are
        remembered."""
        unknown: list[str] = []

        def parse(text: str) -> Sequence[object]:
            place = resolve(text)
            if not place.known:
                unknown.append(text)
            return place.code, place.label

        frame = self.translate(
            sheet, frame, column, parse, {to: SCHEMA[to], f"{to}_label": SCHEMA[f"{to}_label"]}
        )
        if unknown:
            said = f"_{column}_said" if column == to else column
            counted = frame.filter(pl.col(said).is_in(unknown)).group_by(said).len()
            for text, rows in counted.iter_rows():
                self.unknown[text] = self.unknown.get(text, 0) + rows
        return frame

    def words(
        self, sheet: Sheet, frame: pl.DataFrame, column: str, to: str, known: Mapping[str, object]
    ) -> pl.DataFrame:
        """The frame with a column of fixed words (text when the table has no such column).

        Any other word is an error that names the nearest known one. `to` may be `column` itself.
        """
        folded = {" ".join(word.split()).casefold(): value for word, value in known.items()}

        def parse(text: str) -> Sequence[object]:
            word = " ".join(text.split()).casefold()
            if word not in folded:
                close = nearest(word, folded)
                said = f"; did you mean '{close}'?" if close else ""
                raise CellError(
                    f"{shown(text)} is not a known {sheet.header.get(column, column)}",
                    f"one of: {', '.join(word for word in known if word)}{said}",
                )
            return (folded[word],)

        return self.translate(sheet, frame, column, parse, {to: SCHEMA.get(to, pl.String())})

    def periods(
        self, sheet: Sheet, frame: pl.DataFrame, column: str, parse: Callable[[str], Period | date]
    ) -> pl.DataFrame:
        """The frame with `month` and `months`."""

        def both(text: str) -> Sequence[object]:
            found = parse(text)
            return (found.month, found.months) if isinstance(found, Period) else (found, 1)

        return self.translate(
            sheet, frame, column, both, {"month": SCHEMA["month"], "months": SCHEMA["months"]}
        )

    def fiscal_months(self, sheet: Sheet, frame: pl.DataFrame, years: str, months: str) -> pl.DataFrame:
        """The frame with `month` from a US fiscal year and a month's name; also `fiscal_year` and
        `running`."""

        def read_year(text: str) -> Sequence[object]:
            return fiscal_year(text), "FYTD" in text.upper()

        def read_month(text: str) -> Sequence[object]:
            return (month_number(text),)

        frame = self.translate(sheet, frame, years, read_year, {"_fy": pl.Int32(), "_running": pl.Boolean()})
        frame = self.translate(sheet, frame, months, read_month, {"_month": pl.Int8()})
        pairs = frame.select("_fy", "_month").unique()
        calendar = pl.DataFrame(
            [(year, month, fiscal_month(year, month), 1) for year, month in pairs.iter_rows()],
            schema={"_fy": pl.Int32(), "_month": pl.Int8(), "month": pl.Date(), "months": pl.UInt8()},
            orient="row",
        )  # fmt: skip
        frame = frame.drop("month", "months", strict=False)
        return frame.join(calendar, on=["_fy", "_month"], how="left", maintain_order="left")


def detail(**parts: pl.Expr) -> pl.Expr:
    """The `detail` column from named parts; a part without a value is left out."""
    if not parts:
        return pl.lit(None, dtype=pl.String).alias("detail")
    named = [
        pl.when(value.is_not_null() & (value != "")).then(
            pl.format(f"{name}={{}}", value.str.replace_all(";", ","))
        )
        for name, value in sorted(parts.items())
    ]
    joined = pl.concat_str(named, separator="; ", ignore_nulls=True)
    return pl.when(joined != "").then(joined).alias("detail")


def finish(
    reading: Reading, frame: pl.DataFrame, broken_down: Mapping[str, pl.Expr] = MappingProxyType({})
) -> pl.DataFrame:
    """The tidy frame: all columns, views named, rows of one cell added together.

    `broken_down` names columns and says of which rows they belong to the view although they may be empty,
    because empty means "not told" there and not "all".
    """
    layout = reading.layout
    defaults: dict[str, pl.Expr] = {
        "layout": pl.lit(layout.id),
        "source": pl.lit(f"{layout.publisher}: {reading.kind or layout.title}"),
        "revision": pl.lit(reading.revision, dtype=pl.String()),
        "view": pl.lit(""),
    }
    frame = frame.with_columns(
        defaults.get(name, pl.lit(None, dtype=kind)).alias(name)
        for name, kind in SCHEMA.items()
        if name not in frame.columns
    )
    frame = frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    units = {name: measure.unit for name, measure in MEASURES.items() if measure.unit != "either"}
    told = pl.col("measure").cast(pl.String).replace_strict(units, default=None, return_dtype=pl.String)
    frame = frame.with_columns(
        pl.coalesce(pl.col("unit").cast(pl.String), told, pl.lit("persons"))
        .cast(SCHEMA["unit"])
        .alias("unit"),
        _views(broken_down),
    )
    frame = _add_same_cells(reading, frame)
    revision = reading.revision or _last_month(frame)
    return frame.with_columns(pl.lit(revision).alias("revision")).sort(KEY, nulls_last=False)


def _views(broken_down: Mapping[str, pl.Expr]) -> pl.Expr:
    parts: list[pl.Expr] = []
    for name in _DIMENSIONS:
        there = broken_down.get(name, pl.col(name).is_not_null())
        part: pl.Expr = pl.when(there).then(pl.lit(name))
        if name in PLACES and name not in broken_down:
            label = pl.col(f"{name}_label")
            # A union stands beside its members, so its rows are a cut of their own.
            part = (
                pl.when(label.str.contains(UNION)).then(pl.lit(f"{name}_union"))
                .when(there | label.is_not_null()).then(pl.lit(name))
            )  # fmt: skip
        parts.append(part)
    inside = pl.col("detail").str.replace_all(r"=[^;]*(; |$)", "+").str.strip_chars_end("+")
    joined = pl.concat_str([*parts, inside], separator="+", ignore_nulls=True)
    return pl.when(joined == "").then(pl.lit("total")).otherwise(joined).alias("view")


def _add_same_cells(reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each cell. A file that holds everything twice is an error, not twice as many people."""
    low, high = summed()
    worst = pl.col("cell").to_physical().max().alias("cell")
    merged = frame.group_by(KEY, maintain_order=True).agg(
        low, high, worst, pl.col("source").first(), pl.col("revision").first(), pl.len().alias("_rows"),
        pl.struct("count_low", "count_high").n_unique().alias("_distinct"),
    )  # fmt: skip
    if merged.height == frame.height:
        return frame
    repeated = merged.filter((pl.col("_rows") > 1) & (pl.col("_distinct") == 1))
    if repeated.height > merged.height // 2:
        raise BadData(Problem(
            f"{repeated.height:,} of {merged.height:,} cells are in the file twice with the same number",
            file=reading.file, hint="The table may have been pasted twice.", code="repeated",
        ))  # fmt: skip
    several = merged.filter(pl.col("_rows") > 1).height
    reading.note(f"{several:,} cells stand on more than one row of the file; the rows are added together")
    names = {place: name for name, place in _CELL_ORDER.items()}
    return merged.with_columns(
        pl.col("cell").replace_strict(names, return_dtype=pl.String).cast(SCHEMA["cell"])
    ).select(SCHEMA.keys())


def _last_month(frame: pl.DataFrame) -> str:
    last = frame.select(
        pl.col("month").dt.offset_by(pl.format("{}mo", (pl.col("months").cast(pl.Int32) - 1).clip(0))).max()
    ).item()
    return f"{last:%Y-%m}" if last is not None else ""


def _cell_problems(
    sheet: Sheet, frame: pl.DataFrame, column: str, bad: Mapping[str, CellError]
) -> list[Problem]:
    name = sheet.header.get(column, column)
    rows = frame.filter(pl.col(column).is_in(list(bad)))
    problems = []
    found = rows.group_by(column, maintain_order=True).agg(pl.col("line").first(), pl.len().alias("rows"))
    for row in found.sort("line").head(_MOST_PROBLEMS).iter_rows(named=True):
        error = bad[row[column]]
        more = f" (and on {row['rows'] - 1} more rows)" if row["rows"] > 1 else ""
        problems.append(Problem(
            error.what + more, file=sheet.file, line=row["line"],
            path=f"{sheet.name}/{name}" if sheet.name else name,
            expected=error.expected, code="cell",
        ))  # fmt: skip
    if found.height > _MOST_PROBLEMS:
        problems.append(
            Problem(f"{found.height - _MOST_PROBLEMS} more cells cannot be read", file=sheet.file)
        )
    return problems
