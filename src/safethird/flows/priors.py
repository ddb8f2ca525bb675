"""Deterrence and displacement: what nobody could measure so far, as priors with names.

`eps` is how strongly arrivals answer to the perceived chance q of being transferred: A = A0 exp(-eps q).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from safethird.flows.distributions import Distribution

DETERRENCE: Mapping[str, Distribution] = MappingProxyType(
    {
        "none": Distribution(
            "fixed", (0.0,), "assumption",
            "No effect of asylum policy on arrivals: Thielemann (2006); Spijkerboer (2007, 2018) on the "
            "EU-Turkey statement (recalled, not re-read)",
        ),
        "weak": Distribution(
            "half_normal", (0.5,), "assumption",
            "A small effect: Hatton (2009) finds policy explains a part of the fall of claims after 2001 "
            "(recalled, not re-read)",
        ),
        "reference": Distribution(
            "half_normal", (1.0,), "assumption",
            "One perceived certainty of transfer would stop a half of arrivals or so; a middle "
            "between the schools",
        ),
        "strong": Distribution(
            "lognormal", (5.0, 0.5), "assumption",
            "Large enough for the fall in the Aegean after March 2016 when the perceived chance is near one: "
            "1 - exp(-5 x 0.6) = 95 %",
        ),
    }
)  # fmt: skip
"""Always shown side by side. The data of one episode do not choose between them."""

DISPLACEMENT_SOURCES = (
    "Tafani and Riccaboni on routes to the EU after 2016 (recalled, not re-read)",
    "Canada 2023: irregular claims fell by over 90 % while claims at airports and in all rose (IRCC)",
)
