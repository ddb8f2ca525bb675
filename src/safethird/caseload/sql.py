"""A regime as one DuckDB query that a reviewer can read and run, and DuckDB locked so that it does nothing else.

The query reads a table `people` with the case format's own columns and `id`, of which every case is valid: what
cannot be read is for `Compiled.answer` to reject. It answers with outcome, bottom line, deciding provision and
state; what is missing, and other readings of the law, are left to the other engine (a reading can be chosen with
`screening.variants.with_reading`). Needs the extra `duckdb` to run, and nothing to write.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from safethird.caseload.regime_plan import RegimePlan
from safethird.caseload.rewriting import plan_regimes, roots_of
from safethird.caseload.run import INSTEAD
from safethird.engines.columns.needs import needs_of
from safethird.engines.plan.nodes import (
    Age,
    Choice,
    Count,
    PlanNode,
    Shift,
    axes_used,
    children,
    in_order,
    kind_of,
)
from safethird.engines.plan.passes.flatten import flatten
from safethird.engines.plan.passes.fold import fold
from safethird.engines.sql.expressions import Writer, name, quoted, span_list
from safethird.engines.sql.facts import fact_columns
from safethird.engines.sql.layout import laid_out
from safethird.regimes.model import Regime

if TYPE_CHECKING:
    import duckdb

WIDTH = 116


def macros() -> str:
    """The macros that every query rests on: run them once in a connection."""
    return resources.files("safethird.engines.sql").joinpath("macros.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Part:
    """A named part of the query: a column, and what it says."""

    name: str
    node: PlanNode
    says: str


def query(regime: Regime, schema: pl.Schema, table: str = "people") -> str:
    """The query of a regime over a table with this schema.

    Raises BadData where a column has a type that it cannot have.
    """
    # Only rewrites that leave the file's own clauses recognisable.
    (plan,) = plan_regimes([regime], [flatten, fold])
    writer = Writer()
    layers = _layers(_with_shared(list(_parts(regime, plan)), plan))
    needs = needs_of(roots_of(plan, with_missing=False), INSTEAD.items())
    facts = [f"{text} AS {name(column)}" for column, text in fact_columns(needs, schema, INSTEAD)]
    lines = [_head(regime)]
    body: list[str] = []
    source = "facts"
    for number, layer in enumerate(layers, 1):
        columns = [_column(part, writer) for part in layer]
        body.append(_block(f"step_{number}", ["*", *columns], source))
        source = f"step_{number}"
        writer.named.update({part.node: name(part.name) for part in layer})
    verdict = plan.verdict
    final = [f"{writer.text(getattr(verdict, column))} AS {column}" for column in _VERDICT]
    if verdict.state is not None:
        final.append(f"{writer.text(verdict.state)} AS state")
    grounds = [(ground, f"({writer.text(ground.guard)})") for ground in plan.grounds]
    body.append(_block("verdict", ["*", *final], source))
    body.append(_block("decided", ["*", f"{_OUTCOME} AS outcome"], "verdict"))
    sets = [f"{span_list(found)} AS {name('set_' + key)}" for key, found in sorted(writer.sets.items())]
    identity = ["id"] if "id" in schema else ["row_number() OVER () - 1 AS id"]
    lines.append("WITH")
    lines.append(",\n".join([_block("facts", [*identity, *sets, *facts], table), *body]))
    lines.append(_answer(regime, plan, grounds))
    return "\n".join(lines)


_VERDICT = ("operative", "covered", "excepted", "named")
_OUTCOME = """CASE
      WHEN operative IS FALSE THEN 'not_in_force'
      WHEN operative AND covered IS FALSE THEN 'not_covered'
      WHEN operative AND covered AND excepted THEN 'exempt'
      WHEN operative AND covered AND excepted IS FALSE AND named THEN 'applies'
      ELSE 'undetermined' END"""


def _head(regime: Regime) -> str:
    title = regime.title.get("en") or next(iter(regime.title.values()))
    lines = [
        f"-- {regime.id}: {title}",
        f"-- {regime.citation.pinpoint}",
        f"-- The file's SHA-256: {regime.digest}",
    ]
    return "\n".join(" ".join(line.split()) for line in lines)


def _answer(regime: Regime, plan: RegimePlan, grounds: list[tuple[Any, str]]) -> str:
    cases = []
    for ground, text in grounds:
        concerned = f"outcome = {quoted(ground.outcome)}"
        if ground.outcome == "exempt":
            concerned = f"({concerned} OR outcome = 'undetermined' AND excepted)"
        cases.append(f"      WHEN {concerned} AND {text} THEN {quoted(ground.id)}")
    provision = "CASE\n" + "\n".join(cases) + " END" if cases else "NULL::VARCHAR"
    bars = "NULL::BOOLEAN" if plan.kind == "allocation" else "operative AND covered AND NOT excepted"
    state = (
        "CASE WHEN outcome = 'applies' THEN state END" if plan.verdict.state is not None else "NULL::VARCHAR"
    )
    return (
        f"SELECT\n    id,\n    {quoted(regime.id)} AS regime,\n    outcome,\n    {bars} AS bars,\n"
        f"    {provision} AS provision,\n    {state} AS responsible\nFROM decided"
    )


def _block(title: str, columns: list[str], source: str) -> str:
    return (
        f"{title} AS (\n  SELECT\n    "
        + ",\n    ".join(_wide(column) for column in columns)
        + f"\n  FROM {source})"
    )


def _wide(column: str) -> str:
    """A column, its comments kept, its expression over several lines where it is long."""
    *comments, expression = column.split("\n    ")
    if expression.startswith("CASE\n") or "\n" in expression:
        return column
    return "\n    ".join([*comments, laid_out(expression, 6, WIDTH)])


def _column(part: _Part, writer: Writer) -> str:
    says = "".join(f"-- {line}\n    " for line in part.says.splitlines())
    return f"{says}{writer.definition(part.node)} AS {name(part.name)}"


def _layers(parts: list[_Part]) -> list[list[_Part]]:
    """The parts so that each rests only on those of layers before."""
    depth: dict[PlanNode, int] = {}
    layers: list[list[_Part]] = []
    for part in parts:
        inner = [depth[node] for node in in_order((part.node,)) if node in depth and node is not part.node]
        place = 1 + max(inner, default=-1)
        depth[part.node] = place
        if place == len(layers):
            layers.append([])
        layers[place].append(part)
    return layers


def _with_shared(parts: list[_Part], plan: RegimePlan) -> list[_Part]:
    """The parts, and one for every clause that is used more than once, those that others rest on first."""
    named = {part.node: part for part in parts}
    order = in_order(tuple(roots_of(plan, with_missing=False)))
    uses: dict[PlanNode, int] = {}
    for node in order:
        for inner in (*children(node), *(axis.listing for axis in axes_used(node))):
            uses[inner] = uses.get(inner, 0) + 1
    found: list[_Part] = []
    size: dict[PlanNode, int] = {}
    for node in order:
        size[node] = 1 + sum(size[inner] for inner in children(node))
        if node in named:
            found.append(named[node])
        elif uses.get(node, 0) > 1 and size[node] >= SHARED_FROM and _can_be_column(node):
            found.append(_Part(f"clause_{len(found)}", node, ""))
        else:
            continue
        size[node] = 1
    return found


SHARED_FROM = 6
"""Nodes that a clause has at least, to become a column of its own when it is used more than once."""


def _can_be_column(node: PlanNode) -> bool:
    """Whether a node can be a column: of a value, or of a list with a value for each element of a list."""
    if kind_of(node) not in ("truth", "date", "number", "code") and not isinstance(node, Choice):
        return False
    if len(node.axes) != 1:
        return not node.axes
    listing = node.axes[0].listing
    return listing.inside is None and listing.key is None and not listing.space


def _parts(regime: Regime, plan: RegimePlan) -> Iterator[_Part]:
    """Every named part, those that others rest on first; what is constant, or the same as another, is left out."""
    taken: set[str] = set()
    seen: set[PlanNode] = set()
    used = set(in_order(tuple(roots_of(plan, with_missing=False))))

    def part(stem: str, node: PlanNode, says: str) -> Iterator[_Part]:
        if node in seen or node not in used or node.axes or len(in_order((node,))) == 1:
            return
        seen.add(node)
        found, number = stem, 1
        while found in taken:
            number += 1
            found = f"{stem}_{number}"
        taken.add(found)
        yield _Part(found, node, says)

    for node in in_order(tuple(roots_of(plan, with_missing=False))):
        if isinstance(node, Age | Shift | Count):
            yield from part(type(node).__name__.lower() + "_of", node, "")
    for key, node in plan.definitions.items():
        definition = regime.definitions[key]
        yield from part(
            f"def_{key}", node, _says(definition.label, definition.citation.pinpoint, definition.rule.text)
        )
    for clock, states in plan.states.items():
        for number, (event, state) in enumerate(states, 1):
            says = f"{event.event}: {event.citation.pinpoint} (on the {clock} clock)"
            yield from part(f"status_{clock}_{number}", state, "\n".join(_wrapped(says)))
    for provision in regime.ruled():
        rule = None if provision.rule is None else provision.rule.text
        says = _says(provision.label, provision.citation.pinpoint, rule)
        if plan.own[provision.id] is not plan.provisions[provision.id]:
            yield from part(f"own_{_plain(provision.id)}", plan.own[provision.id], says)
            says = "The same, once exceptions to it are heard."
        if provision.role != "warning":
            yield from part(_plain(provision.id), plan.provisions[provision.id], f"({provision.role}) {says}")


def _says(label: Any, pinpoint: str, rule: str | None) -> str:
    words = label.get("en") or next(iter(label.values()), "")
    lines = _wrapped(f"{pinpoint}: {words}")
    if rule is not None:
        lines += _wrapped(f"Rule: {rule}")
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    """A text in lines that are safe behind `--`: every kind of white space, line breaks too, is a space."""
    return textwrap.wrap(" ".join(text.split()), WIDTH - 8, break_long_words=False, break_on_hyphens=False)


def _plain(provision: str) -> str:
    return provision.replace("-", "_")


# --- running -------------------------------------------------------------------------------------------


def locked(
    source: pl.DataFrame | Path, memory: str = "4GB", threads: int = 2, room: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with the table `people` (a Parquet file, or one in memory) and the macros, that can
    reach nothing else: no other file, no network, no extension, no change of its settings.

    `room`: a private folder for what does not fit into memory; without it nothing is written.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(macros())
    if isinstance(source, Path):
        path = quoted(str(source.resolve()))
        connection.execute(f"CREATE TEMP VIEW people AS SELECT * FROM read_parquet({path})")  # noqa: S608
        connection.execute(f"SET allowed_paths = [{path}]")
    else:
        connection.register("people", source.to_arrow())
    settings = {
        "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
        "allow_community_extensions": "false", "python_enable_replacements": "false",
        "memory_limit": quoted(memory), "threads": str(threads),
        "temp_directory": quoted("" if room is None else str(room)), "max_temp_directory_size": "'50GB'",
        "enable_external_access": "false", "lock_configuration": "true",
    }  # fmt: skip
    for key, value in settings.items():
        connection.execute(f"SET {key} = {value}")
    return connection


def answers_by_sql(regime: Regime, people: pl.DataFrame) -> pl.DataFrame:
    """The answers of a regime for a table of valid cases, by DuckDB: id, regime, outcome, bars, provision,
    responsible."""
    with locked(people) as connection:
        found = connection.sql(query(regime, people.schema)).to_arrow_table()
    return pl.DataFrame(found)
