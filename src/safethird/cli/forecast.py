"""`safethird forecast`: what an agreement would do to the numbers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
from click.termui import progressbar

from safethird.cli.options import language_option
from safethird.messages import say


@click.command()
@click.argument("scenario", type=click.Path(path_type=str))
@click.option(
    "--data",
    "data",
    multiple=True,
    required=True,
    type=click.Path(path_type=str),
    help="A published file or a folder of them (may be repeated).",
)
@click.option("--draws", type=click.IntRange(200, 1_000_000), default=10_000, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes. The answer does not depend on it.",
)
@click.option(
    "--sobol",
    "estimator",
    type=click.Choice(["jansen", "salib"]),
    default="jansen",
    show_default=True,
    help="How shares of the variance are estimated; salib needs the extra 'sensitivity' and gives intervals.",
)
@click.option("--compare", "other", type=click.Path(path_type=str), help="A second scenario, draw by draw.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write to this file. One that ends in .parquet gets the "
    "monthly table, and the answer goes to standard output.",
)
@language_option()
def command(  # noqa: PLR0913, PLR0917 - an option is an argument
    scenario: str,
    data: tuple[str, ...],
    draws: int,
    seed: int,
    workers: int,
    estimator: str,
    other: str | None,
    form: str,
    out: Path | None,
    language: str,
) -> int:
    """What would SCENARIO do to arrivals, claims, transfers and the queue of the receiving state?

    SCENARIO is a file, or the name of one that ships: us-guatemala-2019, canada-us-2023, eu-turkey-2016,
    dublin-2023, uk-france-2025, us-honduras-2025, us-uganda-2025. Each answer is a range, from paired draws with
    and without the agreement, under four priors on deterrence side by side. What a reader of monthly totals could
    see at all is said first.
    """
    from safethird.flows.forecast import compare, run_forecast
    from safethird.flows.report import text
    from safethird.flows.report_data import as_dict, frame
    from safethird.flows.report_page import page
    from safethird.flows.run import comparable, prepare
    from safethird.flows.scenario import load_scenario

    # Everything that can be refused is refused here, before the first draw.
    one = load_scenario(scenario)
    two = load_scenario(other) if other else None
    if two is not None:
        comparable(one, two)
    prepared = prepare(one, data, seed)
    against = prepare(two, data, seed) if two is not None else None
    steps = {"none": 0, "weak": 1, "reference": 2, "strong": 3}
    with progressbar(
        length=100, label=say("flows.drawing", language), file=sys.stderr, hidden=form != "text"
    ) as bar:
        done = run_forecast(
            prepared,
            draws,
            workers,
            estimator=estimator,
            progress=lambda prior, at, of: bar.update(max(0, 25 * steps[prior] + 25 * at // of - bar.pos)),
        )
    compared = compare(prepared, against, draws, workers) if against is not None else None
    if form == "json":
        shown = json.dumps(as_dict(done, compared), ensure_ascii=False, indent=1) + "\n"
    elif form == "html":
        shown = page(done, language, compared)
    else:
        shown = text(done, language, compared)
    if out is not None and out.suffix == ".parquet":
        table = out
        _write(table, lambda: frame(done).write_parquet(table))
        out = None
    if out is None:
        click.echo(shown, nl=False)
    else:
        target = out
        _write(target, lambda: target.write_text(shown, encoding="utf-8"))
    return 0


def _write(path: Path, write: Callable[[], object]) -> None:
    from safethird.errors import Problem, UsageError

    try:
        write()
    except OSError as error:
        raise UsageError(
            Problem(f"The file cannot be written ({error.strerror or 'no reason given'})", file=str(path))
        ) from None
