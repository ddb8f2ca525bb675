"""The document of a regime as plain text or Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safethird.messages import say
from safethird.reports.document import confidence_note, words
from safethird.reports.law import Data, law
from safethird.reports.outline import MarkdownPage, Page, PlainPage
from safethird.reports.phrases import note_text


def document_text(data: Data, language: str) -> str:
    """The document as plain text."""
    return _Writer(PlainPage(), language).write(data)


def document_markdown(data: Data, language: str) -> str:
    """The document as Markdown."""
    return _Writer(MarkdownPage(), language).write(data)


class _Writer:
    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    def say(self, name: str, **places: object) -> str:
        return words(name, self.language, **places)

    def line(self, text: str) -> None:
        self.page.paragraph(self.page.plain(text))

    def item(self, text: str, depth: int = 0) -> None:
        self.page.item(self.page.plain(text), depth)

    def write(self, data: Data) -> str:
        page = self.page
        page.heading(1, f"{data['title']} ({data['regime']})")
        self.line(self.say("disclaimer"))
        self.line(data["on_says"])
        if data["note"]:
            self.line(data["note"])
        page.heading(2, self.say("summary"))
        self.line(data["summary"])
        page.heading(2, self.say("instrument"))
        for row in data["rows"]:
            self.item(f"{row['name']}: {row['value']}")
        self.cite(data["instrument"])
        if data["follows"]:
            self.item(self.say("follows", what=", ".join(data["follows"])))
        self.status(data)
        self.clocks(data)
        self.provisions(data["provisions"])
        if data["barred_state"]:
            self.line(self.say("barred_state"))
            self.rule(data["barred_state"])
        self.definitions(data["definitions"])
        self.sets(data["sets"])
        self.trust(data)
        page.heading(2, self.say("open_questions"))
        for question in data["open_questions"]:
            self.item(question)
        if not data["open_questions"]:
            self.line(self.say("none_recorded"))
        self.sources(data["sources"])
        self.line(say("screen.version_line", self.language, **_version(data)))
        self.line(say("screen.sign_off", self.language))
        return page.text

    # --- parts -----------------------------------------------------------------------------------

    def status(self, data: Data) -> None:
        self.page.heading(2, self.say("status"))
        self.line(data["standing"]["state_word"])
        for sentence in data["standing"]["says"]:
            self.item(sentence)
        self.page.heading(3, law("timeline", self.language))
        for entry in data["timeline"]:
            self.change(entry)

    def change(self, entry: Data) -> None:
        day = entry["day"] if entry["exact"] else f"{entry['day']} ({law('inexact', self.language)})"
        if entry["kind"] == "event":
            self.item(f"{day}: {entry['label']} ({entry['effect_word']})")
        elif entry["kind"] == "wording":
            self.item(f"{day}: {law('wording_changes', self.language, label=entry['label'])}")
            for name in ("ends", "begins"):
                for version in entry[name]:
                    self.item(law(f"wording_{name}", self.language, label=version["label"]), 1)
        else:
            self.item(f"{day}: {entry['label']}")
        if entry["where"]:
            self.item(law("only_where", self.language), 1)
            self.rule(entry["where"], 2)
        self.cite(entry, 1)

    def clocks(self, data: Data) -> None:
        self.page.heading(2, self.say("clocks"))
        for entry in data["clocks"]:
            self.item(f"{entry['clock_word']}: {entry['reads']}")
        self.item(data["calendar"])

    def provisions(self, entries: Sequence[Data]) -> None:
        self.page.heading(2, self.say("provisions"))
        for number, entry in enumerate(entries, 1):
            self.page.heading(3, f"{number}. {entry['label']}", f"p-{entry['id']}")
            self.item(f"{entry['role_word']} ({entry['id']})")
            self.cite(entry)
            if entry["explanation"]:
                self.item(entry["explanation"])
            for sentence in entry["says"]:
                self.item(sentence)
            if entry["responsible"]:
                self.item(self.say("names_state", state=entry["responsible"]["text"]))
                for part in entry["responsible"]["parts"]:
                    self.rule(part, 1)
            if entry["readings"]:
                self.readings(entry["readings"])
            elif entry["rule"]:
                self.item(self.say("condition"))
                self.rule(entry["rule"], 1)
            self.versions(entry["versions"])

    def versions(self, entries: Sequence[Data]) -> None:
        for entry in entries:
            since = f"{self.say('from')}: {entry['from_day'] or self.say('open_start')}"
            until = f"{self.say('until')}: {entry['until_day'] or self.say('open_end')}"
            holds = f" [{self.say('holds_now')}]" if entry["holds"] else ""
            self.item(f"{entry['label']}{holds}")
            self.item(f"{since}. {until}. {self.say('by_clock')} {entry['clock_word']}", 1)
            self.cite(entry, 1)
            if entry["rule"]:
                self.rule(entry["rule"], 1)

    def readings(self, entries: Sequence[Data]) -> None:
        self.item(self.say("readings"))
        for entry in entries:
            default = f" [{self.say('default_reading')}]" if entry["default"] else ""
            self.item(f"{entry['label']} ({entry['id']}){default}", 1)
            self.cite(entry, 2)
            self.rule(entry["rule"], 2)

    def definitions(self, entries: Sequence[Data]) -> None:
        if not entries:
            return
        self.page.heading(2, self.say("definitions"))
        for entry in entries:
            self.page.heading(3, f"{entry['label']} [{entry['id']}]", f"d-{entry['id']}")
            if entry["about"]:
                self.item(entry["about"])
            self.cite(entry)
            if entry["readings"]:
                self.readings(entry["readings"])
            else:
                self.rule(entry["rule"])

    def sets(self, entries: Sequence[Data]) -> None:
        if not entries:
            return
        self.page.heading(2, self.say("sets"))
        for entry in entries:
            self.item(f"{entry['label']}: {', '.join(entry['members_words']) or '-'}")
            if entry["cite"]:
                self.cite(entry, 1)

    def trust(self, data: Data) -> None:
        self.page.heading(2, self.say("trust"))
        counts = data["confidence"]
        self.item(self.say("verified_count", count=counts["verified"]))
        self.item(self.say("recalled_count", count=counts["recalled"]))
        tests = data["tests"]
        if tests["count"]:
            self.item(self.say("tests_count", count=tests["count"], decided=tests["decided"]))
        else:
            self.item(self.say("no_tests"))
        for entry in tests["decided_cases"]:
            text = f"{entry['title']} {self.say('expected')}: {entry['expected']}"
            self.page.item(self.page.link(text, entry["source"]), 1)

    def sources(self, entries: Sequence[Data]) -> None:
        self.page.heading(2, self.say("sources"))
        for entry in entries:
            read = f"{self.say('read_on')} {entry['read_day']}" if entry["read"] else self.say("not_read")
            self.page.item(f"{self.page.link(entry['title'], entry['url'])}. {self.page.plain(read)}")

    # --- pieces ----------------------------------------------------------------------------------

    def cite(self, entry: Mapping[str, Any], depth: int = 0) -> None:
        text = self.page.link(entry["cite"] or "-", entry["url"])
        mark = confidence_note(entry, self.language)
        if mark:
            text += f" ({self.page.plain(mark)})"
        note = note_text(entry.get("note"), entry.get("note_language"), self.language)
        if note:
            text += f" {self.page.plain(note)}"
        self.page.item(f"{self.page.plain(say('screen.cite', self.language))}: {text}", depth)

    def rule(self, outline: Mapping[str, Any], depth: int = 0) -> None:
        uses = "".join(f" [{name}]" for name in outline["uses"] if f"[{name}]" not in outline["text"])
        self.item(f"{outline['text']}{uses}", depth)
        for part in outline["parts"]:
            self.rule(part, depth + 1)


def _version(data: Data) -> dict[str, str]:
    return {"version": data["law"]["version"], "digest": data["law"]["digest"][:16]}
