"""Figs 2d and 3a: where the modified model errs less, by variable and penalty."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from movelaws.plotting import (
    HAIRLINE,
    INK,
    MM_PER_INCH,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    panels,
    style,
)

SIGNIFICANT, BEYOND, BOTH, ABSENT = "#cfe3f5", "#fbe3c0", "#b5e3b0", "#f1f1f1"
"""Fill of the left half, of the right half, of a whole cell, and of a cell without a test."""

TESTS = {
    "Mann-Whitney test: are the errors of flows smaller?": ("p_mw", "U", "q_mw"),
    "Hamming distance: are fewer flows wrong?": ("p_binomial", "hamming", "q_binomial"),
}
COLUMNS = [
    "variable",
    "label",
    "exponent",
    *(name for test in TESTS.values() for name in test),
    "better_U",
    "better_hamming",
    "p_random_U",
    "p_random_hamming",
    "significant",
]
LOST = "†"
"""Above a number that is no longer significant as one test of many."""

_LEFT, _RIGHT, _HEADER, _ROW, _GAP = 29.0, 1.5, 6.0, 6.4, 1.5  # mm
_TICKS, _LINE, _KEY_GAP, _KEY_CELL = 8.0, 4.6, 3.0, 22.0
_LETTERS = 19  # of a line of a variable's name
_EDGE = "#3c8d3c"
_FACTOR, _SHORT, _BARE = 10.4, 9.4, 8.8  # mm of half a cell: 5 x 10^-28, 5 x 10^-8, <10^-28 fit


@style()
def verdict_grid(
    tests: pd.DataFrame, *, scale_name: str = "δ − 1", level: float = 0.05, synthetic: bool = False
) -> Figure:
    """Both tests and the verdict, a cell for each variable and penalty.

    The left half of a cell is filled if P is below ``level``, the right half if the statistic is
    below that quantile of random classes; both halves, in green, are what the paper shows. The
    numbers are P and the share of the random classes that do at least as well.

    Parameters
    ----------
    tests : one row per variable and exponent, see ``COLUMNS``; ``n_draws``, where there is such a
        column, turns p_random into that share exactly; ``q_random_U`` and ``q_random_hamming`` are
        looked at if there. A missing row or P value gives an empty cell.
    scale_name : what the penalty 10^n is, "δ − 1" or "Δ".
    level : of the tests and of the quantile.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, there is no row, one variable has an exponent twice, or ``level``
        is not in (0, 1).
    """
    panels.require_columns(tests, COLUMNS, "tests")
    check_level(level)
    labels, exponents, cells = arranged(tests, "tests")
    rows, columns = len(labels), len(exponents)
    wide, tall = WIDTH_DOUBLE - _LEFT - _RIGHT, rows * _ROW
    step = _HEADER + tall + _GAP
    lost = any(_lost(row, test, level) for row in cells.values() for test in TESTS.values())
    absent = len(cells) < rows * columns or any(map(_untested, cells.values()))
    key = _LINE * (3 + absent + lost) + 1.0
    made = figure(WIDTH_DOUBLE, 3 * step - _GAP + _TICKS + _KEY_GAP + key)
    for number, title in enumerate((*TESTS, "Both tests: is the modified model better?")):
        axes = panels.axes_mm(made, _LEFT, number * step + _HEADER, wide, tall)
        frame(axes, list(labels.values()), columns)
        panels.letter(axes, number, title)
        for at, variable in enumerate(labels):
            for column, exponent in enumerate(exponents):
                row = cells.get((variable, exponent))
                place = axes, column, at
                if row is None:
                    fill(*place, None, None)
                elif title in TESTS:
                    _tested(*place, row, TESTS[title], level, wide / columns / 2)
                else:
                    _judged(*place, row, level)
    axes.set_xticks(np.arange(columns) + 0.5, [power(n) for n in exponents])
    axes.set_xlabel(f"Penalty, {scale_name} (no unit)")
    _key(made, key, level, tests, lost, absent)
    panels.tag_synthetic(made, synthetic)
    return made


def check_level(level: float) -> None:
    """Raise a ValueError unless the level lies between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: it must lie between 0 and 1")


def arranged(
    table: pd.DataFrame, name: str
) -> tuple[dict[str, str], list[float], dict[tuple[str, float], pd.Series]]:
    """Labels by variable, rising exponents, and the row of each pair of them.

    Raises
    ------
    ValueError
        If there is no row, or two for one pair.
    """
    if table.empty:
        raise ValueError(f"{name}: no rows; there should be one per variable and exponent")
    twice = table.duplicated(["variable", "exponent"])
    if twice.any():
        row = table[twice].iloc[0]
        raise ValueError(
            f"{name}: variable {row['variable']!r} has exponent {row['exponent']:g} more than once"
        )
    labels = {row["variable"]: str(row["label"]) for _, row in table.iterrows()}
    exponents = sorted(float(n) for n in table["exponent"].unique())
    cells = {(row["variable"], float(row["exponent"])): row for _, row in table.iterrows()}
    return labels, exponents, cells


def conditions(row: pd.Series, test: tuple[str, str, str], level: float) -> tuple[bool, bool]:
    """Whether P is below the level, and the variable better than random classes."""
    p, statistic, _ = test
    return bool(row[p] < level), bool(row[f"better_{statistic}"])


def share_as_good(row: pd.Series, statistic: str) -> float:
    """Share of the random classes whose statistic is at least as good."""
    p, draws = row[f"p_random_{statistic}"], row.get("n_draws", np.nan)
    # p_random counts the tested classes themselves as one more draw
    return float(p if np.isnan(draws) else (p * (draws + 1) - 1) / draws)


def frame(axes: Axes, names: list[str], columns: int) -> None:
    """Axes of a grid: a unit square per cell, rows from the top, names at the left."""
    axes.set_xlim(0, columns)
    axes.set_ylim(len(names), 0)
    axes.set_xticks([])
    axes.set_yticks(
        np.arange(len(names)) + 0.5, [textwrap.fill(name, _LETTERS) for name in names],
        linespacing=1.0,
    )  # fmt: skip
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def fill(axes: Axes, column: float, row: float, left: bool | None, right: bool | None) -> None:
    """A cell: left half, right half, or all of it in green; None is hatched."""
    if left is None:
        hatched = {"fc": ABSENT, "ec": "#c8c8c8", "hatch": "////"}
        axes.add_patch(Rectangle((column, row), 1, 1, lw=0, gid="absent", **hatched))
    elif left and right:
        axes.add_patch(Rectangle((column, row), 1, 1, fc=BOTH, lw=0, gid="both"))
    elif left or right:
        axes.add_patch(
            Rectangle(
                (column + (0.0 if left else 0.5), row), 0.5, 1, lw=0,
                fc=SIGNIFICANT if left else BEYOND, gid="left" if left else "right",
            )
        )  # fmt: skip
    edge = {"fc": "none", "ec": "#9a9a9a", "lw": HAIRLINE, "zorder": 2, "clip_on": False}
    axes.add_patch(Rectangle((column, row), 1, 1, **edge))
    if left and right:
        inset = 0.018
        axes.add_patch(
            Rectangle(
                (column + inset / 2, row + inset * 2), 1 - inset, 1 - 4 * inset,
                fc="none", ec=_EDGE, lw=1.3, zorder=3,
            )
        )  # fmt: skip


def power(exponent: float) -> str:
    """Mathtext of 10^n."""
    return rf"$10^{{{exponent:g}}}$"


def compact(p: float, factor: bool = True) -> str:
    """A P value in few letters: 0.49, 0.0047, 5 x 10^-8 or, in less room, 0.005 and <10^-7."""
    if p >= 0.0995:
        return f"{p:.2f}"
    if p >= 0.00095:
        return f"{p:.2g}" if factor or p >= 0.00995 else f"{p:.1g}"
    if p < 1e-300:
        return r"<$10^{-300}$"
    if factor:
        return panels.power_of_ten(float(f"{p:.0e}")).replace(r"\times", r"\!\cdot\!")
    # A bound is never wrong, a P value rounded to a decade is.
    return "<" + power(np.floor(np.log10(p)) + 1)


def percent(row: pd.Series, statistic: str) -> str:
    """Share of the random classes that do as well: 35 %, 5.4 %, <0.5 % for none of 200."""
    share, draws = share_as_good(row, statistic), row.get("n_draws", np.nan)
    if np.isnan(share):
        return ""
    if share * draws < 0.5:  # rounding may leave a little more or less than 0
        return f"<{100 / draws:.2g} %"
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %"


def _tested(
    axes: Axes,
    column: int,
    at: int,
    row: pd.Series,
    test: tuple[str, str, str],
    level: float,
    half_mm: float,
) -> None:
    p, statistic, _ = test
    if np.isnan(row[p]):
        fill(axes, column, at, None, None)
        return
    left, right = conditions(row, test, level)
    fill(axes, column, at, left, right)
    if half_mm < _BARE:
        return  # the fill says it; numbers would run into each other
    marks = _lost(row, test, level)
    # An exponent of one digit takes less room than one of two.
    roomy = half_mm >= (_FACTOR if row[p] < 1e-9 else _SHORT)
    numbers = compact(row[p], roomy), percent(row, statistic)
    y = at + (0.66 if marks else 0.5)
    for part, (text, mark, holds) in enumerate(
        zip(numbers, (LOST in marks, "r" in marks), (left, right), strict=True)
    ):
        x, look = column + 0.5 * part, {"va": "center_baseline", "color": INK if holds else QUIET}
        axes.text(x + 0.25, y, text, ha="center", **look)
        if mark:
            axes.text(x + 0.47, at + 0.27, LOST, ha="right", gid=f"lost {part}", **look)


def _lost(row: pd.Series, test: tuple[str, str, str], level: float) -> str:
    """Which halves hold alone but not as one of many tests: † for the left, r for the right."""
    _, statistic, q = test
    left, right = conditions(row, test, level)
    beyond = row.get(f"q_random_{statistic}", np.nan)
    return LOST * bool(left and row[q] >= level) + "r" * bool(right and beyond >= level)


def _untested(row: pd.Series) -> bool:
    return any(np.isnan(row[test[0]]) for test in TESTS.values())


def _judged(axes: Axes, column: int, at: int, row: pd.Series, level: float) -> None:
    """How many of the four conditions hold; green if that is all."""
    if _untested(row):
        fill(axes, column, at, None, None)
        return
    held = sum(sum(conditions(row, test, level)) for test in TESTS.values())
    better = bool(row["significant"])
    fill(axes, column, at, better, better)
    axes.text(
        column + 0.5, at + 0.5, f"yes, {held} of 4" if better else f"{held} of 4", ha="center",
        va="center_baseline", color=INK if better else QUIET,
        fontweight="bold" if better else "normal",
    )  # fmt: skip


def _key(
    made: Figure, height: float, level: float, tests: pd.DataFrame, lost: bool, absent: bool
) -> None:
    """Cells with what they mean, in words."""
    tall = made.get_figheight() * MM_PER_INCH
    axes = panels.axes_mm(made, _LEFT, tall - height, _KEY_CELL, height)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(height / _LINE * 1.2, 0)
    better = f"filled if the variable is better than {100 * (1 - level):g} % of them"
    words = [
        (True, False, "P", "", f"left half: P of the test, filled if P < {level:g}"),
        (False, True, "", "%", f"right half: random classes that do at least as well, {better}"),
        (True, True, "P", "%", "both: counts as significant; the verdict asks it of both tests"),
    ]  # fmt: skip
    if absent:
        words.append((None, None, "", "", "no test: the numbers could not be computed"))
    said = {"va": "center_baseline", "color": INK}
    text_at = 1 + 2.5 / _KEY_CELL
    for line, (left, right, first, second, text) in enumerate(words):
        fill(axes, 0, 1.2 * line + 0.1, left, right)
        for x, short in ((0.25, first), (0.75, second)):
            axes.text(x, 1.2 * line + 0.6, short, ha="center", **said)
        axes.text(text_at, 1.2 * line + 0.6, text, **said)
    if lost:
        at = 1.2 * len(words) + 0.6
        axes.text(0.5, at, LOST, ha="center", **said)
        n = tests["p_mw"].notna().sum()
        axes.text(
            text_at, at,
            f"q ≥ {level:g}: holds alone, but not as one of {n} tests (false discovery rate)",
            **said,
        )  # fmt: skip
