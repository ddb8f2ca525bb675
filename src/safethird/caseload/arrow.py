"""From one Arrow record batch to another: the whole of a caseload run as a function of a part of the table.

Whatever cuts a table into record batches (Spark, Ray, Dask, a database) can run it, on as many machines as it
likes: a batch's answers depend on the batch only. Needs the extra `arrow` (pyarrow).

The batch that goes in has the sections of the case format as columns, and `id`; see `caseload/schema.py`. The
one that comes out has the columns of `result_schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from safethird.caseload.run import Compiled
from safethird.facts.documents import read_text, read_yaml
from safethird.regimes.catalogue import library_files, load_regime
from safethird.regimes.loader import build_regime

if TYPE_CHECKING:
    import pyarrow as pa


class RegimeText(NamedTuple):
    """The text of a regime file: what is sent to other machines, so that all of them read the same law."""

    file: str
    text: str


def regime_texts(regimes: Sequence[str | Path]) -> tuple[RegimeText, ...]:
    """The texts of regimes of the library (by id) and of files (by path), each checked once here.

    Raises UsageError for an unknown id, BadData or NoInput for a bad file.
    """
    found = []
    for name in regimes:
        load_regime(name)
        path = library_files().get(str(name), Path(name))
        found.append(RegimeText(str(path), read_text(path)))
    return tuple(found)


@lru_cache(maxsize=8)
def _compiled(regimes: tuple[RegimeText, ...], threads: int) -> Compiled:
    return Compiled([build_regime(read_yaml(text, file)) for file, text in regimes], threads)


def result_schema() -> pa.Schema:
    """The columns of the answers.

    One row for each case and regime. A case that cannot be read has one row, without a regime: `problem` is the
    path of the first fact that cannot be read, and why, never the value itself.
    """
    import pyarrow as pa

    names = pa.list_(pa.string())
    return pa.schema([
        ("id", pa.string()), ("regime", pa.string()), ("outcome", pa.string()), ("bars", pa.bool_()),
        ("provision", pa.string()), ("responsible", pa.string()), ("missing", names), ("readings", names),
        ("problem", pa.string()),
    ])  # fmt: skip


def answer_batch(batch: pa.RecordBatch, regimes: tuple[RegimeText, ...], threads: int = 1) -> pa.RecordBatch:
    """The answers of some regimes (see `regime_texts`) for the cases of a batch, in their order.

    Raises BadData where a column has a type that it cannot have.
    """
    import pyarrow as pa

    table = pl.DataFrame(batch)
    results, rejects = _compiled(regimes, threads).answer(table)
    problems = rejects.select("id", problem=pl.concat_str("path", pl.lit(" "), "why"))
    plain: dict[str, Any] = {
        name: pl.List(pl.String) if name in ("missing", "readings") else pl.String for name in _TEXTS
    }
    whole = pl.concat([results, problems], how="diagonal").cast(pl.Schema(plain))
    arrow = whole.select(result_schema().names).to_arrow().cast(result_schema()).combine_chunks()
    batches: list[pa.RecordBatch] = arrow.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], result_schema())


def answer_table(table: pa.Table, regimes: tuple[RegimeText, ...], threads: int = 1) -> pa.Table:
    """As `answer_batch`, for a table: what Ray's `map_batches` asks for.

    Raises BadData where a column has a type that it cannot have.
    """
    import pyarrow as pa

    answered = [answer_batch(batch, regimes, threads) for batch in table.to_batches()]
    return pa.Table.from_batches(answered, result_schema())


_TEXTS = ("id", "regime", "outcome", "provision", "responsible", "missing", "readings")


def over_batches(
    regimes: tuple[RegimeText, ...], threads: int = 1
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """`answer_batch` for one batch after the other: what Spark's `mapInArrow` asks for."""

    def answer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield answer_batch(batch, regimes, threads)

    return answer


def columns_needed(regimes: tuple[RegimeText, ...]) -> list[str]:
    """The columns of a table that the regimes read, `id` first."""
    needs = _compiled(regimes, 1).needs
    paths = [column.path for column in needs.columns] + [level.path for level in needs.lists]
    flags = [flag for level in needs.lists if (flag := _flag(level.path)) is not None]
    return list(dict.fromkeys(["id", *(path.partition(".")[0] for path in (*paths, *flags))]))


def _flag(path: str) -> str | None:
    from safethird.facts.vocabulary import vocabulary

    return vocabulary().flag_of(path)
