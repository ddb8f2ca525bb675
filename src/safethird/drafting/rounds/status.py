"""Rounds of negotiation: dated versions in a folder, and what is agreed, open, changed and due.

A folder holds one regime file a version, named by its day and who tabled it (`2019-07-12_GT.yaml`), and,
if there are any, `deadlines.yaml`. Open points stand in square brackets in a label: `under [US: 16] [GT:
18]`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from safethird.errors import BadData, NoInput, Problem, did_you_mean
from safethird.facts.documents import read_document
from safethird.regimes.loader import load_regime_file
from safethird.regimes.model import LANGUAGES, Language, Provision, Regime, Texts

NAME = re.compile(r"^(?P<day>\d{4}-\d{2}-\d{2})_(?P<by>[A-Za-z0-9]+)(?:_(?P<turn>\d+))?\.ya?ml$")
DEADLINES = "deadlines.yaml"
Sure = Literal["signed_text", "official_statement", "unnamed_source"]
SURE: tuple[Sure, ...] = ("signed_text", "official_statement", "unnamed_source")
ChangeKind = Literal["new", "changed", "dropped", "same"]
_BRACKET = re.compile(r"\[([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Round:
    """One dated version."""

    day: str
    by: str
    regime: Regime


@dataclass(frozen=True, slots=True)
class Point:
    """One provision as it stands after the last round."""

    id: str
    label: Texts
    citation: str
    agreed: bool
    """Whether the last version of every party has it in the same form, without brackets."""
    brackets: tuple[str, ...]
    """Open points inside it, as they stand in the brackets (first language of the file that has any)."""
    bracketed: tuple[Language, ...]
    """Languages whose label has brackets; the others pretend that nothing is open."""
    since: str
    """Day of the version that first had it as it now stands."""
    by: str
    """Who tabled that version."""
    against: tuple[str, ...]
    """Parties whose own last version has it otherwise or not at all."""
    change: ChangeKind
    """Against the round before."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day ahead that matters, who says so, and how sure that is."""

    day: str
    what: str
    source: str
    url: str | None
    sure: Sure
    days_left: int


@dataclass(frozen=True, slots=True)
class Status:
    """Where the negotiation stands on a day."""

    as_of: str
    rounds: tuple[Round, ...]
    points: tuple[Point, ...]
    deadlines: tuple[Deadline, ...]
    past: int
    """Deadlines that have gone by."""


def read_rounds(folder: Path) -> tuple[Round, ...]:
    """All versions in a folder, oldest first. Raises NoInput when there are none, BadData when one is
    not valid."""
    if not folder.is_dir():
        raise NoInput(Problem("There is no such folder", file=str(folder), hint="Check the spelling."))
    found: list[tuple[str, int, str, Path]] = []
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if (
            path.name == DEADLINES
            or path.suffix not in (".yaml", ".yml")
            or path.name.endswith(".cases.yaml")
        ):
            continue
        match = NAME.match(path.name)
        if match is None or not _is_day(match.group("day")):
            problems.append(Problem("This name does not say when and by whom", file=str(path), code="name",
                                    expected="a name like 2019-07-12_GT.yaml"))  # fmt: skip
            continue
        found.append((match.group("day"), int(match.group("turn") or 0), match.group("by").upper(), path))
    if problems:
        raise BadData(problems)
    if not found:
        raise NoInput(Problem("There is no version in this folder", file=str(folder),
                              hint="Save drafts there under names like 2019-07-12_GT.yaml."))  # fmt: skip
    return tuple(Round(day, by, load_regime_file(path)) for day, _, by, path in sorted(found))


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_deadlines(folder: Path, as_of: str) -> tuple[tuple[Deadline, ...], int]:
    """Deadlines from a day on, nearest first, and how many have passed. Raises BadData with everything
    wrong."""
    path = folder / DEADLINES
    if not path.is_file():
        return (), 0
    document = read_document(path)
    data: Any = document.data
    entries = data.get("deadlines") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise BadData(document.problem("There is no list 'deadlines' here", (), code="wrong-type"))
    problems: list[Problem] = []
    found: list[Deadline] = []
    today = datetime.date.fromisoformat(as_of)
    for at, entry in enumerate(entries):
        here = ("deadlines", at)
        if not isinstance(entry, dict):
            problems.append(document.problem("A deadline is a group of keys", here, code="wrong-type"))
            continue
        missing = [key for key in ("date", "what", "source", "sure") if not isinstance(entry.get(key), str)]
        if missing:
            problems.append(
                document.problem(f"This deadline lacks: {', '.join(missing)}", here, code="missing-key")
            )
            continue
        if not _is_day(entry["date"]):
            problems.append(
                document.problem("This is no day", (*here, "date"), code="value", expected="YYYY-MM-DD")
            )
            continue
        if entry["sure"] not in SURE:
            problems.append(
                document.problem(
                    "This does not say how sure it is",
                    (*here, "sure"),
                    code="value",
                    expected=" or ".join(SURE),
                    hint=did_you_mean(entry["sure"], SURE),
                )
            )
            continue
        left = (datetime.date.fromisoformat(entry["date"]) - today).days
        found.append(
            Deadline(
                entry["date"],
                entry["what"],
                entry["source"],
                entry.get("url"),
                cast(Sure, entry["sure"]),
                left,
            )
        )
    if problems:
        raise BadData(problems)
    ahead = sorted((entry for entry in found if entry.days_left >= 0), key=lambda entry: entry.day)
    return tuple(ahead), len(found) - len(ahead)


def negotiation_status(folder: str | Path, as_of: str) -> Status:
    """Where a negotiation stands on a day (YYYY-MM-DD); later versions are left out."""
    folder = Path(folder)
    rounds = tuple(entry for entry in read_rounds(folder) if entry.day <= as_of)
    if not rounds:
        raise NoInput(Problem(f"There is no version of {as_of} or before", file=str(folder)))
    deadlines, past = read_deadlines(folder, as_of)
    return Status(as_of, rounds, tuple(_points(rounds)), deadlines, past)


def _points(rounds: Sequence[Round]) -> Iterator[Point]:
    last = rounds[-1]
    before = rounds[-2] if len(rounds) > 1 else None
    latest: dict[str, Round] = {entry.by: entry for entry in rounds}
    ids = [entry.id for entry in last.regime.provisions]
    if before is not None:
        ids += [entry.id for entry in before.regime.provisions if entry.id not in ids]
    for name in ids:
        now = _provision(last, name)
        was = _provision(before, name) if before is not None else None
        shown = now or was
        assert shown is not None
        content = _content(now)
        against = tuple(
            sorted(by for by, entry in latest.items() if _content(_provision(entry, name)) != content)
        )
        brackets = _brackets(now)
        first = next(
            entry
            for entry in rounds
            if _content(_provision(entry, name)) == content and _stays(rounds, entry, name)
        )
        change: ChangeKind = "same"
        if before is not None and now is None:
            change = "dropped"
        elif before is not None and was is None:
            change = "new"
        elif before is not None and _content(was) != content:
            change = "changed"
        agreed = len(latest) > 1 and not against and not brackets and now is not None
        yield Point(
            name,
            shown.label,
            shown.citation.pinpoint,
            agreed,
            brackets,
            _bracketed(now),
            first.day,
            first.by,
            against,
            change,
        )


def _stays(rounds: Sequence[Round], start: Round, name: str) -> bool:
    """Whether a provision stays as it is in `start` in every version from there on."""
    content = _content(_provision(start, name))
    return all(_content(_provision(entry, name)) == content for entry in rounds[rounds.index(start) :])


def _provision(entry: Round, name: str) -> Provision | None:
    return next((provision for provision in entry.regime.provisions if provision.id == name), None)


def _content(provision: Provision | None) -> tuple[object, ...] | None:
    """What two versions of a provision must share to be the same; where it is cited does not matter."""
    if provision is None:
        return None
    rules = [provision.rule, *(version.rule for version in provision.versions)]
    if provision.readings is not None:
        rules += [option.rule for option in provision.readings.options.values()]
    texts = tuple(None if rule is None else " ".join(rule.text.split()) for rule in rules)
    return (
        provision.role,
        tuple(sorted(provision.label.items())),
        texts,
        provision.outcome,
        provision.exception_to,
        provision.before,
        provision.burden,
        provision.standard,
        provision.discretion,
        provision.rebuttal,
    )


def _bracketed(provision: Provision | None) -> tuple[Language, ...]:
    label = provision.label if provision is not None else {}
    return tuple(language for language in LANGUAGES if _BRACKET.search(label.get(language, "")))


def _brackets(provision: Provision | None) -> tuple[str, ...]:
    if provision is None:
        return ()
    for text in provision.label.values():
        if found := _BRACKET.findall(text):
            return tuple(entry.strip() for entry in found)
    return ()
