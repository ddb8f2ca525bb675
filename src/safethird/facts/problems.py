"""Everything that is wrong with a case, said so that the reader can mend it.

Reached only when `facts/normalise.py` has found something irregular, so it may take its time. No problem
repeats a value of the case: it names the place, what stands there (a text, a number ...) and what may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from safethird.errors import Problem, did_you_mean, nearest
from safethird.facts.countries import country_hint, suggest_countries
from safethird.facts.dates import DateRange, parse_date
from safethird.facts.normalise import COUNTRIES, MOST_NUMBER, label_fits
from safethird.facts.paths import Place, Steps
from safethird.facts.vocabulary import SEQUENCES, Fact, vocabulary

MOST_PROBLEMS = 100
MOST_GUESSED = 60
"""Longer texts are no misspelt names, and comparing them would take long."""
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}\Z", re.ASCII)
_FORMS = {
    "date": "a date as YYYY, YYYY-MM or YYYY-MM-DD",
    "yes_no": "true or false",
    "country": "an ISO 3166-1 alpha-2 country code in upper case, such as GR",
    "choice": "one code of a closed list",
    "number": "a number",
    "label": "a label",
    "countries": "a list of country codes",
    "choices": "a list of codes",
    "record": "an object with named fields",
    "list": "a list of objects",
    "table": "a list of objects, one for each country",
}
_LABEL_FORMS = {
    "family[].id": "a label such as f1 or f2, never a name",
    "documents[].holder": "applicant, or the id of a relative such as f1",
    "entries[].subdivision": "an ISO 3166-2 code such as US-TX, CA-QC or GR-K",
}
_YES_NO_WORDS = frozenset(("yes", "no", "y", "n", "true", "false", "on", "off", "si", "sí", "oui", "non"))


def find_problems(data: Any, place: Place | None = None, file: str | None = None) -> list[Problem]:
    """All problems of a case, empty when it is valid. After 100 one more says that there are others."""
    search = _Search(place or (lambda _: (None, None)), file)
    try:
        search.case(data)
    except _EnoughError:
        more = Problem("There are more problems than are shown here", file=file, code="more-problems")
        return [*_in_order(search.problems), more]
    return _in_order(search.problems)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """As the reader meets them in the file; as found where places are not known."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def shown_path(path: Steps) -> str | None:
    """A path for an error message. A field name that does not look like one is not repeated.

    >>> shown_path(("entries", 0, "date")), shown_path(("claim", "what is this?"))
    ('entries[0].date', 'claim.?')
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _PLAIN_NAME.match(part) else "?"
            text += f".{name}" if text else name
    return text or None


class _EnoughError(Exception):
    """So many problems that further ones help nobody."""


class _Search:
    """One pass over a case, from the outside in."""

    def __init__(self, place: Place, file: str | None) -> None:
        self.problems: list[Problem] = []
        self._place = place
        self._file = file

    def say(
        self, path: Steps, code: str, what: str, expected: str | None = None, hint: str | None = None
    ) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            raise _EnoughError
        line, column = self._place(path)
        self.problems.append(Problem(what, self._file, line, column, shown_path(path), expected, hint, code))

    # --- shapes ----------------------------------------------------------------------------------

    def case(self, data: Any) -> None:
        if not isinstance(data, dict):
            self.say((), "wrong-type", f"A case is one object, but this is {_kind(data)}",
                     expected="an object with the fields version and claim")  # fmt: skip
            return
        self.record(data, "", ())
        for path, fact in self._dates(data):
            self._time(data, path, fact)
        self._labels(data)

    def record(self, data: dict[Any, Any], record: str, path: Steps) -> None:
        facts = {fact.name: fact for fact in map(vocabulary().fact, vocabulary().children(record))}
        for name, value in data.items():
            fact = facts.get(name) if isinstance(name, str) else None
            if fact is None:
                self._unknown_field(name, facts, (*path, name if isinstance(name, str) else "?"))
            else:
                self.value(value, fact, (*path, name))
        for fact in facts.values():
            if fact.required and fact.name not in data:
                self.say(path, "missing-field", f"The field '{fact.name}' is missing",
                         expected="version 1" if fact.path == "version" else _FORMS[fact.type])  # fmt: skip

    def _unknown_field(self, name: Any, facts: Mapping[str, Fact], path: Steps) -> None:
        elsewhere = [fact.path for fact in vocabulary() if fact.name == name]
        close = nearest(name, facts) if isinstance(name, str) and len(name) <= MOST_GUESSED else None
        if close:
            hint = f"Did you mean '{close}'?"
        elif elsewhere:
            hint = f"A field of this name belongs at '{elsewhere[0]}'."
        else:
            hint = did_you_mean("", tuple(facts), most=20)
        self.say(path, "unknown-field", "There is no such field here", hint=hint)

    def value(self, value: Any, fact: Fact, path: Steps) -> None:
        if value is None:
            self._null(fact, path)
        elif not _has_shape(value, fact):
            self.say(path, "wrong-type", f"This is {_kind(value)}", expected=_expected(fact),
                     hint=_type_hint(value, fact))  # fmt: skip
        else:
            getattr(self, f"_{fact.type}")(value, fact, path)

    def _null(self, fact: Fact, path: Steps) -> None:
        if fact.completes:
            hint = "Leave it out when the list is complete; write false when it may lack members."
            self.say(path, "null-flag", "This cannot be left open", expected="true or false", hint=hint)
        elif fact.required:
            self.say(path, "missing-field", "This must be known", expected=_expected(fact))

    # --- one method for each type ----------------------------------------------------------------

    def _record(self, value: dict[Any, Any], fact: Fact, path: Steps) -> None:
        self.record(value, fact.path, path)

    def _list(self, value: list[Any], fact: Fact, path: Steps) -> None:
        for index, element in enumerate(value):
            if isinstance(element, dict):
                self.record(element, fact.path + "[]", (*path, index))
            else:
                self.say((*path, index), "wrong-type", f"This is {_kind(element)}", expected=_FORMS["record"])

    def _table(self, value: list[Any], fact: Fact, path: Steps) -> None:
        self._list(value, fact, path)
        seen: dict[str, int] = {}
        for index, row in enumerate(value):
            if not isinstance(row, dict):
                continue
            country = row.get("country")
            if country is None:
                self.say((*path, index), "missing-field", "A row of this table needs its country",
                         expected=_FORMS["country"])  # fmt: skip
            elif isinstance(country, str) and seen.setdefault(country, index) != index:
                self.say((*path, index, "country"), "second-row", "This country has a row already",
                         hint=f"The first is {shown_path((*path, seen[country]))}. "
                              "Put all facts about one country in one row.")  # fmt: skip

    def _date(self, value: str, _fact: Fact, path: Steps) -> None:
        try:
            parse_date(value)
        except ValueError as error:
            self.say(path, "bad-date", f"This is no date ({error})", expected=_FORMS["date"])

    def _yes_no(self, _value: bool, _fact: Fact, _path: Steps) -> None:
        """Nothing more can be wrong."""

    def _number(self, value: float, fact: Fact, path: Steps) -> None:
        if fact.path == "version":
            if value != 1:
                self.say(
                    path, "version", "This version of the case format is not known", expected="version 1"
                )
        elif not 0 <= value <= MOST_NUMBER:
            self.say(path, "bad-number", "This number is out of range", expected=f"0 to {MOST_NUMBER:,}")

    def _country(self, value: str, _fact: Fact, path: Steps) -> None:
        if value not in COUNTRIES:
            hint = country_hint(value) if suggest_countries(value) else None
            self.say(path, "unknown-country", "This is no country code", _FORMS["country"], hint)

    def _choice(self, value: str, fact: Fact, path: Steps) -> None:
        if value not in fact.values:
            word = value[: MOST_GUESSED + 1].casefold().replace(" ", "_").replace("-", "_")
            close = nearest(word, fact.values) if 3 < len(word) <= MOST_GUESSED else None
            self.say(path, "unknown-value", "This value is not on the list", expected=_one_of(fact),
                     hint=f"Did you mean '{close}'?" if close else None)  # fmt: skip

    def _label(self, value: str, fact: Fact, path: Steps) -> None:
        if not label_fits(fact, value):
            self.say(path, "bad-label", "This label has another form", expected=_LABEL_FORMS[fact.path])

    def _countries(self, value: list[Any], fact: Fact, path: Steps) -> None:
        self._codes(value, fact, path, "country", self._country)

    def _choices(self, value: list[Any], fact: Fact, path: Steps) -> None:
        self._codes(value, fact, path, "choice", self._choice)

    def _codes(
        self, value: list[Any], fact: Fact, path: Steps, type_: str,
        check: Callable[[str, Fact, Steps], None],
    ) -> None:  # fmt: skip
        seen: set[str] = set()
        for index, code in enumerate(value):
            place = (*path, index)
            if not isinstance(code, str):
                expected = _FORMS["country"] if type_ == "country" else _one_of(fact)
                self.say(place, "wrong-type", f"This is {_kind(code)}", expected=expected)
            elif code in seen:
                self.say(place, "twice", "The same code stands twice in this list", hint="Keep one of them.")
            else:
                seen.add(code)
                check(code, fact, place)

    # --- what facts say of each other ------------------------------------------------------------

    def _dates(self, data: dict[Any, Any]) -> Iterator[tuple[Steps, Fact]]:
        """Every date of the case that can be read, with its place."""
        for fact in vocabulary():
            if fact.type == "date" and fact.path != "as_of":
                for path, value in _found(data, fact.path):
                    if _date_or_none(value) is not None:
                        yield path, fact

    def _time(self, data: dict[Any, Any], path: Steps, fact: Fact) -> None:
        date = _date_or_none(_at(data, path))
        as_of = _date_or_none(data.get("as_of"))
        if date is None:
            return
        if as_of is not None and not fact.may_be_future and date.lo > as_of.hi:
            self.say(path, "after-as-of", "This date is later than as_of",
                     expected="no date after as_of, except the validity of documents",
                     hint="A case says what is known at the end of as_of. "
                          "Set as_of to a later day, or leave this date out.")  # fmt: skip
        if fact.not_before:
            before = fact.not_before.rpartition(".")[2]
            first = _date_or_none(_at(data, (*path[:-1], before)))
            if first is not None and date.hi < first.lo:
                self.say(path, "wrong-order", f"This date is earlier than '{before}'",
                         expected=f"the same day as '{before}', or later")  # fmt: skip

    def _labels(self, data: dict[Any, Any]) -> None:
        family, documents = data.get("family"), data.get("documents")
        if not isinstance(family, list):
            return
        label_fact, holder_fact = vocabulary().fact("family[].id"), vocabulary().fact("documents[].holder")
        seen: dict[str, None] = {}
        for path, label in _found(data, label_fact.path):
            if isinstance(label, str) and label_fits(label_fact, label):
                if label in seen:
                    self.say(path, "twice", "Another relative has this label",
                             hint="Give each relative a label of their own.")  # fmt: skip
                seen[label] = None
        if isinstance(documents, list):
            for path, holder in _found(data, holder_fact.path):
                fits = isinstance(holder, str) and label_fits(holder_fact, holder)
                if fits and holder != "applicant" and holder not in seen:
                    self.say(path, "unknown-relative", "No relative in 'family' has this label",
                             expected="one of " + ", ".join(["applicant", *list(seen)[:20]]),
                             hint="Give the relative this id in 'family'.")  # fmt: skip


def _has_shape(value: Any, fact: Fact) -> bool:
    if fact.type == "record":
        return isinstance(value, dict)
    if fact.type in SEQUENCES:
        return isinstance(value, list)
    if fact.type == "yes_no":
        return isinstance(value, bool)
    if fact.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _kind(value: Any) -> str:
    """What kind of thing a value is, without saying which."""
    if value is None:
        return "empty"
    kinds = ((bool, "a truth value (true or false)"), (int, "a number"), (float, "a number"), (str, "a text"),
             (list, "a list"), (dict, "an object"))  # fmt: skip
    return next((words for type_, words in kinds if isinstance(value, type_)), "nothing that JSON has")


def _expected(fact: Fact) -> str:
    if fact.path == "version":
        return "version 1"
    if fact.type == "choice":
        return _one_of(fact)
    form = _LABEL_FORMS.get(fact.path, _FORMS[fact.type])
    return form if fact.required or fact.completes else f"{form}, or null when it is not known"


def _one_of(fact: Fact) -> str:
    return "one of " + ", ".join(fact.values)


def _type_hint(value: Any, fact: Fact) -> str | None:
    text = isinstance(value, str)
    if fact.type == "yes_no" and text and value.strip().casefold() in _YES_NO_WORDS:
        return "Write true or false, without quotes."
    if fact.type in ("date", "choice", "label") and isinstance(value, int) and not isinstance(value, bool):
        return "Put it in quotes."
    if fact.type == "number" and text and re.fullmatch(r"\s*[0-9.]{1,20}\s*", value):
        return "Write the number without quotes."
    if fact.type in ("countries", "choices") and text:
        return "Write a list in brackets, also when it has one member."
    if fact.type in ("list", "table") and isinstance(value, dict):
        return "Write a list in brackets, also when it has one member."
    return None


def _date_or_none(value: Any) -> DateRange | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_date(value)
    except ValueError:
        return None


def _at(data: Any, path: Steps) -> Any:
    for part in path:
        data = data.get(part) if isinstance(part, str) else data[part]
    return data


def _found(data: Any, path: str) -> Iterator[tuple[Steps, Any]]:
    """Every value at a generic path, with its place; parts that have another shape are passed over."""
    reached: list[tuple[Steps, Any]] = [((), data)]
    for part in path.split("."):
        name = part.removesuffix("[]")
        inside = [((*at, name), one[name]) for at, one in reached if isinstance(one, dict) and name in one]
        if part.endswith("[]"):
            inside = [
                ((*at, index), element)
                for at, one in inside
                if isinstance(one, list)
                for index, element in enumerate(one)
            ]
        reached = inside
    yield from reached
