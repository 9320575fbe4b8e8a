"""Any table of places with coordinates, and perhaps any table of moves between them.

Raw files, by role
------------------
points : CSV or Parquet with a header, one row per place (address, building, shop): columns as the
    options name them.
moves : CSV or Parquet: origin and destination, each an identifier of a place (option ``place_id``)
    or a pair of coordinates in the CRS of the points (options ``origin_xy``, ``destination_xy``);
    perhaps the number of moves.
land : layer of polygons in any CRS.
towns : layer of polygons with a name each.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from movelaws import layers, options
from movelaws.adapters import _checkin_files as raw
from movelaws.adapters.table import Delimiter, Encoding
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _places, _positions
from movelaws.pointsets.adapters._options import Crs, LandParts, MetricCrs, Share, Towns

REQUIRED = ("points",)
OPTIONAL = ("moves", "land", "towns")

Pair = Annotated[
    Sequence[str], options.Rule(lambda pair: len(pair) == 2, "two names of columns, x and y")
]


def read(
    files: dict[str, Path],
    *,
    x: str = "x",
    y: str = "y",
    crs: Crs = "EPSG:4326",
    projected_crs: MetricCrs | None = None,
    place_id: str | None = None,
    weight: str | None = None,
    towns_column: str | None = None,
    town_name: str = "name",
    towns: Towns | None = None,
    stack: bool = False,
    land_parts: LandParts = "with_places",
    origin: str = "origin",
    destination: str = "destination",
    origin_xy: Pair | None = None,
    destination_xy: Pair | None = None,
    match_m: options.Positive = 50.0,
    moves: str | None = None,
    max_unusable: Share = 0.01,
    delimiter: Delimiter = ",",
    encoding: Encoding = "utf-8",
) -> frames.PointSet:
    """Places of a table, in metres.

    Parameters
    ----------
    files : paths by role, see the module.
    x, y : columns of the coordinates (longitude and latitude where ``crs`` is in degrees).
    crs : of the coordinates.
    projected_crs : to project them to; without it ``crs`` if in metres, else the UTM zone of their
        median.
    place_id : column of the identifiers; without it the number of the row.
    weight : column of the weights (dwellings, people); without it each place weighs 1. Rows of
        weight 0 are left out and counted.
    towns_column : column of the towns.
    town_name : column of the names in the layer of the role towns.
    towns : how towns are found by density where there are no official ones.
    stack : places at equal coordinates become one with the sum of their weights.
    land_parts : which polygons of the role land count: those with a place in them, or all.
    origin, destination, moves : columns of the moves; each row is one move without the last.
    origin_xy, destination_xy : columns of their coordinates instead; an end is the nearest place
        within ``match_m`` metres.
    max_unusable : largest share of rows that may lack a position or name an unknown place.
    delimiter, encoding : of CSV files.

    Returns
    -------
    PointSet in a projected CRS.

    Raises
    ------
    ValueError
        Naming the file, the column, the row and the remedy.
    """
    notes: dict[str, frames.Note] = {}
    path = files["points"]
    if (origin_xy is None) != (destination_xy is None):
        raise ValueError("options origin_xy and destination_xy belong together: give both or none")
    wanted = {"x": [x], "y": [y]}
    for name, column in (("place_id", place_id), ("weight", weight), ("town", towns_column)):
        if column is not None:
            wanted[name] = [column]
    rows = _columns.read(path, wanted, delimiter=delimiter, encoding=encoding)
    points, metric = _points(rows, crs, projected_crs, max_unusable, notes)
    if "towns" in files:
        points["town"] = _places.towns_of_polygons(
            points["x"].to_numpy(), points["y"].to_numpy(), metric, files["towns"], town_name, notes
        )
    table = None
    if "moves" in files:
        names = {"origin": origin, "destination": destination, "moves": moves}
        pairs = None if origin_xy is None else (origin_xy, destination_xy)
        how = {"delimiter": delimiter, "encoding": encoding}
        table = _moves(
            files["moves"], points, names, pairs, (crs, metric), match_m, notes, max_unusable, how
        )
    land = _places.land_of(files.get("land"), points, metric, land_parts, notes)
    given = {"land": land, "towns": towns, "stack": stack, "register": files.get("moves")}
    return _places.finish(points, metric, notes, moves=table, **given)


def _points(rows, crs, projected_crs, most, notes) -> tuple[pd.DataFrame, str]:
    _positions.check_columns_differ(rows, "x", "y")
    x, y = rows.numbers("x"), rows.numbers("y")
    _positions.check_unit(rows.path, x, y, crs, f"{rows.headers['x']!r}, {rows.headers['y']!r}")
    faults = _positions.position_faults(x, y, crs)
    weight = _columns.number(rows, "weight", 1.0)
    empty = weight == 0
    if "weight" in rows.text:
        wrong = ~((weight >= 0) & np.isfinite(weight))
        faults.append(raw.Fault("without a weight >= 0", "weight", wrong, "fill it in"))
    if "place_id" in rows.text:
        faults.append(_columns.missing(rows, "place_id"))
    good, lost = rows.usable(faults, most)
    _positions.count(notes, "places", lost)
    notes["places of weight 0 left out"] = int(np.count_nonzero(good & empty))
    good &= ~empty
    if not good.any():
        raise ValueError(
            f"{rows.path}: all weights are 0: is {rows.headers['weight']!r} the right column?"
        )
    if "place_id" in rows.text:
        ids = _columns.texts(rows, "place_id", good)
        _places.unique_ids(rows.path, ids, rows.headers["place_id"])
    else:
        ids = np.char.mod("%d", np.flatnonzero(good) + 1).astype(object)
    x, y, metric = _positions.projected(x[good], y[good], crs, projected_crs, notes)
    frame = {"place_id": ids, "x": x, "y": y, "weight": weight[good]}
    if "town" in rows.text:
        frame["town"] = _columns.texts(rows, "town", good)
    return pd.DataFrame(frame), metric


def _moves(path, points, names, pairs, systems, match_m, notes, most, how) -> pd.DataFrame:
    """Moves by identifier, or by the places nearest to their coordinates."""
    count = {} if names["moves"] is None else {"moves": [names["moves"]]}
    if pairs is None:
        wanted = {"origin": [names["origin"]], "destination": [names["destination"]]}
        rows = _columns.read(path, wanted | count, **how)
        return _places.move_rows(rows, points["place_id"].to_numpy(), notes, most)
    crs, metric = systems
    wanted = {
        f"{end}_{axis}": [column]
        for end, pair in zip(("origin", "destination"), pairs, strict=True)
        for axis, column in zip("xy", pair, strict=True)
    }
    rows = _columns.read(path, wanted | count, **how)
    _check_ends_differ(rows)
    ends, faults = {}, []
    for end in ("origin", "destination"):
        x, y = rows.numbers(f"{end}_x"), rows.numbers(f"{end}_y")
        _positions.check_unit(path, x, y, crs, end)
        if not layers.checked_crs(crs).equals(layers.checked_crs(metric)):
            usable = np.isfinite(x) & np.isfinite(y)
            at = _positions.transformed(x[usable], y[usable], crs, metric)
            x, y = np.full((2, usable.size), np.nan)
            x[usable], y[usable] = at[0], at[1]
        ends[end] = _places.nearest_rows(x, y, points, match_m)
        reason = f"whose {end} is over {match_m:g} m from any place"
        faults.append(raw.Fault(reason, f"{end}_x", ends[end] < 0, "raise the option match_m"))
    number = _columns.number(rows, "moves", 1.0)
    if count:
        wrong = ~((number >= 0) & np.isfinite(number))
        faults.append(raw.Fault("without a number of moves >= 0", "moves", wrong, "correct it"))
    good, lost = rows.usable(faults, most)
    _positions.count(notes, "moves", lost)
    table = pd.DataFrame({**ends, "moves": number})[good]
    return _places.without_none(table, notes)


def _check_ends_differ(rows: raw.Rows) -> None:
    for end in ("origin", "destination"):
        _positions.check_columns_differ(rows, f"{end}_x", f"{end}_y")
    ends = [[rows.headers[f"{end}_{axis}"] for axis in "xy"] for end in ("origin", "destination")]
    if ends[0] == ends[1]:
        raise ValueError(
            f"{rows.path}: options origin_xy and destination_xy both name {ends[0]}: every move "
            "would end where it begins"
        )
