"""The map of a synthetic Denmark: municipalities and islands, their names, codes and regions."""

import json
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from pyproj import Transformer

from movelaws.synthetic import travel
from movelaws.synthetic.geography import grouped, make_country
from movelaws.synthetic.topology import borders, polygons

REGIONS = ("Hovedstaden", "Sjælland", "Syddanmark", "Midtjylland", "Nordjylland")
_METRIC = "EPSG:25832"
_MIDDLE_M = (590_000.0, 6_210_000.0)
_MUNICIPALITY_KM2 = 435.0
_CELLS_PER_MUNICIPALITY = 6
_ISLANDS = 12
_NO_HEIGHT = -999.0
_BEGINNINGS = ("Sønder", "Nørre", "Øster", "Vester", "Ær", "Lille", "Store", "Sejl", "Rød", "Hav")
_ENDINGS = ("by", "købing", "rup", "sted", "lev", "borg", "ø", "bæk", "næs", "Å")


@dataclass(frozen=True, eq=False)
class Land:
    """Map of the country.

    Attributes
    ----------
    names, codes : (n,) of the municipalities, as published files write them.
    region : (n,) int, index of ``REGIONS``.
    weight : (n,) share of the population; sums to 1.
    parts : list of (municipality, polygon in degrees); islands are parts of their own.
    """

    names: list[str]
    codes: list[str]
    region: np.ndarray
    weight: np.ndarray
    parts: list[tuple[int, shapely.Polygon]]


def draw(rng: np.random.Generator, n: int) -> Land:
    """Draw a country of ``n`` municipalities, some of them with islands."""
    radius = float(np.sqrt(n * _MUNICIPALITY_KM2 / np.pi))
    country = make_country(rng, n, _CELLS_PER_MUNICIPALITY, radius, islands=_ISLANDS)
    line = borders(country.edges, country.sides, country.zone)
    to_degrees = Transformer.from_crs(_METRIC, "EPSG:4326", always_xy=True).transform
    degrees = np.column_stack(to_degrees(*(country.vertices * 1000 + _MIDDLE_M).T)).round(9)
    shapes = [list(shapely.get_parts(shape)) for shape in polygons(line, degrees)]
    return Land(
        names=_names(rng, n),
        codes=[str(101 + 2 * k) for k in range(n)],
        region=grouped(rng, country.centres, len(REGIONS)),
        weight=np.bincount(country.zone, country.weight) * rng.lognormal(0, 0.5, n),
        parts=[(k, part) for k, parts in enumerate(shapes) for part in parts],
    )


def _names(rng: np.random.Generator, n: int) -> list[str]:
    """Different fictional names with Danish letters, some with two words."""
    drawn, names = set(), []
    while len(names) < n:
        name = str(rng.choice(_BEGINNINGS)) + str(rng.choice(_ENDINGS)).lower()
        if rng.random() < 0.3:
            name += "-" + str(rng.choice(_BEGINNINGS)) + "land"
        if name in drawn:
            name += f" {len(names) + 1}"
        drawn.add(name)
        names.append(name)
    return names


def law_zones(land: Land, people: np.ndarray) -> geopandas.GeoDataFrame:
    """Municipalities as the law sees them: at the centroids of their parts, in metres."""
    owner, shape = zip(*land.parts, strict=True)
    table = geopandas.GeoDataFrame({"zone": owner}, geometry=list(shape), crs="EPSG:4326")
    point = table.dissolve("zone").to_crs(_METRIC).centroid
    return travel.law_zones(land.codes, point.x, point.y, people, _METRIC)


def boundaries(rng: np.random.Generator, land: Land) -> bytes:
    """GeoJSON with one feature for each part, in no order."""
    features = []
    for k in rng.permutation(len(land.parts)):
        owner, shape = land.parts[k]
        rings = [shape.exterior, *shape.interiors]
        name = land.names[owner]
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "lau_1": land.codes[owner],
                    "label_en": name,
                    "label_dk": name,
                    "iso_3166_2": f"DK-{81 + int(land.region[owner])}",
                },
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[x, y, _NO_HEIGHT] for x, y in r.coords] for r in rings],
                },
            }
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
