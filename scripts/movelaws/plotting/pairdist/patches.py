"""Nested patches: a city, its pair distribution, and how fast that grows (Figs 2f, 24, 25)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.maps import round_length
from movelaws.plotting.panels import decades, letter, require_columns

GROWTH_COLUMNS = [
    "model", "case", "branching", "packing", "layers", "form", "growth", "growth_error",
    "predicted", "r_from", "r_to",
]  # fmt: skip
CURVE_COLUMNS = ["model", "case", "form", "r", "density"]
FORMS = {
    "disk": ("disk", "#EE7733", "-"),
    "parabola": ("parabola", "#009988", (0, (4, 1.5))),
    "gamma": ("gamma", "#CC3377", (0, (1, 1))),
}
SIMULATED = "#0077BB"
# Neighbouring patches alternate: what counts is where one ends.
_PATCHES = (
    "#0077BB",
    "#EE7733",
    "#009988",
    "#CC3311",
    "#33BBEE",
    "#AA8800",
    "#CC3377",
    "#882255",
    "#777777",
)
_MAP = 70.0
_TOLERANCE = 0.1


@style()
def nested(
    growth: pd.DataFrame, curves: pd.DataFrame, layers: pd.DataFrame, city: pd.DataFrame
) -> Figure:
    """The first city of nested patches, its pair distribution, and the growth of all cities.

    Parameters
    ----------
    growth, curves : ``GROWTH_COLUMNS`` and ``CURVE_COLUMNS``; rows of other models are passed over.
    layers : layer, r, density. city : x, y, radius, patch.

    Raises
    ------
    ValueError
        If a column or the first city is missing.
    """
    require_columns(growth, GROWTH_COLUMNS, "growth")
    require_columns(curves, CURVE_COLUMNS, "curves")
    require_columns(layers, ["layer", "r", "density"], "layers")
    require_columns(city, ["x", "y", "radius", "patch"], "city")
    growth = growth[growth["model"] == "nested"]
    first = growth[growth["case"] == 0]
    if not (first["form"] == "simulated").any():
        raise ValueError("growth: no simulated city of case 0 of nested patches")
    simulated = first[first["form"] == "simulated"].iloc[0]
    made = figure(WIDTH_DOUBLE, _MAP + 8)
    _map(panels.axes_mm(made, 0, 6, _MAP - 8, _MAP - 8), city)
    letter(made.axes[0], 0, f"b = {simulated['branching']:g}, packing {simulated['packing']:g}")
    middle = panels.axes_mm(made, 77, 6, 47, _MAP - 8)
    shown = curves[(curves["model"] == "nested") & (curves["case"] == 0)]
    _densities(middle, shown, layers, simulated)
    letter(middle, 1, "Its pair distribution")
    right = panels.axes_mm(made, 140, 6, 42.5, _MAP - 8)
    _growth(right, growth)
    letter(right, 2, "Growth of all cities")
    return made


def _map(axes: Axes, city: pd.DataFrame) -> None:
    x, y = city["x"].to_numpy(), city["y"].to_numpy()
    middle_x, middle_y = (x.max() + x.min()) / 2, (y.max() + y.min()) / 2
    reach = 0.52 * max(np.ptp(x), np.ptp(y))
    axes.set_axis_off()
    axes.set_rasterization_zorder(2)
    axes.set_xlim(middle_x - reach, middle_x + reach)
    axes.set_ylim(middle_y - 1.06 * reach, middle_y + 0.94 * reach)
    width = 2 * city["radius"].to_numpy()
    colour = np.array(_PATCHES)[city["patch"].to_numpy() % len(_PATCHES)]
    axes.add_collection(
        EllipseCollection(
            width, width, np.zeros(width.size), units="xy", offsets=np.column_stack([x, y]),
            offset_transform=axes.transData, facecolors=colour, linewidths=0, zorder=1,
        )
    )  # fmt: skip
    length = round_length(0.5 * reach)
    start, level = middle_x - 0.98 * reach, middle_y - 1.03 * reach
    axes.plot([start, start + length], [level, level], color=INK, lw=1.2, solid_capstyle="butt",
              zorder=3)  # fmt: skip
    axes.text(start, level + 0.02 * reach, f"{length:g} m", va="bottom", zorder=3)


def _densities(axes: Axes, curves: pd.DataFrame, layers: pd.DataFrame, row: pd.Series) -> None:
    simulated = curves[(curves["form"] == "simulated") & (curves["density"] > 0)]
    total = layers.groupby("r")["density"].sum()
    for number, (_, layer) in enumerate(layers.groupby("layer")):
        axes.plot(
            layer["r"], layer["density"], color=QUIET, lw=0.6, ls=":",
            label="its layers" if number == 0 else None,
        )  # fmt: skip
    axes.plot(total.index, total, color=FORMS["gamma"][1], lw=0.9, label="exact sum (gamma)")
    axes.plot(
        simulated["r"], simulated["density"], color=SIMULATED, lw=0.9, label="simulated", zorder=3
    )
    ends = np.array([row["r_from"], row["r_to"]])
    at = np.interp(np.log(ends[0]), np.log(simulated["r"]), np.log(simulated["density"]))
    guide = 2.2 * np.exp(at) * (ends / ends[0]) ** row["predicted"]
    axes.plot(ends, guide, color=INK, lw=1.0, label=rf"$r^{{{row['predicted']:.2f}}}$, predicted")
    axes.set_xscale("log")
    axes.set_yscale("log")
    top = float(simulated["density"].max())
    axes.set_xlim(float(simulated["r"].min()), float(simulated["r"].max()) * 1.1)
    axes.set_ylim(top / 2e3, 60 * top)
    decades(axes.xaxis)
    decades(axes.yaxis)
    axes.set_xlabel("Distance r (m)")
    axes.set_ylabel("Pair distribution p(r) (1/m)", labelpad=1)
    axes.legend(loc="upper left", handlelength=1.4, labelspacing=0.25, borderaxespad=0.2)


def _growth(axes: Axes, growth: pd.DataFrame) -> None:
    low = min(growth["growth"].min(), growth["predicted"].min()) - 0.13
    high = max(growth["growth"].max(), growth["predicted"].max()) + 0.13
    line = np.array([low, high])
    axes.fill_between(line, line - _TOLERANCE, line + _TOLERANCE, color=QUIET, alpha=0.12, lw=0)
    axes.plot(line, line, color=QUIET, lw=0.6, ls=":")
    markers = dict(zip(FORMS, "s^v", strict=True))
    for form, (name, colour, _) in FORMS.items():
        one = growth[growth["form"] == form]
        axes.plot(
            one["predicted"], one["growth"], markers[form], mfc="none", mec=colour, mew=0.8, ms=5,
            label=f"exact sum, {name}",
        )  # fmt: skip
    one = growth[growth["form"] == "simulated"]
    axes.errorbar(
        one["predicted"], one["growth"], one["growth_error"].fillna(0), fmt="o", color=SIMULATED,
        ms=3, lw=0.9, label="simulated", zorder=4,
    )  # fmt: skip
    axes.set_xlim(low, high)
    axes.set_ylim(low, high + 0.45 * (high - low))
    axes.set_xlabel("Growth predicted")
    axes.set_ylabel("Growth of p(r) fitted", labelpad=1)
    axes.text(0.97, 0.04, "grey: within 0.1", ha="right", color=QUIET, transform=axes.transAxes)
    axes.legend(loc="upper left", handlelength=1.0, labelspacing=0.25, borderaxespad=0.2)
