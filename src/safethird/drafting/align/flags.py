"""What should agree between the two languages of a paragraph and does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from safethird.drafting.align.features import Features, Quantity
from safethird.drafting.align.lexicon import country_stems, fold
from safethird.drafting.align.model import Flag, FlagKind
from safethird.drafting.align.verbs import Spoken


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
    for left, right in ((Spoken(one), Spoken(other)) for one, other in told):
        if _permission_differs(left, right) or _duty_shifts(left, right):
            verbs.append((_verbs(left), _verbs(right)))
        one, other = left.certain["negation"], right.certain["negation"]
        if _unexplained("negation", left, right, len(one) - len(other)):
            negations.append((tuple(one), tuple(other)))
    if verbs:
        yield Flag("modality", *(tuple(word for side in verbs for word in side[at]) for at in (0, 1)))
    if negations:
        yield Flag("negation", *(tuple(word for side in negations for word in side[at]) for at in (0, 1)))


def _unexplained(kind: str, left: Spoken, right: Spoken, more: int) -> bool:
    """Whether one side says something more often than the other can say it in other words. What both sides
    say in other words ('without', 'sin') explains nothing."""
    if more == 0:
        return False
    most, least = (left, right) if more > 0 else (right, left)
    spare = least.otherwise(kind) - most.otherwise(kind)
    if least.language != "en":
        del spare["nor"]  # behind a negation 'ni' adds none
    return abs(more) > spare.total()


def _permission_differs(left: Spoken, right: Spoken) -> bool:
    more = len(left.certain["permission"]) - len(right.certain["permission"])
    # A verb that stands behind a negation on one side only may be free on the other by the order of
    # words alone.
    turned = left.forbidden - right.forbidden
    if turned * more < 0:
        more = 0 if abs(turned) >= abs(more) else more + turned
    return _unexplained("permission", left, right, more)


def _duty_shifts(left: Spoken, right: Spoken) -> bool:
    """A duty on one side where the other has an advice."""
    duty = len(left.certain["obligation"]) - len(right.certain["obligation"])
    advice = len(left.certain["recommendation"]) - len(right.certain["recommendation"])
    return duty > 0 > advice or duty < 0 < advice


def _verbs(side: Spoken) -> tuple[str, ...]:
    return (*side.certain["obligation"], *side.certain["permission"], *side.certain["recommendation"])
