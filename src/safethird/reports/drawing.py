"""Plain SVG drawings for pages that work without a network: the world map and bars over time.

Nothing is told by colour alone: areas differ by pattern, and every drawing has its table on the same page.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

VIEWS: dict[str, tuple[float, float, float, float]] = {
    "americas": (170, 60, 210, 190),
    "europe": (440, 0, 210, 140),
}
"""Parts of the world that are drawn larger: left, top, width, height on the map."""


@lru_cache(maxsize=1)
def world() -> Mapping[str, Any]:
    """The shapes of countries (`tools/world_map.py`)."""
    text = (Path(__file__).parent / "data" / "world.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def patterns() -> Markup:
    """Fills that differ also in print and for people who do not tell colours apart."""
    return Markup(
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="f-claims" width="3" height="3" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="3" height="3" fill="#cfe0f2"/>'
        '<rect width="1.1" height="3" fill="#0b4a8f"/></pattern>'
        '<pattern id="f-named" width="3" height="3" patternUnits="userSpaceOnUse">'
        '<rect width="3" height="3" fill="#fbe3c4"/><circle cx="1.5" cy="1.5" r=".8" fill="#7a3d00"/>'
        "</pattern>"
        '<pattern id="f-both" width="3" height="3" patternUnits="userSpaceOnUse">'
        '<rect width="3" height="3" fill="#d9d3ea"/><path d="M0,0L3,3M3,0L0,3" stroke="#3b1f7a" '
        'stroke-width=".8"/></pattern>'
        '<pattern id="f-idle" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<rect width="4" height="4" fill="#f4f4f4"/><rect width="4" height=".5" fill="#777"/></pattern>'
        '<pattern id="f-part" width="4" height="4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="4" height="4" fill="#fff"/>'
        '<rect width="1.6" height="4" fill="#0b4a8f"/></pattern>'
        '<marker id="arrow" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="5" markerHeight="5" '
        'orient="auto-start-reverse"><path d="M0,0L6,3L0,6z" fill="#111"/></marker>'
        "</defs></svg>"
    )


def map_shapes(countries: Sequence[Mapping[str, Any]]) -> Markup:
    """Every country once, as a symbol that the views use; `countries` with their part on the day."""
    data = world()
    part = {entry["country"]: entry for entry in countries}
    pieces = [
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">',
        f'<symbol id="world" viewBox="0 0 {data["width"]} {data["height"]}" overflow="visible">',
        f'<path class="land" d="{data["land"]}"/>',
    ]
    for code, path in data["paths"].items():
        pieces.append(_shape(f'<path d="{path}"', part.get(code)))
    for code, (x, y) in data["points"].items():
        if code in part:
            pieces.append(_shape(f'<circle cx="{x}" cy="{y}" r="2.2"', part[code]))
    pieces.append("</symbol></svg>")
    return Markup("".join(pieces))  # noqa: S704 - our own shapes; names are escaped


def _shape(start: str, entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return f'{start} class="land"/>'
    title = f"<title>{escape(entry['name'])}</title>"
    return f'{start} class="p-{entry["part"]}" fill="url(#f-{entry["part"]})">{title}</path>'.replace(
        "</path>", "</circle>" if start.startswith("<circle") else "</path>"
    )


def map_view(name: str, title: str, says: str, arrows: Iterable[tuple[str, str, int]]) -> Markup:
    """The world, or a part of it drawn larger, with arrows from the claim to the state named."""
    data = world()
    left, top, width, height = VIEWS.get(name, (0, 0, data["width"], data["height"]))
    scale = width / data["width"]
    centres = {**data["centres"], **data["points"]}
    pieces = [
        f'<svg role="img" aria-labelledby="map-{name}-t map-{name}-d" class="map map-{name}" '
        f'viewBox="{left} {top} {width} {height}">',
        f'<title id="map-{name}-t">{escape(title)}</title><desc id="map-{name}-d">{escape(says)}</desc>',
        f'<use href="#world" x="0" y="0" width="{data["width"]}" height="{data["height"]}"/>',
    ]
    grouped: dict[tuple[str, str], list[int]] = {}
    for start, end, number in arrows:
        if start in centres and end in centres and start != end:
            grouped.setdefault((start, end), []).append(number)
    for (start, end), numbers in grouped.items():
        (x1, y1), (x2, y2) = centres[start], centres[end]
        bend = 0.18
        cx, cy = (x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend
        shown = left - 40 <= x2 <= left + width + 40 and top - 40 <= y2 <= top + height + 40
        if not shown:
            continue
        pieces.append(
            f'<path class="arrow" d="M{x1},{y1}Q{cx:.1f},{cy:.1f} {x2},{y2}" '
            f'stroke-width="{max(0.45, 1.2 * scale):.2f}" marker-end="url(#arrow)"/>'
        )
        # Numbers stand a little before the tip, beside the line.
        back = 0.82
        tx = (1 - back) ** 2 * x1 + 2 * (1 - back) * back * cx + back**2 * x2
        ty = (1 - back) ** 2 * y1 + 2 * (1 - back) * back * cy + back**2 * y2
        size = max(3.2, 11 * scale)
        pieces.append(
            f'<text class="number" x="{tx:.1f}" y="{ty:.1f}" font-size="{size:.1f}">'
            f"{', '.join(str(number) for number in numbers)}</text>"
        )
    pieces.append("</svg>")
    return Markup("".join(pieces))  # noqa: S704 - numbers of ours; words are escaped


def bars(rows: Sequence[Mapping[str, Any]], day: int, title: str, says: str) -> Markup:
    """Times as bars, one line for each row: `number`, `name` and `spans` (`lo`, `hi` or None, `whole`)."""
    years = [datetime.date.fromordinal(span["lo"]).year for row in rows for span in row["spans"]]
    this_year = datetime.date.fromordinal(day).year
    first = min([*years, this_year])
    last = max([*years, this_year]) + 1
    start, end = datetime.date(first, 1, 1).toordinal(), datetime.date(last + 1, 1, 1).toordinal()
    label, width, line = 270, 1000, 18
    height = line * len(rows) + 40

    def place(ordinal: int) -> float:
        return label + (min(max(ordinal, start), end) - start) / (end - start) * (width - label)

    pieces = [
        f'<svg role="img" aria-labelledby="bars-t bars-d" viewBox="0 0 {width} {height}" class="bars">',
        f'<title id="bars-t">{escape(title)}</title><desc id="bars-d">{escape(says)}</desc>',
    ]
    step = max(1, math.ceil((last - first) / 15))
    for year in range(first, last + 1, step):
        x = place(datetime.date(year, 1, 1).toordinal())
        pieces.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height - 4}"/>'
            f'<text class="year" x="{x + 2:.1f}" y="13">{year}</text>'
        )
    for index, row in enumerate(rows):
        y = 24 + index * line
        pieces.append(f'<text class="row" x="0" y="{y + 10}">{row["number"]}. {escape(row["name"])}</text>')
        for span in row["spans"]:
            x1, x2 = place(span["lo"]), place(end if span["hi"] is None else span["hi"])
            fill = "#0b4a8f" if span["whole"] else "url(#f-part)"
            pieces.append(
                f'<rect x="{x1:.1f}" y="{y}" width="{max(x2 - x1, 1.5):.1f}" height="12" fill="{fill}" '
                'stroke="#0b4a8f" stroke-width=".6"/>'
            )
    today = place(day)
    pieces.append(f'<line class="today" x1="{today:.1f}" x2="{today:.1f}" y1="16" y2="{height - 2}"/></svg>')
    return Markup("".join(pieces))  # noqa: S704 - numbers of ours; names are escaped


def legend_mark(part: str) -> Markup:
    """A small square with the fill of a part of the map."""
    return Markup(  # noqa: S704 - a name of ours
        f'<svg class="key" width="28" height="18" viewBox="0 0 14 9" aria-hidden="true" focusable="false">'
        f'<rect width="14" height="9" fill="url(#f-{part})" stroke="#111" stroke-width=".4"/></svg>'
    )
