#!/usr/bin/env python3
"""Makes the map that the atlas ships with: one SVG path for each country, a point for each small one.

Run once, by hand, and commit the result; nothing downloads at run time:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/world_map.py package/countries-110m.json package/countries-50m.json

Shapes: Natural Earth (public domain), in the TopoJSON form of world-atlas 2.0.2. Borders are Natural Earth's
view. Projection: Equal Earth (Šavrič, Patterson and Jenny 2018), written here from its published polynomial.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from safethird.facts.countries import find_country, is_country

OUTPUT = Path(__file__).resolve().parents[1] / "src" / "safethird" / "reports" / "data" / "world.json"
WIDTH = 1000
NORTH, SOUTH = 84.0, -57.0
"""What is shown, in degrees: without Antarctica."""
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
"""Coefficients of the Equal Earth projection."""

NAMES = {
    "Bosnia and Herz.": "BA", "Central African Rep.": "CF", "Côte d'Ivoire": "CI", "Congo": "CG",
    "Czechia": "CZ", "Dem. Rep. Congo": "CD", "Dominican Rep.": "DO", "eSwatini": "SZ", "Eq. Guinea": "GQ",
    "Falkland Is.": "FK", "Fr. S. Antarctic Lands": "TF", "Kosovo": "XK", "Macedonia": "MK",
    "Palestine": "PS", "S. Sudan": "SS", "Solomon Is.": "SB", "Timor-Leste": "TL", "Turkey": "TR",
    "United States of America": "US", "W. Sahara": "EH", "Antigua and Barb.": "AG",
    "St. Kitts and Nevis": "KN", "St. Vin. and Gren.": "VC", "Marshall Is.": "MH", "Cook Is.": "CK",
    "Cayman Is.": "KY", "Faeroe Is.": "FO", "N. Mariana Is.": "MP", "Pitcairn Is.": "PN",
    "Fr. Polynesia": "PF", "São Tomé and Principe": "ST", "St-Barthélemy": "BL", "St-Martin": "MF",
    "St. Pierre and Miquelon": "PM", "Turks and Caicos Is.": "TC", "U.S. Virgin Is.": "VI",
    "British Virgin Is.": "VG", "Wallis and Futuna Is.": "WF", "Br. Indian Ocean Ter.": "IO",
    "Vatican": "VA", "S. Geo. and the Is.": "GS", "Heard I. and McDonald Is.": "HM", "Macao": "MO",
    "Hong Kong": "HK", "Micronesia": "FM", "Sint Maarten": "SX", "Curaçao": "CW", "Åland": "AX",
    "Cabo Verde": "CV", "Saint Lucia": "LC", "Saint Helena": "SH", "Dominica": "DM", "Isle of Man": "IM",
    "Niger": "NE", "Guinea": "GN", "Samoa": "WS", "Sudan": "SD", "Ireland": "IE", "Korea": "KR",
    "South Korea": "KR", "North Korea": "KP", "Laos": "LA", "Brunei": "BN", "Vietnam": "VN", "Syria": "SY",
    "Russia": "RU", "Moldova": "MD", "Bolivia": "BO", "Venezuela": "VE", "Tanzania": "TZ", "Iran": "IR",
    "Taiwan": "TW",
}  # fmt: skip
"""Names as Natural Earth shortens them."""
WITHOUT_CODE = {"N. Cyprus", "Somaliland", "Siachen Glacier", "Ashmore and Cartier Is.", "Indian Ocean Ter."}
"""Drawn as land, but no country of ISO 3166-1."""
NOT_SHOWN = {"Antarctica"}

Ring = list[tuple[float, float]]


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Equal Earth, on a sphere of radius 1; y grows to the south."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    slope = 9 * A4 * square**4 + 7 * A3 * square**3 + 3 * A2 * square + A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    y = theta * (A4 * square**4 + A3 * square**3 + A2 * square + A1)
    return x, -y


LEFT = project(-180, 0)[0]
SCALE = WIDTH / (2 * -LEFT)
TOP = project(0, NORTH)[1]
HEIGHT = round((project(0, SOUTH)[1] - TOP) * SCALE)


def on_page(longitude: float, latitude: float) -> tuple[float, float]:
    """A place in the units of the drawing."""
    x, y = project(longitude, max(min(latitude, NORTH), SOUTH))
    return (x - LEFT) * SCALE, (y - TOP) * SCALE


def arcs(topology: dict[str, Any]) -> list[Ring]:
    """The lines of a TopoJSON file, in degrees."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    found: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        line: Ring = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        found.append(line)
    return found


def rings(geometry: dict[str, Any], lines: list[Ring]) -> Iterator[Ring]:
    """The closed lines of a country, on the page."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        for indexes in polygon:
            ring: Ring = []
            for index in indexes:
                line = lines[index] if index >= 0 else list(reversed(lines[~index]))
                ring += line[1:] if ring else line
            for part in cut(ring):
                yield [on_page(*point) for point in part]


def cut(ring: Ring) -> Iterator[Ring]:
    """A closed line without jumps at the 180th meridian: the part on each side of it."""
    whole: Ring = []
    turn = 0.0
    for longitude, latitude in ring:
        if whole and abs(longitude + turn - whole[-1][0]) > 180:
            turn += 360 if longitude + turn < whole[-1][0] else -360
        whole.append((longitude + turn, latitude))
    for shift in (-360, 0, 360):
        part = [(longitude + shift, latitude) for longitude, latitude in whole]
        part = _clip(_clip(part, -180.0, 1), 180.0, -1)
        if len(part) > 2:
            yield part


def _clip(ring: Ring, edge: float, side: int) -> Ring:
    """The part of a closed line east (1) or west (-1) of a meridian."""
    found: Ring = []
    for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True):
        inside1, inside2 = (x1 - edge) * side >= 0, (x2 - edge) * side >= 0
        if inside1 != inside2:
            found.append((edge, y1 + (y2 - y1) * (edge - x1) / (x2 - x1)))
        if inside2:
            found.append((x2, y2))
    return found


def area(ring: Ring) -> float:
    """Twice the signed area of a closed line."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))


def centre(ring: Ring) -> list[float]:
    """The centre of gravity of a closed line."""
    twice = area(ring)
    if abs(twice) < 1e-9:
        return [round(ring[0][0], 1), round(ring[0][1], 1)]
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)
    return [round(x, 1), round(y, 1)]


def path(found: list[Ring]) -> str:
    """Closed lines as the data of an SVG path, in tenths of a unit made short."""
    parts: list[str] = []
    for ring in found:
        points: list[tuple[int, int]] = []
        for x, y in ring:
            point = (round(x * 10), round(y * 10))
            if not points or point != points[-1]:
                points.append(point)
        if len(set(points)) < 3:
            continue
        text = f"M{_number(points[0][0])},{_number(points[0][1])}l"
        steps = [f"{_number(x2 - x1)},{_number(y2 - y1)}" for (x1, y1), (x2, y2) in pairwise(points)]
        parts.append(text + " ".join(steps) + "z")
    return "".join(parts)


def _number(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}" + (f".{rest}" if rest else "")


def code_of(name: str) -> str | None:
    """The ISO code of a country as Natural Earth names it; None for land without one."""
    if name in WITHOUT_CODE:
        return None
    code = NAMES.get(name) or find_country(name)
    if code is None or not is_country(code):
        raise SystemExit(f"no code is known for {name!r}: add it to NAMES or WITHOUT_CODE")
    return code


def main(coarse: str, fine: str) -> None:
    """Write the map."""
    paths: dict[str, str] = {}
    centres: dict[str, list[float]] = {}
    land = ""
    topology = json.loads(Path(coarse).read_text(encoding="utf-8"))
    lines = arcs(topology)
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if name in NOT_SHOWN:
            continue
        found = list(rings(geometry, lines))
        code = code_of(name)
        if code is None:
            land += path(found)
            continue
        paths[code] = path(found)
        centres[code] = centre(max(found, key=lambda ring: abs(area(ring))))
    topology = json.loads(Path(fine).read_text(encoding="utf-8"))
    lines = arcs(topology)
    points: dict[str, list[float]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = None if name in NOT_SHOWN else code_of(name)
        if code is not None and code not in paths:
            points[code] = centre(max(rings(geometry, lines), key=lambda ring: abs(area(ring))))
    data = {
        "source": "Natural Earth 1:110m and 1:50m, in the form of world-atlas 2.0.2 (npm)",
        "licence": "Natural Earth: public domain. world-atlas: ISC, copyright 2013-2019 Michael Bostock.",
        "view": "Borders as Natural Earth draws them",
        "projection": "Equal Earth",
        "width": WIDTH,
        "height": HEIGHT,
        "land": land,
        "paths": dict(sorted(paths.items())),
        "centres": dict(sorted(centres.items())),
        "points": dict(sorted(points.items())),
    }
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{OUTPUT.name}: {len(paths)} shapes, {len(points)} points, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:3])
