"""Whether the reference dynamics keeps its population (Eqs 1 to 4)."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from movelaws.plotting import INK, WIDTH_SINGLE, figure, panels, style
from movelaws.plotting.lagrangian.layout import line
from movelaws.plotting.lagrangian.looks import case

COLUMNS = ["case", "bookkeeping", "n", "drift"]
_LEFT, _RIGHT, _TOP, _PANEL, _BELOW = 14.0, 30.5, 3.0, 48.0, 10.0


@style()
def drift(table: pd.DataFrame, labels: Mapping[str, str], *, synthetic: bool = False) -> Figure:
    """Change of the total population, %, by step: as printed by case, and with book-keeping
    that conserves (all cases on one line).

    Parameters
    ----------
    table : COLUMNS; drift is total / M - 1, bookkeeping "printed" or "conserving".
    labels : of the cases, in order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there is no row of a case.
    """
    panels.require_columns(table, COLUMNS, "drift")
    made = figure(WIDTH_SINGLE, _TOP + _PANEL + _BELOW)
    axes = panels.axes_mm(made, _LEFT, _TOP, WIDTH_SINGLE - _LEFT - _RIGHT, _PANEL)
    handles = {}
    for name in labels:
        part = table[table["case"] == name]
        if part.empty:
            raise ValueError(f"drift: no rows of case {name!r}")
        look = case(name, labels)
        for bookkeeping, curve in part.groupby("bookkeeping"):
            curve = curve.sort_values("n")
            printed = bookkeeping == "printed"
            axes.plot(
                curve["n"],
                100 * curve["drift"],
                color=look.colour if printed else INK,
                ls=look.dash if printed else "-",
                lw=1.1 if printed else 0.9,
                zorder=3 if printed else 2,
                gid=f"{bookkeeping} {name}",
            )
            if printed:
                handles[look.name] = line(look)
    axes.set_xlim(0, table["n"].max())
    axes.margins(y=0.12)
    if (table["bookkeeping"] == "conserving").any():
        axes.annotate("book-keeping that conserves, all cases", (1, 0), (0, -2), va="top",
                      ha="right", xycoords=axes.get_yaxis_transform(),
                      textcoords="offset points", fontsize=6)  # fmt: skip
    axes.legend([*handles.values()], [*handles], loc="center left", bbox_to_anchor=(1.02, 0.5),
                title="As printed", title_fontsize=7, alignment="left",
                labelspacing=0.6)  # fmt: skip
    axes.set_xlabel("Step $n$")
    axes.set_ylabel("Change of the total population (%)")
    axes.grid(axis="y", color="#ececec", lw=0.4)
    axes.set_axisbelow(True)
    panels.tag_synthetic(made, synthetic)
    return made
