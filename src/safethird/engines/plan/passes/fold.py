"""What is the same in every case is decided once."""

from __future__ import annotations

from safethird.engines.plan.nodes import (
    Agree,
    Always,
    Amount,
    And,
    Code,
    Days,
    Equal,
    Exists,
    Is,
    Less,
    Not,
    Open,
    Or,
    Pick,
    PlanNode,
    Reading,
    Several,
    Shift,
    Unknown,
    Unsaid,
)
from safethird.engines.plan.table import Table
from safethird.facts.dates import LAST_DAY, past_weekends, plus_days, plus_months
from safethird.facts.truth import Truth

_NEVER_UNKNOWN = (Always, Is, Exists, Several, Pick, Unknown)


def fold(table: Table, node: PlanNode) -> PlanNode:
    """`a and true` is `a`, `a and false` is false, `2019-01-01 < 2020-01-01` is true; and so on."""
    match node:
        case And() | Or():
            return _connective(table, node)
        case Not():
            return _negation(table, node)
        case Is():
            return _test(table, node)
        case Less() | Equal():
            return _comparison(table, node)
        case Shift():
            return _shift(table, node)
        case Unknown():
            if isinstance(node.term, Code | Days | Amount | Unsaid):
                return table.make(Always, isinstance(node.term, Unsaid) != node.negated)
        case Reading():
            if isinstance(node.part, Always):
                return node.part
        case Agree():
            return _agreement(table, node)
    return node


def _connective(table: Table, node: And | Or) -> PlanNode:
    neutral = isinstance(node, And)
    if any(isinstance(part, Always) and part.value is not neutral for part in node.parts):
        return table.make(Always, not neutral)
    left = tuple(part for part in node.parts if not isinstance(part, Always))
    if len(left) == len(node.parts) and len(left) > 1:
        return node
    if not left:
        return table.make(Always, neutral)
    return left[0] if len(left) == 1 else table.make(type(node), left)


def _negation(table: Table, node: Not) -> PlanNode:
    if isinstance(node.part, Always):
        return table.make(Always, not node.part.value)
    return node.part if isinstance(node.part, Open) else node


def _test(table: Table, node: Is) -> PlanNode:
    part = node.part
    if isinstance(part, Always):
        return table.make(Always, part.value is node.value)
    if isinstance(part, Open):
        return table.make(Always, node.value is None)
    if isinstance(part, Not):
        return table.make(Is, part.part, None if node.value is None else not node.value)
    if isinstance(part, _NEVER_UNKNOWN):
        if node.value is None:
            return table.false()
        return part if node.value else table.no(part)
    return node


def _comparison(table: Table, node: Less | Equal) -> PlanNode:
    left, right = _interval(node.left), _interval(node.right)
    if left is None or right is None:
        return node
    truth: Truth
    if isinstance(node, Less):
        truth = True if left[1] < right[0] else False if left[0] >= right[1] else None
    elif left[1] < right[0] or right[1] < left[0]:
        truth = False
    else:
        truth = True if left[0] == left[1] == right[0] == right[1] else None
    return table.make(Open, (), ()) if truth is None else table.make(Always, truth)


def _interval(node: PlanNode) -> tuple[int, int] | None:
    if isinstance(node, Days):
        return node.lo, node.hi
    return (node.value, node.value) if isinstance(node, Amount) else None


def _shift(table: Table, node: Shift) -> PlanNode:
    base = node.base
    if not isinstance(base, Days) or node.unit == "days_beyond":
        return node
    if node.unit == "days":
        return table.make(Days, plus_days(base.lo, node.amount), plus_days(base.hi, node.amount))
    if node.unit == "past_weekends":
        return table.make(Days, past_weekends(base.lo), past_weekends(base.hi))
    low, high = (plus_months(day, node.amount, node.month_end) for day in (base.lo, base.hi))
    return table.make(Days, low, min(high, LAST_DAY))


def _agreement(table: Table, node: Agree) -> PlanNode:
    counting = tuple(
        (guard, part)
        for guard, part in node.alternatives
        if not (isinstance(guard, Always) and not guard.value)
    )
    first = counting[0][1]
    if all(part is first for _, part in counting) and not set(first.axes) & set(node.over):
        return first  # at least one alternative always counts
    return node if len(counting) == len(node.alternatives) else table.make(Agree, node.over, counting)
