"""Proofs held against the columnar engine on a million cases that reach every answer.

    ./bootstrap python benchmarks/proofs.py [REGIME ...] [--cases 1000000] [--limit 20] [--json FILE]

For every regime: the standard properties of the checklist, and for every provision with a condition that nobody
to whom it holds (or does not hold) is reached, go to the solver. Then the cases go through the columnar engine:
what was proved may fail for none of them, an answer that was excluded may be given to none, and each case that
the solver showed gets the same answer here. Exit code 1 when anything contradicts.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.reaching import Reaching, case_at, longer, table_of  # noqa: E402
from safethird.caseload.run import Compiled  # noqa: E402
from safethird.drafting.check.standard import standards  # noqa: E402
from safethird.drafting.named import on_day  # noqa: E402
from safethird.drafting.prove.bounds import Bounds, bounds_for, widest  # noqa: E402
from safethird.drafting.prove.property import Property, read_property  # noqa: E402
from safethird.drafting.prove.prover import Proof, decide  # noqa: E402
from safethird.drafting.prove.session import Session  # noqa: E402
from safethird.facts.case import Case  # noqa: E402
from safethird.facts.dates import parse_date  # noqa: E402
from safethird.regimes.catalogue import library  # noqa: E402
from safethird.regimes.model import Provision, Regime, Rule  # noqa: E402
from safethird.screening.determine import OUTCOMES  # noqa: E402

_FORM = re.compile(r'outcome == "(\w+)"(?: and (.*?))? implies (.*)', re.DOTALL)
_STATE = "decision.removal_country"
"""Where a probe finds the state that was named: a fact of the case that no standard property speaks of."""


@dataclass(slots=True)
class Report:
    """What came of one regime."""

    regime: str
    cases: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    excluded: list[str] = field(default_factory=list)
    """Answers that no case has, by proof."""
    verdicts: dict[str, int] = field(default_factory=dict)
    tested: int = 0
    """Cases that fulfil what a proved property supposes, over all proved properties."""
    shown: int = 0
    """Cases that the solver showed and the engine answered alike."""
    failing: int = 0
    """Cases for which refuted properties fail, over all refuted properties."""
    beyond: int = 0
    """Cases with longer lists than were looked at for which a property fails that was proved up to there."""
    contradictions: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def properties_of(regime: Regime) -> Iterator[str]:
    """What is asked of a regime."""
    for entry in standards(regime):
        if entry.property is not None:
            yield entry.property
    for entry in regime.ruled():
        if entry.role == "warning" or entry.rule is None or entry.rule.checked.uses_unknown:
            continue
        if entry.responsible is not None and entry.responsible.each is not None:
            continue
        holds = " ".join(entry.rule.text.split())
        if entry.role in ("exclusion", "exception"):
            yield f'outcome == "applies" implies not ({holds})'
            yield f'outcome == "{entry.outcome or "not_covered"}" implies ({holds})'
        else:
            yield f'outcome == "applies" implies ({holds})'


def held_against(regime: Regime, cases: int, limit: float, seed: int = 1, pool: int = 1000) -> Report:
    """The proofs about one regime against that many cases."""
    report = Report(regime.id)
    started = time.perf_counter()
    wanted = [read_property(text, regime) for text in dict.fromkeys(properties_of(regime))]
    bounds = widest([bounds_for([regime], one, False) for one in wanted])
    session = Session([regime], wanted, bounds=bounds)
    found: list[Case] = []
    for outcome in OUTCOMES:
        occurs, model = session.find([session.answers[0].outcomes[outcome]], limit)
        if occurs == "no":
            report.excluded.append(outcome)
        elif model is not None:
            found.append(Case.from_data(session.case_data(model)))
    proofs = [decide(session, one, limit) for one in wanted]
    report.verdicts = dict(Counter(proof.verdict for proof in proofs))
    report.seconds["solver"] = round(time.perf_counter() - started, 1)

    started = time.perf_counter()
    found += [proof.witness.case for proof in proofs if proof.witness is not None]
    made = Reaching(regime, seed, found, pool)
    table = made.many(cases)
    report.seconds["cases"] = round(time.perf_counter() - started, 1)
    started = time.perf_counter()
    answers = made.engine.answer(table)
    _count(report, table, answers.results)
    for proof in proofs:
        if proof.verdict != "undecided":
            _hold(report, regime, made.engine, proof, table, answers.results, bounds)
    report.seconds["engine"] = round(time.perf_counter() - started, 1)
    return report


def _count(report: Report, table: pl.DataFrame, results: pl.DataFrame) -> None:
    report.cases = results.height
    counts = dict(results["outcome"].cast(pl.String).value_counts().iter_rows())
    report.outcomes = {outcome: counts.get(outcome, 0) for outcome in OUTCOMES}
    for outcome in report.excluded:
        given = results["outcome"] == outcome
        if outcome == "undetermined":
            given &= results["missing"].list.len() == 0
        if given.any():
            report.contradictions.append(f"'{outcome}' was excluded: {_shown(table, given)}")


def _hold(
    report: Report, regime: Regime, engine: Compiled, proof: Proof, table: pl.DataFrame, results: pl.DataFrame,
    bounds: Bounds,
) -> None:  # fmt: skip
    if proof.witness is not None:
        answer = engine.answer(table_of([proof.witness.case])).results.row(0, named=True)
        claimed = proof.witness.answers[0]
        if (answer["outcome"], answer["responsible"]) != (
            claimed.outcome, None if claimed.responsible is None else claimed.responsible[0],
        ):  # fmt: skip
            report.contradictions.append(f"shown case answered otherwise: {proof.wanted.text}")
        report.shown += 1
    supposed, fails = failing(regime, proof.wanted, table, results)
    if proof.verdict == "refuted":
        report.failing += int(fails.sum())
        return
    report.tested += int(supposed.sum())
    if fails.any():
        beyond = fails & longer(table, bounds) if not bounds.exact else np.zeros(len(fails), bool)
        report.beyond += int(beyond.sum())
        if (fails & ~beyond).any():
            shown = _shown(table, pl.Series(fails & ~beyond))
            report.contradictions.append(f"proved, and fails: {proof.wanted.text}: {shown}")


def failing(regime: Regime, wanted: Property, table: pl.DataFrame, results: pl.DataFrame) -> tuple[Any, Any]:
    """By the columnar engine: for which cases the property supposes something, and for which it fails."""
    form = _FORM.fullmatch(wanted.text)
    if form is None:
        # "Every case of which all is known has an answer", however it is put.
        everyone = np.ones(results.height, bool)
        open_by_law = (results["outcome"] == "undetermined") & (results["missing"].list.len() == 0)
        return everyone, open_by_law.to_numpy()
    outcome, more, then = form.groups()
    text = f"({then})" if more is None else f"not ({more}) or ({then})"
    checked = read_property(re.sub(r"\bresponsible\b", _STATE, text), regime).checked
    state = results["responsible"].cast(pl.String)
    named = table.with_columns(
        decision=pl.struct(
            pl.col("decision").struct.field("date"),
            *(
                pl.col("decision").struct.field(name)
                for name in table["decision"].struct.fields
                if name not in ("date", "removal_country")
            ),
            state.alias("removal_country") if "responsible" in text
            else pl.col("decision").struct.field("removal_country"),
        )
    )  # fmt: skip
    supposed = (results["outcome"] == outcome).to_numpy()
    chosen = named.filter(pl.Series(supposed))
    fails = np.zeros(results.height, bool)
    if chosen.height:
        answer = Compiled([_probe(regime, Rule(checked))], threads=1).answer(chosen).results["outcome"]
        fails[np.flatnonzero(supposed)] = (answer == "not_covered").to_numpy()
    return supposed, fails


def _probe(regime: Regime, rule: Rule) -> Regime:
    """A regime that applies where a condition holds, and does not cover where it does not."""
    scope = Provision("probe", "scope", {"en": "The condition"}, regime.citation, rule)
    bare = on_day(regime, parse_date("2020-01-01").lo)
    return replace(
        bare, kind="bar", provisions=(scope,), events=(), responsible=None, barred_state=None,
        documented_only=False,
    )  # fmt: skip


def _shown(table: pl.DataFrame, where: pl.Series) -> str:
    row = int(np.flatnonzero(where.to_numpy())[0])
    return json.dumps(case_at(table, row).data)


def main() -> int:
    """The whole of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("regimes", nargs="*", help="the whole library unless named")
    parser.add_argument("--cases", type=int, default=1_000_000, help="over all regimes together")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for one question to the solver")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    regimes = [library()[name] for name in given.regimes] or list(library().values())
    share = -(-given.cases // len(regimes))
    reports = []
    print(f"{'regime':32} {'cases':>7} " + " ".join(f"{one:>12}" for one in OUTCOMES) + "  proofs")
    for regime in regimes:
        report = held_against(regime, share, given.limit)
        reports.append(report)
        counts = " ".join(f"{report.outcomes[one]:12,}" for one in OUTCOMES)
        print(f"{report.regime:32} {report.cases:7,} {counts}  {_told(report)}", flush=True)
        for contradiction in report.contradictions:
            print(f"    CONTRADICTION: {contradiction}", flush=True)
    total = sum(report.cases for report in reports)
    verdicts = sum((Counter(report.verdicts) for report in reports), Counter())
    faults = sum(len(report.contradictions) for report in reports)
    print(f"\n{total:,} cases under {len(reports)} regimes; {dict(verdicts)}")
    print(
        f"{sum(report.tested for report in reports):,} times a case fulfilled what a proved property supposes"
    )
    print(f"{sum(report.shown for report in reports):,} cases shown by the solver, answered alike")
    print(f"{sum(report.failing for report in reports):,} times a refuted property failed for a made case")
    print(f"{sum(report.beyond for report in reports):,} failures in lists longer than a proof looked at")
    print(f"{faults} contradictions")
    if given.json is not None:
        told = [{name: getattr(one, name) for name in Report.__slots__} for one in reports]
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 1 if faults else 0


def _told(report: Report) -> str:
    verdicts = ", ".join(f"{number} {name}" for name, number in sorted(report.verdicts.items()))
    excluded = f"; never: {', '.join(report.excluded)}" if report.excluded else ""
    seconds = "/".join(f"{number:g}" for number in report.seconds.values())
    return f"{verdicts}{excluded} ({seconds} s)"


if __name__ == "__main__":
    sys.exit(main())
