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
            "No effect. Thielemann (2006): in 20 OECD states, 1985 to 1999, deterrence, safe-third-country rules "
            "among it, was often without effect (http://eprints.lse.ac.uk/30063/, abstract read). Spijkerboer (2016): "
            "arrivals in Greece were falling before the EU-Turkey statement "
            "(https://blogs.law.ox.ac.uk/research-subject-groups/centre-criminology/centreborder-criminologies/"
            "blog/2016/09/fact-check-did-eu, read)",
        ),
        "weak": Distribution(
            "half_normal", (0.5,), "assumption",
            "A small effect. Hatton (2008, Economic Journal 2009): tougher policies account for about a third of the "
            "fall of applications after 2001 (https://cepr.org/publications/dp6752, abstract read); the scale is ours",
        ),
        "reference": Distribution(
            "half_normal", (1.0,), "assumption",
            "A middle between the schools, ours: a perceived certainty of transfer would stop half of those who set "
            "out, give or take",
        ),
        "strong": Distribution(
            "lognormal", (5.0, 0.5), "assumption",
            "Large enough for the fall in the Aegean after March 2016 (1,740 a day before, 90 after: European "
            "Commission, http://europa.eu/rapid/press-release_MEMO-16-4321_en.htm, read) if all of it was the "
            "statement and the perceived chance was 0.6: 1 - exp(-5 x 0.6) = 95 %. Chosen from that outcome",
            hindsight=True,
        ),
    }
)  # fmt: skip
"""Always shown side by side. The data of one episode do not choose between them."""

DISPLACEMENT_SOURCES = (
    "Tafani and Riccaboni (Humanities and Social Sciences Communications, 2025): a diversion from the eastern to the "
    "central Mediterranean after the EU-Turkey statement, and more deaths "
    "(https://press-news.org/209972-new-study-sheds-light-on-the-effectiveness-of-measures-to-solve-the-migration-crisis.html, "
    "summary read)",
    "Canada 2023: irregular claims fell by over 90 % while claims at airports and in all rose (IRCC, "
    "https://canada.ca/en/immigration-refugees-citizenship/corporate/transparency/committees/cimm-feb-7-2024/"
    "asylum-seekers-border.html)",
)
