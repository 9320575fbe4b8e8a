"""Fig. 1d: who moves which way between two cities, and what the benefit distribution decides."""

import re

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from movelaws.plotting import (
    HAIRLINE,
    INK,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    panels,
    style,
)
from movelaws.plotting.colours import Look

COLUMNS = ["benefit", "n1", "n2", "delta_minus_1", "p12", "p21"]
CROSSING_COLUMNS = ["benefit", "n1", "n2", "delta_minus_1"]
SHOWN = "uniform"
"""The distribution of panel a, that of the paper."""

_FORTH, _BACK = "#2D6DB4", "#C8232C"  # p12 and p21, in the paper's colours
_SHADE = "#F7E3E1"
_LOOKS = (
    Look("#222222", "o"),
    Look("#0F8A6C", "s"),
    Look("#8A5FBF", "D"),
    Look("#D1770A", "^"),
    Look("#4477AA", "v"),
    Look("#AA3377", "P"),
)
_LEFT, _TOP, _WIDE, _TALL, _BOTTOM, _GAP = 10.5, 6.0, 46.5, 44.0, 9.5, 14.5
_KEY = 4.5
_EXCESS = r"Penalty of city 2, $\delta-1$ (no unit)"
_AROUND = 2.2  # decades of panel a on either side of the crossing


@style()
def two_cities(curves: pd.DataFrame, crossings: pd.DataFrame) -> Figure:
    """Probabilities against the penalty (a), by distribution (b), and the crossing by size (c).

    Parameters
    ----------
    curves : columns benefit, n1, n2, delta_minus_1, p12, p21, for one pair of cities, as
        ``movelaws.inequality.two_cities.curves`` makes it; up to six distributions, "uniform"
        among them.
    crossings : columns benefit, n1, n2, delta_minus_1 for the same distributions and cities of
        several sizes, those of ``curves`` among them.

    Returns
    -------
    Figure 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, the tables do not hold the same distributions, "uniform" or the
        crossing of the pair of cities is missing, or there are more than six distributions.
    """
    names, n1, n2 = _checked(curves, crossings)
    curves, crossings = curves.sort_values("delta_minus_1"), crossings.sort_values("n1")
    looks = dict(zip(names, _LOOKS, strict=False))
    here = crossings[np.isclose(crossings["n1"], n1) & np.isclose(crossings["n2"], n2)]
    at = here.set_index("benefit")["delta_minus_1"]
    absent = [name for name in names if name not in at.index]
    if absent:
        raise ValueError(f"crossings: none of {absent[0]!r} for n1 = {n1:g} and n2 = {n2:g}")
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _BOTTOM + _KEY)
    first, second, third = (
        panels.axes_mm(made, _LEFT + number * (_WIDE + _GAP), _TOP, _WIDE, _TALL)
        for number in range(3)
    )
    panels.letter(first, 0, "Uniform benefits")
    _both_ways(first, curves[curves["benefit"] == SHOWN], at[SHOWN])
    panels.letter(second, 1, "By distribution of benefits")
    _by_benefit(second, curves, at, looks)
    panels.letter(third, 2, f"Crossing by size, $n_2 = {_number(n2 / n1)}\\,n_1$")
    _by_size(third, crossings, looks, n1)
    _key(made, looks)
    return made


def _checked(curves: pd.DataFrame, crossings: pd.DataFrame) -> tuple[list[str], float, float]:
    panels.require_columns(curves, COLUMNS, "curves")
    panels.require_columns(crossings, CROSSING_COLUMNS, "crossings")
    names = list(curves["benefit"].unique())
    if SHOWN not in names:
        raise ValueError(f"curves: no benefit {SHOWN!r} for panel a; there are {names}")
    if len(names) > len(_LOOKS):
        raise ValueError(f"curves: {len(names)} benefits, at most {len(_LOOKS)} can be told apart")
    if set(names) != set(crossings["benefit"]):
        raise ValueError(
            f"crossings: benefits {sorted(set(crossings['benefit']))}, curves {sorted(names)}"
        )
    cities = curves[["n1", "n2"]].drop_duplicates()
    if len(cities) != 1:
        raise ValueError(f"curves: {len(cities)} pairs of n1 and n2, one is drawn")
    return names, float(cities["n1"].iloc[0]), float(cities["n2"].iloc[0])


def _both_ways(axes: Axes, one: pd.DataFrame, crossing: float) -> None:
    x = one["delta_minus_1"].to_numpy()
    _log_x(axes, crossing * 10.0**-_AROUND, crossing * 10.0**_AROUND)
    axes.set_ylim(0, 1)
    axes.axvspan(crossing, axes.get_xlim()[1], color=_SHADE, lw=0, zorder=0)
    axes.plot(x, one["p12"], color=_FORTH, zorder=3)
    axes.plot(x, one["p21"], color=_BACK, ls=(0, (4, 2)), zorder=3)
    axes.axvline(crossing, color=QUIET, lw=HAIRLINE, zorder=1)
    axes.plot(crossing, 0.5, "o", ms=3.6, mfc="white", mec=INK, mew=0.8, zorder=4, gid="crossing")
    left, right = axes.get_xlim()[0] * 1.3, crossing * 1.9
    for x, y, text, colour in (
        (left, 0.75, "$p_{12}$\nsmall to large", _FORTH),
        (left, 0.29, "$p_{21}$\nlarge to small", _BACK),
        (right, 0.50, r"$\delta^*\!-1=$" + "\n" + _value(crossing), INK),
        (crossing * 6.0, 0.78, "$p_{21} > p_{12}$:\nout of the\nlarge city", _BACK),
    ):
        axes.text(x, y, text, color=colour, va="center", linespacing=1.25)
    axes.set_xlabel(_EXCESS)
    axes.set_ylabel("Probability of moving (no unit)")


def _by_benefit(axes: Axes, curves: pd.DataFrame, at: pd.Series, looks: dict[str, Look]) -> None:
    x = curves["delta_minus_1"]
    _log_x(axes, x.min(), x.max())
    axes.set_ylim(0, 1)
    axes.axhline(0.5, color=QUIET, lw=HAIRLINE, zorder=1)
    axes.text(x.min() * 1.4, 0.51, "$p_{21}=p_{12}$", color=QUIET, va="bottom")
    for name, look in looks.items():
        part = curves[curves["benefit"] == name]
        axes.plot(part["delta_minus_1"], part["p21"], color=look.colour, zorder=2)
        axes.plot(at[name], 0.5, look.marker, color=look.colour, mec="white", mew=0.5, zorder=3)
    axes.set_xlabel(_EXCESS)
    axes.set_ylabel("$p_{21}$, large to small (no unit)")


def _by_size(axes: Axes, crossings: pd.DataFrame, looks: dict[str, Look], n1: float) -> None:
    axes.set_yscale("log")
    _log_x(axes, crossings["n1"].min(), crossings["n1"].max())
    low, high = crossings["delta_minus_1"].min(), crossings["delta_minus_1"].max()
    axes.set_ylim(low / 2, high * 3)
    axes.axvline(n1, color=QUIET, lw=HAIRLINE, zorder=1)
    axes.annotate(
        "$n_1$ of a and b",
        (n1, 0),
        (-2.5, 3),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right",
        color=QUIET,
    )
    for name, look in looks.items():
        part = crossings[crossings["benefit"] == name]
        axes.plot(
            part["n1"],
            part["delta_minus_1"],
            color=look.colour,
            marker=look.marker,
            ms=3.4,
            mec="white",
            mew=0.4,
            clip_on=False,
        )
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_locator(LogLocator(numticks=20))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("People in city 1, $n_1$")
    axes.set_ylabel(r"$\delta^*\!-1$ at the crossing (no unit)")


def _log_x(axes: Axes, low: float, high: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    axes.xaxis.set_minor_locator(LogLocator(numticks=20))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _key(made: Figure, looks: dict[str, Look]) -> None:
    """Names of the distributions in a row below panels b and c."""
    drawn = {"mec": "white", "mew": 0.4}
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=_italic(name), **drawn)
        for name, look in looks.items()
    ]
    second, third = made.axes[1:]
    middle = (second.get_position().x0 + third.get_position().x1) / 2
    made.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(middle, 0.0),
        ncols=len(handles),
        borderaxespad=0.2,
        columnspacing=1.8,
    )


def _value(value: float) -> str:
    return panels.power_of_ten(float(f"{value:.2g}")) if value < 0.01 else f"{value:.2g}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _italic(name: str) -> str:
    """Name of a distribution with its parameter as a symbol."""
    return re.sub(r"\ba = (\S+)$", r"$a=\1$", name)
