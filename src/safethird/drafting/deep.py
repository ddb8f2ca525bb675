"""Lint by proof: what a rule does, or never does, over all cases."""

from __future__ import annotations

import time
from collections.abc import Iterator

from safethird.drafting.prove.bounds import bounds_for
from safethird.drafting.prove.logic import Formula, Truth3, both, either, negation
from safethird.drafting.prove.reasoning import SymbolicAnswer, keeps_here
from safethird.drafting.prove.session import Session
from safethird.regimes.lint.findings import Finding
from safethird.regimes.model import Provision, Regime

LIMIT = 60.0
"""Seconds for one regime; what is not decided by then is said to be so."""


def deep_findings(regime: Regime, limit: float = LIMIT) -> Iterator[Finding]:
    """Provisions that can never decide anything, and criteria that leave a choice between two states.

    Only what was proved is reported; where lists of any length could not be excluded, the finding says so.
    """
    if regime.documented_only:
        return
    search = _Search(regime, limit)
    yield from search.bar() if regime.kind == "bar" else search.allocation()
    yield from search.defeated()
    yield from search.warnings()
    if search.undecided:
        yield search.finding(
            None,
            "not-decided",
            "Not everything could be decided in the time given",
            "; ".join(search.undecided),
        )


class _Search:
    def __init__(self, regime: Regime, limit: float) -> None:
        self.regime = regime
        self.session = Session([regime], bounds=bounds_for([regime], None, False))
        self.answer: SymbolicAnswer = self.session.answers[0]
        self.deadline = time.monotonic() + limit
        self.undecided: list[str] = []

    def never(self, what: str, *formulas: Formula) -> bool:
        """Whether no case fulfils all formulas."""
        left = max(self.deadline - time.monotonic(), 0.01)
        found, _ = self.session.find(formulas, left, small=False)
        if found == "undecided":
            self.undecided.append(what)
        return found == "no"

    def finding(
        self, provision: Provision | None, code: str, what: str, why: str, mend: str | None = None
    ) -> Finding:
        bounds = self.session.bounds
        if not bounds.exact:
            why += f"; looked at lists with up to {max(bounds.elements.values(), default=0)} elements"
        if provision is not None:
            why += f" ({provision.citation.pinpoint})"
        name = None if provision is None else provision.id
        rule = None if provision is None else provision.rule
        line, column = (None, None) if rule is None else rule.checked.source.place(0)
        return Finding(code, "warning", what, why, mend, self.regime.file, line, column, None, name)

    # --- bars ------------------------------------------------------------------------------------

    def bar(self) -> Iterator[Finding]:
        """Scopes, powers, exclusions and exceptions that decide no case."""
        answer = self.answer
        if self.never("whether it ever operates", answer.operative.t):
            return  # nothing decides anything; that is no fault of the provisions
        coverage = {entry.id: part for entry, part in self._coverage()}
        for entry, part in self._coverage():
            others = [other.t for name, other in coverage.items() if name != entry.id]
            if self.never(entry.id, answer.operative.t, answer.reach.t, *others, part.f):
                yield self._idle(entry, answer.provisions[entry.id])
        exceptions = [entry for entry in self.regime.ruled() if keeps_here(entry)]
        inside = (answer.operative.t, answer.covered.t)
        for entry in exceptions:
            mine = answer.provisions[entry.id].t
            if self.never(entry.id, *inside, mine):
                yield self._idle(entry, answer.provisions[entry.id])
                continue
            swallowed_by = self._swallowed(entry, exceptions, inside)
            if swallowed_by is not None:
                yield self.finding(
                    entry, "swallowed", f"Whenever this exception holds, {swallowed_by} holds too",
                    "for a person who is covered it changes no outcome, only the ground",
                    "Keep it if the text has it; otherwise join the two.",
                )  # fmt: skip

    def _coverage(self) -> Iterator[tuple[Provision, Truth3]]:
        for entry in self.regime.ruled():
            value = self.answer.provisions[entry.id]
            if entry.role in ("scope", "power"):
                yield entry, value
            elif entry.role == "exclusion" or (
                "effect" in entry.exception_to and entry.outcome == "not_covered"
            ):
                yield entry, negation(value)

    def _swallowed(
        self, entry: Provision, exceptions: list[Provision], inside: tuple[Formula, ...]
    ) -> str | None:
        mine = self.answer.provisions[entry.id].t
        rest = [other for other in exceptions if other.id != entry.id]
        none_of_them = [negation(self.answer.provisions[other.id]) for other in rest]
        if not rest or not self.never(entry.id, *inside, mine, both(value.t for value in none_of_them)):
            return None
        for other in rest:
            if self.never(entry.id, *inside, mine, self.answer.provisions[other.id].f):
                return f"'{other.id}'"
        return "one of the others"

    def _idle(self, entry: Provision, value: Truth3) -> Finding:
        if entry.role in ("scope", "power"):
            never = self.never(entry.id, value.f)
            why = (
                "its condition holds in every case" if never else "the other conditions of coverage imply it"
            )
            return self.finding(entry, "implied", "This condition never keeps anyone out", why,
                                "Check whether it asks what the text asks.")  # fmt: skip
        never = self.never(entry.id, value.t)
        why = "its condition holds in no case" if never else "those for whom it holds are not covered anyway"
        return self.finding(entry, "never-decides", "This provision never decides anything", why,
                            "Check whether it asks what the text asks.")  # fmt: skip

    # --- allocation ------------------------------------------------------------------------------

    def allocation(self) -> Iterator[Finding]:
        """Criteria that name nobody, and criteria that leave a choice."""
        answer = self.answer
        inside = (answer.operative.t, answer.covered.t)
        tied: list[str] = []
        for entry in self.regime.ruled():
            if entry.id not in answer.decides:
                continue
            if self.never(entry.id, *inside, answer.decides[entry.id]):
                yield self.finding(
                    entry, "never-decides", "This criterion never names a state",
                    "no case reaches it and fulfils it", "Check its condition and its place in the order.",
                )  # fmt: skip
                continue
            if not self.never(entry.id, *inside, answer.ties[entry.id]) and entry.id not in self.undecided:
                tied.append(entry.id)
        if tied:
            yield self.finding(
                None, "overlap", f"Criteria that can mean two elements with other states: {', '.join(tied)}",
                "with all facts known, two elements come first alike",
                "Say in their order which of them counts, if the text does.",
            )  # fmt: skip

    # --- both ------------------------------------------------------------------------------------

    def defeated(self) -> Iterator[Finding]:
        """Exceptions to single provisions that never meet what they defeat."""
        own = self.answer.own
        for entry in self.regime.ruled():
            targets = [target for target in entry.exception_to if target != "effect" and target in own]
            if not targets:
                continue
            meets = either(both((own[entry.id].t, own[target].t)) for target in targets)
            if self.never(entry.id, meets):
                yield self.finding(
                    entry, "never-decides", "This exception never meets what it is an exception to",
                    "the two conditions never hold together",
                )  # fmt: skip

    def warnings(self) -> Iterator[Finding]:
        """Warnings that nobody ever sees. Those that ask what is unknown are left out: here all is known."""
        for entry in self.regime.ruled():
            asks_unknown = entry.rule is not None and entry.rule.checked.uses_unknown
            if (
                entry.role == "warning"
                and not asks_unknown
                and self.never(entry.id, self.answer.own[entry.id].t)
            ):
                yield self.finding(
                    entry, "never-shown", "This warning is never shown", "its condition never holds"
                )


__all__ = ["deep_findings"]
