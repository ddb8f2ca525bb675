"""Small programs, regimes and cases for property tests, over a slice of the vocabulary.

Programs are made as text, so that lexer, parser and checker are part of every property. Cases are made in
the form in which rules read them (facts/case.py), because there an unknown fact is simply not there. Every
draw can be completed: `refined` fills in unknown facts, finishes lists and narrows dates.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from safethird.facts.dates import DateRange
from safethird.facts.documents import Document
from safethird.facts.normalise import Listing
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime

Facts = dict[str, Any]

COUNTRIES = ("CA", "US", "GT")
RELATIONS = ("parent", "sibling", "child")
CIRCUITS = ("1", "9")
DAYS = tuple(
    datetime.date(2020, month, day).toordinal()
    for month, day in ((1, 31), (2, 10), (2, 29), (3, 1), (3, 14), (3, 15), (3, 31), (4, 30))
)
SETS = {
    "pair": {"members": ["CA", "US"], "cite": "x", "confidence": "recalled"},
    "union": {
        "members": [
            "US",
            {"country": "CA", "from": "2020-02-29"},
            {"country": "GT", "from": "2020-02-10", "until": "2020-03-15"},
        ],
        "cite": "x",
        "confidence": "recalled",
    },
}

# --- the slice of the vocabulary -----------------------------------------------------------------

PLAIN: dict[str, str] = {
    "findings.discretion_used": "yes_no",
    "applicant.has_lawful_status": "yes_no",
    "applicant.habitual_residence": "country",
    "decision.removal_country": "country",
    "decision.circuit": "circuit",
    "claim.date": "date",
    "decision.date": "date",
    "applicant.birth_date": "date",
}
LISTS: dict[str, dict[str, str]] = {
    "entries": {"country": "country", "date": "date", "turned_back": "yes_no"},
    "family": {"relation": "relation", "country": "country", "can_care": "yes_no"},
}
CODES = "applicant.nationalities"
ROWS = {"fear_stated": "yes_no", "will_admit": "yes_no"}


def a_day() -> st.SearchStrategy[int]:
    return st.sampled_from(DAYS)


def a_date() -> st.SearchStrategy[DateRange]:
    """A day, or an interval of days as a month or year would be."""
    exact = a_day().map(lambda day: DateRange(day, day))
    wide = st.tuples(a_day(), a_day()).map(lambda pair: DateRange(min(pair), max(pair)))
    return exact | exact | wide


def value_of(kind: str) -> st.SearchStrategy[Any]:
    """A known value."""
    return {
        "yes_no": st.booleans(),
        "country": st.sampled_from(COUNTRIES),
        "circuit": st.sampled_from(CIRCUITS),
        "relation": st.sampled_from(RELATIONS),
        "date": a_date(),
    }[kind]


# --- cases ---------------------------------------------------------------------------------------


@st.composite
def elements(draw: st.DrawFn, name: str) -> Facts:
    """One element of a list, with some of its facts unknown."""
    return {field: draw(value_of(kind)) for field, kind in LISTS[name].items() if draw(st.integers(0, 3))}


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    """What is known of a person, in the form in which rules read it. Much of it is unknown."""
    facts: Facts = {"claim": {"country": draw(st.sampled_from(COUNTRIES))}}
    for path, kind in PLAIN.items():
        if draw(st.booleans()):
            put(facts, path, draw(value_of(kind)))
    for name in LISTS:
        if draw(st.integers(0, 3)):
            items = tuple(draw(st.lists(elements(name), max_size=3)))
            put(facts, name, Listing(items, draw(st.booleans())))
    if draw(st.integers(0, 3)):
        codes = tuple(draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=2)))
        put(facts, CODES, Listing(codes, draw(st.booleans())))
    for country in draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=2)):
        for field, kind in ROWS.items():
            if draw(st.booleans()):
                put(facts, f"findings.countries.{country}.{field}", draw(value_of(kind)))
    return facts


def put(facts: Facts, path: str, value: Any) -> None:
    """Set a fact in place (dots only)."""
    *groups, name = path.split(".")
    for group in groups:
        facts = facts.setdefault(group, {})
    facts[name] = value


def get(facts: Mapping[str, Any], path: str) -> Any:
    """A fact, or None."""
    found: Any = facts
    for name in path.split("."):
        found = None if found is None else found.get(name)
    return found


@st.composite
def refined(draw: st.DrawFn, facts: Mapping[str, Any], fully: bool = False) -> Facts:
    """The same case with more known: facts filled in, dates narrowed, lists finished. `fully`: everything."""
    result = copied(facts)
    for path, kind in PLAIN.items():
        _refine_plain(draw, result, path, kind, fully)
    for country in COUNTRIES:
        for field, kind in ROWS.items():
            _refine_plain(draw, result, f"findings.countries.{country}.{field}", kind, fully)
    for name, fields in LISTS.items():
        listing = get(result, name)
        items, complete = listing if listing is not None else ((), False)
        if listing is None and not fully and draw(st.booleans()):
            continue
        grown = [_refined_element(draw, item, fields, fully) for item in items]
        if not complete:
            for item in draw(st.lists(elements(name), max_size=2)):
                grown.insert(draw(st.integers(0, len(grown))), _refined_element(draw, item, fields, fully))
            complete = fully or draw(st.booleans())
        put(result, name, Listing(tuple(grown), complete))
    listing = get(result, CODES)
    if listing is not None or fully or draw(st.booleans()):
        items, complete = listing if listing is not None else ((), False)
        if not complete:
            more = draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=2))
            items = (*items, *(code for code in more if code not in items))
            complete = fully or draw(st.booleans())
        put(result, CODES, Listing(items, complete))
    return result


def _refined_element(draw: st.DrawFn, item: Facts, fields: Mapping[str, str], fully: bool) -> Facts:
    item = dict(item)
    for field, kind in fields.items():
        _refine_plain(draw, item, field, kind, fully)
    return item


def _refine_plain(draw: st.DrawFn, facts: Facts, path: str, kind: str, fully: bool) -> None:
    value = get(facts, path)
    if value is None:
        if fully or draw(st.booleans()):
            value = draw(value_of(kind))
            put(facts, path, value)
    if isinstance(value, DateRange) and value.lo < value.hi:
        low = draw(st.integers(value.lo, value.hi))
        high = low if fully else draw(st.integers(low, value.hi))
        put(facts, path, DateRange(low, high))


def copied(value: Any) -> Any:
    """A copy in which mappings and lists are new."""
    if isinstance(value, dict):
        return {name: copied(inner) for name, inner in value.items()}
    if isinstance(value, Listing):
        return Listing(tuple(copied(item) for item in value.items), value.complete)
    return value


# --- rules ---------------------------------------------------------------------------------------


@st.composite
def conditions(
    draw: st.DrawFn,
    depth: int = 2,
    elements: tuple[tuple[str, str], ...] = (),
    uses: tuple[str, ...] = (),
    dates: bool = True,
) -> str:
    """A well-typed condition as text. `elements`: names of elements with their list; `uses`: conditions
    that the file defines; without `dates` it speaks of none."""
    kinds = ["plain", "plain", "member", "lookup", *(("period", "age") if dates else ())]
    if elements:
        kinds += ["field"] * 6
    if uses:
        kinds += ["use"] * 3
    if depth > 0:
        kinds += ["and", "or", "not"] * 2 + ["list", "list", "count"]
    kind = draw(st.sampled_from(kinds))
    inner = conditions(depth - 1, elements, uses, dates) if depth > 0 else None
    if kind in ("and", "or"):
        assert inner is not None
        parts = draw(st.lists(inner, min_size=2, max_size=3))
        return "(" + f" {kind} ".join(parts) + ")"
    if kind == "not":
        assert inner is not None
        return f"not ({draw(inner)})"
    if kind == "list":
        return draw(_quantifiers(depth, elements, uses, dates))
    if kind == "count":
        name, variable = _fresh(draw, elements)
        within = draw(conditions(depth - 1, (*elements, (variable, name)), uses, dates))
        sign = draw(st.sampled_from(("==", "<", ">=", "!=")))
        return f"count {variable} in {name} where ({within}) {sign} {draw(st.integers(0, 2))}"
    if kind == "use":
        return draw(st.sampled_from(uses))
    return draw(_comparisons(kind, elements, dates))


def _fresh(draw: st.DrawFn, elements: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    name = draw(st.sampled_from(sorted(LISTS)))
    return name, f"x{len(elements)}"


@st.composite
def _quantifiers(
    draw: st.DrawFn, depth: int, elements: tuple[tuple[str, str], ...], uses: tuple[str, ...], dates: bool
) -> str:
    if draw(st.integers(0, 3)) == 0:
        code = draw(st.sampled_from(COUNTRIES))
        kind = draw(st.sampled_from(("any", "no")))
        where = draw(st.sampled_from(("", f' where n == "{code}"', f' where n != "{code}"')))
        return f"({kind} n in {CODES}{where})"
    name, variable = _fresh(draw, elements)
    inside = conditions(depth - 1, (*elements, (variable, name)), uses, dates)
    kind = draw(st.sampled_from(("any", "no", "all")))
    where = f" where {draw(inside)}" if draw(st.integers(0, 4)) else ""
    satisfy = f" satisfy {draw(inside)}" if kind == "all" else ""
    return f"({kind} {variable} in {name}{where}{satisfy})"


@st.composite
def _comparisons(draw: st.DrawFn, kind: str, elements: tuple[tuple[str, str], ...], dates: bool) -> str:
    if kind == "age":
        sign = draw(st.sampled_from(("<", ">=", "==")))
        return f"age of applicant on {draw(_dates(elements))} {sign} {draw(st.integers(0, 1))}"
    if kind == "period":
        return draw(_periods(elements))
    if kind == "lookup":
        key = draw(
            st.sampled_from(('"GT"', '"US"', "decision.removal_country", "applicant.habitual_residence"))
        )
        return f"findings.countries[{key}].{draw(st.sampled_from(sorted(ROWS)))}"
    if kind == "member":
        return draw(_members(elements, dates))
    if kind == "field" and elements:
        variable, name = draw(st.sampled_from(elements))
        field = draw(st.sampled_from(_named(LISTS[name], dates)))
        return draw(_about(f"{variable}.{field}", LISTS[name][field], elements))
    path = draw(st.sampled_from(_named(PLAIN, dates)))
    return draw(_about(path, PLAIN[path], elements))


def _named(facts: Mapping[str, str], dates: bool) -> list[str]:
    return sorted(name for name, kind in facts.items() if dates or kind != "date")


@st.composite
def _about(draw: st.DrawFn, path: str, kind: str, elements: tuple[tuple[str, str], ...]) -> str:
    if kind == "yes_no":
        return draw(st.sampled_from((path, f"not {path}")))
    if kind == "date":
        word = draw(st.sampled_from(("before", "after", "on or before", "on or after", "==", "!=")))
        return f"{path} {word} {draw(_dates(elements))}"
    codes = {"country": COUNTRIES, "circuit": CIRCUITS, "relation": RELATIONS}[kind]
    sign = draw(st.sampled_from(("==", "!=")))
    if kind == "country" and draw(st.integers(0, 3)) == 0:
        return f"{path} {sign} applicant.habitual_residence"
    if draw(st.integers(0, 2)) == 0:
        listed = draw(st.lists(st.sampled_from(codes), unique=True, min_size=1, max_size=2))
        word = draw(st.sampled_from(("in", "not in")))
        quoted = ", ".join(f'"{code}"' for code in listed)
        return f"{path} {word} [{quoted}]"
    return f'{path} {sign} "{draw(st.sampled_from(codes))}"'


@st.composite
def _dates(draw: st.DrawFn, elements: tuple[tuple[str, str], ...], shifted: bool = True) -> str:
    terms = ["claim.date", "decision.date", "applicant.birth_date"]
    terms += [f"{variable}.date" for variable, name in elements if name == "entries"] * 2
    day = datetime.date.fromordinal(draw(a_day())).isoformat()
    term = draw(st.sampled_from([*terms, day, day]))
    if shifted and draw(st.integers(0, 3)) == 0:
        amount = draw(st.sampled_from(("14 days", "1 month", "2 weeks", "1 year")))
        weekends = draw(st.sampled_from(("", "", " moved past weekends")))
        return f"{term} {draw(st.sampled_from(('plus', 'minus')))} {amount}{weekends}"
    return term


@st.composite
def _periods(draw: st.DrawFn, elements: tuple[tuple[str, str], ...]) -> str:
    kind = draw(st.sampled_from(("within", "at most", "less than", "more than", "at least")))
    amount = draw(st.sampled_from(("14 days", "1 month", "1 day", "2 weeks")))
    way = draw(st.sampled_from(("after", "before")))
    counting = draw(st.sampled_from(("", " counting that day")))
    return f"{draw(_dates(elements))} {kind} {amount} {way} {draw(_dates(elements))}{counting}"


@st.composite
def _members(draw: st.DrawFn, elements: tuple[tuple[str, str], ...], dates: bool) -> str:
    items = ['"US"', '"GT"', "applicant.habitual_residence", "claim.country"]
    items += [f"{variable}.country" for variable, _ in elements] * 2
    item = draw(st.sampled_from(items))
    word = draw(st.sampled_from(("in", "not in")))
    dated = (f"union on {draw(_dates(elements))}",) if dates else ()
    where = draw(st.sampled_from((CODES, CODES, "pair", *dated)))
    return f"{item} {word} {where}"


# --- regimes -------------------------------------------------------------------------------------

_CITE = {"cite": "x", "confidence": "recalled", "url": "https://example.org/"}


def _labelled(**keys: Any) -> dict[str, Any]:
    return {"label": "x", **_CITE, **keys}


@st.composite
def regime_data(
    draw: st.DrawFn, kind: str | None = None, depth: int = 1, dates: bool = True
) -> dict[str, Any]:
    """A regime file as plain data: definitions, status, provisions of every role that decides. Without
    `dates` its provisions speak of none, and not of the elements that are chosen by date."""
    kind = kind or draw(st.sampled_from(("bar", "bar", "allocation")))
    order = draw(st.sampled_from((" latest e.date", " earliest e.date", "")))
    where = draw(conditions(0, (("e", "entries"),)))
    define = {
        "entry": _labelled(**{"is": f"first e in entries where {where}{order}"}),
        "earlier": _labelled(**{"is": f"first e in entries where e.date before entry.date{order}"}),
        "shared": _labelled(**{"is": draw(conditions(depth, (("entry", "entries"),)))}),
    }
    element = (("entry", "entries"), ("entry", "entries"), ("earlier", "entries"))

    def condition() -> str:
        return draw(conditions(depth, element, ("shared",)) if dates else conditions(depth, dates=False))

    provisions: list[dict[str, Any]] = []
    roles = draw(
        st.lists(st.sampled_from(("scope", "exclusion", "power", "exception", "exception")), max_size=3)
    )
    for number, role in enumerate(roles):
        entry = _labelled(id=f"p{number}", role=role, when=condition())
        if role == "exception":
            others = [f"p{earlier}" for earlier in range(number)]
            target = draw(st.sampled_from(["effect", "effect", *others]))
            if target == "effect":
                entry["outcome"] = draw(st.sampled_from(("exempt", "not_covered")))
            entry["exception_to"] = target
            if others and draw(st.integers(0, 3)) == 0:
                entry["before"] = draw(st.sampled_from(others))
        if dates and draw(st.integers(0, 4)) == 0:
            del entry["when"]
            entry["versions"] = draw(_versions(condition))
        provisions.append(entry)
    if kind == "allocation":
        provisions += draw(_criteria(condition, dates))
    if not provisions:
        provisions = [_labelled(id="p0", role="scope", when=condition())]
    data: dict[str, Any] = {
        "format": 1,
        "regime": "made-up",
        "kind": kind,
        "languages": ["en"],
        "title": "x",
        "summary": "x",
        "instrument": {"type": "agreement", **_CITE},
        "considered_for": {"claim_in": list(COUNTRIES)},
        "clocks": {"entry": "entry.date"},
        "sets": SETS,
        "define": define,
        "status": draw(_events(dates)),
        "provisions": provisions,
    }
    if kind == "bar" and draw(st.booleans()):
        data["responsible"] = draw(
            st.sampled_from(
                (
                    '"US"',
                    "decision.removal_country",
                    "applicant.habitual_residence",
                    *(("entry.country",) if dates else ()),
                )
            )
        )
    if kind == "allocation" and draw(st.booleans()):
        data["barred_state"] = "findings.countries[candidate].will_admit"
    return data


@st.composite
def _versions(draw: st.DrawFn, condition: Any) -> list[dict[str, Any]]:
    first, second = sorted(draw(st.lists(a_day(), min_size=2, max_size=2, unique=True)))
    clock = draw(st.sampled_from(("claim", "entry", "decision")))
    limit = datetime.date.fromordinal(draw(st.sampled_from((first, second)))).isoformat()
    found = [{"clock": clock, "until": limit, "when": condition()}, {"clock": clock, "from": limit}]
    if draw(st.booleans()):
        found[1]["when"] = condition()
    return found


@st.composite
def _criteria(draw: st.DrawFn, condition: Any, dates: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 2))):
        entry = _labelled(id=f"c{number}", role=draw(st.sampled_from(("criterion", "shift"))))
        if draw(st.booleans()):
            known = (("f", "family"), ("f", "family"), *((("entry", "entries"),) if dates else ()))
            where = draw(conditions(0, known, dates=dates))
            entry["for"] = f"f in family where {where}"
            states = ("f.country", "f.country", *(("entry.country",) if dates else ()))
            entry["responsible"] = draw(st.sampled_from(states))
        else:
            entry["when"] = condition()
            entry["responsible"] = draw(st.sampled_from(('"US"', '"GT"', "applicant.habitual_residence")))
        found.append(entry)
    found.append(_labelled(id="last", role="criterion", when=True, responsible="claim.country"))
    return found


@st.composite
def _events(draw: st.DrawFn, dates: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for day in sorted(draw(st.lists(a_day(), max_size=2, unique=True))):
        event = {"event": draw(st.sampled_from(("in_force", "enjoined", "resumed", "terminated"))), **_CITE}
        event["date"] = datetime.date.fromordinal(day).isoformat()
        clocks = ("decision", "decision", "claim", "entry", "transfer") if dates else ("decision",)
        event["clock"] = draw(st.sampled_from(clocks))
        if draw(st.integers(0, 2)) == 0:
            event["when"] = f'decision.circuit == "{draw(st.sampled_from(CIRCUITS))}"'
        found.append(event)
    return found or [{"event": "in_force", "date": "2019-01-01", **_CITE}]


def built(data: Mapping[str, Any]) -> Regime:
    """The regime of plain data."""
    return build_regime(Document(dict(data), None))


def regimes(kind: str | None = None, depth: int = 1) -> st.SearchStrategy[Regime]:
    """Regimes that load."""
    return regime_data(kind, depth).map(built)


# --- cases of which little is unknown ------------------------------------------------------------


def known_paths(facts: Mapping[str, Any]) -> list[str]:
    """Every fact, list and row of a case that is known, as paths with indexes."""
    found = [path for path in (*PLAIN, CODES, *LISTS) if get(facts, path) is not None]
    for name in LISTS:
        listing = get(facts, name)
        for index, item in enumerate(listing.items if listing is not None else ()):
            found += [f"{name}[{index}].{field}" for field in item]
    for country, row in (get(facts, "findings.countries") or {}).items():
        found += [f"findings.countries[{country}].{field}" for field in row]
    return found


def forgotten(facts: Mapping[str, Any], path: str, wholly: bool = True) -> Facts:
    """The case without one fact; a list is forgotten, or (not `wholly`) known to be incomplete."""
    result = copied(facts)
    holder, name = _holder(result, path)
    if isinstance(holder[name], Listing) and not wholly:
        holder[name] = Listing(holder[name].items, False)
    else:
        del holder[name]
    return result


def _holder(facts: Any, path: str) -> tuple[Any, str]:
    *groups, name = path.replace("[", ".").replace("]", "").split(".")
    for group in groups:
        facts = facts.items[int(group)] if isinstance(facts, Listing) else facts[group]
    return facts, name


@st.composite
def nearly_known(draw: st.DrawFn, most: int = 4) -> Facts:
    """A case of which everything is known save a few facts."""
    facts = draw(refined(draw(cases()), fully=True))
    for _ in range(draw(st.integers(1, most))):
        facts = forgotten(facts, draw(st.sampled_from(known_paths(facts))), draw(st.booleans()))
    return facts
