"""Regimes of plain facts over tables of sound types: Polars expressions say what the arrays say."""

from __future__ import annotations

import datetime
from itertools import product
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from safethird.caseload import plain
from safethird.caseload.run import Compiled
from safethird.facts.documents import read_json
from safethird.facts.normalise import COUNTRIES
from safethird.facts.vocabulary import vocabulary
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime
from tests.strategies import COUNTRIES as SOME
from tests.strategies import DAYS

_CITED = {"cite": "Art. 1", "url": "https://example.org/law", "confidence": "verified"}
_TRUTHS = ("findings.discretion_used", "findings.security_threat", "applicant.criminal_record")
_DATES = ("claim.date", "claim.lodged_date", "decision.date", "as_of")
_KINDS: dict[str, Any] = {
    "yes_no": pl.Boolean,
    "date": pl.Date,
    "country": pl.Enum(sorted(COUNTRIES)),
}


def _day(rng: Random) -> str:
    return datetime.date.fromordinal(rng.choice(DAYS) + rng.choice((0, 0, 1))).isoformat()


def _leaf(rng: Random) -> str:
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice(_TRUTHS)
    if kind == 1:
        word = rng.choice(("before", "after", "on or before", "on or after", "==", "!="))
        return f"{rng.choice(_DATES)} {word} {rng.choice((_day(rng), rng.choice(_DATES)))}"
    if kind == 2:
        codes = ", ".join(f'"{code}"' for code in rng.sample(SOME, rng.choice((1, 2, 7))))
        return f"claim.country {rng.choice(('in', 'not in'))} [{codes}]"
    if kind == 3:
        return f"applicant.habitual_residence {rng.choice(('in', 'not in'))} some_members"
    if kind == 4:
        return f'claim.setting {rng.choice(("==", "!="))} "{rng.choice(("inland", "airport"))}"'
    return rng.choice(("true", "false"))


def _condition(rng: Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        return _leaf(rng)
    if rng.random() < 0.2:
        return f"not ({_condition(rng, depth - 1)})"
    word = rng.choice((" and ", " or "))
    return word.join(f"({_condition(rng, depth - 1)})" for _ in range(2))


def _regime(rng: Random) -> Regime:
    roles = ("scope", "exclusion", "exception", "exception", "power")
    provisions: list[dict[str, Any]] = [
        {"id": f"p{turn}", "role": rng.choice(roles), "label": "Made", "when": _condition(rng, 2), **_CITED}
        for turn in range(rng.choice((1, 3, 5)))
    ]
    if provisions[-1]["role"] == "exception" and rng.random() < 0.3:
        provisions[-1]["outcome"] = "not_covered"
    status = [{"event": "in_force", "date": rng.choice((_day(rng), _day(rng)[:7])), **_CITED}]
    if rng.random() < 0.6:
        clock = rng.choice(("decision", "claim"))
        status.append({"event": "suspended", "date": _day(rng), "clock": clock, **_CITED})
    data = {
        "format": 1, "regime": "made", "kind": "bar", "languages": ["en"], "title": "Made", "summary": "Made up.",
        "instrument": {"type": "rule", **_CITED}, "considered_for": {"claim_in": ["US"]}, "status": status,
        "sets": {"some_members": {"members": ["US", "FR"], **_CITED}}, "provisions": provisions,
    }  # fmt: skip
    if rng.random() < 0.5:
        data["responsible"] = '"GT"'
    import json

    return build_regime(read_json(json.dumps(data), "made.yaml"))


def _table(rng: Random, size: int, *, setting: Any = None) -> pl.DataFrame:
    def values(path: str) -> list[Any]:
        kind = vocabulary().fact(path).type
        drawn: list[Any] = []
        for _ in range(size):
            if rng.random() < 0.25:
                drawn.append(None)
            elif kind == "date":
                drawn.append(datetime.date.fromisoformat(_day(rng)))
            else:
                drawn.append(rng.random() < 0.5 if kind == "yes_no" else rng.choice(SOME))
        return drawn

    sections: dict[str, dict[str, pl.Series]] = {}
    columns: dict[str, pl.Series] = {"id": pl.Series([f"p{row}" for row in range(size)])}
    for path in (*_TRUTHS, *_DATES, "claim.country", "applicant.habitual_residence"):
        series = pl.Series(values(path), dtype=_KINDS[vocabulary().fact(path).type])
        head, _, name = path.partition(".")
        if name:
            sections.setdefault(head, {})[name] = series
        else:
            columns[head] = series
    choices = vocabulary().fact("claim.setting").values
    drawn = [rng.choice((None, *choices)) for _ in range(size)]
    sections["claim"]["setting"] = pl.Series(drawn, dtype=setting or pl.Enum(choices))
    for head, fields in sections.items():
        columns[head] = pl.DataFrame(fields).to_struct(head)
    return pl.DataFrame(columns)


def _by_arrays(compiled: Compiled, table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    with monkeypatch.context() as patch:
        patch.setattr(compiled, "_plainly", lambda _: None)
        return compiled.answer(table).results


@pytest.mark.parametrize("seed", range(60))
def test_expressions_and_arrays(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random regimes over random people, a quarter of all facts unknown; table after table, so that kinds of cases
    have been met before. Every other time there are too many kinds to count."""
    if seed % 2:
        monkeypatch.setattr(plain, "MOST_COUNTED", 1)
    rng = Random(seed)
    compiled = Compiled([_regime(rng)])
    table = _table(rng, 400)
    assert compiled._plainly(table.schema) is not None
    for some in (table[:50], table[40:300], table):
        assert_frame_equal(compiled.answer(some).results, _by_arrays(compiled, some, monkeypatch))


def test_every_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, scope and exceptions, each true, false or unknown: every outcome and provision."""
    days = [datetime.date(2001, 1, 1), datetime.date(2021, 1, 1), None]
    truths = [True, False, None]
    rows = list(product(days, truths, truths, truths))
    table = pl.DataFrame(
        {
            "id": [f"p{place}" for place in range(len(rows))],
            "decision": [{"date": row[0]} for row in rows],
            "findings": [{"discretion_used": row[1], "security_threat": row[2]} for row in rows],
            "applicant": [{"criminal_record": row[3]} for row in rows],
        },
        schema_overrides={"decision": pl.Struct({"date": pl.Date})},
    )
    base = _regime(Random(1))
    from dataclasses import replace

    from safethird.regimes.model import Rule
    from tests.engines.conformance import made_regime

    def rule(text: str) -> Rule:
        found = made_regime(text).provisions[0].rule
        assert found is not None
        return found

    first = base.provisions[0]
    provisions = (
        replace(first, id="scope", role="scope", rule=rule("findings.discretion_used"), exception_to=(), outcome=None),
        replace(first, id="kept", role="exception", rule=rule("findings.security_threat"),
                exception_to=("effect",), outcome="exempt"),
        replace(first, id="also", role="exception", rule=rule("applicant.criminal_record"),
                exception_to=("effect",), outcome="exempt"),
    )  # fmt: skip
    events = made_regime("true").events
    compiled = Compiled([replace(base, provisions=provisions, events=events)])
    plainly = compiled.answer(table).results
    assert compiled._plainly(table.schema) is not None
    assert_frame_equal(plainly, _by_arrays(compiled, table, monkeypatch))
    assert plainly["outcome"].n_unique() >= 4


@pytest.mark.parametrize(
    "setting", [pl.String, pl.Categorical, pl.Enum(["moon", *vocabulary().fact("claim.setting").values])]
)
def test_tables_that_may_hold_anything(setting: Any) -> None:
    """Texts, and codes that the fact cannot have: the arrays look at every value."""
    rng = Random(1)
    compiled = Compiled([_regime(rng)])
    while "claim.setting" not in str(compiled.masks[0].names):
        compiled = Compiled([_regime(rng)])
    assert compiled._plainly(_table(rng, 10).schema) is not None
    assert compiled._plainly(_table(rng, 10, setting=setting).schema) is None


def test_days_outside_the_calendar() -> None:
    """A day after the year 9999 is refused, not compared."""
    rng = Random(1)
    compiled = Compiled([_regime(rng)])
    while "claim.date" not in compiled.masks[0].names:
        compiled = Compiled([_regime(rng)])
    late = pl.Series([8_000_000, 18_000], dtype=pl.Int32).cast(pl.Date)
    table = _table(rng, 2).with_columns(pl.col("claim").struct.with_fields(date=late))
    found = compiled.answer(table)
    assert found.rejects.select("id", "path").rows() == [("p0", "claim.date")]
    assert found.results["id"].to_list() == ["p1"]
