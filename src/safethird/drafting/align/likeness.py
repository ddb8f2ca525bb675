"""How likely it is that two stretches of text say the same: by what both hold, and by their lengths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from safethird.drafting.align.features import Features

_SPREAD = 6.8
"""Variance of length, per character: Gale and Church."""
_SHARE = 0.45
"""Two texts that say the same share about this part of their keys; more counts as full."""


class Held:
    """What a stretch of text holds: keys with their weights, the sum of these, and its length."""

    __slots__ = ("keys", "length", "total")

    def __init__(self, parts: Sequence[Features]) -> None:
        self.keys: Mapping[str, float] = parts[0].keys if len(parts) == 1 else _united(parts)
        self.total = sum(self.keys.values())
        self.length = sum(part.length for part in parts)


def _united(parts: Sequence[Features]) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in parts:
        found.update(part.keys)
    return found


def shared(one: Held, other: Held) -> float:
    """How much two stretches of text share, from 0 to 1."""
    few, many = (one.keys, other.keys) if len(one.keys) <= len(other.keys) else (other.keys, one.keys)
    if not few:
        return 0.0
    common = 0.0
    for key, weight in few.items():
        if key in many:
            common += min(weight, many[key])
    mean = (one.total + other.total) / 2
    return min(1.0, common / (0.7 * mean + 0.3 * min(one.total, other.total)) / _SHARE)


def length_cost(left: int, right: int, ratio: float) -> float:
    """How unlikely it is that texts of these lengths (characters) say the same; 0 is likely."""
    if left == 0 and right == 0:
        return 0.0
    mean = (left + right / ratio) / 2
    delta = (left * ratio - right) / math.sqrt(max(mean, 30.0) * _SPREAD)
    tail = math.erfc(min(abs(delta), 12.0) / math.sqrt(2))
    return min(12.0, -math.log(max(tail, 1e-9)) * 0.5)


def ratio_of(left: Sequence[Features], right: Sequence[Features]) -> float:
    """Characters of the right text for one of the left."""
    one, other = (sum(entry.length for entry in side) for side in (left, right))
    return min(1.6, max(0.6, other / one)) if one and other else 1.0
