"""The cost of a country put together from that of its towns (Fig. 27)."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.published_cost import PUBLISHED, powers

CURVES = ("model", "replicate", "r_m", "cost", "exponent")
TABLE = ("model", "between_radii", "spread", "lowest_local", "highest_local")
BASE, AT_RADIUS, SIMULATED = "#0077BB", "#EE7733", "#009988"
WORDS = {
    "base": ("mean field, equal moves per address", BASE, "-"),
    "norm: one at the radius": ("mean field, cost 1 at each radius", AT_RADIUS, "-"),
    "simulated": ("random towns, equal moves per address", SIMULATED, (0, (5, 1.5))),
    "simulated, one at the radius":
        ("random towns, cost 1 at each radius", "#BB5566", (0, (5, 1.5))),
}  # fmt: skip
_ROWS = {
    "base": "Base",
    "norm: one at the radius": "Cost 1 at each radius",
    "norm: integral of the cost": "Cost of integral 1",
    "pairs: assumed growth": "Pairs grow as assumed (Eq. 155)",
    "simulated": "Random towns, base",
    "simulated, one at the radius": "Random towns, cost 1 at the radius",
}
_LEFT, _TOP, _WIDE, _HIGH, _GAP = 15.0, 8.0, 62.0, 44.0, 13.0
_SMOOTHED, _NEAREST = 4, 100.0


@style()
def aggregate(
    curves: pd.DataFrame,
    table: pd.DataFrame,
    radius: np.ndarray,
    published: pd.DataFrame | None = None,
    *,
    synthetic: bool = False,
) -> Figure:
    """Cost over distance, its local exponent, and the exponent between the radii in all variants.

    Curves have the height 1 at the median radius; the shade spans the radii of the towns. Rows of
    the right panel show the exponent over that span, the thin line the range of local exponents.

    Parameters
    ----------
    curves : CURVES, of ``movelaws.pairdist.aggregate_table.curves``.
    table : TABLE, of ``table`` there.
    radius : (n_towns,) mobility radii, m.
    published : r_m and cost of the paper's simulated curve; may be missing.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    panels.require_columns(curves, list(CURVES), "curves")
    panels.require_columns(table, list(TABLE), "table")
    high = 2 * _HIGH + _GAP
    made = figure(WIDTH_DOUBLE, _TOP + high + 21)
    left = _LEFT + _WIDE + 52
    top = panels.axes_mm(made, _LEFT, _TOP, _WIDE, _HIGH)
    bottom = panels.axes_mm(made, _LEFT, _TOP + _HIGH + _GAP, _WIDE, _HIGH)
    right = panels.axes_mm(made, left, _TOP, WIDTH_DOUBLE - left - 3, high)
    _curves(top, bottom, curves, radius, published)
    _variants(right, table)
    for number, (axes, title) in enumerate(
        ((top, "Cost of distance of the country"), (bottom, "Local exponent"))
    ):
        panels.letter(axes, number, title)
        axes.set_xscale("log")
        axes.set_xlim(10, 1e6)
        powers(axes.xaxis)
        axes.axvspan(radius.min(), radius.max(), color="#F1F1F1", lw=0, zorder=-2)
    bottom.set_xlabel("Distance $r$ (m)")
    panels.letter(right, 2, "Exponent across the radii")
    _key(made, set(curves["model"]), published is not None)
    panels.tag_synthetic(made, synthetic)
    return made


def _curves(top: Axes, bottom: Axes, curves: pd.DataFrame, radius: np.ndarray, published) -> None:
    middle = float(np.median(radius))
    for name, (_, colour, dashes) in WORDS.items():
        mine = curves[curves["model"] == name]
        if name.startswith("simulated"):
            # Nearer than this, too few pairs between towns are sampled to draw.
            mine = mine[mine["r_m"] >= _NEAREST]
        for k, (_, part) in enumerate(mine.groupby("replicate")):
            drawn = {"color": colour, "ls": dashes, "lw": 1.1 if k == 0 else 0.4}
            _draw(top, bottom, part["r_m"].to_numpy(), part["cost"].to_numpy(), middle, drawn)
    if published is not None:
        r, cost = published["r_m"].to_numpy(), published["cost"].to_numpy()
        seen = cost > cost.max() * 1e-9
        drawn = {"color": PUBLISHED, "lw": 0, "marker": "o", "ms": 1.8, "mew": 0}
        _draw(top, bottom, r[seen], cost[seen], middle, drawn)
    r = np.array([10.0, 1e6])
    top.plot(r, middle / r, color=QUIET, lw=0.8, ls=(0, (1, 1.5)), zorder=-1)
    top.set_yscale("log")
    top.set_ylim(1e-4, 3e2)
    powers(top.yaxis)
    top.set_ylabel("Cost over that at the median radius")
    bottom.axhline(1, color=QUIET, lw=0.8, ls=(0, (1, 1.5)), zorder=-1)
    bottom.set_ylim(0, 2.6)
    bottom.set_ylabel(r"$-\,\mathrm{d}\,\ln \pi \, / \, \mathrm{d}\,\ln r$")


def _draw(top: Axes, bottom: Axes, r, cost, middle: float, drawn: dict) -> None:
    known = np.isfinite(cost) & (cost > 0)
    r, cost = r[known], cost[known]
    top.plot(r, cost / np.exp(np.interp(math.log(middle), np.log(r), np.log(cost))), **drawn)
    # Slopes over nine bins, or as many as there are: single bins of few towns jump about.
    width = 2 * _SMOOTHED + 1
    t, v = np.log(r), np.log(cost)
    at = range(_SMOOTHED, r.size - _SMOOTHED)
    slopes = [-np.polyfit(t[k - _SMOOTHED : k - _SMOOTHED + width],
                          v[k - _SMOOTHED : k - _SMOOTHED + width], 1)[0] for k in at]  # fmt: skip
    bottom.plot(r[_SMOOTHED : r.size - _SMOOTHED], slopes, **drawn)


def _variants(axes: Axes, table: pd.DataFrame) -> None:
    axes.axvspan(0.95, 1.05, color=PUBLISHED, alpha=0.18, lw=0)
    axes.axvline(1, color=PUBLISHED, lw=0.7)
    for at, row in enumerate(table.to_dict("records")):
        name = row["model"]
        colour = WORDS[name][1] if name in WORDS else INK
        if name == "the paper's curve":
            colour = PUBLISHED
        axes.plot([row["lowest_local"], row["highest_local"]], [at, at], color=colour, lw=0.5)
        if math.isfinite(row["spread"]):
            wide = 2 * row["spread"]
            axes.plot(
                [row["between_radii"] - wide, row["between_radii"] + wide], [at, at],
                color=colour, lw=2.2, alpha=0.5, solid_capstyle="butt",
            )  # fmt: skip
        axes.plot(row["between_radii"], at, "o", ms=3.6, mew=0, color=colour)
        axes.text(2.62, at, f"{row['between_radii']:.2f}", ha="right", va="center", color=colour)
    axes.set_yticks(range(len(table)), [_name(name) for name in table["model"]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, 2.65)
    axes.set_xticks([0, 0.5, 1, 1.5, 2])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Exponent (line: local ones)")


def _name(model: str) -> str:
    if model in _ROWS:
        return _ROWS[model]
    if model == "the paper's curve":
        return "The paper’s simulated curve"
    name, _, value = model.partition(": ")
    words = {
        "inside": "Inside exponent", "outside": "Outside exponent", "shape": "Shape $m$",
        "background": "Density outside", "radii": "Radii",
    }  # fmt: skip
    values = {"lognormal": "log-normal", "power_pareto": "power-Pareto"}
    return f"{words.get(name, name)} {values.get(value, value)}"


def _key(made: Figure, models: set, told: bool) -> None:
    handles = [
        Line2D([], [], color=colour, ls=dashes, lw=1.1, label=word)
        for name, (word, colour, dashes) in WORDS.items()
        if name in models
    ]
    if told:
        handles.append(
            Line2D([], [], color=PUBLISHED, lw=0, marker="o", ms=2.5, mew=0,
                   label="the paper’s simulated curve")
        )  # fmt: skip
    handles.append(Line2D([], [], color=QUIET, lw=0.8, ls=(0, (1, 1.5)), label="1 / $r$"))
    made.legend(
        handles=handles, loc="lower center", ncols=3, columnspacing=1.6,
        bbox_to_anchor=(0.5, 0.002), borderaxespad=0.2,
    )  # fmt: skip
