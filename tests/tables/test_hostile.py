"""Every layout on nonsense below a good header, and on shuffled rows: an error of ours, or the same table."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safethird.errors import SafethirdError
from safethird.tables import layouts, read_table
from safethird.tables.check import check_files, text
from safethird.tables.layouts import Layout
from safethird.tables.model import check_frame
from tests.tables.made import write

PLAIN = [layout for layout in layouts() if layout.find is None]
TSV_HEADS = (
    "freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t2015-01\t2015-02",
    "citizen,sex,unit,age,asyl_app,geo\\time\t2016 \t2015 ",
    "freq,unit,partner,decision,geo\\TIME_PERIOD\t2014",
    "DATAFLOW\tfreq\tcitizen\tapplicant\tgeo\tTIME_PERIOD\tOBS_VALUE",
    "EN_YEAR\tEN_MONTH\tEN_COUNTRY_RANK\tEN_COUNTRY_OF_CITIZENSHIP\tTOTAL",
)

# What stands in real cells, and what should not.
_WORDS = """\
2021|2021-03|2019-10-01|DEC|JAN|01 October|5|0|1,234|--|*|D|:|: c|[c]|-1|5.5|TOTAL|Total|All|T|F|M|NA|EL|GTM
OTHER|Iran|Title 8|Title 42|FMUA|UAC|Apprehensions|Expulsions|Sea|Land|Airport|Out|In|Request|Transfer|N|FI|P
C|PER|FRST|ASY_APP|ACC|Q1|2023 Q3|1|U.S. Border Patrol|Southwest Land Border|UASC|Non-UASC|deposit|Removals
"""
CELL = st.sampled_from(re.split(r"[|\n]", _WORDS))
ROWS = st.lists(st.lists(CELL, min_size=14, max_size=14), max_size=5)


def accepts(path: Path, layout: str | None = None) -> None:
    """The file gives a sound table or an error of ours; the report on it can always be printed."""
    report = check_files([path], layout=layout)
    assert text(report)
    assert report.as_dict()
    try:
        table = read_table(path, layout=layout)
    except SafethirdError:
        return
    check_frame(table.frame)
    assert table.frame.height > 0


@pytest.mark.parametrize("layout", PLAIN, ids=lambda layout: layout.id)
@settings(max_examples=25)
@given(rows=ROWS, data=st.data())
def test_nonsense_below_a_good_header(
    tmp_path_factory: pytest.TempPathFactory, layout: Layout, rows: list[list[str]], data: st.DataObject
) -> None:
    optional = (
        data.draw(st.lists(st.sampled_from(sorted(layout.optional)), unique=True)) if layout.optional else []
    )
    columns = [*sorted(layout.required), *optional]
    lines = ["|".join(columns), *("|".join((row * 3)[: len(columns)]) for row in rows)]
    path = write(tmp_path_factory.mktemp("hostile"), "f.csv", "\n".join(lines) + "\n")
    accepts(path, layout.id)


@pytest.mark.parametrize("head", TSV_HEADS)
@settings(max_examples=25)
@given(rows=ROWS)
def test_nonsense_in_tab_separated_files(
    tmp_path_factory: pytest.TempPathFactory, head: str, rows: list[list[str]]
) -> None:
    width = head.count("\t") + 1
    keys = head.partition("\t")[0].count(",") + 1
    lines = [head]
    for row in rows:
        first = ",".join(cell.replace(",", "") for cell in row[:keys]) if keys > 1 else row[0]
        lines.append("\t".join([first, *row[keys : keys + width - 1]]))
    accepts(write(tmp_path_factory.mktemp("hostile"), "estat_migr_dubdo.tsv", "\n".join(lines) + "\n"))


@pytest.mark.parametrize(
    "name",
    [
        "us_ohss_khsm_usbp/usbp_monthly_region_family_status.csv.gz",
        "canada_ircc_asylum_monthly/ircc_asylum_claimants_office_province_2015_2023.csv",
        "uk_small_boats/uk_small_boats_daily.csv",
        "eurostat_dublin_2008_2015/dublin_outgoing_transfers.csv.gz",
    ],
)  # fmt: skip
def test_the_order_of_rows_does_not_matter(shared: Path, tmp_path: Path, name: str) -> None:
    import gzip

    path = shared / "data" / name
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().splitlines()
    body = lines[1:]
    Random(7).shuffle(body)
    again = read_table(write(tmp_path, path.name.removesuffix(".gz"), "\n".join([lines[0], *body]) + "\n"))
    assert again.frame.equals(read_table(path).frame)
