"""Codes as small numbers. Nought is an unknown code."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from safethird.engines.plan.nodes import Space
from safethird.facts.normalise import COUNTRIES
from safethird.facts.vocabulary import vocabulary

Array = npt.NDArray[Any]


@lru_cache(maxsize=2)
def texts(space: Space) -> tuple[str, ...]:
    """All codes of the countries, or of all choices; the number of a code is its place, from one."""
    if space == "country":
        return tuple(sorted(COUNTRIES))
    return tuple(sorted({value for fact in vocabulary() for value in fact.values}))


@lru_cache(maxsize=2)
def numbers(space: Space) -> dict[str, int]:
    """The number of every code."""
    return {text: index + 1 for index, text in enumerate(texts(space))}


@lru_cache(maxsize=2)
def enumeration(space: Space) -> pl.Enum:
    """The codes as a Polars type."""
    return pl.Enum(texts(space))


@lru_cache(maxsize=1)
def by_letters() -> Array:
    """The number of a country by the number that its two letters make; nought for other letters."""
    table = np.zeros(1 << 16, np.uint16)
    for text, number in numbers("country").items():
        table[int.from_bytes(text.encode(), "little")] = number
    return table


@lru_cache(maxsize=256)
def numbers_of(categories: tuple[str, ...], space: Space) -> Array:
    """The number of each of some texts, nought for those that are no code; and nought behind them."""
    kind: Any = np.uint16 if space == "country" else np.uint8
    return np.array([*(numbers(space).get(text, 0) for text in categories), 0], kind)


@lru_cache(maxsize=128)
def allowed(path: str) -> Array:
    """For each number of a choice: itself where the fact at a path may have that code, else nought."""
    table = np.zeros(256, np.uint8)
    for text in vocabulary().fact(path).values:
        number = numbers("choice")[text]
        table[number] = number
    return table
