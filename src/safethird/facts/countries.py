"""Countries: codes, names in three languages, and the code that a person may have meant.

Codes are ISO 3166-1 alpha-2. `XA` to `XZ` are user-assigned there and stand for fictitious countries,
except `XK`, which is Kosovo by common use. Codes of countries that no longer exist are kept apart: a
person may have had such a nationality, but no country of today is called so.
Names come from Unicode's CLDR (through babel, imported when first needed) unless a name of our own stands
here. A name is how a reader finds a country; it says nothing about the status of a territory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from safethird.errors import Problem, UsageError, did_you_mean

LANGUAGES = ("en", "es", "fr")

# ISO 3166-1, alpha-2 and alpha-3 run together. Source: https://www.iso.org/obp/ui/#search/code/
_ISO_TABLE = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE
BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS
BTBTN BVBVT BWBWA BYBLR BZBLZ
CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW
CXCXR CYCYP CZCZE
DEDEU DJDJI DKDNK DMDMA DODOM DZDZA
ECECU EEEST EGEGY EHESH ERERI ESESP ETETH
FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA
GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM
GUGUM GWGNB GYGUY
HKHKG HMHMD HNHND HRHRV HTHTI HUHUN
IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA
JEJEY JMJAM JOJOR JPJPN
KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ
LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY
MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR
MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ
NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL
OMOMN
PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY
QAQAT
REREU ROROU RSSRB RURUS RWRWA
SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD
STSTP SVSLV SXSXM SYSYR SZSWZ
TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA
UAUKR UGUGA UMUMI USUSA UYURY UZUZB
VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT
WFWLF WSWSM
YEYEM YTMYT
ZAZAF ZMZMB ZWZWE
"""
_ISO = tuple(_ISO_TABLE.split())

_USER_ASSIGNED = tuple(f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CODES = frozenset([pair[:2] for pair in _ISO]) | frozenset(_USER_ASSIGNED)
_BY_ALPHA3: Mapping[str, str] = MappingProxyType(
    # XKX is in common use for Kosovo; ROM and ZAR are former codes of Romania and of what is now CD.
    {**{pair[2:]: pair[:2] for pair in _ISO}, "XKX": "XK", "ROM": "RO", "ZAR": "CD"}
)

# Our own names: a territory that ISO does not list, two countries that CLDR's names in one language do
# not tell apart, and countries that are no more (ISO 3166-3).
_OWN_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CD": {
            "en": "Democratic Republic of the Congo",
            "es": "República Democrática del Congo",
            "fr": "République démocratique du Congo",
        },
        "CG": {"en": "Republic of the Congo", "es": "República del Congo", "fr": "République du Congo"},
        "XK": {"en": "Kosovo", "es": "Kosovo", "fr": "Kosovo"},
        "AN": {"en": "Netherlands Antilles", "es": "Antillas Neerlandesas", "fr": "Antilles néerlandaises"},
        "CS": {"en": "Serbia and Montenegro", "es": "Serbia y Montenegro", "fr": "Serbie-et-Monténégro"},
        "DD": {
            "en": "German Democratic Republic",
            "es": "República Democrática Alemana",
            "fr": "République démocratique allemande",
        },
        "SU": {"en": "Soviet Union", "es": "Unión Soviética", "fr": "Union soviétique"},
        "YU": {"en": "Yugoslavia", "es": "Yugoslavia", "fr": "Yougoslavie"},
    }
)
_HISTORIC = frozenset(("AN", "CS", "DD", "SU", "YU"))
_FICTITIOUS: Mapping[str, str] = MappingProxyType({"en": "Country {}", "es": "País {}", "fr": "Pays {}"})

# Names in common use that CLDR does not give, folded (see `_fold`). EU files write EL and UK.
_ALIAS_TABLE = """
AE: uae, eau, united arab emirates, emiratos arabes, emirats arabes unis
BA: bosnia, bosnie, bih
BN: brunei darussalam
BO: plurinational state of bolivia, bolivia plurinational state of, estado plurinacional de bolivia
BS: the bahamas
BY: belorussia
CD: drc, rdc, dr congo, rd congo, zaire, democratic republic of the congo, democratic republic of
    congo, dem rep of the congo, congo democratic republic of the, congo kinshasa, republica
    democratica del congo, republique democratique du congo
CF: car, rca, republica centroafricana, republique centrafricaine
CG: republic of the congo, republic of congo, congo brazzaville, congo republic, republica del
    congo, republique du congo
CI: ivory coast, cote divoire, costa de marfil
CN: prc, people s republic of china, mainland china
CV: cape verde, cabo verde, cap vert
CZ: czech republic, republica checa, republique tcheque, chequia
DD: gdr, rda, ddr, east germany, alemania oriental, allemagne de l est
DO: dominican rep, republica dominicana, republique dominicaine
FM: federated states of micronesia, micronesia federated states of
GB: uk, great britain, britain, gran bretana, grande bretagne, england, inglaterra, angleterre,
    scotland, escocia, ecosse, wales, gales, pays de galles, northern ireland, united kingdom of
    great britain and northern ireland
GM: the gambia
GR: el, hellas, hellenic republic
HK: hong kong, hongkong, hong kong sar
IR: iran islamic republic of, islamic republic of iran, persia
KP: dprk, democratic people s republic of korea, north korea, corea del norte, coree du nord
KR: rok, republic of korea, south korea, corea del sur, coree du sud
LA: lao pdr, lao people s democratic republic, laos
LY: libyan arab jamahiriya
MD: republic of moldova, moldova republic of, moldavia
MK: macedonia, fyrom, the former yugoslav republic of macedonia, republic of north macedonia
MM: burma, birmania, birmanie, myanmar
MO: macau, macao, macao sar
NL: holland, holanda, hollande, the netherlands
PS: palestine, state of palestine, palestina, estado de palestina, etat de palestine, occupied
    palestinian territory, west bank and gaza, palestinian territory occupied
RU: russian federation, federacion de rusia, federation de russie
SU: ussr, urss
SV: el salvador, salvador
SY: syrian arab republic, siria, syrie, republica arabe siria, republique arabe syrienne
SZ: swaziland, suazilandia
TL: east timor, timor leste, timor oriental
TR: turkey, turkiye, turquia, turquie, republic of turkiye
TW: taiwan, taiwan province of china, chinese taipei
TZ: united republic of tanzania, tanzania united republic of
US: usa, u s a, u s, united states of america, the united states, estados unidos de america, eeuu,
    ee uu, etats unis d amerique, etats unis
VA: vatican, holy see, vaticano, santa sede, saint siege
VE: bolivarian republic of venezuela, venezuela bolivarian republic of
VN: viet nam
XK: kosovo, kosova
"""
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        " ".join(alias.split()): code
        for code, aliases in re.findall(r"([A-Z]{2}): ([^:]*?)(?=\n[A-Z]|\Z)", _ALIAS_TABLE.strip())
        for alias in aliases.split(",")
    }
)

# Words that name more than one country: no answer is better than a wrong one.
_AMBIGUOUS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "congo": ("CD", "CG"), "korea": ("KR", "KP"), "corea": ("KR", "KP"), "coree": ("KR", "KP"),
        "virgin islands": ("VI", "VG"), "saint martin": ("MF", "SX"),
    }
)  # fmt: skip


def all_codes() -> tuple[str, ...]:
    """Every code of today in order: ISO 3166-1 alpha-2 and XA to XZ."""
    return _sorted_codes()


@lru_cache(maxsize=1)
def _sorted_codes() -> tuple[str, ...]:
    return tuple(sorted(_CODES))


def historic_codes() -> frozenset[str]:
    """Codes of countries that no longer exist: AN, CS, DD, SU, YU."""
    return _HISTORIC


def is_country(code: str) -> bool:
    """Whether this is a country code of today (XA to XZ included). Upper case only.

    >>> is_country("NA"), is_country("NO"), is_country("UK"), is_country("XA"), is_country("SU")
    (True, True, False, True, False)
    """
    return code in _CODES


def is_fictitious(code: str) -> bool:
    """Whether the code is free for made-up countries: XA to XZ without XK."""
    return code in _USER_ASSIGNED and code != "XK"


def country_name(code: str, lang: str = "en") -> str:
    """The name of a country (also a historic one) in English, Spanish or French.

    Raises UsageError for another language or a code that is none.

    >>> country_name("NA"), country_name("NA", "fr"), country_name("XA", "es"), country_name("XK")
    ('Namibia', 'Namibie', 'País XA', 'Kosovo')
    """
    if code not in _CODES and code not in _HISTORIC:
        raise UsageError(
            Problem("There is no such country code", code="unknown-country", hint=country_hint(code))
        )
    check_language(lang)
    if code in _OWN_NAMES:
        return _OWN_NAMES[code][lang]
    if code in _USER_ASSIGNED:
        return _FICTITIOUS[lang].format(code)
    return _cldr_names(lang)[code]


def check_language(lang: str) -> None:
    """Raise UsageError unless the language is one of ours."""
    if lang not in LANGUAGES:
        raise UsageError(
            Problem("There is no such language here", code="unknown-language", expected="en, es or fr",
                    hint=did_you_mean(lang, LANGUAGES))
        )  # fmt: skip


def find_country(text: str) -> str | None:
    """The code that a text means: a code, an alpha-3 code, or a name in English, Spanish or French.

    Case, accents and punctuation do not matter. A text that could mean two countries gives None;
    `suggest_countries` then names both.

    >>> [find_country(text) for text in ("NA", "usa", "EL", "Türkiye", "cote d'ivoire", "Perou", "Congo")]
    ['NA', 'US', 'GR', 'TR', 'CI', 'PE', None]
    """
    word = _fold(text)
    upper = word.upper()
    if len(word) == 2 and (upper in _CODES or upper in _HISTORIC):
        return upper
    if len(word) == 3 and upper in _BY_ALPHA3:
        return _BY_ALPHA3[upper]
    if word in _AMBIGUOUS or len(word) > 80:
        return None
    return _ALIASES.get(word) or _names_to_codes().get(word)


def suggest_countries(text: str, most: int = 3) -> tuple[str, ...]:
    """Codes of the countries whose names come closest to the text, best first; empty when none comes close.

    >>> suggest_countries("Gautemala"), suggest_countries("Congo")
    (('GT',), ('CD', 'CG'))
    """
    found = find_country(text)
    if found is not None:
        return (found,)
    word = _fold(text)[:80]
    if word in _AMBIGUOUS:
        return _AMBIGUOUS[word]
    if len(word) < 4:  # so short a word is close to too many names
        return ()
    known = {**_names_to_codes(), **_ALIASES}
    codes = (known[name] for name in get_close_matches(word, known, n=3 * most, cutoff=0.75))
    return tuple(dict.fromkeys(codes))[:most]


def country_hint(text: str) -> str:
    """The way out for a code that is none: the country that was meant, if that can be told."""
    close = suggest_countries(text)
    if not close:
        return "Use the ISO 3166-1 alpha-2 code, such as GR for Greece."
    return "Did you mean " + " or ".join(f"'{code}' ({country_name(code)})" for code in close) + "?"


def _fold(text: str) -> str:
    """Lower case, no accents, words parted by single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


@lru_cache(maxsize=len(LANGUAGES))
def _cldr_names(lang: str) -> Mapping[str, str]:
    from babel import Locale

    return Locale.parse(lang).territories


@lru_cache(maxsize=1)
def _names_to_codes() -> Mapping[str, str]:
    """Folded names to codes. A name that two languages give to different countries is left out."""
    found: dict[str, str] = {}
    clashes: set[str] = set()
    for lang in LANGUAGES:
        for code in (*_sorted_codes(), *sorted(_HISTORIC)):
            name = country_name(code, lang)
            for form in {name, name.partition(" (")[0], name.replace(" & ", " and ")}:
                word = _fold(form)
                if found.setdefault(word, code) != code:
                    clashes.add(word)
    return MappingProxyType({word: code for word, code in found.items() if word not in clashes})
