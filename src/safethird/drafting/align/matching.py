"""Which paragraphs or sentences of two versions say the same. Long texts are cut where anchors stand."""

from __future__ import annotations

from safethird.drafting.align.anchors import anchors
from safethird.drafting.align.likeness import shared
from safethird.drafting.align.paths import Bead, Side, cheapest

_SURE = 0.6
"""Two paragraphs that share so much may hold the path."""
_LONG = 2_500
"""Pairs of paragraphs up to which no anchors are sought."""


def match(left: Side, right: Side, ratio: float) -> list[Bead]:
    """Beads that cover both sides in order. Time grows with the longer side, not with the product."""
    beads: list[Bead] = []
    at, to = 0, 0
    for one, other in [*_cuts(left, right), (len(left), len(right))]:
        for bead in cheapest(left.cut(at, one), right.cut(to, other), ratio):
            beads.append((tuple(at + step for step in bead[0]), tuple(to + step for step in bead[1])))
        at, to = one, other
    return beads


def _cuts(left: Side, right: Side) -> list[tuple[int, int]]:
    """Where long stretches may be cut: between two anchors that follow each other on both sides. Next to a
    lonely one a paragraph may have been run together with it."""
    held = _anchors(left, right)
    return [
        (one, other)
        for (one, other), before in zip(held[1:], held, strict=False)
        if before == (one - 1, other - 1)
    ]


def _anchors(left: Side, right: Side) -> list[tuple[int, int]]:
    """In long stretches, pairs that hold the path."""
    if len(left) * len(right) <= _LONG:
        return []

    def fits(one: int, other: int) -> bool:
        numbers = left.numbers[one], right.numbers[other]
        if left.heads[one] != right.heads[other] or (None not in numbers and numbers[0] != numbers[1]):
            return False
        return shared(left.held(one, one + 1), right.held(other, other + 1)) > _SURE

    return anchors(left.features, right.features, fits)
