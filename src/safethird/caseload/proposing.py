"""A mapping proposed from the headers of a flat table. The data are not looked at, and what was decided
stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import polars as pl

from safethird.caseload.inputs import Position, find_inputs
from safethird.caseload.mapping import ID, ColumnMap, fact_at
from safethird.caseload.run import Compiled
from safethird.caseload.text_tables import MOST_COLUMNS, check_header, header_and_rows
from safethird.engines.columns.needs import Level
from safethird.errors import BadData, Problem, UsageError
from safethird.facts.documents import read_yaml
from safethird.facts.vocabulary import Fact, generic_path, vocabulary
from safethird.messages import LANGUAGES
from safethird.regimes.model import Regime
from safethird.tables.layouts import fold_column

CLOSE = 0.87
"""How alike a header and a known name must be; below it, nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which of the facts that a regime may ask for a table tells."""

    regime: str
    have: tuple[str, ...]
    lack: tuple[str, ...]


def headers_of(path: str | Path) -> list[str]:
    """The headers of a flat table; of a folder those of its first table. Raises BadData for JSON Lines, which
    has no columns, and where there is no table."""
    source = find_inputs(path)[0]
    if source.kind == "jsonl":
        raise BadData(
            Problem("JSON Lines hold whole cases and need no mapping", file=source.file, code="kind")
        )
    if source.kind == "csv":
        return header_and_rows(source, Position())[0]
    try:
        names = pl.scan_parquet(source.path, glob=False).collect_schema().names()
    except (pl.exceptions.PolarsError, OSError):
        raise BadData(
            Problem("The Parquet file is damaged or cut short", file=source.file, code="damaged")
        ) from None
    if len(names) > MOST_COLUMNS:
        check_header(names, source.file)
    return names


def propose(headers: Sequence[str], decided: ColumnMap | None = None) -> dict[str, str | None]:
    """For each header that is not decided yet: the path of a fact, `id`, or None where nothing fits.

    No fact is proposed twice, and none that is decided for another column.

    >>> propose(["Fecha de nacimiento", "DOB", "Favourite colour"])
    {'Fecha de nacimiento': 'applicant.birth_date', 'DOB': None, 'Favourite colour': None}
    """
    done = {column.name for column in decided.columns} if decided is not None else set()
    taken = {column.fact for column in decided.columns} if decided is not None else set()
    taken |= set(decided.constants) if decided is not None else set()
    found: dict[str, str | None] = {}
    for header in headers:
        if header not in done:
            path = _meant(header)
            found[header] = None if path in taken else path
            taken.add(path)
    return found


def _meant(header: str) -> str | None:
    if header == ID:
        return ID
    try:
        fact_at(header)
    except UsageError:
        folded = fold_column(header)
    else:
        return header
    names = _names()
    if folded in names:
        return names[folded]
    return _closest(folded) if 4 <= len(folded) <= 60 else None


@lru_cache(maxsize=4096)
def _closest(folded: str) -> str | None:
    """The fact whose name is nearest, if it is near and no other fact's name is as near."""
    best: dict[str, float] = {}
    for name, path in _names().items():
        if path is not None and abs(len(name) - len(folded)) <= 4:
            likeness = SequenceMatcher(None, folded, name).ratio()
            if likeness >= CLOSE:
                best[path] = max(likeness, best.get(path, 0.0))
    ranked = sorted(best, key=lambda path: -best[path])
    if not ranked or (len(ranked) > 1 and best[ranked[0]] - best[ranked[1]] < 0.02):
        return None
    return ranked[0]


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str | None]:
    """Folded names to paths; None for a name that two facts share."""
    file = Path(__file__).with_name("headers.yaml")
    known: dict[str, list[str]] = read_yaml(file.read_text(encoding="utf-8"), file.name).data
    names: dict[str, str | None] = {}
    for fact in vocabulary():
        path = _first(fact)
        if path is not None:
            for name in (fold_column(fact.label(language)) for language in LANGUAGES):
                names[name] = path if names.get(name, path) == path else None
            for name in (fold_column(fact.path), fold_column(path)):
                names[name] = path
    for path, words in known.items():
        names |= {fold_column(word): path for word in words}
    return names


def _first(fact: Fact) -> str | None:
    """The path of a fact for a table in which it stands once: in the first member of its list."""
    if fact.is_group or fact.completes is not None or fact.path == "version" or fact.path.count("[]") > 1:
        return None
    holder = fact.path.partition("[]")[0]
    if "[]" in fact.path and vocabulary().fact(holder).type == "table":
        return None
    return fact.path.replace("[]", "[0]")


# --- the file ------------------------------------------------------------------------------------------


def mapping_text(proposed: Mapping[str, str | None], regimes: Sequence[Regime]) -> str:
    """A new mapping file."""
    lines = [
        "# Which column is which fact. Check every line: what is proposed is a guess from the headers.",
        "# fact   a path ('safethird facts' lists them), id, or null to leave the column out",
        "# form   how dates are written: year-month-day, day/month/year, month/day/year",
        "# words  texts of the file and the codes (or true, false, null) that they stand for",
        "format: 1",
        "columns:",
        *_lines(proposed),
        "",
        "# Facts that are the same for every row.",
        *_constants(proposed, regimes),
        "# Lists of which the columns tell every member. Others may have more.",
        "complete: []",
    ]
    return "\n".join(lines) + "\n"


def with_new_columns(text: str, proposed: Mapping[str, str | None]) -> str:
    """A mapping file with further columns at the head of its list; what stood in it stays as it was."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.split("#")[0].strip() == "columns:":
            return "\n".join([*lines[: place + 1], *_lines(proposed), *lines[place + 1 :]]) + "\n"
    raise BadData(
        Problem("The mapping has no line 'columns:' to which columns could be added", code="bad-mapping",
                hint="Write the columns one on each line below it.")
    )  # fmt: skip


def _lines(proposed: Mapping[str, str | None]) -> Iterator[str]:
    for name, path in proposed.items():
        key = json.dumps(name, ensure_ascii=False)
        if path is None:
            yield f"  {key}: null"
        elif path != ID and fact_at(path)[1].type == "date":
            yield f"  {key}: {{fact: {json.dumps(path)}, form: year-month-day}}"
        else:
            yield f"  {key}: {{fact: {json.dumps(path)}}}"


def _constants(proposed: Mapping[str, str | None], regimes: Sequence[Regime]) -> Iterator[str]:
    countries = {country for regime in regimes for country in regime.considered_for.countries}
    if "claim.country" not in proposed.values() and len(countries) == 1:
        yield f"constants: {{claim.country: {json.dumps(countries.pop())}}}"
    else:
        yield "constants: {}"


# --- coverage ------------------------------------------------------------------------------------------


def coverage(mapped: Sequence[str], regimes: Sequence[Regime]) -> tuple[Coverage, ...]:
    """For each regime, which facts that it may ask for are among those mapped."""
    told = {generic_path(path) for path in mapped}
    found = []
    for regime in regimes:
        needed = list(dict.fromkeys(_paths(Compiled([regime]).needs)))
        have = tuple(path for path in needed if path in told)
        found.append(Coverage(regime.id, have, tuple(path for path in needed if path not in told)))
    return tuple(found)


def _paths(level: Level) -> Iterator[str]:
    for column in level.columns:
        yield column.path.removesuffix("[]")
    for inner in level.lists:
        yield from _paths(inner)
