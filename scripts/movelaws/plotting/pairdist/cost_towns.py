"""The intrinsic cost of distance seen from single towns (paper 3, Figs 3f, 3g, 26, 28-32)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.cost import densities, middle

CURVES = ("town", "r_low", "r_high", "moves", "f", "p", "cost", "cost_low", "cost_high",
          "two_pieces", "one_law")  # fmt: skip
FITS = ("town", "moves", "inside", "outside", "radius", "radius_low", "radius_high", "p",
        "gap_low", "gap_high", "planted_radius")  # fmt: skip
PER_PAGE, _COLUMNS = 12, 3
TWO, ONE, PLANTED = "#CC3311", "#009988", "#AA3377"
_RADIUS, _GAP_COLOUR = "#F3D5CC", "#DDEEFF"
_LEFT, _TOP, _PANEL, _ACROSS, _DOWN, _BELOW = 14.0, 8.0, 36.0, 11.0, 12.0, 15.0


@style()
def towns(curves: pd.DataFrame, fits: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """pi(r) of each town with two power laws and one, the radius shaded in its interval.

    Parameters
    ----------
    curves : CURVES, bins of distance (m). fits : FITS, the towns of one page in their order.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are more than PER_PAGE towns.
    """
    panels.require_columns(curves, list(CURVES), "curves")
    panels.require_columns(fits, list(FITS), "fits")
    if len(fits) > PER_PAGE:
        raise ValueError(f"towns: {len(fits)} towns, at most {PER_PAGE} fit on a page")
    if fits.empty:
        return nothing("No town has enough moves of its own.", synthetic)
    rows = -(-len(fits) // _COLUMNS)
    wide = (WIDTH_DOUBLE - _LEFT - 2 - (_COLUMNS - 1) * _ACROSS) / _COLUMNS
    made = figure(WIDTH_DOUBLE, _TOP + rows * (_PANEL + _DOWN) - _DOWN + _BELOW)
    for number, fit in enumerate(fits.to_dict("records")):
        row, column = divmod(number, _COLUMNS)
        left = _LEFT + column * (wide + _ACROSS)
        axes = panels.axes_mm(made, left, _TOP + row * (_PANEL + _DOWN), wide, _PANEL)
        cost_panel(axes, curves[curves["town"] == fit["town"]], fit)
        axes.annotate(f"{fit['moves']:,.0f} moves", (1, 1), (0, 4), xycoords="axes fraction",
                      textcoords="offset points", ha="right", color=QUIET)  # fmt: skip
        panels.letter(axes, number, str(fit["town"]))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: panels.power_of_ten(value)))
        if column == 0:
            axes.set_ylabel(r"$\pi(r)$ (no unit)")
        if number + _COLUMNS >= len(fits):
            axes.set_xlabel("Distance $r$ (m)")
    key(made, planted=bool(fits["planted_radius"].notna().any()))
    panels.tag_synthetic(made, synthetic)
    return made


@style()
def island(curves: pd.DataFrame, fits: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """The town with the widest gap in its pairs: f(r), p(r) and pi(r), the gap shaded (Fig. 26).

    Arguments and errors as :func:`towns`; all towns are given.
    """
    panels.require_columns(curves, list(CURVES), "curves")
    panels.require_columns(fits, list(FITS), "fits")
    gaps = fits["gap_high"] / fits["gap_low"]
    if not gaps.notna().any():
        return nothing("No town lies on an island: none has a gap in its pairs.", synthetic)
    fit = fits.loc[gaps.idxmax()].to_dict()
    part = curves[curves["town"] == fit["town"]]
    made = figure(WIDTH_DOUBLE, 7 + 42 + _BELOW)
    left = panels.axes_mm(made, 15, 7, 71, 42)
    right = panels.axes_mm(made, 104, 7, 71, 42)
    densities(left, part, "moves")
    cost_panel(right, part, fit)
    for axes in (left, right):
        axes.axvspan(fit["gap_low"], fit["gap_high"], color=_GAP_COLOUR, lw=0, zorder=0, gid="gap")
        axes.set_xlabel("Distance $r$ (m)")
    right.set_ylabel(r"$\pi(r) = f(r) / p(r)$ (no unit)")
    panels.letter(left, 0, f"{fit['town']}: moves that begin there")
    panels.letter(right, 1, "Intrinsic cost of distance")
    key(made, planted=bool(np.isfinite(fit["planted_radius"])), gap=True)
    panels.tag_synthetic(made, synthetic)
    return made


def cost_panel(axes: Axes, part: pd.DataFrame, fit: dict) -> None:
    """pi(r) with its intervals, both fits, and the radius."""
    r, seen = middle(part), (part["moves"] > 0).to_numpy()
    value = part["cost"].to_numpy()
    low, high = np.nanmin(value[seen]), np.nanmax(value[seen])
    if np.isfinite(fit["radius"]):
        ends = (fit["radius_low"], fit["radius_high"])
        axes.axvspan(*ends, color=_RADIUS, lw=0, zorder=1, gid="radius interval")
        axes.axvline(fit["radius"], color=TWO, lw=0.6, ls=(0, (1, 1)), zorder=2, gid="radius")
    if np.isfinite(fit["planted_radius"]):
        axes.axvline(fit["planted_radius"], color=PLANTED, lw=0.8, ls=(0, (4, 1, 1, 1)), zorder=2,
                     gid="planted")  # fmt: skip
    ends = [part[name].where(seen).to_numpy()[seen] for name in ("cost_low", "cost_high")]
    axes.vlines(r[seen], np.maximum(ends[0], low / 100), ends[1], color=QUIET, lw=0.5, zorder=3)
    axes.plot(r[seen], value[seen], "o", color=INK, ms=1.8, mew=0, zorder=4, gid="cost")
    axes.plot(r, part["one_law"], color=ONE, lw=0.9, ls=(0, (5, 1.5)), zorder=5, gid="one law")
    axes.plot(r, part["two_pieces"], color=TWO, lw=1.0, zorder=6, gid="two pieces")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(part["r_low"].min(), part["r_high"].max())
    axes.set_ylim(low / 3, high * (high / low) ** 0.2 * 1.5)
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    told = f"{fit['inside']:.2f}, then {fit['outside']:.2f}".replace("-", "−")
    axes.text(0.985, 0.965, told, ha="right", va="top", color=TWO, transform=axes.transAxes,
              zorder=7, bbox={"fc": "white", "lw": 0, "pad": 1.2})  # fmt: skip


def key(made: Figure, *, planted: bool, gap: bool = False) -> None:
    """What lines and shades mean, at the foot."""
    entries = {
        "two power laws": Line2D([], [], color=TWO, lw=1.0),
        "one": Line2D([], [], color=ONE, lw=0.9, ls=(0, (5, 1.5))),
        "radius": Line2D([], [], color=TWO, lw=0.6, ls=(0, (1, 1))),
        "its interval": Patch(fc=_RADIUS, lw=0),
    }
    if planted:
        entries["planted radius"] = Line2D([], [], color=PLANTED, lw=0.8, ls=(0, (4, 1, 1, 1)))
    if gap:
        entries["no pair of places"] = Patch(fc=_GAP_COLOUR, lw=0)
    made.legend(list(entries.values()), list(entries), loc="lower center", ncols=len(entries),
                handletextpad=0.5, columnspacing=1.6, borderaxespad=0.2)  # fmt: skip


def nothing(words: str, synthetic: bool) -> Figure:
    """A figure that says why nothing is drawn."""
    made = figure(WIDTH_DOUBLE, 20)
    made.text(0.5, 0.5, words, ha="center", va="center", color=QUIET)
    panels.tag_synthetic(made, synthetic)
    return made
