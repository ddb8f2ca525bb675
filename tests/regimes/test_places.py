"""Places as people write them, and the circuit in which each lies."""

from __future__ import annotations

import pytest

from safethird.errors import UsageError
from safethird.facts.vocabulary import vocabulary
from safethird.regimes.places import CIRCUITS, Place, circuit_of, find_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("9", Place("9")),
        ("9th", Place("9")),
        ("1st circuit", Place("1")),
        ("2nd Cir", None),
        ("DC", Place("DC")),
        ("D.C.", Place("DC")),
        ("11th Circuit", Place("11")),
        ("US-CA", Place("9", "US-CA")),
        ("us-tx", Place("5", "US-TX")),
        ("new  mexico", Place("10", "US-NM")),
        ("Puerto Rico", Place("1", "US-PR")),
        ("US-DC", Place("DC", "US-DC")),
        ("CA", None),
        ("US-XX", None),
        ("12", None),
        ("", None),
        ("CA-ON", None),
    ],
)
def test_what_people_write(text: str, place: Place | None) -> None:
    if place is None:
        with pytest.raises(UsageError, match="federal circuit"):
            find_place(text)
    else:
        assert find_place(text) == place


def test_a_bare_code_is_told_how_to_be_written() -> None:
    # CA may be Canada, DE may be Germany.
    with pytest.raises(UsageError, match="For California write US-CA"):
        find_place("CA")


def test_the_circuits_are_those_of_the_case_format_and_every_state_lies_in_one() -> None:
    assert set(CIRCUITS) == set(vocabulary().fact("decision.circuit").values)
    listed = [state for states in CIRCUITS.values() for state in states]
    assert len(listed) == len(set(listed)) == 55  # 50 states, the District and four territories
    assert all(Place(circuit_of(state), f"US-{state}").name for state in listed)
    with pytest.raises(KeyError):
        circuit_of("AS")  # American Samoa lies in none
