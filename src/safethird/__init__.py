"""Safe-third-country law as data: explained for one person, counted for many, compared between drafts.

>>> import safethird
>>> case = safethird.Case.from_data(
...     {
...         "version": 1,
...         "as_of": "2020-02-12",
...         "claim": {"country": "US", "date": "2020-02-10"},
...         "applicant": {"nationalities": ["GT"]},
...     }
... )
>>> safethird.screen(case, ["us-guatemala-2019"])["us-guatemala-2019"].bars
False

The names below are the whole public interface; everything is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from safethird._version import __version__

if TYPE_CHECKING:
    from safethird.errors import BadData, NoInput, Problem, SafethirdError, UsageError
    from safethird.facts.case import BadCase, Case, read_cases
    from safethird.regimes.catalogue import library, load_regime
    from safethird.regimes.model import Regime
    from safethird.screening.screen import Determination, Screening, screen

_HOMES = {
    "BadData": "safethird.errors",
    "NoInput": "safethird.errors",
    "Problem": "safethird.errors",
    "SafethirdError": "safethird.errors",
    "UsageError": "safethird.errors",
    "BadCase": "safethird.facts.case",
    "Case": "safethird.facts.case",
    "read_cases": "safethird.facts.case",
    "library": "safethird.regimes.catalogue",
    "load_regime": "safethird.regimes.catalogue",
    "Regime": "safethird.regimes.model",
    "Determination": "safethird.screening.screen",
    "Screening": "safethird.screening.screen",
    "screen": "safethird.screening.screen",
}

__all__ = [
    "BadCase", "BadData", "Case", "Determination", "NoInput", "Problem", "Regime", "SafethirdError", "Screening",
    "UsageError", "__version__", "library", "load_regime", "read_cases", "screen",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'safethird' has no attribute '{name}'")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
