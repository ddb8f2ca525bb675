"""What a sentence orders, allows, advises and denies, and with how many words that may say it otherwise."""

from __future__ import annotations

import re
from collections import Counter

from safethird.drafting.align.features import Features
from safethird.drafting.align.lexicon import pattern, weak_pattern
from safethird.regimes.model import Language

KINDS = ("obligation", "permission", "recommendation", "negation")


class Spoken:
    """The verbs and negations of one side."""

    def __init__(self, side: Features) -> None:
        self.language = side.language
        self.certain: dict[str, list[str]] = {kind: [] for kind in KINDS}
        """For each kind what says it for certain."""
        self.forbidden = 0
        """How many words of permission stand behind a negation ('no Party may')."""
        self._bodies = side.bodies
        for body in side.bodies:
            self._read(body)

    def _read(self, body: str) -> None:
        for kind in KINDS:
            plain = self._plain(kind, body)
            matches = list(pattern(kind, "strong", self.language).finditer(plain))
            if kind == "permission":
                free = [match for match in matches if not _negated(plain, match, self.language)]
                self.forbidden += len(matches) - len(free)
                matches = free
            elif kind == "negation":
                matches = [match for match in matches if not _echoes(plain, match, self.language)]
            self.certain[kind] += [match.group().strip() for match in matches]

    def _plain(self, kind: str, body: str) -> str:
        return pattern("idle", "negation", self.language).sub(" ", body) if kind == "negation" else body

    def otherwise(self, kind: str) -> Counter[str]:
        """How often something else may say a kind, by family. What says it for certain does not say it once
        more."""
        form = weak_pattern(kind, self.language)
        if form is None:
            return Counter()
        certain = pattern(kind, "strong", self.language)
        texts = (certain.sub(" ", self._plain(kind, body)) for body in self._bodies)
        return Counter(match.lastgroup for text in texts for match in form.finditer(text) if match.lastgroup)


_ECHO = re.compile(r"ningun|nadie|nada|tampoco|nunca|jamas")
_HEARD = re.compile(r"\b(?:no|sin|ni|nunca|nadie|ningun\w*)\b[^.;:]*$")


def _echoes(text: str, match: re.Match[str], language: Language) -> bool:
    """In Spanish a second word of negation behind the first adds none: 'no ... ninguna'."""
    if language != "es" or not _ECHO.match(match.group()):
        return False
    return _HEARD.search(text, max(0, match.start() - 80), match.start()) is not None


_NE = re.compile(r"\b(?:ne |n')$")
_ONLY = re.compile(r"[^.;,]{0,40}?\bqu[e']")
_NOT_BEHIND = re.compile(r"^(?:may|can) ?(?:not\b|(?:under|in|at) no\b|never\b|no longer\b)|^cannot\b")
_NOT_AT_ALL = re.compile(r" ?(?:pas|plus|jamais|aucun)\b")


def _negated(text: str, match: re.Match[str], language: Language) -> bool:
    clause = re.split(r"[.;:]", text[max(0, match.start() - 80) : match.start()])[-1]
    if language == "fr" and _NE.search(clause):
        # 'ne peuvent ... que' is a permission with a limit.
        after = text[match.end() :]
        return _NOT_AT_ALL.match(after) is not None or _ONLY.match(after) is None
    if language == "en" and _NOT_BEHIND.search(match.group() + text[match.end() : match.end() + 24]):
        return True  # 'may not', 'cannot', 'may in no case'
    return pattern("before", "negation", language).search(clause) is not None
