"""Strict reading of YAML and JSON text into plain data, with the place of everything.

YAML is a data notation here and nothing more: YAML 1.2 core schema (`NO` is Norway, not "no"),
no tags, no anchors or aliases, no duplicate keys, bounded depth and size. Events come from libyaml
and the tree is built here, so depth is limited before anything recurses.
"""

from __future__ import annotations

import json
import math
import os
import re
import select
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import yaml

from safethird.errors import BadData, NoInput, Problem

MOST_BYTES = 5_000_000
MOST_YAML_BYTES = 1_000_000
"""Limits for one document, so that also a hostile one is read within a second or two and 300 MB. The longest
regime has a tenth of that; cases in greater number stand in JSON Lines, which are read line by line."""
MOST_DEPTH = 64
PIPE_SECONDS = 1.0
"""How long a named pipe may stay silent; standard input is waited for without limit."""

Key = str | int
DocumentPath = tuple[Key, ...]

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CORE = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)


class Span(NamedTuple):
    """Where a value stands: lines and columns from 0, end exclusive; `style` is YAML's."""

    line: int
    column: int
    end_line: int
    end_column: int
    style: str


@dataclass(slots=True)
class Document:
    """Plain data and where each part of it stands."""

    data: Any
    file: str | None
    text: str = ""
    spans: dict[DocumentPath, Span] = field(default_factory=dict)
    keys: dict[DocumentPath, Span] = field(default_factory=dict)
    _lines: list[str] | None = field(default=None, repr=False)

    def place(self, path: DocumentPath) -> tuple[int | None, int | None]:
        """Line and column, from 1, of the key or element at `path`, or of the nearest parent known."""
        while True:
            span = self.keys.get(path) or self.spans.get(path)
            if span is not None:
                return span.line + 1, span.column + 1
            if not path:
                return None, None
            path = path[:-1]

    def source_of(self, path: DocumentPath) -> tuple[str, int, int] | None:
        """The raw text of a scalar and the line and column (from 0) where it starts.

        Rules are read from the raw text, so an error inside a rule names its true place. None where
        the raw text differs from the value by more than white space (escapes in quoted scalars).
        """
        span = self.spans.get(path)
        if span is None or not self.text:
            return None
        if self._lines is None:
            self._lines = self.text.split("\n")
        lines = self._lines[span.line : span.end_line + 1]
        if not lines:
            return None
        if span.end_line - span.line == len(lines) - 1:
            lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        line, column = span.line, span.column
        if span.style in "|>" and span.style:
            lines, line, column = lines[1:], line + 1, 0
        raw = "\n".join(lines)
        if span.style in ("'", '"'):
            raw, column = raw[1:-1], column + 1
            if ("'" in raw) if span.style == "'" else ("\\" in raw):
                return None
        return raw, line, column

    def problem(self, what: str, path: DocumentPath, **parts: Any) -> Problem:
        """A problem placed at `path`."""
        line, column = self.place(path)
        return Problem(what, file=self.file, line=line, column=column, path=dotted(path), **parts)


def dotted(path: DocumentPath) -> str | None:
    """`("entries", 0, "date")` as `entries[0].date`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text or None


def read_text(path: str | Path, most_bytes: int = MOST_BYTES) -> str:
    """The text of a file: UTF-8 (a byte-order mark is dropped), of bounded size.

    Raises NoInput when it cannot be opened, BadData when it is no such text.
    """
    with open_input(path) as stream:
        raw = stream.read(most_bytes + 1)
    return decode(raw, str(path), most_bytes)


def no_input(path: str | Path, *, regular: bool = False) -> Problem | None:
    """Why a file cannot be read, as far as one can tell without opening it. `regular`: pipes and devices
    will not do, because its reader goes back and forth in it."""
    name = str(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return Problem("This is a folder, not a file", file=name, code="no-input",
                           hint="Name the files in it.")  # fmt: skip
        if regular and not stat.S_ISREG(mode):
            return Problem("This is a pipe or a device, not a file", file=name, code="no-input",
                           hint="Save what it gives to a file first.")  # fmt: skip
        if not os.access(path, os.R_OK):
            return Problem("The file cannot be opened (permission denied)", file=name, code="no-input")
    except FileNotFoundError:
        return Problem("There is no such file", file=name, code="no-input", hint="Check the spelling.")
    except (OSError, ValueError) as error:
        return _cannot_open(name, error)
    return None


def _cannot_open(name: str, error: OSError | ValueError) -> Problem:
    reason = getattr(error, "strerror", None) or "not a usable name"
    return Problem(f"The file cannot be opened ({reason})", file=name, code="no-input")


@contextmanager
def open_input(path: str | Path) -> Iterator[IO[bytes]]:
    """A file, opened for reading. Raises NoInput: nothing there, a folder, not readable, or a pipe into
    which nobody writes."""
    problem = no_input(path)
    if problem is not None:
        raise NoInput(problem)
    name = str(path)
    try:
        # A pipe of the shell, <(...), is open already and has its writer.
        named_pipe = stat.S_ISFIFO(os.stat(path).st_mode) and not os.path.realpath(path).startswith(
            ("/dev/", "/proc/")
        )
        with _open_pipe(name) if named_pipe else Path(path).open("rb") as stream:
            yield stream
    except OSError as error:
        if error.errno is None:  # not from the system: what the reader of the content says of it
            raise
        raise NoInput(_cannot_open(name, error)) from None


def _open_pipe(name: str) -> IO[bytes]:
    descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    if not select.select([descriptor], [], [], PIPE_SECONDS)[0]:
        os.close(descriptor)
        raise NoInput(
            Problem("Nothing comes through this pipe", file=name, code="no-input",
                    hint="Name a file, or pipe into standard input and write '-'.")
        )  # fmt: skip
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")


def decode(raw: bytes, file: str | None, most_bytes: int = MOST_BYTES) -> str:
    """Bytes as UTF-8 text without control characters; raises BadData with line and column."""
    if len(raw) > most_bytes:
        raise BadData(
            Problem(f"The file is larger than {most_bytes:,} bytes", file=file, code="too-large",
                    hint="Is it the right file? Split it, or put each case on a line of its own (JSON Lines).")
        )  # fmt: skip
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadData(
            Problem("The file is UTF-16", file=file, expected="UTF-8", code="encoding",
                    hint="Save it again as UTF-8.")
        )  # fmt: skip
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        raise BadData(
            Problem("A byte here is not UTF-8 text", file=file, line=before.count(b"\n") + 1,
                    column=error.start - (before.rfind(b"\n") + 1) + 1, code="encoding",
                    expected="UTF-8", hint="Save the file again as UTF-8.")
        ) from None  # fmt: skip
    if "\0" in text:
        before_nul = text[: text.index("\0")]
        raise BadData(
            Problem("The file contains binary data", file=file, line=before_nul.count("\n") + 1,
                    code="encoding", expected="a text file in UTF-8")
        )  # fmt: skip
    return text.replace("\r\n", "\n")


def read_document(path: str | Path, most_bytes: int = MOST_BYTES) -> Document:
    """Read a file as JSON when its name says so, as YAML otherwise."""
    text = read_text(path, most_bytes)
    return read_json(text, str(path)) if str(path).endswith(".json") else read_yaml(text, str(path))


def read_json(text: str, file: str | None = None) -> Document:
    """JSON text as data; duplicate keys, NaN and depth beyond the limit are refused."""
    if not text.strip():
        raise BadData(Problem("The file is empty", file=file, code="empty", hint="Is it the right file?"))
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadData(
            Problem(f"This is not valid JSON ({error.msg[:1].lower()}{error.msg[1:]})", file=file,
                    line=error.lineno, column=error.colno, code="json-syntax")
        ) from None  # fmt: skip
    except _BadJson as error:
        raise BadData(Problem(str(error), file=file, code="json-syntax")) from None
    except RecursionError:
        raise BadData(_too_deep(file, None, None)) from None
    except ValueError:
        raise BadData(
            Problem("A number in this file is too long", file=file, code="json-syntax", hint="Shorten it.")
        ) from None
    if _deeper_than(data, MOST_DEPTH):
        raise BadData(_too_deep(file, None, None))
    return Document(data, file, text)


def place_in_json(document: Document) -> Document:
    """The same JSON document with places filled in (read again as YAML flow; used for errors only)."""
    try:
        return read_yaml(document.text, document.file)
    except BadData:
        return document


class _BadJson(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _BadJson(f"The field '{key}' stands twice in one object")
            seen.add(key)
    return found


def _no_constant(name: str) -> Any:
    raise _BadJson(f"'{name}' is not a JSON value")


def _too_deep(file: str | None, line: int | None, column: int | None) -> Problem:
    return Problem(f"The document is nested more than {MOST_DEPTH} levels deep", file=file, line=line,
                   column=column, code="too-deep", hint="No file of ours needs that; is it the right one?")  # fmt: skip


def _deeper_than(data: Any, most: int) -> bool:
    level: list[Any] = [data]
    for _ in range(most + 1):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def read_yaml(text: str, file: str | None = None) -> Document:
    """YAML text as data with places. Raises BadData naming line, column and mend."""
    if len(text) > MOST_YAML_BYTES:
        raise BadData(
            Problem(f"The file is larger than {MOST_YAML_BYTES:,} characters of YAML", file=file, code="too-large",
                    hint="Is it the right file? Split it, or write cases as JSON Lines, each on a line of its own.")
        )  # fmt: skip
    document = Document(None, file, text)
    try:
        empty = _build(text, document)
    except yaml.MarkedYAMLError as error:
        raise BadData(_syntax_problem(error, file)) from None
    except yaml.YAMLError:
        bad = _NOT_YAML.search(text)
        before = text[: bad.start()] if bad is not None else ""
        raise BadData(
            Problem("There is an invisible character here that YAML does not allow", file=file, code="yaml-syntax",
                    line=before.count("\n") + 1, column=len(before) - before.rfind("\n"), hint="Delete it.")
        ) from None  # fmt: skip
    if empty:
        raise BadData(Problem("The file is empty", file=file, code="empty", hint="Is it the right file?"))
    return document


def read_yaml_until(text: str, key: str, file: str | None = None) -> Document:
    """The beginning of a YAML mapping, up to and including a top-level key: for quick looks into many
    files. What comes after is not even checked."""
    document = Document(None, file, text)
    try:
        _build(text, document, until=key)
    except yaml.YAMLError:
        # The full reading will say what is wrong.
        document.data = None
    return document


def _syntax_problem(error: yaml.MarkedYAMLError, file: str | None) -> Problem:
    mark = error.problem_mark or error.context_mark
    what = error.problem or "the YAML cannot be read"
    if "nesting depth" in what:  # newer libyaml looks ahead, and counts before we do
        return _too_deep(file, mark.line + 1 if mark else None, mark.column + 1 if mark else None)
    hint = None
    if "unexpected end of stream" in what or "unexpected document separator" in what:
        hint = "A quote that opens here is not closed."
    elif "',' or" in what:
        hint = "Close the bracket, or put a comma between its entries."
    elif "cannot start any token" in what:
        hint = "Indent with spaces, not with tabs, and put text with special characters in quotes."
    elif "mapping values are not allowed" in what:
        hint = "Put a text that contains ': ' in quotes."
    elif "escape" in what:
        hint = "In double quotes a backslash begins an escape: use single quotes."
    else:
        hint = "Check the indentation of this line and of the one above, then quotes and brackets."
    return Problem(f"This is not valid YAML ({what})", file=file, line=mark.line + 1 if mark else None,
                   column=mark.column + 1 if mark else None, code="yaml-syntax", hint=hint)  # fmt: skip


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled."""

    value: Any
    path: DocumentPath
    key: Any = None
    has_key: bool = False


def _build(text: str, document: Document, until: str | None = None) -> bool:
    """Fill `document` from libyaml's events; True when there is no content. Iterative on purpose.
    With `until`: stop once that key of the outermost mapping has its value."""
    stack: list[_Open] = []
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark: Any = event.start_mark
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise BadData(_at(document, mark, "There is a second document in this file ('---')",
                                  code="many-documents", hint="Keep one document in one file."))  # fmt: skip
        elif isinstance(event, yaml.AliasEvent):
            raise BadData(_at(document, mark, "Anchors and aliases ('&', '*') are not allowed",
                              code="alias", hint="Write the value out."))  # fmt: skip
        elif isinstance(event, yaml.ScalarEvent):
            _no_extras(event, document)
            end: Any = event.end_mark
            span = Span(mark.line, mark.column, end.line, end.column, event.style or "")
            parent = stack[-1] if stack else None
            if parent is not None and isinstance(parent.value, dict) and not parent.has_key:
                parent.key, parent.has_key = event.value, True
                path = (*parent.path, event.value)
                if event.value in parent.value:
                    first = document.keys[path].line + 1
                    raise BadData(_at(document, mark, f"The key '{event.value}' stands here a second time",
                                      code="duplicate-key", hint=f"The first is on line {first}."))  # fmt: skip
                document.keys[path] = span
                if until is not None and len(stack) == 1 and until in parent.value:
                    return False
                continue
            value = _scalar(event)
            document.spans[_place(stack, value)] = span
            if not stack:
                document.data = value
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _no_extras(event, document)
            if stack and isinstance(stack[-1].value, dict) and not stack[-1].has_key:
                raise BadData(_at(document, mark, "A key must be a plain word, not a list or a mapping",
                                  code="complex-key", hint="Write 'key: value'."))  # fmt: skip
            if len(stack) >= MOST_DEPTH:
                raise BadData(_too_deep(document.file, mark.line + 1, mark.column + 1))
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
            path = _place(stack, value)
            document.spans[path] = Span(mark.line, mark.column, mark.line, mark.column, "")
            if not stack:
                document.data = value
            stack.append(_Open(value, path))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
    return documents == 0 or (document.data is None and not document.keys)


def _place(stack: list[_Open], value: Any) -> DocumentPath:
    """Hang a new value into the open container; returns its path."""
    if not stack:
        return ()
    parent = stack[-1]
    if isinstance(parent.value, dict):
        parent.value[parent.key] = value
        parent.has_key = False
        return (*parent.path, parent.key)
    parent.value.append(value)
    return (*parent.path, len(parent.value) - 1)


def _no_extras(event: Any, document: Document) -> None:
    if event.anchor is not None:
        raise BadData(_at(document, event.start_mark, "Anchors and aliases ('&', '*') are not allowed",
                          code="alias", hint="Write the value out."))  # fmt: skip
    if event.tag is not None and event.tag != "!":
        raise BadData(_at(document, event.start_mark, "Tags ('!...') are not allowed: a file holds data only",
                          code="tag", hint="Remove the tag."))  # fmt: skip


def _scalar(event: Any) -> Any:
    """A plain scalar by the YAML 1.2 core schema; a quoted or block one is text."""
    value: str = event.value
    if event.style or not event.implicit[0]:
        return value
    if value in _CORE:
        return _CORE[value]
    if _INT.match(value) and len(value) < 20:
        return int(value)
    if _FLOAT.match(value):
        number = float(value)
        return number if math.isfinite(number) else value
    return value


def _at(document: Document, mark: Any, what: str, **parts: Any) -> Problem:
    return Problem(what, file=document.file, line=mark.line + 1, column=mark.column + 1, **parts)
