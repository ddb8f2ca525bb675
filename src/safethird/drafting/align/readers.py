"""From a file to a language version: plain text, Markdown, Word, the text layer of a PDF."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import cast

from safethird.drafting.align.model import Block, Notice, Version
from safethird.drafting.align.signs import sign_notices
from safethird.drafting.align.structure import ARTICLE, MARKER, articles
from safethird.errors import BadData, NoInput, Problem, UsageError
from safethird.facts.documents import no_input, read_text
from safethird.regimes.model import LANGUAGES, Language

MOST_PARAGRAPHS = 120_000
"""Some 10,000 pages: two minutes and a gigabyte."""
MOST_LETTERS = 100_000
"""Of one paragraph."""
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S))")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)")
_ALONE = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){0,3}[.)]|\(?(?:[a-z]|[ivx]{1,5}|\d{1,3})\))$", re.IGNORECASE)
_ENDED = re.compile(r"(?:[.,;:!?»”\"]|\b(?:and|or|y|o|et|ou))$")
_RULE = re.compile(r"^\s*([-*_=]\s*){3,}$")


def language_of(path: Path) -> Language | None:
    """The language that a file's name ends with: `text.es`, `text.es.docx`, `text_es.md`."""
    parts = re.split(r"[._-]", path.name.lower())
    for part in (parts[-1], parts[-2] if len(parts) > 1 else ""):
        if part in LANGUAGES:
            return cast(Language, part)
    return None


def read_version(
    path: str | Path, language: Language | None = None, authors: Collection[str] = ()
) -> Version:
    """Read one language version. `authors`: who is expected to have changed it; others are pointed out.

    Raises UsageError when the language cannot be told, NoInput when there is no such file, BadData when
    it cannot be read or must not be.
    """
    path = Path(path)
    found = language or language_of(path)
    if found is None:
        raise UsageError(
            Problem("The language of this text is not known", file=str(path), code="no-language",
                    hint="End its name with .en, .es or .fr, or add --languages en-es.")
        )  # fmt: skip
    found_blocks, notices = _blocks(path)
    blocks = list(_joined(found_blocks))
    if not blocks:
        raise BadData(Problem("There is no text in this file", file=str(path), code="empty"))
    if len(blocks) > MOST_PARAGRAPHS:
        raise BadData(
            Problem(
                f"The text has more than {MOST_PARAGRAPHS:,} paragraphs",
                file=str(path),
                code="too-large",
                hint="Split it by chapters.",
            )
        )
    if any(len(block.text) > MOST_LETTERS for block in blocks):
        raise BadData(
            Problem(
                f"A paragraph has more than {MOST_LETTERS:,} letters",
                file=str(path),
                code="too-large",
                hint="Is it a text of articles and paragraphs?",
            )
        )
    notices += sign_notices(blocks)
    notices += _author_notices(blocks, authors)
    return Version(path.name, found, articles(blocks), tuple(notices))


def _blocks(path: Path) -> tuple[list[Block], list[Notice]]:
    suffixes = {suffix.lower() for suffix in path.suffixes[-2:]}
    if path.is_file() and path.suffix.lower() not in (".txt", ".md"):
        with path.open("rb") as stream:
            head = stream.read(8)
        if head.startswith(b"PK\x03\x04"):
            suffixes.add(".docx")
        elif head.startswith(b"%PDF-"):
            suffixes.add(".pdf")
        elif head.startswith(b"\xd0\xcf\x11\xe0"):
            raise BadData(Problem("This is an old Word file (.doc), or one with a password", file=str(path),
                                  code="old-word", hint="Save it as .docx without a password."))  # fmt: skip
    if suffixes & {".docx", ".docm", ".dotx", ".dotm"}:
        from safethird.drafting.align.word_files import read_word

        return read_word(path)
    if ".pdf" in suffixes:
        from safethird.drafting.align.pdf_files import read_pdf

        lines, notices = read_pdf(path)
        return list(_flow(lines)), notices
    text = read_text(path, most_bytes=60_000_000)
    return list(_flow(text.split("\n"))), []


def _flow(lines: list[str]) -> Iterator[Block]:
    """Lines as paragraphs: a new one after an empty line, at a heading and at a number or letter."""
    by_line = not any(not line.strip() for line in lines[:-1])  # no empty line at all: one paragraph a line
    full = 0.6 * max(map(len, lines), default=0)
    held: list[str] = []

    def flush(heading: bool = False) -> Iterator[Block]:
        text = " ".join(" ".join(held).split())
        held.clear()
        if text:
            yield Block(text, (), heading)

    for line in lines:
        if not line.strip() or _RULE.match(line):
            yield from flush()
            continue
        marked = _MARKDOWN.match(line)
        bare = _EMPHASIS.sub("", line[marked.end() :] if marked else line).strip()
        title = bool(marked and "#" in marked.group())
        if by_line or marked or _begins(bare, held, full):
            yield from flush()
        held.append(bare)
        # A heading stands on a line of its own; a sentence that begins "Article 5 applies" goes on.
        if title or (ARTICLE.match(bare) and len(bare) < 90 and not bare.endswith((".", ",", ";"))):
            yield from flush(title)
    yield from flush()


def _begins(line: str, held: list[str], full: float) -> bool:
    """Whether a line begins a paragraph. A number at its beginning may also go on with a sentence that the
    line before has not ended: 'in accordance with paragraph / 2. of Article 5'."""
    if not held:
        return False
    article = ARTICLE.match(line)
    if article is None and MARKER.match(line) is None:
        return False
    if len(held[-1]) < full or _ENDED.search(held[-1]):
        return True
    return article is not None and len(line) < 60 and not line.endswith((".", ",", ";"))


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """A number or letter that stands alone in its paragraph or cell belongs to the text behind it."""
    held: Block | None = None
    for block in blocks:
        if held is not None:
            if _ALONE.match(block.text) or block.heading or ARTICLE.match(block.text):
                yield held
            else:
                yield Block(f"{held.text} {block.text}", (*held.changes, *block.changes))
                held = None
                continue
            held = None
        if _ALONE.match(block.text):
            held = block
        else:
            yield block
    if held is not None:
        yield held


def _author_notices(blocks: list[Block], authors: Collection[str]) -> list[Notice]:
    known = {author.casefold().strip() for author in authors}
    seen: dict[str | None, int] = {}
    for at, block in enumerate(blocks, 1):
        for change in block.changes:
            named = change.author
            if named is None or (known and named.casefold() not in known):
                seen.setdefault(named, at)
    return [
        Notice("nameless_change" if author is None else "stranger_change", at, author or "")
        for author, at in seen.items()
    ]


def existing(path: str | Path) -> Path:
    """The path, if there is a file. Raises NoInput."""
    problem = no_input(path, regular=True)
    if problem is not None:
        raise NoInput(problem)
    return Path(path)
