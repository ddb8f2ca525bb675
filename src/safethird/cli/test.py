"""`safethird test`: cases against expected answers, and the clauses that they reach."""

from __future__ import annotations

import json
from typing import Any

import click

from safethird.errors import NoInput, Problem
from safethird.regimes.catalogue import LIBRARY, load_regime
from safethird.screening.casetests import Coverage, Result, read_tests, run_tests, uncovered
from safethird.screening.screen import Determination

_SEEN = {True: "true", False: "false", None: "unknown"}


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--library", "whole_library", is_flag=True, help="Also the tests beside the regimes of the library."
)
@click.option("--regime", "only", multiple=True, help="Only expectations on this regime (may be repeated).")
@click.option(
    "--coverage/--no-coverage", default=True, help="Report clauses not seen true, false and unknown."
)
@click.option(
    "--full-coverage", is_flag=True, help="Fail (exit code 1) unless every clause was seen in every way."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(
    paths: tuple[str, ...],
    whole_library: bool,
    only: tuple[str, ...],
    coverage: bool,
    full_coverage: bool,
    form: str,
) -> int:
    """Hold the case tests in PATHS (files, folders) against the library. Exit code 1 when one fails."""
    chosen: list[Any] = [*paths, *([LIBRARY] if whole_library or not paths else [])]
    for name in only:
        load_regime(name)
    gathered = Coverage()
    results = list(run_tests(read_tests(chosen), gathered, only))
    if not results:
        raise NoInput(Problem("No test concerns what was asked", hint="Check --regime and the paths."))
    lacking = {name: uncovered(gathered, regime) for name, regime in gathered.regimes.items()}
    if form == "json":
        click.echo(json.dumps({"results": [_result(result) for result in results],
                               "uncovered": {name: [_clause(*entry) for entry in entries]
                                             for name, entries in lacking.items()}}, indent=1))  # fmt: skip
    else:
        _print(results, lacking if coverage or full_coverage else {})
    failed = any(not result.passed for result in results)
    return 1 if failed or (full_coverage and any(lacking.values())) else 0


def _answer(got: Determination | None) -> dict[str, Any] | None:
    if got is None:
        return None
    responsible = None if got.responsible is None else list(got.responsible)
    return {"outcome": got.outcome, "responsible": responsible, "missing": list(got.missing)}


def _result(result: Result) -> dict[str, Any]:
    expected = result.expected
    return {
        "id": result.test.id, "regime": expected.regime,
        "expected": {
            "outcome": expected.outcome,
            "responsible": None if expected.responsible is None else list(expected.responsible),
            "missing": list(expected.missing), "also_acceptable": list(expected.also_acceptable),
        },
        "got": _answer(result.got), "passed": result.passed,
    }  # fmt: skip


def _clause(clause: Any, lacking: tuple[Any, ...]) -> dict[str, Any]:
    return {"rule": clause.rule, "text": clause.text, "line": clause.line,
            "not_seen": [_SEEN[value] for value in lacking]}  # fmt: skip


def _print(results: list[Result], lacking: dict[str, Any]) -> None:
    for result in results:
        if not result.passed:
            _print_failure(result)
    for name, entries in lacking.items():
        for clause, values in entries:
            line = f":{clause.line}" if clause.line else ""
            click.echo(
                f"{name}{line} {clause.rule}: never {', '.join(_SEEN[value] for value in values)}: {clause.text}"
            )
    passed = sum(result.passed for result in results)
    click.echo(
        f"{passed} of {len(results)} expectations met in {len({result.test.id for result in results})} cases."
    )
    if lacking:
        complete = sum(not entries for entries in lacking.values())
        click.echo(f"{complete} of {len(lacking)} regimes have every clause seen true, false and unknown.")


def _print_failure(result: Result) -> None:
    from safethird.reports.text import trace_lines

    expected, got = result.expected, result.got
    click.echo(f"FAILED {result.test.id} ({result.test.file})")
    click.echo(f"  {result.test.title}")
    states = f" -> {', '.join(expected.responsible)}" if expected.responsible else ""
    missing = f", missing {', '.join(expected.missing)}" if expected.missing else ""
    click.echo(f"  expected  {expected.regime}: {expected.outcome}{states}{missing}")
    if got is None:
        click.echo("  got       nothing: the library has no such regime")
        return
    click.echo(f"  got       {repr(got)[1:-1]}")
    for line in trace_lines(got, "en", deciding_only=True):
        click.echo(f"    {line}")
