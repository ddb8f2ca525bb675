"""The standard properties: what is asked of every draft, in the language of properties.

Which facts a draft speaks of decides how a property is put to it: a safeguard that rests on one finding is
asked about with that finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safethird.language.program import Program
from safethird.language.syntax import Fact, Field, Lookup, Node, Use, walk
from safethird.regimes.model import Provision, Regime, Rule

CHILD = (
    "age of applicant on claim.date < 18 and age of applicant on decision.date < 18"
    ' and no f in family where f.relation in ["parent", "guardian"]'
)
"""A child on the day of the claim and on that of the decision: whichever day a draft reads, it must protect them."""
_ROW = "findings.countries[responsible]"
_SAFE = {
    "individual_risk_shown": f"not {_ROW}.individual_risk_shown",
    "transfer_risk": f"not {_ROW}.transfer_risk",
    "onward_return_risk": f"not {_ROW}.onward_return_risk",
    "harm_standard_met": f'not {_ROW}.harm_standard_met == "more_likely_than_not"',
    "safe_for_applicant": f"{_ROW}.safe_for_applicant",
}
"""By finding about a danger in the receiving state: what must be so where a person is sent there."""
_STATED = f'not ({_ROW}.fear_stated and {_ROW}.harm_standard_met == "more_likely_than_not")'
"""Where the draft asks for a fear that is stated, harm is looked at only after it."""
_ACCESS = (
    "will_admit",
    "could_request_protection",
    "protection_available",
    "effective_protection",
    "right_to_reside",
)
"""Findings that the person gets in there, and to a procedure or to protection."""


@dataclass(frozen=True, slots=True)
class Standard:
    """One entry of the checklist: its name, and the property; None where only the text can carry it."""

    name: str
    detail: str | None
    property: str | None
    """None: the draft has no condition about it, or none that can be put as a property."""
    facts: tuple[str, ...] = ()
    """The facts that a condition about it would read."""


def standards(regime: Regime) -> Iterator[Standard]:
    """The checklist for one draft."""
    names_state = regime.responsible is not None or regime.kind == "allocation"
    read = _facts_read(regime)
    moved = 'outcome == "applies"'
    if regime.kind == "allocation":
        moved += " and responsible != claim.country"
    if names_state:
        nationals = f"{moved} implies responsible not in applicant.nationalities"
        yield Standard("own_nationals", None, nationals, ("applicant.nationalities",))
    risks = [name for name in _SAFE if name in read]
    for name in risks if names_state else ():
        stated = name == "harm_standard_met" and "fear_stated" in read
        yield Standard("non_refoulement", f"fear_stated, {name}" if stated else name,
                       f"{moved} implies {_STATED if stated else _SAFE[name]}", (name,))  # fmt: skip
    if not (risks and names_state):
        yield Standard("non_refoulement", None, None, (*_SAFE, "exceptional_circumstances"))
    yield Standard("children", None, f"{moved} implies not ({CHILD})", ("applicant.birth_date",))
    access = [name for name in _ACCESS if name in read]
    if names_state and access:
        told = " or ".join(f"{_ROW}.{name}" for name in access)
        yield Standard("access", ", ".join(access), f"{moved} implies ({told})", _ACCESS)
    else:
        yield Standard("access", None, None, _ACCESS)
    if regime.kind == "allocation":
        yield Standard("no_gap", None, 'operative and covered implies outcome == "applies"')
    else:
        yield Standard("no_gap", None, 'outcome != "undetermined"')


def facts_in(node: Node, program: Program) -> frozenset[str]:
    """The facts that a rule reads, through definitions too: their last names, and the paths of those that are
    no element's."""
    found: set[str] = set()
    for inner in walk(node):
        if isinstance(inner, Lookup | Field) and inner.steps:
            found.add(inner.steps[-1])
        elif isinstance(inner, Fact):
            found |= {inner.names[-1], ".".join(inner.names)}
        elif isinstance(inner, Use):
            found |= facts_in(program.definitions[inner.name].rule.node, program)
    return frozenset(found)


def _facts_read(regime: Regime) -> frozenset[str]:
    """What the deciding rules of a regime read."""
    rules = [
        one.node for entry in regime.ruled() if entry.role != "warning" for one in rules_of_provision(entry)
    ]
    if regime.barred_state is not None:
        rules.append(regime.barred_state.node)
    return frozenset().union(*(facts_in(rule, regime.program) for rule in rules))


def rules_of_provision(entry: Provision) -> Iterator[Rule]:
    """The conditions of a provision, in all its wordings."""
    if entry.rule is not None:
        yield entry.rule
    yield from (version.rule for version in entry.versions if version.rule is not None)
