"""A regime as formulas over every case: what `screening/determine.py` says for one, said for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from safethird.drafting.prove.calendar import day_number
from safethird.drafting.prove.logic import (
    FALSE,
    TRUE,
    UNKNOWN,
    Formula,
    Truth3,
    agreement,
    at_most,
    both,
    conjunction,
    disjunction,
    either,
    negation,
    opposite,
    truth,
)  # fmt: skip
from safethird.drafting.prove.symbolic import Bindings, Symbolic
from safethird.drafting.prove.values import CodeValue, Span, code_equal, only_one
from safethird.drafting.prove.world import World
from safethird.facts.dates import DateRange
from safethird.language.evaluate import NOTHING
from safethird.regimes.model import Clock, Event, Provision, Regime, Rule, Version
from safethird.screening.determine import Outcome


@dataclass(frozen=True, slots=True)
class SymbolicAnswer:
    """What a regime answers, for every case at once."""

    regime: Regime
    symbolic: Symbolic
    outcomes: Mapping[Outcome, Formula]
    """Where each outcome is the answer; exactly one is."""
    bars: Truth3
    responsible: CodeValue
    """The state that `applies` names; `absent` where none is named."""
    operative: Truth3
    covered: Truth3
    excepted: Truth3
    provisions: Mapping[str, Truth3]
    """The condition of every ruled provision once exceptions to it have been heard."""
    own: Mapping[str, Truth3]
    """The conditions before that."""
    reached: Mapping[str, Formula]
    """Allocation: where the order of criteria comes as far as each."""
    decides: Mapping[str, Formula]
    """Allocation: where a criterion names a state that may be responsible."""
    reach: Truth3
    """Whether entry and claim fall into the windows of the status."""
    ties: Mapping[str, Formula]
    """Allocation: where a criterion that holds may mean two elements whose states differ."""


def reason_symbolically(world: World, regime: Regime) -> SymbolicAnswer:
    """The answer of a regime as formulas."""
    symbolic = Symbolic(world, regime.program)
    operative, reach = _status(regime, symbolic)
    own = {entry.id: _own(regime, entry, symbolic) for entry in regime.ruled()}
    return _assembled(regime, symbolic, operative, reach, own)


def without(answer: SymbolicAnswer, dropped: Collection[str]) -> SymbolicAnswer:
    """The answer of the same regime with some provisions struck out."""
    regime = answer.regime
    kept = tuple(entry for entry in regime.provisions if entry.id not in dropped)
    own = {name: value for name, value in answer.own.items() if name not in dropped}
    return _assembled(replace(regime, provisions=kept), answer.symbolic, answer.operative, answer.reach, own)


def _assembled(
    regime: Regime, symbolic: Symbolic, operative: Truth3, reach: Truth3, own: Mapping[str, Truth3]
) -> SymbolicAnswer:
    values = heard(regime, own)
    covered = conjunction(_coverage(regime, values, reach))
    excepted = disjunction(values[entry.id] for entry in regime.ruled() if keeps_here(entry))
    reached: dict[str, Formula] = {}
    decides: dict[str, Formula] = {}
    ties: dict[str, Formula] = {}
    named: Formula = True
    state = CodeValue(False, "", absent=True)
    bars = conjunction((operative, covered, negation(excepted)))
    if regime.kind == "allocation":
        excepted, bars = FALSE, UNKNOWN
        named, state = _allocation(regime, symbolic, values, reached, decides, ties)
    elif regime.responsible is not None:
        state = _country(symbolic, regime.responsible, {})
        named = state.known
    inside = both((operative.t, covered.t))
    applies = both((inside, excepted.f, named))
    outcomes: dict[Outcome, Formula] = {
        "applies": applies,
        "exempt": both((inside, excepted.t)),
        "not_covered": both((operative.t, covered.f)),
        "not_in_force": operative.f,
    }
    outcomes["undetermined"] = opposite(either(outcomes.values()))
    names_one = regime.kind == "allocation" or regime.responsible is not None
    responsible = CodeValue(
        True, state.text, state.place, state.space, opposite(applies) if names_one else True
    )
    return SymbolicAnswer(
        regime, symbolic, outcomes, bars, responsible, operative, covered, excepted, values, own, reached,
        decides, reach, ties,
    )  # fmt: skip


def keeps_here(entry: Provision) -> bool:
    """Whether a provision is an exception that keeps the claim here."""
    return "effect" in entry.exception_to and entry.outcome == "exempt"


# --- status --------------------------------------------------------------------------------------


def _status(regime: Regime, symbolic: Symbolic) -> tuple[Truth3, Truth3]:
    states: dict[Clock, Truth3] = {}
    for event in regime.events:
        if event.operative is None:
            continue
        here = TRUE if event.rule is None else symbolic.rule(event.rule.node)
        happened = _happened(symbolic, regime.clocks[event.clock], event)
        before = states.get(event.clock, FALSE if event.operative else TRUE)
        effective = conjunction((happened, here))
        states[event.clock] = (
            disjunction((before, effective))
            if event.operative
            else conjunction((before, negation(effective)))
        )
    operative = conjunction(states.get(clock, TRUE) for clock in ("decision", "transfer"))
    reach = conjunction(states.get(clock, TRUE) for clock in ("entry", "claim"))
    return (FALSE if regime.documented_only else operative), reach


def _happened(symbolic: Symbolic, rule: Rule, event: Event) -> Truth3:
    def at(bindings: Bindings) -> Truth3:
        value = symbolic.term(rule.node, bindings)
        return FALSE if value is NOTHING else _reached(event.date, value)

    return agreement((guard, at(inner)) for guard, inner in symbolic.readings(rule.node, {}))


def _reached(event: DateRange, clock: Span | None) -> Truth3:
    """Whether a clock's date is on or after a day of the law."""
    if clock is None:
        return UNKNOWN
    low, high = day_number(event.lo), day_number(event.hi)
    if clock.exact and low == high:
        formula = at_most(low, clock.lo)
        return Truth3(formula, opposite(formula), True)
    return truth(
        both((clock.known, at_most(high, clock.lo))), both((clock.known, opposite(at_most(low, clock.hi))))
    )


# --- provisions ----------------------------------------------------------------------------------


def _own(regime: Regime, entry: Provision, symbolic: Symbolic) -> Truth3:
    if entry.versions:
        return disjunction(
            conjunction((
                _within(regime, version, symbolic),
                FALSE if version.rule is None else symbolic.rule(version.rule.node),
            ))
            for version in entry.versions
        )  # fmt: skip
    return TRUE if entry.rule is None else symbolic.rule(entry.rule.node)


def _within(regime: Regime, version: Version, symbolic: Symbolic) -> Truth3:
    rule = regime.clocks[version.clock]

    def at(bindings: Bindings) -> Truth3:
        value = symbolic.term(rule.node, bindings)
        if value is NOTHING:
            return FALSE
        since = TRUE if version.since is None else _reached(version.since, value)
        until = FALSE if version.until is None else _reached(version.until, value)
        return conjunction((since, negation(until)))

    return agreement((guard, at(inner)) for guard, inner in symbolic.readings(rule.node, {}))


def heard(regime: Regime, own: Mapping[str, Truth3]) -> dict[str, Truth3]:
    """The value of every provision once exceptions to it, and exceptions that outrank it, are heard."""
    against: dict[str, list[str]] = {}
    for entry in regime.ruled():
        for target in (*entry.exception_to, *entry.before):
            if target != "effect":
                against.setdefault(target, []).append(entry.id)
    values: dict[str, Truth3] = {}

    def hear(name: str) -> Truth3:
        if name not in values:
            values[name] = own[name]
            objections = [hear(other) for other in against.get(name, ())]
            if objections:
                values[name] = conjunction((own[name], negation(disjunction(objections))))
        return values[name]

    return {name: hear(name) for name in own}


def _coverage(regime: Regime, values: Mapping[str, Truth3], reach: Truth3) -> Iterator[Truth3]:
    yield reach
    for entry in regime.ruled():
        if entry.role in ("scope", "power"):
            yield values[entry.id]
        elif entry.role == "exclusion" or ("effect" in entry.exception_to and entry.outcome == "not_covered"):
            yield negation(values[entry.id])


def _country(symbolic: Symbolic, rule: Rule, bindings: Bindings) -> CodeValue:
    ways = symbolic.readings(rule.node, bindings)
    return only_one([(guard, symbolic.term(rule.node, inner)) for guard, inner in ways])


# --- allocation ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _State:
    guard: Formula
    country: CodeValue
    passed_over: Truth3


def _allocation(
    regime: Regime, symbolic: Symbolic, values: Mapping[str, Truth3], reached: dict[str, Formula],
    decides: dict[str, Formula], ties: dict[str, Formula],
) -> tuple[Formula, CodeValue]:  # fmt: skip
    settled: Formula = False
    nowhere: list[Formula] = []
    named: list[tuple[Formula, CodeValue]] = []
    for entry in regime.ruled():
        if entry.responsible is None or entry.role not in ("shift", "criterion"):
            continue
        value = values[entry.id]
        reached[entry.id] = opposite(settled)
        active = both((opposite(settled), opposite(value.f)))
        states, gone = _states(regime, symbolic, entry)
        passes_on: list[Formula] = [opposite(value.t), gone]
        kept: list[Formula] = []
        for state in states:
            nowhere.append(both((active, state.guard, opposite(state.country.known))))
            counts = both((active, state.guard, state.country.known, opposite(state.passed_over.t)))
            kept.append(counts)
            named.append((counts, state.country))
            passes_on.append(both((state.guard, opposite(state.passed_over.f))))
        decides[entry.id] = either(kept)
        ties[entry.id] = both((active, value.t, either(
            both((one.guard, other.guard, one.country.known, other.country.known,
                  opposite(code_equal(one.country, other.country))))
            for one, other in combinations(states, 2)
        )))  # fmt: skip
        settled = either((settled, both((active, opposite(either(passes_on))))))
    somewhere = both((settled, opposite(either(nowhere))))
    if not named:
        return False, CodeValue(False, "", absent=True)
    only = only_one(named)
    return both((somewhere, either(guard for guard, _ in named), only.known)), only


def _states(regime: Regime, symbolic: Symbolic, entry: Provision) -> tuple[Sequence[_State], Formula]:
    """The states that a criterion may name, and where its element may be none at all."""
    responsible = entry.responsible
    assert responsible is not None
    root = responsible.element if responsible.element is not None else responsible.rule.node
    states: list[_State] = []
    gone: list[Formula] = []
    for outer, bindings in symbolic.readings(root, {}):
        if responsible.element is None:
            states.append(_state(regime, symbolic, responsible.rule, bindings, outer))
            continue
        assert responsible.variable is not None
        for counts, candidate, _ in symbolic.candidates(responsible.element, bindings):
            guard = both((outer, counts))
            if candidate is NOTHING:
                gone.append(guard)
                continue
            inner = {**bindings, responsible.variable: candidate}
            states.append(_state(regime, symbolic, responsible.rule, inner, guard))
    return states, either(gone)


def _state(regime: Regime, symbolic: Symbolic, rule: Rule, bindings: Bindings, guard: Formula) -> _State:
    country = _country(symbolic, rule, bindings)
    passed_over = FALSE
    if regime.barred_state is not None:
        barred = symbolic.rule(regime.barred_state.node, {"candidate": country})
        passed_over = truth(both((country.known, barred.t)), both((country.known, barred.f)))
    return _State(guard, country, passed_over)


def outcome_formulas(answer: SymbolicAnswer, wanted: Iterable[Outcome]) -> Formula:
    """Where the answer is one of some outcomes."""
    return either(answer.outcomes[outcome] for outcome in wanted)
