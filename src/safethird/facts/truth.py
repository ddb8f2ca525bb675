"""Three-valued truth (Kleene): true, false, unknown.

Truth values are Python's `True`, `False` and `None`. `None` is *unknown*: nobody has said yet.
It is never "no". The tables stand in docs/language.md and are tested exhaustively.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def negation(value: Truth) -> Truth:
    """Not: unknown stays unknown.

    >>> negation(True), negation(False), negation(None)
    (False, True, None)
    """
    return None if value is None else not value


def conjunction(values: Iterable[Truth]) -> Truth:
    """And: one false decides; otherwise one unknown leaves it unknown.

    >>> conjunction([True, None]), conjunction([False, None]), conjunction([])
    (None, False, True)
    """
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def disjunction(values: Iterable[Truth]) -> Truth:
    """Or: one true decides; otherwise one unknown leaves it unknown.

    >>> disjunction([False, None]), disjunction([True, None]), disjunction([])
    (None, True, False)
    """
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def agreement(values: Iterable[Truth]) -> Truth:
    """The value that all possibilities share; unknown where they differ or where there is none.

    >>> agreement([True, True]), agreement([True, False]), agreement([])
    (True, None, None)
    """
    found = set(values)
    return found.pop() if len(found) == 1 else None
