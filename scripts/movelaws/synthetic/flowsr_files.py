"""The archives of a synthetic region of China, in the published layout of FlowSR."""

import io
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from movelaws.od import Pairs
from movelaws.synthetic.files import csv_bytes
from movelaws.synthetic.flowsr_map import Land
from movelaws.synthetic.south_sudan_tables import workbook

_DAY = datetime(2024, 6, 1)
_WAN = 10_000
_PROTOCOL = 4
_PROVINCE_NAMES = {11: "Beijing", 12: "Tianjin", 13: "Hebei"}


@dataclass(frozen=True)
class Content:
    """What an archive tells.

    Attributes
    ----------
    land : the zones and places.
    flow : (n_zones, n_zones) trips; the diagonal is not told.
    residents, workers : (n_places,) people; workers is None for mobility.
    pairs : all pairs of zones with opportunities, by population.
    coordinates : whether the attributes have lon and lat.
    """

    land: Land
    flow: np.ndarray
    residents: np.ndarray
    workers: np.ndarray | None
    pairs: Mapping[str, Pairs]
    coordinates: bool


def bth(content: Content, level: str, kind: str) -> bytes:
    """Zip archive of nested-dictionary pickles and a workbook: BTH_county_*."""
    land = content.land
    moved = [(land.codes[i], land.codes[j], int(content.flow[i, j])) for i, j in _moved(content)]
    n, residents = land.n_zones, _of_zones(land, content.residents)
    place = ["lon", "lat"] if content.coordinates else ["province_code", "city_code"]
    # The code is the fifth column and the population the eighth, as the published scripts have it.
    header = ["province", "city", "county", "area_km2", "code", *place, "pop", "pop_wan"]
    rows: list[list[object]] = []
    for k in range(n):
        code, people = int(land.codes[k]), int(residents[k])
        where = [code // 10_000, code // 100]
        if content.coordinates:
            where = [float(land.lon[k]), float(land.lat[k])]
        row = [_PROVINCE_NAMES[code // 10_000], f"City {land.city[k] + 1}", land.names[k]]
        rows.append([*row, float(land.area_km2[k]), code, *where, people, people / _WAN])
    return _zipped(
        {
            "BTH_county_flow.pkl": _nested(land.codes, moved),
            "BTH_county_dist.pkl": _nested(land.codes, _rows(land, land.geodesic_km())),
            "BTH_county_io.pkl": _nested(land.codes, _rows(land, _square(content, "residential"))),
            "BTH_county_attr.xlsx": workbook({"attr": [header, *rows]}, _DAY),
        }
    )


def guangdong(content: Content, level: str, kind: str) -> bytes:
    """Zip archive of a matrix, a pickle of its zones, and tables: gd_commute_*, gd_mobility_*."""
    land, commuting = content.land, kind == "commuting"
    stem, where = "gd_commute" if commuting else "gd_mobility", f"inter{level}"
    folder = f"{kind.capitalize()}_{level}"
    moved = content.flow.astype(float)
    np.fill_diagonal(moved, 0)
    opportunity = f"{stem}_opportunity_{where}"
    names = {"residential": "_res", "workplace": "_work"} if commuting else {"residential": ""}
    members = {
        f"{stem}_flow_matrix_{where}.npy": _npy(moved),
        f"{stem}_ids_mapping_{where}.pkl": _pickled(dict(enumerate(land.codes.tolist()))),
        f"{stem}_dist_{where}.csv": _long(land, land.geodesic_km(), "geodesic_dist"),
        f"{stem}_attr_{where}.csv": csv_bytes(_attributes(content, level)),
    }
    for population, ending in names.items():
        square = _square(content, population)
        members[f"{opportunity}{ending}.csv"] = _long(land, square, "opportunity")
    members = {f"{folder}/{name}": data for name, data in members.items()}
    if land.has_finer_places:
        name = f"{kind.capitalize()}_subdistrict/{stem}_attr_intersubdistrict.csv"
        members[name] = csv_bytes(_finer_attributes(content))
    return _zipped(members)


def _attributes(content: Content, level: str) -> pd.DataFrame:
    land = content.land
    table = {"street_num" if level == "subdistrict" else "county": land.codes, "name": land.names}
    if level == "subdistrict":
        table["county"] = land.county
    if content.coordinates:
        table |= {"lon": land.lon, "lat": land.lat}
    table["area_km2"] = land.area_km2
    people = [
        None if p is None else _of_zones(land, p) for p in (content.residents, content.workers)
    ]
    return pd.DataFrame(table | _people(*people))


def _finer_attributes(content: Content) -> pd.DataFrame:
    land = content.land
    table = {"street_num": land.places, "county": land.codes[land.place_zone]}
    if content.coordinates:
        table |= {"lon": land.place_lon, "lat": land.place_lat}
    return pd.DataFrame(table | _people(content.residents, content.workers))


def _people(residents: np.ndarray, workers: np.ndarray | None) -> dict[str, np.ndarray]:
    if workers is None:
        return {"pop": residents}
    return {"home_pop": residents, "work_pop": workers}


def _of_zones(land: Land, people: np.ndarray) -> np.ndarray:
    return np.bincount(land.place_zone, people, minlength=land.n_zones).astype(np.int64)


def _square(content: Content, population: str) -> np.ndarray:
    pairs = content.pairs[population]
    square = np.zeros((pairs.n_zones, pairs.n_zones))
    square[pairs.origin, pairs.destination] = pairs.intervening
    return square


def _moved(content: Content):
    origin, destination = np.nonzero(content.flow)
    apart = origin != destination
    return zip(origin[apart], destination[apart], strict=True)


def _rows(land: Land, square: np.ndarray):
    for i, j in zip(*np.nonzero(~np.eye(land.n_zones, dtype=bool)), strict=True):
        yield land.codes[i], land.codes[j], float(square[i, j])


def _nested(codes: np.ndarray, entries) -> bytes:
    """Pickle of value[origin][destination]; every zone is an origin, as in the published files."""
    nested: dict[int, dict[int, float]] = {int(code): {} for code in codes}
    for origin, destination, value in entries:
        nested[int(origin)][int(destination)] = value
    return _pickled(nested)


def _pickled(content: object) -> bytes:
    return pickle.dumps(content, protocol=_PROTOCOL)


def _npy(matrix: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, matrix, allow_pickle=False)
    return out.getvalue()


def _long(land: Land, square: np.ndarray, name: str) -> bytes:
    apart = ~np.eye(land.n_zones, dtype=bool)
    origin, destination = np.nonzero(apart)
    table = {"o_id": land.codes[origin], "d_id": land.codes[destination], name: square[apart]}
    return csv_bytes(pd.DataFrame(table))


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, date_time=_DAY.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()
