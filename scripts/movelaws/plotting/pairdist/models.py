"""Gravity, radiation and the pair distribution on the same places (Fig. 7)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style

CURVES = ["r_low", "r_high", "pair_density", "growth", "gravity", "radiation",
          "radiation_average", "zipf", "observed", "gravity_cost", "radiation_cost",
          "radiation_average_cost", "zipf_cost", "observed_cost",
          "radiation_cost_exponent"]  # fmt: skip
NUMBERS = ["exponent", "growth", "growth_low_m", "growth_high_m", "agreeing_growth",
           "radiation_exponent", "placed_differently_percent"]  # fmt: skip
LOOKS = {
    "gravity": (colours.MODELS["GMPow"].colour, "-", "gravity, each pair of places"),
    "zipf": ("#1E87E1", "", "gravity, between whole towns"),
    "radiation": (colours.MODELS["RM"].colour, "-", "radiation"),
    "radiation_average": ("#E14B00", (0, (3, 1.5)), "radiation, average surroundings"),
    "observed": (INK, "", "observed moves"),
}
_TOP, _TALL, _WIDE, _ROW = 7.0, 46.0, 68.0, 67.0
_LEFTS = (18.0, 112.0)
_LEAST = 1e-7


@style()
def models(curves: pd.DataFrame, numbers: pd.Series, *, synthetic: bool = False) -> Figure:
    """Pair distribution (a), moves (b) and cost (c) of each model, cost exponent by distance (d).

    Parameters
    ----------
    curves : of ``pairdist.models.Models``.
    numbers : the row of ``numbers`` of the same.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or a number is missing.
    """
    panels.require_columns(curves, CURVES, "curves")
    panels.require_columns(numbers.to_frame().T, NUMBERS, "numbers")
    made = figure(WIDTH_DOUBLE, _ROW + _TOP + _TALL + 20)
    drawn = [panels.axes_mm(made, _LEFTS[k % 2], _TOP + _ROW * (k // 2), _WIDE, _TALL)
             for k in range(4)]  # fmt: skip
    r = np.sqrt(curves["r_low"] * curves["r_high"]).to_numpy()
    _pairs(drawn[0], r, curves, numbers)
    for name in LOOKS:
        _curve(drawn[1], r, 1000 * curves[name], name)
        _curve(drawn[2], r, curves[f"{name}_cost"], name)
    _slopes(drawn[3], r, curves, numbers)
    units = (r"$p(r)$ (1/km)", r"$f(r)$ (1/km)", r"$\pi(r)$ (no unit)",
             "Cost exponent, −d ln π / d ln $r$\n(no unit)")  # fmt: skip
    differently = numbers["placed_differently_percent"]
    titles = (
        "Pair distribution",
        f"Moves: {differently:.0f} % at other distances under radiation",
        f"Intrinsic cost: radiation reads as $r^{{-{numbers['radiation_exponent']:.2f}}}$",
        "Cost exponent by distance",
    )
    for number, (axes, unit, title) in enumerate(zip(drawn, units, titles, strict=True)):
        axes.set_xscale("log")
        axes.set_xlim(curves["r_low"].min(), curves["r_high"].max())
        panels.decades(axes.xaxis)
        if number < 3:
            axes.set_yscale("log")
            axes.autoscale_view(scalex=False)
            low, high = axes.get_ylim()
            least = curves["gravity_cost"].min() / 3 if number == 2 else high * _LEAST
            axes.set_ylim(max(low, least), high)
            panels.decades(axes.yaxis)
        axes.set_xlabel(r"Distance, $r$ (m)")
        axes.set_ylabel(unit)
        panels.letter(axes, number, title)
    _key(made, curves)
    panels.tag_synthetic(made, synthetic)
    return made


def _pairs(axes: Axes, r: np.ndarray, curves: pd.DataFrame, numbers: pd.Series) -> None:
    density = 1000 * curves["pair_density"].to_numpy()
    seen = density > 0
    axes.plot(r[seen], density[seen], color=INK, lw=1.1, gid="pairs")
    low, high = numbers["growth_low_m"], numbers["growth_high_m"]
    inside = seen & (r >= low) & (r <= high)
    if not inside.any() or not np.isfinite(numbers["growth"]):
        return
    ends = np.array([low, high])
    middle = np.exp(np.mean(np.log(r[inside])))
    height = np.exp(np.mean(np.log(density[inside])))
    for slope, colour, dashes, lift, words, (right, up, across, along) in (
        (numbers["growth"], "#AA3377", "-", 1.8, "found", (3, 0, "left", "center")),
        (numbers["agreeing_growth"], QUIET, (0, (3, 1.5)), 0.3, "needed", (0, -3, "right", "top")),
    ):
        y = lift * height * (ends / middle) ** slope
        axes.plot(ends, y, color=colour, lw=1.0, ls=dashes, gid=words)
        text = rf"$r^{{{slope:.2g}}}$ {words}".replace("-", "−")
        look = {"ha": across, "va": along, "color": colour, "zorder": 5}
        look["path_effects"] = [withStroke(linewidth=1.5, foreground="white")]
        axes.annotate(text, (ends[1], y[1]), (right, up), textcoords="offset points", **look)


def _curve(axes: Axes, r: np.ndarray, values: pd.Series, name: str) -> None:
    colour, dashes, _ = LOOKS[name]
    y = values.to_numpy(float)
    seen = np.isfinite(y) & (y > 0)
    if not dashes:
        marker = "o" if name == "observed" else "D"
        axes.plot(r[seen], y[seen], marker, color=colour, ms=2.4, mew=0, gid=name, zorder=4)
    else:
        axes.plot(r[seen], y[seen], color=colour, ls=dashes, lw=1.1, gid=name)


def _slopes(axes: Axes, r: np.ndarray, curves: pd.DataFrame, numbers: pd.Series) -> None:
    """Local exponents; the least smoothing that shows them, a mean over three bins."""
    found = curves["radiation_cost_exponent"].rolling(3, center=True, min_periods=2).mean()
    average = curves["radiation_average_cost"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = -np.gradient(np.log(np.where(average > 0, average, np.nan)), np.log(r))
    average = pd.Series(slope).rolling(3, center=True, min_periods=2).mean()
    for name, values in (("radiation", found), ("radiation_average", average)):
        colour, dashes, _ = LOOKS[name]
        axes.plot(r, values, color=colour, ls=dashes, lw=1.1, gid=f"{name} slope")
    axes.axhline(numbers["exponent"], color=LOOKS["gravity"][0], lw=1.1, gid="gravity slope")
    values = np.concatenate([found.dropna(), average.dropna(), [numbers["exponent"], 0.0]])
    axes.set_ylim(min(0.0, values.min()) - 0.2, min(values.max(), 8.0) + 0.3)


def _key(made: Figure, curves: pd.DataFrame) -> None:
    entries = []
    for name, (colour, dashes, words) in LOOKS.items():
        if not curves[name].notna().any():
            continue
        marker = {"observed": "o", "zipf": "D"}.get(name, "")
        style_of = {"ls": dashes or "none", "marker": marker, "ms": 3, "mew": 0}
        entries.append(Line2D([], [], color=colour, label=words, **style_of))
    made.legend(handles=entries, loc="lower center", ncols=3, columnspacing=1.5)
