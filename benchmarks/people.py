"""Made-up people for benchmarks: journeys, entries, families, documents, with gaps. No real person is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

_ORIGINS = ["GT", "HN", "SV", "MX", "VE", "CU", "HT", "CO", "EC", "NI", "BR", "IN", "CN", "TR", "RU"]
_ROUTE = ["MX", "GT", "PA", "CO", "CR", "US", "CA"]


class Maker:
    """Draws columns; the same seed draws the same people."""

    def __init__(self, seed: int, unknown: float) -> None:
        self.rng = np.random.default_rng(seed)
        self.unknown = unknown

    def gaps(self, size: int, share: float | None = None) -> Any:
        """Where a value is unknown."""
        return self.rng.random(size) < (self.unknown if share is None else share)

    def codes(self, size: int, codes: Sequence[str], weights: Sequence[float] | None = None) -> pa.Array:
        """Codes, some of them unknown."""
        share = None if weights is None else np.array(weights) / sum(weights)
        drawn = self.rng.choice(len(codes), size, p=share).astype(np.int32)
        indices = pa.array(drawn, mask=self.gaps(size))
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(codes))).cast(pa.string())

    def truths(self, size: int, share: float) -> pa.Array:
        """Yes/no facts, some of them unknown."""
        return pa.array(self.rng.random(size) < share, mask=self.gaps(size))

    def days(self, first: str, last: str, size: int, text: bool) -> pa.Array:
        """Days, as text or as dates."""
        low, high = np.datetime64(first), np.datetime64(last)
        drawn = low + self.rng.integers(0, (high - low).astype(int), size)
        mask = self.gaps(size)
        days = pa.array(drawn.astype("datetime64[D]"), mask=mask)
        return days.cast(pa.string()) if text else days

    def lists(self, size: int, weights: Sequence[float], fields: Any) -> pa.Array:
        """Lists of records; `weights` are those of 0, 1, 2 ... elements, `fields` makes the columns of a size."""
        counts = self.rng.choice(len(weights), size, p=np.array(weights) / sum(weights))
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        columns = fields(int(offsets[-1]))
        elements = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
        return pa.ListArray.from_arrays(pa.array(offsets), elements)

    def code_lists(self, size: int, weights: Sequence[float], codes: Sequence[str]) -> pa.Array:
        """Lists of codes, each known."""
        counts = self.rng.choice(len(weights), size, p=np.array(weights) / sum(weights))
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        drawn = pa.array(self.rng.integers(0, len(codes), int(offsets[-1])))
        return pa.ListArray.from_arrays(pa.array(offsets), pa.array(list(codes)).take(drawn))


def people(size: int, seed: int = 1, unknown: float = 0.02, text_dates: bool = True) -> pl.DataFrame:
    """A table of cases in the case format's own columns, with what the agreements of the Americas ask about."""
    made = Maker(seed, unknown)
    arrival = made.days("2019-06-01", "2024-12-31", size, text_dates)

    def record(**columns: pa.Array) -> pa.Array:
        return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))

    columns: dict[str, pa.Array] = {
        "id": pa.array([f"p{number}" for number in range(size)]),
        "as_of": made.days("2024-12-31", "2025-01-02", size, text_dates),
        "claim": record(
            country=made.codes(size, ["US", "CA"], [7, 3]),
            date=arrival,
            lodged_date=arrival,
            setting=made.codes(size, ["land_port", "airport", "inland"], [4, 1, 5]),
        ),
        "decision": record(date=made.days("2019-11-01", "2024-12-31", size, text_dates)),
        "applicant": record(
            birth_date=made.days("1960-01-01", "2018-01-01", size, text_dates),
            nationalities=made.code_lists(size, [1, 99], _ORIGINS),
            habitual_residence=made.codes(size, _ORIGINS),
            has_lawful_status=made.truths(size, 0.05),
            criminal_record=made.truths(size, 0.05),
            capital_charge_countries=made.code_lists(size, [99, 1], _ORIGINS),
            visa_rules=made.lists(
                size,
                [0, 0, 1],
                lambda n: {
                    "country": pa.array(np.tile(["US", "CA"], n // 2)),
                    "required": made.truths(n, 0.95),
                },
            ),
        ),
        "entries": made.lists(
            size,
            [0, 80, 15, 5],
            lambda n: {
                "country": made.codes(n, ["US", "CA"], [7, 3]),
                "date": made.days("2019-06-01", "2024-12-31", n, text_dates),
                "from_country": made.codes(n, ["MX", "US", "GT"], [6, 3, 1]),
                "manner": made.codes(n, ["land_port", "land_between_ports", "airport"], [4, 5, 1]),
                "turned_back": made.truths(n, 0.1),
                "under_removal": made.truths(n, 0.01),
            },
        ),
        "journey": made.lists(
            size,
            [5, 20, 30, 30, 10, 5],
            lambda n: {
                "country": made.codes(n, _ROUTE),
                "from_date": made.days("2019-01-01", "2024-06-01", n, text_dates),
                "to_date": made.days("2024-06-01", "2024-12-31", n, text_dates),
                "airside_only": made.truths(n, 0.05),
                "permanent_stay_offered": made.truths(n, 0.02),
            },
        ),
        "family": made.lists(
            size,
            [50, 20, 15, 10, 5],
            lambda n: {
                "relation": made.codes(n, ["spouse", "parent", "child", "sibling", "cousin"]),
                "country": made.codes(n, ["US", "CA", *_ORIGINS[:3]]),
                "birth_date": made.days("1950-01-01", "2020-01-01", n, text_dates),
                "relationship_proved": made.truths(n, 0.8),
                "status": made.codes(
                    n, ["citizen", "permanent_resident", "asylum_applicant", "none", "visitor"]
                ),
                "status_country": made.codes(n, ["US", "CA"]),
                "claim_stage": made.codes(n, ["referred", "made", "closed"]),
                "accompanying": made.truths(n, 0.5),
                "can_care": made.truths(n, 0.6),
            },
        ),
        "documents": made.lists(
            size,
            [70, 25, 5],
            lambda n: {
                "kind": made.codes(n, ["visa", "entry_document", "passport"]),
                "visa_type": made.codes(n, ["short_stay", "transit"]),
                "issuer": made.codes(n, ["US", "CA", "MX"]),
                "holder": pa.array(["applicant"] * n),
                "valid_from": made.days("2018-01-01", "2020-01-01", n, text_dates),
                "valid_until": made.days("2020-01-01", "2026-01-01", n, text_dates),
                "used_to_enter": made.truths(n, 0.3),
                "fraud": made.codes(n, ["none", "before_issue"], [9, 1]),
            },
        ),
        "prior_claims": made.lists(
            size,
            [80, 15, 5],
            lambda n: {
                "country": made.codes(n, ["US", "CA", "MX"]),
                "date": made.days("2015-01-01", "2020-01-01", n, text_dates),
                "outcome": made.codes(n, ["pending", "refused", "refused_final"]),
            },
        ),
        "findings": record(
            discretion_used=made.truths(size, 0.02),
            countries=made.lists(
                size,
                [20, 80],
                lambda n: {
                    "country": pa.array(made.rng.choice(["GT", "US", "CA"], n)),
                    "fear_stated": made.truths(n, 0.5),
                    "harm_standard_met": made.codes(n, ["none", "more_likely_than_not"], [8, 2]),
                },
            ),
        ),
    }
    return pl.DataFrame(pa.table(columns))
