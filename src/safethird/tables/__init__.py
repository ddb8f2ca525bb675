"""Readers of the official published tables that users download themselves.

`read_table` reads one file, `combine` joins several, `check_files` says what is in them and whether they add up.
"""

from __future__ import annotations
