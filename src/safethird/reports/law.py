"""How the law stands and what changed in it, in words: the plain data behind text, HTML and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from safethird.facts.dates import DateRange, format_date
from safethird.facts.vocabulary import vocabulary
from safethird.language.program import CountrySet
from safethird.messages import say
from safethird.regimes.model import Citation, Event, Provision, Regime, Version
from safethird.regimes.places import Place
from safethird.regimes.timeline import Change, Joining, Moment, Wording
from safethird.reports.phrases import event_word, in_language
from safethird.reports.rule_words import RuleWords, Said
from safethird.reports.words import country_words, date_words
from safethird.screening.standing import Standing, StandingKind

Data = dict[str, Any]

STATE_ORDER: tuple[StandingKind, ...] = (
    "operates", "in_part", "reaches_nobody_yet", "no_new_cases", "not_known", "not_yet", "stopped", "draft",
    "never",
)  # fmt: skip
"""The order in which lists show regimes."""


def law(name: str, language: str, **places: object) -> str:
    """A message about the law."""
    return say(f"law.{name}", language, **places)


# --- pieces --------------------------------------------------------------------------------------


def is_exact(date: DateRange) -> bool:
    """Whether a date is known to the day."""
    return date.lo == date.hi


def citation_data(citation: Citation | None, language: str) -> Data:
    """A pinpoint, its address, how far it was checked, and the note with the language in which it stands."""
    if citation is None:
        return {"cite": None, "url": None, "confidence": None, "note": None, "note_language": None}
    return {
        "cite": citation.pinpoint_in(language),
        "url": citation.url,
        "confidence": citation.confidence,
        "note": citation.note_in(language),
        "note_language": citation.note_language(language),
    }


def set_citation_data(country_set: CountrySet, language: str) -> Data:
    """The citation of a named set of countries."""
    cite = country_set.cite
    return {
        "cite": cite if cite is None or isinstance(cite, str) else in_language(cite, language),
        "url": country_set.url,
        "confidence": country_set.confidence,
        "note": None,
        "note_language": None,
    }


def said_data(said: Said) -> Data:
    """A rule in words, as an outline."""
    return {"text": said.text, "uses": list(said.uses), "parts": [said_data(part) for part in said.parts]}


def event_label(event: Event, language: str) -> str:
    """What happened, in the file's words or in ours."""
    return in_language(event.label, language) if event.label else event_word(event.event, language)


def event_data(regime: Regime, event: Event, language: str) -> Data:
    """One event, without what it changed."""
    where = None if event.rule is None else said_data(RuleWords(regime, language).rule(event.rule))
    return {
        "event": event.event,
        "label": event_label(event, language),
        "date": format_date(event.date),
        "day": date_words(event.date, language),
        "exact": is_exact(event.date),
        "clock": event.clock,
        "where": where,
        **citation_data(event.citation, language),
    }


def circuit_words(circuit: str, language: str) -> str:
    """A federal circuit by name."""
    return vocabulary().value_label("decision.circuit", circuit, language)


def place_words(place: Place, language: str) -> str:
    """A place as it was asked about, with its circuit."""
    circuit = circuit_words(place.circuit, language)
    if place.name is None:
        return circuit
    return law("circuit_of_state", language, state=place.name, circuit=circuit)


# --- standing ------------------------------------------------------------------------------------


def standing_data(standing: Standing, language: str) -> Data:
    """How a regime stands on a day, since when and on which authority."""
    regime = standing.regime
    return {
        "regime": regime.id,
        "title": in_language(regime.title, language),
        "claim_in": claim_in_words(regime, language),
        "names": names_words(regime, language),
        "on": format_date(DateRange(standing.day, standing.day)),
        "circuit": standing.circuit,
        "state": standing.kind,
        "state_word": law(f"state_{standing.kind}", language),
        "operating": standing.operating,
        "since": None if standing.since is None else event_data(regime, standing.since, language),
        "coming": None if standing.coming is None else event_data(regime, standing.coming, language),
        "by_circuit": standing.by_circuit,
        "transfers": standing.transfers,
        "confidence": None if standing.since is None else standing.since.citation.confidence,
        "says": list(standing_sentences(standing, language)),
    }


def standing_sentences(standing: Standing, language: str) -> Iterator[str]:
    """What is said of a regime on a day, one sentence a line."""
    if standing.since is not None:
        yield _dated("since", standing.since, language)
    for entry in standing.outside:
        label = (
            event_label(entry, language) if isinstance(entry, Event) else in_language(entry.label, language)
        )
        yield law("outside", language, label=label, cite=entry.citation.pinpoint_in(language))
    for name, events in (("uncertain", standing.uncertain), ("depends", standing.depends)):
        for event in events:
            yield law(
                name,
                language,
                event=event_label(event, language),
                day=date_words(event.date, language),
                cite=event.citation.pinpoint_in(language),
            )
    for name, wanted in (("where_it_operates", True), ("where_it_does_not", False)):
        circuits = [
            circuit_words(circuit, language)
            for circuit, kind in standing.by_circuit.items()
            if (kind not in ("stopped", "not_yet")) is wanted
        ]
        if circuits:
            yield law(name, language, places=", ".join(circuits))
    if standing.coming is not None:
        yield _dated("coming", standing.coming, language)
    if standing.transfer_event is not None:
        event = standing.transfer_event
        day = date_words(event.date, language)
        yield law(
            f"transfers_{standing.transfers}", language, day=day, cite=event.citation.pinpoint_in(language)
        )


def _dated(name: str, event: Event, language: str) -> str:
    name = name if is_exact(event.date) else f"{name}_about"
    day = date_words(event.date, language)
    return law(
        name, language, day=day, event=event_label(event, language), cite=event.citation.pinpoint_in(language)
    )


def claim_in_words(regime: Regime, language: str) -> str:
    """The countries in which a claim is made that the regime is looked at for."""
    considered = regime.considered_for
    if considered.country_set is None:
        return country_words(considered.countries, language)
    return RuleWords(regime, language).clauses.set_label(considered.country_set)


def names_words(regime: Regime, language: str) -> str:
    """The state that the regime names as responsible, if it names one."""
    if regime.kind == "allocation":
        return law("names_by_rule", language)
    if regime.responsible is None:
        return law("names_nobody", language)
    return RuleWords(regime, language).term(regime.responsible)


# --- what happened -------------------------------------------------------------------------------


def moment_data(regime: Regime, moment: Moment, language: str) -> Data:
    """An event and what it changed."""
    name = f"effect_{moment.effect}"
    if moment.effect in ("opens", "closes"):
        name = f"{name}_{moment.event.clock}"
    return {
        **event_data(regime, moment.event, language),
        "effect": moment.effect,
        "effect_word": law(name, language),
    }


def version_data(regime: Regime, provision: Provision, version: Version, language: str) -> Data:
    """A wording of a provision: its label, when it holds, and its condition."""
    rule = None if version.rule is None else said_data(RuleWords(regime, language).rule(version.rule))
    return {
        "label": in_language(version.label or provision.label, language),
        "from": None if version.since is None else format_date(version.since),
        "from_day": None if version.since is None else date_words(version.since, language),
        "until": None if version.until is None else format_date(version.until),
        "until_day": None if version.until is None else date_words(version.until, language),
        "clock": version.clock,
        "clock_word": law(f"clock_{version.clock}", language),
        "rule": rule,
        **citation_data(version.citation or provision.citation, language),
    }


def change_data(change: Change, language: str) -> Data:
    """One change of the law."""
    what = change.what
    data: Data = {
        "date": format_date(change.date),
        "day": date_words(change.date, language),
        "exact": is_exact(change.date),
        "certain": change.certain,
        "where": None,
        "effect": None,
        "effect_word": None,
        "note": None,
        "note_language": None,
    }
    if isinstance(what, Moment):
        return {**data, "kind": "event", **moment_data(change.regime, what, language)}
    if isinstance(what, Wording):
        return {**data, "kind": "wording", **_wording_data(change.regime, what, language)}
    return {**data, "kind": "membership", **_joining_data(what, language)}


def _wording_data(regime: Regime, wording: Wording, language: str) -> Data:
    provision = wording.provision
    return {
        "provision": provision.id,
        "label": in_language(provision.label, language),
        "clock": wording.clock,
        "clock_word": law(f"clock_{wording.clock}", language),
        **{
            name: [version_data(regime, provision, version, language) for version in versions]
            for name, versions in (
                ("begins", wording.begins),
                ("ends", wording.ends),
                ("stays", wording.stays),
            )
        },
        **citation_data(provision.citation, language),
    }


def _joining_data(joining: Joining, language: str) -> Data:
    country_set = joining.country_set
    label = (country_set.label or {}).get(language) or country_set.name.replace("_", " ")
    names = ", ".join(country_words((code,), language) for code in joining.countries)
    return {
        "set": country_set.name,
        "countries": list(joining.countries),
        "joins": joining.joins,
        "label": law("joins" if joining.joins else "leaves", language, countries=names, set=label),
        **set_citation_data(country_set, language),
    }


def regime_changes_data(regime: Regime, found: Sequence[Change], language: str) -> Data:
    """All changes of one regime."""
    return {
        "regime": regime.id,
        "title": in_language(regime.title, language),
        "changes": [change_data(change, language) for change in found],
    }
