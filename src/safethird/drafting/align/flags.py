"""What should agree between the two languages of a paragraph and does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safethird.drafting.align.features import Features, Quantity
from safethird.drafting.align.lexicon import country_stems, fold, words
from safethird.drafting.align.model import Flag, FlagKind, Paragraph
from safethird.regimes.model import Language


def flags(left: Features, right: Features, texts: tuple[str, str]) -> Iterator[Flag]:
    """Flags of one row, from what both sides hold together. `texts`: both sides in full."""
    yield from _quantity_flags(left.quantities, right.quantities)
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
    yield from _verb_flags(left, right)


def _quantity_flags(left: Counter[Quantity], right: Counter[Quantity]) -> Iterator[Flag]:
    one, other = left - right, right - left
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


def _verb_flags(left: Features, right: Features) -> Iterator[Flag]:
    if _permission_differs(left, right) or _duty_shifts(left, right):
        yield Flag("modality", _verbs(left), _verbs(right))
    (one, weak_one), (other, weak_other) = left.said["negation"], right.said["negation"]
    if len(one) - len(other) > weak_other or len(other) - len(one) > weak_one:
        yield Flag("negation", one, other)


def _permission_differs(left: Features, right: Features) -> bool:
    (one, weak_one), (other, weak_other) = left.said["permission"], right.said["permission"]
    # A verb that stands behind a negation on one side only may be free on the other by the order of
    # words alone.
    more, fewer = max(0, left.forbidden - right.forbidden), max(0, right.forbidden - left.forbidden)
    return len(one) - len(other) > weak_other + fewer or len(other) - len(one) > weak_one + more


def _duty_shifts(left: Features, right: Features) -> bool:
    """A duty on one side where the other has a choice or an advice."""
    for kind in ("permission", "recommendation"):
        duty = len(left.said["obligation"][0]) - len(right.said["obligation"][0])
        choice = len(left.said[kind][0]) - len(right.said[kind][0])
        if (duty > 0 > choice) or (duty < 0 < choice):
            return True
    return False


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
    """Terms that a row defines on both sides: in quotation marks, before 'means' or its like."""
    found: dict[str, Term] = {}
    means = [re.compile(words()["means"][language]) for language in languages]
    for one, other in rows:
        texts = [" ".join(paragraph.text for paragraph in side) for side in (one, other)]
        quoted = [_QUOTED.findall(text) for text in texts]
        if not quoted[0] or len(quoted[0]) != len(quoted[1]):
            continue
        if all(form.search(fold(text)) for form, text in zip(means, texts, strict=True)):
            for mine, yours in zip(quoted[0], quoted[1], strict=True):
                found.setdefault(fold(mine), Term(mine, yours))
    return tuple(found.values())


_ENDINGS = re.compile(r"(?:es|s|a|e|o|as|os|x)$")


def term_pattern(term: str) -> re.Pattern[str]:
    """Finds a term in folded text whatever its number and gender."""
    stems = []
    for word in re.findall(r"[\w'-]+", fold(term)):
        stem = _ENDINGS.sub("", word) if len(word) > 3 else word
        stems.append(rf"\b{re.escape(stem)}\w{{0,4}}" if len(word) > 3 else rf"\b{re.escape(word)}\b")
    return re.compile(r"\W+(?:(?:the|de|del|la|el|les|le|l'|d')\W*)?".join(stems))


def term_flags(
    rows: Sequence[tuple[str, str]], terms: Sequence[Term], trust: float = 0.6
) -> Mapping[int, tuple[Flag, ...]]:
    """Rows in which one side uses a defined term and the other does not.

    Only for terms whose two forms otherwise go together in at least `trust` of the rows: a term that one
    language often replaces by 'it' tells nothing.
    """
    folded = [(fold(one), fold(other)) for one, other in rows]
    found: dict[int, list[Flag]] = {}
    for term in terms:
        forms = term_pattern(term.left), term_pattern(term.right)
        uses = [(bool(forms[0].search(one)), bool(forms[1].search(other))) for one, other in folded]
        either = sum(mine or yours for mine, yours in uses)
        both = sum(mine and yours for mine, yours in uses)
        if either < 3 or both / either < trust:
            continue
        for at, (mine, yours) in enumerate(uses):
            if mine != yours and rows[at][0] and rows[at][1]:
                found.setdefault(at, []).append(
                    Flag("term", (term.left,) if mine else (), (term.right,) if yours else ())
                )
    return {at: tuple(entries) for at, entries in found.items()}
