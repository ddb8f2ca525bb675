"""A forecast as text, as data, as a table, and as a page that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from markupsafe import Markup

from safethird._version import __version__
from safethird.facts.countries import country_name
from safethird.flows.charts import Band, Chart, Line, bars, draw, network, number
from safethird.flows.forecast import FUNNEL, LEVELS, SHOWN, Comparison, Forecast, Range, came_later
from safethird.flows.priors import DETERRENCE, DISPLACEMENT_SOURCES
from safethird.flows.sensitivity import LUCK
from safethird.messages import say
from safethird.tables.model import add_months

Table = tuple[str, list[str], list[list[str]]]
_DIGITS = 6


def _rounded(value: float) -> float:
    """Six digits: more would be noise, and differ between machines."""
    return float(f"{value:.{_DIGITS}g}")


def _data(one: Range) -> dict[str, float]:
    found = {
        f"q{round(level * 100):02d}": _rounded(value)
        for level, value in zip(LEVELS, one.quantiles, strict=True)
    }
    return {**found, "mean": _rounded(one.mean)}


def as_dict(done: Forecast, compared: Comparison | None = None) -> dict[str, Any]:
    """The forecast as plain data."""
    scenario = done.prepared.scenario
    months = [f"{month:%Y-%m}" for month in scenario.months]
    found: dict[str, Any] = {
        "scenario": scenario.id,
        "title": dict(scenario.title),
        "regime": scenario.regime.id,
        "months": months,
        "draws": done.draws,
        "smallest_detectable_effect": _rounded(done.smallest),
        "chance_of_transfer": _data(done.chance),
        "largest_possible_fall": [
            {"eps": eps, "at_chance_of_transfer": _rounded(sent), "at_perceived_chance": _rounded(seen)}
            for eps, sent, seen in done.bounds
        ],
        "share_of_draws_with_fewer_arrivals": _rounded(done.fewer),
        "by_prior": {
            name: {"arrivals_difference": _data(one), "share": _rounded(share)}
            for name, (one, share) in done.by_prior.items()
        },
        "monthly": {name: [_data(one) for one in values] for name, values in done.monthly.items()},
        "totals": {name: _data(one) for name, one in done.totals.items()},
        "paired_difference": {
            name: [_data(one) for one in values] for name, values in done.differences.items()
        },
        "paired_difference_total": {name: _data(one) for name, one in done.difference_totals.items()},
        "by_nationality": {
            name: {"transferred": _data(sent), "deterred": _data(deterred)}
            for name, (sent, deterred) in done.by_nationality.items()
        },
        "by_family": {
            name: {"transferred": _data(sent), "deterred": _data(deterred)}
            for name, (sent, deterred) in done.by_family.items()
        },
        "coverage": coverage_rows(done),
        "unknown_numbers": unknown_rows(done),
        "variance_shares": [
            {
                "name": one.name,
                "output": one.output,
                "first": _rounded(one.first),
                "total": _rounded(one.total),
            }
            for one in done.shares
        ],
        "what_came": [
            {
                "output": check.came.output,
                "since": f"{check.came.since:%Y-%m}",
                "until": f"{check.came.until:%Y-%m}",
                "value": check.came.value,
                "as_of": check.came.as_of,
                "source": check.came.source,
                "forecast": _data(check.forecast),
                "inside_90": check.inside,
                "why_missed": dict(check.came.why_missed)
                if check.came.why_missed and not check.inside
                else None,
            }
            for check in done.checks
        ],
        "said": [dict(entry) for entry in scenario.said],
        "sources": [dict(entry) for entry in scenario.sources],
        "manifest": dict(done.manifest),
    }
    if done.wait is not None and done.load is not None:
        found["queue"] = {
            "months_of_work_without": _data(done.wait[0]),
            "months_of_work": _data(done.wait[1]),
            "load": _data(done.load),
            "grows_without_bound": done.load.low > 1,
        }
    if compared is not None:
        found["comparison"] = {
            "other": compared.other,
            "less": {name: _rounded(value) for name, value in compared.less.items()},
            "difference": {name: _data(one) for name, one in compared.totals.items()},
        }
    return found


def coverage_rows(done: Forecast) -> list[dict[str, Any]]:
    """Of each cell: share before the start, certain and possible coverage in the first and last month."""
    plan = done.prepared.plan
    return [
        {
            "nationality": cell.nationality,
            "family": cell.family,
            "share": _rounded(float(plan.shares[at])),
            "certain_first": _rounded(float(plan.certain[at, 0])),
            "possible_first": _rounded(float(plan.possible[at, 0])),
            "certain_last": _rounded(float(plan.certain[at, -1])),
            "possible_last": _rounded(float(plan.possible[at, -1])),
        }
        for at, cell in enumerate(done.prepared.scenario.cells)
    ]


def unknown_rows(done: Forecast) -> list[dict[str, Any]]:
    """Every unknown number: its prior, its flag, its source, and what the episode could teach about it."""
    return [
        {
            "name": name,
            "prior": one.words(),
            "flag": one.flag,
            "source": one.source,
            "contraction": _rounded(done.contractions[name]) if name in done.contractions else None,
        }
        for name, one in {**done.prepared.scenario.unknowns, **done.prepared.plan.unknowns}.items()
    ]


def frame(done: Forecast) -> pl.DataFrame:
    """The twin for Parquet: a row for each month and number, with its quantiles."""
    months = done.prepared.scenario.months
    rows = [
        {"scenario": done.prepared.scenario.id, "month": month, "output": name, "kind": kind, **_data(one)}
        for kind, group in (("level", done.monthly), ("paired_difference", done.differences))
        for name, values in group.items()
        for month, one in zip(months, values, strict=True)
    ]
    return pl.DataFrame(rows)


# --- words ------------------------------------------------------------------------------------------------


def _span(one: Range, language: str) -> str:
    return say(
        "flows.span", language, low=number(round(one.low), language), high=number(round(one.high), language)
    )


def first_line(done: Forecast, language: str) -> str:
    """What could be seen at all; printed before anything else."""
    return say(
        "flows.smallest", language, share=f"{done.smallest:.0%}", months=done.prepared.scenario.horizon
    )


def opening(done: Forecast, language: str) -> list[str]:
    """The answer in plain words."""
    scenario, totals = done.prepared.scenario, done.totals
    fall, share = done.by_prior["reference"]
    strong = done.by_prior["strong"]
    lines = [
        say(
            "flows.open_sent",
            language,
            span=_span(totals["transferred"], language),
            arrivals=_span(totals["arrivals_without"], language),
            to=country_name(scenario.receives, language),
        ),
        say("flows.open_apply", language, span=_span(totals["applied"], language)),
        say(
            "flows.open_change",
            language,
            span=_span(fall, language),
            share=f"{share:.1%}",
            strong=f"{strong[1]:.1%}",
        ),
        say(
            "flows.open_bound",
            language,
            chance=f"{done.chance.high:.1%}",
            eps=f"{done.bounds[-1][0]:g}",
            bound=f"{done.bounds[-1][1]:.0%}",
            seen=f"{done.bounds[-1][2]:.0%}",
        ),
    ]
    if done.load is not None:
        grows = done.load.low > 1
        lines.append(
            say(
                "flows.queue_grows" if grows else "flows.queue_load",
                language,
                load=f"{done.load.middle:.1f}",
                country=country_name(scenario.receives, language),
            )
        )
    if scenario.note:
        lines.append(scenario.note[language])
    return lines


def _name(output: str, language: str) -> str:
    return say(f"flows.out_{output}", language)


def _range_table(caption: str, head: str, rows: list[tuple[str, Range]], language: str) -> Table:
    heads = [head, "5 %", "25 %", "50 %", "75 %", "95 %"]
    return (
        caption,
        heads,
        [[name, *(number(_read(value), language) for value in one.quantiles)] for name, one in rows],
    )


def _read(value: float) -> float:
    return round(value) if abs(value) >= 10 else round(value, 2)


def tables(done: Forecast, language: str) -> dict[str, Table]:
    """All tables, by name."""
    scenario = done.prepared.scenario
    months = [f"{month:%Y-%m}" for month in scenario.months]

    def out(name: str) -> str:
        return _name(name, language)

    def said(name: str) -> str:
        return say(f"flows.{name}", language)

    found = {
        "funnel": _range_table(
            said("funnel"), said("quantity"), [(out(name), done.totals[name]) for name in FUNNEL], language
        ),
        "totals": _range_table(
            said("totals"), said("quantity"), [(out(name), done.totals[name]) for name in SHOWN], language
        ),
        "fan": _range_table(
            said("fan"),
            said("month"),
            list(zip(months, done.monthly["arrivals_without"], strict=True)),
            language,
        ),
        "difference": _range_table(
            said("difference"),
            said("month"),
            list(zip(months, done.differences["arrivals"], strict=True)),
            language,
        ),
        "priors": (
            said("priors"),
            [said("prior"), "5 %", "50 %", "95 %", said("share"), said("source")],
            [
                [
                    name,
                    number(round(one.low), language),
                    number(round(one.middle), language),
                    number(round(one.high), language),
                    f"{share:.1%}",
                    DETERRENCE[name].source,
                ]
                for name, (one, share) in done.by_prior.items()
            ],
        ),
        "bounds": (
            said("bounds"),
            [said("strength"), said("bound_sent"), said("bound_seen")],
            [[f"{eps:g}", f"{sent:.1%}", f"{seen:.1%}"] for eps, sent, seen in done.bounds],
        ),
        "people": (
            said("people"),
            [
                said("group"),
                f"{out('transferred')} 5 %",
                "50 %",
                "95 %",
                f"{out('deterred')} 5 %",
                "50 %",
                "95 %",
            ],
            [
                [
                    _group(name, language),
                    *(
                        number(round(value), language)
                        for one in pair
                        for value in (one.low, one.middle, one.high)
                    ),
                ]
                for group in (done.by_nationality, done.by_family)
                for name, pair in group.items()
            ],
        ),
        "coverage": (
            said("coverage"),
            [
                said("group"),
                said("share"),
                said("certain_first"),
                said("possible_first"),
                said("certain_last"),
                said("possible_last"),
            ],
            [
                [
                    f"{_group(row['nationality'], language)}, {_group(row['family'], language)}",
                    *(
                        f"{row[key]:.1%}"
                        for key in (
                            "share",
                            "certain_first",
                            "possible_first",
                            "certain_last",
                            "possible_last",
                        )
                    ),
                ]
                for row in coverage_rows(done)
            ],
        ),
        "unknowns": (
            said("unknowns"),
            [said("quantity"), said("distribution"), said("flag"), said("contraction"), said("source")],
            [
                [
                    row["name"],
                    row["prior"],
                    said(f"flag_{row['flag']}"),
                    "-" if row["contraction"] is None else f"{row['contraction']:.2f}",
                    row["source"],
                ]
                for row in unknown_rows(done)
            ],
        ),
        "came": (
            said("checks"),
            [
                said("quantity"),
                said("month"),
                said("came"),
                "5 %",
                "50 %",
                "95 %",
                said("inside"),
                said("source"),
            ],
            [
                [
                    out(check.came.output),
                    f"{check.came.until:%Y-%m}",
                    number(check.came.value, language),
                    *(
                        number(round(value), language)
                        for value in (check.forecast.low, check.forecast.middle, check.forecast.high)
                    ),
                    say("truth.true" if check.inside else "truth.false", language),
                    f"{check.came.source} ({check.came.as_of})",
                ]
                for check in done.checks
            ],
        ),
        "shares": (
            said("shares"),
            [said("quantity"), said("output"), said("first_order"), said("total_order")],
            [
                [
                    said("luck") if one.name == LUCK else one.name,
                    said(f"sobol_{one.output}"),
                    f"{one.first:.2f}",
                    f"{one.total:.2f}",
                ]
                for one in done.shares
                if one.total >= 0.02
            ],
        ),
    }
    if done.monthly["backlog"][-1].high > 0:
        found["backlog"] = _range_table(
            said("backlog"), said("month"), list(zip(months, done.monthly["backlog"], strict=True)), language
        )
        found["backlog_without"] = _range_table(
            said("backlog_without"),
            said("month"),
            list(zip(months, done.monthly["backlog_without"], strict=True)),
            language,
        )
    return found


def _group(name: str, language: str) -> str:
    if len(name) == 2:
        return country_name(name, language)
    return say(f"flows.group_{name}", language)


def comparison_table(compared: Comparison, language: str) -> Table:
    """Two drafts side by side."""
    caption = say("flows.comparison", language, one=compared.one, other=compared.other)
    heads = [say("flows.quantity", language), "5 %", "50 %", "95 %", say("flows.less", language)]
    return (
        caption,
        heads,
        [
            [
                _name(name, language),
                *(number(_read(value), language) for value in (one.low, one.middle, one.high)),
                f"{compared.less[name]:.0%}",
            ]
            for name, one in compared.totals.items()
        ],
    )


def checks_words(done: Forecast, language: str) -> list[str]:
    """Misses, explained; and what officials said."""
    lines = [
        say("flows.said", language, who=entry["who"], words=entry["words"][language])
        for entry in done.prepared.scenario.said
    ]
    for check in done.checks:
        if not check.inside:
            why = check.came.why_missed
            lines.append(
                say(
                    "flows.missed",
                    language,
                    output=_name(check.came.output, language),
                    why=why[language] if why else say("flows.not_explained", language),
                )
            )
    return lines


def manifest_words(done: Forecast, language: str) -> list[str]:
    """The manifest as lines."""
    return [
        say("flows.manifest", language),
        *(
            f"{name}: {value if not isinstance(value, list) else '; '.join(' '.join(row) for row in value)}"
            for name, value in done.manifest.items()
        ),
    ]


def text(done: Forecast, language: str, compared: Comparison | None = None) -> str:
    """The forecast for a terminal."""
    scenario = done.prepared.scenario
    made = tables(done, language)
    lines = [first_line(done, language), "", scenario.title[language], "", *opening(done, language), ""]
    order = [
        "funnel",
        "priors",
        "bounds",
        "difference",
        "people",
        "coverage",
        "came",
        "shares",
        "unknowns",
        "totals",
        "backlog",
    ]
    for name in order:
        if name in made and made[name][2]:
            lines += [*_aligned(made[name]), ""]
        if name == "came":
            lines += [*checks_words(done, language), ""]
    if compared is not None:
        lines += [*_aligned(comparison_table(compared, language)), ""]
    return "\n".join([*lines, *manifest_words(done, language)]) + "\n"


def _aligned(table: Table) -> list[str]:
    caption, heads, rows = table
    widths = [min(60, max(len(row[at]) for row in [heads, *rows])) for at in range(len(heads))]
    return [
        caption,
        *(
            "  "
            + "  ".join(
                cell.ljust(width) if at == 0 or at == len(row) - 1 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in [heads, *rows]
        ),
    ]


# --- page -------------------------------------------------------------------------------------------------


def page(done: Forecast, language: str, compared: Comparison | None = None) -> str:
    """One self-contained page."""
    from safethird.reports.html import environment, page_css

    scenario, made = done.prepared.scenario, tables(done, language)

    def said(name: str) -> str:
        return say(f"flows.{name}", language)

    sections: list[tuple[str, list[str], Markup | None, list[Table], bool]] = [
        ("", opening(done, language), None, [], False),
        (said("funnel"), [said("funnel_says")], _funnel(done, language), [made["funnel"]], True),
        (said("history"), [said("history_says")], _fan(done, language, 36), [made["fan"]], True),
        (
            said("difference"),
            [said("difference_says")],
            _difference(done, language),
            [made["difference"]],
            True,
        ),
        (
            said("priors"),
            [said("priors_says"), *DISPLACEMENT_SOURCES],
            None,
            [made["priors"], made["bounds"]],
            False,
        ),
        (said("people"), [], None, [made["people"]], False),
        (said("coverage"), [said("coverage_says")], None, [made["coverage"]], False),
    ]
    if "backlog" in made:
        sections.append(
            (
                said("backlog"),
                [said("backlog_says")],
                _backlog(done, language),
                [made["backlog"], made["backlog_without"]],
                True,
            )
        )
    if scenario.network is not None:
        sections.append(
            (
                said("routes"),
                [said("routes_says"), str(scenario.network_source)],
                _route(done, language),
                [_route_table(done, language)],
                True,
            )
        )
    if made["came"][2] or scenario.said:
        sections.append(
            (said("checks"), checks_words(done, language), None, [made["came"]] if done.checks else [], False)
        )
    if compared is not None:
        sections.append((said("comparison_title"), [], None, [comparison_table(compared, language)], False))
    sections += [
        (said("shares"), [said("shares_says")], None, [made["shares"]] if done.shares else [], False),
        (said("unknowns"), [said("unknowns_says")], None, [made["unknowns"]], False),
        (said("totals"), [], None, [made["totals"]], True),
        (
            said("sources"),
            [
                f"{entry['title']}. {entry['url']} ({said('confidence_' + entry['confidence'])})"
                for entry in scenario.sources
            ],
            None,
            [],
            False,
        ),
    ]
    return (
        environment()
        .get_template("flows.html.j2")
        .render(
            language=language,
            css=page_css(),
            title=scenario.title[language],
            first=first_line(done, language),
            sections=sections,
            notes=manifest_words(done, language),
            version=__version__,
            say=said,
        )
    )


def _columns(values: tuple[Range, ...]) -> tuple[list[float], ...]:
    return tuple([one.quantiles[at] for one in values] for at in range(len(LEVELS)))


def _fan(done: Forecast, language: str, before: int) -> Markup:
    scenario, series = done.prepared.scenario, done.prepared.series
    past = series.values[-before:].tolist()
    gap = scenario.ahead - scenario.horizon
    start = len(past) + gap
    labels = [
        f"{add_months(series.month(len(series.values) - len(past)), at):%Y-%m}"
        for at in range(start + scenario.horizon)
    ]
    low, lower, middle, upper, high = _columns(done.monthly["arrivals_without"])
    came = came_later(done)
    lines = [
        Line(say("flows.past", language), past),
        Line(say("flows.out_arrivals_without", language), middle, start),
        Line(say("flows.out_arrivals", language), _columns(done.monthly["arrivals"])[2], start),
    ]
    if came[0] is not None:
        lines.append(Line(say("flows.came", language), [value for value in came if value is not None], start))
    return draw(
        Chart(
            say("flows.history", language),
            say("flows.history_says", language),
            labels,
            tuple(lines),
            (Band("90 %", low, high, start), Band("50 %", lower, upper, start)),
            mark=start,
        ),
        "fan",
        language,
    )


def _difference(done: Forecast, language: str) -> Markup:
    low, lower, middle, upper, high = _columns(done.differences["arrivals"])
    return draw(
        Chart(
            say("flows.difference", language),
            say("flows.difference_says", language),
            [f"{month:%Y-%m}" for month in done.prepared.scenario.months],
            (Line("50 %", middle),),
            (Band("90 %", low, high), Band("50 %", lower, upper)),
        ),
        "diff",
        language,
    )


def _backlog(done: Forecast, language: str) -> Markup:
    low, _, middle, _, high = _columns(done.monthly["backlog"])
    under, _, without, _, over = _columns(done.monthly["backlog_without"])
    return draw(
        Chart(
            say("flows.backlog", language),
            say("flows.backlog_says", language),
            [f"{month:%Y-%m}" for month in done.prepared.scenario.months],
            (Line(say("flows.with", language), middle), Line(say("flows.without", language), without)),
            (
                Band(f"90 %, {say('flows.with', language)}", low, high),
                Band(f"90 %, {say('flows.without', language)}", under, over),
            ),
        ),
        "queue",
        language,
    )


def _funnel(done: Forecast, language: str) -> Markup:
    rows = [
        (_name(name, language), one.low, one.middle, one.high)
        for name, one in ((name, done.totals[name]) for name in ("arrivals", *FUNNEL))
    ]
    return bars(say("flows.funnel", language), say("flows.funnel_says", language), rows, "funnel", language)


def _shares_on_routes(done: Forecast) -> tuple[Mapping[str, float], list[tuple[str, str, float]]]:
    """The share of all people who come through each place, and on each way."""
    scenario, plan = done.prepared.scenario, done.prepared.plan
    assert scenario.network is not None
    choices = scenario.network.choices()
    seen = {place.id: 0.0 for place in scenario.network.places}
    for at, cell in enumerate(scenario.cells):
        for name, share in scenario.network.visits(scenario.network.origins[cell.nationality]).items():
            seen[name] += share * float(plan.shares[at])
    ways = [
        (edge.start, edge.end, seen[edge.start] * choices[edge.start][edge.end])
        for edge in scenario.network.edges
    ]
    return seen, ways


def _route(done: Forecast, language: str) -> Markup:
    scenario = done.prepared.scenario
    assert scenario.network is not None
    _, ways = _shares_on_routes(done)
    places = {
        place.id: (place.across, place.down, place.label[language]) for place in scenario.network.places
    }
    return network(say("flows.routes", language), say("flows.routes_says", language), places, ways, "route")


def _route_table(done: Forecast, language: str) -> Table:
    scenario = done.prepared.scenario
    assert scenario.network is not None
    names = {place.id: place.label[language] for place in scenario.network.places}
    _, ways = _shares_on_routes(done)
    return (
        say("flows.routes", language),
        [say("flows.from", language), say("flows.to", language), say("flows.share", language)],
        [[names[start], names[end], f"{share:.1%}"] for start, end, share in ways],
    )
