"""Access addresses of Denmark, Dataforsyningen (DAWA), ``/adgangsadresser?format=csv``.

Raw files, by role
------------------
addresses : CSV (commas, UTF-8, also .gz or in a .zip) with a header; read are id, status,
    etrs89koordinat_øst and etrs89koordinat_nord (EPSG:25832), or wgs84koordinat_længde and
    wgs84koordinat_bredde (EPSG:4326), and for towns postnrnavn, supplerendebynavn, kommunenavn or
    kommunekode. Of the flat format (``struktur=flad``) that is the default of the CSV, and of
    ``struktur=mini`` with x and y in the system that ``srid`` asked for. Status 1 is in force, 3
    provisional; 2 (closed) and 4 (dropped) are not served.
moves : register of moves, CSV or Parquet: identifiers of the address left and the address moved
    to, perhaps the number of moves, perhaps the year.
land : layer of polygons, such as all municipalities.
towns : layer of polygons of towns, with a name each (GeoPackage, GeoJSON).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from movelaws import options
from movelaws.adapters.table import Delimiter
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _places, _positions
from movelaws.pointsets.adapters._options import LandParts, Share, Towns

REQUIRED = ("addresses",)
OPTIONAL = ("moves", "land", "towns")

METRIC = "EPSG:25832"
IN_FORCE = "1"
_SYSTEMS = (
    (("etrs89koordinat_øst", "etrs89koordinat_nord"), METRIC),
    (("wgs84koordinat_længde", "wgs84koordinat_bredde"), "EPSG:4326"),
)
_TOWNS = {
    "post": "postnrnavn",
    "village": "supplerendebynavn",
    "municipality": "kommunenavn",
    "municipality_code": "kommunekode",
}
_FROM = ["origin", "from", "fra", "fra_adgangsadresseid", "from_address", "adresse_fra"]
_TO = ["destination", "to", "til", "til_adgangsadresseid", "to_address", "adresse_til"]
_COUNT = ["moves", "n", "antal", "count"]

Year = Annotated[int, options.Rule(lambda year: 1900 <= year <= 2100, "a year")]
Years = Annotated[
    Sequence[Year],
    options.Rule(lambda years: len(years) == 2 and years[0] <= years[1], "[first, last] year"),
]


def read(
    files: dict[str, Path],
    *,
    srid: Literal[4326, 25832] | None = None,
    town: Literal["post", "village", "municipality", "municipality_code"] | None = None,
    town_name: str = "name",
    towns: Towns | None = None,
    stack: bool = False,
    land_parts: LandParts = "with_places",
    years: Years | None = None,
    origin: str | None = None,
    destination: str | None = None,
    moves: str | None = None,
    year: str = "year",
    max_unusable: Share = 0.01,
    delimiter: Delimiter = ",",
) -> frames.PointSet:
    """Addresses in force, in EPSG:25832.

    Parameters
    ----------
    files : paths by role, see the module.
    srid : system of the coordinates to take; without it ETRS89 where the file has it, else
        WGS 84. It must be given for a file that has x and y only.
    town : what gives a town where the role towns does not: name of the post district, supplementary
        town name (village, empty for most), or municipality.
    town_name : column of the names in the layer of the role towns.
    towns : how towns are found by density instead.
    stack : addresses at equal coordinates (staircases of one point) become one, with their number.
    land_parts : which polygons of the role land count: those with a place in them, or all.
    years : first and last year of the moves; all without it.
    origin, destination, moves, year : columns of the moves; without the first three the usual names
        are looked for, and each row is one move where there is no number.
    max_unusable : largest share of rows that may lack a position or name an unknown address.
    delimiter : of the CSV of the addresses; that of the moves is seen from its header.

    Returns
    -------
    PointSet in EPSG:25832, each address of weight 1.

    Raises
    ------
    ValueError
        Naming the file, the column, the line and the remedy.
    """
    notes: dict[str, frames.Note] = {}
    points = _addresses(files["addresses"], srid, town, delimiter, max_unusable, notes)
    if "towns" in files:
        at = (points["x"].to_numpy(), points["y"].to_numpy())
        layer = files["towns"]
        points["town"] = _places.towns_of_polygons(*at, METRIC, layer, town_name, notes)
    table = None
    if "moves" in files:
        wanted = {
            "origin": [origin] if origin else _FROM,
            "destination": [destination] if destination else _TO,
        }
        number = {"moves": [moves] if moves else _COUNT}
        given = (wanted | number, {}) if moves else (wanted, number)
        table = _moves(files["moves"], points, given, years, year, max_unusable, notes)
    land = _places.land_of(files.get("land"), points, METRIC, land_parts, notes)
    given = {"land": land, "towns": towns, "stack": stack, "register": files.get("moves")}
    return _places.finish(points, METRIC, notes, moves=table, **given)


def _addresses(path, srid, town, delimiter, most, notes) -> pd.DataFrame:
    columns, crs = _system(path, _columns.present(path, delimiter), srid)
    wanted = {"place_id": ["id"], "x": [columns[0]], "y": [columns[1]]}
    if town is not None:
        wanted["town"] = [_TOWNS[town]]
    rows = _columns.read(path, wanted, {"status": ["status"]}, delimiter=delimiter)
    if "status" in rows.text:
        in_force = pc.fill_null(pc.equal(rows.text["status"], IN_FORCE), False).to_numpy()
        notes["addresses not in force left out"] = int(np.count_nonzero(~in_force))
        if not in_force.any():
            raise ValueError(
                f"{path}: column {rows.headers['status']!r}: no address has the status 1 (in "
                "force): is it the current file of access addresses?"
            )
        rows = rows.take(in_force)
    x, y = rows.numbers("x"), rows.numbers("y")
    # Addresses that have no point yet are given without coordinates: no fault of the file.
    placed = np.isfinite(x) | np.isfinite(y)
    notes["addresses without a point left out"] = int(np.count_nonzero(~placed))
    if not placed.any():
        raise ValueError(f"{path}: no address has coordinates, columns {[*columns]}")
    rows, x, y = rows.take(placed), x[placed], y[placed]
    _positions.check_unit(path, x, y, crs, " and ".join(map(repr, columns)))
    faults = _positions.position_faults(x, y, crs)
    faults.append(_columns.missing(rows, "place_id"))
    good, lost = rows.usable(faults, most)
    _positions.count(notes, "addresses", lost)
    ids = _columns.texts(rows, "place_id", good)
    _places.unique_ids(path, ids, rows.headers["place_id"])
    east, north, _ = _positions.projected(x[good], y[good], crs, METRIC, notes, options="")
    frame = pd.DataFrame({"place_id": ids, "x": east, "y": north, "weight": 1.0})
    if town is not None:
        frame["town"] = _columns.texts(rows, "town", good)
    return frame


def _system(path: Path, names: list[str], srid: int | None) -> tuple[tuple[str, str], str]:
    """Columns of the coordinates and their CRS."""
    known = {name.casefold() for name in names}
    for columns, crs in _SYSTEMS:
        if set(columns) <= known and srid in (None, int(crs.removeprefix("EPSG:"))):
            return columns, crs
    if srid is not None and {"x", "y"} <= known:
        return ("x", "y"), f"EPSG:{srid}"
    hint = "set options: srid to the one asked for" if {"x", "y"} <= known else "is it format=csv?"
    raise ValueError(
        f"{path}: no coordinates{f' of srid {srid}' if srid else ''} among {names[:40]}: {hint}"
    )


def _moves(path, points, given, years, year, most, notes) -> pd.DataFrame:
    wanted, optional = given
    if years is not None:
        wanted = wanted | {"year": [year]}
    rows = _columns.read(path, wanted, optional, delimiter=None)
    if years is not None:
        # "2016" or a date that begins with the year
        when = pd.to_numeric(_columns.texts(rows, "year").str[:4], errors="coerce")
        within = when.between(*years).to_numpy()
        notes["moves of other years left out"] = int(np.count_nonzero(~within))
        if not within.any():
            raise ValueError(
                f"{path}: column {rows.headers['year']!r}: no move in {years[0]} to {years[1]}"
            )
        rows = rows.take(within)
    return _places.move_rows(rows, points["place_id"].to_numpy(), notes, most)
