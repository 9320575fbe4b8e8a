"""Estimators of the distance cost on moves whose cost is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.colours import Look

COLUMNS = ("law", "start", "estimator", "quantity", "planted", "repeats", "bias", "bias_error",
           "spread", "coverage", "coverage_origins")  # fmt: skip
LOOKS = {
    "joint": Look("#009988", "D"),
    "power_law": Look("#CC3311", "o"),
    "least_squares": Look("#0077BB", "s"),
    "sample_space": Look("#AA3377", "^"),
}
NAMES = {
    "joint": "given all places (joint)",
    "power_law": "given the pairs",
    "least_squares": "least squares of the ratio",
    "sample_space": "sample space (the paper's)",
}
STARTS = {"pairs": "All pairs compete", "places": "Each place sends its own moves"}
_LEFT, _TOP, _PANEL, _LOW, _WIDTH, _GAP = 15.0, 7.0, 40.0, 26.0, 52.0, 5.0
_LINEAR = 0.1  # biases up to this are drawn on a linear scale
_SIDE, _SIDE_WIDTH, _AXIS, _KEY, _BETWEEN = 20.0, 36.0, 9.0, 6.0, 9.0


@style()
def estimators(
    table: pd.DataFrame, *, moves: int, level: float = 0.95, synthetic: bool = False
) -> Figure:
    """Bias and spread (a, b) and coverage of intervals (d, e) by planted exponent; two pieces (c).

    Parameters
    ----------
    table : COLUMNS, as ``pairdist.estimators.summary`` makes it.
    moves : number drawn each time.
    level : nominal coverage.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    panels.require_columns(table, list(COLUMNS), "estimators")
    single = table[table["quantity"] == "exponent"]
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _BETWEEN + _LOW + _AXIS + _KEY)
    names = [n for n in LOOKS if n in set(single["estimator"])]
    planted = np.sort(single["planted"].unique())
    reach = float((single["bias"].abs() + single["spread"]).max()) * 1.5 if len(single) else 1.0
    for column, (start, title) in enumerate(STARTS.items()):
        part = single[single["start"] == start]
        left = _LEFT + column * (_WIDTH + _GAP)
        upper = panels.axes_mm(made, left, _TOP, _WIDTH, _PANEL)
        lower = panels.axes_mm(made, left, _TOP + _PANEL + _BETWEEN, _WIDTH, _LOW)
        _bias(upper, part, names, reach)
        _coverage(lower, part, names, level)
        panels.letter(upper, column, title)
        panels.letter(lower, 3 + column, "")
        for axes in (upper, lower):
            axes.set_xticks(planted)
            axes.set_xlim(planted.min() - 0.3, planted.max() + 0.3)
            if column:
                axes.set_yticklabels([])
        lower.set_xlabel("Planted exponent (no unit)")
        if not column:
            upper.set_ylabel("Estimate − planted (no unit)")
            lower.set_ylabel("Intervals that hold\nthe planted value")
    _two_pieces(made, table[table["estimator"] == "piecewise"])
    _key(made, names, level, moves, int(table["repeats"].max()))
    panels.tag_synthetic(made, synthetic)
    return made


def _bias(axes: Axes, part: pd.DataFrame, names: Sequence[str], reach: float) -> None:
    axes.axhline(0, color=INK, lw=0.5)
    for offset, name, rows in _by_estimator(part, names):
        look, x = LOOKS[name], rows["planted"] + offset
        axes.errorbar(x, rows["bias"], rows["spread"], fmt="none", ecolor=look.colour, lw=0.7)
        axes.errorbar(x, rows["bias"], rows["bias_error"], fmt=look.marker, color=look.colour,
                      ms=3, mew=0, elinewidth=1.8, gid=name)  # fmt: skip
    axes.set_yscale("symlog", linthresh=_LINEAR, linscale=1.2)
    axes.set_ylim(-reach, reach)
    ticks = [t for t in (-1.0, -0.1, -0.05, 0.0, 0.05, 0.1, 1.0) if abs(t) <= reach]
    axes.set_yticks(ticks, [f"{t:g}".replace("-", "−") for t in ticks])
    axes.yaxis.set_minor_locator(NullLocator())


def _coverage(axes: Axes, part: pd.DataFrame, names: Sequence[str], level: float) -> None:
    axes.axhline(level, color=INK, lw=0.6, ls=(0, (3, 2)), gid="nominal")
    for offset, name, rows in _by_estimator(part, names):
        look, x = LOOKS[name], rows["planted"] + offset
        axes.plot(x, rows["coverage"], look.marker, color=look.colour, ms=3, mew=0, gid=name)
        axes.plot(x, rows["coverage_origins"], look.marker, mfc="none", mec=look.colour, mew=0.7,
                  ms=4.4, gid=f"{name} by origin")  # fmt: skip
    axes.set_ylim(-0.05, 1.08)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])


def _by_estimator(part, names):
    step = 0.09
    for number, name in enumerate(names):
        rows = part[part["estimator"] == name].sort_values("planted")
        yield step * (number - (len(names) - 1) / 2), name, rows


def _two_pieces(made: Figure, part: pd.DataFrame) -> None:
    """Estimate over planted of both exponents and the radius, by way of starting."""
    left = _LEFT + 2 * _WIDTH + _GAP + _SIDE
    axes = panels.axes_mm(made, left, _TOP, _SIDE_WIDTH, _PANEL)
    panels.letter(axes, 2, "Two power laws")
    axes.axhline(1, color=INK, lw=0.5)
    quantities = ("inside", "outside", "radius")
    looks = {"pairs": ("o", INK, "all pairs compete"), "places": ("s", QUIET, "each place its own")}
    for number, (start, look) in enumerate(looks.items()):
        rows = part[part["start"] == start].set_index("quantity").reindex(quantities)
        x = np.arange(len(quantities)) + 0.24 * (number - 0.5)
        value = 1 + rows["bias"] / rows["planted"]
        axes.errorbar(x, value, rows["spread"] / rows["planted"].abs(), fmt=look[0], color=look[1],
                      ms=3, mew=0, elinewidth=0.8, label=look[2], gid=start)  # fmt: skip
    axes.set_xticks(range(len(quantities)), ["inside", "outside", "radius"])
    axes.set_xlim(-0.5, len(quantities) - 0.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.25 * (high - low))
    axes.set_ylabel("Estimate / planted (no unit)")
    axes.legend(loc="upper right", borderaxespad=0.0, handletextpad=0.3, labelspacing=0.3)


def _key(made: Figure, names: Sequence[str], level: float, moves: int, repeats: int) -> None:
    entries = {
        NAMES[name]: Line2D([], [], ls="", marker=LOOKS[name].marker, color=LOOKS[name].colour,
                            mew=0, ms=3.5)
        for name in names
    }  # fmt: skip
    entries["by origin"] = Line2D([], [], ls="", marker="o", mfc="none", mec=QUIET, mew=0.7)
    entries[f"{100 * level:g} %"] = Line2D([], [], color=INK, lw=0.6, ls=(0, (3, 2)))
    made.legend(list(entries.values()), list(entries), loc="lower center", ncols=len(entries),
                handletextpad=0.4, columnspacing=1.2, borderaxespad=0.2)  # fmt: skip
    wide, tall = (float(v) * 25.4 for v in made.get_size_inches())
    left = _LEFT + 2 * _WIDTH + _GAP + _SIDE - 6
    words = (f"{moves:,} moves, drawn {repeats} times.\nThick bars: error of the\nmean; thin bars: "
             "spread of\nsingle estimates.")  # fmt: skip
    made.text(left / wide, 1 - (_TOP + _PANEL + _BETWEEN + 6) / tall, words, color=QUIET, va="top",
              linespacing=1.35)  # fmt: skip
