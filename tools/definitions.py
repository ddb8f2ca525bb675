#!/usr/bin/env python3
"""Writes docs/definitions.md from the regime files (`python tools/definitions.py`); a test keeps it fresh."""

from __future__ import annotations

from pathlib import Path

from safethird.regimes.notions import notions
from safethird.reports.definitions import definitions_markdown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "definitions.md"


def page() -> str:
    """The page as it should be."""
    return definitions_markdown(notions().values(), "en")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
