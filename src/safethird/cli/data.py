"""`safethird data`: published tables that the user downloaded."""

from __future__ import annotations

import json

import click


@click.group()
def command() -> None:
    """Published tables of border and asylum statistics that you downloaded yourself."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=str))
@click.option(
    "--layout", help="The layout of the files, where their header does not tell (see 'data layouts')."
)
@click.option(
    "--prefer", multiple=True,
    help="Where two layouts count the same people, use this one (may be repeated, the best first).",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(files: tuple[str, ...], layout: str | None, prefer: tuple[str, ...], form: str) -> int:
    """What is in these FILES, and does it add up?

    Says which layout was found, the months, gaps, overlaps, suppressed cells, unknown names, and holds the
    numbers against printed and published totals. Exit codes: 0 all clear; 3 read, but there is something to
    look at; 65 a file cannot be used, or its parts do not add up; 66 a file is missing.
    """
    from safethird.tables.check import check_files, text

    report = check_files(files, layout=layout, prefer=prefer)
    if form == "json":
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        click.echo(text(report), nl=False)
    return report.exit_code


@command.command("layouts")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_layouts(form: str) -> int:
    """The layouts that can be read, with the page where their files are found."""
    from safethird.tables.read import layouts

    found = layouts()
    if form == "json":
        rows = [
            {"id": one.id, "publisher": one.publisher, "title": one.title, "url": one.url,
             "columns": sorted(one.required)}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for publisher in dict.fromkeys(one.publisher for one in found):
        click.echo(publisher)
        for one in found:
            if one.publisher == publisher:
                click.echo(f"  {one.id}: {one.title}\n      {one.url}")
    return 0
