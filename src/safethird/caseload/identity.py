"""Ids that stand twice in a caseload. Kept as 64-bit hashes in sorted runs, so eight bytes for each
person."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]


LONG = 1 << 21
"""Hashes in a run that is not joined with others any more: 16 MB."""


class Seen:
    """The ids met so far. Two different ids are taken for one with a chance below one in 100,000 among ten
    million people; the second is then rejected as a repeated one, never counted as somebody else."""

    def __init__(self) -> None:
        self._runs: list[Array] = []

    def repeated(self, ids: pl.Series) -> Array:
        """Which rows have an id that stands before them, here or in earlier tables; all are then known."""
        hashes = ids.hash(seed=0).to_numpy()
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        again = np.zeros(len(ordered), bool)
        again[1:] = ordered[1:] == ordered[:-1]
        for run in self._runs:
            place = np.searchsorted(run, ordered)
            place[place == len(run)] = 0
            again |= run[place] == ordered
        self._keep(ordered[~again])
        found = np.zeros(len(ordered), bool)
        found[order] = again
        return found

    def _keep(self, run: Array) -> None:
        # Runs of like length are joined, so that there are few; long ones stay, for joining needs room.
        if len(run) == 0:
            return
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < min(2 * len(self._runs[-1]), LONG):
            last = self._runs.pop()
            both = np.concatenate((self._runs.pop(), last))
            both.sort(kind="stable")
            self._runs.append(both)
