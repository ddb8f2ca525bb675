"""A regime as a plan: its status, its provisions and its outcome as conditions over columns.

Says with nodes what `screening/determine.py` says for one case, and with `Missing` what `screening/missing.py`
gathers. Regimes that are planned on the same table share every clause that they have in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safethird.engines.columns.missing import Missing, Wanted
from safethird.engines.plan.lower import AsTerm, AtElement, Env, Lowering, Nothing, Unlisted, Way
from safethird.engines.plan.nodes import (
    Always, Choice, Code, Days, Exists, Is, Less, Only, Open, Pick, PlanNode, Table, Unknown, Unsaid,
)  # fmt: skip
from safethird.facts.dates import DateRange
from safethird.regimes.model import Clock, Event, Provision, Regime, Rule
from safethird.screening.missing import LAW_UNKNOWN
from safethird.screening.variants import with_reading


@dataclass(frozen=True, slots=True)
class Verdict:
    """What decides the answer of a regime. Outcome: see `caseload/outcome.py`."""

    operative: PlanNode
    covered: PlanNode
    excepted: PlanNode
    named: PlanNode
    """Never unknown: whether the state is settled, where the regime names one."""
    state: PlanNode | None
    """The state that is named; None where the regime names none."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A provision or event that decides an outcome, where `guard` holds and nothing earlier does."""

    outcome: str
    id: str
    guard: PlanNode


@dataclass(frozen=True, slots=True)
class RegimePlan:
    """A regime as conditions over columns."""

    id: str
    kind: str
    verdict: Verdict
    grounds: tuple[Ground, ...]
    missing: tuple[Missing, ...]
    """Where the outcome is undetermined."""
    readings: tuple[tuple[str, Verdict], ...]
    """Verdicts under other readings of the law, as `conflict=option`."""
    provisions: Mapping[str, PlanNode]
    """The condition of every ruled provision once exceptions to it have been heard."""


def plan_regime(regime: Regime, table: Table) -> RegimePlan:
    """The plan of a regime, made of nodes of a table."""
    builder = _Builder(regime, table)
    verdict = builder.verdict()
    readings = tuple(
        (f"{conflict}={name}", _Builder(with_reading(regime, conflict, name), table).verdict())
        for conflict, options in regime.conflicts()
        for name in options.options
        if name != options.default
    )
    return RegimePlan(regime.id, regime.kind, verdict, tuple(builder.grounds()), tuple(builder.missing()), readings,
                      dict(builder.values))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _EventPart:
    event: Event
    happened: PlanNode
    here: PlanNode
    rule: PlanNode | None
    """The condition of `here` itself, where there is one."""
    state: PlanNode


@dataclass(frozen=True, slots=True)
class _State:
    """A state that a criterion may name: it counts where `guard` holds."""

    guard: PlanNode
    country: PlanNode
    passed_over: PlanNode
    barred: PlanNode | None
    way: Way
    place: str
    """Which candidate of the criterion's own element: `slot`, `unlisted`, or empty without one."""


@dataclass(frozen=True, slots=True)
class _Criterion:
    provision: Provision
    active: PlanNode
    """Never unknown: the order came as far as this one, and it may hold."""
    reached: PlanNode
    states: tuple[_State, ...]
    choices: tuple[tuple[PlanNode, Choice], ...]
    """The choice of its own element, in each way to read the others."""


class _Builder:
    def __init__(self, regime: Regime, table: Table) -> None:
        self.regime = regime
        self.table = table
        self.lowering = Lowering(table, regime.program)
        self.provisions = tuple(regime.ruled())
        self.events: dict[Clock, list[_EventPart]] = self._events()
        self.own = {entry.id: self._own(entry) for entry in self.provisions}
        self.values = self._heard()
        self.criteria: list[_Criterion] = []
        self.somewhere: PlanNode = table.true()
        self.only: PlanNode | None = None
        if regime.kind == "allocation":
            self._allocate()

    # --- helpers -----------------------------------------------------------------------------------

    def is_(self, node: PlanNode, value: bool | None) -> PlanNode:
        return self.table.make(Is, node, value)

    def all_(self, *parts: PlanNode) -> PlanNode:
        return self.table.every(*(part for part in parts if not (isinstance(part, Always) and part.value)))

    def day(self, date: DateRange) -> PlanNode:
        return self.table.make(Days, date.lo, date.hi)

    def reached(self, date: DateRange, clock: PlanNode | Nothing) -> PlanNode:
        """Whether a clock's date is on or after a day of the law."""
        if isinstance(clock, Nothing):
            return self.table.false()
        if isinstance(clock, Unsaid):
            return self.table.make(Open, clock.paths, ())
        return self.table.no(self.table.make(Less, clock, self.day(date)))

    def on_clock(self, clock: Clock, since: DateRange | None, until: DateRange | None) -> PlanNode:
        """Whether a clock's date lies from one day on, and before another."""
        rule = self.regime.clocks[clock]
        ways, _ = self.lowering.ways(self.regime.program.elements_in(rule.node), Env())

        def within(env: Env) -> PlanNode:
            value = self.lowering.term(rule.node, env)
            if isinstance(value, Nothing):
                return self.table.false()
            parts = []
            if since is not None:
                parts.append(self.reached(since, value))
            if until is not None:
                parts.append(self.table.no(self.reached(until, value)))
            return self.table.every(*parts)

        return self.lowering.agreed(ways, within)

    # --- status ------------------------------------------------------------------------------------

    def _events(self) -> dict[Clock, list[_EventPart]]:
        found: dict[Clock, list[_EventPart]] = {}
        for event in self.regime.events:
            if event.operative is None:
                continue
            parts = found.setdefault(event.clock, [])
            happened = self.on_clock(event.clock, event.date, None)
            rule = None if event.rule is None else self.lowering.rule(event.rule.node)
            here = self.table.true() if rule is None else rule
            effective = self.all_(happened, here)
            if event.operative:
                state = self.table.some(parts[-1].state, effective) if parts else effective
            else:
                stopped = self.table.no(effective)
                state = self.all_(parts[-1].state, stopped) if parts else stopped
            parts.append(_EventPart(event, happened, here, rule, state))
        return found

    def _state_of(self, clocks: tuple[Clock, ...]) -> PlanNode:
        return self.table.every(*(self.events[clock][-1].state for clock in clocks if clock in self.events))

    # --- provisions --------------------------------------------------------------------------------

    def _own(self, entry: Provision) -> PlanNode:
        if entry.versions:
            return self.table.some(*(
                self.all_(
                    self.on_clock(version.clock, version.since, version.until),
                    self.table.false() if version.rule is None else self.lowering.rule(version.rule.node),
                )
                for version in entry.versions
            ))  # fmt: skip
        return self.table.true() if entry.rule is None else self.lowering.rule(entry.rule.node)

    def _against(self, name: str) -> list[Provision]:
        return [
            entry for entry in self.provisions
            if name in (*entry.exception_to, *entry.before) and name != "effect"
        ]  # fmt: skip

    def _heard(self) -> dict[str, PlanNode]:
        values: dict[str, PlanNode] = {}

        def hear(name: str) -> PlanNode:
            if name not in values:
                values[name] = self.own[name]
                objections = [hear(other.id) for other in self._against(name)]
                if objections:
                    values[name] = self.all_(self.own[name], self.table.no(self.table.some(*objections)))
            return values[name]

        for entry in self.provisions:
            hear(entry.id)
        return {entry.id: values[entry.id] for entry in self.provisions}

    def verdict(self) -> Verdict:
        """The conditions that make the outcome."""
        operative = self._state_of(("decision", "transfer"))
        if self.regime.documented_only:
            operative = self.table.false()
        covered = self.table.every(self._state_of(("entry", "claim")), *self._coverage())
        if self.regime.kind == "allocation":
            assert self.only is not None
            named = self.all_(self.somewhere, self.table.make(Unknown, self.only, True))
            return Verdict(operative, covered, self.table.false(), named, self.only)
        excepted = self.table.some(*(self.values[entry.id] for entry in self.provisions if _keeps_here(entry)))
        state, named = None, self.table.true()
        if self.regime.responsible is not None:
            state = self.country(self.regime.responsible, Env())
            named = self.table.make(Unknown, state, True)
        return Verdict(operative, covered, excepted, named, state)

    def _coverage(self) -> Iterator[PlanNode]:
        for entry in self.provisions:
            if entry.role in ("scope", "power"):
                yield self.values[entry.id]
            elif entry.role == "exclusion" or ("effect" in entry.exception_to and entry.outcome == "not_covered"):
                yield self.table.no(self.values[entry.id])

    def country(self, rule: Rule, env: Env) -> PlanNode:
        """The country that a term names; unknown where readings of it differ, or where it names none."""
        ways, _ = self.lowering.ways(self.regime.program.elements_in(rule.node), env)

        def named(inner: Env) -> PlanNode:
            value = self.lowering.term(rule.node, inner, "country")
            return self._no_country() if isinstance(value, Nothing) else value

        return self.lowering.agreed(ways, named)

    def _no_country(self) -> PlanNode:
        return self.table.make(Unsaid, "code", "country", ())

    # --- allocation --------------------------------------------------------------------------------

    def _allocate(self) -> None:
        settled: PlanNode = self.table.false()
        uncertain: list[PlanNode] = []
        named: list[tuple[PlanNode, PlanNode]] = []
        for entry in self.provisions:
            if entry.responsible is None or entry.role not in ("shift", "criterion"):
                continue
            value = self.values[entry.id]
            reached = self.table.no(settled)
            active = self.all_(reached, self.table.no(self.is_(value, False)))
            states, gone, choices = self._states(entry)
            self.criteria.append(_Criterion(entry, active, reached, states, choices))
            passes_on = [self.table.no(self.is_(value, True)), *gone]
            for state in states:
                counts = self.all_(active, state.guard)
                unknown = self.table.make(Unknown, state.country, False)
                uncertain.append(self.anywhere(self.all_(counts, unknown)))
                kept = self.all_(counts, self.table.no(self.is_(state.passed_over, True)))
                named.append((kept, state.country))
                passes_on.append(
                    self.anywhere(self.all_(state.guard, self.table.no(self.is_(state.passed_over, False))))
                )
            settled = self.table.some(settled, self.all_(active, self.table.no(self.table.some(*passes_on))))
        self.somewhere = self.all_(settled, self.table.no(self.table.some(*uncertain)))
        self.only = self.table.make(Only, tuple(named) or ((self.table.false(), self._no_country()),))

    def anywhere(self, node: PlanNode) -> PlanNode:
        """Whether something that is never unknown holds for any element."""
        return self.table.make(Exists, node.axes, node) if node.axes else node

    def _states(
        self, entry: Provision
    ) -> tuple[tuple[_State, ...], list[PlanNode], tuple[tuple[PlanNode, Choice], ...]]:
        """The states that a criterion may name; conditions on which its element may be none at all; and the
        choices of that element."""
        responsible = entry.responsible
        assert responsible is not None
        root = responsible.element if responsible.element is not None else responsible.rule.node
        ways, _ = self.lowering.ways(self.regime.program.elements_in(root), Env())
        states: list[_State] = []
        gone: list[PlanNode] = []
        choices: list[tuple[PlanNode, Choice]] = []
        for way in ways:
            outer = self.table.every(*way.guards)
            if responsible.element is None:
                states.append(self._state(responsible.rule, way, outer, ""))
                continue
            assert responsible.variable is not None
            choice = self.lowering.choice(responsible.element, way.env)
            if choice is None:
                gone.append(self.anywhere(outer))
                continue
            if isinstance(choice, Unlisted):
                gone.append(self.anywhere(outer))
                inner = Way(way.env.bound(responsible.variable, choice), way.guards, way.firsts, way.axes)
                states.append(self._state(responsible.rule, inner, outer, "unlisted"))
                continue
            choices.append((outer, choice))
            gone.append(self.anywhere(self.all_(outer, self.table.make(Pick, choice, "nothing"))))
            along = Way(way.env.along(choice.over), way.guards, way.firsts, way.axes)
            listed = Way(along.env.bound(responsible.variable, AtElement(choice.over)), along.guards, along.firsts,
                         (*along.axes, choice.over))  # fmt: skip
            other = Way(along.env.bound(responsible.variable, Unlisted(choice.over.listing.path)), along.guards,
                        along.firsts, along.axes)  # fmt: skip
            slot, unlisted = (self.table.make(Pick, choice, which) for which in ("slot", "unlisted"))
            states.append(self._state(responsible.rule, listed, self.all_(outer, slot), "slot"))
            states.append(self._state(responsible.rule, other, self.all_(outer, unlisted), "unlisted"))
        return tuple(states), gone, tuple(choices)

    def _state(self, rule: Rule, way: Way, guard: PlanNode, place: str) -> _State:
        country = self.country(rule, way.env)
        barred: PlanNode | None = None
        passed_over: PlanNode = self.table.false()
        if self.regime.barred_state is not None:
            if isinstance(country, Unsaid):
                passed_over = self.table.make(Open, (), ())
            else:
                # Only the candidate is bound: other names are read anew, as for any rule.
                env = Env({"candidate": AsTerm(country)}, way.env.open)
                barred = self.lowering.rule(self.regime.barred_state.node, env)
                known = self.table.make(Unknown, country, True)
                # An unknown state is barred or not, whatever the rule says of it.
                passed_over = barred if isinstance(country, Code) else self._where_known(known, barred)
        return _State(guard, country, passed_over, barred, way, place)

    def _where_known(self, known: PlanNode, truth: PlanNode) -> PlanNode:
        """A truth where something is known, unknown elsewhere."""
        unknown = self.table.make(Open, (), ())
        return self.table.some(
            self.table.every(known, truth), self.table.every(self.table.no(known), unknown)
        )

    # --- grounds -----------------------------------------------------------------------------------

    def grounds(self) -> Iterator[Ground]:
        """What decides each outcome, most decisive first: as `screening/screen.py` lists grounds."""
        yield from self._status_grounds("not_in_force", ("decision", "transfer"))
        yield from self._status_grounds("not_covered", ("entry", "claim"))
        for entry in self.provisions:
            positive = entry.role in ("scope", "power")
            if positive or entry.role == "exclusion" or entry.outcome == "not_covered":
                yield Ground("not_covered", entry.id, self.is_(self.values[entry.id], not positive))
        for entry in self.provisions:
            if _keeps_here(entry):
                yield Ground("exempt", entry.id, self.is_(self.values[entry.id], True))
        for criterion in self.criteria:
            named = self.table.some(*(self.anywhere(state.guard) for state in criterion.states))
            yield Ground("applies", criterion.provision.id, self.all_(criterion.active, named))
        for entry in self.provisions:
            if entry.role in ("scope", "power"):
                yield Ground("applies", entry.id, self.table.true())

    def _status_grounds(self, outcome: str, clocks: tuple[Clock, ...]) -> Iterator[Ground]:
        for clock in clocks:
            parts = self.events.get(clock, [])
            if not parts:
                continue
            stopped = self.is_(parts[-1].state, False)
            for part in reversed(parts):
                happened = self.table.no(self.is_(part.happened, False))
                yield Ground(outcome, part.event.event, self.all_(stopped, happened))
            yield Ground(outcome, parts[0].event.event, stopped)

    # --- what is missing ---------------------------------------------------------------------------

    def missing(self) -> Iterator[Missing]:
        """Which facts are missing where the outcome is undetermined."""
        verdict = self.verdict()
        open_status, open_cover = self.is_(verdict.operative, None), self.is_(verdict.covered, None)
        yield from self._missing_status(open_status, ("decision", "transfer"))
        yield from self._missing_status(open_cover, ("entry", "claim"))
        inside = self.table.no(self.is_(verdict.covered, False))
        open_exception = self.all_(inside, self.is_(verdict.excepted, None))
        for entry in self.provisions:
            if entry.role in ("scope", "power", "exclusion") or entry.outcome == "not_covered":
                yield from self._missing_provision(open_cover, entry)
            elif _keeps_here(entry):
                yield from self._missing_provision(open_exception, entry)
        if self.regime.kind == "allocation":
            unsettled = self.all_(inside, self.table.no(verdict.named))
            for criterion in self.criteria:
                yield from self._missing_criterion(unsettled, criterion)
        elif self.regime.responsible is not None:
            yield self._simply(inside, self._first_terms(self.regime.responsible))

    def _simply(self, guard: PlanNode, wanted: tuple[Wanted, ...]) -> Missing:
        return Missing((wanted,), guard)

    def _missing_status(self, guard: PlanNode, clocks: tuple[Clock, ...]) -> Iterator[Missing]:
        for clock in clocks:
            parts = self.events.get(clock, [])
            if not parts:
                continue
            unsettled = self.all_(guard, self.is_(parts[-1].state, None))
            undated: list[PlanNode] = []
            for index, part in enumerate(parts):
                later = [
                    self.table.no(self.all_(self.is_(after.happened, True), self.is_(after.here, True)))
                    for after in parts[index + 1 :]
                ]
                bears = self.all_(unsettled, *later)
                undated.append(self.all_(bears, self.is_(part.happened, None)))
                if part.rule is not None:
                    reached = self.table.no(self.is_(part.happened, False))
                    yield self._simply(self.all_(bears, reached), (Wanted(self.table.true(), part.rule),))
            yield self._missing_day(self.table.some(*undated), clock)

    def _missing_day(self, guard: PlanNode, clock: Clock) -> Missing:
        """What leaves open where a clock stands; the law itself where its date is certain."""
        rule = self.regime.clocks[clock]
        ambiguous = []
        for name in self.regime.program.elements_in(rule.node):
            node = self.regime.program.definitions[name].rule.node
            choice = self.lowering.choice(node, Env())  # type: ignore[arg-type]
            if isinstance(choice, Choice):
                ambiguous.append(Wanted(self._more_than_one(choice), choice))
        return Missing((self._first_terms(rule), tuple(ambiguous)), guard, LAW_UNKNOWN)

    def _more_than_one(self, choice: Choice) -> PlanNode:
        """Whether a choice has more than one candidate, an unlisted element and none counting as two."""
        pick = {which: self.table.make(Pick, choice, which) for which in ("slot", "unlisted", "nothing")}
        several = self.lowering.several_of(choice)
        both = self.table.every(pick["unlisted"], pick["nothing"])
        return self.table.some(several, both)

    def _first_terms(self, rule: Rule) -> tuple[Wanted, ...]:
        """A term, as the first way to read the elements in it reads it."""
        ways, _ = self.lowering.ways(self.regime.program.elements_in(rule.node), Env())
        found = []
        for way in ways:
            value = self.lowering.term(rule.node, way.env, "country")
            if not isinstance(value, Nothing):
                found.append(Wanted(self.table.every(*way.firsts), value))
        return tuple(found)

    def _missing_provision(self, guard: PlanNode, entry: Provision) -> Iterator[Missing]:
        guard = self.all_(guard, self.is_(self.values[entry.id], None))
        own = self.all_(guard, self.is_(self.own[entry.id], None))
        if entry.versions:
            for version in entry.versions:
                within = self.on_clock(version.clock, version.since, version.until)
                rule = self.table.false() if version.rule is None else self.lowering.rule(version.rule.node)
                undated = self.all_(self.is_(within, None), self.table.no(self.is_(rule, False)))
                yield self._missing_day(self.all_(own, undated), version.clock)
                if version.rule is not None:
                    counts = self.table.no(self.is_(within, False))
                    yield self._simply(self.all_(own, counts), (Wanted(self.table.true(), rule),))
        elif entry.rule is not None:
            yield self._simply(own, (Wanted(self.table.true(), self.own[entry.id]),))
        for other in self._against(entry.id):
            yield from self._missing_provision(guard, other)

    def _missing_criterion(self, guard: PlanNode, criterion: _Criterion) -> Iterator[Missing]:
        guard = self.all_(guard, criterion.active)
        yield from self._missing_provision(guard, criterion.provision)
        responsible = criterion.provision.responsible
        assert responsible is not None
        wanted: list[Wanted] = []
        for outer, choice in criterion.choices:
            wanted.append(Wanted(self.all_(outer, self._unsettled(choice)), choice))
        for state in criterion.states:
            if state.barred is not None:
                known = self.table.make(Unknown, state.country, True)
                wanted.append(Wanted(self.all_(state.guard, known), state.barred))
            unknown = self.all_(state.guard, self.table.make(Unknown, state.country, False))
            if state.place == "":
                first = self.anywhere(unknown)
                wanted.extend(
                    Wanted(self.all_(first, part.guard), part.node) for part in self._first_terms(responsible.rule)
                )
            else:
                value = self.lowering.term(responsible.rule.node, state.way.env, "country")
                if not isinstance(value, Nothing):
                    wanted.append(Wanted(unknown, value))
        yield self._simply(guard, tuple(wanted))

    def _unsettled(self, choice: Choice) -> PlanNode:
        """Whether a choice has not exactly one candidate, or one that is not certain."""
        pick = {which: self.table.make(Pick, choice, which) for which in ("slot", "unlisted", "nothing")}
        return self.table.some(self.lowering.several_of(choice), pick["unlisted"], pick["nothing"])


def _keeps_here(entry: Provision) -> bool:
    return "effect" in entry.exception_to and entry.outcome == "exempt"
