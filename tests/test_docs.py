"""What the documents say of the command line is true: every verb and option is named, and every example prints what it
shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from safethird.cli.main import COMMANDS, cli, run

ROOT = Path(__file__).resolve().parents[1]
CLI = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.S | re.M)
ELSEWHERE = ("encounters.csv.gz", "safethird compare")
"""Commands whose output other tests hold against the README: of a table that one downloads, and of a long search."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb, and those below it: `data check`."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for below, inner in command.commands.items():
                yield f"{name} {below}", inner


def section(name: str) -> str:
    """What docs/cli.md says of a verb."""
    found = re.search(rf"^## {name.partition(' ')[0]}\n(.*?)(?=^## )", CLI, re.S | re.M)
    return found[1] if found else ""


@pytest.mark.parametrize(("name", "command"), [pytest.param(*entry, id=entry[0]) for entry in commands()])
def test_every_verb_and_option_is_documented(name: str, command: click.Command) -> None:
    said = section(name)
    if not isinstance(command, click.Group):
        assert f"`safethird {name}" in said
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert re.search(rf"(?<![\w-]){option}(?![\w-])", said), f"{name} {option}"
            if isinstance(parameter.type, click.Choice) and parameter.name == "form":
                assert "|".join(parameter.type.choices) in " ".join(said.split()), f"{name}: the formats"


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_documented_that_there_is_not(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    said = BLOCK.sub("", section(name))
    inner = command.commands.values() if isinstance(command, click.Group) else (command,)
    there = {
        option for one in inner for entry in one.params for option in (*entry.opts, *entry.secondary_opts)
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", said)) <= there


def test_every_section_is_a_verb() -> None:
    others = {"What many verbs share", "Exit codes", "Bad input", "Privacy", "How fast"}
    assert set(re.findall(r"^## (.*)$", CLI, re.M)) - others == set(COMMANDS)
    assert set(re.findall(r"\]\(#(\w+)\)", CLI)) == set(COMMANDS)


def test_the_changelog_names_every_verb() -> None:
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"`{name}[` ]", said)] == []


def test_every_verb_that_the_documents_name_exists() -> None:
    for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        named = set(
            re.findall(r"`?safethird ([a-z]+)\b", " ".join(re.findall(r"`[^`]+`", file.read_text("utf-8"))))
        )
        assert named <= set(COMMANDS), file.name


def test_the_python_of_the_readme_does_what_it_says() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.S | re.M)
    there: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), there)  # noqa: S102 - our own example
    assert "answer.bars  # False" in code
    assert there["answer"].bars is False


def examples() -> Iterator[tuple[str, str]]:
    """Commands that are shown with what they print."""
    for text in (README, CLI):
        for block in BLOCK.findall(text):
            command, _, printed = block.partition("\n")
            if command.startswith("$ ") and not any(word in command for word in ELSEWHERE):
                yield command, printed


@pytest.mark.parametrize(
    ("command", "printed"), [pytest.param(*entry, id=entry[0][:60]) for entry in examples()]
)
def test_every_example_prints_what_it_shows(
    command: str, printed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SAFETHIRD_LANG", raising=False)
    if "safethird prove" in command or "safethird check" in command:
        pytest.importorskip("z3")
    words = shlex.split(command.removeprefix("$ ").removeprefix("./bootstrap "))
    assert words[0] == "safethird"
    run(words[1:])
    out = capsys.readouterr().out.splitlines()
    at, free = 0, False
    for line in printed.splitlines():
        if line == "...":
            free = True
            continue
        place = out.index(line, at) if free else at
        assert out[place] == line
        at, free = place + 1, False
    assert free or not any(out[at:]), "more is printed than is shown"
