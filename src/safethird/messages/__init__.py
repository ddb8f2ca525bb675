"""What the product itself says, in English, Spanish and French.

One YAML file for each part of the product; every message stands there in all three languages, as a whole
sentence with named places (`{state}`). A test holds the languages and their places against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from safethird.errors import Problem, UsageError, did_you_mean
from safethird.facts.documents import read_yaml

LANGUAGES = ("en", "es", "fr")
_FOLDER = Path(__file__).parent


@cache
def messages(part: str) -> Mapping[str, Mapping[str, str]]:
    """All messages of one part of the product, by name."""
    file = _FOLDER / f"{part}.yaml"
    found: Mapping[str, Mapping[str, str]] = read_yaml(file.read_text(encoding="utf-8"), file.name).data
    return found


def parts() -> tuple[str, ...]:
    """The parts that have messages."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def say(name: str, language: str, **places: Any) -> str:
    """One message: `say("screen.applies", "es", state="Guatemala")`. The part stands before the first dot.

    >>> say("truth.unknown", "fr")
    'pas connu'
    """
    part, _, key = name.partition(".")
    if language not in LANGUAGES:
        raise UsageError(
            Problem(f"'{language}' is no language of ours", expected=", ".join(LANGUAGES), code="unknown-language",
                    hint=did_you_mean(language, LANGUAGES))
        )  # fmt: skip
    text = messages(part)[key][language]
    return text.format(**places) if places else text
