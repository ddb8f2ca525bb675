"""The checklist of a draft: each standard property, whether it holds for every case, and what carries it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from safethird.drafting.check.standard import Standard, facts_in, rules_of_provision, standards
from safethird.drafting.named import Draft
from safethird.drafting.prove.bounds import Bounds, bounds_for, widest
from safethird.drafting.prove.logic import both
from safethird.drafting.prove.property import Property, read_property
from safethird.drafting.prove.prover import Proof, decide
from safethird.drafting.prove.reasoning import without
from safethird.drafting.prove.session import Session
from safethird.drafting.prove.witness import Witness, answers_for, smallest
from safethird.facts.case import Case
from safethird.regimes.model import Definition, Provision, Regime
from safethird.screening.determine import reason
from safethird.screening.screen import Ground, determine, facts_for_rules

Status = Literal["holds", "fails", "undecided", "stated", "text", "missing", "idle", "documented"]
"""`stated`: a condition is about it, in a draft that names no state to ask about; `text`: no condition is
about it, but the draft has safeguards in words; `missing`: nothing in the draft is about
it; `idle`: it holds because the draft never applies to anyone; `documented`: the file tells of an instrument and
writes out none of its rules."""
LIMIT = 9.0
"""Seconds for the whole checklist; an entry may take half of what is left when its turn comes."""
_SAFEGUARDS = ("safeguard",)
_NO_OVERLAP = Standard("no_overlap", None, None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of the checklist, answered."""

    standard: Standard
    status: Status
    carried_by: tuple[Provision | Definition, ...] = ()
    """The provisions without which it would fail; where the state is chosen so that it holds, the definitions by
    which it is; for `text` and `stated`, those that say it."""
    passed_over: bool = False
    """It holds because a state of which this was found is passed over."""
    about: tuple[Provision, ...] = ()
    """For `fails`: the provisions that are about it, and do not carry it."""
    witness: Witness | None = None
    grounds: tuple[Ground, ...] = ()
    """For `fails`: what the answer shown rests on, or is left open by."""
    overlap: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """All entries for one draft."""

    draft: Draft
    findings: tuple[Finding, ...]
    bounds: Bounds
    seconds: float


def check(draft: Draft, limit: float = LIMIT) -> Checklist:
    """The checklist of a draft. `limit`: seconds for all entries; what is not decided by then says so."""
    started = time.monotonic()
    regime = draft.regime
    entries = list(standards(regime))
    if regime.documented_only:
        told = tuple(_documented(regime, entry) for entry in (*entries, _NO_OVERLAP))
        return Checklist(draft, told, Bounds({}, True), time.monotonic() - started)
    wanted = {entry: read_property(entry.property, regime) for entry in entries if entry.property is not None}
    bounds = widest([bounds_for([regime], one, False) for one in wanted.values()])
    session = Session([regime], list(wanted.values()), bounds=bounds, day=draft.day)

    def left() -> float:
        return max(0.05, limit - (time.monotonic() - started))

    ever: bool | None = None
    """Whether it applies to anyone; asked when something is proved, for then it may be for that alone."""
    findings: list[Finding] = []
    for entry in entries:
        if entry.property is None:
            findings.append(_in_words(regime, entry))
            continue
        if ever is False and entry.name != "no_gap":
            findings.append(Finding(entry, "idle"))
            continue
        proof = decide(session, wanted[entry], left() / 2)
        if entry.name != "no_gap" and ever is None:
            ever = True if proof.verdict == "refuted" else _ever_applies(session, left() / 2)
        if ever is False and entry.name != "no_gap":
            findings.append(Finding(entry, "idle"))
        else:
            findings.append(_decided(session, entry, proof, left() / 2))
    findings.append(_overlap(session, left()))
    return Checklist(draft, tuple(findings), bounds, time.monotonic() - started)


def _ever_applies(session: Session, limit: float) -> bool | None:
    found, _ = session.find([session.answers[0].outcomes["applies"]], limit, small=False)
    return {"yes": True, "no": False}.get(found)


def _documented(regime: Regime, entry: Standard) -> Finding:
    """What can be said where a file writes out no rules: the safeguards that it tells of."""
    found = _in_words(regime, entry) if entry.property is None and entry.facts else None
    return found if found is not None and found.carried_by else Finding(entry, "documented")


def _in_words(regime: Regime, entry: Standard) -> Finding:
    asks = _about(regime, entry)
    if asks:
        return Finding(entry, "stated", asks)
    said = tuple(one for one in regime.provisions if one.role in _SAFEGUARDS)
    return Finding(entry, "text" if said else "missing", said)


def _about(regime: Regime, entry: Standard) -> tuple[Provision, ...]:
    """The provisions whose conditions read the facts that an entry is about."""
    return tuple(
        one for one in regime.ruled() if one.role != "warning"
        and any(facts_in(rule.node, regime.program) & set(entry.facts) for rule in rules_of_provision(one))
    )  # fmt: skip


def _decided(session: Session, entry: Standard, proof: Proof, limit: float) -> Finding:
    regime = session.regimes[0]
    if proof.verdict == "undecided":
        return Finding(entry, "undecided")
    if proof.witness is not None:
        facts = facts_for_rules(proof.witness.case)
        grounds = determine(regime, facts, explain_missing=False).grounds
        return Finding(entry, "fails", about=_about(regime, entry), witness=proof.witness, grounds=grounds)
    if entry.name == "no_gap":
        return Finding(entry, "holds")
    carriers = _carriers(session, proof.wanted, limit)
    if carriers:
        return Finding(entry, "holds", carriers)
    barred = regime.barred_state
    passed_over = barred is not None and bool(facts_in(barred.node, regime.program) & set(entry.facts))
    return Finding(entry, "holds", tuple(_choosing(regime, entry)), passed_over)


def _choosing(regime: Regime, entry: Standard) -> Iterator[Definition]:
    """The definitions by which the state is chosen, as far as they read the facts that an entry is about."""
    if regime.responsible is not None:
        for name in sorted(regime.responsible.checked.uses):
            definition = regime.definitions[name]
            if facts_in(definition.rule.node, regime.program) & set(entry.facts):
                yield definition


def _carriers(session: Session, wanted: Property, limit: float) -> tuple[Provision, ...]:
    """Provisions that are enough to make the property hold, none of which can be spared. None for a regime
    that allocates, where the order of criteria carries it, and where the time was too short to tell."""
    answer = session.answers[0]
    if answer.regime.kind == "allocation":
        return ()
    candidates = [
        entry for entry in answer.regime.ruled() if entry.role not in ("warning", "shift", "criterion")
    ]
    dropped: list[str] = []
    deadline = time.monotonic() + limit
    for entry in candidates:
        if time.monotonic() > deadline:
            return ()
        fails = session.property(wanted, [without(answer, [*dropped, entry.id])]).f
        found, _ = session.find([fails], limit / 4, small=False)
        if found == "no":
            dropped.append(entry.id)
    return tuple(entry for entry in candidates if entry.id not in dropped)


def _overlap(session: Session, limit: float) -> Finding:
    """Two exceptions with different effects that hold together, with no order between them."""
    answer = session.answers[0]
    entry = _NO_OVERLAP
    undecided = False
    for one, other in _rivals(answer.regime):
        together = both((answer.provisions[one.id].t, answer.provisions[other.id].t))
        found, model = session.find([answer.operative.t, together], limit / 2)
        if model is not None:
            witness = _both_hold(session, one, other, model)
            return Finding(entry, "fails", (one, other), witness=witness, overlap=(one.id, other.id))
        undecided = undecided or found == "undecided"
    return Finding(entry, "undecided" if undecided else "holds")


def _rivals(regime: Regime) -> Iterator[tuple[Provision, Provision]]:
    exceptions = [entry for entry in regime.ruled() if "effect" in entry.exception_to]
    for one, other in combinations(exceptions, 2):
        ordered = other.id in one.before or one.id in other.before
        if one.outcome != other.outcome and not ordered:
            yield one, other


def _both_hold(session: Session, one: Provision, other: Provision, model: object) -> Witness:
    regime = session.regimes[0]

    def shows(case: Case) -> bool:
        reasoning = reason(regime, facts_for_rules(case))
        steps = reasoning.provisions
        return reasoning.operative is True and steps[one.id].value is True and steps[other.id].value is True

    case = smallest(session.case_data(model), shows)
    return Witness(case, answers_for((regime,), case))
