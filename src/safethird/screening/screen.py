"""One case under every regime that can concern it: evaluate, then gather what a reader needs.

Nothing is phrased here; labels are those of the regime file, in all its languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from safethird.facts.case import Case
from safethird.facts.dates import DateRange, parse_date
from safethird.facts.truth import Truth
from safethird.language.syntax import First
from safethird.regimes.catalogue import load_regime, regimes_for
from safethird.regimes.model import Citation, Provision, Reading, Regime, Texts
from safethird.screening.alternatives import Facts, generic
from safethird.screening.determine import EventStep, Outcome, ProvisionStep, Reasoning, reason
from safethird.screening.missing import LAW_UNKNOWN
from safethird.screening.relevance import weigh
from safethird.screening.variants import with_reading

if TYPE_CHECKING:
    from safethird.screening.procedure import Summary

WarningKind = Literal["readings", "recalled", "rule", "law_unknown", "draft", "assumed"]


@dataclass(frozen=True, slots=True)
class Ground:
    """A provision or event that decides the answer, or leaves it open."""

    id: str
    role: str
    label: Texts
    citation: Citation
    value: Truth
    """What its condition came to (for an event: whether the instrument then operated)."""
    burden: str | None = None
    standard: str | None = None
    day: DateRange | None = None
    """For an event: when it happened, or will."""
    happened: Truth = None


@dataclass(frozen=True, slots=True)
class OtherReading:
    """A conflicting reading of the law under which the answer would be another."""

    conflict: str
    option: str
    label: Texts
    default_label: Texts
    citation: Citation
    outcome: Outcome
    responsible: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something that the reader must know beside the answer; `detail` is a provision's own label or an id."""

    kind: WarningKind
    label: Texts | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Determination:
    """The answer for one case under one regime.

    `outcome`, `responsible` and `missing` follow case-format section 4. `bars` is the bottom line: whether
    the regime keeps the claim from being examined here; it can be known while the outcome is not.
    """

    regime: Regime
    outcome: Outcome
    responsible: tuple[str, ...] | None
    missing: tuple[str, ...]
    bars: Truth
    possible: tuple[str, ...]
    grounds: tuple[Ground, ...]
    readings: tuple[OtherReading, ...]
    warnings: tuple[Warning_, ...]
    question: str | None
    """Path, with index, of the one fact that would help most."""
    open_paths: tuple[str, ...]
    """`missing` with indexes."""
    reasoning: Reasoning = field(repr=False, compare=False)

    def __repr__(self) -> str:
        states = f" -> {', '.join(self.responsible)}" if self.responsible else ""
        missing = f", missing {', '.join(self.missing)}" if self.missing else ""
        return f"<{self.regime.id}: {self.outcome}{states}{missing}>"

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """The answer as plain data; see reports/answer.schema.json."""
        # Reports stand to the right of screening and are fetched only when one is asked for.
        from safethird.reports.answers import determination_data

        return determination_data(self, language)

    def _repr_html_(self) -> str:
        from safethird.reports.html import determination_fragment

        return determination_fragment(self, "en")


@dataclass(frozen=True, slots=True)
class Screening:
    """The answers for one case, in the order in which the authority meets the regimes."""

    case: Case
    determinations: tuple[Determination, ...]
    asked_on: str | None
    """The day for which the answer holds, when it was given with the request instead of the case."""
    assumed_today: bool = False

    @property
    def id(self) -> str | None:
        """The case's own id, if it has one."""
        return self.case.id

    @property
    def answer_day(self) -> DateRange | None:
        """The day for which the answer holds, as far as it is known."""
        if self.asked_on is not None:
            return parse_date(self.asked_on)
        day: DateRange | None = self.case.facts.get("as_of")
        return day

    @property
    def summary(self) -> Summary:
        """What the answers mean together: where the claim is heard, what stays open, what decides it."""
        from safethird.screening.procedure import summarise

        return summarise(self)

    def __iter__(self) -> Iterator[Determination]:
        return iter(self.determinations)

    def __getitem__(self, regime: str) -> Determination:
        for entry in self.determinations:
            if entry.regime.id == regime:
                return entry
        raise KeyError(regime)


def facts_for_rules(case: Case, on: str | None = None) -> Facts:
    """The facts as rules read them. A decision that is not dated is taken on the day of the answer
    (case-format: `decision.date`); `on` replaces the day of the answer."""
    facts: dict[str, Any] = dict(case.facts)
    if on is not None:
        facts["as_of"] = parse_date(on)
    decision = dict(facts.get("decision", {}))
    as_of = facts.get("as_of")
    if "date" not in decision and isinstance(as_of, DateRange):
        decision["date"] = as_of
        facts["decision"] = decision
    return facts


def screen(
    case: Case,
    regimes: Sequence[Regime | str] | None = None,
    *,
    on: str | None = None,
    assumed_today: bool = False,
) -> Screening:
    """Every regime that can concern a claim, or those named, for one case.

    `on` (YYYY-MM-DD) is the day on which the question is asked; it replaces the case's `as_of`.
    Raises UsageError for an unknown regime.
    """
    facts = facts_for_rules(case, on)
    chosen = (
        regimes_for(case.facts["claim"]["country"])
        if regimes is None
        else [load_regime(entry) if isinstance(entry, str) else entry for entry in regimes]
    )
    return Screening(case, tuple(determine(regime, facts) for regime in chosen), on, assumed_today)


def determine(regime: Regime, facts: Facts, *, explain_missing: bool = True) -> Determination:
    """One regime for the facts of one case. `explain_missing=False` skips the search for the facts that
    still matter (bulk runs that only count outcomes)."""
    reasoning = reason(regime, facts)
    open_paths: tuple[str, ...] = ()
    question = None
    if reasoning.outcome == "undetermined" and explain_missing:
        open_paths, question = weigh(regime, facts)
    readings = tuple(_other_readings(regime, facts, reasoning))
    grounds = tuple(_grounds(reasoning))
    return Determination(
        regime, reasoning.outcome, reasoning.responsible, generic(open_paths), reasoning.bars, reasoning.possible,
        grounds, readings, tuple(_warnings(reasoning, grounds, open_paths)), question, open_paths, reasoning,
    )  # fmt: skip


def _other_readings(regime: Regime, facts: Facts, reasoning: Reasoning) -> Iterable[OtherReading]:
    for conflict, readings in regime.conflicts():
        default = readings.options[readings.default]
        for name, option in readings.options.items():
            if name == readings.default or _reads_the_same(reasoning, conflict, default, option):
                continue
            other = reason(with_reading(regime, conflict, name), facts)
            if (other.outcome, other.responsible) != (reasoning.outcome, reasoning.responsible):
                yield OtherReading(conflict, name, option.label, default.label, option.citation, other.outcome,
                                   other.responsible)  # fmt: skip


def _reads_the_same(reasoning: Reasoning, conflict: str, default: Reading, option: Reading) -> bool:
    """Whether two readings certainly have the same truth for this case, so that the answer cannot differ."""
    definition = reasoning.regime.definitions.get(conflict)
    if definition is not None and (definition.parameter is not None or isinstance(default.rule.node, First)):
        return False
    values = {reasoning.evaluator.rule(reading.rule.node).value for reading in (default, option)}
    return len(values) == 1 and None not in values


# --- grounds -------------------------------------------------------------------------------------


def _ground(step: ProvisionStep) -> Ground:
    entry = step.provision
    label, citation = entry.label, entry.citation
    if entry.versions:
        for version in step.versions:
            if version.within is True:
                label, citation = version.version.label or label, version.version.citation or citation
    return Ground(entry.id, entry.role, label, citation, step.value, entry.burden, entry.standard)


def _event_ground(step: EventStep, state: Truth) -> Ground:
    event = step.event
    return Ground(event.event, "status", event.label or {}, event.citation, state, day=event.date,
                  happened=step.happened)  # fmt: skip


def _is_coverage(entry: Provision) -> bool:
    return entry.role in ("scope", "power", "exclusion") or entry.outcome == "not_covered"


def _failed(step: ProvisionStep) -> bool:
    positive = step.provision.role in ("scope", "power")
    return step.value is (not positive)


def _grounds(reasoning: Reasoning) -> Iterable[Ground]:
    steps = [step for step in reasoning.provisions.values() if step.provision.role != "warning"]
    exceptions = [
        step for step in steps
        if "effect" in step.provision.exception_to and step.provision.outcome == "exempt"
    ]  # fmt: skip
    coverage = [step for step in steps if _is_coverage(step.provision)]
    outcome = reasoning.outcome
    if reasoning.regime.documented_only:
        regime = reasoning.regime
        yield Ground("documented", "note", regime.summary, regime.citation, False)
        return
    if outcome == "not_in_force":
        yield from _status_grounds(reasoning, ("decision", "transfer"), False)
        return
    if outcome == "not_covered":
        yield from _status_grounds(reasoning, ("entry", "claim"), False)
        yield from (_ground(step) for step in coverage if _failed(step))
        return
    if outcome == "exempt":
        yield from (_ground(step) for step in exceptions if step.value is True)
        return
    if outcome == "applies":
        yield from (_ground(step) for step in steps if step.states and step.reached)
        yield from (_ground(step) for step in coverage if step.provision.role in ("scope", "power"))
        return
    if reasoning.operative is None:
        yield from _status_grounds(reasoning, ("decision", "transfer"), None)
    if reasoning.covered is None:
        yield from _status_grounds(reasoning, ("entry", "claim"), None)
    yield from (_ground(step) for step in steps if _leaves_open(reasoning, step))


def _leaves_open(reasoning: Reasoning, step: ProvisionStep) -> bool:
    if step.states:
        return len(reasoning.possible) != 1 or not reasoning.somewhere
    if _is_coverage(step.provision):
        return step.value is None and reasoning.covered is None
    return (
        step.value is None and "effect" in step.provision.exception_to and reasoning.covered is not False
        and reasoning.excepted is None
    )  # fmt: skip


def _status_grounds(reasoning: Reasoning, clocks: tuple[str, ...], state: Truth) -> Iterable[Ground]:
    for clock in clocks:
        of_clock = [step for step in reasoning.events if step.event.clock == clock]
        if not of_clock or of_clock[-1].state is not state:
            continue
        happened = [step for step in of_clock if step.happened is not False]
        decisive = happened[-1] if happened else of_clock[0]
        yield _event_ground(decisive, state)


def _warnings(
    reasoning: Reasoning, grounds: Sequence[Ground], open_paths: Sequence[str]
) -> Iterable[Warning_]:
    for step in reasoning.provisions.values():
        if step.provision.role == "warning" and step.value is True:
            yield Warning_("rule", step.provision.label, step.provision.citation)
    for ground in grounds:
        if ground.citation.confidence == "recalled":
            yield Warning_("recalled", ground.label or None, ground.citation)
    if LAW_UNKNOWN in open_paths:
        yield Warning_("law_unknown")
    if reasoning.regime.draft:
        yield Warning_("draft")
