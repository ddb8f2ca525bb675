"""The language of properties: the rule language, about a case and what a regime answers for it.

Beside the facts of a case and the definitions of the regime it knows `outcome`, `responsible`, `bars`,
`operative`, `covered` and `excepted`, and `other.` before each for a second regime. `A implies B` is `not (A)
or B`. The law language knows none of this: no rule of a regime can speak of its own answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safethird.errors import BadData
from safethird.facts.truth import Truth
from safethird.language.errors import RuleError, Source
from safethird.language.evaluate import NOTHING, Evaluator
from safethird.language.parser import parse
from safethird.language.program import Program
from safethird.language.syntax import Fact, Node, Not, Or, walk
from safethird.language.types import COUNTRY, TRUTH, Checked, Signature, Type, check_condition
from safethird.regimes.model import Regime
from safethird.regimes.names import CaseNames
from safethird.screening.determine import OUTCOMES, Reasoning

OUTCOME = Type("choice", "outcome")
ANSWER: Mapping[str, Type] = {
    "outcome": OUTCOME, "responsible": COUNTRY, "bars": TRUTH, "operative": TRUTH, "covered": TRUTH,
    "excepted": TRUTH,
}  # fmt: skip
"""What a property may say of an answer."""
_IMPLIES = re.compile(r'("[^"\n]*")|\bimplies\b')


@dataclass(frozen=True, slots=True)
class Property:
    """A property of every case, checked against a regime (and a second one)."""

    text: str
    checked: Checked

    @property
    def node(self) -> Node:
        """The tree."""
        return self.checked.node

    @property
    def speaks_of_other(self) -> bool:
        """Whether it compares two regimes."""
        return any(isinstance(node, Fact) and node.names[0] == "other" for node in walk(self.node))


class _PropertyNames:
    """The names of the case, and those of the answer."""

    def __init__(self, case: CaseNames, two: bool) -> None:
        self._case = case
        self._two = two

    def member(self, record: str, name: str) -> Type | None:
        if record == "other":
            return ANSWER.get(name)
        if record == "":
            if name in ANSWER:
                return ANSWER[name]
            if name == "other" and self._two:
                return Type("record", "other")
        return self._case.member(record, name)

    def members(self, record: str) -> Iterable[str]:
        if record == "other":
            return ANSWER
        own = (*ANSWER, *(("other",) if self._two else ())) if record == "" else ()
        return [*own, *self._case.members(record)]

    def codes(self, type_: Type) -> Collection[str] | None:
        return OUTCOMES if type_ == OUTCOME else self._case.codes(type_)

    def set_is_dated(self, name: str) -> bool | None:
        return self._case.set_is_dated(name)

    def set_names(self) -> Iterable[str]:
        return self._case.set_names()


def read_property(text: str, regime: Regime, *, two: bool = False) -> Property:
    """A property, checked. Raises BadData that says where it has no meaning.

    `two`: it may speak of a second regime as `other`.
    """
    try:
        node, source = _parsed(text)
        names = _PropertyNames(CaseNames(regime.program.sets), two)
        signatures = {
            name: Signature(
                entry.rule.checked.type, _parameter(entry.collection), entry.rule.checked.uses_unknown
            )
            for name, entry in regime.definitions.items()
        }
        checked = check_condition(source, node, names, signatures, may_ask_unknown=True)
    except RuleError as error:
        raise BadData(error.problem) from None
    return Property(" ".join(text.split()), checked)


def _parameter(collection: str | None) -> Type | None:
    if collection is None:
        return None
    if collection in ("applicant.nationalities", "applicant.capital_charge_countries"):
        return COUNTRY
    return Type("record", f"{collection}[]")


def _parsed(text: str) -> tuple[Node, Source]:
    parts: list[tuple[int, str]] = []
    start = 0
    for match in _IMPLIES.finditer(text):
        if match.group(1) is None:
            parts.append((start, text[start : match.start()]))
            start = match.end()
    parts.append((start, text[start:]))
    source = Source(text, name="property")
    nodes = [parse(Source(" " * offset + part, name="property")) for offset, part in parts]
    node = nodes[-1]
    for before in reversed(nodes[:-1]):
        node = Or(before.at, (Not(before.at, before), node))
    return node, source


def holds_for(
    wanted: Property, program: Program, facts: Mapping[str, Any], answer: Reasoning, other: Reasoning | None
) -> Truth:
    """What a property comes to for one case, by the interpreter."""
    extended = {**facts, **_said(answer)}
    if other is not None:
        extended["other"] = _said(other)
    return Evaluator(program, extended).rule(wanted.node).value


def _said(answer: Reasoning) -> dict[str, Any]:
    found: dict[str, Any] = {
        "outcome": answer.outcome,
        "responsible": answer.responsible[0] if answer.responsible else NOTHING,
    }
    for name in ("bars", "operative", "covered", "excepted"):
        value = getattr(answer, name)
        if value is not None:
            found[name] = value
    return found
