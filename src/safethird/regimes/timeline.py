"""What happened to the law, day by day: events, new wordings, countries that join or leave a set.

No person stands here. What an event changes is read with the same algebra as for a case (`status`); where it
holds for some places or people only, the place may be given and the rest stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from safethird.facts.dates import FIRST_DAY, LAST_DAY, DateRange
from safethird.facts.truth import Truth
from safethird.language.evaluate import Evaluator
from safethird.language.program import CountrySet, Membership
from safethird.language.syntax import NamedSet, walk
from safethird.regimes.model import Clock, Event, Provision, Regime, Version
from safethird.regimes.status import FINAL_EVENTS, after_event

Effect = Literal["marks", "starts", "stops", "final", "opens", "closes", "unchanged", "elsewhere"]
"""What an event did: nothing (`marks`); to the instrument (`starts`, `stops`); to the window of arrivals or
claims that it reaches (`opens`, `closes`); an end to what did not operate any more (`final`); nothing new
(`unchanged`); nothing at the place asked about (`elsewhere`)."""

WINDOW_CLOCKS: tuple[Clock, ...] = ("entry", "claim")


@dataclass(frozen=True, slots=True)
class Moment:
    """An event and what it changed."""

    event: Event
    effect: Effect
    state: Truth
    """The state of its clock afterwards: operating (or open), not, or open to the place and the person."""

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.event.date.lo == self.event.date.hi


@dataclass(frozen=True, slots=True)
class Wording:
    """A day on which the wording of a provision changes: what begins and what ends to hold."""

    provision: Provision
    date: DateRange
    clock: Clock
    begins: tuple[Version, ...]
    ends: tuple[Version, ...]
    stays: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Joining:
    """A day on which countries join or leave a set that the rules speak of."""

    country_set: CountrySet
    countries: tuple[str, ...]
    date: DateRange
    joins: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one regime; `certain` when it surely lies between the two days asked about."""

    regime: Regime
    what: Moment | Wording | Joining
    certain: bool = True

    @property
    def date(self) -> DateRange:
        """When it happened, as exactly as it is known."""
        return self.what.event.date if isinstance(self.what, Moment) else self.what.date


def moments(regime: Regime, circuit: str | None = None) -> tuple[Moment, ...]:
    """Every event in order, with what it changed (at a place, when the circuit is given)."""
    facts = {} if circuit is None else {"decision": {"circuit": circuit}}
    evaluator = Evaluator(regime.program, facts)
    states: dict[Clock, Truth] = {}
    found: list[Moment] = []
    for event in regime.events:
        if event.operative is None:
            found.append(Moment(event, "marks", states.get(event.clock)))
            continue
        here: Truth = True if event.rule is None else evaluator.rule(event.rule.node).value
        before = states.get(event.clock, not event.operative)
        state = after_event(before, True, here, event.operative)
        states[event.clock] = state
        found.append(Moment(event, _effect(event, here, before), state))
    return tuple(found)


def _effect(event: Event, here: Truth, before: Truth) -> Effect:
    if here is False:
        return "elsewhere"
    if before is event.operative:
        return "final" if event.event in FINAL_EVENTS else "unchanged"
    if event.clock in WINDOW_CLOCKS:
        return "opens" if event.operative else "closes"
    return "starts" if event.operative else "stops"


def wordings(regime: Regime) -> Iterator[Wording]:
    """Every day on which the wording of a provision changes, provision by provision."""
    for provision in regime.provisions:
        turns = {
            (day, version.clock)
            for version in provision.versions
            for day in (version.since, version.until)
            if day is not None
        }
        for day, clock in sorted(turns):
            begins = tuple(entry for entry in provision.versions if entry.since == day)
            ends = tuple(entry for entry in provision.versions if entry.until == day)
            stays = tuple(
                entry
                for entry in provision.versions
                if entry not in begins and entry not in ends and _holds(entry, day.lo)
            )
            yield Wording(provision, day, clock, begins, ends, stays)


def _holds(version: Version, day: int) -> bool:
    since = FIRST_DAY if version.since is None else version.since.lo
    until = LAST_DAY + 1 if version.until is None else version.until.lo
    return since <= day < until


def versions_on(provision: Provision, day: int) -> tuple[Version, ...]:
    """The wordings of a provision that hold for things of a day."""
    return tuple(entry for entry in provision.versions if _holds(entry, day))


def sets_used(regime: Regime) -> list[CountrySet]:
    """The named sets of countries that the regime's rules or its scope of consideration speak of."""
    names = {
        inner.name: None
        for rule in regime.rules()
        for inner in walk(rule.node)
        if isinstance(inner, NamedSet)
    }
    if regime.considered_for.country_set is not None:
        names[regime.considered_for.country_set] = None
    return [regime.program.sets[name] for name in names]


def joinings(regime: Regime) -> Iterator[Joining]:
    """Every day, since the instrument's first event, on which countries join or leave a set that its rules
    speak of."""
    born = min(event.date.lo for event in regime.events)
    for country_set in sets_used(regime):
        turns: dict[tuple[int, bool], list[str]] = {}
        for country in sorted({entry.country for entry in country_set.members}):
            spans = [entry for entry in country_set.members if entry.country == country]
            for turn in _turns(spans):
                turns.setdefault(turn, []).append(country)
        for (day, joins), countries in sorted(turns.items()):
            if day >= born:
                yield Joining(country_set, tuple(countries), DateRange(day, day), joins)


def _turns(spans: Sequence[Membership]) -> Iterator[tuple[int, bool]]:
    """The days on which one country joins (True) or leaves (False). A membership that one set takes over from
    another without a gap is no change."""
    for day in {entry.since for entry in spans}:
        if day > FIRST_DAY and not _covered(spans, day - 1):
            yield day, True
    for day in {entry.until for entry in spans}:
        if day <= LAST_DAY and not _covered(spans, day):
            yield day, False


def _covered(spans: Sequence[Membership], day: int) -> bool:
    return any(entry.since <= day < entry.until for entry in spans)


def members_on(country_set: CountrySet, day: int) -> tuple[str, ...]:
    """The members of a set on a day, in alphabetical order of their codes."""
    on = DateRange(day, day)
    countries = {entry.country for entry in country_set.members}
    return tuple(sorted(country for country in countries if country_set.contains(country, on)))


def changes(
    regime: Regime, after: int = FIRST_DAY - 1, until: int = LAST_DAY, circuit: str | None = None
) -> list[Change]:
    """Everything that changed after one day (not included) and until another (included), oldest first, in the
    whole country or in one circuit.

    A change whose day is not known exactly is listed when it may lie between them, and marked so.
    """
    whole: list[Moment | Wording | Joining] = [
        *moments(regime, circuit),
        *wordings(regime),
        *joinings(regime),
    ]
    found: list[Change] = []
    for what in whole:
        date = Change(regime, what).date
        if date.hi > after and date.lo <= until:
            found.append(Change(regime, what, after < date.lo and date.hi <= until))
    return sorted(found, key=lambda entry: (entry.date.lo, entry.date.hi))
