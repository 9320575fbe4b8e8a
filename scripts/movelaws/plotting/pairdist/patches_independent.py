"""Patches far apart whose sizes follow a power law (Fig. 23)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, style
from movelaws.plotting.pairdist.patches import CURVE_COLUMNS, FORMS, SIMULATED
from movelaws.plotting.panels import decades, letter, require_columns

GROWTH_COLUMNS = [
    "model", "form", "exponent_mu", "growth", "growth_error", "expected", "predicted", "r_from",
    "r_to", "span",
]  # fmt: skip
_UNLIMITED = 1e12


@style()
def independent(growth: pd.DataFrame, curves: pd.DataFrame, areas: pd.DataFrame) -> Figure:
    """p(r) of patches of unlimited and of limited size, and growth by the range of sizes.

    Parameters
    ----------
    growth, curves : ``GROWTH_COLUMNS`` and ``CURVE_COLUMNS`` of the model "independent" (and
        "unlimited").
    areas : exponent, exponent_error, predicted, patches: one row.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(growth, GROWTH_COLUMNS, "growth")
    require_columns(curves, CURVE_COLUMNS, "curves")
    require_columns(areas, ["exponent", "exponent_error", "predicted", "patches"], "areas")
    growth = growth[growth["model"] == "independent"]
    made = figure(WIDTH_DOUBLE, 66, constrained=True)
    left, middle, right = made.subplots(1, 3)
    predicted = float(growth["predicted"].iloc[0])
    mu = float(growth["exponent_mu"].iloc[0])
    _unlimited(left, curves[curves["model"] == "unlimited"], predicted)
    letter(left, 0, f"Patches of any size, μ = {mu:g}")
    simulated = growth[growth["form"] == "simulated"].iloc[0]
    _limited(middle, curves[curves["model"] == "independent"], simulated, predicted)
    letter(middle, 1, f"Largest {simulated['span']:g} times the smallest")
    _spans(right, growth, predicted)
    letter(right, 2, "Growth by the range of sizes")
    one = areas.iloc[0]
    right.text(
        0.97, 0.05,
        f"areas of {one['patches']:,.0f} patches:\n"
        f"exponent {one['exponent']:.2f} ± {one['exponent_error']:.2f}, {one['predicted']:.2f}\n"
        "predicted",
        ha="right", transform=right.transAxes, color=QUIET,
    )  # fmt: skip
    return made


def _unlimited(axes: Axes, curves: pd.DataFrame, predicted: float) -> None:
    for form, (name, colour, dashes) in FORMS.items():
        curve = curves[curves["form"] == form]
        # Every form against its own last value: what is compared is how they grow.
        last = curve["density"].iloc[-1]
        axes.plot(curve["r"], curve["density"] / last, color=colour, ls=dashes, lw=1.0, label=name)
    r = curves["r"]
    reach = np.array([r.max() / 1e3, r.max()])
    axes.plot(
        reach, 2.5 * (reach / reach[1]) ** predicted, color=INK, lw=1.0,
        label=rf"$r^{{4-\mu}} = r^{{{predicted:.2f}}}$",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(r.min(), r.max())
    axes.set_ylim(None, 20)
    axes.set_xlabel("Distance r (m)")
    axes.set_ylabel("p(r), its last value 1")
    decades(axes.xaxis)
    decades(axes.yaxis)
    axes.legend(loc="upper left")


def _limited(axes: Axes, curves: pd.DataFrame, row: pd.Series, predicted: float) -> None:
    exact = curves[(curves["form"] == "disk") & (curves["density"] > 0)]
    simulated = curves[(curves["form"] == "simulated") & (curves["density"] > 0)]
    axes.axvspan(row["r_from"], row["r_to"], color=QUIET, alpha=0.1, lw=0)
    axes.plot(simulated["r"], simulated["density"], color=SIMULATED, lw=0.9, label="simulated")
    axes.plot(exact["r"], exact["density"], color=FORMS["disk"][1], lw=0.9, label="exact (disk)")
    ends = np.array([row["r_from"], row["r_to"]])
    at = np.interp(ends[0], exact["r"], exact["density"])
    axes.plot(
        ends, 1.6 * at * (ends / ends[0]) ** predicted, color=INK, lw=1.0,
        label=rf"$r^{{{predicted:.2f}}}$",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    top = float(exact["density"].max())
    axes.set_xlim(float(exact["r"].min()), float(exact["r"].max()))
    axes.set_ylim(top / 1000, 3 * top)
    axes.set_xlabel("Distance r (m)")
    axes.set_ylabel("Pair distribution p(r) (1/m)")
    decades(axes.xaxis)
    decades(axes.yaxis)
    axes.legend(loc="lower left")


def _spans(axes: Axes, growth: pd.DataFrame, predicted: float) -> None:
    exact = growth[(growth["form"] == "disk") & (growth["span"] < _UNLIMITED)].sort_values("span")
    simulated = growth[growth["form"] == "simulated"]
    axes.axhline(predicted, color=INK, lw=0.8)
    axes.text(exact["span"].iloc[0], predicted + 0.01, rf"$4-\mu$ = {predicted:.2f}", va="bottom")
    axes.plot(
        exact["span"], exact["growth"], "s-", color=FORMS["disk"][1], ms=3.5, lw=0.8,
        label="exact (disk)",
    )  # fmt: skip
    axes.errorbar(
        simulated["span"], simulated["growth"], simulated["growth_error"].fillna(0), fmt="o",
        color=SIMULATED, ms=3.5, lw=0.9, label="simulated",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(exact["span"].min() / 2, exact["span"].max() * 2)
    axes.set_ylim(0, max(0.8, predicted + 0.12))
    axes.set_xlabel("Largest over smallest radius")
    axes.set_ylabel("Growth of p(r) fitted")
    decades(axes.xaxis)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 0.22))
