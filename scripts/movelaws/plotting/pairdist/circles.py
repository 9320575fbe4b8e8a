"""Concentric circles: what one place sees, the pair distribution, three costs (Fig. 1a-d)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.cities.forms import Disk
from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style

PLACES = ["x", "y", "circle"]
SEEN = ["view", "r_low", "r_high", "density"]
MOVES = ["exponent", "r_low", "r_high", "observed", "low", "high", "expected"]
COSTS = {
    0.0: (INK, "o", r"$\pi=1$"),
    1.0: ("#0077BB", "s", r"$\pi=1/r$"),
    2.0: ("#CC3311", "^", r"$\pi=1/r^{2}$"),
}
CENTRE, RIM = "#EE7733", "#009988"
_TOP, _TALL = 7.0, 36.0


@style()
def circles(
    places: pd.DataFrame, seen: pd.DataFrame, moves: pd.DataFrame, *, synthetic: bool = False
) -> Figure:
    """Places (a), distances from two of them (b), from all (c), and moves under three costs (d).

    Parameters
    ----------
    places, seen, moves : of ``pairdist.shapes_circles.Circles``.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, or a cost is none of 1, 1/r and 1/r^2.
    """
    panels.require_columns(places, PLACES, "places")
    panels.require_columns(seen, SEEN, "seen")
    panels.require_columns(moves, MOVES, "moves")
    unknown = set(moves["exponent"]) - set(COSTS)
    if unknown:
        raise ValueError(f"moves: exponent {sorted(unknown)[0]:g}: 0, 1 and 2 are drawn")
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + 11)
    _places(panels.axes_mm(made, 1, _TOP, _TALL, _TALL), places)
    drawn = [panels.axes_mm(made, left, _TOP, 36, _TALL) for left in (46.5, 94, 143.5)]
    for view, colour, words in (("rim", RIM, "the rim"), ("centre", CENTRE, "the middle")):
        _steps(drawn[0], seen[seen["view"] == view], colour, f"from {words}")
    everywhere = seen[seen["view"] == "all"]
    _steps(drawn[1], everywhere, INK, "all pairs")
    r = np.linspace(0, 2 * places["x"].max(), 200)
    width = float((everywhere["r_high"] - everywhere["r_low"]).iloc[0])
    drawn[1].plot(
        r, 100 * width * Disk(float(places["x"].max())).density(r), color=QUIET, lw=0.8,
        ls=(0, (4, 1.5)), label="full disk", gid="disk",
    )  # fmt: skip
    for exponent, part in moves.groupby("exponent"):
        _moves(drawn[2], part, exponent)
    for number, (axes, title, unit) in enumerate(
        zip(
            drawn,
            ("Seen from a place", "Pair distribution", "Moves under three costs"),
            ("Places", "Pairs", "Moves"),
            strict=True,
        )
    ):
        axes.set_xlim(0, 2 * places["x"].max() * 1.02)
        axes.xaxis.set_major_formatter("{x:,g}")
        axes.set_xlabel(r"Distance, $r$ (m)")
        axes.set_ylabel(f"{unit} (% per {width:g} m)")
        axes.legend(loc="upper right", borderaxespad=0.1, handlelength=1.4)
        panels.letter(axes, number + 1, title)
    drawn[0].set_ylim(0, drawn[0].get_ylim()[1] * 1.25)
    drawn[1].set_ylim(0, drawn[1].get_ylim()[1] * 1.25)
    drawn[2].set_yscale("log")
    drawn[2].set_ylim(top=drawn[2].get_ylim()[1] * 8)
    panels.decades(drawn[2].yaxis)
    panels.tag_synthetic(made, synthetic)
    return made


def _places(axes: Axes, places: pd.DataFrame) -> None:
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.plot(places["x"], places["y"], "o", ms=1.3, mew=0, color=INK, gid="places")
    rim = places[places["circle"] == places["circle"].max()].iloc[0]
    for x, y, colour in ((0, 0, CENTRE), (rim["x"], rim["y"], RIM)):
        axes.plot(x, y, "X", ms=5, mew=0.5, mec="white", color=colour, clip_on=False, zorder=4)
    panels.letter(axes, 0, "Places on circles")


def _steps(axes: Axes, part: pd.DataFrame, colour: str, words: str) -> None:
    edges = np.append(part["r_low"], part["r_high"].iloc[-1])
    percent = 100 * part["density"] * (part["r_high"] - part["r_low"])
    axes.stairs(percent, edges, fill=True, color=colour, alpha=0.35, lw=0)
    axes.stairs(percent, edges, color=colour, lw=0.8, label=words, gid="seen")


def _moves(axes: Axes, part: pd.DataFrame, exponent: float) -> None:
    colour, marker, words = COSTS[exponent]
    wide = 100 * (part["r_high"] - part["r_low"])
    middle = (part["r_low"] + part["r_high"]) / 2
    edges = np.append(part["r_low"], part["r_high"].iloc[-1])
    axes.stairs(wide * part["expected"], edges, color=colour, lw=0.8, gid="expected")
    seen = part["observed"] > 0
    low = np.maximum(part["low"], part["observed"] / 10)
    axes.vlines(middle[seen], (wide * low)[seen], (wide * part["high"])[seen], color=colour, lw=0.6)
    look = {"color": colour, "ms": 2, "mew": 0, "label": words, "gid": "observed"}
    axes.plot(middle[seen], (wide * part["observed"])[seen], marker, **look)
