"""Symbolic values: what stands in a formula for a fact of the case.

Beside these, `None` is a value that is certainly unknown and `NOTHING` that of a fact of no element, as in
`language/evaluate.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safethird.drafting.prove.logic import (
    Bits,
    Formula,
    Truth3,
    at_most,
    both,
    choose,
    either,
    implied,
    less,
    opposite,
    same,
    truth,
)  # fmt: skip
from safethird.language.evaluate import NOTHING

SCALE = 4
"""Numbers are counted in quarters, so that there is something between two whole ones."""


@dataclass(frozen=True, slots=True)
class Span:
    """A date, or a number in quarters: some value from `lo` to `hi`; the very same object when exact.

    `endless`: there is no upper end (a count in a list that may go on)."""

    known: Formula
    lo: Bits
    hi: Bits
    endless: Formula = False

    @property
    def exact(self) -> bool:
        """Whether it has a value in every case."""
        return self.known is True and self.lo is self.hi and self.endless is False


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """The completed years between two dates, compared with a number without being counted."""

    birth: Span
    on: Span

    @property
    def known(self) -> Formula:
        """Both dates are."""
        return both((self.birth.known, self.on.known))


@dataclass(frozen=True, slots=True)
class Space:
    """The codes among which a value moves; a code is its place."""

    codes: tuple[str, ...]
    places: Mapping[str, int]

    @classmethod
    def of(cls, codes: Sequence[str]) -> Space:
        """A space of these codes."""
        unique = tuple(dict.fromkeys(codes))
        return cls(unique, {code: place for place, code in enumerate(unique)})


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A code: a constant (`text`), or some code of a space (`place`). `absent`: it is that of no element."""

    known: Formula
    text: str | None = None
    place: Bits = 0
    space: Space | None = None
    absent: Formula = False


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes: which of them it holds, and whether it shows all."""

    members: Mapping[str, Formula]
    complete: Formula


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element of a list: where its facts are found."""

    path: str
    """`entries[0]`"""
    generic: str
    """`entries[]`"""
    country: str | None = None
    """For a row of a look-up table: whose."""


@dataclass(frozen=True, slots=True)
class ElementList:
    """A list of records: its possible elements, which of them there are, and whether it shows all."""

    items: tuple[Element, ...]
    present: tuple[Formula, ...]
    complete: Formula


class _Unlisted:
    """The element that an incomplete list does not show: nothing is known of it."""

    def __repr__(self) -> str:
        return "UNLISTED"


UNLISTED = _Unlisted()
Value = Any
"""Truth3, Span, AgeSpan, CodeValue, CodeList, ElementList, None or NOTHING."""


# --- comparisons -------------------------------------------------------------------------------------


def span_less(left: Span, right: Span) -> Truth3:
    """One date or number before another, as `_less` of the interpreter."""
    if left.exact and right.exact:
        below = less(left.lo, right.lo)
        return truth(True, False) if below is True else Truth3(below, opposite(below), True)
    known = (left.known, right.known)
    return truth(
        both((*known, opposite(left.endless), less(left.hi, right.lo))),
        both((*known, opposite(right.endless), at_most(right.hi, left.lo))),
    )


def span_equal(left: Span, right: Span) -> Truth3:
    """The same date or number."""
    if left.exact and right.exact:
        equal = same(left.lo, right.lo)
        return Truth3(equal, opposite(equal), True)
    known = (left.known, right.known)
    apart = either((
        both((opposite(left.endless), less(left.hi, right.lo))),
        both((opposite(right.endless), less(right.hi, left.lo))),
    ))  # fmt: skip
    one = both((
        same(left.lo, left.hi), same(right.lo, right.hi), same(left.lo, right.lo),
        opposite(left.endless), opposite(right.endless),
    ))  # fmt: skip
    return truth(both((*known, one)), both((*known, apart)))


def code_equal(left: CodeValue, right: CodeValue) -> Formula:
    """The same code, both being known."""
    if left.text is not None and right.text is not None:
        return left.text == right.text
    if left.text is not None:
        left, right = right, left
    assert left.space is not None
    if right.text is not None:
        place = left.space.places.get(right.text)
        return False if place is None else same(left.place, place)
    assert right.space is not None
    if right.space is left.space:
        return same(left.place, right.place)
    return either(
        both((same(left.place, place), same(right.place, right.space.places[code])))
        for code, place in left.space.places.items()
        if code in right.space.places
    )


def code_among(item: CodeValue, codes: Sequence[str]) -> Formula:
    """The code is one of these, being known."""
    if item.text is not None:
        return item.text in codes
    assert item.space is not None
    places = sorted(item.space.places[code] for code in set(codes) if code in item.space.places)
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return either(
        same(item.place, low) if low == high else both((at_most(low, item.place), at_most(item.place, high)))
        for low, high in runs
    )


# --- one of several ----------------------------------------------------------------------------------


def merged(ways: Sequence[tuple[Formula, Value]]) -> Value:
    """The value of the way that counts; at most one does, and where none does it is unknown."""
    values = [(guard, value) for guard, value in ways if value is not None and guard is not False]
    if not values:
        return None
    first = values[0][1]
    known = either(both((guard, _known(value))) for guard, value in values)
    if isinstance(first, Truth3):
        return truth(
            either(both((guard, value.t)) for guard, value in values),
            either(both((guard, value.f)) for guard, value in values),
        )
    if isinstance(first, Span):
        low, high = first.lo, first.hi
        for guard, value in values[1:]:
            low, high = choose(guard, value.lo, low), choose(guard, value.hi, high)
        if all(value.lo is value.hi for _, value in values):
            high = low
        return Span(known, low, high)
    if isinstance(first, CodeValue):
        return _merged_codes(values, known)
    assert isinstance(first, CodeList)
    members = {
        code: either(both((guard, value.members.get(code, False))) for guard, value in values)
        for code in dict.fromkeys(code for _, value in values for code in value.members)
    }
    return CodeList(members, either(both((guard, value.complete)) for guard, value in values))


def _merged_codes(values: Sequence[tuple[Formula, CodeValue]], known: Formula) -> CodeValue:
    values = [(guard, value) for guard, value in values if value.known is not False]
    space = next((value.space for _, value in values if value.space is not None), None)
    if space is None:
        space = Space.of([value.text for _, value in values if value.text is not None])
    place: Bits = 0
    for guard, value in reversed(values):
        if value.text is not None and value.text not in space.places:
            space = Space.of([*space.codes, value.text])  # places that there were stay
        own = value.place if value.text is None else space.places[value.text]
        place = choose(guard, own, place)
    return CodeValue(known, None, place, space)


def _known(value: Value) -> Formula:
    if isinstance(value, Truth3):
        return opposite(value.open)
    return True if isinstance(value, CodeList) else value.known


def only_one(ways: Sequence[tuple[Formula, Value]]) -> CodeValue:
    """The one code that all ways that count share; unknown when they differ, or when one of them is not
    known or is that of no element."""
    texts = {value.text for _, value in ways if isinstance(value, CodeValue)}
    if len(texts) == 1 and None not in texts:
        known = both(
            opposite(guard) if value is None or value is NOTHING else implied(guard, value.known)
            for guard, value in ways
        )
        return CodeValue(known, texts.pop())
    values = [(guard, value) for guard, value in ways if isinstance(value, CodeValue)]
    if not values:
        return CodeValue(False, "")
    if len(ways) == 1:
        return values[0][1]
    picked: CodeValue = _merged_codes(values, True)
    known = both(
        implied(guard, both((value.known, opposite(value.absent), code_equal(value, picked))))
        if isinstance(value, CodeValue)
        else opposite(guard)
        for guard, value in ways
    )
    return CodeValue(known, None, picked.place, picked.space)
