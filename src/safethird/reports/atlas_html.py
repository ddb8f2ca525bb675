"""The atlas as one page: maps, tables and times, without script and without a request."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from safethird.messages import say
from safethird.reports.drawing import bars, legend_mark, map_shapes, map_view, patterns
from safethird.reports.html import TEMPLATES
from safethird.reports.law import Data
from safethird.reports.law_html import render_page

_RECORDS = ("never", "draft")


def atlas_page(data: Data, day: int, language: str) -> str:
    """The page for `atlas_data` of a day (ordinal)."""
    counted = [entry for entry in data["regimes"] if entry["state"] not in _RECORDS]
    arrows = list(_arrows(counted))
    says = say("atlas.map_says", language, **data["counts"])
    views = [
        {"title": title, "svg": map_view(name, title, says, arrows)}
        for name in ("world", "americas", "europe")
        for title in (say(f"atlas.map_{name}", language),)
    ]
    rows = [
        {"number": entry["number"], "name": entry["regime"], "spans": entry["spans"]}
        for entry in counted
        if entry["spans"]
    ]
    own = Markup((TEMPLATES / "law.css").with_name("atlas.css").read_text(encoding="utf-8"))  # noqa: S704 - ours
    return render_page(
        "atlas",
        language,
        say("atlas.title", language, day=data["day"]),
        say("atlas.disclaimer", language),
        data=data,
        counted=counted,
        documented=[entry for entry in data["regimes"] if entry["state"] in _RECORDS],
        own_css=own,
        patterns=patterns(),
        shapes=map_shapes(data["countries"]),
        views=views,
        marks={part: legend_mark(part) for part in ("claims", "named", "both", "idle")},
        bars=bars(rows, day, say("atlas.times", language), say("atlas.times_says", language)),
    )


def _arrows(entries: list[Data]) -> Iterator[tuple[str, str, int]]:
    """From each country of the claim to the state named, for regimes that operate and name one state."""
    for entry in entries:
        if entry["operating"] and entry["kind"] == "bar":
            for start in entry["claim_countries"]:
                for end in entry["named_states"]:
                    yield start, end, entry["number"]
