"""Two wordings, word by word: what was struck out and what was put in."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

LITTLE = 0.35
"""Texts less alike than this are struck out and put in as wholes: word by word nobody could read them."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """Some words: kept, struck out or put in."""

    kind: Literal["kept", "out", "in"]
    text: str


def redline(before: str, after: str) -> tuple[Piece, ...]:
    """What changed between two texts.

    >>> [(piece.kind, piece.text) for piece in redline("under 18 years", "under 16 years")]
    [('kept', 'under '), ('out', '18'), ('in', '16'), ('kept', ' years')]
    """
    if before and after and likeness(before, after) < LITTLE:
        return Piece("out", before), Piece("in", after)
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", "".join(left[start:end])))
            continue
        if start < end:
            pieces.append(Piece("out", "".join(left[start:end])))
        if other_start < other_end:
            pieces.append(Piece("in", "".join(right[other_start:other_end])))
    return tuple(pieces)


def likeness(left: str, right: str) -> float:
    """How alike two texts are, by their words: 1 for the same, 0 for nothing in common."""
    return SequenceMatcher(
        None, re.findall(r"\w+", left.casefold()), re.findall(r"\w+", right.casefold()), autojunk=False
    ).ratio()
