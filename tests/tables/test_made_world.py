"""UNHCR, Eurostat, Frontex and IOM layouts, on small made-up files."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from safethird.errors import BadData
from safethird.tables import read_table
from tests.tables.made import rows, write, xlsx

APPLICATIONS = (
    "Year,Country of origin,Country of origin (ISO) ,Country of asylum,Country of asylum (ISO),Authority,"
    "Application type,Stage of procedure,Cases / Persons,applied\n"
)
PREAMBLE = "\n".join(["Extracted from the data finder", "", '"Some, words"', *["more words"] * 11]) + "\n"


# --- UNHCR --------------------------------------------------------------------------------------------------


def test_unhcr_website_file_with_words_above_the_header(tmp_path: Path) -> None:
    path = write(tmp_path, "asylum-applications.csv", PREAMBLE + APPLICATIONS + (
        "2023,Namibia,NAM,Guatemala,GTM,G,N,FI,P,5\n"
        "2023,Serbia and Kosovo: S/RES/1244 (1999),SRB,Guatemala,GTM,G,R,FI,C,21\n"
        "2023,Stateless,XXA,Guatemala,GTM,G,A,AR,P,14\n"
    ))  # fmt: skip
    table = read_table(path)
    assert table.files[0].layout == "unhcr-asylum-applications"
    assert rows(
        table, "origin", "origin_label", "destination", "measure", "unit", "count_low", "count_high"
    ) == [
        ("NA", None, "GT", "claims_first", "persons", 1, 5),
        (None, "Serbia and Kosovo: S/RES/1244 (1999)", "GT", "claims_repeat", "cases", 21, 21),
        (None, "Stateless", "GT", "claims_appeal", "persons", 14, 14),
    ]
    assert set(table.frame["months"]) == {12}
    assert table.frame["detail"].sort().to_list()[0] == "application=A; level=AR; procedure=G"


def test_unhcr_zip_from_the_website(tmp_path: Path) -> None:
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("asylum-applications.csv", APPLICATIONS + "2023,Haiti,HTI,Mexico,MEX,G,N,FI,P,70\n")
        packed.writestr("footnotes.csv", "a,b\n1,2\n")
    table = read_table(path)
    assert rows(table, "origin", "destination", "count_low") == [("HT", "MX", 70)]
    assert table.files[0].notes == (
        "read 'asylum-applications.csv' of the zip file", "left out 'footnotes.csv' of the zip file",
    )  # fmt: skip


def test_unhcr_interface_answers_with_dashes(tmp_path: Path) -> None:
    items = [
        {"year": 2024, "coo_id": "-", "coo_name": "-", "coo": "-", "coo_iso": "-", "coa_id": 196,
         "coa_name": "Türkiye", "coa": "TUR", "coa_iso": "TUR", "refugees": 2940735, "asylum_seekers": 154083,
         "returned_refugees": 159439, "idps": "0", "returned_idps": "0", "stateless": 420, "ooc": "0",
         "oip": "-",
         "hst": "0"},
    ]  # fmt: skip
    body = {"page": 1, "short_url": "x", "maxPages": 3, "total": [], "items": items}
    table = read_table(write(tmp_path, "answer.json", json.dumps(body)))
    assert rows(
        table, "month", "months", "origin", "origin_label", "measure", "count_low", "destination"
    ) == [
        (date(2024, 1, 1), 12, None, None, "returned_refugees", 159439, None),
        (date(2024, 12, 1), 0, None, None, "refugees", 2940735, "TR"),
        (date(2024, 12, 1), 0, None, None, "asylum_seekers", 154083, "TR"),
        (date(2024, 12, 1), 0, None, None, "stateless", 420, "TR"),
    ]
    assert table.files[0].notes[0] == "page 1 of 3: the other pages are not in this file"
    assert table.frame.filter(pl.col("measure") == "returned_refugees")["sender"].to_list() == ["TR"]


def test_unhcr_decisions_become_one_row_for_each_outcome(tmp_path: Path) -> None:
    path = write(tmp_path, "d.csv", (
        "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,procedure_type,dec_level,dec_pc,dec_recognized,"
        "dec_other,"
        "dec_rejected,dec_closed,dec_total\n"
        "2019,Honduras,HON,HND,Mexico,MEX,MEX,G,FI,P,100,20,5,0,125\n"
    ))  # fmt: skip
    assert rows(read_table(path), "measure", "count_low", "count_high") == [
        ("decisions", 125, 125), ("decisions_recognised", 100, 100), ("decisions_other_protection", 20, 20),
        ("decisions_refused", 1, 5), ("decisions_closed", 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "country_of_asylum,origin,month,applications\nUSA "
        "(EOIR),Guatemala,2015-03,*\nCanada,Guatemala,2015-03,12\n",
        '"USA (EOIR)",Guatemala,2015,March,*\nCanada,Guatemala,2015,March,12\n',
    ],
    ids=["with a header", "the export without one"],
)
def test_unhcr_monthly_in_both_forms(tmp_path: Path, text: str) -> None:
    table = read_table(write(tmp_path, "m.csv", text))
    assert rows(table, "month", "destination", "count_low", "count_high", "detail") == [
        (date(2015, 3, 1), "CA", 12, 12, "office=national"), (date(2015, 3, 1), "US", 1, 4, "office=EOIR"),
    ]  # fmt: skip
    # One view, so that no country is lost when the offices are summed over.
    assert table.sum_by("destination")["count_low"].to_list() == [12, 1]


# --- Eurostat -----------------------------------------------------------------------------------------------

TSV = "freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t2015-01 \t2015-02 \n"


def test_eurostat_tsv_with_flags_and_totals(tmp_path: Path) -> None:
    path = write(tmp_path, "migr_asyappctzm.tsv.gz", TSV + (
        "M,PER,SY,T,FRST,TOTAL,EL\t120 p\t: \n"
        "M,PER,NA,T,FRST,TOTAL,UK\t0 \t: c\n"
        "M,PER,TOTAL,T,FRST,TOTAL,EL\t125 \t130b\n"
        "M,PER,SY,T,ASY_APP,TOTAL,EU27_2020\t400 \t: z\n"
    ))  # fmt: skip
    table = read_table(path)
    assert rows(
        table, "month", "origin", "destination", "destination_label", "measure", "count_low", "count_high"
    ) == [
        (date(2015, 1, 1), "NA", "GB", None, "claims_first", 0, 2),
        (date(2015, 1, 1), "SY", "GR", None, "claims_first", 118, 122),
        (date(2015, 1, 1), "SY", None, "EU27_2020", "claims", 398, 402),
        (date(2015, 1, 1), None, "GR", None, "claims_first", 123, 127),
        (date(2015, 2, 1), "NA", "GB", None, "claims_first", 0, None),
        (date(2015, 2, 1), None, "GR", None, "claims_first", 128, 132),
    ]
    assert sorted(set(table.frame["view"])) == [
        "destination",
        "origin+destination",
        "origin+destination_union",
    ]
    assert table.files[0].notes == ("2 cells say that nothing was reported; they are left out",)


def test_eurostat_older_tsv_names(tmp_path: Path) -> None:
    path = write(tmp_path, "x.tsv", (
        "citizen,sex,unit,age,asyl_app,geo\\time\t2016 \t2015 \nAF,F,PER,Y18-34,NASY_APP,AT\t10 \t: \n"
    ))  # fmt: skip
    assert rows(read_table(path), "month", "months", "measure", "detail") == [
        (date(2016, 1, 1), 12, "claims_first", "age=Y18-34; sex=female")
    ]


def test_eurostat_sdmx_csv_says_its_table_and_date(tmp_path: Path) -> None:
    path = write(tmp_path, "data.csv", (
        "DATAFLOW,LAST "
        "UPDATE,freq,unit,request,leg_prov,partner,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
        "ESTAT:MIGR_DUBRO(1.0),22/05/26 11:00:00,A,PER,REQ,TOTAL,IT,DE,2023,15479,,\n"
        "ESTAT:MIGR_DUBRO(1.0),22/05/26 11:00:00,A,PER,REQ,A12,IT,DE,2023,,,C\n"
        "ESTAT:MIGR_DUBRO(1.0),22/05/26 11:00:00,A,PER,REQ,TOTAL,TOTAL,DE,2023,74622,p,\n"
    ))  # fmt: skip
    table = read_table(path)
    assert (table.files[0].layout, table.files[0].revision) == ("eurostat-dubro", "2026-05-22")
    assert rows(table, "sender", "destination", "measure", "detail", "count_low", "count_high") == [
        ("DE", "IT", "requests_out", "leg_prov=A12", 0, None), ("DE", "IT", "requests_out", None, 15479,
        15479),
        ("DE", None, "requests_out", None, 74622, 74622),
    ]  # fmt: skip


def test_incoming_requests_turn_sender_and_receiver_round(tmp_path: Path) -> None:
    text = "freq,unit,partner,geo\\TIME_PERIOD\t2014\nA,PER,IT,CH\t7\n"
    out = read_table(write(tmp_path, "estat_migr_dubro.tsv", text))
    into = read_table(write(tmp_path, "estat_migr_dubri.tsv", text))
    assert rows(out, "sender", "destination", "measure") == [("CH", "IT", "requests_out")]
    assert rows(into, "sender", "destination", "measure") == [("IT", "CH", "requests_in")]
    assert out.files[0].how.startswith("by its columns, and by its name among")


def test_a_dublin_table_without_a_telling_name_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "download.tsv", "freq,unit,partner,geo\\TIME_PERIOD\t2014\nA,PER,IT,CH\t7\n")
    with pytest.raises(BadData) as caught:
        read_table(path)
    assert caught.value.problems[0].code == "ambiguous-layout"
    assert rows(read_table(path, layout="eurostat-dubto"), "measure") == [("transfers_out",)]


def test_dublin_answers(tmp_path: Path) -> None:
    path = write(tmp_path, "dublin_decisions_on_outgoing.csv", (
        "reporting_country,partner_country,year,decision,persons\n"
        "DE,EL,2015,ACC,3\nDE,EL,2015,REF,4\nDE,EL,2015,TOTAL,7\nDE,EU28,2015,TOTAL,9\n"
    ))  # fmt: skip
    assert rows(read_table(path), "measure", "destination", "destination_label", "count_low") == [
        ("requests_out_decided", "GR", None, 7), ("requests_out_decided", None, "EU28", 9),
        ("requests_out_accepted", "GR", None, 3), ("requests_out_refused", "GR", None, 4),
    ]  # fmt: skip


def test_rates_are_no_counts(tmp_path: Path) -> None:
    path = write(tmp_path, "x.tsv", TSV + "M,PC,SY,T,FRST,TOTAL,EL\t12\t:\n")
    with pytest.raises(BadData, match="The unit is 'PC'"):
        read_table(path)


# --- Frontex ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heads", [("BorderLocation", "NationalityLong"), ("Border type or inland", "Nationality")]
)
def test_frontex_workbook_in_both_vintages(tmp_path: Path, heads: tuple[str, str]) -> None:
    sheet = [
        [None], ["Route", *heads, "JAN2009", "FEB2009", "MAR2009"],
        ["Western Balkan Route", "Land", "Kosovo*", 10, 0, 3],
        ["Central Mediterranean Route", "Sea", "Unspecified sub-Saharan nationals", None, 7, 0],
    ]  # fmt: skip
    table = read_table(xlsx(tmp_path, "ibc.xlsx", {"Detections_of_IBC": sheet, "Notes": [["words"]]}))
    assert rows(table, "month", "origin", "origin_label", "entry", "region", "count_low") == [
        (date(2009, 1, 1), "XK", None, "land_between_ports", "Western Balkan Route", 10),
        (
            date(2009, 2, 1),
            None,
            "Sub-Saharan Africa, not specified",
            "sea",
            "Central Mediterranean Route",
            7,
        ),
        (date(2009, 3, 1), "XK", None, "land_between_ports", "Western Balkan Route", 3),
    ]
    assert table.files[0].revision == "2009-03"


def test_a_moved_month_column_is_an_error(tmp_path: Path) -> None:
    sheet = [
        ["Route", "BorderLocation", "NationalityLong", "JAN2009", "MAR2009"],
        ["Other", "Sea", "Iraq", 1, 2],
    ]
    with pytest.raises(BadData, match="months in order without a gap"):
        read_table(xlsx(tmp_path, "ibc.xlsx", {"Detections_of_IBC": sheet}))


# --- IOM ----------------------------------------------------------------------------------------------------


def test_three_countries_share_one_header(tmp_path: Path) -> None:
    text = "month,nationality_iso3,persons\n2022-05,VEN,9\n2019-01,CUB,4\n"
    darien = read_table(write(tmp_path, "darien_by_nationality.csv", text))
    honduras = read_table(write(tmp_path, "honduras_by_nationality.csv", text))
    assert rows(darien, "month", "months", "destination") == [
        (date(2019, 1, 1), 12, "PA"), (date(2022, 5, 1), 1, "PA"),
    ]  # fmt: skip
    assert rows(honduras, "months", "destination") == [(1, "HN"), (1, "HN")]
    with pytest.raises(BadData, match="3 layouts have these columns"):
        read_table(write(tmp_path, "entries.csv", text))


def test_cuts_of_one_series_are_one_layout(tmp_path: Path) -> None:
    table = read_table(
        write(tmp_path, "honduras_sex_age.csv", "month,demographic,persons\n2022-05,girls,9\n")
    )
    assert rows(table, "detail", "view") == [("age=child; sex=female", "destination+age+sex")]


def test_guatemala_receives_its_own_nationals(tmp_path: Path) -> None:
    path = write(tmp_path, "g.csv", (
        "month,sex,age,origin,persons\n2020-01,male,unaccompanied child,MEX,5\n2020-01,male,adult,,6\n"
    ))  # fmt: skip
    assert rows(read_table(path), "origin", "sender", "sender_label", "demographic", "count_low") == [
        ("GT", "MX", None, "unaccompanied_child", 5), ("GT", None, "Unknown", None, 6),
    ]  # fmt: skip


def test_exits_have_a_sender(tmp_path: Path) -> None:
    text = "month,reporting_country_iso3,nationality_iso3,persons\n2022-01,COL,NAM,3\n2022-01,COL,,\n"
    table = read_table(write(tmp_path, "regular_exits.csv", text))
    assert rows(table, "origin", "sender", "destination", "count_low") == [("NA", "CO", None, 3)]
