"""Valid cases, regimes and case tests, changed at random, given to the verbs that read them.

    ./bootstrap python benchmarks/fuzz.py [--seconds 60] [--seed 1] [--keep FOLDER]

Bytes are lost, added and turned; values, fields and branches of documents are exchanged. Nothing may come out but an answer or
a message with one of our exit codes, within two seconds of processor time. What fails is kept. Exit code 1 when something does.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safethird.cli.main import run
from safethird.facts.documents import read_yaml
from safethird.regimes.catalogue import LIBRARY, library_files

MOST_SECONDS = 2.0
CODES = (0, 1, 2, 3, 4, 65, 66)
FIVE = (
    "us-guatemala-2019",
    "stca-canada",
    "us-transit-bar-2019",
    "dublin-iii",
    "us-guatemala-reported-2019-07",
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**30, "", "NO", "no", "GT", "gt", "Honduras", "2019", "2019-02-30", "2019-13",
    "0000-00-00", "9999-12-31", "19900-4-12", "x" * 300, [], {}, [[]], [{}], {"": 1}, "\u202e", "\0", "\ud800", ["GT", "GT"],
    "unknown",
)  # fmt: skip
PIECES = (
    "and", "or", "not", "any", "all", "no", "count", "first", "in", "where", "is unknown", "==", "<", "(", ")", "[", "]", "entries",
    "claim.date", "14 days", "before", '"GT"', "month", "satisfy", "latest", "age of applicant on", "\t", "\0", "\u2028", "é", "{", "}",
    "\\", "'", '"', "#", ":", "-", "|", ">", "*a", "&a", "!!x", "%", "@", "`", "?",
)  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but the document itself."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(data: Any, chance: random.Random) -> Any:
    """A document with one or two branches exchanged, taken out, renamed or wrapped."""
    data = copy.deepcopy(data)
    for _ in range(chance.choice([1, 1, 1, 2])):
        there = list(places(data))
        if not there:
            break
        *parents, last = chance.choice(there)
        inner = data
        for step in parents:
            inner = inner[step]
        kind = chance.random()
        if kind < 0.3:
            inner[last] = copy.deepcopy(chance.choice(VALUES))
        elif kind < 0.45:
            inner.pop(last)
        elif kind < 0.55 and isinstance(inner, dict):
            inner[chance.choice(["x", "date", "country", "id", "case", "a b", "entries_complete"])] = (
                inner.pop(last)
            )
        elif kind < 0.65:
            inner[last] = [inner[last]]
        else:
            found = data
            for step in chance.choice(there):
                found = found[step]
            inner[last] = copy.deepcopy(found)
    return data


def turned(raw: bytes, chance: random.Random) -> bytes:
    """A text with a few bytes lost, added, repeated or turned."""
    text = bytearray(raw)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at, kind = chance.randrange(len(text) + 1), chance.random()
        if kind < 0.25:
            del text[at : at + chance.randrange(1, 30)]
        elif kind < 0.4:
            text[at:at] = bytes([chance.randrange(256)])
        elif kind < 0.5:
            text[at:at] = text[at : at + chance.randrange(1, 60)]
        elif kind < 0.95:
            text[at : at + chance.choice([0, 1, 3])] = f" {chance.choice(PIECES)} ".encode()
        elif at < len(text):
            text[at] ^= 1 << chance.randrange(8)
    return bytes(text)


def tries(chance: random.Random) -> Iterator[tuple[str, bytes, list[str]]]:
    """Without end: the name of a file, what stands in it, and a call that reads it."""
    sources = [path.read_bytes() for path in library_files().values()]
    files = sorted(LIBRARY.glob("*/*.cases.yaml"))
    tests = [path.read_bytes() for path in files]
    cases = [
        case for path in files for case in read_yaml(path.read_text(encoding="utf-8")).data["bases"].values()
    ]
    Path("good.json").write_text(json.dumps(chance.choice(cases)), encoding="utf-8")
    while True:
        kind, regime = chance.random(), chance.choice(FIVE)
        if kind < 0.35:
            look = [
                "--regime",
                regime,
                "--lang",
                chance.choice(["en", "es", "fr"]),
                "--format",
                chance.choice(["text", "json", "html"]),
            ]
            case = json.dumps(changed(chance.choice(cases), chance)).encode()
            yield "case.json", case, [chance.choice(["screen", "screen", "explain"]), "case.json", *look]
        elif kind < 0.5:
            name = chance.choice(["case.json", "case.yaml", "case.jsonl"])
            yield (
                name,
                turned(json.dumps(chance.choice(cases)).encode(), chance),
                ["screen", name, "--regime", regime],
            )
        elif kind < 0.9:
            raw, name = chance.choice(sources), "draft.yaml"
            if chance.random() < 0.6:
                raw = turned(raw, chance)
            else:
                name, raw = "draft.json", json.dumps(changed(read_yaml(raw.decode()).data, chance)).encode()
            calls = [
                ["lint", name],
                ["show", name, "--on", "2020-01-01"],
                ["screen", "good.json", "--regime", name],
            ]
            yield name, raw, chance.choice(calls)
        else:
            yield (
                "x.cases.yaml",
                turned(chance.choice(tests), chance),
                ["test", "x.cases.yaml", "--no-coverage"],
            )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep",
        type=Path,
        default=Path(tempfile.gettempdir()) / "safethird-fuzz",
        help="folder for what fails",
    )
    chosen = parser.parse_args()
    os.environ.pop("SAFETHIRD_DEBUG", None)
    ended: Counter[str] = Counter()
    failed = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        until = time.monotonic() + chosen.seconds
        for number, (name, raw, call) in enumerate(tries(random.Random(chosen.seed))):
            if time.monotonic() > until:
                break
            Path(name).write_bytes(raw)
            out, err = io.StringIO(), io.StringIO()
            started = time.process_time()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(call)
            took = time.process_time() - started
            ended[str(code)] += 1
            silent = code in (65, 66) and not (out.getvalue() + err.getvalue()).strip()
            if code not in CODES or silent or took > MOST_SECONDS:
                failed += 1
                chosen.keep.mkdir(parents=True, exist_ok=True)
                (chosen.keep / f"{chosen.seed}-{number}-{name}").write_bytes(raw)
                print(
                    f"{' '.join(call)}: exit code {code}, {took:.1f} s, kept as {chosen.seed}-{number}-{name}",
                    flush=True,
                )
    print(
        f"{sum(ended.values())} calls, by exit code {dict(sorted(ended.items()))}, {failed} not as they should be"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
