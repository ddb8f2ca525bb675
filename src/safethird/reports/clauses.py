"""The words of one clause: what a condition says, whether or not there is a case to hold it against.

`narrate` tells the steps of a case with it, `rule_words` a rule by itself. Every clause is one sentence of
the catalogue with facts and written values in its places; nothing is glued.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safethird.facts.vocabulary import generic_path, vocabulary
from safethird.language.program import Program
from safethird.language.syntax import (
    Age,
    Codes,
    Compare,
    Count,
    Day,
    Fact,
    Field,
    First,
    Flag,
    IsUnknown,
    Lookup,
    Member,
    NamedSet,
    Node,
    Not,
    Number,
    Period,
    Quantifier,
    Shifted,
    Text,
)
from safethird.messages import say
from safethird.reports.words import alternatives_words, code_words, day_words

COUNTRY_PATH = "claim.country"
"""Any fact that holds a country, to find its words."""

Paths = Mapping[str, str]
"""Where the element that each name stands for is found: `family[2]`; `family[]` when no case is at hand."""

_COMPARISONS = {
    "==": "is", "!=": "is_not", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least",
    "before": "before", "after": "after", "on or before": "on_or_before", "on or after": "on_or_after",
}  # fmt: skip
_WITH_A_FACT = {
    "is": "same", "is_not": "not_same", "before": "before_fact", "after": "after_fact",
    "on_or_before": "on_or_before_fact", "on_or_after": "on_or_after_fact",
}  # fmt: skip


def is_plain_no(node: Node) -> bool:
    """Whether a condition only turns a yes/no fact round: it is told as one clause, `turned back: no`."""
    return isinstance(node, Not) and isinstance(node.operand, Fact | Field | Lookup)


@dataclass(frozen=True, slots=True)
class Clauses:
    """Tells single clauses and terms of one program in one language."""

    program: Program
    language: str
    names_elements: bool = False
    """Whether a fact of an element that a definition names says so, by the definition's id."""

    # --- conditions ------------------------------------------------------------------------------

    def clause(self, node: Node, paths: Paths) -> str:
        """A condition that cannot be taken apart."""
        if isinstance(node, Flag):
            return self.say("always" if node.value else "never")
        if isinstance(node, Compare):
            return self._compare(node, paths)
        if isinstance(node, Member):
            return self._member(node, paths)
        if isinstance(node, Period):
            return self._period(node, paths)
        if isinstance(node, IsUnknown):
            return self.say("is_known" if node.negated else "is_unknown", subject=self.term(node.term, paths))
        if isinstance(node, Not):
            return self.say("no", subject=self.term(node.operand, paths))
        return self.say("yes", subject=self.term(node, paths))

    def quantifier(self, node: Quantifier, paths: Paths) -> str:
        """What is said of the elements of a list: that one fits, none, or every one."""
        subject = self.list_label(node.collection, paths)
        if node.where is None and node.satisfy is None:
            return self.say("not_empty" if node.kind == "any" else "empty", subject=subject)
        name = {"any": "there_is", "no": "there_is_none", "all": "for_all"}[node.kind]
        return self.say(name, subject=subject)

    def _compare(self, node: Compare, paths: Paths) -> str:
        name = _COMPARISONS[node.comparator]
        if isinstance(node.right, Text | Number | Day):
            value = self._constant(node.right, node.left, paths)
        else:
            shifted = isinstance(node.right, Shifted) and node.right.unit != "past_weekends"
            name = _WITH_A_FACT.get(name, name)
            name = f"{name}_day" if shifted and name in _WITH_A_FACT.values() else name
            value = self.term(node.right, paths)
        return self.say(name, subject=self.term(node.left, paths), value=value)

    def _member(self, node: Member, paths: Paths) -> str:
        collection = node.collection
        if not isinstance(collection, Codes | NamedSet):
            name = "includes_not" if node.negated else "includes"
            item = node.item
            is_code = isinstance(item, Text)
            value = self._constant(item, collection, paths) if is_code else self.term(item, paths)
            return self.say(name, subject=self.term(collection, paths), value=value)
        subject = self.term(node.item, paths)
        if isinstance(collection, Codes):
            words = [self._constant(code, node.item, paths) for code in collection.values]
            if any("," in word for word in words):
                words = [self.say("quoted", value=word) for word in words]
            value = alternatives_words(words, self.language)
            return self.say("none_of" if node.negated else "one_of", subject=subject, value=value)
        name = "not_in_set" if node.negated else "in_set"
        label = self.set_label(collection.name)
        if collection.on is None:
            return self.say(name, subject=subject, value=label)
        return self.say(f"{name}_on", subject=subject, value=label, anchor=self.term(collection.on, paths))

    def _period(self, node: Period, paths: Paths) -> str:
        kind = "within" if node.kind in ("within", "at most") else node.kind.replace(" ", "_")
        clause = self.say(
            f"{kind}_{node.direction}",
            subject=self.term(node.subject, paths),
            value=self._amount(node.amount, node.unit),
            anchor=self.term(node.anchor, paths),
        )
        return self.say("counting", clause=clause) if node.counting_that_day else clause

    # --- terms -----------------------------------------------------------------------------------

    def term(self, node: Node, paths: Paths) -> str:
        """A fact, a written value or something computed from them."""
        if isinstance(node, Shifted):
            if node.unit == "past_weekends":
                return self.say("past_weekends", subject=self.term(node.base, paths))
            name = "later_than" if node.amount >= 0 else "earlier_than"
            amount = self._amount(abs(node.amount), node.unit)
            return self.say(name, subject=self.term(node.base, paths), value=amount)
        if isinstance(node, Age):
            return self.say("age", anchor=self.term(node.on, paths))
        if isinstance(node, Count):
            return self.say("number_of", subject=self.list_label(node.collection, paths))
        if isinstance(node, Text):
            return self._country(node.value)
        if isinstance(node, Number | Day):
            return self._constant(node, node, paths)
        if isinstance(node, Field) and not node.steps and node.variable == "candidate":
            return self.say("candidate")
        path = self.generic(node, paths)
        fact = vocabulary().get(path)
        label = path if fact is None else fact.label(self.language)
        if isinstance(node, Lookup):
            if isinstance(node.key, Text):
                return self.say("for_country", subject=label, country=self._country(node.key.value))
            return self.say("for_other_country", subject=label, country=self.term(node.key, paths))
        if self.names_elements and isinstance(node, Field) and node.variable in self.program.definitions:
            return f"{label} [{node.variable}]"
        return label

    def set_label(self, name: str) -> str:
        """What readers call a named set of countries."""
        known = self.program.sets[name].label or {}
        return known.get(self.language) or name.replace("_", " ")

    def list_label(self, node: Node, paths: Paths) -> str:
        """What readers call a list of the case."""
        return vocabulary().fact(self.list_path(node, paths)).label(self.language)

    def _constant(self, node: Node, partner: Node, paths: Paths) -> str:
        """A written value, in the words of the fact that it is held against."""
        if isinstance(node, Day):
            return day_words(node.ordinal, self.language)
        if isinstance(node, Number):
            return str(node.value)
        if not isinstance(node, Text):
            raise TypeError(f"a {type(node).__name__} is no written value")
        if node.value == "applicant":
            return self.say("applicant")
        return code_words(self.generic(partner, paths), node.value, self.language)

    def _country(self, code: str) -> str:
        return code_words(COUNTRY_PATH, code, self.language)

    def _amount(self, amount: int, unit: str) -> str:
        return self.say(f"{'one_' if amount == 1 else ''}{unit}", number=amount)

    def say(self, name: str, **places: object) -> str:
        """A message about clauses."""
        return say(f"clause.{name}", self.language, **places)

    # --- paths -----------------------------------------------------------------------------------

    def generic(self, node: Node, paths: Paths) -> str:
        """The path in the vocabulary of the fact that a term reads."""
        if isinstance(node, Fact):
            return ".".join(node.names)
        if isinstance(node, Lookup):
            return f"{'.'.join(node.table)}[].{'.'.join(node.steps)}"
        if isinstance(node, Field):
            if node.variable == "candidate":
                return COUNTRY_PATH
            generic = generic_path(paths.get(node.variable) or self.element_path(node.variable))
            if not node.steps:
                return generic.removesuffix("[]")
            return ".".join((generic, *node.steps))
        return COUNTRY_PATH

    def element_path(self, name: str) -> str:
        """Where the element that a definition names is found: `entries[]`."""
        definition = self.program.definitions[name].rule.node
        if not isinstance(definition, First):
            raise TypeError(f"'{name}' names no element")
        return f"{self.list_path(definition.collection, {})}[]"

    def list_path(self, node: Node, paths: Paths) -> str:
        """The path of a list, with the place of the element that it stands in, if any."""
        if isinstance(node, Fact):
            return ".".join(node.names)
        if not isinstance(node, Field):
            raise TypeError(f"a {type(node).__name__} is no list")
        return ".".join((paths.get(node.variable, ""), *node.steps))
