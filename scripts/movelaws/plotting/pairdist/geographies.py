"""Three geographies and one intrinsic cost: maps, p(r), f(r), pi(r), exponents (Fig. 1e-i)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, maps, panels, style
from movelaws.plotting.pairdist.places_map import (
    density_bar,
    density_norm,
    draw_density,
    ground_under,
)

CURVES = ["geography", "planted", "start", "r_low", "r_high", "observed", "pair_density", "cost",
          "cost_low", "cost_high", "moves"]  # fmt: skip
EXPONENTS = ["geography", "planted", "start", "method", "exponent", "low", "high"]
LOOKS = {
    "real": (INK, "-", "o", "Real"),
    "disk": ("#0077BB", (0, (4, 1.2)), "s", "Disk"),
    "uniform": ("#EE7733", (0, (1.5, 1)), "^", "Uniform"),
}
READINGS = (
    ("pairs", "binned", "all pairs compete,\nf(r) / p(r)"),
    ("pairs", "joint", "all pairs compete,\njoint likelihood"),
    ("places", "binned", "each place sends,\nf(r) / p(r)"),
    ("places", "joint", "each place sends,\njoint likelihood"),
)
_WITHIN = 0.02
_LEAST = 3e-5  # of the largest density: below, pairs of the far ends of the land
_MAP, _TOP, _ROW, _PANEL = 41.0, 7.0, 62.0, 44.0
_LEFTS, _WIDE = (12.0, 76.0, 140.0), 42.0


@style()
def geographies(
    curves: pd.DataFrame,
    exponents: pd.DataFrame,
    cells: pd.DataFrame,
    land: gpd.GeoSeries,
    *,
    disk_radius_m: float,
    planted: float | None = None,
    synthetic: bool = False,
) -> Figure:
    """Maps of the three (a-c), exponents (d), pair distributions (e), moves (f), cost (g).

    Parameters
    ----------
    curves, exponents, cells : ``curves``, ``exponents`` and ``maps`` of
        ``pairdist.geographies.Study``.
    land : polygons of the land; may be empty.
    disk_radius_m : of the disk.
    planted : exponent to draw; the first of the table by default.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or a geography is missing, or nothing was drawn with ``planted``.
    """
    panels.require_columns(curves, CURVES, "curves")
    panels.require_columns(exponents, EXPONENTS, "exponents")
    missing = set(LOOKS) - set(curves["geography"])
    if missing:
        raise ValueError(f"curves: no geography {sorted(missing)[0]!r}")
    planted = float(curves["planted"].iloc[0]) if planted is None else planted
    shown = curves[np.isclose(curves["planted"], planted) & curves["start"].eq("pairs")]
    if shown.empty:
        raise ValueError(f"curves: nothing was drawn with the exponent {planted:g}")
    read = exponents[np.isclose(exponents["planted"], planted)]
    made = figure(WIDTH_DOUBLE, _ROW + _TOP + _PANEL + 17)
    _maps(made, cells, land, disk_radius_m)
    _exponents(panels.axes_mm(made, 157, _TOP, 24, _MAP - 3), read, planted)
    drawn = [panels.axes_mm(made, left, _ROW + _TOP, _WIDE, _PANEL) for left in _LEFTS]
    for name, (colour, dashes, marker, _) in LOOKS.items():
        part = shown[shown["geography"] == name]
        look = {"color": colour, "lw": 1.0, "gid": name}
        r = np.sqrt(part["r_low"] * part["r_high"])
        seen = part["pair_density"] > 0
        drawn[0].plot(r[seen], 1000 * part["pair_density"][seen], ls=dashes, **look)
        moved = part["moves"] > 0
        drawn[1].plot(r[moved], 1000 * part["observed"][moved], ls=dashes, **look)
        _cost(drawn[2], part[moved], colour, marker)
    _law(drawn[2], shown, planted)
    titles = ("Pairs of places", "Moves", "Intrinsic cost")
    units = (r"$p(r)$ (1/km)", r"$f(r)$ (1/km)", r"$\pi(r)=f(r)\,/\,p(r)$ (no unit)")
    for number, (axes, title, unit) in enumerate(zip(drawn, titles, units, strict=True)):
        _log_axes(axes, shown)
        axes.set_ylabel(unit)
        panels.letter(axes, 4 + number, title)
    _key(made, planted)
    panels.tag_synthetic(made, synthetic)
    return made


def _maps(made: Figure, cells: pd.DataFrame, land: gpd.GeoSeries, radius: float) -> None:
    tables = {name: cells[cells["geography"] == name] for name in LOOKS}
    norm = density_norm(list(tables.values()))
    disk = gpd.GeoSeries([shapely.Point(0, 0).buffer(radius)], crs=land.crs)
    grounds = {n: ground_under(t, disk if n == "disk" else land) for n, t in tables.items()}
    # One scale for all three: the widest map fills its square.
    side = max(max(g.bounds[2:] - g.bounds[:2]) for g in grounds.values())
    for number, (name, table) in enumerate(tables.items()):
        middle = (grounds[name].bounds[:2] + grounds[name].bounds[2:]) / 2
        box = np.concatenate([middle - side / 2, middle + side / 2])
        under = grounds[name]._replace(bounds=box)
        axes = panels.axes_mm(made, 1 + number * (_MAP + 2), _TOP, _MAP, _MAP)
        draw_density(axes, table, under, norm, land=name == "disk" or not land.empty)
        if number == 0:
            maps.scale_bar(axes, under)
        panels.letter(axes, number, LOOKS[name][3])
    density_bar(made, norm, "places", (41, _TOP + _MAP + 2.5, 50))


def _exponents(axes: Axes, read: pd.DataFrame, planted: float) -> None:
    axes.axvspan(-_WITHIN, _WITHIN, color="#DDDDDD", lw=0, zorder=0, gid="published")
    axes.axvline(0, color=QUIET, lw=0.6, zorder=1)
    for row, (start, method, _) in enumerate(READINGS):
        part = read[read["start"].eq(start) & read["method"].eq(method)].set_index("geography")
        for step, (name, (colour, _, marker, _)) in enumerate(LOOKS.items()):
            one, y = part.loc[name], row + 0.24 * (step - 1)
            ends = [one["low"] - planted, one["high"] - planted]
            axes.plot(ends, [y, y], color=colour, lw=0.9, zorder=2)
            axes.plot(
                one["exponent"] - planted, y, marker, color=colour, ms=2.6, mew=0, gid="exponent"
            )
    axes.set_ylim(len(READINGS) - 0.5, -0.5)
    axes.set_yticks(range(len(READINGS)), [words for *_, words in READINGS], linespacing=1.15)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Read − planted\nexponent (no unit)")
    axes.locator_params(axis="x", nbins=3)
    panels.letter(axes, 3, "Exponents")


def _cost(axes: Axes, part: pd.DataFrame, colour: str, marker: str) -> None:
    r = np.sqrt(part["r_low"] * part["r_high"])
    low = np.maximum(part["cost_low"], part["cost"] / 30)
    axes.vlines(r, low, part["cost_high"], color=colour, lw=0.5, alpha=0.6, zorder=2)
    axes.plot(r, part["cost"], marker, color=colour, ms=1.8, mew=0, zorder=3, gid="cost")


def _law(axes: Axes, shown: pd.DataFrame, planted: float) -> None:
    """The planted law through the middle of what was recovered."""
    moved = shown[shown["moves"] > 0]
    r = np.sqrt(moved["r_low"] * moved["r_high"])
    height = np.average(np.log(moved["cost"]) + planted * np.log(r), weights=moved["moves"])
    ends = np.array([moved["r_low"].min(), moved["r_high"].max()])
    axes.plot(ends, np.exp(height) * ends**-planted, color=QUIET, lw=2.4, alpha=0.35, zorder=1,
              gid="planted")  # fmt: skip


def _log_axes(axes: Axes, shown: pd.DataFrame) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(shown["r_low"].min(), shown["r_high"].max())
    axes.margins(y=0.05)
    axes.autoscale_view(scalex=False)
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, high * _LEAST), high)
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    axes.set_xlabel(r"Distance, $r$ (m)")


def _key(made: Figure, planted: float) -> None:
    entries = [
        Line2D([], [], color=colour, ls=dashes, marker=marker, ms=2.6, mew=0, label=words)
        for colour, dashes, marker, words in LOOKS.values()
    ]
    entries.append(
        Line2D([], [], color=QUIET, lw=2.4, alpha=0.35, label=rf"planted, $r^{{-{planted:g}}}$")
    )
    entries.append(
        Line2D([], [], color="#DDDDDD", lw=5, label=f"± {_WITHIN} of the planted exponent")
    )
    made.legend(handles=entries, loc="lower center", ncols=len(entries), columnspacing=2.0)
