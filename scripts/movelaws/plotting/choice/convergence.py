"""How fast four ways to the equilibrium get there: error by iteration."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from movelaws.plotting import MM_PER_INCH, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.choice.crowding import text_mm

COLUMNS = ["method", "iteration", "residual"]
FLOOR = 1e-14
"""Errors below are rounding: drawn here."""
MOST = 4
METHODS = {
    "anderson": ("#D55E00", "-", "Anderson"),
    "fixed point": ("#0072B2", (0, (5, 1.5)), "fixed\npoint"),
    "averaging 0.25": ("#00805F", (0, (1.2, 1.2)), "averaging,\n$\\phi$ = 0.25"),
    "averaging 1/n": ("#AA4499", (0, (5, 1.2, 1.2, 1.2)), "averaging,\n$\\phi$ = 1/$n$"),
}
_LEFT, _RIGHT, _GUTTER, _TOP, _BOTTOM, _PANEL = 16.0, 4.0, 6.0, 6.0, 10.0, 56.0
_LINE, _OFF = 2.8, 1.2  # mm: height of a line of a name, and how far it stands from its curve


@style()
def convergence(
    tables: Mapping[str, pd.DataFrame],
    *,
    labels: Mapping[str, str],
    synthetic: bool = False,
) -> Figure:
    """Largest relative error of any flow after so many iterations, a panel per dataset.

    Parameters
    ----------
    tables : by dataset: method ("anderson", "fixed point", "averaging 0.25", "averaging 1/n"),
        iteration (>= 1) and residual (the error, >= 0, no unit); one to four datasets.
    labels : name to show by dataset.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are no tables or more than four, a column is missing, a table is empty or has a
        method, an iteration or a residual of another kind.
    """
    if not 1 <= len(tables) <= MOST:
        raise ValueError(f"tables: {len(tables)} datasets; this figure shows 1 to {MOST}")
    for name, table in tables.items():
        _check(table, f"tables[{name!r}]")
    columns = 2 if len(tables) == MOST else len(tables)
    deep = -(-len(tables) // columns)
    width = (WIDTH_DOUBLE - _LEFT - _RIGHT - _GUTTER * (columns - 1)) / columns
    step = _TOP + _PANEL + _BOTTOM
    made = figure(WIDTH_DOUBLE, step * deep)
    everything = pd.concat(tables.values())
    top = max(1.0, everything["residual"].replace(np.inf, np.nan).max())
    last = max(10.0, everything["iteration"].max())
    for number, (name, table) in enumerate(tables.items()):
        row, column = divmod(number, columns)
        axes = panels.axes_mm(
            made, _LEFT + column * (width + _GUTTER), row * step + _TOP, width, _PANEL
        )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(0.9, last * 1.15)
        axes.set_ylim(FLOOR / 3, top * 5)
        panels.decades(axes.xaxis)
        axes.set_yticks([10.0**power for power in range(-14, int(np.log10(top * 5)) + 1, 2)])
        axes.set_yticks([], minor=True)
        axes.axhline(FLOOR, color=QUIET, lw=0.5, zorder=0)
        _curves(axes, table)
        axes.set_xlabel("Iterations")
        if column:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel("Largest relative error of a flow (no unit)")
        panels.letter(axes, number, labels.get(name, name))
    panels.tag_synthetic(made, synthetic)
    return made


def _check(table: pd.DataFrame, name: str) -> None:
    panels.require_columns(table, COLUMNS, name)
    if table.empty:
        raise ValueError(f"{name}: no rows")
    unknown = sorted(set(table["method"]) - set(METHODS))
    if unknown:
        raise ValueError(
            f"{name}: method {', '.join(map(repr, unknown))}: use {', '.join(METHODS)}"
        )
    for column, least in (("iteration", 1), ("residual", 0)):
        wrong = table.loc[~(table[column] >= least), column]
        if len(wrong):
            raise ValueError(f"{name}: {column} {wrong.iloc[0]} is not a number >= {least}")


def _curves(axes: Axes, table: pd.DataFrame) -> None:
    paths = {}
    for method, (colour, dashes, _) in METHODS.items():
        part = table[table["method"] == method].sort_values("iteration")
        part = part[np.isfinite(part["residual"])]
        if part.empty:
            continue
        x, y = part["iteration"].to_numpy(float), np.maximum(part["residual"], FLOOR).to_numpy()
        # what follows the first time at the floor is rounding
        end = int(np.argmax(y <= FLOOR)) + 1 if (y <= FLOOR).any() else len(y)
        axes.plot(x[:end], y[:end], color=colour, ls=dashes, lw=1.2, gid=method)
        axes.plot(x[end - 1], y[end - 1], "o", color=colour, ms=2.6, mew=0, clip_on=False)
        paths[method] = _path_mm(axes, x[:end], y[:end])
    taken = list(paths.values())
    floor = _path_mm(axes, np.ones(1), np.full(1, FLOOR))[0, 1]
    for method, path in paths.items():
        colour, _, text = METHODS[method]
        lines = text.split("\n")
        box = np.array([max(map(text_mm, lines)), _LINE * len(lines)])
        place, before = label_place(path, np.concatenate(taken), box, floor, _size_mm(axes))
        axes.text(
            *((place + before * box * (1, 0)) / _size_mm(axes)),
            text,
            transform=axes.transAxes,
            color=colour,
            ha="right" if before else "left",
            va="center",
            multialignment="left",
            linespacing=1.05,
            path_effects=[withStroke(linewidth=1.5, foreground="white")],
            zorder=6,
            gid="curve name",
        )
        taken.append(_filled(place, box))


def label_place(
    path: np.ndarray, taken: np.ndarray, box: np.ndarray, floor: float, size: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Middle of the left side of a name (mm) beside its curve, as clear of the rest as can be.

    Parameters
    ----------
    path : (n, 2) points of the curve, mm from the lower left corner of the panel.
    taken : (m, 2) points of everything drawn, this curve and placed names included.
    box : (2,) width and height of the name in mm.
    floor : height in mm below which no name stands.
    size : (2,) of the panel in mm.

    Returns
    -------
    The place, and whether the name ends at its curve rather than begins there.
    """
    others = taken[~(taken[:, None] == path[None]).all(axis=2).any(axis=1)]
    half = np.array([0.0, box[1] / 2])
    corner = half[1] + 0.5 * _OFF
    aside = [(_OFF, 0.0), (0.5 * _OFF, corner), (-_OFF - box[0], 0.0)]
    aside += [(-0.5 * _OFF - box[0], -corner), (-box[0], half[1] + _OFF)]
    best, chosen, before = -np.inf, np.array([_OFF, size[1] / 2]), False
    for point in path[::8]:
        for shift in aside:
            place = point + shift
            low, high = place - half, place + half + (box[0], 0.0)
            if low[0] < 0.5 or low[1] < floor + 0.5 or (high > size - 0.5).any():
                continue
            own, clear = (
                _distance(points, low, high).min() if len(points) else np.inf
                for points in (path, others)
            )
            # beyond 4 mm more room is no gain: the first such place along the curve wins
            score = min(clear, 4.0) - own
            score -= 2.0 * (own < 0.4 * _OFF) + 8.0 * (clear < 0.4)
            if score > best + 1e-9:
                best, chosen, before = score, place, shift[0] < 0
    return chosen, before


def _distance(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """From points (n, 2) to a rectangle; 0 inside."""
    return np.linalg.norm(np.maximum(np.maximum(low - points, points - high), 0), axis=1)


def _path_mm(axes: Axes, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Points every 0.3 mm or closer along a curve, mm from the panel's lower left corner."""
    (left, right), (low, high) = np.log10(axes.get_xlim()), np.log10(axes.get_ylim())
    corners = np.column_stack(
        [(np.log10(x) - left) / (right - left), (np.log10(y) - low) / (high - low)]
    ) * _size_mm(axes)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    places = np.linspace(0, along[-1], int(along[-1] / 0.3) + 2)
    return np.column_stack([np.interp(places, along, corners[:, k]) for k in range(2)])


def _filled(place: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Points that stand for a name in the search for free room."""
    across, up = np.meshgrid(np.linspace(0, box[0], 12), np.linspace(-0.5, 0.5, 5) * box[1])
    return place + np.column_stack([across.ravel(), up.ravel()])


def _size_mm(axes: Axes) -> np.ndarray:
    return axes.get_position().size * axes.figure.get_size_inches() * MM_PER_INCH
