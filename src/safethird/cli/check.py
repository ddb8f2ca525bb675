"""`safethird check DRAFT`: the standard properties of a draft as a checklist."""

from __future__ import annotations

import click

from safethird.cli.options import Seconds, language_option


@click.command()
@click.argument("draft")
@click.option("--limit", type=Seconds(), default=9.0, show_default=True, help="Seconds for the whole list.")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "docx"]), default="text")
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file (needed for docx)."
)
def command(draft: str, limit: float, language: str, form: str, output: str | None) -> int:
    """Check DRAFT (a regime or a file of your own): own nationals, danger, children, access, gaps, overlaps.

    Exit code 1 when an entry fails, 4 when one was not decided.
    """
    from safethird.cli.proving import need_output, need_z3, write_checklist
    from safethird.drafting.named import find_draft

    need_z3()
    need_output(form, output)
    chosen = find_draft(draft)
    from safethird.drafting.check.checklist import check
    from safethird.reports.checklist import checklist_data

    found = check(chosen, limit)
    data = checklist_data(found, language)
    write_checklist(data, form, output)
    states = {finding.status for finding in found.findings}
    return 1 if states & {"fails", "missing"} else 4 if "undecided" in states else 0
