"""The criteria as the rule language sees them: yes/no facts with one level of names."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from safethird.language.types import TRUTH, Type


class CriteriaNames:
    """`language.types.Names` over the vocabulary of criteria."""

    def __init__(self, criteria: Iterable[str]) -> None:
        self._criteria = tuple(criteria)
        self._known = frozenset(self._criteria)

    def member(self, record: str, name: str) -> Type | None:
        """A criterion is true, false or unknown; it has no parts."""
        return TRUTH if record == "" and name in self._known else None

    def members(self, record: str) -> Iterable[str]:
        """All criteria."""
        return self._criteria if record == "" else ()

    def codes(self, type_: Type) -> Collection[str] | None:
        """There are no codes here."""
        return ()

    def set_is_dated(self, name: str) -> bool | None:
        """There are no sets here."""
        return None

    def set_names(self) -> Iterable[str]:
        """There are no sets here."""
        return ()
