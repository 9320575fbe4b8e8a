"""Toy geographies: shapes, point distributions and the periodic ring (Figs 8 and 9)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style

PLACES = ["panel", "name", "x", "y"]
PAIRS = ["panel", "name", "r_low", "r_high", "density", "theory"]
RING = ["planted", "r_low", "r_high", "pair_density", "flat", "observed", "law", "moves"]
TITLES = {
    "disk": "Disk",
    "square": "Square",
    "band": "Ring band",
    "two disks": "Two disks",
    "land": "Land",
    "uniform": "Uniform",
    "centre": "Towards a centre",
    "rim": "Towards the rim",
    "lattice": "Lattice",
    "towns": "Towns",
}
COSTS = {
    0.0: (INK, "o", r"$\pi=1$"),
    1.0: ("#0077BB", "s", r"$\pi=1/r$"),
    2.0: ("#CC3311", "^", r"$\pi=1/r^{2}$"),
}
FOUND, THEORY = "#0077BB", INK
_LEFT, _TOP, _MAP, _CURVE, _ROW = 11.0, 7.0, 24.0, 22.0, 64.0
_STEP, _WIDE = 35.2, 27.0


@style()
def shapes(
    places: pd.DataFrame, pairs: pd.DataFrame, ring: pd.DataFrame, *, synthetic: bool = False
) -> Figure:
    """Uniform places in shapes (a-e), fillings of a disk (f-j), the ring on which p is flat (k-m).

    Parameters
    ----------
    places, pairs, ring : of ``pairdist.shapes.Toys``.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are not five shapes and five fillings.
    """
    panels.require_columns(places, PLACES, "places")
    panels.require_columns(pairs, PAIRS, "pairs")
    panels.require_columns(ring, RING, "ring")
    made = figure(WIDTH_DOUBLE, 2 * _ROW + _TOP + 48)
    for row, panel in enumerate(("shape", "filling")):
        names = list(dict.fromkeys(pairs.loc[pairs["panel"] == panel, "name"]))
        if len(names) != 5:
            raise ValueError(f"pairs: {len(names)} of panel {panel!r}; 5 are drawn")
        part = places[places["panel"] == panel]
        reach = float(max(part["x"].abs().max() * _MAP / _WIDE, part["y"].abs().max())) * 1.02
        curves = pairs[pairs["panel"] == panel]
        for number, name in enumerate(names):
            left, top = _LEFT + number * _STEP, _TOP + row * _ROW
            axes = panels.axes_mm(made, left, top, _WIDE, _MAP)
            _map(axes, part[part["name"] == name], reach)
            panels.letter(axes, 5 * row + number, TITLES.get(name, name))
            axes = panels.axes_mm(made, left, top + _MAP + 2, _WIDE, _CURVE)
            _pairs(axes, curves[curves["name"] == name])
            if number == 0:
                axes.set_ylabel(r"$p(r)$ (1/km)")
    _ring(made, ring)
    _key(made)
    panels.tag_synthetic(made, synthetic)
    return made


def _map(axes: Axes, part: pd.DataFrame, reach: float) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.plot(part["x"], part["y"], "o", ms=0.9, mew=0, color=QUIET, rasterized=True, gid="places")
    axes.set_xlim(-reach * _WIDE / _MAP, reach * _WIDE / _MAP)
    axes.set_ylim(-reach, reach)


def _pairs(axes: Axes, part: pd.DataFrame) -> None:
    edges = np.append(part["r_low"], part["r_high"].iloc[-1]) / 1000
    axes.stairs(1000 * part["density"], edges, color=FOUND, lw=1.0, gid="found")
    if part["theory"].notna().all():
        middle = (edges[:-1] + edges[1:]) / 2
        axes.plot(middle, 1000 * part["theory"], color=THEORY, lw=0.8, ls=(0, (3, 1.5)),
                  gid="theory")  # fmt: skip
    axes.set_xlim(0, edges[-1])
    axes.set_ylim(0)
    axes.locator_params(axis="both", nbins=4)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(r"$r$ (km)")


def _ring(made: Figure, ring: pd.DataFrame) -> None:
    top = _TOP + 2 * _ROW
    sketch = panels.axes_mm(made, 5, top, 32, 32)
    sketch.set_axis_off()
    sketch.set_aspect("equal")
    turn = np.linspace(0, 2 * np.pi, 200)
    sketch.plot(np.cos(turn), np.sin(turn), color=QUIET, lw=0.8)
    around = 2 * np.pi * np.arange(24) / 24
    sketch.plot(np.cos(around), np.sin(around), "o", color=QUIET, ms=2.4, mew=0)
    arc = np.linspace(around[2], around[7], 50)
    sketch.plot(1.13 * np.cos(arc), 1.13 * np.sin(arc), color=FOUND, lw=1.2)
    sketch.text(0.72 * np.cos(arc[25]), 0.72 * np.sin(arc[25]), "$r$", ha="center", color=FOUND)
    sketch.text(0, -0.15, "length $L$", ha="center", color=QUIET)
    sketch.set_xlim(-1.2, 1.2)
    sketch.set_ylim(-1.2, 1.2)
    panels.letter(sketch, 10, "Periodic ring")
    length = 2 / float(ring["flat"].iloc[0])
    first = ring[ring["planted"] == ring["planted"].iloc[0]]
    r = np.sqrt(first["r_low"] * first["r_high"]) / length
    flat = panels.axes_mm(made, 56, top, 47, 32)
    flat.axhline(2, color=THEORY, lw=0.8, ls=(0, (3, 1.5)), gid="flat")
    flat.plot(r, length * first["pair_density"], color=FOUND, lw=1.0, gid="ring pairs")
    flat.set_ylim(0, 4)
    flat.set_ylabel(r"$p(r)\,L$ (no unit)")
    panels.letter(flat, 11, "Its pair distribution is flat")
    moved = panels.axes_mm(made, 124, top, 47, 32)
    for planted, part in ring.groupby("planted"):
        colour, marker, words = COSTS[planted]
        r = np.sqrt(part["r_low"] * part["r_high"]) / length
        seen = part["moves"] > 0
        scatter = part["observed"] / np.sqrt(part["moves"].where(seen))
        ends = [np.maximum(part["observed"] - 1.96 * scatter, part["observed"] / 10),
                part["observed"] + 1.96 * scatter]  # fmt: skip
        moved.vlines(r[seen], *(length * end[seen] for end in ends), color=colour, lw=0.5)
        moved.plot(r, length * part["law"], color=colour, lw=0.8, gid="law")
        moved.plot(r[seen], length * part["observed"][seen], marker, color=colour, ms=2, mew=0,
                   label=words, gid="ring moves")  # fmt: skip
    moved.set_yscale("log")
    moved.set_ylabel(r"$f(r)\,L$ (no unit)")
    moved.legend(loc="upper right", borderaxespad=0.1, handlelength=1.0)
    panels.letter(moved, 12, "Moves show the cost itself")
    for axes in (flat, moved):
        axes.set_xscale("log")
        axes.set_xlim(ring["r_low"].min() / length, 0.5)
        axes.set_xlabel("Distance along the ring, $r/L$ (no unit)")
        panels.decades(axes.xaxis)
    panels.decades(moved.yaxis)


def _key(made: Figure) -> None:
    entries = [
        Line2D([], [], color=FOUND, lw=1.0, label="all pairs of the places drawn"),
        Line2D(
            [], [], color=THEORY, lw=0.8, ls=(0, (3, 1.5)), label="expected from the shape alone"
        ),
    ]
    made.legend(handles=entries, loc="lower center", ncols=2)
