"""Planted parameters of synthetic cities and what is found of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, panels, style
from movelaws.plotting.lagrangian.layout import grid, key, number, of_case, require_cases
from movelaws.plotting.lagrangian.looks import case

COLUMNS = ["case", "parameter", "planted", "value", "low", "high"]
NAMES = {
    "gamma_self": r"$\Gamma$, own cell",
    "gamma_link": r"$\Gamma$, neighbours",
    "lambda_self": r"$\Lambda$, own cell",
    "lambda_link": r"$\Lambda$, neighbours",
}
PLANTED = INK
_PER_ROW, _ROW = 2, 5.0  # mm per parameter


@style()
def planted(table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = True) -> Figure:
    """Recovered parameters with their intervals over the planted ones, a panel per case.

    Parameters
    ----------
    table : COLUMNS. labels : of the cases, in order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or the rows of a case are missing, or there are no cases.
    """
    panels.require_columns(table, COLUMNS, "planted")
    require_cases(labels, 8, "planted")
    names = list(dict.fromkeys(table["parameter"]))
    names = [n for n in NAMES if n in names] + [n for n in names if n not in NAMES]
    made, axes = grid(
        len(labels), _PER_ROW, _ROW * len(names) + 2, left=25, right=24, across=26, down=15
    )
    for place, (name, label) in enumerate(labels.items()):
        part = of_case(table, name, "planted").set_index("parameter").reindex(names)
        _panel(axes[place], part, case(name, labels).colour)
        named = [NAMES.get(one, one.replace("_", " ")) for one in names]
        axes[place].set_yticks(range(len(names)), named if place % _PER_ROW == 0 else [])
        panels.letter(axes[place], place, label)
        axes[place].set_xlabel("Value (no unit)")
    entries = {
        "planted": Line2D([], [], color=PLANTED, ls="", marker="D", ms=4, mfc="none", mew=0.9),
        "found, with its interval; on the right found (planted)": Line2D(
            [], [], color=QUIET, marker="o", ms=3, mew=0, lw=1.0
        ),
    }
    key(made, entries)
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(axes: Axes, part: pd.DataFrame, colour: str) -> None:
    axes.axvline(0, color="#CFCFCF", lw=0.6, zorder=0)
    for row, one in enumerate(part.itertuples()):
        if np.isfinite([one.low, one.high]).all():
            axes.plot([one.low, one.high], [row, row], color=colour, lw=1.1, zorder=2)
        axes.plot(one.planted, row, "D", color=PLANTED, ms=4, mfc="none", mew=0.9, zorder=4,
                  gid="planted")  # fmt: skip
        axes.plot(one.value, row, "o", color=colour, ms=3, mew=0, zorder=3, gid="found")
        axes.annotate(f"{number(one.value, 3)} ({number(one.planted, 3)})", (1, row), (4, 0),
                      xycoords=axes.get_yaxis_transform(), textcoords="offset points", va="center",
                      annotation_clip=False, color=QUIET)  # fmt: skip
    axes.set_ylim(len(part) - 0.3, -0.5)
    axes.margins(x=0.08)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
