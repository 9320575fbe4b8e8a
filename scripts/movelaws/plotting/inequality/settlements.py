"""The country: where people live, and which zones the modified model penalises."""

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from pyproj import Transformer
from shapely import contains_xy, get_coordinates, get_parts

from movelaws.plotting import maps, panels

PENALISED = "#f6bd60"
"""Fill of the penalised zones: an orange light enough for lines and arrows to lie on it."""

PENALISED_TEXT = "#9a5b00"
_PLACE = "#4a4741"
_MOST_INK = 0.02  # area of all settlements together, as a share of the land's on paper


def penalised_zones(zones: gpd.GeoDataFrame, classes: pd.DataFrame, variable: str) -> np.ndarray:
    """(n_zones,) whether the shape of a variable is over 0, in the order of ``zones``.

    Raises
    ------
    ValueError
        If ``classes`` lacks the variable, or a zone.
    """
    panels.require_columns(classes, ["zone_id", f"shape_{variable}"], "classes")
    at = pd.Index(classes["zone_id"].astype(str)).get_indexer(zones["zone_id"].astype(str))
    if (at < 0).any():
        missing = zones["zone_id"].iloc[int(np.argmin(at))]
        raise ValueError(f"classes: {len(classes)} rows, none for zone {missing!r}")
    return classes[f"shape_{variable}"].to_numpy(dtype=float)[at] > 0


def penalised_map(axes: Axes, under: maps.Ground, penalised: np.ndarray) -> None:
    """Base map with the penalised zones in orange.

    Parameters
    ----------
    axes : empty.
    under : of the zones.
    penalised : (n_zones,).
    """
    maps.base_map(axes, under)
    if under.outline.area == 0:
        axes.scatter(
            *under.points[penalised].T, s=12, color=PENALISED, linewidths=0, zorder=0.6,
            gid="penalised",
        )  # fmt: skip
        return
    chosen = under.shapes.to_numpy()[penalised]
    axes.add_collection(
        PathCollection(
            [shape_path(shape) for shape in chosen if not shape.is_empty],
            facecolor=PENALISED,
            edgecolor="white",
            linewidths=0.15,
            zorder=0.6,
            gid="penalised",
        ),
        autolim=False,
    )


def draw_settlements(axes: Axes, under: maps.Ground, settlements: pd.DataFrame) -> int:
    """A dot for every settlement on the zones, smaller the more there are.

    Parameters
    ----------
    axes : a map of ``under``.
    settlements : (n,) with lon and lat, degrees (WGS 84).

    Returns
    -------
    int, how many lie on polygons (all, where zones are points) and are drawn.

    Raises
    ------
    ValueError
        If a column is missing or a coordinate is not finite.
    """
    panels.require_columns(settlements, ["lon", "lat"], "settlements")
    lon_lat = settlements[["lon", "lat"]].to_numpy(dtype=float)
    if not np.isfinite(lon_lat).all():
        row = int(np.argmin(np.isfinite(lon_lat).all(axis=1)))
        raise ValueError(f"settlements: row {row} has no finite position: {lon_lat[row]}")
    to_map = Transformer.from_crs("EPSG:4326", under.shapes.crs, always_xy=True)
    x, y = to_map.transform(*lon_lat.T)
    if under.outline.area > 0:
        # Generalised boundaries: a little beyond them is still inside.
        slack = 2e-3 * (under.bounds[2] - under.bounds[0])
        inside = contains_xy(under.outline.buffer(slack), x, y)
        x, y = x[inside], y[inside]
    wide, tall = (axes.get_position().size * axes.figure.get_size_inches()) * 72
    size = np.clip(_MOST_INK * wide * tall / max(len(x), 1), 0.05, 4.0)
    axes.scatter(x, y, s=size, color=_PLACE, linewidths=0, zorder=1.5, gid="settlements")
    return len(x)


def shape_path(shape: object) -> Path:
    """All rings of a polygon or multipolygon as one path."""
    rings = [ring for part in get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(get_coordinates(ring)) for ring in rings))
