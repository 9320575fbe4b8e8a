"""The map of a synthetic country in the United States: counties, states, codes and borders."""

import geopandas
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.optimize import linear_sum_assignment

from movelaws.synthetic.geography import Country, grouped
from movelaws.synthetic.states import OUTSIDE_CONTIGUOUS, STATES, State
from movelaws.synthetic.topology import borders, polygons

FAR = {
    "02": ("AK", "Alaska", -150, 62),
    "15": ("HI", "Hawaii", -157, 20),
    "72": ("PR", "Puerto Rico", -66, 18),
}
"""States outside the contiguous ones that have counties: code, name, longitude, latitude."""

_MIDDLE_M = (-50_000.0, 1_800_000.0)


def near_counties(rng: np.random.Generator, country: Country, states: int) -> pd.DataFrame:
    """Contiguous counties, sorted as the zones of the country: codes, names, polygons, area."""
    to_degrees = Transformer.from_crs("EPSG:5070", "EPSG:4269", always_xy=True).transform
    metres = country.vertices * 1000 + _MIDDLE_M
    degrees = np.column_stack(to_degrees(*metres.T)).round(6)
    line = borders(country.edges, country.sides, country.zone)
    shapes = polygons(line, degrees)
    place = shapely.get_coordinates(shapely.centroid(shapes))
    state = grouped(rng, country.centres, states)
    found = _nearest_states(place, state, states)
    number = pd.Series(state).groupby(state).cumcount().to_numpy() * 2 + 1
    name = [f"Synthetic {k + 1:03d}" for k in range(len(shapes))]
    # One name beyond ASCII, since the published files differ in how they encode such names.
    name[len(name) // 3] = f"Synthetic Ñandú {len(name) // 3 + 1:03d}"
    return pd.DataFrame(
        {
            "fips": [f"{found[s].fips}{n:03d}" for s, n in zip(state, number, strict=True)],
            "postal": [found[s].postal for s in state],
            "state": [found[s].name for s in state],
            "name": name,
            "area_m2": [s.area * 1e6 for s in polygons(line, country.vertices)],
            "geometry": shapes,
        }
    )


def _nearest_states(place: np.ndarray, group: np.ndarray, n: int) -> list[State]:
    """A different state of the contiguous 48 for each group of counties, as near as possible."""
    usual = [s for s in STATES if s.fips not in (*OUTSIDE_CONTIGUOUS, "11")]
    middle = np.array([place[group == k].mean(axis=0) for k in range(n)])
    known = np.array([[s.longitude, s.latitude] for s in usual])
    apart = ((middle[:, None, :] - known[None, :, :]) ** 2).sum(axis=2)
    return [usual[k] for k in linear_sum_assignment(apart)[1]]


def far_counties() -> pd.DataFrame:
    """Two counties each in Alaska, Hawaii and Puerto Rico: hexagons."""
    turn = np.arange(6) * np.pi / 3
    rows = []
    for fips, (postal, state, x, y) in FAR.items():
        for k in (0, 1):
            ring = np.column_stack([x + 1.2 * k + 0.5 * np.cos(turn), y + 0.4 * np.sin(turn)])
            shape, name = shapely.Polygon(ring.round(6)), f"Synthetic {fips}{k + 1}"
            rows.append((f"{fips}{2 * k + 1:03d}", postal, state, name, 5e9, shape))
    return pd.DataFrame(rows, columns=["fips", "postal", "state", "name", "area_m2", "geometry"])


def law_tables(
    table: pd.DataFrame, mass: np.ndarray
) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
    """Zones and places as the law sees them: at the centroids in longitude and latitude."""
    point = shapely.get_coordinates(shapely.centroid(table["geometry"].to_numpy()))
    zones = geopandas.GeoDataFrame(
        {
            "zone_id": table["fips"],
            "x": point[:, 0],
            "y": point[:, 1],
            "workplace_population": mass.astype(float),
        },
        geometry=table["geometry"].to_numpy(),
        crs="EPSG:4269",
    )
    return zones, pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones["zone_id"])


def boundaries(rng: np.random.Generator, counties: pd.DataFrame) -> geopandas.GeoDataFrame:
    """The cartographic boundary file, in an order of its own."""
    fips, area = counties["fips"], counties["area_m2"].round().astype("int64")
    water = (area * rng.uniform(0, 0.05, len(counties))).astype("int64")
    table = geopandas.GeoDataFrame(
        {
            "STATEFP": fips.str[:2],
            "COUNTYFP": fips.str[2:],
            "COUNTYNS": [f"{k:08d}" for k in range(len(counties))],
            "AFFGEOID": "0500000US" + fips,
            "GEOID": fips,
            "NAME": counties["name"],
            "LSAD": "06",
            "ALAND": area - water,
            "AWATER": water,
        },
        geometry=counties["geometry"].to_numpy(),
        crs="EPSG:4269",
    )
    return table.iloc[rng.permutation(len(table))]


def internal_points(counties: pd.DataFrame) -> pd.DataFrame:
    """Code, latitude and longitude of a point inside each county."""
    point = shapely.get_coordinates(shapely.point_on_surface(counties["geometry"].to_numpy()))
    code = counties["fips"].astype(int)
    return pd.DataFrame({"c_id": code, "lat": point[:, 1], "lon": point[:, 0]}).round(7)
