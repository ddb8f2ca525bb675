"""Figures from files: read with care, refused when wrong, and bounded in time and memory."""

from __future__ import annotations

import datetime
import gzip
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from safethird.errors import BadData, NoInput
from safethird.protection.assess import assess, assess_all
from safethird.protection.indicators.data import IndicatorData
from safethird.protection.indicators.folder import load_folder

from .made import day

HOMICIDE = """\
country,iso3,year,homicides_per_100k
Guatemala,GTM,2019,25.5
Guatemala,GTM,2020,17.4
Canada,CAN,2019,1.8
"""
TERROR = "Country,Year,COW_Code_A,PTS_A,PTS_H,PTS_S\nGuatemala,2018,GUA,3,NA,3\nCanada,2018,CAN,1,1,1\n"
FREEDOM = """\
Country/Territory,Region,C/T,Edition,Status,PR,CL,Total,F
Guatemala,Americas,c,2019,PF,4,4,53,6
Abkhazia,Eurasia,t,2019,PF,4,5,40,4
"""
CONVENTION = """\
Participant,Signature,"Accession(a), Succession(d), Ratification"
Guatemala,,22 Sep 1983 a
China 3,,24 Sep 1982 a
Holy See,21 May 1952,15 Mar 1956
"""
PROTOCOL = """\
Participant,"Accession(a), Succession(d)"
Guatemala,22 Sep 1983 a
United States of America,1 Nov 1968 a
"""
TORTURE = """\
iso2,member,state party,year ratification or accession,signatory,no action,status,note
GT,Guatemala,1,1990,0,0,state party,
NA,Namibia,1,1994,0,0,state party,
ZW,Zimbabwe,0,,0,1,no action,
"""
PAIR = "coo_name,coo,coo_iso,coa_name,coa,coa_iso"
HN_GT = "2018,Honduras,HON,HND,Guatemala,GUA,GTM"
DECISIONS = (
    f"year,{PAIR},procedure_type,dec_level,dec_pc,dec_recognized,dec_other,dec_rejected,dec_closed,dec_total\n"
    f"{HN_GT},G,FI,P,30,10,60,0,100\n{HN_GT},G,AR,P,7,0,7,0,14\n"
)
POPULATION = (
    f"year,{PAIR},refugees,asylum_seekers,returned_refugees,idps,returned_idps,stateless,ooc,oip,hst\n"
    f"{HN_GT},380,250,0,0,0,0,0,,0\n"
)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def values(data: IndicatorData, country: str, on: str) -> dict[str, tuple[int, float]]:
    return {figure.name: (figure.year, figure.value) for figure in data.latest(country, day(on))}


def test_the_latest_figure_whose_year_has_ended_is_taken(tmp_path: Path) -> None:
    data = load_folder(folder(tmp_path, homicide=HOMICIDE))
    assert values(data, "GT", "2019-12-30") == {}
    assert values(data, "GT", "2019-12-31") == {"homicide_rate": (2019, 25.5)}
    assert values(data, "GT", "2023-01-01") == {"homicide_rate": (2020, 17.4)}


def test_series_are_told_apart_by_their_header(tmp_path: Path) -> None:
    data = load_folder(folder(tmp_path, a=TERROR, b=FREEDOM, c=HOMICIDE))
    assert values(data, "GT", "2019-12-31") == {
        "terror_amnesty": (2018, 3),
        "terror_state_department": (2018, 3),
        "freedom_total": (2018, 53),
        "rule_of_law": (2018, 6),
        "homicide_rate": (2019, 25.5),
    }
    assert "GE" not in data.figures, "a territory is no country"
    assert all(
        figure.source.publisher and figure.source.licence and figure.source.url
        for figure in data.latest("GT", day("2020-01-01"))
    )


def test_first_instance_only_and_rates_without_closed_cases(tmp_path: Path) -> None:
    data = load_folder(folder(tmp_path, decisions=DECISIONS, population=POPULATION))
    found = values(data, "GT", "2019-06-01")
    assert found["decisions"] == (2018, 100)
    assert found["recognition_rate"] == (2018, pytest.approx(30))
    assert found["protection_rate"] == (2018, pytest.approx(40))
    assert found["pending"] == (2018, 250)
    capacity = assess("GT", day("2019-06-01"), ("us-ina-208",), data=data, alone=True).capacity
    assert capacity.months_at_pace is not None
    assert capacity.months_at_pace.value.lo == pytest.approx(30)


def test_decisions_show_that_somebody_decides_for_a_year(tmp_path: Path) -> None:
    data = load_folder(folder(tmp_path, decisions=DECISIONS))
    for on, expected in (("2019-06-01", "met"), ("2020-06-01", "unknown")):
        result = assess("GT", day(on), ("us-ina-208",), data=data, alone=True)["us-ina-208"]
        assert result.cells["functioning_authority"].status == expected
        assert {name for name, cell in result.cells.items() if cell.status != "unknown"} <= {
            "functioning_authority"
        }


def test_membership_on_a_day_counts_from_entry_into_force(tmp_path: Path) -> None:
    data = load_folder(
        folder(
            tmp_path,
            untc_2015_refugee_convention=CONVENTION,
            untc_2015_refugee_protocol=PROTOCOL,
            unhr_2022_cat=TORTURE,
        )
    )
    since = {(entry.country, entry.treaty): entry.since for entry in data.memberships}
    accession = datetime.date(1983, 9, 22).toordinal()
    convention = since["GT", "refugee_convention"]
    protocol = since["GT", "refugee_protocol"]
    assert convention is not None
    assert protocol is not None
    assert convention.lo == accession + 90
    assert protocol.lo == accession
    assert {"CN", "VA"} <= {country for country, _ in since}, "footnotes and the Holy See"
    assert ("NA", "torture_convention") in since
    assert since["ZW", "torture_convention"] is None
    result = assess("US", day("2019-11-15"), ("ca-irpa-102",), data=data, alone=True)["ca-irpa-102"]
    assert result.cells["refugee_treaties"].status == "met"


def test_a_state_missing_from_a_list_was_not_party_before_it_and_may_be_now(tmp_path: Path) -> None:
    data = load_folder(
        folder(tmp_path, untc_2015_refugee_convention=CONVENTION, untc_2015_refugee_protocol=PROTOCOL)
    )
    status = {
        on: assess("IQ", day(on), ("michigan-2007",), data=data, alone=True)["michigan-2007"]
        .cells["refugee_treaties"]
        .status
        for on in ("2014-06-01", "2019-06-01")
    }
    assert status == {"2014-06-01": "not_met", "2019-06-01": "unknown"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("homicide", HOMICIDE.replace("2019,25.5", "2019,many"), "homicide.csv:2: This is no number"),
        ("homicide", HOMICIDE.replace("25.5", "2550"), "outside what is possible"),
        ("homicide", HOMICIDE.replace("GTM,2019", "GTM,19"), "This is no year"),
        ("homicide", HOMICIDE.replace("GTM,2019", "GTM,2199"), "The year lies in the future"),
        ("homicide", HOMICIDE.replace("GTM,2019", "GTM,1066"), "before any such series"),
        ("homicide", HOMICIDE.replace("2020,17.4", "2019,17.4"), "Line 2 gives another number"),
        ("homicide", HOMICIDE.replace("CAN,2019,1.8", "CAN,2019"), "another number of cells"),
        ("terror", TERROR.replace("GUA,3", "GUA,6"), "1 to 5"),
        (
            "untc_2015_refugee_convention",
            CONVENTION.replace("22 Sep 1983", "31 Sep 1983"),
            "no day of deposit",
        ),
        (
            "untc_2015_refugee_convention",
            CONVENTION.replace("22 Sep 1983", "22 Sep 2018"),
            "later than the list itself",
        ),
        ("refugee_convention", CONVENTION, "does not say of which year"),
        ("unhr_2022_cat", TORTURE.replace("1,1990", "maybe,1990"), "not said whether the state is party"),
        ("unhr_2012_cat", TORTURE.replace("1,1990", "1,2015"), "later than the list itself"),
        (
            "decisions",
            DECISIONS.replace("2018,", "20018,"),
            "decisions.csv",
        ),
        ("population", POPULATION.replace("380,250", "380,-250"), "population.csv"),
    ],
)
def test_a_malformed_or_wrongly_dated_file_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(BadData) as caught:
        load_folder(folder(tmp_path, **{name: text}))
    message = str(caught.value)
    assert said in message
    assert "many" not in message, "a cell is not repeated"


def test_figures_of_a_time_that_has_not_come_are_refused(tmp_path: Path) -> None:
    later = str(datetime.date.today().year + 1)
    with pytest.raises(BadData, match=r"not come|future|year"):
        load_folder(folder(tmp_path, decisions=DECISIONS.replace("2018,", f"{later},")))


def test_two_vintages_that_differ_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="Two files give different numbers"):
        load_folder(folder(tmp_path, one=HOMICIDE, two=HOMICIDE.replace("25.5", "26.1")))


def test_other_files_are_left_alone_and_named(tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\0\0\0")
    data = load_folder(folder(tmp_path, homicide=HOMICIDE, shopping="what,how many\nmilk,2\n"))
    assert [Path(name).name for name in data.unused] == ["picture.csv", "shopping.csv"]


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "homicide.csv.gz").write_bytes(gzip.compress(HOMICIDE.encode() + b"\n" * 50_000_000))
    with pytest.raises(BadData):
        load_folder(tmp_path)


def test_a_folder_that_is_not_there_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoInput):
        load_folder(tmp_path / "nowhere")


@dataclass(frozen=True)
class Measured:
    """Everything in the shared folder, read once, and what that took."""

    data: IndicatorData
    seconds: float
    megabytes: float


@pytest.fixture(scope="module")
def measured(shared: Path) -> Measured:
    start = time.perf_counter()
    data = load_folder(shared / "data")
    assess_all(day("2019-11-15"), (), data)
    seconds = time.perf_counter() - start
    return Measured(data, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@pytest.fixture(scope="module")
def world(measured: Measured) -> IndicatorData:
    return measured.data


def test_all_countries_and_years_in_seconds_with_memory_bounded(measured: Measured) -> None:
    """About 5 seconds and 650 MB on an idle machine for 19 files, 219 countries and 49,000 figures."""
    assert measured.seconds < 60
    assert measured.megabytes < 1500, "at most one file is held at a time"
    assert len(measured.data.countries()) > 200
    assert sum(len(found) for found in measured.data.figures.values()) > 40_000


@pytest.mark.parametrize(
    ("country", "on", "name", "year", "value"),
    [
        ("GT", "2024-06-01", "freedom_total", 2023, 46),
        ("GT", "2025-06-01", "freedom_total", 2024, 48),
        ("GR", "2011-01-21", "pending", 2010, 55686),
        ("GR", "2010-06-01", "dublin_transfers", 2009, 1099),
        ("RW", "2023-11-14", "decisions", 2022, 728),
        ("IT", "2014-11-03", "claims", 2013, 25658),
    ],
)
def test_published_figures_are_as_published(
    world: IndicatorData, country: str, on: str, name: str, year: int, value: int
) -> None:
    assert values(world, country, on)[name] == (year, value)


def test_known_dates_of_membership(world: IndicatorData) -> None:
    since = {(entry.country, entry.treaty, entry.as_of.lo): entry.since for entry in world.memberships}
    listed = {(country, treaty): found for (country, treaty, _), found in since.items()}
    for country, year in (("GT", 1983), ("HN", 1992), ("MX", 2000), ("CA", 1969)):
        found = listed[country, "refugee_convention"]
        assert found is not None
        assert datetime.date.fromordinal(found.lo).year == year
    assert ("US", "refugee_convention") not in listed
    assert listed["US", "refugee_protocol"] is not None


def test_own_table_and_downloaded_lists_agree(world: IndicatorData) -> None:
    """No country is made disputed by the two: the own table says what the depositary's lists say."""
    for entry in assess_all(day("2014-06-01"), ("ca-irpa-102",), world):
        cells = entry["ca-irpa-102"].cells
        assert cells["refugee_treaties"].status != "disputed", entry.country
        assert cells["torture_treaties"].status != "disputed", entry.country
