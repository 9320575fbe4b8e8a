"""Points to zones: places as they are, cities of a table, clusters or polygons.

Squares are in :mod:`movelaws.squares`. Every function takes the points of places and
how often each was visited, and returns a :class:`Zoning`: which zone each place lies in, and the
zones that hold at least one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws import geo, layers

NO_ZONE = -1
DEGREES = "EPSG:4326"
_FUSED_PER_LINK = 10
_SAME_POINT_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Points:
    """Places on the globe and the number of visits to each.

    Attributes
    ----------
    longitude, latitude : (n,) degrees.
    visits : (n,) >= 0, the weight of a place in the centre of its zone.
    """

    longitude: np.ndarray
    latitude: np.ndarray
    visits: np.ndarray

    def __post_init__(self):
        geo.check_coordinates(self.longitude, self.latitude, "great_circle", "points")
        if np.shape(self.visits) != np.shape(self.longitude):
            raise ValueError(
                f"points: visits has shape {np.shape(self.visits)} and longitude "
                f"{np.shape(self.longitude)}; both must be (n,)"
            )


@dataclass(frozen=True, eq=False)
class Zoning:
    """Zones, and the zone of every point.

    Attributes
    ----------
    zone : (n,) row of ``zones`` each point belongs to, -1 outside all of them.
    zones : (n_zones, 6) GeoDataFrame with a CRS: zone_id, name, x, y, area_km2, geometry.
    notes : readings and repairs, with their counts.
    """

    zone: np.ndarray
    zones: gpd.GeoDataFrame
    notes: Mapping[str, int | float | str] = field(default_factory=dict)


def in_box(points: Points, box: Sequence[float] | None) -> np.ndarray:
    """(n,) whether each point lies in the box (west, south, east, north; degrees), edges included.

    Raises
    ------
    ValueError
        If the box is no four numbers in that order on the globe.
    """
    if box is None:
        return np.ones(len(points.longitude), dtype=bool)
    west, south, east, north = checked_box(box)
    across = (points.longitude >= west) & (points.longitude <= east)
    return across & (points.latitude >= south) & (points.latitude <= north)


def checked_box(box: Sequence[float]) -> tuple[float, float, float, float]:
    """The box as (west, south, east, north), or a ValueError that says what is wrong with it."""
    if len(box) == 4:
        west, south, east, north = (float(side) for side in box)
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    raise ValueError(
        f"box = {[*box]}: give [west, south, east, north] in degrees, with west < east in "
        "[-180, 180] and south < north in [-90, 90]"
    )


def places(points: Points, place_id: Sequence[str]) -> Zoning:
    """Every place is a zone; places at one point (to 0.1 m) are one, named after the most visited.

    Parameters
    ----------
    points : (n,) places.
    place_id : (n,) identifiers.
    """
    corner = np.round([points.longitude, points.latitude], _SAME_POINT_DIGITS)
    label = pd.DataFrame(corner.T).groupby([0, 1], sort=False).ngroup().to_numpy()
    # The first row of a label after this sort is its most visited place.
    order = np.lexsort((np.arange(label.size), -np.asarray(points.visits), label))
    first = order[np.unique(label[order], return_index=True)[1]]
    zones = _at_points(
        np.asarray(place_id, dtype=object)[first], points.longitude[first], points.latitude[first]
    )
    return Zoning(label, zones, {"places at the point of another merged": label.size - first.size})


def cities(points: Points, city: Sequence[str]) -> Zoning:
    """Places of one city are one zone, at the mean of their visits.

    Parameters
    ----------
    points : (n,) places.
    city : (n,) names; a blank one is outside.
    """
    city = pd.Series(city, dtype=object).fillna("").astype(str)
    label, names = pd.factorize(city.where(city.ne("")), sort=True)
    return Zoning(label, _at_points(np.asarray(names), *_centres(points, label, len(names))))


def clusters(points: Points, link_km: float, min_places: int) -> Zoning:
    """Places joined into cities by density: DBSCAN on great-circle distances.

    A place with at least ``min_places`` places (itself included) within ``link_km`` is dense;
    dense places within ``link_km`` of each other are of one city, and so are the places within
    ``link_km`` of a dense one. All others are outside. Places within about a tenth of ``link_km``
    are fused before, which bounds the memory in dense cities (distances are that exact).

    Parameters
    ----------
    points : (n,) places.
    link_km, min_places : > 0, see above.

    Returns
    -------
    Zoning; zone_id counts the clusters from the most visited on, the point is the mean of visits.

    References
    ----------
    Ester, Kriegel, Sander and Xu, KDD 1996: A density-based algorithm for discovering clusters.
    """
    for name, value in (("link_km", link_km), ("min_places", min_places)):
        if not value > 0:
            raise ValueError(f"{name} = {value} must be > 0")
    from sklearn.cluster import DBSCAN  # slow to load, and Snakemake reads this module too

    cell, centres, count = _fused(points, link_km / _FUSED_PER_LINK)
    angle = link_km / geo.EARTH_RADIUS_KM
    search = DBSCAN(eps=angle, min_samples=min_places, metric="haversine", algorithm="ball_tree")
    label = search.fit(centres, sample_weight=count).labels_[cell]
    n_clusters = int(label.max(initial=NO_ZONE)) + 1
    clustered = label != NO_ZONE
    size = np.bincount(label[clustered], np.asarray(points.visits)[clustered], n_clusters)
    order = np.argsort(-size, kind="stable")
    rank = np.empty(n_clusters + 1, dtype=np.int64)
    rank[order], rank[NO_ZONE] = np.arange(n_clusters), NO_ZONE
    label = rank[label]
    digits = len(str(n_clusters))
    names = np.array([f"{number:0{digits}d}" for number in range(1, n_clusters + 1)], dtype=object)
    return Zoning(label, _at_points(names, *_centres(points, label, n_clusters)))


def polygons(
    points: Points, layer: gpd.GeoDataFrame, zone_id: pd.Series, name: pd.Series
) -> Zoning:
    """Zones are polygons; parts with one identifier are one zone, its point is the centroid.

    Parameters
    ----------
    points : (n,) places. One on a border or where polygons overlap belongs to the first of them.
    layer : (n_polygons,) polygons with a CRS in degrees or metres.
    zone_id, name : (n_polygons,) text.
    """
    if not layer.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        odd = layer.geom_type[~layer.geom_type.isin(["Polygon", "MultiPolygon"])].iloc[0]
        raise ValueError(f"polygons: the layer holds a {odd}: every zone must be a polygon")
    frame = gpd.GeoDataFrame(
        {"zone_id": zone_id.to_numpy(), "name": name.to_numpy()},
        geometry=layer.geometry.to_numpy(),
        crs=layer.crs,
    )
    n_parts = len(frame)
    if frame["zone_id"].duplicated().any():
        frame = frame.dissolve("zone_id", as_index=False)
    here = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(points.longitude, points.latitude, crs=DEGREES)
    ).to_crs(frame.crs)
    joined = gpd.sjoin(here, frame[["geometry"]], how="inner", predicate="intersects")
    found = joined["index_right"].groupby(level=0).min()
    part = np.full(len(here), NO_ZONE, dtype=np.int64)
    part[found.index.to_numpy()] = found.to_numpy()
    used = np.unique(part[part != NO_ZONE])
    label = np.where(part == NO_ZONE, NO_ZONE, np.searchsorted(used, part))
    zones = frame.iloc[used].reset_index(drop=True)
    centroids = layers.plane_centroids(zones.geometry)
    zones["x"], zones["y"] = centroids.x, centroids.y
    zones["area_km2"] = layers.area_km2(zones.geometry)
    notes = {
        "polygons in the layer": n_parts,
        "parts of polygons joined": n_parts - len(frame),
        "places in more than one polygon, the first taken": int(
            np.count_nonzero(joined.index.duplicated())
        ),
    }
    return Zoning(label, zones, notes)


def position_name(longitude: float, latitude: float) -> str:
    """Position as a name, such as "30.27 N 97.74 W"."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.2f} {north} {abs(longitude):.2f} {east}"


def _at_points(zone_id: np.ndarray, x: np.ndarray, y: np.ndarray) -> gpd.GeoDataFrame:
    named = [position_name(*point) for point in zip(x, y, strict=True)]
    columns = {"zone_id": zone_id, "name": named, "x": x, "y": y, "area_km2": np.nan}
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs=DEGREES)


def _centres(points: Points, label: np.ndarray, n_zones: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean position of the visits of each zone, on the sphere: no date line gets in the way."""
    inside = label != NO_ZONE
    xyz = geo.embed(points.longitude[inside], points.latitude[inside], "great_circle").xyz
    # A zone nobody visits still needs a point: then its places count alike.
    visits = np.asarray(points.visits, dtype=float)[inside]
    unvisited = np.bincount(label[inside], visits, n_zones)[label[inside]] == 0
    weight = np.where(unvisited, 1.0, visits)
    x, y, z = (np.bincount(label[inside], weight * axis, n_zones) for axis in xyz.T)
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def _fused(points: Points, cell_km: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cell of each place, (n_cells, 2) latitude and longitude in radians, places per cell."""
    step = np.degrees(cell_km / geo.EARTH_RADIUS_KM)
    row = np.floor(points.latitude / step)
    shrink = np.maximum(np.cos(np.radians((row + 0.5) * step)), 1e-6)
    column = np.floor(points.longitude * shrink / step)
    cell = pd.DataFrame({"row": row, "column": column}).groupby(["row", "column"]).ngroup()
    cell = cell.to_numpy()
    count = np.bincount(cell)
    means = [np.bincount(cell, axis) / count for axis in (points.latitude, points.longitude)]
    return cell, np.radians(np.column_stack(means)), count
