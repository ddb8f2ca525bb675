"""From the JSON object of a case to the facts that rules read: fast, and only for a case without fault.

Readers are made once from the vocabulary, one for each kind of record. Anything that is not quite right
raises `Irregular` at once; `facts/problems.py` then says everything that is wrong, slowly and in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from safethird.facts.countries import all_codes, historic_codes
from safethird.facts.dates import LAST_DAY, DateRange, NumberRange, parse_date
from safethird.facts.vocabulary import Fact, vocabulary

MOST_NUMBER = 1_000_000
"""No number in a case is that large; beyond it something was misread."""

Reader = Callable[[Any], Any]
Facts = dict[str, Any]


class Listing(NamedTuple):
    """A list that is known. When `complete` is false, members may be missing from it."""

    items: tuple[Any, ...]
    complete: bool = True


class Irregular(ValueError):
    """Something about the case is not right; which thing is for `facts/problems.py` to say."""


class _Memo(dict[Any, Any]):
    """Texts already read, so that a caseload reads each date once. Emptied when it grows too large."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: Any) -> Any:
        if not isinstance(text, str):
            raise Irregular
        value = self._read(text)
        if len(self) >= 50_000:
            self.clear()
        self[text] = value
        return value


COUNTRIES: Mapping[str, str] = {code: code for code in (*all_codes(), *historic_codes())}
"""Codes that a fact may have: those of today, and those of countries that are no more."""
_read_country: Reader = COUNTRIES.__getitem__
_read_date: Reader = _Memo(parse_date).__getitem__


def read_case(data: Any) -> Facts:
    """The facts of a case. Raises Irregular, KeyError, TypeError or ValueError if anything is wrong with it.

    Unknown facts are left out. Dates and numbers become intervals, lists `Listing`s, look-up tables
    mappings by country.
    """
    read, check_times = _compiled()
    facts: Facts = read(data)
    if "version" not in facts or "country" not in facts["claim"]:
        raise Irregular
    check_times(facts)
    _check_labels(facts)
    return facts


@lru_cache(maxsize=1)
def _compiled() -> tuple[Reader, Callable[[Facts], None]]:
    return _record_reader(""), _time_checker()


def _record_reader(record: str) -> Reader:
    """The reader of the record at a path: a mapping of known facts only."""
    facts = [vocabulary().fact(path) for path in vocabulary().children(record)]
    names = {fact.path: fact.name for fact in facts}
    readers = {fact.name: _reader(fact) for fact in facts}
    never_null = frozenset(fact.name for fact in facts if fact.required or fact.completes)
    flagged = tuple((fact.name, names[fact.flag]) for fact in facts if fact.flag)

    def read(raw: Any) -> Facts:
        if raw.__class__ is not dict:
            raise Irregular
        known: Facts = {}
        for name, value in raw.items():
            if value is not None:
                known[name] = readers[name](value)
            elif name in never_null or name not in readers:
                raise Irregular
        for name, flag in flagged:
            complete = known.pop(flag, True)
            items = known.get(name)
            if items is not None:
                known[name] = Listing(items, complete)
        return known

    return read


def _reader(fact: Fact) -> Reader:
    match fact.type:
        case "date":
            return _read_date
        case "yes_no":
            return _read_yes_no
        case "country":
            return _read_country
        case "choice":
            return {value: value for value in fact.values}.__getitem__
        case "number":
            return _read_version if fact.path == "version" else _read_number
        case "label":
            return _label_reader(fact)
        case "countries":
            return _codes_reader(_read_country, listing=fact.flag is None)
        case "choices":
            codes = {value: value for value in fact.values}
            return _codes_reader(codes.__getitem__, listing=fact.flag is None)
        case "record":
            return _record_reader(fact.path)
        case "list":
            return _list_reader(_record_reader(fact.path + "[]"))
        case "table":
            return _table_reader(_record_reader(fact.path + "[]"))


def _read_yes_no(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Irregular


def _read_number(value: Any) -> NumberRange:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_NUMBER:
        raise Irregular
    return NumberRange(value, value)


def _read_version(value: Any) -> NumberRange:
    if isinstance(value, bool) or value != 1:
        raise Irregular
    return NumberRange(1, 1)


def _label_reader(fact: Fact) -> Reader:
    return _Memo(lambda text: text if label_fits(fact, text) else _refuse()).__getitem__


def _refuse() -> str:
    raise Irregular


@lru_cache(maxsize=8)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def label_fits(fact: Fact, text: str) -> bool:
    """Whether a text has the form of a label; a place must also lie in a country that exists."""
    if fact.pattern is None or _pattern(fact.pattern).fullmatch(text) is None:
        return False
    return fact.name != "subdivision" or text[:2] in COUNTRIES


def _codes_reader(read: Reader, *, listing: bool) -> Reader:
    def read_codes(raw: Any) -> Any:
        if raw.__class__ is not list:
            raise Irregular
        items = tuple([read(code) for code in raw])
        if len(items) > 1 and len(set(items)) != len(items):
            raise Irregular
        return Listing(items) if listing else items

    return read_codes


def _list_reader(read: Reader) -> Reader:
    def read_list(raw: Any) -> tuple[Facts, ...]:
        if raw.__class__ is not list:
            raise Irregular
        return tuple([read(element) for element in raw])

    return read_list


def _table_reader(read: Reader) -> Reader:
    def read_table(raw: Any) -> dict[str, Facts]:
        if raw.__class__ is not list:
            raise Irregular
        rows = {}
        for element in raw:
            row = read(element)
            rows[row["country"]] = row  # KeyError: a row without its country
        if len(rows) != len(raw):
            raise Irregular
        return rows

    return read_table


def _time_checker() -> Callable[[Facts], None]:
    """The check that no date is later than `as_of`, and of pairs of dates that have an order."""
    limited: dict[str, list[str]] = {}
    ordered: dict[str, list[tuple[str, str]]] = {}
    for fact in vocabulary():
        if fact.type == "date" and fact.parent:
            ordered.setdefault(fact.parent, [])
            limited.setdefault(fact.parent, [])
            if not fact.may_be_future:
                limited[fact.parent].append(fact.name)
            if fact.not_before:
                ordered[fact.parent].append((fact.not_before.rpartition(".")[2], fact.name))
    plans = tuple((_finder(record), tuple(limited[record]), tuple(ordered[record])) for record in limited)

    def check(facts: Facts) -> None:
        last = facts["as_of"].hi if "as_of" in facts else LAST_DAY
        for find, dates, pairs in plans:
            for known in find(facts):
                for name in dates:
                    date: DateRange | None = known.get(name)
                    if date is not None and date.lo > last:
                        raise Irregular
                for first, then in pairs:
                    if first in known and then in known and known[then].hi < known[first].lo:
                        raise Irregular

    return check


def _finder(record: str) -> Callable[[Facts], Sequence[Facts]]:
    """Finds the records at `claim`, `entries[]` or `procedure.requests[]`; none where they are unknown."""
    *groups, name = record.removesuffix("[]").split(".")
    is_list = record.endswith("[]")

    def find(facts: Facts) -> Sequence[Facts]:
        for group in groups:
            if group not in facts:
                return ()
            facts = facts[group]
        found = facts.get(name)
        if found is None:
            return ()
        items: Sequence[Facts] = found.items if is_list else (found,)
        return items

    return find


def _check_labels(facts: Facts) -> None:
    """No label twice in the family, and no document of a relative who is not in it."""
    family: Listing | None = facts.get("family")
    if family is None:
        return
    labels = [relative["id"] for relative in family.items if "id" in relative]
    if len(set(labels)) != len(labels):
        raise Irregular
    documents: Listing | None = facts.get("documents")
    if documents is not None:
        for document in documents.items:
            holder = document.get("holder", "applicant")
            if holder != "applicant" and holder not in labels:
                raise Irregular
