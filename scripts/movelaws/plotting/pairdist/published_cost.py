"""The intrinsic cost in the authors' bins, with its laws and what they leave (Figs 3a, 3b, 4)."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style

CURVES = ("case", "r_m", "read", "moves", "pairs", "cost", "error", "ratio_law", "power_law",
          "pieces_law", "published_law")  # fmt: skip
TABLE = ("case", "exponent", "cost_exponent", "published_exponent", "planted")
MOVES, PAIRS = "#CC5500", "#4477AA"
LIKELIHOOD, READING, PUBLISHED, PIECES = "#CC3311", "#009988", "#AA3377", "#DDAA33"
CASES = {
    "denmark": "Denmark, residential moves",
    "france": "France, residential moves",
    "houston": "Houston, trips",
    "san_francisco": "San Francisco, trips",
    "singapore": "Singapore, trips",
}
_LEFT, _TOP, _GAP, _PANEL, _ROW = 13.0, 8.0, 15.0, 30.0, 40.0
_KEY = 15.0
_RESIDUAL = (0.4, 2.5)


@style()
def published_cost(curves: pd.DataFrame, table: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """A row per case: densities of moves and pairs, their ratio with laws, what the law leaves.

    The rightmost panels show the cost over the power law that is most likely given the pairs, with
    twice the error from the number of moves in a bin; a second line is the law of two pieces.

    Parameters
    ----------
    curves : CURVES, as ``movelaws.pairdist.published_bins_laws.curves`` makes them.
    table : TABLE, exponents by case; those that are not known are NaN.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or a case of the curves is not in the table.
    """
    panels.require_columns(curves, list(CURVES), "curves")
    panels.require_columns(table, list(TABLE), "table")
    cases = list(dict.fromkeys(curves["case"]))
    by_case = table.set_index("case")
    for case in cases:
        if case not in by_case.index:
            raise ValueError(f"table: no row of the case {case!r}")
    made = figure(WIDTH_DOUBLE, _TOP + _ROW * len(cases) + _KEY - 4)
    wide = (WIDTH_DOUBLE - 3 * _LEFT - 4) / 3
    told = bool(by_case["published_exponent"].notna().any())
    for row, case in enumerate(cases):
        part = curves[curves["case"] == case]
        axes = [
            panels.axes_mm(
                made, _LEFT + k * (wide + _GAP - 1), _TOP + row * _ROW, wide, _PANEL
            )
            for k in range(3)
        ]  # fmt: skip
        _densities(axes[0], part)
        _cost(axes[1], part, by_case.loc[case])
        _residual(axes[2], part)
        panels.letter(axes[0], row, CASES.get(case, case.replace("_", " ")))
        for one in axes:
            low, high = float(part["r_m"].min()), float(part["r_m"].max())
            one.set_xlim(low / 1.3, high * 1.3)
            one.set_xscale("log")
            powers(one.xaxis)
            if row == len(cases) - 1:
                one.set_xlabel("Distance $r$ (m)")
    _keys(made, told)
    panels.tag_synthetic(made, synthetic)
    return made


def _densities(axes: Axes, part: pd.DataFrame) -> None:
    for name, colour in (("pairs", PAIRS), ("moves", MOVES)):
        values = part[name].where(part[name] > 0)
        axes.plot(part["r_m"], values, color=colour, lw=1.1)
    axes.set_yscale("log")
    axes.set_ylim(*density_limits(part))
    powers(axes.yaxis, most=4)
    axes.set_ylabel("Density (1/m)")


def density_limits(part: pd.DataFrame, room: float = 3.0) -> tuple[float, float]:
    """Ends of a density axis: pairs may thin out far below any move, which says nothing."""
    moves = part["moves"].to_numpy(float)
    return moves[moves > 0].min() / 30, room * float(part[["moves", "pairs"]].max().max())


def _cost(axes: Axes, part: pd.DataFrame, row: Mapping[str, float]) -> None:
    read = part["read"].to_numpy(bool)
    r, cost, error = (part[name].to_numpy(float) for name in ("r_m", "cost", "error"))
    bar = np.array([cost * (1 - np.exp(-2 * error)), cost * (np.exp(2 * error) - 1)])
    for some, colour in ((read, INK), (~read, "#B0B0B0")):
        axes.errorbar(
            r[some],
            cost[some],
            bar[:, some],
            fmt="o",
            ms=1.5,
            mew=0,
            lw=0.4,
            color=colour,
            zorder=2,
        )
    if part["published_law"].notna().any():
        axes.plot(r, part["published_law"], color=PUBLISHED, lw=2.4, alpha=0.45, zorder=1)
    axes.plot(r, part["ratio_law"], color=READING, lw=1.0, ls=(0, (5, 2)), zorder=3)
    axes.plot(r, part["power_law"], color=LIKELIHOOD, lw=1.0, zorder=4)
    axes.set_yscale("log")
    known = cost[np.isfinite(cost)]
    axes.set_ylim(known.min() / 2.5, known.max() * 2.5)
    powers(axes.yaxis, most=4)
    axes.set_ylabel(r"Cost $\pi = f / p$")
    lines = [
        (row["published_exponent"], "published", PUBLISHED, 2),
        (row["planted"], "planted", INK, 2),
        (row["exponent"], "ratio", READING, 3),
        (row["cost_exponent"], "moves", LIKELIHOOD, 3),
    ]
    shown = [line for line in lines if math.isfinite(line[0])]
    for k, (value, name, colour, digits) in enumerate(shown):
        axes.annotate(
            f"{name} {value:.{digits}f}", (0, 0), (4, 3 + 8.5 * (len(shown) - 1 - k)),
            xycoords="axes fraction", textcoords="offset points", color=colour,
        )  # fmt: skip


def _residual(axes: Axes, part: pd.DataFrame) -> None:
    part = part[part["read"] & part["cost"].notna()]
    r, law = part["r_m"].to_numpy(float), part["power_law"].to_numpy(float)
    left, error = part["cost"].to_numpy(float) / law, part["error"].to_numpy(float)
    axes.axhline(1, color=LIKELIHOOD, lw=1.0)
    low, high = left * np.exp(-2 * error), left * np.exp(2 * error)
    axes.vlines(r, low, high, color=INK, lw=0.5)
    axes.plot(r, left, "o", ms=1.6, mew=0, color=INK)
    axes.plot(r, part["pieces_law"].to_numpy(float) / law, color=PIECES, lw=1.1)
    axes.set_yscale("log")
    # Bins of single moves would press all others together: what lies beyond is an arrow.
    axes.set_ylim(*_RESIDUAL)
    for at, value in zip(r, left, strict=True):
        if not _RESIDUAL[0] < value < _RESIDUAL[1]:
            edge = _RESIDUAL[int(value > 1)] * (0.95 if value > 1 else 1.06)
            axes.plot(at, edge, "^" if value > 1 else "v", ms=2.6, mew=0, color=QUIET)
    panels.decades(axes.yaxis)
    axes.set_ylabel("Cost / power law")


def powers(axis: Axis, most: int = 9) -> None:
    """Decades of a log axis as powers of ten, at most so many of them labelled."""
    panels.decades(axis)
    ticks = axis.get_major_locator()()
    axis.set_major_locator(FixedLocator(ticks[:: -(-len(ticks) // most)]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: panels.power_of_ten(value)))


def _keys(made: Figure, told: bool) -> None:
    handles = [
        Line2D([], [], color=MOVES, label="moves $f$"),
        Line2D([], [], color=PAIRS, label="pairs of places $p$"),
        Line2D([], [], color=INK, marker="o", ms=2, lw=0.5, label="cost, ± 2 s.e."),
        Line2D([], [], color="#B0B0B0", marker="o", ms=2, lw=0.5, label="not read"),
        Line2D([], [], color=LIKELIHOOD, label="power law, likelihood of the moves"),
        Line2D([], [], color=READING, ls=(0, (5, 2)),
               label="power law, the paper’s reading of the ratio"),
        Line2D([], [], color=PIECES, label="two pieces, likelihood of the moves"),
    ]  # fmt: skip
    if told:
        line = Line2D([], [], color=PUBLISHED, lw=2.4, alpha=0.45, label="power law, published")
        handles.append(line)
    made.legend(
        handles=handles, loc="lower center", ncols=4, columnspacing=1.6, handletextpad=0.5,
        bbox_to_anchor=(0.5, 0.002), borderaxespad=0.2,
    )  # fmt: skip
