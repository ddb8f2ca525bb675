"""Conditions over columns: one function for each kind of node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from safethird.engines.columns import codes
from safethird.engines.columns.calendar import BEYOND, MOST_YEARS, YEAR
from safethird.engines.columns.spans import time_lived
from safethird.engines.columns.values import (
    Array,
    ListValue,
    Range,
    aligned,
    lowest,
    meet,
    place_of,
    range_aligned,
    sign,
    with_axis,
)
from safethird.engines.plan.nodes import (
    Age,
    Always,
    Among,
    Amount,
    And,
    Axis,
    Code,
    Equal,
    Every,
    InListing,
    InSet,
    Is,
    Less,
    Listing,
    Not,
    Open,
    Or,
    PlanNode,
    Reading,
    Same,
    Some,
    Unknown,
    kind_of,
    space_of,
)
from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.language.program import CountrySet

if TYPE_CHECKING:
    from safethird.engines.columns.evaluate import Evaluator

MOST_COMPARED = 6
"""Up to so many codes are compared one by one; more are looked up in a table."""
_LAST: Any = object()
"""Stands for the elements of a list that has no axis."""


def _always(run: Evaluator, node: Always) -> Array:
    return np.array([1 if node.value else -1], np.int8)


def _open(run: Evaluator, node: Open) -> Array:
    return np.zeros((1,) * (len(node.axes) + 1), np.int8)


def _not(run: Evaluator, node: Not) -> Array:
    truth: Array = np.negative(run.value(node.part))
    return truth


def _and(run: Evaluator, node: And) -> Array:
    return meet(np.minimum, [run.truth(part, node.axes) for part in node.parts], 1)


def _or(run: Evaluator, node: Or) -> Array:
    return meet(np.maximum, [run.truth(part, node.axes) for part in node.parts], -1)


def _less(run: Evaluator, node: Less) -> Array:
    left, right = _sides(run, node)
    yes = np.less(left.high, right.low)
    if left.low is left.high and right.low is right.high:
        return sign(yes)
    truth: Array = yes.view(np.int8) - np.greater_equal(left.low, right.high).view(np.int8)
    return truth


def _sides(run: Evaluator, node: Less) -> tuple[Range, Range]:
    """Both sides of a comparison. An age below a number of years is a time lived below the years in days and
    months, which need not be divided into years."""
    if isinstance(node.left, Age) and isinstance(node.right, Amount):
        return range_aligned(time_lived(run, node.left), node.left.axes, node.axes), _years(node.right.value)
    if isinstance(node.left, Amount) and isinstance(node.right, Age):
        # More than so many completed years: at least one more, so more than a day short of that.
        lived = range_aligned(time_lived(run, node.right), node.right.axes, node.axes)
        return _years(node.left.value + 1, less=1), lived
    return run.range(node.left, node.axes), run.range(node.right, node.axes)


def _years(number: int, less: int = 0) -> Range:
    years = np.array([max(-MOST_YEARS, min(MOST_YEARS, number)) * YEAR - less], np.int32)
    return Range(years, years)


def _equal(run: Evaluator, node: Equal) -> Array:
    left, right = run.range(node.left, node.axes), run.range(node.right, node.axes)
    if left.low is left.high and right.low is right.high:
        return sign(left.low == right.low)
    apart = (left.high < right.low) | (right.high < left.low)
    exact = (left.low == left.high) & (right.low == right.high) & (left.low == right.low)
    truth: Array = exact.view(np.int8) - apart.view(np.int8)
    return truth


def _same(run: Evaluator, node: Same) -> Array:
    left = aligned(run.value(node.left), node.left.axes, node.axes)
    right = aligned(run.value(node.right), node.right.axes, node.axes)
    known = aligned(run.known(node.left), node.left.axes, node.axes)
    known = known * aligned(run.known(node.right), node.right.axes, node.axes)
    return sign(left == right, known) * known


def _among(run: Evaluator, node: Among) -> Array:
    item: Array = run.value(node.item)
    space = space_of(node.item)
    if space == "label":
        wanted = [run.block.label(code) for code in node.codes]
    else:
        wanted = [codes.numbers(space)[code] for code in node.codes]
    if len(wanted) > MOST_COMPARED and space != "label":
        table = np.full(len(codes.texts(space)) + 1, -1, np.int8)
        table[wanted] = 1
        table[0] = 0
        return np.take(table, item)
    if not wanted:
        return np.negative(run.known(node.item))
    found = meet(np.logical_or, [item == item.dtype.type(code) for code in wanted], 0)
    return sign(found, run.known(node.item))


def _in_listing(run: Evaluator, node: InListing) -> Array:
    listed: ListValue = run.value(node.listing)
    item = run.value(node.item)
    axes = node.axes
    inside = aligned(listed.codes, (*node.listing.axes, _LAST), (*axes, _LAST))
    there = aligned(listed.there, (*node.listing.axes, _LAST), (*axes, _LAST))
    wanted = np.expand_dims(aligned(item, node.item.axes, axes), -2)
    found = ((inside == wanted) & (there == 1)).any(axis=-2)
    complete = aligned(listed.complete, node.listing.axes, axes)
    result = np.maximum(sign(found), np.negative(complete))
    return result if isinstance(node.item, Code) else np.where(wanted[..., 0, :] == 0, np.int8(0), result)


def _in_set(run: Evaluator, node: InSet) -> Array:
    item = aligned(run.value(node.item), node.item.axes, node.axes)
    if node.on is None or not node.countries.dated:
        return np.take(_membership(node.countries), item)
    on = run.range(node.on, node.axes)
    low, high = np.maximum(on.low, FIRST_DAY), np.minimum(on.high, LAST_DAY)
    throughout = np.zeros((1,) * item.ndim, bool)
    never = np.ones((1,) * item.ndim, bool)
    for since, until in _spans(node.countries):
        starts, ends = np.take(since, item), np.take(until, item)
        throughout = throughout | ((starts <= low) & (high < ends))
        never = never & ((high < starts) | (ends <= low))
    known = aligned(run.known(node.item), node.item.axes, node.axes)
    return sign(throughout, known) * (throughout | never).view(np.int8)


def _unknown(run: Evaluator, node: Unknown) -> Array:
    kind = kind_of(node.term)
    if isinstance(node.term, Listing):
        unknown = run.listed(node.term).complete == 0
    elif kind in ("date", "number"):
        low, _ = run.value(node.term)
        unknown = low == lowest(low)
    else:
        unknown = run.value(node.term) == 0
    return sign(~unknown if node.negated else unknown)


def _some(run: Evaluator, node: Some) -> Array:
    most = along(run, node.over, node.part, node.axes, np.minimum).max(axis=place_of(node.over, node.axes))
    truth: Array = np.maximum(most, np.negative(run.complete(node.over, node.axes)))
    return truth


def _every(run: Evaluator, node: Every) -> Array:
    least = along(run, node.over, node.part, node.axes, np.maximum).min(axis=place_of(node.over, node.axes))
    truth: Array = np.minimum(least, run.complete(node.over, node.axes))
    return truth


def _reading(run: Evaluator, node: Reading) -> Array:
    return aligned(run.value(node.part), node.part.axes, node.axes)


def _is(run: Evaluator, node: Is) -> Array:
    wanted = 0 if node.value is None else 1 if node.value else -1
    return sign(run.value(node.part) == wanted)


def along(run: Evaluator, axis: Axis, part: PlanNode, axes: tuple[Axis, ...], meet: Any) -> Array:
    """A condition along an axis, with the value that changes nothing where no element stands."""
    inner = with_axis(axes, axis)
    there = run.there(axis, inner)
    found: Array = meet(run.truth(part, inner), there if meet is np.minimum else np.negative(there))
    return found


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


COMPUTE: dict[type[PlanNode], Callable[..., Any]] = {
    Always: _always,
    Open: _open,
    Not: _not,
    And: _and,
    Or: _or,
    Less: _less,
    Equal: _equal,
    Same: _same,
    Among: _among,
    InListing: _in_listing,
    InSet: _in_set,
    Unknown: _unknown,
    Some: _some,
    Every: _every,
    Reading: _reading,
    Is: _is,
}
