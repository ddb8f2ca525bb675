"""Done when: each worked dossier reproduces what courts or bodies found, or says where and why it differs."""

from __future__ import annotations

import json

import pytest

from safethird.protection.assess import Assessment, assess, assess_all
from safethird.protection.dossier_files import dossier_ids, load_dossier
from safethird.protection.evaluate import assess_test
from safethird.protection.indicators.membership import own_evidence
from safethird.protection.loader import tests as all_tests
from safethird.protection.model import Status
from safethird.reports.protection import outline

from .made import day


def assessed(name: str, *tests: str, group: str | None = None) -> Assessment:
    dossier = load_dossier(name)
    return assess(dossier.country, dossier.date.lo, tests or ("all",), dossier=dossier, group=group)


def statuses(name: str, test: str, group: str | None = None) -> dict[str, Status]:
    return {key: cell.status for key, cell in assessed(name, test, group=group)[test].cells.items()}


FINDINGS = [
    (name, index, test, criterion)
    for name in dossier_ids()
    for index, finding in enumerate(load_dossier(name).findings)
    for test in finding.tests
    for criterion in finding.criteria
]


@pytest.mark.parametrize(("name", "index", "test", "criterion"), FINDINGS)
def test_what_was_found_is_reproduced_or_the_difference_is_explained(
    name: str, index: int, test: str, criterion: str
) -> None:
    dossier = load_dossier(name)
    finding = dossier.findings[index]
    evidence = (*dossier.evidence, *own_evidence(dossier.country))
    here = assess_test(all_tests()[test], evidence, dossier.date.lo, finding.group).cells[criterion].status
    same = here == finding.criteria[criterion]
    assert same is (criterion not in finding.differs)


def test_there_are_findings_for_every_country() -> None:
    assert (
        {name[:2] for name, *_ in FINDINGS}
        == {name[:2] for name in dossier_ids()}
        == {"gt", "rw", "us", "ca", "tr", "gr", "it"}
    )


# --- Guatemala: treaties met, procedure not met, with the figures ---------------------------------


@pytest.mark.parametrize("name", ["gt-2019-07-26", "gt-2019-11-15"])
def test_guatemala_has_the_treaties_and_not_the_procedure(name: str) -> None:
    found = {key: cell.status for result in assessed(name).results for key, cell in result.cells.items()}
    for criterion in ("refugee_treaties", "no_limiting_reservation", "torture_treaties", "asylum_law"):
        assert found[criterion] == "met"
    for criterion in ("capacity", "functioning_authority", "fairness"):
        assert found[criterion] == "not_met"
    assert found["agreement"] == ("met" if name == "gt-2019-11-15" else "not_met")
    assert assessed(name)["us-ina-208"].result == "not_met"


def test_guatemala_shows_the_figures_behind_it() -> None:
    result = assessed("gt-2019-11-15", "us-ina-208")["us-ina-208"]
    behind = {item.evidence.id: item.evidence for cell in result.cells.values() for item in cell.items}
    assert behind["officers"].value == 4
    assert (behind["capacity-estimate"].value, behind["capacity-estimate"].value_high) == (100, 150)
    assert behind["none-resolved"].value == 0
    assert behind["pending-august"].value == 423
    weights = {item.evidence.id: item.weight for cell in result.cells.values() for item in cell.items}
    assert weights["transferred"] == "not_yet", "what happened after the day decides nothing on the day"
    assert weights["ag-determination"] == "conclusion"
    assert {item.by for item in result.determinations} == {"us-attorney-general", "us-homeland-security"}


def test_ratification_alone_is_not_protection() -> None:
    """The teaching case: stopping at the treaties gives the wrong answer."""
    result = assessed("gt-2019-11-15", "eu-apr-57")["eu-apr-57"]
    assert result.cells["refugee_treaties"].status == "met"
    assert result.cells["no_limiting_reservation"].status == "met"
    assert result.result == "unknown"
    assert result.was_law is False


# --- Rwanda: found unsafe, deemed safe, repealed ---------------------------------------------------


def test_rwanda_before_and_after_the_judgment_the_statute_and_its_repeal() -> None:
    names = ("rw-2023-11-14", "rw-2023-11-16", "rw-2024-04-25", "rw-2025-12-02")
    assert [statuses(name, "uk-rules-345b")["no_refoulement"] for name in names] == [
        "not_met",
        "not_met",
        "met",
        "not_met",
    ]
    assert [assessed(name, "uk-rules-345b")["uk-rules-345b"].result for name in names] == [
        "not_met",
        "not_met",
        "met",
        "not_met",
    ]
    for test in ("unhcr-2018", "uk-aaa-2023"):
        assert [statuses(name, test)["no_refoulement"] for name in names] == ["not_met"] * 4, (
            "no statute changes a fact"
        )


def test_who_binds_changes_from_day_to_day() -> None:
    rule = {
        name: cell.bound_by.id if cell.bound_by else None
        for name in ("rw-2023-11-14", "rw-2023-11-16", "rw-2024-04-25", "rw-2025-12-02")
        for cell in [assessed(name, "uk-rules-345b")["uk-rules-345b"].cells["no_refoulement"]]
    }
    assert list(rule.values()) == [
        "court-of-appeal",
        "supreme-court",
        "safety-of-rwanda-act",
        "supreme-court",
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2022-12-20", "met"),
        ("2023-06-28", "met"),
        ("2023-06-29", "not_met"),
        ("2024-04-24", "not_met"),
        ("2024-04-25", "met"),
        ("2025-12-01", "met"),
        ("2025-12-02", "not_met"),
    ],
)
def test_the_statute_deems_from_its_first_day_to_the_eve_of_its_repeal(on: str, expected: Status) -> None:
    """Under the Rules, by the fullest dossier: Divisional Court, Court of Appeal, statute, repeal."""
    evidence = [item for item in load_dossier("rw-2025-12-02").evidence if item.kind != "report"]
    assert (
        assess_test(all_tests()["uk-rules-345b"], evidence, day(on)).cells["no_refoulement"].status
        == expected
    )


def test_the_connection_is_left_to_the_person() -> None:
    result = assessed("rw-2024-04-25", "uk-niaa-80b")["uk-niaa-80b"]
    assert result.result == "unknown"
    assert set(result.open_criteria) == {"connection", "transit_with_chance"}


# --- the others -----------------------------------------------------------------------------------


def test_greece_fails_on_the_eve_by_reports_and_on_the_day_by_what_binds() -> None:
    eve = assessed("gr-2011-01-20", "eu-dublin-flaws")["eu-dublin-flaws"]
    after = assessed("gr-2011-01-21", "eu-dublin-flaws")["eu-dublin-flaws"]
    assert eve.result == after.result == "not_met"
    assert eve.cells["appeal"].status == "unknown"
    assert after.cells["appeal"].bound_by is not None


def test_italy_is_open_in_general_and_closed_to_families_without_guarantees() -> None:
    everyone = assessed("it-2014-11-05", "eu-dublin-flaws")["eu-dublin-flaws"]
    families = assessed("it-2014-11-05", "eu-dublin-flaws", group="families_with_children")["eu-dublin-flaws"]
    assert everyone.result == "disputed"
    assert everyone.cells["subsistence"].status == "disputed"
    assert families.result == "not_met"
    assert families.cells["vulnerable_persons"].status == "not_met"


def test_turkey_fails_on_the_limitation_and_the_practice_and_what_syrians_have_is_a_promise() -> None:
    found = statuses("tr-2016-06-01", "eu-apd-38", "syrians")
    assert found["no_limiting_reservation"] == found["no_refoulement"] == "not_met"
    cell = assessed("tr-2016-06-01", "eu-apd-38", group="syrians")["eu-apd-38"].cells["right_to_remain"]
    assert {item.evidence.id: item.weight for item in cell.items}["temporary-protection"] == "promise"


def test_canada_and_the_united_states_are_weighed_and_not_decided() -> None:
    for name in ("us-2004-12-29", "us-2017-07-31", "us-2023-06-16"):
        result = assessed(name, "ca-irpa-102")["ca-irpa-102"]
        assert result.result is None
        assert result.cells["agreement"].status == "met"
    assert statuses("us-2004-12-29", "ca-irpa-102")["liberty"] == "unknown"
    assert statuses("us-2017-07-31", "ca-irpa-102")["liberty"] == "not_met"


# --- every country ----------------------------------------------------------------------------------


def test_all_countries_are_mostly_unknown_and_never_decided() -> None:
    found = assess_all(day("2019-11-15"))
    cells = [cell.status for entry in found for result in entry.results for cell in result.cells.values()]
    assert len(found) > 240
    assert cells.count("unknown") / len(cells) > 0.9
    assert {result.result for entry in found for result in entry.results} <= {None, "unknown", "not_met"}
    assert [entry.country for entry in found if entry["michigan-2007"].result == "not_met"] == [
        "CG",
        "MC",
        "MG",
        "TR",
    ]


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", dossier_ids())
def test_every_number_is_in_the_list_with_file_year_and_publisher(name: str) -> None:
    assessment = assessed(name)
    data = outline(assessment, "en")
    listed = {number.what for number in data["numbers"]}
    assert all(
        number.file and number.year and number.publisher and number.licence for number in data["numbers"]
    )
    shown = {item["claim"] for criterion in data["criteria"] for item in criterion["items"]}
    figures = {item.claim["en"] for item in assessment.evidence if item.value is not None}
    assert shown & figures <= listed
    for line in data["capacity"]:
        assert "(" in line["basis"], "a number that is worked out says from what"
    numbers = {number for number, *_ in [(source["number"],) for source in data["sources"]]}
    assert {item["number"] for criterion in data["criteria"] for item in criterion["items"]} <= numbers


@pytest.mark.parametrize("name", dossier_ids())
def test_the_plain_data_have_one_of_four_answers_for_each_criterion_under_each_test(name: str) -> None:
    data = assessed(name).as_dict()
    json.dumps(data, allow_nan=False)
    for result in data["tests"].values():
        assert {cell["status"] for cell in result["criteria"].values()} <= {
            "met",
            "not_met",
            "unknown",
            "disputed",
        }
    known = {entry["id"] for entry in data["evidence"]}
    used = {
        item["id"]
        for result in data["tests"].values()
        for cell in result["criteria"].values()
        for item in cell["evidence"]
    }
    assert used <= known
    assert {entry["source"] for entry in data["evidence"]} <= {entry["id"] for entry in data["sources"]}
