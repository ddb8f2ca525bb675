"""The interpreter and an engine side by side, for many cases under one regime."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from safethird.caseload.run import Compiled
from safethird.caseload.schema import case_schema
from safethird.engines.plan.passes import PASSES, Pass
from safethird.facts.case import Case, Facts
from safethird.facts.documents import read_json
from safethird.facts.truth import Truth
from safethird.regimes.catalogue import LIBRARY
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime
from safethird.screening.alternatives import generic
from safethird.screening.casetests import CaseTest, read_tests
from safethird.screening.missing import open_facts
from safethird.screening.screen import determine, facts_for_rules


class Answer(NamedTuple):
    """What both sides say about one case."""

    outcome: str
    bars: Truth
    responsible: tuple[str, ...] | None
    missing: frozenset[str]
    provision: str | None
    readings: frozenset[str]


@cache
def library_tests(*further: Path) -> tuple[CaseTest, ...]:
    """The tests of the library, and those in further folders: read once, for any number of regimes."""
    return tuple(read_tests([LIBRARY, *further]))


class Cases(NamedTuple):
    """Cases as each side reads them, made once for any number of regimes."""

    cases: Sequence[Case]
    facts: Sequence[Facts]
    table: pl.DataFrame

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Cases:
        """Cases for both sides."""
        return cls(cases, [facts_for_rules(case) for case in cases], table_of(cases))

    def some(self, places: Sequence[int]) -> Cases:
        """Those at some places."""
        return Cases(
            [self.cases[place] for place in places],
            [self.facts[place] for place in places],
            self.table[list(places)],
        )


def table_of(cases: Sequence[Case]) -> pl.DataFrame:
    """Cases as a table in the case format's own columns."""
    # Not strict, so that a number may be whole; the cases are valid, so nothing else is made to fit.
    return pl.DataFrame([dict(case.data) for case in cases], schema=case_schema(), strict=False)


def by_interpreter(regime: Regime, facts: Facts) -> Answer:
    """The definition of meaning."""
    found = determine(regime, facts, explain_missing=False)
    reasoning = found.reasoning
    provision = found.grounds[0].id if found.grounds else None
    if reasoning.outcome == "undetermined":
        # Nothing is decided, unless an exception is certain: then the bottom line is.
        exceptions = (
            step.provision.id
            for step in reasoning.provisions.values()
            if "effect" in step.provision.exception_to and step.provision.outcome == "exempt" and step.value
        )
        provision = next(exceptions, None) if reasoning.excepted else None
    readings = frozenset(f"{other.conflict}={other.option}" for other in found.readings)
    missing = frozenset(generic(open_facts(reasoning)))
    return Answer(reasoning.outcome, reasoning.bars, reasoning.responsible, missing, provision, readings)


def by_columns(regime: Regime, cases: Cases, passes: Sequence[Pass] = PASSES) -> list[Answer]:
    """The columnar engine."""
    table = cases.table.with_columns(id=pl.int_range(pl.len()))
    found = Compiled([regime], passes=passes).answer(table)
    assert found.rejects.is_empty()
    return [
        Answer(
            row["outcome"],
            row["bars"],
            None if row["responsible"] is None else (row["responsible"],),
            frozenset(row["missing"]),
            row["provision"],
            frozenset(row["readings"]),
        )
        for row in found.results.sort("id").iter_rows(named=True)
    ]


_CITED = {"cite": "Art. 1", "url": "https://example.org/law", "confidence": "verified"}


def made_regime(condition: str, **elements: str) -> Regime:
    """A regime in force whose scope is one condition; `elements` are definitions that it may use."""
    data = {
        "format": 1, "regime": "made", "kind": "bar", "languages": ["en"], "title": "Made", "summary": "Made up.",
        "instrument": {"type": "rule", **_CITED}, "considered_for": {"claim_in": ["US"]},
        "clocks": {"decision": "2020-01-01"},
        "status": [{"event": "in_force", "date": "2001-01-01", **_CITED}],
        "define": {name: {"is": rule, "label": name, **_CITED} for name, rule in elements.items()},
        "provisions": [{"id": "scope", "role": "scope", "label": "Scope", "when": condition, **_CITED}],
    }  # fmt: skip
    return build_regime(read_json(json.dumps(data), "made.yaml"))


def differences(
    regime: Regime, cases: Sequence[Case] | Cases, passes: Sequence[Pass] = PASSES
) -> Iterator[tuple[Case, Answer, Answer]]:
    """The cases on which the two sides differ, with what each says."""
    both = cases if isinstance(cases, Cases) else Cases.of(cases)
    answered = by_columns(regime, both, passes)
    for case, facts, got in zip(both.cases, both.facts, answered, strict=True):
        wanted = by_interpreter(regime, facts)
        if got != wanted:
            yield case, wanted, got
