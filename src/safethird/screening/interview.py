"""An interview as data: from nothing to an answer, asking only what can still change it.

The state is the case so far and the facts that were said to be not known. Nothing here prints or reads;
`cli/ask.py` talks in a terminal, and a page could talk through the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safethird.errors import BadData, Problem, SafethirdError
from safethird.facts.case import Case
from safethird.facts.countries import country_hint, find_country
from safethird.facts.dates import parse_date
from safethird.facts.paths import with_value
from safethird.facts.vocabulary import Fact, vocabulary
from safethird.regimes.catalogue import regimes_for
from safethird.regimes.model import Provision, Regime
from safethird.screening.determine import reason
from safethird.screening.relevance import Effect, decisiveness, effects
from safethird.screening.screen import Determination, determine, facts_for_rules

FIRST = "claim.country"


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next: a fact, or whether a list has (another) member."""

    path: str
    fact: Fact
    about_list: bool
    members: int = 0
    """How many members of the list are known."""
    replaces: int | None = None
    """Of a list: the place, among the answers given, of the one that is being changed."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: the path, and the value as it stands in the case (None: said to be not known)."""

    path: str
    value: Any


@dataclass(slots=True)
class Interview:
    """The answers so far, in order. Any of them can be changed; later ones are kept."""

    regimes: tuple[Regime, ...] = ()
    """Regimes to be answered; empty: all that can concern the country of the claim."""
    as_of: str | None = None
    given: list[Given] = field(default_factory=list)
    _decisions: dict[str, tuple[Determination, ...]] = field(default_factory=dict)

    # --- the case so far -------------------------------------------------------------------------

    def case(self) -> Case | None:
        """The case as far as it is known; None before the country of the claim is."""
        data: dict[str, Any] = {"version": 1}
        if self.as_of is not None:
            data["as_of"] = self.as_of
        for answer in self.given:
            if answer.value is not None:
                data = _applied(data, answer)
        if "claim" not in data or "country" not in data["claim"]:
            return None
        return Case.from_data(data)

    def considered(self, case: Case) -> tuple[Regime, ...]:
        """The regimes that are being answered."""
        return self.regimes or tuple(regimes_for(case.facts["claim"]["country"]))

    def determinations(self) -> tuple[Determination, ...]:
        """The answers as they stand."""
        case = self.case()
        if case is None:
            return ()
        key = case.to_json()
        if key not in self._decisions:
            facts = facts_for_rules(case)
            self._decisions = {key: tuple(determine(regime, facts) for regime in self.considered(case))}
        return self._decisions[key]

    # --- asking ----------------------------------------------------------------------------------

    def next(self) -> Question | None:
        """The question whose answer helps most, or None when nothing that can be asked is left."""
        case = self.case()
        if case is None:
            return Question(FIRST, vocabulary().fact(FIRST), False)
        unknown = {answer.path for answer in self.given if answer.value is None}
        scores: dict[str, float] = {}
        facts = facts_for_rules(case)
        for answer in self.determinations():
            for rank, path in enumerate(answer.open_paths):
                if path in unknown or path.startswith("regime."):
                    continue
                share = decisiveness(effects(answer.regime, facts, path))
                # Ties fall to the fact that more regimes wait for, then to the order of the file.
                scores[path] = scores.get(path, 0.0) + share + 0.05 - 0.0001 * rank
        if not scores:
            return None
        return self.question(max(scores, key=lambda path: scores[path]), case)

    def question(self, path: str, case: Case | None = None) -> Question:
        """The question about a path."""
        fact = vocabulary().fact(path)
        if fact.type != "list":
            return Question(path, fact, False)
        case = case or self.case()
        members = (case.raw(path) if case is not None else None) or []
        return Question(path, fact, True, len(members))

    def answer(self, question: Question, text: str, language: str) -> None:
        """Take an answer as typed. Raises BadData, without repeating it, when it does not fit."""
        if question.about_list:
            self._put(Given(question.path, _more(text, question, language)), question.replaces)
        else:
            self._put(Given(question.path, parse_answer(question.fact, text, language)))

    def not_known(self, question: Question) -> None:
        """Take it that nobody knows."""
        self._put(Given(question.path, None), question.replaces)

    def _put(self, answer: Given, replaces: int | None = None) -> None:
        is_member = isinstance(answer.value, _Member)
        before = list(self.given)
        if replaces is not None:
            self._replace_in_list(answer, replaces)
        elif not is_member:
            places = [index for index, known in enumerate(self.given)
                      if known.path == answer.path and not isinstance(known.value, _Member)]  # fmt: skip
            if places:
                self.given[places[0]] = answer
            else:
                self.given.append(answer)
        else:
            self.given.append(answer)
        try:
            self.case()
        except SafethirdError:
            self.given = before
            raise

    def _replace_in_list(self, answer: Given, place: int) -> None:
        """Whether a list goes on, said anew. When it does not, its later members and all about them go."""
        if isinstance(answer.value, _Member) and not answer.value.last:
            self.given[place] = answer
            return
        members = self._members_before(place)
        later = [
            known
            for known in self.given[place + 1 :]
            if not (known.path == answer.path or _member_of(known.path, answer.path) >= members)
        ]
        self.given = [*self.given[:place], answer, *later]

    def _members_before(self, place: int) -> int:
        path = self.given[place].path
        return sum(
            known.path == path and isinstance(known.value, _Member) and not known.value.last
            for known in self.given[:place]
        )

    def change(self, number: int) -> Question:
        """The question behind an earlier answer (counted from 1), to be asked again. Raises BadData."""
        if not 1 <= number <= len(self.given):
            raise BadData(Problem("There is no answer with that number", code="no-answer"))
        question = self.question(self.given[number - 1].path)
        if not question.about_list:
            return question
        return replace(question, members=self._members_before(number - 1), replaces=number - 1)

    def still_matters(self, number: int) -> bool:
        """Whether leaving out an earlier answer (counted from 1) would change where the answers stand."""
        others = Interview(self.regimes, self.as_of, [*self.given[: number - 1], *self.given[number:]])
        try:
            case = others.case()
        except SafethirdError:
            return True
        if case is None:
            return True
        mine = [(answer.outcome, answer.responsible) for answer in self.determinations()]
        facts = facts_for_rules(case)
        theirs = []
        for regime in others.considered(case):
            reasoning = reason(regime, facts)
            theirs.append((reasoning.outcome, reasoning.responsible))
        return mine != theirs

    def after(self, question: Question, text: str, language: str) -> tuple[Determination, ...]:
        """Where the answers would stand after an answer, which is not taken."""
        tried = Interview(self.regimes, self.as_of, list(self.given))
        tried.answer(question, text, language)
        return tried.determinations()

    # --- why -------------------------------------------------------------------------------------

    def reasons(self, question: Question) -> list[tuple[Determination, list[Provision], list[Effect]]]:
        """For every regime that waits for a fact: the provisions that it leaves open, and what each possible
        value would lead to."""
        case = self.case()
        if case is None:
            return []
        facts = facts_for_rules(case)
        found = []
        for answer in self.determinations():
            if question.path in answer.open_paths:
                open_ids = {ground.id for ground in answer.grounds}
                provisions = [entry for entry in answer.regime.provisions if entry.id in open_ids]
                found.append((answer, provisions, effects(answer.regime, facts, question.path)))
        return found


class _Member:
    """A new member of a list; `last` says that there are no others."""

    __slots__ = ("last",)

    def __init__(self, last: bool) -> None:
        self.last = last


_NONE_LEFT = _Member(last=True)


def _applied(data: dict[str, Any], answer: Given) -> dict[str, Any]:
    if not isinstance(answer.value, _Member):
        return with_value(data, answer.path, answer.value)
    flag = vocabulary().flag_of(answer.path)
    if answer.value.last:
        known = _value(data, answer.path)
        data = with_value(data, answer.path, known or [])
        return with_value(data, flag, None) if flag is not None and _value(data, flag) is not None else data
    members = list(_value(data, answer.path) or [])
    members.append({"id": f"f{len(members) + 1}"} if answer.path == "family" else {})
    data = with_value(data, answer.path, members)
    return data if flag is None else with_value(data, flag, False)


def _member_of(path: str, listing: str) -> int:
    """The number, from 0, of the member of a list that a path is about; -1 when it is about none."""
    rest = path.removeprefix(f"{listing}[")
    number = rest.partition("]")[0]
    return int(number) if rest != path and number.isdigit() else -1


def _value(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for step in path.split("."):
        value = None if value is None else value.get(step)
    return value


# --- reading what was typed ----------------------------------------------------------------------

YES = {"en": ("y", "yes"), "es": ("s", "si", "sí"), "fr": ("o", "oui")}
NO = {"en": ("n", "no"), "es": ("n", "no"), "fr": ("n", "non")}
NONE = {"en": ("none",), "es": ("ninguno", "ninguna"), "fr": ("aucun", "aucune")}


def _wrong(expected: str, hint: str | None = None) -> BadData:
    return BadData(
        Problem("This answer does not fit the question", expected=expected, hint=hint, code="bad-answer")
    )


def _more(text: str, question: Question, language: str) -> _Member:
    word = text.strip().lower()
    if word in YES[language]:
        return _Member(last=False)
    if word in NO[language] or word in NONE[language]:
        return _NONE_LEFT
    raise _wrong(f"{YES[language][-1]} / {NO[language][-1]}")


def parse_answer(fact: Fact, text: str, language: str) -> Any:
    """The value that an answer means, as it stands in a case. Raises BadData when it means none.

    >>> parse_answer(vocabulary().fact("claim.country"), "Guatemala", "es")
    'GT'
    """
    word = text.strip()
    if fact.type == "yes_no":
        if word.lower() in YES[language]:
            return True
        if word.lower() in NO[language]:
            return False
        raise _wrong(f"{YES[language][-1]} / {NO[language][-1]}")
    if fact.type == "date":
        return _date(word, language)
    if fact.type == "country":
        return _country(word)
    if fact.type == "countries":
        return [] if word.lower() in NONE[language] else [_country(part) for part in _parts(word)]
    if fact.type == "choice":
        return _choice(fact, word, language)
    if fact.type == "choices":
        return (
            [] if word.lower() in NONE[language] else [_choice(fact, part, language) for part in _parts(word)]
        )
    if fact.type == "number":
        if not whole_number(word):
            raise _wrong("0, 1, 2, ...")
        return int(word)
    if not word:
        raise _wrong("...")
    return word


def whole_number(text: str) -> bool:
    """Whether a text is a whole number of a few plain digits: `int` knows others, and `isdigit` still others."""
    return text.isascii() and text.isdigit() and len(text) <= 6


def _parts(text: str) -> Sequence[str]:
    return [part for part in text.replace(";", ",").split(",") if part.strip()]


def _country(text: str) -> str:
    code = find_country(text.strip())
    if code is None:
        raise _wrong("GT, US, FR, ...", country_hint(text.strip()))
    return code


def _choice(fact: Fact, text: str, language: str) -> str:
    word = text.strip()
    if whole_number(word) and 1 <= int(word) <= len(fact.values) and word not in fact.values:
        return fact.values[int(word) - 1]
    if word in fact.values:
        return word
    folded = word.casefold()
    fitting = [value for value in fact.values if fact.value_label(value, language).casefold() == folded]
    if fitting:
        return fitting[0]
    raise _wrong(f"1-{len(fact.values)}")


def _date(text: str, language: str) -> str:
    """A day, month or year: 2019-11-20, 2019-11, 2019, 20 November 2019, November 2019."""
    try:
        parse_date(text)
        return text
    except ValueError:
        pass
    words = [
        word for word in text.replace(",", " ").replace(".", " ").split() if word.lower() not in ("de", "del")
    ]
    month = next((number for word in words if (number := _month(word, language))), None)
    numbers = [word for word in words if whole_number(word)]
    year = next((word for word in numbers if len(word) == 4), None)
    day = next((word for word in numbers if len(word) <= 2), None)
    if month and year:
        written = f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else "")
        try:
            parse_date(written)
            return written
        except ValueError as error:
            raise _wrong("2019-11-20", f"({error})") from None
    raise _wrong("2019-11-20, 2019-11, 2019")


def _month(word: str, language: str) -> int | None:
    from babel.dates import get_month_names

    folded = word.casefold().rstrip(".")
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=language).items():
            if name.casefold().rstrip(".") == folded:
                return int(number)
    return None
