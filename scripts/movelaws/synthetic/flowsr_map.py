"""The map of a synthetic region of China: sub-districts, counties, their codes and points."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
from pyproj import Geod, Transformer

from movelaws.synthetic.geography import grouped, make_country
from movelaws.synthetic.topology import borders, polygons

MIDDLE = {"bth": (116.2, 39.2), "guangdong": (113.4, 23.1)}
"""Longitude and latitude of the middle of each region."""

PROVINCES = {"bth": (11, 12, 13), "guangdong": (44,)}
"""First two digits of the codes: Beijing, Tianjin, Hebei; Guangdong."""

_KM2 = {
    ("bth", "county"): 1080.0,
    ("guangdong", "county"): 1400.0,
    ("guangdong", "subdistrict"): 85.0,
}
_CELLS = {"county": 6, "subdistrict": 2}
_CITY_ZONES = 12


@dataclass(frozen=True)
class Land:
    """Zones and the places within them.

    Attributes
    ----------
    codes, names : (n_zones,) int codes and names of the zones, codes rising.
    county : (n_zones,) int, code of the county that a zone is or lies in.
    city : (n_zones,) int, number of the prefecture-level city.
    lon, lat : (n_zones,) degrees.
    area_km2 : (n_zones,)
    places : (n_places,) int codes of the finest units: sub-districts, or the zones themselves.
    place_lon, place_lat : (n_places,) degrees.
    place_zone : (n_places,) int, row of the zone of each place.
    weight : (n_places,) share of the people.
    """

    codes: np.ndarray
    names: list[str]
    county: np.ndarray
    city: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    area_km2: np.ndarray
    places: np.ndarray
    place_lon: np.ndarray
    place_lat: np.ndarray
    place_zone: np.ndarray
    weight: np.ndarray

    @property
    def n_zones(self) -> int:
        """Number of zones."""
        return len(self.codes)

    @property
    def has_finer_places(self) -> bool:
        """Whether zones are divided into places."""
        return len(self.places) != len(self.codes)

    def geodesic_km(self) -> np.ndarray:
        """(n_zones, n_zones) distances on the ellipsoid WGS 84."""
        i, j = np.indices((self.n_zones, self.n_zones))
        metres = Geod(ellps="WGS84").inv(self.lon[i], self.lat[i], self.lon[j], self.lat[j])[2]
        return metres / 1000

    def tables(
        self, residents: np.ndarray, workers: np.ndarray
    ) -> tuple[geopandas.GeoDataFrame, pd.DataFrame]:
        """Zones and places as the law sees them, from the people of each place."""
        people = {"residential_population": residents, "workplace_population": workers}
        summed = {
            name: np.bincount(self.place_zone, values, minlength=self.n_zones)
            for name, values in people.items()
        }
        ids = self.codes.astype(str)
        zones = geopandas.GeoDataFrame(
            {"zone_id": ids, "x": self.lon, "y": self.lat, **summed},
            geometry=geopandas.points_from_xy(self.lon, self.lat),
            crs="EPSG:4326",
        )
        places = {"place_id": self.places.astype(str), "zone_id": ids[self.place_zone]}
        places |= {"x": self.place_lon, "y": self.place_lat}
        return zones, pd.DataFrame(places | {name: v.astype(float) for name, v in people.items()})


def draw(rng: np.random.Generator, region: str, level: str, n: int) -> Land:
    """Draw a region of ``n`` zones; counties of Guangdong are divided into sub-districts."""
    radius = float(np.sqrt(n * _KM2[region, level] / np.pi))
    country = make_country(rng, n, _CELLS[level], radius)
    group = grouped(rng, country.centres, max(len(PROVINCES[region]), n // _CITY_ZONES))
    line = borders(country.edges, country.sides, country.zone)
    area = np.array([shape.area for shape in polygons(line, country.vertices)])
    county, code = _codes(region, level, country.centres, group)
    order = np.argsort(code)
    row = np.argsort(order)
    lon, lat = _degrees(region, country.centres[order])
    finer = (region, level) == ("guangdong", "county")
    zone = row[country.zone] if finer else np.arange(n)
    if finer:
        cells = np.argsort(zone, kind="stable")
        places, zone = _numbered(code[order][zone[cells]]), zone[cells]
        weight, place = country.weight[cells], _degrees(region, country.cells[cells])
    else:
        places, place = code[order], (lon, lat)
        weight = np.bincount(row[country.zone], country.weight)
    return Land(
        codes=code[order],
        names=[f"Synthetic {k + 1:03d}" for k in range(n)],
        county=county[order],
        city=group[order],
        lon=lon,
        lat=lat,
        area_km2=area[order].round(3),
        places=places,
        place_lon=place[0],
        place_lat=place[1],
        place_zone=zone,
        weight=weight,
    )


def _codes(
    region: str, level: str, centres: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Six digits of the county and the code of each zone: nine digits for a sub-district."""
    provinces = PROVINCES[region]
    # The two cities next to the middle are Beijing and Tianjin, all others lie in Hebei.
    middle = [np.hypot(*centres[group == k].mean(axis=0)) for k in range(group.max() + 1)]
    rank = np.argsort(np.argsort(middle))
    province = np.array(provinces)[np.minimum(rank[group], len(provinces) - 1)]
    number = pd.Series(group).groupby(group).cumcount().to_numpy() + 1
    if level == "county":
        county = province * 10_000 + (group + 1) * 100 + number
        return county, county
    county = province * 10_000 + (group + 1) * 100 + 1
    return county, county * 1000 + number


def _numbered(county: np.ndarray) -> np.ndarray:
    """Codes of sub-districts: that of their county and three digits."""
    return county * 1000 + pd.Series(county).groupby(county).cumcount().to_numpy() + 1


def _degrees(region: str, km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = MIDDLE[region]
    plane = f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    to_degrees = Transformer.from_crs(plane, "EPSG:4326", always_xy=True).transform
    x, y = to_degrees(*(km.T * 1000))
    return np.round(x, 6), np.round(y, 6)
