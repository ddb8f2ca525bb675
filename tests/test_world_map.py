"""The tool that makes the map: its projection, its cut at the 180th meridian, its short paths."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    file = Path(__file__).resolve().parents[1] / "tools" / "world_map.py"
    spec = importlib.util.spec_from_file_location("world_map_tool", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_projection_is_equal_earth(tool: ModuleType) -> None:
    assert tool.project(0, 0) == (0, 0)
    # Width at the equator and height at the pole, as published: 2.7066 and 1.3173 for a radius of 1.
    assert tool.project(180, 0)[0] == pytest.approx(2.7066, abs=1e-4)
    assert -tool.project(0, 90)[1] == pytest.approx(1.3173, abs=1e-4)


def test_equal_areas_stay_equal(tool: ModuleType) -> None:
    def cell(south: float, north: float) -> float:
        corners = [(10, south), (11, south), (11, north), (10, north)]
        return abs(tool.area([tool.on_page(*corner) for corner in corners])) / 2

    import math

    ratio = (math.sin(math.radians(61)) - math.sin(math.radians(60))) / math.sin(math.radians(1))
    assert cell(60, 61) / cell(0, 1) == pytest.approx(ratio, rel=1e-3)


def test_a_line_over_the_meridian_is_cut_in_two(tool: ModuleType) -> None:
    parts = list(tool.cut([(178, -16), (-178, -16), (-178, -17), (178, -17)]))
    assert sorted((min(x for x, _ in part), max(x for x, _ in part)) for part in parts) == [
        (-180, -178),
        (178, 180),
    ]
    (whole,) = tool.cut([(10, 0), (20, 0), (20, 10)])
    assert sorted(whole) == [(10, 0), (20, 0), (20, 10)]


def test_a_path_is_short_and_closed(tool: ModuleType) -> None:
    assert tool.path([[(0, 0), (10.04, 0), (10.04, 5.5), (0, 0)]]) == "M0,0l10,0 0,5.5 -10,-5.5z"
    assert tool.path([[(0, 0), (0.01, 0), (0, 0.01)]]) == "", "too small to be seen"


def test_names_that_it_does_not_know_stop_it(tool: ModuleType) -> None:
    assert (tool.code_of("Dem. Rep. Congo"), tool.code_of("France"), tool.code_of("Somaliland")) == (
        "CD",
        "FR",
        None,
    )
    with pytest.raises(SystemExit, match="Atlantis"):
        tool.code_of("Atlantis")
