"""The laws that every assessment keeps, for any evidence and any test."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from safethird.protection.evaluate import COUNTING, assess_criterion, assess_test
from safethird.protection.loader import criteria
from safethird.protection.model import Evidence, LegalTest

from .made import BINDING, BOUND, DAY, EVIDENCE, GROUPS, NAMES, TESTS, item, made_test

CERTAIN = ("met", "not_met")


def status(
    evidence: list[Evidence], name: str = "capacity", test: LegalTest | None = None, group: str | None = None
) -> str:
    return assess_criterion(criteria()[name], test or made_test(name), evidence, DAY, group).status


# --- the laws ------------------------------------------------------------------------------------


@given(EVIDENCE, TESTS, GROUPS, st.data())
def test_removing_evidence_never_turns_an_unknown_criterion_into_a_certainty(
    evidence: list[Evidence], test: LegalTest, group: str | None, data: st.DataObject
) -> None:
    kept = [entry for entry in evidence if data.draw(st.booleans())]
    before, after = assess_test(test, evidence, DAY, group), assess_test(test, kept, DAY, group)
    for name, cell in before.cells.items():
        if cell.status == "unknown":
            assert after.cells[name].status == "unknown"


@given(EVIDENCE, TESTS, GROUPS, st.data())
def test_removing_evidence_never_turns_an_unknown_test_into_a_certainty(
    evidence: list[Evidence], test: LegalTest, group: str | None, data: st.DataObject
) -> None:
    """What binds by the test's own law is law: taking a statute away is another thing than taking evidence
    away."""
    authorities = {(kind, by) for rule in test.binding for kind in rule.kinds for by in rule.by}
    kept = [entry for entry in evidence if (entry.kind, entry.by) in authorities or data.draw(st.booleans())]
    before, after = assess_test(test, evidence, DAY, group), assess_test(test, kept, DAY, group)
    if before.result == "unknown":
        assert after.result not in CERTAIN
    for limb, later in zip(before.limbs, after.limbs, strict=True):
        if limb.status == "unknown":
            assert later.status not in CERTAIN


@given(EVIDENCE, GROUPS)
def test_one_failed_condition_is_never_outweighed(evidence: list[Evidence], group: str | None) -> None:
    rules = ("no_refoulement", "capacity", "fairness", "refugee_treaties and agreement")
    result = assess_test(made_test(*rules), evidence, DAY, group)
    failed = any(limb.status == "not_met" for limb in result.limbs)
    assert (result.result == "not_met") is failed
    if result.result == "met":
        assert all(cell.status == "met" for cell in result.cells.values())


@given(EVIDENCE, TESTS, GROUPS)
def test_what_does_not_count_changes_nothing(
    evidence: list[Evidence], test: LegalTest, group: str | None
) -> None:
    result = assess_test(test, evidence, DAY, group)
    used = {
        entry.evidence.id
        for cell in result.cells.values()
        for entry in cell.items
        if entry.weight in COUNTING | {"binds", "overruled"}
    }
    alone = assess_test(test, [entry for entry in evidence if entry.id in used], DAY, group)
    assert {name: cell.status for name, cell in alone.cells.items()} == {
        name: cell.status for name, cell in result.cells.items()
    }
    assert alone.result == result.result


@given(EVIDENCE, TESTS, GROUPS, st.randoms())
def test_the_order_of_evidence_means_nothing(
    evidence: list[Evidence], test: LegalTest, group: str | None, random: object
) -> None:
    mixed = list(evidence)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = assess_test(test, evidence, DAY, group), assess_test(test, mixed, DAY, group)
    assert first.result == second.result
    assert [cell.status for cell in first.cells.values()] == [cell.status for cell in second.cells.values()]


@given(EVIDENCE, GROUPS)
def test_unknown_counts_for_neither_side(evidence: list[Evidence], group: str | None) -> None:
    """Settling an unknown criterion either way never contradicts a decided test."""
    test = made_test("no_refoulement and capacity", "fairness or agreement", "admission")
    result = assess_test(test, evidence, DAY, group)
    open_ = [name for name, cell in result.cells.items() if cell.status == "unknown"]
    assume(open_ and result.result in CERTAIN)
    for side in ("for", "against"):
        settled = [
            item(
                f"settled-{name}",
                kind="court_finding",
                pro=(name,) if side == "for" else (),
                con=(name,) if side == "against" else (),
            )
            for name in open_
        ]
        assert assess_test(test, [*evidence, *settled], DAY, group).result == result.result


@given(EVIDENCE, GROUPS)
def test_a_test_of_factors_has_no_result(evidence: list[Evidence], group: str | None) -> None:
    result = assess_test(
        made_test("capacity", "fairness", kind="factors", role="factor"), evidence, DAY, group
    )
    assert result.result is None
    assert result.failed == ()


# --- how evidence is weighed ---------------------------------------------------------------------


def test_nothing_on_file_is_unknown() -> None:
    assert {status([], name) for name in NAMES} == {"unknown"}


def test_comparable_evidence_on_both_sides_is_disputed_and_stays_visible() -> None:
    pair = [item("a", pro=("capacity",)), item("b", con=("capacity",))]
    cell = assess_criterion(criteria()["capacity"], made_test("capacity"), pair, DAY)
    assert cell.status == "disputed"
    assert [entry.weight for entry in cell.items] == ["decides", "decides"]


def test_more_reliable_evidence_decides_and_the_other_is_shown_as_outweighed() -> None:
    pair = [item("a", pro=("capacity",), reliability="medium"), item("b", con=("capacity",))]
    cell = assess_criterion(criteria()["capacity"], made_test("capacity"), pair, DAY)
    assert cell.status == "not_met"
    assert [entry.weight for entry in cell.items] == ["outweighed", "decides"]


@pytest.mark.parametrize("kind", ["law", "statement", "treaty_status", "deeming"])
def test_a_promise_shows_no_practice(kind: str) -> None:
    assert status([item(kind=kind, pro=("fairness",))], "fairness") == "unknown"


def test_what_a_law_withholds_it_does_show() -> None:
    assert status([item(kind="law", con=("appeal",))], "appeal") == "not_met"


def test_a_test_whose_own_law_takes_promises_as_proof_does_so() -> None:
    lenient = made_test("fairness", extra="promises_suffice: true\n")
    assert status([item(kind="statement", pro=("fairness",))], "fairness", lenient) == "met"


def test_a_treaty_answers_a_criterion_about_treaties() -> None:
    assert status([item(kind="treaty_status", pro=("refugee_treaties",))], "refugee_treaties") == "met"


def test_a_determination_is_no_evidence_of_the_fact_unless_it_binds() -> None:
    determined = [item(kind="determination", pro=("capacity",), by="minister")]
    assert status(determined) == "unknown"
    rule = BINDING.replace("[deeming]", "[determination]").replace("[parliament]", "[minister]")
    assert status(determined, "capacity", made_test("capacity", binding=rule)) == "met"


def test_one_voice_settles_nothing() -> None:
    assert status([item(reliability="low", con=("capacity",))]) == "unknown"


@pytest.mark.parametrize(("age", "expected"), [(17, "not_met"), (19, "unknown")])
def test_a_figure_on_capacity_counts_for_eighteen_months(age: int, expected: str) -> None:
    assert status([item(kind="statistic", con=("capacity",), since=DAY - 30 * age - age // 2)]) == expected


def test_a_test_can_say_how_long_evidence_counts() -> None:
    old = [item(kind="report", con=("capacity",), since=DAY - 700)]
    assert status(old, "capacity", made_test("capacity", extra="fresh_for: 60\n")) == "not_met"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (DAY, None, "not_met"),
        (DAY + 1, None, "unknown"),
        (DAY - 9, DAY, "unknown"),
        (DAY - 9, DAY + 1, "not_met"),
    ],
)
def test_findings_hold_from_their_day_until_the_day_that_ends_them(
    since: int, until: int | None, expected: str
) -> None:
    assert (
        status([item(kind="court_finding", con=("capacity",), since=since, until=until, by="x")]) == expected
    )


def test_a_statute_that_deems_binds_only_under_its_own_test() -> None:
    both = [
        item("statute", kind="deeming", pro=("fairness",), by="parliament"),
        item("court", kind="court_finding", con=("fairness",), by="court"),
    ]
    under_it = assess_criterion(criteria()["fairness"], BOUND, both, DAY)
    assert under_it.status == "met"
    assert under_it.bound_by is not None
    assert {entry.weight for entry in under_it.items} == {"binds", "overruled"}
    assert status(both, "fairness") == "not_met"


def test_a_finding_that_binds_beats_any_amount_of_reports() -> None:
    reports = [item(f"r{n}", pro=("fairness",)) for n in range(9)]
    court = item("court", kind="court_finding", con=("fairness",), by="court", reliability="medium")
    assert status([*reports, court], "fairness", BOUND) == "not_met"
    assert status([*reports, court], "fairness") == "met"


def test_evidence_about_some_people_counts_for_them_alone_and_goes_first() -> None:
    pair = [item("all", pro=("fairness",)), item("some", con=("fairness",), group=("some",))]
    assert status(pair, "fairness") == "met"
    assert status(pair, "fairness", group="some") == "not_met"
    assert status(pair, "fairness", group="others") == "met"


def test_a_fact_of_the_person_is_never_settled_by_a_dossier() -> None:
    for name in ("connection", "transit_with_chance"):
        assert (
            status(
                [item(kind="court_finding", pro=(name,), by="court")], name, made_test(name, binding=BINDING)
            )
            == "unknown"
        )


@pytest.mark.parametrize(("first", "second"), list(product(["for", "against", None], repeat=2)))
def test_a_conjunction_of_two_criteria(first: str | None, second: str | None) -> None:
    sides = {"capacity": first, "fairness": second}
    evidence = [
        item(name, pro=(name,) if side == "for" else (), con=(name,) if side == "against" else ())
        for name, side in sides.items()
        if side
    ]
    result = assess_test(made_test("capacity and fairness"), evidence, DAY).result
    expected = (
        "not_met"
        if "against" in (first, second)
        else "met"
        if (first, second) == ("for", "for")
        else "unknown"
    )
    assert result == expected


def test_a_test_with_a_gap_and_a_dispute_says_disputed_because_one_side_would_decide_it() -> None:
    evidence = [item("a", pro=("capacity",)), item("b", con=("capacity",))]
    assert assess_test(made_test("capacity and fairness"), evidence, DAY).result == "disputed"
    assert assess_test(made_test("capacity", "fairness"), evidence, DAY).result == "disputed"
