"""Being operative is not a flag but a reading of dated events, by clock, place and person."""

from __future__ import annotations

from typing import Literal

from safethird.facts.dates import DateRange
from safethird.facts.truth import Truth, agreement, conjunction

EventEffect = Literal["operative", "inoperative", "none"]

EVENT_EFFECTS: dict[str, EventEffect] = {
    # Only for the record.
    "negotiated": "none", "announced": "none", "signed": "none", "adopted": "none", "published": "none",
    "introduced": "none", "royal_assent": "none", "ratified": "none", "notice_of_termination": "none",
    "judgment": "none", "amended": "none", "implemented": "none", "first_transfer": "none", "last_transfer": "none",
    "renewed": "none", "extended": "none", "guidance": "none", "never_in_operation": "none",
    # From here on it operates.
    "in_force": "operative", "applies": "operative", "commenced": "operative", "operative": "operative",
    "resumed": "operative", "injunction_narrowed": "operative", "injunction_stayed": "operative",
    "vacatur_stayed": "operative", "reinstated": "operative",
    # From here on it does not.
    "enjoined": "inoperative", "stayed": "inoperative", "vacated": "inoperative", "suspended": "inoperative",
    "terminated": "inoperative", "expired": "inoperative", "repealed": "inoperative", "withdrawn": "inoperative",
    "closed": "inoperative", "invalidated": "inoperative",
}  # fmt: skip
"""What an event means when the file does not say otherwise."""

FINAL_EVENTS = frozenset(
    ("vacated", "terminated", "expired", "repealed", "withdrawn", "closed", "invalidated")
)
"""Events that end an instrument for good: they say something new also where it was suspended before."""


def reached(event: DateRange, clock: DateRange | None) -> Truth:
    """Whether a clock's date is on or after an event; unknown where the intervals leave it open."""
    if clock is None:
        return None
    if event.hi <= clock.lo:
        return True
    return False if clock.hi < event.lo else None


def after_event(state: Truth, happened: Truth, holds_here: Truth, operative: bool) -> Truth:
    """The state once an event has been looked at: its own where it has happened and holds here,
    the earlier one where not, and what both share where that is unknown.

    >>> after_event(True, True, True, False), after_event(True, None, True, False)
    (False, None)
    >>> after_event(False, None, None, False)
    False
    """
    effective = conjunction((happened, holds_here))
    if effective is True:
        return operative
    if effective is False:
        return state
    return agreement((state, operative))
