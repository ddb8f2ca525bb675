"""A small regime of its own, so that tests of the readings of a file do not hang on the law."""

from __future__ import annotations

from typing import Any

import yaml

from safethird.facts.documents import read_yaml
from safethird.regimes.loader import build_regime
from safethird.regimes.model import Regime

CITED = {"cite": "Art. 1", "url": "https://example.org/a", "confidence": "verified"}


def texts(said: str) -> dict[str, str]:
    """A label in three languages that can be told apart."""
    return {"en": said, "es": f"{said} (es)", "fr": f"{said} (fr)"}


def provision(name: str, when: str | None = "true", role: str = "scope", **more: Any) -> dict[str, Any]:
    """A provision with a condition, or (`when=None`) with what `more` gives it."""
    condition = {} if when is None else {"when": when}
    return {"id": name, "role": role, "label": texts(name), **condition, **CITED, **more}


def event(name: str, date: str, **more: Any) -> dict[str, Any]:
    """An event of the instrument."""
    return {"event": name, "date": date, **CITED, **more}


def regime(**parts: Any) -> Regime:
    """A regime from its parts; what is not given is as small as may be."""
    data: dict[str, Any] = {
        "format": 1, "regime": "toy", "kind": "bar", "title": texts("Toy"), "summary": texts("A toy"),
        "instrument": {"type": "agreement", "parties": ["US", "GT"], **CITED},
        "considered_for": {"claim_in": ["US"]}, "responsible": '"GT"', "clocks": {"entry": "entry.date"},
        "define": {"entry": {"is": "first e in entries latest e.date", "label": texts("The entry"), **CITED}},
        "status": [event("in_force", "2020-01-01")], "provisions": [provision("always")],
        **parts,
    }  # fmt: skip
    return build_regime(read_yaml(yaml.safe_dump(data, sort_keys=False), "toy.yaml"))
