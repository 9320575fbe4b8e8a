"""Names of curves in log-log panels, written where each curve leaves the panel."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from movelaws.plotting import MM_PER_INCH, colours, panels

_LINE = 3.3  # mm from one line of text to the next
_OFF = 1.9  # mm from a curve to the middle of a name written along it


def label_curves(
    axes: Axes, names: Sequence[str], x: np.ndarray, curves: Sequence[np.ndarray]
) -> None:
    """Name each model's curve: right of the panel, or upright where it crosses top or bottom.

    Names are moved apart where they would touch.

    Parameters
    ----------
    axes : logarithmic both ways, with final limits.
    names : of the models, (n,).
    x : (n_points,) increasing and positive.
    curves : (n_points,) each, >= 0; zeros lie below the panel.
    """
    width, height = _size_mm(axes)
    places = [leaving(*_shares(axes, x, curve)) for curve in curves]
    at = {
        side: [number for number, place in enumerate(places) if place[0] == side]
        for side in ("right", "bottom", "top")
    }
    wanted = np.array([places[number][1] for number in at["right"]])
    for number, line_end, y in zip(at["right"], wanted, _apart(wanted, height), strict=True):
        _name_right(axes, names[number], line_end, y)
    for side in ("bottom", "top"):
        wanted = np.array([places[number][1] for number in at[side]]) + _OFF / width
        for number, across in zip(at[side], _apart(wanted, width), strict=True):
            _name_upright(axes, names[number], across, side)


def leaving(x: np.ndarray, y: np.ndarray) -> tuple[str, float]:
    """Side by which a curve leaves the unit square for good, and where along that side.

    Parameters
    ----------
    x : (n_points,) increasing, as shares of the width.
    y : (n_points,) as shares of the height; -inf is below everything.

    Returns
    -------
    ("right", height of the last point), or ("bottom" or "top", where the curve crosses it last;
    0 for one that was never inside).
    """
    if 0 <= y[-1] <= 1:
        return "right", float(y[-1])
    side, edge = ("bottom", 0.0) if y[-1] < 0 else ("top", 1.0)
    beyond = y < 0 if side == "bottom" else y > 1
    if beyond.all():
        return side, 0.0
    before = int(np.flatnonzero(~beyond)[-1])
    here, there = y[before], y[before + 1]
    share = (edge - here) / (there - here) if np.isfinite(there) else 0.0
    return side, float(np.clip(x[before] + share * (x[before + 1] - x[before]), 0, 1))


def _shares(axes: Axes, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions as shares of the panel's width and height."""
    (left, right), (low, high) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    with np.errstate(divide="ignore"):
        return (np.log10(x) - left) / (right - left), (np.log10(y) - low) / (high - low)


def _size_mm(axes: Axes) -> np.ndarray:
    return axes.get_position().size * axes.figure.get_size_inches() * MM_PER_INCH


def _apart(wanted: np.ndarray, side_mm: float) -> np.ndarray:
    """Places of lines of text along a side, kept on it as far as there is room."""
    gap = _LINE / side_mm
    return panels.spread(wanted, gap, gap / 2, 1 - gap / 2)


def _name_right(axes: Axes, name: str, line_end: float, y: float) -> None:
    look = colours.model(name)
    drawn = {"color": look.colour, "transform": axes.transAxes, "clip_on": False}
    axes.plot([1.0, 1.05], [line_end, y], lw=0.6, **drawn)
    axes.plot(1.05, y, look.marker, ms=3, mew=0, **drawn)
    axes.text(1.08, y, name, transform=axes.transAxes, va="center_baseline", gid="curve name")


def _name_upright(axes: Axes, name: str, across: float, side: str) -> None:
    axes.text(
        across,
        0.015 if side == "bottom" else 0.985,
        name,
        transform=axes.transAxes,
        rotation=90,
        ha="center",
        va=side,
        color=colours.model(name).colour,
        path_effects=[withStroke(linewidth=0.8, foreground="white")],
        zorder=6,
        gid="curve name",
    )
