"""`safethird ask`: the interview in a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path

import click

from safethird.cli.options import Day, language_option, today
from safethird.errors import BadData, Problem, SafethirdError
from safethird.facts.countries import country_name
from safethird.facts.vocabulary import Fact, vocabulary
from safethird.messages import say
from safethird.regimes.catalogue import load_regime
from safethird.reports import phrases
from safethird.reports.text import screening_text
from safethird.reports.words import truth_word, value_words
from safethird.screening.alternatives import steps_of, value_at
from safethird.screening.interview import NO, YES, Interview, Question, whole_number
from safethird.screening.relevance import Effect
from safethird.screening.screen import Determination, Screening, facts_for_rules

MOST_TYPED = 10_000
"""Characters of one answer."""


@click.command()
@click.option(
    "--regime", "regimes", multiple=True, help="A regime's id, or a file of your own (may be repeated)."
)
@click.option("--on", type=Day(), help="The day for which the answer is wanted; today unless given.")
@language_option()
@click.option("--save", "file", type=click.Path(dir_okay=False), help="Save the case file there at the end.")
def command(regimes: tuple[str, ...], on: str | None, language: str, file: str | None) -> int:
    """An interview that starts from nothing and asks only what can still change an answer."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # what is no text fits no question
    interview = Interview(tuple(load_regime(name) for name in regimes), on or today())
    talk = _Talk(interview, language)
    talk.run()
    case = interview.case()
    if case is None:
        return 4
    answers = interview.determinations()
    click.echo("\n" + screening_text(Screening(case, answers, None, assumed_today=on is None), language))
    talk.save(file)
    return 4 if any(answer.outcome == "undetermined" for answer in answers) else 0


class _Talk:
    def __init__(self, interview: Interview, language: str) -> None:
        self.interview = interview
        self.language = language
        self.decided: set[str] = set()

    def say(self, name: str, **places: object) -> str:
        return say(f"ask.{name}", self.language, **places)

    def read(self, prompt: str) -> str | None:
        """One line as typed; None at the end of input."""
        click.echo(prompt, nl=False)
        line = sys.stdin.readline(MOST_TYPED + 1)
        if len(line) > MOST_TYPED:
            raise BadData(
                Problem(
                    f"An answer is longer than {MOST_TYPED:,} characters",
                    file="standard input",
                    code="too-large",
                )
            )
        return line.rstrip("\n") if line else None

    # --- the conversation ------------------------------------------------------------------------

    def run(self) -> None:
        click.echo(self.say("welcome"))
        question: Question | None = None
        while True:
            self.tell_decided()
            question = question or self.interview.next()
            if question is None:
                question = self.finish()
                if question is None:
                    return
            click.echo("\n" + self.wording(question))
            self.show_values(question.fact)
            typed = self.read(f"[{self.form(question)}] > ")
            if typed is None or typed.strip().lower() == self.say("word_stop"):
                return
            question = self.take(question, typed.strip())

    def finish(self) -> Question | None:
        """When nothing is left to ask: answers can still be looked at and changed. None: done."""
        click.echo("\n" + self.say("nothing_left"))
        while True:
            typed = (self.read(self.say("finish") + " > ") or "").strip().lower()
            word, _, rest = typed.partition(" ")
            if word == self.say("word_answers"):
                self.tell_answers()
            elif word == self.say("word_map"):
                self.tell_map()
            elif word == self.say("word_change"):
                try:
                    return self.interview.change(int(rest) if whole_number(rest) else 0)
                except SafethirdError:
                    click.echo(self.say("no_such_answer"))
            else:
                return None

    def take(self, question: Question, typed: str) -> Question | None:
        """Act on a line; returns the question to ask next, None for the most helpful one."""
        word, _, rest = typed.lower().partition(" ")
        if word == "?":
            click.echo(self.explanation(question.fact))
        elif word == self.say("word_why"):
            self.tell_why(question)
        elif word == self.say("word_answers"):
            self.tell_answers()
        elif word == self.say("word_map"):
            self.tell_map()
        elif word == self.say("word_change"):
            try:
                return self.interview.change(int(rest) if whole_number(rest) else 0)
            except SafethirdError:
                click.echo(self.say("no_such_answer"))
        elif word == "-":
            self.interview.not_known(question)
            return None
        else:
            try:
                self.interview.answer(question, typed, self.language)
                return None
            except SafethirdError as error:
                problem = error.problems[0]
                click.echo(
                    self.say(
                        "not_understood", expected=problem.expected or problem.what, hint=problem.hint or ""
                    )
                )
        return question

    # --- words -----------------------------------------------------------------------------------

    def wording(self, question: Question) -> str:
        fact = question.fact
        asked = fact.question(self.language) if fact.asked else fact.label(self.language)
        if question.about_list:
            name = "another" if question.members else "any_member"
            return self.say(name, per=fact.per(self.language), question=asked)
        for step in reversed(steps_of(question.path)):
            if isinstance(step, int):
                return self.say("member", per=fact.per(self.language), number=step + 1, question=asked)
            if step.isupper():
                return self.say("for_country", country=country_name(step, self.language), question=asked)
        return asked

    def form(self, question: Question) -> str:
        return self.say("form_yes_no" if question.about_list else f"form_{question.fact.type}")

    def show_values(self, fact: Fact) -> None:
        for number, value in enumerate(fact.values, 1):
            click.echo(f"  {number}. {fact.value_label(value, self.language)}")

    def explanation(self, fact: Fact) -> str:
        return " ".join(filter(None, (fact.meaning(self.language), fact.explain(self.language))))

    def tell_decided(self) -> None:
        for answer in self.interview.determinations():
            if answer.outcome != "undetermined" and answer.regime.id not in self.decided:
                self.decided.add(answer.regime.id)
                outcome = phrases.outcome_with_states(answer.outcome, answer.responsible, self.language)
                click.echo(
                    self.say(
                        "decided",
                        title=phrases.in_language(answer.regime.title, self.language),
                        outcome=outcome,
                    )
                )
            elif answer.outcome == "undetermined":
                self.decided.discard(answer.regime.id)

    def tell_why(self, question: Question) -> None:
        reasons = self.interview.reasons(question)
        click.echo(self.say("why_first") if not reasons else question.fact.why(self.language))
        for answer, provisions, found in reasons:
            click.echo(self.say("why_regime", regime=phrases.in_language(answer.regime.title, self.language)))
            for entry in provisions:
                label = phrases.in_language(entry.label, self.language)
                click.echo(self.say("why_rule", label=label, cite=entry.citation.pinpoint_in(self.language)))
            lines = list(
                self.list_leads(question, answer) if question.about_list else self.leads(question, found)
            )
            if lines:
                click.echo(self.say("why_then"))
            for line in lines:
                click.echo(line)

    def list_leads(self, question: Question, answer: Determination) -> Iterator[str]:
        """What it would lead to that a list has, or has not, a (further) member."""
        for words in (YES, NO):
            word = words[self.language][-1]
            after = self.interview.after(question, word, self.language)
            (found,) = (entry for entry in after if entry.regime.id == answer.regime.id)
            outcome = phrases.outcome_with_states(found.outcome, found.responsible, self.language)
            yield self.say("why_leads", value=word, outcome=outcome)

    def leads(self, question: Question, found: list[Effect]) -> Iterator[str]:
        """What each possible answer would lead to, values with the same effect taken together."""
        for (outcome, states), group in groupby(
            found, key=lambda effect: (effect.outcome, effect.responsible)
        ):
            values = [effect.value for effect in group]
            words = [value_words(question.fact.path, value, self.language) for value in values]
            said = ", ".join(words[:6])
            if question.fact.type in ("date", "number") and len(words) > 1:
                said = self.say("why_range", low=words[0], high=words[-1])
            yield self.say(
                "why_leads", value=said, outcome=phrases.outcome_with_states(outcome, states, self.language)
            )

    def tell_answers(self) -> None:
        if not self.interview.given:
            click.echo(self.say("answers_none"))
            return
        case = self.interview.case()
        facts = facts_for_rules(case) if case is not None else {}
        for number, answer in enumerate(self.interview.given, 1):
            fact = vocabulary().fact(answer.path)
            last = getattr(answer.value, "last", None)
            if last is not None:
                value = self.say("no_more" if last else "one_more")
            else:
                value = value_words(
                    fact.path, None if answer.value is None else value_at(facts, answer.path), self.language
                )
            line = self.say("answers_line", number=number, label=fact.label(self.language), value=value)
            idle = answer.value is not None and not self.interview.still_matters(number)
            click.echo(self.say("answers_idle", line=line) if idle else line)
        click.echo(self.say("answers_change"))

    def tell_map(self) -> None:
        for answer in self.interview.determinations():
            outcome = phrases.outcome_with_states(answer.outcome, answer.responsible, self.language)
            click.echo(f"{phrases.in_language(answer.regime.title, self.language)}: {outcome}")
            for step in answer.reasoning.provisions.values():
                if step.provision.role != "warning":
                    label = phrases.in_language(step.provision.label, self.language)
                    click.echo(
                        f"  {truth_word(step.value, self.language):>10}  {step.provision.citation.pinpoint_in(self.language)}: {label}"
                    )

    # --- keeping ---------------------------------------------------------------------------------

    def save(self, file: str | None) -> None:
        """Write the case file, for its owner alone, only when a name is given; never over another file."""
        case = self.interview.case()
        assert case is not None
        while True:
            name = file if file is not None else (self.read(self.say("save") + " > ") or "").strip()
            if not name:
                return
            try:
                descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                click.echo(self.say("exists"))
            except (OSError, ValueError) as error:
                click.echo(self.say("not_saved", reason=getattr(error, "strerror", None) or "?"))
            else:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(case.to_json(indent=1) + "\n")
                click.echo(self.say("saved", file=str(Path(name))))
                return
            file = None
