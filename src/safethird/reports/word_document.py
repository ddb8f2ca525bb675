"""A Word file to write into, through the extra `docx`."""

from __future__ import annotations

import io
from typing import Any

from safethird.errors import Problem, UsageError


def new_docx(title: str, disclaimer: str) -> Any:
    """An empty document with its title and what it is not. Raises UsageError without python-docx."""
    try:
        from docx import Document
    except ImportError:
        raise UsageError(
            Problem("Word files need the package python-docx", code="missing-extra",
                    hint="Install it with: pip install 'safethird[docx]'")
        ) from None  # fmt: skip
    document = Document()
    document.core_properties.title = title[:250]
    document.core_properties.author = "safethird"
    document.add_heading(title, 0)
    document.add_paragraph(disclaimer)
    return document


def docx_bytes(document: Any) -> bytes:
    """The document as the bytes of a .docx file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff" and not "\ud800" <= sign <= "\udfff")
    )
