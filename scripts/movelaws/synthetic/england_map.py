"""The map of a synthetic England and Wales: districts, MSOAs, their codes, names and borders."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from movelaws.synthetic.geography import Country, make_country
from movelaws.synthetic.topology import Borders, borders, polygons, topojson

CITY, CITY_HOST = "E09000001", "E09000033"
ISLES, ISLES_HOST = "E06000053", "E06000052"
_MIDDLE_M = (400_000.0, 330_000.0)
_GRID = 100_000
_WELSH, _LONDON, _METROPOLITAN, _UNITARY = 0.08, 0.10, 0.11, 0.15
_NATIONAL_GRID = "EPSG:27700"


@dataclass(frozen=True)
class Land:
    """Map of the country; MSOAs are its cells.

    Attributes
    ----------
    zone, district : (n_msoas,) merged district and district as published, of each MSOA.
    welsh : (n_zones,) bool.
    work, live : (n_msoas,) shares of the work and of the people, not normalised.
    msoa_codes, district_codes, district_names : as published files have them; MSOAs are in the
        order of the cells, districts sorted by code.
    degrees : (n_vertices, 2) longitude and latitude of the borders.
    district_lines : borders of the districts.
    msoa_boxes : (n_msoas, 4) bounds in degrees.
    grid, transform : the same vertices on the TopoJSON grid, and the way back.
    centres_km : (n_zones, 2).
    """

    zone: np.ndarray
    district: np.ndarray
    welsh: np.ndarray
    work: np.ndarray
    live: np.ndarray
    msoa_codes: np.ndarray
    district_codes: np.ndarray
    district_names: list[str]
    degrees: np.ndarray
    district_lines: Borders
    msoa_bounds: np.ndarray
    grid: np.ndarray
    transform: dict
    centres_km: np.ndarray


def draw(rng: np.random.Generator, zones: int, msoas_per_zone: int, radius_km: float) -> Land:
    """Draw the map: a city with its inner square mile, an island, and Wales in the west."""
    country = make_country(rng, zones, msoas_per_zone, radius_km, islands=1)
    people = np.bincount(country.zone, country.weight)
    crowd = people / np.bincount(country.zone)
    isles_host = country.zone[country.islands[0]]
    crowd[isles_host] = 0
    london = int(np.argmax(crowd))
    welsh = np.zeros(zones, bool)
    western = [z for z in np.argsort(country.centres[:, 0]) if z not in (london, isles_host)]
    welsh[western[: max(1, round(_WELSH * zones))]] = True
    zone_code = _zone_codes(country, crowd, welsh, london, int(isles_host))

    inner = _inner_cell(country, london)
    code = np.array(zone_code, dtype=object)[country.zone]
    code[inner], code[country.islands[0]] = CITY, ISLES
    district_codes, district = np.unique(code.astype(str), return_inverse=True)
    work = country.weight * rng.lognormal(0, 0.3, country.zone.size)
    work[inner] = 0.4 * work[country.zone == london].sum()
    live = country.weight.copy()
    live[inner] *= 0.02

    degrees, grid, transform = _quantised(country)
    cells = polygons(borders(country.edges, country.sides, np.arange(code.size)), degrees)
    return Land(
        zone=country.zone,
        district=district,
        welsh=welsh,
        work=work,
        live=live,
        msoa_codes=_msoa_codes(code.astype(str)),
        district_codes=district_codes,
        district_names=[f"Synthetic district {k + 1:03d}" for k in range(district_codes.size)],
        degrees=degrees,
        district_lines=borders(country.edges, country.sides, district),
        msoa_bounds=shapely.bounds(cells),
        grid=grid,
        transform=transform,
        centres_km=country.centres,
    )


def _zone_codes(country: Country, crowd, welsh, london: int, isles_host: int) -> list[str]:
    """London boroughs around London, metropolitan districts where crowded, then the rest."""
    n = welsh.size
    fixed = {london: CITY_HOST, isles_host: ISLES_HOST}
    kind = np.where(welsh, "W06", "E07").astype(object)
    free = [z for z in range(n) if not welsh[z] and z not in fixed]
    apart = np.hypot(*(country.centres - country.centres[london]).T)
    boroughs = sorted(free, key=lambda z: apart[z])[: round(_LONDON * n)]
    crowded = sorted(set(free) - set(boroughs), key=lambda z: -crowd[z])
    metropolitan = round(_METROPOLITAN * n)
    kind[boroughs] = "E09"
    kind[crowded[:metropolitan]] = "E08"
    kind[crowded[metropolitan : metropolitan + round(_UNITARY * n)]] = "E06"
    taken = {CITY, CITY_HOST, ISLES, ISLES_HOST}
    count = dict.fromkeys(("E06", "E07", "E08", "E09", "W06"), 0)
    codes = []
    for z in range(n):
        while z not in fixed:
            count[kind[z]] += 1
            code = f"{kind[z]}{count[kind[z]]:06d}"
            if code not in taken:
                break
        codes.append(fixed.get(z) or code)
    return codes


def _inner_cell(country: Country, zone: int) -> int:
    members = np.flatnonzero(country.zone == zone)
    members = np.setdiff1d(members, country.islands)
    middle = country.cells[members].mean(axis=0)
    return int(members[np.argmin(np.hypot(*(country.cells[members] - middle).T))])


def _msoa_codes(parents: np.ndarray) -> np.ndarray:
    """Numbered by district, the City of London first, England and Wales apart."""
    order = np.lexsort((np.arange(parents.size), parents, parents != CITY))
    codes = np.empty(parents.size, dtype=object)
    for country, prefix in (("E", "E02"), ("W", "W02")):
        members = [k for k in order if parents[k].startswith(country)]
        for number, k in enumerate(members, start=1):
            codes[k] = f"{prefix}{number:06d}"
    return codes.astype(str)


def _quantised(country: Country) -> tuple[np.ndarray, np.ndarray, dict]:
    """Vertices in degrees, rounded to a grid of 100,000 steps each way, as the published file."""
    to_degrees = Transformer.from_crs(_NATIONAL_GRID, "EPSG:4326", always_xy=True).transform
    exact = np.column_stack(to_degrees(*(country.vertices * 1000 + _MIDDLE_M).T))
    low, high = exact.min(axis=0), exact.max(axis=0)
    scale = (high - low) / (_GRID - 1)
    grid = np.round((exact - low) / scale).astype(np.int64)
    return grid * scale + low, grid, {"scale": scale.tolist(), "translate": low.tolist()}


def topology(land: Land) -> dict:
    """Boundaries of the districts as a TopoJSON topology with the object ``lad``."""
    properties = [
        {"areacd": str(code), "areanm": name}
        for code, name in zip(land.district_codes, land.district_names, strict=True)
    ]
    return topojson(land.district_lines, land.grid, land.transform, "lad", properties)


def msoa_boxes(land: Land) -> pd.DataFrame:
    """Code, name, district and bounding box in degrees of each MSOA, sorted by code."""
    table = pd.DataFrame(
        {
            "areacd": land.msoa_codes,
            "areanm": [f"Synthetic area {code[:1]}{code[-4:]}" for code in land.msoa_codes],
            "parentcd": land.district_codes[land.district],
        }
    )
    return _with_box(table, land.msoa_bounds).sort_values("areacd", ignore_index=True)


def district_boxes(land: Land) -> pd.DataFrame:
    """Code, name and bounding box in degrees of each district."""
    table = pd.DataFrame({"areacd": land.district_codes, "areanm": land.district_names})
    return _with_box(table, shapely.bounds(polygons(land.district_lines, land.degrees)))


def _with_box(table: pd.DataFrame, bounds: np.ndarray) -> pd.DataFrame:
    return table.assign(
        **dict(zip(("xmin", "ymin", "xmax", "ymax"), bounds.round(3).T, strict=True))
    )


def law_tables(land: Land, work: np.ndarray) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
    """English zones at the centroids of the merged districts, and MSOAs as places, in metres."""
    shapes = geopandas.GeoSeries(polygons(land.district_lines, land.degrees), crs="EPSG:4326")
    shapes = shapes.make_valid().to_crs(_NATIONAL_GRID)
    merged = dict(zip(land.district, land.zone, strict=True))
    zone = [merged[k] for k in range(len(shapes))]
    outline = geopandas.GeoDataFrame({"zone": zone}, geometry=shapes).dissolve("zone")
    point = shapely.get_coordinates(outline.centroid.to_numpy())
    name = np.array([f"{z:03d}" for z in range(land.welsh.size)])
    mass = np.bincount(land.zone, work).astype(float)
    zones = outline.assign(zone_id=name, x=point[:, 0], y=point[:, 1], workplace_population=mass)

    boxes = land.msoa_bounds.round(3)
    middle = geopandas.points_from_xy(boxes[:, ::2].mean(axis=1), boxes[:, 1::2].mean(axis=1))
    metres = geopandas.GeoSeries(middle, crs="EPSG:4326").to_crs(_NATIONAL_GRID)
    places = pd.DataFrame(
        {
            "place_id": land.msoa_codes,
            "zone_id": name[land.zone],
            "x": metres.x,
            "y": metres.y,
            "workplace_population": work.astype(float),
        }
    )
    return zones[~land.welsh], places[~land.welsh[land.zone]]
