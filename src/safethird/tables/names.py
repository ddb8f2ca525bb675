"""Country names and codes as the publishers spell them.

A name becomes one of three things: a country (ISO 3166-1 alpha-2), a group with a label of its own (`Other`,
`Stateless`, `Serbia and Kosovo: S/RES/1244 (1999)`), or nothing known. What is not known is reported and its
rows are kept under the publisher's words; nothing is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from safethird.facts.countries import find_country, historic_codes, is_country, is_fictitious

OTHER, UNKNOWN, STATELESS = "Other", "Unknown", "Stateless"


@dataclass(frozen=True, slots=True)
class Place:
    """A country, a group, or all of them together."""

    code: str | None
    label: str | None = None
    """The group's name; None for a country. No code and no label means all places together."""
    known: bool = True
    """False when the text is not in any table."""


ALL = Place(None)
"""All places together: the publisher's own total."""

# What is not one country of today. Keys are folded (see `fold`); `OOO`, `OOS` and `STL` are IOM's, `XXA` and
# `UNK` UNHCR's.
_GROUPS = MappingProxyType({
    "other": OTHER, "others": OTHER, "other countries": OTHER, "all other nationalities": OTHER, "ooo": OTHER,
    "all other countries": OTHER, "oth": OTHER, "autres pays": OTHER, "otros": OTHER,
    "unknown": UNKNOWN, "various/unknown": UNKNOWN, "unk": UNKNOWN, "not stated": UNKNOWN,
    "not known": UNKNOWN,
    "not specified": UNKNOWN, "unspecified": UNKNOWN, "unspecified nationality": UNKNOWN,
    "nationality unknown": UNKNOWN,
    "country not stated": UNKNOWN, "country of citizenship not stated": UNKNOWN,
    "not currently recorded": UNKNOWN,
    "unknown nationality": UNKNOWN, "unknown/not reported": UNKNOWN, "not reported": UNKNOWN,
    "other and unknown": "Other or unknown", "unknown/other": "Other or unknown", "ukn": UNKNOWN,
    "stateless": STATELESS, "xxa": STATELESS, "stls": STATELESS, "stl": STATELESS, "sta": STATELESS,
    "apatride": STATELESS,
    "refugee": "Refugee, nationality not given", "xxb": "Refugee, nationality not given",
    "recognised non-citizens": "Recognised non-citizen", "rnc": "Recognised non-citizen",
    "tibetan": "Tibetan", "tib": "Tibetan", "tibetans": "Tibetan",
    "serbia and kosovo: s/res/1244 (1999)": "Serbia and Kosovo: S/RES/1244 (1999)",
    "serbia and montenegro": "Serbia and Montenegro (former)", "scg": "Serbia and Montenegro (former)",
    "serbia and montenegro (former)": "Serbia and Montenegro (former)",
    "former yugoslavia": "Yugoslavia (former)", "yug": "Yugoslavia (former)",
    "yugoslavia": "Yugoslavia (former)",
    "csk": "Czechoslovakia (former)", "czechoslovakia": "Czechoslovakia (former)",
    "sun": "Soviet Union (former)", "su": "Soviet Union (former)", "soviet union": "Soviet Union (former)",
    "former ussr": "Soviet Union (former)", "soviet union (former)": "Soviet Union (former)",
    "ant": "Netherlands Antilles (former)", "netherlands antilles": "Netherlands Antilles (former)",
    "netherlands antilles, the": "Netherlands Antilles (former)", "an": "Netherlands Antilles (former)",
    "british overseas citizens": "British overseas citizen",
    "cyprus (northern part of)": "Cyprus (northern part)",
    "unspecified sub-saharan nationals": "Sub-Saharan Africa, not specified",
    "oos": "Sub-Saharan Africa, not specified",
    "northern triangle": "Northern Triangle", "northern central america": "Northern Triangle",
    "northern triangle countries": "Northern Triangle",
})  # fmt: skip

_TOTALS = frozenset(
    {"total", "all", "tous", "toutes", "-", "grand total", "all nationalities", "all countries"}
)

UNION = r"^(EXT_)?(EU|EA|EEA|EFTA)(\d\d(_\d{4})?(_FOR)?|V|_V)?$"
"""Labels of unions of states, which publishers print beside the states themselves."""

# Spellings that no dictionary of country names holds. Sources: the files of CBP, OHSS, UNHCR, IRCC, Frontex,
# Home Office.
_SPELLINGS = MappingProxyType({
    "china, peoples republic of": "CN", "china, people's republic of": "CN", "china, people's republic": "CN",
    "china, hong kong sar": "HK", "hong kong sar": "HK", "china, macao sar": "MO", "macau sar": "MO",
    "macau": "MO",
    "macao": "MO", "hong kong": "HK",
    "burma": "MM", "myanmar (burma)": "MM", "burma (myanmar)": "MM",
    "congo, democratic republic": "CD", "congo, democratic republic of the": "CD",
    "dem rep of the congo": "CD",
    "congo (democratic republic)": "CD", "congo, the democratic republic of the": "CD", "zaire": "CD",
    "democratic republic of congo": "CD", "congo (kinshasa)": "CD", "congo-kinshasa": "CD",
    "congo": "CG", "congo, republic": "CG", "congo, people's republic of the": "CG",
    "congo, republic of the": "CG",
    "congo (brazzaville)": "CG", "congo-brazzaville": "CG", "republic of the congo": "CG",
    "korea, south": "KR", "korea (south)": "KR", "rep of korea": "KR", "korea, republic of": "KR",
    "south korea": "KR",
    "korea, north": "KP", "korea (north)": "KP", "dem people's rep of korea": "KP", "north korea": "KP",
    "korea, people's democratic republic of": "KP", "korea, democratic people's republic of": "KP",
    "cote d'ivoire": "CI", "ivory coast": "CI", "ivory coast, republic of": "CI",
    "cabo verde": "CV", "cape verde": "CV", "cape verde islands": "CV",
    "czech rep": "CZ", "czech republic": "CZ", "czechia": "CZ", "slovak republic": "SK",
    "central african rep": "CF", "dominican rep": "DO", "syrian arab rep": "SY", "syrian arab republic": "SY",
    "lao people's dem rep": "LA", "laos": "LA", "rep of moldova": "MD", "republic of moldova": "MD",
    "moldova": "MD",
    "united rep of tanzania": "TZ", "tanzania, united republic of": "TZ", "iran (islamic rep of)": "IR",
    "iran (islamic republic of)": "IR", "iran, islamic republic of": "IR",
    "bolivia (plurinational state of)": "BO", "venezuela (bolivarian republic of)": "VE",
    "venezuela, bolivarian republic of": "VE", "micronesia (federated states of)": "FM",
    "micronesia, federated states of": "FM", "the former yugoslav rep of macedonia": "MK",
    "the former yugoslav republic of macedonia": "MK", "macedonia": "MK", "fyr macedonia": "MK",
    "fyrom": "MK",
    "north macedonia": "MK", "macedonia, former yugoslav republic of": "MK",
    "viet nam": "VN", "vietnam": "VN", "russian federation": "RU", "russia": "RU", "swaziland": "SZ",
    "eswatini": "SZ",
    "timor-leste": "TL", "east timor": "TL", "east timor, democratic republic of": "TL",
    "palestinian": "PS", "occupied palestinian territories": "PS", "palestine": "PS",
    "palestinian territories": "PS",
    "palestinian authority (gaza/west bank)": "PS", "state of palestine": "PS", "palestinian territory": "PS",
    "palestinian authority": "PS", "west bank and gaza strip": "PS", "palestinian territory, occupied": "PS",
    "united kingdom of great britain and northern ireland": "GB",
    "united kingdom and overseas territories": "GB",
    "uk": "GB", "great britain": "GB", "united states": "US", "united states of america": "US", "usa": "US",
    "usa (eoir)": "US", "usa (ins/dhs)": "US", "bonaire, saint eustatius and saba": "BQ",
    "netherlands (kingdom of the)": "NL", "netherlands, the": "NL", "turkiye": "TR", "turkey": "TR",
    "burkina": "BF", "burkina-faso": "BF", "surinam": "SR", "reunion": "RE", "curacao": "CW",
    "holy see": "VA",
    "holy see (vatican city state)": "VA", "vatican city": "VA", "kosovo, republic of": "XK", "kosovo": "XK",
    "gabon republic": "GA", "bahama islands, the": "BS", "samoa, american": "AS",
    "samoa, independent state of": "WS",
    "virgin islands, british": "VG", "virgin islands (british)": "VG", "virgin islands (united states)": "VI",
    "virgin islands, us": "VI", "st maarten (dutch part)": "SX", "sint-maarten": "SX",
    "st martin (french part)": "MF",
    "saint-martin (french part)": "MF", "st kitts-nevis": "KN", "nevis": "KN", "azores": "PT",
    "madeira": "PT",
    "sudan (south)": "SS", "south sudan, republic of": "SS", "sudan, democratic republic of": "SD",
    "somalia, democratic republic of": "SO", "mongolia, people's republic of": "MN",
    "brunei darussalam": "BN",
    "brunei": "BN", "bosnia-herzegovina": "BA", "trinidad and tobago, republic of": "TT",
    "taiwan, province of china": "TW",
    "libyan arab jamahiriya": "LY", "libya": "LY", "sao tome and principe": "ST",
    "svalbard and jan mayen islands": "SJ",
    "micronesia": "FM", "gambia, the": "GM", "bahamas, the": "BS", "the gambia": "GM", "the bahamas": "BS",
    "western sahara": "EH", "ireland, republic of": "IE", "christmas island": "CX", "macedonia, north": "MK",
    "falkland islands": "FK", "falkland islands (malvinas)": "FK", "pitcairn islands": "PN", "pitcairn": "PN",
    "st helena": "SH", "saint helena": "SH", "us virgin islands": "VI", "cocos (keeling) islands": "CC",
    "northern mariana islands, commonwealth of the": "MP", "myanmar": "MM", "saint lucia": "LC",
    "saint vincent and the grenadines": "VC", "saint kitts and nevis": "KN", "saint barthelemy": "BL",
    "sint maarten (dutch part)": "SX", "holy see (the)": "VA", "bonaire, sint eustatius and saba": "BQ",
    "saint martin (french part)": "MF", "st helena, ascension and tristan da cunha": "SH",
    "south georgia and the south sandwich islands": "GS", "turkey (turkiye)": "TR", "turkiye (turkey)": "TR",
})  # fmt: skip

# Eurostat: China without Hong Kong.
_CODES = MappingProxyType({"CN_X_HK": "CN"})

_DEPENDENCY = re.compile(
    r" \((british|french|dutch|danish|norwegian|australian|new zealand|united states|us)\)$"
)
_LONG_FORM = re.compile(
    r",? ?(the )?((federal|federated|democratic|united|independent|islamic|arab) )*"
    r"(republic|states?)( of)?( the)?$"
)


def fold(text: str) -> str:
    """A name without accents, case, full stops, footnote stars and doubled blanks.

    >>> fold("  CÔTE  d’Ivoire * ")
    "cote d'ivoire"
    """
    plain = unicodedata.normalize("NFKD", text).replace("\u2019", "'").replace("&", " and ")
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return re.sub(r"\s+", " ", re.sub(r"[.*†\u00b9\u00b2\u00b3]", "", plain)).strip()


@lru_cache(maxsize=8192)
def by_name(text: str) -> Place:
    """The place that a publisher's name stands for.

    >>> by_name("CHINA, PEOPLES REPUBLIC OF")
    Place(code='CN', label=None, known=True)
    >>> by_name("OTHER")
    Place(code=None, label='Other', known=True)
    """
    folded = fold(text)
    if folded in _TOTALS:
        return ALL
    if folded in _GROUPS:
        return Place(None, _GROUPS[folded])
    for form in (*_forms(folded), text):
        code = _SPELLINGS.get(form) or find_country(form)
        if code is not None and code not in historic_codes() and not is_fictitious(code):
            return Place(code)
    return Place(None, text.strip() or UNKNOWN, known=False)


@lru_cache(maxsize=8192)
def by_code(text: str) -> Place:
    """The place that a code stands for: ISO alpha-2 or alpha-3, Eurostat's, UNHCR's or IOM's extra codes.

    `NA` is Namibia. `EL` and `UK` are Greece and the United Kingdom.

    >>> by_code("NA").code, by_code("EL").code, by_code("GTM").code, by_code("XXA").label
    ('NA', 'GR', 'GT', 'Stateless')
    """
    code = text.strip().upper()
    folded = code.lower()
    if folded in _TOTALS:
        return ALL
    if folded in _GROUPS:
        return Place(None, _GROUPS[folded])
    if re.search(UNION, code):
        return Place(None, code)
    country = find_country(_CODES.get(code, code)) if len(code) in (2, 3) or code in _CODES else None
    if country is not None and is_country(country) and not is_fictitious(country):
        return Place(country)
    return Place(None, text.strip() or UNKNOWN, known=False)


def by_code_or_name(text: str) -> Place:
    """For columns that hold codes in one vintage and names in another (Eurostat with labels)."""
    place = by_code(text)
    return place if place.known else by_name(text)


def _forms(folded: str) -> tuple[str, ...]:
    """The name, then what is left without an addition: `(British)`, `, Republic of the`, `, The`."""
    forms = [folded]
    forms.append(_DEPENDENCY.sub("", folded))
    forms.append(_LONG_FORM.sub("", folded))
    forms.append(re.sub(r", the$", "", folded))
    forms.append(re.sub(r"^st ", "saint ", folded))
    return tuple(dict.fromkeys(form for form in forms if form))
