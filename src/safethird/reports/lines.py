"""Lines of plain text for a terminal or a file."""

from __future__ import annotations

import textwrap

WIDTH = 100


def wrapped(text: str, indent: str = "", hang: str = "") -> list[str]:
    """A paragraph folded to the width of the page; lines after the first stand further in by `hang`."""
    return _folded(text, indent, indent + hang)


def bullet(text: str, indent: str = "    ") -> list[str]:
    """One entry of a list."""
    return _folded(text, f"{indent}- ", f"{indent}  ")


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
