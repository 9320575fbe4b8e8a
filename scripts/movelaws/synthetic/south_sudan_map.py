"""The map of a synthetic South Sudan: counties of ten states, Abyei, and settlements in them."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
import shapely

from movelaws.synthetic import travel
from movelaws.synthetic.geography import grouped, make_country
from movelaws.synthetic.topology import borders, polygons

STATES = (
    "Central Equatoria",
    "Eastern Equatoria",
    "Jonglei",
    "Lakes",
    "Northern Bahr el Ghazal",
    "Unity",
    "Upper Nile",
    "Warrap",
    "Western Bahr el Ghazal",
    "Western Equatoria",
)
OLDER_STATE_CODES = (92, 93, 72, 84, 82, 73, 71, 81, 83, 91)
"""Codes of the states in the table of the population."""

ABYEI = "Abyei Region"
ABYEI_CODE = "SS0807"
"""Code of Abyei in the boundaries; the registers have another."""

ABYEI_STATE = STATES.index("Warrap")
CRS = "EPSG:4326"

SPELLINGS = (
    {"boundaries": "Kajo-keji", "settlements": "Kajo Keji", "population": "Kajo-keji"},
    {"boundaries": "Canal-Pigi", "settlements": "Canal (Khor Fulus)", "population": "Canal/Pigi"},
    {"boundaries": "Raja", "settlements": "Raja", "population": "Raga"},
)
"""Counties that the published files spell differently; here they are the first three drawn."""

_MIDDLE = (30.2, 7.6)
_KM_PER_DEGREE = 111.195
_COUNTY_KM2 = 8000.0
_CELLS_PER_COUNTY = 8
_LEAST_SETTLEMENTS, _MOST_SETTLEMENTS = 6, 20
_BEGINNINGS = ("Lo", "Kwa", "Ma", "Tha", "Ru", "Pa", "Nya", "Ko", "Wun", "Bu")
_ENDINGS = ("rok", "murle", "gor", "ding", "bek", "lit", "kuac", "yei", "dun", "jok")
_SIDES = ("", "", "", " East", " North", " South", " Centre")


@dataclass(frozen=True, eq=False)
class Land:
    """Map of the country, counties in the order of their codes.

    Attributes
    ----------
    names, codes : (n,) of the counties, as the boundaries write them.
    state : (n,) int, index of ``STATES``.
    shape : (n,) polygons in degrees.
    abyei : polygon of Abyei, which is no county of the registers.
    weight : (n,) share of the population; sums to 1.
    """

    names: list[str]
    codes: list[str]
    state: np.ndarray
    shape: list[shapely.Geometry]
    abyei: shapely.Geometry
    weight: np.ndarray

    def spelt(self, file: str) -> list[str]:
        """Names of the counties as one of the files writes them."""
        variant = {spelling["boundaries"]: spelling[file] for spelling in SPELLINGS}
        return [variant.get(name, name) for name in self.names]


def draw(rng: np.random.Generator, n: int) -> Land:
    """Draw a country of ``n`` counties, and Abyei at its north-western coast."""
    radius = float(np.sqrt(n * _COUNTY_KM2 / np.pi))
    country = make_country(rng, n + 1, _CELLS_PER_COUNTY, radius)
    line = borders(country.edges, country.sides, country.zone)
    shapes = polygons(line, _degrees(country.vertices).round(9))
    abyei = int(np.argmax(country.centres @ (-1.0, 1.0)))
    county = np.delete(np.arange(n + 1), abyei)

    state = grouped(rng, country.centres[county], min(len(STATES), n // 3))
    order = np.lexsort((rng.permutation(n), state))
    weight = np.bincount(country.zone, country.weight)[county] * rng.lognormal(0, 0.3, n)
    return Land(
        names=_names(rng, n),
        codes=_codes(state[order]),
        state=state[order],
        shape=[shapes[k] for k in county[order]],
        abyei=shapes[abyei],
        weight=(weight / weight.sum())[order],
    )


def _degrees(km: np.ndarray) -> np.ndarray:
    longitude, latitude = _MIDDLE
    east = km[:, 0] / _KM_PER_DEGREE / np.cos(np.radians(latitude))
    return np.column_stack([longitude + east, latitude + km[:, 1] / _KM_PER_DEGREE])


def _codes(state: np.ndarray) -> list[str]:
    """SS, state, number within the state; the number that Abyei has is left out."""
    codes, last = [], {}
    for k in state:
        last[k] = last.get(k, 0) + 1
        if f"SS{k + 1:02}{last[k]:02}" == ABYEI_CODE:
            last[k] += 1
        codes.append(f"SS{k + 1:02}{last[k]:02}")
    return codes


def _names(rng: np.random.Generator, n: int) -> list[str]:
    """Different fictional names, but for those of ``SPELLINGS``, in no order."""
    names = [spelling["boundaries"] for spelling in SPELLINGS]
    while len(names) < n:
        name = "".join(str(rng.choice(part)) for part in (_BEGINNINGS, _ENDINGS, _SIDES))
        if name not in names:
            names.append(name)
    return [names[k] for k in rng.permutation(n)]


def settlements(rng: np.random.Generator, land: Land) -> pd.DataFrame:
    """Places inside the counties and Abyei: county (-1 for Abyei), longitude, latitude (degrees).

    Coordinates have eight digits, which a file keeps exactly.
    """
    rows = []
    for county, shape in [*enumerate(land.shape), (-1, land.abyei)]:
        points = _inside(rng, shape, int(rng.integers(_LEAST_SETTLEMENTS, _MOST_SETTLEMENTS + 1)))
        rows.append(pd.DataFrame(points, columns=["longitude", "latitude"]).assign(county=county))
    return pd.concat(rows, ignore_index=True)


def _inside(rng: np.random.Generator, shape: shapely.Geometry, n: int) -> np.ndarray:
    west, south, east, north = shape.bounds
    kept = np.empty((0, 2))
    while len(kept) < n:
        tried = rng.uniform((west, south), (east, north), (4 * n, 2)).round(8)
        kept = np.vstack([kept, tried[shapely.contains_xy(shape, *tried.T)]])
    return kept[:n]


def law_zones(land: Land, places: pd.DataFrame, people: np.ndarray) -> geopandas.GeoDataFrame:
    """Counties as the law sees them: at the mean of their settlements, in degrees."""
    point = places[places["county"] >= 0].groupby("county")[["longitude", "latitude"]].mean()
    return travel.law_zones(land.codes, point["longitude"], point["latitude"], people, CRS)


def boundaries(land: Land) -> geopandas.GeoDataFrame:
    """Layer of the counties and Abyei, with the columns of the published one (dates as text)."""
    shapes = geopandas.GeoSeries([*land.shape, land.abyei], crs=CRS)
    state = np.append(land.state, ABYEI_STATE)
    table = geopandas.GeoDataFrame(
        {
            "Shape_Leng": shapely.length(shapes.values).round(11),
            "Shape_Area": shapely.area(shapes.values).round(11),
            "ADM2_EN": [*land.names, ABYEI],
            "ADM2_PCODE": [*land.codes, ABYEI_CODE],
            "ADM2_REF": None,
            "ADM2ALT1EN": None,
            "ADM2ALT2EN": None,
            "ADM1_EN": [STATES[k] for k in state],
            "ADM1_PCODE": [f"SS{k + 1:02}" for k in state],
            "ADM0_EN": "South Sudan",
            "ADM0_PCODE": "SS",
            "date": "2018-08-15",
            "validOn": "2021-09-24",
            "validTo": None,
        },
        geometry=shapes,
    )
    text = ["ADM2_REF", "ADM2ALT1EN", "ADM2ALT2EN", "validTo"]
    return table.astype(dict.fromkeys(text, "string")).sort_values("ADM2_PCODE", ignore_index=True)
