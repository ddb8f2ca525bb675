"""Running regimes over tables: order, parts, threads, long lists, rejects, shared clauses."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from safethird.caseload import run, sizes
from safethird.caseload.masks import Mask
from safethird.caseload.run import Compiled
from safethird.errors import BadData
from safethird.facts.case import Case
from safethird.regimes.catalogue import LIBRARY, load_regime
from safethird.screening.casetests import read_tests
from safethird.screening.determine import OUTCOMES
from safethird.screening.screen import facts_for_rules
from tests.engines.conformance import by_interpreter, made_regime, table_of
from tests.strategies import Land, mutated_case, random_case

NAMES = ("us-guatemala-2019", "stca-canada", "us-transit-bar-2019")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled([load_regime(name) for name in NAMES])


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    rng = Random(1)
    land = Land.of(load_regime("us-guatemala-2019"))
    cases = [test.case for test in read_tests([LIBRARY]) if test.expect[0].regime in NAMES]
    some = [mutated_case(rng, rng.choice(cases), land) for _ in range(1500)]
    some += [random_case(rng, land) for _ in range(200)]
    return table_of(some).with_columns(id=pl.int_range(len(some)).cast(pl.String))


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort("id", "regime")


def test_one_row_for_each_person_and_regime(compiled: Compiled, people: pl.DataFrame) -> None:
    """With the columns that are promised, and every outcome among them."""
    found = compiled.answer(people)
    assert found.results.schema == compiled.schema()
    assert found.results.height == len(NAMES) * people.height
    assert found.results.select("id", "regime").is_unique().all()
    assert set(found.results["outcome"].cast(pl.String)) == set(OUTCOMES)
    assert found.rejects.is_empty()


def test_nothing_hangs_on_the_order_of_rows(compiled: Compiled, people: pl.DataFrame) -> None:
    """Rows shuffled, in many chunks, some of them empty."""
    shuffled = people.sample(fraction=1.0, shuffle=True, seed=3)
    chunks = pl.concat([shuffled.slice(0, 100), shuffled.slice(100, 0), shuffled.slice(100, 700), shuffled.slice(800)],
                       rechunk=False)  # fmt: skip
    assert_frame_equal(_sorted(compiled.answer(chunks).results), _sorted(compiled.answer(people).results))


def test_nothing_hangs_on_parts_or_threads(
    compiled: Compiled, people: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of 64, batches of 250, one thread: the same answers."""
    whole = _sorted(compiled.answer(people).results)
    monkeypatch.setattr(run, "BLOCK", 64)
    monkeypatch.setattr(run, "BATCH", 50)
    monkeypatch.setattr(run, "MOST_AT_ONCE", 250)
    single = Compiled(compiled.regimes, threads=1)
    parts = list(single.batches([people.slice(0, 600), people.slice(600)]))
    assert max(part.results.height for part in parts) <= 250 * len(NAMES)
    assert_frame_equal(_sorted(pl.concat(part.results for part in parts)), whole)
    for threads in (2, 3):
        assert_frame_equal(_sorted(Compiled(compiled.regimes, threads).answer(people).results), whole)


def test_together_is_as_apart(compiled: Compiled, people: pl.DataFrame) -> None:
    """Regimes that share a plan answer as each would alone."""
    together = compiled.answer(people).results
    names = ("outcome", "provision", "responsible", "bars")
    for name in NAMES:
        alone = Compiled([load_regime(name)]).answer(people).results.select("id", *names)
        part = together.filter(pl.col("regime") == name).select("id", *names)
        texts = dict.fromkeys(("outcome", "provision", "responsible"), pl.String)
        assert_frame_equal(part.cast(texts), alone.cast(texts))


@pytest.mark.parametrize("costs", [0.0, float("inf")])
def test_nothing_hangs_on_what_is_decided_together(
    costs: float, compiled: Compiled, people: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What status and cover leave open is decided for each regime apart, or for all of them in one go."""
    wanted = compiled.answer(people).results
    monkeypatch.setattr(compiled, "_costs", np.full(len(NAMES), costs))
    groups = [len(numbers) for numbers, _ in compiled._together(np.ones((len(NAMES), 5), bool))]
    assert groups == ([1] * len(NAMES) if costs == 0 else [len(NAMES)])
    assert_frame_equal(_sorted(compiled.answer(people).results), _sorted(wanted))


def test_long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases with lists of a hundred entries among others with none: in parts of bounded room."""
    regime = made_regime(
        "any e in entries where e.turned_back and (any d in entries where d.date after e.date and not d.turned_back)"
    )
    rng = Random(2)
    some = []
    for turn in range(300):
        length = rng.choice((0, 1, 2, 3, 30, 110)) if turn % 10 == 0 else rng.randint(0, 3)
        entries = [
            {"turned_back": rng.random() < 0.05, "date": f"20{rng.randint(10, 24)}-0{rng.randint(1, 9)}"}
            for _ in range(length)
        ]
        some.append(Case.from_data({"version": 1, "claim": {"country": "US"}, "entries": entries}))
    wanted = [by_interpreter(regime, facts_for_rules(case)).outcome for case in some]
    table = table_of(some).with_columns(id=pl.int_range(len(some)))
    assert Compiled([regime]).answer(table).results["outcome"].to_list() == wanted
    monkeypatch.setattr(sizes, "ROOM", 50_000)
    assert Compiled([regime]).answer(table).results["outcome"].to_list() == wanted


def test_parts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No part takes more room than allowed, and every case is in one part."""
    monkeypatch.setattr(sizes, "ROOM", 100_000)
    rng = Random(4)
    longest = pl.Series([rng.choice((0, 1, 8, 9, 40, 900)) for _ in range(2000)]).to_numpy()
    seen: list[int] = []
    for part in sizes.parts(longest, (10, 5, 1), 500):
        assert not isinstance(part, slice)
        rows, most = part.tolist(), int(longest[part].max())
        assert len(rows) == 1 or len(rows) * (10 + 5 * most + most**2) <= sizes.ROOM
        seen += rows
    assert sorted(seen) == list(range(2000))
    short = list(sizes.parts(longest[longest <= 8], (10, 5, 1), 500))
    assert all(isinstance(part, slice) for part in short)


def _one(**changed: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "version": 1,
        "claim": {"country": "US", "date": "2019-12-01"},
        "entries": [],
        **changed,
    }


def _table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [{**row, "id": f"p{place}"} for place, row in enumerate(rows)], infer_schema_length=None
    )


def test_rejects() -> None:
    """Cases with a value that cannot be read are set apart, with the path and not the value; the others go on."""
    entry = {"country": "US", "date": "2019-11-20", "manner": "airport", "turned_back": False}
    table = _table(
        _one(entries=[entry]),
        _one(claim={"country": "Narnia", "date": "2019-12-01"}),
        _one(claim={"country": "US", "date": "2023-02-30"}),
        _one(entries=[entry, {**entry, "date": "soon"}]),
        _one(entries=[{**entry, "country": "XX1"}]),
        _one(entries=[entry]),
    )
    found = Compiled([load_regime("us-guatemala-2019")]).answer(table, first_row=100)
    assert found.results["id"].to_list() == ["p0", "p5"]
    assert found.rejects.select("row", "id", "path").rows() == [
        (101, "p1", "claim.country"),
        (102, "p2", "claim.date"),
        (103, "p3", "entries[].date"),
        (104, "p4", "entries[].country"),
    ]
    told = str(found.rejects.rows())
    assert not any(value in told for value in ("Narnia", "2023", "soon", "XX1"))


def test_far_too_long_lists_are_refused() -> None:
    """In bounded time and room."""
    entry = {"country": "US", "turned_back": False, "date": "2019-11-20"}
    table = _table(_one(entries=[entry]), _one(entries=[entry] * (sizes.MOST_ELEMENTS + 1)))
    found = Compiled([load_regime("us-guatemala-2019")]).answer(table)
    assert found.results["id"].to_list() == ["p0"]
    assert found.rejects.select("id", "path", "why").rows() == [("p1", "entries", "is too long")]


def test_a_null_in_a_list_is_no_element() -> None:
    """It is refused, as in a case file."""
    table = _table(_one(entries=[{"country": "US"}]), _one(entries=[{"country": "US"}, None]))
    found = Compiled([load_regime("us-guatemala-2019")]).answer(table)
    assert found.rejects.select("id", "path").rows() == [("p1", "entries")]


def test_tables_without_columns_or_rows(compiled: Compiled) -> None:
    """Nothing is known, or nobody is there."""
    found = compiled.answer(pl.DataFrame({"id": ["a"]}))
    assert found.results["outcome"].to_list() == ["undetermined"] * len(NAMES)
    assert all(found.results["missing"].list.len() > 0)
    assert compiled.answer(pl.DataFrame({"id": pl.Series([], dtype=pl.String)})).results.is_empty()


def test_a_table_without_ids(compiled: Compiled) -> None:
    """Rows are numbered."""
    table = pl.DataFrame({"claim": [{"country": "US"}, {"country": "CA"}]})
    assert compiled.answer(table, first_row=7).results["id"].unique().sort().to_list() == [7, 8]


def test_a_column_of_a_wrong_type(compiled: Compiled) -> None:
    """Refused at once, whatever its values."""
    with pytest.raises(BadData, match="another type"):
        compiled.answer(pl.DataFrame({"id": ["a"], "claim": ["US"]}))


def test_masks() -> None:
    """Names to bits and back, over more than one word."""
    names = [f"fact{number}" for number in range(150)]
    mask = Mask(names)
    assert mask.words == 3
    rng = Random(1)
    cases = [[name for name in names if rng.random() < 0.1] for _ in range(50)]
    found = {name: pl.Series([name in case for case in cases]).to_numpy() for name in names}
    words = mask.encode(found, len(cases))
    assert [list(mask.decode(*map(int, column))) for column in words.T] == cases
    assert pl.select(mask.lists(words, pl.Enum(names))).to_series().to_list() == cases


def test_parquet_in_many_row_groups(compiled: Compiled, people: pl.DataFrame, tmp_path: Path) -> None:
    """A file in small row groups, read in pieces out of order, carries its ids."""
    path = tmp_path / "people.parquet"
    people.sample(fraction=1.0, shuffle=True, seed=9).write_parquet(path, row_group_size=97)
    pieces = [pl.read_parquet(path, n_rows=400, row_index_name=None).slice(0, 400)]
    pieces = [
        pl.scan_parquet(path).slice(first, 300).collect() for first in range(1500, -300, -300) if first >= 0
    ]
    found = pl.concat(part.results for part in compiled.batches(pieces))
    wanted = compiled.answer(people).results.filter(pl.col("id").is_in(found["id"].implode()))
    assert_frame_equal(_sorted(found), _sorted(wanted))
