"""Energies of Lennard-Jones houses on the way to equilibrium (Fig. 12)."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, style
from movelaws.plotting.panels import letter, require_columns

COLUMNS = [
    "rms_speed", "time", "kinetic", "interaction", "external", "total", "heat", "temperature"
]  # fmt: skip
_PARTS = {
    "kinetic": ("kinetic", "#CC3311"),
    "external": ("external", "#009988"),
    "interaction": ("interaction", "#0077BB"),
    "total": ("total", INK),
}


def _shades(count: int) -> list[tuple[float, ...]]:
    """Colours from warm to cold, of equal steps to the eye; the palest are left out on white."""
    return [tuple(shade) for shade in colormaps["plasma"](np.linspace(0.85, 0.0, count))]


@style()
def energies(table: pd.DataFrame) -> Figure:
    """Energies per house of the first city, its temperature, and what must stay constant.

    Parameters
    ----------
    table : ``COLUMNS``; the first root mean square speed is shown in full.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(table, COLUMNS, "energies")
    speeds = list(dict.fromkeys(table["rms_speed"]))
    shown = table[table["rms_speed"] == speeds[0]]
    houses = float(np.median(shown["kinetic"] / shown["temperature"]))
    made = figure(WIDTH_DOUBLE, 58, constrained=True)
    left, centre, right = made.subplots(1, 3)
    for name, (label, colour) in _PARTS.items():
        left.plot(shown["time"], shown[name] / houses, color=colour, lw=0.9, label=label)
    left.set_ylabel("Energy per house")
    low, high = left.get_ylim()
    left.set_ylim(low, high + 0.38 * (high - low))
    left.legend(loc="upper center", ncols=2, columnspacing=0.8, handlelength=1.0, handletextpad=0.4)
    letter(left, 0, f"Energies at a target of kT = {speeds[0] ** 2 / 2:g}")
    warmest_first = sorted(speeds, reverse=True)
    for speed, colour in zip(warmest_first, _shades(len(speeds)), strict=True):
        one = table[table["rms_speed"] == speed]
        centre.plot(one["time"], one["temperature"], color=colour, lw=0.7)
        centre.axhline(speed**2 / 2, color=QUIET, lw=0.6, ls=":")
        drift = one["total"] - one["heat"]
        right.plot(
            one["time"], 100 * (drift - drift.iloc[0]) / one["kinetic"].mean(), color=colour,
            lw=0.7, label=f"kT = {speed**2 / 2:g}",
        )  # fmt: skip
    centre.set_ylim(0, 1.35 * float(table["temperature"].max()))
    centre.set_ylabel("Temperature kT (energy)")
    centre.text(
        0.97, 0.95, "dotted: target", ha="right", va="top", color=QUIET, transform=centre.transAxes
    )
    letter(centre, 1, "Temperature")
    right.set_ylabel("(Total − heat) against start\n(% of kinetic energy)")
    low, high = right.get_ylim()
    rows = (len(speeds) + 1) // 2
    right.set_ylim(low, high + (0.12 + 0.14 * rows) * (high - low))
    right.legend(
        loc="upper center", ncols=2, columnspacing=0.8, handlelength=1.0, handletextpad=0.4
    )
    letter(right, 2, "Error of the time step")
    for axes in (left, centre, right):
        axes.set_xlim(0, float(table["time"].max()))
        axes.set_xlabel("Time")
    return made
