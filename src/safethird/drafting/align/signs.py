"""Characters that mislead the eye: hidden ones, ones that turn the direction of writing, look-alike
letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from safethird.drafting.align.model import Block, Notice

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_HIDDEN = re.compile("[\u200b-\u200d\u2060\ufeff\u180e\U000e0000-\U000e007f]")
_WORD = re.compile(r"\w+")
_ALIKE = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL")
MOST = 50
"""After so many the reader knows; the rest is counted."""


def sign_notices(blocks: Iterable[Block]) -> list[Notice]:
    """Where such characters stand, said by their names, never by themselves."""
    found: list[Notice] = []
    more = 0
    for at, block in enumerate(blocks, 1):
        text = block.text
        if text.isascii():
            continue
        for name, signs in (
            ("turning_signs", _TURNING.findall(text)),
            ("hidden_signs", _HIDDEN.findall(text)),
        ):
            if signs:
                named = sorted({unicodedata.name(sign, f"U+{ord(sign):04X}") for sign in signs})
                found.append(Notice(name, at, ", ".join(named)))
        for word in _WORD.findall(text):
            if not word.isascii() and (strange := _mixed(word)):
                found.append(Notice("look_alikes", at, strange))
        if len(found) > MOST:
            more += len(found) - MOST
            del found[MOST:]
    if more:
        found.append(Notice("more_signs", None, str(more)))
    return found


def _mixed(word: str) -> str | None:
    """Names of letters from another alphabet inside a Latin word, or of letters that only look like
    Latin ones."""
    latin = False
    strange = []
    for sign in word:
        name = unicodedata.name(sign, "")
        if name.startswith("LATIN"):
            latin = True
        elif name.startswith(_ALIKE):
            strange.append(name)
    always = [name for name in strange if name.startswith(("FULLWIDTH", "MATHEMATICAL"))]
    return ", ".join(dict.fromkeys(strange)) if strange and (latin or always) else None


def plain_signs(text: str) -> str:
    """Text without hidden and turning characters, for comparing and for showing."""
    return _HIDDEN.sub("", _TURNING.sub("", text)) if not text.isascii() else text
