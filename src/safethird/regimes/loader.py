"""From a file to a checked regime. Everything that is wrong is said at once, with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.countries import is_country
from safethird.facts.dates import LAST_DAY, DateRange, parse_date
from safethird.facts.documents import Document, DocumentPath, dotted, read_document
from safethird.language.errors import RuleError, Source
from safethird.language.parser import parse, parse_element
from safethird.language.program import CountrySet, Program
from safethird.language.program import Definition as ProgramDefinition
from safethird.language.syntax import Call, First, Node, Text, walk
from safethird.language.syntax import Path as PathNode
from safethird.language.types import COUNTRY, DATE, Signature, Type, check, check_condition
from safethird.regimes import model
from safethird.regimes.model import (
    LANGUAGES,
    Citation,
    Clock,
    Consideration,
    Definition,
    Event,
    Language,
    Provision,
    Reading,
    Readings,
    Regime,
    Responsible,
    Rule,
    Texts,
    Version,
    cited_texts,
)  # fmt: skip
from safethird.regimes.names import CaseNames
from safethird.regimes.sets import library_sets, parse_sets
from safethird.regimes.shape import MOST_PROBLEMS, schema, shape_problems
from safethird.regimes.status import EVENT_EFFECTS

MOST_CHAIN = 60
"""How deep definitions may rest on definitions, and exceptions on exceptions: what walks over them recurses."""
_DEFAULT_CLOCKS: dict[Clock, str] = {
    "claim": "claim.date", "decision": "decision.date", "transfer": "decision.date",
}  # fmt: skip


def load_regime_file(path: str | Path) -> Regime:
    """Read, check and build one regime. Raises BadData with every problem found, NoInput when unreadable."""
    return build_regime(read_document(path))


def build_regime(document: Document, digest: str | None = None) -> Regime:
    """Build a regime from a document that has been read. Raises BadData with every problem found.

    `digest`: the SHA-256 of the file's text, for a document that does not carry the text."""
    if not isinstance(document.data, dict):
        raise BadData(
            Problem("This is no regime file", file=document.file, code="wrong-type",
                    expected="keys such as 'format', 'regime' and 'provisions'", hint="See docs/regimes.md.")
        )  # fmt: skip
    problems = shape_problems(document, schema("regime.schema.json"))
    if problems:
        raise BadData(problems)
    return _Builder(document, digest).build()


class _Builder:
    def __init__(self, document: Document, digest: str | None) -> None:
        self.document = document
        self.digest = digest or hashlib.sha256(document.text.encode()).hexdigest()
        self.data: dict[str, Any] = document.data
        self.problems: list[Problem] = []
        self.languages: tuple[Language, ...] = tuple(self.data.get("languages", LANGUAGES))
        self.urls = {entry["id"]: entry.get("url") for entry in self.data.get("sources", ())}
        self.signatures: dict[str, Signature] = {}
        self.broken: set[str] = set()
        """Definitions of which something is wrong: what rests on them is not complained of as well."""
        self.sets: dict[str, CountrySet] = dict(library_sets())
        try:
            self.sets |= parse_sets(document, ("sets",), self.data.get("sets", {}), self.sets)
        except BadData as error:
            self.problems.extend(error.problems)
        self.names = CaseNames(self.sets)

    # --- parts -----------------------------------------------------------------------------------

    def build(self) -> Regime:
        data = self.data
        definitions = self.definitions()
        program = Program(
            {
                entry.id: ProgramDefinition(entry.id, entry.rule.checked, entry.parameter)
                for entry in definitions.values()
            },
            self.sets,
            data.get("calendar", {}).get("month_end", "last_day"),
        )
        regime_id = data["regime"]
        considered = data["considered_for"]["claim_in"]
        clocks = self.clocks()
        provisions = tuple(
            self.provision(entry, ("provisions", index)) for index, entry in enumerate(data["provisions"])
        )
        self.no_doubles(provisions)
        events = tuple(self.event(entry, ("status", index)) for index, entry in enumerate(data["status"]))
        regime = Regime(
            id=regime_id, kind=data["kind"], title=self.texts(data["title"], ("title",)),
            summary=self.texts(data["summary"], ("summary",)),
            citation=self.citation(data["instrument"], ("instrument",)),
            parties=tuple(data["instrument"].get("parties", ())),
            considered_for=self.consideration(considered), clocks=clocks, program=program, definitions=definitions,
            provisions=provisions, events=tuple(sorted(events, key=lambda entry: (entry.date.lo, entry.order))),
            sources=tuple(
                model.Source(entry["id"], entry["title"], entry.get("url"), entry.get("read"))
                for entry in data.get("sources", ())
            ),
            responsible=self.term(data.get("responsible"), ("responsible",), COUNTRY),
            barred_state=self.condition(data.get("barred_state"), ("barred_state",), {"candidate": COUNTRY}),
            draft=data.get("draft", False), documented_only=data.get("documented_only", False),
            open_questions=tuple(
                self.texts(entry, ("open_questions", index))
                for index, entry in enumerate(data.get("open_questions", ()))
            ),
            languages=self.languages, instrument_type=data["instrument"]["type"], file=self.document.file,
            digest=self.digest,
            jurisdiction=Path(self.document.file).parent.name if self.document.file else "",
            follows=tuple(data.get("follows", ())),
        )  # fmt: skip
        self.check_targets(regime)
        if self.problems:
            found = sorted(self.problems, key=lambda problem: (problem.line or 0, problem.column or 0))
            raise BadData(found[:MOST_PROBLEMS])
        return regime

    def consideration(self, value: Any) -> Consideration:
        if isinstance(value, str):
            if value not in self.sets:
                self.problem(f"There is no set '{value}'", ("considered_for", "claim_in"), "unknown-set",
                             did_you_mean(value, sorted(self.sets)))  # fmt: skip
            return Consideration((), value)
        return Consideration(tuple(value))

    def clocks(self) -> dict[Clock, Rule]:
        found: dict[Clock, Rule] = {}
        given: Mapping[str, Any] = self.data.get("clocks", {})
        for clock in model.CLOCKS:
            if clock in given:
                rule = self.term(given[clock], ("clocks", clock), DATE)
            elif clock in _DEFAULT_CLOCKS:
                source = Source(_DEFAULT_CLOCKS[clock], self.document.file, name=f"clocks.{clock}")
                rule = Rule(check(source, parse(source), self.names))
            else:
                continue
            if rule is not None:
                found[clock] = rule
        return found

    def texts(self, value: Any, path: DocumentPath) -> Texts:
        if isinstance(value, str):
            if len(self.languages) > 1:
                self.problem("This label stands in one language only", path, "missing-label",
                             f"Give it in {', '.join(self.languages)}.")  # fmt: skip
            return {self.languages[0]: value}
        missing = [language for language in self.languages if language not in value]
        if missing:
            self.problem(f"This label is missing in: {', '.join(missing)}", path, "missing-label",
                         "Add it, or name the file's languages under 'languages'.")  # fmt: skip
        return cast(Texts, dict(value))

    def citation(self, entry: Mapping[str, Any], path: DocumentPath) -> Citation:
        source = entry.get("source")
        url = entry.get("url")
        if source is not None:
            if source not in self.urls:
                self.problem(f"There is no source '{source}'", (*path, "source"), "unknown-source",
                             did_you_mean(source, list(self.urls)))  # fmt: skip
            url = url or self.urls.get(source)
        elif url is None:
            self.problem("This citation names no source", path, "missing-source",
                         "Give 'source' (an id under 'sources') or 'url'.")  # fmt: skip
        pinpoint, pinpoints, notes = cited_texts(entry, self.languages[0])
        return Citation(pinpoint, url, entry["confidence"], notes, pinpoints)

    def problem(self, what: str, path: DocumentPath, code: str, hint: str | None = None) -> None:
        self.problems.append(self.document.problem(what, path, code=code, hint=hint))

    # --- rules -----------------------------------------------------------------------------------

    def source(self, value: Any, path: DocumentPath) -> Source:
        raw = self.document.source_of(path)
        if isinstance(value, bool) or raw is None:
            line, column = self.document.place(path)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            return Source(text, self.document.file, (line or 1) - 1, (column or 1) - 1, dotted(path))
        text, line0, column0 = raw
        return Source(text, self.document.file, line0, column0, dotted(path))

    def condition(
        self, value: Any, path: DocumentPath, variables: Mapping[str, Type] | None = None, *,
        may_ask_unknown: bool = False,
    ) -> Rule | None:  # fmt: skip
        if value is None:
            return None
        source = self.source(value, path)
        try:
            node = parse(source)
            if _names_in(node) & self.broken:
                return None
            return Rule(check_condition(source, node, self.names, self.signatures, variables,
                                        may_ask_unknown=may_ask_unknown))  # fmt: skip
        except RuleError as error:
            self.problems.append(error.problem)
            return None

    def term(
        self, value: Any, path: DocumentPath, wanted: Type, variables: Mapping[str, Type] | None = None
    ) -> Rule | None:
        if value is None:
            return None
        source = self.source(value, path)
        try:
            node = parse(source)
            if _names_in(node) & self.broken:
                return None
            checked = check(source, node, self.names, self.signatures, variables)
            if checked.type != wanted and not (wanted == COUNTRY and checked.type.kind == "code"):
                raise RuleError(source.problem(f"This is not a {wanted.kind}", checked.node.at, code="term-type",
                                               expected=f"a {wanted.kind}"))  # fmt: skip
            if isinstance(checked.node, Text) and not is_country(checked.node.value):
                raise RuleError(source.problem(f'"{checked.node.value}" is no country code', checked.node.at,
                                               code="unknown-code", hint="Write a code such as GT."))  # fmt: skip
        except RuleError as error:
            self.problems.append(error.problem)
            return None
        return Rule(checked)

    # --- definitions -----------------------------------------------------------------------------

    def definitions(self) -> dict[str, Definition]:
        given: dict[str, Any] = self.data.get("define", {})
        parsed: dict[str, Node | None] = {}
        for name, entry in given.items():
            path: DocumentPath = ("define", name)
            value, rule_path = self.main_rule(entry, path)
            if self.names.member("", name) is not None or name in self.sets:
                self.problem(f"The name '{name}' is taken by a fact or set", path, "name-taken",
                             "Choose another name.")  # fmt: skip
            if value is None:
                if "readings" not in entry:
                    self.problem("This definition says nothing", path, "missing-rule", "Give 'is'.")
                parsed[name] = None
                continue
            try:
                parsed[name] = parse(self.source(value, rule_path))
            except RuleError as error:
                self.problems.append(error.problem)
                parsed[name] = None
        found: dict[str, Definition] = {}
        for name in self.in_order({name: self.names_used(name, node) for name, node in parsed.items()}):
            definition = self.definition(name, given[name], parsed[name])
            if definition is not None:
                found[name] = definition
        return found

    def main_rule(self, entry: Mapping[str, Any], path: DocumentPath) -> tuple[Any, DocumentPath]:
        """The rule that decides: `is`/`when`, or the default of several readings."""
        readings = entry.get("readings")
        if readings:
            default = readings["default"]
            option = readings["options"].get(default)
            if option is None:
                self.problem(f"There is no reading '{default}'", (*path, "readings", "default"), "unknown-reading",
                             did_you_mean(default, list(readings["options"])))  # fmt: skip
                return None, path
            return option["when"], (*path, "readings", "options", default, "when")
        key = "is" if "is" in entry else "when"
        return entry.get(key), (*path, key)

    def names_used(self, name: str, node: Node | None) -> set[str]:
        """Names in the rule of a definition and in its other readings (their errors are reported later)."""
        used = _names_in(node) if node is not None else set()
        readings = self.data["define"][name].get("readings", {"options": {}})
        for option, entry in readings["options"].items():
            path: DocumentPath = ("define", name, "readings", "options", option, "when")
            with suppress(RuleError):
                used |= _names_in(parse(self.source(entry["when"], path)))
        return used

    def in_order(self, uses: Mapping[str, set[str]]) -> list[str]:
        """Names so that each definition uses only earlier ones; a circle is an error."""
        ordered: list[str] = []
        state: dict[str, int] = {}

        def visit(name: str, depth: int = 0) -> None:
            if state.get(name) == 2:
                return
            if depth > MOST_CHAIN:
                self.problem(f"'{name}' stands at the end of more than {MOST_CHAIN} definitions, each in the next",
                             ("define", name), "too-deep", "Write some of them together.")  # fmt: skip
                self.broken.add(name)
                return
            if state.get(name) == 1:
                self.problem(f"'{name}' rests on itself", ("define", name), "circle",
                             "Write one of the definitions without the other.")  # fmt: skip
                self.broken.add(name)
                return
            state[name] = 1
            for used in sorted(uses[name]):
                if used in uses:
                    visit(used, depth + 1)
            state[name] = 2
            ordered.append(name)

        for name in uses:
            visit(name)
        return ordered

    def definition(self, name: str, entry: Mapping[str, Any], node: Node | None) -> Definition | None:
        path: DocumentPath = ("define", name)
        label = self.texts(entry["label"], path)
        citation = self.citation(entry, path)
        parameter, type_ = self.parameter(entry.get("of"), (*path, "of"))
        resting = set() if node is None else self.names_used(name, node)
        if node is None or resting & self.broken or ("of" in entry and type_ is None):
            self.broken.add(name)
            return None
        value, rule_path = self.main_rule(entry, path)
        source = self.source(value, rule_path)
        variables = {parameter: type_} if parameter is not None and type_ is not None else {}
        try:
            if isinstance(node, First):
                checked = check(source, node, self.names, self.signatures, variables)
            else:
                checked = check_condition(source, node, self.names, self.signatures, variables)
        except RuleError as error:
            self.problems.append(error.problem)
            self.broken.add(name)
            return None
        self.signatures[name] = Signature(checked.type, type_, checked.uses_unknown)
        collection = entry["of"].partition(" in ")[2].strip() if parameter is not None else None
        readings = self.readings(entry, path, variables)
        return Definition(name, label, citation, Rule(checked), parameter, readings, collection)

    def parameter(self, text: str | None, path: DocumentPath) -> tuple[str | None, Type | None]:
        if text is None:
            return None, None
        variable, _, collection = text.partition(" in ")
        source = self.source(f"any {text}", path)
        try:
            node = parse(Source(f"any {text}", source.file, source.line, source.column - 4, source.name))
            check_condition(source, node, self.names, {})
        except RuleError as error:
            self.problems.append(error.problem)
            return variable, None
        member = self.names.member("", collection) or Type("list", collection)
        if "." in collection:
            record, _, last = collection.rpartition(".")
            member = self.names.member(record, last) or member
        if member.kind == "countries":
            return variable, COUNTRY
        return variable, Type("record", f"{collection}[]")

    def readings(
        self, entry: Mapping[str, Any], path: DocumentPath, variables: Mapping[str, Type] | None = None
    ) -> Readings | None:
        given = entry.get("readings")
        if not given:
            return None
        options: dict[str, Reading] = {}
        for name, option in given["options"].items():
            inside = (*path, "readings", "options", name)
            rule = self.condition(option["when"], (*inside, "when"), variables)
            if rule is not None:
                options[name] = Reading(name, self.texts(option["label"], (*inside, "label")),
                                        self.citation(option, inside), rule)  # fmt: skip
        return Readings(given["default"], options)

    # --- events and provisions -------------------------------------------------------------------

    def days(self, value: Any, path: DocumentPath) -> DateRange | None:
        if value is None:
            return None
        first, _, last = str(value).partition("/")
        try:
            low = parse_date(first)
            if not last:
                return low
            high = LAST_DAY if last == ".." else parse_date(last).hi
            if high < low.lo:
                raise ValueError("it ends before it begins")
            return DateRange(low.lo, high)
        except ValueError as error:
            self.problem(f"This is no date ({error})", path, "bad-date",
                         "Write a day, a month, a year, or an interval such as 2020-03/2020-05.")  # fmt: skip
            return None

    def event(self, entry: Mapping[str, Any], path: DocumentPath) -> Event:
        name = entry["event"]
        effect = entry.get("effect") or EVENT_EFFECTS.get(name)
        if effect is None:
            self.problem(f"'{name}' is no event that we know", (*path, "event"), "unknown-event",
                         did_you_mean(name, sorted(EVENT_EFFECTS)) + " Or name its 'effect'.")  # fmt: skip
        clock: Clock = entry.get("clock", "decision")
        if clock == "entry" and "entry" not in self.data.get("clocks", {}):
            self.problem("The file does not say which date the clock 'entry' reads", (*path, "clock"),
                         "unknown-clock", "Add it under 'clocks'.")  # fmt: skip
        return Event(
            name, self.days(entry["date"], (*path, "date")) or DateRange(1, 1), clock,
            {"operative": True, "inoperative": False}.get(effect or "none"), self.citation(entry, path),
            self.texts(entry["label"], (*path, "label")) if "label" in entry else None,
            self.condition(entry.get("when"), (*path, "when")), cast(int, path[-1]),
        )  # fmt: skip

    def provision(self, entry: Mapping[str, Any], path: DocumentPath) -> Provision:
        role: model.Role = entry["role"]
        value, rule_path = self.main_rule(entry, path)
        responsible = self.responsible(entry, path)
        ruled = role in model.RULED_ROLES
        if ruled and not any(key in entry for key in ("when", "readings", "versions", "for")):
            self.problem(f"A provision with the role '{role}' needs a condition", path, "missing-rule",
                         "Give 'when' or 'versions'.")  # fmt: skip
        if not ruled and (value is not None or "versions" in entry):
            self.problem(f"A provision with the role '{role}' has no condition", path, "rule-on-text",
                         "Remove 'when', or give it another role.")  # fmt: skip
        if role in ("criterion", "shift") and "responsible" not in entry:
            self.problem(f"A provision with the role '{role}' names a state", path, "missing-responsible",
                         "Give 'responsible'.")  # fmt: skip
        return Provision(
            id=entry["id"], role=role, label=self.texts(entry["label"], (*path, "label")),
            citation=self.citation(entry, path),
            rule=self.condition(value, rule_path, may_ask_unknown=role == "warning") if ruled else None,
            versions=tuple(
                self.version(version, (*path, "versions", index))
                for index, version in enumerate(entry.get("versions", ()))
            ),
            readings=self.readings(entry, path),
            exception_to=_listed(entry.get("exception_to")) or (("effect",) if role == "exception" else ()),
            before=_listed(entry.get("before")),
            outcome=entry.get("outcome") or ("exempt" if role == "exception" else None),
            responsible=responsible, burden=entry.get("burden"), standard=entry.get("standard"),
            discretion=entry.get("discretion", False), rebuttal=entry.get("rebuttal", False),
            explanation=self.texts(entry["explanation"], (*path, "explanation")) if "explanation" in entry else None,
        )  # fmt: skip

    def responsible(self, entry: Mapping[str, Any], path: DocumentPath) -> Responsible | None:
        value = entry.get("responsible")
        if value is None:
            return None
        each: Rule | None = None
        variables: dict[str, Type] = {}
        variable = None
        if "for" in entry:
            source = self.source(entry["for"], (*path, "for"))
            try:
                node = parse_element(source)
                if _names_in(node) & self.broken:
                    return None
                checked = check(source, node, self.names, self.signatures)
            except RuleError as error:
                self.problems.append(error.problem)
                return None
            assert isinstance(checked.node, First)
            each, variable = Rule(checked), checked.node.variable
            variables[variable] = checked.type
        rule = self.term(value, (*path, "responsible"), COUNTRY, variables)
        return None if rule is None else Responsible(rule, variable, each)

    def version(self, entry: Mapping[str, Any], path: DocumentPath) -> Version:
        return Version(
            self.days(entry.get("from"), (*path, "from")), self.days(entry.get("until"), (*path, "until")),
            entry["clock"], self.condition(entry.get("when"), (*path, "when")),
            self.citation(entry, path) if "cite" in entry else None,
            self.texts(entry["label"], (*path, "label")) if "label" in entry else None,
        )  # fmt: skip

    # --- across parts ----------------------------------------------------------------------------

    def no_doubles(self, provisions: tuple[Provision, ...]) -> None:
        seen: set[str] = set()
        for index, entry in enumerate(provisions):
            if entry.id in seen:
                self.problem(f"The id '{entry.id}' stands twice", ("provisions", index, "id"), "double-id",
                             "Give one of the two another id.")  # fmt: skip
            seen.add(entry.id)

    def check_targets(self, regime: Regime) -> None:
        ids = {entry.id for entry in regime.provisions}
        for index, entry in enumerate(regime.provisions):
            for key, targets in (("exception_to", entry.exception_to), ("before", entry.before)):
                for target in targets:
                    if target not in ids and not (key == "exception_to" and target == "effect"):
                        self.problem(f"There is no provision '{target}'", ("provisions", index, key),
                                     "unknown-target", did_you_mean(target, sorted(ids)))  # fmt: skip
            clocks = {version.clock for version in entry.versions}
            for clock in clocks - set(regime.clocks):
                self.problem(f"The file does not say which date the clock '{clock}' reads",
                             ("provisions", index, "versions"), "unknown-clock", "Add it under 'clocks'.")  # fmt: skip
        self.check_circles(regime)

    def check_circles(self, regime: Regime) -> None:
        """An exception whose own fate depends, through others, on itself has no meaning."""
        against = {entry.id: (*entry.exception_to, *entry.before) for entry in regime.provisions}
        done: set[str] = set()

        def visit(name: str, way: tuple[str, ...]) -> None:
            if name in way:
                circle = way[way.index(name) :]
                index = next(at for at, entry in enumerate(regime.provisions) if entry.id == circle[-1])
                said = " to ".join(f"'{entry}'" for entry in (*circle, name))
                self.problem(f"These exceptions run in a circle: {said}", ("provisions", index),
                             "exception-circle", "Remove one 'exception_to' or 'before'.")  # fmt: skip
                return
            if len(way) > MOST_CHAIN:
                index = next(at for at, entry in enumerate(regime.provisions) if entry.id == way[0])
                self.problem(f"This is an exception to an exception, more than {MOST_CHAIN} times over",
                             ("provisions", index), "too-deep", "Write some of them together.")  # fmt: skip
                done.update(way)
                return
            if name in done or name not in against:
                return
            for target in against[name]:
                visit(target, (*way, name))
            done.add(name)

        for name in against:
            visit(name, ())


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _names_in(node: Node) -> set[str]:
    found: set[str] = set()
    for inner in walk(node):
        if isinstance(inner, PathNode):
            found.add(inner.names[0])
        elif isinstance(inner, Call):
            found |= {inner.name, inner.argument}
    return found
