"""A backtest as text, as data and as a page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from safethird._version import __version__
from safethird.flows.backtest import ERAS, Backtest, Row
from safethird.flows.charts import Band, Chart, Line, decimal, draw, number, percent, template
from safethird.messages import say

COLUMNS = ("crps", "wape", "log_crps", "pinball_10", "pinball_90", "cover_50", "cover_80", "cover_95")


def as_dict(done: Backtest) -> dict[str, Any]:
    """The backtest as plain data."""
    return {
        "series": done.series.spec.id,
        "first": done.first.isoformat()[:7],
        "last": done.last.isoformat()[:7],
        "horizon": done.horizon,
        "origins": done.origins,
        "not_run": list(done.skipped),
        "best_challenger": done.best_challenger,
        "default_behind": round(done.behind, 6),
        "holds": done.holds,
        "scores": [_row(row) for row in done.rows],
        "by_months_ahead": [_row(row) for row in done.horizons],
        "choice": _choice(done),
        "later": [_row(row) for row in done.later],
        "eras": {name: [first.isoformat()[:7], last.isoformat()[:7]] for name, (first, last) in ERAS.items()},
        "six_months_ahead": [
            {
                "month": month.isoformat()[:7],
                "came": came,
                "q05": q05,
                "q10": q10,
                "q50": q50,
                "q90": q90,
                "q95": q95,
            }
            for month, came, q05, q10, q50, q90, q95 in done.ahead
        ],
        "files": [
            {"layout": file.layout, "revision": file.revision, "sha256": file.digest}
            for file in done.series.files
        ],
        "version": __version__,
    }


def _choice(done: Backtest) -> dict[str, Any] | None:
    if done.choice is None or done.cut is None:
        return None
    return {"before": f"{done.cut:%Y-%m}", **asdict(done.choice)}


def _row(row: Row) -> dict[str, Any]:
    return {
        "model": row.model,
        "part": row.part,
        **{key: round(value, 6) for key, value in asdict(row.score).items()},
    }


def verdict(done: Backtest, language: str) -> list[str]:
    """What the tables say, in sentences."""
    own, best = done.overall("default"), done.overall(done.best_challenger)
    lines = [
        say(
            "flows.backtest_says",
            language,
            origins=done.origins,
            first=f"{done.first:%Y-%m}",
            last=f"{done.last:%Y-%m}",
            horizon=done.horizon,
        ),
        say(
            "flows.backtest_best",
            language,
            crps=decimal(own.crps, language, 4),
            best=done.best_challenger,
            other=decimal(best.crps, language, 4),
        ),
        say("flows.backtest_cover", language, cover=percent(own.cover_80, language)),
        *_eras(done, language),
        say("flows.backtest_holds" if done.holds else "flows.backtest_fails", language),
    ]
    if done.choice is not None and done.cut is not None:
        choice = done.choice
        lines.append(
            say(
                "flows.backtest_choice",
                language,
                tried=choice.tried,
                cut=f"{done.cut:%Y-%m}",
                chosen=decimal(choice.after.crps, language, 4),
                own=decimal(choice.shipped_after.crps, language, 4),
                cover=percent(choice.after.cover_80, language),
                own_cover=percent(choice.shipped_after.cover_80, language),
            )
        )
    if done.skipped:
        lines.append(say("flows.backtest_skipped", language, names=", ".join(done.skipped)))
    return lines


def _eras(done: Backtest, language: str) -> list[str]:
    """How far coverage differs between regimes of the world, where there are several."""
    found = [row.score.cover_80 for row in done.rows if row.model == "default" and row.part != "all"]
    if len(found) < 2:
        return []
    low, high = percent(min(found), language), percent(max(found), language)
    return [say("flows.backtest_eras", language, low=low, high=high)]


def _tables(done: Backtest, language: str) -> list[tuple[str, list[str], list[list[str]]]]:
    heads = [say("flows.model", language), "n", *(say(f"flows.{name}", language) for name in COLUMNS)]
    tables = []
    for part in ("all", *ERAS):
        rows = [_cells(row, language) for row in done.rows if row.part == part]
        if rows:
            tables.append((say(f"flows.era_{part.replace('-', '_')}", language), heads, rows))
    if done.later and done.cut is not None:
        caption = say("flows.later", language, cut=f"{done.cut:%Y-%m}")
        tables.append((caption, heads, [_cells(row, language) for row in done.later]))
    ahead = [say("flows.months_ahead", language), *heads]
    tables.append(
        (
            say("flows.by_horizon", language),
            ahead,
            [[row.part, *_cells(row, language)] for row in done.horizons],
        )
    )
    return tables


def _cells(row: Row, language: str) -> list[str]:
    values = [getattr(row.score, name) for name in COLUMNS]
    return [row.model, str(row.score.count), *(decimal(value, language, 3) for value in values)]


def text(done: Backtest, language: str) -> str:
    """The backtest for a terminal."""
    lines = [done.series.spec.title[language], "", *verdict(done, language), ""]
    for caption, heads, rows in _tables(done, language):
        widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
        lines.append(caption)
        lines += [
            "  "
            + "  ".join(
                cell.rjust(width) if at else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in [heads, *rows]
        ]
        lines.append("")
    lines.append(say("flows.score_note", language))
    return "\n".join(lines) + "\n"


def page(done: Backtest, language: str) -> str:
    """The backtest as one self-contained page, with its chart."""
    from safethird.reports.html import page_css

    labels = [f"{month:%Y-%m}" for month, *_ in done.ahead]
    chart = Chart(
        say("flows.backtest_chart", language),
        say("flows.backtest_chart_says", language),
        labels,
        lines=(
            Line(say("flows.came", language), [row[1] for row in done.ahead]),
            Line(say("flows.median", language), [row[4] for row in done.ahead]),
        ),
        bands=(
            Band("90 %", [row[2] for row in done.ahead], [row[6] for row in done.ahead]),
            Band("80 %", [row[3] for row in done.ahead], [row[5] for row in done.ahead]),
        ),
    )
    rows = [[f"{row[0]:%Y-%m}", *(number(value, language) for value in row[1:])] for row in done.ahead]
    table = (
        chart.title,
        [say("flows.month", language), say("flows.came", language), "5 %", "10 %", "50 %", "90 %", "95 %"],
        rows,
    )
    sections: list[tuple[str, list[str], Markup | None, list[Any], bool]] = [
        ("", verdict(done, language), None, _tables(done, language), False),
        (chart.title, [chart.says], draw(chart, "ahead", language), [table], True),
    ]
    return template().render(
        language=language,
        css=page_css(),
        title=say("flows.backtest_title", language, series=done.series.spec.title[language]),
        first="",
        sections=sections,
        notes=[say("flows.score_note", language)],
        version=__version__,
        say=lambda name: say(f"flows.{name}", language),
    )
