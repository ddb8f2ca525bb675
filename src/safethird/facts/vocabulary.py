"""The vocabulary of cases: every fact that can be known of a person, with its type and its words.

`vocabulary.yaml` says what there is; `words/<section>.yaml` says it to people, in three languages.
Both are read when first needed: checking and deciding a case never loads a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.facts.countries import check_language

FactType = Literal["date", "yes_no", "country", "choice", "number", "label", "countries", "choices", "record",
                   "list", "table"]  # fmt: skip
GROUPS = frozenset(("record", "list", "table"))
"""Types that hold other facts."""
SEQUENCES = frozenset(("list", "table", "countries", "choices"))
"""Types that are lists in a case file."""
_TYPES = frozenset(get_args(FactType))
_INDEX = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the vocabulary."""

    path: str
    """Generic path, `[]` for the members of a list: `entries[].date`."""
    type: FactType
    values: tuple[str, ...] = ()
    """The codes that a choice may have, in the order in which they are offered."""
    pattern: str | None = None
    """The form of a label: a regular expression for the whole text."""
    flag: str | None = None
    """For a list: the path of the fact that says whether it is complete; None when it always is."""
    completes: str | None = None
    """For such a flag: the path of its list."""
    required: bool = False
    finding: bool = False
    """Left by the law to an authority."""
    asked: bool = True
    """Whether it is ever put as a question."""
    may_be_future: bool = False
    """A date that may lie after `as_of`."""
    not_before: str | None = None
    """A date that cannot come before the date at this path (in the same record)."""
    used_by: tuple[str, ...] = ()
    """Regime ids with `*`; `us-agreements` and `all` are groups."""

    @property
    def name(self) -> str:
        """The last part of the path: `date` of `entries[].date`."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The path of the record that holds it: `entries[]`, `claim`, or empty for the case itself."""
        return self.path.rpartition(".")[0]

    @property
    def section(self) -> str:
        """The part of a case it belongs to: `claim`, `entries`, ...; `case` for the case itself."""
        head = re.split(r"[.\[]", self.path, maxsplit=1)[0].removesuffix("_complete")
        return "case" if head in ("version", "as_of") else head

    @property
    def is_group(self) -> bool:
        """Whether it holds other facts instead of a value."""
        return self.type in GROUPS

    def label(self, lang: str = "en") -> str:
        """A short noun phrase, usable as the heading of a row."""
        return self._words("label", lang)

    def meaning(self, lang: str = "en") -> str:
        """What the fact says, in full sentences."""
        return self._words("meaning", lang)

    def question(self, lang: str = "en") -> str:
        """The question that finds it out. Raises LookupError for a fact that is not `asked`."""
        return self._words("question", lang)

    def why(self, lang: str = "en") -> str:
        """Why the law needs to know. Raises LookupError for a fact that is not `asked`."""
        return self._words("why", lang)

    def explain(self, lang: str = "en") -> str | None:
        """What a hard word means, where there is one."""
        entry = _words_of(self.section)[self.path]
        check_language(lang)
        return cast(str, entry["explain"][lang]) if "explain" in entry else None

    def per(self, lang: str = "en") -> str:
        """The name of one element of this list (`entry`), or of the list that the fact stands in.

        Raises LookupError outside lists.
        """
        check_language(lang)
        words = _words_of(self.section)
        path = self.path
        while True:
            if "per" in words.get(path, {}):
                return cast(str, words[path]["per"][lang])
            path, found, _ = path.rpartition("[]")
            if not found:
                raise LookupError(f"{self.path} is no list and stands in none")

    def value_label(self, value: str, lang: str = "en") -> str:
        """The words for a code of a choice. Raises UsageError for a code that is not on its list."""
        check_language(lang)
        if value not in self.values:
            raise UsageError(
                Problem("There is no such value", path=self.path, code="unknown-value",
                        hint=did_you_mean(value, self.values))
            )  # fmt: skip
        return cast(str, _words_of(self.section)[self.path]["values"][value][lang])

    def _words(self, what: str, lang: str) -> str:
        entry = _words_of(self.section)[self.path]
        check_language(lang)
        if what not in entry:
            raise LookupError(f"{self.path} has no {what}: it is not asked")
        return cast(str, entry[what][lang])


_KEYS = frozenset(field.name for field in fields(Fact)) - {"path", "completes"}
"""What vocabulary.yaml may say of a fact."""


class Vocabulary:
    """All facts, by path. Paths with an index (`entries[0].date`) are understood as generic ones."""

    __slots__ = ("_children", "_facts")

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = MappingProxyType(dict(facts))
        children: dict[str, list[str]] = {}
        for fact in self._facts.values():
            children.setdefault(fact.parent, []).append(fact.path)
        self._children = MappingProxyType({parent: tuple(paths) for parent, paths in children.items()})

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, groups included, in the order of the file."""
        return tuple(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.get(path) is not None

    def get(self, path: str) -> Fact | None:
        """The fact at a path, or None."""
        return self._facts.get(path) or self._facts.get(generic_path(path))

    def fact(self, path: str) -> Fact:
        """The fact at a path. Raises UsageError that names the nearest path there is."""
        found = self.get(path)
        if found is None:
            raise UsageError(
                Problem("There is no such fact", path=path, code="unknown-fact", hint=self.nearest_hint(path))
            )
        return found

    def children(self, path: str) -> tuple[str, ...]:
        """The paths directly below a group; for a list (`entries` or `entries[]`) those of its members.

        The empty path is the case itself. A fact that is no group has none.
        """
        path = generic_path(path)
        return self._children.get(path) or self._children.get(f"{path}[]", ())

    def flag_of(self, path: str) -> str | None:
        """The path of the flag that says whether the list at `path` is complete; None if it has none."""
        return self.fact(path).flag

    def value_label(self, path: str, value: str, lang: str = "en") -> str:
        """The words for a code of the choice at `path`."""
        return self.fact(path).value_label(value, lang)

    def nearest_hint(self, path: str) -> str:
        """A hint for an unknown path."""
        wanted = generic_path(path)
        named = [known for known in self._facts if known.rpartition(".")[2] == wanted.rpartition(".")[2]]
        if named:
            return "Did you mean " + " or ".join(f"'{known}'" for known in named[:3]) + "?"
        return did_you_mean(wanted, self.paths, most=6)


def generic_path(path: str) -> str:
    """A path with every index or country in brackets removed.

    >>> generic_path("entries[0].date"), generic_path("findings.countries[FR].will_admit")
    ('entries[].date', 'findings.countries[].will_admit')
    """
    return _INDEX.sub("[]", path)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of the case format, read once."""
    return Vocabulary(_read_facts(Path(__file__).with_name("vocabulary.yaml")))


def _read_facts(file: Path) -> dict[str, Fact]:
    from safethird.facts.documents import read_yaml

    document = read_yaml(file.read_text(encoding="utf-8"), file.name)
    entries: dict[str, dict[str, Any]] = document.data["facts"]
    problems: list[Problem] = []

    def wrong(path: str, what: str) -> None:
        problems.append(document.problem(what, ("facts", path), code="bad-vocabulary"))

    facts: dict[str, Fact] = {}
    flags: dict[str, str] = {}
    for path, entry in entries.items():
        beside = path.rpartition(".")[0] + "." if "." in path else ""
        if entry.get("type") not in _TYPES:
            wrong(path, "The type of this fact is not known")
        for key in sorted(set(entry) - _KEYS):
            wrong(path, f"'{key}' says nothing about a fact")
        siblings = {key: beside + entry[key] for key in ("flag", "not_before") if key in entry}
        for key, sibling in siblings.items():
            if entries.get(sibling, {}).get("type") != ("yes_no" if key == "flag" else "date"):
                wrong(path, f"'{key}' does not name a fact beside this one")
        if "flag" in siblings:
            flags[siblings["flag"]] = path
        if ("values" in entry) != (entry.get("type") in ("choice", "choices")):
            wrong(path, "A choice has values, and nothing else has")
        facts[path] = Fact(
            path, entry["type"], tuple(entry.get("values", ())), entry.get("pattern"), siblings.get("flag"),
            None, entry.get("required", False), entry.get("finding", False),
            entry.get("asked", entry["type"] != "record"), entry.get("may_be_future", False),
            siblings.get("not_before"), tuple(entry.get("used_by", ())),
        )  # fmt: skip
    if problems:
        raise BadData(problems)
    for flag, path in flags.items():
        facts[flag] = Fact(flag, "yes_no", completes=path, used_by=facts[path].used_by)
    return facts


@lru_cache(maxsize=32)
def _words_of(section: str) -> Mapping[str, Mapping[str, Any]]:
    from safethird.facts.documents import read_yaml

    file = Path(__file__).with_name("words") / f"{section}.yaml"
    document = read_yaml(file.read_text(encoding="utf-8"), f"words/{section}.yaml")
    return MappingProxyType(cast(dict[str, dict[str, Any]], document.data))
