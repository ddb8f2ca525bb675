"""Opens files that strangers send: archives of bounded size, XML without entities. Nothing is ever
unpacked to disk."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

from safethird.errors import BadData, NoInput, Problem

MOST_FILE_BYTES = 50_000_000
MOST_PART_BYTES = 120_000_000
"""A part of 120 MB of Word XML is some 5,000 pages several times over."""
MOST_PARTS = 5_000
MOST_RATIO = 250
"""Word's own XML packs to between a fifth and a hundredth. A bomb packs to a thousandth."""
MOST_DEPTH = 256
_CHUNK = 1 << 16

Start = Callable[[str, Mapping[str, str]], None]


class Package:
    """A zip archive read with limits."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            if path.stat().st_size > MOST_FILE_BYTES:
                raise _bad(self.name, f"The file is larger than {MOST_FILE_BYTES:,} bytes", "too-large")
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise NoInput(
                Problem("There is no such file", file=self.name, hint="Check the spelling.")
            ) from None
        except OSError as error:
            raise NoInput(Problem(f"The file cannot be opened ({error.strerror or 'unreadable'})",
                                  file=self.name)) from None  # fmt: skip
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise _bad(self.name, "This is no Word file, or it is damaged", "not-docx",
                       "Open it in a word processor and save it again as .docx.") from None  # fmt: skip
        if len(self._zip.infolist()) > MOST_PARTS:
            raise _bad(self.name, f"The file holds more than {MOST_PARTS:,} parts", "zip-bomb")

    def names(self) -> tuple[str, ...]:
        """Names of all parts."""
        return tuple(self._zip.namelist())

    def read(self, part: str) -> bytes:
        """The bytes of one part. Raises BadData when it unpacks to too much; sizes are counted, not
        believed."""
        try:
            info = self._zip.getinfo(part)
        except KeyError:
            raise _bad(self.name, f"The part '{part}' is missing: this is no Word file", "not-docx") from None
        if info.flag_bits & 1:
            raise _bad(self.name, "The file is protected by a password", "encrypted", "Save it without one.")
        most = min(MOST_PART_BYTES, max(1_000_000, info.compress_size * MOST_RATIO))
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise _bad(self.name, "The file unpacks to far more than a text can need", "zip-bomb",
                                   "Ask the sender for a plain copy.")  # fmt: skip
                    pieces.append(chunk)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError):
            raise _bad(self.name, f"The part '{part}' is damaged", "not-docx") from None
        except Exception as error:
            if type(error).__name__ != "error":  # zlib.error and lzma's have no common base
                raise
            raise _bad(self.name, f"The part '{part}' is damaged", "not-docx") from None
        return b"".join(pieces)


def walk_xml(
    content: bytes, file: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]
) -> None:
    """Go through XML. Names come as `namespace}name`. Raises BadData for a document type, entities,
    depth or bad XML.

    A document type is refused as such: entities that grow, and references to other files, begin there.
    """
    depth = 0

    def opened(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise _bad(file, f"The XML is nested more than {MOST_DEPTH} levels deep", "too-deep")
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def refuse(*_: object) -> None:
        raise _bad(
            file,
            "The XML inside declares a document type or entities",
            "xml-entities",
            "No word processor writes this; the file may be an attack. Ask the sender for a new copy.",
        )

    parser = expat.ParserCreate(namespace_separator="}")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_: 0
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise _bad(file, "The XML inside cannot be read", "not-docx",
                   "Open the file in a word processor and save it again.") from None  # fmt: skip


def _bad(file: str, what: str, code: str, hint: str | None = None) -> BadData:
    return BadData(Problem(what, file=file, code=code, hint=hint))
