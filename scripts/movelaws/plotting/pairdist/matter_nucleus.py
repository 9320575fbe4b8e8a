"""When the centre of a city of Lennard-Jones houses freezes (Fig. 14)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, style
from movelaws.plotting.pairdist.matter_parts import ERRORS
from movelaws.plotting.panels import decades, letter, require_columns

PROFILE_COLUMNS = ["rms_speed", "radius_m", "particles", "low", "high", "ideal", "room"]
NUCLEUS_COLUMNS = [
    "rms_speed", "temperature", "threshold", "nucleus_m", "order", "order_error", "gas_order"
]  # fmt: skip
_SIMULATED, _IDEAL, _ROOM = "#0077BB", "#EE7733", INK


@style()
def nucleus(profiles: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """Houses within a radius, warm and cold, and the order of the centre by temperature.

    Parameters
    ----------
    profiles : ``PROFILE_COLUMNS``. table : ``NUCLEUS_COLUMNS``.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(profiles, PROFILE_COLUMNS, "profiles")
    require_columns(table, NUCLEUS_COLUMNS, "nucleus")
    speeds = sorted(set(table["rms_speed"]), reverse=True)
    shown = list(dict.fromkeys((speeds[0], speeds[-1])))
    made = figure(WIDTH_DOUBLE, 64, constrained=True)
    all_axes = made.subplots(1, len(shown) + 1)
    for number, (axes, speed) in enumerate(zip(all_axes, shown, strict=False)):
        row = table[table["rms_speed"] == speed].iloc[0]
        _profile(axes, profiles[profiles["rms_speed"] == speed], row)
        letter(axes, number, f"kT = {row['temperature']:g}")
        if number == 0:
            axes.legend(loc="lower right")
    _order(all_axes[-1], table)
    letter(all_axes[-1], len(shown), "Order of the innermost quarter")
    return made


def _profile(axes: Axes, profile: pd.DataFrame, row: pd.Series) -> None:
    r = profile["radius_m"]
    axes.fill_between(r, profile["low"], profile["high"], color=_SIMULATED, alpha=0.2, lw=0)
    axes.plot(r, profile["particles"], color=_SIMULATED, label="simulated")
    axes.plot(r, profile["ideal"], color=_IDEAL, ls=(0, (4, 1.5)), label="ideal gas")
    axes.plot(r, profile["room"], color=_ROOM, lw=0.8, label="room for disks")
    axes.set_xscale("log")
    axes.set_yscale("log")
    top = 2 * float(profile[["ideal", "high"]].max().max())
    axes.set_xlim(float(r.min()), float(r.max()))
    axes.set_ylim(0.7, top)
    if row["nucleus_m"] > 0:
        axes.axvline(row["nucleus_m"], color=QUIET, lw=0.7, ls=":")
        axes.annotate(
            f"nucleus\nexpected:\n{row['nucleus_m']:.0f} m", (row["nucleus_m"], 0.04),
            (-3, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
            ha="right", color=QUIET,
        )  # fmt: skip
    else:
        axes.text(
            0.04, 0.96, "no nucleus\nexpected", va="top", color=QUIET, transform=axes.transAxes
        )
    decades(axes.xaxis)
    decades(axes.yaxis)
    axes.set_xlabel("Distance to the centre (m)")
    axes.set_ylabel("Houses within it")


def _order(axes: Axes, table: pd.DataFrame) -> None:
    axes.errorbar(
        table["temperature"], table["order"], ERRORS * table["order_error"].fillna(0), fmt="o",
        color=_SIMULATED, ms=3.5, lw=0.9,
    )  # fmt: skip
    axes.axhline(table["gas_order"].iloc[0], color=_IDEAL, ls=(0, (4, 1.5)), lw=0.9)
    threshold = float(table["threshold"].iloc[0])
    axes.axvline(threshold, color=QUIET, lw=0.7, ls=":")
    right = 1.1 * max(float(table["temperature"].max()), threshold)
    axes.set_xlim(0, right)
    axes.set_ylim(0, 1.05)
    axes.text(0.02 * right, table["gas_order"].iloc[0] - 0.03, "ideal gas", va="top", color=_IDEAL)
    late = threshold > 0.5 * right
    axes.annotate(
        "nucleus expected\nbelow" if late else "nucleus\nexpected below", (threshold, 0.03),
        (-3 if late else 3, 0), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="right" if late else "left", color=QUIET,
    )  # fmt: skip
    axes.set_xlabel("Temperature kT (energy)")
    axes.set_ylabel(r"Bond order $|\psi_6|$ (1: crystal)")
    axes.set_yticks(np.arange(0, 1.01, 0.2))
