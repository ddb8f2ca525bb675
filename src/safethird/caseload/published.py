"""Published tables as caseloads: cells become weighted, partly known cases, and answers become bounds.

A table of encounters or claims knows no persons. It knows, for each cell, a month, a citizenship, a kind of
traveller and a way of entry. Those facts are given to the law, everything else stays unknown, and each cell
counts as reached for certain, possibly or not, with the least and the greatest number that it can stand for.

The day of a cell is some day of its month, the same for the entry, the claim and the age. So a cell of a
month is asked once for each day, and is certain only where all days agree. A cell of a quarter or a year
is asked once, with dates that are known to that period only.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from safethird.caseload.inputs import kind_of
from safethird.caseload.mapping import by_paths
from safethird.caseload.regime_plan import RegimePlan
from safethird.caseload.rewriting import plan_regimes, roots_of
from safethird.caseload.run import Compiled
from safethird.caseload.running import RESULTS, Progress, Published, Report
from safethird.caseload.schema import DATE_PAIR
from safethird.caseload.writing import RESULT_ENDINGS, Whole, open_writer
from safethird.engines.plan.nodes import Among, Choice, Code, Count, Every, Fact, Same, Some, in_order
from safethird.errors import BadData, NoInput, Problem, UsageError
from safethird.regimes.model import Regime
from safethird.tables import Table, read_table
from safethird.tables.layouts import recognise
from safethird.tables.model import add_months, dims_of, summed
from safethird.tables.names import STATELESS
from safethird.tables.read import layouts
from safethird.tables.sources import open_head

PARTS = {"encounters": ("encounters", "apprehensions", "inadmissibles", "expulsions")}
"""Measures that count different people and are one count together."""
MET = ("encounters", "apprehensions", "inadmissibles", "expulsions", "arrivals", "irregular_entries",
       "detections", "interceptions")  # fmt: skip
"""Measures of people who are met as they come: the day of the count is the day of entry."""
CLAIMED = ("claims", "claims_first", "claims_repeat", "screenings", "inadmissibility_considered")
"""Measures of people who have asked for protection: the day of the count is the day of the claim."""
COUNTABLE = (*MET, *CLAIMED)
FACTS = ("origin", "destination", "entry", "region", "demographic")
"""Columns of a published table that say something of the people."""
NEIGHBOURS = {("US", "Southwest Land Border"): "MX", ("US", "Northern Land Border"): "CA"}
"""The country on the other side, where the region of the count is one land border."""
ENTRY = {"land_port": "land_port", "land_between_ports": "land_between_ports", "air": "airport"}
"""How the way of entry is called in a case. By sea it may be at a harbour or not; inland is no entry."""
SETTING = {"land_port": "land_port", "air": "airport", "inland": "inland"}
_FOREVER = datetime.date(9999, 12, 31)
_OLDEST = 130
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z", re.ASCII)
_ROW, _DAYS = "_cell", 1 << 17
_LISTED_RELATIVES = frozenset(("family", "family[].relation", "family[].country", "family[].can_care"))


class Wanted(NamedTuple):
    """Which part of a table: months (YYYY-MM, both included), and what to count."""

    first: str | None = None
    last: str | None = None
    measure: str | None = None


def is_published(path: str | Path) -> bool:
    """Whether a file is a published table rather than a caseload of persons."""
    file = Path(path)
    if not file.is_file():
        return False
    kind = kind_of(file)
    if kind in ("parquet", "jsonl") or file.suffix.lower() == ".zst":
        return False
    if kind is None:
        return True
    try:
        source = open_head(file)
        head = (
            [cell.strip() for cell in source.grids[0].head[0]]
            if source.grids and source.grids[0].head
            else []
        )
        if "claim" in head or by_paths(head) is not None:
            return False
        recognise(source, layouts())
    except (BadData, NoInput):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a table that are counted, those alike in all that matters joined into one."""

    frame: pl.DataFrame
    """`id`, month, months, the columns of `FACTS`, origin_label, low, high."""
    measure: str
    unit: str
    publisher: str
    layout: str


def read_cells(path: str | Path, wanted: Wanted) -> Cells:
    """The cells of a published table. Raises BadData where the table counts nobody who comes or claims, or
    not in the months asked for; UsageError for a month or a measure that is none."""
    table = read_table(path)
    frame = _in_months(table.frame.filter(pl.col("months") > 0), wanted)
    measure = _measure(frame, wanted.measure, str(path))
    frame = frame.filter(pl.col("measure").is_in(list(PARTS.get(measure, (measure,)))))
    frame = frame.filter(pl.col("layout") == frame.get_column("layout").mode().sort().first())
    frame = frame.filter(pl.col("months") == pl.col("months").min())
    frame = _finest(frame)
    keys = ["month", "months", *FACTS, "origin_label"]
    low, high = summed()
    cells = frame.group_by(keys).agg(low.alias("low"), high.alias("high")).sort(keys)
    cells = cells.with_columns(_cell_id().alias("id"), pl.col("demographic").cast(pl.String))
    layout = str(frame.get_column("layout")[0])
    return Cells(cells, measure, str(frame.get_column("unit")[0]), _publisher(table, layout), layout)


def _publisher(table: Table, layout: str) -> str:
    return next(file.publisher for file in table.files if file.layout == layout)


def _in_months(frame: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    for text in (wanted.first, wanted.last):
        if text is not None and not _MONTH.match(text):
            raise UsageError(Problem("This is no month", expected="a month as YYYY-MM"))
    if wanted.first is not None:
        frame = frame.filter(pl.col("month") >= datetime.date.fromisoformat(f"{wanted.first}-01"))
    if wanted.last is not None:
        after = add_months(datetime.date.fromisoformat(f"{wanted.last}-01"), 1)
        end = pl.col("month").dt.offset_by(pl.format("{}mo", pl.col("months").cast(pl.Int64)))
        frame = frame.filter(end <= after)
    return frame


def _measure(frame: pl.DataFrame, wanted: str | None, file: str) -> str:
    there = set(frame.get_column("measure").unique())
    known = [name for name in COUNTABLE if there & set(PARTS.get(name, (name,)))]
    if wanted is not None and wanted not in known:
        raise UsageError(
            Problem(f"'{wanted}' cannot be counted in this table", file=file,
                    expected=" or ".join(known) or ", ".join(COUNTABLE))
        )  # fmt: skip
    if not known:
        raise BadData(
            Problem("The table counts nobody who comes or claims in these months", file=file, code="no-count",
                    expected="one of: " + ", ".join(COUNTABLE))
        )  # fmt: skip
    return wanted or known[0]


def _finest(frame: pl.DataFrame) -> pl.DataFrame:
    """Month by month the rows of the view that tells most of the people, and of those the one with the fewest
    other columns: its bounds are the tightest."""
    views = frame.get_column("view").unique().sort().to_list()

    def rank(view: str) -> tuple[int, int, str]:
        dims = dims_of(view)
        return -len(set(dims) & set(FACTS)), len(dims), view

    order = {view: place for place, view in enumerate(sorted(views, key=rank))}
    place = pl.col("view").replace_strict(order, return_dtype=pl.Int32)
    best = place.min().over("measure", "unit", "month", "months")
    return frame.filter(place == best)


def _cell_id() -> pl.Expr:
    """A name for a cell, made of what it tells: `2019-12/HN/single_adult/land_port`."""
    names = [pl.col("month").dt.strftime("%Y-%m"), pl.coalesce("origin", "origin_label"),
             pl.col("demographic"), pl.col("entry"), pl.col("region"), pl.col("destination")]  # fmt: skip
    return pl.concat_str([name.cast(pl.String).fill_null("-") for name in names], separator="/")


# --- from cells to cases -------------------------------------------------------------------------------


class Looks(NamedTuple):
    """What a regime looks at, so far as it lets more be said of the people of a cell."""

    only_carers: bool = False
    """Of relatives it asks only for a parent or guardian, where they are and whether they can care. For an
    unaccompanied child, who by the law's own definition has none, its answer is that for a child without
    relatives; under any other regime the family stays unknown."""
    latest_entry: bool = False
    """Of entries it asks only for the latest one before the claim. That is the one that was counted, for the
    claim is taken to be of the same day; under any other regime there may be further entries."""


def cases_of(days: pl.DataFrame, measure: str, on: datetime.date | None, looks: Looks) -> pl.DataFrame:
    """Cells with `lo` and `hi`, the days on which they may have been counted, as cases in the case format."""
    low, high = pl.col("lo"), pl.col("hi")
    day = _pair(low, high)
    origin, demographic, entry = pl.col("origin"), pl.col("demographic"), pl.col("entry").cast(pl.String)
    stateless = (pl.col("origin_label") == STATELESS).fill_null(value=False)
    nothing = pl.lit(None, dtype=pl.List(pl.String))
    codes = pl.when(origin.is_not_null()).then(pl.concat_list(origin)).otherwise(nothing)
    codes = pl.when(stateless).then(pl.lit([], dtype=pl.List(pl.String))).otherwise(codes)
    child = demographic.is_in(["unaccompanied_child", "accompanied_child"])
    adult = demographic == "single_adult"
    birth = (
        pl.when(adult)
        .then(_pair(low.dt.offset_by(f"-{_OLDEST}y"), high.dt.offset_by("-18y")))
        .when(child)
        .then(_pair(low.dt.offset_by("-18y").dt.offset_by("1d"), high))
    )
    alone = demographic == "unaccompanied_child"
    columns = [
        pl.struct(
            pl.col("destination").alias("country"),
            day.alias("date"),
            _renamed(entry, SETTING if measure in CLAIMED else {}).alias("setting"),
        ).alias("claim"),
        pl.struct(_pair(low, pl.lit(on or _FOREVER)).alias("date")).alias("decision"),
        pl.struct(
            codes.alias("nationalities"),
            stateless.alias("nationalities_complete"),
            birth.alias("birth_date"),
            pl.when(alone & (pl.col("destination") == "US"))
            .then(pl.lit(value=False))
            .alias("has_lawful_status"),
        ).alias("applicant"),
    ]
    if on is not None:
        columns.append(_pair(pl.lit(on), pl.lit(on)).alias("as_of"))
    if measure in MET:
        columns += _entries(day, entry, looks.latest_entry)
    if looks.only_carers:
        relatives = pl.List(pl.Struct({"relation": pl.String}))
        columns.append(pl.when(alone).then(pl.lit([], dtype=relatives)).alias("family"))
    return days.select(*columns)


def _entries(day: pl.Expr, entry: pl.Expr, complete: bool) -> list[pl.Expr]:
    """The entry on the day of the count, and the stay in the country on the other side of a land border;
    there may be others of both."""
    other = pl.lit(None, dtype=pl.String)
    for (destination, region), neighbour in NEIGHBOURS.items():
        across = (pl.col("destination") == destination) & (pl.col("region") == region)
        across = across & entry.is_in(["land_port", "land_between_ports"])
        other = pl.when(across).then(pl.lit(neighbour)).otherwise(other)
    came = pl.struct(
        pl.col("destination").alias("country"),
        day.alias("date"),
        other.alias("from_country"),
        _renamed(entry, ENTRY).alias("manner"),
        # Who asks for protection in a country has got in.
        pl.lit(value=False).alias("turned_back"),
    )
    # For its own nationals the country on the other side is where they come from, no part of the journey.
    abroad = other.is_not_null() & (pl.col("origin") != other).fill_null(value=False)
    stay = pl.struct(other.alias("country"), day.alias("to_date"))
    return [
        pl.concat_list(came).alias("entries"),
        pl.lit(complete).alias("entries_complete"),
        pl.when(abroad).then(pl.concat_list(stay)).alias("journey"),
        pl.lit(value=False).alias("journey_complete"),
    ]


def _pair(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    return pl.struct(low.cast(pl.Date).alias("lo"), high.cast(pl.Date).alias("hi")).cast(DATE_PAIR)


def _renamed(column: pl.Expr, names: dict[str, str]) -> pl.Expr:
    if not names:
        return pl.lit(None, dtype=pl.String)
    return column.replace_strict(names, default=None, return_dtype=pl.String)


def reads_only_carers(plan: RegimePlan) -> bool:
    """See `Looks.only_carers`."""
    for node in in_order(tuple(roots_of(plan))):
        if (
            getattr(node, "path", "").startswith("family")
            and getattr(node, "path", "") not in _LISTED_RELATIVES
        ):
            return False
        codes: tuple[str, ...] = ()
        if isinstance(node, Among) and _is_relation(node.item):
            codes = node.codes
        elif isinstance(node, Same) and (_is_relation(node.left) or _is_relation(node.right)):
            other = node.right if _is_relation(node.left) else node.left
            codes = (other.text,) if isinstance(other, Code) else ("",)
        if set(codes) - {"parent", "guardian"}:
            return False
    return True


def reads_only_latest_entry(plan: RegimePlan) -> bool:
    """See `Looks.latest_entry`. What it counts inside that choice are the entries among which it chooses."""
    nodes = list(in_order(tuple(roots_of(plan))))
    choices = [node for node in nodes if isinstance(node, Choice) and node.over.listing.path == "entries"]
    if not choices or any(choice.order != "latest" for choice in choices):
        return False
    for node in nodes:
        if isinstance(node, Some | Every) and node.over.listing.path == "entries":
            if not any(node.part is choice.where for choice in choices):
                return False
        elif isinstance(node, Count) and node.over.listing.path == "entries" and node.over.level == 0:
            return False
    return True


def looks_of(regime: Regime) -> Looks:
    """What a regime looks at."""
    plan = plan_regimes([regime])[0]
    return Looks(reads_only_carers(plan), reads_only_latest_entry(plan))


def _is_relation(node: object) -> bool:
    return isinstance(node, Fact) and node.path == "family[].relation"


# --- answers -------------------------------------------------------------------------------------------


def run_published(
    path: str | Path, regimes: Sequence[Regime], wanted: Wanted | None = None, *,
    out: str | Path | None = None, on: str | None = None, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Answer every cell of a published table under each regime; the totals are bounds.

    `on`: the last day on which a decision was taken, where that is known; it is not before the last day of
    the table. Raises NoInput, BadData and UsageError.
    """
    started = time.monotonic()
    cells = read_cells(path, wanted or Wanted())
    last_decision = datetime.date.fromisoformat(on) if on is not None else None
    frame = cells.frame.with_row_index(_ROW)
    end = add_months(frame.get_column("month").max(), int(frame.get_column("months")[0]))  # type: ignore[arg-type]
    if last_decision is not None and last_decision < end - datetime.timedelta(days=1):
        raise UsageError(
            Problem("The day of the answer lies before the end of the table", expected=f"a day from {end} on",
                    hint="Leave it out, or leave out later months with --to.")
        )  # fmt: skip
    report = Report(str(path), tuple(regimes), on=on)
    report.published = Published(
        cells.measure, cells.unit, cells.publisher, cells.layout, frame.height,
        frame.get_column("month").min().strftime("%Y-%m"),  # type: ignore[union-attr]
        add_months(end, -1).strftime("%Y-%m"),
        nationality=frame.get_column("origin").is_not_null().any(),
        children=(frame.get_column("demographic") == "unaccompanied_child").any(),
    )  # fmt: skip
    report.people = frame.height
    report.count.add(int(frame["low"].sum()), int(frame["high"].sum()), frame["high"].null_count())
    parts = []
    for done, answers in _answered(frame, cells.measure, regimes, last_decision):
        parts.append(answers)
        if progress is not None:
            progress(int(done * frame.height), done, time.monotonic() - started)
    results = pl.concat(parts)
    named = frame.select(
        _ROW, "id", "low", "high", "demographic",
        pl.col("month").dt.strftime("%Y-%m"), pl.coalesce("origin", "origin_label").alias("nationality"),
    )  # fmt: skip
    results = results.join(named, on=_ROW, how="left").sort(_ROW, "regime")
    report.totals.add(results)
    if out is not None:
        written = results.select(*RESULTS, "low", "high").rename({"low": "count_low", "high": "count_high"})
        with (whole := Whole(out, RESULT_ENDINGS, [Path(path)])) as part:
            writer = open_writer(part, whole.ending, written.schema)
            try:
                writer.write(written)
                writer.close()
            finally:
                writer.abandon()
    report.seconds = time.monotonic() - started
    return report


def _answered(
    frame: pl.DataFrame, measure: str, regimes: Sequence[Regime], on: datetime.date | None
) -> Iterator[tuple[float, pl.DataFrame]]:
    """The answers for every cell, by its number, with the share that is done; regimes that look at the same
    things together."""
    alike: dict[Looks, list[Regime]] = {}
    for regime in regimes:
        alike.setdefault(looks_of(regime), []).append(regime)
    step = max(1, _DAYS // 31)
    for turn, (looks, group) in enumerate(alike.items()):
        compiled = Compiled(group)
        for first in range(0, frame.height, step):
            days = by_days(frame.slice(first, step))
            cases = cases_of(days, measure, on, looks)
            answers = compiled.answer(cases.with_columns(days.get_column(_ROW).alias("id"))).results
            share = (turn + min(1.0, (first + step) / frame.height)) / len(alike)
            yield share, _joined(answers.rename({"id": _ROW}))


def by_days(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of a month once for each day of it, others once: `lo` and `hi` are the first and the last day on
    which the people may have been counted."""
    last = (
        pl.col("month").dt.offset_by(pl.format("{}mo", pl.col("months").cast(pl.Int64))).dt.offset_by("-1d")
    )
    months = cells.filter(pl.col("months") == 1)
    days = months.with_columns(pl.date_ranges("month", last).alias("lo")).explode("lo")
    longer = cells.filter(pl.col("months") != 1)
    return pl.concat(
        [
            days.with_columns(pl.col("lo").alias("hi")),
            longer.with_columns(pl.col("month").alias("lo"), last.alias("hi")),
        ]
    )


def _joined(answers: pl.DataFrame) -> pl.DataFrame:
    """One answer for each cell and regime: what all its days agree on; where they do not, it is open."""
    kinds = answers.schema

    def agreed(name: str) -> pl.Expr:
        column = pl.col(name)
        return pl.when(column.n_unique() == 1).then(column.first()).alias(name)

    grouped = answers.group_by(_ROW, "regime", maintain_order=True).agg(
        agreed("outcome"), agreed("bars"), agreed("provision"), agreed("responsible"),
        pl.col("missing").explode().drop_nulls().unique(maintain_order=True),
        pl.col("readings").explode().drop_nulls().unique(maintain_order=True),
    )  # fmt: skip
    open_ = pl.lit("undetermined", dtype=kinds["outcome"])
    # Regimes that were asked apart have types of their own for the names of their provisions and facts.
    texts = pl.col("regime", "provision").cast(pl.String)
    lists = pl.col("missing", "readings").cast(pl.List(pl.String))
    return grouped.with_columns(pl.col("outcome").fill_null(open_), texts, lists)


def facts_of_cell(path: str | Path, wanted: Wanted, name: str) -> dict[str, Any] | None:
    """What is known of the people of one cell, as plain data with pairs of days; None where no cell is so
    called."""
    cells = read_cells(path, wanted)
    found = cells.frame.filter(pl.col("id") == name)
    if found.is_empty():
        return None
    last = (
        pl.col("month").dt.offset_by(pl.format("{}mo", pl.col("months").cast(pl.Int64))).dt.offset_by("-1d")
    )
    days = found.head(1).with_columns(pl.col("month").alias("lo"), last.alias("hi"))
    row: dict[str, Any] = cases_of(days, cells.measure, None, Looks()).to_dicts()[0]
    return row
