"""Countries inside a sentence: articles and prepositions of three languages."""

from __future__ import annotations

import pytest

from safethird.facts.countries import all_codes, country_name, historic_codes
from safethird.reports.places import in_places, with_article

CODES = sorted({*all_codes(), *historic_codes()})


@pytest.mark.parametrize(
    ("code", "place", "named"),
    [
        ("US", "aux États-Unis", "les États-Unis"), ("CA", "au Canada", "le Canada"), ("FR", "en France", "la France"),
        ("GT", "au Guatemala", "le Guatemala"), ("HN", "au Honduras", "le Honduras"), ("SV", "au Salvador", "le Salvador"),
        ("MX", "au Mexique", "le Mexique"), ("BZ", "au Belize", "le Belize"), ("GB", "au Royaume-Uni", "le Royaume-Uni"),
        ("NL", "aux Pays-Bas", "les Pays-Bas"), ("DE", "en Allemagne", "l'Allemagne"), ("IR", "en Iran", "l'Iran"),
        ("CY", "à Chypre", "Chypre"), ("MT", "à Malte", "Malte"), ("IL", "en Israël", "Israël"), ("CU", "à Cuba", "Cuba"),
        ("YE", "au Yémen", "le Yémen"), ("BB", "à la Barbade", "la Barbade"), ("CD", "en République démocratique du Congo",
        "la République démocratique du Congo"), ("ZA", "en Afrique du Sud", "l'Afrique du Sud"),
        ("CI", "en Côte d’Ivoire", "la Côte d’Ivoire"), ("XA", "dans le pays XA", "le pays XA"), ("XK", "au Kosovo", "le Kosovo"),
        ("HK", "dans la R.A.S. chinoise de Hong Kong", "la R.A.S. chinoise de Hong Kong"), ("RE", "à La Réunion", "La Réunion"),
    ],
)  # fmt: skip
def test_french(code: str, place: str, named: str) -> None:
    assert in_places([code], "fr") == place
    assert with_article([code], "fr") == named


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("US", "in the United States"), ("NL", "in the Netherlands"), ("GB", "in the United Kingdom"),
        ("CF", "in the Central African Republic"), ("CA", "in Canada"), ("PH", "in the Philippines"), ("XA", "in Country XA"),
        ("SB", "in the Solomon Islands"), ("VA", "in Vatican City"), ("YU", "in Yugoslavia"),
    ],
)  # fmt: skip
def test_english(code: str, place: str) -> None:
    assert in_places([code], "en") == place


def test_several_are_joined_by_or() -> None:
    assert in_places(["DE", "US"], "fr") == "en Allemagne ou aux États-Unis"
    assert in_places(["GT", "US"], "es") == "en Guatemala o en Estados Unidos"
    assert with_article(["CA", "US"], "en") == "Canada or the United States"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_country_keeps_its_name(language: str) -> None:
    for code in CODES:
        name = country_name(code, language)
        for said in (in_places([code], language), with_article([code], language)):
            assert said.casefold().endswith(name.casefold())


def test_plural_names_are_plural_in_french() -> None:
    for code in CODES:
        name = country_name(code, "fr")
        if name.split()[0].endswith("s") and not name.startswith(
            ("Pays ", "Saint", "Maurice", "Honduras", "Laos", "Chypre")
        ):
            assert in_places([code], "fr").startswith(("aux ", "à "))
