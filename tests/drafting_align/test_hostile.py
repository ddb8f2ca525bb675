"""Files that strangers send: refused, or read with a clear word about what is odd."""

from __future__ import annotations

import random
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from safethird.cli.main import run as run_cli
from safethird.drafting.align import paths
from safethird.drafting.align.aligned import paired
from safethird.drafting.align.model import Version
from safethird.drafting.align.readers import read_version
from safethird.errors import BadData
from tests.drafting_align import measure
from tests.drafting_align.traps import deleted, inserted, paragraph, pdf, run, word


def code_of(path: Path) -> str | None:
    with pytest.raises(BadData) as caught:
        read_version(path, "en")
    return caught.value.problems[0].code


def names_of(version: Version) -> list[str]:
    return [notice.name for notice in version.notices]


def test_entities_that_name_files_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for you", encoding="utf-8")
    trap = f'<!DOCTYPE x [<!ENTITY steal SYSTEM "file://{secret}">]>'
    path = word(tmp_path / "xxe.docx", paragraph("<w:r><w:t>&steal;</w:t></w:r>"), before=trap)
    assert code_of(path) == "xml-entities"


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "lol"}">' for at in range(12))
    path = word(
        tmp_path / "laughs.docx", paragraph("<w:r><w:t>&l11;</w:t></w:r>"), before=f"<!DOCTYPE x [{laughs}]>"
    )
    begun = time.monotonic()
    assert code_of(path) == "xml-entities"
    assert time.monotonic() - begun < 2


def test_archives_that_unpack_to_far_too_much_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<" + b" " * 80_000_000)
    begun = time.monotonic()
    assert code_of(path) == "zip-bomb"
    assert time.monotonic() - begun < 5


def test_archives_of_very_many_parts_are_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "many.docx", paragraph(run("x")), parts={f"p{at}": b"" for at in range(5_001)})
    assert code_of(path) == "zip-bomb"


@pytest.mark.parametrize("how", ["part", "type"])
def test_macros_are_refused(tmp_path: Path, how: str) -> None:
    parts = {"word/vbaProject.bin": b"\xd0\xcf"} if how == "part" else {}
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    types = f'<Override PartName="/word/document.xml" ContentType="{macro}"/>' if how == "type" else ""
    assert code_of(word(tmp_path / "m.docx", paragraph(run("x")), types=types, parts=parts)) == "macros"


@pytest.mark.parametrize(
    ("kind", "refused"), [("attachedTemplate", True), ("image", True), ("hyperlink", False)]
)
def test_things_from_outside_are_refused_but_links_are_not(tmp_path: Path, kind: str, refused: bool) -> None:
    space = "http://schemas.openxmlformats.org"
    relation = (
        f'<Relationships xmlns="{space}/package/2006/relationships">'
        '<Relationship Id="r" TargetMode="External" '
        f'Type="{space}/officeDocument/2006/relationships/{kind}" Target="http://example.org/x"/></Relationships>'
    )
    path = word(
        tmp_path / "o.docx",
        paragraph(run("Text.")),
        parts={"word/_rels/document.xml.rels": relation.encode()},
    )
    if refused:
        assert code_of(path) == "external-reference"
    else:
        assert read_version(path, "en").paragraphs[0].text == "Text."


def test_deep_xml_is_refused(tmp_path: Path) -> None:
    path = word(tmp_path / "deep.docx", "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000)
    assert code_of(path) == "too-deep"


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""])
def test_damaged_and_old_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.docx"
    path.write_bytes(content)
    assert code_of(path) in ("not-docx", "old-word", "empty")


@pytest.mark.parametrize("at", range(30, 700, 67))
def test_a_flipped_byte_is_no_fault_of_ours(tmp_path: Path, at: int) -> None:
    path = word(tmp_path / "f.docx", paragraph(run("Some text that is long enough to be packed.")))
    raw = bytearray(path.read_bytes())
    raw[at % len(raw)] ^= 0xFF
    path.write_bytes(bytes(raw))
    with suppress(BadData):  # any other error is a fault of ours
        read_version(path, "en")


def test_tracked_changes_keep_their_authors(tmp_path: Path) -> None:
    body = paragraph(
        run("Persons ") + deleted("under 21 ", "Party A") + inserted("under 18 ", "Party B") + run("stay.")
    )
    version = read_version(word(tmp_path / "t.docx", body), "en")
    only = version.paragraphs[0]
    assert only.text == "Persons under 18 stay."
    assert [(change.kind, change.author, change.text.strip()) for change in only.changes] == [
        ("deleted", "Party A", "under 21"), ("inserted", "Party B", "under 18"),
    ]  # fmt: skip
    assert names_of(version) == []


def test_changes_by_nobody_and_by_strangers_are_pointed_out(tmp_path: Path) -> None:
    body = (
        paragraph(inserted("One. ", None))
        + paragraph(inserted("Two. ", "Stranger"))
        + paragraph(inserted("3.", "A"))
    )
    path = word(tmp_path / "t.docx", body)
    assert names_of(read_version(path, "en")) == ["nameless_change"]
    strict = read_version(path, "en", authors=["a"])
    assert [(notice.name, notice.detail) for notice in strict.notices] == [
        ("nameless_change", ""), ("stranger_change", "Stranger"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [("Persons \u202eredrev\u202c stay.", "turning_signs"), ("Per\u200bsons stay.", "hidden_signs"),
     ("The P\u0430rties stay.", "look_alikes")],
)  # fmt: skip
def test_signs_that_mislead_are_pointed_out_and_do_not_mislead_us(
    tmp_path: Path, text: str, name: str
) -> None:
    path = tmp_path / "t.en"
    path.write_text(text, encoding="utf-8")
    version = read_version(path)
    assert names_of(version) == [name]
    assert not any(sign in version.paragraphs[0].text for sign in "\u202e\u202c\u200b")


def test_plain_greek_and_accents_are_no_reason_for_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "t.fr"
    path.write_text("Réfugié·e·s à Genève, œuvre ; Αθήνα.", encoding="utf-8")
    assert read_version(path).notices == ()


def endless(paragraphs: int) -> tuple[Version, Version, set[tuple[int, int]]]:
    """A long text without any number of articles or paragraphs, with one paragraph in fifty missing on a side,
    and the links that hold."""
    draw = random.Random(3)
    pool = list(zip(measure.sample("en"), measure.sample("es"), strict=True))
    left: list[str] = []
    right: list[str] = []
    wanted = set()
    for _ in range(paragraphs):
        one, other = (measure.unnumbered(text) for text in draw.choice(pool))
        if draw.random() < 0.3:
            count = draw.randrange(20, 9_000)
            one, other = f"{one} ({count} persons)", f"{other} ({count} personas)"
        gone = draw.random()
        if gone > 0.01:
            left.append(one)
        if gone < 0.01 or gone > 0.02:
            right.append(other)
        if gone > 0.02:
            wanted.add((len(left), len(right)))
    return measure.version(left, "en"), measure.version(right, "es"), wanted


def test_work_grows_with_the_length_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the text is twice the comparisons, also where no number of an article holds the path."""
    asked = 0
    real = paths._cost

    def counted(*given: object) -> float:
        nonlocal asked
        asked += 1
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(paths, "_cost", counted)
    work = []
    for size in (700, 1_400):
        asked = 0
        left, right, wanted = endless(size)
        found, _ = paired(left, right)
        links = {(a.at, b.at) for one, two, _, _ in found for a in one for b in two}
        assert measure.score(wanted, links).recall > 0.97
        work.append(asked)
    assert work[1] < 2.5 * work[0]
    assert work[1] < 100 * 1_400


def test_the_message_is_plain_and_the_exit_code_says_bad_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = word(tmp_path / "m.en.docx", paragraph(run("x")), parts={"word/vbaProject.bin": b"x"})
    other = tmp_path / "t.es"
    other.write_text("Hola.", encoding="utf-8")
    assert run_cli(["align", str(path), str(other)]) == 65
    assert "macros" in capsys.readouterr().err


def test_the_text_layer_of_a_pdf_is_read_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="the extra 'pdf' is not installed")
    path = tmp_path / "empty.pdf"
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(str(path))
    assert code_of(path) == "no-text-layer"
    written = tmp_path / "text.pdf"
    written.write_bytes(pdf(["Article 1", "The Party shall act within 30 days."]))
    version = read_version(written, "en")
    assert version.articles[0].number == "1"
    assert "within 30 days" in version.paragraphs[-1].text
    assert names_of(version) == ["pdf_text"]
    path.write_bytes(b"%PDF-1.7 broken")
    assert code_of(path) == "not-pdf"
