"""Taxi trips of San Francisco: their ends are the places, pick-up to drop-off are the moves.

Raw files, by role
------------------
traces : the archive with one trace per cab, see ``movelaws.cabspotting``.
land : layer of polygons.

There is no register of the places that customers may go to; the ends of all trips stand for it, as
the design of paper 3 says. Ends are put together on a grid of ``snap_m``: GPS knows them to some
10 m only, so that finer places are noise, and the number of places is bounded by the area of the
city instead of growing with the number of trips (780,500 ends are 158,398 places of 10 m).
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from movelaws import cabspotting, options, zoning
from movelaws.adapters.sf_taxi import CITY
from movelaws.pointsets import frames
from movelaws.pointsets.adapters import _places, _positions
from movelaws.pointsets.adapters._options import Box, LandParts, MetricCrs, Share

REQUIRED = ("traces",)
OPTIONAL = ("land",)


def read(
    files: dict[str, Path],
    *,
    box: Box = CITY,
    snap_m: options.NotNegative = 10.0,
    projected_crs: MetricCrs = "EPSG:32610",
    drop_off: Literal["last_occupied", "first_vacant"] = "last_occupied",
    max_gap_minutes: options.Positive = 10.0,
    min_minutes: options.NotNegative = 1.0,
    max_minutes: options.Positive = 180.0,
    max_kmh: options.Positive = 130.0,
    max_malformed: Share = 0.01,
    land_parts: LandParts = "with_places",
) -> frames.PointSet:
    """Trips with both ends in the box.

    Parameters
    ----------
    files : paths by role, see the module.
    box : west, south, east and north in degrees; the default is the city without its airport.
    snap_m : edge of the cells that ends are put together in; a place is the mean of the ends in its
        cell, its weight their number. 0 makes every end a place of its own.
    projected_crs : of the result; the default is the UTM zone of San Francisco.
    drop_off, max_gap_minutes, min_minutes, max_minutes, max_kmh : what counts as a trip, see
        ``movelaws.cabspotting.TripRules``.
    max_malformed : largest share of a cab's lines that may be malformed.
    land_parts : which polygons of the role land count: those with a place in them, or all.

    Returns
    -------
    PointSet, weights in trip ends.

    Raises
    ------
    ValueError
        For an archive that cannot be read or holds no trip in the box.
    """
    rules = cabspotting.TripRules(drop_off, max_gap_minutes, min_minutes, max_minutes, max_kmh)
    table, notes = cabspotting.all_trips(files["traces"], rules, max_malformed=max_malformed)
    notes |= {"trips": len(table), "drop-off": drop_off.replace("_", " ")}
    ends = {}
    for end in ("pickup", "dropoff"):
        at = (table[f"{end}_longitude"].to_numpy(), table[f"{end}_latitude"].to_numpy())
        ends[end] = zoning.Points(*at, np.ones(len(table)))
    inside = zoning.in_box(ends["pickup"], box) & zoning.in_box(ends["dropoff"], box)
    notes["trips with an end outside the box left out"] = int(np.count_nonzero(~inside))
    if not inside.any():
        raise ValueError(
            f"{files['traces']}: none of {len(table):,} trips lies within box={[*box]}"
        )
    lon, lat = (
        np.concatenate([getattr(ends[end], axis)[inside] for end in ("pickup", "dropoff")])
        for axis in ("longitude", "latitude")
    )
    x, y, crs = _positions.projected(
        lon, lat, _positions.DEGREES, projected_crs, notes, options="box and projected_crs"
    )
    points, place = _snapped(x, y, snap_m)
    n = len(place) // 2
    moves = pd.DataFrame({"origin": place[:n], "destination": place[n:]})
    notes["places are"] = f"trip ends in cells of {snap_m:g} m" if snap_m else "trip ends"
    notes["moves are"] = "trips from pick-up to drop-off"
    land = _places.land_of(files.get("land"), points, crs, land_parts, notes)
    return _places.finish(points, crs, notes, moves=moves, land=land)


def _snapped(x: np.ndarray, y: np.ndarray, snap_m: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Places and the place of each end; places are in the order of the cells."""
    if snap_m == 0:
        ids = np.char.mod("end %d", np.arange(x.size)).astype(object)
        return pd.DataFrame({"place_id": ids, "x": x, "y": y, "weight": 1.0}), np.arange(x.size)
    column, row = (np.floor(v / snap_m).astype(np.int64) for v in (x, y))
    cells = pd.DataFrame({"column": column, "row": row})
    place = cells.groupby(["column", "row"], sort=True).ngroup().to_numpy()
    size = np.bincount(place)
    first = np.unique(place, return_index=True)[1]
    ids = [f"{c}_{r}" for c, r in zip(column[first], row[first], strict=True)]
    centre = (np.bincount(place, v) / size for v in (x, y))
    points = dict(zip(("x", "y"), centre, strict=True)) | {"weight": size.astype(float)}
    return pd.DataFrame({"place_id": ids} | points), place
