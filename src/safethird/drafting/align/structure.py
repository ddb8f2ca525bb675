"""Articles, paragraphs and sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from safethird.drafting.align.model import Article, Block, Paragraph
from safethird.drafting.align.signs import plain_signs

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_FIRST = {
    "premier": "1",
    "première": "1",
    "primero": "1",
    "primera": "1",
    "first": "1",
    "1er": "1",
    "1ro": "1",
    "unico": "1",
    "único": "1",
    "unique": "1",
}

ARTICLE = re.compile(
    r"^(?:article|artículo|articulo|art\.|section|sección|seccion|annex|annexe|anexo)\s+"
    r"(?P<number>\d+\s?(?:bis|ter|quater)?(?:\.?[ºo°ª]|er|ro)?|[ivxlc]+|premier|première|primero|primera|first|único|unique|[a-z])"
    r"(?=$|[\s.:,;)\u2013\u2014-])",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\s*(?:\(\d|,|of\b|del?\b|du\b|de\b|shall|may|applies|and\b|y\b|et\b|se\b|s'|is\b|es\b|est\b)",
    re.IGNORECASE,
)
MARKER = re.compile(
    r"^(?:(?P<level>\d{1,3}(?:\.\d{1,3}){1,3})[.)]?(?=\s+\W?(?-i:[A-ZÀ-Ý]))|\(?(?P<digits>\d{1,3})(?:[.)º°]+(?=\s|$|\()|\s*[-\u2013]\s+)|\((?P<inner>[a-z]|[ivx]{1,5})\)|(?P<letter>[a-z]|[ivx]{1,5})[)]|(?P<letter2>[a-hj-uwyz])\.)\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"(?<=[.;!?])[\"»”)]?\s+(?=[\"«“(¿¡]?[A-ZÁÉÍÓÚÑÀÂÇÈÊÎÔÛ])")
_SHORT = re.compile(
    r"(?:\b(?:art|arts|no|núm|nro|n|p|pp|par|párr|cf|vs|mr|mrs|sr|sra|dr|ee|uu|inc|etc|e\.g|i\.e)|\b[A-Z])\.$",
    re.IGNORECASE,
)


def number_of(raw: str) -> str:
    """A number of an article in one form: `IV` and `4` alike, `1er` as `1`.

    >>> number_of("IV"), number_of("1er"), number_of("3 bis"), number_of("premier")
    ('4', '1', '3bis', '1')
    """
    text = raw.strip().lower()
    if text in _FIRST:
        return _FIRST[text]
    if text and all(sign in _ROMAN for sign in text):
        values = [_ROMAN[sign] for sign in text]
        return str(sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True)))
    return re.sub(r"(?<=\d)(?:\.?[ºo°ª]|er|ro)$", "", text).replace(" ", "")


def articles(blocks: Iterable[Block]) -> tuple[Article, ...]:
    """Blocks cut where an article begins."""
    found: list[Article] = []
    number: str | None = None
    held: list[Paragraph] = []
    for at, block in enumerate(blocks, 1):
        text = plain_signs(block.text)
        head = ARTICLE.match(text)
        if head is not None and (
            _GOES_ON.match(text[head.end() :]) or head.group("number").lower() in ("a", "e", "y")
        ):
            head = None
        if head is not None:
            if held:
                found.append(Article(number, tuple(held)))
            held = []
            kind = "annex " if text[:3].lower() in ("ann", "ane") else ""
            number = kind + number_of(head.group("number"))
            rest = text[head.end() :].lstrip(" .:-\u2013\u2014)")
            short = len(rest) < 120 and not rest.endswith((".", ";"))
            held.append(Paragraph(at, number, None, text, short, block.changes))
            continue
        mark = MARKER.match(text)
        own = None
        if mark is not None:
            own = next(
                part
                for part in mark.group("level", "digits", "inner", "letter", "letter2")
                if part is not None
            ).lower()
        held.append(Paragraph(at, number, own, text, block.heading, block.changes))
    if held:
        found.append(Article(number, tuple(held)))
    return tuple(found)


def sentences(text: str) -> tuple[str, ...]:
    """A paragraph cut into sentences; a full stop after an abbreviation ends none.

    >>> sentences("See art. 5. It applies.")
    ('See art. 5.', 'It applies.')
    """
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    begun = ""
    for piece in _SPLIT.split(text):
        begun = f"{begun} {piece}" if begun else piece
        if not _SHORT.search(begun):
            yield begun
            begun = ""
    if begun:
        yield begun
