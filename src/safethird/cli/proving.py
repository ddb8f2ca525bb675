"""What the verbs that prove things share."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import click

from safethird.errors import NoInput, Problem, UsageError


def need_z3() -> None:
    """Say how to get the solver where it is missing."""
    if importlib.util.find_spec("z3") is None:
        raise UsageError(
            Problem("Proofs need the solver z3", code="missing-extra",
                    hint="Install it with: pip install 'safethird[prove]'")
        )  # fmt: skip


def need_output(form: str, output: str | None) -> None:
    """A Word file goes into a file, not to the terminal."""
    if form == "docx" and output is None:
        raise UsageError(
            Problem("A Word file needs a name", hint="Add --output FILE.docx.", code="missing-output")
        )


def write_checklist(data: dict[str, Any], form: str, output: str | None) -> None:
    """A checklist, or one proof, in the form that was asked for."""
    if form == "json":
        write(json.dumps(data, ensure_ascii=False, indent=1) + "\n", output)
    elif form == "text":
        from safethird.reports.checklist import checklist_text

        write(checklist_text(data), output)
    else:
        from safethird.reports.drafting_files import checklist_docx, checklist_page

        write(checklist_page(data) if form == "html" else checklist_docx(data), output)


def write(content: str | bytes, output: str | None) -> None:
    """To standard output, or to a file."""
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        if isinstance(content, bytes):
            Path(output).write_bytes(content)
        else:
            Path(output).write_text(content, encoding="utf-8")
    except OSError as error:
        raise NoInput(Problem(f"This file cannot be written ({error.strerror})", file=output)) from None
