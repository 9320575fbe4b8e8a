"""Points to zones that are squares of equal area in a local projection."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion

from movelaws import geo
from movelaws.zoning import DEGREES, NO_ZONE, Points, Zoning, checked_box, position_name

LEAST_KM = 0.001
_REACH_KM = 500.0
_MOST_CELLS = 10**12  # columns x rows, far below the end of 64-bit codes
_CORNER_M = 1e6


def equal_squares(points: Points, cell_km: float, box: Sequence[float] | None = None) -> Zoning:
    """Squares of equal area in a local projection (Lambert azimuthal equal-area).

    Parameters
    ----------
    points : (n,) places.
    cell_km : side of a square, km; at least 0.001.
    box : [west, south, east, north] in degrees. The grid is centred on it and has the whole number
        of columns and rows nearest to its size, so that no square is cut. Without a box the grid
        covers all points, and the names of the squares change with them.

    Returns
    -------
    Zoning in metres of the projection, whose distances are true to 0.1 % within 500 km of its
    centre. zone_id is column_row from the south-west; the point is the centre of the square.

    Raises
    ------
    ValueError
        For a cell below 0.001 km, a bad box, an extent beyond 500 km from its centre, or more than
        10**12 squares in the grid.
    """
    if not cell_km >= LEAST_KM:
        raise ValueError(f"cell_km = {cell_km} must be >= {LEAST_KM}: positions are no finer")
    whole = box is None
    if whole:
        box = [
            extreme(axis) if axis.size else 0.0
            for extreme in (np.min, np.max)
            for axis in (points.longitude, points.latitude)
        ]
        west, south, east, north = box
    else:
        west, south, east, north = checked_box(box)
    _check_reach(west, south, east, north)
    middle = ((west + east) / 2, (south + north) / 2)
    to_plane = Transformer.from_crs(DEGREES, _equal_area(*middle, 0.0, 0.0), always_xy=True)
    x, y = (np.asarray(v) for v in to_plane.transform(points.longitude, points.latitude))
    side = cell_km * 1000.0
    if whole:
        columns, rows = (int(2 * np.abs(v).max(initial=0.0) // side) + 1 for v in (x, y))
    else:
        edge_x, edge_y = to_plane.transform([east, middle[0]], [middle[1], north])
        columns, rows = (max(1, round(2 * v / side)) for v in (edge_x[0], edge_y[1]))
    if columns * rows > _MOST_CELLS:
        raise ValueError(
            f"cell_km = {cell_km} makes {columns:,} x {rows:,} squares, at most {_MOST_CELLS:,} "
            "may be: make cell_km larger or the box smaller"
        )
    # NaN and infinity, which far points may project to, compare as outside.
    column, row = np.floor(x / side + columns / 2), np.floor(y / side + rows / 2)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    code = np.full(x.size, NO_ZONE, dtype=np.int64)
    code[inside] = column[inside].astype(np.int64) * rows + row[inside].astype(np.int64)
    used = np.unique(code[inside])
    label = np.where(inside, np.searchsorted(used, code), NO_ZONE)
    crs = _equal_area(*middle, _CORNER_M + columns * side / 2, _CORNER_M + rows * side / 2)
    zones = _square_zones(used // rows, used % rows, side, crs, len(str(max(columns, rows) - 1)))
    return Zoning(label, zones, {"squares in the grid": columns * rows})


def _equal_area(longitude: float, latitude: float, easting: float, northing: float) -> ProjectedCRS:
    conversion = LambertAzimuthalEqualAreaConversion(latitude, longitude, easting, northing)
    place = position_name(longitude, latitude)
    return ProjectedCRS(conversion, name=f"Equal-area at {place}", geodetic_crs=DEGREES)


def _check_reach(west: float, south: float, east: float, north: float) -> None:
    middle = ((west + east) / 2, (south + north) / 2)
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    reach = geo.great_circle_km(*corners.T, *middle).max()
    if reach > _REACH_KM:
        raise ValueError(
            f"squares: the points or the box reach {reach:.0f} km from their centre, beyond "
            f"{_REACH_KM:.0f} km no plane keeps distances: give a smaller box, or use clusters"
        )


def _square_zones(column, row, side, crs, digits) -> gpd.GeoDataFrame:
    west, south = _CORNER_M + column * side, _CORNER_M + row * side
    x, y = west + side / 2, south + side / 2
    to_degrees = Transformer.from_crs(crs, DEGREES, always_xy=True)
    named = [position_name(*point) for point in zip(*to_degrees.transform(x, y), strict=True)]
    columns = {
        "zone_id": [f"{c:0{digits}d}_{r:0{digits}d}" for c, r in zip(column, row, strict=True)],
        "name": named,
        "x": x,
        "y": y,
        "area_km2": (side / 1000.0) ** 2,
    }
    boxes = shapely.box(west, south, west + side, south + side)
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=crs)
