"""What a reader meets: labels in each language, citations, sources, and names that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from safethird.errors import did_you_mean
from safethird.facts.dates import FIRST_DAY, LAST_DAY
from safethird.facts.documents import DocumentPath
from safethird.language.program import Membership
from safethird.language.syntax import NamedSet, walk
from safethird.regimes.lint.findings import Finding, Subject
from safethird.regimes.model import LANGUAGES, Provision, Regime, Rule
from safethird.regimes.sets import library_sets, membership

MOST_CHARACTERS = {"title": 120, "label": 280, "explanation": 500, "summary": 700, "open_questions": 400,
                   "cite_note": 450}  # fmt: skip
"""Longest text of each kind; a label is read aloud and printed in one table cell."""
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b|\?\?\?|\b[Ll]orem ipsum\b")
"""Capitals only: "todo" is a Spanish word."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def wording_findings(subject: Subject) -> Iterator[Finding]:
    """Labels that are missing, too long or not translated; citations that cannot be followed."""
    yield from _labels(subject)
    yield from _citations(subject)
    yield from _sources(subject)
    yield from _sets(subject)
    yield from _unused(subject)


# --- labels --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a file, by language, and where each of its forms stands."""

    path: DocumentPath
    given: Mapping[str, str]
    places: Mapping[str, DocumentPath]

    @property
    def kind(self) -> str:
        """What it is: a label, a title ..."""
        return next(str(part) for part in reversed(self.path) if isinstance(part, str))


def _texts(data: Any, language: str, path: DocumentPath = ()) -> Iterator[_Text]:
    """Every text of a file. One that stands alone is in the file's only language."""
    if isinstance(data, dict):
        if data and set(data) <= set(LANGUAGES):
            yield _Text(path, data, {name: (*path, name) for name in data})
            return
        for key, value in data.items():
            yield from _texts(value, language, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, language, (*path, index))
    elif (
        isinstance(data, str) and any(part in MOST_CHARACTERS for part in path[-2:]) and path[0] != "sources"
    ):
        yield _Text(path, {language: data}, {language: path})


def _labels(subject: Subject) -> Iterator[Finding]:
    languages = subject.regime.languages
    for text in _texts(subject.data, languages[0]):
        path, given = text.path, text.given
        missing = [language for language in languages if language not in given]
        if missing and text.kind in ("cite", "cite_note"):
            yield subject.at(
                path,
                "note-not-translated",
                f"This text is missing in: {', '.join(missing)}",
                why="Readers in that language would meet words of another one in the middle of an answer",
                mend="Give it in every language of the file",
                severity="warning",
            )
        elif missing and path[0] == "sets":
            yield subject.at(
                path,
                "missing-label",
                f"This label is missing in: {', '.join(missing)}",
                mend="Add it, or name the file's languages under 'languages'",
            )
        for language in [language for language in given if language not in languages]:
            yield subject.at(
                text.places[language],
                "extra-language",
                f"This text is in '{language}', which the file does not list",
                why="Readers in that language would meet this text and miss all others",
                mend="Add the language under 'languages' and translate the file, or remove this text",
                severity="warning",
            )
        most = MOST_CHARACTERS.get(text.kind, MOST_CHARACTERS["label"])
        for language, said in given.items():
            yield from _one_text(subject, text.places[language], said, most)
        for one, other in combinations(given, 2):
            same = given[one].casefold().split() == given[other].casefold().split()
            if same and len(_WORD.findall(given[one])) >= 3:
                yield subject.at(
                    text.places[other],
                    "not-translated",
                    f"This text is the same in '{one}' and '{other}'",
                    why="It was probably copied and not translated",
                    mend=f"Translate it into '{other}'",
                    severity="warning",
                )


def _one_text(subject: Subject, path: DocumentPath, text: str, most: int) -> Iterator[Finding]:
    if len(text) > most:
        yield subject.at(
            path,
            "text-too-long",
            f"This text has {len(text)} characters",
            why=f"At this place {most} are as many as a reader takes in",
            mend="Say it more shortly; put what remains into 'explanation' or a provision of the role 'note'",
            severity="warning",
        )
    if _PLACEHOLDER.search(text):
        yield subject.at(path, "placeholder", "This text is not finished", mend="Write it out, or remove it")


# --- citations and sources -----------------------------------------------------------------------


def _cited(data: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, Mapping[str, Any]]]:
    """Every entry of a file that carries a citation."""
    if isinstance(data, dict):
        if "cite" in data or "confidence" in data or "source" in data:
            yield path, data
        for key, value in data.items():
            if key != "sources":
                yield from _cited(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _cited(value, (*path, index))


def _citations(subject: Subject) -> Iterator[Finding]:
    sources = {entry.id: entry for entry in subject.regime.sources}
    for path, entry in _cited(subject.data):
        source = entry.get("source")
        url = entry.get("url") or (sources[source].url if source in sources else None)
        if path[0] == "sets":
            yield from _set_citation(subject, path, entry, list(sources))
        if entry.get("confidence") == "verified" and url is None and (source is None or source in sources):
            yield subject.at(
                (*path, "confidence"),
                "verified-without-url",
                "This is marked 'verified' and names no page",
                why="'verified' says that a page was read; without its address nobody can read it again",
                mend="Give 'url' here or in the source, or write 'confidence: recalled'",
            )
        cite = entry.get("cite", "")
        pinpoints = [cite] if isinstance(cite, str) else list(cite.values()) or [""]
        if "cite" in entry and any(
            _PLACEHOLDER.search(one) or not re.search(r"\w", one) for one in pinpoints
        ):
            yield subject.at(
                (*path, "cite"),
                "no-pinpoint",
                "This citation names no place in the instrument",
                mend="Give the article, paragraph or section",
            )


def _set_citation(
    subject: Subject, path: DocumentPath, entry: Mapping[str, Any], known: list[str]
) -> Iterator[Finding]:
    source = entry.get("source")
    if source is not None and source not in known:
        yield subject.at(
            (*path, "source"),
            "unknown-source",
            f"There is no source '{source}'",
            mend=did_you_mean(source, known) or "Add it under 'sources'",
        )
    elif source is None and "url" not in entry:
        yield subject.at(
            path,
            "missing-source",
            "This citation names no source",
            mend="Give 'source' (an id under 'sources') or 'url'",
        )


def _sources(subject: Subject) -> Iterator[Finding]:
    cited = [entry for _, entry in _cited(subject.data)]
    used = {entry["source"] for entry in cited if "source" in entry}
    verified = {entry.get("source") for entry in cited if entry.get("confidence") == "verified"}
    seen: set[str] = set()
    for index, source in enumerate(subject.regime.sources):
        path: DocumentPath = ("sources", index)
        if source.id in seen:
            yield subject.at(
                (*path, "id"),
                "double-source",
                f"The source '{source.id}' stands twice",
                why="A citation could mean either",
                mend="Give one of them another id, or remove it",
            )
        seen.add(source.id)
        if source.id not in used:
            yield subject.at(
                path,
                "unused-source",
                f"Nothing cites the source '{source.id}'",
                mend="Cite it where it was used, or remove it",
                severity="warning",
            )
        if source.id in verified and source.url is not None and source.read is None:
            yield subject.at(
                path,
                "read-without-day",
                f"A citation was verified in '{source.id}', and the file does not say when it was read",
                why="Pages change; the day says which text was read",
                mend="Add 'read' with the day",
                severity="warning",
            )


# --- sets ----------------------------------------------------------------------------------------


def _sets(subject: Subject) -> Iterator[Finding]:
    given: Mapping[str, Any] = subject.data.get("sets", {})
    for name in given:
        path: DocumentPath = ("sets", name)
        members = subject.regime.program.sets[name].members
        listed = [membership(member) for member in given[name].get("members", ())]
        if name in library_sets():
            yield subject.at(
                path,
                "set-hidden",
                f"This set hides the set '{name}' of the library",
                why="A reader who knows the library would take it for that one",
                mend="Give it another name",
                severity="warning",
            )
        if not members:
            yield subject.at(
                path,
                "empty-set",
                f"The set '{name}' has no members",
                why="No country is ever in it",
                mend="Give 'members' or 'includes', or remove the set",
            )
        for entry in listed:
            if entry.until <= entry.since:
                yield subject.at(
                    path,
                    "empty-membership",
                    f"{entry.country} is in the set '{name}' on no day",
                    why="Its membership ends before it begins; the day under 'until' is not included",
                    mend="Correct 'from' or 'until'",
                )
        for country in _twice(listed):
            yield subject.at(
                path,
                "double-member",
                f"{country} stands twice in the set '{name}' for the same days",
                mend="Remove one of the two, or correct its dates",
                severity="warning",
            )


def _twice(members: Sequence[Membership]) -> Iterator[str]:
    """Countries of which two memberships share a day."""
    by_country: dict[str, list[Membership]] = {}
    for entry in sorted(members, key=lambda entry: entry.since):
        by_country.setdefault(entry.country, []).append(entry)
    for country, spans in by_country.items():
        if any(_overlap(one, other) for one, other in pairwise(spans)):
            yield country


def _overlap(one: Membership, other: Membership) -> bool:
    return max(one.since, other.since, FIRST_DAY) < min(one.until, other.until, LAST_DAY + 1)


# --- names ---------------------------------------------------------------------------------------


def _unused(subject: Subject) -> Iterator[Finding]:
    regime = subject.regime
    used = _used_definitions(regime)
    for name in regime.definitions:
        if name not in used:
            yield subject.at(
                ("define", name),
                "unused-definition",
                f"Nothing uses the definition '{name}'",
                mend="Use it in a rule, or remove it",
                severity="warning",
            )
    nodes = (node for rule in all_rules(regime) for node in walk(rule.node))
    named = {node.name for node in nodes if isinstance(node, NamedSet)}
    given: Mapping[str, Any] = subject.data.get("sets", {})
    for entry in given.values():
        named.update(entry.get("includes", ()))
    if regime.considered_for.country_set is not None:
        named.add(regime.considered_for.country_set)
    for name in given:
        if name not in named:
            yield subject.at(
                ("sets", name),
                "unused-set",
                f"Nothing uses the set '{name}'",
                mend="Use it in a rule, or remove it",
                severity="warning",
            )
    clocks = {event.clock for event in regime.events}
    clocks |= {version.clock for provision in regime.provisions for version in provision.versions}
    for clock in subject.data.get("clocks", {}):
        if clock not in clocks:
            yield subject.at(
                ("clocks", clock),
                "unused-clock",
                f"No event and no wording reads the clock '{clock}'",
                mend="Remove it, or name it where it should be read",
                severity="warning",
            )


def _used_definitions(regime: Regime) -> set[str]:
    """Definitions that a provision, event, clock or term rests on, directly or through others."""
    used: set[str] = set()
    waiting: list[str] = []
    for rule in outer_rules(regime):
        waiting.extend(rule.checked.uses)
    while waiting:
        name = waiting.pop()
        if name in used:
            continue
        used.add(name)
        definition = regime.definitions[name]
        waiting.extend(definition.rule.checked.uses)
        if definition.readings is not None:
            for option in definition.readings.options.values():
                waiting.extend(option.rule.checked.uses)
    return used


def all_rules(regime: Regime) -> Iterator[Rule]:
    """Every rule of a regime, in every reading."""
    for definition in regime.definitions.values():
        yield definition.rule
        if definition.readings is not None:
            yield from (option.rule for option in definition.readings.options.values())
    yield from outer_rules(regime)


def outer_rules(regime: Regime) -> Iterator[Rule]:
    """Every rule that is not a definition."""
    yield from regime.clocks.values()
    yield from (event.rule for event in regime.events if event.rule is not None)
    yield from (rule for rule in (regime.responsible, regime.barred_state) if rule is not None)
    for provision in regime.provisions:
        yield from _rules_of(provision)


def _rules_of(provision: Provision) -> Iterator[Rule]:
    if provision.rule is not None:
        yield provision.rule
    if provision.readings is not None:
        yield from (option.rule for option in provision.readings.options.values())
    yield from (version.rule for version in provision.versions if version.rule is not None)
    if provision.responsible is not None:
        yield provision.responsible.rule
        if provision.responsible.each is not None:
            yield provision.responsible.each


# --- the file and its neighbours -----------------------------------------------------------------


def file_findings(subject: Subject, known: Collection[str]) -> Iterator[Finding]:
    """The name of the file, its tests beside it, and the regimes that it points to.

    `known`: ids of the regimes that there are.
    """
    regime = subject.regime
    file = Path(regime.file) if regime.file is not None else None
    if file is not None and file.stem != regime.id:
        yield subject.at(
            ("regime",),
            "id-is-not-file-name",
            f"The id is '{regime.id}' and the file is named '{file.name}'",
            why="A regime is found by the name of its file",
            mend=f"Rename the file to '{regime.id}.yaml', or change the id",
        )
    if file is not None and not file.with_name(f"{file.stem}.cases.yaml").exists():
        yield subject.at(
            ("regime",),
            "no-tests",
            "There are no tests beside this file",
            why="Only a case with a known answer shows that the file says what was meant",
            mend=f"Write '{file.stem}.cases.yaml' beside it",
            severity="warning",
        )
    for index, name in enumerate(regime.follows):
        if name == regime.id:
            yield subject.at(
                ("follows", index),
                "follows-itself",
                "The regime follows itself",
                mend="Name the regime that the authority looks at next, or remove the entry",
            )
        elif name not in known:
            yield subject.at(
                ("follows", index),
                "unknown-regime",
                f"There is no regime '{name}'",
                mend=did_you_mean(name, list(known), most=0) or "Correct the id, or add that regime",
                severity="warning",
            )
