"""Every reading of the exponents: estimators and weights, and ranges."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist.published_cost import CASES, LIKELIHOOD, PUBLISHED, READING

TABLE = ("case", "range", "estimator", "weights", "exponent", "planted", "published_exponent")
READINGS = ("case", "estimator", "weights", "mean", "sd", "true")
READ = "range read"
_PAPER, _MOVES = ("sample space", "ratio"), ("moves and pairs", "moves")
_LEFT, _TOP, _LINE, _BETWEEN, _BELOW = 45.0, 8.0, 4.0, 12.0, 17.0
_SHOWN = (0.55, 1.35)
_NAMES = {
    "least squares": "Least squares",
    "sample space": "Bin centres",
    "truncated": "Distances, truncated",
    "binned": "Bins, multinomial",
    "moves and pairs": "Moves given the pairs",
}
_WEIGHTS = {"equal": "each bin alike", "moves": "moves", "pairs": "pairs", "ratio": "ratio",
            "width": "width", "ratio x width": "ratio × width"}  # fmt: skip


@style()
def sensitivity(table: pd.DataFrame, readings: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """Exponents of each case by estimator and weights (above) and by range (below).

    Bars above span twice the scatter of a reading over moves of a known cost drawn through the same
    pairs, in the same number. Exponents outside the axes are written at their edge.

    Parameters
    ----------
    table : TABLE, of ``movelaws.pairdist.published_bins_sensitivity.sensitivity``.
    readings : READINGS, of ``readings`` there.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    panels.require_columns(table, list(TABLE), "table")
    panels.require_columns(readings, list(READINGS), "readings")
    cases = list(dict.fromkeys(table["case"]))
    here = table[table["range"] == READ]
    rows = list(dict.fromkeys(zip(here["estimator"], here["weights"], strict=True)))
    ranges = list(dict.fromkeys(table["range"]))
    above, below = _LINE * len(rows), _LINE * len(ranges)
    made = figure(WIDTH_DOUBLE, _TOP + above + _BETWEEN + below + _BELOW)
    wide = (WIDTH_DOUBLE - _LEFT) / len(cases)
    for k, case in enumerate(cases):
        left = _LEFT + k * wide
        top = panels.axes_mm(made, left, _TOP, wide - 3, above)
        bottom = panels.axes_mm(made, left, _TOP + above + _BETWEEN, wide - 3, below)
        mine = table[table["case"] == case]
        _by_reading(top, here[here["case"] == case], readings[readings["case"] == case], rows)
        _by_range(bottom, mine, ranges)
        for axes, count in ((top, len(rows)), (bottom, len(ranges))):
            _frame(axes, count, mine.iloc[0])
        panels.letter(top, k, CASES.get(case, case.replace("_", " ")).split(",")[0])
        bottom.set_xlabel("Exponent")
        if k == 0:
            top.set_yticks(range(len(rows)), [_label(*row) for row in rows])
            bottom.set_yticks(range(len(ranges)), [_capital(name) for name in ranges])
    _key(made, table)
    panels.tag_synthetic(made, synthetic)
    return made


def _by_reading(axes: Axes, here: pd.DataFrame, drawn: pd.DataFrame, rows: list) -> None:
    scatter = drawn.set_index(["estimator", "weights"])["sd"].to_dict()
    for at, row in enumerate(rows):
        mine = here[(here["estimator"] == row[0]) & (here["weights"] == row[1])]
        value = float(mine["exponent"].iloc[0])
        _point(axes, value, at, _colour(row), scatter.get(row, math.nan))


def _by_range(axes: Axes, mine: pd.DataFrame, ranges: list) -> None:
    for reading, shift in ((_PAPER, -0.16), (_MOVES, 0.16)):
        chosen = (mine["estimator"] == reading[0]) & (mine["weights"] == reading[1])
        values = mine[chosen].set_index("range")["exponent"]
        for at, name in enumerate(ranges):
            if name in values:
                _point(axes, float(values[name]), at + shift, _colour(reading))


def _point(axes: Axes, value: float, at: float, colour: str, sd: float = math.nan) -> None:
    if not math.isfinite(value):
        return
    low, high = _SHOWN
    if low < value < high:
        if math.isfinite(sd):
            axes.plot([value - 2 * sd, value + 2 * sd], [at, at], color=colour, lw=0.7)
        axes.plot(value, at, "o", ms=3, mew=0, color=colour)
        return
    right = value >= high
    text = f"{value:.2f} ▸" if right else f"◂ {value:.2f}"
    axes.text(
        high if right else low, at, text, ha="right" if right else "left", va="center",
        fontsize=6, color=colour,
    )  # fmt: skip


def _frame(axes: Axes, count: int, row: pd.Series) -> None:
    for name, colour, dashes in (
        ("published_exponent", PUBLISHED, (0, (4, 2))),
        ("planted", INK, (0, (1, 1.5))),
    ):
        if math.isfinite(row[name]):
            axes.axvline(row[name], color=colour, lw=0.9, ls=dashes, zorder=0)
    axes.set_xlim(*_SHOWN)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xticks([0.6, 0.8, 1.0, 1.2])
    axes.set_yticks(range(count), [""] * count)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", color="#EBEBEB", lw=0.5)
    axes.set_axisbelow(True)


def _colour(reading: tuple[str, str]) -> str:
    return {_PAPER: READING, _MOVES: LIKELIHOOD}.get(reading, QUIET)


def _label(estimator: str, weights: str) -> str:
    return f"{_NAMES.get(estimator, estimator)}: {_WEIGHTS.get(weights, weights)}" if (
        estimator, weights) != _MOVES else _NAMES[estimator]  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _key(made: Figure, table: pd.DataFrame) -> None:
    dot = {"marker": "o", "ms": 3.5, "mew": 0, "lw": 0.8}
    handles = [
        Line2D([], [], color=READING, label="the paper’s reading", **dot),
        Line2D([], [], color=LIKELIHOOD, label="likelihood of the moves given the pairs", **dot),
        Line2D([], [], color=QUIET, label="others, ± 2 s.d.", **dot),
    ]
    for name, colour, dashes in (
        ("published_exponent", PUBLISHED, (0, (4, 2))),
        ("planted", INK, (0, (1, 1.5))),
    ):
        if np.isfinite(table[name].to_numpy(float)).any():
            label = name.removesuffix("_exponent")
            handles.append(Line2D([], [], color=colour, lw=0.9, ls=dashes, label=label))
    made.legend(
        handles=handles, loc="lower center", ncols=len(handles), columnspacing=1.6,
        bbox_to_anchor=(0.5, 0.0), borderaxespad=0.2,
    )  # fmt: skip
