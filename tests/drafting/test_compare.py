"""Comparison: all and only what changed, for all and only those whom it moves."""

from __future__ import annotations

import copy
import datetime
import gzip
import json
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("z3")
pytest.importorskip("polars")

import polars as pl

from benchmarks.reaching import Reaching, pairs_reached, table_of, within
from safethird.caseload.rejects import Reject
from safethird.drafting.compare.align import align
from safethird.drafting.compare.comparison import Comparison, compare
from safethird.drafting.compare.counts import count_crossings
from safethird.drafting.compare.people import check_witness
from safethird.drafting.compare.redline import redline
from safethird.drafting.compare.tables import count_table
from safethird.drafting.named import Draft, find_draft
from safethird.errors import UsageError
from safethird.facts.documents import read_document, read_json
from safethird.regimes.catalogue import library, library_files
from safethird.regimes.loader import build_regime
from safethird.regimes.timeline import Wording, changes
from safethird.screening.determine import reason
from safethird.screening.screen import facts_for_rules, screen
from tests.drafting.small import THOROUGH, Small, built, every_case, seeded, seeds, small_regime
from tests.strategies import Land, random_case


def changed_ids(found: Comparison) -> set[str]:
    return {entry.id for entry in found.changed()}


def outcomes(found: Comparison) -> set[tuple[str, str]]:
    return {(entry.before, entry.after) for entry in found.people.crossings}


def test_dropping_the_transit_condition_moves_people_who_never_were_in_guatemala() -> None:
    drafts = find_draft("us-guatemala-reported-2019-07"), find_draft("us-guatemala-2019")
    found = compare(*drafts)
    moved = next(
        entry for entry in found.people.crossings if (entry.before, entry.after) == ("not_covered", "applies")
    )
    assert "passed-through-guatemala" in moved.provisions
    assert all(stay["country"] != "GT" for stay in moved.witness.case.data["journey"])
    answers = [screen(moved.witness.case, [draft.regime]).determinations[0] for draft in drafts]
    assert [(answer.outcome, answer.responsible) for answer in answers] == [
        ("not_covered", None),
        ("applies", ("GT",)),
    ]
    removed = {entry.id for entry in found.provisions if entry.kind == "removed"}
    assert "passed-through-guatemala" in removed


def test_the_day_on_which_the_additional_protocol_applies_changes_one_provision() -> None:
    found = compare(find_draft("stca-canada@2023-03-24"), find_draft("stca-canada@2023-03-26"))
    assert changed_ids(found) == {"place-of-entry"}
    assert ("not_covered", "applies") in outcomes(found)
    assert all(check_witness((found.before, found.after), entry) for entry in found.people.crossings)


def test_a_reading_against_another() -> None:
    found = compare(
        find_draft("us-guatemala-2019"), find_draft("us-guatemala-2019#unaccompanied-child=statute")
    )
    assert changed_ids(found) == {"unaccompanied-child"}
    assert outcomes(found) == {("exempt", "applies")}
    entry = next(entry for entry in found.provisions if entry.id == "unaccompanied-child")
    assert entry.meaning == "narrower"


BARS = [name for name, regime in library().items() if regime.kind == "bar"]
A_FEW = ["us-guatemala-2019", "stca-canada", "apr-58", "eu-turkey-2016"]


@pytest.mark.parametrize("name", list(library()) if THOROUGH else A_FEW)
def test_a_regime_against_itself(name: str) -> None:
    found = compare(find_draft(name), find_draft(name), limit=60)
    assert found.people.same
    assert changed_ids(found) == set()
    assert (found.definitions, found.events) == ((), ())


# --- versions --------------------------------------------------------------------------------------------


def _turns(name: str) -> tuple[list[int], list[int]]:
    """The days from which a wording holds, and those on which anything else changes: events, countries."""
    worded: set[int] = set()
    other: set[int] = set()
    for change in changes(library()[name]):
        (worded if isinstance(change.what, Wording) else other).update(change.date)
    return sorted(worded), sorted(other - worded)


def _day_pairs(name: str) -> list[tuple[int, int]]:
    """Every two versions of the wording, and for each other change the day before and the day itself."""
    worded, other = _turns(name)
    versions = [worded[0] - 1, *worded] if worded else []
    return [*combinations(versions, 2), *((day - 1, day) for day in other)]


def _dated(name: str, day: int) -> Draft:
    return find_draft(f"{name}@{datetime.date.fromordinal(day).isoformat()}")


PAIRS = [(name, *pair) for name in library() for pair in _day_pairs(name)]
SAMPLE = [
    ("stca-canada", "2023-03-24", "2023-03-25"),
    ("us-transit-bar-2019", "2019-07-23", "2019-07-24"),
    ("au-91d", "1995-01-26", "1995-01-27"),
]


def test_the_sample_is_among_all_pairs() -> None:
    days = [(name, *(datetime.date.fromisoformat(day).toordinal() for day in pair)) for name, *pair in SAMPLE]
    assert set(days) <= set(PAIRS)
    assert {name for name, *_ in PAIRS} >= {"ammr", "dublin-ii", "dublin-iii"}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    PAIRS
    if THOROUGH
    else [(name, *(datetime.date.fromisoformat(day).toordinal() for day in pair)) for name, *pair in SAMPLE],
)
def test_every_pair_of_versions_of_a_regime(name: str, before: int, after: int) -> None:
    drafts = _dated(name, before), _dated(name, after)
    found = compare(*drafts, limit=60)
    assert not found.people.undecided
    different = set()
    for provision in library()[name].provisions:
        one, other = (draft.wording(provision) for draft in drafts)
        if one != other:
            different.add(provision.id)
    assert changed_ids(found) >= different
    # What else is listed means something else on that day, through a date in its rule or a definition.
    for entry in found.changed():
        assert entry.id in different or entry.kind == "through"
    between = [event for event in library()[name].events if before < event.date.lo <= after]
    assert [pair.after for pair in found.events] == between
    for entry in found.people.crossings:
        answers = screen(entry.witness.case, [draft.regime for draft in drafts]).determinations
        assert [answer.outcome for answer in answers] == [entry.before, entry.after]
        assert (answers[0].responsible != answers[1].responsible) or entry.before != entry.after
    _hold_against_cases(found, _cases(name))


@lru_cache(maxsize=2)
def _cases(name: str) -> pl.DataFrame:
    return Reaching(library()[name], size=300).many(2_000)


def _hold_against_cases(found: Comparison, table: pl.DataFrame) -> set[tuple[str, str]]:
    """Every pair of answers that a case has by the columnar engine was found."""
    reached = pairs_reached(found.before.regime, found.after.regime, within(table, found.people.bounds))
    assert set(reached) <= outcomes(found)
    return set(reached)


# --- mutations -------------------------------------------------------------------------------------------


def _mutations(data: dict[str, Any], rng: Random, most: int) -> list[tuple[str, dict[str, Any]]]:
    """Changed copies of a regime file: what was done, and the data."""
    found: list[tuple[str, dict[str, Any]]] = []

    def copied() -> dict[str, Any]:
        return copy.deepcopy(data)

    for index, entry in enumerate(data["provisions"]):
        if entry["role"] == "warning":
            continue
        if entry["role"] in ("exception", "exclusion") and not _targeted(data, entry["id"]):
            changed = copied()
            del changed["provisions"][index]
            found.append((f"dropped {entry['id']}", changed))
        text = entry.get("when")
        if not isinstance(text, str):
            continue
        for what, new in _changed_rules(text):
            changed = copied()
            changed["provisions"][index]["when"] = new
            found.append((f"{what} in {entry['id']}", changed))
    for name, entry in data.get("define", {}).items():
        text = entry.get("is")
        if isinstance(text, str) and not text.lstrip().startswith("first"):
            for what, new in _changed_rules(text):
                changed = copied()
                changed["define"][name]["is"] = new
                found.append((f"{what} in {name}", changed))
    rng.shuffle(found)
    return found[:most]


def _targeted(data: dict[str, Any], name: str) -> bool:
    listed = json.dumps([[entry.get("exception_to"), entry.get("before")] for entry in data["provisions"]])
    return f'"{name}"' in listed


def _changed_rules(text: str) -> list[tuple[str, str]]:
    import re

    found = [("negated", f"not ({text})")]
    number = re.search(r"(?<![-\d.])(\d{1,2})(?= (?:days|months|years)| *$|\n)|< (\d{1,2})\b", text)
    if number is not None:
        place = 1 if number.group(1) else 2
        start, end = number.span(place)
        found.append(("other number", f"{text[:start]}{int(number.group(place)) + 2}{text[end:]}"))
    date = re.search(r"\d{4}-\d\d-\d\d", text)
    if date is not None:
        found.append(("other date", text.replace(date.group(), "2018-05-05", 1)))
    listed = re.search(r'\["[a-z_]+", (?="[a-z_]+")', text)
    if listed is not None:
        found.append(("shorter list", text[: listed.start()] + "[" + text[listed.end() :]))
    if re.search(r"\bany \w+ in", text):
        found.append(("any became no", re.sub(r"\bany (?=\w+ in)", "no ", text, count=1)))
    return found


MUTATED = ["us-guatemala-2019", "us-honduras-2025", "stca-united-states", "apd-38", "au-91d", "us-one-year",
           "eu-turkey-2016", "uk-france-2025", "dublin-ii", "ammr"]  # fmt: skip


@pytest.mark.parametrize("name", MUTATED if THOROUGH else ["us-honduras-2025", "apd-38", "uk-france-2025"])
def test_mutations_of_the_library(name: str) -> None:
    file = library_files()[name]
    data = read_document(file).data
    original = Draft(name, build_regime(read_json(json.dumps(data), "original.yaml")))
    table = _cases(name)
    same = moved = 0
    for what, changed in _mutations(data, seeded(name), 20 if THOROUGH else 5):
        mutant = Draft("mutant", build_regime(read_json(json.dumps(changed), "mutant.yaml")))
        found = compare(original, mutant, limit=60)
        assert not found.people.undecided, what
        assert all(check_witness((original, mutant), entry) for entry in found.people.crossings), what
        # All that changed and only that: the provision, or what rests on the definition.
        where = what.rpartition(" ")[2]
        if where in data.get("define", {}):
            assert {pair.after.id for pair in found.definitions if pair.after is not None} == {where}, what
            assert {entry.kind for entry in found.changed()} <= {"through"}, what
        else:
            assert changed_ids(found) == {where}, what
            assert found.definitions == (), what
        # Each pair of answers that any case has was found; "same" means that no case has another answer.
        reached = _hold_against_cases(found, table)
        same += found.people.same
        moved += bool(reached)
        assert not (found.people.same and reached), what
    assert moved >= 2


@pytest.mark.parametrize("seed", seeds(36))
def test_mutations_of_small_programs_against_every_case(seed: int) -> None:
    rng = seeded(9000 + seed)
    data, used = small_regime(rng)
    changed = copy.deepcopy(data)
    index = rng.randrange(len(changed["provisions"]))
    small = Small(rng)
    how = rng.choice(("negate", "redundant", "double", "replace", "drop", "extend"))
    text = changed["provisions"][index]["when"]
    match how:
        case "negate":
            changed["provisions"][index]["when"] = f"not ({text})"
        case "double":
            changed["provisions"][index]["when"] = f"not (not ({text}))"
        case "redundant":
            changed["provisions"][index]["when"] = f"({text}) and (({text}) or {small.condition(1)})"
        case "replace":
            changed["provisions"][index]["when"] = small.condition(2)
        case "extend":
            changed["provisions"][index]["when"] = f"({text}) or ({small.condition(1)})"
        case "drop":
            if len(changed["provisions"]) > 1:
                del changed["provisions"][index]
    one, other = built(data), built(changed)
    pairs = set()
    lost = won = False
    name = data["provisions"][index]["id"]
    for case in every_case(used | small.used):
        facts = facts_for_rules(case)
        answers = reason(one, facts), reason(other, facts)
        pairs.add((answers[0].outcome, answers[1].outcome))
        if name in answers[1].provisions:
            left, right = (answer.provisions[name].value for answer in answers)
            lost = lost or (left is True and right is False)
            won = won or (left is False and right is True)
    wanted = {pair for pair in pairs if pair[0] != pair[1]}
    meaning = {(False, False): "same", (False, True): "wider", (True, False): "narrower"}.get(
        (lost, won), "other"
    )
    found = compare(Draft("one", one), Draft("other", other), limit=60)
    assert not found.people.undecided
    got = outcomes(found)
    if found.people.bounds.exact:
        assert got == wanted
        entry = next(entry for entry in found.provisions if entry.id == name)
        if entry.kind != "removed":
            assert entry.meaning == meaning
    else:
        assert got <= wanted


# --- words -----------------------------------------------------------------------------------------------


def test_alignment_survives_new_ids_and_new_order() -> None:
    data, _ = small_regime(seeded(3))
    file = read_document(library_files()["us-guatemala-2019"]).data
    changed = copy.deepcopy(file)
    first, second, *rest = changed["provisions"]
    renamed = {**second, "id": "person-arrives", "cite": "Art. 9(9)"}
    changed["provisions"] = [renamed, first, *rest]
    before = Draft("a", build_regime(read_json(json.dumps(file), "a.yaml")))
    after = Draft("b", build_regime(read_json(json.dumps(changed), "b.yaml")))
    found = compare(before, after)
    entry = next(entry for entry in found.provisions if entry.id == "person-arrives")
    assert entry.pair.before is not None
    assert entry.pair.before.id == second["id"]
    assert (entry.kind, entry.meaning, entry.renumbered) == ("changed", "same", True)
    assert found.people.same
    assert sum(entry.pair.moved for entry in found.provisions) == 1
    assert data


def test_what_was_removed_stands_where_it_stood() -> None:
    pairs = align(["a", "b", "c"], ["a", "c", "d"], str, lambda one, other: 0.0)
    assert [(pair.before, pair.after) for pair in pairs] == [("a", "a"), ("b", None), ("c", "c"), (None, "d")]


def test_a_redline_gives_both_texts_back() -> None:
    before, after = "The person is under 18 years old.", "The person was under 21 years old, and alone."
    pieces = redline(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after


# --- caseloads -------------------------------------------------------------------------------------------


def test_counts_of_a_caseload_agree_with_the_cases() -> None:
    drafts = find_draft("us-guatemala-reported-2019-07"), find_draft("us-guatemala-2019")
    rng, land = seeded(4), Land.of(drafts[1].regime)
    cases = [random_case(rng, land) for _ in range(200)]
    counts = count_crossings(drafts, cases, "claim.country")
    assert (counts.cases, counts.rejected) == (200, 0)
    decided = 0
    for case in cases:
        facts = facts_for_rules(case)
        pair = [reason(draft.regime, facts).outcome for draft in drafts]
        decided += pair[0] != pair[1] and "undetermined" not in pair
    assert sum(number.low for number in counts.numbers.values()) == decided
    assert all(number.low <= number.high for number in counts.numbers.values())


@pytest.mark.parametrize("by", [None, "applicant.nationalities", "claim.date", "applicant.has_lawful_status"])
def test_tables_are_counted_like_single_cases(tmp_path: Path, by: str | None) -> None:
    drafts = find_draft("us-guatemala-reported-2019-07"), find_draft("us-guatemala-2019")
    rng, land = seeded(by), Land.of(drafts[1].regime)
    cases = [random_case(rng, land) for _ in range(150)]
    wanted = count_crossings(drafts, cases, by)
    assert wanted.numbers
    lines = "".join(json.dumps({**case.data, "id": f"c{row}"}) + "\n" for row, case in enumerate(cases))
    with gzip.open(tmp_path / "cases.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(lines + '{"version": 1, "id": "x", "claim": {"country": "nowhere"}}\n')
    table_of(cases).with_columns(id=pl.int_range(len(cases)).cast(pl.String)).write_parquet(
        tmp_path / "cases.parquet"
    )
    sections = [
        {
            "id": f"c{row}",
            **{
                name: json.dumps(value) if isinstance(value, dict | list) else value
                for name, value in case.data.items()
            },
        }
        for row, case in enumerate(cases)
    ]
    pl.DataFrame(sections, infer_schema_length=None).write_csv(tmp_path / "cases.csv")
    for name, rejected in (("cases.jsonl.gz", 1), ("cases.parquet", 0), ("cases.csv", 0)):
        said: list[Reject] = []
        got = count_table(drafts, str(tmp_path / name), by, said.append)
        assert (got.cases, got.rejected, len(said)) == (150, rejected, rejected), name
        assert got.numbers == wanted.numbers, name


def test_a_list_of_records_makes_no_groups(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("claim.country\nUS\n", encoding="utf-8")
    drafts = find_draft("us-guatemala-reported-2019-07"), find_draft("us-guatemala-2019")
    with pytest.raises(UsageError, match="several times"):
        count_table(drafts, str(file), "entries[].manner")


# --- names of drafts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["stca-canada@", "stca-canada@2023", "stca-canada@x", "stca-canada#x=y", "stca-canda"]
)
def test_a_draft_that_does_not_exist(name: str) -> None:
    with pytest.raises(UsageError):
        find_draft(name)
