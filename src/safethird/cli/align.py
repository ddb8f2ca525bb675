"""`safethird align TEXT.en TEXT.es`: two language versions side by side, and what should agree and does
not."""

from __future__ import annotations

import json
from typing import cast

import click

from safethird.cli.options import language_option

PAIRS = ("en-es", "en-fr", "es-fr", "es-en", "fr-en", "fr-es")


@click.command()
@click.argument("left", metavar="TEXT.en", type=click.Path())
@click.argument("right", metavar="TEXT.es", type=click.Path())
@click.option(
    "--languages",
    type=click.Choice(PAIRS),
    help="Languages of the two, where the names do not end with them.",
)
@click.option(
    "--author", "authors", multiple=True, help="Who is expected to have changed the texts (may be repeated)."
)
@click.option(
    "--all", "everything", is_flag=True, help="Show every row, not only those with something to say."
)
@language_option()
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "docx"]), default="text")
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True), help="Write to this file (needed for docx)."
)
def command(
    left: str,
    right: str,
    languages: str | None,
    authors: tuple[str, ...],
    everything: bool,
    language: str,
    form: str,
    output: str | None,
) -> None:
    """Align two language versions of a text (.txt, .md, .docx, .pdf) and flag what does not agree.

    Numbers, dates, time limits, ages, parties, references, defined terms, duty against choice, negation,
    and what stands in one language only. Nothing is translated and nothing leaves this machine.
    """
    from safethird.cli.main import plain
    from safethird.cli.proving import need_output, write
    from safethird.drafting.align.aligned import align
    from safethird.drafting.align.readers import existing, read_version
    from safethird.regimes.model import Language
    from safethird.reports.alignment import alignment_data, alignment_text

    need_output(form, output)
    named = cast(tuple[Language, Language], tuple(languages.split("-"))) if languages else (None, None)
    one, other = (
        read_version(existing(path), tongue, authors)
        for path, tongue in zip((left, right), named, strict=True)
    )
    data = alignment_data(align(one, other), language)
    if form in ("html", "docx"):
        from safethird.reports.alignment_files import alignment_docx, alignment_page

        write(alignment_page(data) if form == "html" else alignment_docx(data), output)
    elif form == "json":
        write(json.dumps(data, ensure_ascii=False, indent=1) + "\n", output)
    else:
        write(plain(alignment_text(data, everything=everything)), output)
