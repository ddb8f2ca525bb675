"""Which unknown facts leave the answer of a regime open, as demands on the nodes of its plan.

Says with `Missing` what `screening/missing.py` gathers for one case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safethird.caseload.regime_parts import Criterion, Parts, keeps_here
from safethird.engines.columns.missing import Missing, Wanted
from safethird.engines.plan.lower import Way
from safethird.engines.plan.nodes import (
    Choice,
    Open,
    Pick,
    PlanNode,
    Several,
    Unknown,
)
from safethird.engines.plan.terms import Env, Nothing
from safethird.facts.dates import DateRange
from safethird.regimes.model import Clock, Provision, Rule
from safethird.screening.missing import LAW_UNKNOWN


def missing_of(parts: Parts) -> Iterator[Missing]:
    """Which facts are missing where the outcome is undetermined."""
    yield from _Open(parts).missing()


class _Open:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def missing(self) -> Iterator[Missing]:
        """Which facts are missing where the outcome is undetermined."""
        verdict = self.parts.verdict()
        open_status, open_cover = (
            self.parts.is_(verdict.operative, None),
            self.parts.is_(verdict.covered, None),
        )
        yield from self._missing_status(open_status, ("decision", "transfer"))
        yield from self._missing_status(open_cover, ("entry", "claim"))
        inside = self.parts.table.no(self.parts.is_(verdict.covered, False))
        open_exception = self.parts.all_(inside, self.parts.is_(verdict.excepted, None))
        for entry in self.parts.provisions:
            if entry.role in ("scope", "power", "exclusion") or entry.outcome == "not_covered":
                yield from self._missing_provision(open_cover, entry)
            elif keeps_here(entry):
                yield from self._missing_provision(open_exception, entry)
        if self.parts.regime.kind == "allocation":
            unsettled = self.parts.all_(inside, self.parts.table.no(verdict.named))
            for criterion in self.parts.criteria:
                yield from self._missing_criterion(unsettled, criterion)
        elif self.parts.regime.responsible is not None:
            yield Missing(
                inside, tuple(self._open_term(self.parts.regime.responsible, Env(), self._is_unknown))
            )

    def _is_unknown(self, value: PlanNode) -> PlanNode:
        return self.parts.table.make(Unknown, value, False)

    def _open_term(self, rule: Rule, env: Env, is_open: Callable[[PlanNode], PlanNode]) -> Iterator[Wanted]:
        """A term, in every way to read the elements in it that leaves it open; and the choices of elements."""
        ways, choices = self.parts.lowering.ways(self.parts.regime.program.elements_in(rule.node), env)
        for way in ways:
            value = self.parts.lowering.term(rule.node, way.env, "country")
            if not isinstance(value, Nothing):
                yield Wanted(self.parts.all_(*way.guards, is_open(value)), value)
        for guard, choice in self.parts.lowering.open_choices(choices):
            yield Wanted(guard, choice)

    def _missing_status(self, guard: PlanNode, clocks: tuple[Clock, ...]) -> Iterator[Missing]:
        for clock in clocks:
            parts = self.parts.events.get(clock, [])
            if not parts:
                continue
            unsettled = self.parts.all_(guard, self.parts.is_(parts[-1].state, None))
            for index, part in enumerate(parts):
                later = [
                    self.parts.table.no(
                        self.parts.all_(
                            self.parts.is_(after.happened, True), self.parts.is_(after.here, True)
                        )
                    )
                    for after in parts[index + 1 :]
                ]
                bears = self.parts.all_(unsettled, *later)
                undated = self.parts.all_(bears, self.parts.is_(part.happened, None))
                yield self._missing_day(undated, clock, part.event.date, None)
                if part.rule is not None:
                    reached = self.parts.table.no(self.parts.is_(part.happened, False))
                    yield Missing(
                        self.parts.all_(bears, reached), (Wanted(self.parts.table.true(), part.rule),)
                    )

    def _missing_day(
        self, guard: PlanNode, clock: Clock, since: DateRange | None, until: DateRange | None
    ) -> Missing:
        """What leaves open whether a clock stands between two days; the law itself where its date is certain."""

        def is_open(value: PlanNode) -> PlanNode:
            return self.parts.is_(self.parts.between(value, since, until), None)

        return Missing(
            guard, tuple(self._open_term(self.parts.regime.clocks[clock], Env(), is_open)), LAW_UNKNOWN
        )

    def _missing_provision(self, guard: PlanNode, entry: Provision) -> Iterator[Missing]:
        guard = self.parts.all_(guard, self.parts.is_(self.parts.values[entry.id], None))
        own = self.parts.all_(guard, self.parts.is_(self.parts.own[entry.id], None))
        if entry.versions:
            for version in entry.versions:
                within = self.parts.on_clock(version.clock, version.since, version.until)
                rule = (
                    self.parts.table.false()
                    if version.rule is None
                    else self.parts.lowering.rule(version.rule.node)
                )
                undated = self.parts.all_(
                    self.parts.is_(within, None), self.parts.table.no(self.parts.is_(rule, False))
                )
                yield self._missing_day(
                    self.parts.all_(own, undated), version.clock, version.since, version.until
                )
                if version.rule is not None:
                    counts = self.parts.table.no(self.parts.is_(within, False))
                    yield Missing(self.parts.all_(own, counts), (Wanted(self.parts.table.true(), rule),))
        elif entry.rule is not None:
            yield Missing(own, (Wanted(self.parts.table.true(), self.parts.own[entry.id]),))
        for other in self.parts.against(entry.id):
            yield from self._missing_provision(guard, other)

    def _missing_criterion(self, guard: PlanNode, criterion: Criterion) -> Iterator[Missing]:
        # A criterion about an element holds only where there may be one.
        guard = self.parts.all_(guard, criterion.active, self.parts.names_any(criterion))
        yield from self._missing_provision(guard, criterion.provision)
        responsible = criterion.provision.responsible
        assert responsible is not None
        wanted: list[Wanted] = []
        if responsible.element is not None:
            unsettled = self._unsettled(criterion)
            for entry in criterion.choices:
                holds = self.parts.all_(unsettled, *entry.way.guards, *self._none_unlisted(entry.way))
                if isinstance(entry.choice, Choice):
                    wanted.append(Wanted(holds, entry.choice))
                elif entry.choice is not None:
                    wanted.append(Wanted(holds, self.parts.table.make(Open, (entry.choice.path,), ())))
            for several, choice in self.parts.lowering.open_choices(criterion.others):
                wanted.append(Wanted(self.parts.all_(unsettled, several), choice))
        for state in criterion.states:
            if state.barred is not None:
                known = self.parts.table.make(Unknown, state.country, True)
                wanted.append(Wanted(self.parts.all_(state.guard, known), state.barred))
            unknown = self.parts.all_(state.guard, self._is_unknown(state.country))
            for part in self._open_term(responsible.rule, state.env, self._is_unknown):
                wanted.append(Wanted(self.parts.all_(unknown, part.guard), part.node))
        yield Missing(guard, tuple(wanted))

    def _none_unlisted(self, way: Way) -> Iterator[PlanNode]:
        """Where an incomplete list may hold the element that a name stands for, `screening/missing.py` looks
        at a choice that rests on it for that element only, and not for none."""
        for guard in way.guards:
            if isinstance(guard, Pick) and guard.which == "nothing":
                yield self.parts.table.no(self.parts.table.make(Pick, guard.choice, "unlisted"))

    def _unsettled(self, criterion: Criterion) -> PlanNode:
        """Whether it is open of which element a criterion speaks: not one alone, or one that is not certain."""
        guards = tuple(state.guard for state in criterion.states)
        axes = {axis for guard in guards for axis in guard.axes}
        several = self.parts.table.make(Several, tuple(sorted(axes, key=lambda axis: axis.index)), guards)
        certain = [
            self.parts.anywhere(state.certain) for state in criterion.states if state.certain is not None
        ]
        return self.parts.table.some(several, self.parts.table.no(self.parts.table.some(*certain)))
