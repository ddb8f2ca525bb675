"""The stories of the demo: cases of the library's own tests that happened to real people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safethird.facts.documents import read_document
from safethird.regimes.catalogue import LIBRARY, load_regime
from safethird.regimes.model import Texts
from safethird.screening.casetests import CaseTest, read_test_file
from safethird.screening.screen import Determination, determine, facts_for_rules


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, the case that it is tested as, and what the library answers."""

    case_id: str
    text: Texts
    source: str
    url: str | None
    answers: tuple[Determination, ...]


def demo_stories() -> list[Story]:
    """The stories in the order of `library/demo.yaml`, each answered afresh."""
    entries: list[dict[str, Any]] = read_document(LIBRARY / "demo.yaml").data["stories"]
    tests: dict[str, CaseTest] = {}
    for file in sorted({entry["file"] for entry in entries}):
        tests |= {test.id: test for test in read_test_file(LIBRARY / file)}
    found = []
    for entry in entries:
        facts = facts_for_rules(tests[entry["case"]].case)
        answers = tuple(determine(load_regime(name), facts) for name in entry["regimes"])
        found.append(Story(entry["case"], entry["text"], entry["source"], entry.get("url"), answers))
    return found
