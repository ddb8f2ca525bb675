"""What a paragraph holds that its other language must hold too: numbers, dates, terms, countries,
references."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from safethird.drafting.align.lexicon import concept_stems, country_pattern, fold, words
from safethird.drafting.align.structure import ARTICLE, MARKER, number_of
from safethird.regimes.model import Language

Quantity = tuple[str, str]
"""A value and its unit (`day`, `year`, `age`, or empty)."""
_WORD = re.compile(r"[a-z]{2,}")
_DIGITS = r"\d+(?:[.,\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?"
_ORDINALS = r"(?:er|ro|o|st|nd|rd|th|\.?º|\.?o)?"


@dataclass(frozen=True, slots=True)
class Features:
    """Everything comparable about one paragraph."""

    language: Language
    length: int
    keys: Mapping[str, float]
    """What links it to the other language, with weights: numbers, dates, countries, kindred words,
    concepts."""
    quantities: Counter[Quantity]
    dates: Counter[str]
    references: frozenset[tuple[str, str]]
    countries: frozenset[str]
    parties: Counter[str]
    bodies: tuple[str, ...]
    """The text in small letters without accents and without its own number, for verbs and negations."""


def features(text: str, language: Language) -> Features:
    """Read one paragraph (or sentence)."""
    folded = fold(text)
    head = ARTICLE.match(text) or MARKER.match(text)
    own = fold(text[: head.end()]) if head else ""
    body = folded[len(own) :] if folded.startswith(own) else folded
    rest, dates = _dates(body, language)
    rest, references = _references(rest, language)
    quantities = Counter(_quantities(rest, language))
    finder, codes = country_pattern(language)
    countries = frozenset(codes[name] for name in finder.findall(body))
    parties = Counter({
        name: len(re.findall("|".join(forms[language]), body)) for name, forms in words()["party"].items()
    })  # fmt: skip
    return Features(language, len(text), _keys(body, language, quantities, dates, references, countries), quantities,
                    Counter(dates), frozenset(references), countries, +parties, (body,))  # fmt: skip


# --- dates ---------------------------------------------------------------------------------------


@lru_cache(maxsize=3)
def _date_patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    months = "|".join(words()["month"][language])
    day = rf"(?P<day>\d{{1,2}}){_ORDINALS}"
    return (
        re.compile(
            rf"\b{day}(?: days?)?(?: of| de| del)? (?P<month>{months})(?: of| de| del|,)? (?P<year>\d{{4}})\b"
        ),
        re.compile(rf"\b(?P<month>{months}) {day},? (?P<year>\d{{4}})\b"),
        re.compile(r"\b(?P<year>\d{4})-(?P<n>\d{2})-(?P<day>\d{2})\b"),
        re.compile(r"\b(?P<day>\d{1,2})[/.](?P<n>\d{1,2})[/.](?P<year>\d{4})\b"),
        re.compile(rf"\b{day}(?: of| de)? (?P<month>{months})\b"),
        re.compile(rf"\b(?P<month>{months})(?: of| de| del)? (?P<year>\d{{4}})\b"),
    )


_ANY_DIGIT = re.compile(r"\d")


def _dates(text: str, language: Language) -> tuple[str, list[str]]:
    found: list[str] = []
    names = words()["month"][language]

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = names.index(parts["month"]) + 1 if parts.get("month") else int(parts["n"])
        day, year = parts.get("day"), parts.get("year")
        if not 1 <= month <= 12 or (day and not 1 <= int(day) <= 31):
            return match.group()
        if day and year:
            try:
                found.append(datetime.date(int(year), month, int(day)).isoformat())
            except ValueError:
                found.append(f"{year}-{month:02}-{int(day):02}")
        else:
            found.append(f"{year}-{month:02}" if year else f"--{month:02}-{int(day or 0):02}")
        return " "

    if _ANY_DIGIT.search(text):
        for form in _date_patterns(language):
            text = form.sub(take, text)
    return text, found


# --- references ----------------------------------------------------------------------------------


@lru_cache(maxsize=3)
def _reference_pattern(language: Language) -> tuple[tuple[str, re.Pattern[str]], ...]:
    one = r"(?:\d+(?:\.\d+){0,3}(?:\s?(?:bis|ter|quater))?(?:er|o|ro|\.?º)?(?:\s?\(\w{1,4}\))*"
    one += r"|[ivxl]+\b|\(?[a-z]\)|[a-z](?=\b[^'\w]))"
    joined = rf"(?:\s*(?:,|(?:and|or|to|et|ou|y|o|e|a)\b|-|\u2013)\s*(?:and |or |y |o |et |ou |al )?{one})*"
    first = r"(?:the |el |la |los |l'|le |les )?(?:numbers? |nos?\.? |nums?\.? )?"
    return tuple(
        (
            kind,
            re.compile(
                rf"\b(?:{forms[language]})\s+{first}(?P<list>{one}{joined})(?!\s+(?:of the present report)\b)"
            ),
        )
        for kind, forms in words()["reference"].items()
    )


_PART = re.compile(r"\d+\s?(?:bis|ter|quater)|\d+(?:\.\d+){0,3}|\b[ivxl]+\b|\b[a-z]\b")
_JOINERS = frozenset(("a", "e", "o", "y"))


def _references(text: str, language: Language) -> tuple[str, set[tuple[str, str]]]:
    found: set[tuple[str, str]] = set()

    for kind, form in _reference_pattern(language):

        def take(match: re.Match[str], kind: str = kind) -> str:
            listed = match.group("list")
            for at, part in enumerate(re.split(r"(?<=\d)(?=\s?\()", listed)):
                for piece in _PART.findall(part):
                    if piece in _JOINERS and f"({piece})" not in part and f"{piece})" not in part:
                        continue
                    inner = at > 0 and part.lstrip().startswith("(") and f"({piece})" in part
                    found.add(("paragraph" if inner else kind, number_of(piece)))
            return " "

        text = form.sub(take, text)
    return text, found


# --- numbers -------------------------------------------------------------------------------------


@lru_cache(maxsize=3)
def _number_pattern(language: Language) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(words()["number"][language], key=len, reverse=True))
    link = r"(?:[\s-]+|\s+(?:and|y|et)\s+)"
    ordinals = "|".join(sorted(words()["ordinal"][language], key=len, reverse=True))
    spoken = rf"\b(?:(?:{ordinals})|(?:{names})(?:{link}(?:{names}))*)\b"
    units = "|".join(f"(?P<{name}>{forms[language]})" for name, forms in words()["unit"].items())
    kinds = r"(?:(?:clear|full|working|business|calendar|consecutive|civil|whole)[\s-])?"
    return (
        re.compile(
            rf"(?P<spoken>{spoken})(?:\s*\(\s*(?P<again>\d+)\s*\))?|(?<![\w.,/-])(?P<digits>{_DIGITS})(?![\w/]|-\d)"
        ),
        re.compile(rf"\s*(?:\)\s*)?[\s-]?{kinds}(?:{units})\b"),
        re.compile(words()["age"][language]),
    )


def _quantities(text: str, language: Language) -> Iterator[Quantity]:
    number, unit, age = _number_pattern(language)
    for form, put in words()["saying"][language].items():
        text = re.sub(form, put, text)
    for match in number.finditer(text):
        spoken = match.group("spoken")
        value = match.group("again") or (
            str(_spoken(spoken, language)) if spoken else _plain(match.group("digits"))
        )
        measure = unit.match(text, match.end())
        name = next((key for key, given in measure.groupdict().items() if given), "") if measure else ""
        if spoken and not name and language == "fr" and spoken in ("neuf", "mille"):
            continue  # 'new' and 'mile' as often as 9 and 1000
        if value == "1" and not name:
            continue
        if name in ("year", "") and re.fullmatch(r"[0-9]{1,2}", value) and int(value) >= 5:
            before = re.split(r"[;.]", text[max(0, match.start() - 34) : match.start()])[-1]
            if age.search(f"{before}# {text[match.end() : match.end() + 26]}"):
                name = "age"
        yield value, name


def _plain(digits: str) -> str:
    """`2,000`, `2.000` and `2 000` alike; a decimal comma as a point."""
    grouped = re.fullmatch(r"\d{1,3}(?:[.,\u202f ]\d{3})+", digits)
    text = re.sub(r"[.,\u202f ]", "", digits) if grouped else digits.replace(",", ".")
    return text.lstrip("0") or "0"


def _spoken(text: str, language: Language) -> int:
    ordinal: int | None = words()["ordinal"][language].get(text)
    if ordinal is not None:
        return ordinal
    values = words()["number"][language]
    total = 0
    held = 0
    for word in re.split(r"[\s-]+", text):
        value = values.get(word)
        if value is None:
            continue
        if value in (100, 1000) and held:
            held *= value
        elif language == "fr" and value == 20 and held == 4:
            held = 80
        else:
            held += value
        if value == 1000:
            total, held = total + held, 0
    return total + held


# --- links between languages ---------------------------------------------------------------------


def _keys(
    text: str, language: Language, quantities: Counter[Quantity], dates: list[str],
    references: set[tuple[str, str]], countries: frozenset[str],
) -> dict[str, float]:  # fmt: skip
    found: dict[str, float] = {}
    for value, _ in quantities:
        found[f"#{value}"] = 2.0
    for day in dates:
        found[f"@{day}"] = 3.0
    for kind, number in references:
        found[f"§{kind}{number}"] = 2.0
    for code in countries:
        found[f"!{code}"] = 1.5
    stems = concept_stems(language)
    for word in set(_WORD.findall(text)):
        hit = False
        for pair in stems.get(word[:2], ()):
            stem, _, name = pair.partition(" ")
            if word.startswith(stem) and (len(stem) > 3 or len(word) <= len(stem) + 2):
                found[f"={name}"] = 1.2
                hit = True
        if len(word) >= 5 and not hit:
            found[f"~{_kindred(word)}"] = 1.0
    return found


_ALIKE = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "t"),
    (re.compile(r"^e(?=s[ptc])"), ""),
    (re.compile(r"^et(?=[aru])"), "st"),
    (re.compile(r"y"), "i"),
    (re.compile(r"qu|k|ch"), "c"),
    (re.compile(r"(.)\1"), r"\1"),
    (re.compile(r"^h"), ""),
    (re.compile(r"z"), "s"),
    (re.compile(r"j"), "i"),
)


@lru_cache(maxsize=100_000)
def _kindred(word: str) -> str:
    """The beginning of a word as kindred words in the other languages spell it."""
    for form, put in _ALIKE:
        word = form.sub(put, word)
    return word[:4]
