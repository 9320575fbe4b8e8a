"""Zones and places of FlowSR: attributes, coordinates, and points made from distances alone."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from scipy.linalg import eigh

from movelaws import frames, readers

HEADERS = {
    "zone": ["code", "street_num", "zone_id", "geoid", "adcode", "county", "street", "id"],
    "name": ["name", "county_name", "street_name", "county", "street"],
    "residents": ["pop", "home_pop", "respop", "residents", "population", "pop_wan"],
    "workers": ["work_pop", "workpop", "workers", "work_pop_wan"],
    "area": ["area_km2", "area"],
    "x": ["lon", "lng", "longitude", "x"],
    "y": ["lat", "latitude", "y"],
    "county": ["county", "county_code", "code"],
}
"""Names that the columns of the attributes may have, compared without regard to case."""

_STREETS = ["street_num", "zone_id", "geoid", "street", "id", "code"]
_MIDDLE = {"bth": (116.2, 39.2), "guangdong": (113.4, 23.1)}
_MOST_STRESS = 0.05
_WAN = 10_000.0
_FEW = 1000
Notes = dict[str, int | float | str]


def read_zones(
    paths: Mapping[str, Path],
    level: str,
    kind: str,
    columns: Mapping[str, str],
    unit: float | None,
    notes: Notes,
) -> pd.DataFrame:
    """Zones with zone_id, name, area_km2, populations and, where the file has them, x and y.

    ``attrs["population_unit"]`` says how many people a unit of the residents' column is.

    Raises
    ------
    ValueError
        For a missing column, a zone that occurs twice, a population that is no number >= 0.
    """
    path = paths["attributes"]
    headers = _headers(columns) | ({"zone": _STREETS} if _unnamed(level, columns) else {})
    needed = ["zone", "residents", *(["workers"] if kind == "commuting" else [])]
    table = readers.read_table(
        path,
        {name: headers[name] for name in needed},
        optional={name: headers[name] for name in ("name", "area", "x", "y")},
    )
    zones = pd.DataFrame({"zone_id": _codes(table, "zone")})
    twice = zones["zone_id"].duplicated()
    if twice.any():
        raise table.error("zone", twice, "is a zone that occurs before: keep one row for each")
    zones["name"] = table.frame["name"] if "name" in table.frame else zones["zone_id"]
    if "area" in table.frame:
        zones["area_km2"] = table.number("area", low=0, missing=True).replace(0, np.nan)
    zones = zones.join(_populations(table, kind, unit)).join(_coordinates(table))
    if "workers" not in table.frame:
        notes["workplace_population"] = "unknown: the mobility cases have residents only"
    zones.attrs["population_unit"] = _unit(table, "residents", unit)
    median = zones["residential_population"].median()
    if median < _FEW:
        print(
            f"warning: {path.name}: half of the zones have fewer than {median:g} residents: if "
            f"{table.headers['residents']!r} counts tens of thousands, set population_unit: 10000"
        )
    return zones


def located(
    zones: pd.DataFrame,
    paths: Mapping[str, Path],
    crs: str,
    distance_km: np.ndarray | None,
    region: str,
    notes: Notes,
) -> tuple[gpd.GeoDataFrame, bool]:
    """The zones as points, and whether their coordinates were given.

    Raises
    ------
    ValueError
        If there are neither coordinates nor all distances, or the CRS is unknown.
    """
    if "points" in paths:
        zones = _with_points(zones.drop(columns=["x", "y"], errors="ignore"), paths["points"])
    given = "x" in zones
    if given:
        try:
            system = pyproj.CRS.from_user_input(crs)
        except pyproj.exceptions.CRSError:
            raise ValueError(f"crs={crs!r} is unknown: give a code such as EPSG:4326") from None
    else:
        zones = zones.join(_reconstructed(zones["zone_id"], distance_km, paths, notes))
        system = _nowhere(region)
        notes["coordinates"] = (
            "made from the given distances: their place and orientation on the map are arbitrary"
        )
    points = gpd.points_from_xy(zones["x"], zones["y"])
    zones = gpd.GeoDataFrame(zones, geometry=points, crs=system)
    return zones, given


def read_places(
    paths: Mapping[str, Path],
    zones: gpd.GeoDataFrame,
    kind: str,
    columns: Mapping[str, str],
    unit: float | None,
    located: bool,
    notes: Notes,
) -> pd.DataFrame | None:
    """Sub-districts as places, or None where they are not given or cannot be used (noted)."""
    if "places" not in paths:
        return None
    path = paths["places"]
    kept = {name: columns[name] for name in set(columns) - {"zone"}}
    headers = _headers(kept) | {"zone": _STREETS}
    needed = ["zone", "residents", *(["workers"] if kind == "commuting" else [])]
    table = readers.read_table(
        path,
        {name: headers[name] for name in needed},
        optional={name: headers[name] for name in ("county", "x", "y")},
    )
    if not located or not {"county", "x", "y"} <= set(table.frame):
        notes["places"] = "the zones: the sub-districts have no county or coordinates"
        return None
    places = pd.DataFrame({"place_id": _codes(table, "zone"), "zone_id": _codes(table, "county")})
    twice = places["place_id"].duplicated()
    if twice.any():
        raise table.error("zone", twice, "is a place that occurs before: keep one row for each")
    outside = ~places["zone_id"].isin(zones["zone_id"])
    if outside.all():
        raise table.error(
            "county",
            outside,
            "is no zone of the attributes: name the column with the code of the county, "
            "columns: {county: ...}",
        )
    if outside.any():
        notes[frames.OUTSIDE] = int(outside.sum())
    return places.join(_populations(table, kind, unit)).join(_coordinates(table))


def _headers(columns: Mapping[str, str]) -> dict[str, list[str]]:
    return HEADERS | {name: [header] for name, header in columns.items()}


def _unnamed(level: str, columns: Mapping[str, str]) -> bool:
    """Whether codes of sub-districts are to be found, among whose columns is that of the county."""
    return level == "subdistrict" and "zone" not in columns


def _codes(table: readers.Table, column: str) -> pd.Series:
    return table.identifier(column).str.removesuffix(".0")


def _unit(table: readers.Table, column: str, unit: float | None) -> float:
    in_wan = table.headers[column].strip().casefold().endswith("_wan")
    return unit or (_WAN if in_wan else 1.0)


def _populations(table: readers.Table, kind: str, unit: float | None) -> pd.DataFrame:
    found = pd.DataFrame(index=table.frame.index)
    found["residential_population"] = table.number("residents", low=0) * _unit(
        table, "residents", unit
    )
    found["workplace_population"] = np.nan
    if kind == "commuting":
        found["workplace_population"] = table.number("workers", low=0) * _unit(
            table, "workers", unit
        )
    return found


def _coordinates(table: readers.Table) -> pd.DataFrame:
    axes = [axis for axis in ("x", "y") if axis in table.frame]
    if len(axes) == 1:
        raise ValueError(
            f"{table.path}: column {table.headers[axes[0]]!r} has no partner: coordinates need "
            "both; name the other in the option columns: {x: ..., y: ...}"
        )
    return pd.DataFrame({axis: table.number(axis) for axis in axes}, index=table.frame.index)


def _with_points(zones: pd.DataFrame, path: Path) -> pd.DataFrame:
    table = readers.read_table(path, {name: HEADERS[name] for name in ("zone", "x", "y")})
    points = _coordinates(table).assign(zone_id=_codes(table, "zone"))
    twice = points["zone_id"].duplicated()
    if twice.any():
        raise table.error("zone", twice, "is a zone that occurs before: keep one point for each")
    missing = ~zones["zone_id"].isin(points["zone_id"])
    if missing.any():
        raise ValueError(
            f"{path}: no point for zone {zones.loc[missing, 'zone_id'].iloc[0]!r} "
            f"({int(missing.sum())} such zones): add their rows"
        )
    return zones.merge(points, on="zone_id", how="left", validate="one_to_one")


def _reconstructed(
    ids: pd.Series, distance_km: np.ndarray | None, paths: Mapping[str, Path], notes: Notes
) -> pd.DataFrame:
    """Points whose distances are those given: classical scaling (Torgerson 1952) in the plane."""
    remedy = "give coordinates as lon and lat in the attributes, or the role points"
    if distance_km is None:
        raise ValueError(f"{paths['attributes']}: no coordinates, and no distances: {remedy}")
    apart = np.where(np.isnan(distance_km), distance_km.T, distance_km).copy()
    np.fill_diagonal(apart, 0.0)
    unknown = np.argwhere(np.isnan(apart))
    together = np.argwhere((apart == 0) & ~np.eye(len(apart), dtype=bool))
    for pairs, what in ((unknown, "is missing"), (together, "is 0")):
        if len(pairs):
            i, j = pairs[0]
            raise ValueError(
                f"{paths['distances']}: the distance [{ids.iloc[i]!r}][{ids.iloc[j]!r}] {what} "
                f"({len(pairs)} such pairs), and the attributes have no coordinates: {remedy}"
            )
    apart = (apart + apart.T) / 2
    squared = apart**2
    mean = squared.mean(axis=0)
    product = -0.5 * (squared - mean - mean[:, None] + mean.mean())
    n = len(ids)
    values, vectors = eigh(product, subset_by_index=[max(0, n - 2), n - 1])
    points = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    # An eigenvector's sign is arbitrary: fixed, so that every run gives the same points.
    points *= np.where(points[np.abs(points).argmax(axis=0), [0, 1]] < 0, -1, 1)
    found = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    stress = float(np.sqrt(((found - apart) ** 2).sum() / squared.sum()))
    notes["stress of the points (relative error of their distances)"] = round(stress, 6)
    if stress > _MOST_STRESS:
        raise ValueError(
            f"{paths['distances']}: no points of the plane have these distances (relative error "
            f"{stress:.3f}), such as travel times or distances by road: {remedy}"
        )
    return pd.DataFrame(points * 1000, columns=["x", "y"], index=ids.index)


def _nowhere(region: str) -> pyproj.CRS:
    """A plane in metres that is true to distances and says in its name where it is not."""
    lon, lat = _MIDDLE[region]
    plane = pyproj.CRS.from_user_input(f"+proj=laea +lat_0={lat} +lon_0={lon} +units=m")
    described = plane.to_json_dict() | {"name": "plane of points made from distances"}
    return pyproj.CRS.from_json_dict(described)
