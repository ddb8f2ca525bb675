"""Conditions, and parts of conditions, that are the same whatever the case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from safethird.language.syntax import (
    And,
    Compare,
    Count,
    Day,
    Fact,
    Field,
    First,
    Flag,
    Member,
    NamedSet,
    Node,
    Not,
    Or,
    Period,
    Quantifier,
    Use,
    walk,
)
from safethird.language.write import write
from safethird.regimes.lint.claims import Claims, Element, Elements
from safethird.regimes.lint.findings import Finding, Severity, Subject
from safethird.regimes.lint.possible import ALWAYS, All, Formula, OneOf, Some, possible
from safethird.regimes.model import Definition, Provision, Regime, Rule, Version

_NEVER_FINE = frozenset(("criterion", "shift", "warning", "power", "scope"))
"""Roles in which `when: true` says something: it holds for everyone."""


@dataclass(frozen=True, slots=True)
class Site:
    """One rule of the file and what is known where it is read."""

    rule: Rule
    elements: Elements
    around: tuple[tuple[str, Formula], ...]
    """What is given where the rule is read, with its name for the message."""
    whole: str
    """What the rule is, for the message: "This condition"."""
    may_hold_always: bool = False


def constant_findings(subject: Subject, logic: Logic) -> Iterator[Finding]:
    """Every rule that can never hold or always does, and every part that does so inside its rule."""
    for site in _sites(logic):
        yield from _Look(subject, logic, site).whole()


@dataclass(slots=True)
class Logic:
    """What can be true in a regime: claims of its rules, and the definitions that are constant."""

    subject: Subject
    claims: Claims = field(init=False)
    constant: dict[str, bool] = field(init=False)
    """Definitions that never hold (False) or always do (True)."""
    impossible: set[str] = field(default_factory=set)
    """Named elements that there can never be."""

    def __post_init__(self) -> None:
        self.claims = Claims(self.regime.program)
        self.constant = {}
        for name, definition in self.regime.definitions.items():
            node = definition.rule.node
            if isinstance(node, First):
                inner = self.claims.inside(node.variable, node.collection, {})
                if node.where is not None and not possible(self.claims.of(node.where, inner)):
                    self.impossible.add(name)
                continue
            elements = self.parameter_of(definition)
            for value in (True, False):
                if not possible(self.claims.of(definition.rule.node, elements, value)):
                    self.constant[name] = not value

    @property
    def regime(self) -> Regime:
        """The regime that is looked at."""
        return self.subject.regime

    def parameter_of(self, definition: Definition) -> Elements:
        """The element that a definition with a parameter speaks of."""
        if definition.parameter is None or definition.collection is None:
            return {}
        path = self.claims.path(Fact(0, tuple(definition.collection.split("."))), {})
        return {definition.parameter: Element(f"{definition.parameter}#", path)}

    def can_be(self, provision: Provision, value: bool, context: Formula = ALWAYS) -> bool:
        """Whether a provision's own condition may be true (or false) in some case."""
        return possible(context, self.claim(provision, value))

    def claim(self, provision: Provision, value: bool) -> Formula:
        """What is claimed when a provision's own condition holds, or does not."""
        if provision.versions:
            parts = tuple(self._version(version, value) for version in provision.versions)
            return Some(parts) if value else All(parts)
        if provision.rule is None:
            return ALWAYS if value else Some()
        return self.claims.of(provision.rule.node, {}, value)

    def _version(self, version: Version, value: bool) -> Formula:
        inside = self.window(version)
        if version.rule is None:
            return Some() if value else ALWAYS
        rule = self.claims.of(version.rule.node, {}, value)
        if value:
            return All((*inside, rule))
        outside = (self.claims.of(compare, {}, False) for compare in self._limits(version))
        return Some((*outside, rule))

    def window(self, version: Version) -> tuple[Formula, ...]:
        """That the date of the clock lies in the time of a version."""
        return tuple(self.claims.of(compare, {}) for compare in self._limits(version))

    def _limits(self, version: Version) -> Iterator[Compare]:
        clock = self.regime.clocks[version.clock].node
        if version.since is not None:
            yield Compare(0, "on or after", clock, Day(0, version.since.lo))
        if version.until is not None:
            yield Compare(0, "before", clock, Day(0, version.until.hi))

    def considered(self) -> Formula:
        """That the claim is one for which the regime is looked at."""
        considered = self.regime.considered_for
        countries = considered.countries
        if considered.country_set is not None:
            members = self.regime.program.sets[considered.country_set].members
            countries = tuple(entry.country for entry in members)
        return OneOf("claim.country", frozenset(countries))


def _sites(logic: Logic) -> Iterator[Site]:
    regime = logic.regime
    for definition in regime.definitions.values():
        elements = logic.parameter_of(definition)
        if definition.readings is None:
            yield Site(definition.rule, elements, (), "This definition")
        else:
            for option in definition.readings.options.values():
                yield Site(option.rule, elements, (), "This reading")
    for provision in regime.ruled():
        yield from _provision_sites(provision, logic)
    for event in regime.events:
        if event.rule is not None:
            yield Site(event.rule, {}, (), "This condition")
    if regime.barred_state is not None:
        candidate = {"candidate": Element("candidate", "claim.country")}
        yield Site(regime.barred_state, candidate, (), "This condition")


def _provision_sites(provision: Provision, logic: Logic) -> Iterator[Site]:
    considered = (("the countries of claims for which the regime is considered", logic.considered()),)
    fine = provision.role in _NEVER_FINE
    if provision.readings is not None:
        for option in provision.readings.options.values():
            yield Site(option.rule, {}, considered, "This reading", fine)
    elif provision.rule is not None:
        yield Site(provision.rule, {}, considered, "This condition", fine)
    for version in provision.versions:
        if version.rule is not None and possible(*logic.window(version)):
            window = ("the days on which this wording holds", All(logic.window(version)))
            yield Site(version.rule, {}, (window, *considered), "This wording", True)
    if provision.responsible is not None and provision.responsible.each is not None:
        yield Site(provision.responsible.each, {}, considered, "This choice of an element")


@dataclass(slots=True)
class _Look:
    """Looks at one rule: the whole first, then its parts inside what stands around them."""

    subject: Subject
    logic: Logic
    site: Site
    claims: Claims = field(init=False)
    """Claims in which constant definitions are not looked into again: they have their own finding."""

    def __post_init__(self) -> None:
        self.claims = Claims(self.subject.regime.program, frozenset(self.logic.constant))

    def whole(self) -> Iterator[Finding]:
        node, elements, whole = self.site.rule.node, self.site.elements, self.site.whole
        if isinstance(node, First):
            if node.where is None:
                return
            elements = self.logic.claims.inside(node.variable, node.collection, elements)
            node = node.where
        logic = self.logic.claims
        if isinstance(node, Flag) and whole == "This reading":
            return  # Under one reading a provision may well hold for everyone or for nobody.
        claim = logic.of(node, elements)
        excluded = self.excluded(claim)
        if excluded is not None:
            why = excluded or self.why_never(node, elements)
            mend = "Correct the condition, or remove it"
            if isinstance(node, Flag):
                why, mend = "It says 'false'", "Write the condition, or remove the provision"
            yield self.finding(node, "never-holds", f"{whole} can never hold", why, mend)
        elif not possible(logic.of(node, elements, False)):
            if isinstance(node, Flag):
                if not self.site.may_hold_always:
                    yield self.finding(node, "always-holds", f"{whole} always holds", "It says 'true'",
                                       "Write the condition under which it holds")  # fmt: skip
                return
            why = self.why_always(node, elements)
            mend = "Correct the condition, or write 'true' where it is meant for everyone"
            yield self.finding(node, "always-holds", f"{whole} always holds", why, mend)
        else:
            yield from self.inside(node, elements, ())

    def excluded(self, claim: Formula) -> str | None:
        """None when a claim is possible here; else why not: empty when it never is."""
        if not possible(claim):
            return ""
        around: list[Formula] = []
        for said, formula in self.site.around:
            around.append(formula)
            if not possible(*around, claim):
                return f"It excludes {said}"
        return None

    # --- parts -----------------------------------------------------------------------------------

    def parts(self, node: Node, elements: Elements, context: tuple[Formula, ...]) -> Iterator[Finding]:
        """A part whose surroundings are `context`: constant there, or with constant parts itself."""
        if isinstance(node, Flag):
            said = "true" if node.value else "false"
            yield self.finding(node, "constant-part", f"'{said}' stands inside a condition",
                               "A part that is always the same decides nothing or everything",
                               "Remove it")  # fmt: skip
            return
        for value in (True, False):
            claim = self.claims.of(node, elements, value)
            if possible(*context, claim):
                continue
            alone = not possible(claim)
            yield self.constant_part(node, elements, value, alone)
            return
        yield from self.inside(node, elements, context)

    def constant_part(self, node: Node, elements: Elements, value: bool, alone: bool) -> Finding:
        text = f"'{write(node)}'"
        if value:
            where = "" if alone else " here"
            why = self.why_never(node, elements) if alone else "What stands beside it in the rule excludes it"
            mend = "Correct this part, or remove it"
            return self.finding(node, "part-never-holds", f"{text} can never hold{where}", why, mend)
        if alone:
            why = self.why_always(node, elements)
            return self.finding(node, "part-always-holds", f"{text} always holds", why,
                                "Correct this part, or remove it")  # fmt: skip
        return self.finding(node, "part-adds-nothing", f"{text} adds nothing here",
                            "It always holds where the rest of the rule does",
                            "Remove it, or correct the part that already says it", "warning")  # fmt: skip

    def inside(self, node: Node, elements: Elements, context: tuple[Formula, ...]) -> Iterator[Finding]:
        """The parts of a condition that is not constant itself."""
        if isinstance(node, Not):
            yield from self.inside(node.operand, elements, context)
        elif isinstance(node, And | Or):
            claims = [self.claims.of(part, elements) for part in node.parts]
            for index, part in enumerate(node.parts):
                around = (*claims[:index], *claims[index + 1 :]) if isinstance(node, And) else ()
                yield from self.parts(part, elements, (*context, *around))
        elif isinstance(node, Quantifier):
            inner = self.claims.inside(node.variable, node.collection, elements)
            if node.where is not None:
                yield from self.parts(node.where, inner, context)
            if node.satisfy is not None:
                where = ALWAYS if node.where is None else self.claims.of(node.where, inner)
                yield from self.parts(node.satisfy, inner, (*context, where))
        else:
            for part in walk(node):
                if isinstance(part, Count) and part.where is not None:
                    inner = self.claims.inside(part.variable, part.collection, elements)
                    yield from self.parts(part.where, inner, context)

    # --- reasons ---------------------------------------------------------------------------------

    def why_never(self, node: Node, elements: Elements) -> str:
        """Why a condition can never hold, in words."""
        claims = self.logic.claims
        if isinstance(node, And):
            for part in node.parts:
                if not possible(claims.of(part, elements)):
                    return self.why_never(part, elements)
            for one, other in combinations(node.parts, 2):
                if not possible(claims.of(one, elements), claims.of(other, elements)):
                    return f"'{write(one)}' and '{write(other)}' exclude each other"
            return "Its parts cannot all hold together"
        if isinstance(node, Or):
            return "None of its alternatives can hold"
        if isinstance(node, Use):
            return f"'{node.name}' can never hold"
        if isinstance(node, Quantifier) and node.where is not None:
            return self._why_no_element(node, elements)
        if isinstance(node, Member) and isinstance(node.collection, NamedSet):
            members = self.subject.regime.program.sets[node.collection.name].members
            if not members:
                return f"The set '{node.collection.name}' has no members"
            return "Every value is in the set" if node.negated else "No value of this fact is in the set"
        if isinstance(node, Period):
            return "There is no day in this period"
        if isinstance(node, Not):
            return self.why_always(node.operand, elements)
        return self._why_never_of_elements(node, elements) or f"Nothing makes '{write(node)}' true"

    def _why_never_of_elements(self, node: Node, elements: Elements) -> str | None:
        """That a comparison fails because of the named element that it speaks of."""
        program = self.subject.regime.program
        for inner in walk(node):
            name = inner.variable if isinstance(inner, Field) else None
            if name is None or name in elements or name not in program.definitions:
                continue
            if name in self.logic.impossible:
                return f"There can be no '{name}'"
            if possible(Claims(program, chosen=False).of(node, elements)):
                return f"'{name}' is defined so that this cannot be"
        return None

    def _why_no_element(self, node: Quantifier, elements: Elements) -> str:
        inner = self.logic.claims.inside(node.variable, node.collection, elements)
        assert node.where is not None
        if not possible(self.logic.claims.of(node.where, inner)):
            return self.why_never(node.where, inner)
        return f"No '{node.variable}' can be as the rule asks"

    def why_always(self, node: Node, elements: Elements) -> str:
        """Why a condition always holds, in words."""
        claims = self.logic.claims
        if isinstance(node, Not):
            return self.why_never(node.operand, elements)
        if isinstance(node, Or):
            for part in node.parts:
                if not possible(claims.of(part, elements, False)):
                    return self.why_always(part, elements)
            for one, other in combinations(node.parts, 2):
                if not possible(claims.of(one, elements, False), claims.of(other, elements, False)):
                    return f"One of '{write(one)}' and '{write(other)}' always holds"
            return "One of its alternatives always holds"
        if isinstance(node, And):
            return "Each of its parts always holds"
        if isinstance(node, Use):
            return f"'{node.name}' always holds"
        if isinstance(node, Quantifier) and node.where is not None:
            return self._why_no_element(node, elements)
        return f"Nothing makes '{write(node)}' false"

    def finding(
        self, node: Node, code: str, what: str, why: str, mend: str, severity: Severity = "error"
    ) -> Finding:
        return self.subject.in_rule(self.site.rule, node, code, what, why=why, mend=mend, severity=severity)
