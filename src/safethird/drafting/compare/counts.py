"""How many people of a caseload change sides: at least and at most, by group.

A case whose answers are both decided counts once. A case of which an answer is open may belong to any pair
that its decided half allows, and counts for `at most` only. Files of cases are told one by one to the
interpreter (here); tables go through the columnar engine (`tables`), with the same counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from safethird.drafting.named import Draft
from safethird.drafting.prove.witness import Answer, answers_for
from safethird.facts.case import BadCase, Case
from safethird.facts.dates import DateRange, NumberRange, format_date
from safethird.facts.vocabulary import vocabulary
from safethird.screening.alternatives import value_at
from safethird.screening.determine import OUTCOMES, Outcome

DECIDED: tuple[Outcome, ...] = tuple(outcome for outcome in OUTCOMES if outcome != "undetermined")


@dataclass(slots=True)
class Range:
    """A number that is not known exactly."""

    low: int = 0
    high: int = 0


@dataclass(slots=True)
class Counts:
    """Numbers of people by group and by pair of answers."""

    by: str | None
    """The fact by which groups are made; None: one group of all."""
    cases: int = 0
    rejected: int = 0
    numbers: dict[tuple[str | None, Outcome, Outcome], Range] = field(default_factory=dict)

    def add(self, group: str | None, before: Answer, after: Answer, many: int = 1) -> None:
        """Count people of a group who have these answers."""
        self.cases += many
        settled = before.outcome != "undetermined" and after.outcome != "undetermined"
        for one, other in product(_possible(before), _possible(after)):
            if one == other and not (settled and before.responsible != after.responsible):
                continue
            entry = self.numbers.setdefault((group, one, other), Range())
            entry.high += many
            entry.low += many * settled

    def include(self, more: Counts) -> None:
        """Count those of another file too."""
        self.cases += more.cases
        self.rejected += more.rejected
        for key, number in more.numbers.items():
            entry = self.numbers.setdefault(key, Range())
            entry.low += number.low
            entry.high += number.high


def _possible(answer: Answer) -> Sequence[Outcome]:
    return DECIDED if answer.outcome == "undetermined" else (answer.outcome,)


def count_crossings(
    drafts: Sequence[Draft], cases: Iterable[Case | BadCase], by: str | None = None
) -> Counts:
    """Count cases under two drafts. Raises UsageError when `by` is no fact of the case itself."""
    if by is not None:
        vocabulary().fact(by)
    regimes = tuple(draft.regime for draft in drafts)
    counts = Counts(by)
    for case in cases:
        if isinstance(case, BadCase):
            counts.rejected += 1
            continue
        before, after = answers_for(regimes, case)
        counts.add(None if by is None else _group(value_at(case.facts, by)), before, after)
    return counts


def _group(value: Any) -> str | None:
    if isinstance(value, DateRange):
        return format_date(value)[:7]
    if isinstance(value, NumberRange):
        return f"{value.lo:g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    items = getattr(value, "items", None)
    if isinstance(items, tuple) and all(isinstance(item, str) for item in items):
        return ", ".join(sorted(items)) or None
    return None
