"""The law in time: wordings of a provision by date, and the dated events of the instrument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from safethird.facts.dates import LAST_DAY, DateRange, format_date
from safethird.facts.documents import DocumentPath
from safethird.regimes.lint.findings import Finding, Subject
from safethird.regimes.model import Clock, Event, Version
from safethird.regimes.status import FINAL_EVENTS


def timeline_findings(subject: Subject) -> Iterator[Finding]:
    """Wordings and events that contradict each other, leave gaps, or change nothing."""
    for index, provision in enumerate(subject.regime.provisions):
        yield from _versions(subject, ("provisions", index, "versions"), provision.versions)
    yield from _file_order(subject)
    yield from _status(subject)


def say_day(date: DateRange) -> str:
    """A date of the law as it is written in a file."""
    if date.hi >= LAST_DAY:
        return f"{format_date(DateRange(date.lo, date.lo))} or later"
    return format_date(date)


# --- wordings ------------------------------------------------------------------------------------


def _versions(subject: Subject, path: DocumentPath, versions: tuple[Version, ...]) -> Iterator[Finding]:
    numbered = list(enumerate(versions))
    for index, version in numbered:
        since, until = version.since, version.until
        if since is not None and until is not None and until.hi <= since.lo:
            yield subject.at(
                (*path, index),
                "empty-window",
                "This wording holds on no day",
                why=f"It ends before {say_day(until)} and begins on {say_day(since)}",
                mend="Correct 'from' or 'until'",
            )
    for clock in dict.fromkeys(version.clock for version in versions):
        ordered = sorted(
            (entry for entry in numbered if entry[1].clock == clock),
            key=lambda entry: (entry[1].since.lo if entry[1].since else 0, entry[0]),
        )
        for (_, before), (index, after) in pairwise(ordered):
            yield from _joint(subject, (*path, index), before, after)


def _joint(subject: Subject, path: DocumentPath, before: Version, after: Version) -> Iterator[Finding]:
    """What happens where one wording follows another on the same clock."""
    since = after.since
    if since is None:
        yield subject.at(
            path,
            "version-overlap",
            "Two wordings hold at the same time, because neither says when the later one begins",
            why="On each day one wording must count",
            mend="Give the later one 'from' and the earlier one 'until'",
        )
    elif before.until is None or before.until.lo > since.hi:
        yield subject.at(
            path,
            "version-overlap",
            f"The wording before this one still holds when this one begins on {say_day(since)}",
            why="On each day one wording must count; here both do, and the provision holds when either does",
            mend=f"Write 'until: {format_date(since)}' in the earlier one; what goes on, say again in this one",
        )
    elif before.until.hi < since.lo:
        yield subject.at(
            path,
            "version-gap",
            f"No wording holds from {say_day(before.until)} until {say_day(since)}",
            why="'until' is the first day on which the earlier wording no longer holds",
            mend=f"Write 'until: {format_date(since)}' in the earlier one, or add one without 'when' between them",
        )


# --- events --------------------------------------------------------------------------------------


def _file_order(subject: Subject) -> Iterator[Finding]:
    in_file = sorted(subject.regime.events, key=lambda event: event.order)
    for before, after in pairwise(in_file):
        if after.date.hi < before.date.lo:
            yield subject.at(
                ("status", after.order),
                "event-order",
                f"This event is dated {say_day(after.date)} and stands after one of {say_day(before.date)}",
                why="Events stand oldest first, so that a reader can follow them",
                mend="Move it up, or correct its date",
                severity="warning",
            )


def _status(subject: Subject) -> Iterator[Finding]:
    regime = subject.regime
    effective = [event for event in regime.events if event.operative is not None]
    starts = [event for event in effective if event.operative]
    if not starts and not (regime.documented_only or regime.draft):
        yield subject.at(
            ("status",),
            "no-start",
            "No event says from when the instrument operates, so it is taken to have always operated",
            mend="Add an event such as 'in_force', or write 'documented_only: true' if it never operated",
        )
    by_clock: dict[Clock, list[Event]] = {}
    for event in effective:
        by_clock.setdefault(event.clock, []).append(event)
    for clock, events in by_clock.items():
        first = events[0]
        if clock == "decision" and first.operative is False and starts:
            yield subject.at(
                ("status", first.order),
                "stop-without-start",
                f"The instrument stops by '{first.event}' before any event has started it",
                why="Before this day it is taken to have operated since ever",
                mend="Add the event that started it, or correct the date or the clock",
            )
        yield from _same_day(subject, events)
        yield from _changes(subject, events)
        yield from _uncertain_order(subject, events)


def _same_day(subject: Subject, events: Sequence[Event]) -> Iterator[Finding]:
    """Several events of one day, for the same people and places, that say the same or the opposite."""
    for _, group in groupby(sorted(events, key=_day_and_place), key=_day_and_place):
        same = list(group)
        for before, after in pairwise(same):
            if before.date.lo != before.date.hi:
                continue
            opposite = before.operative is not after.operative
            yield subject.at(
                ("status", after.order),
                "events-contradict" if opposite else "event-twice",
                f"On {say_day(after.date)} the instrument "
                + ("starts and stops" if opposite else "starts twice" if after.operative else "stops twice"),
                why=f"'{before.event}' and '{after.event}' have the same day, clock and reach",
                mend="Correct one date, or write 'effect: none' for the one that is only for the record",
            )


def _day_and_place(event: Event) -> tuple[DateRange, str]:
    return event.date, _where(event)


def _where(event: Event) -> str:
    return "" if event.rule is None else event.rule.text


def _changes(subject: Subject, events: Sequence[Event]) -> Iterator[Finding]:
    """Events after which everything is as it was before."""
    everywhere: bool | None = not events[0].operative
    by_place: dict[str, tuple[bool, bool]] = {}
    final = False
    for position, event in enumerate(events):
        where = _where(event)
        state = by_place.get(where, (everywhere, final))[0] if where else everywhere
        known = everywhere is not None or where in by_place
        was_final = by_place[where][1] if where in by_place else final
        ends_for_good = event.event in FINAL_EVENTS and not was_final
        same_day = any(other.date == event.date for other in events[:position])
        if known and state is event.operative and not ends_for_good and not same_day:
            already = "operates" if event.operative else "does not operate"
            yield subject.at(
                ("status", event.order),
                "event-changes-nothing",
                f"'{event.event}' changes nothing: the instrument already {already} then",
                why="The events before it on the same clock have left it in this state",
                mend="Write 'effect: none' if it is only for the record, or add the event between",
                severity="warning",
            )
        assert event.operative is not None
        if where:
            by_place[where] = (event.operative, event.event in FINAL_EVENTS)
            if everywhere is not event.operative:
                everywhere = None
        else:
            by_place = {}
            everywhere, final = event.operative, event.event in FINAL_EVENTS


def _uncertain_order(subject: Subject, events: Sequence[Event]) -> Iterator[Finding]:
    for before, after in pairwise(events):
        inexact = before.date.lo != before.date.hi or after.date.lo != after.date.hi
        opposite = before.operative is not after.operative
        if inexact and opposite and _where(before) == _where(after) and before.date.hi >= after.date.lo:
            yield subject.at(
                ("status", after.order),
                "event-order-unknown",
                f"It is not known whether '{after.event}' came before or after '{before.event}'",
                why="Their dates overlap; they are read in the order in which their intervals begin",
                mend="Give exact dates, or intervals that do not overlap",
                severity="warning",
            )
