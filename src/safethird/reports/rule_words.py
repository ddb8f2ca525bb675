"""A rule told by itself, without a case: the condition as an outline of whole sentences.

Named conditions are told by their label and named in `uses`, so that a document can point to where they
stand; the words of single clauses are those of `clauses`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safethird.facts.vocabulary import vocabulary
from safethird.language.syntax import And, Count, First, Node, Not, Or, Quantifier, Use, walk
from safethird.regimes.model import Definition, Regime, Responsible, Rule
from safethird.reports.clauses import Clauses, Paths, is_plain_no
from safethird.reports.phrases import in_language


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a rule and the lines under it."""

    text: str
    parts: tuple[Said, ...] = ()
    uses: tuple[str, ...] = ()
    """Ids of the definitions that the line names or rests on."""

    def lines(self, depth: int = 0) -> Iterator[tuple[int, Said]]:
        """This line and all under it, outside first, each with its depth."""
        yield depth, self
        for part in self.parts:
            yield from part.lines(depth + 1)


class RuleWords:
    """Tells the rules of one regime in one language."""

    def __init__(self, regime: Regime, language: str) -> None:
        self.regime = regime
        self.language = language
        self.clauses = Clauses(regime.program, language, names_elements=True)

    def rule(self, rule: Rule, definition: Definition | None = None) -> Said:
        """A condition or the choice of an element. `definition`: the one whose rule or reading it is."""
        paths: dict[str, str] = {}
        if definition is not None and definition.parameter is not None:
            paths[definition.parameter] = f"{definition.collection}[]"
        return self._said(rule.node, paths)

    def term(self, rule: Rule) -> str:
        """A value: the date that a clock reads, the state that an answer names."""
        return self.clauses.term(rule.node, {})

    def responsible(self, responsible: Responsible) -> Said:
        """The state that a criterion names, and of which element it speaks."""
        element = responsible.element
        if element is None or responsible.variable is None:
            return Said(self.clauses.term(responsible.rule.node, {}))
        paths = {responsible.variable: f"{self.clauses.list_path(element.collection, {})}[]"}
        return Said(self.clauses.term(responsible.rule.node, paths), (self._said(element, {}),))

    def _said(self, node: Node, paths: Paths) -> Said:
        if isinstance(node, And | Or):
            parts = tuple(self._said(part, paths) for part in node.parts)
            return Said(self.clauses.say("all_of" if isinstance(node, And) else "any_of"), parts)
        if isinstance(node, Not) and not is_plain_no(node):
            return Said(self.clauses.say("not_this"), (self._said(node.operand, paths),))
        if isinstance(node, Use):
            label = in_language(self.regime.definitions[node.name].label, self.language)
            return Said(label, (), (node.name,))
        if isinstance(node, Quantifier):
            return self._quantifier(node, paths)
        if isinstance(node, First):
            return self._first(node, paths)
        return Said(self.clauses.clause(node, paths), tuple(self._counted(node, paths)), self._elements(node))

    def _quantifier(self, node: Quantifier, paths: Paths) -> Said:
        inner = {**paths, node.variable: f"{self.clauses.list_path(node.collection, paths)}[]"}
        parts = [self._said(part, inner) for part in (node.where, node.satisfy) if part is not None]
        if len(parts) < 2:
            return Said(self.clauses.quantifier(node, paths), tuple(parts))
        # `all x in list where A satisfy B`: those that fit A, and what then must hold of them.
        subject = self.clauses.list_label(node.collection, paths)
        must = Said(self.clauses.say("must_hold"), (parts[1],))
        return Said(self.clauses.say("for_all_where", subject=subject), (parts[0], must))

    def _first(self, node: First, paths: Paths) -> Said:
        list_path = self.clauses.list_path(node.collection, paths)
        inner = {**paths, node.variable: f"{list_path}[]"}
        subject = vocabulary().fact(list_path).label(self.language)
        parts = () if node.where is None else (self._said(node.where, inner),)
        kind = "" if parts else "_any"
        if node.order is None or node.key is None:
            return Said(self.clauses.say(f"element_only{kind}", subject=subject), parts)
        key = self.clauses.term(node.key, inner)
        return Said(self.clauses.say(f"element_{node.order}{kind}", subject=subject, key=key), parts)

    def _counted(self, node: Node, paths: Paths) -> Iterator[Said]:
        """What is counted, under a clause that speaks of a number."""
        for inner in walk(node):
            if isinstance(inner, Count) and inner.where is not None:
                below = {**paths, inner.variable: f"{self.clauses.list_path(inner.collection, paths)}[]"}
                subject = self.clauses.list_label(inner.collection, paths)
                yield Said(self.clauses.say("counted", subject=subject), (self._said(inner.where, below),))

    def _elements(self, node: Node) -> tuple[str, ...]:
        """The elements named by definitions on which a clause rests directly."""
        elements = set(self.regime.program.elements_in(node))
        names = {getattr(inner, "variable", None) for inner in walk(node)} & elements
        return tuple(name for name in self.regime.definitions if name in names)
