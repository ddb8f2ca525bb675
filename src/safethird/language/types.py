"""The checker: resolves names, gives every part a type, refuses what has no meaning.

A checked rule is total: it has a value for every case, so nothing is left to fail at run time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn, Protocol

from safethird.errors import did_you_mean
from safethird.facts.countries import country_hint
from safethird.language.errors import RuleError, Source
from safethird.language.syntax import (
    Age,
    And,
    Call,
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
    Or,
    Path,
    Period,
    Quantifier,
    Shifted,
    Text,
    Use,
)  # fmt: skip

Kind = Literal["truth", "number", "date", "country", "choice", "label", "countries", "choices", "list", "table",
               "record", "code"]  # fmt: skip

SAID = {
    "truth": "a condition", "number": "a number", "date": "a date", "country": "a country", "choice": "a choice",
    "label": "a label", "countries": "a list of countries", "choices": "a list of codes", "list": "a list",
    "table": "a look-up table", "record": "a group of facts", "code": "a code in quotes",
}  # fmt: skip

_MAKE_CONDITION = {
    "record": "Name one of its facts.", "list": "Ask with 'any', 'all', 'no' or 'count'.",
    "countries": "Ask with 'in', 'any' or 'no'.", "choices": "Ask with 'in', 'any' or 'no'.",
    "table": "Name a row and one of its facts.", "date": "Compare it with something.",
    "number": "Compare it with something.", "country": "Compare it with something.",
    "choice": "Compare it with something.", "label": "Compare it with something.",
    "code": "Compare a fact with it.",
}  # fmt: skip
"""How a term becomes a condition."""


@dataclass(frozen=True, slots=True)
class Type:
    """What a term is. `of`: the vocabulary path that lists a choice's codes, or the path of a record."""

    kind: Kind
    of: str = ""


TRUTH, NUMBER, DATE, COUNTRY, CODE = (Type(kind) for kind in ("truth", "number", "date", "country", "code"))
UNCHECKED_CODES = Type("label")


@dataclass(frozen=True, slots=True)
class Signature:
    """A definition as others see it: a named condition (perhaps of an element) or a named element."""

    type: Type
    parameter: Type | None = None
    uses_unknown: bool = False


class Names(Protocol):
    """What a rule may speak of: the vocabulary, and the named sets of countries."""

    def member(self, record: str, name: str) -> Type | None:
        """The type of a field of a record (`""` is the case itself), or None."""

    def members(self, record: str) -> Iterable[str]:
        """The field names of a record."""

    def codes(self, type_: Type) -> Collection[str] | None:
        """The codes allowed for a choice or country; None when any will do."""

    def set_is_dated(self, name: str) -> bool | None:
        """Whether a named set changes with time; None when there is no such set."""

    def set_names(self) -> Iterable[str]:
        """All named sets."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule that has passed: its tree with every name resolved, its type, and what it rests on."""

    source: Source
    node: Node
    type: Type
    uses: frozenset[str] = frozenset()
    """Definitions used directly."""
    uses_unknown: bool = False


def check(
    source: Source, node: Node, names: Names, definitions: Mapping[str, Signature] | None = None,
    variables: Mapping[str, Type] | None = None,
) -> Checked:  # fmt: skip
    """Resolve and type a parsed rule. Raises RuleError at the first thing that has no meaning."""
    checker = _Checker(source, names, definitions or {}, dict(variables or {}))
    checked, type_ = checker.term(node)
    return Checked(source, checked, type_, frozenset(checker.uses), checker.uses_unknown)


def check_condition(
    source: Source, node: Node, names: Names, definitions: Mapping[str, Signature] | None = None,
    variables: Mapping[str, Type] | None = None, *, may_ask_unknown: bool = False,
) -> Checked:  # fmt: skip
    """As `check`, for a rule that must be true, false or unknown."""
    checked = check(source, node, names, definitions, variables)
    if checked.type != TRUTH:
        raise RuleError(
            source.problem(f"This is {SAID[checked.type.kind]}, not a condition", node.at,
                           expected="something that is true or false", code="not-a-condition",
                           hint=_MAKE_CONDITION.get(checked.type.kind))
        )  # fmt: skip
    if checked.uses_unknown and not may_ask_unknown:
        raise RuleError(
            source.problem("'is unknown' may stand in warnings only", node.at, code="unknown-in-rule",
                           hint="A rule that turns on ignorance would change its answer when more is known.")
        )  # fmt: skip
    return checked


@dataclass(slots=True)
class _Checker:
    source: Source
    names: Names
    definitions: Mapping[str, Signature]
    variables: dict[str, Type]
    uses: set[str] = field(default_factory=set)
    uses_unknown: bool = False

    def fail(
        self, what: str, at: int, code: str, *, expected: str | None = None, hint: str | None = None
    ) -> NoReturn:
        raise RuleError(self.source.problem(what, at, expected=expected, hint=hint, code=code))

    # --- conditions ------------------------------------------------------------------------------

    def condition(self, node: Node) -> Node:
        checked, type_ = self.term(node)
        if type_ != TRUTH:
            self.fail(f"This is {SAID[type_.kind]}, not a condition", node.at, "not-a-condition",
                      expected="something that is true or false", hint=_MAKE_CONDITION.get(type_.kind))  # fmt: skip
        return checked

    def term(self, node: Node) -> tuple[Node, Type]:  # noqa: PLR0911 - one line per kind of node
        match node:
            case Not():
                return replace(node, operand=self.condition(node.operand)), TRUTH
            case And() | Or():
                return replace(node, parts=tuple(self.condition(part) for part in node.parts)), TRUTH
            case Compare():
                return self.compare(node), TRUTH
            case Member():
                return self.membership(node), TRUTH
            case Period():
                return replace(node, subject=self.date(node.subject), anchor=self.date(node.anchor)), TRUTH
            case Quantifier():
                return self.quantifier(node), TRUTH
            case IsUnknown():
                return self.is_unknown(node), TRUTH
            case Shifted():
                return replace(node, base=self.date(node.base)), DATE
            case Age():
                return self.age(node), NUMBER
            case Count():
                collection, variable = self.collection(node.collection)
                with_variable = self.inside(node.variable, variable, node.at)
                where = None if node.where is None else with_variable.condition(node.where)
                self.merge(with_variable)
                return replace(node, collection=collection, where=where), NUMBER
            case First():
                return self.first(node)
            case Path():
                return self.path(node)
            case Call():
                return self.call(node), TRUTH
            case Number():
                return node, NUMBER
            case Day():
                return node, DATE
            case Flag():
                return node, TRUTH
            case Text():
                return node, CODE
        raise TypeError(f"the parser makes no {type(node).__name__}")

    def is_unknown(self, node: IsUnknown) -> Node:
        self.uses_unknown = True
        term, type_ = self.term(node.term)
        if not isinstance(term, Fact | Field | Lookup) or type_.kind == "record":
            self.fail("Only a fact of the case is known or unknown", node.term.at, "not-a-fact",
                      expected="a fact, such as entry.date")  # fmt: skip
        return replace(node, term=term)

    def date(self, node: Node) -> Node:
        checked, type_ = self.term(node)
        if type_ != DATE:
            self.fail(f"This is {SAID[type_.kind]}", node.at, "not-a-date", expected="a date")
        return checked

    def compare(self, node: Compare) -> Node:
        (left, left_type), (right, right_type) = self.term(node.left), self.term(node.right)
        if left_type == CODE and right_type == CODE:
            self.fail("Two codes are compared, so the answer is always the same", node.at, "constant",
                      expected="a fact on one side")  # fmt: skip
        if left_type == CODE:
            self.code(left, right_type)
            left_type = right_type
        if right_type == CODE:
            self.code(right, left_type)
            right_type = left_type
        kinds = {left_type.kind, right_type.kind}
        if TRUTH in (left_type, right_type):
            self.fail("A condition is not compared", node.at, "compare-truth",
                      hint="It stands alone: write 'x' or 'not x'.")  # fmt: skip
        if kinds & {"list", "table", "record", "countries", "choices"}:
            wrong = left_type if left_type.kind not in ("country", "choice", "date", "number") else right_type
            self.fail(f"{SAID[wrong.kind].capitalize()} is not compared", node.at, "compare-list",
                      hint="Use 'in', 'any', 'all', 'no' or 'count'.")  # fmt: skip
        if len(kinds) > 1:
            self.fail(f"{SAID[left_type.kind].capitalize()} is compared with {SAID[right_type.kind]}", node.at,
                      "compare-types", expected=f"{SAID[left_type.kind]} on both sides")  # fmt: skip
        kind = left_type.kind
        words = node.comparator in ("before", "after", "on or before", "on or after")
        if kind == "date" and node.comparator in ("<", "<=", ">", ">="):
            said = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}[node.comparator]
            self.fail("Dates are compared with words", node.at, "date-sign", hint=f"Write '{said}'.")
        if kind == "number" and words:
            self.fail(
                "Numbers are compared with signs",
                node.at,
                "number-word",
                hint="Write '<', '<=', '>' or '>='.",
            )
        if kind in ("country", "choice", "label") and node.comparator not in ("==", "!="):
            self.fail(
                f"{SAID[kind].capitalize()} has no order", node.at, "no-order", expected="'==', '!=' or 'in'"
            )
        return replace(node, left=left, right=right)

    def code(self, node: Node, type_: Type) -> None:
        """A code in quotes must be one that its partner can have."""
        assert isinstance(node, Text)
        if type_.kind not in ("country", "countries", "choice", "choices", "label"):
            self.fail(f"A code in quotes is compared with {SAID[type_.kind]}", node.at, "compare-types",
                      hint="Write it without quotes." if type_.kind in ("date", "number") else None,
                      expected=SAID[type_.kind])  # fmt: skip
        allowed = self.names.codes(type_)
        if allowed is not None and node.value not in allowed:
            if type_.kind in ("country", "countries"):
                upper = node.value.upper()
                hint = f"Did you mean '{upper}'?" if upper in allowed else country_hint(node.value)
                self.fail(f'"{node.value}" is no country code', node.at, "unknown-code", hint=hint)
            self.fail(f'"{node.value}" is no value of this fact', node.at, "unknown-code",
                      hint=did_you_mean(node.value, list(allowed), most=20))  # fmt: skip

    def membership(self, node: Member) -> Node:
        item, item_type = self.term(node.item)
        collection = node.collection
        if isinstance(collection, Codes):
            if item_type.kind not in ("country", "choice", "label"):
                self.fail(
                    f"{SAID[item_type.kind].capitalize()} cannot be in a list of codes",
                    node.at,
                    "member-types",
                    expected="a country or a choice",
                )
            for code in collection.values:
                self.code(code, item_type)
            if len({code.value for code in collection.values}) < len(collection.values):
                self.fail(
                    "A code stands twice in this list",
                    collection.at,
                    "double-code",
                    hint="Remove one of them.",
                )
            return replace(node, item=item)
        if not isinstance(collection, Path):
            self.fail("This is a condition", collection.at, "member-types",
                      expected="a list of codes, in brackets or in the case, or a named set")  # fmt: skip
        named = self.named_set(collection)
        if named is not None:
            if item_type == CODE:
                self.code(item, COUNTRY)
            elif item_type.kind != "country":
                self.fail(
                    f"{SAID[item_type.kind].capitalize()} cannot be in a set of countries",
                    node.at,
                    "member-types",
                    expected="a country",
                )
            return replace(node, item=item, collection=named)
        if collection.rest == ("on",):
            self.fail(f"'{collection.names[-1]}' is no named set of countries", collection.at, "unknown-set",
                      hint=did_you_mean(collection.names[-1], sorted(self.names.set_names())))  # fmt: skip
        resolved, type_ = self.path(collection)
        if type_.kind not in ("countries", "choices"):
            self.fail(f"This is {SAID[type_.kind]}", collection.at, "member-types",
                      expected="a list of codes, in brackets or in the case, or a named set",
                      hint="Ask about elements of a list with 'any'." if type_.kind == "list" else None)  # fmt: skip
        if item_type == CODE:
            self.code(item, type_)
        elif item_type.kind != {"countries": "country", "choices": "choice"}[type_.kind]:
            self.fail(
                f"{SAID[item_type.kind].capitalize()} cannot be in {SAID[type_.kind]}",
                node.at,
                "member-types",
                expected="a country" if type_.kind == "countries" else "a value of the same choice",
            )
        return replace(node, item=item, collection=resolved)

    def named_set(self, path: Path) -> Node | None:
        if len(path.names) != 1 or path.names[0] in self.variables:
            return None
        dated = self.names.set_is_dated(path.names[0])
        if dated is None:
            return None
        has_date = path.rest == ("on",)
        if dated and not has_date:
            self.fail(f"Membership of '{path.names[0]}' changes with time", path.at, "set-needs-date",
                      hint=f"Write 'in {path.names[0]} on' and a date.")  # fmt: skip
        on = self.date(path.key) if has_date and path.key is not None else None
        return NamedSet(path.at, path.names[0], on)

    # --- lists -----------------------------------------------------------------------------------

    def collection(self, node: Node) -> tuple[Node, Type]:
        """A list to walk over, and the type of its elements."""
        resolved, type_ = self.term(node)
        if type_.kind in ("list", "table"):
            return resolved, Type("record", type_.of + "[]")
        if type_.kind == "countries":
            return resolved, COUNTRY
        if type_.kind == "choices":
            return resolved, Type("choice", type_.of)
        self.fail(f"This is {SAID[type_.kind]}", node.at, "not-a-list", expected="a list of the case")

    def inside(self, variable: str, type_: Type, at: int) -> _Checker:
        """A checker that also knows the name of the element."""
        if (
            variable in self.variables
            or variable in self.definitions
            or self.names.member("", variable) is not None
        ):
            self.fail(f"The name '{variable}' is taken", at, "name-taken", hint="Choose another short name.")
        return _Checker(self.source, self.names, self.definitions, {**self.variables, variable: type_})

    def merge(self, other: _Checker) -> None:
        self.uses |= other.uses
        self.uses_unknown |= other.uses_unknown

    def quantifier(self, node: Quantifier) -> Node:
        collection, type_ = self.collection(node.collection)
        inner = self.inside(node.variable, type_, node.at)
        where = None if node.where is None else inner.condition(node.where)
        satisfy = None if node.satisfy is None else inner.condition(node.satisfy)
        self.merge(inner)
        return replace(node, collection=collection, where=where, satisfy=satisfy)

    def first(self, node: First) -> tuple[Node, Type]:
        collection, type_ = self.collection(node.collection)
        inner = self.inside(node.variable, type_, node.at)
        where = None if node.where is None else inner.condition(node.where)
        key = None
        if node.key is not None:
            key, key_type = inner.term(node.key)
            wanted = "date" if node.order in ("latest", "earliest") else "number"
            if key_type.kind != wanted:
                self.fail(f"'{node.order}' orders by {SAID[wanted]}, and this is {SAID[key_type.kind]}", node.key.at,
                          "order-types", expected=SAID[wanted])  # fmt: skip
        self.merge(inner)
        return replace(node, collection=collection, where=where, key=key), type_

    # --- names -----------------------------------------------------------------------------------

    def age(self, node: Age) -> Node:
        _, type_ = self.term(node.person)
        person = node.person
        known = type_.kind == "record" and self.names.member(type_.of, "birth_date") is not None
        if not isinstance(person, Path) or not known:
            self.fail("This has no date of birth", person.at, "no-age",
                      expected="'applicant', or the name of a relative, such as 'f'")  # fmt: skip
        birth, _ = self.path(replace(person, names=(*person.names, "birth_date")))
        return replace(node, person=birth, on=self.date(node.on))

    def call(self, node: Call) -> Node:
        signature = self.definitions.get(node.name)
        if signature is None:
            self.fail(f"There is no definition '{node.name}'", node.at, "unknown-definition",
                      hint=did_you_mean(node.name, sorted(self.definitions)))  # fmt: skip
        if signature.parameter is None:
            self.fail(f"'{node.name}' speaks of no element", node.at, "not-of-element",
                      hint=f"Write '{node.name}' without parentheses.")  # fmt: skip
        argument = self.variables.get(node.argument)
        if argument is None and node.argument in self.definitions:
            argument = self.definitions[node.argument].type
            self.uses.add(node.argument)
        if argument != signature.parameter:
            self.fail(f"'{node.argument}' is not what '{node.name}' speaks of", node.at, "wrong-element",
                      expected=f"an element of {signature.parameter.of.removesuffix('[]')}")  # fmt: skip
        self.uses.add(node.name)
        self.uses_unknown |= signature.uses_unknown
        return Use(node.at, node.name, node.argument)

    def path(self, node: Path) -> tuple[Node, Type]:
        head, *steps = node.names
        if head in self.variables:
            return self.steps_of(node, head, self.variables[head], steps)
        signature = self.definitions.get(head)
        if signature is not None:
            self.uses.add(head)
            self.uses_unknown |= signature.uses_unknown
            if signature.type.kind == "record" and signature.parameter is None:
                return self.steps_of(node, head, signature.type, steps)
            if signature.parameter is not None:
                self.fail(f"'{head}' speaks of an element", node.at, "needs-element",
                          hint=f"Write '{head}(x)' with the name of the element.")  # fmt: skip
            if steps:
                self.fail(f"'{head}' is a condition and has no parts", node.at, "no-parts",
                          hint=f"Write '{head}' alone.")  # fmt: skip
            if node.key is not None and node.rest != ("on",):
                self.fail("Only a look-up table has rows", node.at, "no-rows", hint=f"Write '{head}' alone.")
            return Use(node.at, head, None), signature.type
        type_ = Type("record", "")
        for step in node.names:
            type_ = self.step(node, type_, step)
        if node.key is not None and node.rest != ("on",):
            return self.lookup(node, type_)
        return Fact(node.at, node.names), type_

    def steps_of(self, node: Path, head: str, type_: Type, steps: list[str]) -> tuple[Node, Type]:
        for step in steps:
            type_ = self.step(node, type_, step)
        if node.key is not None and node.rest != ("on",):
            self.fail("Only a look-up table has rows", node.at, "no-rows", hint="Remove the brackets.")
        return Field(node.at, head, tuple(steps)), type_

    def lookup(self, node: Path, table: Type) -> tuple[Node, Type]:
        if table.kind != "table":
            self.fail("Only a look-up table has rows", node.at, "no-rows", expected="findings.countries or the like",
                      hint="Ask about a list with 'any', 'all', 'no' or 'count'.")  # fmt: skip
        assert node.key is not None
        key, key_type = self.term(node.key)
        if key_type == CODE:
            self.code(key, COUNTRY)
        elif key_type != COUNTRY:
            self.fail(
                f"Rows are asked for by country, and this is {SAID[key_type.kind]}",
                node.key.at,
                "row-key",
                expected='a country, such as "GT" or decision.removal_country',
            )
        type_ = Type("record", table.of + "[]")
        for step in node.rest:
            type_ = self.step(node, type_, step)
        if not node.rest:
            self.fail("A row is no fact by itself", node.at, "row-alone", hint="Name one of its facts.")
        return Lookup(node.at, node.names, key, node.rest), type_

    def step(self, node: Path, type_: Type, name: str) -> Type:
        if type_.kind == "list" or type_.kind == "table":
            hint = (
                f"Ask about its elements: any x in {type_.of} where x.{name} ..."
                if type_.kind == "list"
                else f'Name the row: {type_.of}["GT"].{name}.'
            )
            self.fail(f"'{type_.of}' is {SAID[type_.kind]}", node.at, "list-step", hint=hint)
        if type_.kind != "record":
            self.fail(f"{SAID[type_.kind].capitalize()} has no part '{name}'", node.at, "no-parts",
                      hint=f"Remove '.{name}'.")  # fmt: skip
        found = self.names.member(type_.of, name)
        if found is None:
            known = [
                *self.names.members(type_.of),
                *(() if type_.of else (*self.definitions, *self.variables)),
            ]
            inside = f" in '{type_.of}'" if type_.of else ""
            self.fail(
                f"There is no fact '{name}'{inside}", node.at, "unknown-fact", hint=did_you_mean(name, known)
            )
        return found
