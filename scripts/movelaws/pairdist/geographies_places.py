"""Places, towns and land of a point set, and the three geographies made from them (Fig. 1e-g)."""

import math

import numpy as np
import pandas as pd
import shapely

from movelaws.pairs import Points, checked_points
from movelaws.pointsets.frames import PointSet, town_numbers
from movelaws.seeds import stream
from movelaws.settlements import (
    RURAL,
    Geography,
    checked_geography,
    dbscan_towns,
    disk_geography,
    uniform_geography,
)

GEOGRAPHIES = ("real", "disk", "uniform")
# Of larger sets DBSCAN takes the places snapped to a grid: it holds all neighbours at once.
_MOST_UNSNAPPED = 200_000
# Circles that take more of a disk than this cannot be placed at random (disk_geography).
_MOST_PACKED = 0.4
_FEWEST_CELLS = 40


def placed(pointset: PointSet) -> Points:
    """Places of a point set, without weights where each is 1."""
    table = pointset.points
    weight = table["weight"].to_numpy(float)
    return checked_points(
        table["x"].to_numpy(float),
        table["y"].to_numpy(float),
        None if (weight == 1).all() else weight,
        crs=pointset.crs,
    )


def land_of(pointset: PointSet) -> tuple[shapely.Geometry, str]:
    """Land as one (multi)polygon, and where it comes from: "land" or "hull" of the places.

    Raises
    ------
    ValueError
        If there is no land and all places lie in one line.
    """
    if len(pointset.land):
        return shapely.union_all(pointset.land.geometry.to_numpy()), "land"
    table = pointset.points
    hull = shapely.convex_hull(shapely.multipoints(shapely.points(table["x"], table["y"])))
    if not hull.area > 0:
        raise ValueError("land: none is given, and the hull of the places has no area: give land")
    return hull, "hull"


def towns_of(
    pointset: PointSet, points: Points, *, reach_m: float, min_places: int, named: bool = True
) -> tuple[np.ndarray, str]:
    """Number of the town of each place (-1: none), and where towns come from.

    Parameters
    ----------
    pointset, points : the set and its places (see :func:`placed`).
    reach_m, min_places : of DBSCAN, used where fewer than two towns are named: linked are places
        with ``min_places`` others within ``reach_m`` metres.
    named : take the towns that the places name. Postal districts and communes are no towns: they
        hold the country around them.

    Returns
    -------
    (n,) whole numbers, and "given" or "clusters".
    """
    town, names = town_numbers(pointset.points)
    if named and names.size > 1:
        return town, "given"
    snap = reach_m / 4 if len(points) > _MOST_UNSNAPPED else None
    return dbscan_towns(points, reach=reach_m, min_places=min_places, snap=snap), "clusters"


def three_geographies(
    points: Points, town: np.ndarray, area_m2: float, seed: int
) -> tuple[dict[str, Geography], float]:
    """Real, Disk and Uniform version of a country, by name, and the radius of the disk in metres.

    The disk has the area of the land, or more where the circles around the towns need more.

    Raises
    ------
    ValueError
        If there is no town.
    """
    real = checked_geography(points, town)
    if not (real.town != RURAL).any():
        raise ValueError("geographies: no place lies in a town: name towns or raise reach_m")
    area = max(float(area_m2), _circles_m2(real) / _MOST_PACKED * (1 + 1e-6))
    disk = disk_geography(real, stream(seed, "geographies", "disk"), area=area)
    uniform = uniform_geography(real, stream(seed, "geographies", "uniform"))
    made = dict(zip(GEOGRAPHIES, (real, disk, uniform), strict=True))
    return made, math.sqrt(area / math.pi)


def _circles_m2(real: Geography) -> float:
    """Area of all circles that hold the places of a town around their mean."""
    inside = real.town != RURAL
    table = pd.DataFrame({"x": real.points.x, "y": real.points.y, "town": real.town})[inside]
    middle = table.groupby("town")[["x", "y"]].transform("mean")
    apart = (table["x"] - middle["x"]) ** 2 + (table["y"] - middle["y"]) ** 2
    return math.pi * float(apart.groupby(table["town"]).max().sum())


def density_map(points: Points, cells: int = 240) -> pd.DataFrame:
    """Weight of the places per cell of a square grid.

    Parameters
    ----------
    points : places in metres.
    cells : along the longer side of their box, at most: fewer places get larger cells, down to 40
        along the side, so that a cell can hold several.

    Returns
    -------
    DataFrame with a row for each cell that holds places: x, y (lower left corner, metres), cell_m
    (side) and weight (number of places, or sum of their weights).
    """
    side = max(float(np.ptp(points.x)), float(np.ptp(points.y)))
    cells = min(cells, max(_FEWEST_CELLS, round(2 * math.sqrt(len(points)))))
    cell = side / cells * (1 + 1e-9)
    column = ((points.x - points.x.min()) // cell).astype(np.int64)
    row = ((points.y - points.y.min()) // cell).astype(np.int64)
    weight = np.ones(len(points)) if points.weight is None else points.weight.astype(float)
    keys, at = np.unique(row * (cells + 1) + column, return_inverse=True)
    return pd.DataFrame(
        {
            "x": points.x.min() + (keys % (cells + 1)) * cell,
            "y": points.y.min() + (keys // (cells + 1)) * cell,
            "cell_m": cell,
            "weight": np.bincount(at, weight),
        }
    )
