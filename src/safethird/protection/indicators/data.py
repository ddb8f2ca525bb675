"""What was read from a folder of downloaded files. Light to import: reading is in `folder.py`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safethird.protection.indicators.figures import DataFile, Figure
from safethird.protection.indicators.membership import Membership


@dataclass(frozen=True, slots=True)
class IndicatorData:
    """Everything that was read from a folder."""

    figures: Mapping[str, Sequence[Figure]] = field(default_factory=dict)
    """By country, in no order."""
    memberships: tuple[Membership, ...] = ()
    files: tuple[DataFile, ...] = ()
    unused: tuple[str, ...] = ()
    """Files of the folder that are none that an assessment uses."""
    unknown_names: tuple[str, ...] = ()
    """Names of countries in the files that nobody knows; their rows are left out."""

    def latest(self, country: str, day: int) -> tuple[Figure, ...]:
        """The latest figure of each name whose year had ended on a day (ordinal). What was published later
        about an earlier year counts, for it says what was so; what speaks of a later year does not."""
        found: dict[str, Figure] = {}
        for figure in self.figures.get(country, ()):
            if datetime.date(figure.year, 12, 31).toordinal() > day:
                continue
            other = found.get(figure.name)
            if other is None or other.year < figure.year:
                found[figure.name] = figure
        return tuple(found[name] for name in sorted(found))

    def countries(self) -> tuple[str, ...]:
        """Every country of which something is known."""
        return tuple(sorted({*self.figures, *(entry.country for entry in self.memberships)}))


NO_DATA = IndicatorData()
