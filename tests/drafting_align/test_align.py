"""Language versions find each other, and what does not agree is pointed out."""

from __future__ import annotations

import random
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.drafting.align.aligned import align
from safethird.drafting.align.features import features
from safethird.drafting.align.matching import match
from safethird.drafting.align.paths import Side
from safethird.drafting.align.readers import language_of, read_version
from safethird.errors import UsageError
from safethird.regimes.model import Language
from tests.drafting_align import measure

Pair = tuple[Language, Language]


@pytest.mark.parametrize("pair", measure.PAIRS)
def test_the_sample_agreement_aligns_one_to_one_and_raises_no_flag(pair: Pair) -> None:
    left, right = measure.sample(pair[0]), measure.sample(pair[1])
    same = {(at, at) for at in range(1, len(left) + 1)}
    score, flags = measure.straight(left, right, pair, same)
    assert (score.precision, score.recall, flags) == (1.0, 1.0, 0)


@pytest.mark.parametrize("pair", measure.PAIRS)
@pytest.mark.parametrize("bare", [False, True], ids=["numbered", "without numbers"])
def test_links_stay_right_when_paragraphs_are_missing_or_run_together(pair: Pair, bare: bool) -> None:
    left, right = measure.sample(pair[0]), measure.sample(pair[1])
    total = measure.disturbed(left, right, pair, bare, turns=6)
    # Without any number length and content do it alone, on far harder ground than a draft is.
    least = 0.92 if bare else 0.95
    assert total.precision >= least
    assert total.recall >= least


@pytest.mark.parametrize("pair", measure.PAIRS)
def test_seeded_errors_are_found_with_few_false_alarms(pair: Pair) -> None:
    found = measure.seeded(
        measure.sample(pair[0]), measure.sample(pair[1]), pair, random.Random(7), measure.SAMPLE, together=16
    )
    assert sum(found.seeded.values()) > 100
    assert found.share >= 0.9
    assert found.false_share <= 0.1
    for kind in ("number", "date", "time_limit", "age", "country", "party", "reference", "term"):
        assert found.found[kind] / found.seeded[kind] >= 0.9, kind


def test_a_paragraph_in_one_language_only_is_said() -> None:
    left, right = measure.sample("en"), measure.sample("es")
    gone = next(at for at, text in enumerate(right) if text.startswith("3. No se trasladará"))
    found = align(measure.version(left, "en"), measure.version(right[:gone] + right[gone + 1 :], "es"))
    told = [(row.left[0].text, flag.kind) for row, flag in found.flags]
    assert told == [(left[gone], "missing")]


def test_renumbered_articles_are_found_by_their_content() -> None:
    left, right = measure.sample("en"), measure.sample("fr")
    cut = [at for at, text in enumerate(right) if text.startswith("Article ")]
    shorter = right[: cut[2]] + right[cut[3] :]
    for number in range(4, 13):
        shorter = [text.replace(f"Article {number} ", f"Article {number - 1} ") for text in shorter]
    found = align(measure.version(left, "en"), measure.version(shorter, "fr"))
    heads = [(row.left[0].article, row.right[0].article) for row in found.rows if row.left and row.right]
    assert ("12", "11") in heads
    assert all(one == other or int(one or 0) == int(other or 0) + 1 for one, other in heads)


_TALES = [
    ("The notice period is thirty (30) days.", "El plazo de preaviso es de treinta (30) días.", None),
    ("The notice period is thirty days.", "El plazo de preaviso es de veinte días.", "time_limit"),
    ("Signed on July 26, 2019.", "Firmado el 26 de julio de 2019.", None),
    ("Signed on July 26, 2019.", "Firmado el 26 de junio de 2019.", "date"),
    ("It covers persons under 18.", "Se aplica a menores de 18 años.", None),
    ("It covers persons under 18.", "Se aplica a menores de 21 años.", "age"),
    ("As set out in Article 5(2).", "Según el apartado 2 del artículo 5.", None),
    ("As set out in Article 5(2).", "Según el apartado 3 del artículo 5.", "reference"),
    ("The Party may suspend it.", "La Parte podrá suspenderlo.", None),
    ("The Party may suspend it.", "La Parte deberá suspenderlo.", "modality"),
    ("The Party shall suspend it.", "La Parte podrá suspenderlo.", "modality"),
    ("The Party shall not detain them.", "La Parte no las detendrá.", None),
    ("The Party shall not detain them.", "La Parte las detendrá.", "negation"),
    ("Guatemala shall receive them.", "Guatemala las recibirá.", None),
    ("Guatemala shall receive them.", "Honduras las recibirá.", "country"),
    ("No more than 2,000 people.", "No más de 2.000 personas.", None),
    ("No more than 2,000 people.", "No más de 2.500 personas.", "number"),
]


@pytest.mark.parametrize(("left", "right", "kind"), _TALES)
def test_one_sentence_pairs(left: str, right: str, kind: str | None) -> None:
    found = align(measure.version([left], "en"), measure.version([right], "es"))
    assert [flag.kind for _, flag in found.flags] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("quatre-vingt-dix jours", "fr", "90"),
        ("soixante-quinze jours", "fr", "75"),
        ("treinta y cinco días", "es", "35"),
        ("one hundred and twenty days", "en", "120"),
        ("two thousand days", "en", "2000"),
        ("cent vingt jours", "fr", "120"),
    ],
)
def test_numbers_in_words(text: str, language: Language, value: str) -> None:
    assert list(features(text, language).quantities) == [(value, "day")]


@given(
    st.lists(st.sampled_from(measure.sample("en")), max_size=8),
    st.lists(st.sampled_from(measure.sample("fr")), max_size=8),
)
def test_every_paragraph_stands_in_exactly_one_row_and_order_is_kept(
    left: list[str], right: list[str]
) -> None:
    sides = [
        Side([features(text, language) for text in texts], [None] * len(texts), [False] * len(texts))
        for texts, language in cast(list[tuple[list[str], Language]], [(left, "en"), (right, "fr")])
    ]  # fmt: skip
    beads = match(sides[0], sides[1], 1.1)
    assert [at for bead in beads for at in bead[0]] == list(range(len(left)))
    assert [at for bead in beads for at in bead[1]] == list(range(len(right)))


def test_same_language_is_refused() -> None:
    with pytest.raises(UsageError, match="same language"):
        align(measure.version(["a"], "en"), measure.version(["b"], "en"))


def test_the_language_stands_in_the_name(tmp_path: Path) -> None:
    assert language_of(Path("text.es.docx")) == "es"
    assert language_of(Path("text_fr.md")) == "fr"
    path = tmp_path / "text.md"
    path.write_text("Hola.", encoding="utf-8")
    with pytest.raises(UsageError, match="language"):
        read_version(path)
    assert read_version(path, "es").language == "es"


FLOOR = {"declaration": 0.8, "cecill": 0.85}
"""Errors of drafting that must be found in real texts; 0.9 in all others. The Declaration has hardly any
numbers, so that only the hardest kinds are left; see docs/align.md."""


@pytest.mark.parametrize("pair", measure.PAIRS)
def test_real_texts_align_and_their_errors_are_found(pair: Pair) -> None:
    """Texts with one paragraph for one in a folder that SAFETHIRD_BILINGUAL names: tests.drafting_align.real_texts."""
    given_folders = measure.folders()
    if not given_folders:
        pytest.skip("SAFETHIRD_BILINGUAL names no folder of bilingual texts; none ships with the project")
    seen = 0
    for name, folder in given_folders:
        left, right = measure.pair_of(name, folder, pair)
        if not left:
            continue
        seen += 1
        assert len(left) == len(right), "the test needs one paragraph for one"
        same = {(at, at) for at in range(1, len(left) + 1)}
        score, flags = measure.straight(left, right, pair, same)
        assert score.precision >= 0.95, name
        assert score.recall >= 0.95, name
        assert flags <= len(left) / 15, name
        total = measure.disturbed(left, right, pair, bare=False, turns=3)
        assert total.precision >= 0.95, name
        assert total.recall >= 0.95, name
        found = measure.seeded(
            left, right, pair, random.Random(7), measure.swaps_for(name), max(1, len(left) // 8)
        )
        assert found.share >= FLOOR.get(name.partition("-")[0], 0.9), name
    assert seen, "no text in this folder has both languages"
