"""The parts of a regime as conditions over columns: its status, its provisions, its criteria.

Says with nodes what `screening/determine.py` says for one case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safethird.engines.plan.lower import ChoiceAt, Lowering
from safethird.engines.plan.nodes import (
    Always,
    Choice,
    Code,
    Days,
    Exists,
    Is,
    Less,
    Only,
    Open,
    Pick,
    PlanNode,
    Unknown,
    Unsaid,
    Which,
)
from safethird.engines.plan.table import Table
from safethird.engines.plan.terms import AsTerm, AtElement, Env, Nothing, Term, Unlisted
from safethird.facts.dates import DateRange
from safethird.language.syntax import First
from safethird.regimes.model import Clock, Event, Provision, Regime, Rule


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
class EventPart:
    event: Event
    happened: PlanNode
    here: PlanNode
    rule: PlanNode | None
    """The condition of `here` itself, where there is one."""
    state: PlanNode


_PICKS: tuple[Which, ...] = ("slot", "certain", "unlisted")


@dataclass(frozen=True, slots=True)
class State:
    """A state that a criterion may name: it counts where `guard` holds."""

    guard: PlanNode
    country: PlanNode
    passed_over: PlanNode
    barred: PlanNode | None
    env: Env
    """What the criterion's own element stands for."""
    certain: PlanNode | None
    """Where it counts and its element is certain to be the one."""


@dataclass(frozen=True, slots=True)
class Criterion:
    provision: Provision
    active: PlanNode
    """Never unknown: the order came as far as this one, and it may hold."""
    states: list[State]
    choices: list[ChoiceAt]
    """The choice of its own element, in each way to read the others."""
    others: list[ChoiceAt]


class Parts:
    """Everything that a regime says, as nodes of a table."""

    def __init__(self, regime: Regime, table: Table) -> None:
        self.regime = regime
        self.table = table
        self.lowering = Lowering(table, regime.program)
        self.provisions = tuple(regime.ruled())
        self.events: dict[Clock, list[EventPart]] = self._events()
        self.own = {entry.id: self._own(entry) for entry in self.provisions}
        self.values = self._heard()
        self.criteria: list[Criterion] = []
        self.somewhere: PlanNode = table.true()
        self.only: PlanNode | None = None
        if regime.kind == "allocation":
            self._allocate()

    # --- helpers -----------------------------------------------------------------------------------

    def is_(self, node: PlanNode, value: bool | None) -> PlanNode:
        return self.table.make(Is, node, value)

    def all_(self, *parts: PlanNode) -> PlanNode:
        return self.table.every(*(part for part in parts if not (isinstance(part, Always) and part.value)))

    def reached(self, date: DateRange, day: PlanNode) -> PlanNode:
        """Whether a day is on or after a day of the law."""
        if isinstance(day, Unsaid):
            return self.table.make(Open, day.paths, ())
        return self.table.no(self.table.make(Less, day, self.table.make(Days, date.lo, date.hi)))

    def on_clock(self, clock: Clock, since: DateRange | None, until: DateRange | None) -> PlanNode:
        """Whether a clock's date lies from one day on, and before another."""
        rule = self.regime.clocks[clock]
        ways, _ = self.lowering.ways(self.regime.program.elements_in(rule.node), Env())

        def within(env: Env) -> PlanNode:
            return self.between(self.lowering.term(rule.node, env), since, until)

        return self.lowering.agreed(ways, within)

    def between(self, day: Term, since: DateRange | None, until: DateRange | None) -> PlanNode:
        """Whether a day lies from one day on, and before another."""
        if isinstance(day, Nothing):
            return self.table.false()
        parts = [] if since is None else [self.reached(since, day)]
        return self.table.every(
            *parts, *(() if until is None else (self.table.no(self.reached(until, day)),))
        )

    def definitions(self) -> dict[str, PlanNode]:
        """What the file defines, as far as it stands on its own."""
        found: dict[str, PlanNode] = {}
        for name, definition in self.regime.program.definitions.items():
            if definition.parameter is not None or self.regime.program.elements_in(definition.rule.node):
                continue
            if isinstance(definition.rule.node, First):
                choice = self.lowering.choice(definition.rule.node, Env())
                if isinstance(choice, Choice):
                    found[name] = choice
            else:
                found[name] = self.lowering.condition(definition.rule.node, Env())
        return found

    # --- status ------------------------------------------------------------------------------------

    def _events(self) -> dict[Clock, list[EventPart]]:
        found: dict[Clock, list[EventPart]] = {}
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
            parts.append(EventPart(event, happened, here, rule, state))
        return found

    def _state_of(self, clocks: tuple[Clock, ...]) -> PlanNode:
        return self.table.every(*(self.events[clock][-1].state for clock in clocks if clock in self.events))

    # --- provisions --------------------------------------------------------------------------------

    def _own(self, entry: Provision) -> PlanNode:
        if entry.versions:
            return self.table.some(
                *(
                    self.all_(
                        self.on_clock(version.clock, version.since, version.until),
                        self.table.false() if version.rule is None else self.lowering.rule(version.rule.node),
                    )
                    for version in entry.versions
                )
            )
        return self.table.true() if entry.rule is None else self.lowering.rule(entry.rule.node)

    def against(self, name: str) -> list[Provision]:
        return [
            entry
            for entry in self.provisions
            if name in (*entry.exception_to, *entry.before) and name != "effect"
        ]

    def _heard(self) -> dict[str, PlanNode]:
        values: dict[str, PlanNode] = {}

        def hear(name: str) -> PlanNode:
            if name not in values:
                values[name] = self.own[name]
                objections = [hear(other.id) for other in self.against(name)]
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
        excepted = self.table.some(*(self.values[entry.id] for entry in self.provisions if keeps_here(entry)))
        state, named = None, self.table.true()
        if self.regime.responsible is not None:
            state = self.country(self.regime.responsible, Env())
            named = self.table.make(Unknown, state, True)
        return Verdict(operative, covered, excepted, named, state)

    def _coverage(self) -> Iterator[PlanNode]:
        for entry in self.provisions:
            if entry.role in ("scope", "power"):
                yield self.values[entry.id]
            elif entry.role == "exclusion" or (
                "effect" in entry.exception_to and entry.outcome == "not_covered"
            ):
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
            states, gone, choices, others = self._states(entry)
            self.criteria.append(Criterion(entry, active, states, choices, others))
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

    def _states(self, entry: Provision) -> tuple[list[State], list[PlanNode], list[ChoiceAt], list[ChoiceAt]]:
        """The states that a criterion may name; conditions on which its element may be none at all; the choices
        of that element; and those of the elements that it rests on."""
        responsible = entry.responsible
        assert responsible is not None
        root = responsible.element if responsible.element is not None else responsible.rule.node
        ways, others = self.lowering.ways(self.regime.program.elements_in(root), Env())
        states: list[State] = []
        gone: list[PlanNode] = []
        choices: list[ChoiceAt] = []
        for way in ways:
            outer = self.table.every(*way.guards)
            if responsible.element is None:
                states.append(self._state(responsible.rule, way.env, outer))
                continue
            name = responsible.variable
            assert name is not None
            choice = self.lowering.choice(responsible.element, way.env)
            choices.append(ChoiceAt(way, choice))
            if not isinstance(choice, Choice):
                gone.append(self.anywhere(outer))
                if choice is not None:
                    states.append(self._state(responsible.rule, way.env.bound(name, choice), outer, name))
                continue
            gone.append(self.anywhere(self.all_(outer, self.table.make(Pick, choice, "nothing"))))
            along = way.env.along(choice.over)
            slot, certain, unlisted = (self.table.make(Pick, choice, which) for which in _PICKS)
            listed, other = AtElement(choice.over), Unlisted(choice.over.listing.path)
            states.append(
                self._state(
                    responsible.rule,
                    along.bound(name, listed),
                    self.all_(outer, slot),
                    name,
                    self.all_(outer, certain),
                )
            )
            states.append(
                self._state(responsible.rule, along.bound(name, other), self.all_(outer, unlisted), name)
            )
        return states, gone, choices, others

    def _state(
        self, rule: Rule, env: Env, guard: PlanNode, name: str | None = None, certain: PlanNode | None = None
    ) -> State:
        country = self.country(rule, env)
        barred: PlanNode | None = None
        passed_over: PlanNode = self.table.false()
        if self.regime.barred_state is not None:
            passed_over = self.table.make(Open, (), ())
            if not isinstance(country, Unsaid):
                # Only the candidate is bound: other names are read anew, as for any rule.
                inner = Env({"candidate": AsTerm(country)}, env.open)
                barred = self.lowering.rule(self.regime.barred_state.node, inner)
                # An unknown state is barred or not, whatever the rule says of it.
                known = self.table.make(Unknown, country, True)
                passed_over = barred if isinstance(country, Code) else self._where_known(known, barred)
        alone = Env({} if name is None else {name: env.names[name]}, env.open)
        return State(guard, country, passed_over, barred, alone, certain)

    def _where_known(self, known: PlanNode, truth: PlanNode) -> PlanNode:
        """A truth where something is known, unknown elsewhere."""
        unknown = self.table.make(Open, (), ())
        return self.table.some(
            self.table.every(known, truth), self.table.every(self.table.no(known), unknown)
        )

    def names_any(self, criterion: Criterion) -> PlanNode:
        """Whether a criterion names any state, known or not."""
        return self.table.some(*(self.anywhere(state.guard) for state in criterion.states))


def keeps_here(entry: Provision) -> bool:
    return "effect" in entry.exception_to and entry.outcome == "exempt"
