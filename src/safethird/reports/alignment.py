"""Two language versions side by side as plain data, told in one language; every face is made of this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from safethird.drafting.align.model import Alignment, Flag, Paragraph, Row, Version
from safethird.facts.countries import country_name, is_country
from safethird.messages import say
from safethird.reports.lines import bullet, wrapped

Data = dict[str, Any]


def words(message: str, language: str, /, **places: object) -> str:
    """A message about language versions."""
    return say(f"align.{message}", language, **places)


def alignment_data(found: Alignment, language: str) -> Data:
    """Every row with its flags in sentences, every tracked change with its author, every note about the
    files."""
    left, right = found.left, found.right
    notices = [*_notices(left, language), *_notices(right, language), *_terms(found, language)]
    return {
        "language": language,
        "left": {"name": left.name, "language": left.language},
        "right": {"name": right.name, "language": right.language},
        "title": words("title", language, left=left.name, right=right.name),
        "disclaimer": words("disclaimer", language),
        "counts": words(
            "counts", language, rows=len(found.rows), flags=len(found.flags), notices=len(notices)
        ),
        "notices": notices,
        "rows": [_row(found, row, language) for row in found.rows],
    }


def _row(found: Alignment, row: Row, language: str) -> Data:
    entry = (row.left or row.right)[0]
    return {
        "place": _place(row, language),
        "article": _article(row, language),
        "number": entry.number,
        "left": [_paragraph(entry, language) for entry in row.left],
        "right": [_paragraph(entry, language) for entry in row.right],
        "sentences": [{"left": one, "right": other} for one, other in row.sentences],
        "flags": [
            {"kind": flag.kind, "left": list(flag.left), "right": list(flag.right),
             "sentence": flag_sentence(flag, found, language)}
            for flag in row.flags
        ],
    }  # fmt: skip


def _paragraph(entry: Paragraph, language: str) -> Data:
    changes = [
        {
            "kind": change.kind, "author": change.author, "date": change.date, "text": change.text,
            "sentence": words(f"change_{change.kind}", language, text=change.text,
                              author=change.author or words("nobody", language)),
        }
        for change in entry.changes
    ]  # fmt: skip
    return {"at": entry.at, "article": entry.article, "number": entry.number, "text": entry.text,
            "heading": entry.heading, "changes": changes}  # fmt: skip


def _article(row: Row, language: str) -> str:
    number = (row.left or row.right)[0].article
    if number is None:
        return words("opening", language)
    annex = number.startswith("annex ")
    return words("annex" if annex else "article", language, number=number.removeprefix("annex ").upper())


def _place(row: Row, language: str) -> str:
    entry = (row.left or row.right)[0]
    place = _article(row, language)
    if entry.number:
        return f"{place} ({entry.number})"
    if entry.heading and entry.article is not None:
        return place
    return f"{place}, {words('paragraph', language, at=entry.at)}"


def flag_sentence(flag: Flag, found: Alignment, language: str) -> str:
    """What does not agree, in one line."""
    if flag.kind == "missing":
        name = found.left.name if flag.left else found.right.name
        return words("only_left", language, file=name, text=(flag.left or flag.right)[0])
    sides = [_listed(side, flag, language) for side in (flag.left, flag.right)]
    return words("says", language, what=words(f"flag_{flag.kind}", language), left=sides[0], right=sides[1])


def _listed(side: Sequence[str], flag: Flag, language: str) -> str:
    if flag.kind == "country":
        side = [country_name(code, language) if is_country(code) else code for code in side]
    return ", ".join(side) or words("nothing", language)


def _notices(version: Version, language: str) -> Iterator[Data]:
    for notice in version.notices:
        text = words(notice.name, language, detail=notice.detail)
        if notice.paragraph is None:
            sentence = words("notice_file", language, file=version.name, text=text)
        else:
            place = words("paragraph", language, at=notice.paragraph)
            sentence = words("notice_at", language, file=version.name, place=place, text=text)
        yield {
            "name": notice.name,
            "file": version.name,
            "paragraph": notice.paragraph,
            "detail": notice.detail,
            "sentence": sentence,
        }


def _terms(found: Alignment, language: str) -> Iterator[Data]:
    if found.not_followed:
        sentence = words("many_terms", language, number=found.not_followed)
        name = {"name": "many_terms", "file": found.left.name, "paragraph": None}
        yield {**name, "detail": str(found.not_followed), "sentence": sentence}


def alignment_text(data: Data, *, everything: bool = False) -> str:
    """For a terminal: what does not agree; with `everything`, all rows."""
    return "\n".join(_lines(data, everything)) + "\n"


def _lines(data: Data, everything: bool) -> Iterator[str]:
    language = data["language"]
    yield data["title"]
    yield data["counts"]
    if data["notices"]:
        yield ""
        yield words("notices", language).upper()
        for entry in data["notices"]:
            yield from bullet(entry["sentence"], "  ")
    yield ""
    shown = [row for row in data["rows"] if everything or row["flags"] or _changes(row)]
    if not any(row["flags"] for row in data["rows"]):
        yield words("no_flags", language)
    for row in shown:
        yield row["place"]
        for flag in row["flags"]:
            yield from wrapped(f"! {flag['sentence']}", "  ", "  ")
        for side in ("left", "right"):
            text = " ".join(entry["text"] for entry in row[side])
            yield from wrapped(f"{data[side]['language']}: {text or '-'}", "    ", "    ")
        for change in _changes(row):
            yield from bullet(change["sentence"], "    ")
        yield ""
    yield from wrapped(data["disclaimer"])


def _changes(row: Data) -> list[Data]:
    return [change for side in ("left", "right") for entry in row[side] for change in entry["changes"]]
