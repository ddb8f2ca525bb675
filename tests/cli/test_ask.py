"""`safethird ask`: a conversation from nothing to an answer."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from safethird.cli.main import run
from tests.cli.helpers import Run, call

GUATEMALA = ("ask", "--regime", "us-guatemala-2019", "--on", "2020-02-10")


@pytest.fixture
def talk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def said(*lines: str, args: tuple[str, ...] = GUATEMALA) -> Run:
        return call(capsys, monkeypatch, *args, typed="".join(f"{line}\n" for line in lines))

    return said


def test_it_ends_when_the_input_ends(talk: Any) -> None:
    result = talk()
    assert result.code == 4
    assert "In which country is the claim for protection made?" in result.out


def test_a_national_of_guatemala_is_outside_after_few_questions(talk: Any) -> None:
    """Whatever else is unknown, the bottom line is decided by one fact; `not known` is always possible."""
    from safethird.regimes.catalogue import load_regime
    from safethird.screening.interview import Interview

    interview = Interview((load_regime("us-guatemala-2019"),), "2020-02-10")
    known = {
        "claim.country": "US", "claim.date": "2020-02-01", "applicant.nationalities": "Guatemala",
    }  # fmt: skip
    asked = []
    while (question := interview.next()) is not None and len(asked) < 40:
        asked.append(question.path)
        if question.path in known:
            interview.answer(question, known[question.path], "en")
        elif question.about_list:
            interview.answer(question, "no", "en")
        else:
            interview.not_known(question)
    (answer,) = interview.determinations()
    assert answer.outcome == "not_covered"
    assert "findings.discretion_used" not in asked, "a question that could not change the answer was asked"


def test_why_explains_the_rule_and_what_each_answer_leads_to(talk: Any) -> None:
    result = talk("US", "why", "?", "stop")
    assert "asks because of this" in result.out
    assert "  no: Not covered" in result.out
    assert "(Art." in result.out or "Art. " in result.out


def test_an_answer_that_does_not_fit_is_asked_again(talk: Any) -> None:
    result = talk("Atlantis", "US", "stop")
    assert "That does not fit" in result.out
    assert result.out.count("In which country is the claim for protection made?") == 2


def test_an_earlier_answer_can_be_changed_and_later_ones_stay(talk: Any) -> None:
    result = talk("CA", "answers", "change 1", "US", "answers", "stop", args=("ask", "--on", "2020-02-10",
                                                                            "--regime", "us-guatemala-2019"))  # fmt: skip
    assert "1. Country of the claim: Canada" in result.out
    assert "1. Country of the claim: United States" in result.out
    assert "There is no answer with that number." in talk("US", "change 9", "stop").out


@pytest.mark.parametrize(
    "typed",
    [
        "\x00",
        "\x1b[31m",
        "\ufffd",
        "²",
        "٣",
        "-1",
        "9" * 5000,
        "x" * 9000,
        "\u202e",
        "change ²",
        "change " + "9" * 5000,
    ],
)
def test_whatever_is_typed_the_question_stays(talk: Any, typed: str) -> None:
    result = talk("US", "yes", typed, "stop")
    assert result.code == 4
    assert "That does not fit" in result.out or "There is no answer" in result.out
    assert len(typed) < 3 or typed not in result.out


def test_bytes_that_are_no_text_fit_no_question(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"US\n\xff\xfe\nstop\n"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)
    assert run(list(GUATEMALA)) == 4
    assert "That does not fit" in capsys.readouterr().out


def test_an_answer_without_end_is_refused(talk: Any) -> None:
    result = talk("US", "x" * 20_000)
    assert result.code == 65
    assert "longer than 10,000 characters" in result.err


def test_a_name_that_no_file_can_have(talk: Any) -> None:
    result = talk("US", "stop", "a\0b", "")
    assert "could not be written" in result.out


def test_whether_a_list_goes_on_can_be_changed() -> None:
    from safethird.regimes.catalogue import load_regime
    from safethird.screening.interview import Interview, Question

    interview = Interview((load_regime("us-guatemala-2019"),), "2020-02-10")
    interview.answer(interview.question("claim.country"), "US", "en")

    def about(listing: str) -> Question:
        return interview.question(listing)

    def entries() -> Any:
        case = interview.case()
        assert case is not None
        return case.raw("entries"), case.raw("entries_complete")

    interview.answer(about("entries"), "yes", "en")
    interview.answer(about("entries[0].country"), "US", "en")
    interview.answer(about("entries"), "yes", "en")
    interview.answer(about("entries[1].country"), "MX", "en")
    interview.answer(about("entries"), "no", "en")
    interview.answer(about("applicant.nationalities"), "HN", "en")
    assert entries() == ([{"country": "US"}, {"country": "MX"}], None)

    interview.not_known(interview.change(6))
    assert entries() == ([{"country": "US"}, {"country": "MX"}], False)
    interview.answer(interview.change(6), "no", "en")
    assert entries() == ([{"country": "US"}, {"country": "MX"}], None)
    second = interview.change(4)
    assert (second.members, second.replaces) == (1, 3)
    interview.answer(second, "no", "en")
    assert entries() == ([{"country": "US"}], None)
    assert [answer.path for answer in interview.given][-1] == "applicant.nationalities"
    interview.not_known(interview.change(2))
    assert entries() == (None, None)
    interview.answer(interview.change(2), "no", "en")
    assert entries() == ([], None)
    interview.answer(interview.change(2), "yes", "en")
    assert entries() == ([{}], False)


def test_nothing_is_saved_unless_asked_and_then_for_the_owner_alone(talk: Any, tmp_path: Path) -> None:
    talk("US", "stop")
    assert list(tmp_path.iterdir()) == []
    file = tmp_path / "case.json"
    result = talk("US", "stop", args=(*GUATEMALA, "--save", str(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text(encoding="utf-8"))["claim"]["country"] == "US"
    assert "0600" in result.out


def test_an_existing_file_is_never_written_over(talk: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("mine", encoding="utf-8")
    result = talk("US", "stop", "", args=(*GUATEMALA, "--save", str(file)))
    assert file.read_text(encoding="utf-8") == "mine"
    assert "nothing was written" in result.out


def test_the_interview_speaks_spanish_and_french(talk: Any) -> None:
    assert "¿En qué país" in talk("fin", args=(*GUATEMALA, "--lang", "es")).out
    assert "Dans quel pays" in talk("fin", args=(*GUATEMALA, "--lang", "fr")).out


@pytest.mark.parametrize(
    ("path", "typed", "language", "value"),
    [
        ("claim.date", "20 November 2019", "en", "2019-11-20"),
        ("claim.date", "noviembre de 2019", "es", "2019-11"),
        ("claim.date", "1 févr. 2020", "fr", "2020-02-01"),
        ("claim.date", "2019", "en", "2019"),
        ("applicant.nationalities", "Honduras, El Salvador", "en", ["HN", "SV"]),
        ("applicant.nationalities", "ninguna", "es", []),
        ("applicant.nationalities", "NA", "en", ["NA"]),
        ("claim.country", "Norway", "en", "NO"),
        ("entries[0].manner", "1", "en", "land_port"),
        ("family[0].can_care", "oui", "fr", True),
        ("family[0].can_care", "no", "en", False),
    ],
)
def test_answers_are_read_as_people_write_them(path: str, typed: str, language: str, value: object) -> None:
    from safethird.facts.vocabulary import vocabulary
    from safethird.screening.interview import parse_answer

    assert parse_answer(vocabulary().fact(path), typed, language) == value
