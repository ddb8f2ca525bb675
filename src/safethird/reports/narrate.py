"""The steps of a reasoning, told clause by clause in the reader's language.

Every line is one sentence of the catalogue with facts and values in its places; nothing is glued. A line
that rests on facts carries them, with what is known of each, for tables and for machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safethird.facts.truth import Truth
from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.language.evaluate import Evaluator, Step
from safethird.language.syntax import (
    Age, And, Codes, Compare, Count, Day, Either, Fact, Field, First, Flag, IsUnknown, Lookup, Member, NamedSet, Node,
    Not, Number, Or, Period, Quantifier, Shifted, Text, Use,
)  # fmt: skip
from safethird.messages import say
from safethird.regimes.model import Citation, Regime
from safethird.reports.words import alternatives_words, code_words, day_words, value_words

COUNTRY_PATH = "claim.country"
"""Any fact that holds a country, to find its words."""
_COMPARISONS = {"==": "is", "!=": "is_not", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least",
                "before": "before", "after": "after", "on or before": "on_or_before", "on or after": "on_or_after"}  # fmt: skip


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


@dataclass(slots=True)
class Narrator:
    """Tells the steps of one case under one regime in one language."""

    regime: Regime
    evaluator: Evaluator
    language: str
    _paths: dict[str, str] = field(default_factory=dict)

    def tell(self, step: Step, paths: Mapping[str, str] | None = None) -> Told:
        """A step and all it rests on. `paths`: where the elements named by variables stand in the case."""
        return self._tell(step, {**(paths or {}), **self._chosen(step)})

    # --- conditions ------------------------------------------------------------------------------

    def _tell(self, step: Step, paths: Mapping[str, str]) -> Told:
        paths = {**paths, **self._chosen(step)}
        node = step.node
        if isinstance(node, And | Or):
            name = "all_of" if isinstance(node, And) else "any_of"
            return self._group(name, step.value, (self._tell(part, paths) for part in step.parts))
        if isinstance(node, Not):
            return self._group("not_this", step.value, (self._tell(part, paths) for part in step.parts))
        if isinstance(node, Either):
            return self._group("either", step.value, (self._possibility(part, paths) for part in step.parts))
        if isinstance(node, Use):
            return self._use(step, node, paths)
        if isinstance(node, Quantifier):
            return self._quantifier(step, node, paths)
        return Told(self._leaf(node, paths), step.value, (), tuple(self._facts(node, paths)))

    def _group(self, name: str, value: Truth, parts: Iterable[Told], **places: str) -> Told:
        return Told(say(f"clause.{name}", self.language, **places), value, tuple(parts))

    def _possibility(self, step: Step, paths: Mapping[str, str]) -> Told:
        said = say("clause.if_other", self.language)
        for name, index in step.chosen:
            if index is not None:
                node = self.evaluator.program.definitions[name].rule.node
                assert isinstance(node, First)
                per = vocabulary().fact(self._list_path(node.collection, paths)).per(self.language)
                said = say("clause.if_chosen", self.language, subject=per, number=index + 1)
        return Told(said, step.value, (self._tell(step, paths),))

    def _use(self, step: Step, node: Use, paths: Mapping[str, str]) -> Told:
        definition = self.regime.definitions[node.name]
        inner = dict(paths)
        if definition.parameter is not None and node.argument is not None and node.argument in paths:
            inner[definition.parameter] = paths[node.argument]
        label = definition.label.get(self.language) or next(iter(definition.label.values()))  # type: ignore[call-overload]
        parts = tuple(self._tell(part, inner) for part in step.parts)
        return Told(label, step.value, parts, (), definition.citation, definition.id)

    def _quantifier(self, step: Step, node: Quantifier, paths: Mapping[str, str]) -> Told:
        list_path = self._list_path(node.collection, paths)
        subject = vocabulary().fact(list_path).label(self.language)
        listing = self.evaluator.term(node.collection, self._bindings(paths))
        known = listing is not None and getattr(listing, "complete", True)
        facts = () if known and step.parts else (self._fact_row(list_path, listing),)
        if node.where is None and node.satisfy is None:
            name = "not_empty" if node.kind == "any" else "empty"
            return Told(say(f"clause.{name}", self.language, subject=subject), step.value, (), facts)
        name = {"any": "there_is", "no": "there_is_none", "all": "for_all"}[node.kind]
        parts = []
        for part in step.parts:
            inner = {**paths, node.variable: f"{list_path}[{part.element}]"}
            told = (
                self._group("all_of", part.value, (self._tell(side, inner) for side in part.parts))
                if part.node is node
                else self._tell(part, inner)
            )
            per = vocabulary().fact(list_path).per(self.language)
            heading = say("clause.element", self.language, subject=per, number=(part.element or 0) + 1)
            parts.append(Told(heading, part.value, (told,)))
        return Told(say(f"clause.{name}", self.language, subject=subject), step.value, tuple(parts), facts)

    def _leaf(self, node: Node, paths: Mapping[str, str]) -> str:
        if isinstance(node, Flag):
            return say("clause.always" if node.value else "clause.never", self.language)
        if isinstance(node, Compare):
            return self._compare(node, paths)
        if isinstance(node, Member):
            return self._member(node, paths)
        if isinstance(node, Period):
            return self._period(node, paths)
        if isinstance(node, IsUnknown):
            name = "is_known" if node.negated else "is_unknown"
            return say(f"clause.{name}", self.language, subject=self._term(node.term, paths))
        return say("clause.yes", self.language, subject=self._term(node, paths))

    def _compare(self, node: Compare, paths: Mapping[str, str]) -> str:
        name = _COMPARISONS[node.comparator]
        constant = isinstance(node.right, Text | Number | Day)
        if not constant and not isinstance(node.right, Number):
            name = {"is": "same", "is_not": "not_same"}.get(name, f"{name}_fact" if "fore" in name or "after" in name else name)
        value = self._constant(node.right, node.left, paths) if constant else self._term(node.right, paths)
        return say(f"clause.{name}", self.language, subject=self._term(node.left, paths), value=value)

    def _member(self, node: Member, paths: Mapping[str, str]) -> str:
        collection = node.collection
        subject = self._term(node.item, paths)
        if isinstance(collection, Codes):
            words = [self._constant(code, node.item, paths) for code in collection.values]
            return say("clause.none_of" if node.negated else "clause.one_of", self.language, subject=subject,
                       value=alternatives_words(words, self.language))  # fmt: skip
        if isinstance(collection, NamedSet):
            known = self.evaluator.program.sets[collection.name]
            label = (known.label or {}).get(self.language) or collection.name.replace("_", " ")
            name = "not_in_set" if node.negated else "in_set"
            if collection.on is None:
                return say(f"clause.{name}", self.language, subject=subject, value=label)
            return say(f"clause.{name}_on", self.language, subject=subject, value=label,
                       anchor=self._term(collection.on, paths))  # fmt: skip
        name = "includes_not" if node.negated else "includes"
        value = self._constant(node.item, collection, paths) if isinstance(node.item, Text) else subject
        return say(f"clause.{name}", self.language, subject=self._term(collection, paths), value=value)

    def _period(self, node: Period, paths: Mapping[str, str]) -> str:
        kind = "within" if node.kind in ("within", "at most") else node.kind.replace(" ", "_")
        clause = say(f"clause.{kind}_{node.direction}", self.language, subject=self._term(node.subject, paths),
                     value=self._amount(node.amount, node.unit), anchor=self._term(node.anchor, paths))  # fmt: skip
        return say("clause.counting", self.language, clause=clause) if node.counting_that_day else clause

    def _amount(self, amount: int, unit: str) -> str:
        return say(f"clause.{'one_' if amount == 1 else ''}{unit}", self.language, number=amount)

    # --- terms -----------------------------------------------------------------------------------

    def _constant(self, node: Node, partner: Node, paths: Mapping[str, str]) -> str:
        if isinstance(node, Day):
            return day_words(node.ordinal, self.language)
        if isinstance(node, Number):
            return str(node.value)
        assert isinstance(node, Text)
        if node.value == "applicant":
            return say("clause.applicant", self.language)
        return code_words(self._generic(partner, paths), node.value, self.language)

    def _term(self, node: Node, paths: Mapping[str, str]) -> str:
        if isinstance(node, Shifted):
            name = "later_than" if node.amount >= 0 else "earlier_than"
            return say(f"clause.{name}", self.language, subject=self._term(node.base, paths),
                       value=self._amount(abs(node.amount), node.unit))  # fmt: skip
        if isinstance(node, Age):
            return say("clause.age", self.language, anchor=self._term(node.on, paths))
        if isinstance(node, Count):
            subject = vocabulary().fact(self._list_path(node.collection, paths)).label(self.language)
            return say("clause.number_of", self.language, subject=subject)
        if isinstance(node, Text | Number | Day):
            return self._constant(node, node, paths) if not isinstance(node, Text) else self._country(node.value)
        if isinstance(node, Field) and not node.steps and node.variable == "candidate":
            return say("clause.candidate", self.language)
        path = self._generic(node, paths)
        fact = vocabulary().get(path)
        label = path if fact is None else fact.label(self.language)
        if isinstance(node, Lookup):
            if isinstance(node.key, Text):
                return say("clause.for_country", self.language, subject=label, country=self._country(node.key.value))
            return say("clause.for_other_country", self.language, subject=label, country=self._term(node.key, paths))
        return label

    def _country(self, code: str) -> str:
        return code_words(COUNTRY_PATH, code, self.language)

    def _generic(self, node: Node, paths: Mapping[str, str]) -> str:
        if isinstance(node, Fact):
            return ".".join(node.names)
        if isinstance(node, Lookup):
            return f"{'.'.join(node.table)}[].{'.'.join(node.steps)}"
        if isinstance(node, Field):
            if node.variable == "candidate":
                return COUNTRY_PATH
            base = paths.get(node.variable) or self._element_path(node.variable)
            generic = generic_path(base)
            if not node.steps:
                return generic.removesuffix("[]")
            return ".".join((generic, *node.steps))
        return COUNTRY_PATH

    def _element_path(self, name: str) -> str:
        definition = self.evaluator.program.definitions[name].rule.node
        assert isinstance(definition, First)
        return f"{self._list_path(definition.collection, {})}[]"

    def _list_path(self, node: Node, paths: Mapping[str, str]) -> str:
        if isinstance(node, Fact):
            return ".".join(node.names)
        assert isinstance(node, Field)
        return ".".join((paths.get(node.variable, self._paths.get(node.variable, "")), *node.steps))

    def _chosen(self, step: Step) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, index in step.chosen:
            path = self._element_path(name).removesuffix("[]")
            found[name] = f"{path}[{'' if index is None else index}]"
        return found

    def _bindings(self, paths: Mapping[str, str]) -> dict[str, Any]:
        from safethird.screening.alternatives import value_at

        return {name: value_at(self.evaluator.facts, path) for name, path in paths.items() if path}

    # --- the facts behind a clause ---------------------------------------------------------------

    def _facts(self, node: Node, paths: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        seen: set[str] = set()
        for path, value in self._read(node, paths):
            if path not in seen:
                seen.add(path)
                yield self._fact_row(path, value)

    def _read(self, node: Node, paths: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        from safethird.language.syntax import children
        from safethird.screening.alternatives import value_at

        if isinstance(node, Fact):
            yield ".".join(node.names), value_at(self.evaluator.facts, ".".join(node.names))
        elif isinstance(node, Field):
            base = paths.get(node.variable)
            if base and not base.endswith("[]"):
                path = ".".join((base, *node.steps))
                yield path, value_at(self.evaluator.facts, path)
        elif isinstance(node, Lookup):
            yield from self._read(node.key, paths)
            key = self.evaluator.term(node.key, self._bindings(paths)) if not isinstance(node.key, Text) else node.key.value
            if isinstance(key, str):
                path = f"{'.'.join(node.table)}[{key}].{'.'.join(node.steps)}"
                yield path, value_at(self.evaluator.facts, path)
        else:
            for inner in children(node):
                yield from self._read(inner, paths)

    def _fact_row(self, path: str, value: Any) -> tuple[str, str, str]:
        fact = vocabulary().get(path)
        label = path if fact is None else fact.label(self.language)
        return path, label, value_words(generic_path(path), value, self.language)
