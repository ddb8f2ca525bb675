"""Assessments as one self-contained page: printable, readable by screen readers, no script, no outside
request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from safethird.protection.assess import Assessment
from safethird.reports.html import TEMPLATES, environment, page_css
from safethird.reports.protection import heading, outline, words
from safethird.reports.protection_many import all_countries, comparison


def assessment_page(assessment: Assessment, language: str) -> str:
    """One assessment with its evidence, numbers and sources."""
    return _page(words("page_title", language), language, assessments=[outline(assessment, language)])


def comparison_page(assessments: Sequence[Assessment], language: str) -> str:
    """Countries or days side by side, then each assessment whole."""
    return _page(
        words("compare_title", language),
        language,
        assessments=[outline(entry, language) for entry in assessments],
        compared=comparison(assessments, language),
        names=[heading(entry, language) for entry in assessments],
    )


def all_page(assessments: Sequence[Assessment], language: str) -> str:
    """Every country from treaties and statistics alone."""
    world = all_countries(assessments, language)
    return _page(world["heading"], language, world=world)


def _page(title: str, language: str, **values: Any) -> str:
    def speak(name: str, **places: object) -> str:
        return words(name, language, **places)

    own = Markup((TEMPLATES / "assess.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    given = {"assessments": [], "compared": None, "names": [], "world": None, **values}
    page = environment().get_template("assess.html.j2")
    return page.render(language=language, title=title, css=page_css() + own, say=speak, **given)
