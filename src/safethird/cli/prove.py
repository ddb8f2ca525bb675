"""`safethird prove REGIME "PROPERTY"`: whether something holds for every case there can be."""

from __future__ import annotations

import click

from safethird.cli.options import Seconds, language_option


@click.command()
@click.argument("regime")
@click.argument("wanted", metavar="PROPERTY")
@click.option("--against", help="A second regime, which the property calls 'other'.")
@click.option("--unknowns", is_flag=True, help="Also cases of which something is not known.")
@click.option("--limit", type=Seconds(), default=30.0, show_default=True, help="Seconds for the search.")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "docx"]), default="text")
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file (needed for docx)."
)
def command(
    regime: str, wanted: str, against: str | None, unknowns: bool, limit: float, language: str, form: str,
    output: str | None,
) -> int:  # fmt: skip
    """Prove PROPERTY for every case under REGIME, or show a case for which it does not hold.

    A property is a rule about a case and its answer: outcome, responsible, bars, and 'A implies B'.
    Exit code 1 when it is refuted, 4 when it was not decided within the limit.
    """
    from safethird.cli.proving import need_output, need_z3, write_checklist
    from safethird.drafting.named import find_draft

    need_z3()
    need_output(form, output)
    names = (regime,) if against is None else (regime, against)
    drafts = [find_draft(name) for name in names]
    from safethird.drafting.prove.prover import prove
    from safethird.reports.checklist import proof_data

    other = drafts[1].regime if len(drafts) > 1 else None
    proof = prove(drafts[0].regime, wanted, other, limit=limit, unknowns=unknowns)
    data = proof_data(proof, names, language, limit)
    write_checklist(data, form, output)
    return {"proved": 0, "refuted": 1, "undecided": 4}[proof.verdict]
