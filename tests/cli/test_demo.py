"""`safethird demo` tells real cases, each with its source, in every language."""

from __future__ import annotations

import pytest

from safethird.messages import LANGUAGES
from safethird.screening.demo import demo_stories
from tests.cli.helpers import call


def test_every_story_is_answered_and_sourced_in_every_language() -> None:
    stories = demo_stories()
    assert len(stories) >= 6
    assert len({answer.regime.id for story in stories for answer in story.answers}) >= 5
    for story in stories:
        assert set(story.text) == set(LANGUAGES)
        assert story.source
        assert story.answers[0].outcome != "undetermined"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_a_minute_of_reading(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    result = call(capsys, monkeypatch, "demo", "--lang", language)
    assert result.code == 0
    assert result.err == ""
    assert 300 < len(result.out.split()) < 2000
    for story in demo_stories():
        assert story.source in " ".join(result.out.split())
