"""Boundaries and points as publishers give them, read into valid geometries with a CRS."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

from movelaws import archives, geo

EQUAL_AREA = "EPSG:6933"
_SAME_DEGREES, _SAME_METRES = 1e-5, 1.0
_MAGIC = {".shp": b"\x00\x00\x27\x0a", ".gpkg": b"SQLite format 3\x00"}
_JSON = (".geojson", ".json", ".topojson")
LAYERS = (*_MAGIC, *_JSON)
_DAMAGE = (
    DataSourceError,
    DataLayerError,
    GEOSException,
    pa.ArrowException,
    ValueError,
    KeyError,
    OSError,
    RecursionError,
)


def read_layer(
    path: str | Path,
    *,
    crs: str | int | None = None,
    user_crs: str | int | None = None,
    named: str | None = None,
) -> tuple[gpd.GeoDataFrame, int]:
    """Read polygons or points from a shapefile, GeoPackage, GeoJSON, TopoJSON or Parquet.

    Parameters
    ----------
    path : of the file; a shapefile in a .zip, or the .shp with its .shx and .dbf beside it.
    crs : taken where the file carries none.
    user_crs : what a user says of this file: taken where the file states none, also in the place of
        the longitude and latitude that GeoJSON then means; it must agree with what a file states.
    named : part of the name of the layer wanted from a .zip that holds several, whatever the case.

    Returns
    -------
    layer : (n_features, n_columns) GeoDataFrame with a CRS and valid geometries only.
    repaired : how many geometries were invalid and made valid, see :func:`movelaws.geo.repaired`.

    Raises
    ------
    ValueError
        If the file is no layer, is empty, damaged or lacks a companion, carries no CRS (and none
        is given) or another than ``user_crs``, lacks geometries, has coordinates off the globe or
        degrees in a projection, or polygons without area.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    assumed, said = (None if name is None else checked_crs(name) for name in (crs, user_crs))
    layer, states_crs = _read(path, named)
    if layer.empty:
        raise ValueError(f"{path}: the layer has no features")
    if said is not None and not states_crs:
        layer = layer.set_crs(said, allow_override=True)
    if layer.crs is None:
        if assumed is None:
            raise ValueError(f"{path}: no coordinate reference system: give one, such as EPSG:4326")
        layer = layer.set_crs(assumed)
    absent = layer.geometry.isna() | layer.geometry.is_empty
    if absent.any():
        raise ValueError(
            f"{path}: feature {int(np.argmax(absent))} has no geometry: remove or draw it, "
            "or the file is damaged"
        )
    if said is not None and not _agree(layer.crs, said, layer.total_bounds):
        raise ValueError(
            f"{path}: crs={user_crs!r}, but the file states {layer.crs.name}: leave the option crs "
            "out, or correct the file"
        )
    _check_on_globe(path, layer)
    _check_projected(path, layer)
    named = layer.geometry.set_axis([f"feature {number}" for number in range(len(layer))])
    try:
        geometry, repaired = geo.repaired(named)
    except (ValueError, GEOSException) as error:
        raise ValueError(f"{path}: {error}") from None
    layer.geometry = geometry.set_axis(layer.index)
    return layer, repaired


def area_km2(geometry: gpd.GeoSeries, crs: str = EQUAL_AREA) -> pd.Series:
    """Areas in km^2 measured in the equal-area projection ``crs``; NaN for points."""
    areas = geometry.to_crs(crs).area / 1e6
    return areas.where(areas > 0)


def plane_centroids(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Centroids in the plane of the coordinates, degrees included, in the same order.

    For longitude and latitude this is the reading behind the published tables of paper 2; without
    its CRS the series raises no warning about it.
    """
    return gpd.GeoSeries(geometry.to_numpy(), index=geometry.index).centroid


def checked_crs(crs: str | int) -> CRS:
    """Coordinate reference system by its name or EPSG number.

    Raises
    ------
    ValueError
        If ``crs`` names none.
    """
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise ValueError(f"crs={crs!r}: give one such as 'EPSG:4326' or 'EPSG:32633'") from None


def pick(layer: gpd.GeoDataFrame, path: str | Path, names: Sequence[str], what: str) -> pd.Series:
    """Text of the first column of ``layer`` called one of ``names``, whatever the case."""
    by_name = {str(name).casefold(): name for name in layer.columns}
    for name in names:
        if name.casefold() in by_name:
            return layer[by_name[name.casefold()]].astype(str).str.strip()
    found = [name for name in layer.columns if name != layer.geometry.name]
    raise ValueError(f"{path}: no column with the {what}: looked for {list(names)} among {found}")


def _agree(stated: CRS, given: CRS, bounds: np.ndarray) -> bool:
    """Whether two CRS put the corners of ``bounds`` at the same coordinates.

    Names and definitions of one CRS differ between formats; to 1 m the coordinates do not.
    """
    if stated.equals(given, ignore_axis_order=True):
        return True
    west, south, east, north = bounds
    corners = np.array([[west, west, east, east], [south, north, south, north]])
    moved = np.array(Transformer.from_crs(stated, given, always_xy=True).transform(*corners))
    close = _SAME_DEGREES if given.is_geographic else _SAME_METRES
    return bool(np.allclose(moved, corners, rtol=0, atol=close))


def _check_on_globe(path: Path, layer: gpd.GeoDataFrame) -> None:
    """Degrees must be degrees; a longitude up to 360 may cross the date line."""
    if not layer.crs.is_geographic:
        return
    west, south, east, north = layer.total_bounds
    x, y = max(west, east, key=abs), max(south, north, key=abs)
    if abs(x) > 360 or abs(y) > 90 + _SAME_DEGREES:
        raise ValueError(
            f"{path}: coordinates up to {x:g}, {y:g} are off the globe in degrees of "
            f"{layer.crs.name}: state the projection they are in, in the file or by the option crs"
        )


def _check_projected(path: Path, layer: gpd.GeoDataFrame) -> None:
    """Coordinates of a projection must not be degrees, which would shrink a country to metres.

    All of a layer within 180 by 90 metres (or feet) of the origin of its projection is no layer of
    zones anywhere; in units as large as kilometres it may be one.
    """
    if not layer.crs.is_projected or layer.crs.axis_info[0].unit_conversion_factor > 100:
        return
    if (np.abs(layer.total_bounds) <= [180, 90, 180, 90]).all():
        west, south, east, north = layer.total_bounds
        raise ValueError(
            f"{path}: coordinates from {west:g}, {south:g} to {east:g}, {north:g} look like "
            f"degrees, not like coordinates in {layer.crs.name}: correct the CRS in the file "
            "(.prj) or by the option crs, such as to EPSG:4326"
        )


def _read(path: Path, named: str | None) -> tuple[gpd.GeoDataFrame, bool]:
    """Layer, and whether the file itself states its CRS."""
    try:
        if path.suffix.lower() == ".parquet":
            layer = gpd.read_parquet(path)
            return layer, layer.crs is not None
        packed = path.suffix.lower() == ".zip"
        layer, states_crs = _unpacked(path, named) if packed else _opened(path)
    except _DAMAGE as error:
        raise ValueError(f"{path}: cannot be read as a layer of geometries: {error}") from None
    if not isinstance(layer, gpd.GeoDataFrame):
        raise ValueError(f"{path}: the file holds a table without geometries")
    return layer, states_crs and layer.crs is not None


def _unpacked(path: Path, named: str | None) -> tuple[gpd.GeoDataFrame, bool]:
    """The only layer of an archive, or the one ``named``, unpacked within limits, not by GDAL."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = archives.extract(path, folder)
        found = [file for file in unpacked if file.suffix.lower() in LAYERS]
        names = [str(file.relative_to(folder)) for file in found]
        kind = "one layer"
        if len(found) > 1 and named is not None:
            found = [file for file in found if named.casefold() in file.name.casefold()]
            kind = f"one layer with {named!r} in its name"
        if len(found) != 1:
            raise ValueError(f"expected {kind} ({', '.join(LAYERS)}) in it, found {names}")
        return _opened(found[0])


def _opened(path: Path) -> tuple[gpd.GeoDataFrame, bool]:
    """Read a layer whose content is what its ending says; whether it may state a CRS.

    GDAL chooses a driver by content, and some formats name other files or addresses to read: no
    file from a stranger gets that far.
    """
    suffix, states_crs = path.suffix.lower(), True
    if suffix not in LAYERS:
        raise ValueError(f"ending {suffix!r}; known are {', '.join(LAYERS)}, .parquet and .zip")
    if suffix in _JSON:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        kind = document.get("type") if isinstance(document, dict) else None
        genuine = kind in ("FeatureCollection", "Topology")
        states_crs = genuine and document.get("crs") is not None
        if kind == "Topology":
            _check_arcs(document)
    else:
        with path.open("rb") as stream:
            genuine = stream.read(len(_MAGIC[suffix])) == _MAGIC[suffix]
    if not genuine:
        raise ValueError(f"the content is not what the ending {suffix!r} promises")
    if suffix == ".shp":
        _check_companions(path)
    return gpd.read_file(path), states_crs


def _check_companions(path: Path) -> None:
    """A .shp holds shapes alone; GDAL reads it without its table as if there were no columns."""
    for suffix in (".shx", ".dbf"):
        names = [path.with_suffix(ending) for ending in (suffix, suffix.upper())]
        if not any(name.is_file() for name in names):
            raise ValueError(f"there is no {names[0].name} beside it: a shapefile needs both")


def _check_arcs(topology: dict) -> None:
    """GDAL draws a polygon with some arcs missing as if nothing were wrong."""
    arcs, objects = topology.get("arcs"), topology.get("objects")
    if not isinstance(arcs, list) or not isinstance(objects, dict):
        raise ValueError("the topology has no arcs or no objects: the file is damaged")
    todo = list(objects.values())
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            todo += [part[name] for name in ("geometries", "arcs") if name in part]
        elif isinstance(part, list):
            todo += part
        elif isinstance(part, int) and not -len(arcs) <= part < len(arcs):
            raise ValueError(
                f"arc {part} of the topology is missing, it has {len(arcs)}: the file is damaged"
            )
