"""Tokens to nodes, by recursive descent with a depth limit. Grammar: docs/language.md."""

from __future__ import annotations

import datetime
from typing import NoReturn, cast

from safethird.language.errors import RuleError, Source
from safethird.language.lexer import KEYWORDS, Token, nearest_keyword, tokens
from safethird.language.syntax import (
    Age,
    And,
    Call,
    Codes,
    Comparator,
    Compare,
    Count,
    Day,
    First,
    Flag,
    IsUnknown,
    Member,
    Node,
    Not,
    Number,
    Or,
    Path,
    Period,
    PeriodKind,
    Quantifier,
    QuantifierKind,
    Shifted,
    Text,
    Unit,
)  # fmt: skip

MOST_DEPTH = 40
_UNITS: dict[str, Unit] = {
    "day": "days", "days": "days", "week": "weeks", "weeks": "weeks",
    "month": "months", "months": "months", "year": "years", "years": "years",
}  # fmt: skip
_SIGNS = ("==", "!=", "<=", ">=", "<", ">")
_COMPARING = ("before", "after", "on", "in", "within", "less", "more", "at", "is", "plus", "minus")
_AFTER_TERM = "a comparison ('==', 'in', 'before', 'within 14 days after', ...), 'and', 'or' or the end"
_AFTER_CONDITION = "'and', 'or' or the end"


def parse(source: Source) -> Node:
    """The tree of one rule. Raises RuleError with the place, what was found and what was expected."""
    return _Parser(source).whole()


def parse_element(source: Source) -> First:
    """The tree of `f in family where ... latest f.since`: the element that a criterion speaks of."""
    parser = _Parser(source)
    node = parser.element(parser.token.at)
    if not parser.at_end():
        parser.fail("the end, or an order such as 'latest f.birth_date'")
    return node


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.index = 0
        self.depth = 0

    # --- helpers ---------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def at_words(self, *words: str) -> bool:
        index = self.index
        for word in words:
            token = self.tokens[index]
            if token.text != word or token.kind != "word":
                return False
            index += 1
        return True

    def take_words(self, *words: str) -> bool:
        if self.at_words(*words):
            self.index += len(words)
            return True
        return False

    def at_end(self) -> bool:
        return self.token.kind == "end"

    def at_sign(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign

    def fail(
        self, expected: str, token: Token | None = None, code: str = "syntax", hint: str | None = None
    ) -> NoReturn:
        token = token or self.token
        if token.kind == "word" and token.text not in KEYWORDS and len(token.text) > 2 and hint is None:
            close = nearest_keyword(token.text)
            hint = f"Did you mean '{close}'?" if close else None
        what = "The rule ends too early" if token.kind == "end" else f"{token} does not fit here"
        raise RuleError(self.source.problem(what, token.at, expected=expected, hint=hint, code=code))

    def deeper(self) -> None:
        """One level further in; rules have few, and what comes after the parser may recurse."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise RuleError(
                self.source.problem(f"The rule is nested more than {MOST_DEPTH} levels deep", self.token.at,
                                    code="rule-too-deep", hint="Split it into definitions.")
            )  # fmt: skip

    def need_words(self, *words: str, expected: str | None = None) -> None:
        if not self.take_words(*words):
            self.fail(expected or f"'{' '.join(words)}'")

    def need_sign(self, sign: str, expected: str | None = None) -> Token:
        if not self.at_sign(sign):
            self.fail(expected or f"'{sign}'")
        return self.advance()

    def name(self, what: str) -> Token:
        if self.token.kind != "word" or self.token.text in KEYWORDS:
            self.fail(what)
        return self.advance()

    # --- conditions ------------------------------------------------------------------------------

    def whole(self) -> Node:
        if self.at_end():
            raise RuleError(
                self.source.problem("The rule is empty", 0, code="empty-rule",
                                    expected='a condition, such as claim.country == "US"')
            )  # fmt: skip
        node = self.first() if self.at_words("first") else self.disjunction()
        if not self.at_end():
            self.trailing(node)
        return node

    def trailing(self, node: Node) -> NoReturn:
        """Something stands after what could have been the whole rule."""
        last = node
        while isinstance(last, And | Or | Not):
            last = last.operand if isinstance(last, Not) else last.parts[-1]
        before = self.tokens[self.index - 1]
        compares = self.token.text in (*_SIGNS, *_COMPARING)
        if before.text == ")" and compares and not isinstance(last, Call):
            self.fail(_AFTER_CONDITION, hint="A date or fact that is compared stands without parentheses.")
        if before.kind == "number" and self.token.kind == "word":
            self.fail(_AFTER_CONDITION, hint="Dates are written as 2019-11-19.")
        is_term = isinstance(last, Path | Number | Day | Text | Age | Shifted | Count) and before.text != ")"
        self.fail(_AFTER_TERM if is_term else _AFTER_CONDITION)

    def disjunction(self) -> Node:
        outside = self.depth
        self.deeper()
        at = self.token.at
        parts = [self.conjunction()]
        while self.take_words("or"):
            parts.append(self.conjunction())
        self.depth = outside
        return parts[0] if len(parts) == 1 else Or(at, tuple(parts))

    def conjunction(self) -> Node:
        at = self.token.at
        parts = [self.negation()]
        while self.take_words("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(at, tuple(parts))

    def negation(self) -> Node:
        at = self.token.at
        negations, outside = 0, self.depth
        while self.take_words("not"):
            self.deeper()
            negations += 1
        node = self.quantifier() if self.token.text in ("any", "no", "all") else self.comparison()
        for _ in range(negations):
            node = Not(at, node)
        self.depth = outside
        return node

    def quantifier(self) -> Node:
        token = self.advance()
        kind = cast(QuantifierKind, token.text)
        variable, collection = self.member_of()
        where = self.disjunction() if self.take_words("where") else None
        satisfy = None
        if kind == "all":
            self.need_words("satisfy", expected="'satisfy' and what every element must satisfy")
            satisfy = self.disjunction()
        return Quantifier(token.at, kind, variable, collection, where, satisfy)

    def member_of(self) -> tuple[str, Node]:
        variable = self.name("a short name for one element, such as 'f' in 'any f in family'").text
        self.need_words("in", expected="'in' and a list")
        return variable, self.path()

    def first(self) -> Node:
        at = self.advance().at
        return self.element(at)

    def element(self, at: int) -> First:
        variable, collection = self.member_of()
        where = self.disjunction() if self.take_words("where") else None
        order, key = None, None
        for word in ("latest", "earliest", "largest", "smallest"):
            if self.take_words(word):
                order, key = word, self.term()
        return First(at, variable, collection, where, order, key)  # type: ignore[arg-type]

    def comparison(self) -> Node:
        if self.at_sign("("):
            # Parentheses hold a condition, or a term that is compared: ((a or b)) == true is refused by types.
            self.advance()
            inner = self.disjunction()
            self.need_sign(")")
            return inner
        left = self.term()
        token = self.token
        if token.kind == "sign" and token.text in _SIGNS:
            self.advance()
            return self.chained(Compare(left.at, cast(Comparator, token.text), left, self.term()))
        if self.take_words("on", "or", "before"):
            return Compare(left.at, "on or before", left, self.term())
        if self.take_words("on", "or", "after"):
            return Compare(left.at, "on or after", left, self.term())
        if self.take_words("before"):
            return Compare(left.at, "before", left, self.term())
        if self.take_words("after"):
            return Compare(left.at, "after", left, self.term())
        if self.take_words("not", "in"):
            return Member(left.at, left, self.collection(), True)
        if self.take_words("in"):
            return Member(left.at, left, self.collection(), False)
        if self.take_words("is", "unknown"):
            return IsUnknown(left.at, left, False)
        if self.take_words("is", "known"):
            return IsUnknown(left.at, left, True)
        kind = self.period_kind()
        return left if kind is None else self.period(left, kind)

    def chained(self, node: Compare) -> Node:
        if self.token.kind == "sign" and self.token.text in _SIGNS:
            raise RuleError(
                self.source.problem("Comparisons cannot be chained", self.token.at, code="chained",
                                    hint="Join two comparisons with 'and'.")
            )  # fmt: skip
        return node

    def period_kind(self) -> PeriodKind | None:
        if self.take_words("within"):
            return "within"
        for words in (("less", "than"), ("more", "than"), ("at", "least"), ("at", "most")):
            if self.take_words(*words):
                return cast(PeriodKind, " ".join(words))
        for word, second in (("less", "'than'"), ("more", "'than'"), ("at", "'least' or 'most'")):
            if self.take_words(word):
                self.fail(second)
        return None

    def period(self, subject: Node, kind: PeriodKind) -> Node:
        amount, unit = self.amount()
        direction = self.token.text
        if not (self.take_words("after") or self.take_words("before")):
            self.fail("'after' or 'before' and a date")
        anchor = self.term()
        counting = self.take_words("counting", "that", "day")
        return Period(subject.at, kind, subject, amount, unit, direction, anchor, counting)  # type: ignore[arg-type]

    def amount(self) -> tuple[int, Unit]:
        if self.token.kind != "number":
            self.fail("a number of days, weeks, months or years")
        number = int(self.advance().text)
        unit = _UNITS.get(self.token.text)
        if unit is None:
            self.fail("'days', 'weeks', 'months' or 'years'")
        self.advance()
        return number, unit

    # --- terms -----------------------------------------------------------------------------------

    def collection(self) -> Node:
        if not self.at_sign("["):
            return self.path(allow_on=True)
        at = self.advance().at
        values: list[Text] = []
        while True:
            token = self.token
            if token.kind != "text":
                self.fail('a code in quotes, such as "GT"')
            self.advance()
            values.append(Text(token.at, token.text[1:-1]))
            if self.at_sign("]"):
                self.advance()
                return Codes(at, tuple(values))
            self.need_sign(",")

    def term(self) -> Node:
        outside = self.depth
        self.deeper()
        base = self.simple_term()
        while self.at_words("plus") or self.at_words("minus"):
            self.deeper()
            sign = 1 if self.advance().text == "plus" else -1
            amount, unit = self.amount()
            base = Shifted(base.at, base, sign * amount, unit)
        if self.at_words("moved"):
            self.advance()
            self.need_words("past", "weekends", expected="'past weekends'")
            base = Shifted(base.at, base, 0, "past_weekends")
        self.depth = outside
        return base

    def simple_term(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(token.at, int(token.text))
        if token.kind == "date":
            self.advance()
            try:
                return Day(token.at, datetime.date.fromisoformat(token.text).toordinal())
            except ValueError:
                raise RuleError(
                    self.source.problem(f"There is no day {token.text}", token.at, code="bad-date",
                                        expected="a date such as 2019-11-19")
                ) from None  # fmt: skip
        if token.kind == "text":
            self.advance()
            return Text(token.at, token.text[1:-1])
        if self.at_words("true") or self.at_words("false"):
            return Flag(token.at, self.advance().text == "true")
        if self.take_words("age"):
            self.need_words("of", expected="'of' and a person, as in 'age of applicant on claim.date'")
            person = self.path()
            self.need_words("on", expected="'on' and a date, as in 'age of applicant on claim.date'")
            return Age(token.at, person, self.term())
        if self.take_words("count"):
            variable, collection = self.member_of()
            where = None
            if self.take_words("where"):
                self.need_sign("(", "'(' around the condition of a count")
                where = self.disjunction()
                self.need_sign(")")
            return Count(token.at, variable, collection, where)
        if token.kind != "word" or token.text in KEYWORDS:
            self.fail("a fact, a date, a number or a code in quotes")
        return self.path()

    def path(self, allow_on: bool = False) -> Node:
        start = self.name("the name of a fact or definition")
        if self.at_sign("("):
            self.advance()
            argument = self.name("the name of an element")
            self.need_sign(")")
            return Call(start.at, start.text, argument.text)
        names = [start.text]
        while self.at_sign("."):
            self.advance()
            names.append(self.name("the name of a fact").text)
        key: Node | None = None
        rest: list[str] = []
        if self.at_sign("["):
            self.advance()
            key = self.term()
            self.need_sign("]")
            while self.at_sign("."):
                self.advance()
                rest.append(self.name("the name of a fact").text)
        if allow_on and key is None and self.at_words("on") and not self.at_words("on", "or"):
            self.advance()
            # A dated set: the date rides in `key` until the checker sees that the name is a set.
            return Path(start.at, tuple(names), self.term(), ("on",))
        return Path(start.at, tuple(names), key, tuple(rest))
