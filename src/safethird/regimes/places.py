"""Places in the United States and the federal circuit in which each lies: court orders reach no further.

28 USC 41 lists the circuits and what each is made of (read on 24 November 2026 in
http://www.chanrobles.com/usa/uslaws/codes/title28/28usc41.php). It does not name the Northern Mariana
Islands, whose appeals go to the Ninth Circuit (48 USC 1821-1824; recalled).
"""

from __future__ import annotations

from dataclasses import dataclass

from safethird.errors import Problem, UsageError, did_you_mean

CIRCUITS: dict[str, tuple[str, ...]] = {
    "1": ("MA", "ME", "NH", "PR", "RI"),
    "2": ("CT", "NY", "VT"),
    "3": ("DE", "NJ", "PA", "VI"),
    "4": ("MD", "NC", "SC", "VA", "WV"),
    "5": ("LA", "MS", "TX"),
    "6": ("KY", "MI", "OH", "TN"),
    "7": ("IL", "IN", "WI"),
    "8": ("AR", "IA", "MN", "MO", "ND", "NE", "SD"),
    "9": ("AK", "AZ", "CA", "GU", "HI", "ID", "MP", "MT", "NV", "OR", "WA"),
    "10": ("CO", "KS", "NM", "OK", "UT", "WY"),
    "11": ("AL", "FL", "GA"),
    "DC": ("DC",),
}
"""What lies in each circuit, by the last part of its ISO 3166-2 code."""

_NAMES = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware",
    "FL": "Florida", "GA": "Georgia", "GU": "Guam", "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan", "MN": "Minnesota",
    "MO": "Missouri", "MP": "Northern Mariana Islands", "MS": "Mississippi", "MT": "Montana",
    "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio",
    "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah",
    "VA": "Virginia", "VI": "Virgin Islands", "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin",
    "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A federal circuit, and the state or territory by which it was named, if any."""

    circuit: str
    state: str | None = None
    """ISO 3166-2 code: US-CA."""

    @property
    def name(self) -> str | None:
        """The English name of the state or territory."""
        return None if self.state is None else _NAMES[self.state.removeprefix("US-")]


def circuit_of(state: str) -> str:
    """The circuit in which a state or territory lies (last part of its ISO 3166-2 code); KeyError if none.

    >>> circuit_of("TX"), circuit_of("DC")
    ('5', 'DC')
    """
    for circuit, states in CIRCUITS.items():
        if state in states:
            return circuit
    raise KeyError(state)


def find_place(text: str) -> Place:
    """A place as people write it: `9`, `9th`, `US-CA`, `California`. Raises UsageError with the way out.

    >>> find_place("US-TX"), find_place("9th").circuit
    (Place(circuit='5', state='US-TX'), '9')
    """
    folded = " ".join(text.strip().upper().split())
    number = folded.removesuffix(" CIRCUIT").removesuffix(".")
    for ending in ("ST", "ND", "RD", "TH"):
        if number.endswith(ending) and number.removesuffix(ending).isdigit():
            number = number.removesuffix(ending)
    number = number.replace("D.C", "DC")
    if number in CIRCUITS:
        return Place(number)
    names = {name.upper(): code for code, name in _NAMES.items()}
    code = folded.removeprefix("US-") if folded.startswith("US-") else names.get(folded, "")
    if code in _NAMES:
        return Place(circuit_of(code), f"US-{code}")
    hint = f"For {_NAMES[folded]} write US-{folded}." if folded in _NAMES else None
    raise UsageError(
        Problem(
            f"'{text}' is no federal circuit or state of the United States that we know",
            expected="a circuit such as 9 or DC, an ISO 3166-2 code such as US-CA, or the name of a state",
            hint=hint or did_you_mean(folded.title(), sorted(_NAMES.values()), most=0) or None,
            code="unknown-place",
        )
    )
