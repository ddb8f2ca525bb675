"""Readers of the official published tables that users download themselves.

`read_table` reads one file, `combine` joins several, `check_files` says what is in them and whether they add
up.
"""

from __future__ import annotations

from safethird.tables.check import CheckReport, check_files
from safethird.tables.combine import Combined, combine
from safethird.tables.model import MEANINGS, SCHEMA, FileRead, Table, View
from safethird.tables.read import layouts, read_table
from safethird.tables.vocabulary import MEASURES

__all__ = [
    "MEANINGS",
    "MEASURES",
    "SCHEMA",
    "CheckReport",
    "Combined",
    "FileRead",
    "Table",
    "View",
    "check_files",
    "combine",
    "layouts",
    "read_table",
]
