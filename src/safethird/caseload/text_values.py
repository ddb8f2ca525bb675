"""From the text of a cell to a value of the case format, by rules of our own: nothing is guessed from the
data.

Every reader takes a stripped text that is not empty and gives the value, or raises ValueError with a reason
that does not repeat the text. `NA` is Namibia; `007` is no number that lost its noughts, since labels stay
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from safethird.facts.countries import find_country, suggest_countries
from safethird.facts.dates import parse_date
from safethird.facts.normalise import COUNTRIES, MOST_NUMBER, label_fits
from safethird.facts.vocabulary import Fact
from safethird.messages import LANGUAGES

Read = Callable[[str], Any]

FORMS = ("year-month-day", "day/month/year", "month/day/year")
"""How a date may be written. In the last two the parts may also be joined by full stops or hyphens."""
YES = frozenset(("yes", "y", "true", "1", "si", "sí", "s", "oui", "o", "vrai", "verdadero"))
NO = frozenset(("no", "n", "false", "0", "non", "faux", "falso"))
UNKNOWN = frozenset((
    "unknown", "not known", "desconocido", "desconocida", "no se sabe", "inconnu", "inconnue",
    "pas connu", "?", "-",
))  # fmt: skip
"""Words for what is not known, beside an empty cell. `NA` and `n/a` are not among them."""
NONE = frozenset(
    ("none", "stateless", "ninguno", "ninguna", "apátrida", "apatrida", "aucun", "aucune", "apatride")
)
"""Words for a list without members: a person without a nationality."""
_NUMBER = re.compile(r"\d{1,7}(\.\d{1,9})?\Z", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\Z", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{4})\Z", re.ASCII)
_JOINED = re.compile(r"\s*[;|]\s*")


def reader(fact: Fact, form: str | None = None, words: Mapping[str, Any] | None = None) -> Read:
    """The reader for one fact. `form`: how dates are written; `words`: texts of the file and the codes (or
    true, false, null) that they stand for."""
    own = MappingProxyType({str(text).strip().casefold(): value for text, value in (words or {}).items()})
    plain = _plain(fact, form or FORMS[0])

    def read(text: str) -> Any:
        folded = text.casefold()
        if folded in own:
            return own[folded]
        return None if folded in UNKNOWN else plain(text)

    return read


def _plain(fact: Fact, form: str) -> Read:
    match fact.type:
        case "date":
            return {"day/month/year": _day_first, "month/day/year": _month_first}.get(form, _iso)
        case "yes_no":
            return _yes_no
        case "country":
            return _country
        case "choice":
            return lambda text: _choice(fact, text)
        case "number":
            return _number
        case "countries":
            return lambda text: _several(text, _country)
        case "choices":
            return lambda text: _several(text, lambda part: _choice(fact, part))
        case "label":
            return lambda text: _label(fact, text)
        case _:
            raise AssertionError(f"{fact.path} is no single fact")


def _iso(text: str) -> str:
    parse_date(text)
    return text


def _day_first(text: str) -> str:
    return _numeric_date(text, 1, 3)


def _month_first(text: str) -> str:
    return _numeric_date(text, 3, 1)


def _numeric_date(text: str, day: int, month: int) -> str:
    match = _PARTS.match(text)
    if match is not None:
        written = f"{match[4]}-{int(match[month]):02d}-{int(match[day]):02d}"
    elif (short := _MONTH_YEAR.match(text)) is not None:
        written = f"{short[2]}-{int(short[1]):02d}"
    else:
        written = text if re.fullmatch(r"\d{4}", text, re.ASCII) else ""
    if not written:
        raise ValueError("not a date of the form that the mapping names")
    parse_date(written)
    return written


def _yes_no(text: str) -> bool:
    folded = text.casefold()
    if folded in YES:
        return True
    if folded in NO:
        return False
    raise ValueError("not yes or no")


def _country(text: str) -> str:
    if text in COUNTRIES:
        return text
    found = find_country(text)
    if found is None:
        raise ValueError(
            "could be several countries"
            if len(suggest_countries(text)) > 1 and len(text) < 12
            else "no country"
        )
    return found


def _choice(fact: Fact, text: str) -> str:
    found = _choices(fact).get(text.casefold())
    if found is None:
        raise ValueError("not one of the values of this fact")
    return found


@lru_cache(maxsize=256)
def _choices(fact: Fact) -> Mapping[str, str]:
    """Codes, and their words in all languages, to codes; words that two codes share are left out."""
    found: dict[str, str | None] = {}
    for code in fact.values:
        words = {fact.value_label(code, language).casefold() for language in LANGUAGES}
        for word in words | {code.replace("_", " ")}:
            found[word] = code if found.get(word, code) == code else None
    found |= {code.casefold(): code for code in fact.values}
    return MappingProxyType({word: code for word, code in found.items() if code is not None})


def _number(text: str) -> float:
    if not _NUMBER.match(text) or float(text) > MOST_NUMBER:
        raise ValueError(f"not a number from 0 to {MOST_NUMBER:,} written with digits and a full stop")
    return float(text)


def _label(fact: Fact, text: str) -> str:
    if not label_fits(fact, text):
        raise ValueError("a label of another form")
    return text


def _several(text: str, read: Callable[[str], str]) -> list[str]:
    if text.casefold() in NONE:
        return []
    parts = [read(part) for part in _JOINED.split(text) if part]
    if len(set(parts)) != len(parts):
        raise ValueError("the same code twice")
    return parts
