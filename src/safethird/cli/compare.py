"""`safethird compare A B`: what a draft changes: its words, its meaning, and for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safethird.cli.options import Seconds, language_option
from safethird.cli.screen import print_rejected
from safethird.facts.case import BadCase, Case, read_cases

if TYPE_CHECKING:
    from safethird.caseload.rejects import Reject
    from safethird.drafting.compare.counts import Counts
    from safethird.drafting.named import Draft


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--caseload",
    multiple=True,
    type=str,
    help="Count these people too: cases, or a table as `run` reads it (may be repeated).",
)
@click.option("--by", help="Group the counts by a fact, such as applicant.nationalities.")
@click.option(
    "--limit", type=Seconds(), default=30.0, show_default=True, help="Seconds for the search for people."
)
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "docx"]), default="text")
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file (needed for docx)."
)
def command(
    before: str, after: str, caseload: tuple[str, ...], by: str | None, limit: float, language: str,
    form: str,
    output: str | None,
) -> int:  # fmt: skip
    """Compare two drafts: REGIME, FILE, the law of a day (REGIME@2023-03-24), a reading (REGIME#id=name)."""
    from safethird.cli.proving import need_output, need_z3, write
    from safethird.drafting.named import find_draft
    from safethird.reports.comparison import comparison_data, comparison_text

    need_z3()
    need_output(form, output)
    one, other = find_draft(before), find_draft(after)
    counts: Counts | None = None
    if caseload:
        counts = _counts((one, other), caseload, by)
        if counts.rejected and not counts.cases:
            return 65
    from safethird.drafting.compare.comparison import compare

    found = compare(one, other, limit=limit)
    data = comparison_data(found, language, counts)
    if form == "html":
        from safethird.reports.drafting_files import comparison_page

        write(comparison_page(data), output)
    elif form == "docx":
        from safethird.reports.drafting_files import comparison_docx

        write(comparison_docx(data), output)
    else:
        text = (
            json.dumps(data, ensure_ascii=False, indent=1) + "\n" if form == "json" else comparison_text(data)
        )
        write(text, output)
    return 3 if counts is not None and counts.rejected else 0


def _counts(drafts: Sequence[Draft], caseload: tuple[str, ...], by: str | None) -> Counts:
    """How many people in files and tables change sides."""
    from safethird.drafting.compare.counts import count_crossings
    from safethird.drafting.compare.tables import count_table, is_table

    tables = [name for name in caseload if is_table(name)]
    counts = count_crossings(drafts, _told(tuple(name for name in caseload if name not in tables)), by)
    for name in tables:
        counts.include(count_table(drafts, name, by, _say_rejected))
    return counts


def _say_rejected(reject: Reject) -> None:
    from safethird.cli.main import plain

    click.echo(f"safethird: {plain(str(reject))}", err=True)


def _told(caseload: tuple[str, ...]) -> Iterator[Case | BadCase]:
    """The cases in files; of each that cannot be read it is said what is wrong."""
    for case in read_cases([Path(name) for name in caseload]):
        if isinstance(case, BadCase):
            print_rejected(case)
        yield case
