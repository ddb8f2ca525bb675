"""Formulas of three-valued truth, with everything decided beforehand already decided.

A formula is a Python bool or a z3 expression; the functions here fold constants, so that z3 never sees what
is plain. A truth is a pair of formulas, `t` (it is true) and `f` (it is false); both false: unknown.

Formulas are made with the C functions of z3: its Python operators first look at what they are given and make
it fit, which takes longer than the formula; here every part is known to be one of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import z3

Formula = Any
"""bool or z3.BoolRef"""
Bits = Any
"""int or z3.BitVecRef of `WIDTH` bits, signed"""

WIDTH = 18
_CONTEXT = z3.main_ctx()
_REF = _CONTEXT.ref()


def _formula(ast: Any) -> Any:
    return z3.BoolRef(ast, _CONTEXT)


def _bits(ast: Any) -> Any:
    return z3.BitVecRef(ast, _CONTEXT)


def _all(make: Any, parts: Iterable[Any]) -> Any:
    asts = [part.as_ast() for part in parts]
    return _formula(make(_REF, len(asts), (z3.Ast * len(asts))(*asts)))


def both(parts: Iterable[Formula]) -> Formula:
    """All hold."""
    kept: dict[int, Formula] = {}
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept[part.get_id()] = part
    if not kept:
        return True
    return next(iter(kept.values())) if len(kept) == 1 else _all(z3.Z3_mk_and, kept.values())


def either(parts: Iterable[Formula]) -> Formula:
    """At least one holds."""
    kept: dict[int, Formula] = {}
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept[part.get_id()] = part
    if not kept:
        return False
    return next(iter(kept.values())) if len(kept) == 1 else _all(z3.Z3_mk_or, kept.values())


def opposite(part: Formula) -> Formula:
    """It does not hold."""
    if part is True or part is False:
        return not part
    return part.arg(0) if z3.is_not(part) else _formula(z3.Z3_mk_not(_REF, part.as_ast()))


def implied(condition: Formula, then: Formula) -> Formula:
    """If one holds, the other does."""
    return either((opposite(condition), then))


def choose(condition: Formula, then: Bits, other: Bits) -> Bits:
    """One number or another."""
    if condition is True or condition is False:
        return then if condition else other
    if then is other or (isinstance(then, int) and isinstance(other, int) and then == other):
        return then
    one, two = number(then), number(other)
    return _bits(z3.Z3_mk_ite(_REF, condition.as_ast(), one.as_ast(), two.as_ast()))


def number(value: Bits) -> Any:
    """A number as z3 wants it."""
    return _constant(value) if isinstance(value, int) else value


@lru_cache(maxsize=1 << 14)
def _constant(value: int) -> Any:
    return z3.BitVecVal(value, WIDTH)


def less(left: Bits, right: Bits) -> Formula:
    """One number below another."""
    if isinstance(left, int) and isinstance(right, int):
        return left < right
    return _formula(z3.Z3_mk_bvslt(_REF, number(left).as_ast(), number(right).as_ast()))


def at_most(left: Bits, right: Bits) -> Formula:
    """One number at most another."""
    return opposite(less(right, left))


def same(left: Bits, right: Bits) -> Formula:
    """The same number."""
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if left is right:
        return True
    return _formula(z3.Z3_mk_eq(_REF, number(left).as_ast(), number(right).as_ast()))


def plus(left: Bits, right: Bits) -> Bits:
    """The sum."""
    if isinstance(right, int) and right == 0:
        return left
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return _bits(z3.Z3_mk_bvadd(_REF, number(left).as_ast(), number(right).as_ast()))


@dataclass(frozen=True, slots=True)
class Truth3:
    """True, false or unknown. `sure`: it is known to be never unknown, and `f` is the opposite of `t`."""

    t: Formula
    f: Formula
    sure: bool = False

    @property
    def open(self) -> Formula:
        """It is unknown."""
        return False if self.sure else both((opposite(self.t), opposite(self.f)))


TRUE, FALSE, UNKNOWN = Truth3(True, False, True), Truth3(False, True, True), Truth3(False, False)


def sure(formula: Formula) -> Truth3:
    """A truth that is never unknown."""
    if formula is True or formula is False:
        return TRUE if formula else FALSE
    return Truth3(formula, opposite(formula), True)


def truth(t: Formula, f: Formula) -> Truth3:
    """A truth of two formulas."""
    if t is True or f is True:
        return TRUE if t is True else FALSE
    return Truth3(t, f)


def conjunction(parts: Iterable[Truth3]) -> Truth3:
    """And."""
    kept = list(parts)
    if all(part.sure for part in kept):
        return sure(both(part.t for part in kept))
    return truth(both(part.t for part in kept), either(part.f for part in kept))


def disjunction(parts: Iterable[Truth3]) -> Truth3:
    """Or."""
    kept = list(parts)
    if all(part.sure for part in kept):
        return sure(either(part.t for part in kept))
    return truth(either(part.t for part in kept), both(part.f for part in kept))


def negation(part: Truth3) -> Truth3:
    """Not."""
    return Truth3(part.f, part.t, part.sure)


def agreement(ways: Iterable[tuple[Formula, Truth3]]) -> Truth3:
    """What all that count agree on: pairs of whether one counts, and its truth. At least one counts."""
    kept = [(guard, value) for guard, value in ways if guard is not False]
    if len(kept) == 1:
        return kept[0][1]
    if kept and all(value is kept[0][1] for _, value in kept):
        return kept[0][1]
    return truth(
        both(implied(guard, value.t) for guard, value in kept),
        both(implied(guard, value.f) for guard, value in kept),
    )


def when_known(known: Formula, formula: Formula) -> Truth3:
    """The truth of a formula where something is known; unknown elsewhere."""
    if known is True:
        return sure(formula)
    return truth(both((known, formula)), both((known, opposite(formula))))
