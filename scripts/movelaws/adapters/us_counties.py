"""Counties of the United States with their attributes, from the Census Bureau.

Raw files, by role
------------------
boundaries : cartographic boundary file ``cb_<year>_us_county_500k.zip`` (a shapefile; GEOID is
    the five-digit FIPS code; without a .prj it is in EPSG:4269, as the Bureau publishes it).
population, gini, employment, poverty, rent, sdoh : see ``_us_attributes``.
internal_points : CSV c_id, lat, lon: the internal point of each county in TIGER/Line.

The table has no flows (``zones_only``): other adapters take their zones from ``county_zones``.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws import frames, layers, options, readers
from movelaws.adapters._us_attributes import ROLES, county_attributes, five_digits, profile

REQUIRED = ("boundaries", "population")
OPTIONAL = (*ROLES, "internal_points")

State = Annotated[
    str,
    options.Rule(
        lambda code: len(code) == 2 and code.isascii() and code.isdigit(),
        "a two-digit FIPS code in quotes, such as '02'",
    ),
]
States = Sequence[State]

OUTSIDE_CONTIGUOUS = ("02", "15", "60", "66", "69", "72", "78")
EQUAL_AREA = "EPSG:5070"


def read(
    files: dict[str, Path], *, exclude_states: States = OUTSIDE_CONTIGUOUS
) -> frames.Canonical:
    """Counties with population and living conditions.

    Parameters
    ----------
    files : paths by role, see the module.
    exclude_states : two-digit FIPS codes left out; by default all but the contiguous states.

    Returns
    -------
    Canonical without flows; the zones carry the attributes of ``county_attributes``. Missing
    estimates are NaN and counted in the notes.
    """
    zones, notes = county_zones(files["boundaries"], files["population"], exclude_states)
    attributes, about = county_attributes(files, zones["zone_id"], exclude_states)
    zones, notes = zones.join(attributes, on="zone_id"), notes | about
    if "internal_points" in files:
        zones = _at_internal_points(zones, files["internal_points"])
        notes["points"] = "internal points of TIGER/Line"
    canonical = frames.assemble(zones, pd.DataFrame(columns=list(frames.FLOW_COLUMNS)), notes=notes)
    return dataclasses.replace(canonical, zones_only=True)


def county_zones(
    boundaries: Path, population: Path | None, exclude_states: Sequence[str]
) -> tuple[gpd.GeoDataFrame, dict[str, int | float | str]]:
    """Zones of all counties outside ``exclude_states``, workplace population still missing.

    The point of a county is the centroid of its polygon in plain longitude and latitude, the
    reading that meets the published errors of Table 2 (paper 2); its area is measured in
    EPSG:5070 and includes inland water inside the generalised outline, the reading that meets
    the published median of 1,616 km^2 (Table 1; the land area alone has 1,582).
    """
    layer, repaired = layers.read_layer(boundaries, crs="EPSG:4269")
    code = layers.pick(layer, boundaries, ["GEOID", "GEOID10"], "FIPS code of the county")
    keep = ~code.str[:2].isin(exclude_states)
    shapes = layer.geometry[keep].reset_index(drop=True)
    names = layers.pick(layer, boundaries, ["NAME", "NAME10"], "name of the county")
    zones = gpd.GeoDataFrame({"zone_id": code[keep].to_numpy()}, geometry=shapes, crs=layer.crs)
    centroids = layers.plane_centroids(shapes)
    zones["x"], zones["y"] = centroids.x, centroids.y
    zones["area_km2"] = layers.area_km2(shapes, EQUAL_AREA)
    zones["name"], zones["residential_population"] = names[keep].to_numpy(), np.nan
    zones["workplace_population"] = np.nan
    notes: dict[str, int | float | str] = {
        "counties outside the study area dropped": int((~keep).sum()),
        "invalid county polygons repaired": repaired,
        "area": "polygon in EPSG:5070",
    }
    if population is not None:
        known = profile(population).reindex(zones["zone_id"])
        zones["residential_population"] = known["TotalPop"].to_numpy()
        zones["name"] = known["name"].fillna(zones.set_index("zone_id")["name"]).to_numpy()
        notes["residential_population"] = "total population, ACS 2011-2015"
        notes["counties without population"] = int(zones["residential_population"].isna().sum())
    return zones, notes


def _at_internal_points(zones: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    table = readers.read_table(path, {"c_id": ["c_id"], "lat": ["lat"], "lon": ["lon"]})
    code = five_digits(table, "c_id")
    lon = table.number("lon", low=-180, high=180).set_axis(code).reindex(zones["zone_id"])
    lat = table.number("lat", low=-90, high=90).set_axis(code).reindex(zones["zone_id"])
    if lon.isna().any():
        raise ValueError(
            f"{path}: county {lon.index[np.argmax(lon.isna())]!r} has no internal point"
        )
    return zones.assign(x=lon.to_numpy(), y=lat.to_numpy())
