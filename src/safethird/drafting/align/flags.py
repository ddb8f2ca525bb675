"""What should agree between the two languages of a paragraph and does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safethird.drafting.align.features import Features, Quantity
from safethird.drafting.align.lexicon import country_stems, fold, unaccented, words
from safethird.drafting.align.model import Flag, FlagKind, Paragraph
from safethird.regimes.model import Language


def flags(
    left: Features,
    right: Features,
    texts: tuple[str, str],
    told: Sequence[tuple[Features, Features]],
) -> Iterator[Flag]:
    """Flags of one row, from what both sides hold together. `texts`: both sides in full; `told`: the same by
    sentences, for verbs and negations, which a long paragraph has so many of that they hide each other."""
    pointed = {number for _, number in left.references}, {number for _, number in right.references}
    yield from _quantity_flags(left.quantities, right.quantities, pointed)
    one, other = left.dates - right.dates, right.dates - left.dates
    if one or other:
        yield Flag("date", _list(one), _list(other))
    yield from _reference_flags(left, right)
    yield from _country_flags(left, right, texts)
    mine, yours = left.parties - right.parties, right.parties - left.parties
    # Where one side alone names a part, the other says it in another way ('that Party'); a swap is what
    # matters.
    if mine and yours:
        yield Flag("party", _list(mine), _list(yours))
    yield from _verb_flags(told)


def _quantity_flags(
    left: Counter[Quantity], right: Counter[Quantity], pointed: tuple[set[str], set[str]]
) -> Iterator[Flag]:
    """`pointed`: numbers that each side has in references ('Article 3.1' may be '3.1')."""
    one = Counter({entry: count for entry, count in (left - right).items() if entry[0] not in pointed[1]})
    other = Counter({entry: count for entry, count in (right - left).items() if entry[0] not in pointed[0]})
    # A number without a unit on one side is the same number with one on the other ('under 18', 'menor de
    # 18 años').
    for value, unit in list(one.elements()):
        twin = next((entry for entry in other if entry[0] == value and _same_unit(unit, entry[1])), None)
        if twin is not None:
            one[value, unit] -= 1
            other[twin] -= 1
            one, other = +one, +other
    # Said twice on one side and once on the other is no difference in law.
    one = Counter({entry: count for entry, count in one.items() if not _held(entry, right)})
    other = Counter({entry: count for entry, count in other.items() if not _held(entry, left)})
    # 'both', 'los dos', 'les deux': a bare two that the other side leaves out says little.
    if not one or not other:
        one.pop(("2", ""), None)
        other.pop(("2", ""), None)
    if not one and not other:
        return
    units = {unit for _, unit in (*one, *other)}
    kind: FlagKind = "age" if "age" in units else "time_limit" if units - {""} else "number"
    yield Flag(kind, _list(_told(one)), _list(_told(other)))


def _held(entry: Quantity, side: Counter[Quantity]) -> bool:
    return any(value == entry[0] and _same_unit(unit, entry[1]) for value, unit in side)


def _same_unit(one: str, other: str) -> bool:
    return one == other or not one or not other or {one, other} == {"age", "year"}


def _told(side: Counter[Quantity]) -> Counter[str]:
    return Counter({f"{value} {unit}".strip(): count for (value, unit), count in side.items()})


def _list(side: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(side.elements()))


def _reference_flags(left: Features, right: Features) -> Iterator[Flag]:
    one, other = left.references - right.references, right.references - left.references
    # 'Article 5(2)' may be 'paragraph 2 of Article 5'; 'point', 'letter' and 'item' go by many names.
    mine = {entry for entry in one if entry[1] not in {number for _, number in right.references}}
    yours = {entry for entry in other if entry[1] not in {number for _, number in left.references}}
    numbers = {value for value, _ in left.quantities}, {value for value, _ in right.quantities}
    mine = {entry for entry in mine if entry[1] not in numbers[1]}
    yours = {entry for entry in yours if entry[1] not in numbers[0]}
    if mine or yours:
        yield Flag("reference", _named(mine), _named(yours))


def _named(entries: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(f"{kind} {number}" for kind, number in entries))


def _country_flags(left: Features, right: Features, texts: tuple[str, str]) -> Iterator[Flag]:
    folded = [fold(text) for text in texts]
    one = {code for code in left.countries - right.countries if not _spoken_of(code, folded[1])}
    other = {code for code in right.countries - left.countries if not _spoken_of(code, folded[0])}
    if one or other:
        yield Flag("country", tuple(sorted(one)), tuple(sorted(other)))


def _spoken_of(code: str, text: str) -> bool:
    return any(stem in text for stem in country_stems(code))


def _verb_flags(told: Sequence[tuple[Features, Features]]) -> Iterator[Flag]:
    verbs: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    negations = []
    for left, right in told:
        if _permission_differs(left, right) or _duty_shifts(left, right):
            verbs.append((_verbs(left), _verbs(right)))
        one, other = left.said["negation"][0], right.said["negation"][0]
        if _unexplained("negation", left, right, len(one) - len(other)):
            negations.append((one, other))
    if verbs:
        yield Flag("modality", *(tuple(word for side in verbs for word in side[at]) for at in (0, 1)))
    if negations:
        yield Flag("negation", *(tuple(word for side in negations for word in side[at]) for at in (0, 1)))


def _unexplained(kind: str, left: Features, right: Features, more: int) -> bool:
    """Whether one side says something more often than the other can say it in other words. What both sides
    say in other words ('without', 'sin') explains nothing."""
    if more == 0:
        return False
    most, least = (left, right) if more > 0 else (right, left)
    spare = least.said[kind][1] - most.said[kind][1]
    if least.language != "en":
        del spare["nor"]  # behind a negation 'ni' adds none
    return abs(more) > spare.total()


def _permission_differs(left: Features, right: Features) -> bool:
    more = len(left.said["permission"][0]) - len(right.said["permission"][0])
    # A verb that stands behind a negation on one side only may be free on the other by the order of
    # words alone.
    turned = left.forbidden - right.forbidden
    if turned * more < 0:
        more = 0 if abs(turned) >= abs(more) else more + turned
    return _unexplained("permission", left, right, more)


def _duty_shifts(left: Features, right: Features) -> bool:
    """A duty on one side where the other has an advice."""
    duty = len(left.said["obligation"][0]) - len(right.said["obligation"][0])
    advice = len(left.said["recommendation"][0]) - len(right.said["recommendation"][0])
    return duty > 0 > advice or duty < 0 < advice


def _verbs(side: Features) -> tuple[str, ...]:
    return (*side.said["obligation"][0], *side.said["permission"][0], *side.said["recommendation"][0])


# --- defined terms -------------------------------------------------------------------------------


_QUOTED = re.compile(r"[\"“”«„]\s*([^\"“”«»„]{2,60}?)\s*[\"“”»]")


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


class _Uses:
    """Where one side uses a term."""

    def __init__(self, term: str, language: Language, texts: Sequence[str]) -> None:
        form = term_pattern(term, language)
        self._loose = self._form = re.compile(form, re.IGNORECASE)
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
    sides = [[unaccented(row[side]) for row in rows] for side in (0, 1)]
    found: dict[int, list[Flag]] = {}
    for term in terms:
        left = _Uses(term.left, languages[0], sides[0])
        right = _Uses(term.right, languages[1], sides[1])
        uses = [(left(one), right(other)) for one, other in zip(sides[0], sides[1], strict=True)]
        either = sum(mine or yours for mine, yours in uses)
        both = sum(mine and yours for mine, yours in uses)
        if either < 3 or both / either < trust:
            continue
        for at, (mine, yours) in enumerate(uses):
            if mine == yours or not rows[at][0] or not rows[at][1]:
                continue
            if right.implied(sides[1][at]) if mine else left.implied(sides[0][at]):
                continue
            found.setdefault(at, []).append(
                Flag("term", (term.left,) if mine else (), (term.right,) if yours else ())
            )
    return {at: tuple(entries) for at, entries in found.items()}
