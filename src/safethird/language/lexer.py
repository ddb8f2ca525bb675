"""Text of a rule to tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from safethird.errors import Problem, nearest
from safethird.language.errors import RuleError, Source

TokenKind = Literal["word", "number", "date", "text", "sign", "end"]

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "where",
        "satisfy",
        "any",
        "no",
        "all",
        "first",
        "count",
        "before",
        "after",
        "on",
        "within",
        "less",
        "more",
        "than",
        "at",
        "least",
        "most",
        "is",
        "unknown",
        "known",
        "plus",
        "minus",
        "age",
        "of",
        "latest",
        "earliest",
        "largest",
        "smallest",
        "days",
        "day",
        "weeks",
        "week",
        "months",
        "month",
        "years",
        "year",
        "true",
        "false",
        "counting",
        "that",
        "moved",
        "past",
        "weekends",
    ]
)

MOST_CHARACTERS = 20_000
_TOKEN = re.compile(
    r"(?P<space>[ \t\n]+)"
    r"|(?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))"
    r"|(?P<number>\d{1,9}(?![\w.]))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<text>"[^"\n]*")'
    r"|(?P<sign>==|!=|<=|>=|[<>()\[\],.])"
)

# What people write from habit, and what to write here.
_HABITS = {
    "&&": "'and'", "&": "'and'", "||": "'or'", "|": "'or'", "!": "'not'", "=": "'=='", "'": 'double quotes: "GT"',
    "+": "'plus 3 months'", "-": "'minus 3 months'", ";": "'and'", "{": 'brackets: ["GT", "HN"]',
    "/": "dates as 2019-11-19", "“": 'straight double quotes: "GT"', "‘": 'straight double quotes: "GT"',
}  # fmt: skip
_YEAR_BEFORE = re.compile(r"(?<![\w.-])\d{4}\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, date, quoted text or sign; `at` is its offset."""

    kind: TokenKind
    text: str
    at: int

    def __str__(self) -> str:
        return "the end of the rule" if self.kind == "end" else f"'{self.text}'"


def tokens(source: Source) -> list[Token]:
    """All tokens of a rule, with an `end` token last. Raises RuleError at the first wrong character."""
    text = source.text
    if len(text) > MOST_CHARACTERS:
        raise RuleError(
            source.problem(f"The rule is longer than {MOST_CHARACTERS:,} characters", 0, code="rule-too-long",
                           hint="Split it into definitions.")
        )  # fmt: skip
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RuleError(_wrong_character(source, at))
        kind = match.lastgroup
        if kind != "space":
            found.append(Token(kind, match.group(), at))  # type: ignore[arg-type]
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _wrong_character(source: Source, at: int) -> Problem:
    text = source.text
    if text[at] == '"':
        return source.problem(
            "The quoted text is not closed on its line", at, expected='a closing "', code="open-quote"
        )
    year = _YEAR_BEFORE.search(text, 0, at)
    if text[at] == "-" and year and text[at + 1 : at + 2].isdigit():
        return source.problem("This is no full date", year.start(), expected="a day such as 2019-11-19",
                              code="bad-date", hint="For a month, name its first day and the first day after it.")  # fmt: skip
    if text[at].isdigit():
        return source.problem("This is no number or date", at, expected="a whole number or a date such as 2019-11-19",
                              code="bad-number")  # fmt: skip
    for habit in (text[at : at + 2], text[at]):
        if habit in _HABITS:
            return source.problem(f"'{habit}' is not part of the language", at, code="bad-character",
                                  hint=f"Write {_HABITS[habit]}.")  # fmt: skip
    if not text[at].isprintable():
        return source.problem(f"There is an invisible character here (U+{ord(text[at]):04X})", at,
                              code="bad-character", hint="Delete it.")  # fmt: skip
    return source.problem(f"'{text[at]}' is not part of the language", at, code="bad-character",
                          expected="words, numbers, dates, codes in quotes")  # fmt: skip


def nearest_keyword(word: str) -> str | None:
    """The keyword that a misspelt word may have been meant as."""
    return nearest(word, sorted(KEYWORDS))
