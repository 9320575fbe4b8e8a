"""Error against wall time of the printed schedule and of the exact gradient."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.lagrangian.tuning import DIVERGED
from movelaws.plotting import panels, style
from movelaws.plotting.lagrangian.layout import (
    few_decades,
    grid,
    key_in_columns,
    line,
    number,
    of_case,
    point,
    require_cases,
    words_above,
)
from movelaws.plotting.lagrangian.looks import METHODS, for_words, known

CONVERGENCE = ["case", "method", "seconds", "rms"]
COLUMNS = ["case", "method", "rms", "seconds"]
MOST = 8
UNDER = ("printed_long", "printed_tuned", "exact_best")
"""Drawn beneath the two that the chapter goes on with."""
UNNUMBERED = ("printed_tuned", "exact_best")
"""Lines without a number above their panel: there is room for five."""
_KEY = (
    ("printed", "printed_long", "printed_tuned"),
    ("exact", "exact_best"),
    ("interpolation", "persistence"),
)
_RATIO, _DIVERGED = 30.0, 1e4
FLOOR = 1e-4
"""Errors below, of a hundredth of a percent in a cell, are drawn here."""


@style()
def convergence(
    history: pd.DataFrame,
    methods: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    synthetic: bool = False,
) -> Figure:
    """RMS of q by wall time, a panel per case with common axes.

    Iterative methods are lines that end in their last error, interpolation, which takes one step,
    is a point, and the level of a population that stays is a grey line. Above each panel stand
    the last errors, but of UNNUMBERED, in the same order and colours as in the key.

    Parameters
    ----------
    history : CONVERGENCE, along the iterations. methods : COLUMNS, at the end.
    labels : of the cases, in order, at most MOST.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or the rows of a case are missing, or there are too many cases.
    """
    require_cases(labels, MOST, "convergence")
    panels.require_columns(history, CONVERGENCE, "history")
    panels.require_columns(methods, COLUMNS, "methods")
    columns = 4 if len(labels) > 3 else len(labels)
    made, axes = grid(len(labels), columns, 42, left=14, across=5, down=18, top=9, below=12)
    history = history[history["case"].isin(list(labels))]
    methods = methods[methods["case"].isin(list(labels))]
    limits = _limits(history, methods)
    for place, (case, label) in enumerate(labels.items()):
        own = of_case(methods, case, "methods").set_index("method")
        _panel(axes[place], of_case(history, case, "history"), own, limits)
        panels.letter(axes[place], place, label, above_mm=4.6)
        if place % columns:
            axes[place].tick_params(labelleft=False)
        else:
            axes[place].set_ylabel("RMS of $q$ (no unit)")
        axes[place].set_xlabel("Wall time (s)")
    there = set(known(methods["method"]))
    key_in_columns(
        made,
        [{METHODS[name].name: _handle(name) for name in group if name in there} for group in _KEY],
    )
    panels.tag_synthetic(made, synthetic)
    return made


def _handle(name: str) -> Line2D:
    return point(METHODS[name]) if name == "interpolation" else line(METHODS[name])


def _limits(
    history: pd.DataFrame, methods: pd.DataFrame
) -> tuple[tuple[float, float], tuple[float, float]]:
    seconds = np.concatenate([history["seconds"], methods["seconds"]])
    errors = np.concatenate([history["rms"], methods["rms"]])
    seconds = seconds[np.isfinite(seconds) & (seconds > 0)]
    errors = np.maximum(errors[np.isfinite(errors)], FLOOR)
    spread = 1.6
    return (
        (float(seconds.min()) / spread, float(seconds.max()) * spread),
        (float(errors.min()) / spread, min(float(errors.max()), _highest(methods)) * spread),
    )


def _highest(methods: pd.DataFrame) -> float:
    """What is worse leaves the panels: a run that diverged."""
    still = methods.loc[methods["method"] == "persistence", "rms"].max()
    return _RATIO * float(still) if np.isfinite(still) and still > 0 else 1e3


def _words(end: pd.Series) -> str:
    """The last error, or that the run diverged, as its note or its size says."""
    told = DIVERGED in str(end.get("note", ""))
    return "diverged" if told or not end["rms"] < _DIVERGED else number(end["rms"])


def _panel(
    axes: Axes, history: pd.DataFrame, methods: pd.DataFrame, limits: tuple[tuple, tuple]
) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    few_decades(axes.xaxis)
    few_decades(axes.yaxis, 6)
    axes.grid(axis="y", color="#ececec", lw=0.4)
    axes.set_axisbelow(True)
    if "persistence" in methods.index:
        look = METHODS["persistence"]
        axes.axhline(methods.loc["persistence", "rms"], color=look.colour, ls=look.dash, lw=1.2,
                     zorder=1, gid="persistence")  # fmt: skip
    for name in known(methods.index):
        if name in ("persistence", "reference"):
            continue
        look, end = METHODS[name], methods.loc[name]
        path = history[(history["method"] == name) & (history["seconds"] > 0)]
        path = path.sort_values("seconds")
        rms = np.maximum(path["rms"].to_numpy(), FLOOR)
        axes.plot(path["seconds"], rms, color=look.colour, ls=look.dash, lw=1.1,
                  zorder=2 if name in UNDER else 3, gid=name)  # fmt: skip
        at = max(end["seconds"], limits[0][0]), max(end["rms"], FLOOR)
        axes.plot(*at, look.marker, color=look.colour, ms=3.4, mew=0, zorder=4, clip_on=False)
    shown = [name for name in known(methods.index) if name not in ("reference", *UNNUMBERED)]
    words_above(
        axes,
        [(_words(methods.loc[one]), for_words(METHODS[one].colour)) for one in shown],
        gap=6.0,
    )
