"""Evidence and tests made up for tests: no country, no law."""

from __future__ import annotations

import datetime

from hypothesis import strategies as st

from safethird.facts.dates import DateRange
from safethird.facts.documents import read_yaml
from safethird.protection.loader import criteria, read_test
from safethird.protection.model import EVIDENCE_KINDS, Evidence, LegalTest, SourceDocument

DAY = datetime.date(2019, 11, 15).toordinal()
SOURCE = SourceDocument("made", "Made up", "Nobody", 2019, "verified", "https://example.org/", "2026-01-01")
TEXT = {"en": "made up", "es": "inventado", "fr": "inventé"}
NAMES = ("refugee_treaties", "agreement", "no_refoulement", "capacity", "fairness", "connection", "admission")


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def item(  # noqa: PLR0913
    name: str = "a",
    *,
    kind: str = "report",
    reliability: str = "high",
    pro: tuple[str, ...] = (),
    con: tuple[str, ...] = (),
    since: int = DAY - 30,
    until: int | None = None,
    group: tuple[str, ...] = (),
    by: str | None = None,
) -> Evidence:
    ends = None if until is None else DateRange(until, until)
    return Evidence(
        name,
        TEXT,
        kind,
        reliability,
        pro,
        con,
        SOURCE,
        DateRange(since, since),
        ends,  # type: ignore[arg-type]
        by=by,
        group=group,
    )


def made_test(
    *rules: str, kind: str = "conditions", role: str = "condition", binding: str = "", extra: str = ""
) -> LegalTest:
    limbs = "\n".join(
        f"  - {{id: c{n}, role: {role}, label: {{en: a, es: a, fr: a}}, when: '{rule}', cite: Art. {n}, "
        "confidence: recalled}"
        for n, rule in enumerate(rules)
    )
    text = (
        f"test: made\nkind: {kind}\ntitle: {{en: a, es: a, fr: a}}\nsummary: {{en: a, es: a, fr: a}}\n"
        f"instrument: {{citation: Made, confidence: recalled}}\n{extra}{binding}conditions:\n{limbs}\n"
    )
    return read_test(read_yaml(text))


_BINDS = "  - {id: %s, kinds: [%s], by: [%s], label: {en: a, es: a, fr: a}, cite: A, confidence: recalled}\n"
_DEEMS = _BINDS % ("deems", "deeming", "parliament")
BINDING = "binding:\n" + _DEEMS + _BINDS % ("court", "court_finding", "court")
PLAIN = made_test(
    "refugee_treaties and agreement", "no_refoulement", "capacity or fairness", "admission or connection"
)
BOUND = made_test("refugee_treaties or agreement", "no_refoulement or capacity", "fairness", binding=BINDING)
TESTS = st.sampled_from([PLAIN, BOUND])


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    sides = [draw(st.sampled_from(("for", "against"))) for _ in chosen]
    since = DAY + draw(st.integers(-2000, 60))
    until = draw(st.none() | st.integers(since + 1, since + 3000))
    kind = draw(st.sampled_from(EVIDENCE_KINDS))
    return item(
        f"e{draw(st.integers(0, 10**9))}",
        kind=kind,
        reliability=draw(st.sampled_from(("high", "medium", "low"))),
        pro=tuple(name for name, side in zip(chosen, sides, strict=True) if side == "for"),
        con=tuple(name for name, side in zip(chosen, sides, strict=True) if side == "against"),
        since=since,
        until=until,
        group=draw(st.sampled_from([(), (), ("some",), ("others",)])),
        by=draw(st.sampled_from([None, "court", "parliament", "other"])),
    )


EVIDENCE = st.lists(evidence(), max_size=10)
GROUPS = st.sampled_from([None, "some"])
assert set(NAMES) <= set(criteria())
