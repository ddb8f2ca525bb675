"""Files as word processors and printers make them: nested tables, text boxes, notes, hidden text; headers,
page numbers and broken words of a PDF."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from safethird.cli.main import run as run_cli
from safethird.drafting.align.readers import read_version
from safethird.errors import BadData
from tests.drafting_align.traps import TYPES, W, inserted, paragraph, pdf, run, word


def texts(path: Path) -> list[str]:
    return [entry.text for entry in read_version(path, "en").paragraphs]


def names(path: Path) -> list[tuple[str, int | None]]:
    return [(notice.name, notice.paragraph) for notice in read_version(path, "en").notices]


def cell(*inner: str) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{entry}</w:tc>" for entry in inner) + "</w:tr></w:tbl>"


def test_tables_in_tables_are_read_in_order(tmp_path: Path) -> None:
    inner = cell(paragraph(run("(a)")), paragraph(run("a minor;")))
    body = paragraph(run("Article 1")) + cell(paragraph(run("1.")), paragraph(run("Scope.")) + inner)
    # A number in a cell of its own belongs to the text in the next cell.
    assert texts(word(tmp_path / "t.docx", body)) == ["Article 1", "1. Scope.", "(a) a minor;"]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('In the box.'))}</w:txbxContent>"
    markup = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    alternate = (
        f'<mc:AlternateContent xmlns:mc="{markup}"><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    path = word(tmp_path / "t.docx", paragraph(run("Before. ") + f"<w:r>{alternate}</w:r>" + run("After.")))
    assert texts(path) == ["In the box.", "Before. After."]


@pytest.mark.parametrize("part", ["footnotes", "endnotes", "comments"])
def test_notes_and_comments_are_left_out_and_that_is_said(tmp_path: Path, part: str) -> None:
    body = paragraph(run("One.") + '<w:r><w:footnoteReference w:id="1"/></w:r>')
    notes = f'<w:{part} xmlns:w="{W}">{paragraph(run("A note."))}</w:{part}>'.encode()
    path = word(tmp_path / "t.docx", body, parts={f"word/{part}.xml": notes})
    assert texts(path) == ["One."]
    assert names(path) == [(f"left_out_{part}", None)]


def test_text_that_the_file_hides_is_read_and_pointed_out(tmp_path: Path) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>not </w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r>'
    path = word(tmp_path / "t.docx", paragraph(run("First.")) + paragraph(run("It is ") + hidden + shown))
    assert texts(path) == ["First.", "It is not seen"]
    assert names(path) == [("hidden_text", 2)]


def test_the_form_before_a_change_of_form_counts_for_nothing(tmp_path: Path) -> None:
    style = (
        '<w:pPr><w:pPrChange w:author="A"><w:pPr><w:pStyle w:val="Heading1"/></w:pPr></w:pPrChange></w:pPr>'
    )
    path = word(tmp_path / "t.docx", paragraph(style + run("Plain.") + inserted(" More.", "A")))
    (only,) = read_version(path, "en").paragraphs
    assert not only.heading
    assert only.text == "Plain. More."


def test_a_deleted_end_of_a_paragraph_runs_it_together_with_the_next(tmp_path: Path) -> None:
    gone = '<w:pPr><w:rPr><w:del w:id="9" w:author="A"/></w:rPr></w:pPr>'
    body = paragraph(gone + run("One goes on ")) + paragraph(run("here.")) + paragraph(run("Two."))
    assert texts(word(tmp_path / "t.docx", body)) == ["One goes on here.", "Two."]
    last = word(tmp_path / "l.docx", paragraph(run("One.")) + paragraph(gone + run("Two.")))
    assert texts(last) == ["One.", "Two."]


@pytest.mark.parametrize("stored", [False, True], ids=["packed", "stored"])
def test_very_many_empty_paragraphs_end_soon(tmp_path: Path, stored: bool) -> None:
    path = tmp_path / "empty.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(more=""))
        body = "<w:p/>" * (100_000 if stored else 1_000_000) + (paragraph(run("Here.")) if stored else "")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    begun = time.process_time()
    if stored:
        assert texts(path) == ["Here."]
    else:
        with pytest.raises(BadData, match="unpacks to far more"):
            read_version(path, "en")
    assert time.process_time() - begun < 5


def test_a_macro_file_by_its_name_and_type_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    override = f'<Override PartName="/word/document.xml" ContentType="{kind}"/>'
    path = word(tmp_path / "draft.en.docm", paragraph(run("x")), types=override)
    other = tmp_path / "draft.es"
    other.write_text("Hola.", encoding="utf-8")
    assert run_cli(["align", str(path), str(other)]) == 65
    told = capsys.readouterr().err
    assert "macros" in told
    assert "Traceback" not in told


# --- PDF -----------------------------------------------------------------------------------------


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """Three pages with a header, a number at the foot, words broken at the end of lines, a paragraph over
    the end of a page."""
    pytest.importorskip("pypdf", reason="the extra 'pdf' is not installed")
    head = "DRAFT AGREEMENT - CONFIDENTIAL"
    path = tmp_path / "draft.pdf"
    path.write_bytes(
        pdf(
            [head, "Article 1 - Scope", "1. This Agreement applies to every appli-", "cant who entered on or after",
             "1 March 2024.", "- 1 -"],
            [head, "2. The principle of non-", "refoulement is binding, as in paragraph", "1. of Article 5 it is, and a Party shall",
             "not transfer", "- 2 -"],
            [head, "anybody within 30 days.", "Article 2", "3. Nothing here limits non-refoulement.", "- 3 -"],
        )
    )  # fmt: skip
    return path


def test_headers_page_numbers_and_broken_words_of_a_pdf(printed: Path) -> None:
    assert texts(printed) == [
        "Article 1 - Scope",
        "1. This Agreement applies to every applicant who entered on or after 1 March 2024.",
        "2. The principle of non-refoulement is binding, as in paragraph 1. of Article 5 it is, and a Party shall "
        "not transfer anybody within 30 days.",
        "Article 2",
        "3. Nothing here limits non-refoulement.",
    ]
    assert names(printed) == [("pdf_text", None)]


def test_a_pdf_with_restrictions_opens_and_one_with_a_password_does_not(
    printed: Path, tmp_path: Path
) -> None:
    import pypdf

    for user, opens in (("", True), ("secret", False)):
        writer = pypdf.PdfWriter(clone_from=str(printed))
        writer.encrypt(user_password=user, owner_password=user + "x", algorithm="RC4-128")
        path = tmp_path / f"locked{opens}.pdf"
        writer.write(str(path))
        if opens:
            assert texts(path)[0] == "Article 1 - Scope"
        else:
            with pytest.raises(BadData, match="password"):
                read_version(path, "en")
