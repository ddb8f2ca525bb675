"""A comparison of two drafts as plain data, told in one language; every face is made of this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safethird.drafting.compare.align import Pair
from safethird.drafting.compare.comparison import Comparison, ProvisionChange
from safethird.drafting.compare.counts import Counts
from safethird.drafting.compare.people import Crossing
from safethird.drafting.compare.redline import Piece, redline
from safethird.drafting.named import Draft, Wording
from safethird.messages import say
from safethird.regimes.model import Event, Rule
from safethird.reports.case_words import case_words
from safethird.reports.lines import bullet, case_lines, wrapped
from safethird.reports.phrases import citation_text, ground_sentence, in_language
from safethird.reports.rule_words import RuleWords, Said
from safethird.reports.words import country_words, date_words
from safethird.screening.determine import Outcome
from safethird.screening.screen import Ground

Data = dict[str, Any]
_RULES = {"shift": "rule", "criterion": "rule"}


def comparison_data(found: Comparison, language: str, counts: Counts | None = None) -> Data:
    """Everything that differs, with the sentences that say it."""
    people = found.people
    return {
        "before": found.before.name,
        "after": found.after.name,
        "language": language,
        "subtitle": [
            words(name, language, title=in_language(draft.regime.title, language))
            for name, draft in (("title_before", found.before), ("title_after", found.after))
        ],
        "title": words("title", language, before=found.before.name, after=found.after.name),
        "disclaimer": words("disclaimer", language),
        "same_for_all": people.same,
        "people": [_crossing(entry, language) for entry in people.crossings],
        "undecided": [
            {"before": one, "after": other, "sentence": _undecided(one, other, language)}
            for one, other in people.undecided
        ],
        "closing": _closing(found, language),
        "provisions": [_provision(found, entry, language) for entry in found.provisions],
        "definitions": list(_definitions(found, language)),
        "events": list(_events(found, language)),
        "counts": None if counts is None else _counts(counts, language),
        "lists": dict(people.bounds.elements),
        "lists_of_any_length": people.bounds.exact,
        "seconds": round(people.seconds, 3),
    }


def words(name: str, language: str, **places: object) -> str:
    """A message about comparisons."""
    return say(f"compare.{name}", language, **places)


def outcome_words(outcome: str, language: str) -> str:
    """An outcome in a few words."""
    return say(f"prove.{outcome}", language)


def _closing(found: Comparison, language: str) -> str:
    if found.people.undecided:
        return ""
    if found.people.same:
        return words("same_for_all", language)
    if found.people.bounds.exact:
        return words("no_one", language)
    return words("no_one_to", language, lists=lists_words(found.people.bounds.elements))


def lists_words(elements: Any) -> str:
    """How many elements of each list."""
    return ", ".join(f"{path} {size}" for path, size in sorted(elements.items()))


def _undecided(before: str, after: str, language: str) -> str:
    return words(
        "undecided", language, before=outcome_words(before, language), after=outcome_words(after, language)
    )


def _crossing(entry: Crossing, language: str) -> Data:
    told = []
    for answer in entry.witness.answers:
        outcome = outcome_words(answer.outcome, language)
        state = country_words(answer.responsible, language) if answer.responsible else None
        told.append(words("to_state", language, outcome=outcome, state=state) if state else outcome)
    name = "other_state" if entry.other_state else "from_to"
    return {
        "before": entry.before,
        "after": entry.after,
        "responsible": [answer.responsible for answer in entry.witness.answers],
        "sentence": words(name, language, before=told[0], after=told[1]),
        "provisions": list(entry.provisions),
        "because": [
            {"id": ground.id, "sentence": because_words(outcome, ground, language)}
            for outcome, ground in entry.grounds
        ],
        "case": dict(entry.witness.case.data),
        "case_in_words": case_words(entry.witness.case, language),
    }  # fmt: skip


def because_words(outcome: Outcome, ground: Ground, language: str) -> str:
    """What an answer rests on, with its citation and its id."""
    said = ground_sentence(ground, outcome, language).rstrip(".")
    return words("because", language, label=said, cite=citation_text(ground.citation, language), id=ground.id)


# --- provisions ----------------------------------------------------------------------------------


def _provision(found: Comparison, entry: ProvisionChange, language: str) -> Data:
    left = _side(found.before, entry.before, language)
    right = _side(found.after, entry.after, language)
    return {
        "id": entry.id,
        "before_id": entry.pair.before.id if entry.pair.before else None,
        "kind": entry.kind,
        "moved": entry.pair.moved,
        "meaning": entry.meaning,
        "effects": list(entry.effects),
        "sentences": list(_sentences(found, entry, language)) if entry.kind != "same" else [],
        "label": _pieces(left["label"], right["label"]),
        "rule": _pieces(left["rule"], right["rule"]),
        "citation": _pieces(left["citation"], right["citation"]),
        "condition_before": left["told"],
        "condition_after": right["told"],
        "crossings": [
            index for index, crossing in enumerate(found.people.crossings) if entry.id in crossing.provisions
            or (entry.pair.before is not None and entry.pair.before.id in crossing.provisions)
        ],
    }  # fmt: skip


def _side(draft: Draft, wording: Wording | None, language: str) -> Data:
    if wording is None:
        return {"label": "", "rule": "", "citation": "", "told": []}
    return {
        "label": in_language(wording.label, language),
        "rule": wording.text,
        "citation": wording.citation.pinpoint_in(language),
        "told": [list(_told(draft, rule, language)) for rule in wording.rules],
    }


def _told(draft: Draft, rule: Rule, language: str) -> Iterator[tuple[int, str]]:
    if rule.checked.type.kind not in ("truth", "record"):
        return
    said: Said = RuleWords(draft.regime, language).rule(rule)
    for depth, line in said.lines():
        yield depth, line.text


def _pieces(before: str, after: str) -> list[dict[str, str]]:
    return [{"kind": piece.kind, "text": piece.text} for piece in redline(before, after)]


def _sentences(found: Comparison, entry: ProvisionChange, language: str) -> Iterator[str]:
    wording = entry.after or entry.before
    assert wording is not None
    label = in_language(wording.label, language).rstrip(".")
    provision = entry.pair.after or entry.pair.before
    assert provision is not None
    if entry.kind in ("added", "removed"):
        role = _RULES.get(provision.role, provision.role)
        known = role if role in ("scope", "power", "exclusion", "exception", "rule") else "text"
        yield words(f"{entry.kind}_{known}", language, label=label)
        return
    if entry.meaning == "undecided":
        yield words("meaning_undecided", language, label=label)
    elif entry.meaning in ("wider", "narrower", "other"):
        yield words(entry.meaning, language, label=label)
    elif entry.words:
        yield words("same" if entry.meaning == "same" else "reworded", language, label=label)
    if entry.kind == "through":
        yield words("through", language)
    for name in entry.effects:
        yield _effect(found, entry, name, language)
    if entry.renumbered and entry.before is not None and entry.after is not None:
        only = not (entry.words or entry.effects or entry.meaning not in (None, "same"))
        if only:
            one, other = (
                entry.before.citation.pinpoint_in(language),
                entry.after.citation.pinpoint_in(language),
            )
            yield words("renumbered", language, before=one, after=other)
    if entry.pair.moved:
        yield words("moved", language)


def _effect(found: Comparison, entry: ProvisionChange, name: str, language: str) -> str:
    def told(value: Any) -> str:
        if isinstance(value, bool):
            return words("yes" if value else "no", language)
        if not value:
            return words("nothing", language)
        if name == "role":
            return words(f"role_{value}", language)
        if name == "outcome":
            return outcome_words(value, language)
        if name == "burden" and value in ("applicant", "authority"):
            return say(f"screen.burden_{value}", language)
        return ", ".join(value) if isinstance(value, tuple) else str(value).replace("_", " ")

    one, other = getattr(entry.pair.before, name), getattr(entry.pair.after, name)
    return words(f"effect_{name}", language, before=told(one), after=told(other))


# --- definitions, events, numbers ----------------------------------------------------------------


def _definitions(found: Comparison, language: str) -> Iterator[Data]:
    for pair in found.definitions:
        entry = pair.after or pair.before
        assert entry is not None
        kind = "added" if pair.before is None else "removed" if pair.after is None else "changed"
        one, other = ("" if side is None else side.rule.text for side in (pair.before, pair.after))
        sentence = words(
            f"definition_{kind}", language, id=entry.id, label=in_language(entry.label, language)
        )
        yield {"id": entry.id, "kind": kind, "sentence": sentence, "rule": _pieces(one, other)}


def _events(found: Comparison, language: str) -> Iterator[Data]:
    for pair in sorted(found.events, key=_day):
        entry = pair.after or pair.before
        assert entry is not None
        kind = "added" if pair.before is None else "removed" if pair.after is None else "changed"
        name = _event_words(entry, language)
        if pair.before is not None and pair.after is not None:
            one, other = (date_words(side.date, language) for side in (pair.before, pair.after))
            sentence = words("event_changed", language, event=name, before=one, after=other)
        else:
            sentence = words(f"event_{kind}", language, event=name, day=date_words(entry.date, language))
        yield {"event": entry.event, "clock": entry.clock, "kind": kind, "sentence": sentence}


def _day(pair: Pair[Event]) -> int:
    entry = pair.after or pair.before
    assert entry is not None
    return entry.date.lo


def _event_words(event: Event, language: str) -> str:
    return in_language(event.label, language) if event.label else say(f"events.{event.event}", language)


def _counts(counts: Counts, language: str) -> Data:
    rows = []
    for (group, before, after), number in sorted(
        counts.numbers.items(), key=lambda entry: (str(entry[0][0]), entry[0][1], entry[0][2])
    ):
        name = (
            words("all_cases", language) if counts.by is None else group or words("group_unknown", language)
        )
        rows.append({
            "group": group, "before": before, "after": after, "at_least": number.low, "at_most": number.high,
            "sentence": words("count", language, group=name, before=outcome_words(before, language),
                              after=outcome_words(after, language), low=number.low, high=number.high),
        })  # fmt: skip
    rejected = words("rejected", language, number=counts.rejected) if counts.rejected else None
    return {"by": counts.by, "cases": counts.cases, "rejected": counts.rejected, "rows": rows,
            "rejected_sentence": rejected}  # fmt: skip


# --- text ----------------------------------------------------------------------------------------


def comparison_text(data: Data) -> str:
    """The comparison for a terminal."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: Data) -> Iterator[str]:
    language = data["language"]
    yield data["title"]
    yield from (line for subtitle in data["subtitle"] for line in wrapped(subtitle, "  ", "  "))
    yield ""
    yield words("people", language).upper()
    for entry in data["people"]:
        yield from wrapped(entry["sentence"])
        yield from (line for ground in entry["because"] for line in bullet(ground["sentence"], "  "))
        yield f"  {words('one_such', language)}"
        yield from (line for fact in entry["case_in_words"] for line in bullet(fact, "    "))
        yield f"  {words('case_file', language)}"
        yield from case_lines(entry["case"], "    ")
        yield ""
    for entry in data["undecided"]:
        yield from wrapped(entry["sentence"])
    if data["closing"]:
        yield from wrapped(data["closing"])
    if data["counts"]:
        yield ""
        yield words("counts", language).upper()
        yield from (line for row in data["counts"]["rows"] for line in bullet(row["sentence"], "  "))
        if data["counts"]["rejected_sentence"]:
            yield from wrapped(data["counts"]["rejected_sentence"])
    yield ""
    yield words("provisions", language).upper()
    changed = [entry for entry in data["provisions"] if entry["kind"] != "same"]
    if not changed:
        yield words("no_changes", language)
    for entry in changed:
        yield f"[{entry['id']}] {marked(entry['citation'])}"
        for sentence in entry["sentences"]:
            yield from bullet(sentence, "  ")
        # What is new or gone altogether has been said with its label.
        for name in ("rule",) if entry["kind"] in ("added", "removed") else ("label", "rule"):
            if any(piece["kind"] != "kept" for piece in entry[name]):
                yield from wrapped(marked(entry[name]), "      ")
    for part in ("definitions", "events"):
        if data[part]:
            yield ""
            yield words(part, language).upper()
        for entry in data[part]:
            yield from bullet(entry["sentence"], "  ")
            if entry.get("rule"):
                yield from wrapped(marked(entry["rule"]), "      ")
    yield ""
    yield from wrapped(data["disclaimer"])


def marked(pieces: list[dict[str, str]]) -> str:
    """A redline as text: [-struck out-]{+put in+}."""
    marks = {"kept": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return "".join(marks[piece["kind"]].format(piece["text"]) for piece in pieces)


__all__ = [
    "Piece",
    "because_words",
    "comparison_data",
    "comparison_text",
    "lists_words",
    "marked",
    "outcome_words",
    "words",
]
