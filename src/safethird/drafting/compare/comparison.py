"""Two drafts side by side: words, meaning and people, linked provision by provision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from safethird.drafting.compare.align import (
    Pair,
    align_definitions,
    align_events,
    align_provisions,
)  # fmt: skip
from safethird.drafting.compare.people import Meaning, People, crossings, meaning_of
from safethird.drafting.named import Draft, Wording
from safethird.drafting.prove.bounds import bounds_for
from safethird.drafting.prove.session import LIMIT, Session
from safethird.language.syntax import First
from safethird.regimes.model import Definition, Event, Provision

ChangeKind = Literal["added", "removed", "changed", "through", "same"]
"""`through`: its own words are the same; a definition that it rests on changed what it means."""
_EFFECTS = ("role", "outcome", "exception_to", "before", "burden", "standard", "discretion", "rebuttal")


@dataclass(frozen=True, slots=True)
class ProvisionChange:
    """A provision in both drafts, and what became of it."""

    kind: ChangeKind
    pair: Pair[Provision]
    before: Wording | None
    after: Wording | None
    words: bool
    """The label or the condition reads differently."""
    renumbered: bool
    """It stands at another article."""
    meaning: Meaning | None
    """How its condition changed over all cases; None where it has none."""
    effects: tuple[str, ...]
    """What else of it changed: role, effect, rank ..."""

    @property
    def id(self) -> str:
        """The id in the later draft, where it stands there."""
        entry = self.pair.after or self.pair.before
        assert entry is not None
        return entry.id


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two drafts."""

    before: Draft
    after: Draft
    provisions: tuple[ProvisionChange, ...]
    definitions: tuple[Pair[Definition], ...]
    events: tuple[Pair[Event], ...]
    people: People

    def changed(self) -> Iterator[ProvisionChange]:
        """The provisions that changed, were added or removed."""
        return (entry for entry in self.provisions if entry.kind != "same")


def compare(before: Draft, after: Draft, *, limit: float = LIMIT) -> Comparison:
    """Two drafts side by side. Raises Disagreement when a witness does not replay (a fault of ours)."""
    regimes = (before.regime, after.regime)
    session = Session(regimes, bounds=bounds_for(regimes, None, False), day=after.day)
    people = crossings(session, (before, after), limit)
    provisions = tuple(
        _provision(session, before, after, pair, limit) for pair in align_provisions(before, after)
    )
    definitions = tuple(pair for pair in align_definitions(before, after) if _differs(pair))
    events = tuple(pair for pair in align_events(before, after) if _event_differs(pair))
    return Comparison(before, after, provisions, definitions, events, people)


def _provision(
    session: Session, before: Draft, after: Draft, pair: Pair[Provision], limit: float
) -> ProvisionChange:
    if pair.before is None or pair.after is None:
        left = None if pair.before is None else before.wording(pair.before)
        right = None if pair.after is None else after.wording(pair.after)
        kind: ChangeKind = "added" if pair.before is None else "removed"
        return ProvisionChange(kind, pair, left, right, True, False, None, ())
    one, other = pair.before, pair.after
    left, right = before.wording(one), after.wording(other)
    assert left is not None
    assert right is not None
    words = dict(left.label) != dict(right.label) or left.text != right.text
    renumbered = left.citation.pinpoint != right.citation.pinpoint
    effects = tuple(name for name in _EFFECTS if getattr(one, name) != getattr(other, name))
    meaning: Meaning | None = None
    if one.is_ruled and other.is_ruled and one.role != "warning" and other.role != "warning":
        meaning = meaning_of(session, one, other, limit)
    elif left.text != right.text:
        meaning = "other"
    changed = words or effects or renumbered
    kind = "changed" if changed else "through" if meaning not in (None, "same") else "same"
    return ProvisionChange(kind, pair, left, right, words, renumbered, meaning, effects)


def _differs(pair: Pair[Definition]) -> bool:
    if pair.before is None or pair.after is None:
        return True
    one, other = pair.before, pair.after
    same_kind = isinstance(one.rule.node, First) == isinstance(other.rule.node, First)
    return not same_kind or one.rule.text != other.rule.text or dict(one.label) != dict(other.label)


def _event_differs(pair: Pair[Event]) -> bool:
    if pair.before is None or pair.after is None:
        return True
    names = [
        entry.name for entry in fields(Event) if entry.name not in ("order", "rule", "citation", "label")
    ]
    texts = [None if event.rule is None else event.rule.text for event in (pair.before, pair.after)]
    return texts[0] != texts[1] or any(
        getattr(pair.before, name) != getattr(pair.after, name) for name in names
    )
