"""The files that ship: criteria, tests and dossiers; and what is said of files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from safethird.errors import BadData, UsageError
from safethird.facts.documents import read_yaml
from safethird.protection.dossier_files import dossier_ids, load_dossier, read_dossier
from safethird.protection.loader import criteria, load_test, read_criteria, read_test
from safethird.protection.loader import tests as all_tests

LANGUAGES = {"en", "es", "fr"}


def test_there_are_28_criteria_with_the_ids_of_the_notes() -> None:
    ids = [entry.id for entry in criteria().values()]
    groups = {"T": 5, "N": 4, "P": 8, "R": 5, "L": 6}
    assert sorted(ids) == sorted(
        f"{letter}{n}" for letter, most in groups.items() for n in range(1, most + 1)
    )


def test_each_criterion_says_who_decides_on_what_evidence_and_whether_practice_answers_it() -> None:
    for entry in criteria().values():
        assert entry.decided_by
        assert entry.evidence
        assert entry.law
        assert entry.nature in ("promise", "practice")
        for text in (entry.label, entry.question, entry.settle, *entry.decided_by):
            assert set(text) == LANGUAGES


def test_the_legal_tests_of_the_brief_are_there_and_ask_for_every_criterion() -> None:
    assert set(all_tests()) == {
        "us-ina-208",
        "unhcr-2002",
        "unhcr-2013",
        "unhcr-2018",
        "eu-apd-38",
        "eu-apr-57",
        "eu-apr-59",
        "ca-irpa-102",
        "uk-niaa-80b",
        "uk-rules-345b",
        "uk-aaa-2023",
        "michigan-2007",
        "eu-dublin-flaws",
    }
    assert {name for test in all_tests().values() for name in test.criteria} == set(criteria())


def test_canadian_factors_are_kept_apart_from_conditions() -> None:
    assert [test.id for test in all_tests().values() if test.kind == "factors"] == ["ca-irpa-102"]
    assert {limb.role for limb in all_tests()["ca-irpa-102"].conditions} == {"factor", "duty"}


def test_every_limb_cites_its_place_and_every_verified_one_says_where_it_was_read() -> None:
    for test in all_tests().values():
        for citation in (
            test.citation,
            *(limb.citation for limb in test.conditions),
            *(rule.citation for rule in test.binding),
        ):
            assert citation.pinpoint
            assert citation.confidence == "recalled" or citation.url


def test_the_worked_dossiers_of_the_brief_are_there() -> None:
    assert set(dossier_ids()) == {
        "gt-2019-07-26",
        "gt-2019-11-15",
        "rw-2023-11-14",
        "rw-2023-11-16",
        "rw-2024-04-25",
        "rw-2025-12-02",
        "us-2004-12-29",
        "us-2017-07-31",
        "us-2023-06-16",
        "ca-2004-12-29",
        "ca-2017-07-31",
        "ca-2023-03-25",
        "tr-2016-06-01",
        "gr-2011-01-20",
        "gr-2011-01-21",
        "it-2014-11-03",
        "it-2014-11-05",
    }


@pytest.mark.parametrize("name", dossier_ids())
def test_every_item_of_evidence_is_dated_sourced_and_graded(name: str) -> None:
    for entry in load_dossier(name).evidence:
        assert entry.source.publisher
        assert entry.source.year
        assert entry.source.file
        assert set(entry.claim) == LANGUAGES
        if entry.is_verified:
            assert entry.source.read
            assert entry.source.url
        if entry.until is not None:
            assert entry.ended_by, f"{entry.id} ends without a reason"


# --- wrong files ---------------------------------------------------------------------------------

TEST = """\
test: made
kind: conditions
title: {en: a, es: a, fr: a}
summary: {en: a, es: a, fr: a}
instrument: {citation: Made, confidence: recalled}
conditions:
  - {id: one, role: condition, label: {en: a, es: a, fr: a}, when: capacity, cite: A, confidence: recalled}
"""
DOSSIER = """\
dossier: gt-2020-01-01
country: GT
date: 2020-01-01
title: {en: a, es: a, fr: a}
summary: {en: a, es: a, fr: a}
sources:
  - {id: s, title: t, publisher: p, year: 2020, confidence: recalled}
evidence:
  - id: one
    claim: {en: a, es: a, fr: a}
    kind: report
    reliability: high
    against: [capacity]
    from: 2020-01-01
    source: s
"""


def problems_of(text: str) -> str:
    document = read_yaml(text, None)
    reader = read_test if text.startswith("test:") else read_dossier
    with pytest.raises(BadData) as caught:
        reader(document)
    return "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("when: capacity", "when: not capacity", "'and' and 'or' only"),
        ("when: capacity", "when: capacty", "Did you mean 'capacity'?"),
        ("when: capacity", "when: capacity is unknown", "'is unknown' may stand in warnings only"),
        ("kind: conditions", "kind: factors", "A test of factors has no conditions"),
        ("role: condition", "role: conditon", "This value is not known here"),
        ("citation: Made, ", "", "The key 'citation' is missing"),
        ("test: made", "test: made\nfrom: 2019-02-30", "such day"),
        ("test: made", "test: made\nweight: 3", "There is no key 'weight' here"),
    ],
)
def test_a_wrong_test_file_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert said in problems_of(TEST.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("against: [capacity]", "against: [capcity]", "Did you mean 'capacity'?"),
        ("    against: [capacity]\n", "", "speaks for and against nothing"),
        ("source: s", "source: z", "There is no source 'z'"),
        ("kind: report", "kind: statistic", "A statistic needs its figure"),
        ("kind: report", "kind: court_finding", "not said who decided"),
        ("from: 2020-01-01", "from: 2020-13-01", "no such month"),
        ("from: 2020-01-01", "from: 2020-01-01\n    until: 2019-01-01", "ends before it begins"),
        ("from: 2020-01-01", "from: 2020-01-01\n    value: 3", "A figure has a value and a unit"),
        ("reliability: high", "reliability: certain", "high or medium or low"),
        ("confidence: recalled", "confidence: verified", "the day on which it was read"),
        ("country: GT", "country: HN", "The id does not name the country and day"),
        ("country: GT", "country: GT\ncontinues: gt-2025-01-01", "continues an earlier one"),
        ("country: GT", "country: GT\ncontinues: gt-2018-01-01", "There is no dossier 'gt-2018-01-01'"),
        ("es: a, fr: a}\n    kind", "es: a}\n    kind", "The key 'fr' is missing"),
    ],
)
def test_a_wrong_dossier_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert said in problems_of(DOSSIER.replace(old, new, 1))


def test_a_vocabulary_with_a_double_id_or_an_unknown_decider_is_refused() -> None:
    texts = ", ".join(f"{name}: {{en: a, es: a, fr: a}}" for name in ("label", "question", "settle"))
    entry = f"id: T1, nature: promise, level: general, evidence: [law], law: [x], indicators: [], {texts}"
    text = (
        "deciders: {d: {en: a, es: a, fr: a}}\ncriteria:\n"
        f"  one: {{decided_by: [d], {entry}}}\n  two: {{decided_by: [x], {entry}}}\n"
    )
    with pytest.raises(BadData, match="The id T1 is taken") as caught:
        read_criteria(read_yaml(text))
    assert "There is no decider 'x'" in str(caught.value)


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="us-ina-208"):
        load_test("us-ina-209")
    with pytest.raises(UsageError, match="gt-2019-11-15"):
        load_dossier("gt-2019-11-16")


def test_a_file_must_bear_the_name_of_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(TEST, encoding="utf-8")
    with pytest.raises(BadData, match="not the name of the file"):
        load_test(str(path))


def test_a_dossier_of_ones_own_continues_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "gt-2020-01-01.yaml").write_text(DOSSIER, encoding="utf-8")
    later = DOSSIER.replace("2020-01-01", "2020-02-01").replace(
        "country: GT", "country: GT\ncontinues: gt-2020-01-01"
    )
    later = later.replace("id: one", "id: two")
    (tmp_path / "gt-2020-02-01.yaml").write_text(later, encoding="utf-8")
    found = load_dossier(str(tmp_path / "gt-2020-02-01.yaml"))
    assert [entry.id for entry in found.evidence] == ["one", "two"]
