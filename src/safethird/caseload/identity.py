"""Ids that stand twice in a caseload. Kept as 64-bit hashes: in memory up to some millions, beyond that in sorted
runs on disk, of which about two bytes for each person stay in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.errors import Problem, SafethirdError

Array = npt.NDArray[Any]

HELD = 1 << 22
"""Hashes that are held in memory: 32 MB."""
_PAGE = 512
"""Hashes that are read from disk at a time."""
_AT_A_TIME = 1 << 15
_BITS_EACH = 16
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)
"""Odd numbers whose multiples scatter the bits of a hash, each in another way."""


class NoRoom(SafethirdError):
    """There is no room on disk for what has to be remembered (exit code 70)."""

    exit_code = 70


class Seen:
    """The ids met so far. Two different ids are taken for one with a chance below one in 10,000 among fifty
    million people; the second is then rejected as a repeated one, never counted as somebody else.

    To be closed when done: it may hold a temporary file, which has no name and holds no id.
    """

    def __init__(self, held: int = HELD) -> None:
        self._held = held
        self._runs: list[Array] = []
        self._stored: list[_Stored] = []
        self._open = ExitStack()
        self._file: IO[bytes] | None = None

    def close(self) -> None:
        """Forget everything."""
        self._open.close()
        self._runs, self._stored = [], []

    def repeated(self, ids: pl.Series) -> Array:
        """Which rows have an id that stands before them, here or in earlier tables; all are then known.

        Raises NoRoom where the disk is full.
        """
        hashes = ids.hash(seed=0).to_numpy()
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        again = np.zeros(len(ordered), bool)
        again[1:] = ordered[1:] == ordered[:-1]
        for run in self._runs:
            again |= _among(ordered, run)
        for stored in self._stored:
            maybe = np.flatnonzero(stored.may_hold(ordered) & ~again)
            again[maybe] = stored.holds(ordered[maybe])
        self._keep(ordered[~again])
        found = np.zeros(len(ordered), bool)
        found[order] = again
        return found

    def _keep(self, run: Array) -> None:
        # Runs of like length are joined, so that there are few.
        if len(run) == 0:
            return
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            self._join(2)
        if sum(map(len, self._runs)) >= self._held:
            self._join(len(self._runs))
            self._store(self._runs.pop())

    def _join(self, last: int) -> None:
        both = np.concatenate(self._runs[-last:])
        del self._runs[-last:]  # to sort in place needs no more room than they took
        both.sort()
        self._runs.append(both)

    def _store(self, run: Array) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
                self._open.callback(self._file.close)
            start = self._file.seek(0, 2)
            for first in range(0, len(run), _AT_A_TIME):
                data = run[first : first + _AT_A_TIME].tobytes()
                while data:
                    data = data[self._file.write(data) :]
        except OSError as error:
            raise NoRoom(
                Problem(
                    "There is no room for the file that remembers which ids were met"
                    f" ({error.strerror or 'no reason given'})",
                    file=tempfile.gettempdir(), code="cannot-write",
                    hint="Set TMPDIR to a folder with eight bytes for each person.",
                )
            ) from None  # fmt: skip
        self._stored.append(_Stored(self._file, start, run))


class _Stored:
    """A sorted run on disk. In memory: a filter that lets through what it holds and one other in 400, and the
    first hash of each page."""

    def __init__(self, file: IO[bytes], start: int, run: Array) -> None:
        self._file = file
        self._start = start
        self._length = len(run)
        self._firsts = run[::_PAGE].copy()
        self._shift = np.uint64(64 - (len(run) * _BITS_EACH - 1).bit_length())
        self._filter = np.zeros(1 << (64 - int(self._shift)) - 3, np.uint8)
        for first in range(0, len(run), _AT_A_TIME):
            for byte, bit in self._bits(run[first : first + _AT_A_TIME]):
                np.bitwise_or.at(self._filter, byte, bit)

    def _bits(self, hashes: Array) -> Iterator[tuple[Array, Array]]:
        for mix in _MIX:
            place = (hashes * mix) >> self._shift
            yield place >> np.uint64(3), np.uint8(1) << (place & np.uint64(7)).astype(np.uint8)

    def may_hold(self, hashes: Array) -> Array:
        """Which hashes the run may hold."""
        found = np.ones(len(hashes), bool)
        for byte, bit in self._bits(hashes):
            found &= (self._filter[byte] & bit) != 0
        return found

    def holds(self, hashes: Array) -> Array:
        """Which of some hashes, in ascending order, the run holds."""
        found = np.zeros(len(hashes), bool)
        page = np.searchsorted(self._firsts, hashes, side="right") - 1
        for number in np.unique(page[page >= 0]).tolist():
            here = page == number
            found[here] = _among(hashes[here], self._read(number))
        return found

    def _read(self, page: int) -> Array:
        count = min(_PAGE, self._length - page * _PAGE)
        self._file.seek(self._start + 8 * page * _PAGE)
        data = bytearray()
        while len(data) < 8 * count and (more := self._file.read(8 * count - len(data))):
            data += more
        return np.frombuffer(data, np.uint64)


def _among(hashes: Array, run: Array) -> Array:
    """Which hashes stand in a sorted run."""
    place = np.searchsorted(run, hashes)
    place[place == len(run)] = 0
    found: Array = run[place] == hashes
    return found
