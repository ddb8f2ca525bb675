"""A plan as text: for tests, and for whoever wants to see what is computed."""

from __future__ import annotations

from safethird.engines.plan.nodes import (
    Age,
    Agree,
    Always,
    Among,
    Amount,
    And,
    Axis,
    Choice,
    Code,
    Count,
    Days,
    Element,
    Equal,
    Every,
    Exists,
    Fact,
    InListing,
    InSet,
    Is,
    Less,
    Listing,
    Not,
    Only,
    Open,
    Or,
    Pick,
    PlanNode,
    Reading,
    Same,
    Several,
    Shift,
    Some,
    Uncounted,
    Unknown,
    Unsaid,
)
from safethird.facts.dates import DateRange, format_date


def show(node: PlanNode) -> str:  # noqa: PLR0911, PLR0912 - one line per kind of node
    """The text of a node.

    Elements of a list are written `family[].country`, those of a second walk over it `family[]'.country`.
    """
    match node:
        case Always():
            return "true" if node.value else "false"
        case Open():
            return f"unknown({', '.join([*node.paths, *(show(term) for term in node.terms)])})"
        case Unsaid():
            return f"unsaid({', '.join(node.paths)})"
        case Uncounted():
            return f"uncounted({', '.join(node.paths)})"
        case Fact() | Listing():
            return _path(node)
        case Element():
            return f"{show(node.of.listing)}[]{_level(node.of)}"
        case Days():
            return format_date(DateRange(node.lo, node.hi))
        case Amount():
            return str(node.value)
        case Code():
            return f'"{node.text}"'
        case Shift():
            if node.unit == "past_weekends":
                return f"({show(node.base)} moved past weekends)"
            unit = "days" if node.unit == "days_beyond" else node.unit
            return f"({show(node.base)} plus {node.amount} {unit})"
        case Age():
            return f"age({show(node.birth)}, {show(node.on)})"
        case Count():
            return f"count({_axis(node.over)}: {show(node.part)})"
        case Not():
            return f"not {_inner(node.part)}"
        case And():
            return " and ".join(_inner(part) for part in node.parts)
        case Or():
            return " or ".join(_inner(part) for part in node.parts)
        case Less():
            return f"{show(node.left)} < {show(node.right)}"
        case Equal() | Same():
            return f"{show(node.left)} == {show(node.right)}"
        case Among():
            codes = [f'"{code}"' for code in node.codes]
            return (
                f"{show(node.item)} == {codes[0]}"
                if len(codes) == 1
                else f"{show(node.item)} in [{', '.join(codes)}]"
            )
        case InListing():
            return f"{show(node.item)} in {show(node.listing)}"
        case InSet():
            on = "" if node.on is None else f" on {show(node.on)}"
            return f"{show(node.item)} in {node.countries.name}{on}"
        case Unknown():
            return f"{show(node.term)} is {'known' if node.negated else 'unknown'}"
        case Some():
            return f"some({_axis(node.over)}: {show(node.part)})"
        case Every():
            return f"every({_axis(node.over)}: {show(node.part)})"
        case Choice():
            key = f" {node.order} {show(node.key)}" if node.key is not None else ""
            return f"first({_axis(node.over)}: {show(node.where)}{key})"
        case Pick():
            return f"{show(node.choice)}.{node.which}"
        case Agree():
            over = "".join(f"{_axis(axis)}: " for axis in node.over)
            return f"agree({over}{_alternatives(node.alternatives)})"
        case Only():
            return f"only({_alternatives(node.alternatives)})"
        case Reading():
            choices = "; ".join(f"{show(guard)} -> {show(choice)}" for guard, choice in node.choices)
            return f"reading({show(node.part)} | {choices})"
        case Is():
            return f"is({show(node.part)}, {'unknown' if node.value is None else str(node.value).lower()})"
        case Exists():
            return f"exists({', '.join(_axis(axis) for axis in node.over)}: {show(node.part)})"
        case Several():
            over = "".join(f"{_axis(axis)}: " for axis in node.over)
            return f"several({over}{'; '.join(show(part) for part in node.parts)})"
    raise AssertionError(type(node).__name__)


def _alternatives(alternatives: tuple[tuple[PlanNode, PlanNode], ...]) -> str:
    return "; ".join(f"{show(guard)} -> {show(part)}" for guard, part in alternatives)


def _inner(node: PlanNode) -> str:
    text = show(node)
    return f"({text})" if isinstance(node, And | Or) else text


def _axis(axis: Axis) -> str:
    return show(axis.listing) + _level(axis)


def _level(axis: Axis) -> str:
    return "'" * axis.level


def _path(node: Fact | Listing) -> str:
    head, _, tail = node.path.rpartition("[].")
    if node.key is not None:
        return f"{head}[{show(node.key)}].{tail}"
    if node.inside is not None:
        return f"{show(node.inside.listing)}[]{_level(node.inside)}.{tail}"
    return node.path
