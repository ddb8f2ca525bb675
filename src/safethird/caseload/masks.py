"""Sets of names as bits: which facts are missing, which readings differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.caseload.regime_plan import RegimePlan
from safethird.engines.plan.nodes import Fact, Listing, Open, Uncounted, Unsaid, in_order

Array = npt.NDArray[Any]

WORD = 64


class Mask:
    """Names and their bits: in 64-bit words, as many as are needed, the first name in the lowest bit."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        self.words = max(1, -(-len(self.names) // WORD))
        self._place = {name: place for place, name in enumerate(self.names)}

    def encode(self, found: Mapping[str, Array], size: int) -> Array:
        """Words (a dimension of them before that of the cases) from the cases in which each name holds."""
        words = np.zeros((self.words, size), np.uint64)
        for name, cases in found.items():
            word, bit = divmod(self._place[name], WORD)
            words[word] |= cases.astype(np.uint64) << np.uint64(bit)
        return words

    def decode(self, *words: int) -> tuple[str, ...]:
        """The names whose bits are set.

        >>> Mask(["claim.date", "journey"]).decode(0b10)
        ('journey',)
        """
        return tuple(
            name for place, name in enumerate(self.names) if words[place // WORD] >> (place % WORD) & 1
        )

    def lists(self, words: Array, kind: pl.DataType) -> pl.Expr:
        """For each case the list of names, of a Polars type that holds them all."""
        rows = np.flatnonzero(words[0] if self.words == 1 else words.any(axis=0))
        if not len(rows):
            return pl.lit([], dtype=pl.List(kind))
        distinct, which = (
            np.unique(words[:, rows], axis=1, return_inverse=True)
            if self.words > 1
            else _unique(words[0, rows])
        )
        place = np.zeros(words.shape[1], np.uint32)
        place[rows] = which.ravel() + 1
        names = [[], *(list(self.decode(*map(int, column))) for column in distinct.T)]
        return pl.lit(pl.Series(names, dtype=pl.List(kind)).gather(pl.Series(place)))


def _unique(words: Array) -> tuple[Array, Array]:
    distinct, which = np.unique(words, return_inverse=True)
    return distinct[None, :], which


def paths_of(plan: RegimePlan) -> list[str]:
    """Every path that a plan may find missing, in the order in which its rules name them."""
    found: dict[str, None] = {}
    for entry in plan.missing:
        for node in in_order(tuple(wanted.node for wanted in entry.wanted)):
            if isinstance(node, Fact | Listing):
                found[node.path] = None
            elif isinstance(node, Open | Unsaid | Uncounted):
                found |= dict.fromkeys(node.paths)
        if entry.otherwise is not None:
            found[entry.otherwise] = None
    return list(found)
