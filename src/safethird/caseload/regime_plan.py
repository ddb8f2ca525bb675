"""A regime as a plan: its outcome, what decides it and what is missing, as conditions over columns.

Regimes that are planned on the same table share every clause that they have in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safethird.caseload.regime_missing import missing_of
from safethird.caseload.regime_parts import Parts, Verdict, keeps_here
from safethird.engines.columns.missing import Missing
from safethird.engines.plan.nodes import (
    PlanNode,
)
from safethird.engines.plan.table import Table
from safethird.regimes.model import Clock, Event, Regime
from safethird.screening.variants import with_reading


@dataclass(frozen=True, slots=True)
class Ground:
    """A provision or event that decides an outcome, where `guard` holds and nothing earlier does."""

    outcome: str
    id: str
    guard: PlanNode


@dataclass(frozen=True, slots=True)
class RegimePlan:
    """A regime as conditions over columns."""

    id: str
    kind: str
    verdict: Verdict
    grounds: tuple[Ground, ...]
    missing: tuple[Missing, ...]
    """Where the outcome is undetermined."""
    readings: tuple[tuple[str, Verdict], ...]
    """Verdicts under other readings of the law, as `conflict=option`."""
    provisions: Mapping[str, PlanNode]
    """The condition of every ruled provision once exceptions to it have been heard."""
    own: Mapping[str, PlanNode]
    """The condition of every ruled provision itself."""
    definitions: Mapping[str, PlanNode]
    """Named conditions, and choices of named elements, that rest on no element themselves."""
    states: Mapping[Clock, tuple[tuple[Event, PlanNode], ...]]
    """By clock: the events that start or stop something, and the state once each has been looked at."""


def plan_regime(regime: Regime, table: Table) -> RegimePlan:
    """The plan of a regime, made of nodes of a table."""
    parts = Parts(regime, table)
    verdict = parts.verdict()
    readings = tuple(
        (f"{conflict}={name}", Parts(with_reading(regime, conflict, name), table).verdict())
        for conflict, options in regime.conflicts()
        for name in options.options
        if name != options.default
    )
    return RegimePlan(
        regime.id,
        regime.kind,
        verdict,
        tuple(_grounds(parts)),
        tuple(missing_of(parts)),
        readings,
        parts.values,
        parts.own,
        parts.definitions(),
        {clock: tuple((part.event, part.state) for part in events) for clock, events in parts.events.items()},
    )


def _grounds(parts: Parts) -> Iterator[Ground]:
    """What decides each outcome, most decisive first: as `screening/screen.py` lists grounds."""
    if parts.regime.documented_only:
        yield Ground("not_in_force", "documented", parts.table.true())
    yield from _status_grounds(parts, "not_in_force", ("decision", "transfer"))
    yield from _status_grounds(parts, "not_covered", ("entry", "claim"))
    for entry in parts.provisions:
        positive = entry.role in ("scope", "power")
        if positive or entry.role == "exclusion" or entry.outcome == "not_covered":
            yield Ground("not_covered", entry.id, parts.is_(parts.values[entry.id], not positive))
    for entry in parts.provisions:
        if keeps_here(entry):
            yield Ground("exempt", entry.id, parts.is_(parts.values[entry.id], True))
    for criterion in parts.criteria:
        named = parts.all_(criterion.active, parts.names_any(criterion))
        yield Ground("applies", criterion.provision.id, named)
    for entry in parts.provisions:
        if entry.role in ("scope", "power"):
            yield Ground("applies", entry.id, parts.table.true())


def _status_grounds(parts: Parts, outcome: str, clocks: tuple[Clock, ...]) -> Iterator[Ground]:
    for clock in clocks:
        events = parts.events.get(clock, [])
        if not events:
            continue
        stopped = parts.is_(events[-1].state, False)
        for event in reversed(events):
            happened = parts.table.no(parts.is_(event.happened, False))
            yield Ground(outcome, event.event.event, parts.all_(stopped, happened))
        yield Ground(outcome, events[0].event.event, stopped)
