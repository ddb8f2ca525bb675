"""Case files taken apart: each case in a file as plain data, with the place where it stands.

Nothing here knows what a case must look like; it knows files: JSON, YAML, JSON Lines, limits, encodings.
JSON Lines are read line by line, so a file may be larger than memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, Any

from safethird.errors import BadData, NoInput, Problem
from safethird.facts.documents import (
    MOST_BYTES,
    Document,
    DocumentPath,
    decode,
    no_input,
    open_input,
    place_in_json,
    read_json,
    read_yaml,
)
from safethird.facts.paths import Place

MOST_LINE_BYTES = 2_000_000
MOST_PASSED_BYTES = 500_000_000
"""So much of a line that is too long is passed over in search of its end."""
MOST_BLANK_LINES = 1_000_000
"""One after the other."""
MOST_HEAD_LINES = 10_000
"""So many are looked at for whether there is one case in each line."""
MOST_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """What a file holds at one place: the data of a case, or why there is none."""

    data: Any = None
    file: str | None = None
    line: int | None = None
    id: str | None = None
    place: Place | None = None
    """From a path inside the case to line and column of the file."""
    error: BadData | None = None


def files(paths: Sequence[str | Path], stdin: IO[bytes] | None = None) -> list[Iterator[Piece]]:
    """For each file, what it holds, in order; read as it is asked for.

    Raises NoInput, before anything is read, for all files together that cannot be opened.
    """
    problems = [problem for path in paths if str(path) != "-" and (problem := no_input(path)) is not None]
    if problems:
        raise NoInput(problems)
    return [_file(path, stdin) for path in paths]


def _file(path: str | Path, stdin: IO[bytes] | None) -> Iterator[Piece]:
    if str(path) == "-":
        yield from _stream(stdin or sys.stdin.buffer, "standard input", "")
        return
    with open_input(path) as stream:
        yield from _stream(stream, str(path), Path(path).suffix.lower())


def _stream(stream: IO[bytes], file: str, suffix: str) -> Iterator[Piece]:
    """By the ending of the name; a file without a telling ending by how it begins."""
    if suffix in (".jsonl", ".ndjson"):
        yield from _lines(_raw_lines(stream), file)
        return
    if suffix in (".yaml", ".yml"):
        yield from _whole(stream.read(MOST_BYTES + 1), file, read_yaml)
        return
    head = list(_first_two(stream))
    written = [line for line in head if _stripped(line)]
    if len(written) == 2 and _stripped(written[0])[:1] == b"{" and _stripped(written[0])[-1:] == b"}":
        yield from _lines(chain(head, _raw_lines(stream)), file)
        return
    raw = b"".join(head)
    raw += stream.read(max(0, MOST_BYTES + 1 - len(raw)))
    is_json = suffix == ".json" or _stripped(raw)[:1] in (b"{", b"[")
    yield from _whole(raw, file, read_json if is_json else read_yaml)


def _stripped(line: bytes) -> bytes:
    return line.removeprefix(b"\xef\xbb\xbf").strip()


def _first_two(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines up to the second that is not blank, not more than say what a file is."""
    written = size = 0
    for _ in range(MOST_HEAD_LINES):
        line = stream.readline(MOST_BYTES + 1)
        if not line:
            return
        yield line
        written += bool(_stripped(line))
        size += len(line)
        if written == 2 or size > MOST_BYTES:
            return


# --- JSON Lines ----------------------------------------------------------------------------------


class _NoEndError(Exception):
    """A line that goes on and on, or blank lines that do."""


def _raw_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of bounded length: of a longer one just so much that its length shows."""
    while line := stream.readline(MOST_LINE_BYTES + 1):
        yield line
        passed = 0
        while len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MOST_LINE_BYTES + 1)
            passed += len(line)
            if passed > MOST_PASSED_BYTES:
                raise _NoEndError


def _lines(lines: Iterable[bytes], file: str) -> Iterator[Piece]:
    empty = True
    number = blank = 0
    try:
        for number, line in enumerate(lines, start=1):
            if _stripped(line):
                empty, blank = False, 0
                yield _line(line, number, file)
            elif (blank := blank + 1) > MOST_BLANK_LINES:
                raise _NoEndError
    except _NoEndError:
        problem = Problem("Nothing but one line without end, or blank lines, from here on: the rest is not read",
                          file=file, line=number, code="too-large", hint="Is it the right file?")  # fmt: skip
        yield Piece(file=file, line=number, error=BadData(problem))
        return
    if empty:
        yield Piece(file=file, error=BadData(Problem("The file is empty", file=file, code="empty")))


def _line(raw: bytes, number: int, file: str) -> Piece:
    try:
        if len(raw) > MOST_LINE_BYTES:
            raise BadData(
                Problem(f"This line is longer than {MOST_LINE_BYTES:,} bytes", file=file, code="too-large",
                        hint="Each line holds one case.")
            )  # fmt: skip
        text = decode(raw, file).rstrip()
        try:
            data = _DECODER.decode(text)
        except (ValueError, RecursionError):
            data = read_json(text, file).data  # says what is wrong
    except BadData as error:
        problems = [replace(problem, line=number) for problem in error.problems]
        return Piece(file=file, line=number, error=BadData(problems))
    return _piece(data, file, number, lambda _: (number, None), ())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_constant(_: str) -> Any:
    raise ValueError("no JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
"""As strict as `read_json`, which builds a decoder anew for each text; made once for millions of lines."""


# --- whole documents -----------------------------------------------------------------------------


def _whole(raw: bytes, file: str, read: Callable[[str, str], Document]) -> Iterator[Piece]:
    try:
        document = read(decode(raw, file), file)
    except BadData as error:
        yield Piece(file=file, line=error.problems[0].line, error=error)
        return
    place = document.place if read is read_yaml else _place_later(document)
    if not isinstance(document.data, list):
        yield _piece(document.data, file, None, place, ())
        return
    for index, data in enumerate(document.data):
        yield _piece(data, file, None, place, (index,))


def _place_later(document: Document) -> Place:
    """Places in a JSON document, which is read a second time only when one is asked for."""
    placed = lru_cache(maxsize=1)(lambda: place_in_json(document))
    return lambda path: placed().place(path)


def _piece(data: Any, file: str, line: int | None, place: Place, prefix: DocumentPath) -> Piece:
    """One case, freed of what a file puts around it: its id, and the expectations of a test case."""
    name: Any = None
    if isinstance(data, dict):
        if "case" in data and "version" not in data:
            name, data, prefix = data.get("id"), data["case"], (*prefix, "case")
        elif "id" in data:
            name, data = data["id"], {key: value for key, value in data.items() if key != "id"}
    around = prefix if prefix[-1:] != ("case",) else prefix[:-1]
    if name is not None and not _is_id(name):
        row, column = (line, None) if line else place((*around, "id"))
        expected = f"a text of at most {MOST_ID_LENGTH} characters, or a whole number"
        problem = Problem("This is no id", file, row, column, "id", expected, code="bad-id")
        return Piece(file=file, line=row, error=BadData(problem))
    inside: Place = place if not prefix else lambda path: place((*prefix, *path))
    return Piece(data, file, line, None if name is None else str(name), inside)


def _is_id(name: Any) -> bool:
    if isinstance(name, str):
        return 0 < len(name) <= MOST_ID_LENGTH and name.isprintable()
    return isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**18
