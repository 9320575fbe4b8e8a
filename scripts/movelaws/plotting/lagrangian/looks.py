"""How methods, cases and variants of the Lagrangian paper look, the same in every figure.

A method has a colour and a dash, a case a colour, a dash and a marker, a variant the colour of
how freely its parameters vary and the marker of what it leaves out. What stays where it is,
persistence, is grey everywhere. Colours come from Okabe and Ito and from Paul Tol's "muted" set.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.colors import to_hex, to_rgb

from movelaws.plotting import INK, colours


class Look(NamedTuple):
    """How one method, case or variant is drawn."""

    colour: str
    dash: Any
    marker: str
    name: str


PERSISTENCE = Look("#8A8A8A", (0, (1, 1.2)), "|", "nothing moves")
METHODS = {
    "reference": Look(INK, "-", "o", "reference"),
    "printed": Look("#D55E00", "-", "s", "printed schedule"),
    "printed_long": Look("#E69F00", (0, (3, 1)), "D", "printed schedule, ten times as long"),
    "printed_tuned": Look("#A0522D", (0, (1.5, 1)), "P", "printed schedule, best rate"),
    "exact": Look("#0072B2", (0, (5, 1.2)), "o", "exact gradient"),
    "exact_best": Look("#56B4E9", "-", "X", "exact gradient, nearest start"),
    "interpolation": Look("#009E73", (0, (4, 1, 1, 1)), "^", "interpolation"),
    "persistence": PERSISTENCE,
}

# Hue for alpha, dash for h, so that neither rests on colour alone.
REFERENCES = {
    "alpha1_h0": Look("#B8A429", "-", "o", ""),
    "alpha1_h005": Look("#117733", (0, (4, 1.2)), "s", ""),
    "alpha10_h0": Look("#E0707F", "-", "^", ""),
    "alpha10_h005": Look("#882255", (0, (4, 1.2)), "D", ""),
}
_PLACES = {"japan": "yjmob", "san_francisco": "sf"}  # names of these places in other papers
_CITY_DASHES = ("-", (0, (5, 1.2)), (0, (1.5, 1)), (0, (5, 1, 1, 1)))

FREEDOM = {
    "full": ("#0072B2", "by time and cell"),
    "time_independent": ("#CC6677", "by cell"),
    "homogeneous": ("#CC9900", "the same everywhere"),
}
FREEDOM_WORDS = {
    "full": "parameters free in time and space",
    "time_independent": "constant in time, free in space",
    "homogeneous": "the same everywhere (2 or 4 numbers)",
}
FORMS = {
    "": ("o", "inertia and dissipation"),
    "no_inertia": ("v", "no inertia"),
    "no_dissipation": ("s", "no dissipation"),
}
VARIANTS = tuple(f"{free}_{form}".rstrip("_") for free in FREEDOM for form in FORMS)
PREVIOUS_DAY = Look("#AA4499", (0, (4, 1, 1, 1)), "D", "the other day as it was")
PREVIOUS_CHANGE = Look("#44AA99", (0, (4, 1, 1, 1, 1, 1)), "P", "the other day's changes")
DAMPED = Look("#332288", (0, (6, 1.5, 1.5, 1.5)), "X", "from here to the other day")
AVERAGE = Look("#117733", (0, (8, 1.5)), "H", "mean of the earlier days")
DAMPED_AVERAGE = Look("#882255", (0, (2.5, 1)), "p", "from here to that mean")
LINE_TO_END = Look("#4D4D4D", (0, (1, 2)), "*", "straight line to the known end")
RULES = {
    "previous_day": PREVIOUS_DAY,
    "previous_change": PREVIOUS_CHANGE,
    "damped": DAMPED,
    "historical_average": AVERAGE,
    "damped_average": DAMPED_AVERAGE,
    "line_to_end": LINE_TO_END,
}
"""Simple rules, beside persistence, that a prediction is held against."""
ORACLES = ("line_to_end",)
"""Rules that know what a forecast cannot know."""
_OTHERS = {
    **RULES,
    "persistence": PERSISTENCE,
    "printed": METHODS["printed"],
    "exact": METHODS["exact"],
    "interpolation": METHODS["interpolation"],
}


def case(name: str, labels: Mapping[str, str]) -> Look:
    """Look of a case: of the paper's dynamics, of a city's place, or a spare one for any other.

    Parameters
    ----------
    labels : of all cases of the figure; dashes of cities follow their order.
    """
    label = labels.get(name, name)
    if name in REFERENCES:
        return REFERENCES[name]._replace(name=label)
    look = colours.dataset(_PLACES.get(name, name))
    cities = [one for one in labels if one not in REFERENCES]
    dash = _CITY_DASHES[cities.index(name) % len(_CITY_DASHES)] if name in cities else "-"
    return Look(look.colour, dash, look.marker, label)


def variant(name: str) -> Look:
    """Look of a variant of the model or of what it is held against.

    Raises
    ------
    ValueError
        If the name is none of them.
    """
    if name in _OTHERS:
        return _OTHERS[name]
    for free, (colour, free_name) in FREEDOM.items():
        for form, (marker, form_name) in FORMS.items():
            if name == f"{free}_{form}".rstrip("_"):
                form_name = form_name if form else "with both"
                if free == "homogeneous":
                    free_name = "two numbers" if form else "four numbers"
                dash = {"o": "-", "v": (0, (4, 1.2)), "s": (0, (1.2, 1))}[marker]
                return Look(colour, dash, marker, f"{free_name}, {form_name}")
    raise ValueError(f"variant {name!r}: known are {', '.join((*VARIANTS, *_OTHERS))}")


def of_kind(labels: Mapping[str, str], kinds: Mapping[str, str], kind: str) -> list[str]:
    """Cases of one kind, "reference" or "city", in the order of the labels.

    Raises
    ------
    ValueError
        If a case has no kind or another one.
    """
    for name in labels:
        if kinds.get(name) not in ("reference", "city"):
            raise ValueError(f"kinds[{name!r}] = {kinds.get(name)!r}: use 'reference' or 'city'")
    return [name for name in labels if kinds[name] == kind]


def for_words(colour: str) -> str:
    """A colour dark enough to read small words in."""
    rgb = to_rgb(colour)
    light = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
    return to_hex([channel * min(1.0, 0.5 / light) for channel in rgb])


def known(methods: Sequence[str]) -> list[str]:
    """Those methods that have a look, in the order of the looks."""
    return [name for name in METHODS if name in set(methods)]
