"""Base Adresse Nationale of France: ``adresses-75.csv.gz`` and so on, ``adresses-france.csv.gz``.

Raw files, by role
------------------
addresses : CSV separated by semicolons, UTF-8, plain or compressed, with a header; read are id,
    x and y (Lambert-93, EPSG:2154; other systems overseas) or lon and lat, nom_commune and
    code_insee, and type_position.
communes : layer of polygons, the land.
moves : moves between addresses by id, CSV or Parquet: origin, destination, perhaps moves.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from movelaws.adapters import _checkin_files as raw
from movelaws.adapters.table import Delimiter
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _places, _positions
from movelaws.pointsets.adapters._options import LandParts, MetricCrs, Share, Towns

REQUIRED = ("addresses",)
OPTIONAL = ("communes", "moves")

METRIC = "EPSG:2154"
_TOWNS = {"city": "nom_commune", "commune": "nom_commune", "code_insee": "code_insee"}
_ARRONDISSEMENT = r" \d+(?:er|e|ème) Arrondissement$"
_MAINLAND = (0.0, 6.0e6, 1.3e6, 7.2e6)
"""West, south, east and north of mainland France with Corsica in Lambert-93, metres."""


def read(
    files: dict[str, Path],
    *,
    town: Literal["city", "commune", "code_insee", "none"] = "city",
    towns: Towns | None = None,
    stack: bool = False,
    land_parts: LandParts = "with_places",
    projected_crs: MetricCrs = METRIC,
    max_unusable: Share = 0.01,
    delimiter: Delimiter = ";",
) -> frames.PointSet:
    """All positions of the file, in Lambert-93.

    Parameters
    ----------
    files : paths by role, see the module.
    town : name of the commune with the arrondissements of Paris, Lyon and Marseille joined (city)
        or apart (commune), its code (names repeat in France), or none.
    towns : how towns are found by density instead.
    stack : addresses at equal coordinates become one, with their number.
    land_parts : which polygons of the role communes count: those with a place in them, or all.
    projected_crs : of the result; overseas another one than Lambert-93 fits.
    max_unusable : largest share of rows that may lack a position.
    delimiter : of the CSV of the addresses; that of the moves is seen from its header.

    Returns
    -------
    PointSet, each row of weight 1. An address that occurs in several positions (entrance, parcel)
    has them all, as in the file; further ones are numbered and counted.

    Raises
    ------
    ValueError
        Naming the file, the column, the line and the remedy.
    """
    notes: dict[str, frames.Note] = {}
    path = files["addresses"]
    column = _TOWNS.get(town)
    rows = _columns.read(
        path,
        {"place_id": ["id"]} | ({} if column is None else {"town": [column]}),
        {"x": ["x"], "y": ["y"], "lon": ["lon", "long"], "lat": ["lat"]},
        delimiter=delimiter,
    )
    x, y = _position(rows, str(projected_crs), notes)
    faults = _positions.position_faults(x, y, projected_crs, _columns_of(rows))
    faults.append(_columns.missing(rows, "place_id"))
    good, lost = rows.usable(faults, max_unusable)
    _positions.count(notes, "addresses", lost)
    crs = frames.metric_crs(projected_crs)
    _positions.check_true(x[good], y[good], crs, notes, options="projected_crs")
    ids = _numbered(_columns.texts(rows, "place_id", good), notes)
    points = pd.DataFrame({"place_id": ids, "x": x[good], "y": y[good], "weight": 1.0})
    if column is not None:
        names = _columns.texts(rows, "town", good)
        if town == "city":
            names = names.str.replace(_ARRONDISSEMENT, "", regex=True, case=False)
        points["town"] = names
    moves = None
    if "moves" in files:
        wanted = {"origin": ["origin"], "destination": ["destination"]}
        table = _columns.read(files["moves"], wanted, {"moves": ["moves", "n"]}, delimiter=None)
        moves = _places.move_rows(table, ids, notes, max_unusable)
    land = _places.land_of(files.get("communes"), points, crs, land_parts, notes)
    given = {"land": land, "towns": towns, "stack": stack, "register": files.get("moves")}
    return _places.finish(points, crs, notes, moves=moves, **given)


def _columns_of(rows: raw.Rows) -> tuple[str, str]:
    return ("x", "y") if "x" in rows.text else ("lon", "lat")


def _position(rows: raw.Rows, crs: str, notes: dict) -> tuple[np.ndarray, np.ndarray]:
    """Lambert-93 as given on the mainland, else longitude and latitude projected."""
    has_plane, has_globe = {"x", "y"} <= set(rows.text), {"lon", "lat"} <= set(rows.text)
    if not has_plane and not has_globe:
        raise ValueError(f"{rows.path}: neither x and y nor lon and lat among the columns")
    n = len(rows)
    x, y = np.full((2, n), np.nan)
    if has_plane and crs == METRIC:
        x, y = rows.numbers("x").copy(), rows.numbers("y").copy()
        _positions.check_unit(rows.path, x, y, METRIC, "'x' and 'y'")
        west, south, east, north = _MAINLAND
        off = np.isfinite(x) & ~((x >= west) & (x <= east) & (y >= south) & (y <= north))
        if has_globe and off.any():
            notes["addresses off Lambert-93, placed by lon and lat"] = int(off.sum())
            x[off], y[off] = np.nan, np.nan
    if has_globe:
        lost = ~(np.isfinite(x) & np.isfinite(y))
        if lost.any():
            part = rows.take(lost)
            lon, lat = part.numbers("lon"), part.numbers("lat")
            _positions.check_unit(rows.path, lon, lat, "EPSG:4326", "'lon' and 'lat'")
            fine = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
            at = _positions.transformed(lon[fine], lat[fine], _positions.DEGREES, crs)
            where = np.flatnonzero(lost)[fine]
            x[where], y[where] = at[0], at[1]
            notes["addresses placed by longitude and latitude"] = int(fine.sum())
    return x, y


def _numbered(ids: pd.Series, notes: dict) -> pd.Series:
    """Identifiers made unique: further positions of an address get a number."""
    repeated = ids.duplicated()
    if repeated.any():
        several = ids[ids.isin(ids[repeated])]
        again = several.groupby(several).cumcount()[repeated]
        notes["further positions of an address"] = len(again)
        ids = ids.copy()
        ids[repeated] = ids[repeated] + "#" + (again + 1).astype(str)
    return ids
