"""From dossier files to checked dossiers. Everything that is wrong in a file is said at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from safethird.errors import BadData, NoInput, Problem, UsageError, did_you_mean
from safethird.facts.countries import country_hint, is_country
from safethird.facts.documents import Document, DocumentPath, read_document, read_yaml
from safethird.protection.loader import criteria, day_of, named_as_its_file, own_files, shaped, tests
from safethird.protection.model import Dossier, Evidence, Finding, SourceDocument


@lru_cache(maxsize=1)
def _own_dossiers() -> Mapping[str, str]:
    return own_files("dossiers")


def dossier_ids() -> tuple[str, ...]:
    """The worked dossiers of the library: country code and day, in order."""
    return tuple(_own_dossiers())


def dossiers_on(country: str) -> tuple[str, ...]:
    """The worked dossiers on a country, oldest first."""
    return tuple(name for name in dossier_ids() if name.startswith(f"{country.lower()}-"))


@lru_cache(maxsize=64)
def load_dossier(name: str) -> Dossier:
    """A dossier of the library by its id (`gt-2019-11-15`), or one of the user's by its file."""
    own = _own_dossiers()
    if name in own:
        return read_dossier(read_yaml(own[name], f"protection/dossiers/{name}.yaml"))
    if name.endswith((".yaml", ".yml", ".json")):
        return read_dossier(read_document(name))
    raise UsageError(
        Problem(
            f"There is no dossier '{name}'",
            hint=did_you_mean(name, list(own), most=20),
            code="unknown-dossier",
        )
    )


def read_dossier(document: Document) -> Dossier:
    """A dossier from its file, with the evidence of the dossiers that it continues. Raises BadData with every
    problem found."""
    return _DossierReader(document).read()


class _DossierReader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = shaped(document, "dossier.schema.json", "A dossier")
        self.problems: list[Problem] = []
        self.earlier = self.continued()
        self.groups = {**(self.earlier.groups if self.earlier else {}), **self.data.get("groups", {})}
        self.sources = {entry.id: entry for entry in self.earlier.sources} if self.earlier else {}
        for index, entry in enumerate(self.data["sources"]):
            self.source(entry, index)

    def fail(self, what: str, path: DocumentPath, code: str, **parts: Any) -> None:
        self.problems.append(self.document.problem(what, path, code=code, **parts))

    def continued(self) -> Dossier | None:
        name = self.data.get("continues")
        if name is None:
            return None
        if name >= self.data["dossier"] or not name.startswith(self.data["dossier"][:3]):
            self.fail("A dossier continues an earlier one on the same country", ("continues",), "continues")
            return None
        beside = Path(self.document.file).parent / f"{name}.yaml" if self.document.file else None
        try:
            if name not in dossier_ids() and beside is not None and beside.is_file():
                return load_dossier(str(beside))
            return load_dossier(name)
        except (UsageError, NoInput):
            self.fail(
                f"There is no dossier '{name}'",
                ("continues",),
                "unknown-dossier",
                hint=did_you_mean(name, list(dossier_ids())),
            )
            return None

    def source(self, entry: Mapping[str, Any], index: int) -> None:
        path: DocumentPath = ("sources", index)
        if entry["id"] in {other["id"] for other in self.data["sources"][:index]}:
            self.fail(f"The source '{entry['id']}' stands twice", (*path, "id"), "double-id")
        if entry["confidence"] == "verified" and not ("url" in entry and "read" in entry):
            self.fail(
                "A source that was read needs its address and the day on which it was read",
                path,
                "not-read",
                expected="url and read",
                hint="Mark it 'recalled' if it was not read.",
            )
        day_of(self.document, entry, "read", path, self.problems)
        self.sources[entry["id"]] = SourceDocument(
            entry["id"],
            entry["title"],
            entry["publisher"],
            entry["year"],
            entry["confidence"],
            entry.get("url"),
            entry.get("read"),
            entry.get("licence"),
            self.document.file,
        )

    def read(self) -> Dossier:
        data, document = self.data, self.document
        named_as_its_file(document, "dossier", data["dossier"], self.problems)
        date = day_of(document, data, "date", (), self.problems)
        if date is not None and data["dossier"] != f"{data['country'].lower()}-{data['date']}":
            self.fail(
                "The id does not name the country and day of the dossier",
                ("dossier",),
                "dossier-id",
                expected=f"{data['country'].lower()}-{data['date']}",
            )
        if not is_country(data["country"]):
            self.fail(
                "There is no such country code",
                ("country",),
                "unknown-country",
                hint=country_hint(data["country"]),
            )
        own = [self.evidence(entry, index) for index, entry in enumerate(data["evidence"])]
        replaced = {entry["id"] for entry in data["evidence"]}
        carried = [
            entry for entry in (self.earlier.evidence if self.earlier else ()) if entry.id not in replaced
        ]
        findings = [self.finding(entry, index) for index, entry in enumerate(data.get("findings", ()))]
        for index, name in enumerate(data.get("tests", ())):
            self.known(name, tests(), "test", ("tests", index))
        if self.problems or date is None:
            raise BadData(sorted(self.problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
        return Dossier(
            id=data["dossier"],
            country=data["country"],
            date=date,
            title=data["title"],
            summary=data["summary"],
            evidence=(*carried, *(entry for entry in own if entry is not None)),
            sources=tuple(self.sources.values()),
            sent_by=tuple(data.get("sent_by", ())),
            continues=data.get("continues"),
            tests=tuple(data.get("tests", ())),
            groups=self.groups,
            findings=tuple(entry for entry in findings if entry is not None),
            open_questions=tuple(data.get("open_questions", ())),
            file=document.file,
            digest=hashlib.sha256(document.text.encode()).hexdigest(),
        )

    def known(
        self, name: str, names: Mapping[str, Any] | Sequence[str], what: str, path: DocumentPath
    ) -> bool:
        if name in names:
            return True
        self.fail(
            f"There is no {what} '{name}'",
            path,
            f"unknown-{what}",
            hint=did_you_mean(name, list(names), most=28),
        )
        return False

    def evidence(self, entry: Mapping[str, Any], index: int) -> Evidence | None:
        path: DocumentPath = ("evidence", index)
        for other in self.data["evidence"][:index]:
            if other["id"] == entry["id"]:
                self.fail(f"The evidence '{entry['id']}' stands twice", (*path, "id"), "double-id")
        good = self.known(entry["source"], self.sources, "source", (*path, "source"))
        for side in ("for", "against"):
            for place, name in enumerate(entry.get(side, ())):
                good &= self.known(name, criteria(), "criterion", (*path, side, place))
        for place, name in enumerate(entry.get("group", ())):
            good &= self.known(name, self.groups, "group", (*path, "group", place))
        if "for" not in entry and "against" not in entry and "measure" not in entry:
            self.fail(
                "This evidence speaks for and against nothing",
                path,
                "speaks-of-nothing",
                expected="for, against or measure",
            )
        if ("value" in entry) != ("unit" in entry):
            self.fail("A figure has a value and a unit", path, "half-a-figure", expected="value and unit")
        if entry["kind"] == "statistic" and "value" not in entry:
            self.fail("A statistic needs its figure", path, "no-figure", expected="value and unit")
        if "measure" in entry and "value" not in entry:
            self.fail("A measure needs its figure", path, "no-figure", expected="value and unit")
        if "value_high" in entry and not entry.get("value", 0) <= entry["value_high"]:
            self.fail("The upper end lies below the lower one", (*path, "value_high"), "range")
        if entry["kind"] in ("deeming", "court_finding", "determination") and "by" not in entry:
            self.fail("It is not said who decided this", path, "no-authority", expected="by")
        since = day_of(self.document, entry, "from", path, self.problems)
        until = day_of(self.document, entry, "until", path, self.problems)
        published = day_of(self.document, entry, "published", path, self.problems)
        if since and until and until.hi <= since.lo:
            self.fail("It ends before it begins", (*path, "until"), "dates")
        if not good or since is None:
            return None
        return Evidence(
            id=entry["id"],
            claim=entry["claim"],
            kind=entry["kind"],
            reliability=entry["reliability"],
            speaks_for=tuple(entry.get("for", ())),
            speaks_against=tuple(entry.get("against", ())),
            source=self.sources[entry["source"]],
            since=since,
            until=until,
            ended_by=entry.get("ended_by"),
            published=published,
            value=entry.get("value"),
            value_high=entry.get("value_high"),
            unit=entry.get("unit"),
            measure=entry.get("measure"),
            months=entry.get("months"),
            by=entry.get("by"),
            group=tuple(entry.get("group", ())),
            cite=entry.get("cite"),
            confidence=entry.get("confidence"),
        )

    def finding(self, entry: Mapping[str, Any], index: int) -> Finding | None:
        path: DocumentPath = ("findings", index)
        good = self.known(entry["source"], self.sources, "source", (*path, "source"))
        for place, name in enumerate(entry["tests"]):
            good &= self.known(name, tests(), "test", (*path, "tests", place))
        for part in ("criteria", "differs"):
            for name in entry.get(part, {}):
                good &= self.known(name, criteria(), "criterion", (*path, part, name))
        if "group" in entry:
            good &= self.known(entry["group"], self.groups, "group", (*path, "group"))
        date = day_of(self.document, entry, "date", path, self.problems)
        if not good or date is None:
            return None
        return Finding(
            entry["by"],
            date,
            self.sources[entry["source"]],
            entry.get("cite"),
            tuple(entry["tests"]),
            entry["criteria"],
            entry.get("group"),
            entry.get("differs", {}),
        )
