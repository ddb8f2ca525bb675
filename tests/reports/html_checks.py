"""What every page of ours must keep to, checked on its text: one file, no request, readable by everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "meta",
    "br",
    "img",
    "input",
    "hr",
    "link",
    "source",
    "wbr",
    "col",
    "path",
    "circle",
    "rect",
    "line",
    "use",
}
"""Elements that need no end tag; in SVG we close empty ones at once."""
FORBIDDEN = {"script", "link", "iframe", "object", "embed", "img", "audio", "video", "source", "form", "base"}


@dataclass
class Page(HTMLParser):
    """A page read once."""

    text: str
    problems: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    lang: str | None = None
    title: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open}")
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            # `<path>...</path>` with a title inside.
            return
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:] or 'nothing'}")
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            return
        self.open.pop()

    def _start(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag in FORBIDDEN:
            self.problems.append(f"<{tag}> does not belong on a page of ours")
        for name, value in attrs.items():
            if name.startswith("on"):
                self.problems.append(f"{tag} has a script in {name}")
            if name in ("src", "srcset", "poster", "data", "action") and value:
                self.problems.append(f"{tag} asks for {value}")
        if tag == "html":
            self.lang = attrs.get("lang")
        identifier = attrs.get("id")
        if identifier is not None:
            self.ids.append(identifier)
        for name in ("aria-labelledby", "aria-describedby"):
            self.targets += (attrs.get(name) or "").split()
        href = attrs.get("href") or ""
        if href.startswith("#"):
            self.targets.append(href[1:])
        if tag == "a" and not href:
            self.problems.append("a link leads nowhere")
        if tag == "a" and href.startswith("http") and attrs.get("rel") != "noreferrer":
            self.problems.append(f"the link to {href} says where the reader came from")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th" and attrs.get("scope") not in ("col", "row", "rowgroup"):
            self.problems.append("a table heading has no scope")
        if tag == "svg" and attrs.get("role") != "img" and attrs.get("aria-hidden") != "true":
            self.problems.append("a drawing has neither a name nor is it hidden")

    def _check(self) -> None:
        if not self.text.startswith("<!DOCTYPE html>"):
            self.problems.append("no doctype")
        if self.lang is None:
            self.problems.append("no language")
        doubles = {name for name in self.ids if self.ids.count(name) > 1}
        if doubles:
            self.problems.append(f"ids twice: {sorted(doubles)[:5]}")
        lost = {name for name in self.targets if name not in self.ids}
        if lost:
            self.problems.append(f"nothing has the ids {sorted(lost)[:5]}")
        if self.headings[:1] != [1] or self.headings.count(1) != 1:
            self.problems.append(f"headings begin with {self.headings[:3]}")
        for before, after in zip(self.headings, self.headings[1:], strict=False):
            if after > before + 1:
                self.problems.append(f"a heading of level {after} follows one of level {before}")
        tables = re.findall(r"<table.*?</table>", self.text, re.DOTALL)
        if any("<caption>" not in table for table in tables):
            self.problems.append("a table has no caption")
        if re.search(r"@import|url\(\s*['\"]?(?!#)", self.text):
            self.problems.append("the style asks for something outside")
        if "{{" in self.text or "{%" in self.text:
            self.problems.append("a template shows through")
        if re.search(r"\{[a-z_]+\}", re.sub(r"<style>.*?</style>", "", self.text, flags=re.DOTALL)):
            self.problems.append("a message has an empty place")
        if "default-src 'none'" not in self.text:
            self.problems.append("no policy against requests")


def problems_of(text: str, language: str) -> list[str]:
    """All that is wrong with a page that should be in a language; empty when it is well made."""
    page = Page(text)
    if page.lang != language:
        page.problems.append(f"the page says it is in {page.lang}")
    return page.problems
