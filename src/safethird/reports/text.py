"""Answers as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from safethird.screening.screen import Determination


def trace_lines(answer: Determination, language: str, *, deciding_only: bool = False) -> Iterator[str]:
    """The reasoning as indented lines."""
    for step in answer.reasoning.provisions.values():
        yield f"{step.provision.id}: {step.value}"
