"""Addresses or buildings of an OpenStreetMap extract in XML.

Raw files, by role
------------------
extract : OpenStreetMap XML, ``.osm``, also ``.osm.gz``, ``.osm.bz2``, ``.osm.xz`` or the only one
    in a ``.zip``, as Overpass, Geofabrik (converted from PBF) and JOSM write it.
land : layer of polygons.
towns : layer of polygons of towns, with a name each.
moves : CSV or Parquet: origin, destination (identifiers "node/1", "way/1"), perhaps moves.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _columns, _osm_xml, _places, _positions
from movelaws.pointsets.adapters._options import LandParts, MetricCrs, Share, Towns

REQUIRED = ("extract",)
OPTIONAL = ("land", "towns", "moves")

_TOWN_TAGS = ("addr:city", "addr:place", "addr:village")
_NOT_BUILDINGS = ("no", "ruins", "construction")


def read(
    files: dict[str, Path],
    *,
    what: Literal["addresses", "buildings"] = "addresses",
    projected_crs: MetricCrs | None = None,
    town: Literal["city", "place", "postcode", "none"] = "city",
    town_name: str = "name",
    towns: Towns | None = None,
    stack: bool = False,
    land_parts: LandParts = "with_places",
    max_unusable: Share = 0.01,
) -> frames.PointSet:
    """Addresses or buildings of the extract, in metres.

    Parameters
    ----------
    files : paths by role, see the module.
    what : "addresses", nodes and ways with ``addr:housenumber`` (ways at the mean of their
        corners); "buildings", closed ways with ``building`` other than no, ruins and construction,
        at the centroid of their area. Multipolygon relations are counted, not read: their outlines
        are ways without the tag.
    projected_crs : of the result; without it the UTM zone of the median place.
    town : tag that gives the town: ``addr:city`` (else ``addr:place``), ``addr:place`` (the
        village, in Denmark the supplementary town name), ``addr:postcode``, or none.
    town_name : column of the names in the layer of the role towns, which goes before the tags.
    towns : how towns are found by density instead.
    stack : places at equal coordinates become one, with their number.
    land_parts : which polygons of the role land count: those with a place in them, or all.
    max_unusable : largest share of ways that may lack all their nodes, as at the edge of an
        extract, and of moves from or to an unknown place.

    Returns
    -------
    PointSet, each place of weight 1.

    Raises
    ------
    ValueError
        If the file is not OpenStreetMap XML or holds no such place.
    """
    path = files["extract"]
    key = {"addresses": "addr:housenumber", "buildings": "building"}[what]
    found = _osm_xml.read(path, key, closed=what == "buildings")
    notes: dict[str, frames.Note] = dict(found.counts)
    nodes = {} if what == "buildings" else found.nodes
    if what == "buildings":
        kept = {k: v for k, v in found.ways.items() if v[0]["building"] not in _NOT_BUILDINGS}
        notes["ways tagged as no building left out"] = len(found.ways) - len(kept)
        ways = kept
    else:
        ways = found.ways
    lon, lat, whole = _centres(found, nodes, ways, what, notes)
    lost = int(np.count_nonzero(~whole))
    notes["places without any node in the extract dropped"] = lost
    if lost > max_unusable * whole.size or not whole.any():
        raise ValueError(
            f"{path}: {lost} of {whole.size} {what} have a position: is the extract complete "
            f"(nodes and ways), and tagged with {key!r}? Option max_unusable sets the limit"
            if whole.size
            else f"{path}: no node or way is tagged with {key!r}: are there {what} in it?"
        )
    x, y, crs = _positions.projected(
        lon[whole], lat[whole], _positions.DEGREES, projected_crs, notes, options="projected_crs"
    )
    ids = [f"node/{n}" for n in nodes] + [f"way/{n}" for n in ways]
    tags = [*nodes.values(), *(value[0] for value in ways.values())]
    points = pd.DataFrame(
        {
            "place_id": np.array(ids, dtype=object)[whole],
            "x": x,
            "y": y,
            "weight": 1.0,
            "town": np.array([_town(tag, town) for tag in tags], dtype=object)[whole],
        }
    )
    notes["places that are nodes"] = int(np.count_nonzero(whole[: len(nodes)]))
    notes["places that are ways"] = int(np.count_nonzero(whole[len(nodes) :]))
    if "towns" in files:
        at = (points["x"].to_numpy(), points["y"].to_numpy())
        layer = files["towns"]
        points["town"] = _places.towns_of_polygons(*at, crs, layer, town_name, notes)
    moves = None
    if "moves" in files:
        wanted = {"origin": ["origin"], "destination": ["destination"]}
        rows = _columns.read(files["moves"], wanted, {"moves": ["moves", "n"]}, delimiter=None)
        moves = _places.move_rows(rows, points["place_id"].to_numpy(), notes, max_unusable)
    land = _places.land_of(files.get("land"), points, crs, land_parts, notes)
    given = {"land": land, "towns": towns, "stack": stack, "register": files.get("moves")}
    return _places.finish(points, crs, notes, moves=moves, **given)


def _town(tags: dict[str, str], town: str) -> str:
    if town == "none":
        return ""
    names = {"postcode": ("addr:postcode",), "place": ("addr:place",)}.get(town, _TOWN_TAGS)
    return next((tags[name].strip() for name in names if tags.get(name, "").strip()), "")


def _centres(found, nodes, ways, what, notes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitude, latitude and whether there is a position, of the nodes and then the ways."""
    lon, lat = found.position(np.fromiter(nodes, dtype=np.int64, count=len(nodes)))
    sizes = np.array([len(refs) for _, refs in ways.values()], dtype=np.int64)
    refs = np.fromiter((ref for _, way in ways.values() for ref in way), dtype=np.int64)
    x, y = found.position(refs)
    way = np.repeat(np.arange(sizes.size), sizes)
    missing = np.isnan(x)
    part = np.bincount(way[missing], minlength=sizes.size) > 0
    if what == "buildings":
        centre = _centroids(x, y, sizes, way)
        centre = np.where(part, np.nan, centre)  # an area needs all its corners
    else:
        # The last node of a closed way is its first: it would count twice.
        ends = np.cumsum(sizes) - 1
        closed = (refs[ends] == refs[ends - sizes + 1]) & (sizes > 1) if sizes.size else ends > 0
        used = ~missing
        used[ends[closed]] = False
        number = np.bincount(way[used], minlength=sizes.size)
        with np.errstate(invalid="ignore"):
            centre = np.stack(
                [np.bincount(way[used], v[used], minlength=sizes.size) / number for v in (x, y)]
            )
    notes["ways with a node outside the extract"] = int(np.count_nonzero(part))
    lon, lat = np.concatenate([lon, centre[0]]), np.concatenate([lat, centre[1]])
    return lon, lat, np.isfinite(lon) & np.isfinite(lat)


def _centroids(x: np.ndarray, y: np.ndarray, sizes: np.ndarray, way: np.ndarray) -> np.ndarray:
    """(2, n) centroids of closed rings (shoelace), the mean of the corners where the area is 0.

    In degrees: over the width of a building the plane is good to less than a centimetre.
    """
    if sizes.size == 0:
        return np.empty((2, 0))
    first = np.cumsum(sizes) - sizes
    dx, dy = x - x[first][way], y - y[first][way]  # from the first corner: digits are not lost
    inner = np.ones(x.size, dtype=bool)
    inner[np.cumsum(sizes) - 1] = False
    at = np.flatnonzero(inner)
    cross = dx[at] * dy[at + 1] - dx[at + 1] * dy[at]
    n = sizes.size
    area = np.bincount(way[at], cross, minlength=n)
    mean = [np.bincount(way[at], v[at], minlength=n) / (sizes - 1) for v in (dx, dy)]
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = [
            np.bincount(way[at], cross * (v[at] + v[at + 1]), minlength=n) / (3 * area)
            for v in (dx, dy)
        ]
    flat = np.abs(area) < 1e-16
    return np.stack(
        [c[first] + np.where(flat, m, s) for c, m, s in zip((x, y), mean, shift, strict=True)]
    )
