"""Characters that mislead the eye in a draft: hidden ones, ones that turn the direction of writing, letters of
another alphabet that look like Latin ones. They are said by their names, never shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from safethird.facts.documents import DocumentPath
from safethird.regimes.lint.findings import Finding, Subject

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0000-\U000e007f]")
_ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
"""Alphabets with letters that look like Latin ones."""
_DRESSED = ("FULLWIDTH", "MATHEMATICAL")
"""Latin letters in other shapes: another character to a machine, the same to a reader."""
_WORD = re.compile(r"[^\W\d_]+")


def letter_findings(subject: Subject) -> Iterator[Finding]:
    """Texts, citations, names and rules in which something else stands than a reader sees."""
    for path, text in _texts(subject.data):
        if text.isascii():
            continue
        turning, hidden = _TURNING.findall(text), _HIDDEN.findall(text)
        if turning:
            yield subject.at(
                path,
                "turning-sign",
                f"A sign in this text turns the direction of writing: {_named(turning)}",
                why="What a reader sees is in another order than what stands in the file",
                mend="Delete the sign, or write the text again",
            )
        if hidden:
            yield subject.at(
                path,
                "hidden-sign",
                f"There are invisible signs in this text: {_named(hidden)}",
                why="Two texts that look the same would not be the same",
                mend="Delete them, or write the text again",
            )
        alike = list(dict.fromkeys(sign for word in _WORD.findall(text) for sign in _strange(word)))
        if alike:
            yield subject.at(
                path,
                "look-alike",
                f"Letters of another alphabet stand among Latin ones: {_named(alike)}",
                why="They look like Latin letters and are others: a search, or a comparison, would miss the word",
                mend="Write the word again with Latin letters",
            )


def _texts(data: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    """Every text of a file, keys included, and where it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(key, str):
                yield (*path, key), key
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, index))
    elif isinstance(data, str):
        yield path, data


def _strange(word: str) -> Iterator[str]:
    """The letters of a word that do not belong: of another alphabet beside Latin ones, or dressed up."""
    names = {sign: unicodedata.name(sign, "") for sign in word}
    latin = any(name.startswith("LATIN") for name in names.values())
    for sign, name in names.items():
        if name.startswith(_DRESSED) or (latin and name.startswith(_ALIKE)):
            yield sign


def _named(signs: list[str]) -> str:
    return ", ".join(sorted({unicodedata.name(sign, f"U+{ord(sign):04X}") for sign in signs}))
