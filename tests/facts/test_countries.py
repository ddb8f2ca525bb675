"""Country codes and names: the traps, and agreement with Unicode's tables."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from safethird.errors import UsageError
from safethird.facts import countries
from safethird.facts.countries import (
    LANGUAGES,
    all_codes,
    country_hint,
    country_name,
    find_country,
    historic_codes,
    is_country,
    is_fictitious,
    suggest_countries,
)

ISO = [code for code in all_codes() if not code.startswith("X")]


def test_the_table_is_whole() -> None:
    assert len(ISO) == 249
    assert len(all_codes()) == 249 + 26
    assert list(all_codes()) == sorted(set(all_codes()))
    territories = {code for code in Locale.parse("en").territories if len(code) == 2 and code.isalpha()}
    not_iso = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "ZZ", "XA", "XB", "XK"}
    assert set(ISO) == territories - not_iso


def test_alpha_3_codes_agree_with_unicode() -> None:
    aliases = get_global("territory_aliases")
    for alpha3, code in countries._BY_ALPHA3.items():
        if alpha3 not in ("XKX", "ROM", "ZAR"):
            assert aliases[alpha3] == [code]
        assert find_country(alpha3) == code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_name_finds_its_country(lang: str) -> None:
    for code in (*all_codes(), *historic_codes()):
        name = country_name(code, lang)
        assert name
        assert find_country(name) in (code, None), name
        if code not in ("MF", "SX"):  # both Saint-Martin in French
            assert find_country(name) == code, name
            assert find_country(name.upper()) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NA", "NA"), ("na", "NA"), ("Namibia", "NA"), ("NAM", "NA"), ("Namibie", "NA"),
        ("NO", "NO"), ("no", "NO"), ("Noruega", "NO"), ("Norvège", "NO"), ("norvege", "NO"),
        ("EL", "GR"), ("UK", "GB"), ("USA", "US"), ("U.S.", "US"), ("EE. UU.", "US"), ("États-Unis", "US"),
        ("Cote d'Ivoire", "CI"), ("Côte d\u2019Ivoire", "CI"), ("Ivory Coast", "CI"),
        ("Costa de Marfil", "CI"),
        ("Turkey", "TR"), ("Türkiye", "TR"), ("Turquía", "TR"), ("Burma", "MM"), ("Swaziland", "SZ"),
        ("Niger", "NE"), ("Nigeria", "NG"), ("Guinea", "GN"), ("Guinea-Bissau", "GW"), ("Dominica", "DM"),
        ("Dominican Republic", "DO"), ("Kosovo", "XK"), ("XKX", "XK"), ("XA", "XA"), ("Soviet Union", "SU"),
        ("Democratic Republic of the Congo", "CD"), ("Republic of the Congo", "CG"), ("  france ", "FR"),
        ("Congo", None), ("Korea", None), ("n/a", None), ("", None), ("EU", None), ("stateless", None),
        ("unknown", None), ("ZZ", None), ("\u0130", None), ("A" * 1000, None),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, code: str | None) -> None:
    assert find_country(text) == code


def test_two_possible_countries_are_both_named() -> None:
    assert suggest_countries("Congo") == ("CD", "CG")
    assert suggest_countries("korea") == ("KR", "KP")
    assert suggest_countries("Gautemala") == ("GT",)
    assert suggest_countries("EU") == ()
    assert country_hint("el") == "Did you mean 'GR' (Greece)?"
    assert "alpha-2" in country_hint("nowhere at all")


def test_codes_of_today_of_the_past_and_of_nowhere() -> None:
    assert is_country("XK")
    assert is_country("XA")
    assert not any(map(is_country, ("UK", "EL", "EU", "ZZ", "gr", "", "USA", "YU", "CS")))
    assert is_fictitious("XA")
    assert not is_fictitious("XK")
    assert not is_fictitious("GB")
    assert historic_codes() == {"AN", "CS", "DD", "SU", "YU"}
    assert country_name("YU", "fr") == "Yougoslavie"
    # CLDR calls these "Pseudo-Accents" and "Pseudo-Bidi".
    assert country_name("XA") == "Country XA"
    assert country_name("XB", "fr") == "Pays XB"


def test_there_is_no_name_for_no_country() -> None:
    with pytest.raises(UsageError, match="GB"):
        country_name("UK")
    with pytest.raises(UsageError, match="en, es or fr"):
        country_name("FR", "de")


@given(st.text())
def test_any_text_is_some_country_or_none(text: str) -> None:
    found = find_country(text)
    assert found is None or is_country(found) or found in historic_codes()
    assert all(is_country(code) or code in historic_codes() for code in suggest_countries(text))
