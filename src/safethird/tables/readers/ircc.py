"""IRCC (Canada) asylum claimants by month: the workbook, the tab-separated files and a long copy.

Numbers are rounded to the nearest 5. `--` stands for a small number; the publisher writes that values between
0 and 5 are shown so, yet a printed 0 occurs beside it, so `--` is 1 to 5 and 0 is 0. Border offices include
people who crossed between ports and were processed at the border.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from types import MappingProxyType

import polars as pl

from safethird.errors import BadData, Problem
from safethird.tables.cells import CellError, Count, Counting, month, month_number, year
from safethird.tables.layouts import Header, Layout, Sheet, fold_column
from safethird.tables.model import SCHEMA, add_months
from safethird.tables.names import by_name
from safethird.tables.reading import Reading, detail, finish
from safethird.tables.sources import Grid

URL = "https://open.canada.ca/data/en/dataset/b6cbcf4d-f763-4924-a2fb-8cc4a06e3de4"
COUNTING = Counting({"--": Count(1, 5, "suppressed"), "": None}, rounded_to=5)

NOT_BROKEN_DOWN = "Province not given for this office"

_ENTRY = MappingProxyType(
    {"Airport": "air", "Aéroport": "air", "Inland": "inland", "À l'intérieur du Canada": "inland"}
)
_TOTAL = re.compile(r"(grand )?total", re.IGNORECASE)
_OFFICE_TOTAL = re.compile(r"(.*?) ?[-–] ?total", re.IGNORECASE)
_ALL = ("", "all", "total")
_SOURCE = re.compile(r"Source ?: ?IRCC[^,]*, (?:data as of )?(\w+) (\d{1,2}), (\d{4})")


def read_tsv(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Tab-separated files with each column twice, in English and French. Only the English ones are used."""
    frame = sheet.frame
    dims = [name for name in frame.columns if name.startswith("en_") and name not in _TIME]
    frame = reading.translate(sheet, frame, "en_year", lambda text: (year(text),), {"_year": pl.Int32()})
    frame = reading.translate(
        sheet, frame, "en_month", lambda text: (month_number(text),), {"_number": pl.Int8()}
    )
    frame = frame.with_columns(
        pl.date(pl.col("_year"), pl.col("_number"), 1).alias("month"),
        pl.lit(1, dtype=SCHEMA["months"]).alias("months"),
    )
    parts: dict[str, pl.Expr] = {}
    for name in dims:
        if "citizenship" in name and "rank" not in name:
            frame = reading.places(sheet, frame, name, "origin", by_name)
            reading.note(
                "only the citizenships that lead in the last period are named; Other is all the rest"
            )
        elif "province" in name:
            frame = frame.with_columns(region=_unless_all(name))
        elif "office" in name:
            frame = frame.with_columns(sector=_unless_all(name))
        elif "rank" not in name:
            parts[name.removeprefix("en_")] = _unless_all(name)
    frame = frame.with_columns(detail(**parts))
    return _finish(reading, reading.counts(sheet, frame, "total", COUNTING))


def read_long(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The long copy: office, province, month, number; `All` and `Total` are the publisher's sums."""
    frame = reading.periods(sheet, sheet.frame, "month", month)
    frame = frame.with_columns(
        sector=_unless_all("claim_office_type"), region=_unless_all("province_territory")
    )
    return _finish(reading, reading.counts(sheet, frame, "claimants", COUNTING))


def read_workbook(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """The cross table: offices and provinces at the left, years over months at the top.

    The sum of an office stands BELOW its provinces, under the office's name in the first column (`Airport -
    Total`), so the rows wait for it.
    """
    rows = list(sheet.grid.rows())
    top = next(place for place, (_, row) in enumerate(rows) if _is_months(row))
    months = _month_columns(rows[top - 1][1], rows[top][1], reading)
    lines: list[int] = []
    cells: list[tuple[str, str | None, str | None, str]] = []
    waiting: list[tuple[int, str, list[str]]] = []

    def keep(line: int, office: str | None, province: str | None, row: Sequence[str]) -> None:
        for place, start in months.items():
            lines.append(line)
            cells.append((start.isoformat(), office, province, row[place] if place < len(row) else ""))

    for line, row in rows[top + 1 :]:
        first, second = row[0].strip(), row[1].strip() if len(row) > 1 else ""
        if not any(row[place].strip() for place in months if place < len(row)):
            _note_date(" ".join(row), reading)
            continue
        reading.rows += 1
        whole = _OFFICE_TOTAL.fullmatch(first)
        if _TOTAL.fullmatch(first):
            keep(line, None, None, row)
        elif whole:
            for its_line, province, its_row in waiting:
                keep(its_line, whole[1], province, its_row)
            waiting.clear()
            keep(line, whole[1], None, row)
        elif second:
            waiting.append((line, second, row))
        else:
            raise BadData(Problem("The row has no province and is no total", file=reading.file, line=line))
    if waiting:
        raise BadData(Problem(
            "Provinces stand at the end without the total of their office", file=reading.file,
            line=waiting[0][0],
            hint="The workbook may be cut short.", code="no-total",
        ))  # fmt: skip
    frame = pl.DataFrame(
        cells, schema={"_month": pl.String(), "sector": pl.String(), "region": pl.String(),
        "claimants": pl.String()},
        orient="row",
    ).with_columns(pl.Series("line", lines, dtype=pl.UInt32))  # fmt: skip
    frame = reading.periods(sheet, frame, "_month", month)
    return _finish(reading, reading.counts(sheet, frame, "claimants", COUNTING))


def _finish(reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(
        pl.lit("claims").cast(SCHEMA["measure"]).alias("measure"), destination=pl.lit("CA")
    )
    if "sector" in frame.columns:
        frame = _with_whole_offices(frame)
        frame = frame.with_columns(
            pl.col("sector").replace_strict(dict(_ENTRY), default=None, return_dtype=pl.String)
            .cast(SCHEMA["entry"]).alias("entry")
        )  # fmt: skip
        return finish(reading, frame, MappingProxyType({"entry": pl.col("sector").is_not_null()}))
    return finish(reading, frame)


def _with_whole_offices(frame: pl.DataFrame) -> pl.DataFrame:
    """An office that is not broken down by province joins the cut by province too, so that the cut is
    whole."""
    if "region" not in frame.columns:
        return frame
    broken = frame.filter(pl.col("region").is_not_null()).get_column("sector").unique()
    whole = frame.filter(
        pl.col("region").is_null()
        & pl.col("sector").is_not_null()
        & ~pl.col("sector").is_in(broken.implode())
    )
    return pl.concat([frame, whole.with_columns(region=pl.lit(NOT_BROKEN_DOWN))])


def _unless_all(column: str) -> pl.Expr:
    return pl.when(~pl.col(column).str.to_lowercase().is_in(list(_ALL))).then(pl.col(column))


def _is_months(row: Sequence[str]) -> bool:
    """A row of at least twelve names of months (or fewer with totals) and nothing else but totals."""
    words = [cell.strip() for cell in row[2:] if cell.strip()]
    return sum(_is_month(word) for word in words) >= min(12, max(len(words) - 4, 1)) and len(words) >= 3


def _is_month(word: str) -> bool:
    try:
        month_number(word)
    except CellError:
        return False
    return True


def _month_columns(years: Sequence[str], months: Sequence[str], reading: Reading) -> dict[int, date]:
    """The columns that hold a month. A year stands once, over its first month; totals are passed over."""
    found: dict[int, date] = {}
    running: int | None = None
    for place, word in enumerate(months):
        above = years[place].strip() if place < len(years) else ""
        if re.fullmatch(r"(19|20)\d\d", above):
            running = int(above)
        if place < 2 or not word.strip() or re.search(r"\btotal$", word.strip(), re.IGNORECASE):
            continue
        if not _is_month(word) or running is None:
            raise BadData(Problem(
                "The head of a column is neither a month nor a total", file=reading.file,
                expected="Jan to Dec, Total",
            ))  # fmt: skip
        found[place] = date(running, month_number(word), 1)
    dates = list(found.values())
    if any(add_months(sooner, 1) != later for sooner, later in pairwise(dates)):
        raise BadData(Problem("The columns are not months in order without a gap", file=reading.file))
    return found


def _note_date(text: str, reading: Reading) -> None:
    """The date under the table: `Source: IRCC, July 31, 2025`."""
    found = _SOURCE.search(text)
    if found and reading.revision is None:
        reading.revision = date(int(found[3]), month_number(found[1]), int(found[2])).isoformat()


def _find_workbook(grid: Grid) -> Header | None:
    """Years over months, as in all tables of IRCC, under words that say asylum claimants and claim office."""
    if grid.separator is not None:
        return None
    for place, row in enumerate(grid.head):
        if place and len(row) > 4 and _is_months(row):
            years = any(re.fullmatch(r"(19|20)\d\d", cell.strip()) for cell in grid.head[place - 1])
            words = " ".join([grid.name or "", *(cell for above in grid.head[:place] for cell in above)])
            asylum = re.search(r"asyl", words, re.IGNORECASE) and re.search(
                r"office|bureau", words, re.IGNORECASE
            )
            return Header(place) if years and asylum else None
    return None


def _find_tsv(grid: Grid) -> Header | None:
    """All open data of IRCC starts with these columns; the citizenship's rank and the office are asylum's."""
    names = tuple(fold_column(cell) for cell in grid.head[0]) if grid.head else ()
    asylum = any("country_rank" in name or "office" in name or "asylum" in name for name in names)
    if grid.separator == "\t" and {"en_year", "en_month", "total"} <= set(names) and asylum:
        return Header(0, names)
    return None


_TIME = ("en_year", "en_quarter", "en_month")

TSV = Layout(
    id="ircc-asylum-tsv",
    title="asylum claimants by month (open data, tab-separated)",
    publisher="Immigration, Refugees and Citizenship Canada",
    url=URL,
    universe="ca-asylum-claims",
    required=frozenset({"en_year", "en_month", "en_country_rank", "total"}),
    find=_find_tsv,
    read=read_tsv,
)

LONG = Layout(
    id="ircc-asylum-long",
    title="asylum claimants by claim office and province, long copy",
    publisher="Immigration, Refugees and Citizenship Canada",
    url=URL,
    universe="ca-asylum-claims",
    required=frozenset({"claim_office_type", "province_territory", "month", "claimants"}),
    read=read_long,
)

WORKBOOK = Layout(
    id="ircc-asylum-workbook",
    title="asylum claimants by claim office and province (workbook)",
    publisher="Immigration, Refugees and Citizenship Canada",
    url=URL,
    universe="ca-asylum-claims",
    required=frozenset({"years over months"}),
    find=_find_workbook,
    read=read_workbook,
)

LAYOUTS = (TSV, LONG, WORKBOOK)
