"""`safethird screen` and `explain`: the same answer in every form, and errors that help and do not leak."""

from __future__ import annotations

import json
import re
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.helpers import Run, call

FLOWN: dict[str, Any] = {
    "version": 1, "as_of": "2019-11-26", "claim": {"country": "US", "date": "2019-11-19"},
    "decision": {"date": "2019-11-26"},
    "applicant": {"birth_date": "1991", "nationalities": ["SV"], "has_lawful_status": False,
                  "visa_rules": [{"country": "US", "required": True}]},
    "entries": [{"country": "US", "date": "2019-11-19", "from_country": "MX", "manner": "land_between_ports",
                 "turned_back": False}],
    "journey": [{"country": "GT"}, {"country": "MX"}], "family": [], "documents": [], "prior_claims": [],
    "findings": {"discretion_used": False, "countries": [{"country": "GT", "fear_stated": False, "harm_standard_met": "none"}]},
}  # fmt: skip
GUATEMALA = ("--regime", "us-guatemala-2019")


@pytest.fixture
def safethird(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(*args: str, typed: str = "") -> Run:
        return call(capsys, monkeypatch, *args, typed=typed)

    return run


@pytest.fixture
def flown(tmp_path: Path) -> str:
    file = tmp_path / "flown.json"
    file.write_text(json.dumps(FLOWN), encoding="utf-8")
    return str(file)


def schema() -> Any:
    return json.loads(
        resources.files("safethird.reports").joinpath("answer.schema.json").read_text(encoding="utf-8")
    )


def without(path: str) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(FLOWN))
    *parents, last = path.split(".")
    inner = copy
    for step in parents:
        inner = inner[step]
    del inner[last]
    return copy


def test_json_is_one_object_for_each_case_and_fits_its_schema(safethird: Any, flown: str) -> None:
    result = safethird("screen", flown, "--format", "json", "--trace", *GUATEMALA)
    assert result.code == 0
    answer = json.loads(result.out)
    jsonschema.validate(answer, schema())
    (determination,) = answer["determinations"]
    assert determination["outcome"] == "applies"
    assert determination["responsible"] == ["GT"]
    assert determination["missing"] == []
    assert determination["bars"] is True


def test_text_json_and_html_say_the_same(safethird: Any, flown: str) -> None:
    for language in ("en", "es", "fr"):
        data = json.loads(safethird("screen", flown, "--format", "json", "--lang", language, *GUATEMALA).out)
        text = " ".join(safethird("screen", flown, "--lang", language, *GUATEMALA).out.split())
        page = " ".join(unescape(re.sub("<[^>]+>", " ", safethird("screen", flown, "--format", "html", "--lang", language,
                                                                  *GUATEMALA).out)).split())  # fmt: skip
        (determination,) = data["determinations"]
        for said in (*determination["says"], *(ground["label"] for ground in determination["grounds"]),
                     *(warning["text"] for warning in determination["warnings"])):  # fmt: skip
            assert " ".join(said.split()) in text
            assert " ".join(said.split()) in page


def test_json_lines_keep_their_ids_and_one_bad_line_stops_nothing(safethird: Any) -> None:
    lines = [
        json.dumps({**FLOWN, "id": "first"}), '{"version": 1, "claim": {"country": "Tegucigalpa"}}',
        json.dumps({**FLOWN, "id": "third"}),
    ]  # fmt: skip
    result = safethird("screen", "-", "--format", "json", *GUATEMALA, typed="\n".join(lines) + "\n")
    assert result.code == 3
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == ["first", "third"]
    assert "Tegucigalpa" not in result.err
    assert "claim.country" in result.err


def test_a_case_that_lacks_facts_ends_with_code_4_and_names_the_question(safethird: Any) -> None:
    case = json.dumps(without("applicant.birth_date"))
    result = safethird("screen", "-", *GUATEMALA, typed=case)
    assert result.code == 4
    assert "applicant.birth_date" in result.out
    assert "When was the person born?" in result.out
    assert safethird("screen", "-", *GUATEMALA, "--exit-zero", typed=case).code == 0


def test_the_day_of_the_question_can_be_given(safethird: Any) -> None:
    case = without("decision")
    for day, outcome in (
        ("2019-11-14", None),
        ("2019-11-26", "applies"),
        ("2021-02-05", "applies"),
        ("2021-02-06", "not_in_force"),
    ):
        result = safethird("screen", "-", "--on", day, "--format", "json", *GUATEMALA, typed=json.dumps(case))
        if outcome is not None:
            assert json.loads(result.out)["determinations"][0]["outcome"] == outcome


def test_a_case_without_a_day_is_answered_for_today_and_says_so(safethird: Any) -> None:
    case = without("as_of")
    del case["decision"]
    result = safethird("screen", "-", "--format", "json", *GUATEMALA, typed=json.dumps(case))
    assert json.loads(result.out)["as_of_assumed"] is True
    assert "today is assumed" in safethird("screen", "-", *GUATEMALA, typed=json.dumps(case)).out


@pytest.mark.parametrize(
    ("args", "typed", "code", "said"),
    [
        (("screen", "nowhere.json"), "", 66, "There is no such file"),
        (("screen", "-"), "", 65, "empty"),
        (("screen", "-"), "{", 65, "JSON"),
        (
            ("screen", "-", "--regime", "us-guatemala-2091"),
            json.dumps(FLOWN),
            2,
            "Did you mean 'us-guatemala-2019'?",
        ),
        (("screen", "-", "--on", "2019-02-30"), json.dumps(FLOWN), 2, "YYYY-MM-DD"),
        (("screen", "-", "--lang", "de"), json.dumps(FLOWN), 2, "'en', 'es', 'fr'"),
        (("scren",), "", 2, "Did you mean 'screen'?"),
        (
            ("screen", "-"),
            '{"version": 1, "claim": {"country": "US"}, "entrys": []}',
            65,
            "Did you mean 'entries'?",
        ),
    ],
)
def test_errors_name_the_mend_and_have_their_code(
    safethird: Any, args: tuple[str, ...], typed: str, code: int, said: str
) -> None:
    result = safethird(*args, typed=typed)
    assert result.code == code
    assert said in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_no_error_repeats_a_fact_of_the_person(safethird: Any) -> None:
    bad = json.loads(json.dumps(FLOWN))
    bad["applicant"]["birth_date"] = "1991-13-57"
    bad["applicant"]["habitual_residence"] = "Tegucigalpa"
    bad["entries"][0]["manner"] = "hidden in a lorry"
    bad["secret_name"] = "Erwin"  # noqa: S105
    result = safethird("screen", "-", typed=json.dumps(bad))
    assert result.code == 65
    for fact in ("1991-13-57", "Tegucigalpa", "lorry", "Erwin"):
        assert fact not in result.err


def test_explain_tells_every_provision_with_its_citation(safethird: Any, flown: str) -> None:
    from safethird.regimes.catalogue import load_regime

    regime = load_regime("us-guatemala-2019")
    for language in ("en", "es", "fr"):
        out = " ".join(safethird("explain", flown, "--lang", language, *GUATEMALA).out.split())
        for provision in regime.ruled():
            assert " ".join(provision.label[language].split()) in out
            assert " ".join(provision.citation.pinpoint_in(language).split()) in out


def test_every_step_of_a_trace_stands_under_a_citation(safethird: Any, flown: str) -> None:
    answer = json.loads(safethird("explain", flown, "--format", "json", *GUATEMALA).out)
    for top in answer["determinations"][0]["trace"]:
        assert top["cite"]
        assert top["text"]
