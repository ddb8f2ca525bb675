"""The command line: verbs, loaded when used, and one place where every error becomes a message and an exit code."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

import click

from safethird._version import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "screen": ("safethird.cli.screen", "Which regimes reach a person, why, and what is missing."),
    "run": ("safethird.cli.run", "How many people of a caseload each regime reaches, at least and at most."),
    "map": ("safethird.cli.map", "Say which column of a flat table is which fact."),
    "explain": ("safethird.cli.explain", "The full reasoning for a case, clause by clause."),
    "ask": ("safethird.cli.ask", "An interview that asks only what can still change the answer."),
    "demo": ("safethird.cli.demo", "Real cases, decided or documented, with their sources."),
    "test": ("safethird.cli.test", "Hold cases against expected answers; report clause coverage."),
    "lint": ("safethird.cli.lint", "Find what is wrong in a regime file before any case is run."),
    "facts": ("safethird.cli.facts", "The vocabulary: every fact that a case can hold."),
    "regimes": ("safethird.cli.regimes", "List the regimes of the library."),
    "show": ("safethird.cli.show", "Read a regime as a document."),
    "status": ("safethird.cli.status", "What is operative on a day, since when, on which authority."),
    "changes": ("safethird.cli.changes", "What changed in the law between two days."),
    "compare": ("safethird.cli.compare", "What a draft changes: words, meaning, people."),
    "prove": ("safethird.cli.prove", "Whether a property holds for every case there can be."),
    "check": ("safethird.cli.check", "The standard properties of a draft, as a checklist."),
    "align": ("safethird.cli.align", "Two languages of a text side by side, and what does not agree."),
    "draft": ("safethird.cli.draft", "A new draft from questions; rounds of negotiation at a glance."),
    "audit": ("safethird.cli.audit", "Confidence, tests, coverage and open questions of the library."),
    "assess": ("safethird.cli.assess", "Is a country safe for people sent there, by each legal test."),
    "data": ("safethird.cli.data", "Check published tables."),
    "backtest": ("safethird.cli.backtest", "How good the baseline of a forecast would have been."),
    "forecast": ("safethird.cli.forecast", "What an agreement would do to the numbers."),
}
"""Name of each verb: the module whose `command` it is, and its line in the help."""

MOST_TOLD = 2_000
"""Characters of a message about the request: it repeats what was typed."""

EXIT_CODES = """\b
Exit codes: 0 done; 2 the request makes no sense; 3 done, but some input was rejected;
4 not enough facts for an answer; 65 bad data; 66 no such input; 70 a fault of ours."""


class _Lazy(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return [name for name in COMMANDS if _exists(name)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS or not _exists(name):
            return None
        command: click.Command = importlib.import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(context)])

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as error:
            from safethird.errors import did_you_mean

            known = self.list_commands(context)
            raise click.UsageError(
                f"{error.message} {did_you_mean(args[0], known, most=20)}", context
            ) from None


def _exists(name: str) -> bool:
    return importlib.util.find_spec(COMMANDS[name][0]) is not None


@click.group(
    cls=_Lazy,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="safethird")
def cli() -> None:
    """Safe-third-country law as data: explained for one person, counted for many, compared between drafts.

    Nothing that you enter leaves this machine. No answer here is legal advice or a decision.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line. Every error ends as one message on standard error and an exit code."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """As `main`, but returns the exit code."""
    from safethird.errors import SafethirdError, shortened

    try:
        result = cli.main(args, prog_name="safethird", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        told = plain(error.format_message())
        if told == error.format_message() and len(told) <= MOST_TOLD:
            error.show()
        else:
            click.echo(f"Error: {shortened(told, MOST_TOLD)}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except SafethirdError as error:
        for problem in error.problems:
            click.echo(f"safethird: {plain(str(problem))}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away; keep Python from complaining about it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RecursionError:
        click.echo("safethird: The input is nested too deeply.", err=True)
        return 65
    except Exception as error:  # the last resort: a message, never a traceback, never a fact of a person
        if os.environ.get("SAFETHIRD_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno is not None:
            # A name that no file can have, a folder that may not be entered, a disk that is full.
            where = f"{plain(shortened(str(error.filename)))}: " if error.filename else ""
            click.echo(f"safethird: {where}The file cannot be used ({error.strerror}).", err=True)
            return 66
        click.echo(
            f"safethird: This is a fault of ours ({type(error).__name__}); nothing was written. "
            "Run again with SAFETHIRD_DEBUG=1 to see where, and report it without the case.",
            err=True,
        )
        return 70


def plain(text: str) -> str:
    """Text without control characters, so that no input can steer a terminal."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
