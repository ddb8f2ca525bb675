"""Cases for property tests: valid ones of every shape that the vocabulary allows, and arbitrary JSON."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from safethird.facts.dates import parse_date
from safethird.facts.vocabulary import Fact, vocabulary

COUNTRIES = ("CA", "US", "GT", "HN", "FR", "DE", "GR", "TR", "GB", "RW", "AU", "NA", "NO", "XA", "XK", "SU")
FIRST = datetime.date(1940, 1, 1).toordinal()
LAST = datetime.date(2035, 12, 31).toordinal()


def date_texts(first: int = FIRST, last: int = LAST) -> st.SearchStrategy[str]:
    """Dates known to the day, the month or the year, none of which must begin after `last`."""
    days = st.integers(first, last).map(lambda day: datetime.date.fromordinal(day).isoformat())
    return st.builds(lambda text, length: text[:length], days, st.sampled_from((10, 10, 7, 4)))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A valid case as a JSON object. Every fact is sometimes given, sometimes null, mostly absent."""
    as_of = draw(st.none() | date_texts(datetime.date(1995, 1, 1).toordinal()))
    last = LAST if as_of is None else parse_date(as_of).hi
    case = _record(draw, "", last)
    case["version"] = 1
    case["claim"] = {**(case.get("claim") or {}), "country": draw(st.sampled_from(COUNTRIES))}
    case.pop("as_of", None)
    if as_of is not None:
        case["as_of"] = as_of
    _label(draw, case)
    return case


def _record(draw: st.DrawFn, record: str, last: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    for fact in draw(st.lists(st.sampled_from(facts), unique_by=lambda fact: fact.path, max_size=8)):
        if fact.name == "id" or (fact.path == "documents[].holder"):
            continue  # labels are given when the family is there
        made[fact.name] = _value(draw, fact, last)
    for fact in facts:
        before = fact.not_before and fact.not_before.rpartition(".")[2]
        both = before and made.get(fact.name) and made.get(before)
        if both and parse_date(made[fact.name]).hi < parse_date(made[before]).lo:
            made[fact.name], made[before] = made[before], made[fact.name]
    return made


def _value(draw: st.DrawFn, fact: Fact, last: int) -> Any:
    if fact.completes:
        return draw(st.booleans())
    if draw(st.integers(0, 9)) == 0:
        return None
    match fact.type:
        case "date":
            return draw(date_texts(last=LAST if fact.may_be_future else last))
        case "yes_no":
            return draw(st.booleans())
        case "country":
            return draw(st.sampled_from(COUNTRIES))
        case "choice":
            return draw(st.sampled_from(fact.values))
        case "number":
            return draw(st.integers(0, 12) | st.floats(0, 12))
        case "label":
            return draw(st.sampled_from(("US-TX", "CA-QC", "GR-K")))
        case "countries":
            return draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=3))
        case "choices":
            return draw(st.lists(st.sampled_from(fact.values), unique=True, max_size=3))
        case "record":
            return _record(draw, fact.path, last)
        case "list":
            return [_record(draw, fact.path + "[]", last) for _ in range(draw(st.integers(0, 3)))]
        case "table":
            rows = draw(st.lists(st.sampled_from(COUNTRIES), unique=True, max_size=3))
            return [{**_record(draw, fact.path + "[]", last), "country": country} for country in rows]


def _label(draw: st.DrawFn, case: dict[str, Any]) -> None:
    """Labels for some relatives; documents of theirs."""
    labels = []
    for number, relative in enumerate(case.get("family") or (), start=1):
        if draw(st.booleans()):
            labels.append(f"f{number}")
            relative["id"] = labels[-1]
    if case.get("family") is None:
        labels = ["f1", "f2"]
    for document in case.get("documents") or ():
        holder = draw(st.sampled_from((None, "applicant", *labels)))
        if holder is not None:
            document["holder"] = holder


_field_names = st.sampled_from([fact.name for fact in vocabulary()]) | st.text(max_size=8)
arbitrary_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | date_texts()
    | st.sampled_from(COUNTRIES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_field_names, inner, max_size=6),
    max_leaves=25,
)
"""Anything that JSON can say, with a leaning to the words of the case format."""


@st.composite
def spoilt_cases(draw: st.DrawFn) -> Any:
    """A valid case in which one part has been replaced by something arbitrary."""
    case: Any = draw(cases())
    holder = case
    while True:
        if isinstance(holder, dict) and holder:
            key = draw(st.sampled_from(sorted(holder)))
        elif isinstance(holder, list) and holder:
            key = draw(st.integers(0, len(holder) - 1))
        else:
            return case
        if isinstance(holder[key], dict | list) and holder[key] and draw(st.integers(0, 3)):
            holder = holder[key]
            continue
        how = draw(st.integers(0, 4))
        if how == 0 and isinstance(holder, dict):
            holder[draw(_field_names)] = draw(arbitrary_json)
        elif how == 1 and isinstance(holder, list):
            holder.append(holder[key])
        elif how == 2 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = draw(arbitrary_json)
        return case
