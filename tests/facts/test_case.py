"""A case as given becomes facts as rules read them; what is wrong is said, all at once, without a leak."""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.errors import BadData, Problem, UsageError
from safethird.facts import problems
from safethird.facts.case import Case, DateRange, Listing, NumberRange, parse_path
from safethird.facts.dates import parse_date
from safethird.facts.vocabulary import vocabulary
from tests.facts.strategies import arbitrary_json, cases, spoilt_cases

MINIMAL: dict[str, Any] = {"version": 1, "claim": {"country": "CA"}}


def refuse(*_: Any) -> Any:
    pytest.fail("a valid case was sent to the slow path")


def test_every_shared_case_is_valid_and_takes_the_fast_path(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "find_problems", refuse)
    files = sorted((shared / "cases").glob("*.json"))
    assert len(files) >= 80
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))["case"]
        assert Case.from_data(data).data is data


def test_the_normal_form() -> None:
    case = Case.from_data(
        {
            "version": 1,
            "as_of": "2024-05-10",
            "claim": {"country": "CA", "date": "2024-05", "lodged_date": None},
            "decision": None,
            "applicant": {
                "birth_date": "1995",
                "nationalities": ["NA", "NO"],
                "nationalities_complete": False,
                "has_lawful_status": False,
                "visa_rules": [{"country": "US", "required": True}, {"country": "CA"}],
            },
            "entries": [{"country": "CA", "manner": "land_port", "small_boat": None}],
            "entries_complete": True,
            "journey": None,
            "journey_complete": False,
            "family": [{"id": "f1", "protection_refused_in": [], "protection_refused_in_complete": False}],
            "documents": [{"holder": "f1", "study_years": 1.5}],
            "procedure": {"requests": []},
            "findings": {"countries": [{"country": "FR", "connection_grounds": ["family"]}]},
        }
    )
    day = parse_date("2024-05-10")
    assert case.facts == {
        "version": NumberRange(1, 1),
        "as_of": day,
        "claim": {"country": "CA", "date": DateRange(day.lo - 9, day.lo + 21)},
        "applicant": {
            "birth_date": parse_date("1995"),
            "nationalities": Listing(("NA", "NO"), complete=False),
            "has_lawful_status": False,
            "visa_rules": {"US": {"country": "US", "required": True}, "CA": {"country": "CA"}},
        },
        "entries": Listing(({"country": "CA", "manner": "land_port"},)),
        "family": Listing(({"id": "f1", "protection_refused_in": Listing((), complete=False)},)),
        "documents": Listing(({"holder": "f1", "study_years": NumberRange(1.5, 1.5)},)),
        "procedure": {"requests": Listing(())},
        "findings": {"countries": {"FR": {"country": "FR", "connection_grounds": Listing(("family",))}}},
    }
    assert case.facts["entries"].complete is True
    assert case.facts["applicant"]["has_lawful_status"] is False


def test_unknown_is_absent_and_no_is_not_unknown() -> None:
    silent = Case.from_data({**MINIMAL, "family": None, "findings": {"discretion_used": None}})
    assert silent.facts == {"version": NumberRange(1, 1), "claim": {"country": "CA"}, "findings": {}}
    spoken = Case.from_data({**MINIMAL, "family": [], "findings": {"discretion_used": False}})
    assert spoken.facts["family"] == Listing(())
    assert spoken.facts["findings"] == {"discretion_used": False}


def test_codes_of_countries_that_are_no_more_can_be_nationalities() -> None:
    assert Case.from_data({**MINIMAL, "applicant": {"nationalities": ["YU", "SU"]}})


def test_other_python_types_than_those_of_json_are_taken_for_what_they_are() -> None:
    class Code(StrEnum):
        CA = "CA"

    case = Case.from_data(OrderedDict(version=1, claim=OrderedDict(country=Code.CA, setting="inland")))
    assert case.facts["claim"] == {"country": "CA", "setting": "inland"}
    assert type(case.data) is dict
    assert type(case.data["claim"]["country"]) is str


@given(cases())
def test_valid_cases_are_valid_and_survive_json(data: dict[str, Any]) -> None:
    before = copy.deepcopy(data)
    case = Case.from_data(data)
    assert problems.find_problems(data) == []
    again = Case.from_data(json.loads(case.to_json()))
    assert again.facts == case.facts
    assert again.data == data == before
    assert again == case


@given(cases())
def test_the_normal_form_holds_what_was_said_and_nothing_else(data: dict[str, Any]) -> None:
    def check(facts: dict[str, Any], given: dict[str, Any], record: str) -> None:
        children = {
            vocabulary().fact(path).name: vocabulary().fact(path) for path in vocabulary().children(record)
        }
        known = {name for name, value in given.items() if value is not None and not children[name].completes}
        assert set(facts) == known
        for name in known:
            fact, value, raw = children[name], facts[name], given[name]
            if fact.flag:
                assert value.complete is given.get(fact.flag.rpartition(".")[2], True)
            match fact.type:
                case "record":
                    check(value, raw, fact.path)
                case "list":
                    for inner, outer in zip(value.items, raw, strict=True):
                        check(inner, outer, fact.path + "[]")
                case "table":
                    assert list(value) == [row["country"] for row in raw]
                    for inner, outer in zip(value.values(), raw, strict=True):
                        check(inner, outer, fact.path + "[]")
                case "date":
                    assert value == parse_date(raw)
                case "number":
                    assert value == NumberRange(raw, raw)
                case "countries" | "choices":
                    assert list(value.items) == raw
                case _:
                    assert value == raw
                    assert type(value) is type(raw)

    check(Case.from_data(data).facts, data, "")


@given(arbitrary_json | spoilt_cases())
def test_any_json_is_a_case_or_a_list_of_problems(data: Any) -> None:
    case, said = attempt(data)
    assert said == tuple(problems.find_problems(data))
    assert all(problem.code and problem.what for problem in said)
    if case is not None:
        assert Case.from_data(json.loads(case.to_json())).facts == case.facts


def attempt(data: Any) -> tuple[Case | None, tuple[Problem, ...]]:
    """A case or its problems, at least one; any other error is a defect and gets through."""
    try:
        return Case.from_data(data), ()
    except BadData as error:
        return None, error.problems or (Problem("refused without a problem"),)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"version": True}, "wrong-type"),
        ({"version": 2}, "version"),
        ({"version": None}, "missing-field"),
        ({"claim": {}}, "missing-field"),
        ({"claim": {"country": "CA", "colour": None}}, "unknown-field"),
        ({"claim": {"country": "CA", "date": "2023-02-30"}}, "bad-date"),
        ({"claim": {"country": "ca"}}, "unknown-country"),
        ({"claim": {"country": "CA", "setting": "air"}}, "unknown-value"),
        ({"as_of": "2024", "claim": {"country": "CA", "date": "2025"}}, "after-as-of"),
        ({"as_of": "2024", "procedure": {"requests": [{"transfer_date": "2025-01-01"}]}}, "after-as-of"),
        ({"journey": [{"from_date": "2024-02", "to_date": "2024-01"}]}, "wrong-order"),
        ({"procedure": {"requests": [{"date": "2024-02-02", "reply_date": "2024-02-01"}]}}, "wrong-order"),
        ({"applicant": {"nationalities": ["FR", "FR"]}}, "twice"),
        ({"applicant": {"nationalities": None, "nationalities_complete": None}}, "null-flag"),
        ({"applicant": {"visa_rules": [{"country": "FR"}, {"country": "FR"}]}}, "second-row"),
        ({"findings": {"countries": [{"will_admit": True}]}}, "missing-field"),
        ({"findings": {"countries": [{"country": None}]}}, "missing-field"),
        ({"findings": {"discretion_used": 1}}, "wrong-type"),
        ({"family": [{"id": "f1"}, {"id": "f1"}]}, "twice"),
        ({"family": [{"id": "f1"}], "documents": [{"holder": "f2"}]}, "unknown-relative"),
        ({"family": [], "family_complete": False, "documents": [{"holder": "f1"}]}, "unknown-relative"),
        ({"documents": [{"holder": "f123"}]}, "bad-label"),
        ({"documents": [{"study_years": -0.5}]}, "bad-number"),
        ({"documents": [{"study_years": float("nan")}]}, "bad-number"),
        ({"documents": [{"study_years": 10**400}]}, "bad-number"),
        ({"entries": [{"subdivision": "ZZ-A"}]}, "bad-label"),
        ({"entries": [None]}, "wrong-type"),
        ({"entries": ()}, "wrong-type"),
    ],
)
def test_one_fault_alone_is_found(more: dict[str, Any], code: str) -> None:
    with pytest.raises(BadData) as caught:
        Case.from_data({**MINIMAL, **more})
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    "more",
    [
        {"as_of": "2024-05", "claim": {"country": "CA", "date": "2024-05-31"}},
        {"as_of": "2024-05-10", "claim": {"country": "CA", "date": "2024"}},
        {"as_of": "2024", "documents": [{"valid_from": "2025", "valid_until": "2030"}]},
        {
            "documents": [{"valid_from": "2025-02-01", "valid_until": "2025-01-01"}]
        },  # annulled before it began
        {"journey": [{"from_date": "2024-02", "to_date": "2024-02-01"}]},
        {"journey": [{"from_date": "2024-02-29", "to_date": "2024"}]},
        {"documents": [{"holder": "f7"}]},  # the family is unknown
        {"family": None, "documents": [{"holder": "f7"}]},
        {"family": [{"id": "f1"}, {}], "documents": [{"holder": "f1"}, {"holder": "applicant"}]},
        {"version": 1.0},
        {"family_complete": False},
        {"findings": {"countries": []}},
    ],
)
def test_what_looks_odd_but_can_be(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "find_problems", refuse)
    assert Case.from_data({**MINIMAL, **more}).data == {**MINIMAL, **more}


def leaves(data: Any) -> list[tuple[Any, Any]]:
    """Every place of a case at which a value stands: its holder and its key."""
    found = []
    keys = data if isinstance(data, dict) else range(len(data))
    for key in keys:
        if isinstance(data[key], dict | list):
            found += leaves(data[key])
        else:
            found.append((data, key))
    return found


@given(cases(), st.data())
def test_no_error_repeats_what_a_case_says(data: dict[str, Any], draw: st.DataObject) -> None:
    for secret in ("Zqxsecret", "Zqx secret\x1b[31m", "1987-13-45", "qx"):
        spoilt = copy.deepcopy(data)
        holder, key = draw.draw(st.sampled_from(leaves(spoilt)))
        holder[key] = secret
        with pytest.raises(BadData) as caught:
            Case.from_data(spoilt)
        said = (
            str(caught.value) + repr(caught.value) + json.dumps([p.as_dict() for p in caught.value.problems])
        )
        assert secret not in said
        assert "\x1b" not in said
        assert caught.value.__cause__ is None


def test_a_strange_field_name_is_not_repeated() -> None:
    with pytest.raises(BadData) as caught:
        Case.from_data({**MINIMAL, "Jane Doe, born in X\x1b[2J": 1, 5: 2})
    assert "Jane" not in str(caught.value)
    assert [problem.path for problem in caught.value.problems] == ["?", "?"]


def test_two_equal_cases_are_equal_and_a_case_cannot_be_rebound() -> None:
    case = Case.from_data(MINIMAL, id="a")
    assert case == Case.from_data(dict(MINIMAL), id="a")
    assert case != Case.from_data(MINIMAL, id="b")
    with pytest.raises(AttributeError):
        case.id = "c"  # type: ignore[misc]


# --- one fact more -------------------------------------------------------------------------------


def test_a_fact_more_makes_its_section() -> None:
    case = Case.from_data(MINIMAL, id="x").with_fact("applicant.birth_date", "1995")
    assert case.data == {**MINIMAL, "applicant": {"birth_date": "1995"}}
    assert case.id == "x"
    assert MINIMAL == {"version": 1, "claim": {"country": "CA"}}


def test_a_member_of_an_unknown_list_does_not_make_it_complete() -> None:
    case = Case.from_data(MINIMAL).with_fact("entries[0].date", "2025-10")
    assert case.data["entries"] == [{"date": "2025-10"}]
    assert case.facts["entries"].complete is False
    more = case.with_fact("entries[1].country", "CA").with_fact("entries[0].manner", "airport")
    assert more.data["entries"] == [{"date": "2025-10", "manner": "airport"}, {"country": "CA"}]
    assert more.with_fact("entries_complete", True).facts["entries"].complete is True


def test_a_member_of_a_known_list_leaves_its_flag_alone() -> None:
    case = Case.from_data({**MINIMAL, "family": []}).with_fact("family[0].relation", "parent")
    assert case.facts["family"] == Listing(({"relation": "parent"},))
    nationalities = Case.from_data(MINIMAL).with_fact("applicant.nationalities[0]", "NG")
    assert nationalities.facts["applicant"]["nationalities"] == Listing(("NG",), complete=False)


def test_a_row_of_a_table_is_named_by_its_country() -> None:
    case = Case.from_data(MINIMAL).with_fact("findings.countries[FR].will_admit", False)
    case = case.with_fact("findings.countries[RW].will_admit", True)
    case = case.with_fact("findings.countries[FR].connection_grounds", [])
    assert case.data["findings"]["countries"] == [
        {"country": "FR", "will_admit": False, "connection_grounds": []},
        {"country": "RW", "will_admit": True},
    ]
    assert case.raw("findings.countries[RW].will_admit") is True
    assert case.raw("findings.countries[1].country") == "RW"
    assert case.raw("findings.countries[DE].will_admit") is None


def test_a_fact_can_be_taken_back() -> None:
    case = Case.from_data({**MINIMAL, "findings": {"discretion_used": True}, "family": [{"country": "US"}]})
    assert case.with_fact("findings.discretion_used", None).data["findings"] == {}
    assert case.with_fact("family[0]", None).data["family"] == []
    assert case.with_fact("entries[4].date", None).data == case.data
    with pytest.raises(BadData, match="country"):
        case.with_fact("claim.country", None)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("claim.date", "2023-02-30", "claim.date: This is no date"),
        ("entries[0].manner", "swim", "entries[0].manner: This value is not on the list"),
        ("claim", {}, "claim: The field 'country' is missing"),
    ],
)
def test_a_wrong_fact_is_refused(path: str, value: Any, said: str) -> None:
    with pytest.raises(BadData) as caught:
        Case.from_data(MINIMAL).with_fact(path, value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("entries.date", "which element of 'entries'"),
        ("entries[].date", "names parted by dots"),
        ("entries[1].date", "next free index is 0"),
        ("entries[FR].date", "Only a row of a look-up table"),
        ("claim[0].date", "no list at this place"),
        ("family[0][0].id", "names parted by dots"),
        ("claim.dat", "'claim.date'"),
        ("", "names parted by dots"),
        ("applicant.nationalities[0].x", "There is no such fact"),
    ],
)
def test_a_wrong_path_is_refused(path: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        Case.from_data(MINIMAL).with_fact(path, "FR")


@given(cases(), cases(), st.data())
def test_filling_in_facts_one_by_one_gives_the_case(
    base: dict[str, Any], extra: dict[str, Any], draw: Any
) -> None:
    """Setting every section of one case on another gives what writing it down at once gives."""
    case = Case.from_data(base)
    names = draw.draw(
        st.permutations([name for name in extra if name not in ("as_of", "family", "documents")])
    )
    wanted = dict(base)
    wanted.pop("as_of", None)
    case = case.with_fact("as_of", None)
    for name in names:
        if extra[name] is None:
            wanted.pop(name, None)
        else:
            wanted[name] = extra[name]
        case = case.with_fact(name, extra[name])
    assert {k: v for k, v in case.data.items() if v is not None} == {
        k: v for k, v in wanted.items() if v is not None
    }


def test_parse_path() -> None:
    assert parse_path("entries[0].date") == ("entries", 0, "date")
    assert parse_path("findings.countries[XA].will_admit") == ("findings", "countries", "XA", "will_admit")
    for wrong in ("entries[00].date", "Entries", "a..b", "a[-1]", "a[1", "a]", "entries[0]date", "a b", "é"):
        with pytest.raises(UsageError):
            parse_path(wrong)
