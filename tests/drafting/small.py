"""Small programs over a small vocabulary, and every case of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from random import Random
from typing import Any

from safethird.facts.case import Case
from safethird.facts.documents import read_json
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime

CITED = {"cite": "Art. 1", "url": "https://example.org/law", "confidence": "verified"}
PLAIN: dict[str, tuple[Any, ...]] = {
    "findings.discretion_used": (True, False),
    "applicant.has_lawful_status": (True, False),
    "claim.status": ("pending", "refused", "withdrawn"),
    "decision.removal_country": ("GT", "US", "FR"),
    "applicant.birth_date": ("2001-06-30", "2001-07-01", "2002-02-28"),
}
CLAIM_DATES = ("2019-06-30", "2019-07-01", "2020-02-29")
RELATIVES = tuple(
    {"relation": relation, "can_care": care}
    for relation in ("parent", "sibling", "cousin")
    for care in (True, False)
)

THOROUGH = bool(os.environ.get("SAFETHIRD_THOROUGH"))
"""Proofs are slow: every change is held against some programs, and against many when this is asked for."""


def seeds(many: int) -> range:
    """Seeds of generated programs: a sixth of them unless SAFETHIRD_THOROUGH is set."""
    return range(many if THOROUGH else many // 6)


class Small:
    """Conditions over the small vocabulary."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.names = 0

    def leaf(self) -> str:
        rng = self.rng
        path = rng.choice([*PLAIN, "claim.date", "age"])
        if path == "age":
            self.used.add("applicant.birth_date")
            self.used.add("claim.date")
            return f"age of applicant on claim.date {rng.choice(('<', '>=', '=='))} 18"
        self.used.add(path)
        if path in ("findings.discretion_used", "applicant.has_lawful_status"):
            return path
        if path.endswith("date"):
            days = PLAIN.get(path, CLAIM_DATES)
            return f"{path} {rng.choice(('before', 'on or after'))} {rng.choice(days[1:])}"
        codes = PLAIN[path]
        return f'{path} {rng.choice(("==", "!="))} "{rng.choice(codes[:2])}"'

    def about(self, name: str, depth: int) -> str:
        rng = self.rng
        own = rng.choice(
            (f"{name}.can_care", f'{name}.relation == "parent"', f'{name}.relation != "sibling"')
        )
        if depth and rng.random() < 0.4:
            return f"({own} {rng.choice(('and', 'or'))} {self.condition(depth - 1, name)})"
        return own

    def condition(self, depth: int, inside: str | None = None) -> str:
        rng = self.rng
        kind = rng.choice(("leaf", "and", "or", "not", "list", "list", "count")) if depth else "leaf"
        if inside is not None and rng.random() < 0.4:
            return self.about(inside, 0)
        if kind in ("and", "or"):
            return f"({self.condition(depth - 1, inside)} {kind} {self.condition(depth - 1, inside)})"
        if kind == "not":
            return f"not ({self.condition(depth - 1, inside)})"
        if kind == "list":
            self.names += 1
            name = f"x{self.names}"
            self.used.add("family")
            body = self.about(name, depth - 1)
            what = rng.choice(("any", "no", "all"))
            if what == "all":
                return f"(all {name} in family where {body} satisfy {self.about(name, depth - 1)})"
            return f"({what} {name} in family where {body})"
        if kind == "count":
            self.names += 1
            name = f"x{self.names}"
            self.used.add("family")
            limit = f"{rng.choice(('==', '>=', '<'))} {rng.choice((0, 1, 2))}"
            return f"count {name} in family where ({self.about(name, 0)}) {limit}"
        return self.leaf()


def small_regime(rng: Random, depth: int = 2) -> tuple[dict[str, Any], set[str]]:
    """A regime as data, and the facts that it reads."""
    small = Small(rng)
    provisions = []
    for index in range(rng.choice((1, 2, 3))):
        role = rng.choice(("scope", "exclusion", "exception", "exception"))
        provisions.append(
            {"id": f"p{index}", "role": role, "label": f"p{index}", "when": small.condition(depth), **CITED}
        )
    data: dict[str, Any] = {
        "format": 1, "regime": "made", "kind": "bar", "languages": ["en"], "title": "Made",
        "summary": "Made up.",
        "instrument": {"type": "rule", "parties": ["US"], **CITED}, "considered_for": {"claim_in": ["US"]},
        "status": [{"event": "in_force", "date": "2001-01-01", "clock": "claim", **CITED}],
        "provisions": provisions,
    }  # fmt: skip
    return data, small.used | {"claim.date"}


def seeded(seed: object) -> Random:
    """The same draws every time."""
    return Random(repr(seed))


def built(data: dict[str, Any]) -> Regime:
    """The regime of plain data."""
    return build_regime(read_json(json.dumps(data), "made.yaml"))


def every_case(used: set[str], most: int = 3) -> Iterator[Case]:
    """Every case over the small vocabulary: one value for each way in which a rule can tell values apart."""
    plain = [path for path in PLAIN if path in used]
    families: list[list[dict[str, Any]] | None] = [None]
    if "family" in used:
        families = [
            list(people)
            for size in range(most + 1)
            for people in combinations_with_replacement(RELATIVES, size)
        ]
    for values in product(*(PLAIN[path] for path in plain), CLAIM_DATES, families):
        *facts, day, family = values
        data: dict[str, Any] = {"version": 1, "as_of": "2021-01-01", "claim": {"country": "US", "date": day},
                                "decision": {"date": "2021-01-01"}}  # fmt: skip
        for path, value in zip(plain, facts, strict=True):
            section, _, name = path.partition(".")
            data.setdefault(section, {})[name] = value
        if family is not None:
            data["family"] = family
        yield Case.from_data(data)
