"""The meaning of an assessment: what the evidence shows on a criterion, and what that means under a test.

Four rules carry it.

1. **Unknown is never a side.** A criterion on which no evidence counts is unknown, for whatever test.
2. **A promise shows no practice.** A treaty, a statute or an assurance does not show that a criterion
   about practice is met, unless the test's own law takes promises as proof. What a law withholds it does
   show.
3. **The test's own law goes first.** Where it says that a finding or a deeming binds, that decides the
   criterion. Otherwise the most reliable evidence decides, and evidence of the same weight on both sides
   makes it disputed.
4. **A failed condition fails the test.** Conditions are never counted or averaged. Factors are shown one
   by one and added up to nothing: weighing them is for the authority.

Evidence of low reliability - the press, one voice - is shown and settles nothing.

Whether an item counts depends on that item alone: its dates, its kind, its group. So evidence that is
taken away can turn a certainty into an unknown, and never an unknown into a certainty. To keep that so for
whole tests, a test is called unknown only when no choice among the evidence on file would decide it;
otherwise it is disputed. (A finding that binds is law, not evidence in this sense: repealing a statute
does change answers.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from safethird.facts.dates import plus_months
from safethird.facts.truth import Truth, conjunction
from safethird.language.evaluate import Evaluator
from safethird.language.program import Program
from safethird.protection.loader import criteria
from safethird.protection.model import (
    AGEING,
    PROMISES,
    RANK,
    BindingRule,
    Condition,
    Criterion,
    Evidence,
    LegalTest,
    Side,
    Status,
)

Weight = Literal[
    "decides",
    "binds",
    "agrees",
    "outweighed",
    "overruled",
    "weak",
    "promise",
    "conclusion",
    "too_old",
    "not_yet",
    "ended",
    "other_group",
]
"""What became of an item of evidence. The first two decide; `agrees` and `outweighed` count but did not
decide; `overruled` gave way to what binds; the others do not count."""

COUNTING: frozenset[Weight] = frozenset({"decides", "agrees", "outweighed"})


@dataclass(frozen=True, slots=True)
class Considered:
    """An item of evidence on one side of a criterion, and what became of it."""

    evidence: Evidence
    side: Side
    weight: Weight


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion under one test."""

    criterion: Criterion
    status: Status
    items: tuple[Considered, ...]
    bound_by: BindingRule | None = None
    best: Truth = None
    """What it would be if all evidence for it that counts were believed; equal to `worst` where it is
    bound."""
    worst: Truth = None

    @property
    def truth(self) -> Truth:
        """Met is true, not met false; unknown and disputed are both unknown to a rule."""
        return _TRUTH[self.status]

    @property
    def deciding(self) -> tuple[Considered, ...]:
        """The items that decide it, or that dispute it."""
        return tuple(item for item in self.items if item.weight in ("decides", "binds"))


@dataclass(frozen=True, slots=True)
class Limb:
    """One condition or factor of a test, and what it came to."""

    condition: Condition
    status: Status


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test for one country, day and group."""

    __test__ = False  # for pytest: this is no test class

    test: LegalTest
    result: Status | None
    """None where the test weighs factors: no result follows from them."""
    limbs: tuple[Limb, ...]
    cells: Mapping[str, Cell]
    was_law: Truth
    determinations: tuple[Evidence, ...]
    """What the authority that decides in law has determined on these criteria."""

    @property
    def failed(self) -> tuple[Limb, ...]:
        """Conditions that are not met: each of them decides."""
        return tuple(
            limb for limb in self.limbs if limb.condition.role == "condition" and limb.status == "not_met"
        )

    @property
    def open_criteria(self) -> tuple[str, ...]:
        """Criteria that keep a limb open, in order."""
        names = [
            name
            for limb in self.limbs
            if limb.status in ("unknown", "disputed")
            for name in limb.condition.criteria
        ]
        return tuple(
            name for name in dict.fromkeys(names) if self.cells[name].status in ("unknown", "disputed")
        )


_TRUTH: Mapping[Status, Truth] = {"met": True, "not_met": False, "unknown": None, "disputed": None}


def assess_test(
    test: LegalTest, evidence: Sequence[Evidence], day: int, group: str | None = None
) -> TestResult:
    """One test on a day (ordinal) for a group of people (None: for everyone sent there)."""
    cells = {name: assess_criterion(criteria()[name], test, evidence, day, group) for name in test.criteria}
    limbs = tuple(Limb(entry, _limb_status(entry, cells)) for entry in test.conditions)
    result = None
    if test.kind == "conditions":
        needed = [entry for entry in test.conditions if entry.role == "condition"]
        truth, best, worst = (
            conjunction(
                _value(entry, {name: getattr(cell, which) for name, cell in cells.items()})
                for entry in needed
            )
            for which in ("truth", "best", "worst")
        )
        result = _status(truth, best, worst)
    determinations = tuple(
        item
        for item in evidence
        if item.kind == "determination"
        and item.by in test.determined_by
        and _timely(item, day) == "decides"
        and _of_group(item, group)
        and any(item.side(name) for name in test.criteria)
    )
    return TestResult(test, result, limbs, cells, test.was_law_on(day), determinations)


def _value(condition: Condition, facts: Mapping[str, Truth]) -> Truth:
    return Evaluator(_NO_DEFINITIONS, facts).rule(condition.rule.node).value


_NO_DEFINITIONS = Program()


def _limb_status(condition: Condition, cells: Mapping[str, Cell]) -> Status:
    truth, best, worst = (
        _value(condition, {name: getattr(cells[name], which) for name in condition.criteria})
        for which in ("truth", "best", "worst")
    )
    return _status(truth, best, worst)


def _status(truth: Truth, best: Truth, worst: Truth) -> Status:
    """Rules only join criteria by 'and' and 'or', so all choices of evidence lie between the best and the
    worst."""
    if truth is not None:
        return "met" if truth else "not_met"
    return "disputed" if best is True or worst is False else "unknown"


# --- one criterion -------------------------------------------------------------------------------


def assess_criterion(
    criterion: Criterion, test: LegalTest, evidence: Iterable[Evidence], day: int, group: str | None = None
) -> Cell:
    """What the evidence shows on one criterion under one test."""
    items = [
        Considered(item, side, _weigh(item, side, criterion, test, day, group))
        for item in evidence
        for side in item.side(criterion.name)
    ]
    if criterion.level == "individual":
        return Cell(criterion, "unknown", tuple(items))
    bound = _bound(test, items)
    if bound is not None:
        return Cell(criterion, *bound)
    counting = [item for item in items if item.weight in COUNTING]
    if not counting:
        return Cell(criterion, "unknown", tuple(items))
    top = max(RANK[item.evidence.reliability] for item in counting)
    strongest = [item for item in counting if RANK[item.evidence.reliability] == top]
    closest = [item for item in strongest if item.evidence.group] or strongest
    sides = {item.side for item in closest}
    status: Status = "disputed" if len(sides) == 2 else ("met" if "for" in sides else "not_met")
    deciding = {id(item) for item in closest}
    weighed = tuple(
        item
        if item.weight not in COUNTING or id(item) in deciding
        else Considered(item.evidence, item.side, "agrees" if {item.side} == sides else "outweighed")
        for item in items
    )
    said = {item.side for item in counting}
    return Cell(criterion, status, weighed, None, "for" in said, "against" not in said)


def _bound(
    test: LegalTest, items: Sequence[Considered]
) -> tuple[Status, tuple[Considered, ...], BindingRule, Truth, Truth] | None:
    """The answer of the first rule of the test's own law that finds something that binds."""
    timely = [item for item in items if item.weight in COUNTING or item.weight in ("promise", "conclusion")]
    for rule in test.binding:
        binding = [
            item for item in timely if item.evidence.kind in rule.kinds and item.evidence.by in rule.by
        ]
        if not binding:
            continue
        # A finding about these people in particular goes before one about everybody.
        binding = [item for item in binding if item.evidence.group] or binding
        sides = {item.side for item in binding}
        chosen = {id(item) for item in binding}
        status: Status = "disputed" if len(sides) == 2 else ("met" if "for" in sides else "not_met")
        weighed = tuple(
            Considered(item.evidence, item.side, _beside(item, id(item) in chosen, sides)) for item in items
        )
        return status, weighed, rule, "for" in sides, "against" not in sides
    return None


def _beside(item: Considered, binds: bool, sides: set[Side]) -> Weight:
    if binds:
        return "binds"
    if item.weight in COUNTING:
        return "agrees" if {item.side} == sides else "overruled"
    return item.weight


def _weigh(
    item: Evidence, side: Side, criterion: Criterion, test: LegalTest, day: int, group: str | None
) -> Weight:
    """Whether an item counts, by itself. `decides` here means that it counts."""
    if not _of_group(item, group):
        return "other_group"
    timely = _timely(item, day)
    if timely != "decides":
        return timely
    months = test.fresh_for or criterion.fresh_for
    if (
        criterion.nature == "practice"
        and item.kind in AGEING
        and item.until is None
        and months is not None
        and day >= plus_months(item.since.hi, months, "last_day")
    ):
        return "too_old"
    if item.kind == "determination":
        return "conclusion"
    if (
        criterion.nature == "practice"
        and side == "for"
        and item.kind in PROMISES
        and not test.promises_suffice
    ):
        return "promise"
    if item.reliability == "low":
        return "weak"
    # A deeming that does not bind here is no evidence of anything, against or for.
    return "promise" if item.kind == "deeming" else "decides"


def _timely(item: Evidence, day: int) -> Weight:
    """Whether it speaks of the day. A date that is not exact must be certain to have come, or not to have
    come."""
    if day < item.since.hi:
        return "not_yet"
    if item.until is not None and day >= item.until.lo:
        return "ended"
    return "decides"


def _of_group(item: Evidence, group: str | None) -> bool:
    return not item.group or (group is not None and group in item.group)


def evidence_of(results: Iterable[TestResult]) -> Iterator[Evidence]:
    """Every item of evidence that stands in some cell, once."""
    seen: set[str] = set()
    for result in results:
        for cell in result.cells.values():
            for item in cell.items:
                if item.evidence.id not in seen:
                    seen.add(item.evidence.id)
                    yield item.evidence
