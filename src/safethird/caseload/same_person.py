"""What a table of cases says twice, or of somebody who is not there: labels of relatives, holders of documents, rows
of look-up tables. Holds all cases at once against what `facts/normalise.py` holds one case against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from safethird.engines.columns.decode import Flat, FlatList, Labels
from safethird.facts.normalise import label_fits
from safethird.facts.vocabulary import Fact, vocabulary

Array = npt.NDArray[Any]

APPLICANT = "applicant"


def told_wrongly(flat: Flat, labels: Labels, said: Array) -> Iterator[tuple[str, Array, str]]:
    """Paths, cases (from nought) and reasons. `flat` holds every fact of the vocabulary; `said`: in which cases a
    family is, be it an empty one."""
    yield from _forms(flat, labels, None)
    yield from _family(flat, labels, said)
    yield from _tables(flat)


def _of_case(listed: FlatList, size: int, case: Array | None) -> Array:
    """The case of every element of a list."""
    counts = listed.counts[:size]
    return np.repeat(np.arange(size) if case is None else case[:size], counts)


# --- labels --------------------------------------------------------------------------------------------


def _forms(flat: Flat, labels: Labels, case: Array | None) -> Iterator[tuple[str, Array, str]]:
    for path, value in flat.values.items():
        fact = vocabulary().get(path)
        if fact is not None and fact.type == "label" and len(value) > 1:
            wrong = np.flatnonzero(_misfits(fact, labels)[value[: flat.size]])
            if wrong.size:
                yield path, wrong if case is None else case[wrong], "is no value of this fact"
    for listed in flat.lists.values():
        if listed.elements.size:
            yield from _forms(listed.elements, labels, _of_case(listed, flat.size, case))


def _misfits(fact: Fact, labels: Labels) -> Array:
    """By the number of a label: whether it has another form than this fact asks for."""
    known = labels.items()
    found = np.zeros(len(known) + 1, bool)
    for text, number in known:
        found[number] = not label_fits(fact, text)
    return found


def _family(flat: Flat, labels: Labels, said: Array) -> Iterator[tuple[str, Array, str]]:
    family, documents = flat.lists["family"], flat.lists["documents"]
    names, case = _known(family, "family[].id", flat.size)
    keys = np.sort(_keys(case, names))
    twice = keys[1:][keys[1:] == keys[:-1]]
    if twice.size:
        yield "family[].id", np.unique(twice >> _HALF), "is the label of another relative"
    holders, case = _known(documents, "documents[].holder", flat.size)
    # Where nothing is said of a family, its labels are not known either.
    told = said[case] & (holders != labels.number(APPLICANT))
    case, holders = case[told], holders[told]
    strange = ~np.isin(_keys(case, holders), keys)
    if strange.any():
        yield "documents[].holder", case[strange], "is the label of no relative in 'family'"


def _known(listed: FlatList, path: str, size: int) -> tuple[Array, Array]:
    """The values of a fact of elements where it is known, and the cases that they belong to."""
    values = np.broadcast_to(listed.elements.values[path], (listed.elements.size + 1,))[:-1]
    known = values != 0
    return values[known], _of_case(listed, size, None)[known]


_HALF = np.int64(32)


def _keys(case: Array, number: Array) -> Array:
    keys: Array = (case.astype(np.int64) << _HALF) | number.astype(np.int64)
    return keys


# --- look-up tables ------------------------------------------------------------------------------------


def _tables(flat: Flat) -> Iterator[tuple[str, Array, str]]:
    # Tables stand in the case itself, none in an element of a list.
    for path, listed in flat.lists.items():
        if vocabulary().fact(path).type != "table" or not listed.elements.size:
            continue
        of_case, place = _of_case(listed, flat.size, None), f"{path}[].country"
        country = np.broadcast_to(listed.elements.values[place], (listed.elements.size + 1,))[:-1]
        if (country == 0).any():
            yield place, of_case[country == 0], "must be known"
        keys = np.sort(_keys(of_case, country))
        twice = keys[1:][keys[1:] == keys[:-1]]
        if twice.size:
            yield place, np.unique(twice >> _HALF), "has a row already"
