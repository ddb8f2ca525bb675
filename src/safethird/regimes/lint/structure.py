"""How the provisions of a regime hang together: exceptions, their order, criteria that name a state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from safethird.language.syntax import Field, First, Flag, walk
from safethird.regimes.lint.constants import Logic
from safethird.regimes.lint.findings import Finding, Subject
from safethird.regimes.lint.possible import possible
from safethird.regimes.model import Provision

_DECIDING = ("scope", "exclusion", "power", "exception", "shift", "criterion")


def structure_findings(subject: Subject, logic: Logic) -> Iterator[Finding]:
    """Exceptions to nothing, orders that are missing or mean nothing, criteria that leave cases open."""
    regime = subject.regime
    yield from _exceptions(subject, logic)
    yield from _outcomes_without_order(subject, logic)
    yield from _orders(subject)
    yield from _keys_without_effect(subject)
    yield from _first_of_several(subject)
    if regime.kind == "allocation":
        yield from _allocation(subject, logic)
    else:
        yield from _bar(subject)
    deciding = [entry for entry in regime.provisions if entry.role in _DECIDING]
    if not any(entry.role == "scope" for entry in deciding):
        yield subject.at(
            ("provisions",),
            "no-scope",
            "No provision says whom the regime reaches",
            why="Without a provision of the role 'scope' it reaches everyone who makes a claim there",
            mend="Add a provision with the role 'scope'",
            severity="warning",
        )


def _index(subject: Subject, provision: Provision) -> int:
    return subject.regime.provisions.index(provision)


# --- exceptions ----------------------------------------------------------------------------------


def _exceptions(subject: Subject, logic: Logic) -> Iterator[Finding]:
    regime = subject.regime
    for index, entry in enumerate(regime.provisions):
        if entry.role != "exception":
            continue
        for target in entry.exception_to:
            if target == "effect":
                if regime.kind == "allocation" and entry.outcome == "exempt":
                    yield subject.at(
                        ("provisions", index),
                        "exception-without-effect",
                        "This exception changes no answer",
                        why="An allocation names a state and has no effect to be exempt from",
                        mend="Name under 'exception_to' the criterion that it defeats, or write "
                        "'outcome: not_covered' if the regime then leaves the person alone",
                    )
                continue
            yield from _exception_to(subject, logic, entry, index, regime.provision(target))


def _exception_to(
    subject: Subject, logic: Logic, entry: Provision, index: int, target: Provision
) -> Iterator[Finding]:
    place = ("provisions", index, "exception_to")
    if not target.is_ruled:
        yield subject.at(
            place,
            "exception-to-text",
            f"There is nothing to be excepted from in '{target.id}'",
            why=f"It has the role '{target.role}' and so no condition",
            mend="Name a provision that has a condition, or remove the exception",
        )
    elif not logic.can_be(target, True):
        yield subject.at(
            place,
            "exception-to-nothing",
            f"This is an exception to '{target.id}', which can never hold",
            why="An exception to what never holds changes no answer",
            mend=f"Correct '{target.id}', or remove the exception",
        )
    elif logic.can_be(entry, True) and not possible(logic.claim(entry, True), logic.claim(target, True)):
        yield subject.at(
            place,
            "exception-to-nothing",
            f"This exception never meets '{target.id}'",
            why="The two conditions exclude each other, so the exception changes no answer",
            mend="Correct the condition of one of them, or remove the exception",
        )


def _outcomes_without_order(subject: Subject, logic: Logic) -> Iterator[Finding]:
    """Two exceptions to the effect that lead to different outcomes, may both hold, and have no order."""
    regime = subject.regime
    exceptions = [
        entry for entry in regime.provisions if entry.role == "exception" and "effect" in entry.exception_to
    ]
    if regime.kind == "allocation":
        return
    for one, other in combinations(exceptions, 2):
        targets = (*one.before, *one.exception_to), (*other.before, *other.exception_to)
        if one.outcome == other.outcome or other.id in targets[0] or one.id in targets[1]:
            continue
        if not possible(logic.claim(one, True), logic.claim(other, True)):
            continue
        yield subject.at(
            ("provisions", _index(subject, other)),
            "unordered-exceptions",
            f"'{one.id}' and '{other.id}' may both hold, with different outcomes and no order between them",
            why=f"'{one.id}' leads to '{one.outcome}', '{other.id}' to '{other.outcome}'",
            mend=f"Write 'before: {other.id}' in '{one.id}', or the other way round",
        )


def _orders(subject: Subject) -> Iterator[Finding]:
    regime = subject.regime
    for index, entry in enumerate(regime.provisions):
        for target_id in entry.before:
            target = regime.provision(target_id)
            if entry.role != "exception" or target.role != "exception":
                yield subject.at(
                    ("provisions", index, "before"),
                    "order-of-others",
                    f"'before' orders exceptions; this provision and '{target_id}' are not both exceptions",
                    why="Scope and exclusions have no order; criteria are looked at in the order of the file",
                    mend="Remove 'before'",
                )
            elif not set(entry.exception_to) & set(target.exception_to) or entry.outcome == target.outcome:
                yield subject.at(
                    ("provisions", index, "before"),
                    "order-without-effect",
                    f"The order between this exception and '{target_id}' changes no answer",
                    why="They lead to the same outcome, or are exceptions to different things",
                    mend="Remove 'before'",
                    severity="warning",
                )


def _keys_without_effect(subject: Subject) -> Iterator[Finding]:
    """Keys of a provision that its role does not read, and conditions of which only one counts."""
    defined = subject.data.get("define", {})
    for name, given in defined.items():
        if "is" in given and "readings" in given:
            yield subject.at(
                ("define", name, "is"),
                "two-conditions",
                "'is' says nothing beside 'readings'",
                why="The default reading decides",
                mend="Remove 'is'",
            )
    for index, entry in enumerate(subject.regime.provisions):
        given = subject.data["provisions"][index]
        conditions = [key for key in ("versions", "readings", "when") if key in given]
        if len(conditions) > 1:
            yield subject.at(
                ("provisions", index, conditions[1]),
                "two-conditions",
                f"'{conditions[1]}' says nothing beside '{conditions[0]}'",
                why=f"Only '{conditions[0]}' is read",
                mend="Keep one of the two",
            )
        for key, roles in (
            ("exception_to", ("exception",)),
            ("outcome", ("exception",)),
            ("responsible", ("criterion", "shift")),
            ("for", ("criterion", "shift")),
        ):
            if key in given and entry.role not in roles:
                yield subject.at(
                    ("provisions", index, key),
                    "key-without-effect",
                    f"'{key}' says nothing in a provision with the role '{entry.role}'",
                    why=f"It belongs to the role {' or '.join(repr(role) for role in roles)}",
                    mend=f"Remove '{key}', or give the provision another role",
                )


def _first_of_several(subject: Subject) -> Iterator[Finding]:
    """Named elements that are chosen from a list without saying which comes first. (A criterion may speak of
    several on purpose: it then names each one's state.)"""
    for definition in subject.regime.definitions.values():
        rule, node = definition.rule, definition.rule.node
        if isinstance(node, First) and node.key is None:
            yield subject.in_rule(
                rule,
                node,
                "no-first",
                "This does not say which element is meant where several fit",
                why="An answer that differs between them then stays undetermined, whatever becomes known",
                mend=f"Add an order, such as 'latest {node.variable}.date'",
                severity="warning",
            )


# --- states --------------------------------------------------------------------------------------


def _bar(subject: Subject) -> Iterator[Finding]:
    regime = subject.regime
    for index, entry in enumerate(regime.provisions):
        if entry.role in ("criterion", "shift"):
            yield subject.at(
                ("provisions", index, "role"),
                "criterion-in-bar",
                f"The role '{entry.role}' is not read in a regime of the kind 'bar'",
                why="A bar says whether the claim is examined here; criteria choose between states",
                mend="Write 'kind: allocation', or give the provision another role",
            )
    if regime.barred_state is not None:
        yield subject.at(
            ("barred_state",),
            "key-without-effect",
            "'barred_state' says nothing in a regime of the kind 'bar'",
            why="It passes over states that criteria name",
            mend="Remove it, or write 'kind: allocation'",
        )
    others = [party for party in regime.parties if party not in regime.considered_for.countries]
    two = len(regime.parties) == 2 and len(others) == 1
    if two and regime.responsible is None and not regime.documented_only:
        yield subject.at(
            ("instrument",),
            "no-responsible-state",
            "The answer 'applies' names no responsible state",
            why=f"With these parties it would be {others[0]}",
            mend=f"""Write responsible: '"{others[0]}"' at the top of the file, if that state examines claims""",
            severity="warning",
        )


def _allocation(subject: Subject, logic: Logic) -> Iterator[Finding]:
    regime = subject.regime
    criteria = [entry for entry in regime.provisions if entry.role in ("criterion", "shift")]
    if regime.responsible is not None:
        yield subject.at(
            ("responsible",),
            "key-without-effect",
            "'responsible' at the top of the file says nothing in an allocation",
            why="Each criterion names its own state",
            mend="Remove it",
        )
    if not criteria:
        yield subject.at(
            ("provisions",),
            "no-criterion",
            "This allocation has no criterion, so it names no state",
            mend="Add provisions with the role 'criterion', each with 'responsible'",
        )
        return
    for position, entry in enumerate(criteria[:-1]):
        if _certain(entry, logic) and regime.barred_state is None:
            later = criteria[position + 1]
            yield subject.at(
                ("provisions", _index(subject, later)),
                "unreachable-criterion",
                f"This criterion is never reached, because '{entry.id}' always holds",
                why="Criteria are looked at in the order of the file, and the first that holds decides",
                mend=f"Put it before '{entry.id}', or correct that condition",
            )
            break
    last = criteria[-1]
    if not _certain(last, logic):
        yield subject.at(
            ("provisions", _index(subject, last)),
            "open-end",
            "The last criterion does not always hold, so some claims have no responsible state",
            why=_open_because(last),
            mend="Add a last criterion with 'when: true' that names the state where the claim was made",
        )


def _certain(entry: Provision, logic: Logic) -> bool:
    """Whether a criterion holds whatever the case, and names a state whatever the case."""
    responsible = entry.responsible
    if responsible is None or responsible.each is not None:
        return False
    names_element = any(isinstance(node, Field) for node in walk(responsible.rule.node))
    return not names_element and not possible(logic.claim(entry, False))


def _open_because(entry: Provision) -> str:
    if entry.responsible is not None and entry.responsible.each is not None:
        return "It speaks of an element of a list, and there may be none"
    if entry.rule is not None and isinstance(entry.rule.node, Flag):
        return "The state that it names is a fact of an element of a list, and there may be none"
    return "Its condition may be false"
