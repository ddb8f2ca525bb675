"""The public interface is small, and importing it is cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

import safethird


def test_every_public_name_is_there() -> None:
    for name in safethird.__all__:
        assert getattr(safethird, name) is not None
    assert set(safethird.__all__) <= set(dir(safethird))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'scren'"):
        _ = safethird.scren


@pytest.mark.parametrize("heavy", ["yaml", "polars", "babel", "jinja2", "click", "duckdb", "numpy"])
def test_importing_the_package_loads_nothing_heavy(heavy: str) -> None:
    code = f"import safethird, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_screening_in_english_loads_no_table_library() -> None:
    code = (
        "import sys; from safethird.cli.main import run; run(['facts', 'claim']);"
        "sys.exit(any(name in sys.modules for name in ('polars', 'duckdb', 'numpy', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0
