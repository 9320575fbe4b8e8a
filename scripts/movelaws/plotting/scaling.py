"""Time and peak memory of tools against the number of zones, in log-log panels."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, colours, figure, style
from movelaws.plotting.panels import decades, letter, require_columns

_LOOKS = {
    "movelaws": colours.Look("#4477AA", "o"),
    "PyTDLM": colours.Look("#EE6677", "s"),
    "scikit-mobility": colours.Look("#228833", "D"),
    "spint": colours.Look("#AA3377", "^"),
}
_TASKS = {
    "opportunities": "Intervening opportunities",
    "radiation": "Radiation flows",
    "calibration": "Gravity calibration",
}
_ROWS = (("seconds", "Time (s)"), ("peak_memory_mb", "Peak memory (MB)"))
_EXPONENTS = {"seconds": "seconds_exponent", "peak_memory_mb": "memory_exponent"}


@style()
def scaling(table: pd.DataFrame, growth: pd.DataFrame, memory_gb: float) -> Figure:
    """Panels of time above panels of memory, one column per task, one line per tool and threads.

    Parameters
    ----------
    table : task, tool, threads, n_zones, seconds, peak_memory_mb; see
        :func:`movelaws.benchmarks.assemble`. Rows without seconds were not run.
    growth : exponents by task, tool and threads; see :func:`movelaws.benchmarks.growth`.
    memory_gb : most memory that a run may take, drawn as a line.

    Returns
    -------
    Figure, 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing or nothing was measured.
    """
    require_columns(
        table, ["task", "tool", "threads", "n_zones", "seconds", "peak_memory_mb"], "table"
    )
    require_columns(growth, ["task", "tool", "threads", *_EXPONENTS.values()], "growth")
    measured = table[table["seconds"].notna()]
    tasks = [task for task in _TASKS if (measured["task"] == task).any()]
    if not tasks:
        raise ValueError("table: no row has seconds, so there is nothing to draw")
    made = figure(WIDTH_DOUBLE, 118, constrained=True)
    axes = made.subplots(2, len(tasks), sharex=True, sharey="row", squeeze=False)
    for row, (column, label) in enumerate(_ROWS):
        for place, task in enumerate(tasks):
            _panel(axes[row, place], measured[measured["task"] == task], column)
            _name_lines(axes[row, place], growth[growth["task"] == task], _EXPONENTS[column])
            letter(axes[row, place], row * len(tasks) + place, _TASKS[task] if row == 0 else "")
        axes[row, 0].set_ylabel(label)
    for panel in axes[-1]:
        panel.axhline(memory_gb * 1000, color=QUIET, linewidth=0.6, linestyle=(0, (4, 2)))
        panel.annotate(
            f"{memory_gb:g} GB", (0.98, memory_gb * 1000), (0, -2), ha="right", va="top",
            xycoords=("axes fraction", "data"), textcoords="offset points", color=QUIET,
        )  # fmt: skip
        panel.set_xlabel("Number of zones, n")
    for panel in axes.flat:
        decades(panel.xaxis)
        decades(panel.yaxis)
    return made


def _panel(axes: Axes, runs: pd.DataFrame, column: str) -> None:
    axes.set(xscale="log", yscale="log")
    for (tool, threads), line in runs.groupby(["tool", "threads"]):
        line = line.sort_values("n_zones")
        axes.plot(line["n_zones"], line[column], **_drawn(tool, threads), zorder=3)


def _drawn(tool: str, threads: int) -> dict:
    """One thread: filled and solid; more: open and dashed."""
    look = _LOOKS[tool]
    one = threads == 1
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": "-" if one else (0, (3, 1.5)),
        "markerfacecolor": look.colour if one else "white",
        "markeredgewidth": 0.8,
    }


def _name_lines(axes: Axes, growth: pd.DataFrame, exponent: str) -> None:
    """A key in the panel with every line's growth."""
    handles = []
    for row in growth.sort_values(["tool", "threads"], key=_ours_first).itertuples():
        power = getattr(row, exponent)
        grows = "" if np.isnan(power) else rf", $n^{{{power:.1f}}}$"
        threads = "" if row.threads == 1 else f", {row.threads} threads"
        handles.append(
            Line2D([], [], label=f"{row.tool}{threads}{grows}", **_drawn(row.tool, row.threads))
        )
    axes.legend(handles=handles, loc="upper left", fontsize=6, borderaxespad=0.2, labelspacing=0.3)


def _ours_first(column: pd.Series) -> pd.Series:
    return column.map(list(_LOOKS).index) if column.name == "tool" else column
