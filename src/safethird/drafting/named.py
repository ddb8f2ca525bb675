"""A draft as people name it: a regime or a file, on a day, in a reading.

`stca-canada`, `draft.yaml`, `stca-canada@2023-03-24` (the law of that day, whatever the dates of the person),
`us-guatemala-2019#unaccompanied-child=statute`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from safethird.errors import Problem, UsageError, did_you_mean
from safethird.facts.dates import parse_date
from safethird.language.errors import Source
from safethird.language.syntax import Day
from safethird.language.types import DATE, Checked
from safethird.regimes.catalogue import load_regime
from safethird.regimes.model import Citation, Provision, Regime, Rule, Texts, Version
from safethird.regimes.timeline import versions_on
from safethird.screening.variants import with_reading


@dataclass(frozen=True, slots=True)
class Wording:
    """What a provision says: its labels, its conditions as written, where it stands."""

    label: Texts
    rules: tuple[Rule, ...]
    citation: Citation

    @property
    def text(self) -> str:
        """The conditions as written, one after the other."""
        return "; ".join(rule.text for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Draft:
    """A regime as it was named."""

    name: str
    regime: Regime
    day: int | None = None
    """The day of the law, when one was named."""

    def wording(self, provision: Provision) -> Wording | None:
        """What a provision says (on the day); None when no wording of it holds on that day."""
        if not provision.versions:
            rules = [rule for rule in (provision.rule, *_responsible(provision)) if rule is not None]
            return Wording(provision.label, tuple(rules), provision.citation)
        versions: tuple[Version, ...] = (
            provision.versions if self.day is None else versions_on(provision, self.day)
        )
        if not versions:
            return None
        last = versions[-1]
        rules = [version.rule for version in versions if version.rule is not None]
        return Wording(last.label or provision.label, tuple(rules), last.citation or provision.citation)


def _responsible(provision: Provision) -> Iterator[Rule]:
    if provision.responsible is not None:
        yield provision.responsible.rule
        if provision.responsible.each is not None:
            yield provision.responsible.each


def find_draft(name: str) -> Draft:
    """The draft of a name. Raises UsageError for an unknown regime, day or reading, BadData for a file."""
    plain, _, reading = name.partition("#")
    plain, at, day_text = plain.partition("@")
    regime = load_regime(plain)
    if reading:
        regime = _read(regime, reading)
    day = None
    if at:
        try:
            date = parse_date(day_text)
        except ValueError as error:
            raise UsageError(
                Problem(
                    f"After '@' stands no day ({error})", expected="a day such as 2023-03-24", code="bad-day"
                )
            ) from None
        if date.lo != date.hi:
            raise UsageError(Problem("After '@' stands no single day", expected="a day such as 2023-03-24"))
        day = date.lo
        regime = on_day(regime, day)
    return Draft(name, regime, day)


def _read(regime: Regime, reading: str) -> Regime:
    conflict, _, option = reading.partition("=")
    conflicts = dict(regime.conflicts())
    if conflict not in conflicts or option not in conflicts[conflict].options:
        known = [f"{name}={one}" for name, readings in conflicts.items() for one in readings.options]
        raise UsageError(
            Problem(f"'{regime.id}' keeps no reading '{reading}'", code="unknown-reading",
                    hint=did_you_mean(reading, known) or "It keeps one reading of every provision.")
        )  # fmt: skip
    return with_reading(regime, conflict, option)


def on_day(regime: Regime, day: int) -> Regime:
    """The law of one day: every clock reads that day, whatever the dates of the person are."""
    rule = Rule(Checked(Source("", name="clocks"), Day(0, day), DATE))
    return replace(regime, clocks=dict.fromkeys(regime.clocks, rule))
