"""Which articles, paragraphs and sentences of two versions say the same.

Numbers of articles first. Inside an article the cheapest path through both lists of paragraphs (after
Gale and Church, 1993: the lengths of a text and its translation keep in step), with what both sides share
counted in: numbers, dates, references, countries, kindred words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from safethird.drafting.align.features import Features

Bead = tuple[tuple[int, ...], tuple[int, ...]]
_MOVES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (3, 1), (1, 3), (2, 2))
_PRIOR = {
    (1, 1): 0.0,
    (1, 0): 4.0,
    (0, 1): 4.0,
    (2, 1): 4.0,
    (1, 2): 4.0,
    (3, 1): 6.0,
    (1, 3): 6.0,
    (2, 2): 8.0,
}
_SPREAD = 6.8
"""Variance of length, per character: Gale and Church."""
_SHARE = 0.45
"""Two texts that say the same share about this part of their keys; more counts as full."""
_CONTENT = 7.0
_STRANGERS = 0.35
"""Below this, two paragraphs with enough to compare are likelier to be two that lost their partners."""
_BAND = 45
"""How far the path may leave the straight line, in paragraphs, where no anchor holds it."""
_WHOLE = 6_000
"""Cells up to which the whole table of paragraphs is looked at."""
_ARTICLES = 900
"""The same for articles: beyond, those with the same number and like content hold the path."""


def shared(one: Sequence[Features], other: Sequence[Features]) -> float:
    """How much two stretches of text share, from 0 to 1."""
    left, right = _keys(one), _keys(other)
    if not left or not right:
        return 0.0
    common = sum(min(weight, right[key]) for key, weight in left.items() if key in right)
    small = min(sum(left.values()), sum(right.values()))
    total = (sum(left.values()) + sum(right.values())) / 2
    share = common / (0.7 * total + 0.3 * small)
    return min(1.0, share / _SHARE)


def _keys(parts: Sequence[Features]) -> dict[str, float]:
    if len(parts) == 1:
        return dict(parts[0].keys)
    found: dict[str, float] = {}
    for part in parts:
        found.update(part.keys)
    return found


def length_cost(left: int, right: int, ratio: float) -> float:
    """How unlikely it is that texts of these lengths (characters) say the same; 0 is likely."""
    if left == 0 and right == 0:
        return 0.0
    mean = (left + right / ratio) / 2
    delta = (left * ratio - right) / math.sqrt(max(mean, 30.0) * _SPREAD)
    tail = math.erfc(min(abs(delta), 12.0) / math.sqrt(2))
    return min(12.0, -math.log(max(tail, 1e-9)) * 0.5)


class Side:
    """One side's paragraphs with their features and their own numbers."""

    def __init__(
        self, features: Sequence[Features], numbers: Sequence[str | None], heads: Sequence[bool]
    ) -> None:
        self.features = features
        self.numbers = numbers
        self.heads = heads

    def __len__(self) -> int:
        return len(self.features)

    def cut(self, low: int, high: int) -> Side:
        """A stretch of it."""
        return Side(self.features[low:high], self.numbers[low:high], self.heads[low:high])


def ratio_of(left: Sequence[Features], right: Sequence[Features]) -> float:
    """Characters of the right text for one of the left."""
    one, other = (sum(entry.length for entry in side) for side in (left, right))
    return min(1.6, max(0.6, other / one)) if one and other else 1.0


def match(left: Side, right: Side, ratio: float) -> list[Bead]:
    """Beads that cover both sides in order. Time grows with the longer side, not with the product."""
    beads: list[Bead] = []
    at, to = 0, 0
    for one, other in [*_anchors(left, right), (len(left), len(right))]:
        for bead in _path(left.cut(at, one), right.cut(to, other), ratio):
            beads.append((tuple(at + step for step in bead[0]), tuple(to + step for step in bead[1])))
        if one < len(left):
            beads.append(((one,), (other,)))
        at, to = one + 1, other + 1
    return beads


def _anchors(left: Side, right: Side) -> list[tuple[int, int]]:
    """In long stretches, pairs that hold the path: paragraphs with a rare content that only one on each
    side has."""
    if len(left) * len(right) <= _WHOLE:
        return []
    places: list[dict[str, list[int]]] = [{}, {}]
    for side, found in zip((left, right), places, strict=True):
        for at, entry in enumerate(side.features):
            marks = sorted(key for key in entry.keys if key[0] in "#@§")
            if len(marks) >= 2:
                found.setdefault(" ".join(marks), []).append(at)
    pairs = sorted(
        (places[0][mark][0], places[1][mark][0]) for mark in places[0]
        if len(places[0][mark]) == 1 and len(places[1].get(mark, ())) == 1
    )  # fmt: skip
    return _rising(
        [pair for pair in pairs if shared([left.features[pair[0]]], [right.features[pair[1]]]) > 0.6]
    )


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs in which both places rise (patience sorting)."""
    from bisect import bisect_left

    ends: list[int] = []
    last: list[int] = []
    back: list[int | None] = []
    for at, (_, other) in enumerate(pairs):
        place = bisect_left(ends, other)
        if place == len(ends):
            ends.append(other)
            last.append(at)
        else:
            ends[place], last[place] = other, at
        back.append(last[place - 1] if place else None)
    chain: list[tuple[int, int]] = []
    step = last[-1] if last else None
    while step is not None:
        chain.append(pairs[step])
        step = back[step]
    return chain[::-1]


def _path(left: Side, right: Side, ratio: float) -> list[Bead]:
    rows, columns = len(left), len(right)
    if not rows or not columns:
        return [((at,), ()) for at in range(rows)] + [((), (at,)) for at in range(columns)]
    whole = rows * columns <= _WHOLE
    slope = columns / rows
    best: list[dict[int, tuple[float, tuple[int, int]]]] = [{} for _ in range(rows + 1)]
    best[0][0] = (0.0, (0, 0))
    for i in range(rows + 1):
        middle = round(i * slope)
        low, high = (0, columns) if whole else (max(0, middle - _BAND), min(columns, middle + _BAND))
        for j in range(low, high + 1):
            if i == 0 and j == 0:
                continue
            choice: tuple[float, tuple[int, int]] | None = None
            for di, dj in _MOVES:
                if di > i or dj > j:
                    continue
                before = best[i - di].get(j - dj)
                if before is None or (choice is not None and before[0] + _PRIOR[di, dj] * 0.5 >= choice[0]):
                    continue
                cost = before[0] + _cost(left, right, i - di, i, j - dj, j, ratio)
                if choice is None or cost < choice[0]:
                    choice = (cost, (di, dj))
            if choice is not None:
                best[i][j] = choice
    beads: list[Bead] = []
    i, j = rows, columns
    while i or j:
        di, dj = best[i][j][1]
        beads.append((tuple(range(i - di, i)), tuple(range(j - dj, j))))
        i, j = i - di, j - dj
    return beads[::-1]


def _cost(left: Side, right: Side, i0: int, i: int, j0: int, j: int, ratio: float) -> float:
    prior = _PRIOR[i - i0, j - j0]
    one, other = left.features[i0:i], right.features[j0:j]
    if not one or not other:
        return prior
    share = shared(one, other)
    # A few words share nothing even where they say the same: content weighs with what there is of it.
    weight = min(1.0, (len(_keys(one)) + len(_keys(other))) / 16)
    cost = prior + (1.0 - share) * _CONTENT * weight
    if share < _STRANGERS:
        cost += 2.0 * weight
    cost += length_cost(sum(entry.length for entry in one), sum(entry.length for entry in other), ratio)
    if i - i0 == 1 and j - j0 == 1:
        mine, yours = left.numbers[i0], right.numbers[j0]
        if mine is not None and mine == yours:
            cost -= 2.0
        elif left.heads[i0] and right.heads[j0] and mine is not None and yours is not None:
            cost += 3.0
        elif mine != yours:
            cost += 1.0 if mine is None or yours is None else 1.6
        if left.heads[i0] != right.heads[j0]:
            cost += 1.5
    else:
        # A paragraph with a number of its own begins something: it rarely hangs on the one before.
        cost += 1.5 * sum(left.numbers[at] is not None for at in range(i0 + 1, i))
        cost += 1.5 * sum(right.numbers[at] is not None for at in range(j0 + 1, j))
        cost += 2.0 * (any(left.heads[i0:i]) + any(right.heads[j0:j]))
    return cost


# --- articles ------------------------------------------------------------------------------------


def match_articles(
    left: Sequence[tuple[str | None, Sequence[Features]]],
    right: Sequence[tuple[str | None, Sequence[Features]]],
) -> list[tuple[int | None, int | None]]:
    """Pairs of articles in order; None where one side has none. Numbers first, content where they mislead."""
    sums = [[_sum(parts) for _, parts in side] for side in (left, right)]

    def cost(i: int, j: int) -> float:
        number = left[i][0] == right[j][0]
        share = min(1.0, shared([sums[0][i]], [sums[1][j]]))
        return 1.0 - 0.35 * number - 0.65 * share

    anchors: list[tuple[int, int]] = []
    if len(left) * len(right) > _ARTICLES:
        counts = [Counter(number for number, _ in side) for side in (left, right)]
        place = {number: at for at, (number, _) in enumerate(right)}
        anchors = _rising(
            [
                (at, place[number]) for at, (number, _) in enumerate(left)
                if counts[0][number] == 1 and counts[1][number] == 1 and cost(at, place[number]) < 0.45
            ]
        )  # fmt: skip
    found: list[tuple[int | None, int | None]] = []
    at, to = 0, 0
    for one, other in [*anchors, (len(left), len(right))]:
        found.extend(_article_path(at, one, to, other, cost))
        if one < len(left):
            found.append((one, other))
        at, to = one + 1, other + 1
    return found


def _article_path(
    at: int, one: int, to: int, other: int, cost: Callable[[int, int], float]
) -> Iterator[tuple[int | None, int | None]]:
    skip = 0.42
    rows, columns = one - at, other - to
    wide = rows * columns > 160_000
    table: list[dict[int, tuple[float, int]]] = [{} for _ in range(rows + 1)]
    table[0][0] = (0.0, 0)
    for i in range(rows + 1):
        middle = round(i * columns / rows) if rows else 0
        span = (
            range(columns + 1)
            if not wide or not rows
            else range(max(0, middle - 60), min(columns, middle + 60) + 1)
        )
        for j in span:
            choices = []
            if i and j and j - 1 in table[i - 1]:
                choices.append((table[i - 1][j - 1][0] + cost(at + i - 1, to + j - 1), 0))
            if i and j in table[i - 1]:
                choices.append((table[i - 1][j][0] + skip, 1))
            if j and j - 1 in table[i]:
                choices.append((table[i][j - 1][0] + skip, 2))
            if choices:
                table[i][j] = min(choices)
    steps: list[tuple[int | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        move = table[i][j][1]
        if move == 0:
            i, j = i - 1, j - 1
            steps.append((at + i, to + j))
        elif move == 1:
            i -= 1
            steps.append((at + i, None))
        else:
            j -= 1
            steps.append((None, to + j))
    yield from reversed(steps)


def _sum(parts: Sequence[Features]) -> Features:
    keys = _keys(parts)
    length = sum(part.length for part in parts)
    return Features(
        parts[0].language if parts else "en",
        length,
        keys,
        Counter(),
        Counter(),
        frozenset(),
        frozenset(),
        Counter(),
        {},
        0,
    )
