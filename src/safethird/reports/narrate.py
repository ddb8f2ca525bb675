"""The steps of a reasoning, told clause by clause in the reader's language.

Every line is one sentence of the catalogue with facts and values in its places; nothing is glued. A line
that rests on facts carries them, with what is known of each, for tables and for machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from safethird.facts.countries import country_name
from safethird.facts.truth import Truth
from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.language.evaluate import Evaluator, Step
from safethird.language.syntax import (
    And,
    Either,
    Fact,
    Field,
    Lookup,
    Node,
    Not,
    Or,
    Quantifier,
    Text,
    Use,
    children,
)
from safethird.regimes.model import Citation, Regime
from safethird.reports.clauses import Clauses, Paths, is_plain_no
from safethird.reports.phrases import in_language
from safethird.reports.words import value_words
from safethird.screening.alternatives import value_at


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the reasoning, the lines under it, and the facts that it reads."""

    text: str
    value: Truth
    parts: tuple[Told, ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    """Path, label and value in words of every fact read here."""
    citation: Citation | None = None
    id: str | None = None


class Narrator:
    """Tells the steps of one case under one regime in one language."""

    def __init__(self, regime: Regime, evaluator: Evaluator, language: str) -> None:
        self.regime = regime
        self.evaluator = evaluator
        self.language = language
        self.clauses = Clauses(evaluator.program, language)
        self._named: dict[str, Any] = {}
        """Names that stand for a value and not for an element of the case: `candidate`."""

    def tell(self, step: Step, paths: Paths | None = None, candidate: str | None = None) -> Told:
        """A step and all it rests on. `paths`: where the elements named by variables stand in the case;
        `candidate`: the state of which a condition on states speaks."""
        self._named = {} if candidate is None else {"candidate": candidate}
        return self._tell(step, {**(paths or {}), **self._chosen(step)})

    # --- conditions ------------------------------------------------------------------------------

    def _tell(self, step: Step, paths: Paths) -> Told:
        paths = {**paths, **self._chosen(step)}
        node = step.node
        if isinstance(node, And | Or):
            name = "all_of" if isinstance(node, And) else "any_of"
            return self._group(name, step.value, (self._tell(part, paths) for part in step.parts))
        if isinstance(node, Not) and not is_plain_no(node):
            return self._group("not_this", step.value, (self._tell(part, paths) for part in step.parts))
        if isinstance(node, Either):
            return self._group("either", step.value, (self._possibility(part, paths) for part in step.parts))
        if isinstance(node, Use):
            return self._use(step, node, paths)
        if isinstance(node, Quantifier):
            return self._quantifier(step, node, paths)
        return Told(self.clauses.clause(node, paths), step.value, (), tuple(self._facts(node, paths)))

    def _group(self, name: str, value: Truth, parts: Iterable[Told]) -> Told:
        return Told(self.clauses.say(name), value, tuple(parts))

    def _possibility(self, step: Step, paths: Paths) -> Told:
        said = self.clauses.say("if_other")
        for name, index in step.chosen:
            if index is not None:
                path = self.clauses.element_path(name).removesuffix("[]")
                per = vocabulary().fact(path).per(self.language)
                said = self.clauses.say("if_chosen", subject=per, number=index + 1)
        return Told(said, step.value, (self._tell(step, paths),))

    def _use(self, step: Step, node: Use, paths: Paths) -> Told:
        definition = self.regime.definitions[node.name]
        inner = dict(paths)
        if definition.parameter is not None and node.argument is not None and node.argument in paths:
            inner[definition.parameter] = paths[node.argument]
        parts = tuple(self._tell(part, inner) for part in step.parts)
        label = in_language(definition.label, self.language)
        return Told(label, step.value, parts, (), definition.citation, definition.id)

    def _quantifier(self, step: Step, node: Quantifier, paths: Paths) -> Told:
        list_path = self.clauses.list_path(node.collection, paths)
        listing = self.evaluator.term(node.collection, self._bindings(paths))
        known = listing is not None and getattr(listing, "complete", True)
        facts = () if known and step.parts else (self._fact_row(list_path, listing),)
        text = self.clauses.quantifier(node, paths)
        if node.where is None and node.satisfy is None:
            return Told(text, step.value, (), facts)
        per = vocabulary().fact(list_path).per(self.language)
        parts = []
        for part in step.parts:
            inner = {**paths, node.variable: f"{list_path}[{part.element}]"}
            told = (
                self._group("all_of", part.value, (self._tell(side, inner) for side in part.parts))
                if part.node is node
                else self._tell(part, inner)
            )
            heading = (
                country_name(part.element, self.language)
                if isinstance(part.element, str)
                else self.clauses.say("element", subject=per, number=(part.element or 0) + 1)
            )
            parts.append(Told(heading, part.value, (told,)))
        return Told(text, step.value, tuple(parts), facts)

    def _chosen(self, step: Step) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, index in step.chosen:
            path = self.clauses.element_path(name).removesuffix("[]")
            found[name] = f"{path}[{'' if index is None else index}]"
        return found

    def _bindings(self, paths: Paths) -> dict[str, Any]:
        found = {name: value_at(self.evaluator.facts, path) for name, path in paths.items() if path}
        return {**found, **self._named}

    # --- the facts behind a clause ---------------------------------------------------------------

    def _facts(self, node: Node, paths: Paths) -> Iterator[tuple[str, str, str]]:
        seen: set[str] = set()
        for path, value in self._read(node, paths):
            if path not in seen:
                seen.add(path)
                yield self._fact_row(path, value)

    def _read(self, node: Node, paths: Paths) -> Iterator[tuple[str, Any]]:
        if isinstance(node, Fact):
            yield ".".join(node.names), value_at(self.evaluator.facts, ".".join(node.names))
        elif isinstance(node, Field):
            base = paths.get(node.variable)
            if base and not base.endswith("[]"):
                path = ".".join((base, *node.steps))
                yield path, value_at(self.evaluator.facts, path)
        elif isinstance(node, Lookup):
            yield from self._read(node.key, paths)
            key = node.key.value if isinstance(node.key, Text) else self._term(node.key, paths)
            if isinstance(key, str):
                path = f"{'.'.join(node.table)}[{key}].{'.'.join(node.steps)}"
                yield path, value_at(self.evaluator.facts, path)
        else:
            for inner in children(node):
                yield from self._read(inner, paths)

    def _term(self, node: Node, paths: Paths) -> Any:
        return self.evaluator.term(node, self._bindings(paths))

    def _fact_row(self, path: str, value: Any) -> tuple[str, str, str]:
        fact = vocabulary().get(path)
        if fact is None and path.endswith("]"):
            # One code of a list of codes: `applicant.nationalities[0]` is told by the words of the list.
            whole = path[: path.rindex("[")]
            fact = vocabulary().get(whole)
            if fact is not None and fact.type in ("countries", "choices"):
                return path, fact.label(self.language), value_words(generic_path(whole), value, self.language)
        label = path if fact is None else fact.label(self.language)
        return path, label, value_words(generic_path(path), value, self.language)
