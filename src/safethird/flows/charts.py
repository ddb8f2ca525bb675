"""Plain SVG charts for pages that work without a network. Nothing is told by colour alone, and every chart
has its table on the same page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from jinja2 import Template
from markupsafe import Markup

WIDTH, HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 12, 14, 44
_NAMED = 'aria-labelledby="t-{key} d-{key}" font-family="inherit"'
_DASHES = ("", "6 3", "2 3", "9 3 2 3", "1 4")
_GREYS = ("#0b4a8f", "#7a3d00", "#1f6b2b", "#3b1f7a", "#333")


@dataclass(frozen=True, slots=True)
class Band:
    """An area between two lines."""

    name: str
    low: Sequence[float]
    high: Sequence[float]
    start: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `start` is the place on the horizontal axis where it begins."""

    name: str
    values: Sequence[float]
    start: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines and bands over labelled places."""

    title: str
    says: str
    labels: Sequence[str]
    lines: Sequence[Line] = ()
    bands: Sequence[Band] = ()
    mark: int | None = None
    """Place of a vertical line (the start of the agreement)."""
    from_zero: bool = True
    points: Sequence[tuple[int, float, str]] = field(default=())
    """Single points: place, value, name."""


def number(value: float, language: str = "en") -> str:
    """A number as it is read: whole from 100 on, in the reader's grouping."""
    from babel.numbers import format_decimal

    if not math.isfinite(value):
        return "-"
    size = abs(value)
    pattern = "#,##0" if size >= 100 or value == int(value) else "#,##0.0" if size >= 10 else "#,##0.00"
    return str(format_decimal(value, format=pattern, locale=_LOCALES[language]))


_LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}


def decimal(value: float, language: str, digits: int) -> str:
    """A number with so many decimals, as the language writes it."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, format="#,##0." + "0" * digits, locale=_LOCALES[language]))


def percent(share: float, language: str, digits: int = 1) -> str:
    """A share as a percentage, as the language writes it."""
    from babel.numbers import format_percent

    pattern = {"en": "0{}%", "es": "0{}\u00a0%", "fr": "0{}\u202f%"}[language]
    return str(
        format_percent(
            share, format=pattern.format("." + "0" * digits if digits else ""), locale=_LOCALES[language]
        )
    )


def number_like(cell: str) -> bool:
    """Whether a cell of a table is a number, so that it stands to the right: `1,234`, `-5,0`, `12 %`, `0.3 ± 0.1`."""
    return (
        bool(cell)
        and len(cell) < 20
        and all(letter.isspace() or letter in "0123456789.,+-±%" for letter in cell)
    )


def template() -> Template:
    """The page of this room."""
    from safethird.reports.html import environment

    found = environment()
    found.tests["number_like"] = number_like
    return found.get_template("flows.html.j2")


def _nice(low: float, high: float) -> list[float]:
    if high <= low:
        high = low + 1
    rough = (high - low) / 4
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    first = math.floor(low / step) * step
    count = math.ceil((high - first) / step)
    return [first + step * at for at in range(count + 1)]


def _bounds(chart: Chart) -> tuple[float, float]:
    values = [value for line in chart.lines for value in line.values]
    values += [value for band in chart.bands for value in (*band.low, *band.high)]
    values += [value for _, value, _ in chart.points]
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    return (min(low, 0.0), max(high, 0.0)) if chart.from_zero else (low, high)


def draw(chart: Chart, key: str, language: str) -> Markup:
    """The chart as SVG. `key`: part of ids, different for each chart of a page."""
    ticks = _nice(*_bounds(chart))
    low, high = ticks[0], ticks[-1]
    size = max(len(chart.labels), 2)

    def across(at: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * at / (size - 1)

    def up(value: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT + 18 * (len(chart.lines) + len(chart.bands))}" role="img" '
        f'aria-labelledby="t-{key} d-{key}" font-family="inherit" font-size="12">'
        f'<title id="t-{key}">{escape(chart.title)}</title><desc id="d-{key}">{escape(chart.says)}</desc>'
    ]
    for tick in ticks:
        y = up(tick)
        parts.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#ccc"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(tick, language)}</text>'
        )
    every = max(1, math.ceil(size / 8))
    for at in range(0, len(chart.labels), every):
        parts.append(
            f'<text x="{across(at):.1f}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="{_anchor(across(at))}">'
            f"{escape(chart.labels[at])}</text>"
        )
    for at, band in enumerate(chart.bands):
        there = [f"{across(band.start + place):.1f},{up(value):.1f}" for place, value in enumerate(band.high)]
        back = [f"{across(band.start + place):.1f},{up(value):.1f}" for place, value in enumerate(band.low)]
        colour = _GREYS[at // 2 % len(_GREYS)]
        parts.append(
            f'<polygon points="{" ".join([*there, *reversed(back)])}" fill="{colour}" '
            f'fill-opacity="{0.14 + 0.1 * (at % 2)}" stroke="{colour}" stroke-opacity=".4" '
            f'stroke-dasharray="{_DASHES[at % len(_DASHES)]}"/>'
        )
    for at, line in enumerate(chart.lines):
        points = " ".join(
            f"{across(line.start + place):.1f},{up(value):.1f}"
            for place, value in enumerate(line.values)
            if math.isfinite(value)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{_GREYS[at % len(_GREYS)]}" stroke-width="2" '
            f'stroke-dasharray="{_DASHES[at % len(_DASHES)]}"/>'
        )
    for place, value, name in chart.points:
        x, y = across(place), up(value)
        parts.append(
            f'<path d="M{x - 5:.1f},{y:.1f}h10M{x:.1f},{y - 5:.1f}v10" stroke="#111" stroke-width="2"/>'
            f'<text x="{x - 8:.1f}" y="{y - 6:.1f}" text-anchor="end">{escape(name)}</text>'
        )
    if chart.mark is not None:
        x = across(chart.mark)
        parts.append(
            f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{HEIGHT - _BOTTOM}" stroke="#111" '
            'stroke-dasharray="3 3"/>'
        )
    parts.append(_legend(chart))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - numbers, and names that are escaped


def _anchor(x: float, room: float = 30) -> str:
    """How a text stands at a place, so that it does not run over the edge."""
    return "start" if x < room else "end" if x > WIDTH - room else "middle"


def _legend(chart: Chart) -> str:
    rows, y = [], HEIGHT - 4
    for at, line in enumerate(chart.lines):
        rows.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + 30}" y1="{y}" y2="{y}" stroke="{_GREYS[at % len(_GREYS)]}" '
            f'stroke-width="2" stroke-dasharray="{_DASHES[at % len(_DASHES)]}"/>'
            f'<text x="{_LEFT + 38}" y="{y + 4}">{escape(line.name)}</text>'
        )
        y += 18
    for at, band in enumerate(chart.bands):
        rows.append(
            f'<rect x="{_LEFT}" width="30" y="{y - 6}" height="11" fill="{_GREYS[at // 2 % len(_GREYS)]}" '
            f'fill-opacity="{0.14 + 0.1 * (at % 2)}" stroke="#111" '
            f'stroke-dasharray="{_DASHES[at % len(_DASHES)]}"/>'
            f'<text x="{_LEFT + 38}" y="{y + 4}">{escape(band.name)}</text>'
        )
        y += 18
    return "".join(rows)


def bars(
    title: str, says: str, rows: Sequence[tuple[str, float, float, float]], key: str, language: str
) -> Markup:
    """Horizontal bars on a log scale with a whisker each: name, low end, middle, high end."""
    most = max([high for _, _, _, high in rows] + [1.0])
    span = math.log10(most + 1)
    height = 34 * len(rows) + 10

    def across(value: float) -> float:
        return 250 + 370 * math.log10(max(value, 0.0) + 1) / span

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" {_NAMED.format(key=key)} '
        f'font-size="12"><title id="t-{key}">{escape(title)}</title><desc id="d-{key}">{escape(says)}</desc>'
    ]
    for at, (name, low, middle, high) in enumerate(rows):
        y = 8 + 34 * at
        parts.append(
            f'<text x="242" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="250" y="{y + 2}" height="18" '
            f'width="{max(across(middle) - 250, 0):.1f}" fill="#cfe0f2" '
            f'stroke="#0b4a8f"/><path d="M{across(low):.1f},{y + 11}H{across(high):.1f}'
            f"M{across(low):.1f},{y + 6}v10"
            f'M{across(high):.1f},{y + 6}v10" stroke="#111" fill="none"/>'
            f'<text x="{across(high) + 6:.1f}" y="{y + 15}">{number(middle, language)}</text>'
        )
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - numbers, and names that are escaped


def network(
    title: str,
    says: str,
    places: dict[str, tuple[float, float, str]],
    edges: Sequence[tuple[str, str, float]],
    key: str,
    language: str,
) -> Markup:
    """Places joined by arrows whose width follows a share; places as (across, down) in 0 to 1 and a name."""
    height = 330
    at = {name: (40 + x * (WIDTH - 150), 24 + y * (height - 60)) for name, (x, y, _) in places.items()}
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" {_NAMED.format(key=key)} '
        f'font-size="11"><title id="t-{key}">{escape(title)}</title><desc id="d-{key}">{escape(says)}</desc>'
    ]
    for start, end, share in edges:
        (x1, y1), (x2, y2) = at[start], at[end]
        parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#0b4a8f" '
            f'stroke-opacity=".55" stroke-width="{0.6 + 9 * share:.2f}"><title>'
            f"{escape(places[start][2])} - {escape(places[end][2])}: {percent(share, language, 0)}</title></line>"
        )
    for name, (x, y) in at.items():
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="#111" stroke-width="1.5"/>'
            f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="{_anchor(x, 100)}">{escape(places[name][2])}</text>'
        )
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - numbers, and names that are escaped
