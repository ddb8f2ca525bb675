"""The text of a Word file with its tracked changes and their authors. Macros and outside references are
refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safethird.drafting.align.model import Block, Change, ChangeKind, Notice
from safethird.drafting.align.packages import Package, walk_xml
from safethird.errors import BadData, Problem

_W = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_KINDS: dict[str, ChangeKind] = {
    "ins": "inserted", "del": "deleted", "moveTo": "moved_here", "moveFrom": "moved_away",
}  # fmt: skip
_GONE = ("deleted", "moved_away")
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_word(path: Path) -> tuple[list[Block], list[Notice]]:
    """Paragraphs of a .docx file in order. Raises BadData when it carries macros or is a trap."""
    package = Package(path)
    names = package.names()
    _refuse_macros(package, names)
    _refuse_outside(package, names)
    reader = _Reader()
    walk_xml(package.read("word/document.xml"), package.name, reader.start, reader.end, reader.text)
    notices = []
    if reader.hidden_at is not None:
        notices.append(Notice("hidden_text", reader.hidden_at, ""))
    for part in ("footnotes", "endnotes", "comments"):
        if f"word/{part}.xml" in names:
            notices.append(Notice(f"left_out_{part}", None, ""))
    return reader.blocks, notices


def _refuse_macros(package: Package, names: tuple[str, ...]) -> None:
    types = package.read("[Content_Types].xml")
    if (
        any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
        or b"macroEnabled" in types
    ):
        raise BadData(
            Problem(
                "The Word file carries macros",
                file=package.name,
                code="macros",
                hint="Nothing was read. Save it as .docx without macros, or ask for such a copy.",
            )
        )


def _refuse_outside(package: Package, names: tuple[str, ...]) -> None:
    """References to other places, beyond links that a reader may follow."""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        outside = attributes.get("TargetMode", "").lower() == "external"
        if outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise BadData(
                Problem(
                    "The Word file pulls in something from outside itself",
                    file=package.name,
                    code="external-reference",
                    hint="Nothing was fetched. Save it with pictures and template embedded.",
                )
            )

    for name in names:
        if name.startswith("word/") and name.endswith(".rels"):
            walk_xml(package.read(name), package.name, start, lambda _: None, lambda _: None)


class _Open:
    """A paragraph that has begun."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.changes: list[Change] = []
        self.heading = False
        self.in_form = False
        self.goes_on = False
        """Its end was deleted: the next paragraph belongs to it."""


class _Reader:
    """Collects paragraphs while the XML goes by."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[_Open] = []
        self._carried: _Open | None = None
        self._marks: list[tuple[ChangeKind, str | None, str | None]] = []
        self._takes_text = False
        self._skipping = 0
        self._vanished = False
        self.hidden_at: int | None = None
        """The first paragraph with text that the file hides from its reader."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, local = name.rpartition("}")
        # A fallback holds the same text once more, for old programs; a change of form holds the old form.
        if self._skipping or name == _FALLBACK or (space in _W and local.endswith("Change")):
            self._skipping += 1
            return
        if space not in _W:
            return
        if local == "p":
            self._open.append(self._carried or _Open())
            self._carried = None
        elif local == "pPr" and self._open:
            self._open[-1].in_form = True
        elif local in _KINDS:
            if self._open and self._open[-1].in_form and local in ("del", "moveFrom"):
                self._open[-1].goes_on = True
            author = attributes.get(f"{space}}}author", "").strip() or None
            self._marks.append((_KINDS[local], author, attributes.get(f"{space}}}date")))
        elif local in ("t", "delText"):
            self._takes_text = True
        elif local in ("tab", "br", "cr"):
            self.put(" ")
        elif local == "noBreakHyphen":
            self.put("-")
        elif local == "vanish" and attributes.get(f"{space}}}val", "1") not in ("0", "false", "off"):
            self._vanished = True
        elif local == "r":
            self._vanished = False
        elif local == "pStyle" and self._open:
            style = attributes.get(f"{space}}}val", "").lower()
            self._open[-1].heading = style.startswith(("heading", "title", "titre", "ttulo"))

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        space, _, local = name.rpartition("}")
        if space not in _W:
            return
        if local in ("t", "delText"):
            self._takes_text = False
        elif local in _KINDS and self._marks:
            self._marks.pop()
        elif local == "p" and self._open:
            done = self._open.pop()
            if done.goes_on:
                done.in_form = done.goes_on = False
                self._carried = done
            else:
                self._keep(done)
        elif local == "pPr" and self._open:
            self._open[-1].in_form = False
        elif local == "body" and self._carried is not None:
            self._keep(self._carried)

    def _keep(self, done: _Open) -> None:
        text = " ".join("".join(done.pieces).split())
        if text or done.changes:
            self.blocks.append(Block(text, tuple(done.changes), done.heading))

    def text(self, content: str) -> None:
        if self._takes_text and not self._skipping:
            if self._vanished and content.strip() and self.hidden_at is None:
                self.hidden_at = len(self.blocks) + 1
            self.put(content)

    def put(self, content: str) -> None:
        if not self._open:
            return
        pieces, changes = self._open[-1].pieces, self._open[-1].changes
        if self._marks:
            kind, author, date = self._marks[-1]
            last = changes[-1] if changes else None
            if last is not None and (last.kind, last.author, last.date) == (kind, author, date):
                changes[-1] = Change(kind, author, date, last.text + content)
            elif content.strip():
                changes.append(Change(kind, author, date, content))
        if not any(kind in _GONE for kind, _, _ in self._marks):
            pieces.append(content)
