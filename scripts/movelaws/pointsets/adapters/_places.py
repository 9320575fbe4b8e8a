"""Steps from raw coordinates and identifiers to the tables of a point set."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from movelaws import layers
from movelaws.adapters import _checkin_files as raw
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _options

DEGREES = "EPSG:4326"
_SAME_PLACE_M = 0.01
_WIDEST_DEGREES = 12.0


def utm(longitude: np.ndarray, latitude: np.ndarray) -> str:
    """UTM zone (WGS 84) of the median of the positions.

    The scale of UTM is off by 0.04 % at its central meridian and by as much at 180 km from there;
    Bornholm in Denmark's zone 32 is 0.12 % too large.
    """
    zone = int((float(np.median(longitude)) + 180) // 6) % 60 + 1
    return f"EPSG:{326 if float(np.median(latitude)) >= 0 else 327}{zone:02d}"


def projected(
    x: np.ndarray, y: np.ndarray, crs: str | int, to: str | int | None = None
) -> tuple[np.ndarray, np.ndarray, str]:
    """Coordinates in metres, and their CRS: ``to``, else ``crs`` if in metres, else a UTM zone."""
    given = layers.checked_crs(crs)
    if to is None and not given.is_geographic:
        to = frames.metric_crs(given)
    if to is None:
        to = utm(x, y)
        _check_extent(x, to)
    to = frames.metric_crs(to)
    if CRS.from_user_input(to) == given:
        return x, y, to
    x, y = Transformer.from_crs(given, to, always_xy=True).transform(x, y)
    return np.asarray(x), np.asarray(y), to


def _check_extent(longitude: np.ndarray, crs: str) -> None:
    """UTM is a map of one region: beyond some degrees from its meridian distances are wrong."""
    middle = 6 * int(crs[-2:]) - 183
    beyond = np.abs((longitude - middle + 180) % 360 - 180)
    if beyond.max() > _WIDEST_DEGREES:
        raise ValueError(
            f"places reach {beyond.max():.0f} degrees of longitude away from the middle of their "
            f"UTM zone ({crs}), where its distances are wrong: choose one region (option box, or "
            "fewer rows), or name a projection that fits in the option projected_crs"
        )


def position_faults(x: np.ndarray, y: np.ndarray, crs: str | int, columns=("x", "y")) -> list:
    """Rows without a position, or in degrees off the globe, as ``raw.Fault``."""
    if layers.checked_crs(crs).is_geographic:
        faults = raw.bad_positions(x, y)
        names = {"longitude": columns[0], "latitude": columns[1]}
        return [raw.Fault(f.reason, names[f.column], f.rows, f.remedy) for f in faults]
    remedy = "give both coordinates as numbers with a decimal point"
    return [
        raw.Fault("without a usable x", columns[0], ~np.isfinite(x), remedy),
        raw.Fault("without a usable y", columns[1], ~np.isfinite(y), remedy),
    ]


def check_unit(path: Path, x: np.ndarray, y: np.ndarray, crs: str | int, columns: str) -> None:
    """Refuse degrees said to be metres, and metres said to be degrees, before rows are dropped.

    Raises
    ------
    ValueError
        Naming the file, the columns and the CRS that may be meant.
    """
    seen = np.isfinite(x) & np.isfinite(y)
    if not seen.any():
        return
    small = (np.abs(x[seen]) <= 180) & (np.abs(y[seen]) <= 90)
    geographic = layers.checked_crs(crs).is_geographic
    if geographic and np.count_nonzero(~small) > 0.5 * small.size:
        row = int(np.flatnonzero(seen)[np.argmax(~small)])
        raise ValueError(
            f"{path}: columns {columns}: {x[row]:g}, {y[row]:g} is no longitude and latitude, but "
            f"the CRS {crs} is in degrees: state the projected CRS of these metres, or are the two "
            "columns swapped?"
        )
    if not geographic and small.all():
        raise ValueError(
            f"{path}: columns {columns}: {x[seen][0]:g}, {y[seen][0]:g} look like degrees (no x "
            f"beyond 180, no y beyond 90), but the CRS {crs} is in metres: for longitude and "
            "latitude it is EPSG:4326"
        )


def count(notes: dict[str, Any], what: str, lost: Mapping[str, int]) -> None:
    """Notes of the rows that ``Rows.usable`` left out."""
    for reason, number in lost.items():
        notes[f"{what} {reason} dropped"] = number


def unique_ids(path: Path, ids: pd.Series, column: str) -> None:
    """Refuse a table in which one identifier names two places."""
    twice = ids.duplicated().to_numpy()
    if twice.any():
        row = int(np.argmax(twice))
        raise ValueError(
            f"{path}: column {column!r}: {ids.iloc[row]!r} occurs more than once "
            f"({int(twice.sum())} such rows): give every place an identifier of its own"
        )


def stacked(
    points: pd.DataFrame, moves: pd.DataFrame | None, notes: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Places at equal coordinates (to a centimetre) as one, with the sum of their weights.

    The first of them gives its identifier and its town; order is kept. Moves follow.
    """
    cell = np.rint(points[["x", "y"]].to_numpy() / _SAME_PLACE_M).astype(np.int64)
    keys = pd.DataFrame(cell, columns=["x", "y"])
    spot = keys.groupby(["x", "y"], sort=False).ngroup().to_numpy()
    first = np.unique(spot, return_index=True)[1]
    notes["places stacked on one at the same position"] = len(points) - first.size
    weight = np.bincount(spot, points["weight"].to_numpy(dtype=float))
    merged = points.iloc[first].assign(weight=weight).reset_index(drop=True)
    if moves is not None:
        moves = moves.assign(
            origin=spot[moves["origin"].to_numpy()],
            destination=spot[moves["destination"].to_numpy()],
        )
    return merged, moves


def found_towns(
    points: pd.DataFrame, towns: Mapping[str, Any], notes: dict[str, Any]
) -> np.ndarray:
    """Names of towns found by density, "" outside them."""
    # With Numba and scikit-learn, seconds that most datasets need not spend.
    from movelaws.pairs.points import checked_points
    from movelaws.settlements.clustering import dbscan_towns, hdbscan_towns

    by, settings = _options.town_settings(towns)
    places = checked_points(*(points[name].to_numpy() for name in ("x", "y", "weight")))
    number = {"dbscan": dbscan_towns, "hdbscan": hdbscan_towns}[by](places, **settings)
    said = ", ".join(f"{name} {value:g}" for name, value in settings.items())
    notes["towns"] = f"found by {by} ({said})"
    notes["places in no town"] = int(np.count_nonzero(number < 0))
    width = len(str(max(int(number.max()), 0)))
    names = np.array([f"town {n:0{width}d}" for n in range(int(number.max()) + 1)] + [""])
    return names[number].astype(object)


def towns_of_polygons(
    x: np.ndarray, y: np.ndarray, crs: str, path: Path, column: str, notes: dict[str, Any]
) -> np.ndarray:
    """Name of the polygon each place lies in, "" outside all of them."""
    layer, repaired = layers.read_layer(path)
    names = layers.pick(layer, path, [column, "name", "navn", "nom", "town"], "name of the towns")
    shapes = layer.geometry.to_crs(crs).to_numpy()
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all():
        raise ValueError(f"{path}: towns must be polygons, found {set(layer.geom_type)}")
    town = np.full(len(x), "", dtype=object)
    # Of polygons that overlap or touch, the first in the file counts: it is written last.
    for polygon, rows in reversed([*_inside(shapes, x, y)]):
        town[rows] = names.iloc[polygon]
    notes["polygons of towns repaired"] = repaired
    notes["places in no town"] = int(np.count_nonzero(town == ""))
    return town


def land_of(
    path: Path | None, points: pd.DataFrame, crs: str, parts: str, notes: dict[str, Any]
) -> gpd.GeoSeries | None:
    """Land in ``crs``, its polygons joined where they touch.

    Parameters
    ----------
    path : of the layer, or None.
    points : places with x and y in ``crs``.
    parts : "with_places" drops islands and enclaves without any of the places, "all" keeps them.
    """
    if path is None:
        return None
    layer, repaired = layers.read_layer(path)
    shapes = shapely.force_2d(layer.geometry.to_crs(crs).to_numpy())
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all():
        raise ValueError(f"{path}: the land must be polygons, found {set(layer.geom_type)}")
    notes["polygons of the land repaired"] = repaired
    whole = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes)))
    found = [*_inside(whole, points["x"].to_numpy(), points["y"].to_numpy())]
    notes["places off the land"] = len(points) - sum(len(rows) for _, rows in found)
    held = [part for part, rows in found if len(rows)]
    if parts == "with_places" and held:
        notes["parts of the land without places left out"] = len(whole) - len(held)
        whole = whole[held]
    return gpd.GeoSeries(whole, crs=crs)


def _inside(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each polygon with the rows of the points in it."""
    order = np.argsort(x, kind="stable")
    sorted_x = x[order]
    for number, shape in enumerate(shapes):
        west, south, east, north = shape.bounds
        first, last = np.searchsorted(sorted_x, [west, np.nextafter(east, np.inf)])
        rows = order[first:last]
        rows = rows[(y[rows] >= south) & (y[rows] <= north)]
        shapely.prepare(shape)
        yield number, rows[shapely.intersects_xy(shape, x[rows], y[rows])]


def move_rows(
    rows: raw.Rows,
    ids: np.ndarray,
    notes: dict[str, Any],
    most: float,
    weight: np.ndarray | None = None,
) -> pd.DataFrame:
    """Moves between places by identifier, as rows of the places.

    Parameters
    ----------
    rows : with the text columns origin and destination, and perhaps moves.
    ids : (n,) identifiers of the places.
    notes : where rows left out are counted.
    most : largest share of rows that may name no known place or no number of moves.
    weight : (n_rows,) moves, where they are known already.

    Raises
    ------
    ValueError
        If more rows than that cannot be used.
    """
    index = pd.Index(ids)
    ends, faults = {}, []
    for column in ("origin", "destination"):
        code, names = rows.codes(column)
        known = index.get_indexer(names.to_numpy(zero_copy_only=False))
        ends[column] = np.append(known, -1)[code]
        faults.append(raw.missing_code(code, column))
        remedy = f"add the place, or correct the {column}"
        faults.append(raw.Fault(f"with an unknown {column}", column, ends[column] < 0, remedy))
    moves = _columns.number(rows, "moves", 1.0) if weight is None else weight
    if "moves" in rows.text:
        fine = (moves >= 0) & np.isfinite(moves)
        faults.append(raw.Fault("without a number of moves >= 0", "moves", ~fine, "correct it"))
    good, lost = rows.usable(faults, most)
    count(notes, "moves", lost)
    table = pd.DataFrame({**ends, "moves": moves})[good]
    if none := int((table["moves"] == 0).sum()):
        notes["rows of 0 moves left out"] = none
    return table[table["moves"] > 0]


def nearest_rows(x: np.ndarray, y: np.ndarray, points: pd.DataFrame, within: float) -> np.ndarray:
    """Row of the nearest place within so many metres of each position, -1 where there is none."""
    from scipy.spatial import cKDTree

    finite = np.isfinite(x) & np.isfinite(y)
    found = np.full(len(x), -1, dtype=np.int64)
    tree = cKDTree(points[["x", "y"]].to_numpy())
    distance, row = tree.query(np.column_stack([x[finite], y[finite]]), distance_upper_bound=within)
    found[finite] = np.where(np.isfinite(distance), row, -1)
    return found


def finish(
    points: pd.DataFrame,
    crs: str,
    notes: dict[str, Any],
    *,
    moves: pd.DataFrame | None = None,
    land: gpd.GeoSeries | None = None,
    towns: Mapping[str, Any] | None = None,
    stack: bool = False,
) -> frames.PointSet:
    """Stack, find towns where asked for, and assemble."""
    points = points.reset_index(drop=True)
    if stack:
        points, moves = stacked(points, moves, notes)
    if towns is not None:
        points["town"] = found_towns(points, towns, notes)
    notes = {name: value for name, value in notes.items() if value != 0}
    return frames.assemble(points, crs, moves, land, notes)
