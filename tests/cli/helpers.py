"""Running the command line inside a test."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest

from safethird.cli.main import run


@dataclass(frozen=True)
class Run:
    """What a call printed and how it ended."""

    code: int
    out: str
    err: str


class _Input(io.TextIOWrapper):
    pass


def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: str, typed: str = ""
) -> Run:
    """Run `safethird ARGS` with `typed` on standard input."""
    capsys.readouterr()
    stdin: Any = _Input(io.BytesIO(typed.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    code = run(list(args))
    captured = capsys.readouterr()
    return Run(code, captured.out, captured.err)
