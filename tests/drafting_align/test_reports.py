"""The bilingual table as JSON, page and Word file: keys that stay, authors shown, nothing from outside."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from safethird.cli.main import run as run_cli
from safethird.reports import alignment_files
from tests.drafting_align.traps import deleted, inserted, paragraph, run, word


@pytest.fixture
def tracked(tmp_path: Path) -> tuple[Path, Path]:
    """A Word draft with a tracked change by a named author, and its Spanish text that did not follow."""
    body = paragraph(run("Article 1")) + paragraph(
        run("1. Persons under ")
        + deleted("18 ", "Ana Ruiz")
        + inserted("21 ", "Ana Ruiz")
        + run("shall stay.")
    )
    left = word(tmp_path / "draft.en.docx", body + paragraph(run("2. A Party may end it.")))
    right = tmp_path / "draft.es.md"
    right.write_text(
        "Artículo 1\n\n1. Los menores de 18 años deberán permanecer.\n\n2. Una Parte podrá terminarlo.\n",
        encoding="utf-8",
    )
    return left, right


def written(pair: tuple[Path, Path], form: str, out: Path, *more: str) -> Path:
    command = ["align", *map(str, pair), "--format", form, "--output", str(out), *more]
    assert run_cli(command) == 0
    return out


def test_the_keys_of_the_json_are_those_of_the_docs(tracked: tuple[Path, Path], tmp_path: Path) -> None:
    data = json.loads(written(tracked, "json", tmp_path / "o.json").read_text(encoding="utf-8"))
    docs = (Path(__file__).parents[2] / "docs" / "align.md").read_text(encoding="utf-8")
    row = data["rows"][1]
    for group in (
        data,
        row,
        row["left"][0],
        row["left"][0]["changes"][0],
        row["flags"][0],
        row["sentences"][0],
    ):
        for key in group:
            assert f"`{key}`" in docs, key
    assert [flag["kind"] for flag in row["flags"]] == ["age"]
    assert (row["flags"][0]["left"], row["flags"][0]["right"]) == (["21 age"], ["18 age"])
    assert (row["article"], row["number"], row["place"]) == ("Article 1", "1", "Article 1 (1)")
    assert [change["author"] for change in row["left"][0]["changes"]] == ["Ana Ruiz", "Ana Ruiz"]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_page_stands_alone_and_shows_authors(
    tracked: tuple[Path, Path], tmp_path: Path, language: str
) -> None:
    page = written(tracked, "html", tmp_path / "o.html", "--lang", language).read_text(encoding="utf-8")
    assert page.count("Ana Ruiz") == 2
    assert '<td lang="es">' in page
    assert not re.search(r"<script|<link|src=|@import|url\(", page)
    anchors = re.findall(r'href="#(row-[^"]+)"', page)
    assert anchors
    assert all(page.count(f'id="{anchor}"') == 1 for anchor in anchors)


def test_the_word_table_opens_lies_sideways_and_repeats_its_head(
    tracked: tuple[Path, Path], tmp_path: Path
) -> None:
    docx = pytest.importorskip("docx", reason="the extra 'docx' is not installed")
    document = docx.Document(io.BytesIO(written(tracked, "docx", tmp_path / "o.docx").read_bytes()))
    (table,) = document.tables
    assert document.sections[0].page_width > document.sections[0].page_height
    assert "w:tblHeader" in table.rows[0]._tr.xml
    told = [cell.text for cell in table.rows[2].cells]
    assert told[0] == "1"
    assert told[1] == "1. Persons under 21 shall stay."
    assert told[2] == "1. Los menores de 18 años deberán permanecer."
    assert "21" in told[3]
    assert told[3].count("Ana Ruiz") == 2


def test_a_very_long_word_table_holds_only_rows_with_something_to_say(
    tracked: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docx = pytest.importorskip("docx", reason="the extra 'docx' is not installed")
    monkeypatch.setattr(alignment_files, "MOST_ROWS", 2)
    document = docx.Document(io.BytesIO(written(tracked, "docx", tmp_path / "o.docx").read_bytes()))
    assert len(document.tables[0].rows) == 2
    assert any("3 rows" in entry.text for entry in document.paragraphs)


def test_a_text_of_very_many_terms_ends_soon_and_says_what_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = tmp_path / "t.en", tmp_path / "t.es"
    pair[0].write_text("\n".join(f'"Word{at}" means thing {at}.' for at in range(400)), encoding="utf-8")
    pair[1].write_text(
        "\n".join(f'"Vocablo{at}" significa cosa {at}.' for at in range(400)), encoding="utf-8"
    )
    assert run_cli(["align", *map(str, pair)]) == 0
    assert "100 of them were not followed" in capsys.readouterr().out
