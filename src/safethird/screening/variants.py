"""Another reading of a regime: the same file with one conflicting provision read the other way."""

from __future__ import annotations

from dataclasses import replace

from safethird.language.program import Definition as ProgramDefinition
from safethird.language.program import Program
from safethird.regimes.model import Regime

_BUILT: dict[tuple[int, str, str], tuple[Regime, Regime]] = {}
"""Variants by the identity of their regime, which is kept beside them so that it stays unique."""


def with_reading(regime: Regime, conflict: str, option: str) -> Regime:
    """The regime with one of its conflicting readings chosen instead of the default."""
    key = (id(regime), conflict, option)
    if key not in _BUILT:
        _BUILT[key] = (regime, _build(regime, conflict, option))
    return _BUILT[key][1]


def _build(regime: Regime, conflict: str, option: str) -> Regime:
    if conflict in regime.definitions:
        definition = regime.definitions[conflict]
        assert definition.readings is not None
        rule = definition.readings.options[option].rule
        changed = replace(definition, rule=rule)
        definitions = {**regime.definitions, conflict: changed}
        program = Program(
            {
                name: ProgramDefinition(name, entry.rule.checked, entry.parameter)
                for name, entry in definitions.items()
            },
            regime.program.sets,
            regime.program.month_end,
        )
        return replace(regime, definitions=definitions, program=program)
    provisions = tuple(
        replace(entry, rule=entry.readings.options[option].rule)
        if entry.id == conflict and entry.readings is not None
        else entry
        for entry in regime.provisions
    )
    return replace(regime, provisions=provisions, program=replace(regime.program))
