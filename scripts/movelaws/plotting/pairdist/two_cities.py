"""Two towns at a distance: a pair distribution that becomes a product of masses (Figs 3c-3e)."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.published_cost import MOVES, PAIRS, powers
from movelaws.seeds import stream

SYSTEM = ("r", "low", "high", "within", "between", "pairs", "moves")
SHAPES = ("ratio", "x", "density")
ERRORS = ("exponent", "size", "ratio", "error", "second_order")
_COLOURS = ("#4477AA", "#228833", "#EE6677", "#AA3377", "#CCBB44", "#66CCEE")
_LEFT, _TOP, _HIGH, _ROW = 15.0, 7.0, 42.0, 60.0
_WIDE, _GAP = 70.0, 22.0
_DOTS, _SKETCH = 260, 6.0


@style()
def two_cities(
    system: pd.DataFrame,
    shapes: pd.DataFrame,
    errors: pd.DataFrame,
    *,
    radii: Sequence[float],
    distance: float,
    addresses: Sequence[int],
    seed: int,
    synthetic: bool = False,
) -> Figure:
    """Sketch, pairs and moves of both towns, the peak at d, and the error of the mass product.

    Parameters
    ----------
    system : SYSTEM, of ``movelaws.pairdist.two_cities.system``; lengths in km.
    shapes : SHAPES, of ``shapes`` there.
    errors : ERRORS, of ``errors`` there.
    radii, distance : of the two towns, km.
    addresses : their numbers.
    seed : of the places in the sketch.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    for table, columns, name in (
        (system, SYSTEM, "system"), (shapes, SHAPES, "shapes"), (errors, ERRORS, "errors"),
    ):  # fmt: skip
        panels.require_columns(table, list(columns), name)
    made = figure(WIDTH_DOUBLE, _TOP + _ROW + _HIGH + 11)
    axes = [
        panels.axes_mm(made, _LEFT + (k % 2) * (_WIDE + _GAP), _TOP + (k // 2) * _ROW, _WIDE, _HIGH)
        for k in range(4)
    ]
    _sketch(axes[0], radii, distance, addresses, stream(seed, "two_cities"))
    _system(axes[1], system, distance, addresses)
    _shapes(axes[2], shapes)
    _errors(axes[3], errors)
    for k, title in enumerate(
        (
            "Two towns",
            "Pairs and moves of both, $\\pi = 1 / r$",
            "Pairs between equal towns",
            "Moves against the product of masses",
        )
    ):
        panels.letter(axes[k], k, title)
    panels.tag_synthetic(made, synthetic)
    return made


def _sketch(axes: Axes, radii, distance: float, addresses, rng: np.random.Generator) -> None:
    # Drawn nearer than they are: at their true distance both towns would be specks.
    apart = _SKETCH * max(radii)
    centres = (0.0, apart)
    for k, (x, radius, n) in enumerate(zip(centres, radii, addresses, strict=True)):
        axes.add_patch(Circle((x, 0), radius, fc="#EEF3F8", ec=PAIRS, lw=0.9))
        dots = int(_DOTS * n / max(addresses))
        place = radius * np.sqrt(rng.random(dots)) * np.exp(2j * math.pi * rng.random(dots))
        axes.plot(x + place.real, place.imag, "o", ms=0.9, mew=0, color=INK)
        axes.annotate(
            "", (x + radius, 0), (x, 0), arrowprops={"arrowstyle": "-|>", "lw": 0.7, "color": MOVES}
        )
        axes.text(
            x, -radius - 0.25 * max(radii), f"$R_{k + 1}$ = {radius:g} km\n$N_{k + 1}$ = {n:,}",
            ha="center", va="top",
        )  # fmt: skip
    high = 1.35 * max(radii)
    axes.annotate(
        "", (apart, high), (0, high), arrowprops={"arrowstyle": "<|-|>", "lw": 0.7, "color": INK}
    )
    axes.text(
        apart / 2, high * 1.08, f"$d$ = {distance:g} km (not to scale)", ha="center", va="bottom"
    )
    axes.set_xlim(-1.6 * max(radii), apart + 1.6 * max(radii))
    axes.set_aspect("equal", adjustable="datalim")
    axes.axis("off")


def _system(axes: Axes, system: pd.DataFrame, distance: float, addresses) -> None:
    # Pairs per unit of ln r: a peak has the same area wherever it lies.
    step = np.log(system["high"] / system["low"])
    for name, colour in (("pairs", PAIRS), ("moves", MOVES)):
        values = system[name] / step
        axes.plot(system["r"], values.where(values > 0), color=colour, lw=1.1)
    product = float(np.prod(addresses))
    axes.axvline(distance, color=QUIET, lw=0.7, ls=(0, (1, 1.5)), zorder=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    top = float((system["pairs"] / step).max())
    axes.set_ylim(top / 3e4, top * 30)
    powers(axes.yaxis, most=5)
    panels.decades(axes.xaxis)
    axes.set_xlabel("Distance $r$ (km)")
    axes.set_ylabel("Number per unit of ln $r$")
    between, moves = (
        float(system["between"].sum()),
        float(
            (system["moves"] * system["between"] / system["pairs"].where(system["pairs"] > 0)).sum()
        ),
    )
    ratio = moves / (product / distance)
    axes.text(
        0.02, 0.97,
        f"between the towns: {between:,.0f} pairs = $N_1 N_2$\n"
        f"moves {moves:,.0f} = {ratio:.4f} $N_1 N_2 / d$",
        transform=axes.transAxes, va="top", linespacing=1.4,
    )  # fmt: skip
    handles = [
        Line2D([], [], color=PAIRS, label="pairs $p$"),
        Line2D([], [], color=MOVES, label="moves $p / r$"),
    ]
    axes.legend(handles=handles, loc="center", bbox_to_anchor=(0.73, 0.45))


def _shapes(axes: Axes, shapes: pd.DataFrame) -> None:
    ratios = sorted(set(shapes["ratio"]))
    for colour, ratio in zip(_COLOURS, ratios, strict=False):
        part = shapes[shapes["ratio"] == ratio]
        x = np.concatenate([[part["x"].iloc[0]], part["x"], [part["x"].iloc[-1]]])
        y = np.concatenate([[0], part["density"], [0]])
        axes.plot(x, y, color=colour, lw=1.1, label=f"$d / R$ = {ratio:g}")
    axes.axvline(1, color=QUIET, lw=0.7, ls=(0, (1, 1.5)), zorder=0)
    axes.set_xlim(0, 2)
    axes.set_xticks([0, 0.5, 1, 1.5, 2])
    axes.set_ylim(0, None)
    axes.set_xlabel("Distance over that of the centres, $r / d$")
    axes.set_ylabel("Density")
    axes.legend(loc="upper right", borderaxespad=0.2)


def _errors(axes: Axes, errors: pd.DataFrame) -> None:
    for colour, exponent in zip(_COLOURS, sorted(set(errors["exponent"])), strict=False):
        for size, dashes in zip(
            sorted(set(errors["size"]))[::-1], ("-", (0, (4, 1.5))), strict=False
        ):
            part = errors[(errors["exponent"] == exponent) & (errors["size"] == size)]
            apart = part[part["ratio"] >= 1 + size]
            axes.plot(apart["ratio"], -apart["error"], color=colour, ls=dashes, lw=1.1)
            if size == max(errors["size"]):
                axes.plot(
                    apart["ratio"], -apart["second_order"], color=colour, lw=0.5, ls=(0, (1, 1.5))
                )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1.2, 100)
    axes.set_ylim(1e-5, 1e2)
    powers(axes.yaxis, most=4)
    panels.decades(axes.xaxis)
    axes.set_xlabel("Distance over the larger radius, $d / R$")
    axes.set_ylabel("Too few moves by (%)")
    handles = [
        Line2D([], [], color=colour, label=rf"$\pi \sim r^{{-{exponent:g}}}$")
        for colour, exponent in zip(_COLOURS, sorted(set(errors["exponent"])), strict=False)
    ] + [
        Line2D([], [], color=QUIET, ls=dashes, label=label)
        for dashes, label in (
            ("-", "equal radii"),
            ((0, (4, 1.5)), f"radii 1 and {min(errors['size']):g}"),
            ((0, (1, 1.5)), "second order"),
        )
    ]
    axes.legend(handles=handles, loc="lower left", ncols=2, columnspacing=1.2, borderaxespad=0.3)
