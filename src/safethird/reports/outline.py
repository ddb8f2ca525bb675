"""Documents of headings, paragraphs and lists, written once and set as plain text or as Markdown."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from safethird.reports.lines import bullet, wrapped

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


class Page(ABC):
    """What a document is written to; `text` is the whole of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @abstractmethod
    def heading(self, level: int, text: str, anchor: str | None = None) -> None:
        """A heading; level 1 is the title. `anchor`: a name by which other places point here."""

    @abstractmethod
    def paragraph(self, text: str) -> None:
        """A paragraph."""

    @abstractmethod
    def item(self, text: str, depth: int = 0) -> None:
        """An entry of a list."""

    @abstractmethod
    def link(self, text: str, url: str | None) -> str:
        """Text that leads somewhere, to stand alone in a paragraph or an entry."""

    def plain(self, text: str) -> str:
        """Text in which nothing has a special meaning."""
        return text

    @property
    def text(self) -> str:
        """The whole document."""
        return "\n".join(self.lines).strip() + "\n"

    def _apart(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


class PlainPage(Page):
    """For a terminal or a text file."""

    def heading(self, level: int, text: str, anchor: str | None = None) -> None:
        self._apart()
        if level == 1:
            self.lines += [*wrapped(text), "=" * min(len(text), 100), ""]
        elif level == 2:
            self.lines += [text.upper(), "-" * len(text), ""]
        else:
            self.lines += wrapped(text)

    def paragraph(self, text: str) -> None:
        self.lines += wrapped(text)

    def item(self, text: str, depth: int = 0) -> None:
        self.lines += bullet(text, "  " * (depth + 1))

    def link(self, text: str, url: str | None) -> str:
        return text if url is None else f"{text} <{url}>"


class MarkdownPage(Page):
    """CommonMark."""

    def heading(self, level: int, text: str, anchor: str | None = None) -> None:
        self._apart()
        if anchor is not None:
            self.lines += [f'<a id="{anchor}"></a>', ""]
        self.lines += [f"{'#' * level} {self.plain(text)}", ""]

    def paragraph(self, text: str) -> None:
        self._apart()
        self.lines += [text, ""]

    def item(self, text: str, depth: int = 0) -> None:
        if depth == 0 and self.lines and self.lines[-1] and not self.lines[-1].lstrip().startswith("- "):
            self.lines.append("")
        self.lines.append(f"{'  ' * depth}- {text}")

    def link(self, text: str, url: str | None) -> str:
        text = self.plain(text)
        if url is None:
            return text
        safe = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C")
        return f"[{text}]({safe})"

    def plain(self, text: str) -> str:
        return _SPECIAL.sub(r"\\\1", text)
