"""Names as publishers spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safethird.facts.countries import all_codes, country_name, is_fictitious
from safethird.tables.names import ALL, Place, by_code, by_code_or_name, by_name

CODES = [code for code in all_codes() if not is_fictitious(code)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CHINA, PEOPLES REPUBLIC OF", "CN"), ("MYANMAR (BURMA)", "MM"), ("Burma", "MM"), ("Korea, South",
        "KR"),
        ("Korea (North)", "KP"), ("Congo, Democratic Republic", "CD"), ("Congo", "CG"), ("Congo, Republic",
        "CG"),
        ("Dem. Rep. of the Congo", "CD"), ("Lao People's Dem. Rep.", "LA"), ("Syrian Arab Rep.", "SY"),
        ("Iran (Islamic Rep. of)", "IR"), ("Cameroon, Federal Republic of", "CM"), ("Niger, Republic of the",
        "NE"),
        ("Tanzania, United Republic of", "TZ"), ("Bahamas, The", "BS"), ("Gambia, The", "GM"), ("Kosovo*",
        "XK"),
        ("Anguilla (British)", "AI"), ("French Guiana (French)", "GF"), ("Tokelau (New Zealand)", "TK"),
        ("Occupied Palestinian Territories", "PS"), ("The former Yugoslav Rep. of Macedonia", "MK"),
        ("Côte d’Ivoire", "CI"), ("IVORY COAST", "CI"), ("USA (INS/DHS)", "US"), ("Türkiye", "TR"),
        ("Namibia", "NA"),
        ("St. Kitts and Nevis", "KN"), ("São Tomé and Príncipe", "ST"), ("Bosnia-Herzegovina", "BA"),
        ("Netherlands (Kingdom of the)", "NL"), ("Svalbard and Jan Mayen Islands (Norwegian)", "SJ"),
        ("Saint-Martin (French part)", "MF"), ("Guinea, Republic of", "GN"), ("GUINEA-BISSAU", "GW"),
        ("Dominica", "DM"), ("Dominican Rep.", "DO"), ("Niger", "NE"), ("Nigeria", "NG"), ("Sudan (South)",
        "SS"),
    ],
)  # fmt: skip
def test_spellings(text: str, code: str) -> None:
    assert by_name(text) == Place(code)
    assert by_name(f"  {text.upper()} ") == Place(code)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("OTHER", "Other"), ("All Other Nationalities", "Other"), ("Various/unknown", "Unknown"),
        ("Other and unknown", "Other or unknown"), ("Stateless", "Stateless"), ("Former Yugoslavia",
        "Yugoslavia (former)"),
        ("Serbia and Montenegro", "Serbia and Montenegro (former)"), ("Northern Triangle",
        "Northern Triangle"),
        ("Serbia and Kosovo: S/RES/1244 (1999)", "Serbia and Kosovo: S/RES/1244 (1999)"), ("Tibetan",
        "Tibetan"),
    ],
)  # fmt: skip
def test_groups_are_no_countries(text: str, label: str) -> None:
    assert by_name(text) == Place(None, label)


def test_codes_of_four_publishers() -> None:
    assert [by_code(text).code for text in ("NA", "NAM", "EL", "UK", "GTM", "XKX", "CN_X_HK", "xk")] == [
        "NA", "NA", "GR", "GB", "GT", "XK", "CN", "XK",
    ]  # fmt: skip
    assert [by_code(text).label for text in ("XXA", "STLS", "OOO", "OOS", "UNK", "YUG", "CSK",
    "EU27_2020")] == [
        "Stateless", "Stateless", "Other", "Sub-Saharan Africa, not specified", "Unknown",
        "Yugoslavia (former)",
        "Czechoslovakia (former)", "EU27_2020",
    ]  # fmt: skip
    assert by_code("TOTAL") == by_code("-") == by_name("Total") == ALL


@pytest.mark.parametrize("text", ["Ruritania", "Atlantis, The", "XX", "ZZ", "", "QQQ"])
def test_what_is_not_known_is_said_to_be_so(text: str) -> None:
    for place in (by_name(text), by_code(text), by_code_or_name(text)):
        assert not place.known
        assert place.code is None
        assert place.label


@pytest.mark.parametrize("code", CODES)
def test_every_country_is_found_by_its_names_and_code(code: str) -> None:
    assert by_code(code) == Place(code)
    assert by_name(country_name(code, "en")) == Place(code)


@given(st.text(max_size=20))
def test_any_text_is_a_place_a_group_or_unknown(text: str) -> None:
    for place in (by_name(text), by_code(text)):
        assert place.code is None or place.label is None
        assert place.known or place.label
