"""What stands in few paragraphs tells more about which go together than what stands in all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from safethird.drafting.align.features import Features

_FLOOR = 0.2
"""What is left of the weight of a key that stands in every paragraph."""


def by_rarity(sides: Sequence[Sequence[Sequence[Features]]]) -> list[list[list[Features]]]:
    """The same features of both sides' articles, with keys that stand everywhere weighing less."""
    frequency = Counter(key for side in sides for part in side for entry in part for key in entry.keys)
    whole = math.log(max(2, sum(len(part) for side in sides for part in side)))
    factor = {key: _FLOOR + (1 - _FLOOR) * (1 - math.log(count) / whole) for key, count in frequency.items()}

    def weighed(entry: Features) -> Features:
        return replace(entry, keys={key: weight * factor[key] for key, weight in entry.keys.items()})

    return [[[weighed(entry) for entry in part] for part in side] for side in sides]
