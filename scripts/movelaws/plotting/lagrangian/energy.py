"""Energies, powers and entropy production along the fitted path (the paper's open question)."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, FuncFormatter, NullLocator

from movelaws.plotting import INK, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.diverged import STACKED, entry, left_out, say
from movelaws.plotting.lagrangian.layout import KEY_MM, key, of_case, require_cases

COLUMNS = ["case", "method", "t", "kinetic", "potential", "hamiltonian", "dissipated", "injected",
           "entropy_production"]  # fmt: skip
PER_PAGE = 4
LINES: dict[str, dict[str, tuple[str, str, Any, float]]] = {
    "Energy (no unit)": {
        "kinetic": ("kinetic", "#EE7733", (0, (4, 1.2)), 1.0),
        "potential": ("potential", "#0077BB", (0, (1.5, 1)), 1.1),
        "hamiltonian": ("their sum", INK, "-", 1.1),
    },
    "Power (no unit)": {
        "dissipated": ("dissipated", "#CC3311", "-", 1.0),
        "injected": ("put in by changing Λ", "#009988", (0, (4, 1.2)), 1.0),
    },
    "Entropy production (no unit)": {
        "entropy_production": ("entropy production", "#882255", "-", 1.0)
    },
}
_LEFT, _RIGHT, _ACROSS, _TOP, _PANEL, _DOWN, _BOTTOM = 16.0, 3.5, 12.5, 6.0, 34.0, 4.0, 9.5
_NAME = -12.0  # mm from a panel, the middle of the name of its axis
_SPREAD = 300.0  # of magnitudes, above which an axis is stretched


@style()
def energy(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    method: str = "printed",
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """Energies, the power lost and put in, and entropy production; a column of panels per case.

    An axis whose curves span several decades is linear up to their median magnitude and
    logarithmic beyond.

    Parameters
    ----------
    table : COLUMNS, a row per time point; NaN where a quantity is not defined.
    labels : of the cases, in order, at most PER_PAGE.
    method : whose fitted path is shown.
    diverged : cases whose printed schedule ran away: their panels stay empty and say so.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are too many cases, or a column or the rows of a case are missing.
    """
    require_cases(labels, PER_PAGE, "energy")
    panels.require_columns(table, COLUMNS, "energy")
    table = table[table["method"] == method]
    gone = left_out(diverged, labels, method)
    below = KEY_MM + (3.0 if gone else 0.0)
    made = figure(WIDTH_DOUBLE, _TOP + len(LINES) * (_PANEL + _DOWN) - _DOWN + _BOTTOM + below)
    columns = max(len(labels), 3)
    width = (WIDTH_DOUBLE - _LEFT - _RIGHT - _ACROSS * (columns - 1)) / columns
    for column, (case, label) in enumerate(labels.items()):
        part = None if case in gone else of_case(table, case, "energy").sort_values("t")
        for row, (name, lines) in enumerate(LINES.items()):
            axes = panels.axes_mm(
                made,
                _LEFT + column * (width + _ACROSS),
                _TOP + row * (_PANEL + _DOWN),
                width,
                _PANEL,
            )
            axes.set_xlim(0, 1)
            axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
            if part is None:
                axes.set_yticks([])
                say(axes, STACKED)
            else:
                _curves(axes, part, lines)
            if column == 0:
                axes.set_ylabel(name)
                axes.yaxis.set_label_coords(_NAME / width, 0.5)
            if row == 0:
                panels.letter(axes, column, label)
            last = row == len(LINES) - 1
            axes.tick_params(labelbottom=last)
            if last:
                axes.set_xlabel("Time $t$ (share of the period)")
    _key(made, bool(gone))
    panels.tag_synthetic(made, synthetic)
    return made


def _curves(
    axes: Axes, part: pd.DataFrame, lines: Mapping[str, tuple[str, str, Any, float]]
) -> None:
    for column, (_, colour, dash, width) in lines.items():
        axes.plot(part["t"], part[column], color=colour, ls=dash, lw=width, gid=column)
    values = part[list(lines)].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if values.size and values.min() < 0:
        axes.axhline(0, color=INK, lw=0.4, zorder=0)
    stretch(axes, values)


def stretch(axes: Axes, values: np.ndarray) -> None:
    """Stretch the vertical axis where its values are of very different magnitudes.

    Ticks are zero and a few powers of ten of both signs.
    """
    sizes = np.abs(values[values != 0])
    if sizes.size == 0 or sizes.max() < _SPREAD * np.median(sizes):
        # never a factor above the axis, where the letter of the panel stands
        if sizes.size and sizes.max() >= 1e4:
            axes.yaxis.set_major_formatter(EngFormatter(sep=""))
        else:
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
        return
    unit = float(np.median(sizes))
    axes.set_yscale("asinh", linear_width=unit)
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    axes.set_ylim(1.5 * low if low < 0 else 0, 1.5 * high if high > 0 else 0)
    powers = np.arange(np.ceil(np.log10(unit)), np.floor(np.log10(max(-low, high))) + 1)
    powers = powers[:: max(1, -(-len(powers) // 3))]
    ticks = np.concatenate([-(10.0 ** powers[::-1]), [0.0], 10.0**powers])
    axes.set_yticks(ticks[(ticks >= 1.5 * low) & (ticks <= 1.5 * high)])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed_power(value)))


def plain(value: float) -> str:
    """A tick label written out, with a true minus."""
    return f"{value:,.10g}".replace("-", "−")


def signed_power(value: float) -> str:
    """Mathtext of zero or of a power of ten with its sign."""
    if value == 0:
        return "0"
    return ("−" if value < 0 else "") + panels.power_of_ten(abs(value))


def _key(made: Figure, lost: bool) -> None:
    entries = {
        name: Line2D([], [], color=colour, ls=dash, lw=width)
        for lines in LINES.values()
        for name, colour, dash, width in lines.values()
    }
    entries |= entry() if lost else {}
    key(made, entries, 4 if lost else None)
