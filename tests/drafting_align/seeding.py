"""Single errors of drafting put into any text of the three languages: one paragraph, one kind, one change.

The lists of words are the test's own: what the tool knows must not decide what it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safethird.regimes.model import Language


@dataclass(frozen=True, slots=True)
class Seed:
    """One change to one paragraph of one side, and the kind of flag it must raise."""

    kind: str
    at: int
    text: str


Swaps = Mapping[str, Mapping[Language, Sequence[tuple[str, str]]]]
"""For kinds that depend on the text (party, term, country): expressions and what replaces them."""

_WORDS: dict[Language, str] = {
    "en": "two three four five six seven eight nine ten eleven twelve fourteen fifteen eighteen twenty thirty sixty ninety",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce catorce quince dieciocho veinte treinta sesenta noventa",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze quatorze quinze dix-huit vingt trente soixante quatre-vingt-dix",
}
_UNITS: dict[Language, str] = {
    "en": "hours?|days?|weeks?|months?|years?",
    "es": "horas?|días?|semanas?|mes(?:es)?|años?",
    "fr": "heures?|jours?|semaines?|mois|ans?|années?",
}
_KINDS_OF_DAY = r"(?:(?:working|calendar|business|clear) )?"
_MONTHS: dict[Language, str] = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_AGE: dict[Language, str] = {
    "en": r"(?:\b(?:under|aged|age of|below)(?: the age of)? (?P<a>NUM)\b|\b(?P<b>NUM) years of age)",
    "es": r"(?:\b(?:menor|mayor)(?:es)? de (?P<a>NUM)\b|\b(?P<b>NUM) años de edad)",
    "fr": r"(?:\b(?:moins de|âge de|âgée?s? de) (?P<a>NUM) ans\b|\b(?P<b>NUM) ans révolus)",
}
_REFERENCE: dict[Language, str] = {
    "en": r"\b([Aa]rticles?|[Pp]aragraphs?|[Ss]ections?) (\d+)",
    "es": r"\b([Aa]rtículos?|[Pp]árrafos?|[Aa]partados?) (\d+)",
    "fr": r"\b([Aa]rticles?|[Pp]aragraphes?) (\d+)",
}
_FORMS: dict[str, dict[Language, tuple[tuple[str, str], ...]]] = {
    "modality": {
        "en": (
            (r"(?<!that )(?<!which )\bmay\b(?! (?:not|only|be able|have|under no|in no))", "shall"),
            (r"\bshall\b(?! (?:not|have (?:the |a )?(?:right|entitle)|only))", "may"),
            (r"\bmust\b(?! not)", "may"),
            (r"\bis authorized to\b", "is required to"),
        ),
        "es": (
            (r"\bpodrá\b", "deberá"),
            (r"\bpodrán\b", "deberán"),
            (r"\bdeberá\b", "podrá"),
            (r"\bdeberán\b", "podrán"),
        ),
        "fr": (
            (r"\bpeut\b(?! pas)", "doit"),
            (r"\bpeuvent\b(?! pas)", "doivent"),
            (r"\bdoit\b(?! pas)", "peut"),
            (r"\bdoivent\b(?! pas)", "peuvent"),
            (r"\best autorisé à\b", "est tenu de"),
        ),
    },
    "negation": {
        "en": (
            (r"\b(shall|does|do|is|are|may|must|can) not(?! only| more| less)\b ", r"\1 "),
            (r"\b(shall|may|must)(?= (?:be|have|apply|take|adopt|ensure|submit)\b)", r"\1 not"),
            (r"^(\W*(?:\d+\.? )?)No (one|person|child|reservation)\b", r"\1Every \2"),
        ),
        "es": (
            (r"\b([Nn])o (?=(?:se|podrá|podrán|será|serán|es|son|tendrá|aplica|devolverá|sea|necesitan)\b)", ""),
            (r"\b(?=(?:podrá|podrán|deberá|deberán|tendrá|tendrán|será|serán) )(?<!no )(?<!se )", "no "),
        ),
        "fr": (
            (r"\bn'(\w+) pas\b", r"\1"),
            (r"\bne (\w+) pas\b", r"\1"),
            (r"\bne (peut|doit) (?!qu)(\w+ \w+)", r"\1 \2"),
            (r"(?<!ne )\b(doit|peut|doivent|peuvent)\b(?! pas)", r"ne \1 pas"),
        ),
    },
}  # fmt: skip
_FORBIDS = re.compile(
    r"\b(?:[Nn]o (?:more|decision|one|person|distinction|child)|Neither|Nothing|Nadie|Nada|Nul|[Nn]ingun\w*)\b"
    r"|\b(?:in no case|no circumstances|Ninguna|[Aa]ucune?|no podrá|ne peut|ne doit|only|cannot|n'|ne |nor|ni)\b"
)
"""'No one may' and 'no one shall' forbid alike, and so do their like in the other languages."""


_DOUBLE = re.compile(r"\bno\b.*\b(?:ning[uú]n\w*|nadie|nunca)\b")
"""Without its first 'no' such a sentence still forbids."""
_DEFINES = re.compile(r"[\"«“]|: (?:means?|désigne)\b|^(?:Agreement|Acuerdo|Accord)\b")
"""A definition or a title names both sides at once."""


def seeds(paragraphs: Sequence[str], language: Language, swaps: Swaps) -> Iterator[Seed]:
    """Every single error that these rules can make in a text."""
    for at, text in enumerate(paragraphs):
        made = {text}
        for kind, new in _changed(text, language, swaps):
            if new not in made and not (kind in ("party", "term") and _DEFINES.search(text)):
                made.add(new)
                yield Seed(kind, at, new)


def _changed(text: str, language: Language, swaps: Swaps) -> Iterator[tuple[str, str]]:
    head = re.match(r"(?:Article|Artículo|ARTICLE)\s+\w+|\(?\w{1,3}[.)]\s|\d+(?:\.\d+)*\s", text)
    begin = head.end() if head else 0
    start, body = text[:begin], text[begin:]
    words = _WORDS[language].split()
    number = rf"(?:\d{{1,3}}|{'|'.join(sorted(words, key=len, reverse=True))})"

    def other(value: str) -> str:
        return str(int(value) + 5) if value.isdigit() else words[(words.index(value) + 3) % len(words)]

    def once(form: str, put: object) -> str:
        return start + re.sub(form, put, body, count=1)  # type: ignore[call-overload, no-any-return]

    age = _AGE[language].replace("NUM", number)
    yield (
        "age",
        once(
            age,
            lambda m: m.group().replace(m.group("a") or m.group("b"), other(m.group("a") or m.group("b"))),
        ),
    )
    span = rf"\b(?P<n>{number})(?P<again> \(\d+\))?(?P<unit> {_KINDS_OF_DAY}(?:{_UNITS[language]})\b)"
    if not re.search(age, body):

        def longer(m: re.Match[str]) -> str:
            return other(m.group("n")) + (" (41)" if m.group("again") else "") + m.group("unit")

        yield "time_limit", once(span, longer)
    months = _MONTHS[language].split()
    plain = rf"\b(?:{'|'.join(months)})\b"
    if re.search(rf"\d{{1,2}}\S{{0,2}} (?:de |of )?{plain}|{plain} \d", body):
        yield "date", once(plain, lambda m: months[(months.index(m.group()) + 4) % 12])
    yield (
        "date",
        once(r"\b(19|20)(\d)(\d)\b", lambda m: m.group(1) + str((int(m.group(2)) + 1) % 10) + m.group(3)),
    )
    yield (
        "number",
        once(
            rf"(?<![\d./-])\b(?P<n>\d{{2,3}}|\d{{1,3}}(?:[., ]\d{{3}})+|{'|'.join(words)})\b(?! ?\()(?!{_KINDS_OF_DAY} ?(?:{_UNITS[language]}|{'|'.join(months)})\b)(?![/-]?\d|[.,]\d)",
            lambda m: (
                other(m.group("n")) if m.group("n").isalnum() or "-" in m.group("n") else "9" + m.group("n")
            ),
        )
        if not re.search(_REFERENCE[language], body) and not re.search(plain, body)
        else text,
    )
    yield "reference", once(_REFERENCE[language], lambda m: f"{m.group(1)} {int(m.group(2)) + 3}")
    for kind, forms in _FORMS.items():
        if _FORBIDS.search(body) if kind == "modality" else _DOUBLE.search(body):
            continue
        for form, put in forms[language]:
            yield kind, once(form, put)
    for kind, by_language in swaps.items():
        for form, put in by_language.get(language, ()):
            yield kind, start + re.sub(form, put, body)
