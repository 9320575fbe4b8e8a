"""Readings of a dataset: the choices that a paper's text leaves open, made explicit.

Papers seldom say which point of a zone distances start from, over which destinations an outflow
is spread, or whose population intervenes. Each choice is an argument here, so that a table can
show how much of a difference it explains.
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from movelaws.od import Pairs, build_pairs

METRES_PER_DEGREE = 111_195.08  # on the sphere of radius 6371.0088 km


def pairs_under(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame,
    *,
    population: str = "workplace",
    support: str = "observed",
    intervening: str = "places",
    centroids: str = "given",
    distance: str = "sphere",
    jitter_places_m: float = 0.0,
    jitter_zones_m: float = 0.0,
    rng: np.random.Generator | None = None,
    circle: bool = True,
) -> Pairs:
    """Pairs of origin and destination under one reading of the data.

    Parameters
    ----------
    zones, flows, places : canonical tables (movelaws.frames).
    population : ``workplace`` or ``residential``, the masses.
    support : ``observed`` destinations or ``all`` zones share an outflow.
    intervening : ``places`` sums the population of the finest units at hand, ``zones`` of whole
        zones; so do places of which the chosen population is unknown.
    centroids : ``given`` are the points of the canonical table; ``equal_area`` takes the centroid
        of each polygon in an equal-area projection centred on the zones.
    distance : ``sphere`` is the great circle (or the plane of a projected CRS); ``ellipsoid`` is
        the geodesic of WGS 84; s_ij then still follows the order of places on the sphere.
    jitter_places_m, jitter_zones_m : standard deviation (metres, each axis) of a random move of
        the places, or of the points of the zones: what an error of the coordinates would do.
    rng : generator, needed when a jitter is given.
    circle : also sum the population around the destination (needed by PWO).

    Distances and opportunities that came with the flows (``frames.GIVEN_COLUMNS``) take the place
    of computed ones where every choice but the population is the default.

    Raises
    ------
    ValueError
        If a choice is unknown or a jitter comes without ``rng``.
    """
    if intervening not in ("places", "zones"):
        raise ValueError(f"intervening = {intervening!r}: allowed are 'places' and 'zones'")
    if centroids not in ("given", "equal_area"):
        raise ValueError(f"centroids = {centroids!r}: allowed are 'given' and 'equal_area'")
    if distance not in ("sphere", "ellipsoid"):
        raise ValueError(f"distance = {distance!r}: allowed are 'sphere' and 'ellipsoid'")
    if (jitter_places_m or jitter_zones_m) and rng is None:
        raise ValueError("a jitter needs rng, a numpy.random.Generator")
    own_points = intervening == "zones" or are_zones(places, zones)
    if not own_points and places[f"{population}_population"].isna().any():
        print(f"{population} population of places is unknown: whole zones are summed instead")
        own_points = True
    if centroids == "equal_area":
        zones = _equal_area_centroids(zones)
    if jitter_zones_m:
        zones = _moved(zones, zones.crs, jitter_zones_m, rng)
    if own_points:
        places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones["zone_id"])
    if jitter_places_m:
        places = _moved(places, zones.crs, jitter_places_m, rng)
    pairs = build_pairs(zones, flows, places, population=population, support=support, circle=circle)
    plain = (intervening, centroids, distance) == ("places", "given", "sphere")
    if plain and support == "observed" and not (jitter_places_m or jitter_zones_m):
        pairs = _with_given(pairs, flows, population)
    if distance == "ellipsoid":
        pairs = replace(pairs, distance_km=_geodesic_km(zones, pairs))
    return pairs


def _with_given(pairs: Pairs, flows: pd.DataFrame, population: str) -> Pairs:
    columns = {"distance_km": "distance_km", "intervening": f"opportunities_{population}"}
    columns = {name: column for name, column in columns.items() if column in flows}
    if not columns:
        return pairs
    ids = pd.Index(pairs.zone_ids)
    ends = [ids.get_indexer(flows[end]) for end in ("destination", "origin")]
    order = np.lexsort(ends)  # the order of the pairs
    return replace(
        pairs, **{name: flows[c].to_numpy(dtype=float)[order] for name, c in columns.items()}
    )


def are_zones(places: pd.DataFrame, zones: pd.DataFrame) -> bool:
    """Whether no finer places are known, so that the zones themselves stand for them."""
    return len(places) == len(zones) and bool((places["place_id"] == places["zone_id"]).all())


def _equal_area_centroids(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    west, south, east, north = zones.to_crs("EPSG:4326").total_bounds
    centre = f"+lat_0={(south + north) / 2} +lon_0={(west + east) / 2}"
    points = zones.geometry.to_crs(f"+proj=laea {centre} +datum=WGS84 +units=m").centroid
    points = points.to_crs(zones.crs)
    return zones.assign(x=points.x, y=points.y)


def _moved(points: pd.DataFrame, crs, sigma_m: float, rng: np.random.Generator) -> pd.DataFrame:
    east, north = rng.normal(0.0, sigma_m, (2, len(points)))
    if crs.is_geographic:
        east = east / (METRES_PER_DEGREE * np.cos(np.radians(points["y"].to_numpy())))
        north = north / METRES_PER_DEGREE
    return points.assign(x=points["x"] + east, y=points["y"] + north)


def _geodesic_km(zones: gpd.GeoDataFrame, pairs: Pairs) -> np.ndarray:
    points = gpd.GeoSeries.from_xy(zones["x"], zones["y"], crs=zones.crs).to_crs("EPSG:4326")
    lon, lat = points.x.to_numpy(), points.y.to_numpy()
    i, j = pairs.origin, pairs.destination
    return Geod(ellps="WGS84").inv(lon[i], lat[i], lon[j], lat[j])[2] / 1000
