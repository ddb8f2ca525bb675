"""How many people a month the receiving authority can decide, from the figures on file.

This is the input of the queue in a forecast: decisions a month, the country's own claims a month, and what is
left for people who are transferred. Every number is a range, and carries the figures that it comes from. What
nobody has published stays unknown: there is no default.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safethird.facts.dates import NumberRange
from safethird.protection.indicators.figures import Figure
from safethird.protection.model import Evidence

Basis = Evidence | Figure


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of people or cases (a month, or waiting), with what it rests on."""

    value: NumberRange
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the authority can do and has to do. None: not on file.

    `able` is what it is said to be able to decide a month, `pace` what it has in fact decided a month.
    `own_claims` are the claims a month that come without any transfer. `transferred` is what is left for
    people who are transferred if the country's own claims go first; the backlog does not shrink then.
    `transferred_first` is the number if everything went to them, and nothing to anyone else.
    """

    able: Rate | None
    pace: Rate | None
    own_claims: Rate | None
    pending: Rate | None
    officers: Rate | None

    @property
    def best(self) -> Rate | None:
        """Decisions a month: the estimate of capacity where there is one, else the pace."""
        return self.able or self.pace

    @property
    def transferred(self) -> Rate | None:
        """People a month who can be decided beside the country's own claims. At least 0."""
        if self.best is None or self.own_claims is None:
            return None
        able, own = self.best, self.own_claims
        low, high = able.value.lo - own.value.hi, able.value.hi - own.value.lo
        return Rate(NumberRange(max(0.0, low), max(0.0, high)), (*able.basis, *own.basis))

    @property
    def transferred_first(self) -> Rate | None:
        """People a month who can be decided if nobody else's claim is."""
        return self.best

    @property
    def months_to_clear(self) -> Rate | None:
        """Months to decide what is pending at the capacity that is said, if no new claim came. Infinite where
        nothing is decided."""
        return _months(self.pending, self.best)

    @property
    def months_at_pace(self) -> Rate | None:
        """The same at the present pace."""
        return _months(self.pending, self.pace)

    @property
    def decisions_per_officer(self) -> Rate | None:
        """Decisions a year for each officer, at the capacity that is said."""
        if self.best is None or self.officers is None or self.officers.value.lo <= 0:
            return None
        best, officers = self.best.value, self.officers.value
        return Rate(
            NumberRange(12 * best.lo / officers.hi, 12 * best.hi / officers.lo),
            (*self.best.basis, *self.officers.basis),
        )


def _months(pending: Rate | None, decided: Rate | None) -> Rate | None:
    if pending is None or decided is None:
        return None
    endless = float("inf")
    low = pending.value.lo / decided.value.hi if decided.value.hi else endless
    high = pending.value.hi / decided.value.lo if decided.value.lo else endless
    if pending.value.hi == 0:
        low = high = 0.0
    return Rate(NumberRange(low, high), (*pending.basis, *decided.basis))


def capacity_of(evidence: Sequence[Evidence], figures: Iterable[Figure], day: int) -> Capacity:
    """The capacity of a country's authority on a day. A dossier's own figure goes before a yearly one."""
    by_name = {figure.name: figure for figure in figures}
    return Capacity(
        able=_from_evidence(evidence, "capacity_year", day, monthly=True),
        pace=_from_evidence(evidence, "decisions_year", day, monthly=True)
        or _yearly(by_name.get("decisions")),
        own_claims=_from_evidence(evidence, "claims_year", day, monthly=True)
        or _yearly(by_name.get("claims")),
        pending=_from_evidence(evidence, "pending", day, monthly=False) or _as_it_is(by_name.get("pending")),
        officers=_from_evidence(evidence, "officers", day, monthly=False),
    )


def _from_evidence(evidence: Sequence[Evidence], measure: str, day: int, *, monthly: bool) -> Rate | None:
    """The latest figure of a measure that speaks of the day. Where two of the same day differ, both ends
    count."""
    fitting = [
        item
        for item in evidence
        if item.measure == measure
        and item.value is not None
        and item.since.hi <= day
        and (item.until is None or day < item.until.lo)
        and not item.group
    ]
    if not fitting:
        return None
    latest = max(item.since.hi for item in fitting)
    chosen = [item for item in fitting if item.since.hi == latest]
    ends = [_ends(item.value or 0.0, item, monthly) for item in chosen]
    return Rate(NumberRange(min(low for low, _ in ends), max(high for _, high in ends)), tuple(chosen))


def _ends(low: float, item: Evidence, monthly: bool) -> tuple[float, float]:
    high = low if item.value_high is None else item.value_high
    months = (item.months or 12) if monthly else 1
    return low / months, high / months


def _yearly(figure: Figure | None) -> Rate | None:
    if figure is None:
        return None
    return Rate(NumberRange(figure.value / 12, (figure.high or figure.value) / 12), (figure,))


def _as_it_is(figure: Figure | None) -> Rate | None:
    return None if figure is None else Rate(NumberRange(figure.value, figure.high or figure.value), (figure,))


def year_of(basis: Basis) -> int:
    """The year of which a figure speaks."""
    return basis.year if isinstance(basis, Figure) else datetime.date.fromordinal(basis.since.hi).year
