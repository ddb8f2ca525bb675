"""Drafts from questions are valid law files; rounds of negotiation tell what stands."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from safethird.cli.main import run as run_cli
from safethird.drafting.rounds.new import chosen, new_draft, questions, read_answers
from safethird.drafting.rounds.status import negotiation_status
from safethird.errors import BadData, NoInput
from safethird.facts.documents import Document, read_yaml
from safethird.regimes.lint import lint_file
from safethird.regimes.loader import build_regime

FULL: dict[str, Any] = {
    "claim_country": "US",
    "receiving_country": "Guatemala",
    "date": "2019-06-01",
    "covered": ["HN", "El Salvador"],
    "transit": True,
    "arrivals_from": "2019-07-01",
    "exceptions": ["unaccompanied_child", "family", "visa", "discretion"],
    "adult_age": 18,
    "screening": "fear_stated",
    "safeguards": ["no_return", "procedure", "reception", "no_detention"],
    "term_years": 2,
    "notice_months": 6,
}
BARE = {
    **FULL,
    "covered": [],
    "transit": "no",
    "arrivals_from": None,
    "exceptions": [],
    "safeguards": [],
    "screening": "none",
    "term_years": 0,
}


def answers(**changes: Any) -> dict[str, Any]:
    return read_answers(Document({**FULL, **changes}, None))


@pytest.mark.parametrize("given", [FULL, BARE], ids=["everything", "nothing"])
def test_a_draft_passes_lint_without_a_word(tmp_path: Path, given: dict[str, Any]) -> None:
    text = new_draft(read_answers(Document(given, None)))
    regime = build_regime(read_yaml(text, "draft.yaml"))
    path = tmp_path / f"{regime.id}.yaml"
    path.write_text(text, encoding="utf-8")
    assert [str(finding) for finding in lint_file(path, {regime.id}) if finding.severity == "error"] == []
    assert regime.draft
    assert all(set(entry.label) == {"en", "es", "fr"} for entry in regime.provisions)


def test_every_combination_of_exceptions_is_a_valid_file() -> None:
    names = ("unaccompanied_child", "family", "visa", "discretion")
    for size in range(len(names) + 1):
        for some in itertools.combinations(names, size):
            given = answers(exceptions=list(some), transit=size % 2 == 0)
            regime = build_regime(read_yaml(new_draft(given), "draft.yaml"))
            assert [entry.id for entry in regime.provisions] == chosen(given)


def test_a_draft_can_be_screened_and_the_transit_answer_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {
        "version": 1,
        "as_of": "2019-08-01",
        "claim": {"country": "US", "date": "2019-08-01"},
        "decision": {"date": "2019-08-01"},
        "applicant": {"birth_date": "1990-01-01", "nationalities": ["HN"], "habitual_residence": "HN"},
        "entries": [{"country": "US", "date": "2019-07-20", "turned_back": False}],
        "journey": [],
        "family": [],
        "documents": [],
        "findings": {"discretion_used": False, "countries": [{"country": "GT", "fear_stated": False}]},
    }
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    outcomes = []
    for transit in (True, False):
        draft = tmp_path / f"draft-us-gt-2019-06-01-{transit}.yaml".lower()
        draft.write_text(new_draft(answers(transit=transit)), encoding="utf-8")
        assert run_cli(["screen", str(file), "--regime", str(draft), "--format", "json"]) in (0, 4)
        outcomes.append(capsys.readouterr().out)
    assert '"not_covered"' in outcomes[0]
    assert '"applies"' in outcomes[1]


def test_answers_that_do_not_fit_are_all_named() -> None:
    with pytest.raises(BadData) as caught:
        answers(adult_age=40, exceptions=["familly"], claim_country="Nowhere", colour="red")
    said = " ".join(str(problem) for problem in caught.value.problems)
    assert len(caught.value.problems) == 4
    assert "family" in said
    assert "16 to 21" in said


def test_one_country_cannot_agree_with_itself() -> None:
    with pytest.raises(BadData, match="same country"):
        answers(receiving_country="US")


def test_asking_on_the_terminal_makes_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from safethird.cli.draft import command

    typed = [
        "US",
        "Guatemala",
        "2019-06-01",
        "HN, El Salvador",
        "maybe",
        "yes",
        "2019-07-01",
        "1,2,3,4",
        "18",
        "2",
        "1, 2, 3, 4",
        "2",
        "6",
    ]
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["new", "--out", "d.yaml"], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "d.yaml").read_text(encoding="utf-8") == new_draft(answers())


def test_the_same_country_twice_is_asked_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from safethird.cli.draft import command

    typed = ["US", "US", "GT", "2019-06-01", "", "no", "", "", "18", "1", "", "1", "0"]
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["new", "--lang", "es"], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert result.output.count("ambas partes son el mismo país") == 1
    assert "un número de 16 a 21" in result.output


def test_days_and_spans_are_written_out_in_each_language() -> None:
    text = new_draft(answers(term_years=1, notice_months=0, arrivals_from="2019-07-01"))
    regime = build_regime(read_yaml(text, "draft.yaml"))
    labels = {entry.id: entry.label for entry in regime.provisions}
    assert regime.title["fr"] == "Projet d'accord du 1er juin 2019 (États-Unis, Guatemala)"
    assert labels["term"]["en"] == "The agreement is made for 1 year"
    assert labels["term"]["es"] == "El acuerdo se celebra por 1 año"
    assert labels["notice"]["fr"] == "Chaque partie peut y mettre fin à tout moment, sans préavis"
    assert labels["arrival"]["es"].endswith("el 1 de julio de 2019 o después")


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(FULL), encoding="utf-8")
    (tmp_path / "d.yaml").write_text("mine", encoding="utf-8")
    assert (
        run_cli(["draft", "new", "--answers", str(tmp_path / "a.json"), "--out", str(tmp_path / "d.yaml")])
        == 2
    )
    assert (tmp_path / "d.yaml").read_text(encoding="utf-8") == "mine"


def test_every_question_is_asked_in_three_languages() -> None:
    assert all(
        set(question.texts) == {"en", "es", "fr"} and all(question.texts.values()) for question in questions()
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    first = new_draft(answers())
    second = new_draft(answers(exceptions=["unaccompanied_child", "family", "discretion"], screening="none"))
    second = second.replace("is under 18 and", "is under [US: 16] [GT: 18] and")
    (tmp_path / "2019-06-01_US.yaml").write_text(first, encoding="utf-8")
    (tmp_path / "2019-06-20_GT.yaml").write_text(second, encoding="utf-8")
    (tmp_path / "deadlines.yaml").write_text(
        "deadlines:\n"
        "  - {date: 2019-06-16, what: First round, source: Electoral court, sure: official_statement}\n"
        "  - {date: 2019-08-11, what: Second round, source: Electoral court, sure: official_statement}\n"
        "  - {date: 2019-07-15, what: A visit, source: A newspaper, sure: unnamed_source}\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_dashboard_says_what_is_agreed_open_changed_and_due(folder: Path) -> None:
    found = negotiation_status(folder, "2019-07-01")
    points = {point.id: point for point in found.points}
    assert points["transit"].agreed
    assert (points["transit"].since, points["transit"].by) == ("2019-06-01", "US")
    child = points["unaccompanied-child"]
    assert (child.agreed, child.brackets, child.change) == (False, ("US: 16", "GT: 18"), "changed")
    assert (child.since, child.by, child.against) == ("2019-06-20", "GT", ("US",))
    assert {name for name, point in points.items() if point.change == "dropped"} == {"visa", "fear-stated"}
    assert points["visa"].against == ("US",)
    assert [(entry.day, entry.days_left, entry.sure) for entry in found.deadlines] == [
        ("2019-07-15", 14, "unnamed_source"), ("2019-08-11", 41, "official_statement"),
    ]  # fmt: skip
    assert found.past == 1


def test_a_language_that_hides_an_open_point_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = negotiation_status(folder, "2019-07-01")
    (child,) = (point for point in found.points if point.id == "unaccompanied-child")
    assert child.bracketed == ("en",)
    assert run_cli(["draft", "status", str(folder), "--as-of", "2019-07-01", "--lang", "fr"]) == 0
    told = capsys.readouterr().out
    assert "sans crochets en : espagnol, français" in told
    assert "version de : Guatemala" in told


def test_before_the_second_round_nothing_is_agreed(folder: Path) -> None:
    found = negotiation_status(folder, "2019-06-10")
    assert len(found.rounds) == 1
    assert not any(point.agreed for point in found.points)
    with pytest.raises(NoInput):
        negotiation_status(folder, "2019-05-01")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("form", ["text", "json", "html", "docx"])
def test_every_face_of_the_dashboard_and_of_the_alignment(
    folder: Path, tmp_path: Path, form: str, language: str
) -> None:
    out = tmp_path / f"out.{form}"
    shared = ["--format", form, "--lang", language, "--output", str(out)]
    assert run_cli(["draft", "status", str(folder), "--as-of", "2019-07-01", *shared]) == 0
    if form == "html":
        text = out.read_text(encoding="utf-8")
        assert "US: 16" in text
        assert "<script" not in text
    data = Path(__file__).parent / "data"
    assert run_cli(["align", str(data / "sample.en.md"), str(data / "sample.fr.md"), *shared]) == 0
    assert out.stat().st_size > 200


def test_a_bad_name_and_a_bad_deadline_are_named(folder: Path) -> None:
    (folder / "deadlines.yaml").write_text(
        "deadlines: [{date: soon, what: x, source: y, sure: rumour}]", encoding="utf-8"
    )
    with pytest.raises(BadData, match="no day"):
        negotiation_status(folder, "2019-07-01")
    (folder / "final.yaml").write_text("x: 1", encoding="utf-8")
    with pytest.raises(BadData, match="when and by whom"):
        negotiation_status(folder, "2019-07-01")


def test_a_file_of_other_keys_is_told_in_a_bounded_message() -> None:
    other = read_yaml("\n".join(f"key_{number}: 1" for number in range(5_000)), "answers.yaml")
    with pytest.raises(BadData) as caught:
        read_answers(other)
    problems = caught.value.problems
    assert "There is no question 'key_0'" in problems[0].what
    assert len(problems) < 130
    assert any(problem.code == "more-problems" for problem in problems)
