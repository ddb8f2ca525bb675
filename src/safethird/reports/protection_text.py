"""Assessments as plain text for a terminal or a file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from safethird.protection.assess import Assessment
from safethird.protection.link import FindingEvidence
from safethird.reports.lines import WIDTH, bullet, wrapped
from safethird.reports.protection import Data, heading, outline, words
from safethird.reports.protection_many import all_countries, comparison, person_lines

_MARKS = {"met": "+", "not_met": "-", "unknown": "?", "disputed": "±", "weighed": "~", "none": " "}


def _marked(text: str, indent: str, mark: str) -> list[str]:
    """A paragraph with a mark before its first line."""
    first = f"{indent}{mark} "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def assessment_text(assessment: Assessment, language: str) -> str:
    """One assessment."""
    data = outline(assessment, language)
    lines = [data["heading"], ""]
    for note in data["notes"]:
        lines += wrapped(note)
    lines.append("")
    for test in data["tests"]:
        lines += [*_test_lines(test, language), ""]
    lines += [words("matrix", language), *_matrix_lines(data, language), ""]
    lines.append(words("evidence", language))
    for criterion in data["criteria"]:
        lines += [*_criterion_lines(criterion, language), ""]
    if data["courts"]:
        lines.append(words("courts", language))
        for entry in data["courts"]:
            lines += bullet(f"{entry['text']} [{entry['number']}]")
        lines.append("")
    lines += [*_capacity_lines(data, language), ""]
    if data["figures"]:
        lines.append(words("figures", language))
        for figure in data["figures"]:
            lines += bullet(f"{figure['label']}: {figure['value']} ({figure['year']}, {figure['publisher']})")
        lines += wrapped(words("age_not_published", language), "    ")
        lines += [*wrapped(words("figures_note", language), "    "), ""]
    if data["open_questions"]:
        lines.append(words("open_questions", language))
        for question in data["open_questions"]:
            lines += bullet(question)
        lines.append("")
    lines += [*_number_lines(data, language), ""]
    lines.append(words("sources", language))
    for source in data["sources"]:
        notes = f" ({'; '.join(source['notes'])})" if source["notes"] else ""
        where = f" {source['url']}" if source["url"] else ""
        lines += wrapped(
            f"[{source['number']}] {source['publisher']}: {source['title']}{notes}.{where}", "    ", "    "
        )
    lines += ["", *wrapped(words("disclaimer", language)), data["version"]]
    return "\n".join(lines)


def _test_lines(test: Data, language: str) -> Iterator[str]:
    yield from wrapped(
        f"[{test['number']}] {test['title']} ({test['id']}): {test['word'].upper()}", "", "    "
    )
    for sentence in test["says"]:
        yield from wrapped(sentence, "    ")
    for limb in test["limbs"]:
        cite = f"[{limb['citation'].pinpoint_in(language)}]"
        text = f"{limb['role']}: {limb['label']}: {limb['word']} ({limb['criteria']}) {cite}"
        yield from _marked(text, "    ", _MARKS[limb["status"]])
        if limb["decided_by"]:
            yield from wrapped(words("decided_by", language, who=limb["decided_by"]), "        ")
    for question in test["open_questions"]:
        yield from _marked(question, "    ", "?")


def _matrix_lines(data: Data, language: str) -> Iterator[str]:
    width = max((len(word) for row in data["matrix"] for _, word in row["cells"]), default=4) + 1
    label_width = max((len(row["label"]) for row in data["matrix"]), default=10) + 4
    head = "".join(f"[{test['number']}]".ljust(width) for test in data["tests"])
    yield f"    {words('criterion', language).ljust(label_width)} {head}".rstrip()
    for row in data["matrix"]:
        cells = "".join(word.ljust(width) for _, word in row["cells"])
        yield f"    {(row['id'] + ' ' + row['label']).ljust(label_width)} {cells}".rstrip()
    results = "".join(test["word"][: width - 1].ljust(width) for test in data["tests"])
    yield f"    {words('result', language).ljust(label_width)} {results}".rstrip()


def _criterion_lines(criterion: Data, language: str) -> Iterator[str]:
    said = "; ".join(
        entry["word"] + (f" ({entry['tests']})" if entry["tests"] else "") for entry in criterion["statuses"]
    )
    yield from wrapped(f"{criterion['id']} {criterion['label']}: {said}", "    ", "    ")
    yield from wrapped(f"{criterion['question']} {criterion['nature']}.".replace("..", "."), "      ")
    for text in criterion["bound"]:
        yield from _marked(text, "      ", "!")
    if not criterion["items"]:
        yield f"      {words('no_evidence', language)}"
    for item in criterion["items"]:
        mark = "+" if item["side"] == "for" else "-"
        if not item["counts"]:
            mark = "."
        ended = f" {item['ended']}" if item["ended"] else ""
        text = f"{item['side_word']}: {item['claim']}{ended} [{item['number']}] ({'; '.join(item['notes'])})"
        yield from _marked(text, "      ", mark)
    if criterion["settle"]:
        yield from _marked(criterion["settle"], "      ", ">")


def _capacity_lines(data: Data, language: str) -> Iterator[str]:
    yield words("capacity", language)
    if not data["capacity"]:
        yield f"    {words('capacity_none', language)}"
    for line in data["capacity"]:
        yield from bullet(f"{line['label']}: {line['value']} ({line['basis']})")


def _number_lines(data: Data, language: str) -> Iterator[str]:
    yield words("numbers", language)
    for number in data["numbers"]:
        yield from bullet(
            f"{number.value}: {number.what} {number.year}, {number.publisher}, "
            f"{number.file} ({number.licence})"
        )
    yield from wrapped(words("numbers_in_claims", language), "    ")


def comparison_text(assessments: Sequence[Assessment], language: str) -> str:
    """Countries or days side by side."""
    lines = [words("compare_title", language), ""]
    for number, entry in enumerate(assessments, 1):
        dossier = entry.dossier.id if entry.dossier else words("alone", language)
        lines += wrapped(f"[{number}] {heading(entry, language)}. {dossier}", "", "    ")
    lines.append("")
    for test in comparison(assessments, language):
        width = max(len(word) for row in test["rows"] for _, word in row["cells"]) + 2
        label_width = max(len(row["label"]) for row in test["rows"]) + 4
        lines += wrapped(f"{test['title']} ({test['id']})")
        lines.append(
            "    "
            + " " * label_width
            + "".join(f"[{n}]".ljust(width) for n in range(1, len(assessments) + 1))
        )
        for row in test["rows"]:
            cells = "".join(word.ljust(width) for _, word in row["cells"])
            lines.append(f"    {(row['id'] + ' ' + row['label']).ljust(label_width)}{cells}".rstrip())
        results = "".join(word[: width - 1].ljust(width) for _, word in test["results"])
        lines += [f"    {words('result', language).ljust(label_width)}{results}".rstrip(), ""]
    lines += wrapped(words("disclaimer", language))
    return "\n".join(lines)


def all_text(assessments: Sequence[Assessment], language: str) -> str:
    """The table of all countries."""
    data = all_countries(assessments, language)
    lines = [data["heading"], *wrapped(data["note"]), ""]
    lines += [f"    {column}" for column in data["columns"]] + [""]
    width = max((len(word) for row in data["rows"] for _, word in row["cells"]), default=6) + 2
    lines.append(" " * 36 + "".join(name.ljust(width) for name in data["ids"]))
    for row in data["rows"]:
        cells = "".join(word.ljust(width) for _, word in row["cells"])
        lines.append(f"{row['code']} {row['country'][:32].ljust(33)}{cells}".rstrip())
    lines.append("")
    if data["hidden"]:
        lines += wrapped(data["hidden"])
    lines += ["", *wrapped(words("disclaimer", language))]
    return "\n".join(lines)


def person_text(found: Sequence[FindingEvidence], country: str, language: str) -> str:
    """General evidence beside the answer for one person."""
    lines: list[str] = []
    for depth, text in person_lines(found, country, language):
        lines += wrapped(text, "  " * depth, "  ") if depth else [text]
    return "\n".join(lines)
