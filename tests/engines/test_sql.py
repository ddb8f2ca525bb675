"""The SQL engine: the same answers, in a query that a reviewer can read, run where nothing else can happen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import polars as pl
import pytest

from safethird.caseload.run import Compiled
from safethird.caseload.schema import DATE_PAIR, case_schema
from safethird.caseload.sql import answers_by_sql, locked, query
from safethird.facts.case import Case
from safethird.facts.dates import parse_date
from safethird.regimes.catalogue import library, load_regime
from safethird.screening.variants import with_reading
from tests.engines.conformance import library_tests, made_regime, table_of
from tests.strategies import Land, mutated_case, random_case, random_regime

duckdb = pytest.importorskip("duckdb")

ANSWER = ("id", "regime", "outcome", "bars", "provision", "responsible")
REGIMES = (
    "us-guatemala-2019",
    "stca-canada",
    "us-transit-bar-2019",
    "dublin-iii",
    "apr-59",
    "uk-rwanda-2022",
)


def _numbered(cases: list[Case]) -> pl.DataFrame:
    return table_of(cases).with_columns(id=pl.int_range(len(cases)).cast(pl.String))


def _both(regime, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:  # type: ignore[no-untyped-def]
    plain = dict.fromkeys(("regime", "outcome", "provision", "responsible"), pl.String)
    columns = Compiled([regime]).answer(table).results.select(ANSWER).cast(plain)
    return columns.sort("id"), answers_by_sql(regime, table).sort("id")


@pytest.mark.parametrize("seed", range(12))
def test_generated_regimes(seed: int) -> None:
    """Random regimes and cases: what the columns say, which say what the interpreter says."""
    rng = Random(seed)
    regime = random_regime(Random(700 + seed))
    columns, sql = _both(regime, _numbered([random_case(rng) for _ in range(150)]))
    assert sql.equals(columns)


@pytest.mark.parametrize("name", REGIMES)
def test_regimes_of_the_library(name: str, shared: Path) -> None:
    """Every case of the library, and changed ones."""
    regime, rng = library()[name], Random(name)
    cases = [test.case for test in library_tests(shared / "cases")]
    cases += [mutated_case(rng, rng.choice(cases), Land.of(regime)) for _ in range(200)]
    columns, sql = _both(regime, _numbered(cases))
    assert sql.equals(columns)


def test_another_reading() -> None:
    """A reading that differs is a query of its own."""
    regime = load_regime("stca-canada")
    conflict, readings = next(iter(regime.conflicts()))
    option = next(name for name in readings.options if name != readings.default)
    other = with_reading(regime, conflict, option)
    rng = Random(5)
    columns, sql = _both(other, _numbered([random_case(rng, Land.of(regime)) for _ in range(200)]))
    assert sql.equals(columns)


def test_dates_of_every_type() -> None:
    """Text, Polars dates and pairs of days give the same answers."""
    rng = Random(6)
    land = replace(Land(), known=0.9)
    cases = [random_case(rng, land) for _ in range(80)]
    regime = made_regime(
        "claim.date within 1 month after as_of or any e in entries where e.date before claim.date"
    )
    text = _numbered(cases)

    def pair(value: str | None) -> dict[str, object] | None:
        if value is None:
            return None
        low, high = parse_date(value)
        first = pl.Series([low, high]).cast(pl.Int32)
        days = (first - 719163).cast(pl.Date).to_list()
        return {"lo": days[0], "hi": days[1]}

    def change(data: object) -> object:
        if isinstance(data, dict):
            return {
                key: pair(value) if isinstance(value, str) and (key == "as_of" or key.endswith("date")) else change(value)
                for key, value in data.items()
            }  # fmt: skip
        return [change(one) for one in data] if isinstance(data, list) else data

    rows = [change(json.loads(case.to_json())) for case in cases]
    wanted = ("version", "as_of", "claim", "entries", "entries_complete", "decision")
    schema = {name: kind for name, kind in case_schema(DATE_PAIR).items() if name in wanted}
    pairs = pl.DataFrame([{name: row.get(name) for name in wanted} for row in rows], schema=schema)  # type: ignore[attr-defined]
    pairs = pairs.with_columns(id=pl.int_range(len(cases)).cast(pl.String))
    by_text, by_text_sql = _both(regime, text)
    by_pairs, by_pairs_sql = _both(regime, pairs)
    assert by_text.equals(by_text_sql)
    assert by_text.equals(by_pairs)
    assert by_text.equals(by_pairs_sql)


def test_a_reviewer_finds_the_law_in_it() -> None:
    """Each provision with its citation, its words and its rule; the file by its hash."""
    regime = load_regime("us-guatemala-2019")
    text = query(regime, case_schema(id=True))
    assert regime.digest in text
    for provision in regime.ruled():
        assert provision.role == "warning" or f"'{provision.id}'" in text
    assert "-- (scope) Art. 1 and Art. 4(2): The person asks the United States for protection" in text
    assert '-- Rule: claim.country == "US"' in text
    assert max(len(line) for line in text.splitlines()) < 260


def test_words_of_a_file_stay_comments() -> None:
    """A label, citation or code with line breaks and quotes changes nothing in the query."""
    regime = made_regime('claim.country == "US"')
    evil = "x\n) AS y; DROP TABLE people; --\r\nSELECT '"
    provision = replace(
        regime.provisions[0],
        label={"en": evil},
        citation=replace(regime.provisions[0].citation, pinpoint=evil),
    )
    hostile = replace(regime, provisions=(provision,), title={"en": evil})
    table = _numbered([random_case(Random(1)) for _ in range(5)])
    assert answers_by_sql(hostile, table).equals(answers_by_sql(regime, table))


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/hostname'",
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SELECT * FROM read_parquet('http://127.0.0.1/x.parquet')",
        "SELECT * FROM secret",
    ],
)
def test_locked(attempt: str) -> None:
    """No file, no network, no extension, no change of settings, no variable of the program."""
    secret = pl.DataFrame({"a": [1]})
    with locked(_numbered([random_case(Random(1))])) as connection, pytest.raises(duckdb.Error):
        connection.execute(attempt)
    assert secret.height == 1


def test_one_file_and_no_other(tmp_path: Path) -> None:
    """The Parquet file that is named can be read, its neighbour not."""
    table = _numbered([random_case(Random(seed)) for seed in range(20)])
    table.write_parquet(tmp_path / "people.parquet")
    table.write_parquet(tmp_path / "other.parquet")
    regime = load_regime("us-guatemala-2019")
    with locked(tmp_path / "people.parquet") as connection:
        found = pl.DataFrame(connection.sql(query(regime, table.schema)).to_arrow_table())
        with pytest.raises(duckdb.Error):
            connection.execute(f"SELECT * FROM read_parquet('{tmp_path / 'other.parquet'}')")  # noqa: S608
    assert found.sort("id").equals(answers_by_sql(regime, table).sort("id"))
