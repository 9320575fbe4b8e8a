"""Moves between zones that are known by their centroids and populations only.

A zone is a place whose weight is its population: moves between municipalities then have the joint
likelihood, the pair distribution and the cost of moves between addresses. Moves within a zone have
no distance and are left out, among candidates too.
"""

import geopandas
import numpy as np
import pandas as pd

from movelaws.distance_cost.moves import Moves, checked_moves
from movelaws.distance_cost.simulate import distances
from movelaws.geo import distance_kind
from movelaws.pairs.points import Points, checked_points


def zone_places(zones: geopandas.GeoDataFrame, population: str = "population") -> Points:
    """Centroids of zones as weighted places, in the order of the table.

    Parameters
    ----------
    zones : one geometry (point or polygon) per zone, in projected metres or in degrees.
    population : column of the weights, > 0.

    Raises
    ------
    ValueError
        If the column is missing, the CRS has neither metres nor degrees, or a weight is not > 0.
    """
    if population not in zones.columns:
        raise ValueError(f"zones has no column {population!r}; it has {', '.join(zones.columns)}")
    metric = distance_kind(zones.crs)
    # Centroids in degrees are those of a distorted shape: an equal-area projection has the true.
    flat = zones.geometry if metric == "euclidean" else zones.geometry.to_crs("EPSG:6933")
    centres = flat.centroid.to_crs(zones.crs)
    return checked_points(centres.x, centres.y, zones[population].to_numpy(), metric)


def zone_moves(places: Points, zone_id: np.ndarray, flows: pd.DataFrame) -> Moves:
    """Moves between different zones.

    Parameters
    ----------
    places : from :func:`zone_places`, or any points, one per zone.
    zone_id : (n_zones,) names of the zones, in the same order.
    flows : origin, destination (names of zones) and flow >= 0.

    Returns
    -------
    Moves, one row per pair of zones with a flow, its weight being the flow.

    Raises
    ------
    ValueError
        If a column or a zone is missing, names repeat, a flow is negative or not finite, or no
        move joins two zones.
    """
    missing = {"origin", "destination", "flow"} - set(flows.columns)
    if missing:
        raise ValueError(f"flows lacks {', '.join(sorted(missing))}")
    index = pd.Index(zone_id)
    if len(index) != len(places):
        raise ValueError(f"zone_id has {len(index)} names for {len(places)} zones")
    if index.has_duplicates:
        raise ValueError(f"zone_id repeats {index[index.duplicated()][0]!r}")
    rows = []
    for name in ("origin", "destination"):
        row = index.get_indexer(flows[name])
        if (row < 0).any():
            raise ValueError(f"{name} {flows[name].iloc[int(np.argmin(row))]!r} is no zone")
        rows.append(row)
    flow = flows["flow"].to_numpy(float)
    bad = ~(np.isfinite(flow) & (flow >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"flow[{at}] = {flow[at]}: flows are finite and >= 0")
    used = (flow > 0) & (rows[0] != rows[1])
    if not used.any():
        raise ValueError("flows: no move joins two different zones")
    origin, destination = rows[0][used], rows[1][used]
    r = distances(places, origin, destination)
    return checked_moves(r, origin, destination, flow[used])
