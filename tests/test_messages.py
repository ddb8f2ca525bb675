"""What the product says stands in three languages, with the same places in each."""

from __future__ import annotations

import string

import pytest

from safethird.errors import UsageError
from safethird.messages import LANGUAGES, messages, parts, say

ALL = [(part, name) for part in parts() for name in messages(part)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("part", "name"), ALL)
def test_every_message_stands_in_every_language_with_the_same_places(part: str, name: str) -> None:
    texts = messages(part)[name]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    assert len({frozenset(places(text)) for text in texts.values()}) == 1


def test_there_are_messages() -> None:
    assert len(ALL) > 100


def test_a_language_that_we_do_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match="no language of ours"):
        say("truth.true", "de")
