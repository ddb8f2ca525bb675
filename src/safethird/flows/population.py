"""Coverage: the regime itself, run on a synthetic population.

Each cell (nationality and family status) is a few hundred or thousand people whose facts come from the shares
in the scenario, or stay unknown. Every one of them is a case, decided by the same code that decides a real
one. What the regime leaves undetermined, because a fact is not known, is the distance between certain and
possible coverage.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from safethird.errors import BadData, Problem, SafethirdError
from safethird.facts.case import Case
from safethird.facts.paths import with_value
from safethird.flows.scenario import Cell, Scenario
from safethird.screening.determine import reason

Kind = Literal["covered", "excepted", "not_covered", "undetermined"]
KINDS: tuple[Kind, ...] = ("covered", "excepted", "not_covered", "undetermined")
DAYS = (3, 10, 18, 25)
"""Days of the month on which people arrive, in equal parts. The start of a regime may lie between them."""
_PLACE = re.compile(r"\{(entry|born|nationality|receives|sends)(?:([+-])(\d+)| (\d+))?\}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the people of each cell are covered in each month: counts, cells by months by `KINDS`."""

    counts: npt.NDArray[np.int64]
    number: int
    distinct: int
    """Different cases that the regime was run on."""

    def certain(self) -> npt.NDArray[np.float64]:
        """The share that is covered whatever the unknown facts are: cells by months."""
        return np.asarray(self.counts[:, :, 0] / self.number)

    def possible(self) -> npt.NDArray[np.float64]:
        """The share that may be covered."""
        return np.asarray((self.counts[:, :, 0] + self.counts[:, :, 3]) / self.number)


def kind_of(scenario: Scenario, case: Case) -> Kind:
    """What the regime says of one person: covered, excepted, not covered, or undetermined."""
    found = reason(scenario.regime, case.facts)
    if scenario.regime.kind == "allocation":
        if found.outcome == "applies":
            return "not_covered" if found.responsible == (scenario.sends,) else "covered"
        if found.outcome != "undetermined":
            return "not_covered"
        # Which state it is may be open while it is certain that it is another one.
        return (
            "covered"
            if found.somewhere
            and found.possible
            and scenario.sends not in found.possible
            and (found.operative is True and found.covered is True)
            else "undetermined"
        )
    if found.outcome == "applies" or (found.outcome == "undetermined" and found.bars is True):
        return "covered"
    if found.outcome == "exempt":
        return "excepted"
    return "undetermined" if found.bars is None and found.outcome == "undetermined" else "not_covered"


def people_of(scenario: Scenario, cell: Cell, seed: int) -> list[tuple[str, int]]:
    """The people of one cell: cases as JSON text with places still open, and how many people are like
    that."""
    generator = np.random.default_rng(np.random.SeedSequence([seed, 7, _number(cell)]))
    number = int(scenario.people["number"])
    nation = np.array([cell.nationality] * number, dtype=object)
    if cell.nationality == "other":
        codes = sorted(scenario.others)
        nation = generator.choice(
            np.array(codes, dtype=object), number, p=[scenario.others[code] for code in codes]
        )
    chosen = []
    for entry in scenario.people.get("vary", ()):
        fitting = entry.get("for", {})
        if cell.family not in fitting.get("family", [cell.family]):
            continue
        if cell.nationality not in fitting.get("nationality", [cell.nationality]):
            continue
        shares = _shares(scenario, cell, entry["values"])
        chosen.append((entry["fact"], entry["values"], generator.choice(len(shares), number, p=shares)))
    found: Counter[str] = Counter()
    base = scenario.people["case"]
    for person in range(number):
        case: dict[str, Any] = dict(base)
        for fact, values, picks in chosen:
            case = with_value(case, fact, values[picks[person]].get("value"))
        text = json.dumps(case, sort_keys=True, ensure_ascii=False)
        found[text.replace("{nationality}", str(nation[person]))] += 1
    return sorted(found.items())


def _number(cell: Cell) -> int:
    """A number for a cell that does not depend on the other cells of the scenario."""
    return int.from_bytes(hashlib.sha256(f"{cell.nationality}/{cell.family}".encode()).digest()[:8], "big")


def _shares(scenario: Scenario, cell: Cell, values: list[Mapping[str, Any]]) -> list[float]:
    shares: list[float | None] = []
    for value in values:
        share = value["share"]
        if isinstance(share, str) and share.startswith("route "):
            assert scenario.network is not None
            share = scenario.network.arriving_through(cell.nationality, share.removeprefix("route "))
        shares.append(None if share == "rest" else float(share))
    known = sum(share for share in shares if share is not None)
    rest = max(0.0, 1 - known) / max(1, shares.count(None))
    filled = [rest if share is None else share for share in shares]
    return [share / sum(filled) for share in filled]


def case_on(scenario: Scenario, text: str, day: date) -> Case:
    """One of the people, arriving on a day. Raises BadData where the scenario's case is no valid case."""

    def put(match: re.Match[str]) -> str:
        name, sign, shift, age = match.groups()
        if name == "entry":
            return (day + timedelta(days=int(shift or 0) * (-1 if sign == "-" else 1))).isoformat()
        if name == "born":
            return str(day.year - int(age or 30))
        return {"receives": scenario.receives, "sends": scenario.sends}[name]

    try:
        return Case.from_data(json.loads(_PLACE.sub(put, text)), file=scenario.file)
    except SafethirdError as error:
        raise BadData(
            [
                Problem(
                    f"The people of the scenario are no valid cases. {problem.what}",
                    file=scenario.file,
                    path=f"people.case.{problem.path}",
                    expected=problem.expected,
                    hint=problem.hint,
                    code="people",
                )
                for problem in error.problems
            ]
        ) from None


def coverage_of(scenario: Scenario, seed: int) -> Coverage:
    """Run the regime on everybody. Raises BadData for people that are no valid cases."""
    months = scenario.months
    counts = np.zeros((len(scenario.cells), len(months), len(KINDS)), dtype=np.int64)
    distinct = 0
    known: dict[tuple[str, date], Kind] = {}
    for at, cell in enumerate(scenario.cells):
        people = people_of(scenario, cell, seed)
        for place, month in enumerate(months):
            days = [
                date(month.year, month.month, min(day, calendar.monthrange(month.year, month.month)[1]))
                for day in DAYS
            ]
            for text, number in people:
                for turn, day in enumerate(days):
                    # People who are alike arrive in equal parts on the days; what is left over on the first
                    # ones.
                    part = number // len(days) + (turn < number % len(days))
                    if not part:
                        continue
                    if (text, day) not in known:
                        known[text, day] = kind_of(scenario, case_on(scenario, text, day))
                        distinct += 1
                    counts[at, place, KINDS.index(known[text, day])] += part
    return Coverage(counts, int(scenario.people["number"]), distinct)
