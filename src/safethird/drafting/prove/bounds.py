"""How many elements of a list are enough, so that longer lists can show nothing new.

A case that shows something needs, of each list, only the elements that make it so. Which those are can be
read off the rule (docs/proofs.md gives the argument): to stay true, `any x in L where C` needs the one
element for which C is true; to stay false, it needs none, for fewer elements cannot make it true. Conditions
joined by `and` need together what each needs to stay true, and the most that one needs to stay false.

What an element needs in turn counts once where only that element is kept (`any` that is true). Where every
element that is kept needs others (`any` that is false) no bound follows, and the proof says that it looked at
lists up to a length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from safethird.drafting.prove.property import Property
from safethird.facts.vocabulary import vocabulary
from safethird.language.program import Program
from safethird.language.syntax import (
    And,
    Compare,
    Count,
    Fact,
    Field,
    First,
    IsUnknown,
    Lookup,
    Member,
    Node,
    Not,
    Number,
    Or,
    Period,
    Quantifier,
    Use,
    walk,
)  # fmt: skip
from safethird.regimes.model import Provision, Regime, Rule
from safethird.screening.alternatives import rules_of

DEFAULT = 3
"""Elements looked at where no bound follows."""
MOST = 5
"""A bound that is larger is not tried: lists are looked at up to this length, and the proof says so."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """By list, how many elements are looked at; `exact`: longer lists can show nothing new."""

    elements: Mapping[str, int]
    exact: bool
    default: int = DEFAULT
    reason: str | None = None
    """Where not exact: the list for which no bound follows."""


Marks = frozenset[object]


@dataclass(frozen=True, slots=True)
class Need:
    """The elements of each list that are needed, as marks; `endless`: lists for which no number follows."""

    marks: Mapping[str, Marks] = field(default_factory=dict)
    endless: frozenset[str] = frozenset()


NONE = Need()


def together(needs: Iterable[Need]) -> Need:
    """What all need."""
    marks: dict[str, Marks] = {}
    endless: frozenset[str] = frozenset()
    for need in needs:
        endless |= need.endless
        for path, own in need.marks.items():
            marks[path] = marks.get(path, frozenset()) | own
    return Need(marks, endless)


def most(needs: Iterable[Need], mark: object) -> Need:
    """The most that one of them needs, whichever it is: so many elements that are nobody else's."""
    kept = [need for need in needs if need.marks or need.endless]
    if len(kept) <= 1:
        return kept[0] if kept else NONE
    sizes: dict[str, int] = {}
    for need in kept:
        for path, own in need.marks.items():
            sizes[path] = max(sizes.get(path, 0), len(own))
    fresh = {path: frozenset((mark, index) for index in range(size)) for path, size in sizes.items()}
    return Need(fresh, frozenset().union(*(need.endless for need in kept)))


@dataclass(frozen=True, slots=True)
class Needs:
    """What a condition needs to stay true, to stay false, to stay not true, to stay not false."""

    true: Need = NONE
    false: Need = NONE
    not_true: Need = NONE
    not_false: Need = NONE

    @property
    def anyhow(self) -> Need:
        """To stay what it is, whatever it is."""
        return together((self.true, self.false, self.not_true, self.not_false))


def conjoined(parts: Sequence[Needs], mark: object) -> Needs:
    """And."""
    return Needs(
        together(part.true for part in parts), most((part.false for part in parts), (mark, "f")),
        most((part.not_true for part in parts), (mark, "nt")), together(part.not_false for part in parts),
    )  # fmt: skip


def turned(part: Needs) -> Needs:
    """Not."""
    return Needs(part.false, part.true, part.not_false, part.not_true)


def disjoined(parts: Sequence[Needs], mark: object) -> Needs:
    """Or."""
    return turned(conjoined([turned(part) for part in parts], mark))


class _Walker:
    """Needs of the rules of one program."""

    def __init__(self, program: Program, unknowns: bool) -> None:
        self.program = program
        self.unknowns = unknowns
        self.settled: list[Need] = []
        """Needs of parts that speak of no element around them: they are kept whatever they come to."""
        self._settled: set[int] = set()

    def rule(self, node: Node) -> Needs:
        """A whole rule. Elements that a definition names are chosen once for the whole regime."""
        own = self.condition(node, {}, frozenset())
        names = self.program.elements_in(node)
        if names:
            # Every way to read the names must say the same, or two must differ: keep two ways.
            for name in names:
                self.chosen(name)
            return Needs(own.true, own.false, own.anyhow, own.anyhow)
        return own

    def chosen(self, name: str) -> None:
        """The elements that a name may stand for: one, or two that differ; where facts may be unknown also
        the one that certainly comes before all others that are no candidates."""
        definition = self.program.definitions[name].rule.node
        assert isinstance(definition, First)
        self.choice(definition, {}, name)

    def choice(self, node: First, paths: Mapping[str, str], mark: object) -> None:
        if id(node) in self._settled:
            return
        self._settled.add(id(node))
        path = self.path(node.collection, paths)
        inner = {**paths, node.variable: path}
        need = Need({path: frozenset((mark, index) for index in range(3 if self.unknowns else 2))})
        inside = NONE
        if node.where is not None:
            needs = self.condition(node.where, inner, frozenset((node.variable,)))
            inside = self.for_all(needs.anyhow, path)
        self.settled.append(together((need, inside)))

    # --- conditions ------------------------------------------------------------------------------

    def condition(self, node: Node, paths: Mapping[str, str], bound: frozenset[str]) -> Needs:
        """`bound`: names of elements that are being walked over."""
        if bound and not self.speaks_of(node, bound):
            # The same whatever the element: kept once, for all.
            if id(node) not in self._settled:
                self._settled.add(id(node))
                self.settled.append(self.condition(node, paths, frozenset()).anyhow)
            return Needs()
        match node:
            case Not():
                return turned(self.condition(node.operand, paths, bound))
            case And():
                return conjoined([self.condition(part, paths, bound) for part in node.parts], id(node))
            case Or():
                return disjoined([self.condition(part, paths, bound) for part in node.parts], id(node))
            case Use():
                return self.use(node, paths, bound)
            case Quantifier():
                return self.quantifier(node, paths, bound)
            case Compare() | Member() | Period() | IsUnknown():
                return self.leaf(node, paths, bound)
        return Needs()

    def use(self, node: Use, paths: Mapping[str, str], bound: frozenset[str]) -> Needs:
        definition = self.program.definitions[node.name]
        inner, walked = dict(paths), bound
        if definition.parameter is not None and node.argument is not None:
            if node.argument in paths:
                inner[definition.parameter] = paths[node.argument]
            else:
                chosen = self.program.definitions[node.argument].rule.node
                assert isinstance(chosen, First)
                inner[definition.parameter] = self.path(chosen.collection, paths)
            walked = frozenset((definition.parameter,)) if node.argument in bound else frozenset()
        return self.condition(definition.rule.node, inner, walked)

    def quantifier(self, node: Quantifier, paths: Mapping[str, str], bound: frozenset[str]) -> Needs:
        path = self.path(node.collection, paths)
        inner_paths = {**paths, node.variable: path}
        inner_bound = bound | {node.variable}
        body = Needs() if node.where is None else self.condition(node.where, inner_paths, inner_bound)
        if node.satisfy is not None:
            satisfy = self.condition(node.satisfy, inner_paths, inner_bound)
            # `all x where A satisfy B` is false where some x has A and not B.
            body = conjoined((body, turned(satisfy)), (id(node), "all"))
        one = Need({path: frozenset(((id(node), "witness"),))})
        single = self.one_for_all(node, bound)
        needs = Needs(
            together((one, body.true)), self.for_all(body.false, path),
            self.for_all(body.not_true, path), together((one, body.not_false)),
        )  # fmt: skip
        if bound and single:
            # One element serves whoever asks, and one more where it only may: they are kept once.
            self.settled.append(one)
            if self.unknowns:
                self.settled.append(Need({path: frozenset(((id(node), "possible"),))}))
            needs = Needs(body.true, needs.false, needs.not_true, body.not_false)
        return needs if node.kind == "any" else turned(needs)

    def for_all(self, inside: Need, path: str) -> Need:
        """What is needed when every element of a list matters: none, or so much for each that is kept."""
        if not inside.marks and not inside.endless:
            return NONE
        # Each element kept needs elements of these lists; of its own list, that goes on without end.
        return Need({}, frozenset((*inside.marks, *inside.endless)))

    def leaf(self, node: Node, paths: Mapping[str, str], bound: frozenset[str]) -> Needs:
        counts = [inner for inner in walk(node) if isinstance(inner, Count)]
        if not counts:
            return Needs()
        found: list[Need] = []
        for count in counts:
            path = self.path(count.collection, paths)
            limit = self.threshold(node)
            if limit is None:
                found.append(Need({}, frozenset((path,))))
                continue
            marks = frozenset((id(count), index) for index in range(limit))
            inner = {**paths, count.variable: path}
            body = (
                Needs()
                if count.where is None
                else self.condition(count.where, inner, bound | {count.variable})
            )
            found.append(together((Need({path: marks}), self.for_all(body.anyhow, path))))
        need = together(found)
        return Needs(need, need, need, need)

    def threshold(self, node: Node) -> int | None:
        """Up to which number a count matters."""
        if not isinstance(node, Compare):
            return None
        other = node.right if isinstance(node.left, Count) else node.left
        return other.value + 1 if isinstance(other, Number) else None

    def one_for_all(self, node: Quantifier, bound: frozenset[str]) -> bool:
        """Whether one element serves for every element around: when what ties them is a single order of one
        date of the inner element, the last (or first) of those that fit fits for all."""
        if node.satisfy is not None or node.where is None:
            return False
        parts = node.where.parts if isinstance(node.where, And) else (node.where,)
        ties = [part for part in parts if self.speaks_of(part, bound)]
        if not ties:
            return True
        directions = {_direction(part, node.variable, bound) for part in ties}
        return len(directions) == 1 and None not in directions

    # --- names -----------------------------------------------------------------------------------

    def speaks_of(self, node: Node, names: frozenset[str]) -> bool:
        """Whether a part of a rule speaks of one of these elements."""
        for inner in walk(node):
            if isinstance(inner, Field) and inner.variable in names:
                return True
            if isinstance(inner, Use) and inner.argument in names:
                return True
        return False

    def path(self, node: Node, paths: Mapping[str, str]) -> str:
        """The generic path of a list."""
        if isinstance(node, Fact):
            return ".".join(node.names)
        if isinstance(node, Lookup):
            return f"{'.'.join(node.table)}[].{'.'.join(node.steps)}"
        assert isinstance(node, Field)
        variable = node.variable
        if variable not in paths:
            chosen = self.program.definitions[variable].rule.node
            assert isinstance(chosen, First)
            return f"{self.path(chosen.collection, paths)}[].{'.'.join(node.steps)}"
        return f"{paths[variable]}[].{'.'.join(node.steps)}"


def _direction(node: Node, variable: str, bound: frozenset[str]) -> tuple[str, ...] | None:
    """The date of the inner element that is held against those around, and which way; None for other ties."""
    if not isinstance(node, Compare):
        return None
    words = {"before": "late", "on or before": "late", "after": "early", "on or after": "early"}
    left, right, comparator = node.left, node.right, node.comparator
    if comparator not in words:
        return None
    if isinstance(left, Field) and left.variable == variable and not _speaks(right, frozenset((variable,))):
        return (*left.steps, words[comparator])
    if isinstance(right, Field) and right.variable == variable and not _speaks(left, frozenset((variable,))):
        return (*right.steps, {"late": "early", "early": "late"}[words[comparator]])
    return None


def _speaks(node: Node, names: frozenset[str]) -> bool:
    return any(isinstance(inner, Field) and inner.variable in names for inner in walk(node))


def bounds_for(regimes: Sequence[Regime], wanted: Property | None, unknowns: bool) -> Bounds:
    """How many elements of each list are enough for a question about some regimes."""
    lists = {fact.path for fact in vocabulary() if fact.type == "list"}
    if any(regime.kind == "allocation" for regime in regimes):
        # In a fixed order of criteria a later one counts only where earlier ones fail: no bound follows.
        return Bounds(dict.fromkeys(sorted(lists & _facts_read(regimes)), 2), False, 2, "criteria")
    total: list[Need] = []
    for regime in regimes:
        walker = _Walker(regime.program, unknowns)
        total.append(_regime_need(regime, walker))
        total.extend(walker.settled)
    if wanted is not None:
        walker = _Walker(regimes[0].program, unknowns)
        total.append(walker.rule(wanted.node).anyhow)
        total.extend(walker.settled)
    need = together(total)
    sizes = {path: len(marks) for path, marks in need.marks.items() if path in lists}
    endless = {path for path in need.endless if path in lists}
    elements: dict[str, int] = {}
    reason = None
    for path in sorted({*sizes, *endless}):
        size = sizes.get(path, 1)
        if path in endless or size > MOST:
            reason = reason or path
            elements[path] = min(max(size, 2), DEFAULT)
        else:
            elements[path] = max(1, size)
    return Bounds(elements, reason is None, 1, reason)


def widest(found: Iterable[Bounds]) -> Bounds:
    """What is enough for each of several questions about the same regimes."""
    kept = list(found)
    elements: dict[str, int] = {}
    for bounds in kept:
        for path, size in bounds.elements.items():
            elements[path] = max(elements.get(path, 0), size)
    open_ends = [bounds for bounds in kept if not bounds.exact]
    if open_ends:
        return Bounds(elements, False, max(bounds.default for bounds in kept), open_ends[0].reason)
    return Bounds(elements, True, 1)


def _facts_read(regimes: Sequence[Regime]) -> set[str]:
    nodes = (node for regime in regimes for rule in rules_of(regime) for node in walk(rule))
    return {".".join(node.names) for node in nodes if isinstance(node, Fact)}


def _regime_need(regime: Regime, walker: _Walker) -> Need:
    """What a regime needs so that its answer stays the same, whichever it is."""
    own = {entry.id: _own(entry, walker) for entry in regime.ruled()}
    status: list[Needs] = []
    for event in regime.events:
        if event.operative is not None and event.rule is not None:
            status.append(walker.rule(event.rule.node))
    for clock in regime.clocks.values():
        _term(clock, walker)
    if regime.responsible is not None:
        _term(regime.responsible, walker)
    against: dict[str, list[str]] = {}
    for entry in regime.ruled():
        for target in (*entry.exception_to, *entry.before):
            if target != "effect":
                against.setdefault(target, []).append(entry.id)
    values: dict[str, Needs] = {}

    def hear(name: str) -> Needs:
        if name not in values:
            values[name] = own[name]
            objections = [hear(other) for other in against.get(name, ())]
            if objections:
                no = turned(disjoined(objections, (name, "objections")))
                values[name] = conjoined((own[name], no), (name, "heard"))
        return values[name]

    covered: list[Needs] = []
    excepted: list[Needs] = []
    for entry in regime.ruled():
        value = hear(entry.id)
        if entry.role in ("scope", "power"):
            covered.append(value)
        elif entry.role == "exclusion" or ("effect" in entry.exception_to and entry.outcome == "not_covered"):
            covered.append(turned(value))
        elif "effect" in entry.exception_to and entry.outcome == "exempt":
            excepted.append(value)
    inside = conjoined(covered, "covered")
    outside = disjoined(excepted, "excepted")
    answers = (
        together((inside.true, outside.false)),  # applies
        together((inside.true, outside.true)),  # exempt
        inside.false,  # not covered
        # undetermined: coverage stays open, or it holds and the exceptions stay open
        together((inside.not_true, inside.not_false)),
        together((inside.true, outside.not_true, outside.not_false)),
    )
    return together((most(answers, "answer"), *(needs.anyhow for needs in status)))


def _own(entry: Provision, walker: _Walker) -> Needs:
    if entry.versions:
        parts = [walker.rule(version.rule.node) for version in entry.versions if version.rule is not None]
        return disjoined(parts, (entry.id, "versions")) if parts else Needs()
    return Needs() if entry.rule is None else walker.rule(entry.rule.node)


def _term(rule: Rule, walker: _Walker) -> None:
    for name in walker.program.elements_in(rule.node):
        walker.chosen(name)
