"""Ways between zones: bent lines, so that both directions show, and arrows with their numbers."""

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import ArrowStyle, FancyArrowPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from movelaws.plotting import INK, POINTS_PER_MM

BEND = 0.12
"""How far the control point of a way lies to its right, as a share of its length."""

OVER, EXACT, UNDER = "#d55e00", "#009e73", "#0072b2"
"""Vermilion, bluish green and blue: told apart with every common colour vision (Okabe & Ito)."""

_HALO = withStroke(linewidth=2.0, foreground="white")
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_SHORT = 6.0  # times the room of a number


def positions(zones: gpd.GeoDataFrame, ids: pd.Series, table: str) -> np.ndarray:
    """(n,) rows of ``zones`` of the zones named in a column of a table.

    Raises
    ------
    ValueError
        If an id is not in ``zones``; the message names ``table``, column and id.
    """
    found = pd.Index(zones["zone_id"].astype(str)).get_indexer(ids.astype(str))
    if (found < 0).any():
        raise ValueError(f"{table}: {ids.name} {ids.iloc[int(np.argmin(found))]!r} is no zone")
    return found


def curves(start: np.ndarray, end: np.ndarray, share: np.ndarray, bend: float = BEND) -> np.ndarray:
    """(n, k, 2) points of the ways at the shares (k,) of the Bezier parameter, from 0 to 1."""
    t = np.asarray(share, dtype=float)[None, :, None]
    a, b, c = (p[:, None, :] for p in (start, _control(start, end, bend), end))
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c


def arrow(
    axes: Axes,
    start: np.ndarray,
    end: np.ndarray,
    width: float,
    colour: str,
    per_mm: float,
    bend: float = BEND,
) -> FancyArrowPatch:
    """Arrow ``width`` points wide.

    Parameters
    ----------
    start, end : (2,) map coordinates.
    per_mm : map units of a millimetre on paper, so that short arrows get short heads.
    """
    way = Path([start, _control(start, end, bend), end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    length = np.hypot(*(end - start)) / per_mm * POINTS_PER_MM
    head = min(1.3 * width + 3.5, 0.6 * length)
    style = ArrowStyle.Simple(tail_width=width, head_width=1.5 * width + 3, head_length=head)
    drawn = FancyArrowPatch(
        path=way, arrowstyle=style, mutation_scale=1, facecolor=colour, edgecolor="white",
        linewidth=0.3 if width > 1.5 else 0.0, zorder=4, clip_on=False,
    )  # fmt: skip
    return axes.add_patch(drawn)


def number_spots(start: np.ndarray, end: np.ndarray, apart: float) -> np.ndarray:
    """(n, 2) places for the numbers of ways: on long ones, beside those a number would cover.

    Each way in turn takes the place near its middle that is at least ``apart`` from the other
    numbers and half of that from the other ways; without such a place, only from the numbers.
    """
    along = curves(start, end, np.array(_ALONG))
    taken: list[np.ndarray] = []
    for row, candidates in enumerate(along):
        ahead = end[row] - start[row]
        length = np.hypot(*ahead)
        if length < _SHORT * apart:
            aside = 0.65 * apart * np.array([ahead[1], -ahead[0]]) / max(length, 1e-12)
            candidates = np.concatenate([candidates + aside, candidates - aside])
        others = np.delete(along, row, axis=0).reshape(-1, 2)
        numbers = np.array([_nearest(c, taken) for c in candidates])
        lines = np.array([_nearest(c, others) for c in candidates])
        # Rather over another way than over another number.
        free = np.flatnonzero((numbers >= apart) & (2 * lines >= apart))
        free = free if free.size else np.flatnonzero(numbers >= apart)
        taken.append(candidates[free[0] if free.size else int(np.argmax(numbers))])
    return np.array(taken).reshape(-1, 2)


def _nearest(place: np.ndarray, others: list[np.ndarray] | np.ndarray) -> float:
    return min((float(np.hypot(*(place - other))) for other in others), default=np.inf)


def write_numbers(axes: Axes, spots: np.ndarray, shown: np.ndarray | None = None) -> None:
    """1, 2, ... at the places, in print size with a white edge; all, or those ``shown``."""
    chosen = np.ones(len(spots), dtype=bool) if shown is None else shown
    for number in np.flatnonzero(chosen) + 1:
        x, y = spots[number - 1]
        axes.text(
            x, y, str(number), ha="center", va="center", fontweight="bold", color=INK,
            path_effects=[_HALO], zorder=6,
        )  # fmt: skip


def shortened(name: str, letters: int) -> str:
    """The name, or as much of it as fits with an ellipsis."""
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip(' ,')}…"


def kilometres(value: float) -> str:
    """A distance: two digits below 10 km, one decimal above."""
    return f"{value:.2g}" if value < 9.95 else f"{value:,.1f}"


def _control(start: np.ndarray, end: np.ndarray, bend: float) -> np.ndarray:
    """To the right of the middle, so that the way back lies on the other side."""
    ahead = end - start
    right = np.stack([ahead[..., 1], -ahead[..., 0]], axis=-1)
    return (start + end) / 2 + bend * right
