"""Steps from raw coordinates and identifiers to the tables of a point set."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from movelaws import layers
from movelaws.adapters import _checkin_files as raw
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _options, _positions

_SAME_PLACE_M = 0.01
_FARTHEST_LAND_DEGREES = 75.0
"""From the median place; from one coast of the United States to the other it is 58."""


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

    Raises
    ------
    ValueError
        If the layer has no polygon in ``crs``, or none of the places lies on it.
    """
    if path is None:
        return None
    layer, repaired = layers.read_layer(path)
    if not np.isin(shapely.get_type_id(layer.geometry.to_numpy()), (3, 6)).all():
        raise ValueError(f"{path}: the land must be polygons, found {set(layer.geom_type)}")
    notes["polygons of the land repaired"] = repaired
    whole = _whole(_near(layer.geometry, points, crs, notes), path, crs)
    found = [*_inside(whole, points["x"].to_numpy(), points["y"].to_numpy())]
    notes["places off the land"] = len(points) - sum(len(rows) for _, rows in found)
    held = [part for part, rows in found if len(rows)]
    if not held:
        west, south, east, north = shapely.total_bounds(whole)
        raise ValueError(
            f"{path}: none of the {len(points)} places lies on the land ({west:.0f}, {south:.0f}, "
            f"{east:.0f}, {north:.0f} in {crs}; parts that reach over {_FARTHEST_LAND_DEGREES:g} "
            "degrees away are left out): is it of another region, or are x and y swapped?"
        )
    if parts == "with_places":
        notes["parts of the land without places left out"] = len(whole) - len(held)
        whole = whole[held]
    return gpd.GeoSeries(whole, crs=crs)


def _near(
    layer: gpd.GeoSeries, points: pd.DataFrame, crs: str, notes: dict[str, Any]
) -> gpd.GeoSeries:
    """Polygons in ``crs``, without the parts that its map cannot show, which are counted.

    A corner on the other side of the globe has no place in the projection of a region: it comes out
    infinite, or beyond the pole, so that the polygon is drawn across the region.
    """
    if layer.crs == CRS.from_user_input(crs):
        return layer
    middle = (np.median(points[["x"]], axis=0), np.median(points[["y"]], axis=0))
    lon, lat = _positions.transformed(*middle, crs, _positions.DEGREES)
    far = _is_far(layer, lon, lat)
    if far.any():
        layer = layer.explode(ignore_index=True)
        far = _is_far(layer, lon, lat)
        notes["polygons of the land far away left out"] = int(np.count_nonzero(far))
    return layer[~far].to_crs(crs)


def _is_far(layer: gpd.GeoSeries, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    west, south, east, north = layer.to_crs(_positions.DEGREES).bounds.to_numpy().T
    away = [np.abs((edge - lon + 180) % 360 - 180) for edge in (west, east)]
    away += [np.abs(edge - lat) for edge in (south, north)]
    return ~(np.max([*away, east - west], axis=0) <= _FARTHEST_LAND_DEGREES)


def _whole(layer: gpd.GeoSeries, path: Path, crs: str) -> np.ndarray:
    """Parts of the union of polygons in ``crs``."""
    valid = shapely.make_valid(shapely.force_2d(layer.to_numpy()))
    valid = valid[np.isfinite(shapely.bounds(valid)).all(axis=1) & (shapely.area(valid) > 0)]
    whole = shapely.get_parts(shapely.union_all(valid))
    if not whole.size:
        raise ValueError(
            f"{path}: no polygon of the land can be drawn in {crs}: does it reach round the world? "
            "Cut it to the region of the places"
        )
    return whole


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
    _positions.check_columns_differ(rows, "origin", "destination")
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
    _positions.count(notes, "moves", lost)
    table = pd.DataFrame({**ends, "moves": moves})[good]
    return without_none(table, notes)


def without_none(moves: pd.DataFrame, notes: dict[str, Any]) -> pd.DataFrame:
    """Rows of moves with a move, the others counted."""
    some = moves["moves"] > 0
    if none := int(np.count_nonzero(~some)):
        notes["rows of 0 moves left out"] = none
    return moves[some]


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
    register: Path | None = None,
) -> frames.PointSet:
    """Stack, find towns where asked for, and assemble.

    Raises
    ------
    ValueError
        If of the moves of the file ``register`` none is left.
    """
    points = points.reset_index(drop=True)
    if stack:
        points, moves = stacked(points, moves, notes)
    if towns is not None:
        points["town"] = found_towns(points, towns, notes)
    notes = {name: value for name, value in notes.items() if value != 0}
    made = frames.assemble(points, crs, moves, land, notes)
    if register is not None and made.moves.empty:
        said = [
            f"{name}: {value:g}"
            for name, value in made.notes.items()
            if "moves" in name and name.endswith(("dropped", "left out"))
        ]
        raise ValueError(
            f"{register}: no move between two places is left ({'; '.join(said)}): are origin, "
            "destination and number of moves read from the right columns?"
        )
    return made
