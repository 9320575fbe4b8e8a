"""Tables of a fictional country of addresses, as Dataforsyningen (DAWA) publishes them.

The flat format of ``/adgangsadresser?format=csv``: all columns of the service in its order, those
that the country has no values for empty. Written in blocks, so that millions of rows fit into
memory.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

from movelaws.synthetic import address_names
from movelaws.synthetic.address_geography import Country, outlines

CRS = "EPSG:25832"
COLUMNS = (
    *("id", "status", "oprettet", "ændret", "vejkode", "vejnavn", "vejpunkt_id"),
    *("vejpunkt_kilde", "vejpunkt_nøjagtighed", "vejpunkt_tekniskstandard", "vejpunkt_x"),
    *("vejpunkt_y", "adresseringsvejnavn", "husnr", "supplerendebynavn", "postnr", "postnrnavn"),
    *("stormodtagerpostnr", "stormodtagerpostnrnavn", "kommunekode", "kommunenavn"),
    *("ejerlavkode", "ejerlavnavn", "matrikelnr", "esrejendomsnr", "adgangspunktid"),
    *("etrs89koordinat_øst", "etrs89koordinat_nord", "wgs84koordinat_bredde"),
    *("wgs84koordinat_længde", "nøjagtighed", "kilde", "tekniskstandard", "tekstretning"),
    *("adressepunktændringsdato", "ddkn_m100", "ddkn_km1", "ddkn_km10", "regionskode"),
    *("regionsnavn", "jordstykke_ejerlavkode", "jordstykke_matrikelnr"),
    *("jordstykke_esrejendomsnr", "jordstykke_ejerlavnavn", "højde", "kvh", "sognekode"),
    *("sognenavn", "politikredskode", "politikredsnavn", "retskredskode", "retskredsnavn"),
    *("afstemningsområdenummer", "afstemningsområdenavn", "opstillingskredskode"),
    *("opstillingskredsnavn", "zone", "brofast"),
)
"""Header of the flat format, as the source code of the service has it."""

IN_FORCE, PROVISIONAL = 1, 3
_BLOCK = 200_000
_TOWNS_PER_MUNICIPALITY, _TOWNS_PER_POST = 12, 3
_TIME = "2014-05-05T19:07:48.577"


@dataclass(frozen=True, eq=False)
class Names:
    """Names and districts.

    town : (n_towns,) names. code : (n_towns,) municipality and number of each town.
    municipality, post : (n_buildings,) number of the district of each; their names beside them.
    """

    town: list[str]
    code: list[str]
    municipality: np.ndarray
    municipalities: list[str]
    post: np.ndarray
    posts: list[str]


def named(rng: np.random.Generator, country: Country) -> Names:
    """Districts around the largest towns, called after them."""
    sizes = np.bincount(country.town[country.town >= 0])
    town = address_names.towns(rng, sizes.size)
    largest = np.argsort(-sizes, kind="stable")
    centres = np.column_stack([country.town_x, country.town_y])
    farms = np.column_stack([country.x, country.y])[country.town < 0]
    parts = []
    for per in (_TOWNS_PER_MUNICIPALITY, _TOWNS_PER_POST):
        seats = largest[: max(1, sizes.size // per)]
        tree = cKDTree(centres[seats])
        of_town = tree.query(centres)[1]
        of_building = np.concatenate([of_town[country.town[country.town >= 0]],
                                      tree.query(farms)[1] if len(farms) else []])  # fmt: skip
        parts.append((of_town, of_building.astype(np.int64), [town[k] for k in seats]))
    (own, municipality, seats), (_, post, posts) = parts
    code = [f"{101 + 2 * m}{k:05d}" for k, m in enumerate(own)]
    return Names(town, code, municipality, seats, post, posts)


def write_addresses(path: Path, country: Country, names: Names, spare: np.ndarray, seed: int):
    """Write the addresses of all buildings, then provisional ones and ones without a point.

    Parameters
    ----------
    spare : buildings at which provisional addresses are planned; every second has no point yet.
    seed : of the identifiers, which are those of the rows from 0.

    Returns
    -------
    (n_buildings,) row of the first address of each building.
    """
    first = np.cumsum(country.dwellings) - country.dwellings
    building = np.append(np.repeat(np.arange(country.x.size), country.dwellings), spare)
    new = np.arange(building.size) >= building.size - spare.size
    number = _house_numbers(country)
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        for start in range(0, building.size, _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, building.size))
            at, fresh = building[rows], new[rows]
            table = _rows(country, names, number, at, rows, first[at], fresh, seed, to_degrees)
            how = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
            pyarrow.csv.write_csv(table, file, how)
    return first


def _rows(country, names, number, at, rows, first, fresh, seed, to_degrees) -> pa.Table:
    x, y = country.x[at], country.y[at]
    longitude, latitude = (v.round(8) for v in to_degrees.transform(x, y))
    town, post = country.town[at], names.post[at]
    # The town is the post district's own where they have one name.
    own = np.array([*names.town, ""], dtype=object)[town]
    posts = np.array(names.posts, dtype=object)[post]
    own = np.where(own == posts, "", own)
    municipality = names.municipality[at]
    streets = address_names.streets()
    street = country.street[at]
    letter = np.where(fresh, 25, np.minimum(rows - first, 24))
    letters = np.array(["", *"BCDEFGHIJKLMNOPQRSTUVWXYZ"], dtype=object)
    house = number[at].astype(str).astype(object) + letters[letter]
    no_point = fresh & (rows % 2 == 0)
    text = {
        "id": address_names.identifiers(rows, seed),
        "status": pa.array(np.where(fresh, PROVISIONAL, IN_FORCE)),
        "oprettet": pa.array([_TIME]).take(pa.array(np.zeros(at.size, np.int64))),
        "vejkode": _taken([f"{k:04d}" for k in range(10_000)], street % 9899 + 1),
        "vejnavn": _taken(streets, street % len(streets)),
        "husnr": pa.array(house, pa.string()),
        "supplerendebynavn": pa.array(own, pa.string()),
        "postnr": _taken([f"{1000 + k}" for k in range(9000)], post * 7 % 9000),
        "postnrnavn": pa.array(posts, pa.string()),
        "kommunekode": _taken(
            [f"{101 + 2 * k:04d}" for k in range(len(names.municipalities))], municipality
        ),
        "kommunenavn": _taken(names.municipalities, municipality),
        "etrs89koordinat_øst": pa.array(x, mask=no_point),
        "etrs89koordinat_nord": pa.array(y, mask=no_point),
        "wgs84koordinat_bredde": pa.array(latitude, mask=no_point),
        "wgs84koordinat_længde": pa.array(longitude, mask=no_point),
        "nøjagtighed": _taken(["A", "U"], no_point.astype(np.int64)),
        "zone": _taken(["Landzone", "Byzone"], (town >= 0).astype(np.int64)),
    }
    text["adgangspunktid"] = address_names.identifiers(at, seed + 1)
    text["ændret"], text["adresseringsvejnavn"] = text["oprettet"], text["vejnavn"]
    for name, unit, cut in (("m100", "100m", 100), ("km1", "1km", 1000), ("km10", "10km", 10**4)):
        parts = [pa.array((v // cut).astype(np.int64)).cast(pa.string()) for v in (y, x)]
        square = pc.binary_join_element_wise(unit, *parts, "_")
        text[f"ddkn_{name}"] = pc.if_else(pa.array(no_point), None, square)
    empty = pa.nulls(at.size, pa.string())
    return pa.table({name: text.get(name, empty) for name in COLUMNS})


def _taken(values: list[str], index: np.ndarray) -> pa.Array:
    return pa.array(values).take(pa.array(index))


def _house_numbers(country: Country) -> np.ndarray:
    """Number of each building in its street, from 1."""
    first = np.r_[True, np.diff(country.street) != 0]
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    return np.arange(country.street.size) - start + 1


def towns_layer(country: Country, names: Names) -> bytes:
    """GeoJSON of the outlines of all towns with their number of dwellings."""
    inside = country.town >= 0
    people = np.bincount(country.town[inside], country.dwellings[inside]).astype(int)
    properties = (
        {"bykode": code, "navn": name, "adresser": int(n)}
        for code, name, n in zip(names.code, names.town, people, strict=True)
    )
    return layer(outlines(country), properties, CRS)


def layer(
    shapes: list[shapely.Polygon], properties: Iterable[dict[str, object]], crs: str
) -> bytes:
    """GeoJSON in longitude and latitude of polygons in ``crs``, to a tenth of a metre."""
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
    features = []
    for shape, values in zip(shapes, properties, strict=True):
        rings = [shape.exterior, *shape.interiors]
        rings = [np.column_stack(to_degrees(*np.array(r.coords).T)).round(6) for r in rings]
        geometry = {"type": "Polygon", "coordinates": [ring.tolist() for ring in rings]}
        features.append({"type": "Feature", "properties": values, "geometry": geometry})
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def write_moves(path: Path, origin: np.ndarray, destination: np.ndarray, year, seed: int) -> None:
    """Register of moves: identifiers of the address left and the one moved to, and the year."""
    table = pa.table(
        {
            "from": address_names.identifiers(origin, seed),
            "to": address_names.identifiers(destination, seed),
            "year": pa.array(year),
        }
    )
    with path.open("wb") as file:
        file.write(b"from,to,year\n")
        how = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
        pyarrow.csv.write_csv(table, file, how)
