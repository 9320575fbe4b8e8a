"""Where the zones lie: in a system that distances can be measured in, and each at its own point."""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from movelaws import geo
from movelaws.opportunities import resolution_km


def check_points(zones: gpd.GeoDataFrame) -> None:
    """Raise an error unless distances can be measured from x and y of every zone.

    Parameters
    ----------
    zones : with zone_id, finite x and y, and a CRS.

    Raises
    ------
    ValueError
        If the CRS is missing or measures in neither degrees nor metres, a zone lies off the
        globe, or projected coordinates are degrees by the look of them.
    """
    if not isinstance(zones, gpd.GeoDataFrame) or zones.crs is None:
        raise ValueError("zones: no coordinate reference system: give one, such as EPSG:4326")
    try:
        kind = geo.distance_kind(zones.crs)
    except ValueError as error:
        raise ValueError(f"zones: {error}") from None
    on_globe = (zones["x"].abs() <= 180) & (zones["y"].abs() <= 90)
    if kind == "great_circle" and not on_globe.all():
        row = zones[~on_globe].iloc[0]
        raise ValueError(
            f"zones: zone {row['zone_id']!r} at x={row['x']}, y={row['y']}: longitude lies in "
            "[-180, 180], latitude in [-90, 90]: are they swapped or projected?"
        )
    if kind == "euclidean" and len(zones) and on_globe.all():
        row = zones.iloc[0]
        raise ValueError(
            f"zones: these look like degrees: no x is beyond 180 and no y beyond 90 (zone "
            f"{row['zone_id']!r} at x={row['x']}, y={row['y']}), but crs {zones.crs.name!r} "
            "measures in metres: for longitude and latitude the crs is EPSG:4326"
        )


def check_apart(zones: gpd.GeoDataFrame, places: pd.DataFrame) -> None:
    """Raise an error if two zones share one point: no model knows a distance of 0.

    Parameters
    ----------
    zones : that ``check_points`` lets pass.
    places : with x and y in the same CRS; they widen the extent that decides what counts as one
        point, see :func:`movelaws.opportunities.resolution_km`.

    Raises
    ------
    ValueError
        Naming the first two zones at one point.
    """
    kind = geo.distance_kind(zones.crs)
    points, others = (
        geo.embed(table["x"].to_numpy(), table["y"].to_numpy(), kind, name)
        for table, name in ((zones, "zones"), (places, "places"))
    )
    together = cKDTree(points.xyz).query_pairs(resolution_km(points, others), output_type="ndarray")
    if len(together) == 0:
        return
    first, second = zones["zone_id"].to_numpy()[list(min(map(tuple, np.sort(together, axis=1))))]
    raise ValueError(
        f"zones: {first!r} and {second!r} have the same point ({len(together)} such pairs), so "
        "their distance is 0: merge them, or move one of the points"
    )
