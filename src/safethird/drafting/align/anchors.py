"""Pairs that hold the path through long texts, found without looking at every pair.

What stands in a few places on both sides (a number, a name, two rare words together) points from one text
to the other. Pairs that several such things point to, in rising order, cut a long text into short pieces,
so that time grows with the length of a text and not with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations

from safethird.drafting.align.features import Features

_RARE = 3
"""In so many places on a side a sign still points."""
_SEMI = 400
"""Keys of up to so many places make signs in pairs."""
_TAKEN = 7
"""The rarest keys of a paragraph that make pairs."""
_VOTES = 2
_REACH = 40
_DRIFT = 12
"""An anchor without another one near it, on about the same line, is an accident."""

Pair = tuple[int, int]


def anchors(
    left: Sequence[Features], right: Sequence[Features], fits: Callable[[int, int], bool]
) -> list[Pair]:
    """Pairs in rising order on both sides; `fits` has the last word on each."""
    counts = [Counter(key for entry in side for key in entry.keys) for side in (left, right)]
    both = {
        key: count + counts[1][key]
        for key, count in counts[0].items()
        if count <= _SEMI and 0 < counts[1][key] <= _SEMI and count <= 2 * counts[1][key] + 1
    }
    places = [_signs(side, both) for side in (left, right)]
    votes: Counter[Pair] = Counter()
    for sign, here in places[0].items():
        there = places[1].get(sign)
        if there is not None and len(here) <= _RARE and len(there) <= _RARE:
            for one in here:
                for other in there:
                    votes[one, other] += 1
    best: dict[int, tuple[int, int]] = {}
    for (one, other), count in votes.items():
        if count >= _VOTES and count > best.get(one, (0, 0))[0]:
            best[one] = (count, other)
    found = rising(sorted((one, other) for one, (_, other) in best.items() if fits(one, other)))
    return _in_company(found)


def _signs(side: Sequence[Features], both: dict[str, int]) -> dict[str, list[int]]:
    """Where each sign stands: a rare key, or two of a paragraph's rarest keys together."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, entry in enumerate(side):
        mine = sorted((both[key], key) for key in entry.keys if key in both)[:_TAKEN]
        names = sorted(key for _, key in mine)
        for count, key in mine:
            if count <= 2 * _RARE:
                found[key].append(at)
        for pair in combinations(names, 2):
            found[" ".join(pair)].append(at)
    return found


def rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest chain of pairs in which both places rise (patience sorting)."""
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
    chain: list[Pair] = []
    step = last[-1] if last else None
    while step is not None:
        chain.append(pairs[step])
        step = back[step]
    return chain[::-1]


def _in_company(chain: Sequence[Pair]) -> list[Pair]:
    def near(one: Pair, other: Pair) -> bool:
        steps = abs(one[0] - other[0]), abs(one[1] - other[1])
        return max(steps) <= _REACH and abs(steps[0] - steps[1]) <= _DRIFT

    return [
        pair
        for at, pair in enumerate(chain)
        if (at > 0 and near(chain[at - 1], pair)) or (at + 1 < len(chain) and near(pair, chain[at + 1]))
    ]
