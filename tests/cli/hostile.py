"""Files that no careful person would hand to `safethird`, and the verbs that read files.

A corpus for `test_bad_input.py` (the small files, in this process) and for `benchmarks/bad_input.py` (all of them, each
in a process of its own, with its time and its memory).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SURNAME = "Quetzalcoatl-Zyx"
NUMBER = "738164923"
MARKS = (SURNAME, NUMBER)
"""Stand in every file where a person's facts would: no output may hold them."""

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Bad:
    """One bad file. `says` stands in the message about it; empty: any clear message will do."""

    name: str
    make: Make
    says: str
    large: bool = False
    """Takes a second or more to make."""


@dataclass(frozen=True)
class Use:
    """A verb that reads a file: its arguments, `{}` where the file goes."""

    name: str
    args: tuple[str, ...]
    endings: tuple[str, ...]
    codes: tuple[int, ...] = (65, 66)
    strict: bool = True
    """Whether a file of a stranger's making is never sound by chance, and its encoding must be UTF-8."""


YAML, JSON, LINES = ".yaml", ".json", ".jsonl"

USES = (
    Use("screen", ("screen", "{}"), (YAML, JSON, LINES)),
    Use("explain", ("explain", "{}", "--format", "html"), (YAML, JSON, LINES)),
    Use("screen a draft", ("screen", "{case}", "--regime", "{}"), (YAML, JSON)),
    Use("screen with a dossier", ("screen", "{case}", "--regime", "us-guatemala-2019", "--dossier", "{}"), (YAML, JSON)),
    Use("ask", ("ask", "--regime", "{}"), (YAML, JSON)),
    Use("test", ("test", "{}"), (YAML, JSON)),
    Use("lint", ("lint", "{}"), (YAML, JSON)),
    Use("lint with tests", ("lint", "us-guatemala-2019", "--cases", "{}"), (YAML, JSON)),
    Use("show", ("show", "{}"), (YAML, JSON)),
    Use("compare", ("compare", "us-guatemala-2019", "{}", "--limit", "1"), (YAML, JSON)),
    Use("compare with a caseload", ("compare", "us-guatemala-2019", "us-guatemala-reported-2019-07", "--limit", "0",
                                    "--caseload", "{}"), (YAML, JSON, LINES)),
    Use("prove", ("prove", "{}", "bars"), (YAML, JSON)),
    Use("check", ("check", "{}"), (YAML, JSON)),
    Use("draft new", ("draft", "new", "--answers", "{}", "--out", "{out}"), (YAML, JSON)),
    Use("assess with a dossier", ("assess", "GT", "--on", "2019-11-15", "--dossier", "{}"), (YAML, JSON)),
    Use("assess by a test", ("assess", "GT", "--on", "2019-11-15", "--test", "{}"), (YAML, JSON)),
    Use("forecast", ("forecast", "{}", "--data", "{data}", "--draws", "200"), (YAML, JSON)),
    Use("run a draft", ("run", "{}", "--on", "{table}"), (YAML, JSON)),
    Use("run with a mapping", ("run", "us-guatemala-2019", "--on", "{table}", "--map", "{}"), (YAML,)),
    Use("run", ("run", "us-guatemala-2019", "--on", "{}"), (LINES, ".csv", ".parquet", ".csv.gz"), strict=False),
    Use("map", ("map", "{}"), (LINES, ".parquet"), strict=False),
    Use("map a table", ("map", "{}"), (".csv",), (0, 65, 66), strict=False),
    Use("data check", ("data", "check", "{}"), (".csv", ".json", ".xlsx"), strict=False),
    Use("align", ("align", "{}", "{text}", "--languages", "en-es"), (".docx", ".pdf"), strict=False),
    Use("align plain text", ("align", "{}", "{text}", "--languages", "en-es"), (".txt", ".md"), (0, 65, 66),
        strict=False),
    Use("backtest", ("backtest", "--data", "{}"), (".csv", ".json"), strict=False),
)  # fmt: skip
"""Every verb with every kind of file that it reads."""


def text(content: str | bytes) -> Make:
    """A file with a content."""
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return lambda path: path.write_bytes(raw) and None


_YAML = f"""version: 1
id: a
claim:
  country: CA
  note: {SURNAME} {NUMBER}
"""
_JSON = f'{{"version": 1, "id": "a", "claim": {{"country": "CA"}}, "note": "{SURNAME} {NUMBER}"}}\n'

_MORE_YAML = {
    "tabs": (f"claim:\n\tcountry: CA\n\tnote: {SURNAME} {NUMBER}\n", "spaces, not with tabs"),
    "duplicate-keys": (_YAML + f"id: {SURNAME}\n", "The key 'id' stands here a second time"),
    "alias-bomb": (f"a: &a [{SURNAME}, {NUMBER}]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)), "aliases"),
    "merge-key": (_YAML + "b: &b {c: 1}\nd:\n  <<: *b\n", "aliases"),
    "python-tag": (f'!!python/object/apply:os.system ["touch PWNED; echo {SURNAME}"]\n', "Tags ('!...')"),
    "python-tag-inside": (_YAML + 'x: !!python/name:os.system "PWNED"\n', "Tags ('!...')"),
    "binary-tag": (_YAML + f"x: !!binary {SURNAME}\n", "Tags ('!...')"),
    "own-tag": (_YAML + "%TAG ! tag:x,2000:\n---\nx: !y 1\n", ""),
    "open-quote": (_YAML + f'x: "{SURNAME} {NUMBER}\n' * 3, "not valid YAML"),
    "open-bracket": (_YAML + f"x: [{SURNAME}, {NUMBER}\n", "not valid YAML"),
    "two-documents": (_YAML + "---\n" + _YAML, "second document"),
    "complex-key": (f"? [{SURNAME}, {NUMBER}]\n: 1\n", "A key must be a plain word"),
    "deep-flow": ("[" * 20_000 + f"{SURNAME}" + "]" * 20_000, "levels deep"),
    "deep-mappings": ("{a: " * 20_000 + SURNAME + "}" * 20_000, "levels deep"),
    "deep-block": ("".join(" " * i + "a:\n" for i in range(900)) + " " * 900 + SURNAME, "levels deep"),
    "deep-dashes": ("- " * 20_000 + SURNAME, "levels deep"),
    "only-comment": (f"# {SURNAME} {NUMBER}\n" * 40, "The file is empty"),
    "control-characters": (_YAML + f"x: \x1b[31m{SURNAME}\x07\n", "invisible character"),
    "bidirectional": (_YAML + f"\u202e\u2066x: {SURNAME}\n", ""),
    "lone-surrogate-bytes": (_YAML + f"x: \ud800{SURNAME}\n", "not UTF-8"),
    "lone-surrogate-escape": (_YAML + f'x: "\\ud800{SURNAME}"\n', ""),
    "octal": (_YAML + f"x: 0o{NUMBER}\ny: 0x{NUMBER}\nz: 1_000\n", ""),
    "null-key": (f"null: {SURNAME}\n~: {NUMBER}\n", ""),
    "number-keys": (f"1: {SURNAME}\n2.5: {NUMBER}\ntrue: {SURNAME}\n", ""),
    "empty-key": (f": {SURNAME}\n'': {NUMBER}\n", ""),
    "long-key": (f"{'k' * 1000}: {SURNAME}\n", ""),
    "very-long-key": (f"? {'k' * 200_000}\n: {SURNAME}\n", ""),
    "scalar": (f"{SURNAME} {NUMBER}\n", ""),
    "number": (f"{NUMBER}\n", ""),
    "list-of-scalars": (f"- {SURNAME}\n- {NUMBER}\n" * 30, ""),
    "big-numbers": (f"version: 1e999\nid: {'9' * 5000}\nclaim: {{country: {NUMBER}}}\n", ""),
    "norway-as-no": (f"version: 1\nclaim: {{country: no, note: {SURNAME}}}\n", ""),
    "expression-that-runs": (_YAML + f"when: __import__('os').system('touch PWNED {SURNAME}')\n", ""),
}  # fmt: skip

_MORE_JSON = {
    "trailing-comma": (_JSON.replace('"}\n', '",}\n'), "not valid JSON"),
    "cut-short": (_JSON[:60], "not valid JSON"),
    "duplicate-keys": (f'{{"id": "{SURNAME}", "id": {NUMBER}}}', "stands twice"),
    "deep-lists": ("[" * 20_000 + f'"{SURNAME}"' + "]" * 20_000, "levels deep"),
    "deep-objects": ('{"a": ' * 20_000 + f'"{SURNAME}"' + "}" * 20_000, "levels deep"),
    "deep-but-read": ('{"a": ' * 70 + f'"{SURNAME}"' + "}" * 70, ""),
    "nan": (f'{{"version": NaN, "note": "{SURNAME}"}}', "not a JSON value"),
    "infinity": (f'{{"version": -Infinity, "note": "{SURNAME}"}}', "not a JSON value"),
    "too-large-number": (f'{{"version": 1e999, "note": "{SURNAME}"}}', ""),
    "long-integer": (f'{{"version": {"9" * 5000}, "note": "{SURNAME}"}}', "number in this file is too long"),
    "integer": (f'{{"version": {"9" * 4000}, "note": "{SURNAME}"}}', ""),
    "lone-surrogate": (f'{{"version": 1, "\\ud800": "{SURNAME}", "claim": {{"country": "\\ud800"}}}}', ""),
    "lone-surrogate-id": (f'{{"version": 1, "id": "\\udfff", "claim": {{"country": "CA"}}, "n": "{SURNAME}"}}', ""),
    "escape-id": (f'{{"version": 1, "id": "\\u001b[31m", "claim": {{"country": "CA"}}, "n": "{SURNAME}"}}', ""),
    "single-quotes": (f"{{'version': 1, 'note': '{SURNAME}'}}", "not valid JSON"),
    "comment": (f'{{"version": 1 /* {SURNAME} */}}', "not valid JSON"),
    "scalar": (f'"{SURNAME}"', ""),
    "number": (NUMBER, ""),
    "list-of-scalars": (f'["{SURNAME}", {NUMBER}, null, true]', ""),
    "long-key": (f'{{"{"k" * 200_000}": "{SURNAME}"}}', ""),
    "html": (f"<!doctype html><p>{SURNAME} {NUMBER}</p>", ""),
}  # fmt: skip

_ANY = {
    "empty": ("", "The file is empty"),
    "blank": (" \n\t\n  \n", ""),
    "byte-order-mark-only": (b"\xef\xbb\xbf", "The file is empty"),
    "utf-16": (_JSON.encode("utf-16"), "UTF-16"),
    "utf-16-le": (_JSON.encode("utf-16-le"), ""),
    "utf-16-be": (_JSON.encode("utf-16-be"), ""),
    "utf-32": (_JSON.encode("utf-32"), ""),
    "latin-1": (_JSON.replace(SURNAME, f"{SURNAME}\xe9\xf1").encode("latin-1"), "UTF-8"),
    "cut-utf-8": (_JSON.replace(SURNAME, f"{SURNAME}\xe9").encode()[:-10] + b"\xc3", ""),
    "nul-bytes": (_JSON.replace(" ", "\0").encode(), ""),
    "binary": (b"\x7fELF\x02\x01\x01\0" + bytes(range(256)) * 40 + SURNAME.encode(), ""),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40 + SURNAME.encode(), ""),
    "gzip": (b"\x1f\x8b\x08\0" + bytes(range(256)) * 40, ""),
    "zip": (b"PK\x03\x04" + bytes(range(256)) * 40 + SURNAME.encode(), ""),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + SURNAME.encode() * 10, ""),
}


def _zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _many(piece: str, count: int, before: str = "", after: str = "") -> Make:
    def make(path: Path) -> None:
        with path.open("w", encoding="utf-8") as stream:
            stream.write(before)
            block = piece * min(count, 10_000)
            for _ in range(count // min(count, 10_000)):
                stream.write(block)
            stream.write(after)

    return make


_ODD: tuple[tuple[str, Make, str], ...] = (
    ("missing", lambda path: None, "no such"),
    ("folder", lambda path: path.mkdir(), ""),
    ("dangling-link", lambda path: path.symlink_to("nowhere"), "no such"),
    ("link-to-itself", _loop, ""),
    ("pipe-without-writer", lambda path: os.mkfifo(path), "pipe"),  # noqa: PLW0108 - not everywhere
    ("endless", _zeros, ""),
)
_MB = 1_000_000


def _large(ending: str) -> Iterator[Bad]:
    letters = f"{SURNAME} {NUMBER} ".ljust(1000, "x")
    yield Bad("200-mb-of-one-text", _many(letters, 200_000, '{"version": "', '"}\n'), "", large=True)
    yield Bad("200-mb-of-one-plain-text", _many(letters, 200_000, "version: "), "", large=True)
    yield Bad("200-mb-of-blank-lines", _many("\n" * 1000, 200_000), "", large=True)
    yield Bad("200-mb-of-lines", _many(f'{{"note": "{SURNAME}"}}\n', 6 * _MB), "", large=True)
    yield Bad("million-entries-in-a-list", _many(f'"{SURNAME}", ', _MB, "[", "1]\n"), "", large=True)
    yield Bad("million-numbers-in-a-list", _many("0,", _MB, "[", "1]\n"), "", large=True)
    yield Bad("million-keys", _million_keys, "", large=True)
    yield Bad("many-small-lists", _many("[],", 1_600_000, "[", "1]\n"), "", large=True)
    yield Bad("deep-for-megabytes", _many("[", 4 * _MB), "", large=True)
    if ending in (YAML, JSON):
        yield Bad("million-dashes", _many("- a\n", 240_000), "", large=True)
        yield Bad("million-colons", _many("a: " * 300, 1000), "", large=True)
        yield Bad("million-quotes", _many("'\"", 400_000), "", large=True)


def _million_keys(path: Path) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("{")
        stream.writelines(f'"k{number}": 1, ' for number in range(350_000))
        stream.write(f'"{SURNAME}": {NUMBER}}}\n')


def files_for(ending: str, *, large: bool = False) -> Iterator[Bad]:
    """Bad files for a kind of name. `large`: also those that take long to make."""
    for name, (content, says) in _ANY.items():
        yield Bad(name, text(content), says if ending in (YAML, JSON, LINES) else "")
    # A file of any name can hold either.
    for name, (content, says) in _MORE_YAML.items():
        if ending not in (JSON, LINES):
            yield Bad(f"yaml-{name}", text(content), says if ending == YAML else "")
    for name, (content, says) in _MORE_JSON.items():
        if ending != YAML:
            yield Bad(f"json-{name}", text(content), says if ending in (JSON, LINES) else "")
    for name, make, says in _ODD:
        if name != "pipe-without-writer" or hasattr(os, "mkfifo"):
            yield Bad(name, make, says if ending in (YAML, JSON, LINES) else "")
    if large:
        yield from _large(ending)


def remove(path: Path) -> None:
    """Take away what a `make` made."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def faults(code: int, said: str, bad: Bad, use: Use, file: str) -> list[str]:
    """What is wrong with how a verb met a bad file: nothing, when it met it well."""
    found = []
    if code not in use.codes:
        found.append(f"exit code {code}, not {' or '.join(map(str, use.codes))}")
    marks = () if code == 0 else MARKS
    found += [f"says {word!r}" for word in ("Traceback", "fault of ours", *marks) if word in said]
    if use.strict and bad.says and bad.says not in said:
        found.append(f"does not say {bad.says!r}")
    if code != 0 and file not in said.replace("\n", ""):
        found.append("does not name the file")
    return found
