"""Countries inside a sentence: "in the United States", "aux États-Unis", "la France ou l'Allemagne".

CLDR gives names as they stand in a list. English wants an article for some, French for nearly all and a preposition
that depends on gender, number and first letter. Spanish needs neither ("en Estados Unidos"). The rules are those of
the usual grammars, the exceptions stand here by code; a name that no rule knows is taken as masculine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from safethird.facts.countries import country_name, is_fictitious
from safethird.reports.words import alternatives_words


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EN_THE = _codes("AE BS CF DO GB GM IO KM MV NL PH PS SC SU TF US DD")
_EN_THE_ENDING = re.compile(r"\b(?:Islands|Territories|Territory|Republic|Emirates|States|Union)\Z")

# French: no article, and "à" for the place.
_FR_A = _codes(
    "AG AI AW BH BL CU CW CY DJ GG GI GU HT JE KN KI LC MC MF MG MS MT MU NR NU OM PM PR SG SH SM ST SX TO TT TV TW VC "
    "WF YT"
)
# No article, and "en" for the place.
_FR_EN = frozenset(["IL"])
_FR_PLURAL = _codes("AE AN AS BM BQ BS FJ KM MV NL PH PS PW SC TF UM US VI")
_FR_PLURAL_NAME = re.compile(r"(?:Îles|Territoires|Terres)\b")
_FR_FEMININE_NAME = re.compile(
    r"(?:République|Corée|Afrique|Arabie|Côte|Guinée|Nouvelle|Polynésie|Papouasie|R\.A\.S|Macédoine|Bosnie|Sierra|Guyane|Géorgie|"
    r"Île|Union|Serbie)\b"
)
# Feminine islands that take "à la": "à la Barbade".
_FR_A_LA = _codes("BB DM GD")
# "dans la R.A.S. chinoise de Hong Kong", "dans l'État de la Cité du Vatican".
_FR_DANS = _codes("HK MO VA")
_FR_MASCULINE_IN_E = _codes("BZ KH MX MZ SR ZW")


def with_article(codes: Iterable[str], language: str) -> str:
    """Countries as the subject or object of a sentence, joined by `or`: `the United States or Canada`."""
    return alternatives_words([_named(code, language) for code in codes], language)


def in_places(codes: Iterable[str], language: str) -> str:
    """Where something happens, joined by `or`: `in the United States`, `en Canadá`, `au Canada ou en France`."""
    return alternatives_words([_place(code, language) for code in codes], language)


def _named(code: str, language: str) -> str:
    name = country_name(code, language)
    if language == "en":
        wanted = code in _EN_THE or (not is_fictitious(code) and _EN_THE_ENDING.search(name))
        return f"the {name}" if wanted else name
    if language != "fr" or code in _FR_A or code in _FR_EN or name.startswith(("La ", "Le ")):
        return name
    if is_fictitious(code):
        return f"le p{name[1:]}"
    if _plural(code, name):
        return f"les {name}"
    if _vowel(name):
        return f"l'{name}"
    return f"la {name}" if _feminine(code, name) else f"le {name}"


def _place(code: str, language: str) -> str:
    name = country_name(code, language)
    if language == "en":
        return f"in {_named(code, language)}"
    if language == "es":
        return f"en {name}"
    if is_fictitious(code):
        return f"dans le p{name[1:]}"
    if code in _FR_A or name.startswith(("La ", "Le ")):
        return f"à {name}"
    if _plural(code, name):
        return f"aux {name}"
    if code in _FR_A_LA:
        return f"à la {name}"
    if code in _FR_DANS:
        return f"dans {_named(code, language)}"
    if name.startswith("Île "):
        return f"à l'{name}"
    if code in _FR_EN or _feminine(code, name) or _vowel(name):
        return f"en {name}"
    return f"au {name}"


def _plural(code: str, name: str) -> bool:
    return code in _FR_PLURAL or _FR_PLURAL_NAME.match(name) is not None


def _vowel(name: str) -> bool:
    return unicodedata.normalize("NFD", name)[0] in "AEIOU"


def _feminine(code: str, name: str) -> bool:
    if _FR_FEMININE_NAME.match(name):
        return True
    return name.endswith("e") and code not in _FR_MASCULINE_IN_E
