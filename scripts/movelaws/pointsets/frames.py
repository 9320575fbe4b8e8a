"""The canonical tables of a point set, and the contract they keep.

Places in projected metres, moves between them, the land they lie on. Every adapter of
``movelaws.pointsets.adapters`` ends in these tables, every analysis of paper 3 starts from them.
Zones (municipalities, communes) are a point set too: centroids, weighted by people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

FILES = ("points.parquet", "moves.parquet", "land.parquet", "notes.json")
POINT_COLUMNS = ("place_id", "x", "y", "weight", "town")
MOVE_COLUMNS = ("origin", "destination", "moves")
CRS_NOTE = "crs"
FARTHEST_M = 1e8
"""From the origin of a CRS: more than twice round the globe, and exact to a millimetre."""

Note = int | float | str


@dataclass(frozen=True)
class PointSet:
    """Places, moves between them and the land, all in one projected CRS.

    Attributes
    ----------
    points : (n, 5) DataFrame, index 0 .. n - 1
        place_id (str, unique), x, y (m), weight (> 0: dwellings, people; 1 otherwise), town (str,
        "" where none or unknown). The order of the rows is fixed, ``moves`` refers to it.
    moves : (n_pairs, 3) DataFrame sorted by origin, destination; may have no rows
        origin, destination (rows of ``points``, different places), moves (number > 0). One row
        per ordered pair.
    land : GeoDataFrame of polygons in the same CRS; may have no rows, a hull of the points then
        stands in.
    crs : such as "EPSG:25832"; projected, in metres.
    notes : documented repairs and readings, each with its count or value.
    """

    points: pd.DataFrame
    moves: pd.DataFrame
    land: gpd.GeoDataFrame
    crs: str
    notes: Mapping[str, Note] = field(default_factory=dict)


def assemble(
    points: pd.DataFrame,
    crs: str | int | CRS,
    moves: pd.DataFrame | None = None,
    land: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    notes: Mapping[str, Note] | None = None,
) -> PointSet:
    """Put an adapter's tables into canonical order and types.

    Parameters
    ----------
    points : place_id, x, y (m) and perhaps weight (1 where absent) and town ("" where absent).
    crs : of x and y.
    moves : origin, destination (rows of ``points``) and perhaps moves (1 where absent); pairs that
        occur more than once are summed, moves from a place to itself are dropped, both counted.
    land : polygons in any CRS; they are projected to ``crs``, of geometries only polygons stay.
    notes : of the adapter.

    Raises
    ------
    ValueError
        If a column is missing that nothing can stand for, or ``crs`` is not in metres.
    """
    notes, crs = dict(notes or {}), metric_crs(crs)
    for column in ("place_id", "x", "y"):
        if column not in points.columns:
            raise ValueError(f"points: column {column!r} is missing; it has {[*points.columns]}")
    table = pd.DataFrame(
        {
            "place_id": points["place_id"].astype(str).array,
            "x": points["x"].to_numpy(dtype=float),
            "y": points["y"].to_numpy(dtype=float),
            "weight": np.asarray(points.get("weight", np.ones(len(points))), dtype=float),
            "town": _towns(points),
        }
    ).astype({"place_id": str, "town": str})
    if same := int(pd.DataFrame({"x": table["x"], "y": table["y"]}).duplicated().sum()):
        notes["places at the position of an earlier one"] = same
    return PointSet(table, _paired(moves, notes), _land(land, crs), crs, notes)


def check(pointset: PointSet) -> PointSet:
    """Return ``pointset`` unchanged if it keeps the contract.

    Raises
    ------
    ValueError
        Naming the table, the column, the row, the value and the remedy of the first breach.
    """
    # slow to load, and only prepare steps check
    from movelaws.pointsets.frame_schemas import validate

    metric_crs(pointset.crs)
    validate("points", pointset.points)
    if len(pointset.points) < 2:
        raise ValueError(
            f"points: {len(pointset.points)} places, at least 2 make a pair: look at the rows "
            "that the notes count as dropped"
        )
    _check_positions(pointset)
    validate("moves", pointset.moves)
    _check_moves(pointset)
    _check_land(pointset)
    return pointset


def write(pointset: PointSet, folder: str | Path) -> None:
    """Write points, moves, land (Parquet) and notes (JSON) into ``folder``, made if absent."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pointset.points.to_parquet(folder / "points.parquet", index=False)
    pointset.moves.to_parquet(folder / "moves.parquet", index=False)
    pointset.land.to_parquet(folder / "land.parquet", index=False)
    notes = {**pointset.notes, CRS_NOTE: pointset.crs}
    text = json.dumps(notes, indent=2, ensure_ascii=False, default=_plain)
    (folder / "notes.json").write_text(text + "\n", encoding="utf-8")


def read(folder: str | Path) -> PointSet:
    """Read what ``write`` wrote.

    Raises
    ------
    FileNotFoundError
        Naming the first of the four files that is missing.
    """
    folder = Path(folder)
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"{folder / name} is missing: run the prepare step of this dataset"
            )
    notes = json.loads((folder / "notes.json").read_text(encoding="utf-8"))
    return PointSet(
        points=pd.read_parquet(folder / "points.parquet"),
        moves=pd.read_parquet(folder / "moves.parquet"),
        land=gpd.read_parquet(folder / "land.parquet"),
        crs=notes.pop(CRS_NOTE),
        notes=notes,
    )


def town_numbers(points: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Number of the town of each place, -1 for none, and the names of the towns, sorted.

    Returns
    -------
    number : (n,) int64, as ``movelaws.settlements`` takes it.
    names : (n_towns,) str, by number.
    """
    number, names = pd.factorize(points["town"].mask(points["town"].eq("")), sort=True)
    return number.astype(np.int64), np.asarray(names, dtype=object)


def metric_crs(crs: str | int | CRS) -> str:
    """Name of a projected CRS in metres, by authority and code where it has them.

    Raises
    ------
    ValueError
        If there is no such CRS, or it measures in degrees or in another unit than the metre.
    """
    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        raise ValueError(f"crs={crs!r}: give a projected one such as 'EPSG:25832'") from None
    said = repr(crs) if isinstance(crs, str | int) else ":".join(known.to_authority() or "?")
    units = {axis.unit_name for axis in known.axis_info[:2]}
    if not known.is_projected or units != {"metre"}:
        raise ValueError(
            f"crs={said} ({known.name}) measures in {', '.join(sorted(units)) or 'no unit'}: "
            "distances need a projected CRS in metres, such as 'EPSG:25832'"
        )
    authority = known.to_authority(min_confidence=90)
    return ":".join(authority) if authority else known.to_wkt()


def _towns(points: pd.DataFrame) -> pd.api.extensions.ExtensionArray | str:
    """Names of towns; as the array of their column, for Arrow's text is small and objects not."""
    if "town" not in points.columns:
        return ""
    return points["town"].fillna("").astype(str).array


def _paired(moves: pd.DataFrame | None, notes: dict[str, Note]) -> pd.DataFrame:
    """Moves of every ordered pair of places that has one."""
    if moves is None:
        moves = pd.DataFrame({"origin": [], "destination": [], "moves": []})
    table = pd.DataFrame(
        {
            "origin": moves["origin"].to_numpy(dtype=np.int64),
            "destination": moves["destination"].to_numpy(dtype=np.int64),
            "moves": np.asarray(moves.get("moves", np.ones(len(moves))), dtype=float),
        }
    )
    stays = table["origin"] == table["destination"]
    if stays.any():
        key = "moves from a place to itself dropped"
        notes[key] = notes.get(key, 0) + float(table.loc[stays, "moves"].sum())
        table = table[~stays]
    table = table.groupby(["origin", "destination"], as_index=False, sort=True)["moves"].sum()
    return table.astype({"origin": np.int64, "destination": np.int64, "moves": float})


def _land(land: gpd.GeoDataFrame | gpd.GeoSeries | None, crs: str) -> gpd.GeoDataFrame:
    if land is None:
        return gpd.GeoDataFrame({"geometry": gpd.GeoSeries([], crs=crs)}, crs=crs)
    shapes = shapely.force_2d(land.geometry.to_crs(crs).make_valid().to_numpy())
    parts = shapely.get_parts(shapely.get_parts(shapes))
    parts = parts[np.isin(shapely.get_type_id(parts), (3, 6)) & (shapely.area(parts) > 0)]
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(parts, crs=crs))


def _check_positions(pointset: PointSet) -> None:
    points = pointset.points
    twice = points["place_id"].duplicated()
    if twice.any():
        raise ValueError(
            f"points: place_id {points.loc[twice, 'place_id'].iloc[0]!r} occurs more than once "
            f"({int(twice.sum())} such rows): give every place an identifier of its own"
        )
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    if (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all():
        raise ValueError(
            f"points: these look like degrees: no x is beyond 180 and no y beyond 90 (first place "
            f"at x={x[0]}, y={y[0]}), but {pointset.crs} measures in metres: state the CRS of the "
            "coordinates, for longitude and latitude EPSG:4326"
        )
    far = np.maximum(np.abs(x), np.abs(y)) > FARTHEST_M
    if far.any():
        row = int(np.argmax(far))
        raise ValueError(
            f"points: row {row} at x={x[row]:g}, y={y[row]:g} lies farther than {FARTHEST_M:g} m "
            f"from the origin ({int(far.sum())} such rows): are these metres?"
        )
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        raise ValueError(
            f"points: all {len(points)} places lie at x={x[0]}, y={y[0]}: are the right columns "
            "taken for x and y?"
        )


def _check_moves(pointset: PointSet) -> None:
    moves, n = pointset.moves, len(pointset.points)
    for column in ("origin", "destination"):
        lost = ~moves[column].between(0, n - 1)
        if lost.any():
            raise ValueError(
                f"moves: column {column!r} = {moves.loc[lost, column].iloc[0]} is no row of the "
                f"{n} points ({int(lost.sum())} such rows): drop moves of unknown places"
            )
    if (moves["origin"] == moves["destination"]).any():
        raise ValueError("moves: a move from a place to itself: use frames.assemble")
    key = moves["origin"].to_numpy() * n + moves["destination"].to_numpy()
    if (np.diff(key) <= 0).any():
        raise ValueError(
            "moves: not sorted by origin, destination with one row per pair: use frames.assemble"
        )


def _check_land(pointset: PointSet) -> None:
    land = pointset.land
    if land.crs is None or metric_crs(land.crs) != pointset.crs:
        raise ValueError(f"land: its CRS is {land.crs}, that of the points {pointset.crs}")
    if land.empty:
        return
    if not land.geom_type.isin(["Polygon", "MultiPolygon"]).all() or not land.is_valid.all():
        raise ValueError("land: only valid polygons are allowed: use frames.assemble")
    west, south, east, north = land.total_bounds
    x, y = pointset.points["x"], pointset.points["y"]
    if not (x.between(west, east) & y.between(south, north)).any():
        raise ValueError(
            f"land: none of {len(x)} places lies within its bounds ({west:.0f}, {south:.0f}, "
            f"{east:.0f}, {north:.0f} in {pointset.crs}): is it of another country, or are x and "
            "y swapped?"
        )


def _plain(value: object) -> Note:
    return value.item() if isinstance(value, np.generic) else str(value)
