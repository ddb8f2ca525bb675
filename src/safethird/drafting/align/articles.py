"""Which articles of two versions go together: numbers first, content where they mislead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from safethird.drafting.align.anchors import rising
from safethird.drafting.align.features import Features
from safethird.drafting.align.likeness import Held, shared

_SEVERAL = 900
"""Pairs up to which all are looked at: beyond, those with the same number and like content hold the path."""


def match_articles(
    left: Sequence[tuple[str | None, Sequence[Features]]],
    right: Sequence[tuple[str | None, Sequence[Features]]],
) -> list[tuple[int | None, int | None]]:
    """Pairs of articles in order; None where one side has none. Numbers first, content where they mislead."""
    sums = [[Held(parts) for _, parts in side] for side in (left, right)]

    def cost(i: int, j: int) -> float:
        number = left[i][0] == right[j][0]
        share = min(1.0, shared(sums[0][i], sums[1][j]))
        return 1.0 - 0.35 * number - 0.65 * share

    held: list[tuple[int, int]] = []
    if len(left) * len(right) > _SEVERAL:
        counts = [Counter(number for number, _ in side) for side in (left, right)]
        place = {number: at for at, (number, _) in enumerate(right)}
        held = rising(
            [
                (at, place[number]) for at, (number, _) in enumerate(left)
                if counts[0][number] == 1 and counts[1][number] == 1 and cost(at, place[number]) < 0.45
            ]
        )  # fmt: skip
    found: list[tuple[int | None, int | None]] = []
    at, to = 0, 0
    for one, other in [*held, (len(left), len(right))]:
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
