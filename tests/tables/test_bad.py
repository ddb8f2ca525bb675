"""Files that cannot be used, and what is said about them. Each message is the specification of an error."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.errors import BadData, NoInput, SafethirdError, UsageError
from safethird.tables import read_table
from safethird.tables.sources import Limits
from tests.tables.made import ods, write, xlsx
from tests.tables.test_made_us import AOR, SOUTHWEST, STATE

GOOD = "2021,FYTD,DEC,Other,FL,Single Adults,CUBA,Title 8,5\n"


def said(path: Path, limits: Limits | None = None) -> str:
    """The whole message, with the file's name in place of its path."""
    with pytest.raises(BadData) as caught:
        read_table(path, limits=limits)
    return str(caught.value).replace(str(path), path.name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            STATE + GOOD + "2021,FYTD,DEC,Other,FL,Single Adu",
            "f.csv:3: The row has 6 cells. Expected: 9, as in the header. The file may be cut short.",
            id="truncated",
        ),
        pytest.param(
            STATE + GOOD.replace("CUBA", "CHINA, PEOPLES REPUBLIC OF") + GOOD,
            "f.csv:2: The row has 10 cells. Expected: 9, as in the header. A comma inside a cell may lack "
            "its quotes.",
            id="ragged",
        ),
        pytest.param(
            STATE + '2021,FYTD,DEC,Other,FL,Single Adults,"CUBA,Title 8,5\n',
            "f.csv: A quoted cell does not end where it should, or a quote stands inside a cell. The file "
            "may be cut "
            "short. Download it again.",
            id="open quote",
        ),
        pytest.param(
            STATE + GOOD + GOOD.replace("DEC", "DEZ"),
            "f.csv:3 (Month (abbv)): 'DEZ' is not a month. Expected: the English or French name of a month.",
            id="impossible month",
        ),
        pytest.param(
            STATE + GOOD + GOOD.replace("2021", "21"),
            "f.csv:3 (Fiscal Year): '21' is not a fiscal year. Expected: a year such as 2024 or 2025 (FYTD).",
            id="impossible year",
        ),
        pytest.param(
            STATE + GOOD + GOOD.replace(",5", ",-5"),
            "f.csv:3 (Encounter Count): The count '-5' is below zero. Expected: a whole number.",
            id="negative",
        ),
        pytest.param(
            STATE + GOOD + GOOD.replace(",5", ",5.5") * 2 + GOOD.replace(",5", ",99999999999999"),
            "f.csv:3 (Encounter Count): '5.5' is not a count (and on 1 more rows). Expected: a whole "
            "number.\n"
            "f.csv:5 (Encounter Count): The number is too large for a count of people. Expected: at most "
            "10,000,000,000.",
            id="no whole number",
        ),
        pytest.param(
            STATE + GOOD + GOOD.replace(",5", ","),
            "f.csv:3: The count is empty on 1 rows of months that have been reported.",
            id="empty count",
        ),
        pytest.param(
            STATE + GOOD.replace("Single Adults", "Single Adult"),
            "f.csv:2 (Demographic): 'Single Adult' is not a known Demographic. Expected: one of: Single "
            "Adults, FMUA, "
            "Family Unit Individuals, Individuals in a Family Unit, Family Units, UAC, UC, UC / Single "
            "Minors, "
            "Unaccompanied Children, Unaccompanied Alien Children, Accompanied Minors; did you mean 'single "
            "adults'?.",
            id="unknown demographic",
        ),
        pytest.param(
            STATE + GOOD * 3 + GOOD.replace("CUBA", "HAITI") * 3,
            "f.csv: 2 of 2 cells are in the file twice with the same number. The table may have been pasted "
            "twice.",
            id="pasted twice",
        ),
        pytest.param(STATE, "f.csv: The table has a header and no rows.", id="no rows"),
        pytest.param("", "f.csv: The file is empty.", id="empty"),
        pytest.param(" \n\n", "f.csv: The file is empty.", id="blank"),
        pytest.param(
            "<!DOCTYPE html><html>Access denied</html>",
            "f.csv: This is a web page, not a table. The download was blocked or has moved. Open the "
            "publisher's page "
            "and save the file itself.",
            id="web page",
        ),
        pytest.param(
            STATE.replace("Encounter Count", "Encounters") + GOOD,
            "f.csv: The file fits no known layout. The nearest is 'nationwide encounters by state' "
            "(cbp-nationwide-state). Expected: also the column 'encounter_count' (is 'encounters' that "
            "column?). See "
            "https://www.cbp.gov/document/stats/nationwide-encounters",
            id="renamed column",
        ),
        pytest.param(
            SOUTHWEST.replace("Encounter Type,", "").replace("Component,", "") + GOOD,
            "f.csv: The file fits no known layout. The nearest is 'south-west land border encounters' "
            "(cbp-southwest). "
            "Expected: also the column 'component', 'encounter_type'. See "
            "https://www.cbp.gov/document/stats/southwest-land-border-encounters",
            id="columns missing",
        ),
        pytest.param(
            "a,b,c\n1,2,3\n",
            "f.csv: The file fits no known layout. Expected: a table of Eurostat, Frontex, Government of "
            "Canada, IOM, "
            "from national authorities, Immigration, Refugees and Citizenship Canada, UK Home Office, UNHCR, "
            "US Border "
            "Patrol, US Customs and Border Protection, US Office of Homeland Security Statistics.",
            id="another table",
        ),
        pytest.param(
            '{"error": "rate limit"}',
            "f.csv: This JSON is not the answer of a statistics interface that is known here. Expected: an "
            "object with "
            "a list named 'items' (api.unhcr.org). From Eurostat, take TSV or SDMX-CSV.",
            id="json of something else",
        ),
        pytest.param(
            '{"items": [{"year": 2020',
            "f.csv:1: The JSON text is damaged or cut short. Download it again.",
            id="json cut short",
        ),
        pytest.param(
            "[" * 100_000,
            "f.csv: The JSON text is damaged or cut short. Download it again.",
            id="json nested too deeply",
        ),
        pytest.param(
            STATE + GOOD.replace("CUBA", "CU\x00BA"), "f.csv: The file holds zero bytes and is not text.",
            id="zero byte"
        ),
    ],
)  # fmt: skip
def test_text_files(tmp_path: Path, text: str, message: str) -> None:
    assert said(write(tmp_path, "f.csv", text)) == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(
            (STATE + GOOD.replace("CUBA", "CURAÇAO")).encode("cp1252"),
            "f.csv:2: The file is not UTF-8. Save it again as 'CSV UTF-8'. Other encodings turn names with "
            "accents into "
            "other names.",
            id="Windows encoding",
        ),
        pytest.param(
            gzip.compress((STATE + GOOD * 500).encode())[:-20],
            "f.csv: The gzip file is damaged or cut short. Download it again.",
            id="gzip cut short",
        ),
        pytest.param(
            b"\x1f\x8b garbage", "f.csv: The gzip file is damaged or cut short. Download it again.",
            id="no gzip"
        ),
        pytest.param(
            b"PK\x03\x04 garbage",
            "f.csv: The zip file or workbook is damaged, locked or cut short. Download it again, or save it "
            "without a "
            "password.",
            id="no zip",
        ),
        pytest.param(
            b"%PDF-1.7 ...",
            "f.csv: This is a PDF, not a table of text. Publishers give the same table as CSV or XLSX.",
            id="pdf",
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "f.csv: This is an old Excel file (.xls), not a table of text. Save it as .xlsx.",
            id="old excel, or one with a password",
        ),
        pytest.param(
            gzip.compress(b"RDX3\nX\n"),
            "f.csv: This is an R data file, not a table of text. Write it as CSV in R: write.csv(x, 'x.csv', "
            "row.names "
            "= FALSE, na = '').",
            id="r data",
        ),
        pytest.param(
            gzip.compress(b"0" * (64 << 20)),
            "f.csv: The file unpacks to more than 100 times its size; no published table does.",
            id="gzip bomb",
        ),
    ],
)  # fmt: skip
def test_packed_and_foreign_files(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(raw)
    assert said(path) == message


def test_zip_bomb_and_zip_of_several_tables(tmp_path: Path) -> None:
    bomb = tmp_path / "f.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", b"0" * (64 << 20))
    assert said(bomb) == "f.zip: The file unpacks to more than 100 times its size; no published table does."
    two = tmp_path / "g.zip"
    with zipfile.ZipFile(two, "w") as packed:
        packed.writestr("a.csv", STATE + GOOD)
        packed.writestr("b.csv", STATE + GOOD)
    assert said(two) == (
        "g.zip: The zip file holds 2 tables. Expected: one table. Unpack it and name the file that you want."
    )


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", b"0" * 1_000_000)
    raw = stream.getvalue()
    path = tmp_path / "f.zip"
    path.write_bytes(raw.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert said(path).startswith("f.zip: The zip file or workbook is damaged")


def test_a_workbook_with_one_cell_in_the_last_corner(tmp_path: Path) -> None:
    path = xlsx(tmp_path, "f.xlsx", {"S": [["a"]]})
    inside = {}
    with zipfile.ZipFile(path) as book:
        inside = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    inside[sheet] = inside[sheet].replace(b"</sheetData>", corner)
    with zipfile.ZipFile(path, "w") as book:
        for name, raw in inside.items():
            book.writestr(name, raw)
    assert said(path) == (
        "f.xlsx: The workbook spans 17,179,869,184 cells. Expected: at most 8,000,000. Save the sheet that "
        "you need as "
        "CSV."
    )


def test_an_ods_file_with_repeated_cells(tmp_path: Path) -> None:
    bomb = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000" '
        'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    assert said(ods(tmp_path, "f.ods", {"S": [["a"]]}, bomb)).startswith(
        "f.ods: The workbook spans 16,000,016,000 cells"
    )


def test_blank_repeated_rows_at_the_end_of_an_ods_file_are_usual(tmp_path: Path) -> None:
    blank = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    rows = [STATE.strip().split(","), GOOD.strip().split(",")]
    assert read_table(ods(tmp_path, "f.ods", {"S": rows}, blank)).frame.height == 1


def test_without_the_extra_a_workbook_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsx(tmp_path, "f.xlsx", {"S": [STATE.strip().split(","), GOOD.strip().split(",")]})
    assert read_table(path).frame.height == 1
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert said(path) == (
        "f.xlsx: Reading a workbook needs the package python-calamine. Install it with: pip install "
        "'safethird[tables]'"
    )


def test_limits_of_size(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", STATE + GOOD * 100)
    assert said(path, Limits(most_bytes=1000)) == (
        "f.csv: The file is larger than 0 MB. Download an extract: fewer years, or only the totals of age "
        "and sex."
    )
    packed = write(tmp_path, "f.csv.gz", STATE + GOOD * 100)
    assert "larger than" in said(packed, Limits(most_bytes=1000))


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(NoInput, match=r"no such file|folder"):
            read_table(path)


def test_a_layout_that_does_not_exist_or_does_not_fit(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", STATE + GOOD)
    with pytest.raises(UsageError, match="Did you mean 'cbp-nationwide-state'"):
        read_table(path, layout="cbp-nationwide-stat")
    with pytest.raises(BadData, match="The nearest is 'nationwide encounters by area of responsibility'"):
        read_table(path, layout="cbp-nationwide-aor")


def test_totals_that_are_off_are_found(tmp_path: Path) -> None:
    from safethird.tables.check import check_files, text

    path = write(tmp_path, "f.csv", (
        "year,mode_of_entry,asylum_claims\n2023,Airport,10\n2023,Irregular,5\n2023,Total,16\n"
    ))  # fmt: skip
    report = check_files([path])
    assert report.exit_code == 65
    assert (
        "  !! parts do not add up: claims by destination+entry against destination, 1 of 1 totals are off\n"
        "     2023-01, CA: total 16, parts 15\n"
    ) in text(report)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_our_errors(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "f.csv"
    path.write_bytes(raw)
    with pytest.raises(SafethirdError):
        read_table(path)


ALPHABET = st.sampled_from(
    [",", "\n", '"', "\t", "2021", "DEC", "Title 8", "CUBA", "5", "-", "", "FMUA", "é", "0", "x"]
)


@given(st.lists(ALPHABET, max_size=60).map("".join), st.sampled_from([STATE, SOUTHWEST, AOR]))
def test_no_text_below_a_good_header_raises_anything_but_our_errors(
    tmp_path_factory: pytest.TempPathFactory, body: str, header: str
) -> None:
    path = write(tmp_path_factory.mktemp("text"), "f.csv", header + body)
    try:
        table = read_table(path)
    except SafethirdError:
        return
    assert table.frame.height > 0


@given(st.integers(0, 400))
def test_a_file_cut_anywhere_is_refused_or_loses_only_whole_rows(
    tmp_path_factory: pytest.TempPathFactory, at: int
) -> None:
    text = STATE + "".join(GOOD.replace("CUBA", name) for name in ("CUBA", "HAITI", "PERU", "CHAD"))
    whole = read_table(write(tmp_path_factory.mktemp("cut"), "f.csv", text)).frame
    part = text[: min(at, len(text))]
    path = write(tmp_path_factory.mktemp("cut"), "f.csv", part)
    try:
        frame = read_table(path).frame
    except SafethirdError:
        return
    # A row that lost only the end of its number cannot be told from a whole one; no other row may differ.
    assert frame.join(whole, on=frame.columns, how="anti", nulls_equal=True).height <= 1
