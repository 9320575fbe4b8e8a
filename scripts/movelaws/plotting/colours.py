"""One colour and one marker per model and per dataset, the same in every figure.

Most colours come from Paul Tol's "muted" and "bright" schemes for colour-blind readers; the rest
were added where those ran out, so markers differ as well and no figure rests on colour alone.
Gravity models are cool, models of intervening opportunities warm.
"""

import hashlib
from typing import NamedTuple


class Look(NamedTuple):
    """How one model or dataset is drawn."""

    colour: str
    marker: str


OBSERVED = Look("#222222", "o")

MODELS = {
    "GMZipf": Look("#88CCEE", "s"),
    "GMPow": Look("#44AA99", "D"),
    "GMExp": Look("#332288", "o"),
    "GMExpPow": Look("#117733", "^"),
    "GMPow2": Look("#225555", "d"),
    "GMExp2": Look("#4477AA", "h"),
    "GMExpPow2": Look("#88AA44", "p"),
    "RM": Look("#CC6677", "v"),
    "RMExt": Look("#AA4499", "<"),
    "IO": Look("#882255", "P"),
    "OPS": Look("#DDAA33", "X"),
    "PWO": Look("#999933", ">"),
}

# By the place, so that commuting and migration of one country share a colour.
PLACES = {
    "us": Look("#4477AA", "o"),
    "england": Look("#EE6677", "s"),
    "denmark": Look("#228833", "D"),
    "south_sudan": Look("#CCBB44", "^"),
    "helsinki": Look("#66CCEE", "v"),
    "yjmob": Look("#AA3377", "P"),
    "madrid": Look("#EE8866", "X"),
    "sf": Look("#0077BB", "<"),
    "paris": Look("#009988", ">"),
    "guangdong": Look("#997700", "h"),
    "bth": Look("#994455", "p"),
}

_SPARE = ("#77AADD", "#EE8866", "#44BB99", "#BBCC33", "#AAAA00", "#FFAABB", "#99DDFF", "#BB5566")
_SPARE_MARKERS = ("*", "d", "H", "8", "p", "h", "<", ">")


def model(name: str) -> Look:
    """Look of a flow model; ``"flow"`` is the observation.

    Models without an entry of their own get one of eight spare looks, chosen by the name alone so
    that it stays the same from figure to figure.
    """
    return OBSERVED if name == "flow" else MODELS.get(name) or _spare(name)


def dataset(name: str) -> Look:
    """Look of a dataset: that of its place, else a spare look chosen by the name alone."""
    for place, look in PLACES.items():
        if name == place or name.startswith(f"{place}_"):
            return look
    return _spare(name)


def _spare(name: str) -> Look:
    number = hashlib.sha256(name.encode()).digest()[0] % len(_SPARE)
    return Look(_SPARE[number], _SPARE_MARKERS[number])
