"""The library of regimes that ships with the package, and regime files of the user."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from safethird.errors import BadData, Problem, UsageError, did_you_mean
from safethird.facts.documents import read_text, read_yaml_until
from safethird.regimes.cache import read_cached
from safethird.regimes.loader import build_regime, load_regime_file
from safethird.regimes.model import Regime
from safethird.regimes.procedures import stage_order
from safethird.regimes.sets import library_sets

LIBRARY = Path(__file__).parent / "library"


@lru_cache(maxsize=1)
def library_files() -> Mapping[str, Path]:
    """The file of every regime in the library, by id, in alphabetical order."""
    found = {
        path.stem: path
        for path in LIBRARY.glob("*/*.yaml")
        if path.parent.name not in ("sets", "procedures") and not path.name.endswith(".cases.yaml")
    }
    return dict(sorted(found.items()))


@lru_cache(maxsize=512)
def _load(path: Path, places: bool = False) -> Regime:
    if places:
        return load_regime_file(path)
    document, digest = read_cached(path)
    try:
        return build_regime(document, digest)
    except BadData:
        # Say where in the file.
        return load_regime_file(path)


def load_regime(name: str | Path, *, places: bool = False) -> Regime:
    """A regime of the library by id, or one of the user's own by the path of its file. With `places`, its
    rules know the lines on which they stand.

    Raises UsageError for an unknown id (naming the nearest), BadData or NoInput for a bad file.

    >>> load_regime("us-guatemala-2019").citation.pinpoint
    'TIAS 19-1115'
    """
    files = library_files()
    if isinstance(name, str) and name in files:
        return _load(files[name], places)
    text = str(name)
    if isinstance(name, Path) or text.endswith((".yaml", ".yml", ".json")) or "/" in text or "\\" in text:
        return load_regime_file(Path(text))
    raise UsageError(
        Problem(f"There is no regime '{text}' in the library", code="unknown-regime",
                hint=did_you_mean(text, list(files), most=0) or "List them with 'safethird regimes'.")
    )  # fmt: skip


def library() -> Mapping[str, Regime]:
    """Every regime of the library, by id."""
    return {name: _load(path) for name, path in library_files().items()}


def concerns(regime: Regime, claim_country: str) -> bool:
    """Whether a regime can concern a claim made in a country."""
    considered = regime.considered_for
    if considered.country_set is None:
        return claim_country in considered.countries
    # A state that has left the set, or has not joined yet, is still asked about: the regime's own scope answers.
    members = regime.program.sets[considered.country_set].members
    return any(entry.country == claim_country for entry in members)


@lru_cache(maxsize=512)
def _claims_in(path: Path) -> str | tuple[str, ...] | None:
    """For which claims a file says that it is looked at, read from its beginning only; None: not clear."""
    data = read_yaml_until(read_text(path), "considered_for", str(path)).data
    considered = data.get("considered_for") if isinstance(data, dict) else None
    found = considered.get("claim_in") if isinstance(considered, dict) else None
    return found if isinstance(found, str) else tuple(found) if isinstance(found, list) else None


def _may_concern(path: Path, claim_country: str) -> bool:
    claims_in = _claims_in(path)
    if claims_in is None:
        return True
    if isinstance(claims_in, tuple):
        return claim_country in claims_in
    known = library_sets().get(claims_in)
    return known is None or any(entry.country == claim_country for entry in known.members)


def regimes_for(claim_country: str) -> list[Regime]:
    """The regimes of the library that can concern a claim, in the order in which the authority meets them.
    Drafts and documented entries are left out."""
    found = [
        regime
        for regime in (_load(path) for path in library_files().values() if _may_concern(path, claim_country))
        if not regime.draft and not regime.documented_only and concerns(regime, claim_country)
    ]
    order = stage_order(claim_country)
    return sorted(found, key=lambda regime: order.get(regime.id, len(order)))
