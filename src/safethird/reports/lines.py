"""Lines of plain text for a terminal or a file."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 100


def wrapped(text: str, indent: str = "", hang: str = "") -> list[str]:
    """A paragraph folded to the width of the page; lines after the first stand further in by `hang`."""
    return _folded(text, indent, indent + hang)


def bullet(text: str, indent: str = "    ") -> list[str]:
    """One entry of a list."""
    return _folded(text, f"{indent}- ", f"{indent}  ")


def case_lines(case: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A case as a JSON object that can be copied out of a terminal: one section on each line."""
    sections = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in case.items()]
    for number, section in enumerate(sections):
        opening = "{" if number == 0 else " "
        yield f"{indent}{opening}{section}{'}' if number == len(sections) - 1 else ','}"


def _folded(text: str, first: str, later: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first]
