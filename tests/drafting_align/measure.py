"""Measures the alignment: links of paragraphs found and right, seeded errors found, false alarms among
the flags.

Used by the tests, and run by hand for the numbers in docs/align.md: `python -m tests.drafting_align.measure`.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from safethird.drafting.align.aligned import align, paired
from safethird.drafting.align.model import Alignment, Block, Version
from safethird.drafting.align.readers import read_version
from safethird.drafting.align.structure import articles
from safethird.regimes.model import Language
from tests.drafting_align.seeding import Seed, Swaps, seeds

DATA = Path(__file__).parent / "data"
PAIRS: tuple[tuple[Language, Language], ...] = (("en", "es"), ("en", "fr"), ("es", "fr"))
Links = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Score:
    """Links wanted, found, and both."""

    wanted: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.wanted

    def __add__(self, other: Score) -> Score:
        return Score(self.wanted + other.wanted, self.found + other.found, self.right + other.right)


def sample(language: Language) -> list[str]:
    """Paragraphs of our sample agreement."""
    return texts(DATA / f"sample.{language}.md")


def texts(path: Path, language: Language | None = None) -> list[str]:
    return [paragraph.text for paragraph in read_version(path, language).paragraphs]


def version(paragraphs: Iterable[str], language: Language) -> Version:
    return Version(language, language, articles(Block(text) for text in paragraphs))


def links(found: Alignment) -> Links:
    """Pairs of paragraphs that stand in one row."""
    return {(one.at, other.at) for row in found.rows for one in row.left for other in row.right}


def score(wanted: Links, found: Links) -> Score:
    return Score(len(wanted), len(found), len(wanted & found))


@dataclass(frozen=True, slots=True)
class Broken:
    """One side with paragraphs left out, and others run together, and the links that remain true."""

    left: list[str]
    right: list[str]
    links: Links


def broken(left: Sequence[str], right: Sequence[str], draw: random.Random, bare: bool) -> Broken:
    """Leaves out about one paragraph in fifteen on either side and joins about one in fifteen to the one
    before.

    `bare`: without numbers of articles and paragraphs, so that length and content must do it alone.
    """
    sides: list[list[str]] = []
    places: list[dict[int, int]] = []
    for texts_ in (left, right):
        kept: list[str] = []
        place: dict[int, int] = {}
        for at, whole in enumerate(texts_):
            chance = draw.random()
            text = unnumbered(whole) if bare else whole
            if chance < 1 / 15:
                continue
            if chance < 2 / 15 and kept and bare:
                kept[-1] += " " + text
            else:
                kept.append(text)
            place[at] = len(kept)
        sides.append(kept)
        places.append(place)
    wanted = {
        (places[0][at], places[1][at]) for at in range(len(left)) if at in places[0] and at in places[1]
    }
    return Broken(sides[0], sides[1], wanted)


def unnumbered(text: str) -> str:
    text = re.sub(r"^(?:Article|Artículo)\s+(?:\d+|premier)\W*", "", text)
    return re.sub(r"^\(?(?:\d+|[a-d])[.)]\s*", "", text) or "-"


# --- seeded errors -------------------------------------------------------------------------------


SAMPLE: Swaps = {
    "country": {
        "en": ((r"\bSweden\b", "Chile"), (r"\bBrazil\b", "Peru"), (r"\bNorway shall", "Uruguay shall")),
        "es": (
            (r"\bSuecia\b", "Chile"),
            (r"\bBrasil\b", "Perú"),
            (r"\bNoruega aportará", "Uruguay aportará"),
        ),
        "fr": (
            (r"\bla Suède\b", "au Chili"),
            (r"\bau Brésil\b", "au Pérou"),
            (r"\bLa Norvège verse", "L'Uruguay verse"),
        ),
    },
    "party": {
        "en": ((r"\bsending Party\b", "receiving Party"), (r"\breceiving Party\b", "sending Party")),
        "es": ((r"\bParte remitente\b", "Parte receptora"), (r"\bParte receptora\b", "Parte remitente")),
        "fr": ((r"\bPartie d'envoi\b", "Partie d'accueil"), (r"\bPartie d'accueil\b", "Partie d'envoi")),
    },
    "term": {
        "en": ((r"\b[Aa]pplicants?\b", "visitor"),),
        "es": ((r"\bpersonas? solicitantes?\b", "persona visitante"),),
        "fr": ((r"\bdemandeurs?\b", "visiteur"),),
    },
}
LICENCE: Swaps = {
    "party": {
        "en": ((r"\bLicensor\b", "Licensee"), (r"\bLicensee\b", "Licensor")),
        "fr": ((r"\bConcédant\b", "Licencié"), (r"\bLicencié\b", "Concédant")),
    },
    "term": {
        "en": ((r"\bContributions?\b", "Module"), (r"\bSource Code\b", "Object Code")),
        "fr": ((r"\bContributions?\b", "Module"), (r"\bCode Source\b", "Code Objet")),
    },
}
SWAPS: dict[str, Swaps] = {"sample": SAMPLE, "cecill": LICENCE}
"""By the first word of a text's name."""
TRUE: dict[str, Collection[tuple[str, int]]] = {
    # 'should act', 'deben comportarse', 'doivent agir'
    "declaration": {("modality", 13)},
    # an address with its country in English, without in French
    "cecill": {("country", 8), ("country", 9), ("country", 10)},
    # 'may be subject only to', 'estará sujeta únicamente a'
    "crc-9-18": {("modality", 18)},
}
"""Flags on untouched real texts that a reader of both found right, by name or its first word."""


def swaps_for(name: str) -> Swaps:
    return SWAPS.get(name.partition("-")[0], {})


ACCEPTED = {
    "time_limit": {"time_limit", "number"},
    "age": {"age", "time_limit", "number"},
    "number": {"number", "time_limit"},
    "party": {"party", "term"},
    "term": {"term", "party"},
}


@dataclass(frozen=True, slots=True)
class Found:
    """Seeded errors by kind: how many, how many flagged in their row by a fitting kind; and all other
    flags raised."""

    seeded: dict[str, int]
    found: dict[str, int]
    flags: int
    false: int

    @property
    def share(self) -> float:
        return sum(self.found.values()) / sum(self.seeded.values())

    @property
    def false_share(self) -> float:
        return self.false / self.flags


def seeded(
    left: Sequence[str],
    right: Sequence[str],
    pair: tuple[Language, Language],
    draw: random.Random,
    swaps: Swaps,
    together: int = 8,
    true: Collection[tuple[str, int]] = (),
) -> Found:
    """Seed errors on either side, `together` at a time in different paragraphs, and see what is flagged.

    `true`: flags (kind and paragraph of the left side) that point at a difference which the untouched texts
    do have, as a reader of both found; they are no false alarms.
    """
    wanted: dict[str, int] = {}
    hit: dict[str, int] = {}
    flags = false = 0
    for side in (0, 1):
        texts_ = (left, right)[side]
        every = list(seeds(texts_, pair[side], swaps))
        draw.shuffle(every)
        while every:
            batch: dict[int, Seed] = {}
            rest = []
            for seed in every:
                if len(batch) < together and seed.at not in batch:
                    batch[seed.at] = seed
                else:
                    rest.append(seed)
            every = rest
            changed = [batch[at].text if at in batch else text for at, text in enumerate(texts_)]
            sides = (changed, right) if side == 0 else (left, changed)
            result = align(version(sides[0], pair[0]), version(sides[1], pair[1]))
            raised: dict[int, set[str]] = {}
            for row, flag in result.flags:
                flags += 1
                at = [entry.at - 1 for entry in (row.left, row.right)[side]]
                here = [batch[place] for place in at if place in batch]
                fits = [seed for seed in here if flag.kind in ACCEPTED.get(seed.kind, {seed.kind})]
                if not fits and not here and (flag.kind, row.left[0].at if row.left else 0) not in true:
                    false += 1
                for seed in fits:
                    raised.setdefault(seed.at, set()).add(flag.kind)
            for seed in batch.values():
                wanted[seed.kind] = wanted.get(seed.kind, 0) + 1
                hit[seed.kind] = hit.get(seed.kind, 0) + (seed.at in raised)
                if seed.at not in raised and os.environ.get("SAFETHIRD_MISSED"):
                    print("missed", seed.kind, pair, seed.text)
    return Found(wanted, hit, flags, false)


def left_out(left: Sequence[str], right: Sequence[str], pair: tuple[Language, Language]) -> tuple[int, int]:
    """Leave out each paragraph in turn on the right; how many are flagged as missing, of how many."""
    told = 0
    for at in range(len(left)):
        rest = [text for place, text in enumerate(right) if place != at]
        result = align(version(left, pair[0]), version(rest, pair[1]))
        told += any(
            flag.kind == "missing" and [entry.at - 1 for entry in row.left] == [at]
            for row, flag in result.flags
        )
    return told, len(left)


def straight(
    left: Sequence[str], right: Sequence[str], pair: tuple[Language, Language], same: Links
) -> tuple[Score, int]:
    result = align(version(left, pair[0]), version(right, pair[1]))
    return score(same, links(result)), len(result.flags)


def folders() -> list[tuple[str, Path]]:
    """Real texts in the folder that SAFETHIRD_BILINGUAL names, by name."""
    given = os.environ.get("SAFETHIRD_BILINGUAL")
    if not given:
        return []
    names = {path.stem for path in Path(given).iterdir() if path.suffix[1:] in ("en", "es", "fr")}
    return [(name, Path(given)) for name in sorted(names)]


def pair_of(name: str, folder: Path | None, pair: tuple[Language, Language]) -> tuple[list[str], list[str]]:
    """Both sides of a text; empty where it lacks a language."""
    if folder is None:
        return sample(pair[0]), sample(pair[1])
    paths = [folder / f"{name}.{language}" for language in pair]
    if not all(path.is_file() for path in paths):
        return [], []
    return texts(paths[0], pair[0]), texts(paths[1], pair[1])


def true_flags(name: str) -> Collection[tuple[str, int]]:
    return TRUE.get(name, TRUE.get(name.partition("-")[0], ()))


def disturbed(
    left: Sequence[str], right: Sequence[str], pair: tuple[Language, Language], bare: bool, turns: int
) -> Score:
    """Links after paragraphs were left out (and, without numbers, run together), over some draws."""
    total = Score(0, 0, 0)
    for turn in range(turns):
        made = broken(left, right, random.Random(turn), bare)
        found, _ = paired(version(made.left, pair[0]), version(made.right, pair[1]))
        total += score(made.links, {(a.at, b.at) for one, two, _, _ in found for a in one for b in two})
    return total


def main() -> None:
    for name, folder in [("sample", None), *folders()]:
        for pair in PAIRS:
            left, right = pair_of(name, folder, pair)
            if not left:
                continue
            whole, flags = straight(left, right, pair, {(at, at) for at in range(1, len(left) + 1)})
            print(f"{name} {pair[0]}-{pair[1]}: {len(left)} paragraphs, P {whole.precision:.3f}", end=" ")
            print(f"R {whole.recall:.3f}, flags {flags}, of these true {len(true_flags(name))}")
            for bare in (False, True):
                total = disturbed(left, right, pair, bare, 20)
                word = "without numbers" if bare else "paragraphs left out"
                print(f"  {word}: P {total.precision:.3f} R {total.recall:.3f}")
            found = seeded(
                left, right, pair, random.Random(7), swaps_for(name), max(1, len(left) // 8), true_flags(name)
            )
            kinds = ", ".join(f"{kind} {found.found[kind]}/{n}" for kind, n in sorted(found.seeded.items()))
            print(f"  errors found {sum(found.found.values())} of {sum(found.seeded.values())}: {kinds}")
            print(f"  false alarms {found.false} of {found.flags} flags")
            told, every = left_out(left, right, pair)
            print(f"  a paragraph left out is told: {told} of {every}")


if __name__ == "__main__":
    main()
