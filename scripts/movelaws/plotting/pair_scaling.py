"""Time, memory, speed and errors of pair counts against the number of places."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from movelaws.plotting import FONT_SIZE, POINTS_PER_MM, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.colours import Look

LOOKS = {
    "movelaws": Look("#4477AA", "o"),
    "movelaws-exact": Look("#66CCEE", "P"),
    "brute": Look("#555555", "h"),
    "cKDTree": Look("#EE6677", "s"),
    "TreeCorr": Look("#228833", "D"),
    "TreeCorr-exact": Look("#CCBB44", "^"),
}
_NAMES = {
    "movelaws-exact": "movelaws, every pair",
    "brute": "plain loops, compiled",
    "cKDTree": "SciPy cKDTree",
    "TreeCorr-exact": "TreeCorr, bin_slop = 0",
}
_LEFT, _WIDE, _BETWEEN, _TOP, _TALL, _DOWN, _BELOW = 14.0, 70.0, 19.0, 13.0, 48.0, 14.0, 11.0
_LEAST_MB = 1.0
_SHOWN_ERROR = 1e-6  # exact bins are drawn here
ALLOWED = 0.005


@style()
def pair_scaling(
    table: pd.DataFrame, growth: pd.DataFrame, errors: pd.DataFrame, memory_gb: float
) -> Figure:
    """Four panels: seconds, memory, pairs per second and core, error of each bin.

    Parameters
    ----------
    table : tool, threads, n_places, seconds, peak_memory_mb, pairs_per_core; rows without seconds
        were not run.
    growth : tool, threads, seconds_exponent, memory_exponent.
    errors : tool, n_places, r_low, r_high, error.
    memory_gb : most memory that a run may take, drawn as a line.

    Raises
    ------
    ValueError
        If a column is missing, nothing was measured, or a tool has no look.
    """
    key = ["tool", "threads"]
    panels.require_columns(
        table, [*key, "n_places", "seconds", "peak_memory_mb", "pairs_per_core"], "table"
    )
    panels.require_columns(growth, [*key, "seconds_exponent", "memory_exponent"], "growth")
    panels.require_columns(errors, ["tool", "n_places", "r_low", "r_high", "error"], "errors")
    measured = table[table["seconds"].notna()]
    if measured.empty:
        raise ValueError("table: no row has seconds, so there is nothing to draw")
    unknown = sorted(set(measured["tool"]) - set(LOOKS))
    if unknown:
        raise ValueError(f"table: tool {unknown[0]!r} has no look; there are {', '.join(LOOKS)}")
    measured = measured.assign(peak_memory_mb=measured["peak_memory_mb"].clip(lower=_LEAST_MB))
    made = figure(WIDTH_DOUBLE, _TOP + 2 * _TALL + _DOWN + _BELOW)
    exponents = growth.set_index(key)
    for place, (column, label, exponent) in enumerate(
        (
            ("seconds", "Time (s)", "seconds_exponent"),
            ("peak_memory_mb", "Peak memory (MB)", "memory_exponent"),
            ("pairs_per_core", "Pairs per second and core", None),
        )
    ):
        axes = _panel(made, place)
        axes.set(xscale="log", yscale="log", xlim=_sizes(measured))
        axes.set(xlabel="Number of places, n", ylabel=label)
        if column == "peak_memory_mb":
            _limit(axes, memory_gb)
        for (tool, threads), line in measured.groupby(key):
            line = line.sort_values("n_places")
            axes.plot(line["n_places"], line[column], **_drawn(tool, threads), zorder=3)
        axes.set_ylim(_reach(measured[column], memory_gb * 1000 * (column == "peak_memory_mb")))
        if exponent:
            _exponents(axes, measured, column, exponents[exponent])
        panels.decades(axes.xaxis)
        panels.decades(axes.yaxis)
        panels.letter(axes, place)
    _errors(_panel(made, 3), errors)
    panels.letter(made.axes[-1], 3)
    _key(made, measured)
    return made


def _panel(made: Figure, place: int) -> Axes:
    row, column = divmod(place, 2)
    left = _LEFT + column * (_WIDE + _BETWEEN)
    return panels.axes_mm(made, left, _TOP + row * (_TALL + _DOWN), _WIDE, _TALL)


def _sizes(measured: pd.DataFrame) -> tuple[float, float]:
    """Limits of the horizontal axis, with room for the exponents at the right."""
    return measured["n_places"].min() / 1.5, measured["n_places"].max() * 2.8


def _reach(values: pd.Series, least_high: float) -> tuple[float, float]:
    return values[values > 0].min() / 2, max(values.max(), least_high) * 2.5


def _limit(axes: Axes, memory_gb: float) -> None:
    axes.axhline(memory_gb * 1000, color=QUIET, lw=0.6, ls=(0, (4, 2)))
    axes.annotate(
        f"{memory_gb:g} GB", (0.02, memory_gb * 1000), (0, -2), ha="left", va="top",
        xycoords=("axes fraction", "data"), textcoords="offset points", color=QUIET,
    )  # fmt: skip


def _exponents(axes: Axes, measured: pd.DataFrame, column: str, exponents: pd.Series) -> None:
    """Growth exponent behind the end of each line; those that end at one size are moved apart."""
    if column == "peak_memory_mb":  # Lines of one tool lie on each other, whatever its threads.
        measured = measured[measured["threads"] == 1]
    ends = measured.sort_values("n_places").groupby(["tool", "threads"], as_index=False).last()
    known = exponents.reindex(pd.MultiIndex.from_frame(ends[["tool", "threads"]])).notna()
    low, high = np.log(axes.get_ylim())
    gap = (high - low) * FONT_SIZE * 1.05 / (_TALL * POINTS_PER_MM)
    for n, group in ends[known.to_numpy()].groupby("n_places"):
        places = np.exp(panels.spread(np.log(group[column].to_numpy()), gap))
        for row, place in zip(group.itertuples(), places, strict=True):
            axes.annotate(
                rf"$n^{{{exponents[row.tool, row.threads]:.2f}}}$", (n, place), (5, 0),
                textcoords="offset points", va="center", color=LOOKS[row.tool].colour,
                path_effects=[withStroke(linewidth=1.5, foreground="white")], zorder=4,
            )  # fmt: skip


def _errors(axes: Axes, errors: pd.DataFrame) -> None:
    """Tools that count every pair have no error and are not drawn."""
    axes.set(xscale="log", yscale="log", xlabel="Distance (m)", ylabel="Relative error of a bin")
    for tool, bins in errors.groupby("tool", sort=False):
        if (bins["error"] > 0).any():
            middle = np.sqrt(bins["r_low"] * bins["r_high"])
            shown = bins["error"].clip(lower=_SHOWN_ERROR, upper=1.0)
            look = LOOKS[tool]
            axes.plot(middle, shown, look.marker, color=look.colour, ms=2.2, mew=0)
            n = int(bins["n_places"].iloc[0])
            at = 0.03 if tool == "movelaws" else 0.5
            axes.text(
                at, 0.97, f"{_NAMES.get(tool, tool)}, n = {n:,}", color=look.colour, va="top",
                transform=axes.transAxes,
            )  # fmt: skip
    if errors.empty:
        axes.text(0.5, 0.5, "no exact counts", transform=axes.transAxes, ha="center", color=QUIET)
    axes.set(ylim=(_SHOWN_ERROR / 1.8, 4.0), xlim=(0.7, 8e5))
    axes.axhline(ALLOWED, color=QUIET, lw=0.6, ls=(0, (4, 2)), zorder=0)
    for text, place in ((f"{100 * ALLOWED:g} %", ALLOWED), ("exact", _SHOWN_ERROR)):
        axes.annotate(
            text, (1.0, place), (3, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", color=QUIET, annotation_clip=False,
        )  # fmt: skip
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)


def _drawn(tool: str, threads: int) -> dict:
    """One thread: filled and solid; more: open and dashed."""
    look, one = LOOKS[tool], threads == 1
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": "-" if one else (0, (3, 1.5)),
        "markerfacecolor": look.colour if one else "white",
        "markeredgewidth": 0.8,
    }


def _key(made: Figure, measured: pd.DataFrame) -> None:
    """Names of the tools above all panels, and what an open marker means."""
    tools = [tool for tool in LOOKS if (measured["tool"] == tool).any()]
    handles = [Line2D([], [], **_drawn(tool, 1), label=_NAMES.get(tool, tool)) for tool in tools]
    for threads in sorted(set(measured["threads"]) - {1}):
        look = {"color": QUIET, "marker": "o", "markerfacecolor": "white"}
        handles.append(Line2D([], [], ls=(0, (3, 1.5)), **look, label=f"{threads} threads"))
    made.legend(
        handles=handles, loc="upper left", ncols=4, columnspacing=1.4, handlelength=2.2,
        bbox_to_anchor=(_LEFT / WIDTH_DOUBLE, 1.0), borderaxespad=0.3,
    )  # fmt: skip
