"""Residential mobility between the communes of France, as INSEE publishes it from the census.

Raw files, by role
------------------
moves : "Base flux de mobilité - migrations résidentielles", CSV separated by semicolons (also .gz,
    or the only one in a .zip), UTF-8 or Latin-1: CODGEO, LIBGEO (commune now), DCRAN, L_DCRAN
    (commune one year before), NBFLUX_C18_POP01P or the like (persons of one year and more; five
    years before 2010). Or the individuals, ``FD_MIGCOM``: COMMUNE, ARM, DCRAN, IPONDI.
communes : where the communes are: CSV with code, x and y (Lambert-93) or lon and lat, and perhaps
    name and population; or a layer of polygons with the code, of which the centroids are taken and
    which are the land.
addresses : Base Adresse Nationale in the place of communes: a commune lies at the mean of its
    addresses and weighs their number.
population : CSV with DEPCOM (or COM, CODGEO, code) and PMUN (or population), the weights.

Census counts are weighted, so that moves are no whole numbers. DCRAN beginning with 99 is abroad.
The arrondissements of Paris, Lyon and Marseille count for their city where the communes have no
such codes.
"""

import codecs
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from movelaws import layers
from movelaws.adapters import _checkin_files as raw
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _places, _positions
from movelaws.pointsets.adapters._options import LandParts, Share

REQUIRED = ("moves",)
OPTIONAL = ("communes", "addresses", "population")
ONE_OF = (("communes", "addresses"),)

METRIC = "EPSG:2154"
_CODE = ["code", "codgeo", "code_insee", "insee_com", "depcom", "com", "insee"]
_NAME = ["name", "nom", "libgeo", "nom_commune", "libelle", "nom_com"]
_PEOPLE = ["population", "pmun", "ptot", "pop", "p18_pop"]
_CITIES = (
    ("75056", [f"751{n:02d}" for n in range(1, 21)]),
    ("69123", [f"6938{n}" for n in range(1, 10)]),
    ("13055", [f"132{n:02d}" for n in range(1, 17)]),
)
_CITY_OF = {code: city for city, codes in _CITIES for code in codes}
_OVERSEAS = ("97", "98")
_ABROAD = "99"
_LAYER = (".geojson", ".json", ".shp", ".gpkg", ".topojson")


def read(
    files: dict[str, Path],
    *,
    weight: Literal["population", "addresses", "one"] = "population",
    mainland: bool = True,
    land_parts: LandParts = "with_places",
    max_unusable: Share = 0.02,
) -> frames.PointSet:
    """Communes as places, in Lambert-93.

    Parameters
    ----------
    files : paths by role, see the module; communes or addresses must be given.
    weight : of a commune: its population, the number of its addresses (role addresses), or 1.
    mainland : leave the overseas departments out, which Lambert-93 does not fit.
    land_parts : which polygons of communes count as land: those with a place in them, or all.
    max_unusable : largest share of rows of moves that may name an unknown commune (communes merge
        every year: use those of the year of the moves).

    Returns
    -------
    PointSet in EPSG:2154; the town of a place is the name of its commune.

    Raises
    ------
    ValueError
        Naming the file, the column, the row and the remedy.
    """
    notes: dict[str, frames.Note] = {}
    if weight == "addresses" and "addresses" not in files:
        raise ValueError("option weight 'addresses': give the file role 'addresses'")
    land = None
    if "communes" in files:
        points, land = _communes(files["communes"], mainland, max_unusable, notes)
    if "addresses" in files:
        counted = _of_addresses(files["addresses"], mainland, max_unusable, notes)
        if "communes" not in files:
            points = counted
        elif weight == "addresses":
            number = counted.set_index("place_id")["addresses"]
            points["addresses"] = points["place_id"].map(number)
    _places.unique_ids(files.get("communes", files.get("addresses")), points["place_id"], "code")
    points = _weighted(points, files, weight, notes)
    moves = _moves(files["moves"], points["place_id"].to_numpy(), mainland, max_unusable, notes)
    notes["places are"] = "communes"
    if land is not None and land_parts == "with_places":
        land = land[land.intersects(gpd.points_from_xy(points["x"], points["y"]).union_all())]
    return _places.finish(points, METRIC, notes, moves=moves, land=land, register=files["moves"])


def _communes(path, mainland, most, notes) -> tuple[pd.DataFrame, gpd.GeoSeries | None]:
    """Centroids of polygons with their union, or the points of a table."""
    if path.suffix.lower() in _LAYER:
        layer, repaired = layers.read_layer(path)
        code = layers.pick(layer, path, _CODE, "code of the communes")
        kept = ~code.str.startswith(_OVERSEAS) | (not mainland)
        layer, code = layer[kept], code[kept]
        name = code
        if {str(c).casefold() for c in layer.columns} & set(_NAME):
            name = layers.pick(layer, path, _NAME, "name of the communes")
        shapes = layer.geometry.force_2d().to_crs(METRIC)
        notes["polygons of communes repaired"] = repaired
        centre = shapes.centroid
        frame = {"place_id": code, "x": centre.x, "y": centre.y, "town": name}
        people = next((c for c in layer.columns if str(c).casefold() in _PEOPLE), None)
        if people is not None:
            frame["population"] = pd.to_numeric(layer[people], errors="coerce")
        land = gpd.GeoSeries([shapes.union_all()], crs=METRIC).explode(ignore_index=True)
        return pd.DataFrame(frame).reset_index(drop=True), land
    rows = _columns.read(
        path,
        {"place_id": _CODE},
        {
            "town": _NAME,
            "population": _PEOPLE,
            "x": ["x"],
            "y": ["y"],
            "lon": ["lon", "longitude"],
            "lat": ["lat", "latitude"],
        },
        delimiter=None,
    )
    rows = _on_mainland(rows, "place_id", mainland, notes)
    axes = ("x", "y") if {"x", "y"} <= set(rows.text) else ("lon", "lat")
    if not set(axes) <= set(rows.text):
        raise ValueError(f"{path}: neither x and y (Lambert-93) nor lon and lat among its columns")
    crs = METRIC if axes == ("x", "y") else _positions.DEGREES
    x, y = rows.numbers(axes[0]), rows.numbers(axes[1])
    _positions.check_unit(path, x, y, crs, " and ".join(axes))
    faults = _positions.position_faults(x, y, crs, axes)
    faults.append(_columns.missing(rows, "place_id"))
    good, lost = rows.usable(faults, most)
    _positions.count(notes, "communes", lost)
    x, y, _ = _positions.projected(x[good], y[good], crs, METRIC, notes, options="")
    frame = {"place_id": _columns.texts(rows, "place_id", good), "x": x, "y": y}
    frame["town"] = _columns.texts(rows, "town" if "town" in rows.text else "place_id", good)
    if "population" in rows.text:
        frame["population"] = rows.numbers("population")[good]
    return pd.DataFrame(frame), None


def _of_addresses(path, mainland, most, notes) -> pd.DataFrame:
    """Mean position and number of the addresses of each commune."""
    names = {"place_id": ["code_insee"], "x": ["x"], "y": ["y"]}
    rows = _columns.read(path, names, {"town": ["nom_commune"]}, delimiter=";")
    rows = _on_mainland(rows, "place_id", mainland, notes)
    x, y = rows.numbers("x"), rows.numbers("y")
    _positions.check_unit(path, x, y, METRIC, "'x' and 'y'")
    faults = _positions.position_faults(x, y, METRIC)
    good, lost = rows.usable(faults, most)
    _positions.count(notes, "addresses", lost)
    _positions.check_true(x[good], y[good], METRIC, notes, options="")
    code, names = rows.take(good).codes("place_id")
    n = len(names)
    number = np.bincount(code, minlength=n)
    first = np.unique(code, return_index=True)[1]
    ids = names.to_numpy(zero_copy_only=False).astype(object)
    notes["addresses behind the communes"] = int(number.sum())
    return pd.DataFrame(
        {
            "place_id": ids,
            "x": np.bincount(code, x[good], n) / number,
            "y": np.bincount(code, y[good], n) / number,
            "town": _columns.texts(rows, "town", good).to_numpy()[first]
            if "town" in rows.text
            else ids,
            "addresses": number.astype(float),
        }
    )


def _weighted(points, files, weight, notes) -> pd.DataFrame:
    """Communes with a weight; those without one are left out."""
    if weight == "one":
        return points.assign(weight=1.0)
    if weight == "population" and "population" in files:
        path = files["population"]
        names = {"place_id": _CODE, "population": ["pmun", *_PEOPLE]}
        rows = _columns.read(path, names, delimiter=None)
        people = pd.Series(rows.numbers("population"), index=_columns.texts(rows, "place_id"))
        if people.index.duplicated().any():
            raise ValueError(f"{path}: a commune occurs twice: give one row per commune")
        points = points.assign(population=points["place_id"].map(people))
    if weight not in points.columns:
        raise ValueError(
            f"option weight {weight!r}: the communes have no such column: give the file role "
            "'population', or set options: weight: one"
        )
    number = points[weight].to_numpy(dtype=float)
    kept = number > 0
    notes[f"communes without {weight} left out"] = int(np.count_nonzero(~kept))
    if not kept.any():
        raise ValueError(f"no commune has a {weight}: do the codes of the files agree?")
    return points.assign(weight=number)[kept].reset_index(drop=True)


def _moves(path, ids, mainland, most, notes) -> pd.DataFrame:
    names = _header(path)
    counts = [name for name in names if name.upper().startswith("NBFLUX")]
    individual = "IPONDI" in {name.upper() for name in names}
    if not individual and len(counts) != 1:
        raise ValueError(
            f"{path}: expected one column NBFLUX_... (or IPONDI of the individuals), found "
            f"{counts or names[:20]}: is it the table of residential mobility?"
        )
    wanted = {"origin": ["DCRAN"], "destination": ["COMMUNE" if individual else "CODGEO"]}
    wanted["moves"] = ["IPONDI"] if individual else counts
    optional = {"arm": ["ARM"]} if individual else None
    rows = _columns.read(path, wanted, optional, delimiter=";", encoding=_encoding(path))
    origin = pc.fill_null(rows.text["origin"], "")
    abroad = pc.starts_with(origin, _ABROAD).to_numpy()
    notes["rows of moves from abroad left out"] = int(np.count_nonzero(abroad))
    rows = rows.take(~abroad)
    if not len(rows):
        raise ValueError(f"{path}: all moves are from abroad (DCRAN begins with {_ABROAD})")
    for end in ("origin", "destination"):
        rows = _on_mainland(rows, end, mainland, notes, "rows of moves")
    known = pa.array(ids, type=pa.string())
    for end in ("origin", "destination"):
        rows.text[end] = _of_cities(rows.text[end], known)
    return _places.move_rows(rows, ids, notes, most)


def _of_cities(codes: pa.ChunkedArray, known: pa.Array) -> pa.ChunkedArray:
    """The code of the city for arrondissements that no place has."""
    table = pd.Series(codes.to_pandas())
    unknown = ~pc.is_in(codes, value_set=known).to_numpy()
    city = table[unknown].map(_CITY_OF)
    table.loc[city.dropna().index] = city.dropna()
    return pa.chunked_array([pa.array(table, type=pa.string())])


def _on_mainland(rows, column, mainland, notes, what="communes or addresses") -> raw.Rows:
    if not mainland:
        return rows
    code = pc.fill_null(rows.text[column], "")
    away = pc.or_(*(pc.starts_with(code, start) for start in _OVERSEAS)).to_numpy()
    key = f"{what} overseas left out"
    notes[key] = notes.get(key, 0) + int(np.count_nonzero(away))
    if away.all():
        raise ValueError(f"{rows.path}: everything is overseas: set options: mainland: false")
    return rows.take(~away)


def _header(path: Path) -> list[str]:
    return _columns.present(path, ";", _encoding(path))


def _encoding(path: Path) -> str:
    """INSEE wrote Latin-1 before 2017 and UTF-8 since."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _columns.opened(path, (".csv", ".txt")) as stream:
        try:
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8"
