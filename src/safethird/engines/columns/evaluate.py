"""The value of every node of a plan for the cases of a table.

One function for each kind of node. A value has one dimension for each axis of its node, in their order, and a
last one for the cases; a dimension of one stands for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.language.program import CountrySet
from safethird.engines.columns import codes
from safethird.engines.columns.calendar import BEFORE, BEYOND, add_months, ages, plus_days, plus_days_beyond
from safethird.engines.columns.load import Loader, Range
from safethird.engines.plan.nodes import (
    Age, Agree, Always, Among, Amount, And, Axis, Choice, Code, Count, Days, Element, Equal, Every, Exists, Fact,
    InListing, InSet, Is, Less, Listing, Not, Only, Open, Or, Pick, PlanNode, Reading, Same, Several, Shift, Some,
    Uncounted, Unknown, Unsaid, kind_of, space_of,
)  # fmt: skip

Array = npt.NDArray[Any]
Value = Any
"""Truth: bytes (1, 0, -1). Dates and numbers: Range. Codes: numbers, nought unknown. Lists: ListValue.
Choices: ChoiceValue."""

_HIGHEST = {1: np.uint8(255), 2: np.uint16(65535), 4: np.uint32(2**32 - 1)}
MOST_COMPARED = 6
"""Up to so many codes are compared one by one; more are looked up in a table."""


class ListValue(NamedTuple):
    """A list: `there` and `codes` (for a list of codes) have one dimension more, before the cases."""

    there: Array
    codes: Array
    complete: Array


class ChoiceValue(NamedTuple):
    """Which elements may be meant, as truth that is never unknown."""

    slot: Array
    certain: Array
    unlisted: Array
    nothing: Array


class Evaluator:
    """Values of nodes for one table of cases, each computed once."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self._values: dict[PlanNode, Value] = {}
        self._members: dict[Axis, tuple[Array, Array]] = {}
        self._rows: dict[tuple[str, PlanNode], Array] = {}

    def value(self, node: PlanNode) -> Value:
        """The value of a node."""
        found = self._values.get(node)
        if found is None:
            found = self._values[node] = _COMPUTE[type(node)](self, node)
        return found

    def truth(self, node: PlanNode, axes: tuple[Axis, ...]) -> Array:
        """The truth of a condition, with the dimensions of some axes."""
        return aligned(self.value(node), node.axes, axes)

    def members(self, axis: Axis) -> tuple[Array, Array]:
        """Where elements stand along an axis (dimensions: those of its list, and its own); and whether all
        are listed (dimensions: those of its list)."""
        found = self._members.get(axis)
        if found is None:
            listed: ListValue = self.value(axis.listing)
            found = self._members[axis] = (listed.there, listed.complete)
        return found

    def listed_fully(self, listing: Listing) -> Array:
        """Where every element of a list is listed, with the dimensions of the list."""
        listed: ListValue = self.value(listing)
        return listed.complete

    def there(self, axis: Axis, axes: tuple[Axis, ...]) -> Array:
        """Where elements stand along an axis, with the dimensions of some axes."""
        return aligned(self.members(axis)[0], (*axis.listing.axes, axis), axes)

    def complete(self, axis: Axis, axes: tuple[Axis, ...]) -> Array:
        """Whether all elements along an axis are listed, with the dimensions of some axes."""
        return aligned(self.members(axis)[1], axis.listing.axes, axes)

    # --- conditions --------------------------------------------------------------------------------

    def _always(self, node: Always) -> Array:
        return np.array([1 if node.value else -1], np.int8)

    def _open(self, node: Open) -> Array:
        return np.zeros((1,) * (len(node.axes) + 1), np.int8)

    def _not(self, node: Not) -> Array:
        return np.negative(self.value(node.part))

    def _and(self, node: And) -> Array:
        if not node.parts:
            return np.ones(1, np.int8)
        return reduce(np.minimum, (self.truth(part, node.axes) for part in node.parts))

    def _or(self, node: Or) -> Array:
        if not node.parts:
            return np.full(1, -1, np.int8)
        return reduce(np.maximum, (self.truth(part, node.axes) for part in node.parts))

    def _range(self, node: PlanNode, axes: tuple[Axis, ...]) -> Range:
        low, high = self.value(node)
        if low is high:
            low = high = aligned(low, node.axes, axes)
            return Range(low, high)
        return Range(aligned(low, node.axes, axes), aligned(high, node.axes, axes))

    def _less(self, node: Less) -> Array:
        left, right = self._range(node.left, node.axes), self._range(node.right, node.axes)
        yes = np.less(left.high, right.low)
        if left.low is left.high and right.low is right.high:
            return _sign(yes)
        return yes.view(np.int8) - np.greater_equal(left.low, right.high).view(np.int8)

    def _equal(self, node: Equal) -> Array:
        left, right = self._range(node.left, node.axes), self._range(node.right, node.axes)
        if left.low is left.high and right.low is right.high:
            return _sign(left.low == right.low)
        apart = (left.high < right.low) | (right.high < left.low)
        exact = (left.low == left.high) & (right.low == right.high) & (left.low == right.low)
        return exact.view(np.int8) - apart.view(np.int8)

    def _same(self, node: Same) -> Array:
        left = aligned(self.value(node.left), node.left.axes, node.axes)
        right = aligned(self.value(node.right), node.right.axes, node.axes)
        known = (left != 0) & (right != 0)
        return _known_sign(left == right, known)

    def _among(self, node: Among) -> Array:
        item = self.value(node.item)
        space = space_of(node.item)
        if space == "label":
            wanted = [self.loader.label(code) for code in node.codes]
        else:
            wanted = [codes.numbers(space)[code] for code in node.codes]
        if len(wanted) > MOST_COMPARED and space != "label":
            table = np.full(len(codes.texts(space)) + 1, -1, np.int8)
            table[wanted] = 1
            table[0] = 0
            return np.take(table, item)
        found = reduce(np.logical_or, (item == code for code in wanted), np.zeros((1,) * item.ndim, bool))
        return _known_sign(found, item != 0)

    def _in_listing(self, node: InListing) -> Array:
        listed: ListValue = self.value(node.listing)
        item = self._item(node.item)
        axes = node.axes
        inside = aligned(listed.codes, (*node.listing.axes, _LAST), (*axes, _LAST))
        there = aligned(listed.there, (*node.listing.axes, _LAST), (*axes, _LAST))
        wanted = np.expand_dims(aligned(item, node.item.axes, axes), -2)
        found = ((inside == wanted) & (there == 1)).any(axis=-2)
        complete = aligned(listed.complete, node.listing.axes, axes)
        result = np.maximum(_sign(found), np.negative(complete))
        return result if isinstance(node.item, Code) else np.where(wanted[..., 0, :] == 0, np.int8(0), result)

    def _item(self, node: PlanNode) -> Array:
        item: Array = self.value(node)
        return item

    def _in_set(self, node: InSet) -> Array:
        item = aligned(self.value(node.item), node.item.axes, node.axes)
        if node.on is None or not node.countries.dated:
            return np.take(_membership(node.countries), item)
        on = self._range(node.on, node.axes)
        low, high = np.maximum(on.low, FIRST_DAY), np.minimum(on.high, LAST_DAY)
        throughout = np.zeros((1,) * item.ndim, bool)
        never = np.ones((1,) * item.ndim, bool)
        for since, until in _spans(node.countries):
            starts, ends = np.take(since, item), np.take(until, item)
            throughout = throughout | ((starts <= low) & (high < ends))
            never = never & ((high < starts) | (ends <= low))
        return _known_sign(throughout, item != 0) * (throughout | never).view(np.int8)

    def _unknown(self, node: Unknown) -> Array:
        kind = kind_of(node.term)
        if isinstance(node.term, Listing):
            unknown = self.listed_fully(node.term) == 0
        elif kind in ("date", "number"):
            unknown = _no_interval(self.value(node.term))
        else:
            unknown = self.value(node.term) == 0
        return _sign(~unknown if node.negated else unknown)

    def _some(self, node: Some) -> Array:
        most = self._along(node.over, node.part, node.axes, np.minimum).max(axis=_place(node.over, node.axes))
        return np.maximum(most, np.negative(self.complete(node.over, node.axes)))

    def _every(self, node: Every) -> Array:
        least = self._along(node.over, node.part, node.axes, np.maximum).min(axis=_place(node.over, node.axes))
        return np.minimum(least, self.complete(node.over, node.axes))

    def _along(self, axis: Axis, part: PlanNode, axes: tuple[Axis, ...], meet: Any) -> Array:
        """A condition along an axis, with the value that changes nothing where no element stands."""
        inner = _with(axes, axis)
        there = self.there(axis, inner)
        found: Array = meet(self.truth(part, inner), there if meet is np.minimum else np.negative(there))
        return found

    # --- choices -----------------------------------------------------------------------------------

    def _choice(self, node: Choice) -> ChoiceValue:
        axes = node.axes
        inner, place = _with(axes, node.over), _place(node.over, axes)
        where = np.minimum(self.truth(node.where, inner), self.there(node.over, inner))
        slots, certain = where > -1, where == 1
        if node.order is not None and node.key is not None:
            low, high = self._range(node.key, inner)
            if node.order in ("latest", "largest"):
                surely = np.where(certain, low, _lowest(low)).max(axis=place, keepdims=True)
                slots = slots & ~(high < surely)
            else:
                surely = np.where(certain, high, _highest(high)).min(axis=place, keepdims=True)
                slots = slots & ~(surely < low)
        unlisted = self.complete(node.over, axes) == 0
        certain = slots & certain
        nothing = ~certain.any(axis=place)
        return ChoiceValue(_sign(slots), _sign(certain), _sign(unlisted), _sign(nothing))

    def _pick(self, node: Pick) -> Array:
        choice: ChoiceValue = self.value(node.choice)
        return choice._asdict()[node.which]  # type: ignore[no-any-return]

    def _agree(self, node: Agree) -> Array:
        if kind_of(node) == "code":
            return self._agreed_codes(node.alternatives, node.axes)
        highest: Array = np.full((1,) * (len(node.axes) + 1), -1, np.int8)
        lowest: Array = np.full((1,) * (len(node.axes) + 1), 1, np.int8)
        for guard, part in node.alternatives:
            inner, places = self._inner(guard, part, node.axes)
            holds, truth = self.truth(guard, inner), self.truth(part, inner)
            highest = np.maximum(highest, np.minimum(truth, holds).max(axis=places, initial=-1))
            lowest = np.minimum(lowest, np.maximum(truth, np.negative(holds)).min(axis=places, initial=1))
        return np.maximum(lowest, np.int8(0)) + np.minimum(highest, np.int8(0))

    def _only(self, node: Only) -> Array:
        return self._agreed_codes(node.alternatives, node.axes, known_only=True)

    def _agreed_codes(
        self, alternatives: Iterable[tuple[PlanNode, PlanNode]], axes: tuple[Axis, ...], known_only: bool = False
    ) -> Array:
        highest: Array | None = None
        lowest: Array | None = None
        for guard, part in alternatives:
            inner, places = self._inner(guard, part, axes)
            code = aligned(self.value(part), part.axes, inner)
            holds = self.truth(guard, inner) == 1
            if known_only:
                holds = holds & (code != 0)
            top = _HIGHEST[code.itemsize]
            high = np.where(holds, code, code.dtype.type(0)).max(axis=places, initial=0)
            low = np.where(holds, code, top).min(axis=places, initial=top)
            highest = high if highest is None else np.maximum(highest, high)
            lowest = low if lowest is None else np.minimum(lowest, low)
        assert highest is not None
        return np.where(highest == lowest, highest, highest.dtype.type(0))

    def _inner(
        self, guard: PlanNode, part: PlanNode, axes: tuple[Axis, ...]
    ) -> tuple[tuple[Axis, ...], tuple[int, ...]]:
        """The axes of an alternative, and the places of those to be taken together."""
        inner = axes
        for axis in (*guard.axes, *part.axes):
            inner = _with(inner, axis)
        return inner, tuple(index for index, axis in enumerate(inner) if axis not in axes)

    def _reading(self, node: Reading) -> Array:
        return aligned(self.value(node.part), node.part.axes, node.axes)

    def _is(self, node: Is) -> Array:
        wanted = 0 if node.value is None else 1 if node.value else -1
        return _sign(self.value(node.part) == wanted)

    def _exists(self, node: Exists) -> Array:
        inner = node.axes
        for axis in node.over:
            inner = _with(inner, axis)
        holds = self.truth(node.part, inner)
        for axis in node.over:
            holds = np.minimum(holds, self.there(axis, inner))
        return holds.max(axis=tuple(inner.index(axis) for axis in node.over))  # type: ignore[no-any-return]

    def _several(self, node: Several) -> Array:
        times: Array = np.zeros((1,) * (len(node.axes) + 1), np.int32)
        for part in node.parts:
            inner, over = node.axes, []
            for axis in part.axes:
                inner = _with(inner, axis)
            over = [index for index, axis in enumerate(inner) if axis not in node.axes]
            times = times + (self.truth(part, inner) == 1).sum(axis=tuple(over), dtype=np.int32)
        return _sign(times > 1)

    # --- terms -------------------------------------------------------------------------------------

    def _fact(self, node: Fact) -> Value:
        value: Value
        if node.kind == "truth":
            value = self.loader.truth(node.path)
        elif node.kind == "date":
            value = self.loader.dates(node.path)
        elif node.kind == "number":
            value = self.loader.amounts(node.path)
        else:
            value = self.loader.codes(node.path, node.space)
        return value if node.key is None else self._of_row(node, value)

    def _of_row(self, node: Fact, value: Value) -> Value:
        """The value in the row that is asked for; unknown where there is no such row."""
        assert node.key is not None
        asked = self.row(node.path, node.key)
        if isinstance(value, Range):
            low, high = (np.expand_dims(part, tuple(range(1, asked.ndim - 1))) for part in value)
            return Range(
                np.where(asked, low, _lowest(low)).max(axis=0), np.where(asked, high, _highest(high)).min(axis=0)
            )
        spread = np.expand_dims(value, tuple(range(1, asked.ndim - 1)))
        return (asked * spread).sum(axis=0, dtype=value.dtype)

    def row(self, path: str, key: PlanNode) -> Array:
        """Which row of a look-up table is asked for: a dimension of rows before those of the key."""
        table = path.rpartition("[].")[0]
        found = self._rows.get((table, key))
        if found is None:
            rows = self.loader.codes(f"{table}[].country", "country")
            wanted = self.value(key)
            spread = np.expand_dims(rows, tuple(range(1, wanted.ndim)))
            found = self._rows[(table, key)] = (spread == wanted) & (spread != 0)
        return found

    def _listing(self, node: Listing) -> ListValue:
        _, there, complete = self.loader.members(node.path)
        if not node.space:
            return ListValue(there, there, complete)
        listed = self.loader.codes(f"{node.path}[]", node.space)
        if node.key is None:
            return ListValue(there, listed, complete)
        asked = self.row(node.path, node.key)  # rows x key x n
        outer = tuple(range(1, asked.ndim - 1))
        complete = (asked & (np.expand_dims(complete, outer) == 1)).any(axis=0).view(np.int8)
        wanted = np.expand_dims(asked, -2)  # rows x key x 1 x n
        there = (wanted & (np.expand_dims(there, outer) == 1)).any(axis=0)
        listed = (wanted * np.expand_dims(listed, outer)).sum(axis=0, dtype=listed.dtype)
        return ListValue(_sign(there), listed, complete)

    def _element(self, node: Element) -> Array:
        listed: ListValue = self.value(node.of.listing)
        return aligned(listed.codes, (*node.of.listing.axes, node.of), node.axes)

    def _days(self, node: Days) -> Range:
        low = np.array([node.lo], np.int32)
        return Range(low, low) if node.lo == node.hi else Range(low, np.array([node.hi], np.int32))

    def _amount(self, node: Amount) -> Range:
        value = np.array([node.value], np.int32)
        return Range(value, value)

    def _code(self, node: Code) -> Array:
        if node.space == "label":
            return np.array([self.loader.label(node.text)], np.uint32)
        kind: Any = np.uint16 if node.space == "country" else np.uint8
        return np.array([codes.numbers(node.space)[node.text]], kind)

    def _unsaid(self, node: Unsaid) -> Value:
        if node.kind in ("date", "number"):
            return Range(np.array([BEFORE]), np.array([BEYOND]))
        kind: Any = {"country": np.uint16, "choice": np.uint8, "label": np.uint32}.get(node.space, np.int8)
        return np.zeros(1, kind)

    def _uncounted(self, node: Uncounted) -> Range:
        return Range(np.zeros(1, np.int32), np.array([BEYOND]))

    def _shift(self, node: Shift) -> Range:
        low, high = self.value(node.base)

        def move(days: Array) -> Array:
            if node.unit == "months":
                return add_months(days, node.amount, node.month_end)
            return (plus_days if node.unit == "days" else plus_days_beyond)(days, node.amount)

        first = move(low)
        return Range(first, first if low is high else move(high))

    def _age(self, node: Age) -> Range:
        birth, on = self._range(node.birth, node.axes), self._range(node.on, node.axes)
        if birth.low is birth.high and on.low is on.high:
            years = ages(birth.low, on.low, node.month_end)
            return Range(years, years)
        unknown = (birth.low == BEFORE) | (on.low == BEFORE)
        least, most = ages(birth.high, on.low, node.month_end), ages(birth.low, on.high, node.month_end)
        return Range(np.where(unknown, BEFORE, least), np.where(unknown, BEYOND, most))

    def _count(self, node: Count) -> Range:
        truth = self._along(node.over, node.part, node.axes, np.minimum)
        place = _place(node.over, node.axes)
        certain = (truth == 1).sum(axis=place, dtype=np.int32)
        possible = (truth > -1).sum(axis=place, dtype=np.int32)
        return Range(certain, np.where(self.complete(node.over, node.axes) == 1, possible, BEYOND))


_LAST: Any = object()
"""Stands for the elements of a list that has no axis."""


def aligned(value: Array, axes: tuple[Axis, ...], wanted: tuple[Axis, ...]) -> Array:
    """A value with dimensions for the wanted axes, of which its own are some."""
    if axes == wanted:
        return value
    return value[tuple(slice(None) if axis in axes else None for axis in wanted) + (slice(None),)]


def _with(axes: tuple[Axis, ...], axis: Axis) -> tuple[Axis, ...]:
    return axes if axis in axes else tuple(sorted((*axes, axis), key=lambda one: one.index))


def _place(axis: Axis, axes: tuple[Axis, ...]) -> int:
    """Where the dimension of an axis comes to stand among those of others."""
    return sum(other.index < axis.index for other in axes)


def _sign(holds: Array) -> Array:
    """1 where something holds, -1 where it does not."""
    found: Array = holds.view(np.int8) * np.int8(2) - np.int8(1)
    return found


def _known_sign(holds: Array, known: Array) -> Array:
    """1 where something holds, -1 where it does not, 0 where it is not known."""
    found: Array = (holds & known).view(np.int8) - (~holds & known).view(np.int8)
    return found


def _lowest(values: Array) -> Any:
    return np.float64("-inf") if values.dtype.kind == "f" else BEFORE


def _highest(values: Array) -> Any:
    return np.float64("inf") if values.dtype.kind == "f" else BEYOND


def _no_interval(value: Range) -> Array:
    unknown: Array = value.low == _lowest(value.low)
    return unknown


_tables: dict[int, tuple[CountrySet, Array]] = {}


def _membership(countries: CountrySet) -> Array:
    """Membership in a set whatever the day, by the number of the country."""
    known = _tables.get(id(countries))
    if known is None:
        truths = [countries.contains(country, None) for country in codes.texts("country")]
        table = np.array([0, *(0 if truth is None else 1 if truth else -1 for truth in truths)], np.int8)
        known = _tables[id(countries)] = (countries, table)
    return known[1]


_span_tables: dict[int, tuple[CountrySet, list[tuple[Array, Array]]]] = {}


def _spans(countries: CountrySet) -> list[tuple[Array, Array]]:
    """First day, and first day no longer, of membership by the number of the country; as many pairs of tables
    as the country that joined most often has memberships."""
    known = _span_tables.get(id(countries))
    if known is None:
        numbers = codes.numbers("country")
        pairs: list[tuple[Array, Array]] = []
        seen: dict[str, int] = {}
        for entry in countries.members:
            turn = seen[entry.country] = seen.get(entry.country, -1) + 1
            if turn == len(pairs):
                size = len(numbers) + 1
                pairs.append((np.full(size, BEYOND, np.int32), np.full(size, BEYOND, np.int32)))
            pairs[turn][0][numbers[entry.country]] = entry.since
            pairs[turn][1][numbers[entry.country]] = entry.until
        known = _span_tables[id(countries)] = (countries, pairs)
    return known[1]


_COMPUTE: dict[type[PlanNode], Callable[[Evaluator, Any], Value]] = {
    Always: Evaluator._always, Open: Evaluator._open, Not: Evaluator._not, And: Evaluator._and, Or: Evaluator._or,
    Less: Evaluator._less, Equal: Evaluator._equal, Same: Evaluator._same, Among: Evaluator._among,
    InListing: Evaluator._in_listing, InSet: Evaluator._in_set, Unknown: Evaluator._unknown, Some: Evaluator._some,
    Every: Evaluator._every, Choice: Evaluator._choice, Pick: Evaluator._pick, Agree: Evaluator._agree,
    Only: Evaluator._only, Reading: Evaluator._reading, Is: Evaluator._is, Exists: Evaluator._exists,
    Several: Evaluator._several, Fact: Evaluator._fact, Listing: Evaluator._listing, Element: Evaluator._element,
    Days: Evaluator._days, Amount: Evaluator._amount, Code: Evaluator._code, Unsaid: Evaluator._unsaid,
    Uncounted: Evaluator._uncounted, Shift: Evaluator._shift, Age: Evaluator._age, Count: Evaluator._count,
}  # fmt: skip
