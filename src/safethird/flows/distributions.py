"""Numbers that are not known: distributions as a scenario writes them, drawn from uniforms and normals.

Every draw is a monotone function of a uniform or normal number that is made beforehand. So two runs that
differ in one assumption share all the rest of their chance, and their difference is the assumption alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from safethird.flows.series import Floats

Normals = npt.NDArray[np.floating[Any]]
"""Normal numbers, of single or double precision."""
Flag = Literal["data", "assumption", "law"]
KINDS = ("fixed", "uniform", "beta", "lognormal", "half_normal")
_LARGE = 9.0
"""Variance from which a count is drawn by its normal expansion; below, by exact inversion."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One unknown number: what it can be, on what that rests, and where it was read."""

    kind: str
    numbers: tuple[float, ...]
    flag: Flag
    source: str
    hindsight: bool = False
    """Whether it was chosen by someone who knew what had come."""

    def at(self, unit: Floats) -> Floats:
        """The quantiles at some uniforms."""
        from scipy.special import betaincinv, ndtri

        safe = np.clip(unit, 1e-12, 1 - 1e-12)
        match self.kind:
            case "fixed":
                return np.full(len(unit), self.numbers[0])
            case "uniform":
                low, high = self.numbers
                return np.asarray(low + (high - low) * unit)
            case "beta":
                return np.asarray(betaincinv(*self.numbers, safe))
            case "lognormal":
                median, spread = self.numbers
                return np.asarray(median * np.exp(spread * ndtri(safe)))
            case _:
                return np.asarray(self.numbers[0] * ndtri(0.5 + 0.5 * np.clip(safe, 0.0, 1 - 1e-12)))

    def middle(self) -> float:
        """The median."""
        return float(self.at(np.array([0.5]))[0])

    def moving(self) -> bool:
        """Whether it can be anything but one number."""
        return self.kind != "fixed"

    def words(self) -> str:
        """How the scenario wrote it."""
        return f"{self.kind}({', '.join(f'{number:g}' for number in self.numbers)})"


def read(entry: Mapping[str, Any]) -> Distribution:
    """A distribution of a scenario file whose shape has been checked."""
    kind = next(kind for kind in KINDS if kind in entry)
    given = entry[kind]
    numbers = tuple(float(number) for number in (given if isinstance(given, list) else [given]))
    return Distribution(kind, numbers, entry["flag"], str(entry["source"]), bool(entry.get("hindsight")))


def wrong(entry: Mapping[str, Any], low: float, high: float) -> str | None:
    """What is wrong with the numbers of a distribution that must stay between two bounds, or None."""
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        return f"exactly one of {', '.join(KINDS)}"
    kind = kinds[0]
    given = entry[kind]
    numbers = given if isinstance(given, list) else [given]
    if len(numbers) != (1 if kind in ("fixed", "half_normal") else 2):
        return "one number" if kind in ("fixed", "half_normal") else "two numbers"
    if kind == "fixed" and not low <= numbers[0] <= high:
        return f"a number from {low:g} to {high:g}"
    if kind == "uniform" and not low <= numbers[0] <= numbers[1] <= high:
        return f"two numbers in order, from {low:g} to {high:g}"
    if kind == "beta" and (min(numbers) <= 0 or high > 1):
        return "two numbers above 0" if high <= 1 else "another kind: this number is no share"
    if kind == "lognormal" and (numbers[0] <= 0 or not 0 <= numbers[1] <= 3 or high <= 1):
        return (
            "a median above 0 and a spread of the log from 0 to 3"
            if high > 1
            else "another kind: this is a share"
        )
    if kind == "half_normal" and (numbers[0] <= 0 or high <= 1):
        return "a scale above 0" if high > 1 else "another kind: this number is a share"
    return None


# --- counts -----------------------------------------------------------------------------------------------


def thin(size: Floats, share: Floats, normal: Normals) -> Floats:
    """Of `size` people, how many, each with the same chance: a binomial count driven by a given normal number.

    For a given normal it grows with the share and with the size. Whole numbers in, whole numbers out.
    """
    mean = size * share
    variance = mean * (1 - share)
    found = np.sqrt(variance)
    found *= normal
    found += mean
    skew = normal * normal
    skew -= 1
    skew *= (1 - 2 * share) / 6
    found += skew
    found += 0.5
    np.floor(found, out=found)
    np.minimum(found, size, out=found)
    np.maximum(found, 0.0, out=found)
    small = np.flatnonzero(variance < _LARGE)
    if len(small):
        chances = np.broadcast_to(share, size.shape).ravel()[small]
        np.put(found, small, _binomial(size.ravel()[small], chances, normal.ravel()[small]))
    return found


def _binomial(size: Floats, share: Floats, normal: Normals) -> Floats:
    """Exact inversion: the least k with P(X <= k) >= u. Terms of the sum follow from one another."""
    from scipy.special import ndtr

    turned = share > 0.5
    chance = np.where(turned, 1 - share, share)
    found = np.zeros_like(size)
    alive = np.flatnonzero(chance * size > 0)
    n, p = size[alive], chance[alive]
    unit = np.minimum(ndtr(np.where(turned[alive], -normal[alive], normal[alive]).astype(float)), 1 - 1e-12)
    with np.errstate(under="ignore"):
        term = np.exp(n * np.log1p(-p))
    odds, total, count, k = p / (1 - p), term.copy(), np.zeros_like(n), 0
    while len(alive):
        going = total < unit
        going &= n > k
        left = int(np.count_nonzero(going))
        # Those that are done are put away when they are many; until then they are carried along.
        if 2 * left < len(alive):
            found[alive] = count
            if not left:
                break
            alive, n, unit, odds = alive[going], n[going], unit[going], odds[going]
            term, total, count = term[going], total[going], count[going]
            going = going[going]
        term *= odds
        term *= (n - k) / (k + 1)
        total += term
        count += going
        k += 1
    return np.where(turned, size - found, found)


def poisson(mean: Floats, normal: Normals) -> Floats:
    """A Poisson count driven by a given normal number."""
    from scipy.special import ndtr

    found = np.floor(mean + np.sqrt(mean) * normal + (normal * normal - 1) / 6 + 0.5)
    np.maximum(found, 0, out=found)
    small = mean < _LARGE
    if small.any():
        rate, unit = mean[small], np.minimum(ndtr(normal[small]), 1 - 1e-12)
        term = np.exp(-rate)
        total, count = term.copy(), np.zeros_like(rate)
        for k in range(1, 80):
            going = total < unit
            if not going.any():
                break
            term = term * rate / k
            total = total + term
            count[going] = k
        found[small] = count
    return found


def share_out(whole: Floats, parts: Floats) -> Floats:
    """Whole numbers (rows) dealt out in proportion to parts (rows by columns): they add up exactly, and no
    column gets more than its own part when the whole is no more than the sum of whole parts."""
    sums = np.cumsum(parts, axis=1)
    total = sums[:, -1:]
    factor = np.divide(whole[:, None], total, out=np.zeros_like(total), where=total > 0)
    # A hair more, so that what is whole in exact arithmetic stays whole here.
    edges = np.floor(sums * factor + 1e-9)
    return np.asarray(np.diff(edges, axis=1, prepend=0.0))


def pieces(whole: Floats, shares: npt.ArrayLike) -> Floats:
    """Whole numbers (rows) cut by shares (rows or one row, by columns) that add up to one; the pieces add
    up."""
    given = np.broadcast_to(np.asarray(shares, dtype=float), (len(whole), np.shape(shares)[-1]))
    edges = np.floor(np.cumsum(given, axis=1) * whole[:, None] + 1e-9)
    edges[:, -1] = whole
    return np.asarray(np.diff(edges, axis=1, prepend=0.0))
