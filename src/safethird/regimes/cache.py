"""Law files read once: their YAML kept as JSON beside the user's other caches, found by the hash of the file.

Only law stands in the cache, never a case. A cache that cannot be read or written is no loss: the file is
then read as YAML.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from safethird.facts.documents import Document, read_text, read_yaml

LAYOUT = 1
"""Changed whenever the reading of YAML changes, so that old entries are not found."""


def cache_folder() -> Path | None:
    """Where the cache lies; None when it is switched off by SAFETHIRD_CACHE="" or there is no home."""
    given = os.environ.get("SAFETHIRD_CACHE")
    if given is not None:
        return Path(given) if given else None
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "safethird"
    except RuntimeError:  # there is no home folder
        return None


def read_cached(path: Path) -> tuple[Document, str]:
    """A YAML file as a document without places, and the SHA-256 of its text."""
    text = read_text(path)
    digest = hashlib.sha256(text.encode()).hexdigest()
    folder = cache_folder()
    entry = None if folder is None else folder / f"{digest}-{LAYOUT}.json"
    if entry is not None:
        # Not there, or cut short: then the file itself is read.
        with suppress(OSError, ValueError):
            return Document(json.loads(entry.read_bytes()), str(path)), digest
    data = read_yaml(text, str(path)).data
    if entry is not None:
        _keep(entry, data)
    return Document(data, str(path)), digest


def _keep(entry: Path, data: object) -> None:
    part = entry.with_suffix(f".{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        part.replace(entry)
    except OSError:
        # A full or read-only disk must not keep anybody from an answer.
        with suppress(OSError):
            part.unlink(missing_ok=True)
