"""Rules told by themselves: whole sentences in three languages, in the words of the reasoning of a case."""

from __future__ import annotations

from typing import Any

import pytest

from safethird.facts.case import Case
from safethird.regimes.catalogue import library, load_regime
from safethird.regimes.model import LANGUAGES, Regime
from safethird.reports.narrate import Told
from safethird.reports.rule_words import RuleWords, Said
from safethird.reports.trace import told_reasoning
from safethird.screening.screen import screen
from tests.regimes.helpers import CITED, provision, regime, texts


def outline(said: Said) -> list[str]:
    return ["  " * depth + line.text for depth, line in said.lines()]


def told(when: str, language: str = "en", **more: Any) -> list[str]:
    built = regime(provisions=[provision("p", when)], **more)
    rule = built.provisions[0].rule
    assert rule is not None
    return outline(RuleWords(built, language).rule(rule))


RULES = [
    ('claim.country == "CA"', ["Country of the claim: Canada"]),
    ("claim.date before 2020-03-01", ["Date of the claim: before 1 March 2020"]),
    (
        "claim.date less than 14 days after entry.date",
        ["Date of the claim: less than 14 days after “Date of the entry [entry]”"],
    ),
    (
        "claim.date within 1 years after entry.date counting that day",
        ["Date of the claim: within 1 year after “Date of the entry [entry]”, that day counted"],
    ),
    ("age of applicant on claim.date < 18", ["Age in years on the day of “Date of the claim”: less than 18"]),
    ("not applicant.has_lawful_status", ["Lawful status in the country of the claim: no"]),
    ('not (claim.country == "CA")', ["This does not hold:", "  Country of the claim: Canada"]),
    ("no n in applicant.nationalities", ["Nationalities: none"]),
    (
        '"GT" in applicant.nationalities or "MX" in applicant.nationalities',
        [
            "At least one of these holds:",
            "  Nationalities: Guatemala is among them",
            "  Nationalities: Mexico is among them",
        ],
    ),
    (
        'any f in family where f.relation in ["parent", "guardian"] and not f.can_care',
        [
            "In “Family”, at least one fits:",
            "  All of these hold:",
            "    Relation to the person: one of Parent or Guardian",
            "    Relative able to care for the person: no",
        ],
    ),
    (
        'all f in family where f.accompanying satisfy f.country == "US"',
        [
            "In “Family”, for every one that fits this:",
            "  Relative accompanies the person: yes",
            "  this must hold:",
            "    Country where the relative is: United States",
        ],
    ),
    (
        'count e in entries where (e.country == "US") > 1',
        [
            "Number of entries in “Arrivals and crossings”: more than 1",
            "  Counted in “Arrivals and crossings” are those that fit this:",
            "    Country of arrival: United States",
        ],
    ),
    (
        '"family" in findings.countries[decision.removal_country].connection_grounds',
        ["Ties to this country (for “Country of proposed removal”): Family there is among them"],
    ),
    ('findings.countries["GT"].fear_stated', ["Fear of this country stated (Guatemala): yes"]),
    ("true", ["This holds always"]),
]


@pytest.mark.parametrize(("when", "lines"), RULES, ids=[when[:40] for when, _ in RULES])
def test_a_rule_in_words(when: str, lines: list[str]) -> None:
    assert told(when) == lines


@pytest.mark.parametrize("when", [when for when, _ in RULES])
def test_a_rule_has_the_same_shape_in_every_language_and_other_words(when: str) -> None:
    english, spanish, french = (told(when, language) for language in ("en", "es", "fr"))
    depths = [[len(line) - len(line.lstrip()) for line in lines] for lines in (english, spanish, french)]
    assert depths[0] == depths[1] == depths[2]
    assert english != spanish != french != english


def test_values_with_commas_are_told_apart() -> None:
    (line,) = told('any p in prior_claims where p.outcome in ["refused", "refused_final"]')[1:]
    assert line.count("“") == 2


def test_definitions_are_named_and_not_told_again() -> None:
    define = {
        "entry": {"is": "first e in entries latest e.date", "label": texts("The entry"), **CITED},
        "relative": {
            "of": "f in family",
            "is": 'f.country == "US"',
            "label": texts("A relative here"),
            **CITED,
        },
    }
    built = regime(define=define, provisions=[provision("p", "any f in family where relative(f)")])
    rule = built.provisions[0].rule
    assert rule is not None
    said = RuleWords(built, "fr").rule(rule)
    assert (said.parts[0].text, said.parts[0].uses) == ("A relative here (fr)", ("relative",))
    words = RuleWords(built, "en")
    assert outline(words.rule(built.definitions["relative"].rule, built.definitions["relative"])) == [
        "Country where the relative is: United States"
    ]
    assert outline(words.rule(built.definitions["entry"].rule)) == [
        "In “Arrivals and crossings”, the one with the latest “Date of the entry”"
    ]


def rules_told(built: Regime, language: str) -> list[Said]:
    words = RuleWords(built, language)
    found = [words.rule(entry.rule, entry) for entry in built.definitions.values()]
    for definition in built.definitions.values():
        readings = definition.readings
        found += [
            words.rule(option.rule, definition) for option in (readings.options.values() if readings else ())
        ]
    for entry in built.provisions:
        found += [words.rule(entry.rule)] if entry.rule is not None else []
        found += [words.rule(version.rule) for version in entry.versions if version.rule is not None]
        found += [words.responsible(entry.responsible)] if entry.responsible is not None else []
        options = entry.readings.options.values() if entry.readings else ()
        found += [words.rule(option.rule) for option in options]
    found += [words.rule(event.rule) for event in built.events if event.rule is not None]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(library()))
def test_every_rule_of_the_library_can_be_told(name: str, language: str) -> None:
    for said in rules_told(load_regime(name), language):
        for _, line in said.lines():
            assert line.text
            # No name of a fact shows through: `claim.date`, `family[].relation`.
            assert not any("." in word and "_" in word for word in line.text.split()), line.text
            assert "[]" not in line.text


def leaves(lines: list[Told]) -> set[str]:
    found: set[str] = set()
    for line in lines:
        found |= leaves(list(line.parts)) if line.parts else {line.text}
    return found


def test_a_clause_is_told_in_the_same_words_with_a_case_and_without() -> None:
    case = Case.from_data(
        {
            "version": 1,
            "as_of": "2020-01-01",
            "claim": {"country": "US", "date": "2019-12-01"},
            "applicant": {"nationalities": ["SV"], "habitual_residence": "SV"},
        }
    )
    with_case = leaves(told_reasoning(screen(case, ["us-guatemala-2019"])["us-guatemala-2019"], "es"))
    alone = {
        line.text for said in rules_told(load_regime("us-guatemala-2019"), "es") for _, line in said.lines()
    }
    assert {text for text in with_case if text.startswith("Nacionalidades")} <= alone
