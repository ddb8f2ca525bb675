"""The formulas agree with the interpreter: case by case, and over every case of a small vocabulary."""

from __future__ import annotations

import datetime

import pytest

pytest.importorskip("z3")

from safethird.drafting.prove.bounds import Bounds, bounds_for
from safethird.drafting.prove.calendar import BASE, FIRST, LAST, Calendar, day_number
from safethird.drafting.prove.logic import WIDTH
from safethird.drafting.prove.session import Session
from safethird.facts.case import Case
from safethird.facts.dates import age_on, plus_months
from safethird.regimes.catalogue import library, load_regime
from safethird.screening.determine import OUTCOMES, reason
from safethird.screening.screen import facts_for_rules
from tests.drafting.pinned import holds, pinned, session, truth_in
from tests.drafting.small import THOROUGH, built, every_case, seeded, seeds, small_regime
from tests.strategies import Land, random_case, random_regime


@pytest.mark.parametrize("seed", seeds(24))
def test_a_random_case_under_a_random_regime(seed: int) -> None:
    rng = seeded(seed)
    regime = random_regime(rng)
    made = session([regime])
    answer = made.answers[0]
    for _ in range(6):
        case = random_case(rng)
        model = pinned(made, case) if "as_of" in case.data else None
        if model is None:
            continue
        wanted = reason(regime, facts_for_rules(case))
        assert [one for one in OUTCOMES if holds(model, answer.outcomes[one])] == [wanted.outcome]
        assert truth_in(model, answer.operative) is wanted.operative
        for name, step in wanted.provisions.items():
            if step.provision.role in ("shift", "criterion"):
                continue  # looked at in order, and only as far as it takes
            assert truth_in(model, answer.provisions[name]) is step.value, name
        if wanted.outcome == "applies" and wanted.responsible:
            state = answer.responsible
            text = (
                state.text
                or state.space.codes[model.eval(state.place, model_completion=True).as_signed_long()]
            )
            assert text == wanted.responsible[0]


def test_random_cases_are_not_all_passed_over() -> None:
    rng = seeded(7)
    seen = 0
    for _ in range(4):
        regime = random_regime(rng)
        made = session([regime])
        cases = [random_case(rng) for _ in range(6)]
        seen += sum("as_of" in case.data and pinned(made, case) is not None for case in cases)
    assert seen >= 4


@pytest.mark.parametrize("name", ["us-guatemala-2019", "stca-canada", "apd-38", "us-lawful-pathways-2023"])
def test_random_cases_under_the_library(name: str) -> None:
    regime = load_regime(name)
    rng, land = seeded(name), Land.of(regime)
    made = session([regime])
    for _ in range(12):
        case = random_case(rng, land)
        model = pinned(made, case) if "as_of" in case.data else None
        if model is not None:
            wanted = reason(regime, facts_for_rules(case)).outcome
            assert [one for one in OUTCOMES if holds(model, made.answers[0].outcomes[one])] == [wanted]


BARS = [name for name, regime in library().items() if regime.kind == "bar"]
KNOWN = BARS if THOROUGH else ["us-guatemala-2019", "us-lawful-pathways-2023", "uk-france-2025"]
"""With all facts known, the checklist shows and replays cases for every regime."""


@pytest.mark.parametrize(
    ("name", "unknowns"), [*((name, True) for name in BARS), *((name, False) for name in KNOWN)]
)
def test_every_case_that_the_solver_finds_replays(name: str, unknowns: bool) -> None:
    regime = load_regime(name)
    made = Session([regime], unknowns=unknowns, bounds=Bounds({}, True, 2))
    for outcome in OUTCOMES:
        _, model = made.find([made.answers[0].outcomes[outcome]], 20)
        if model is not None:
            case = Case.from_data(made.case_data(model))
            assert reason(regime, facts_for_rules(case)).outcome == outcome


@pytest.mark.parametrize("seed", seeds(36))
def test_every_case_of_a_small_vocabulary(seed: int) -> None:
    data, used = small_regime(seeded(seed))
    regime = built(data)
    occurs = {reason(regime, facts_for_rules(case)).outcome for case in every_case(used)}
    made = Session([regime], bounds=bounds_for([regime], None, False))
    assert made.bounds.exact or made.bounds.reason
    for outcome in OUTCOMES:
        found, _ = made.find([made.answers[0].outcomes[outcome]], 20, small=False)
        # Not in force, or before the claim's window, is outside the days of the small vocabulary.
        if outcome in ("applies", "exempt", "undetermined"):
            assert (found == "yes") is (outcome in occurs), outcome


@pytest.mark.parametrize("seed", seeds(24))
def test_longer_lists_show_nothing_new(seed: int) -> None:
    rng = seeded(1000 + seed)
    regime = built(small_regime(rng, 3)[0]) if seed % 2 else random_regime(rng)
    bounds = bounds_for([regime], None, False)
    if not bounds.exact:
        return
    longer = Bounds({path: size + 2 for path, size in bounds.elements.items()}, True, 2)
    short, long = Session([regime], bounds=bounds), Session([regime], bounds=longer)
    for outcome in OUTCOMES:
        answers = [one.find([one.answers[0].outcomes[outcome]], 20, small=False)[0] for one in (short, long)]
        assert answers[0] == answers[1], outcome


def test_bounds_follow_for_most_small_programs() -> None:
    exact = [bounds_for([built(small_regime(seeded(seed))[0])], None, False).exact for seed in range(60)]
    assert sum(exact) >= 40


@pytest.mark.parametrize("month_end", ["last_day", "next_day"])
def test_the_calendar_is_that_of_the_dates(month_end: str) -> None:
    import z3

    rng = seeded(5)
    solver = z3.SolverFor("QF_FD")
    calendar = Calendar(solver.add)
    day, other = z3.BitVec("day", WIDTH), z3.BitVec("other", WIDTH)
    months = (1, -1, 3, 12, -12, 216, 13)
    later = [calendar.plus_months(day, many, month_end) for many in months]  # type: ignore[arg-type]
    age = calendar.age(day, other, month_end)  # type: ignore[arg-type]
    leap = day_number(datetime.date(2004, 2, 29).toordinal())
    for _ in range(60):
        first = rng.choice((leap, leap + 31, rng.randint(FIRST, LAST)))
        second = rng.randint(first, LAST)
        solver.push()
        solver.add(day == first, other == second)
        assert solver.check() == z3.sat
        model = solver.model()
        for many, value in zip(months, later, strict=True):
            wanted = plus_months(first + BASE, many, month_end)  # type: ignore[arg-type]
            assert model.eval(value, model_completion=True).as_signed_long() == wanted - BASE
        wanted_age = age_on(first + BASE, second + BASE, month_end)  # type: ignore[arg-type]
        assert model.eval(age, model_completion=True).as_signed_long() == wanted_age
        solver.pop()
