"""What it does to the order of houses that an address is a door (Fig. 15)."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from movelaws.plotting import QUIET, WIDTH_DOUBLE, figure, style
from movelaws.plotting.pairdist import matter_parts as parts
from movelaws.plotting.panels import letter, require_columns

COLUMNS = ["source", "reference", "place", "r_low", "r_high", "neighbours", "ideal", "g", "g_error"]


@style()
def doors(curves: pd.DataFrame) -> Figure:
    """Neighbours and pair correlation of Lennard-Jones houses by their centres and two doors.

    Parameters
    ----------
    curves : ``COLUMNS``; those of the source "lennard_jones" are drawn.

    Raises
    ------
    ValueError
        If a column or a place is missing.
    """
    require_columns(curves, COLUMNS, "curves")
    shown = curves[curves["source"] == "lennard_jones"]
    missing = set(parts.PLACES) - set(shown["place"])
    if missing:
        raise ValueError(f"curves: no place {sorted(missing)[0]!r} of the Lennard-Jones houses")
    reach = float(shown["r_high"].max())
    made = figure(WIDTH_DOUBLE, 62, constrained=True)
    left, right = made.subplots(1, 2)
    for place, (name, colour) in parts.PLACES.items():
        curve = shown[shown["place"] == place]
        left.plot(parts.middle(curve), curve["neighbours"], color=colour, lw=1.0, label=name)
        parts.draw_g(right, curve, colour, label=name)
    left.plot(parts.middle(curve), curve["ideal"], color=QUIET, lw=0.8, ls=":", label="ideal gas")
    left.set_xlim(0, reach)
    left.set_ylim(0, None)
    left.set_xlabel("Distance r (m)")
    left.set_ylabel("Neighbours of a house (1/m)")
    parts.key(left, loc="lower right", title="A house is seen at")
    letter(left, 0, "Pair distribution")
    parts.finish_g(right, reach, 1.08 * float(np.nanmax(shown["g"])))
    letter(right, 1, "Against an ideal gas")
    return made
