"""A forecast as one self-contained page that can be printed, with charts."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from safethird._version import __version__
from safethird.flows.charts import Band, Chart, Line, bars, draw, network, percent, template
from safethird.flows.forecast import LEVELS, Comparison, Forecast, Range, came_later, funnel_of, has_border
from safethird.flows.priors import DISPLACEMENT_SOURCES
from safethird.flows.report import (
    Table,
    checks_words,
    comparison_table,
    first_line,
    manifest_words,
    opening,
    output_name,
    tables,
)
from safethird.messages import say
from safethird.tables.model import add_months


def page(done: Forecast, language: str, compared: Comparison | None = None) -> str:
    """One self-contained page."""
    from safethird.reports.html import page_css

    scenario, made = done.prepared.scenario, tables(done, language)

    def said(name: str) -> str:
        return say(f"flows.{name}", language)

    sections: list[tuple[str, list[str], Markup | None, list[Table], bool]] = [
        ("", opening(done, language), None, [], False),
        (said("funnel"), [said("funnel_says")], _funnel(done, language), [made["funnel"]], True),
        (said("history"), [said("history_says")], _fan(done, language, 36), [made["fan"]], True),
    ]
    if has_border(scenario):
        sections += [
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
        ]
    sections.append((said("coverage"), [said("coverage_says")], None, [made["coverage"]], False))
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
    return template().render(
        language=language,
        css=page_css(),
        title=scenario.title[language],
        first=first_line(done, language),
        sections=sections,
        notes=manifest_words(done, language),
        version=__version__,
        say=said,
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
            (Line(say("flows.median", language), middle),),
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
        (output_name(name, language), one.low, one.middle, one.high)
        for name, one in (
            (name, done.totals[name])
            for name in (
                *(("arrivals_without",) if has_border(done.prepared.scenario) else ("stock_pending",)),
                *funnel_of(done.prepared.scenario),
            )
        )
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
    return network(
        say("flows.routes", language), say("flows.routes_says", language), places, ways, "route", language
    )


def _route_table(done: Forecast, language: str) -> Table:
    scenario = done.prepared.scenario
    assert scenario.network is not None
    names = {place.id: place.label[language] for place in scenario.network.places}
    _, ways = _shares_on_routes(done)
    return (
        say("flows.routes", language),
        [say("flows.from", language), say("flows.to", language), say("flows.share", language)],
        [[names[start], names[end], percent(share, language)] for start, end, share in ways],
    )
