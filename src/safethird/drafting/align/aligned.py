"""Two language versions of a text, aligned and held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from safethird.drafting.align.articles import match_articles
from safethird.drafting.align.features import Features, features
from safethird.drafting.align.flags import flags
from safethird.drafting.align.likeness import ratio_of
from safethird.drafting.align.matching import match
from safethird.drafting.align.model import Alignment, Flag, Paragraph, Row, Version
from safethird.drafting.align.paths import Bead, Side
from safethird.drafting.align.rarity import by_rarity
from safethird.drafting.align.structure import sentences
from safethird.drafting.align.terms import MOST_TERMS, defined_terms, term_flags
from safethird.errors import Problem, UsageError


def align(left: Version, right: Version) -> Alignment:
    """Align two versions and flag what should agree and does not.

    Articles by number first; paragraphs and sentences by length and content. Raises UsageError when both
    versions are in the same language.
    """
    if left.language == right.language:
        raise UsageError(
            Problem("Both texts are in the same language", code="same-language",
                    hint="To see what changed between two versions of a regime use: safethird compare A B")
        )  # fmt: skip
    pairs, ratio = paired(left, right)
    languages = left.language, right.language
    texts = [(_text(one), _text(other)) for one, other, _, _ in pairs]
    terms = defined_terms([(one, other) for one, other, _, _ in pairs], languages)
    about_terms = term_flags(texts, terms[:MOST_TERMS], languages)
    rows = []
    sentences: tuple[tuple[str, str], ...]
    for at, (one, other, mine_has, yours_has) in enumerate(pairs):
        found: list[Flag] = []
        if mine_has is None or yours_has is None:
            found.append(Flag("missing", _opening(one), _opening(other)))
            sentences = (texts[at],)
        else:
            told = _by_sentences(texts[at], mine_has, yours_has, ratio)
            found.extend(flags(mine_has, yours_has, texts[at], [(mine, yours) for _, mine, yours in told]))
            found.extend(about_terms.get(at, ()))
            sentences = tuple(text for text, _, _ in told)
        rows.append(Row(one, other, sentences, tuple(found)))
    return Alignment(left, right, tuple(rows), max(0, len(terms) - MOST_TERMS))


Pair = tuple[tuple[Paragraph, ...], tuple[Paragraph, ...], Features | None, Features | None]
"""Paragraphs that say the same, and what each side holds; None where a side is empty."""


def paired(left: Version, right: Version) -> tuple[list[Pair], float]:
    """Which paragraphs go together, in order, and how long the right text is for one character of the left."""
    sides = by_rarity(
        [[[features(paragraph.text, version.language) for paragraph in article.paragraphs]
          for article in version.articles] for version in (left, right)]
    )  # fmt: skip
    ratio = ratio_of(
        [entry for part in sides[0] for entry in part], [entry for part in sides[1] for entry in part]
    )
    numbered = [[(article.number, part) for article, part in zip(version.articles, side, strict=True)]
                for version, side in zip((left, right), sides, strict=True)]  # fmt: skip
    pairs: list[Pair] = []
    for mine, yours, lefts, rights in _stretches(
        left, right, sides, match_articles(numbered[0], numbered[1])
    ):
        for bead in match(_side(mine, lefts), _side(yours, rights), ratio):
            pairs.append((
                tuple(mine[at] for at in bead[0]), tuple(yours[at] for at in bead[1]),
                merged([lefts[at] for at in bead[0]]) if bead[0] else None,
                merged([rights[at] for at in bead[1]]) if bead[1] else None,
            ))  # fmt: skip
    return pairs, ratio


Stretch = tuple[list[Paragraph], list[Paragraph], list[Features], list[Features]]


def _stretches(
    left: Version, right: Version, sides: Sequence[Sequence[Sequence[Features]]],
    pairs: Sequence[tuple[int | None, int | None]],
) -> Iterator[Stretch]:  # fmt: skip
    """Paragraphs of articles that go together. An article without a partner stays with the one before
    and the one after: a heading may be missing, not the article."""
    held: Stretch = ([], [], [], [])
    alone = False
    for one, other in pairs:
        whole = one is not None and other is not None
        if held[0] or held[1]:
            if whole and not alone and held[0] and held[1]:
                yield held
                held = ([], [], [], [])
            alone = not whole or (alone and not (held[0] or held[1]))
        else:
            alone = not whole
        if one is not None:
            held[0].extend(left.articles[one].paragraphs)
            held[2].extend(sides[0][one])
        if other is not None:
            held[1].extend(right.articles[other].paragraphs)
            held[3].extend(sides[1][other])
    yield held


def _side(paragraphs: Sequence[Paragraph], found: Sequence[Features]) -> Side:
    numbers = [
        f"article {entry.article}"
        if entry.heading and entry.article and entry.number is None
        else entry.number
        for entry in paragraphs
    ]
    return Side(found, numbers, [entry.heading for entry in paragraphs])


def merged(parts: Sequence[Features]) -> Features:
    """Several paragraphs as one."""
    if len(parts) == 1:
        return parts[0]
    keys: dict[str, float] = {}
    for part in parts:
        keys.update(part.keys)
    return Features(
        parts[0].language,
        sum(part.length for part in parts),
        keys,
        sum((part.quantities for part in parts), Counter()),
        sum((part.dates for part in parts), Counter()),
        frozenset().union(*(part.references for part in parts)),
        frozenset().union(*(part.countries for part in parts)),
        sum((part.parties for part in parts), Counter()),
        tuple(body for part in parts for body in part.bodies),
    )


def _text(paragraphs: Sequence[Paragraph]) -> str:
    return " ".join(entry.text for entry in paragraphs)


def _opening(paragraphs: Sequence[Paragraph]) -> tuple[str, ...]:
    return (_text(paragraphs)[:80],) if paragraphs else ()


Told = tuple[tuple[str, str], Features, Features]


def _by_sentences(texts: tuple[str, str], mine: Features, yours: Features, ratio: float) -> list[Told]:
    """Sentences that go together, with what they hold. One that stands alone goes with the one before."""
    cut = sentences(texts[0]), sentences(texts[1])
    if len(cut[0]) <= 1 or len(cut[1]) <= 1:
        return [(texts, mine, yours)]
    languages = mine.language, yours.language
    found = [
        [features(part, language) for part in parts] for parts, language in zip(cut, languages, strict=True)
    ]
    sides = [Side(part, [None] * len(part), [False] * len(part)) for part in found]
    beads = _whole(match(sides[0], sides[1], ratio))
    return [
        (
            (" ".join(cut[0][at] for at in bead[0]), " ".join(cut[1][at] for at in bead[1])),
            merged([found[0][at] for at in bead[0]]),
            merged([found[1][at] for at in bead[1]]),
        )
        for bead in beads
    ]


def _whole(beads: Sequence[Bead]) -> list[Bead]:
    """Beads without an empty side, as far as both sides have any."""
    kept: list[Bead] = []
    early: Bead = ((), ())
    for one, other in beads:
        if kept and not (one and other):
            kept[-1] = (kept[-1][0] + one, kept[-1][1] + other)
            continue
        joined = (early[0] + one, early[1] + other)
        if joined[0] and joined[1]:
            kept.append(joined)
            early = ((), ())
        else:
            early = joined
    return kept
