"""Pages about the law itself: a regime, the standing on a day, what changed. One file each, no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from safethird.facts.dates import parse_date
from safethird.messages import say
from safethird.reports.html import TEMPLATES, environment, page_css
from safethird.reports.law import STATE_ORDER, Data, law
from safethird.reports.words import date_words


def document_page(data: Data, language: str) -> str:
    """A regime as a page."""
    title = f"{data['title']} ({data['regime']})"
    return render_page("document", language, title, say("document.disclaimer", language), True, data=data)


def status_page(data: Data, language: str) -> str:
    """How the library or one regime stands on a day."""
    title = law("heading_on", language, day=date_words(parse_date(data["on"]), language))
    return render_page("status", language, title, law("not_advice", language), data=data, states=STATE_ORDER)


def changes_page(heading: str, regimes: Sequence[Data], language: str) -> str:
    """What changed between two days."""
    return render_page("changes", language, heading, law("not_advice", language), regimes=regimes)


def render_page(
    template: str, language: str, title: str, disclaimer: str, has_definitions: bool = False, **values: Any
) -> str:
    """A page made from `templates/<template>.html.j2`, with our style inside. `has_definitions`: whether the
    definitions that rules use stand on the page, so that they can be linked to."""

    def speak(name: str, **places: object) -> str:
        return say(name, language, **places)

    own = Markup((TEMPLATES / "law.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    page = environment().get_template(f"{template}.html.j2")
    return page.render(
        language=language,
        title=title,
        disclaimer=disclaimer,
        css=page_css() + own,
        say=speak,
        has_definitions=has_definitions,
        **values,
    )
