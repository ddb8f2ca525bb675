"""`safethird backtest`: how good the baseline would have been, month after month."""

from __future__ import annotations

import json
import sys
from datetime import date

import click
from click.termui import progressbar

from safethird.cli.options import language_option


@click.command()
@click.option(
    "--data",
    "data",
    multiple=True,
    required=True,
    type=click.Path(path_type=str),
    help="A published file or a folder of them (may be repeated).",
)
@click.option("--series", "name", help="Which series; the first that the files hold, if not given.")
@click.option(
    "--challengers",
    "which",
    type=click.Choice(["simple", "all"]),
    default="simple",
    show_default=True,
    help="all: also AutoARIMA, AutoETS and AutoTheta; takes minutes and needs the extra 'forecast'.",
)
@click.option("--horizon", type=click.IntRange(1, 24), default=12, show_default=True, help="Months ahead.")
@click.option("--first", metavar="YYYY-MM", help="The first month that is forecast.")
@click.option(
    "--choose-before",
    "cut",
    metavar="YYYY-MM",
    help="Also choose settings on the months before this one, and score them, and all models, from it on.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True
)
@language_option()
def command(  # noqa: PLR0913, PLR0917 - an option is an argument
    data: tuple[str, ...],
    name: str | None,
    which: str,
    horizon: int,
    first: str | None,
    cut: str | None,
    workers: int,
    form: str,
    language: str,
) -> int:
    """Forecast from every month of the past, and score what came.

    A table by model and by regime of the world: CRPS, WAPE, pinball loss, and how often the 50, 80 and 95 %
    intervals held what came. Each forecast is made from earlier months only.
    """
    from safethird.flows import backtest, backtest_report, series

    start, chosen_before = _month(first, "--first"), _month(cut, "--choose-before")
    files = series.find_files(data)
    held = series.series_in(files)
    spec = series.spec_of(name) if name else held[0] if held else next(iter(series.specs().values()))
    loaded = series.load_series(spec, files)
    with progressbar(length=100, label="Forecasting", file=sys.stderr, hidden=form != "text") as bar:
        done = backtest.run_backtest(
            loaded,
            which=which,
            horizon=horizon,
            workers=workers,
            first=start,
            cut=chosen_before,
            progress=lambda at, of: bar.update(max(0, 100 * at // of - bar.pos)),
        )
    if form == "json":
        click.echo(json.dumps(backtest_report.as_dict(done), ensure_ascii=False, indent=1))
    elif form == "html":
        click.echo(backtest_report.page(done, language), nl=False)
    else:
        click.echo(backtest_report.text(done, language), nl=False)
    return 0


def _month(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise click.BadParameter("This is no month of the form YYYY-MM.", param_hint=option) from None
