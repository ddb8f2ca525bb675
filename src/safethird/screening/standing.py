"""How a regime stands on a day, at a place, before any person is known.

The answer is read with the same algebra as for a case, over facts that hold nothing but the day: a decision
taken, a claim made and an arrival that happened on it. Where that leaves the answer open, it is open for the
place, for the person or because the law's own date is not known, and says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange
from safethird.facts.normalise import Listing
from safethird.facts.truth import Truth, conjunction
from safethird.language.syntax import Fact, walk
from safethird.regimes.model import Clock, Event, Provision, Regime
from safethird.regimes.places import CIRCUITS
from safethird.regimes.timeline import WINDOW_CLOCKS
from safethird.screening.determine import EventStep, Reasoning, reason

StandingKind = Literal[
    "operates",
    "no_new_cases",
    "reaches_nobody_yet",
    "in_part",
    "not_known",
    "not_yet",
    "stopped",
    "never",
    "draft",
]
"""`operates`: for decisions, claims and arrivals of the day. `no_new_cases`: it operates, for earlier claims
or arrivals only. `reaches_nobody_yet`: it operates, for later claims or arrivals only. `in_part`: for some
places or people. `not_known`: a date of the law leaves it open. `never`: kept for the record only. `draft`:
it was never law."""

Transfers = Literal["running", "stopped", "never", "not_recorded"]
"""What the file records of people actually sent: some were and no end is recorded; they stopped; none ever
was by that day; nothing is recorded."""

_DECISION: tuple[Clock, ...] = ("decision", "transfer")
_OPERATING: frozenset[StandingKind] = frozenset(("operates", "no_new_cases", "reaches_nobody_yet", "in_part"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a regime stands on a day."""

    regime: Regime
    day: int
    circuit: str | None
    kind: StandingKind
    since: Event | None
    """The event that brought the present state about: when, and on which authority."""
    coming: Event | None
    """The next event known to the file that starts, stops, opens or closes something."""
    outside: tuple[Provision | Event, ...]
    """For `no_new_cases` and `reaches_nobody_yet`: what leaves claims or arrivals of the day out."""
    depends: tuple[Event, ...]
    """Events that hold for some places or people only and leave the state open."""
    uncertain: tuple[Event, ...]
    """Events whose own day is not known exactly and that leave the state open."""
    by_circuit: dict[str, StandingKind]
    """Where the answer turns on the circuit: the answer in each."""
    transfers: Transfers
    transfer_event: Event | None

    @property
    def operating(self) -> bool:
        """Whether it operates on the day, for anybody and anywhere."""
        return self.kind in _OPERATING


def standing(regime: Regime, day: int, circuit: str | None = None, claim_in: str | None = None) -> Standing:
    """How a regime stands on a day (ordinal): in one circuit or all, for claims in one country or any."""
    view = _View(regime, day, circuit, claim_in)
    on_the_day = reason(regime, view.facts(_NEVER, _NEVER))
    uncertain = tuple(event for event in regime.events if event.date.lo <= day < event.date.hi)
    kind, outside = _kind(view, on_the_day, bool(uncertain))
    by_circuit: dict[str, StandingKind] = {}
    if circuit is None and kind == "in_part" and _asks_circuit(regime):
        by_circuit = {name: standing(regime, day, name, claim_in).kind for name in CIRCUITS}
    transfers, transfer_event = transfers_on(regime, day)
    return Standing(
        regime,
        day,
        circuit,
        kind,
        _since(on_the_day, kind),
        _coming(regime, day, kind),
        outside,
        tuple(_depends(on_the_day)) if kind != "not_known" else (),
        uncertain if kind == "not_known" else (),
        by_circuit,
        transfers,
        transfer_event,
    )


_NEVER = None
"""A date of which nothing is known."""


@dataclass(frozen=True, slots=True)
class _View:
    """What is asked: which day, where."""

    regime: Regime
    day: int
    circuit: str | None
    claim_in: str | None

    def facts(self, claims: DateRange | None, arrivals: DateRange | None) -> dict[str, Any]:
        """A case of which only the day of the decision and the dates of claim and arrival are known."""
        today = DateRange(self.day, self.day)
        decision: dict[str, Any] = {"date": today}
        if self.circuit is not None:
            decision["circuit"] = self.circuit
        claim: dict[str, Any] = {}
        if claims is not None:
            claim = {"date": claims, "lodged_date": claims, "registered_date": claims}
        countries = self.regime.considered_for.countries
        if self.claim_in is not None or len(countries) == 1:
            claim["country"] = self.claim_in or countries[0]
        facts: dict[str, Any] = {"as_of": today, "decision": decision, "claim": claim}
        if arrivals is not None:
            facts["entries"] = Listing(({"date": arrivals},), True)
        return facts

    def reasoning(self, claims: DateRange, arrivals: DateRange) -> Reasoning:
        """What follows for claims and arrivals of such dates."""
        return reason(self.regime, self.facts(claims, arrivals))


def _kind(
    view: _View, on_the_day: Reasoning, uncertain: bool
) -> tuple[StandingKind, tuple[Provision | Event, ...]]:
    if view.regime.documented_only or view.regime.draft:
        return ("draft" if view.regime.draft else "never"), ()
    if on_the_day.operative is False:
        began = any(
            step.happened is True and step.event.operative and step.event.clock in _DECISION
            for step in on_the_day.events
        )
        return ("stopped" if began else "not_yet"), ()
    if on_the_day.operative is None and uncertain:
        return "not_known", ()
    today = DateRange(view.day, view.day)
    until_today, from_today = DateRange(FIRST_DAY, view.day), DateRange(view.day, LAST_DAY)
    # A claim made on the day, by a person who arrived then or before; and an arrival on the day.
    for claims, arrivals in ((today, until_today), (from_today, today)):
        new = view.reasoning(claims, arrivals)
        if new.covered is False:
            earlier = view.reasoning(until_today, until_today)
            kind: StandingKind = "reaches_nobody_yet" if earlier.covered is False else "no_new_cases"
            return kind, tuple(_outside(new))
    return ("operates" if on_the_day.operative else "in_part"), ()


def _since(reasoning: Reasoning, kind: StandingKind) -> Event | None:
    if kind in ("not_yet", "never", "draft"):
        return None
    steps = [step for step in reasoning.events if step.event.clock in _DECISION]
    states: dict[Clock, Truth] = {}
    for step in reversed(steps):
        states[step.event.clock] = not step.event.operative
    combined, found = conjunction(states.values()), None
    for step in steps:
        states[step.event.clock] = step.state
        now = conjunction(states.values())
        if now is not combined and step.happened is not False:
            found = step.event
        combined = now
    return found


def _coming(regime: Regime, day: int, kind: StandingKind) -> Event | None:
    if kind in ("never", "draft"):
        return None
    later = (event for event in regime.events if event.operative is not None and event.date.lo > day)
    return next(later, None)


def _outside(reasoning: Reasoning) -> Iterable[Provision | Event]:
    for clock in WINDOW_CLOCKS:
        of_clock = [step for step in reasoning.events if step.event.clock == clock]
        if of_clock and of_clock[-1].state is False:
            happened = [step.event for step in of_clock if step.happened is not False]
            yield happened[-1] if happened else of_clock[0].event
    for step in reasoning.provisions.values():
        fails: Truth = step.provision.role not in ("scope", "power")
        if step.provision.role in ("scope", "power", "exclusion") and step.value is fails:
            yield step.provision


def _depends(reasoning: Reasoning) -> Iterable[Event]:
    return (step.event for step in reasoning.events if _leaves_open(step))


def _leaves_open(step: EventStep) -> bool:
    here_open = step.here is not None and step.here.value is None
    return here_open and step.happened is not False and step.state is None


def _asks_circuit(regime: Regime) -> bool:
    rules = (event.rule for event in regime.events if event.rule is not None)
    nodes = (node for rule in rules for node in walk(rule.node))
    return any(isinstance(node, Fact) and node.names == ("decision", "circuit") for node in nodes)


def transfers_on(regime: Regime, day: int) -> tuple[Transfers, Event | None]:
    """What the file records by a day of people sent under a regime, and the event that says so."""
    state: Transfers = "not_recorded"
    found: Event | None = None
    names: dict[str, Transfers] = {
        "first_transfer": "running", "last_transfer": "stopped", "never_in_operation": "never"
    }  # fmt: skip
    for event in regime.events:
        if event.event in names and event.date.lo <= day:
            state, found = names[event.event], event
    return state, found


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a regime operates: for everyone everywhere, or (`whole` False) in part or perhaps."""

    since: int
    until: int | None
    """The day after the last; None: no end is known."""
    whole: bool


def spans(regime: Regime) -> list[Span]:
    """The times in which a regime operates, by the day of the decision; none for drafts and records."""
    if regime.draft or regime.documented_only:
        return []
    effective = [event for event in regime.events if event.operative is not None]
    turns = {event.date.lo for event in effective} | {event.date.hi for event in effective}
    found: list[Span] = []
    for day in sorted(turn for turn in turns if turn < LAST_DAY):
        operative = reason(regime, _View(regime, day, None, None).facts(_NEVER, _NEVER)).operative
        last = found[-1] if found and found[-1].until is None else None
        if last is not None and (operative is False or last.whole is not (operative is True)):
            found[-1] = Span(last.since, day, last.whole)
            last = None
        if last is None and operative is not False:
            found.append(Span(day, None, operative is True))
    return found
