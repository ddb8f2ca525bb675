"""What a language version holds once it is read, and what an alignment of two of them says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from safethird.regimes.model import Language

ChangeKind = Literal["inserted", "deleted", "moved_here", "moved_away"]
Level = Literal["article", "paragraph"]
FlagKind = Literal[
    "number",
    "date",
    "time_limit",
    "age",
    "country",
    "party",
    "reference",
    "term",
    "modality",
    "negation",
    "missing",
]
FLAG_KINDS: tuple[FlagKind, ...] = (
    "number",
    "date",
    "time_limit",
    "age",
    "country",
    "party",
    "reference",
    "term",
    "modality",
    "negation",
    "missing",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One tracked change. `author` is None where the file names nobody."""

    kind: ChangeKind
    author: str | None
    date: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as the file holds it, with every insertion taken and every deletion left out."""

    text: str
    changes: tuple[Change, ...] = ()
    heading: bool = False
    """Whether the file itself marks it as a heading."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file that the reader must know before trusting it: `name` is a message of
    `align`."""

    name: str
    paragraph: int | None
    """Which paragraph of the file, from 1; None: the file as a whole."""
    detail: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph in its article."""

    at: int
    """Its place in the file, from 1."""
    article: str | None
    """Number of the article it stands in, None before the first."""
    number: str | None
    """Its own number or letter, without punctuation."""
    text: str
    heading: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A run of paragraphs under one article heading; `number` None: what stands before the first."""

    number: str | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One language version of a text."""

    name: str
    language: Language
    articles: tuple[Article, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All paragraphs in order."""
        return tuple(paragraph for article in self.articles for paragraph in article.paragraphs)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that should agree and does not. `left`, `right`: what each side has, in its own words."""

    kind: FlagKind
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that say the same in both languages; one side is empty where the other stands alone."""

    left: tuple[Paragraph, ...]
    right: tuple[Paragraph, ...]
    sentences: tuple[tuple[str, str], ...]
    """The same text by sentences, as far as they can be paired."""
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two versions, row by row."""

    left: Version
    right: Version
    rows: tuple[Row, ...]
    not_followed: int = 0
    """How many defined terms were too many to follow."""

    @property
    def flags(self) -> tuple[tuple[Row, Flag], ...]:
        """Every flag with its row."""
        return tuple((row, flag) for row in self.rows for flag in row.flags)
