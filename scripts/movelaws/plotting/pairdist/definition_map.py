"""Towns found by density over the official ones, the whole country and its largest city (Fig. 36).

Colours only tell neighbouring towns apart: the same colour far away means nothing.
"""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path
from scipy.spatial import cKDTree

from movelaws.pairs.points import checked_points
from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.maps import COAST, LAND, RASTER_BELOW, round_length
from movelaws.settlements import town_outlines

ALGORITHMS = ("HDBSCAN", "DBSCAN")
UNIT, UNIT_EDGE, NOISE = "#e3dfd3", "#8f897b", "#a8a8a8"
COLOURS = ("#4477AA", "#EE6677", "#228833", "#AA3377", "#EE7733", "#009988", "#997700", "#33BBEE")
_NEIGHBOURS = 8
_HULL_RATIO = 0.2
_EDGE, _WIDE, _TALLEST, _GAP, _TOP, _BETWEEN, _KEY = 0.6, 88.4, 96.0, 5.0, 6.0, 9.0, 8.0
_ZOOM_TALL = 66.0
_CITY_SHARE = 0.96  # of the places of the largest city lie in the window, which is wider still
_CITY_MARGIN = 0.3


class Window(NamedTuple):
    """Part of the plane that a panel shows, metres."""

    west: float
    south: float
    east: float
    north: float

    @property
    def wide(self) -> float:
        """Width."""
        return self.east - self.west

    @property
    def tall(self) -> float:
        """Height."""
        return self.north - self.south


@style()
def definition_map(
    clusters: pd.DataFrame, table: pd.DataFrame, land: gpd.GeoDataFrame, *, synthetic: bool = False
) -> Figure:
    """Places coloured by the town they were found in, official units behind them.

    Left HDBSCAN, right DBSCAN; above all places, below the largest city. Outlines of official units
    are concave hulls of their places.

    Parameters
    ----------
    clusters : x, y (m), official, merged, hdbscan, dbscan (numbers of units and towns, -1 for
        none), built_up (whether many places are around).
    table : units, reading, algorithm, nmi, towns_found; the row of "all" places shown in titles.
    land : polygons; perhaps none.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    names = [name.lower() for name in ALGORITHMS]
    panels.require_columns(
        clusters, ["x", "y", "official", "merged", "built_up", *names], "clusters"
    )
    panels.require_columns(table, ["units", "reading", "algorithm", "nmi", "towns_found"], "table")
    xy = clusters[["x", "y"]].to_numpy()
    whole, city = _window(xy, 0.03), _city(clusters)
    tall = min(_WIDE * whole.tall / whole.wide, _TALLEST)
    city = _within(_widened(city, _WIDE / _ZOOM_TALL), _widened(whole, _WIDE / tall))
    made = figure(WIDTH_DOUBLE, _TOP + tall + _BETWEEN + _ZOOM_TALL + _KEY)
    hulls = town_outlines(
        checked_points(*xy.T, allow_small=True), clusters["official"].to_numpy(), ratio=_HULL_RATIO
    )
    chosen = table[(table["units"] == "merged") & (table["reading"] == "all")]
    chosen = chosen.set_index("algorithm")
    for column, (algorithm, name) in enumerate(zip(ALGORITHMS, names, strict=True)):
        left = _EDGE + column * (_WIDE + _GAP)
        colour = _colours(xy, clusters[name].to_numpy())
        title = f"{algorithm}: too few places"
        if algorithm in chosen.index:
            about = chosen.loc[algorithm]
            title = f"{algorithm}: {about['towns_found']:,.0f} towns, NMI {about['nmi']:.2f}"
        for row, (window, top, height) in enumerate(
            ((whole, _TOP, tall), (city, _TOP + tall + _BETWEEN, _ZOOM_TALL))
        ):
            axes = panels.axes_mm(made, left, top, _WIDE, height)
            _ground(axes, _widened(window, _WIDE / height), land, hulls)
            _places(axes, xy, clusters[name].to_numpy(), colour, 0.5 if row == 0 else 2.2)
            _scale_bar(axes, xy)
            panels.letter(
                axes, 2 * row + column, title if row == 0 else f"Largest city, {algorithm}"
            )
            if row == 0:
                corner = (city.west, city.south)
                axes.add_patch(
                    Rectangle(corner, city.wide, city.tall, fill=False, ec=INK, lw=0.6, zorder=4)
                )
    _key(made)
    panels.tag_synthetic(made, synthetic)
    return made


def neighbour_colours(centres: np.ndarray, count: int, neighbours: int = _NEIGHBOURS) -> np.ndarray:
    """(n,) colour numbers such that near points differ where ``count`` colours suffice for it.

    Parameters
    ----------
    centres : (n, 2) positions.
    count : colours.
    neighbours : nearest points that a point should differ from.
    """
    n = len(centres)
    colour = np.full(n, -1)
    if n == 0:
        return colour
    _, near = cKDTree(centres).query(centres, k=min(neighbours + 1, n))
    near = near.reshape(n, -1)
    for k in range(n):
        taken = np.bincount(colour[near[k]][colour[near[k]] >= 0], minlength=count)
        # Of colours taken equally often the next in turn, so that all are used.
        colour[k] = min(range(count), key=lambda c: (taken[c], (c - k) % count))
    return colour


def _colours(xy: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    found = cluster >= 0
    if not found.any():
        return np.zeros(0, dtype=int)
    size = np.maximum(np.bincount(cluster[found]), 1)
    centres = np.column_stack([np.bincount(cluster[found], v[found]) / size for v in xy.T])
    # The largest first: they are what a reader sees.
    order = np.argsort(-size, kind="stable")
    colour = np.empty(size.size, dtype=int)
    colour[order] = neighbour_colours(centres[order], len(COLOURS))
    return colour


def _window(xy: np.ndarray, margin: float) -> Window:
    low, high = xy.min(axis=0), xy.max(axis=0)
    pad = margin * max((high - low).max(), 1.0)
    return Window(*(low - pad), *(high + pad))


def _city(clusters: pd.DataFrame) -> Window:
    """Around the built-up places of the unit with most of them, without its farthest ones."""
    inside = clusters["merged"] >= 0
    built_up = inside & clusters["built_up"]
    places = clusters[built_up if built_up.any() else inside]
    places = places[places["merged"] == places["merged"].mode()[0]][["x", "y"]].to_numpy()
    tail = (1 - _CITY_SHARE) / 2
    return _window(np.quantile(places, [tail, 1 - tail], axis=0), _CITY_MARGIN)


def _widened(window: Window, ratio: float) -> Window:
    """The least window of this width to height that holds another, with the same middle."""
    wide = max(window.wide, window.tall * ratio) / 2
    tall = wide / ratio
    x, y = (window.west + window.east) / 2, (window.south + window.north) / 2
    return Window(x - wide, y - tall, x + wide, y + tall)


def _within(window: Window, frame: Window) -> Window:
    """The window moved into the frame, as far as it is not larger."""
    east = min(max(frame.west - window.west, 0.0), max(frame.east - window.east, 0.0))
    west = max(min(frame.east - window.east, 0.0), min(frame.west - window.west, 0.0))
    north = min(max(frame.south - window.south, 0.0), max(frame.north - window.north, 0.0))
    south = max(min(frame.north - window.north, 0.0), min(frame.south - window.south, 0.0))
    x, y = east + west, north + south
    return Window(window.west + x, window.south + y, window.east + x, window.north + y)


def _ground(axes: Axes, window: Window, land: gpd.GeoDataFrame, hulls: dict) -> None:
    axes.set(xlim=(window.west, window.east), ylim=(window.south, window.north), aspect="equal")
    axes.set(xticks=[], yticks=[])
    axes.set_rasterization_zorder(RASTER_BELOW)
    for side in axes.spines.values():
        side.set(visible=True, color=COAST)
    frame = shapely.box(*window)
    shapes = [s for s in land.geometry if s.intersects(frame)]
    shapes = [s.simplify(window.wide / 2000) for s in shapes]
    axes.add_collection(
        PathCollection(
            [_path(s) for s in shapes if not s.is_empty], fc=LAND, ec=COAST, lw=0.3, zorder=0
        ),
        autolim=False,
    )
    units = [_path(s) for s in hulls.values() if s.intersects(frame)]
    axes.add_collection(
        PathCollection(units, fc=UNIT, ec=UNIT_EDGE, lw=0.5, zorder=0.5, gid="units"), autolim=False
    )


def _path(shape: shapely.Geometry) -> Path:
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring)) for ring in rings))


def _places(
    axes: Axes, xy: np.ndarray, cluster: np.ndarray, colour: np.ndarray, size: float
) -> None:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    seen = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    noise, found = seen & (cluster < 0), seen & (cluster >= 0)
    axes.scatter(*xy[noise].T, s=size, c=NOISE, lw=0, zorder=1.0)
    shades = np.array(COLOURS)[colour[cluster[found]]] if found.any() else []
    axes.scatter(*xy[found].T, s=size, c=shades, lw=0, zorder=1.2)


def _scale_bar(axes: Axes, xy: np.ndarray) -> None:
    """Bar in the lower corner with fewer places."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    wide, tall = east - west, north - south
    length = round_length(0.25 * wide)
    box, edge = (length + 0.04 * wide, 0.1 * tall), 0.03 * wide
    low = (xy[:, 1] >= south) & (xy[:, 1] <= south + box[1])
    at = {x: np.count_nonzero(low & (xy[:, 0] >= x) & (xy[:, 0] <= x + box[0]))
          for x in (west, east - box[0])}  # fmt: skip
    x, y = min(at, key=at.get) + 0.02 * wide, south + edge
    axes.add_collection(
        PatchCollection(
            [Rectangle((x - 0.01 * wide, south + 0.01 * tall), length + 0.03 * wide, 0.1 * tall)],
            fc="white", alpha=0.8, lw=0, zorder=4,
        )
    )  # fmt: skip
    axes.plot([x, x + length], [y, y], color=INK, lw=1.2, solid_capstyle="butt", zorder=5)
    label = f"{length / 1000:,g} km" if length >= 1000 else f"{length:,g} m"
    axes.annotate(label, (x, y), (0, 2), textcoords="offset points", va="bottom", zorder=5)


def _key(made: Figure) -> None:
    dot = {"marker": "o", "ls": "", "ms": 3, "mew": 0}
    handles = [
        tuple(Line2D([], [], color=c, **dot) for c in COLOURS[:3]),
        Line2D([], [], color=NOISE, **dot),
        Patch(fc=UNIT, ec=UNIT_EDGE, lw=0.5),
        Patch(fc="none", ec=INK, lw=0.6),
    ]
    labels = ["places of a town found", "places in no town", "official units (hull)", "shown below"]
    handles[0] = handles[0][0]
    made.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=4, columnspacing=1.6,
        labelcolor=QUIET, borderaxespad=0.3,
    )  # fmt: skip
