"""`safethird audit`: how far the library can be trusted, regime by regime and in total."""

from __future__ import annotations

import json

import click

from safethird.cli.options import language_option


@click.command()
@click.option("--regime", "regimes", multiple=True, help="Only this regime (may be repeated).")
@click.option("--no-cases", is_flag=True, help="Leave out what only running the cases can show (quick).")
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def command(regimes: tuple[str, ...], no_cases: bool, language: str, form: str) -> int:
    """Count what was read and what is recalled, what the cases show, and what is open.

    Exit code 1 when a case does not get the answer that is expected of it.
    """
    from safethird.reports.audit import audit_data, audit_lines, audit_page
    from safethird.screening.audit import audit

    found = audit(regimes, run_cases=not no_cases)
    data = audit_data(found, language, ran=not no_cases)
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    elif form == "html":
        click.echo(audit_page(data, language))
    else:
        click.echo("\n".join(audit_lines(data, language)))
    return 1 if data["totals"]["failing"] else 0
