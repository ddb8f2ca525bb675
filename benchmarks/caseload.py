"""How many people a second, beside a memory copy, Polars, DuckDB, OpenFisca-core, policyengine-core and Python.

    ./bootstrap python benchmarks/caseload.py [--people 100000 1000000] [--peers PYTHON] [--files 1000000]

Three things are timed, all contenders one after the other, each in a process of its own, best of three:
the simplified rule (five terms over plain columns), with and without unknown facts; the real files
us-guatemala-2019 and stca-canada over people with entries, journeys, families and documents; and whole runs from
Parquet to Parquet, with one regime and with the whole library. Reading the file is counted in the last only. The
slow contenders get fewer people; what counts is people a second, and the ratios: the load of the machine shows in
all of them. CPU time is given beside, because it is not shared. The defaults take some minutes; `--people
10000000` and `--files 50000000` are for an evening.

PYTHON is an interpreter with `openfisca-core`, `policyengine-core`, and `polars` to read the file. Without
`--peers` an environment with the three is made in a temporary folder and said so (pip needs a network), or with
`--peers none` they are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

REAL = ("us-guatemala-2019", "stca-canada")
SINCE = "2019-11-19"
_CITED = {"cite": "Art. 1", "url": "https://example.org/law", "confidence": "verified"}
RULE = {
    "format": 1, "regime": "simplified", "kind": "bar", "languages": ["en"], "title": "Simplified",
    "summary": "Five terms over plain facts.", "instrument": {"type": "rule", **_CITED},
    "considered_for": {"claim_in": ["US"]}, "clocks": {"decision": "2020-01-01"},
    "status": [{"event": "in_force", "date": "2019-11-15", **_CITED}],
    "provisions": [
        {"id": name, "role": role, "label": name, "when": rule, **_CITED}
        for name, role, rule in (
            ("since", "scope", f"claim.date on or after {SINCE}"),
            ("own-national", "exclusion", 'applicant.habitual_residence == "GT"'),
            ("lawful", "exception", "applicant.has_lawful_status"),
            ("no-visa-needed", "exception", "not applicant.criminal_record"),
            ("discretion", "exception", "findings.discretion_used"),
        )
    ],
}  # fmt: skip
"""`criminal_record` stands for "a visa was required": the case format has that in a look-up table, and this rule
is about plain columns."""


# --- data ------------------------------------------------------------------------------------------------


def plain_people(size: int, unknown: float = 0.02) -> pl.DataFrame:
    """People with the five plain facts of the simplified rule."""
    from safethird.engines.columns.codes import enumeration

    rng = np.random.default_rng(1)

    def gaps(values: pl.Series) -> pl.Series:
        frame = pl.DataFrame({"x": values, "gap": pl.Series(rng.random(size) < unknown)})
        return frame.select(pl.when(~pl.col("gap")).then("x"))["x"]

    def truths(share: float) -> pl.Series:
        return gaps(pl.Series(rng.random(size) < share))

    days = gaps(pl.Series(np.datetime64("2019-06-01") + rng.integers(0, 600, size)).cast(pl.Date))
    homes = gaps(
        pl.Series(["GT", "HN", "SV", "MX"]).gather(rng.integers(0, 4, size)).cast(enumeration("country"))
    )
    return pl.DataFrame({"id": pl.int_range(size, eager=True)}).with_columns(
        claim=pl.struct(days.alias("date")),
        applicant=pl.struct(
            homes.alias("habitual_residence"), truths(0.1).alias("has_lawful_status"),
            truths(0.9).alias("criminal_record"),
        ),
        findings=pl.struct(truths(0.05).alias("discretion_used")),
    )  # fmt: skip


# --- contenders ------------------------------------------------------------------------------------------


def copied(table: pl.DataFrame) -> Callable[[], Any]:
    """A bare copy of as many bytes as the table has."""
    bytes_ = np.ones(table.estimated_size(), np.uint8)
    return bytes_.copy


def by_hand(table: pl.DataFrame) -> Callable[[], Any]:
    """The outcome by a query that knows the rule: what someone would write for this rule only."""
    applicant = pl.col("applicant").struct.field
    covered = (pl.col("claim").struct.field("date") >= pl.lit(SINCE).str.to_date()) & ~(
        applicant("habitual_residence") == "GT"
    )
    kept = (
        applicant("has_lawful_status")
        | ~applicant("criminal_record")
        | pl.col("findings").struct.field("discretion_used")
    )
    kind = pl.Enum(["applies", "exempt", "not_covered", "undetermined"])

    def said(text: str) -> pl.Expr:
        return pl.lit(text, dtype=kind)

    outcome = (
        pl.when(~covered).then(said("not_covered")).when(covered & kept).then(said("exempt"))
        .when(covered & ~kept).then(said("applies")).otherwise(said("undetermined"))
    )  # fmt: skip
    return lambda: table.lazy().select("id", outcome=outcome).collect()


def by_hand_in_full(table: pl.DataFrame) -> Callable[[], Any]:
    """The same by hand, with the bottom line, the provision, and the facts that are missing."""
    applicant = pl.col("applicant").struct.field
    facts = {
        "since": pl.col("claim").struct.field("date") >= pl.lit(SINCE).str.to_date(),
        "own-national": applicant("habitual_residence") == "GT",
        "lawful": applicant("has_lawful_status"),
        "no-visa-needed": ~applicant("criminal_record"),
        "discretion": pl.col("findings").struct.field("discretion_used"),
    }
    paths = (
        "claim.date", "applicant.habitual_residence", "applicant.has_lawful_status",
        "applicant.criminal_record", "findings.discretion_used",
    )  # fmt: skip
    provision, path = pl.Enum(list(facts)), pl.Enum(paths)
    names = pl.Series(
        [[name for place, name in enumerate(paths) if bits >> place & 1] for bits in range(1 << len(paths))],
        dtype=pl.List(path),
    )
    covered = pl.col("since") & ~pl.col("own-national")
    kept = pl.col("lawful") | pl.col("no-visa-needed") | pl.col("discretion")
    outcome = pl.Enum(["applies", "exempt", "not_covered", "undetermined"])
    decided = (
        pl.when(~pl.col("covered")).then(pl.lit("not_covered", dtype=outcome))
        .when(pl.col("covered") & pl.col("kept")).then(pl.lit("exempt", dtype=outcome))
        .when(pl.col("covered") & ~pl.col("kept")).then(pl.lit("applies", dtype=outcome))
        .otherwise(pl.lit("undetermined", dtype=outcome))
    )  # fmt: skip
    ground = pl.when(~pl.col("covered") & ~pl.col("since")).then(pl.lit("since", dtype=provision))
    ground = ground.when(~pl.col("covered") & pl.col("own-national")).then(
        pl.lit("own-national", dtype=provision)
    )
    for name in ("lawful", "no-visa-needed", "discretion"):
        certain = ~(~pl.col("covered")).fill_null(False) & pl.col(name)
        ground = ground.when(certain).then(pl.lit(name, dtype=provision))
    ground = ground.when(pl.col("covered") & ~pl.col("kept")).then(pl.lit("since", dtype=provision))
    open_cover = pl.col("covered").is_null()
    open_kept = pl.col("kept").is_null() & pl.col("covered").fill_null(True)
    bits = [
        ((open_cover if place < 2 else open_kept) & pl.col(name).is_null()).cast(pl.UInt32) * (1 << place)
        for place, name in enumerate(facts)
    ]
    missing = bits[0] + bits[1] + bits[2] + bits[3] + bits[4]

    def run() -> pl.DataFrame:
        first = table.lazy().select("id", **facts).with_columns(covered=covered, kept=kept)
        second = first.select(
            "id", outcome=decided, bars=pl.col("covered") & ~pl.col("kept"), provision=ground, bits=missing
        ).collect()
        empty = pl.lit([], dtype=pl.List(path))
        if second["bits"].max() == 0:
            return second.select("id", "outcome", "bars", "provision", missing=empty)
        return second.select(
            "id", "outcome", "bars", "provision", missing=pl.lit(names.gather(second["bits"]))
        )

    return run


def ours(regime: str) -> Callable[[pl.DataFrame], Callable[[], Any]]:
    """safethird: outcome, bottom line, provision, state, missing facts, readings that differ."""

    def make(table: pl.DataFrame) -> Callable[[], Any]:
        from safethird.caseload.run import Compiled

        compiled = Compiled([_regime(regime)])
        return lambda: sum(part.results.height for part in compiled.batches([table]))

    return make


def duckdb_audit(regime: str) -> Callable[[pl.DataFrame], Callable[[], Any]]:
    """safethird's audit query in DuckDB: outcome, bottom line, provision, state."""

    def make(table: pl.DataFrame) -> Callable[[], Any]:
        from safethird.caseload.sql import locked, query

        text, connection = query(_regime(regime), table.schema), locked(table)
        return lambda: connection.sql(text).to_arrow_table()

    return make


def duckdb_by_hand(table: pl.DataFrame) -> Callable[[], Any]:
    """The outcome of the simplified rule in SQL written by hand."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.register("people", table.to_arrow())
    connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM people")
    text = f"""SELECT id, CASE WHEN NOT covered THEN 0 WHEN covered AND kept THEN 1 WHEN covered AND NOT kept THEN 2
      ELSE 3 END AS outcome FROM (SELECT id,
        claim.date >= DATE '{SINCE}' AND NOT (applicant.habitual_residence = 'GT') AS covered,
        applicant.has_lawful_status OR NOT applicant.criminal_record OR findings.discretion_used AS kept
      FROM kept)"""  # noqa: S608 - a constant
    return lambda: connection.sql(text).to_arrow_table()


def interpreter(regime: str) -> Callable[[pl.DataFrame], Callable[[], Any]]:
    """safethird's interpreter, one person after the other, with trace: the definition of meaning."""

    def make(table: pl.DataFrame) -> Callable[[], Any]:
        from safethird.facts.case import Case
        from safethird.screening.screen import determine, facts_for_rules

        rows = [_case(row) for row in table.iter_rows(named=True)]
        for row in rows:
            row.setdefault("claim", {}).setdefault("country", "US")
        found = [facts_for_rules(Case.from_data({"version": 1, **row})) for row in rows]
        law = _regime(regime)
        return lambda: [determine(law, facts, explain_missing=False).outcome for facts in found]

    return make


def plain_python(table: pl.DataFrame) -> Callable[[], Any]:
    """The outcome of the simplified rule by `if` and `for` over rows, unknowns read as no."""
    since = pl.select(pl.lit(SINCE).str.to_date()).item()
    rows = table.to_dicts()

    def run() -> list[int]:
        found = []
        for row in rows:
            applicant = row["applicant"]
            day = row["claim"]["date"]
            if day is None or day < since or applicant["habitual_residence"] == "GT":
                found.append(0)
            elif (
                applicant["has_lawful_status"]
                or not applicant["criminal_record"]
                or row["findings"]["discretion_used"]
            ):
                found.append(1)
            else:
                found.append(2)
        return found

    return run


def _case(value: Any) -> Any:
    """A row without its unknown facts, dates as text."""
    if isinstance(value, dict):
        return {key: _case(one) for key, one in value.items() if one is not None and key != "id"}
    if isinstance(value, list):
        return [_case(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _regime(name: str) -> Any:
    from safethird.facts.documents import read_json
    from safethird.regimes.catalogue import load_regime
    from safethird.regimes.loader import build_regime

    return (
        build_regime(read_json(json.dumps(RULE), "rule.yaml")) if name == "simplified" else load_regime(name)
    )


SIMPLIFIED: dict[str, tuple[Callable[[pl.DataFrame], Callable[[], Any]], int]] = {
    "memory copy": (copied, 10**9),
    "Polars by hand, outcome only": (by_hand, 10**9),
    "Polars by hand, all columns": (by_hand_in_full, 10**9),
    "safethird": (ours("simplified"), 10**9),
    "DuckDB by hand, outcome only": (duckdb_by_hand, 10**9),
    "safethird, audit query in DuckDB": (duckdb_audit("simplified"), 10**6),
    "plain Python, outcome only": (plain_python, 10**6),
    "safethird, interpreter": (interpreter("simplified"), 5_000),
}
"""Contenders, and how many people they get at most."""


def real(regime: str) -> dict[str, tuple[Callable[[pl.DataFrame], Callable[[], Any]], int]]:
    """The contenders for a real file."""
    return {
        "memory copy": (copied, 10**9),
        "safethird": (ours(regime), 10**9),
        "safethird, audit query in DuckDB": (duckdb_audit(regime), 10**5),
        "safethird, interpreter": (interpreter(regime), 2_000),
    }


# --- running ---------------------------------------------------------------------------------------------


def one(task: str, contender: str, path: str) -> None:
    """Times one contender in this process; prints people, seconds, CPU seconds and megabytes as JSON."""
    make, most = (SIMPLIFIED if task == "simplified" else real(task))[contender]
    table = pl.read_parquet(path, n_rows=most)
    run = make(table)
    run()
    wall = cpu = float("inf")
    for _ in range(3):
        started, used = time.perf_counter(), time.process_time()
        run()
        wall, cpu = min(wall, time.perf_counter() - started), min(cpu, time.process_time() - used)
    print(json.dumps([table.height, wall, cpu, peak_memory()]))


def peak_memory() -> float:
    """The most memory that this process has held, in megabytes. On Linux not `ru_maxrss`, which a process takes
    over from the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(task: str, contender: str, path: Path) -> list[float]:
    """One contender in a process of its own."""
    command = [sys.executable, __file__, "--one", task, contender, str(path)]
    found: list[float] = json.loads(_output(command))
    return found


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def peer(python: str, engine: str, path: Path, people: int) -> list[float]:
    """OpenFisca-core or policyengine-core, in an environment of its own."""
    script = Path(__file__).parent / "peers" / "caseload_rule.py"
    seconds, cpu, peak, _ = map(float, _output([python, str(script), engine, str(path)]).split())
    return [people, seconds, cpu, peak]


PEERS = ("openfisca-core", "policyengine-core", "polars")


def peers_in(folder: Path) -> str | None:
    """An interpreter with the peers, in an environment made for them; None where that cannot be done."""
    print(f"An environment with {', '.join(PEERS)} is made in {folder} (--peers PYTHON takes one of yours).")
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *PEERS],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"That failed, and they are left out: {done.stderr.strip().splitlines()[-1:]}")
            return None
    return str(python)


def table_of(rows: dict[str, list[float]]) -> str:
    """Results as text. The last two columns: how many times the people a second of safethird, and how many times
    its CPU time, are those of the other (more than one is good in the first, less than one in the second)."""
    people, wall, cpu, _ = rows["safethird"]
    speed, cost = people / wall, cpu / people
    head = (
        f"{'':36}{'people':>12}{'people/s':>15}{'CPU ns each':>13}{'peak MB':>9}{'speed x':>10}{'CPU x':>10}"
    )
    lines = [head]
    for name, (count, seconds, used, peak) in rows.items():
        lines.append(
            f"{name:36}{count:12,.0f}{count / seconds:15,.0f}{used / count * 1e9:13,.1f}{peak:9,.0f}"
            f"{speed / (count / seconds):10.3g}{cost / (used / count):10.3g}"
        )
    return "\n".join(lines)


def files(folder: Path, people: Path, library: bool) -> str:
    """From Parquet to Parquet by `safethird run`, in a process of its own."""
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[3]); from benchmarks.caseload import peak_memory;"
        "from safethird.caseload.running import run_caseload;"
        "from safethird.regimes.catalogue import library, load_regime;"
        "some = [*library().values()] if sys.argv[4] == 'library' else [load_regime(sys.argv[4])];"
        "t = time.perf_counter(); c = time.process_time();"
        "r = run_caseload(sys.argv[1], some, out=sys.argv[2]);"
        "print(r.people + r.rejected.count, time.perf_counter() - t, time.process_time() - c, peak_memory(), len(some))"
    )
    name = "library" if library else "us-guatemala-2019"
    command = [sys.executable, "-c", code, str(people), str(folder / "answers.parquet"), str(ROOT), name]
    count, seconds, cpu, peak, regimes = map(float, _output(command).split())
    return (
        f"{name} ({regimes:.0f}), Parquet to Parquet: {count:,.0f} people, {count / seconds:,.0f} a second, "
        f"CPU {cpu / count * 1e9:,.0f} ns each, peak {peak:,.0f} MB"
    )


def write_people(folder: Path, size: int) -> Path:
    """A folder of files with so many people, a million in each; the same million over and over, under other
    ids."""
    from benchmarks.people import people

    caseload = folder / "caseload"
    caseload.mkdir(exist_ok=True)
    some = people(min(size, 1_000_000))
    for first in range(0, size, some.height):
        part = some[: size - first].with_columns(id=pl.format("p{}", pl.int_range(pl.len()) + first))
        part.write_parquet(caseload / f"{first:010}.parquet", row_group_size=100_000)
    return caseload


def main() -> None:
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--files", type=int, nargs="*", default=[100_000, 1_000_000], metavar="PEOPLE",
                        help="sizes of the runs from Parquet to Parquet with one regime")  # fmt: skip
    parser.add_argument("--library", type=int, nargs="*", default=[100_000], metavar="PEOPLE",
                        help="the same with the whole library")  # fmt: skip
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*given.one)
        return
    from benchmarks.people import people

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = (
            None if given.peers == "none" or not given.people else given.peers or peers_in(folder / "peers")
        )
        for size in given.people:
            plain, nested = folder / "plain.parquet", folder / "people.parquet"
            for unknown in (0.0, 0.02):
                plain_people(size, unknown).write_parquet(plain)
                rows = {contender: measured("simplified", contender, plain) for contender in SIMPLIFIED}
                for engine in ("openfisca", "policyengine") if python else ():
                    rows[f"{engine}-core, outcome only"] = peer(str(python), engine, plain, size)
                print(f"\nThe simplified rule, {unknown:.0%} of facts unknown\n{table_of(rows)}", flush=True)
            people(size).write_parquet(nested, row_group_size=100_000)
            for regime in REAL:
                found = {contender: measured(regime, contender, nested) for contender in real(regime)}
                print(f"\n{regime}, people with lists, dates as text\n{table_of(found)}", flush=True)
        for library, sizes in ((False, given.files), (True, given.library)):
            for size in sizes:
                with tempfile.TemporaryDirectory() as some:
                    print("\n" + files(Path(some), write_people(Path(some), size), library), flush=True)


if __name__ == "__main__":
    main()
