"""What lint says about a regime file: one thing that is wrong or odd, where, why, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from safethird.errors import Problem, shortened
from safethird.facts.documents import Document, DocumentPath, dotted
from safethird.language.syntax import Node
from safethird.regimes.model import Regime, Rule

Severity = Literal["error", "warning"]
_OWNER = re.compile(r"(provisions|status)\[(\d+)\]|(?:define|sets)\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `error`: the file says something that cannot be meant. `warning`: look at it once."""

    code: str
    severity: Severity
    what: str
    why: str | None = None
    mend: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    """Dotted path in the file: `provisions[3].when`."""
    provision: str | None = None
    """Id of the provision, definition, set or event that it is about."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        name = self.provision or self.path
        about = f" ({shortened(name)})" if name else ""
        lines = [f"{place}: {self.severity}: {_sentence(shortened(self.what))}{about} [{self.code}]"]
        if self.why:
            lines.append(f"  Why: {_sentence(self.why)}")
        if self.mend:
            lines.append(f"  Mend: {_sentence(self.mend)}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str | int | None]:
        """The finding as plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "what": _sentence(self.what),
            "why": _sentence(self.why) if self.why else None,
            "mend": _sentence(self.mend) if self.mend else None,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "provision": self.provision,
        }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def finding_of(problem: Problem, data: Any = None) -> Finding:
    """What the loader says, as a finding: a file that cannot be loaded is always an error."""
    return Finding(
        problem.code or "bad-data",
        "error",
        problem.what,
        f"Expected: {problem.expected}" if problem.expected else None,
        problem.hint,
        problem.file,
        problem.line,
        problem.column,
        problem.path,
        owner(problem.path, data),
    )


def owner(path: str | None, data: Any) -> str | None:
    """The id of the provision, definition, set or event in which a path lies."""
    match = _OWNER.match(path or "")
    if match is None or not isinstance(data, Mapping):
        return None
    section, index, name = match.groups()
    if name is not None:
        return str(name)
    entries = data.get(section)
    entry = entries[int(index)] if isinstance(entries, list) and int(index) < len(entries) else None
    if not isinstance(entry, Mapping):
        return None
    found = entry.get("id") if section == "provisions" else entry.get("event")
    return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Subject:
    """The regime that is looked at and the document that it was read from."""

    regime: Regime
    document: Document

    @property
    def data(self) -> Mapping[str, Any]:
        """The file as plain data."""
        found: Mapping[str, Any] = self.document.data
        return found

    def at(
        self,
        path: DocumentPath,
        code: str,
        what: str,
        *,
        why: str | None = None,
        mend: str | None = None,
        severity: Severity = "error",
    ) -> Finding:
        """A finding about a part of the file."""
        line, column = self.document.place(path)
        text = dotted(path)
        return Finding(
            code, severity, what, why, mend, self.document.file, line, column, text, owner(text, self.data)
        )

    def in_rule(
        self,
        rule: Rule,
        node: Node,
        code: str,
        what: str,
        *,
        why: str | None = None,
        mend: str | None = None,
        severity: Severity = "error",
    ) -> Finding:
        """A finding about a part of a rule."""
        source = rule.checked.source
        line, column = source.place(node.at)
        about = owner(source.name, self.data)
        return Finding(code, severity, what, why, mend, source.file, line, column, source.name, about)
