"""The schema that we publish has the force of the format's own, and is never stricter than the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from safethird.errors import BadData, UsageError
from safethird.facts.case import Case
from safethird.facts.problems import find_problems
from safethird.facts.schema import case_schema
from tests.facts.strategies import arbitrary_json, cases, spoilt_cases

OURS = Draft202012Validator(case_schema())
BEYOND_A_SCHEMA = {
    "bad-date", "unknown-country", "bad-label", "second-row", "after-as-of", "wrong-order",
    "unknown-relative", "bad-number", "twice", "missing-field",
}  # fmt: skip
"""Problems of meaning: no such day, no such country, a row without its country, and so on."""


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(case_schema())
    assert case_schema("fr")["properties"]["claim"]["properties"]["date"]["title"] == "Date de la demande"
    with pytest.raises(UsageError):
        case_schema("de")


@pytest.fixture(scope="module")
def published(shared: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads((shared / "design" / "case.schema.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def given_cases(shared: Path) -> list[dict[str, Any]]:
    files = sorted((shared / "cases").glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8"))["case"] for file in files]


def test_both_accept_every_shared_case(published: Any, given_cases: list[dict[str, Any]]) -> None:
    for data in given_cases:
        assert published.is_valid(data)
        assert OURS.is_valid(data)


SPOILERS: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", "x", "GR", "gr", "GRC", "2020", "2020-02-30", "2020-13", "2020-1-1",
    "none", "f1", "f123", "US-TX", "US-TEXAS", [], ["GR"], ["GR", "GR"], ["gr"], [None], {}, [{}],
    [{"country": "GR"}], {"country": "GR"},
)  # fmt: skip


def parts(data: Any) -> list[tuple[Any, Any]]:
    """Every place of a case, sections and lists included: its holder and its key."""
    found = []
    for key in list(data) if isinstance(data, dict) else range(len(data)):
        found.append((data, key))
        if isinstance(data[key], dict | list):
            found += parts(data[key])
    return found


def test_both_say_the_same_of_spoilt_cases(published: Any, given_cases: list[dict[str, Any]]) -> None:
    """Every place of some cases, with every spoiler in turn."""
    verdicts = {True: 0, False: 0}
    for data in given_cases[::17]:
        for holder, key in parts(data):
            kept = holder[key]
            for spoiler in SPOILERS:
                holder[key] = spoiler
                verdict = published.is_valid(data)
                assert OURS.is_valid(data) is verdict, (key, spoiler)
                verdicts[verdict] += 1
            holder[key] = kept
    assert min(verdicts.values()) > 500


@settings(max_examples=60)
@given(data=cases() | spoilt_cases() | arbitrary_json)
def test_both_say_the_same_of_anything(published: Any, data: Any) -> None:
    assert OURS.is_valid(data) is published.is_valid(data)


@settings(max_examples=60)
@given(data=cases() | spoilt_cases() | arbitrary_json)
def test_the_reader_refuses_all_that_the_schema_refuses_and_more_only_for_its_meaning(data: Any) -> None:
    codes = {problem.code for problem in find_problems(data)}
    if OURS.is_valid(data):
        assert codes <= BEYOND_A_SCHEMA
    else:
        assert codes


@given(st.sampled_from(("US\n", "GR\n")))
def test_a_line_break_is_no_part_of_a_code(code: str) -> None:
    with pytest.raises(BadData):
        Case.from_data({"version": 1, "claim": {"country": code}})
