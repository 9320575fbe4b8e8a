"""Whether the verdicts hold with other shares of penalised zones."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import INK, MM_PER_INCH, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.inequality.verdict_grid import (
    arranged,
    check_level,
    fill,
    frame,
    percent,
    power,
)

COLUMNS = [
    "share",
    "variable",
    "label",
    "exponent",
    "hamming",
    "hamming_standard",
    "p_random_hamming",
    "significant",
]
_LEFT, _RIGHT, _HEADER, _ROW, _GAP = 13.0, 1.5, 7.0, 5.6, 4.0  # mm
_TICKS, _LINE, _KEY_CELL = 9.5, 4.6, 9.0
_CELL, _LONG, _WIDEST = 6.3, 7.4, 12.0  # mm, of a cell: least (10^-9, 10^-10) and largest width


@style()
def sensitivity(
    table: pd.DataFrame, *, scale_name: str = "δ − 1", level: float = 0.05, synthetic: bool = False
) -> Figure:
    """Verdicts by penalty and share of penalised zones, a panel for each variable.

    A cell is green where both tests are significant and the variable beats random classes. Its
    number is the percentage of random classes of the same size with no more wrong flows.

    Parameters
    ----------
    table : one row per share, variable and exponent, see ``COLUMNS``; ``n_draws``, where there is
        such a column, turns p_random into that percentage exactly. A missing row or p_random
        gives a hatched cell.
    scale_name : what the penalty 10^n is, "δ − 1" or "Δ".
    level : of the verdicts, for the words of the key.
    synthetic : add a tag that says so.

    Returns
    -------
    Figure 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, there is no row, a variable has a share and exponent twice, or
        ``level`` is not in (0, 1).
    """
    panels.require_columns(table, COLUMNS, "table")
    check_level(level)
    if table.empty:
        raise ValueError("table: no rows; there should be one per share, variable and exponent")
    shares = sorted(float(share) for share in table["share"].unique())
    cells = {}
    for share in shares:
        labels, _, found = arranged(table[table["share"] == share], f"table, share {share:g}")
        cells |= {(share, *key): row for key, row in found.items()}
    labels = dict(zip(table["variable"], table["label"].astype(str), strict=True))
    exponents = sorted(float(n) for n in table["exponent"].unique())
    missing = _missing(cells, len(shares) * len(labels) * len(exponents))
    a_row, cell = _layout(len(labels), exponents)
    rows = -(-len(labels) // a_row)
    block = _HEADER + len(shares) * _ROW + _TICKS
    key = _LINE * (3 + missing)
    made = figure(WIDTH_DOUBLE, rows * block + key + 1.5)
    for number, (variable, label) in enumerate(labels.items()):
        line, at = divmod(number, a_row)
        wide = cell * len(exponents)
        left, top = _LEFT + at * (wide + _GAP), line * block + _HEADER
        axes = panels.axes_mm(made, left, top, wide, len(shares) * _ROW)
        names = [f"{100 * share:g}" for share in shares] if at == 0 else [""] * len(shares)
        frame(axes, names, len(exponents))
        panels.letter(axes, number, label)
        for column, exponent in enumerate(exponents):
            for row, share in enumerate(shares):
                _cell(axes, column, row, cells.get((share, variable, exponent)))
        axes.set_xticks(np.arange(len(exponents)) + 0.5, [power(n) for n in exponents])
        axes.set_xlabel(f"Penalty, {scale_name} (no unit)")
        if at == 0:
            axes.set_ylabel("Worst-off zones (%)")
    _key(made, key, level, missing)
    panels.tag_synthetic(made, synthetic)
    return made


def _layout(variables: int, exponents: list[float]) -> tuple[int, float]:
    """Panels in a row, and the width of a cell in mm."""
    least = _CELL if min(exponents) > -10 else _LONG
    for a_row in range(variables, 0, -1):
        room = WIDTH_DOUBLE - _LEFT - _RIGHT - (a_row - 1) * _GAP
        cell = room / a_row / len(exponents)
        if cell >= least or a_row == 1:
            return a_row, min(cell, _WIDEST)
    raise AssertionError  # a row of one always fits


def _missing(cells: dict[tuple, pd.Series], wanted: int) -> bool:
    return len(cells) < wanted or any(np.isnan(r["p_random_hamming"]) for r in cells.values())


def _cell(axes: Axes, column: int, row: int, found: pd.Series | None) -> None:
    if found is None or np.isnan(found["p_random_hamming"]):
        fill(axes, column, row, None, None)
        return
    better = bool(found["significant"])
    fill(axes, column, row, better, better)
    fewer = found["hamming"] < found["hamming_standard"]
    axes.text(
        column + 0.5, row + 0.5, _number(found), ha="center",
        va="center_baseline", color=INK if fewer else QUIET,
        fontstyle="normal" if fewer else "italic", fontweight="bold" if better else "normal",
    )  # fmt: skip


def _number(row: pd.Series) -> str:
    """Per cent: 27, 3, 0.4; with none of 100 random classes <1."""
    return percent(row, "hamming").removesuffix(" %")


def _key(made: Figure, height: float, level: float, missing: bool) -> None:
    tall = made.get_figheight() * MM_PER_INCH
    axes = panels.axes_mm(made, _LEFT, tall - height - 0.5, _KEY_CELL, height)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(height / _LINE * 1.2, 0)
    beyond = f"{100 * (1 - level):g} %"
    words = [
        (False, "27", {}, "per cent of random classes of the same size that have no more wrong "
                          "flows than the variable"),
        (False, "27", {"color": QUIET, "fontstyle": "italic"},
         "in italics: no fewer wrong flows than the standard model"),
        (True, "1", {"fontweight": "bold"},
         f"both tests have P < {level:g} and both statistics are better than those of {beyond} "
         "of random classes"),
    ]  # fmt: skip
    if missing:
        words.append((None, "", {}, "no test: the numbers could not be computed"))
    for line, (green, short, look, text) in enumerate(words):
        fill(axes, 0, 1.2 * line + 0.1, green, green)
        at = {"va": "center_baseline"}
        axes.text(0.5, 1.2 * line + 0.6, short, ha="center", **at, **look)
        axes.text(1 + 2.5 / _KEY_CELL, 1.2 * line + 0.6, text, **at)
