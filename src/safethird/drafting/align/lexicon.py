"""Words of the three languages, compiled once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from safethird.facts.countries import all_codes, country_name
from safethird.facts.documents import read_yaml
from safethird.regimes.model import Language

_FOLDED = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae", "\u00a0": " ", "\u202f": " "}
)
_DEMONYMS: Mapping[str, tuple[str, ...]] = {
    "US": (
        "united states",
        "american",
        "estadounid",
        "estados unidos",
        "etats-unis",
        "etatsun",
        "u.s.",
        "ee. uu",
        "ee.uu",
    ),
    "GB": ("united kingdom", "british", "britan", "reino unido", "royaume-uni"),
    "NL": ("netherland", "dutch", "neerland", "paises bajos", "pays-bas"),
    "DE": ("german", "aleman", "allemand", "allemagne"),
    "FR": ("france", "french", "frances", "francais", "francia"),
    "ES": ("spain", "spanish", "espan", "espagn"),
    "GR": ("greece", "greek", "grec", "griego", "griega"),
    "TR": ("turk", "turc", "turquia"),
    "SV": ("salvador", "salvadoren"),
    "CH": ("switzerland", "swiss", "suiz", "suiss"),
}
_NAMES_TOO = (
    "united states",
    "estados unidos",
    "etats-unis",
    "reino unido",
    "royaume-uni",
    "paises bajos",
    "pays-bas",
)
"""Names that CLDR gives in a longer form. Adjectives name no country: 'done in the French language'."""


def fold(text: str) -> str:
    """Small letters without accents, straight apostrophes.

    >>> fold("L’Été")
    "l'ete"
    """
    return unaccented(text.casefold())


def unaccented(text: str) -> str:
    """Text without accents and with straight apostrophes; capital letters stay.

    >>> unaccented("L’Été")
    "L'Ete"
    """
    plain = text.translate(_FOLDED)
    if plain.isascii():
        return plain
    return "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The file of words as data."""
    path = Path(__file__).with_name("words.yaml")
    found: Mapping[str, Any] = read_yaml(path.read_text(encoding="utf-8"), path.name).data
    return found


@lru_cache(maxsize=64)
def pattern(kind: str, strength: str, language: Language) -> re.Pattern[str]:
    """One expression for all words of a kind: `pattern("negation", "strong", "fr")`."""
    return re.compile("|".join(f"(?:{part})" for part in words()[kind][strength][language]))


@lru_cache(maxsize=16)
def weak_pattern(kind: str, language: Language) -> re.Pattern[str] | None:
    """What may say a kind in other words, each family a named group; None where the file has none."""
    families = words()[kind].get("weak")
    if not families:
        return None
    return re.compile("|".join(f"(?P<{name}>{forms[language]})" for name, forms in families.items()))


@lru_cache(maxsize=3)
def country_pattern(language: Language) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Finds names of countries in folded text; which code each name means."""
    names: dict[str, str] = {}
    for code in all_codes():
        if code.startswith("X") and code != "XK":
            continue
        full = fold(country_name(code, language))
        for name in {full, full.partition(" (")[0]}:
            if len(name) > 3 and name != "reunion":  # in Spanish and French also a meeting
                names.setdefault(name, code)
    for code, forms in _DEMONYMS.items():
        for form in forms:
            if form in _NAMES_TOO:
                names.setdefault(form, code)
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in ordered) + r")(?!\w)"), names


@lru_cache(maxsize=512)
def country_stems(code: str) -> tuple[str, ...]:
    """Beginnings that show a country is spoken of, by name or by adjective, in any of the languages."""
    stems = [fold(country_name(code, language))[:5] for language in ("en", "es", "fr")]
    return tuple(dict.fromkeys([*stems, *_DEMONYMS.get(code, ())]))


@lru_cache(maxsize=3)
def concept_stems(language: Language) -> Mapping[str, tuple[str, ...]]:
    """Concepts by the first two letters of the words that begin with them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, forms in words()["concept"].items():
        for stem in forms[language]:
            found.setdefault(stem[:2], []).append((stem, name))
    return {start: tuple(f"{stem} {name}" for stem, name in pairs) for start, pairs in found.items()}
