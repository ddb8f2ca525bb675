"""Codes as small numbers. Nought is an unknown code."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from safethird.facts.normalise import COUNTRIES
from safethird.facts.vocabulary import vocabulary
from safethird.engines.plan.nodes import Space


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
