"""The cheapest path through two lists of paragraphs (after Gale and Church, 1993: the lengths of a text and
its translation keep in step), with what both sides share counted in."""

from __future__ import annotations

from collections.abc import Sequence

from safethird.drafting.align.features import Features
from safethird.drafting.align.likeness import Held, length_cost, shared

Bead = tuple[tuple[int, ...], tuple[int, ...]]
Move = tuple[int, int]
_PRIOR: dict[Move, float] = {
    (1, 1): 0.0,
    (1, 0): 4.0,
    (0, 1): 4.0,
    (2, 1): 4.0,
    (1, 2): 4.0,
    (3, 1): 6.0,
    (1, 3): 6.0,
    (2, 2): 8.0,
}
_CONTENT = 7.0
_STRANGERS = 0.35
"""Below this, two paragraphs with enough to compare are likelier to be two that lost their partners."""
_BONUS = 2.0
"""What the same number of two paragraphs is worth."""
_LEAST = {move: prior - (_BONUS if move == (1, 1) else 0.0) for move, prior in _PRIOR.items()}
_BEAM = 24.0
"""How much dearer than the best of its diagonal a cell may be. Leaving out six paragraphs costs as much."""
_WIDTH = 40
"""How many cells of a diagonal go on."""
_WHOLE = 400
"""Cells up to which the whole table is looked at."""


class Side:
    """One side's paragraphs with their features and their own numbers."""

    def __init__(
        self, features: Sequence[Features], numbers: Sequence[str | None], heads: Sequence[bool]
    ) -> None:
        self.features = features
        self.numbers = numbers
        self.heads = heads
        self._held: dict[tuple[int, int], Held] = {}

    def __len__(self) -> int:
        return len(self.features)

    def cut(self, low: int, high: int) -> Side:
        """A stretch of it."""
        return Side(self.features[low:high], self.numbers[low:high], self.heads[low:high])

    def held(self, low: int, high: int) -> Held:
        """What a stretch of it holds."""
        found = self._held.get((low, high))
        if found is None:
            found = self._held[low, high] = Held(self.features[low:high])
        return found


def cheapest(left: Side, right: Side, ratio: float) -> list[Bead]:
    """Beads that cover both sides in order, at the least cost.

    Cells are visited along diagonals, so that all that are compared cover as much text; in all but short
    stretches only those near the best of their diagonal go on.
    """
    rows, columns = len(left), len(right)
    if not rows or not columns:
        return [((at,), ()) for at in range(rows)] + [((), (at,)) for at in range(columns)]
    whole = rows * columns <= _WHOLE
    open_: dict[int, dict[int, float]] = {0: {0: 0.0}}
    came: dict[tuple[int, int], Move] = {}
    for diagonal in range(1, rows + columns + 1):
        cells: dict[int, float] = {}
        for i, starts in _reached(diagonal, open_, rows, columns).items():
            starts.sort()
            best: float | None = None
            for least, before, move in starts:
                if best is not None and least >= best:
                    break
                low, to = i - move[0], diagonal - i - move[1]
                cost = before + _cost(left, right, low, i, to, diagonal - i, ratio)
                if best is None or cost < best:
                    best = cells[i] = cost
                    came[i, diagonal - i] = move
        if not whole and len(cells) > 1:
            limit = min(cells.values()) + _BEAM
            kept = sorted((cost, i) for i, cost in cells.items() if cost <= limit)[:_WIDTH]
            cells = {i: cost for cost, i in kept}
        open_[diagonal] = cells
        open_.pop(diagonal - 4, None)
    beads: list[Bead] = []
    i, j = rows, columns
    while i or j:
        di, dj = came[i, j]
        beads.append((tuple(range(i - di, i)), tuple(range(j - dj, j))))
        i, j = i - di, j - dj
    return beads[::-1]


def _reached(
    diagonal: int, open_: dict[int, dict[int, float]], rows: int, columns: int
) -> dict[int, list[tuple[float, float, Move]]]:
    """Cells of a diagonal with what each can be reached from: the least cost it can have, the cost of the
    cell before, and the move."""
    found: dict[int, list[tuple[float, float, Move]]] = {}
    for move, least in _LEAST.items():
        for start, before in open_.get(diagonal - move[0] - move[1], {}).items():
            i = start + move[0]
            if i <= rows and diagonal - i <= columns:
                found.setdefault(i, []).append((before + least, before, move))
    return found


def _cost(left: Side, right: Side, i0: int, i: int, j0: int, j: int, ratio: float) -> float:
    cost = _PRIOR[i - i0, j - j0]
    if i == i0 or j == j0:
        return cost
    one, other = left.held(i0, i), right.held(j0, j)
    share = shared(one, other)
    # A few words share nothing even where they say the same: content weighs with what there is of it.
    weight = min(1.0, (len(one.keys) + len(other.keys)) / 16)
    cost += (1.0 - share) * _CONTENT * weight
    if share < _STRANGERS:
        cost += 2.0 * weight
    cost += length_cost(one.length, other.length, ratio)
    if i - i0 == 1 and j - j0 == 1:
        mine, yours = left.numbers[i0], right.numbers[j0]
        if mine is not None and mine == yours:
            cost -= _BONUS
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
