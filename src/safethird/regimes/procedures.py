"""Procedures: in which stages an authority meets the regimes for a claim, what each closes and leaves open.

One file for each country or group of countries, `library/procedures/<id>.yaml`; docs/procedures.md says what
stands in it. Regimes stay the only home of rules and dates: a procedure names them and never repeats them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from safethird.errors import BadData, Problem, did_you_mean
from safethird.facts.dates import DateRange, parse_date
from safethird.facts.documents import Document, DocumentPath, read_document
from safethird.facts.truth import Truth, conjunction, disjunction, negation
from safethird.regimes.cache import read_cached
from safethird.regimes.model import Citation, Source, Texts, cited_texts
from safethird.regimes.sets import library_sets
from safethird.regimes.shape import schema, shape_problems
from safethird.regimes.status import reached

PROCEDURES = Path(__file__).parent / "library" / "procedures"

EffectKind = Literal["closes", "keeps"]
EffectOutcome = Literal["applies", "exempt"]


@dataclass(frozen=True, slots=True)
class Avenue:
    """Something that can be asked for: a hearing, a status, protection against removal."""

    id: str
    label: Texts
    citation: Citation


@dataclass(frozen=True, slots=True)
class Effect:
    """What a regime of a stage does to an avenue when its outcome is `on`."""

    kind: EffectKind
    avenue: str
    on: EffectOutcome
    regimes: tuple[str, ...]
    """Only under these; empty: under every regime of the stage."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the procedure and the regimes that the authority looks at in it, in order."""

    id: str
    label: Texts
    regimes: tuple[str, ...]
    each: bool
    """Whether each of them must be defeated."""
    effects: tuple[Effect, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Fit:
    """One of some regimes has one of some outcomes."""

    regimes: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """How regimes work together; told where every `where` fits."""

    id: str
    label: Texts
    where: tuple[Fit, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Programme:
    """A documented-only regime that is mentioned while it runs."""

    regime: str
    times: tuple[tuple[DateRange, DateRange | None], ...]
    """From a day (included) until a day (not included, None: no end is known)."""
    label: Texts
    citation: Citation

    def runs(self, day: DateRange) -> Truth:
        """Whether it ran on a day."""
        return disjunction(
            conjunction((reached(since, day), negation(False if until is None else reached(until, day))))
            for since, until in self.times
        )


@dataclass(frozen=True, slots=True)
class Procedure:
    """The order of things for a claim in some countries."""

    id: str
    title: Texts
    countries: tuple[str, ...]
    country_set: str | None
    hearing: str
    """Id of the avenue that is the hearing of the claim here."""
    avenues: tuple[Avenue, ...]
    stages: tuple[Stage, ...]
    handovers: tuple[Handover, ...]
    programmes: tuple[Programme, ...]
    transfer_limits: Mapping[str, tuple[str, ...]]
    sources: tuple[Source, ...]

    def concerns(self, country: str) -> bool:
        """Whether a claim in a country goes this way."""
        if self.country_set is None:
            return country in self.countries
        members = library_sets()[self.country_set].members
        return any(entry.country == country for entry in members)

    def citations(self) -> list[Citation]:
        """Every citation of the file."""
        found = [entry.citation for entry in self.avenues]
        for stage in self.stages:
            found += [stage.citation, *(effect.citation for effect in stage.effects)]
        found += [entry.citation for entry in self.handovers]
        return found + [entry.citation for entry in self.programmes]


@lru_cache(maxsize=1)
def procedures() -> Mapping[str, Procedure]:
    """Every procedure of the library, by id."""
    return {path.stem: _load(path) for path in sorted(PROCEDURES.glob("*.yaml"))}


def procedure_for(country: str) -> Procedure | None:
    """The procedure for a claim in a country; None if there is none.

    A procedure that names the country comes before one of a group of countries.
    """
    fitting = [entry for entry in procedures().values() if entry.concerns(country)]
    fitting.sort(key=lambda entry: entry.country_set is not None)
    return fitting[0] if fitting else None


def stage_order(country: str) -> Mapping[str, int]:
    """For a claim in a country: the place of each regime in the order in which the authority meets them."""
    procedure = procedure_for(country)
    if procedure is None:
        return {}
    names = [name for stage in procedure.stages for name in stage.regimes]
    return {name: place for place, name in enumerate(names)}


def _load(path: Path) -> Procedure:
    document, _ = read_cached(path)
    try:
        return build_procedure(document)
    except BadData:
        # Say where in the file.
        return build_procedure(read_document(path))


def build_procedure(document: Document) -> Procedure:
    """Build a procedure from a document that has been read. Raises BadData with every problem found."""
    if not isinstance(document.data, dict):
        raise BadData(Problem("A procedure file is a group of keys", file=document.file, code="wrong-type"))
    problems = shape_problems(document, schema("procedure.schema.json"))
    if problems:
        raise BadData(problems)
    return _Builder(document).build()


class _Builder:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[str, Any] = document.data
        self.problems: list[Problem] = []
        self.urls = {entry["id"]: entry.get("url") for entry in self.data.get("sources", ())}
        self.avenues = {entry["id"] for entry in self.data["avenues"]}

    def build(self) -> Procedure:
        data = self.data
        claim_in = data["claim_in"]
        if isinstance(claim_in, str) and claim_in not in library_sets():
            hint = did_you_mean(claim_in, sorted(library_sets()))
            self.problem(f"There is no set '{claim_in}'", ("claim_in",), "unknown-set", hint)
        self.known_avenue(data["hearing"], ("hearing",))
        built = Procedure(
            id=data["procedure"],
            title=data["title"],
            countries=() if isinstance(claim_in, str) else tuple(claim_in),
            country_set=claim_in if isinstance(claim_in, str) else None,
            hearing=data["hearing"],
            avenues=tuple(
                Avenue(entry["id"], entry["label"], self.citation(entry, ("avenues", index)))
                for index, entry in enumerate(data["avenues"])
            ),
            stages=tuple(self.stage(entry, ("stages", index)) for index, entry in enumerate(data["stages"])),
            handovers=tuple(
                Handover(
                    entry["id"],
                    entry["label"],
                    tuple(Fit(tuple(fit["regimes"]), tuple(fit["outcomes"])) for fit in entry["where"]),
                    self.citation(entry, ("handovers", index)),
                )
                for index, entry in enumerate(data.get("handovers", ()))
            ),
            programmes=tuple(
                Programme(
                    entry["regime"],
                    tuple(_time(time) for time in entry["times"]),
                    entry["label"],
                    self.citation(entry, ("programmes", index)),
                )
                for index, entry in enumerate(data.get("programmes", ()))
            ),
            transfer_limits={name: tuple(ids) for name, ids in data.get("transfer_limits", {}).items()},
            sources=tuple(
                Source(entry["id"], entry["title"], entry.get("url"), entry.get("read"))
                for entry in data.get("sources", ())
            ),
        )
        if self.problems:
            raise BadData(self.problems)
        return built

    def stage(self, entry: Mapping[str, Any], path: DocumentPath) -> Stage:
        effects = tuple(
            self.effect(effect, (*path, "effects", index), entry["regimes"])
            for index, effect in enumerate(entry["effects"])
        )
        return Stage(
            entry["id"],
            entry["label"],
            tuple(entry["regimes"]),
            entry.get("each", False),
            effects,
            self.citation(entry, path),
        )

    def effect(self, entry: Mapping[str, Any], path: DocumentPath, regimes: list[str]) -> Effect:
        kinds: list[EffectKind] = [kind for kind in _KINDS if kind in entry]
        if len(kinds) != 1:
            self.problem("An effect closes or keeps one avenue", path, "bad-effect", "Give one of the two.")
            return Effect("keeps", "", "applies", (), self.citation(entry, path))
        (kind,) = kinds
        self.known_avenue(entry[kind], (*path, kind))
        for name in entry.get("regimes", ()):
            if name not in regimes:
                hint = did_you_mean(name, regimes)
                self.problem(f"The stage has no regime '{name}'", (*path, "regimes"), "unknown-regime", hint)
        return Effect(
            kind,
            entry[kind],
            entry.get("on", "applies"),
            tuple(entry.get("regimes", ())),
            self.citation(entry, path),
        )

    def known_avenue(self, name: str, path: DocumentPath) -> None:
        if name not in self.avenues:
            hint = did_you_mean(name, sorted(self.avenues))
            self.problem(f"There is no avenue '{name}'", path, "unknown-avenue", hint)

    def citation(self, entry: Mapping[str, Any], path: DocumentPath) -> Citation:
        source, url = entry.get("source"), entry.get("url")
        if source is not None and source not in self.urls:
            hint = did_you_mean(source, list(self.urls))
            self.problem(f"There is no source '{source}'", (*path, "source"), "unknown-source", hint)
        if source is None and url is None:
            self.problem(
                "This citation names no source", path, "missing-source", "Give 'source' (an id) or 'url'."
            )
        pinpoint, pinpoints, notes = cited_texts(entry, "en")
        return Citation(pinpoint, url or self.urls.get(source), entry["confidence"], notes, pinpoints)

    def problem(self, what: str, path: DocumentPath, code: str, hint: str | None = None) -> None:
        self.problems.append(self.document.problem(what, path, code=code, hint=hint))


def _time(entry: Mapping[str, str]) -> tuple[DateRange, DateRange | None]:
    return parse_date(entry["from"]), parse_date(entry["until"]) if "until" in entry else None


_KINDS: tuple[EffectKind, ...] = ("closes", "keeps")
