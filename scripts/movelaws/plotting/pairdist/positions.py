"""Positions of towns against random ones and against hard disks (Figs 2e and 22)."""

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.maps import COAST, LAND, round_length
from movelaws.plotting.panels import decades, letter, require_columns

CURVE_COLUMNS = ["weight", "model", "r_low", "r_high", "density", "g", "low", "high"]
SUMMARY_COLUMNS = ["weight", "towns", "draws", "near_m", "near_g", "near_p", "far_m"]
MODELS = {
    "ideal_gas": ("ideal gas", "#EE7733"),
    "hard_disks": ("hard disks", "#009988"),
}
_PLACES = ("all places", "#CC3377")
_DETAIL = 1500.0
_NEVER = 1e-12
_HEIGHT = 66.0


@style()
def positions(
    curves: pd.DataFrame,
    summary: pd.DataFrame,
    towns: pd.DataFrame,
    land: gpd.GeoDataFrame,
    *,
    synthetic: bool = False,
) -> Figure:
    """A map of the towns, their pair distribution and their pair correlation.

    Parameters
    ----------
    curves, summary : ``CURVE_COLUMNS``, ``SUMMARY_COLUMNS``; those of the weight "towns" are drawn.
    towns : x, y, radius_m. land : polygons in the same metres, perhaps none.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(towns, ["x", "y", "radius_m"], "towns")
    made, axes = _figure(curves, summary, "towns", 3)
    _map(axes[0], towns, land)
    letter(axes[0], 0, f"{len(towns)} towns")
    panels.tag_synthetic(made, synthetic)
    return made


@style()
def weighted(curves: pd.DataFrame, summary: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """The same with every pair of towns counted by the product of its numbers of places.

    Parameters
    ----------
    curves, summary : as for :func:`positions`; those of the weight "pairs" are drawn.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    made, _ = _figure(curves, summary, "pairs", 2)
    panels.tag_synthetic(made, synthetic)
    return made


def _figure(curves, summary, weight, count):
    require_columns(curves, CURVE_COLUMNS, "curves")
    require_columns(summary, SUMMARY_COLUMNS, "summary")
    made = figure(WIDTH_DOUBLE, _HEIGHT, constrained=True)
    axes = made.subplots(1, count)
    shown = curves[curves["weight"] == weight]
    row = summary[summary["weight"] == weight].iloc[0]
    _density(axes[-2], shown)
    letter(axes[-2], count - 2, "Pair distribution")
    _correlation(axes[-1], shown, row)
    letter(axes[-1], count - 1, f"Against an ideal gas ({row['draws']:g} draws)")
    return made, axes


def _map(axes: Axes, towns: pd.DataFrame, land: gpd.GeoDataFrame) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal", anchor="N")
    x, y, radius = (towns[name].to_numpy() for name in ("x", "y", "radius_m"))
    bounds = np.array([x.min(), y.min(), x.max(), y.max()])
    if not land.empty:
        bounds = land.total_bounds
        side = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
        drawn = land.simplify(side / _DETAIL)
        drawn[~drawn.is_empty].plot(
            ax=axes, facecolor=LAND, edgecolor=COAST, linewidth=0.3, aspect=None
        )
    west, south, east, north = bounds
    pad = 0.02 * max(east - west, north - south)
    axes.set_xlim(west - pad, east + pad)
    axes.set_ylim(south - 6 * pad, north + pad)
    axes.add_collection(
        EllipseCollection(
            2 * radius, 2 * radius, np.zeros(radius.size), units="xy",
            offsets=np.column_stack([x, y]), offset_transform=axes.transData,
            facecolors=INK, edgecolors=INK, linewidths=0.3, zorder=2,
        )
    )  # fmt: skip
    length = round_length(0.3 * (east - west))
    level = south - 5 * pad
    axes.plot([west, west + length], [level, level], color=INK, lw=1.2, solid_capstyle="butt")
    axes.text(
        west, level + 0.5 * pad, f"{length / 1000:g} km", va="bottom",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
    )  # fmt: skip


def _middle(curve: pd.DataFrame) -> np.ndarray:
    return np.sqrt(curve["r_low"] * curve["r_high"]).to_numpy() / 1000


def _density(axes: Axes, curves: pd.DataFrame) -> None:
    """p(r) per km, against km; bands where draws were made."""
    gas = curves[curves["model"] == "ideal_gas"]["density"].to_numpy() * 1000
    for model, (name, colour) in MODELS.items():
        curve = curves[curves["model"] == model]
        r = _middle(curve)
        # A band that reaches down to no pair at all reaches down to the axis.
        low, high = (np.maximum(curve[end] * gas, _NEVER) for end in ("low", "high"))
        axes.fill_between(r, low, high, color=colour, alpha=0.2, lw=0)
        axes.plot(r, curve["density"] * 1000, color=colour, lw=1.0, label=name)
    places = curves[(curves["model"] == "places") & (curves["density"] > 0)]
    if not places.empty:
        axes.plot(
            _middle(places), places["density"] * 1000, color=_PLACES[1], lw=1.0,
            ls=(0, (4, 1.5)), label=_PLACES[0],
        )  # fmt: skip
    seen = curves[(curves["model"] == "observed") & (curves["density"] > 0)]
    axes.plot(
        _middle(seen), seen["density"] * 1000, "o", color=INK, ms=2.8,
        label="towns" if places.empty else "towns, weighted",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    known = np.concatenate([gas[gas > 0], seen["density"] * 1000])
    axes.set_ylim(known.min() / 2, known.max() * 30)
    axes.set_xlim(curves["r_low"].min() / 1000, curves["r_high"].max() / 1000)
    decades(axes.xaxis)
    decades(axes.yaxis)
    axes.set_xlabel("Distance r (km)")
    axes.set_ylabel("Pair distribution p(r) (1/km)")
    axes.legend(loc="upper center", ncols=2, columnspacing=0.8, handletextpad=0.5)


def _correlation(axes: Axes, curves: pd.DataFrame, row: pd.Series) -> None:
    seen = curves[curves["model"] == "observed"]
    most = float(np.nanmax(seen["g"]))
    axes.axhline(1, color=QUIET, lw=0.6, ls=":")
    for model, (_, colour) in MODELS.items():
        curve = curves[curves["model"] == model]
        axes.fill_between(
            _middle(curve), curve["low"], curve["high"], color=colour, alpha=0.2, lw=0
        )
        axes.plot(_middle(curve), curve["g"], color=colour, lw=1.0)
    axes.plot(_middle(seen), seen["g"], "o-", color=INK, ms=2.8, lw=0.6)
    top = 1.15 * max(2.5, min(most, 4.0))
    axes.set_xscale("log")
    axes.set_ylim(0, top)
    axes.set_xlim(curves["r_low"].min() / 1000, curves["r_high"].max() / 1000)
    decades(axes.xaxis)
    axes.axvline(row["near_m"] / 1000, color=QUIET, lw=0.6, ls=(0, (4, 1.5)))
    axes.annotate(
        "two mean\nradii", (row["near_m"] / 1000, 0.98), (2, 0), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=QUIET, va="top", zorder=5,
    )  # fmt: skip
    axes.set_xlabel("Distance r (km)")
    axes.set_ylabel("Pair correlation g(r)")
