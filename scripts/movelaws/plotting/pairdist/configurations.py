"""Cities of Lennard-Jones houses and of hard disks (Fig. 13)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from movelaws.plotting import INK, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.maps import round_length
from movelaws.plotting.pairdist.matter_parts import MODELS
from movelaws.plotting.panels import letter, require_columns

COLUMNS = ["source", "rms_speed", "x", "y", "radius"]
_SHOWN = 0.985
_SIDE = 59.0


@style()
def configurations(table: pd.DataFrame) -> Figure:
    """The first city of each kind at its end: houses as disks in their true size.

    The warmest and the coldest Lennard-Jones city are shown, each panel on its own scale.

    Parameters
    ----------
    table : ``COLUMNS``, lengths in m.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(table, COLUMNS, "configurations")
    houses = table[table["source"] == "lennard_jones"]
    speeds = sorted(set(houses["rms_speed"]))
    cities = [
        (f"Lennard-Jones, kT = {speed**2 / 2:g}", houses[houses["rms_speed"] == speed])
        for speed in dict.fromkeys((speeds[-1], speeds[0]))
    ]
    cities.append(("Hard disks of unequal size", table[table["source"] == "hard_disks"]))
    made = figure(WIDTH_DOUBLE, _SIDE + 8)
    gap = (WIDTH_DOUBLE - len(cities) * _SIDE) / max(len(cities) - 1, 1)
    for number, (title, city) in enumerate(cities):
        axes = panels.axes_mm(made, number * (_SIDE + gap), 6, _SIDE, _SIDE)
        _city(axes, city)
        letter(axes, number, title)
    return made


def _city(axes: Axes, city: pd.DataFrame) -> None:
    x, y = city["x"] - city["x"].median(), city["y"] - city["y"].median()
    reach = 1.05 * float(np.quantile(np.hypot(x, y), _SHOWN)) + float(city["radius"].median())
    axes.set_axis_off()
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    colour = MODELS[city["source"].iloc[0]][1]
    width = 2 * city["radius"].to_numpy()
    axes.add_collection(
        EllipseCollection(
            width, width, np.zeros(width.size), units="xy", offsets=np.column_stack([x, y]),
            offset_transform=axes.transData, facecolors=colour, edgecolors="white", linewidths=0.2,
        )
    )  # fmt: skip
    length = round_length(0.5 * reach)
    start, level = -0.98 * reach, -0.97 * reach
    axes.plot([start, start + length], [level, level], color=INK, lw=1.2, solid_capstyle="butt")
    axes.text(
        start, level + 0.03 * reach, f"{length:g} m", va="bottom",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
    )  # fmt: skip
