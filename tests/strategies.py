"""Random cases and random regimes: well typed, over the whole vocabulary, with everything the language can say.

Both are made by a `random.Random`. A test that needs many draws them from a seeded one; a property test uses the
hypothesis strategies at the end, whose draws shrink.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from safethird.errors import BadData
from safethird.facts.case import Case
from safethird.facts.dates import parse_date
from safethird.facts.documents import read_json
from safethird.facts.vocabulary import Fact, vocabulary
from safethird.language.syntax import Day, walk
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime
from safethird.screening.alternatives import landmarks, rules_of

COUNTRIES = ("CA", "US", "GT", "FR", "DE", "GB", "HR", "SY")
DAYS = tuple(
    datetime.date(year, month, day).toordinal()
    for year, month, day in (
        (2019, 11, 19),
        (2020, 2, 29),
        (2023, 3, 25),
        (2023, 12, 31),
        (2005, 2, 28),
        (2004, 2, 29),
    )
)


@dataclass(frozen=True, slots=True)
class Land:
    """The values that cases and rules move among: few, so that they meet."""

    countries: tuple[str, ...] = COUNTRIES
    days: tuple[int, ...] = DAYS
    known: float = 0.7
    """How often a fact is given."""
    complete: float = 0.7
    """How often a list is."""
    most: int = 3
    """Elements of a list."""

    @classmethod
    def of(cls, regime: Regime) -> Land:
        """The values that a regime speaks of."""
        marks = landmarks(regime)
        countries = sorted(code for code in marks.codes if len(code) == 2 and code.isupper())
        days = [node.ordinal for rule in rules_of(regime) for node in walk(rule) if isinstance(node, Day)]
        days += [day for event in regime.events if event.operative is not None for day in event.date]
        days += [
            date.lo
            for entry in regime.provisions
            for version in entry.versions
            for date in (version.since, version.until)
            if date is not None
        ]
        days = [day for day in days if parse_date("1990").lo < day < parse_date("2040").lo]
        days += [day + 40 for day in days]
        return cls(tuple(dict.fromkeys((*countries[:6], "FR", "US", "SY"))), tuple(sorted(set(days))) or DAYS)


# --- cases -------------------------------------------------------------------------------------------------


def random_case(rng: Random, land: Land | None = None) -> Case:
    """A valid case of any shape."""
    return Case.from_data(random_case_data(rng, land or Land()))


def random_case_data(rng: Random, land: Land) -> dict[str, Any]:
    """A valid case as a JSON object."""
    # One person's dates lie close together, or nothing would ever be in time.
    days = tuple(rng.sample(land.days, min(len(land.days), rng.choice((1, 1, 2, 6)))))
    land = replace(land, days=days, known=rng.choice((land.known, land.known, 0.95, 1.0, 0.4)))
    as_of = _date(rng, land, None) if rng.random() < 0.7 else None
    last = None if as_of is None else parse_date(as_of).hi
    data = _record(rng, "", land, last)
    data["version"] = 1
    data["claim"] = {**data.get("claim", {}), "country": rng.choice(land.countries)}
    data.pop("as_of", None)
    if as_of is not None:
        data["as_of"] = as_of
    _label(rng, data)
    return data


def _record(rng: Random, record: str, land: Land, last: int | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    for fact in facts:
        if fact.completes:
            if rng.random() > land.complete:
                made[fact.name] = rng.random() < 0.3
        elif rng.random() < land.known and fact.path not in ("family[].id", "documents[].holder"):
            made[fact.name] = _value(rng, fact, land, last)
    for fact in facts:
        before = fact.not_before and fact.not_before.rpartition(".")[2]
        if before and fact.name in made and before in made:
            if parse_date(made[fact.name]).hi < parse_date(made[before]).lo:
                made[fact.name], made[before] = made[before], made[fact.name]
    return made


def _date(rng: Random, land: Land, last: int | None) -> str:
    day = rng.choice(land.days) + rng.choice(
        (0, 0, 0, 1, -1, 14, -14, 13, 15, 30, -365, 365, -18 * 365, -6574, 400)
    )
    if last is not None and day > last:
        day = last - rng.choice((0, 0, 1, 14, 200))
    length = rng.choice((10, 10, 10, 10, 10, 7, 4))
    return datetime.date.fromordinal(day).isoformat()[:length]


def _value(rng: Random, fact: Fact, land: Land, last: int | None) -> Any:
    match fact.type:
        case "date":
            return _date(rng, land, None if fact.may_be_future else last)
        case "yes_no":
            return rng.random() < 0.5
        case "country":
            return rng.choice(land.countries)
        case "choice":
            return rng.choice(fact.values)
        case "number":
            return rng.choice((0, 1, 2, 2.5, 3))
        case "label":
            return rng.choice(("US-TX", "CA-QC", "GR-K"))
        case "countries":
            return rng.sample(land.countries, rng.choice((0, 1, 1, 2)))
        case "choices":
            return rng.sample(fact.values, rng.choice((0, 1, 2)))
        case "record":
            return _record(rng, fact.path, land, last)
        case "list":
            return [_record(rng, fact.path + "[]", land, last) for _ in range(rng.randint(0, land.most))]
        case "table":
            rows = rng.sample(land.countries, rng.randint(0, min(4, len(land.countries))))
            return [{**_record(rng, fact.path + "[]", land, last), "country": row} for row in rows]
    raise AssertionError(fact.type)


def _label(rng: Random, data: dict[str, Any]) -> None:
    labels = ["applicant"]
    for index, relative in enumerate(data.get("family", ())):
        if rng.random() < 0.7:
            relative["id"] = f"f{index + 1}"
            labels.append(f"f{index + 1}")
    for document in data.get("documents", ()):
        if rng.random() < 0.8:
            document["holder"] = rng.choice(labels)


def mutated_case(rng: Random, case: Case, land: Land) -> Case:
    """A case with some facts taken away, changed, made less precise, or lists cut short."""
    data = json.loads(case.to_json())
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        _mutate(rng, data, "", land)
    try:
        return Case.from_data(data)
    except BadData:  # a change may have made two facts contradict each other
        return case


def _mutate(rng: Random, record: dict[str, Any], path: str, land: Land) -> None:
    names = [name for name in record if name not in ("version", "country") or path.endswith("[]")]
    if not names:
        return
    name = rng.choice(names)
    fact = vocabulary().fact(f"{path}.{name}" if path else name)
    value = record[name]
    if fact.type == "record":
        _mutate(rng, value, fact.path, land)
    elif fact.type in ("list", "table") and value and rng.random() < 0.8:
        _mutate(rng, rng.choice(value), f"{fact.path}[]", land)
    elif fact.name in ("country", "id", "holder"):
        return
    elif fact.flag is not None and rng.random() < 0.4:
        record[fact.flag.rpartition(".")[2]] = False
    elif fact.type == "date" and rng.random() < 0.7:
        day = parse_date(value).lo + rng.choice((-1, 1, 14, -14, 400, -400))
        record[name] = datetime.date.fromordinal(day).isoformat()[: rng.choice((10, 10, 7, 4))]
    elif rng.random() < 0.6:
        del record[name]
    elif not fact.is_group and not fact.completes and fact.type != "label":
        record[name] = _value(rng, fact, land, None)


# --- regimes -----------------------------------------------------------------------------------------------


def random_regime(rng: Random) -> Regime:
    """A regime that loads: any roles, clocks, versions, readings, exceptions, elements."""
    return build_regime(read_json(json.dumps(_Regimes(rng).regime()), "made.yaml"))


_CITED = {"cite": "Art. 1", "url": "https://example.org/law", "confidence": "verified"}


@dataclass(slots=True)
class Scope:
    """The names that a rule may use."""

    names: dict[str, str] = field(default_factory=dict)
    """Names of elements, with the path of their record (`family[]`) or of their list of codes."""
    conditions: list[str] = field(default_factory=list)
    """Ways to use defined conditions: `settled`, `close(f)`."""
    of_record: dict[str, list[str]] = field(default_factory=dict)
    """Conditions about an element, by its record."""
    candidate: bool = False

    def inside(self, name: str, record: str) -> Scope:
        """With one more name."""
        return Scope({**self.names, name: record}, self.conditions, self.of_record, self.candidate)


_LISTS = ("entries", "journey", "family", "documents", "prior_claims", "procedure.requests")
_CODE_LISTS = ("applicant.nationalities", "applicant.capital_charge_countries")
_TABLES = ("applicant.visa_rules", "findings.countries")
_PLAIN = [
    fact
    for fact in vocabulary()
    if not fact.is_group and not fact.completes and "[]" not in fact.path and fact.path != "version"
]


def _facts_of(record: str) -> list[Fact]:
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    return [fact for fact in facts if not fact.is_group and not fact.completes]


class Rules:
    """Texts of well-typed rules."""

    def __init__(self, rng: Random, land: Land | None = None, may_ask_unknown: bool = False) -> None:
        self.rng = rng
        self.land = land or Land()
        self.may_ask_unknown = may_ask_unknown
        self._names = 0

    def fresh(self) -> str:
        """A name that is not in use."""
        self._names += 1
        return f"x{self._names}"

    def condition(self, scope: Scope, depth: int) -> str:
        """A condition; `depth` bounds how deep it is nested."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.25:
            return self.leaf(scope)
        kind = rng.choice(("and", "or", "not", "quantifier", "quantifier", "leaf", "and"))
        if kind in ("and", "or"):
            parts = [f"({self.condition(scope, depth - 1)})" for _ in range(rng.choice((2, 2, 3)))]
            return f" {kind} ".join(parts)
        if kind == "not":
            return f"not ({self.condition(scope, depth - 1)})"
        return self.quantifier(scope, depth) if kind == "quantifier" else self.leaf(scope)

    def collection(self, scope: Scope) -> tuple[str, str]:
        """A list to walk over: as written, and the path of its elements."""
        rng = self.rng
        nested = [name for name, record in scope.names.items() if record == "family[]"]
        if nested and rng.random() < 0.3:
            return f"{rng.choice(nested)}.protection_refused_in", "family[].protection_refused_in"
        if rng.random() < 0.2:
            path = rng.choice(_CODE_LISTS)
            return path, path
        if rng.random() < 0.1:
            return f"findings.countries[{self.code_term(scope)}].connection_grounds", "connection_grounds"
        path = rng.choice((*_LISTS, *_TABLES))
        return path, path + "[]"

    def quantifier(self, scope: Scope, depth: int) -> str:
        """A quantifier, in parentheses."""
        rng = self.rng
        text, record = self.collection(scope)
        name = self.fresh()
        inner = scope.inside(name, record)
        kind = rng.choice(("any", "any", "no", "all", "count"))
        where = f" where {self.about(inner, name, record, depth - 1)}" if rng.random() < 0.9 else ""
        if kind == "all":
            return f"(all {name} in {text}{where} satisfy {self.about(inner, name, record, depth - 1)})"
        if kind == "count":
            inside = f" where ({self.about(inner, name, record, depth - 1)})" if where else ""
            sign = rng.choice(("==", "!=", "<", "<=", ">", ">="))
            return f"count {name} in {text}{inside} {sign} {rng.choice((0, 1, 2))}"
        return f"({kind} {name} in {text}{where})"

    def about(self, scope: Scope, name: str, record: str, depth: int) -> str:
        """A condition that mostly speaks of one element."""
        own = self.of_element(scope, name, record)
        if self.rng.random() < 0.3:
            return own
        other = (
            self.condition(scope, depth) if self.rng.random() < 0.5 else self.of_element(scope, name, record)
        )
        return f"({own}) {self.rng.choice(('and', 'and', 'or'))} ({other})"

    def of_element(self, scope: Scope, name: str, record: str) -> str:
        """A condition about one fact of an element."""
        used = scope.of_record.get(record)
        if used and self.rng.random() < 0.15:
            return f"{self.rng.choice(used)}({name})"
        if record == "connection_grounds":
            grounds = vocabulary().fact("findings.countries[].connection_grounds").values
            return self.about_code(scope, name, "choice", grounds)
        if not record.endswith("[]"):
            return self.about_code(scope, name, "country", ())
        fact = self.rng.choice(_facts_of(record))
        numbers = [other for other in _facts_of(record) if other.type == "number"]
        if numbers and self.rng.random() < 0.3:
            fact = numbers[0]  # there are few facts of this type
        return self.about_fact(scope, f"{name}.{fact.name}", fact)

    def leaf(self, scope: Scope) -> str:
        """A condition without conditions inside."""
        rng = self.rng
        choices = ["fact", "fact", "lookup", "age", "use", "element", "element", "candidate", "always"]
        kind = rng.choice(choices)
        if kind == "use" and scope.conditions:
            return rng.choice(scope.conditions)
        if kind == "element" and scope.names:
            name = rng.choice(list(scope.names))
            return self.of_element(scope, name, scope.names[name])
        if kind == "candidate" and scope.candidate:
            return self.about_code(scope, "candidate", "country", ())
        if kind == "lookup":
            table = rng.choice(_TABLES)
            fact = rng.choice([fact for fact in _facts_of(f"{table}[]") if fact.name != "country"])
            return self.about_fact(scope, f"{table}[{self.code_term(scope)}].{fact.name}", fact)
        if kind == "age":
            people = ["applicant", *(name for name, record in scope.names.items() if record == "family[]")]
            sign = rng.choice(("<", "<=", ">", ">=", "=="))
            return f"age of {rng.choice(people)} on {self.date_term(scope)} {sign} {rng.choice((17, 18, 1))}"
        if kind == "always" and rng.random() < 0.2:
            return rng.choice(("true", "false"))
        fact = rng.choice(_PLAIN)
        return self.about_fact(scope, fact.path, fact)

    def about_fact(self, scope: Scope, path: str, fact: Fact) -> str:
        """A condition about a fact, by its type."""
        rng = self.rng
        if self.may_ask_unknown and rng.random() < 0.15:
            return f"{path} is {rng.choice(('unknown', 'known'))}"
        match fact.type:
            case "yes_no":
                return path if rng.random() < 0.7 else f"not {path}"
            case "date":
                return self.about_date(scope, path)
            case "number":
                return f"{path} {rng.choice(('==', '!=', '<', '<=', '>', '>='))} {rng.choice((0, 1, 2, 3))}"
            case "country":
                return self.about_code(scope, path, "country", ())
            case "choice":
                return self.about_code(scope, path, "choice", fact.values)
            case "label":
                return self.about_label(scope, path)
            case "countries":
                return f"{self.code_term(scope)} {rng.choice(('in', 'not in'))} {path}"
            case "choices":
                return f'"{rng.choice(fact.values)}" {rng.choice(("in", "not in"))} {path}'
        raise AssertionError(fact.type)

    def about_label(self, scope: Scope, path: str) -> str:
        relatives = [f"{name}.id" for name, record in scope.names.items() if record == "family[]"]
        texts = ['"applicant"', '"f1"', '"US-TX"']
        other = self.rng.choice([*texts, *relatives, *relatives])
        return f"{path} {self.rng.choice(('==', '!='))} {other}"

    def about_code(self, scope: Scope, path: str, kind: str, values: Sequence[str]) -> str:
        rng = self.rng
        codes = values or self.land.countries
        how = rng.choice(("==", "==", "!=", "in", "not in", "term", "set", "set", "list"))
        if how in ("in", "not in"):
            listed = rng.sample(list(codes), min(len(codes), rng.choice((1, 2, 3, 7))))
            return f"{path} {how} {json.dumps(listed)}"
        if kind == "country" and how == "term":
            return f"{path} {rng.choice(('==', '!='))} {self.code_term(scope)}"
        if kind == "country" and how == "list":
            return f"{path} {rng.choice(('in', 'not in'))} {rng.choice(_CODE_LISTS)}"
        if kind == "country" and how == "set":
            negated = rng.choice(("in", "not in"))
            if rng.random() < 0.4:
                return f"{path} {negated} always_members"
            return f"{path} {negated} members on {self.date_term(scope)}"
        return f'{path} {"!=" if how == "!=" else "=="} "{rng.choice(list(codes))}"'

    def about_date(self, scope: Scope, path: str) -> str:
        rng = self.rng
        other = self.date_term(scope)
        if rng.random() < 0.5:
            word = rng.choice(("before", "after", "on or before", "on or after", "==", "!="))
            return f"{path} {word} {other}"
        kind = rng.choice(("within", "at most", "less than", "more than", "at least"))
        amount, unit = rng.choice(
            ((14, "days"), (2, "weeks"), (1, "month"), (12, "months"), (1, "year"), (13, "days"))
        )
        counting = " counting that day" if rng.random() < 0.25 else ""
        return f"{path} {kind} {amount} {unit} {rng.choice(('after', 'before'))} {other}{counting}"

    def date_term(self, scope: Scope) -> str:
        """A date."""
        rng = self.rng
        fields = [
            f"{name}.{fact.name}"
            for name, record in scope.names.items()
            if record.endswith("[]")
            for fact in _facts_of(record)
            if fact.type == "date"
        ]
        plain = [fact.path for fact in _PLAIN if fact.type == "date"]
        text = rng.choice(plain)
        if fields and rng.random() < 0.6:
            text = rng.choice(fields)
        elif rng.random() < 0.3:
            text = datetime.date.fromordinal(rng.choice(self.land.days)).isoformat()
        if rng.random() < 0.15:
            text += rng.choice((" plus 1 month", " minus 1 year", " plus 14 days", " minus 6 months"))
        if rng.random() < 0.08:
            text += " moved past weekends"
        return text

    def code_term(self, scope: Scope) -> str:
        """A country, perhaps that of an element."""
        rng = self.rng
        terms = [f'"{rng.choice(self.land.countries)}"', "claim.country", "decision.removal_country"]
        terms.append("applicant.habitual_residence")
        for name, record in scope.names.items():
            if record == "connection_grounds":
                continue
            if not record.endswith("[]"):
                terms.append(name)
            else:
                terms += [f"{name}.{fact.name}" for fact in _facts_of(record) if fact.type == "country"]
        if scope.candidate:
            terms += ["candidate", "candidate"]
        return rng.choice(terms)

    def element(
        self, scope: Scope, texts: Sequence[str] = (*_LISTS, "findings.countries")
    ) -> tuple[str, str]:
        """An element of a list, without `first`, and the path of its record."""
        rng = self.rng
        path = rng.choice(texts)
        record, name = f"{path}[]", self.fresh()
        inner = scope.inside(name, record)
        where = f" where {self.about(inner, name, record, 1)}" if rng.random() < 0.85 else ""
        dates = [fact.name for fact in _facts_of(record) if fact.type == "date"]
        order = ""
        if dates and rng.random() < 0.8:
            key = f"{name}.{rng.choice(dates)}"
            if rng.random() < 0.15:
                key += " plus 1 month"
            order = f" {rng.choice(('latest', 'earliest'))} {key}"
        elif path == "documents" and rng.random() < 0.5:
            order = f" {rng.choice(('largest', 'smallest'))} {name}.study_years"
        elif path == "family" and rng.random() < 0.5:
            order = f" {rng.choice(('largest', 'smallest'))} age of {name} on {self.date_term(scope)}"
        return f"{name} in {path}{where}{order}", record


class _Regimes:
    """Regime files as plain data."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.rules = Rules(rng)
        self.scope = Scope()
        self.reaching = rng.random() < 0.4
        """In force and wide, so that exceptions, criteria and states decide: few made-up laws get that far."""

    def regime(self) -> dict[str, Any]:
        rng = self.rng
        kind = rng.choice(("bar", "bar", "allocation"))
        define = self.define()
        data: dict[str, Any] = {
            "format": 1,
            "regime": "made",
            "kind": kind,
            "languages": ["en"],
            "title": "Made",
            "summary": "Made up.",
            "instrument": {"type": "rule", "parties": ["US"], **_CITED},
            "considered_for": {"claim_in": ["US"]},
            "calendar": {"month_end": rng.choice(("last_day", "next_day"))},
            "clocks": self.clocks(),
            "sets": self.sets(),
            "define": define,
            "status": self.status(),
            "provisions": self.provisions(kind),
        }
        if kind == "bar" and rng.random() < 0.7:
            data["responsible"] = rng.choice(
                ('"GT"', "decision.removal_country", self.rules.code_term(self.scope))
            )
        if kind == "allocation" and rng.random() < 0.6:
            scope = replace_candidate(self.scope)
            data["barred_state"] = self.rules.condition(scope, 1)
        return data

    def sets(self) -> dict[str, Any]:
        rng, land = self.rng, self.rules.land
        members: list[Any] = []
        for country in rng.sample(land.countries, 4):
            since, until = sorted(rng.sample(land.days, 2))
            entry: dict[str, Any] = {"country": country}
            if rng.random() < 0.7:
                entry["from"] = datetime.date.fromordinal(since).isoformat()
            if rng.random() < 0.5:
                entry["until"] = datetime.date.fromordinal(until).isoformat()
                if rng.random() < 0.4:
                    members.append({"country": country, "from": "2024-06-01"})
            members.append(entry)
        members.append({"country": "CA", "from": "2023-03-25"})
        always = rng.sample(land.countries, 3)
        return {
            "members": {"label": "Members", "members": members, **_CITED},
            "always_members": {"label": "Always", "members": always, **_CITED},
        }

    def define(self) -> dict[str, Any]:
        rng = self.rng
        found: dict[str, Any] = {}
        for index in range(rng.choice((0, 1, 1, 2))):
            name = f"chosen{index}"
            text, record = self.rules.element(self.scope)
            found[name] = {"is": f"first {text}", "label": "An element", **_CITED}
            self.scope.names[name] = record
        for index in range(rng.choice((0, 1, 2))):
            name = f"settled{index}"
            # A condition of its own never speaks of elements half the time, so that it is shared.
            scope = self.scope if rng.random() < 0.5 else Scope()
            found[name] = {"label": "A condition", **_CITED, **self.rule_or_readings(scope, "is")}
            self.scope.conditions.append(name)
        for index in range(rng.choice((0, 1))):
            name, path = f"about{index}", rng.choice((*_LISTS, "applicant.visa_rules"))
            inner = self.scope.inside("part", f"{path}[]")
            text = self.rules.about(inner, "part", f"{path}[]", 1)
            found[name] = {"of": f"part in {path}", "is": text, "label": "Of an element", **_CITED}
            self.scope.of_record.setdefault(f"{path}[]", []).append(name)
        return found

    def rule_or_readings(self, scope: Scope, key: str) -> dict[str, Any]:
        if self.rng.random() < 0.2:
            options = {
                name: {"label": name, "when": self.rules.condition(scope, 1), **_CITED}
                for name in ("one", "two")
            }
            return {"readings": {"default": "one", "options": options}}
        return {key: self.rules.condition(scope, 2)}

    def clocks(self) -> dict[str, str]:
        rng = self.rng
        found = {"entry": rng.choice(("claim.date", self.rules.date_term(Scope())))}
        for name, record in self.scope.names.items():
            dates = [fact.name for fact in _facts_of(record) if fact.type == "date"]
            if dates and rng.random() < 0.8:
                found["entry"] = f"{name}.{rng.choice(dates)}"
        if rng.random() < 0.3:
            found["decision"] = rng.choice(("as_of", "claim.date"))
        return found

    def day(self) -> str:
        text = datetime.date.fromordinal(self.rng.choice(self.rules.land.days)).isoformat()
        return self.rng.choice((text, text, text, text[:7], f"{text}/.."))

    def status(self) -> list[dict[str, Any]]:
        rng = self.rng
        found = [{"event": "signed", "date": "2001-01-01", **_CITED}]
        if self.reaching:
            return [*found, {"event": "in_force", "date": "2001-02-01", "clock": "decision", **_CITED}]
        for _ in range(rng.choice((1, 1, 2, 3))):
            event: dict[str, Any] = {
                "event": rng.choice(("in_force", "in_force", "resumed", "suspended", "enjoined")),
                "date": self.day(),
                "clock": rng.choice(("decision", "decision", "entry", "claim", "transfer")),
                **_CITED,
            }
            if rng.random() < 0.3:
                event["when"] = self.rules.condition(self.scope, 1)
            found.append(event)
        return found

    def provisions(self, kind: str) -> list[dict[str, Any]]:
        rng = self.rng
        roles = ["scope", "exclusion", "exception", "exception", "power", "warning"]
        found: list[dict[str, Any]] = []
        if self.reaching:
            roles = ["exclusion", "exception", "exception", "exception"]
            wide = f'claim.country != "{rng.choice(self.rules.land.countries)}"'
            found.append({"id": "wide", "role": "scope", "label": "Wide", "when": wide, **_CITED})
        for index in range(rng.choice((1, 2, 3, 4))):
            found.append(self.provision(f"part-{index}", rng.choice(roles), found))
        if kind == "allocation":
            for index in range(rng.choice((1, 2, 3))):
                found.append(self.criterion(f"criterion-{index}", found))
            if rng.random() < 0.7:
                found.append(
                    {
                        "id": "last",
                        "role": "criterion",
                        "label": "Last",
                        "when": "true",
                        "responsible": rng.choice(("claim.country", '"FR"')),
                        **_CITED,
                    }
                )
        return found

    def provision(self, name: str, role: str, before: list[dict[str, Any]]) -> dict[str, Any]:
        rng = self.rng
        entry: dict[str, Any] = {"id": name, "role": role, "label": name, **_CITED}
        if role != "warning" and rng.random() < 0.25:
            entry["versions"] = [self.version() for _ in range(rng.choice((1, 2)))]
        elif role == "warning":
            entry["when"] = Rules(rng, may_ask_unknown=True).condition(Scope(), 2)
        else:
            entry |= self.rule_or_readings(self.scope, "when")
        if self.reaching and role == "exception" and "when" in entry and rng.random() < 0.6:
            entry["when"] = f"not ({entry['when']})"  # made-up conditions are seldom true
        others = [other["id"] for other in before if other["role"] != "warning"]
        if role == "exception":
            if rng.random() < 0.3:
                entry["outcome"] = "not_covered"
            if others and rng.random() < 0.4:
                entry["exception_to"] = rng.sample(others, 1)
            elif others and rng.random() < 0.3:
                entry["before"] = rng.sample(others, 1)
        return entry

    def version(self) -> dict[str, Any]:
        rng = self.rng
        entry: dict[str, Any] = {"clock": rng.choice(("claim", "entry")), **_CITED}
        if rng.random() < 0.7:
            entry["from"] = self.day().partition("/")[0]
        if rng.random() < 0.4:
            entry["until"] = self.day()
        if rng.random() < 0.9:
            entry["when"] = self.rules.condition(self.scope, 1)
        return entry

    def criterion(self, name: str, before: list[dict[str, Any]]) -> dict[str, Any]:
        rng = self.rng
        entry: dict[str, Any] = {
            "id": name,
            "role": rng.choice(("criterion", "shift")),
            "label": name,
            **_CITED,
        }
        if rng.random() < 0.7:
            entry["when"] = self.rules.condition(self.scope, 1)
        if rng.random() < 0.5:
            text, record = self.rules.element(self.scope)
            entry["for"] = text
            variable = text.split(" ", 1)[0]
            countries = [fact.name for fact in _facts_of(record) if fact.type == "country"]
            entry["responsible"] = f"{variable}.{rng.choice(countries)}"
        else:
            entry.setdefault("when", "true")
            entry["responsible"] = rng.choice(
                ('"FR"', '"DE"', "claim.country", self.rules.code_term(self.scope))
            )
        return entry


def replace_candidate(scope: Scope) -> Scope:
    """The same names, and `candidate`."""
    return Scope(scope.names, scope.conditions, scope.of_record, True)


# --- hypothesis --------------------------------------------------------------------------------------------


def randoms() -> st.SearchStrategy[Random]:
    """Random generators whose draws hypothesis chooses, and shrinks."""
    return st.randoms(use_true_random=False, note_method_calls=False)


def cases(land: Land | None = None) -> st.SearchStrategy[Case]:
    """Valid cases."""
    return randoms().map(lambda rng: random_case(rng, land))


def regimes() -> st.SearchStrategy[Regime]:
    """Regimes that load."""
    return randoms().map(random_regime)
