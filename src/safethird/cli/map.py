"""`safethird map`: a mapping file for a flat table, proposed from its headers and kept once decided."""

from __future__ import annotations

import json
from pathlib import Path

import click

from safethird.cli.options import language_option


@click.command()
@click.argument("file")
@click.argument("regimes", nargs=-1, metavar="[REGIME]...")
@click.option("--out", help="The mapping file. Lines that it has already are kept as they are.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option()
def command(file: str, regimes: tuple[str, ...], out: str | None, form: str, language: str) -> int:
    """Propose which column of FILE is which fact, and show which facts each REGIME needs.

    Only the headers are looked at, never the rows. Without --out the mapping is printed.
    """
    from safethird.caseload.mapping import mapping_of, read_mapping
    from safethird.caseload.proposing import coverage, headers_of, mapping_text, propose, with_new_columns
    from safethird.caseload.writing import Whole
    from safethird.regimes.catalogue import load_regime

    chosen = [load_regime(name) for name in regimes]
    headers = headers_of(file)
    decided = read_mapping(out) if out is not None and Path(out).exists() else None
    proposed = propose(headers, decided)
    if decided is None or out is None:
        text = mapping_text(proposed, chosen)
    else:
        text = with_new_columns(Path(out).read_text(encoding="utf-8"), proposed)
    if out is not None and (decided is None or proposed):
        with Whole(out, (".yaml", ".yml"), [Path(file)]) as part:
            part.write_text(text, encoding="utf-8")
    covered = coverage(mapping_of(text, out or file).paths, chosen)
    if form == "json":
        data = {
            "proposed": proposed,
            "kept": [column.name for column in decided.columns] if decided else [],
            "coverage": [{"regime": one.regime, "have": one.have, "lack": one.lack} for one in covered],
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return 0
    if out is None:
        click.echo(text, nl=False)
    _tell(proposed, len(decided.columns) if decided else 0, language)
    for one in covered:
        _cover(one.regime, one.have, one.lack, language)
    if out is not None:
        from safethird.messages import say

        click.echo(say("caseload.mapping_written", language, file=out), err=True)
    return 0


def _tell(proposed: dict[str, str | None], kept: int, language: str) -> None:
    from safethird.cli.main import plain
    from safethird.messages import say

    if kept:
        click.echo(say("caseload.mapping_kept", language, count=kept), err=True)
    good = sum(path is not None for path in proposed.values())
    if good:
        click.echo(say("caseload.mapping_new", language, count=good), err=True)
    left = [name for name, path in proposed.items() if path is None]
    if left:
        names = plain(", ".join(left[:12]) + (", ..." if len(left) > 12 else ""))
        click.echo(say("caseload.mapping_open", language, count=len(left), names=names), err=True)


def _cover(regime: str, have: tuple[str, ...], lack: tuple[str, ...], language: str) -> None:
    from safethird.facts.vocabulary import vocabulary
    from safethird.messages import say

    line = say("caseload.coverage", language, regime=regime, have=len(have), need=len(have) + len(lack))
    click.echo(line, err=True)
    facts = [f"{vocabulary().fact(path).label(language)} ({path})" for path in lack]
    if facts:
        click.echo("  " + say("caseload.coverage_lacks", language, facts="; ".join(facts)), err=True)
