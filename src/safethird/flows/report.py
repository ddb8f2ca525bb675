"""A forecast in words: the opening paragraph, the tables, and the text for a terminal."""

from __future__ import annotations

from safethird.facts.countries import country_name
from safethird.flows.charts import decimal, number, percent
from safethird.flows.forecast import SHOWN, Comparison, Forecast, Range, funnel_of, has_border
from safethird.flows.priors import DETERRENCE
from safethird.flows.report_data import coverage_rows, unknown_rows
from safethird.flows.sensitivity import LUCK
from safethird.messages import say

Table = tuple[str, list[str], list[list[str]]]


def _span(one: Range, language: str) -> str:
    return say(
        "flows.span", language, low=number(round(one.low), language), high=number(round(one.high), language)
    )


def first_line(done: Forecast, language: str) -> str:
    """What could be seen at all; printed before anything else."""
    return say(
        "flows.smallest",
        language,
        share=percent(done.smallest, language, 0),
        months=done.prepared.scenario.horizon,
    )


def opening(done: Forecast, language: str) -> list[str]:
    """The answer in plain words."""
    scenario, totals = done.prepared.scenario, done.totals
    fall, share = done.by_prior["reference"]
    strong = done.by_prior["strong"]
    country = country_name(scenario.receives, language)
    applied = say("flows.open_apply", language, span=_span(totals["applied"], language))
    lines = []
    if scenario.stock:
        lines.append(
            say(
                "flows.open_court",
                language,
                motions=_span(totals["motions"], language),
                ordered=_span(totals["granted"], language),
                sent=_span(totals["stock_transferred"], language),
                to=country,
            )
        )
    if has_border(scenario):
        lines += [
            say(
                "flows.open_sent",
                language,
                span=_span(totals["transferred"], language),
                arrivals=_span(totals["arrivals_without"], language),
                to=country,
            ),
            applied,
            say(
                "flows.open_change",
                language,
                span=_span(fall, language),
                share=percent(share, language),
                strong=percent(strong[1], language),
            ),
            say(
                "flows.open_bound",
                language,
                chance=percent(done.chance.high, language),
                eps=f"{done.bounds[-1][0]:g}",
                bound=percent(done.bounds[-1][1], language, 0),
                seen=percent(done.bounds[-1][2], language, 0),
            ),
        ]
    else:
        lines.append(applied)
    if done.load is not None:
        grows = done.load.low > 1
        lines.append(
            say(
                "flows.queue_grows" if grows else "flows.queue_load",
                language,
                load=decimal(done.load.middle, language, 1),
                country=country,
            )
        )
    if scenario.note:
        lines.append(scenario.note[language])
    return lines


def output_name(output: str, language: str) -> str:
    return say(f"flows.out_{output}", language)


def number_name(name: str, language: str) -> str:
    """An unknown number of a scenario, in words."""
    return say(f"flows.num_{name.replace('.', '_')}", language)


def _range_table(caption: str, head: str, rows: list[tuple[str, Range]], language: str) -> Table:
    heads = [head, "5 %", "25 %", "50 %", "75 %", "95 %"]
    return (
        caption,
        heads,
        [[name, *(number(round(value), language) for value in one.quantiles)] for name, one in rows],
    )


def tables(done: Forecast, language: str) -> dict[str, Table]:
    """All tables, by name."""
    scenario = done.prepared.scenario
    months = [f"{month:%Y-%m}" for month in scenario.months]

    def out(name: str) -> str:
        return output_name(name, language)

    def said(name: str) -> str:
        return say(f"flows.{name}", language)

    found = {
        "funnel": _range_table(
            said("funnel"),
            said("quantity"),
            [(out(name), done.totals[name]) for name in funnel_of(scenario)],
            language,
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
                    said(f"prior_{name}"),
                    number(round(one.low), language),
                    number(round(one.middle), language),
                    number(round(one.high), language),
                    percent(share, language),
                    DETERRENCE[name].source,
                ]
                for name, (one, share) in done.by_prior.items()
            ],
        ),
        "bounds": (
            said("bounds"),
            [said("strength"), said("bound_sent"), said("bound_seen")],
            [
                [f"{eps:g}", percent(sent, language), percent(seen, language)]
                for eps, sent, seen in done.bounds
            ],
        ),
        "people": (
            said("people"),
            [
                said("group"),
                said("prior"),
                f"{out('arrivals_without')} 50 %",
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
                    said(f"prior_{prior}"),
                    number(round(group.arrivals_without.middle), language),
                    *(
                        number(round(value), language)
                        for one in (group.transferred, group.deterred)
                        for value in (one.low, one.middle, one.high)
                    ),
                ]
                for by_prior in (done.by_nationality, done.by_family)
                for name in by_prior["reference"]
                if name != "all"
                for prior, groups in by_prior.items()
                for group in [groups[name]]
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
                    _group(row["nationality"], language)
                    + ("" if row["family"] == "all" else f", {_group(row['family'], language)}"),
                    *(
                        percent(row[key], language)
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
            [
                said("quantity"),
                said("distribution"),
                said("flag"),
                said("hindsight"),
                said("contraction"),
                said("source"),
            ],
            [
                [
                    f"{number_name(row['name'], language)} ({row['name']})",
                    row["prior"],
                    said(f"flag_{row['flag']}"),
                    say("truth.true" if row["hindsight"] else "truth.false", language),
                    "-" if row["contraction"] is None else decimal(row["contraction"], language, 2),
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
                    said("luck") if one.name == LUCK else number_name(one.name, language),
                    said(f"sobol_{one.output}"),
                    *(
                        decimal(value, language, 2)
                        + (f" ± {decimal(one.spread[at], language, 2)}" if one.spread else "")
                        for at, value in enumerate((one.first, one.total))
                    ),
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
                output_name(name, language),
                *(number(round(value), language) for value in (one.low, one.middle, one.high)),
                percent(compared.less[name], language, 0),
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
    known = [one for one in done.prepared.scenario.unknowns.values() if one.moving()]
    seen = sum(one.hindsight for one in known)
    if done.checks and seen:
        lines.append(say("flows.hindsight_says", language, count=seen, of=len(known)))
    for check in done.checks:
        if not check.inside:
            why = check.came.why_missed
            lines.append(
                say(
                    "flows.missed",
                    language,
                    output=output_name(check.came.output, language),
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
        *(("priors", "bounds", "difference", "people") if has_border(scenario) else ()),
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
