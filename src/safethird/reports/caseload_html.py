"""The totals of a caseload as one self-contained page, with charts drawn as SVG and the table beside each."""

from __future__ import annotations

from html import escape
from typing import Any

from markupsafe import Markup

from safethird._version import __version__
from safethird.caseload.totals import REACHES
from safethird.messages import say
from safethird.reports.caseload import number, range_text
from safethird.reports.drawing import patterns
from safethird.reports.html import environment, page_css

CHARTED = ("month", "nationality", "demographic", "by")
MOST_BARS = 60
_LABEL, _WIDTH, _LINE, _AMOUNT = 200, 900, 22, 110
_FILLS = {"reached": "#0b4a8f", "possibly": "url(#f-part)", "not_reached": "#ffffff"}


def caseload_page(data: dict[str, Any], language: str) -> str:
    """The page for the data of `caseload_data`."""

    def speak(name: str, **places: Any) -> str:
        return say(name, language, **places)

    page = environment().get_template("caseload.html.j2")
    return page.render(
        language=language, title=data["title"], disclaimer=data["disclaimer"], css=page_css(), say=speak,
        data=data,
        number=lambda value: number(value, language), range=lambda value: range_text(value, language),
        charted=CHARTED, chart=lambda section, key: chart(section, key, language), patterns=patterns(),
        version=__version__,
    )  # fmt: skip


def chart(section: dict[str, Any], key: str, language: str) -> Markup:
    """Bars for the lines of a section: people who are reached, possibly reached, not reached, by their
    greatest number; a number without a bound is drawn by its least. The table tells the numbers."""
    lines = section["lines"][:MOST_BARS]
    greatest = max((sum(_drawn(line[name]) for name in REACHES) for line in lines), default=0)
    if not greatest:
        return Markup("")
    scale = (_WIDTH - _LABEL - _AMOUNT) / greatest
    top = 26
    height = top + _LINE * len(lines) + 4
    pieces = [
        f'<svg role="img" aria-labelledby="{key}-t {key}-d" class="chart" viewBox="0 0 {_WIDTH} {height}">',
        f'<title id="{key}-t">{escape(section["title"])}</title>'
        f'<desc id="{key}-d">{escape(say("caseload.chart_says", language))}</desc>',
        *_legend(language),
    ]
    for index, line in enumerate(lines):
        y, x = top + index * _LINE, float(_LABEL)
        pieces.append(f'<text x="0" y="{y + 14}">{escape(_short(line["label"]))}</text>')
        for name in REACHES:
            width = _drawn(line[name]) * scale
            if width > 0:
                pieces.append(_bar(x, y + 2, width, _FILLS[name]))
            x += width
        amount = range_text(line["everybody"], language)
        pieces.append(f'<text class="amount" x="{x + 6:.1f}" y="{y + 14}">{escape(amount)}</text>')
    pieces.append("</svg>")
    return Markup("".join(pieces))  # noqa: S704 - numbers of ours; words are escaped


def _legend(language: str) -> list[str]:
    pieces = []
    for place, name in enumerate(REACHES):
        x = _LABEL + place * 160
        pieces.append(_bar(x, 4, 14, _FILLS[name], 10))
        pieces.append(
            f'<text class="amount" x="{x + 20}" y="13">{escape(say(f"caseload.{name}", language))}</text>'
        )
    return pieces


def _bar(x: float, y: float, width: float, fill: str, height: int = 16) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{fill}" stroke="#0b4a8f" '
        'stroke-width=".6"/>'
    )


def _drawn(count: list[int | None]) -> int:
    low, high = count
    return int(low or 0) if high is None else int(high)


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:26] + "..."
