"""What the rules of a regime may speak of: the vocabulary of cases and the named sets of countries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from safethird.facts.countries import all_codes
from safethird.facts.vocabulary import vocabulary
from safethird.language.program import CountrySet
from safethird.language.types import Kind, Type

_KINDS: dict[str, Kind] = {
    "yes_no": "truth", "date": "date", "number": "number", "country": "country", "choice": "choice",
    "label": "label", "countries": "countries", "choices": "choices", "list": "list", "table": "table",
    "record": "record",
}  # fmt: skip
_CODES = frozenset(all_codes())


class CaseNames:
    """`language.types.Names` over the case vocabulary."""

    def __init__(self, sets: Mapping[str, CountrySet]) -> None:
        self._sets = sets
        self._vocabulary = vocabulary()

    def member(self, record: str, name: str) -> Type | None:
        """The type of a field of a record, or None."""
        path = f"{record}.{name}" if record else name
        fact = self._vocabulary.get(path)
        if fact is None:
            return None
        kind = _KINDS[fact.type]
        return Type(kind, path if kind in ("choice", "choices", "list", "table", "record") else "")

    def members(self, record: str) -> Iterable[str]:
        """The field names of a record."""
        return [path.rpartition(".")[2] if record else path for path in self._vocabulary.children(record)]

    def codes(self, type_: Type) -> Collection[str] | None:
        """The codes that a choice or a country can have."""
        if type_.kind in ("country", "countries"):
            return _CODES
        if type_.kind in ("choice", "choices"):
            fact = self._vocabulary.get(type_.of)
            return None if fact is None else fact.values
        return None

    def set_is_dated(self, name: str) -> bool | None:
        """Whether a named set changes with time; None when there is no such set."""
        found = self._sets.get(name)
        return None if found is None else found.dated

    def set_names(self) -> Iterable[str]:
        """All named sets."""
        return self._sets
