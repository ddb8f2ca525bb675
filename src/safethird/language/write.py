"""The text of a rule, from its tree: what `parse` reads back as the same tree.

Used where a message quotes a part of a rule. Works on trees as parsed and as checked.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from safethird.language.syntax import (
    Age,
    And,
    Call,
    Codes,
    Compare,
    Count,
    Day,
    Either,
    Fact,
    Field,
    First,
    Flag,
    IsUnknown,
    Lookup,
    Member,
    NamedSet,
    Node,
    Not,
    Number,
    Or,
    Path,
    Period,
    Quantifier,
    Shifted,
    Text,
    Use,
)

_SINGULAR = {"days": "day", "weeks": "week", "months": "month", "years": "year"}


def write(node: Node) -> str:
    """The rule as text on one line.

    >>> from safethird.language.errors import Source
    >>> from safethird.language.parser import parse
    >>> write(parse(Source('not (a  or b) and  claim.date within 1 days after "x"')))
    'not (a or b) and claim.date within 1 day after "x"'
    """
    return _WRITERS[type(node)](node)


def _part(node: Node, *loose: type[Node]) -> str:
    """A part of a larger condition, in parentheses where it would otherwise reach too far."""
    text = write(node)
    return f"({text})" if isinstance(node, (Quantifier, Or, *loose)) else text


def _not(node: Not) -> str:
    return f"not {_part(node.operand, And)}"


def _and(node: And) -> str:
    return " and ".join(_part(part, And) for part in node.parts)


def _or(node: Or) -> str:
    return " or ".join(_part(part) for part in node.parts)


def _member(node: Member) -> str:
    return f"{write(node.item)} {'not in' if node.negated else 'in'} {write(node.collection)}"


def _codes(node: Codes) -> str:
    return "[" + ", ".join(write(value) for value in node.values) + "]"


def _period(node: Period) -> str:
    counting = " counting that day" if node.counting_that_day else ""
    amount = _amount(node.amount, node.unit)
    return f"{write(node.subject)} {node.kind} {amount} {node.direction} {write(node.anchor)}{counting}"


def _shifted(node: Shifted) -> str:
    if node.unit == "past_weekends":
        return f"{write(node.base)} moved past weekends"
    way = "plus" if node.amount >= 0 else "minus"
    return f"{write(node.base)} {way} {_amount(abs(node.amount), node.unit)}"


def _amount(amount: int, unit: str) -> str:
    return f"{amount} {_SINGULAR[unit] if amount == 1 else unit}"


def _age(node: Age) -> str:
    person = write(node.person).removesuffix(".birth_date")
    return f"age of {person} on {write(node.on)}"


def _walked(variable: str, collection: Node, where: Node | None) -> str:
    condition = "" if where is None else f" where {write(where)}"
    return f"{variable} in {write(collection)}{condition}"


def _quantifier(node: Quantifier) -> str:
    satisfy = "" if node.satisfy is None else f" satisfy {write(node.satisfy)}"
    return f"{node.kind} {_walked(node.variable, node.collection, node.where)}{satisfy}"


def _count(node: Count) -> str:
    condition = "" if node.where is None else f" where ({write(node.where)})"
    return f"count {node.variable} in {write(node.collection)}{condition}"


def _first(node: First) -> str:
    order = "" if node.key is None else f" {node.order} {write(node.key)}"
    return f"first {_walked(node.variable, node.collection, node.where)}{order}"


def _path(node: Path) -> str:
    names = ".".join(node.names)
    if node.key is None:
        return names
    if node.rest == ("on",):
        return f"{names} on {write(node.key)}"
    return ".".join((f"{names}[{write(node.key)}]", *node.rest))


def _use(node: Use) -> str:
    return node.name if node.argument is None else f"{node.name}({node.argument})"


def _named_set(node: NamedSet) -> str:
    return node.name if node.on is None else f"{node.name} on {write(node.on)}"


_WRITERS: dict[type[Node], Callable[[Any], str]] = {
    Not: _not,
    And: _and,
    Or: _or,
    Compare: lambda node: f"{write(node.left)} {node.comparator} {write(node.right)}",
    Member: _member,
    Codes: _codes,
    Period: _period,
    Shifted: _shifted,
    Age: _age,
    Quantifier: _quantifier,
    Count: _count,
    First: _first,
    Path: _path,
    Call: lambda node: f"{node.name}({node.argument})",
    Use: _use,
    NamedSet: _named_set,
    IsUnknown: lambda node: f"{write(node.term)} is {'known' if node.negated else 'unknown'}",
    Number: lambda node: str(node.value),
    Day: lambda node: datetime.date.fromordinal(node.ordinal).isoformat(),
    Text: lambda node: f'"{node.value}"',
    Flag: lambda node: "true" if node.value else "false",
    Fact: lambda node: ".".join(node.names),
    Field: lambda node: ".".join((node.variable, *node.steps)),
    Lookup: lambda node: ".".join((f"{'.'.join(node.table)}[{write(node.key)}]", *node.steps)),
    Either: lambda node: write(node.rule),
}
