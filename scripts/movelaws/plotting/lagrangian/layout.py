"""What the figures share: grids of panels in millimetres, keys below, short numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from movelaws.plotting import WIDTH_DOUBLE, figure, panels
from movelaws.plotting.lagrangian.looks import Look

KEY_MM = 6.0


def grid(
    count: int,
    columns: int,
    height: float,
    *,
    left: float = 14.0,
    right: float = 4.0,
    top: float = 6.0,
    bottom: float = 10.0,
    across: float = 12.0,
    down: float = 16.0,
    below: float = KEY_MM,
) -> tuple[Figure, list[Axes]]:
    """Two-column figure with ``count`` equal panels, row by row.

    Parameters
    ----------
    count, columns : panels, and how many stand in a row.
    height : of a panel, mm.
    left, right, top, bottom : margins around all panels, mm.
    across, down : between panels, mm.
    below : room for a key under everything, mm.
    """
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    width = (WIDTH_DOUBLE - left - right - across * (columns - 1)) / columns
    made = figure(WIDTH_DOUBLE, top + rows * height + (rows - 1) * down + bottom + below)
    axes = []
    for number in range(count):
        row, column = divmod(number, columns)
        axes.append(
            panels.axes_mm(
                made,
                left + column * (width + across),
                top + row * (height + down),
                width,
                height,
            )
        )
    return made, axes


def line(look: Look, **options: object) -> Line2D:
    """Entry of a key: the line of a look."""
    return Line2D([], [], **({"color": look.colour, "ls": look.dash, "lw": 1.1} | options))


def point(look: Look, **options: object) -> Line2D:
    """Entry of a key: the marker of a look."""
    drawn = {"color": look.colour, "ls": "", "marker": look.marker, "ms": 3.6, "mew": 0}
    return Line2D([], [], **(drawn | options))


def key(made: Figure, entries: Mapping[str, object], columns: int | None = None) -> None:
    """One key for the whole figure, below it."""
    made.legend(
        list(entries.values()),
        list(entries),
        loc="lower center",
        ncols=columns or len(entries),
        handletextpad=0.5,
        columnspacing=1.5,
        borderaxespad=0.3,
        labelspacing=0.35,
    )


def key_in_columns(made: Figure, groups: Sequence[Mapping[str, object]]) -> None:
    """One key below the figure in which each group of entries is a column, from its top."""
    groups = [group for group in groups if group]
    rows = max(map(len, groups))
    entries = {}
    for column, group in enumerate(groups):
        empty = {" " * (column * rows + n + 1): nothing() for n in range(rows - len(group))}
        entries |= dict(group) | empty
    key(made, entries, len(groups))


def nothing() -> Line2D:
    """Entry of a key that shows nothing."""
    return Line2D([], [], ls="")


def few_decades(axis: Axis, most: int = 4) -> None:
    """Ticks of a log axis as :func:`panels.decades`, but at most ``most`` powers of ten."""
    panels.decades(axis)
    low, high = sorted(axis.get_view_interval())
    powers = np.arange(np.ceil(np.log10(low) - 1e-9), np.floor(np.log10(high) + 1e-9) + 1)
    if len(powers) > most:
        step = -(-len(powers) // most)
        kept = powers[powers % step == 0]
        axis.set_major_locator(FixedLocator(10.0**kept))
        axis.set_minor_locator(FixedLocator(10.0**powers))


def few_steps(axis: Axis) -> None:
    """Two or three ticks of a linear axis at short round numbers, for a narrow panel."""
    axis.set_major_locator(MaxNLocator(nbins=2, steps=[1, 2, 5, 10], min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.10g}".replace("-", "−")))


def words_above(axes: Axes, words: Sequence[tuple[str, str]], *, gap: float = 5.0) -> None:
    """A line of small words above a panel, each in a colour of its own.

    Parameters
    ----------
    words : (text, colour). gap : between two of them, points.
    """
    options = {"textcoords": "offset points", "annotation_clip": False, "fontsize": 6}
    at = None
    for text, colour in words:
        place = {"xycoords": "axes fraction"} if at is None else {"xycoords": (at, "axes fraction")}
        shift, start = (0.0, (0, 1)) if at is None else (gap, (1, 1))
        at = axes.annotate(text, start, (shift, 3.5), color=colour, **place, **options)


def number(value: float, digits: int = 2) -> str:
    """Few significant digits, a true minus, no exponent between 0.001 and 100,000."""
    if not np.isfinite(value):
        return "–" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value)) + 1e-12)))
        return f"{value:,.{decimals}f}".replace("-", "−")
    factor, power = f"{value:.{digits - 1}e}".split("e")
    return rf"${factor}\times10^{{{int(power)}}}$"


def of_case(table: pd.DataFrame, case: str, name: str) -> pd.DataFrame:
    """Rows of a case.

    Raises
    ------
    ValueError
        If there are none.
    """
    part = table[table["case"] == case]
    if part.empty:
        there = ", ".join(map(str, table["case"].unique()))
        raise ValueError(f"{name}: no rows of case {case!r}; there are {there}")
    return part


def require_cases(labels: Mapping[str, str], most: int, name: str) -> None:
    """Raise a ValueError unless there are 1 to ``most`` cases to draw."""
    if not 1 <= len(labels) <= most:
        raise ValueError(f"{name}: {len(labels)} cases; this figure shows 1 to {most}")


def hours(n: np.ndarray, slot_minutes: float) -> np.ndarray:
    """Time points in hours of the day, or as they are where slots have no length."""
    return np.asarray(n) * slot_minutes / 60 if slot_minutes else np.asarray(n)


def time_name(slot_minutes: float) -> str:
    """Name of the axis of :func:`hours`."""
    return "Time (h)" if slot_minutes else "Step $n$"
