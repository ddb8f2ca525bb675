"""`safethird lint`: what is wrong in regime files, before any case is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from safethird.errors import NoInput, Problem, SafethirdError, UsageError, did_you_mean
from safethird.regimes.catalogue import library_files
from safethird.regimes.lint import Finding, lint_file
from safethird.regimes.loader import load_regime_file

_BAD_DATA = 65


@click.command()
@click.argument("regimes", nargs=-1, metavar="[FILE|FOLDER|ID]...")
@click.option("--library", "whole_library", is_flag=True, help="Also every regime of the library.")
@click.option("--deep", is_flag=True, help="Also what follows over all cases (needs z3).")
@click.option("--tests", is_flag=True, help="Also run the tests: failures, and clauses not seen each way.")
@click.option("--cases", multiple=True, help="Further tests for --tests: files or folders (may be repeated).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--strict", is_flag=True, help="Warnings count as errors in the exit code.")
def command(
    regimes: tuple[str, ...], whole_library: bool, deep: bool, tests: bool, cases: tuple[str, ...], form: str,
    strict: bool,
) -> int:  # fmt: skip
    """Find what is wrong in regime files: what cannot be read or meant (errors), what looks odd (warnings).

    Without FILE or ID, the whole library. Exit code 65 when there are errors.
    """
    files = list(_files(regimes, whole_library or not regimes))
    known = {*library_files(), *(file.stem for file in files)}
    found = [finding for file in files for finding in lint_file(file, known)]
    if deep:
        found += _deep_findings(files)
    if tests or cases:
        found += _test_findings(files, cases)
    errors = sum(finding.severity == "error" for finding in found)
    warnings = len(found) - errors
    if form == "json":
        data = {
            "files": [str(file) for file in files],
            "errors": errors,
            "warnings": warnings,
            "findings": [finding.as_dict() for finding in found],
        }
        click.echo(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        _print(found, len(files), errors, warnings)
    return _BAD_DATA if errors or (strict and warnings) else 0


def _files(regimes: tuple[str, ...], whole_library: bool) -> Iterator[Path]:
    """The files that are meant: each once, those named first."""
    chosen: dict[Path, None] = {}
    library = library_files()
    for name in regimes:
        if name in library:
            chosen[library[name]] = None
        elif _looks_like_a_path(name):
            chosen.update(dict.fromkeys(_in_path(Path(name))))
        else:
            raise UsageError(
                Problem(
                    f"There is no regime '{name}' in the library, and no such file",
                    code="unknown-regime",
                    hint=did_you_mean(name, list(library), most=0) or "List them with 'safethird regimes'.",
                )
            )
    if whole_library:
        chosen.update(dict.fromkeys(library.values()))
    yield from chosen


def _looks_like_a_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml", ".json")) or "/" in name or "\\" in name or Path(name).exists()


def _in_path(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            raise NoInput(Problem("There is no such file", file=str(path), hint="Check the spelling."))
        return [path]
    found = [
        file
        for file in sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])
        if ".cases." not in file.name and file.parent.name not in ("sets", "procedures")
    ]
    if not found:
        raise NoInput(
            Problem("There are no regime files in this folder", file=str(path), expected="files named *.yaml")
        )
    return found


def _deep_findings(files: list[Path]) -> Iterator[Finding]:
    from safethird.cli.proving import need_z3

    need_z3()
    from safethird.drafting.deep import deep_findings

    for file in files:
        try:
            regime = load_regime_file(file)
        except SafethirdError:
            continue  # what is wrong with it has been said
        yield from deep_findings(regime)


def _test_findings(files: list[Path], cases: tuple[str, ...]) -> Iterator[Finding]:
    from safethird.screening.casetests import read_tests
    from safethird.screening.untested import test_findings

    more = list(read_tests(cases))
    for file in files:
        try:
            regime = load_regime_file(file)
        except SafethirdError:
            continue  # what is wrong with it has been said
        yield from test_findings(regime, more)


def _print(found: list[Finding], files: int, errors: int, warnings: int) -> None:
    from safethird.cli.main import plain

    for finding in found:
        click.echo(plain(str(finding)))
    checked = "1 file" if files == 1 else f"{files} files"
    said = [
        f"{count} {name if count == 1 else name + 's'}"
        for count, name in ((errors, "error"), (warnings, "warning"))
    ]
    click.echo(f"{said[0]} and {said[1]} in {checked}.")
