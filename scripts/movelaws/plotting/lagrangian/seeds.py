"""Summary numbers over seeds of the random populations, beside the bootstrap over cells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, panels, style
from movelaws.plotting.lagrangian.layout import grid, key
from movelaws.plotting.lagrangian.looks import case

COLUMNS = ["case", "resampled", "seed", "quantity", "value"]
SUMMARY = ["case", "method", "quantity", "value", "low", "high"]
QUANTITIES = {
    "rms": ("RMS of $q$", "log"),
    "median_abs_gamma": (r"Median $|\Gamma|$", "log"),
    "median_abs_lambda": (r"Median $|\Lambda|$", "log"),
    "median_inertia_ratio": ("Median $I_a$", "log"),
    "median_dissipation": (r"Median $\gamma_a$", "linear"),
    "share_negative_dissipation": (r"Share of cells with $\gamma_a<0$", "linear"),
    "median_flow": (r"Median $\Phi_a$", "log"),
    "median_time": (r"Median $\tau_a$", "linear"),
    "pearson_psi": (r"Correlation of the $\psi$ maps", "linear"),
    "moran_psi_v0": (r"Moran's $I$ of $\psi$, $\dot q_b(0)$", "linear"),
}
RESAMPLED = {
    "growth": "grown anew",
    "staying": "agents drawn, most stay",
    "independent": "agents drawn each time",
    "days": "each day as it is",
}
_PER_ROW, _ROW, _PAD = 4, 6.2, 2.0  # mm per case and way


@style()
def seeds(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    method: str = "printed",
    synthetic: bool = False,
) -> Figure:
    """A panel per quantity, a row per case and per what is drawn anew; the bar is the bootstrap.

    Dots that scatter far beyond the bar say that the interval from one realisation is too narrow.

    Parameters
    ----------
    table : COLUMNS. summary : SUMMARY, with the intervals of the run.
    labels : of the cases, in order; those without seeds are left out.
    method : whose intervals are shown.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or no case has a seed.
    """
    panels.require_columns(table, COLUMNS, "seeds")
    panels.require_columns(summary, SUMMARY, "summary")
    cases = [name for name in labels if (table["case"] == name).any()]
    shown = [name for name in QUANTITIES if (table["quantity"] == name).any()]
    if not cases or not shown:
        raise ValueError(f"seeds: no row of {', '.join(QUANTITIES)} for {', '.join(labels)}")
    own = summary[summary["method"] == method]
    rows = [
        (name, way)
        for name in cases
        for way in RESAMPLED
        if ((table["case"] == name) & (table["resampled"] == way)).any()
    ]
    made, axes = grid(len(shown), _PER_ROW, _ROW * len(rows) + _PAD, left=34, across=5, down=15)
    for place, name in enumerate(shown):
        _panel(axes[place], table, own, name, rows, labels)
        named = [f"{labels[case]}\n{RESAMPLED[way]}" for case, way in rows]
        axes[place].set_yticks(range(len(rows)), named if place % _PER_ROW == 0 else [], fontsize=6)
        panels.letter(axes[place], place)
        axes[place].set_xlabel(QUANTITIES[name][0])
    entries = {
        "a realisation": Line2D([], [], color=QUIET, ls="", marker="o", ms=2.6, mew=0, alpha=0.6),
        "this run, with the interval of its block bootstrap": Line2D(
            [], [], color=INK, marker="|", ms=5, mew=1.0, lw=2.2, alpha=0.8),
    }  # fmt: skip
    key(made, entries)
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(
    axes: Axes,
    table: pd.DataFrame,
    summary: pd.DataFrame,
    quantity: str,
    rows: list[tuple[str, str]],
    labels: Mapping[str, str],
) -> None:
    part = table[table["quantity"] == quantity]
    whole = summary[summary["quantity"] == quantity].set_index("case")
    log = QUANTITIES[quantity][1] == "log" and (part["value"] > 0).all()
    axes.set_xscale("log" if log else "linear")
    done = set()
    for row, (name, way) in enumerate(rows):
        look = case(name, labels)
        own = part[(part["case"] == name) & (part["resampled"] == way)]
        values = own["value"].to_numpy(dtype=float)
        heights = row - 0.1 - 0.18 * (np.arange(len(values)) % 2)  # two rows, so that dots part
        axes.plot(values, heights, "o", color=look.colour, ms=2.4, mew=0, alpha=0.6, gid="seed")
        if name in whole.index and name not in done:
            one = whole.loc[name]
            axes.plot([one["low"], one["high"]], [row + 0.22] * 2, color=look.colour, lw=2.2,
                      alpha=0.55, solid_capstyle="butt", gid="interval")  # fmt: skip
            axes.plot(one["value"], row + 0.22, "|", color=INK, ms=5, mew=1.0, gid="value")
            done.add(name)
    axes.set_ylim(len(rows) - 0.45, -0.6)
    axes.margins(x=0.08)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e4e4e4", lw=0.4)
    axes.set_axisbelow(True)
    if log:
        axes.autoscale_view()
        panels.decades(axes.xaxis)
    else:
        axes.locator_params(axis="x", nbins=4)
