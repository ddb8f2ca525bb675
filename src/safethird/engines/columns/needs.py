"""Which columns of a table a plan reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from safethird.engines.plan.nodes import Fact, Kind, Listing, PlanNode, Space, in_order

_ELEMENT = "[]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column to read: a fact, or (path ending in `[]`) the codes in a list."""

    path: str
    kind: Kind
    space: Space


@dataclass(frozen=True, slots=True)
class Level:
    """The records of a list, or (path empty) the cases themselves: what is read of each."""

    path: str
    columns: list[Column] = field(default_factory=list)
    lists: list[Level] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the list inside the record that holds it."""
        return inside(self.path)


def inside(path: str) -> str:
    """A path from the record that holds it: `country` of `entries[].country`, `claim.date` of itself."""
    return path.removesuffix(_ELEMENT).rpartition(f"{_ELEMENT}.")[2]


def holder(path: str) -> str:
    """The list whose elements hold a fact: `entries` of `entries[].country`; empty for the case itself."""
    if path.endswith(_ELEMENT):
        return path.removesuffix(_ELEMENT)
    return path.rpartition(f"{_ELEMENT}.")[0]


def needs_of(roots: Iterable[PlanNode], instead: Iterable[tuple[str, str]] = ()) -> Level:
    """What the nodes under some roots read. `instead`: pairs of a date that is read and the one that holds in
    its place where it is unknown."""
    top = Level("")
    levels = {"": top}
    seen: set[str] = set()

    def level(path: str) -> Level:
        if path not in levels:
            levels[path] = Level(path)
            level(holder(path)).lists.append(levels[path])
        return levels[path]

    def read(path: str, kind: Kind, space: Space) -> None:
        if path not in seen:
            seen.add(path)
            level(holder(path)).columns.append(Column(path, kind, space))

    for node in in_order(tuple(roots)):
        if isinstance(node, Fact):
            read(node.path, node.kind, node.space)
        elif isinstance(node, Listing):
            level(node.path)
            if node.space:
                read(f"{node.path}{_ELEMENT}", "code", node.space)
        if isinstance(node, Fact | Listing) and node.key is not None:
            read(f"{holder(node.path)}{_ELEMENT}.country", "code", "country")
    for path, other in instead:
        if path in seen:
            read(other, "date", "")
    return top
