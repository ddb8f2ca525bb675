"""Several assessments side by side, all countries in one table, and a dossier beside one person's answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safethird.facts.countries import country_name
from safethird.protection.assess import Assessment
from safethird.protection.link import FindingEvidence, General
from safethird.protection.loader import criteria
from safethird.protection.model import Status
from safethird.reports.protection import Data, cell_word, named, number_words, status_word, words
from safethird.reports.words import day_words


def comparison(assessments: Sequence[Assessment], language: str) -> list[Data]:
    """Countries or days side by side, test by test."""
    found = []
    for result in assessments[0].results:
        columns = [entry[result.test.id] for entry in assessments]
        found.append(
            {
                "id": result.test.id,
                "title": result.test.title[language],
                "results": [
                    (column.result or "weighed", status_word(column.result, language)) for column in columns
                ],
                "rows": [
                    {
                        "id": criteria()[name].id,
                        "label": criteria()[name].label[language],
                        "cells": [cell_word(column.cells.get(name), language) for column in columns],
                    }
                    for name in result.test.criteria
                ],
            }
        )
    return found


def all_countries(assessments: Sequence[Assessment], language: str) -> Data:
    """The table of all countries: only criteria of which something is known anywhere, and how much is
    unknown."""
    names = assessments[0].criteria
    statuses = {
        entry.country: {name: cell for result in entry.results for name, cell in result.cells.items()}
        for entry in assessments
    }
    shown = [name for name in names if any(cells[name].status != "unknown" for cells in statuses.values())]
    unknown = sum(cell.status == "unknown" for cells in statuses.values() for cell in cells.values())
    total = len(names) * len(assessments)
    hidden = [named(name, language) for name in names if name not in shown]
    return {
        "heading": words("all_title", language, day=day_words(assessments[0].day, language)),
        "note": words(
            "all_note", language, unknown=number_words(unknown, language), cells=number_words(total, language)
        ),
        "hidden": words("all_unknown", language, criteria="; ".join(hidden)) if hidden else None,
        "columns": [named(name, language) for name in shown],
        "ids": [criteria()[name].id for name in shown],
        "tests": [(result.test.id, result.test.title[language]) for result in assessments[0].results],
        "rows": [
            {
                "country": country_name(entry.country, language),
                "code": entry.country,
                "cells": [cell_word(statuses[entry.country][name], language) for name in shown],
                "results": [
                    (result.result or "weighed", status_word(result.result, language))
                    for result in entry.results
                ],
            }
            for entry in assessments
        ],
    }


def _by_test(general: General, language: str) -> str:
    """The status, or each with its tests where they differ."""
    found: dict[Status, list[str]] = {}
    for test, status in general.by_test:
        found.setdefault(status, []).append(test)
    if len(found) == 1:
        return status_word(general.status, language)
    return "; ".join(
        f"{status_word(status, language)} ({', '.join(tests)})" for status, tests in found.items()
    )


def person_lines(found: Sequence[FindingEvidence], country: str, language: str) -> Iterator[tuple[int, str]]:
    """General evidence beside the answer for one person: depth and line."""
    from safethird.reports.phrases import missing_line

    yield 0, words("person_heading", language)
    yield 1, words("person_note", language)
    if not found:
        yield 1, words("person_no_finding", language, country=country_name(country, language))
    for entry in found:
        yield 1, missing_line(entry.path, language)
        for general in entry.general:
            yield (
                2,
                words(
                    "person_general",
                    language,
                    criterion=named(general.criterion, language),
                    status=_by_test(general, language),
                    day=day_words(entry.day, language),
                ),
            )
            for item in general.items:
                side = words(f"side_{item.side}", language)
                yield 3, f"{side}: {item.evidence.claim[language]} [{item.evidence.source.publisher}]"
