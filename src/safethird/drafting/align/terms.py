"""Defined terms: which the two languages define, and where only one side uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safethird.drafting.align.lexicon import fold, unaccented, words
from safethird.drafting.align.model import Flag, Paragraph
from safethird.regimes.model import Language

_QUOTED = re.compile(r"[\"“”«„]\s*([^\"“”«»„]{2,60}?)\s*[\"“”»]")


MOST_TERMS = 300
"""So many terms are followed through a text; a treaty has some dozens."""


@dataclass(frozen=True, slots=True)
class Term:
    """A defined term in both languages."""

    left: str
    right: str


def defined_terms(
    rows: Sequence[tuple[Sequence[Paragraph], Sequence[Paragraph]]], languages: tuple[Language, Language]
) -> tuple[Term, ...]:
    """Terms that a row defines on both sides: in quotation marks or at its beginning, before 'means' or its
    like."""
    found: dict[str, Term] = {}
    means = [re.compile(words()["means"][language]) for language in languages]
    for one, other in rows:
        texts = [" ".join(paragraph.text for paragraph in side) for side in (one, other)]
        if not all(form.search(fold(text)) for form, text in zip(means, texts, strict=True)):
            continue
        quoted = [_QUOTED.findall(text) for text in texts]
        opened = [_opened(text, form) for text, form in zip(texts, means, strict=True)]
        if quoted[0] and len(quoted[0]) == len(quoted[1]):
            pairs = list(zip(quoted[0], quoted[1], strict=True))
        else:
            pairs = [(opened[0], opened[1])] if opened[0] and opened[1] else []
        for mine, yours in pairs:
            found.setdefault(fold(mine), Term(mine, yours))
    return tuple(found.values())


_OPENED = re.compile(r"^\W*(?:(?:\d{1,3}|[a-z])[.)]\W*)?([^\W\d][^:;.,]{1,50}?)\s*:\s")


def _opened(text: str, means: re.Pattern[str]) -> str | None:
    """The term before a colon and a verb of defining: `Holder: means ...`."""
    match = _OPENED.match(text)
    return match.group(1) if match and means.match(fold(text[match.end() :])) else None


_ENDINGS: Mapping[Language, str] = {"en": r"(?:s|es)?", "es": r"(?:[oa]?s|es|[oa])?", "fr": r"(?:e?s|x|e)?"}
_STRIPPED: Mapping[Language, str] = {
    "en": r"(?:(?<=[sxh])es|(?<!s)s)$",
    "es": r"(?:es|[oa]s|s|[oa])$",
    "fr": r"(?:es|s|x)$",
}
_LINK = r"\W+(?:(?:the|del?|la|el|les?|l|d|des|du)\W+)?"
_HERE = re.compile(
    r"\bhere(?:of|under|in|to|from|by|with|inafter|inabove)\b|\b(?:des|aux|les) presentes\b", re.IGNORECASE
)
_INSTRUMENT = re.compile(
    r"agreement|convention|protocol|treaty|licen[cs]e|contract|acuerdo|conven|tratado|contrat|accord|traite",
    re.IGNORECASE,
)
_CAPITALS = 0.6
"""Where so many of its uses have a capital letter, a word without one is another word."""


def term_pattern(term: str, language: Language) -> str:
    """Finds a term in text without accents, whatever its number and gender."""
    stems = []
    for word in re.findall(r"[\w'-]+", unaccented(term)):
        stem = re.sub(_STRIPPED[language], "", word) if len(word) > 3 else word
        ending = _ENDINGS[language] if len(word) > 3 else ""
        if language == "en" and word.endswith(("ies", "y")):
            stem, ending = word.removesuffix("ies").removesuffix("y"), "(?:y|ies)"
        stems.append(re.escape(stem) + ending)
    return r"\b" + _LINK.join(stems) + r"\b"


_OPENING = 3


class _Index:
    """Texts by the beginnings of their words, so that a term is sought only where it can stand."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._at: dict[str, list[int]] = {}
        for at, text in enumerate(texts):
            for start in {word[:_OPENING] for word in re.findall(r"\w+", text.lower())}:
                self._at.setdefault(start, []).append(at)

    def places(self, term: str, language: Language) -> Sequence[int]:
        """Texts in which a word begins as the term does; all where its beginning is too short to tell."""
        first = re.findall(r"\w+", unaccented(term).lower())[:1]
        stem = re.sub(_STRIPPED[language], "", first[0]) if first else ""
        return self._at.get(stem[:_OPENING], ()) if len(stem) >= _OPENING else range(len(self.texts))


class _Uses:
    """Where one side uses a term."""

    def __init__(self, term: str, language: Language, index: _Index) -> None:
        form = term_pattern(term, language)
        self._loose = self._form = re.compile(form, re.IGNORECASE)
        self.places = index.places(term, language)
        texts = [index.texts[at] for at in self.places]
        if term[:1].isupper():
            # 'Software' in 'Software Foundation' is part of a name.
            capitals = re.compile(form + (r"(?! [A-Z][a-z])" if language == "en" else ""))
            marked = sum(len(capitals.findall(text)) for text in texts)
            every = sum(len(self._loose.findall(text)) for text in texts)
            if marked >= max(3, _CAPITALS * every):
                self._form = capitals
        self._instrument = _INSTRUMENT.match(unaccented(term)) is not None

    def __call__(self, text: str) -> bool:
        return self._form.search(text) is not None

    def implied(self, text: str) -> bool:
        """Whether a text may mean the term: with a small letter, or as 'hereunder' for the instrument."""
        if self._loose.search(text) is not None:
            return True
        return self._instrument and _HERE.search(text) is not None


def term_flags(
    rows: Sequence[tuple[str, str]],
    terms: Sequence[Term],
    languages: tuple[Language, Language],
    trust: float = 0.6,
) -> Mapping[int, tuple[Flag, ...]]:
    """Rows in which one side uses a defined term and the other does not.

    Only for terms whose two forms otherwise go together in at least `trust` of the rows: a term that one
    language often replaces by 'it' tells nothing.
    """
    sides = [_Index([unaccented(row[side]) for row in rows]) for side in (0, 1)]
    found: dict[int, list[Flag]] = {}
    for term in terms:
        left = _Uses(term.left, languages[0], sides[0])
        right = _Uses(term.right, languages[1], sides[1])
        uses = [
            (at, left(sides[0].texts[at]), right(sides[1].texts[at]))
            for at in sorted({*left.places, *right.places})
        ]
        either = sum(mine or yours for _, mine, yours in uses)
        both = sum(mine and yours for _, mine, yours in uses)
        if either < 3 or both / either < trust:
            continue
        for at, mine, yours in uses:
            if mine == yours or not rows[at][0] or not rows[at][1]:
                continue
            if right.implied(sides[1].texts[at]) if mine else left.implied(sides[0].texts[at]):
                continue
            found.setdefault(at, []).append(
                Flag("term", (term.left,) if mine else (), (term.right,) if yours else ())
            )
    return {at: tuple(entries) for at, entries in found.items()}
