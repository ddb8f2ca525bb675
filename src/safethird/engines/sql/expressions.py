"""Nodes of a plan as expressions of SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safethird.engines.plan.nodes import (
    Age,
    Agree,
    Always,
    Among,
    Amount,
    And,
    Axis,
    Choice,
    Code,
    Count,
    Days,
    Element,
    Equal,
    Every,
    Exists,
    Fact,
    InListing,
    InSet,
    Is,
    Less,
    Listing,
    Not,
    Only,
    Open,
    Or,
    Pick,
    PlanNode,
    Reading,
    Same,
    Several,
    Shift,
    Some,
    Uncounted,
    Unknown,
    Unsaid,
    kind_of,
)
from safethird.facts.dates import FIRST_DAY, LAST_DAY, format_day
from safethird.language.program import CountrySet

Variables = Mapping[Axis, str]
"""What the element of each axis is called where an expression stands."""


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name as SQL: as it is where it is a plain word, else in double quotes."""
    if text.isidentifier() and text.islower() and text not in _KEYWORDS:
        return text
    return '"' + text.replace('"', '""') + '"'


_KEYWORDS = frozenset(
    [
        "all",
        "and",
        "any",
        "case",
        "end",
        "exists",
        "first",
        "from",
        "in",
        "is",
        "not",
        "or",
        "order",
        "some",
        "table",
        "then",
        "when",
        "where",
    ]
)


def column(path: str) -> str:
    """The column of a fact of the case: `claim_date`."""
    return path.replace(".", "_")


def day(ordinal: int) -> str:
    """A day as SQL."""
    return f"DATE '{format_day(ordinal)}'"


@dataclass(slots=True)
class Writer:
    """Writes nodes. Those that are columns of their own already are written as their names."""

    named: dict[PlanNode, str] = field(default_factory=dict)
    """A node with an axis is written as the entry of a list: that of the element's number."""
    sets: dict[str, CountrySet] = field(default_factory=dict)
    """Sets of countries that were met; each is the name of a column-like list of memberships."""

    def text(self, node: PlanNode, variables: Variables | None = None) -> str:
        """A node as an expression."""
        found = self.named.get(node)
        if found is None:
            return self.written(node, variables or {})
        return f"{found}[{(variables or {})[node.axes[0]]}.no]" if node.axes else found

    def written(self, node: PlanNode, variables: Variables) -> str:
        """A node as an expression, whether it is a column of its own or not."""
        return _WRITE[type(node)](self, node, variables)

    def definition(self, node: PlanNode) -> str:
        """What makes a node a column: its value, or the list of its values for all elements of its axis."""
        if not node.axes:
            return self.text(node)
        (axis,) = node.axes
        variable = self.variable(axis, {})
        items = self.listing(axis.listing, {})
        return f"list_transform({items}, lambda {variable}: {self.text(node, {axis: variable})})"

    # --- conditions --------------------------------------------------------------------------------

    def always(self, node: Always, variables: Variables) -> str:
        return "true" if node.value else "false"

    def open(self, node: Open, variables: Variables) -> str:
        return "NULL::BOOLEAN"

    def not_(self, node: Not, variables: Variables) -> str:
        return f"NOT {self.inner(node.part, variables)}"

    def joined(self, node: And | Or, variables: Variables) -> str:
        if not node.parts:
            return "true" if isinstance(node, And) else "false"
        word = " AND " if isinstance(node, And) else " OR "
        return word.join(self.inner(part, variables) for part in node.parts)

    def inner(self, node: PlanNode, variables: Variables) -> str:
        """A node as part of a condition."""
        text = self.text(node, variables)
        alone = node in self.named or not isinstance(
            node, And | Or | Reading | Not | Is | Unknown | Same | Among
        )
        return text if alone else f"({text})"

    def compared(self, node: Less | Equal, variables: Variables) -> str:
        macro = "before" if isinstance(node, Less) else "equal"
        return f"{macro}({self.text(node.left, variables)}, {self.text(node.right, variables)})"

    def same(self, node: Same, variables: Variables) -> str:
        return f"{self.text(node.left, variables)} = {self.text(node.right, variables)}"

    def among(self, node: Among, variables: Variables) -> str:
        item = self.text(node.item, variables)
        if not node.codes:
            return f"CASE WHEN {item} IS NOT NULL THEN false END"
        if len(node.codes) == 1:
            return f"{item} = {quoted(node.codes[0])}"
        return f"{item} IN ({', '.join(quoted(code) for code in node.codes)})"

    def in_listing(self, node: InListing, variables: Variables) -> str:
        item, items = self.text(node.item, variables), self.listing(node.listing, variables)
        return f"in_list({item}, {items}, {self.complete(node.listing, variables)})"

    def in_set(self, node: InSet, variables: Variables) -> str:
        self.sets[node.countries.name] = node.countries
        on = "NULL" if node.on is None else self.text(node.on, variables)
        if on == "NULL":
            on = "NULL::STRUCT(lo DATE, hi DATE)"
        return f"member_on({self.text(node.item, variables)}, {name('set_' + node.countries.name)}, {on})"

    def unknown(self, node: Unknown, variables: Variables) -> str:
        word = "IS NOT NULL" if node.negated else "IS NULL"
        if isinstance(node.term, Listing):
            complete = self.complete(node.term, variables)
            return complete if node.negated else f"NOT {complete}"
        text = self.text(node.term, variables)
        return f"({text}) {word}" if kind_of(node.term) == "truth" else f"{text} {word}"

    def some(self, node: Some | Every, variables: Variables) -> str:
        macro = "any_of" if isinstance(node, Some) else "all_of"
        truths = self.along(node.over, node.part, variables)
        return f"{macro}({truths}, {self.complete(node.over.listing, variables)})"

    def is_(self, node: Is, variables: Variables) -> str:
        value = "NULL" if node.value is None else "TRUE" if node.value else "FALSE"
        return f"({self.text(node.part, variables)}) IS {value}"

    def reading(self, node: Reading, variables: Variables) -> str:
        return self.text(node.part, variables)

    # --- elements ----------------------------------------------------------------------------------

    def along(self, axis: Axis, part: PlanNode, variables: Variables, where: PlanNode | None = None) -> str:
        """A value for each element along an axis (`where`: of those that satisfy it), as a list."""
        variable = self.variable(axis, variables)
        inner = {**variables, axis: variable}
        items = self.listing(axis.listing, variables)
        if where is not None:
            items = f"list_filter({items}, lambda {variable}: {self.text(where, inner)})"
        return f"list_transform({items}, lambda {variable}: {self.text(part, inner)})"

    def variable(self, axis: Axis, variables: Variables) -> str:
        """A name for the elements of an axis that is not in use."""
        stem = _SINGULAR.get(axis.listing.path.rpartition(".")[2], axis.listing.path.rpartition(".")[2])
        taken, number, found = set(variables.values()), 1, stem
        while found in taken:
            number += 1
            found = f"{stem}{number}"
        return found

    def listing(self, node: Listing, variables: Variables) -> str:
        """A list, empty where it is unknown."""
        if node.key is not None:
            return f"coalesce({self.row(node.path, node.key, variables)}.{_last(node.path)}, [])"
        if node.inside is not None:
            return f"{variables[node.inside]}.{_last(node.path)}"
        return column(node.path)

    def complete(self, node: Listing, variables: Variables) -> str:
        """Whether all elements of a list are listed."""
        if node.key is not None:
            return f"coalesce({self.row(node.path, node.key, variables)}.{_last(node.path)}_complete, false)"
        if node.inside is not None:
            return f"{variables[node.inside]}.{_last(node.path)}_complete"
        return f"{column(node.path)}_complete"

    def row(self, path: str, key: PlanNode, variables: Variables) -> str:
        return f"row_of({column(path.rpartition('[].')[0])}, {self.text(key, variables)})"

    def choice(self, node: Choice, variables: Variables) -> str:
        """The candidates of a choice: the numbers of those that may be meant and of those certain to satisfy its
        condition, whether one that is not listed may be meant, and whether none."""
        axis = node.over
        variable = self.variable(axis, variables)
        inner = {**variables, axis: variable}
        key = "NULL" if node.key is None else self.text(node.key, inner)
        items = (
            f"list_transform({self.listing(axis.listing, variables)}, lambda {variable}: "
            f"{{'no': {variable}.no, 'holds': {self.text(node.where, inner)}, 'key': {key}}})"
        )
        macro = "meant_of_any"
        if node.order is not None and node.key is not None:
            macro = "meant_latest" if node.order in ("latest", "largest") else "meant_earliest"
        return f"{macro}({items}, {self.complete(axis.listing, variables)})"

    def pick(self, node: Pick, variables: Variables) -> str:
        choice = self.text(node.choice, variables)
        if node.which in ("unlisted", "nothing"):
            return f"{choice}.{node.which}"
        numbers = "may_be" if node.which == "slot" else "certain"
        return f"list_contains({choice}.{numbers}, {variables[node.choice.over]}.no)"

    def agree(self, node: Agree, variables: Variables) -> str:
        macro = "agreed_code" if kind_of(node) == "code" else "agreed"
        parts = [self.alternative(guard, part, node.axes, variables) for guard, part in node.alternatives]
        return f"{macro}({_concatenated(parts)})"

    def only(self, node: Only, variables: Variables) -> str:
        parts = [self.alternative(guard, part, node.axes, variables) for guard, part in node.alternatives]
        return f"only_one({_concatenated(parts)})"

    def alternative(
        self, guard: PlanNode, part: PlanNode, outer: tuple[Axis, ...], variables: Variables
    ) -> str:
        """The values of an alternative that counts, as a list."""
        axes = sorted({*guard.axes, *part.axes} - set(outer), key=lambda axis: axis.index)
        return self.values(axes, guard, part, variables)

    def values(self, axes: Sequence[Axis], guard: PlanNode, part: PlanNode, variables: Variables) -> str:
        if not axes:
            text = self.text(part, variables)
            if isinstance(guard, Always) and guard.value:
                return f"[{text}]"
            return f"CASE WHEN {self.text(guard, variables)} THEN [{text}] ELSE [] END"
        axis, *others = axes
        variable = self.variable(axis, variables)
        inner = {**variables, axis: variable}
        items = self.listing(axis.listing, variables)
        if others:
            nested = self.values(others, guard, part, inner)
            return f"flatten(list_transform({items}, lambda {variable}: {nested}))"
        chosen = f"list_filter({items}, lambda {variable}: {self.text(guard, inner)})"
        return f"list_transform({chosen}, lambda {variable}: {self.text(part, inner)})"

    def exists(self, node: Exists, variables: Variables) -> str:
        values = self.values(node.over, node.part, _TRUE, variables)
        return f"len({values}) > 0"

    def several(self, node: Several, variables: Variables) -> str:
        parts = []
        for part in node.parts:
            axes = sorted(set(part.axes) - set(node.axes), key=lambda axis: axis.index)
            parts.append(f"len({self.values(axes, part, _TRUE, variables)})")
        return f"{' + '.join(parts)} > 1"

    # --- terms -------------------------------------------------------------------------------------

    def fact(self, node: Fact, variables: Variables) -> str:
        if node.key is not None:
            return f"{self.row(node.path, node.key, variables)}.{_last(node.path)}"
        if node.inside is not None:
            return f"{variables[node.inside]}.{_last(node.path)}"
        return column(node.path)

    def element(self, node: Element, variables: Variables) -> str:
        return variables[node.of]

    def days(self, node: Days, variables: Variables) -> str:
        if node.lo == node.hi:
            return f"exact({day(node.lo)})"
        return f"{{'lo': {day(node.lo)}, 'hi': {day(node.hi)}}}"

    def amount(self, node: Amount, variables: Variables) -> str:
        return f"exact({node.value}::DOUBLE)"

    def code(self, node: Code, variables: Variables) -> str:
        return quoted(node.text)

    def unsaid(self, node: Unsaid, variables: Variables) -> str:
        kinds = {
            "date": "STRUCT(lo DATE, hi DATE)",
            "number": "STRUCT(lo DOUBLE, hi DOUBLE)",
            "truth": "BOOLEAN",
        }
        return f"NULL::{kinds.get(node.kind, 'VARCHAR')}"

    def uncounted(self, node: Uncounted, variables: Variables) -> str:
        return "{'lo': 0::DOUBLE, 'hi': 'infinity'::DOUBLE}"

    def shift(self, node: Shift, variables: Variables) -> str:
        base = self.text(node.base, variables)
        if node.unit == "months":
            return f"plus_months({base}, {node.amount}, {quoted(node.month_end)})"
        if node.unit == "past_weekends":
            return f"past_weekends({base})"
        macro = {"days": "plus_days", "days_beyond": "plus_days_beyond"}[node.unit]
        return f"{macro}({base}, {node.amount})"

    def age(self, node: Age, variables: Variables) -> str:
        return f"age({self.text(node.birth, variables)}, {self.text(node.on, variables)}, {quoted(node.month_end)})"

    def count(self, node: Count, variables: Variables) -> str:
        truths = self.along(node.over, node.part, variables)
        return f"count_of({truths}, {self.complete(node.over.listing, variables)})"


_SINGULAR = {
    "entries": "entry", "journey": "leg", "family": "relative", "documents": "document", "requests": "request",
    "prior_claims": "claim", "nationalities": "nationality", "capital_charge_countries": "country",
    "protection_refused_in": "country", "countries": "finding", "visa_rules": "rule", "connection_grounds": "ground",
}  # fmt: skip

_TRUE: Any = Always((), True)


def _last(path: str) -> str:
    return path.rpartition("[].")[2]


def _concatenated(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"list_concat({', '.join(parts)})"


def span_list(countries: CountrySet) -> str:
    """The memberships of a set, as a list."""
    rows = []
    for entry in countries.members:
        since = "NULL" if entry.since <= FIRST_DAY else day(entry.since)
        until = "NULL" if entry.until > LAST_DAY else day(entry.until)
        rows.append(f"{{'country': {quoted(entry.country)}, 'since': {since}::DATE, 'until': {until}::DATE}}")
    kind = "STRUCT(country VARCHAR, since DATE, until DATE)[]"
    return f"[{', '.join(rows)}]::{kind}"


_WRITE: dict[type[PlanNode], Callable[[Writer, Any, Variables], str]] = {
    Always: Writer.always, Open: Writer.open, Not: Writer.not_, And: Writer.joined, Or: Writer.joined,
    Less: Writer.compared, Equal: Writer.compared, Same: Writer.same, Among: Writer.among,
    InListing: Writer.in_listing, InSet: Writer.in_set, Unknown: Writer.unknown, Some: Writer.some,
    Every: Writer.some, Is: Writer.is_, Reading: Writer.reading, Choice: Writer.choice, Pick: Writer.pick,
    Agree: Writer.agree, Only: Writer.only, Exists: Writer.exists, Several: Writer.several, Fact: Writer.fact,
    Element: Writer.element, Days: Writer.days, Amount: Writer.amount, Code: Writer.code, Unsaid: Writer.unsaid,
    Uncounted: Writer.uncounted, Shift: Writer.shift, Age: Writer.age, Count: Writer.count,
}  # fmt: skip
