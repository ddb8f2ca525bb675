"""Scenario files: those that ship are whole, and what cannot be is refused with its line."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from safethird.errors import BadData, NoInput
from safethird.facts.documents import read_document
from safethird.flows import scenario as room
from safethird.flows.report import number_name
from safethird.flows.scenario import load_scenario, shipped

SETTINGS = {f"{group}.{name}" for group, name in room._SETTINGS}

NAMES = (
    "canada-us-2023",
    "dublin-2023",
    "eu-turkey-2016",
    "uk-france-2025",
    "us-guatemala-2019",
    "us-honduras-2025",
    "us-uganda-2025",
)


def test_seven_ship() -> None:
    assert tuple(shipped()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_flag_and_a_source(name: str) -> None:
    found = load_scenario(name)
    assert found.known_until < found.start
    assert all(one.source and one.flag in ("data", "assumption", "law") for one in found.unknowns.values())
    assert found.came
    assert found.ahead >= found.horizon
    assert all(one.source for one in found.settings), "numbers without a source"


@pytest.mark.parametrize("name", NAMES)
def test_what_was_chosen_knowing_the_outcome_says_so(name: str) -> None:
    """Assumptions about the past were written by people who knew it. Only these say otherwise."""
    blind = {
        "us-guatemala-2019": {"capacity.people"},
        "us-honduras-2025": {
            "shares.excepted",
            "shares.released",
            "deterrence.announced",
            "deterrence.memory",
            "deterrence.displaced",
            "deterrence.elsewhere",
            "deterrence.postponed",
            "receiving.abandoned",
        },
    }
    blind["us-uganda-2025"] = blind["us-honduras-2025"]
    found = load_scenario(name).unknowns
    silent = {key for key, one in found.items() if one.flag == "assumption" and not one.hindsight}
    assert silent == blind.get(name, set()) | {
        key
        for key, one in found.items()
        if one.flag == "assumption" and not one.moving() and not one.hindsight
    }


def test_the_schema_is_a_json_schema_that_they_meet() -> None:
    schema = room._schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, path in shipped().items():
        data = read_document(path).data
        jsonschema.validate(data, schema)
        assert data["scenario"] == name


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_number_that_a_scenario_can_hold_has_a_name(language: str) -> None:
    groups = room._schema()["properties"]
    names = {
        f"{group}.{name}"
        for group in (
            "composition",
            "shares",
            "capacity",
            "after_transfer",
            "deterrence",
            "stock",
            "receiving",
        )
        for name, what in groups[group]["properties"].items()
        if what == {"$ref": "#/$defs/distribution"} or f"{group}.{name}" in SETTINGS
    }
    assert len(names) > 30
    words = [number_name(name, language) for name in sorted(names | {"deterrence.eps", "law.unknown_facts"})]
    assert all(words)
    assert len(set(words)) == len(words)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = shipped()["us-guatemala-2019"].read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "draft.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("horizon: 15", "horizon: 99", "horizon"),
        ("horizon: 15", "horizon: soon", "whole number"),
        ("receives: GT", "receives: US", "itself"),
        ("known_until: 2019-10", "known_until: 2020-03", "Data from the start on"),
        ("series: us-southwest", "series: us-southwst", "us-southwest"),
        ("regime: us-guatemala-2019", "regime: us-guatemala-2018", "us-guatemala-2019"),
        ("claim: {beta: [8, 12]", "claim: {beta: [8, -12]", "distribution"),
        ("claim: {beta: [8, 12]", "claim: {fixed: 1.4", "distribution"),
        ("claim: {beta: [8, 12]", "claim: {beta: [8, 12], fixed: 0.4", "distribution"),
        ("  ramp: [0.05", "  share: {fixed: 0.1, flag: data, source: x}\n  ramp: [0.05", "Capacity"),
        ("ramp: [0.05", "ramp: [-0.05", "capacity"),
        ("apply_after: [0.5", "apply_after: [0.9", "add up to 1"),
        ("again_after: [0, 0, 0.4", "again_after: [0.4, 0, 0", "same month"),
        ("sends: US", "readings: {nobody-knows: plan}\nsends: US", "several readings"),
        ("others: {BR: 0.25", "others: {BR: 0.95", "add up to 1"),
        ("- {nationality: HN, family: single_adult}\n", "- {nationality: HN, family: family_member}\n", "twice"),
        ("share: 0.98}, {share: 0.02}", "share: 0.98}, {share: 0.12}", "add up to 1"),
        ("{from: north, to: guatemala", "{from: mexico, to: guatemala", "circle"),
        ("{from: north, to: guatemala", "{from: north, to: guatmala", "guatemala"),
        ("number: 1000", "number: 3", "drawn"),
        ("announced_months: 2", "announced_months: -2", "below zero"),
        ("{output: applied,", "{output: granted,", "no 'stock'"),
        ("Southwest Land Border}, months: 1", "Southwest Land Border}, months: 0", "a month"),
        ("    since: 2020-03\n", "    since: 2020-08\n", "after its end"),
        ("receiving:\n", "receiving:\n  stops: [3, 15]\n", "outside the horizon"),
        ("until: 2021-01", "until: 2025-01", "outside the horizon"),
        ("flag: assumption", "flag: hope", "assumption"),
        ("layouts: [cbp-southwest-iom", "layouts: [cbp-southwest-om", "cbp-southwest-iom"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadData) as caught:
        load_scenario(changed(tmp_path, old, new))
    assert says.lower() in str(caught.value).lower()
    assert any(problem.line for problem in caught.value.problems) or "us-guatemala-2019" in str(caught.value)


def test_a_year_is_not_known_in_its_middle(tmp_path: Path) -> None:
    text = shipped()["dublin-2023"].read_text(encoding="utf-8")
    path = tmp_path / "draft.yaml"
    path.write_text(text.replace("known_until: 2022-12", "known_until: 2022-11"), encoding="utf-8")
    with pytest.raises(BadData, match="yearly"):
        load_scenario(path)


def test_unknown_scenario() -> None:
    with pytest.raises(NoInput, match="us-guatemala-2019"):
        load_scenario("us-guatemala-2091")


def test_people_that_are_no_cases(tmp_path: Path) -> None:
    from safethird.flows.population import coverage_of

    found = load_scenario(changed(tmp_path, "claim: {country: US, date", "claim: {county: US, date"))
    with pytest.raises(BadData, match="no valid cases"):
        coverage_of(found, 1)
