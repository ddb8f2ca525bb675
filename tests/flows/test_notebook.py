"""The notebook of 2019 runs from top to bottom."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "flows-2019.ipynb"


def test_the_notebook_runs(
    shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ("us_ohss_khsm_usbp", "us_usbp_monthly_sector_fy2000_2020", "us_cbp_sw_encounters")
    monkeypatch.setenv("SAFETHIRD_DATA", os.pathsep.join(str(shared / "data" / name) for name in folders))
    monkeypatch.setenv("SAFETHIRD_DRAWS", "2000")
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102 - our own notebook
    said = capsys.readouterr().out
    assert "deterrence: 0.0" in said
    assert said.count("inside") == 4
