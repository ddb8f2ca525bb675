"""Which entry of one draft is which of the other: by id, else by what stands in it and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from safethird.drafting.compare.redline import likeness
from safethird.drafting.named import Draft
from safethird.regimes.model import Definition, Event, Provision

ENOUGH = 0.55
"""Entries with other ids are one and the same from this likeness on."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """An entry before and after; None where it stands on one side only."""

    before: T | None
    after: T | None
    moved: bool = False
    """It stands at another place among those that stayed."""


def align(
    before: Sequence[T], after: Sequence[T], key: Callable[[T], str], alike: Callable[[T, T], float]
) -> list[Pair[T]]:
    """Pairs in the order of the later draft; what was removed stands where it stood."""
    partner: dict[int, int] = {}
    places = {key(entry): index for index, entry in enumerate(before)}
    for index, entry in enumerate(after):
        if key(entry) in places:
            partner[index] = places[key(entry)]
    free_before = [index for index in range(len(before)) if index not in partner.values()]
    free_after = [index for index in range(len(after)) if index not in partner]
    scores = sorted(
        ((alike(before[left], after[right]), left, right) for left in free_before for right in free_after),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    taken: set[int] = set()
    for score, left, right in scores:
        if score >= ENOUGH and left not in taken and right not in partner:
            partner[right] = left
            taken.add(left)
    stayed = [partner[index] for index in sorted(partner)]
    in_order = set(_longest_rise(stayed))
    pairs: list[Pair[T]] = []
    gone = [index for index in range(len(before)) if index not in partner.values()]
    for index, entry in enumerate(after):
        left_index = partner.get(index)
        while gone and left_index is not None and gone[0] < left_index and left_index in in_order:
            pairs.append(Pair(before[gone.pop(0)], None))
        if left_index is None:
            pairs.append(Pair(None, entry))
        else:
            pairs.append(Pair(before[left_index], entry, left_index not in in_order))
    return [*pairs, *(Pair(before[index], None) for index in gone)]


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """The longest run of numbers that rise: those that kept their order."""
    best: list[list[int]] = []
    for number in numbers:
        longer = [run for run in best if run[-1] < number]
        run = [*max(longer, key=len, default=[]), number]
        best.append(run)
    return max(best, key=len, default=[])


def align_provisions(before: Draft, after: Draft) -> list[Pair[Provision]]:
    """Provisions of two drafts; on a day, only those that say something on it."""
    left = [entry for entry in before.regime.provisions if before.wording(entry) is not None]
    right = [entry for entry in after.regime.provisions if after.wording(entry) is not None]

    def alike(one: Provision, other: Provision) -> float:
        first, second = before.wording(one), after.wording(other)
        assert first is not None
        assert second is not None
        label = max(
            likeness(first.label[lang], second.label[lang]) for lang in first.label if lang in second.label
        )
        rule = likeness(first.text, second.text) if first.text and second.text else label
        cite = likeness(first.citation.pinpoint, second.citation.pinpoint)
        return 0.45 * label + 0.3 * rule + 0.1 * cite + (0.15 if one.role == other.role else 0.0)

    return align(left, right, lambda entry: entry.id, alike)


def align_definitions(before: Draft, after: Draft) -> list[Pair[Definition]]:
    """Definitions of two drafts."""

    def alike(one: Definition, other: Definition) -> float:
        return 0.5 * likeness(one.rule.text, other.rule.text) + 0.5 * likeness(
            one.label.get("en", ""), other.label.get("en", "")
        )

    return align(
        list(before.regime.definitions.values()), list(after.regime.definitions.values()),
        lambda entry: entry.id, alike,
    )  # fmt: skip


def align_events(before: Draft, after: Draft) -> list[Pair[Event]]:
    """Events of two drafts; on a day, those that have happened."""
    left, right = _events(before), _events(after)
    names = {id(entry): _event_key(entry, side) for side in (left, right) for entry in side}
    return align(left, right, lambda entry: names[id(entry)], lambda one, other: 0.0)


def _events(draft: Draft) -> list[Event]:
    return [event for event in draft.regime.events if draft.day is None or event.date.lo <= draft.day]


def _event_key(event: Event, side: Sequence[Event]) -> str:
    same = [entry for entry in side if (entry.event, entry.clock) == (event.event, event.clock)]
    return f"{event.event}/{event.clock}/{same.index(event)}"
