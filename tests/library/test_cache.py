"""The cache of law files: quicker, never different, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safethird.regimes.cache import cache_folder, read_cached
from safethird.regimes.catalogue import LIBRARY
from safethird.regimes.loader import build_regime, load_regime_file

FILE = LIBRARY / "americas" / "us-guatemala-2019.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAFETHIRD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_comes_from_the_cache_is_what_the_file_says(folder: Path) -> None:
    first, digest = read_cached(FILE)
    again, same = read_cached(FILE)
    assert len(list(folder.iterdir())) == 1
    assert first.data == again.data
    assert digest == same == load_regime_file(FILE).digest
    cached, plain = build_regime(again, digest), load_regime_file(FILE)
    assert [entry.id for entry in cached.provisions] == [entry.id for entry in plain.provisions]
    assert [entry.rule.text for entry in cached.ruled() if entry.rule] == [
        entry.rule.text for entry in plain.ruled() if entry.rule
    ]


def test_a_changed_file_is_read_anew(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text("a: 1\n", encoding="utf-8")
    assert read_cached(copy)[0].data == {"a": 1}
    copy.write_text("a: 2\n", encoding="utf-8")
    assert read_cached(copy)[0].data == {"a": 2}


def test_a_damaged_cache_is_passed_over(folder: Path) -> None:
    read_cached(FILE)
    (entry,) = folder.iterdir()
    entry.write_text('{"regime": ', encoding="utf-8")
    assert read_cached(FILE)[0].data["regime"] == "us-guatemala-2019"
    assert json.loads(entry.read_text(encoding="utf-8"))["regime"] == "us-guatemala-2019"


def test_it_can_be_switched_off_and_an_unwritable_one_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFETHIRD_CACHE", "")
    assert cache_folder() is None
    assert read_cached(FILE)[0].data["regime"] == "us-guatemala-2019"
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("SAFETHIRD_CACHE", str(blocked))
    assert read_cached(FILE)[0].data["regime"] == "us-guatemala-2019"
