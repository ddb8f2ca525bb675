"""Procedure files: every regime has its place, every name means something, every fault names its place."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from safethird.errors import BadData
from safethird.facts.dates import format_date
from safethird.facts.documents import read_yaml
from safethird.regimes.catalogue import concerns, library, regimes_for
from safethird.regimes.procedures import build_procedure, procedure_for, procedures, stage_order
from tests.regimes.helpers import CITED, texts

NAMES = sorted(procedures())


def members(name: str) -> set[str]:
    """Countries of which a regime of the library can concern a claim and that go by this procedure."""
    codes = {country for entry in library().values() for country in entry.considered_for.countries}
    return {
        code for code in codes | {"DE", "DK", "NO"} if (found := procedure_for(code)) and found.id == name
    }


def test_every_regime_in_operation_stands_in_one_stage_of_each_procedure_that_it_concerns() -> None:
    for name in NAMES:
        listed = Counter(regime for stage in procedures()[name].stages for regime in stage.regimes)
        assert set(listed.values()) == {1}
        for country in members(name):
            asked = {entry.id for entry in regimes_for(country)}
            assert asked <= set(listed), (
                f"{sorted(asked - set(listed))} have no place in the procedure {name}"
            )


def test_every_claim_country_has_a_procedure() -> None:
    live = [entry for entry in library().values() if not entry.draft and not entry.documented_only]
    countries = {country for entry in live for country in entry.considered_for.countries}
    assert {country for country in countries if procedure_for(country) is None} == set()


@pytest.mark.parametrize("name", NAMES)
def test_names_of_regimes_provisions_and_days_are_those_of_the_library(name: str) -> None:
    procedure = procedures()[name]
    known = set(library())
    assert {regime for stage in procedure.stages for regime in stage.regimes} <= known
    for handover in procedure.handovers:
        for fit in handover.where:
            assert set(fit.regimes) <= known, handover.id
            assert all(
                any(concerns(library()[regime], code) for code in members(name)) for regime in fit.regimes
            )
    for regime, ids in procedure.transfer_limits.items():
        assert set(ids) <= {entry.id for entry in library()[regime].provisions}, regime
    for programme in procedure.programmes:
        entry = library()[programme.regime]
        assert entry.documented_only
        days = {format_date(event.date) for event in entry.events}
        named = {format_date(day) for time in programme.times for day in time if day is not None}
        assert named <= days, f"{programme.regime}: {sorted(named - days)} are no days of its events"


@pytest.mark.parametrize("name", NAMES)
def test_every_citation_has_an_address_and_what_is_verified_was_read(name: str) -> None:
    procedure = procedures()[name]
    read = {source.url for source in procedure.sources if source.read}
    named = {source.url for source in procedure.sources}
    for citation in procedure.citations():
        assert citation.url
        if citation.confidence == "verified" and citation.url in named:
            assert citation.url in read, f"{citation.pinpoint} is verified by a source that was not read"


@pytest.mark.parametrize("name", NAMES)
def test_the_hearing_can_be_closed_and_every_avenue_is_spoken_of(name: str) -> None:
    procedure = procedures()[name]
    effects = [effect for stage in procedure.stages for effect in stage.effects]
    assert any(effect.kind == "closes" and effect.avenue == procedure.hearing for effect in effects)
    assert {effect.avenue for effect in effects} == {avenue.id for avenue in procedure.avenues}


def test_the_order_is_that_of_the_stages() -> None:
    order = stage_order("US")
    found = [entry.id for entry in regimes_for("US")]
    assert found == sorted(found, key=order.__getitem__)
    assert order["stca-united-states"] < order["us-guatemala-2019"] < order["us-one-year"]
    assert order["us-one-year"] < order["us-transit-bar-2019"]
    assert stage_order("MX") == {}


def small(**parts: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "procedure": "toy",
        "claim_in": ["US"],
        "title": texts("Toy"),
        "hearing": "claim",
        "avenues": [{"id": "claim", "label": texts("The claim"), **CITED}],
        "stages": [
            {
                "id": "one",
                "label": texts("One"),
                "regimes": ["a", "b"],
                **CITED,
                "effects": [{"closes": "claim", **CITED}],
            }
        ],
        **parts,
    }


def test_a_small_file_is_read() -> None:
    built = build_procedure(read_yaml(yaml.safe_dump(small(), sort_keys=False), "toy.yaml"))
    (stage,) = built.stages
    (effect,) = stage.effects
    assert (effect.kind, effect.avenue, effect.on, effect.regimes) == ("closes", "claim", "applies", ())


BAD: list[tuple[dict[str, Any], str]] = [
    (small(hearing="clam"), "(hearing): There is no avenue 'clam'. Did you mean 'claim'?"),
    (small(claim_in="dublin_state"), "There is no set 'dublin_state'. Did you mean 'dublin_states'?"),
    (
        small(stages=[{**small()["stages"][0], "effects": [{"closes": "claim", "keeps": "claim", **CITED}]}]),
        "An effect closes or keeps one avenue. Give one of the two.",
    ),
    (
        small(stages=[{**small()["stages"][0], "effects": [{"closes": "claim", "regimes": ["c"], **CITED}]}]),
        "The stage has no regime 'c'",
    ),
    (
        small(
            stages=[
                {
                    **small()["stages"][0],
                    "effects": [{"closes": "claim", "cite": "x", "confidence": "recalled"}],
                }
            ]
        ),
        "This citation names no source",
    ),
    (small(stages=[{**small()["stages"][0], "source": "nowhere"}]), "There is no source 'nowhere'"),
    (small(stage=[]), "There is no key 'stage' here. Did you mean 'stages'?"),
    (small(title={"en": "Toy"}), "The key 'es' is missing"),
]


@pytest.mark.parametrize(("data", "said"), BAD, ids=[said[:30] for _, said in BAD])
def test_what_is_wrong_is_said_with_its_place(data: dict[str, Any], said: str) -> None:
    with pytest.raises(BadData) as caught:
        build_procedure(read_yaml(yaml.safe_dump(data, sort_keys=False), "toy.yaml"))
    assert said in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)
