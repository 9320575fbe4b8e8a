"""Distances between points and the points that stand for zones.

All distances are kilometres. Points are embedded in three dimensions, longitude and latitude on a
sphere of radius 6371.0088 km and projected metres in a plane, so that one compiled kernel serves
both: the straight line between two embedded points, bent along the sphere where there is one.
"""

import math
from typing import Literal, NamedTuple

import geopandas
import numba
import numpy as np
import pyproj
import shapely

from movelaws.threads import share_out

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), the sphere of all great-circle distances."""

DistanceKind = Literal["great_circle", "euclidean"]

_METRES_PER_KM = 1000.0
_POLYGONAL = ("Polygon", "MultiPolygon")


class Embedding(NamedTuple):
    """Points in three dimensions, ready for the distance kernels.

    Attributes
    ----------
    xyz : (n, 3) coordinates in km; the third is 0 for projected points.
    kind : "great_circle" or "euclidean".
    """

    xyz: np.ndarray
    kind: DistanceKind

    @property
    def curved(self) -> bool:
        """Whether distances follow the sphere."""
        return self.kind == "great_circle"


def distance_kind(crs: object) -> DistanceKind:
    """How distances are measured in a coordinate reference system.

    Parameters
    ----------
    crs : anything pyproj understands, such as a GeoDataFrame's ``crs`` or "EPSG:27700".

    Returns
    -------
    "great_circle" for longitude and latitude in degrees, "euclidean" for projected metres.

    Raises
    ------
    ValueError
        If the CRS is missing or its unit is neither degrees nor metres.
    """
    if crs is None:
        raise ValueError(
            "crs is missing: distances need a coordinate reference system. Set it, for example "
            "with zones.set_crs('EPSG:4326') for longitude and latitude in degrees"
        )
    crs = pyproj.CRS.from_user_input(crs)
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if crs.is_geographic and units == {"degree"}:
        return "great_circle"
    if crs.is_projected and units == {"metre"}:
        return "euclidean"
    raise ValueError(
        f"crs {crs.name!r} ({crs.type_name}) measures in "
        f"{', '.join(sorted(units)) or 'no known unit'}: use longitude and latitude in degrees "
        "or a projection in metres (zones.to_crs(...) converts)"
    )


def check_coordinates(x: np.ndarray, y: np.ndarray, kind: DistanceKind, what: str) -> None:
    """Raise an error unless every point can be measured from.

    Parameters
    ----------
    x, y : (n,) longitude and latitude in degrees ("great_circle") or metres ("euclidean").
    kind : how distances are measured, see :func:`distance_kind`.
    what : name of the points in the message, such as "zones".

    Raises
    ------
    ValueError
        If shapes differ, a coordinate is not finite, a longitude lies outside [-180, 180] or a
        latitude outside [-90, 90].
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"{what}: x has shape {x.shape} and y {y.shape}; both must be (n,)")
    if kind not in ("great_circle", "euclidean"):
        raise ValueError(f"kind = {kind!r} is neither 'great_circle' nor 'euclidean'")
    for axis, name, values, limit in (("x", "longitude", x, 180.0), ("y", "latitude", y, 90.0)):
        good = np.isfinite(values)
        allowed = "finite"
        if kind == "great_circle":
            good &= np.abs(values) <= limit
            allowed = f"a {name} between -{limit:g} and {limit:g} degrees"
        if not good.all():
            row = int(np.argmin(good))
            raise ValueError(
                f"{what}: {axis}[{row}] = {values[row]} must be {allowed} "
                f"({np.count_nonzero(~good)} such values); correct the point or its CRS"
            )


def embed(x: np.ndarray, y: np.ndarray, kind: DistanceKind, what: str = "points") -> Embedding:
    """Embed points for the distance kernels.

    Parameters
    ----------
    x, y : (n,) longitude and latitude in degrees ("great_circle") or metres ("euclidean").
    kind : how distances are measured, see :func:`distance_kind`.
    what : name of the points in error messages.

    Returns
    -------
    Embedding with (n, 3) coordinates in km.

    Raises
    ------
    ValueError
        See :func:`check_coordinates`.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    check_coordinates(x, y, kind, what)
    if kind == "euclidean":
        xyz = np.column_stack([x, y, np.zeros_like(x)]) / _METRES_PER_KM
    else:
        longitude, latitude = np.radians(x), np.radians(y)
        xyz = EARTH_RADIUS_KM * np.column_stack(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
    return Embedding(np.ascontiguousarray(xyz), kind)


def great_circle_km(
    longitude: np.ndarray,
    latitude: np.ndarray,
    other_longitude: np.ndarray,
    other_latitude: np.ndarray,
) -> np.ndarray:
    """Great-circle distances in km, element by element.

    Twice the arc sine of half the chord, taken from the antipode on the far hemisphere: the error
    stays near a nanometre from one metre to half the Earth, where haversine loses centimetres.

    Parameters
    ----------
    longitude, latitude, other_longitude, other_latitude : degrees; broadcast together.

    Returns
    -------
    Array of the broadcast shape, km on a sphere of radius 6371.0088 km.

    Raises
    ------
    ValueError
        See :func:`check_coordinates`.
    """
    return _elementwise(longitude, latitude, other_longitude, other_latitude, "great_circle")


def euclidean_km(
    x: np.ndarray, y: np.ndarray, other_x: np.ndarray, other_y: np.ndarray
) -> np.ndarray:
    """Straight-line distances in km between projected points in metres, element by element.

    Parameters
    ----------
    x, y, other_x, other_y : metres; broadcast together.

    Returns
    -------
    Array of the broadcast shape, km.

    Raises
    ------
    ValueError
        See :func:`check_coordinates`.
    """
    return _elementwise(x, y, other_x, other_y, "euclidean")


def pair_distance_km(points: Embedding, start: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """Distances in km of pairs in compressed rows.

    Parameters
    ----------
    points : (n,) embedded points.
    start : (n + 1,) integers; the pairs of origin i are start[i]:start[i + 1].
    destination : (n_pairs,) indices into the points.

    Returns
    -------
    (n_pairs,) km.
    """
    distance = np.empty(destination.size)
    share_out(
        _pair_distances, start.size - 1, points.xyz, points.curved, start, destination, distance
    )
    return distance


def distance_rows_km(centres: Embedding, rows: slice, points: Embedding) -> np.ndarray:
    """Distances in km from some centres to all points.

    Parameters
    ----------
    centres : (n,) embedded points.
    rows : which of the centres, a slice with step 1 inside 0..n.
    points : (m,) embedded points of the same kind.

    Returns
    -------
    (rows.stop - rows.start, m) km.
    """
    distance = np.empty((rows.stop - rows.start, len(points.xyz)))
    here = centres.xyz[rows]
    share_out(_distances_from, len(here), here, points.xyz, centres.curved, distance)
    return distance


def repaired(geometries: geopandas.GeoSeries) -> tuple[geopandas.GeoSeries, int]:
    """Make invalid geometries valid; polygons stay polygons.

    Parameters
    ----------
    geometries : points or polygons, none of them missing or empty.

    Returns
    -------
    The geometries and how many of them had to be repaired.

    Raises
    ------
    ValueError
        If a geometry is missing or empty, or a polygon has no area left once repaired.
    """
    absent = (geometries.isna() | geometries.is_empty).to_numpy()
    if absent.any():
        raise ValueError(
            f"geometry of {geometries.index[absent][0]!r} is missing or empty "
            f"({np.count_nonzero(absent)} such zones): drop the zone or supply its boundary"
        )
    invalid = ~geometries.is_valid.to_numpy()
    if not invalid.any():
        return geometries, 0
    shapes = geometries.to_numpy().copy()
    for row in np.flatnonzero(invalid):
        shapes[row] = _repaired_shape(shapes[row], geometries.index[row])
    result = geopandas.GeoSeries(
        shapes, index=geometries.index, crs=geometries.crs, name=geometries.name
    )
    return result, int(np.count_nonzero(invalid))


def centroids(geometries: geopandas.GeoSeries) -> tuple[np.ndarray, np.ndarray]:
    """Centroids in the coordinates that the geometries are written in.

    Longitudes and latitudes are treated as plane coordinates. This is what the published US tables
    rest on (Tables 1 and 2 of the symbolic paper come out to the last digit with it); project
    first where centroids on the ground are wanted.

    Parameters
    ----------
    geometries : (n,) valid points or polygons (see :func:`repaired`).

    Returns
    -------
    x, y : (n,) arrays in the unit of the CRS.
    """
    points = shapely.centroid(geometries.to_numpy())
    return shapely.get_x(points), shapely.get_y(points)


def _repaired_shape(shape: shapely.Geometry, label: object) -> shapely.Geometry:
    fixed = shapely.make_valid(shape)
    if shape.geom_type in _POLYGONAL and fixed.geom_type not in _POLYGONAL:
        # Repair may leave spikes behind as lines beside the polygons.
        fixed = shapely.union_all(
            [part for part in shapely.get_parts(fixed) if part.geom_type in _POLYGONAL]
        )
    if fixed.is_empty:
        raise ValueError(
            f"geometry of {label!r} encloses no area once repaired: supply a better boundary"
        )
    return fixed


def _elementwise(x, y, other_x, other_y, kind: DistanceKind) -> np.ndarray:
    columns = np.broadcast_arrays(*(np.asarray(c, dtype=float) for c in (x, y, other_x, other_y)))
    x, y, other_x, other_y = (column.ravel() for column in columns)
    here, there = embed(x, y, kind), embed(other_x, other_y, kind, "other points")
    distance = np.empty(x.size)
    _row_distances(here.xyz, there.xyz, here.curved, distance)
    return distance.reshape(columns[0].shape)


@numba.njit(cache=True, error_model="numpy", inline="always")
def _distance(a, i, b, j, curved):
    dx, dy, dz = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1], a[i, 2] - b[j, 2]
    squared = dx * dx + dy * dy + dz * dz
    if not curved:
        return math.sqrt(squared)
    if squared <= 2.0 * EARTH_RADIUS_KM * EARTH_RADIUS_KM:
        return 2.0 * EARTH_RADIUS_KM * math.asin(math.sqrt(squared) / (2.0 * EARTH_RADIUS_KM))
    # Far side: half the chord is near 1, where the arc sine is steep; measure from the antipode.
    sx, sy, sz = a[i, 0] + b[j, 0], a[i, 1] + b[j, 1], a[i, 2] + b[j, 2]
    rest = math.sqrt(sx * sx + sy * sy + sz * sz) / (2.0 * EARTH_RADIUS_KM)
    return EARTH_RADIUS_KM * (math.pi - 2.0 * math.asin(rest))


@numba.njit(cache=True, error_model="numpy")
def _row_distances(a, b, curved, distance):
    for i in range(distance.size):
        distance[i] = _distance(a, i, b, i, curved)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _pair_distances(low, high, xyz, curved, start, destination, distance):
    for i in range(low, high):
        for p in range(start[i], start[i + 1]):
            distance[p] = _distance(xyz, i, xyz, destination[p], curved)


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _distances_from(low, high, centres, points, curved, distance):
    for i in range(low, high):
        for k in range(len(points)):
            distance[i, k] = _distance(centres, i, points, k, curved)
