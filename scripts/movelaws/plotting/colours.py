"""One colour and one marker per model and per dataset, the same in every figure.

The models' colours were searched for the largest smallest distance in CIELAB between any two of
them and the black of the observation, as seen with normal vision, deuteranopia and protanopia
(simulation by Machado et al. 2009); gravity models are cool, models of intervening opportunities
warm. Those of places come from Paul Tol's "bright" and "vibrant" schemes. Markers differ as well,
so that no figure rests on colour alone.
"""

import hashlib
from typing import NamedTuple


class Look(NamedTuple):
    """How one model or dataset is drawn."""

    colour: str
    marker: str


OBSERVED = Look("#222222", "o")

MODELS = {
    "GMZipf": Look("#3CC3E1", "s"),
    "GMPow": Look("#0FB487", "D"),
    "GMExp": Look("#112288", "o"),
    "GMExpPow": Look("#1E87E1", "^"),
    "GMPow2": Look("#5577AA", "d"),
    "GMExp2": Look("#2D5AFF", "h"),
    "GMExpPow2": Look("#0000DD", "p"),
    "RM": Look("#FF1E5A", "v"),
    "RMExt": Look("#E14B00", "<"),
    "IO": Look("#A50F69", "P"),
    "OPS": Look("#D2C300", "X"),
    "PWO": Look("#5A2D0F", ">"),
    "DCG": Look("#FF965A", "*"),
    "GMPowDC": Look("#8796A5", "H"),
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
    "abidjan": Look("#33BBEE", "*"),
    "china": Look("#BB5566", "d"),
    "gowalla": Look("#DDAA33", "H"),
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
