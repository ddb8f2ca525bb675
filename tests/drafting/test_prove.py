"""Proofs: what is proved holds, what is refuted shows a case that replays, what is too hard says so."""

from __future__ import annotations

import pytest

pytest.importorskip("z3")

from safethird.drafting.prove import session
from safethird.drafting.prove.property import read_property
from safethird.drafting.prove.prover import prove, value_for
from safethird.errors import BadData
from safethird.regimes.catalogue import load_regime
from safethird.screening.screen import screen
from tests.drafting.small import Small, built, every_case, seeded, seeds, small_regime
from tests.strategies import Land, random_case

NATIONALS = 'outcome == "applies" implies responsible not in applicant.nationalities'
CHILDREN = (
    'outcome == "applies" implies not (age of applicant on claim.date < 18'
    ' and no f in family where f.relation in ["parent", "guardian"])'
)


@pytest.mark.parametrize("name", ["us-guatemala-2019", "us-honduras-2025", "us-uganda-2025", "apd-38"])
def test_no_national_of_the_receiving_country_is_sent_there(name: str) -> None:
    proof = prove(load_regime(name), NATIONALS)
    assert (proof.verdict, proof.complete, proof.witness) == ("proved", True, None)


def test_no_child_alone_is_sent_under_the_agreement_of_2019_but_one_is_under_that_of_2025() -> None:
    assert prove(load_regime("us-guatemala-2019"), CHILDREN).verdict == "proved"
    proof = prove(load_regime("us-guatemala-2025"), CHILDREN)
    assert proof.verdict == "refuted"
    assert proof.witness is not None
    answer = screen(proof.witness.case, [load_regime("us-guatemala-2025")]).determinations[0]
    assert (answer.outcome, answer.responsible) == ("applies", ("GT",))


def test_a_holder_of_a_valid_visa_stays() -> None:
    wanted = (
        '(any d in documents where d.kind == "visa" and d.visa_type == "long_stay" and d.issuer == "US"'
        ' and d.holder == "applicant" and d.fraud == "none" and d.used_to_enter'
        ' and d.valid_until on or after entry.date) implies outcome != "applies"'
    )
    assert prove(load_regime("us-guatemala-2019"), wanted).verdict == "proved"
    assert prove(load_regime("us-guatemala-2025"), wanted).verdict == "refuted"


def test_two_regimes_may_send_the_same_person_to_different_countries() -> None:
    wanted = 'outcome == "applies" and other.outcome == "applies" implies responsible == other.responsible'
    proof = prove(load_regime("us-guatemala-2019"), wanted, load_regime("us-honduras-2019"))
    assert proof.verdict == "refuted"
    assert proof.witness is not None
    assert [answer.responsible for answer in proof.witness.answers] == [("GT",), ("HN",)]


def test_the_signed_text_is_less_protective_than_the_plan_as_reported() -> None:
    wanted = 'other.outcome == "applies" implies outcome == "applies"'
    assert prove(
        load_regime("us-guatemala-reported-2019-07"), wanted, load_regime("us-guatemala-2019")
    ).verdict == ("refuted")


def test_with_unknown_facts_a_decided_answer_is_still_right() -> None:
    proof = prove(load_regime("us-guatemala-2019"), NATIONALS, unknowns=True)
    assert (proof.verdict, proof.unknowns) == ("proved", True)


def test_a_case_of_which_something_is_unknown_may_have_no_answer() -> None:
    regime = load_regime("us-guatemala-2019")
    assert prove(regime, 'outcome != "undetermined"').verdict == "proved"
    proof = prove(regime, 'outcome != "undetermined"', unknowns=True)
    assert proof.verdict == "refuted"
    assert proof.witness is not None
    assert screen(proof.witness.case, [regime]).determinations[0].outcome == "undetermined"


def test_what_takes_too_long_is_not_decided() -> None:
    proof = prove(load_regime("dublin-iii"), 'outcome != "applies"', limit=0.0)
    assert (proof.verdict, proof.witness) == ("undecided", None)


def test_a_question_that_ran_out_of_time_leaves_the_next_ones_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # z3 answers nothing any more once it was stopped; then another solver has to be asked.
    monkeypatch.setattr(session, "SMALLER", 0.001)
    proof = prove(load_regime("us-lawful-pathways-2023"), 'outcome != "applies"')
    assert proof.verdict == "refuted"
    assert proof.witness is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('outcom == "applies"', "There is no fact 'outcom'"),
        ('outcome == "apply"', "is no value of this fact"),
        ('other.outcome == "applies"', "There is no fact 'other'"),
        ("claim.date", "not a condition"),
        ('outcome == "applies" implies', "The rule is empty"),
    ],
)
def test_a_property_without_meaning_says_why(text: str, message: str) -> None:
    with pytest.raises(BadData, match=message):
        read_property(text, load_regime("us-guatemala-2019"))


def test_the_law_language_does_not_know_the_answer() -> None:
    data, _ = small_regime(seeded(1))
    data["provisions"][0]["when"] = 'outcome == "applies"'
    with pytest.raises(BadData, match="no fact 'outcome'"):
        built(data)


@pytest.mark.parametrize("seed", seeds(36))
def test_proofs_agree_with_going_through_every_case(seed: int) -> None:
    rng = seeded(5000 + seed)
    data, used = small_regime(rng)
    small = Small(rng)
    condition = small.condition(2)
    outcome = rng.choice(("applies", "exempt"))
    text = f'outcome == "{outcome}" implies {condition}'
    regime = built(data)
    wanted = read_property(text, regime)
    fails = [case for case in every_case(used | small.used) if value_for(wanted, (regime,), case) is False]
    proof = prove(regime, wanted, limit=60)
    if not proof.complete:
        assert proof.verdict == "refuted" or not fails
        return
    assert proof.verdict == ("refuted" if fails else "proved"), text


@pytest.mark.parametrize("name", ["us-guatemala-2019", "stca-canada", "uk-rwanda-2022"])
def test_no_random_case_contradicts_a_proof(name: str) -> None:
    regime = load_regime(name)
    wanted = read_property(NATIONALS, regime)
    assert prove(regime, wanted).verdict == "proved"
    rng, land = seeded(name), Land.of(regime)
    for _ in range(150):
        assert value_for(wanted, (regime,), random_case(rng, land)) is not False
