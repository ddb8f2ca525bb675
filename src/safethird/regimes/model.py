"""What a regime is, once its file has been read and checked. It knows no person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from safethird.facts.dates import DateRange
from safethird.language.program import Program
from safethird.language.syntax import First, Node
from safethird.language.types import Checked

Language = Literal["en", "es", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "fr")

Kind = Literal["bar", "allocation"]
"""`bar`: the regime bars the claim here or does not. `allocation`: it names a responsible state."""

Clock = Literal["entry", "claim", "decision", "transfer"]
CLOCKS: tuple[Clock, ...] = ("entry", "claim", "decision", "transfer")

Role = Literal["scope", "exclusion", "power", "exception", "shift", "criterion", "warning", "safeguard",
               "consequence", "procedure", "note"]  # fmt: skip
RULED_ROLES: tuple[Role, ...] = ("scope", "exclusion", "power", "exception", "shift", "criterion", "warning")
TEXT_ROLES: tuple[Role, ...] = ("safeguard", "consequence", "procedure", "note")

Confidence = Literal["verified", "recalled"]

Texts = Mapping[Language, str]
"""The same sentence in every language of the file."""

_JOIN = re.compile(
    r"(?<=[\dA-Z)] )(?:and|to|with)(?= (?:\(?\d|\([A-Za-z0-9.]{1,4}\)|[CT]-\d|\d* ?Art\b|IRPR \d))"
)
"""Our joining words between the numbers of articles, paragraphs and dockets."""
_JOINS = {
    "es": {"and": "y", "to": "a", "with": "con"},
    "fr": {"and": "et", "to": "à", "with": "avec"},
}


def in_language(texts: Mapping[Any, str], language: str) -> str:
    """A text in the reader's language, or in the first language that the file has (a user's draft).

    >>> in_language({"en": "Read in the Act.", "fr": "Lu dans la loi."}, "fr")
    'Lu dans la loi.'
    """
    found: str | None = texts.get(language)
    return found or next(iter(texts.values()), "")


def cited_texts(entry: Mapping[str, Any], language: Language) -> tuple[str, Texts | None, Texts | None]:
    """The pinpoint of an entry with `cite` and `cite_note`, its pinpoint by language, and its note by language.

    `language`: that of a note that stands alone.
    """
    cite, note = entry["cite"], entry.get("cite_note")
    pinpoints: Texts | None = None if isinstance(cite, str) else dict(cite)
    notes: Texts | None = {language: note} if isinstance(note, str) else note
    return (cite if isinstance(cite, str) else in_language(cite, language)), pinpoints, notes


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule, date or figure comes from."""

    pinpoint: str
    """The article, docket or reporter; where the file describes it in our own words, those of its first language."""
    url: str | None
    confidence: Confidence
    notes: Texts | None = field(default=None, hash=False)
    """What a reader of the citation should know."""
    pinpoints: Texts | None = field(default=None, hash=False)
    """The pinpoint in each language, where it is described in our own words."""

    def pinpoint_in(self, language: str) -> str:
        """The pinpoint for readers of a language. Of one without words of ours only what joins numbers changes.

        >>> Citation("8 CFR 208.16(c) to 208.18", None, "verified").pinpoint_in("fr")
        '8 CFR 208.16(c) à 208.18'
        """
        if self.pinpoints is not None:
            return in_language(self.pinpoints, language)
        joins = _JOINS.get(language)
        return self.pinpoint if joins is None else _JOIN.sub(lambda at: joins[at[0]], self.pinpoint)

    def note_in(self, language: str) -> str | None:
        """The note for readers of a language, or in the first language that the file has."""
        return None if self.notes is None else in_language(self.notes, language)

    def note_language(self, language: str) -> str | None:
        """In which language `note_in` answers; None where there is no note."""
        if self.notes is None:
            return None
        return language if language in self.notes else next(iter(self.notes), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read for this file."""

    id: str
    title: str
    url: str | None
    read: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked condition (or element, or term) and the element of a list that it is about, if any."""

    checked: Checked

    @property
    def node(self) -> Node:
        """The tree."""
        return self.checked.node

    @property
    def text(self) -> str:
        """The rule as written, white space folded."""
        return " ".join(self.checked.source.text.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a provision about which instruments disagree."""

    id: str
    label: Texts
    citation: Citation
    rule: Rule


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings that are kept side by side; the first one named `default` decides, the others warn."""

    default: str
    options: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Version:
    """A wording of a provision that holds from a day (included) until a day (not included) on a clock."""

    since: DateRange | None
    until: DateRange | None
    clock: Clock
    rule: Rule | None
    citation: Citation | None
    label: Texts | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition or element that provisions share, with its own citation."""

    id: str
    label: Texts
    citation: Citation
    rule: Rule
    parameter: str | None
    readings: Readings | None = None
    collection: str | None = None
    """Of an element of which list it speaks (`family`), when it speaks of one."""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Which state a provision makes responsible: a term, perhaps of the first fitting element."""

    rule: Rule
    variable: str | None = None
    each: Rule | None = None
    """For a criterion about an element of a list: which element (`f in family where ...`)."""

    @property
    def element(self) -> First | None:
        """The tree of `each`."""
        if self.each is None:
            return None
        assert isinstance(self.each.node, First)
        return self.each.node


@dataclass(frozen=True, slots=True)
class Provision:
    """An article, paragraph or rule: citation, label, condition, role."""

    id: str
    role: Role
    label: Texts
    citation: Citation
    rule: Rule | None = None
    versions: tuple[Version, ...] = ()
    readings: Readings | None = None
    exception_to: tuple[str, ...] = ()
    """Ids of provisions that this one defeats; `effect` is the regime's own effect."""
    before: tuple[str, ...] = ()
    """Ids of exceptions that this one outranks where both hold."""
    outcome: Literal["exempt", "not_covered"] | None = None
    """What an exception to the effect leads to."""
    responsible: Responsible | None = None
    burden: str | None = None
    standard: str | None = None
    discretion: bool = False
    """The provision is a choice of the authority that was used."""
    rebuttal: bool = False
    """The provision rebuts a presumption."""
    explanation: Texts | None = None

    @property
    def is_ruled(self) -> bool:
        """Whether it has a condition, or only says something."""
        return self.role in RULED_ROLES


@dataclass(frozen=True, slots=True)
class Event:
    """A dated fact about the instrument: it starts, stops or only marks something."""

    event: str
    date: DateRange
    clock: Clock
    operative: bool | None
    """What holds from this day on: operative, not operative, or (None) unchanged."""
    citation: Citation
    label: Texts | None = None
    rule: Rule | None = None
    """Where, or for whom, the event has its effect; everywhere and everyone when absent."""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Consideration:
    """For which claims the regime is looked at: claims in these countries, or in a named set."""

    countries: tuple[str, ...]
    country_set: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Regime:
    """One instrument, read from one file. Everything else is a reading of it."""

    id: str
    kind: Kind
    title: Texts
    summary: Texts
    citation: Citation
    parties: tuple[str, ...]
    considered_for: Consideration
    clocks: Mapping[Clock, Rule]
    program: Program
    definitions: Mapping[str, Definition]
    provisions: tuple[Provision, ...]
    events: tuple[Event, ...]
    sources: tuple[Source, ...]
    responsible: Rule | None = None
    barred_state: Rule | None = None
    """Allocation: when true of a `candidate` country, that state is passed over."""
    draft: bool = False
    documented_only: bool = False
    open_questions: tuple[Texts, ...] = ()
    languages: tuple[Language, ...] = LANGUAGES
    instrument_type: str = "agreement"
    file: str | None = None
    digest: str = ""
    jurisdiction: str = ""
    follows: tuple[str, ...] = field(default=())
    """Regimes that an authority looks at after this one when this one does not bar the claim."""
    against: Mapping[str, tuple[Provision, ...]] = field(init=False)
    """For each provision: the exceptions to it, and the exceptions that outrank it."""
    _ruled: tuple[Provision, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[Provision, ...]] = {}
        for entry in self.provisions:
            for target in (*entry.exception_to, *entry.before):
                if target != "effect" and entry.is_ruled:
                    found[target] = (*found.get(target, ()), entry)
        object.__setattr__(self, "against", found)
        object.__setattr__(self, "_ruled", tuple(entry for entry in self.provisions if entry.is_ruled))

    def __repr__(self) -> str:
        return f"<Regime {self.id}: {len(self.provisions)} provisions, {len(self.events)} events>"

    def provision(self, provision_id: str) -> Provision:
        """The provision of that id; KeyError when there is none."""
        for entry in self.provisions:
            if entry.id == provision_id:
                return entry
        raise KeyError(provision_id)

    def ruled(self) -> Sequence[Provision]:
        """The provisions that have a condition, in order."""
        return self._ruled

    def rules(self) -> Iterator[Rule]:
        """Every rule of the file: definitions, provisions, readings, wordings, events, clocks."""
        for definition in self.definitions.values():
            yield definition.rule
        for provision in self.provisions:
            if provision.rule is not None:
                yield provision.rule
            if provision.responsible is not None:
                yield provision.responsible.rule
                if provision.responsible.each is not None:
                    yield provision.responsible.each
            yield from (version.rule for version in provision.versions if version.rule is not None)
        for _, readings in self.conflicts():
            yield from (option.rule for option in readings.options.values())
        yield from (event.rule for event in self.events if event.rule is not None)
        yield from self.clocks.values()
        yield from (rule for rule in (self.responsible, self.barred_state) if rule is not None)

    def citations(self) -> Iterator[tuple[str, str, Citation]]:
        """Every citation of the file: of what kind of entry (`provision`, `event` ...), its id, the citation."""
        yield "instrument", self.id, self.citation
        for definition in self.definitions.values():
            yield "definition", definition.id, definition.citation
        for provision in self.provisions:
            yield "provision", provision.id, provision.citation
            for version in provision.versions:
                if version.citation is not None:
                    yield "wording", provision.id, version.citation
        for name, readings in self.conflicts():
            for option in readings.options.values():
                yield "reading", f"{name}/{option.id}", option.citation
        for event in self.events:
            yield "event", event.event, event.citation

    def conflicts(self) -> Iterator[tuple[str, Readings]]:
        """Ids of provisions and definitions of which several readings are kept."""
        for definition in self.definitions.values():
            if definition.readings:
                yield definition.id, definition.readings
        for provision in self.provisions:
            if provision.readings:
                yield provision.id, provision.readings
