"""UK Home Office: asylum claims, initial decisions, appeals and outcomes of yearly cohorts (Asy_D01, D02,
D04, D07).

Sheets named `Data_Asy_...` of the workbooks, or the same columns as CSV. Claims and decisions are by quarter.
The columns `Applications` and `Claims` are two names of one thing.
"""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safethird.tables.cells import period
from safethird.tables.layouts import Layout, Sheet
from safethird.tables.model import SCHEMA
from safethird.tables.readers import uk
from safethird.tables.reading import Reading, detail, finish

_CLAIM = MappingProxyType({
    "Asylum application raised": "claims", "No asylum application raised": "no_claim",
    "Asylum claim raised": "claims", "No asylum claim raised": "no_claim",
})  # fmt: skip

_OUTCOME = MappingProxyType({
    "Grant of Protection": "decisions_recognised", "Grants of Protection": "decisions_recognised",
    "Grant of Other Leave": "decisions_other_protection",
    "Grants of Other Leave": "decisions_other_protection",
    "Refused": "decisions_refused", "Refusal": "decisions_refused", "Refusals": "decisions_refused",
    "Withdrawn": "decisions_closed", "Withdrawal": "decisions_closed", "Withdrawals": "decisions_closed",
    "Administrative Outcome": "decisions_closed", "Administrative Outcomes": "decisions_closed",
    "Awaiting initial decision": "decisions_waiting",
})  # fmt: skip
THIRD_COUNTRY = "3rd Country Refusal"

_APPEAL = MappingProxyType({
    "Allowed": "appeals_allowed", "Dismissed": "appeals_dismissed", "Withdrawn": "appeals_withdrawn",
})  # fmt: skip

_COHORT = MappingProxyType({
    "applications": ("claims", None), "initial_decisions": ("decisions", "initial"),
    "initial_grants_of_protection": ("decisions_recognised", "initial"),
    "initial_grants_of_other_leave": ("decisions_other_protection", "initial"),
    "initial_refusals": ("decisions_refused", "initial"),
    "initial_withdrawn_applications": ("decisions_closed", "initial withdrawn"),
    "initial_administrative_outcomes": ("decisions_closed", "initial administrative"),
    "initial_not_yet_known": ("decisions_waiting", "initial"),
    "latest_grants_of_protection": ("decisions_recognised", "latest"),
    "latest_grants_of_other_leave": ("decisions_other_protection", "latest"),
    "latest_refusals": ("decisions_refused", "latest"),
    "latest_withdrawn_applications": ("decisions_closed", "latest withdrawn"),
    "latest_administrative_outcomes": ("decisions_closed", "latest administrative"),
    "latest_not_yet_known": ("decisions_waiting", "latest"),
    "enforced_returns": ("returns", "enforced"), "voluntary_returns": ("returns", "voluntary"),
})  # fmt: skip
_COHORT_SUBSETS = frozenset({
    "assisted_returns_subset_of_voluntary_returns", "controlled_returns_subset_of_voluntary_returns",
    "other_verified_returns_subset_of_voluntary_returns",
})  # fmt: skip


def read_claims(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Claims by nationality, age, sex, place of claim."""
    frame = reading.counts(sheet, _start(sheet, reading), "claims", uk.COUNTING)
    measure = pl.lit("claims").cast(SCHEMA["measure"]).alias("measure")
    return _finish(sheet, reading, frame.with_columns(measure))


def read_boat_claims(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Claims of people who came by small boat."""
    frame = reading.counts(sheet, _start(sheet, reading), "claims", uk.COUNTING)
    frame = reading.words(sheet, frame, "asylum_claim", "measure", _CLAIM)
    return _finish(sheet, reading, frame.with_columns(pl.lit("sea").cast(SCHEMA["entry"]).alias("entry")))


def read_decisions(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Initial decisions; refusals on third-country grounds are a measure of their own."""
    frame = reading.counts(sheet, _start(sheet, reading), "decisions", uk.COUNTING)
    frame = reading.words(sheet, frame, "case_outcome_group", "measure", _OUTCOME)
    frame = frame.with_columns(
        pl.when(pl.col("case_outcome") == THIRD_COUNTRY).then(pl.lit("decisions_third_country"))
        .otherwise(pl.col("measure").cast(pl.String)).cast(SCHEMA["measure"]).alias("measure")
    )  # fmt: skip
    if reading.layout is BOAT_DECISIONS:
        frame = frame.with_columns(pl.lit("sea").cast(SCHEMA["entry"]).alias("entry"))
    return _finish(sheet, reading, frame)


def read_appeals(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Appeals determined."""
    frame = reading.counts(sheet, _start(sheet, reading), "appeals_determined", uk.COUNTING)
    return _finish(sheet, reading, reading.words(sheet, frame, "outcome", "measure", _APPEAL))


def read_grants(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """Yearly initial grants and refusals by nationality; the rate follows from them and is left out."""
    names = {"grant": "decisions_positive", "refused": "decisions_refused"}
    frame = _start(sheet, reading)
    long = frame.unpivot(
        list(names), index=[name for name in frame.columns if name not in names], variable_name="_column",
        value_name="_count",
    )  # fmt: skip
    long = long.with_columns(pl.col("_column").replace_strict(names).cast(SCHEMA["measure"]).alias("measure"))
    return finish(reading, reading.counts(sheet, long, "_count", uk.COUNTING))


def read_cohorts(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    """What became of the claims of each year, at first and at the latest count."""
    frame = reading.periods(sheet, sheet.frame, "year_of_application", period)
    frame = reading.places(sheet, frame, "nationality", "origin").with_columns(destination=pl.lit("GB"))
    long = frame.unpivot(
        list(_COHORT), index=["line", "month", "months", "origin", "origin_label", "destination"],
        variable_name="_column", value_name="_count",
    ).with_columns(
        pl.col("_column").replace_strict({name: made[0] for name, made in _COHORT.items()})
        .cast(SCHEMA["measure"]).alias("measure"),
        detail(outcome=pl.col("_column").replace_strict(
            {name: made[1] for name, made in _COHORT.items()}, return_dtype=pl.String
        )),
    )  # fmt: skip
    return finish(reading, reading.counts(sheet, long, "_count", uk.COUNTING))


def _start(sheet: Sheet, reading: Reading) -> pl.DataFrame:
    frame = uk.quarters(sheet, reading, sheet.frame)
    return reading.places(sheet, frame, "nationality", "origin").with_columns(destination=pl.lit("GB"))


def _finish(sheet: Sheet, reading: Reading, frame: pl.DataFrame) -> pl.DataFrame:
    names = ("age", "sex", "applicant_type", "location", "case_outcome", "outcome", "uasc")
    parts = {name: uk.unless_total(name) for name in names if name in frame.columns and name != "outcome"}
    frame = frame.with_columns(detail(**parts))
    if "uasc" in frame.columns:
        return finish(reading, uk.with_children(frame), uk.CHILDREN_TOLD)
    return finish(reading, frame)


_RENAMES = MappingProxyType({
    "applications": "claims", "age_group": "age", "location_of_application": "location",
    "location_of_claim": "location",
    "asylum_application": "asylum_claim", "asylum_case_outcome": "case_outcome",
    "asylum_case_outcome_group": "case_outcome_group",
})  # fmt: skip
_TIME = frozenset({"date", "quarter", "region"})

CLAIMS = Layout(
    id="uk-asylum-claims",
    title="asylum claims (Asy_D01)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-asylum-claims",
    required=frozenset({"year", "nationality", "age", "sex", "uasc", "location", "claims"}),
    optional=_TIME | {"applicant_type"},
    renames=_RENAMES,
    read=read_claims,
)

BOAT_CLAIMS = Layout(
    id="uk-small-boat-claims",
    title="asylum claims of people who came by small boat (IER_D02)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-small-boat-claims",
    required=frozenset({"year", "asylum_claim", "nationality", "sex", "age", "claims"}),
    optional=_TIME | {"applicant_type", "uasc"},
    renames=_RENAMES,
    read=read_boat_claims,
)

DECISIONS = Layout(
    id="uk-asylum-decisions",
    title="initial decisions on asylum claims (Asy_D02)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-asylum-decisions",
    required=frozenset(
        {"year", "nationality", "sex", "age", "case_outcome", "case_outcome_group", "decisions"}
    ),
    optional=_TIME | {"applicant_type", "uasc"},
    renames={key: value for key, value in _RENAMES.items() if not key.startswith("asylum_case")},
    read=read_decisions,
)

BOAT_DECISIONS = Layout(
    id="uk-small-boat-decisions",
    title="initial decisions on claims of people who came by small boat (IER_D03)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-small-boat-decisions",
    required=frozenset(
        {"year", "nationality", "sex", "age", "case_outcome", "case_outcome_group", "decisions"}
    ),
    optional=_TIME | {"applicant_type", "uasc"},
    renames=_RENAMES,
    forbidden=frozenset({"location"}),
    read=read_decisions,
    name_words=(("boat",), ("boats",), ("ier", "d03"), ("d03",)),
)

APPEALS = Layout(
    id="uk-asylum-appeals",
    title="asylum appeals determined (Asy_D07)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-asylum-appeals",
    required=frozenset({"year", "nationality", "outcome", "sex", "appeals_determined"}),
    optional=_TIME,
    read=read_appeals,
)

GRANTS = Layout(
    id="uk-asylum-grants-annual",
    title="yearly initial grants and refusals",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-asylum-grants",
    required=frozenset({"year", "nationality", "grant", "refused"}),
    optional=frozenset({"region", "initial_grant_rate"}),
    read=read_grants,
)

COHORTS = Layout(
    id="uk-asylum-outcomes",
    title="outcomes of the asylum claims of each year (Asy_D04)",
    publisher=uk.PUBLISHER,
    url=uk.URL,
    universe="uk-asylum-outcomes",
    required=frozenset({"year_of_application", "nationality", *_COHORT}),
    optional=_COHORT_SUBSETS | {"geographical_region"},
    read=read_cohorts,
)

LAYOUTS = (CLAIMS, BOAT_CLAIMS, DECISIONS, BOAT_DECISIONS, APPEALS, GRANTS, COHORTS)
