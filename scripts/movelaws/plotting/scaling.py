"""Time and peak memory of tools against the number of zones, in log-log panels."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from movelaws.plotting import FONT_SIZE, MM_PER_INCH, QUIET, WIDTH_DOUBLE, colours, figure, style
from movelaws.plotting.panels import axes_mm, decades, letter, require_columns, spread

_LOOKS = {
    "movelaws": colours.Look("#4477AA", "o"),
    "PyTDLM": colours.Look("#EE6677", "s"),
    "scikit-mobility": colours.Look("#228833", "D"),
    "spint": colours.Look("#AA3377", "^"),
    "averaging": colours.Look("#997700", "v"),
    "grid": colours.Look("#66CCEE", "P"),
    "ranking": colours.Look("#EE7733", "X"),
    "quadrature": colours.Look("#555555", "h"),
    "gplearn": colours.Look("#CCBB44", "<"),
    "pyoperon": colours.Look("#882255", ">"),
}
_TASKS = {
    "opportunities": "Opportunities",
    "radiation": "Radiation flows",
    "calibration": "Gravity calibration",
    "equilibrium": "Choice equilibrium",
    "choice": "Choice calibration",
    "randomclasses": "Random classes",
    "manyclass": "Many classes",
    "evaluation": "Loss of a law",
    "certified": "Certified search",
    "evolution": "Law found again",
}
_ROWS = (
    ("seconds", "Time (s)", "seconds_exponent"),
    ("peak_memory_mb", "Peak memory (MB)", "memory_exponent"),
)
_NAMES = {"averaging": "successive averages", "grid": "grid search", "ranking": "ranks by sorting"}
_LEFT, _RIGHT, _TOP, _ACROSS, _DOWN, _BELOW = 15.0, 3.0, 14.0, 4.0, 8.0, 10.0
_WIDEST, _MOST_ACROSS = 50.0, 5
_MOST_NAMES, _NAMES_MM = 5, 4.0  # in a line of the key; height of a line beyond the second
_TALL = {1: 44.0, 2: 34.0}  # by the number of blocks of panels
_LEAST_MB = 1.0  # below it the number says what the interpreter happened to hold in reserve
_POINTS_PER_MM = 72 / MM_PER_INCH


@style()
def scaling(table: pd.DataFrame, growth: pd.DataFrame, memory_gb: float) -> Figure:
    """Panels of time above panels of memory, one column per task, one line per tool and threads.

    More than five tasks stand in two blocks, one below the other.

    Parameters
    ----------
    table : task, tool, threads, n_zones, seconds, peak_memory_mb; see
        :func:`movelaws.benchmarks.assemble`. Rows without seconds were not run.
    growth : exponents by task, tool and threads; see :func:`movelaws.benchmarks.growth`.
    memory_gb : most memory that a run may take, drawn as a line. Less than 1 MB is drawn as 1 MB.

    Returns
    -------
    Figure, 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, nothing was measured, or a tool has no look.
    """
    key = ["task", "tool", "threads"]
    require_columns(table, [*key, "n_zones", *(column for column, *_ in _ROWS)], "table")
    require_columns(growth, [*key, *(name for *_, name in _ROWS)], "growth")
    measured = table[table["seconds"].notna()]
    measured = measured.assign(peak_memory_mb=measured["peak_memory_mb"].clip(lower=_LEAST_MB))
    tasks = [task for task in _TASKS if (measured["task"] == task).any()]
    if not tasks:
        raise ValueError("table: no row has seconds, so there is nothing to draw")
    unknown = sorted(set(measured["tool"]) - set(_LOOKS))
    if unknown:
        raise ValueError(f"table: tool {unknown[0]!r} has no look; there are {', '.join(_LOOKS)}")
    blocks = 1 if len(tasks) <= _MOST_ACROSS else 2
    across, tall = -(-len(tasks) // blocks), _TALL[blocks]
    block_mm = 2 * tall + _DOWN + _BELOW
    above = _TOP + _NAMES_MM * max(0, _lines_of_key(measured) - 2)
    made = figure(WIDTH_DOUBLE, above + blocks * block_mm + (blocks - 1) * _DOWN)
    wide = min(_WIDEST, (WIDTH_DOUBLE - _LEFT - _RIGHT + _ACROSS) / across - _ACROSS)
    reach = {column: _reach(measured, column, memory_gb) for column, *_ in _ROWS}
    for block in range(blocks):
        shown = tasks[block * across : (block + 1) * across]
        top = above + block * (block_mm + _DOWN)
        for row, (column, label, exponent) in enumerate(_ROWS):
            for place, task in enumerate(shown):
                runs = measured[measured["task"] == task]
                left = _LEFT + place * (wide + _ACROSS)
                panel = axes_mm(made, left, top + row * (tall + _DOWN), wide, tall)
                panel.set(xscale="log", yscale="log", ylim=reach[column], xlim=_sizes(runs))
                if column == "peak_memory_mb":
                    _limit(panel, memory_gb)
                _lines(panel, runs, column)
                exponents = growth[growth["task"] == task].set_index(["tool", "threads"])[exponent]
                _exponents(panel, runs, column, exponents, tall)
                letter(panel, len(made.axes) - 1, "" if row else _TASKS[task])
                panel.set_xlabel("Number of zones, n" if row else "")
                panel.tick_params(labelleft=place == 0, labelbottom=row == len(_ROWS) - 1)
                panel.set_ylabel("" if place else label)
                panel.yaxis.set_label_coords(-11.5 / wide, 0.5)
                decades(panel.xaxis)
                decades(panel.yaxis)
    _key(made, measured)
    return made


def _reach(measured: pd.DataFrame, column: str, memory_gb: float) -> tuple[float, float]:
    """Limits of the vertical axis, the same for all tasks."""
    values = measured.loc[measured[column] > 0, column]
    high = max(values.max(), memory_gb * 1000 if column == "peak_memory_mb" else 0)
    return values.min() / 1.6, high * 2.2


def _sizes(measured: pd.DataFrame) -> tuple[float, float]:
    """Limits of the horizontal axis, with room for the exponents at the right."""
    low, high = measured["n_zones"].min(), measured["n_zones"].max()
    return low / 1.25, high * max(1.6, (high / low) ** 0.25)


def _lines(axes: Axes, runs: pd.DataFrame, column: str) -> None:
    for (tool, threads), line in runs.groupby(["tool", "threads"]):
        line = line.sort_values("n_zones")
        axes.plot(line["n_zones"], line[column], **_drawn(tool, threads), zorder=3)


def _exponents(
    axes: Axes, runs: pd.DataFrame, column: str, exponents: pd.Series, tall: float
) -> None:
    """Growth exponent behind the end of each line; labels of neighbours are moved apart."""
    if column == "peak_memory_mb":  # Lines of one tool lie on each other, whatever its threads.
        runs = runs[runs["threads"] == 1]
    ends = runs.sort_values("n_zones").groupby(["tool", "threads"], as_index=False).last()
    ends = ends[
        (ends[column] > 0) & exponents.reindex(ends[["tool", "threads"]]).notna().to_numpy()
    ]
    low, high = np.log(axes.get_ylim())
    gap = (high - low) * FONT_SIZE * 1.05 / (tall * _POINTS_PER_MM)
    for n, group in ends.groupby("n_zones"):
        places = np.exp(spread(np.log(group[column].to_numpy()), gap))
        for row, place in zip(group.itertuples(), places, strict=True):
            axes.annotate(
                rf"$n^{{{exponents[row.tool, row.threads]:.1f}}}$", (n, place), (5, 0),
                textcoords="offset points", va="center", color=_LOOKS[row.tool].colour,
                path_effects=[withStroke(linewidth=1.5, foreground="white")], zorder=4,
            )  # fmt: skip


def _limit(axes: Axes, memory_gb: float) -> None:
    axes.axhline(memory_gb * 1000, color=QUIET, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.annotate(
        f"{memory_gb:g} GB", (0.02, memory_gb * 1000), (0, -2), ha="left", va="top",
        xycoords=("axes fraction", "data"), textcoords="offset points", color=QUIET,
    )  # fmt: skip


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


def _key(made: Figure, measured: pd.DataFrame) -> None:
    """Names above all panels, in as few lines as they fit."""
    drawn = measured[["tool", "threads"]].drop_duplicates()
    drawn = drawn.sort_values(["tool", "threads"], key=_ours_first)
    handles = [
        Line2D([], [], **_drawn(tool, threads), label=_named(tool, threads))
        for tool, threads in drawn.itertuples(index=False)
    ]
    columns = -(-len(handles) // _lines_of_key(measured))
    made.legend(
        handles=handles, loc="upper left", ncols=columns, columnspacing=1.2,
        bbox_to_anchor=(_LEFT / WIDTH_DOUBLE, 1.0), borderaxespad=0.3, handlelength=2.2,
    )  # fmt: skip


def _lines_of_key(measured: pd.DataFrame) -> int:
    return -(-len(measured[["tool", "threads"]].drop_duplicates()) // _MOST_NAMES)


def _named(tool: str, threads: int) -> str:
    name = _NAMES.get(tool, tool)
    return name if threads == 1 else f"{name}, {threads} threads"


def _ours_first(column: pd.Series) -> pd.Series:
    return column.map(list(_LOOKS).index) if column.name == "tool" else column
